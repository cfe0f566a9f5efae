//! A small HTTP server on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use pintle_cluster::{Connection, Kubernetes};

/// What the server does with a request.
pub(crate) enum Reply {
    /// A status, more header lines, a body.
    Answer(u16, &'static str, String),
    /// The connection is closed.
    Drop,
    /// The body ends before its length.
    Truncated,
    /// Nothing for a while.
    Silence,
}

/// A request: `METHOD PATH` and the body.
pub(crate) type Seen = Arc<Mutex<Vec<(String, String)>>>;

pub(crate) struct Server {
    address: String,
    pub(crate) seen: Seen,
}

impl Server {
    /// Starts a server that answers by `handle`, which is given the request, the body, and how many
    /// requests of the same kind came before.
    pub(crate) fn start(
        handle: impl Fn(&str, &str, usize) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Seen::default();
        let (log, handle) = (seen.clone(), Arc::new(handle));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, handle) = (log.clone(), handle.clone());
                std::thread::spawn(move || serve(&stream, &log, &*handle));
            }
        });
        Server { address, seen }
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection {
            server: Some(self.address.clone()),
            namespace: Some("shop".into()),
            request_timeout: std::time::Duration::from_millis(500),
            ..Connection::default()
        }
    }

    pub(crate) fn cluster(&self) -> Kubernetes {
        Kubernetes::new(self.connection())
    }

    /// The requests so far, addresses without their queries.
    pub(crate) fn requests(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("the log");
        let cut = |line: &String| line.split('?').next().unwrap_or_default().to_string();
        seen.iter().map(|(line, _)| cut(line)).collect()
    }
}

fn serve(stream: &TcpStream, log: &Seen, handle: &(dyn Fn(&str, &str, usize) -> Reply + Sync)) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let request = line.rsplit_once(' ').map(|(start, _)| start.to_string()).unwrap_or_default();
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).expect("a header");
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let body = String::from_utf8(body).expect("text");
        let before = {
            let mut log = log.lock().expect("the log");
            let before = log.iter().filter(|(other, _)| *other == request).count();
            log.push((request.clone(), body.clone()));
            before
        };
        let mut out = stream;
        match handle(&request, &body, before) {
            Reply::Answer(status, headers, body) => {
                let text = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
                    body.len()
                );
                out.write_all(text.as_bytes()).expect("an answer");
            }
            Reply::Truncated => {
                let text = "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"kind\":";
                out.write_all(text.as_bytes()).expect("an answer");
                let _ = stream.shutdown(std::net::Shutdown::Both);
                return;
            }
            Reply::Drop => {
                let _ = stream.shutdown(std::net::Shutdown::Both);
                return;
            }
            Reply::Silence => std::thread::sleep(std::time::Duration::from_secs(3)),
        }
    }
}

/// What a server answers to discovery and to `/version`.
pub(crate) fn discovery(request: &str) -> Option<Reply> {
    let body = match request {
        "GET /version" => r#"{"major":"1","minor":"36","gitVersion":"v1.36.3"}"#,
        "GET /api" => {
            r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[
            {"resource":"configmaps","scope":"Namespaced","responseKind":{"kind":"ConfigMap"}},
            {"resource":"namespaces","scope":"Cluster","responseKind":{"kind":"Namespace"}}]}]}]}"#
        }
        "GET /apis" => {
            r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"example.org"},"versions":[
            {"version":"v1","resources":[{"resource":"widgets","scope":"Namespaced","responseKind":{"kind":"Widget"}}]}]}]}"#
        }
        _ => return None,
    };
    Some(Reply::Answer(200, "", body.to_string()))
}

pub(crate) fn status(code: u16, reason: &str, message: &str) -> Reply {
    let message = message.replace('"', "\\\"");
    Reply::Answer(
        code,
        "",
        format!(
            r#"{{"kind":"Status","status":"Failure","message":"{message}","reason":"{reason}","code":{code}}}"#
        ),
    )
}
