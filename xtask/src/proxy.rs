//! Stands between a client and the API server: counts what they say, and lets calls fail.
//!
//! The client speaks plain HTTP/1.1 with it, over the address in [`Proxy::kubeconfig`].

use std::io::{self, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{self, Connection, Head, Server};
use crate::tools;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with an error: 429, 500, 409 and the like, and after how many seconds to come
    /// again.
    Status(u16, Option<u32>),
    /// The connection is reset in place of an answer; the server has not heard of it.
    Reset,
    /// The server does it, and half of its answer comes.
    Truncate,
    /// Nothing comes, ever; the server has not heard of it.
    Silence,
    /// The harness is told, nothing comes; the server has not heard of it.
    StopBefore,
    /// The server does it, the harness is told, nothing comes.
    StopAfter,
}

/// Which calls a fault befalls.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Only calls with this method; any when empty.
    pub(crate) method: String,
    /// Only calls whose path has this in it.
    pub(crate) path: String,
    /// So many of those pass before.
    pub(crate) skip: usize,
    /// So many are befallen.
    pub(crate) times: usize,
    /// What happens.
    pub(crate) fault: Fault,
}

impl Rule {
    /// The fault at the call with this number, from 0, whatever it is.
    pub(crate) fn at(call: usize, fault: Fault) -> Rule {
        Rule { method: String::new(), path: String::new(), skip: call, times: 1, fault }
    }

    /// The fault at all calls of a method whose path has a text in it.
    pub(crate) fn on(method: &str, path: &str, fault: Fault) -> Rule {
        let (method, path) = (method.to_owned(), path.to_owned());
        Rule { method, path, skip: 0, times: usize::MAX, fault }
    }

    /// The same, for the first so many calls only.
    pub(crate) fn times(self, times: usize) -> Rule {
        Rule { times, ..self }
    }

    /// Whether it befalls the call, which it counts.
    fn befalls(&mut self, method: &str, path: &str) -> bool {
        if !(self.method.is_empty() || self.method == method) || !path.contains(&self.path) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        let hit = self.times > 0;
        self.times = self.times.saturating_sub(1);
        hit
    }
}

/// A call that went through.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// GET, PATCH ….
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) path: String,
    /// The status of the answer; 0 where none came.
    pub(crate) status: u16,
    /// Bytes of the request's body.
    pub(crate) sent: u64,
    /// Bytes of the answer's body, as they came over the network.
    pub(crate) received: u64,
}

struct Shared {
    server: Server,
    rules: Mutex<Vec<Rule>>,
    calls: Mutex<Vec<Call>>,
    stopped: Mutex<Sender<Call>>,
    clients: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

/// A proxy that runs until it is dropped.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    stopped: Receiver<Call>,
}

impl Proxy {
    /// Starts one on a free port.
    pub(crate) fn start(server: Server, rules: Vec<Rule>) -> Result<Proxy, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let (tell, stopped) = channel();
        let shared = Arc::new(Shared {
            server,
            rules: Mutex::new(rules),
            calls: Mutex::default(),
            stopped: Mutex::new(tell),
            clients: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let own = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if own.ended.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok(copy) = client.try_clone() {
                    lock(&own.clients).push(copy);
                }
                let own = Arc::clone(&own);
                thread::spawn(move || {
                    // What goes wrong between two others shows at both ends.
                    let _ = own.serve(&client);
                    own.forget(&client);
                });
            }
        });
        Ok(Proxy { port, shared, stopped })
    }

    /// Writes a copy of a kubeconfig that points here.
    pub(crate) fn kubeconfig(&self, of: &Path, into: &Path) -> Result<(), String> {
        let mut config: Value = serde_json::from_str(&tools::read(of)?)
            .map_err(|error| format!("{}: {error}", of.display()))?;
        let server = format!("http://127.0.0.1:{}", self.port);
        for cluster in config["clusters"].as_array_mut().into_iter().flatten() {
            cluster["cluster"] = json!({"server": server});
        }
        tools::write(into, config.to_string())
    }

    /// The calls so far, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// Waits until a call is stopped; none when that does not happen in time.
    pub(crate) fn stopped(&self, patience: Duration) -> Option<Call> {
        self.stopped.recv_timeout(patience).ok()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        for client in lock(&self.shared.clients).drain(..) {
            // It may be closed already.
            let _ = client.shutdown(Shutdown::Both);
        }
        // Wakes the thread that listens.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Closes the connection, which a copy would hold open.
    fn forget(&self, client: &TcpStream) {
        let own = client.peer_addr().ok();
        lock(&self.clients).retain(|other| other.peer_addr().is_ok_and(|peer| Some(peer) != own));
    }

    fn serve(&self, client: &TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut reader = BufReader::new(client.try_clone()?);
        let mut upstream = None;
        while let Some(head) = Head::read(&mut reader)? {
            let mut body = Vec::new();
            http::pass_on(&mut reader, head.request_framing(), &mut |piece| {
                body.extend_from_slice(piece);
                Ok(())
            })?;
            if !self.pass(head, &body, client, &mut upstream)? {
                break;
            }
        }
        Ok(())
    }

    /// Passes a request on and its answer back; false when the connection is to be closed.
    fn pass(
        &self,
        head: Head,
        body: &[u8],
        mut client: &TcpStream,
        upstream: &mut Option<Connection>,
    ) -> io::Result<bool> {
        let (method, path) = (head.word(0).to_owned(), head.word(1).to_owned());
        let fault = {
            let mut rules = lock(&self.rules);
            // The first that it befalls; those after it do not count the call.
            let hit = rules.iter_mut().position(|rule| rule.befalls(&method, &path));
            hit.and_then(|index| rules.get(index)).map(|rule| rule.fault)
        };
        let mut call = Call { method, path, status: 0, sent: body.len() as u64, received: 0 };
        let number = {
            let mut calls = lock(&self.calls);
            calls.push(call.clone());
            calls.len() - 1
        };
        match fault {
            Some(Fault::Status(status, retry)) => {
                call.status = status;
                self.note(number, &call);
                client.write_all(&refusal(status, retry))?;
                return Ok(true);
            }
            Some(Fault::Reset) => {
                socket2::SockRef::from(client).set_linger(Some(Duration::ZERO))?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Some(Fault::Silence) => return self.silence(client),
            Some(Fault::StopBefore) => {
                self.tell(&call);
                return self.silence(client);
            }
            _ => {}
        }
        let (answer, mut connection) = self.ask(head, body, upstream.take())?;
        call.status = answer.status();
        let framing = answer.answer_framing(&call.method);
        if matches!(fault, Some(Fault::StopAfter | Fault::Truncate)) {
            let whole = http::body(&mut connection, framing)?;
            call.received = whole.len() as u64;
            self.note(number, &call);
            if fault == Some(Fault::StopAfter) {
                self.tell(&call);
                return self.silence(client);
            }
            let mut answer = answer;
            answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Transfer-Encoding"));
            answer.set("Content-Length", &whole.len().to_string());
            client.write_all(&answer.bytes())?;
            client.write_all(whole.get(..whole.len() / 2).unwrap_or_default())?;
            return Ok(false);
        }
        client.write_all(&answer.bytes())?;
        let mut received = 0;
        let passed = http::pass_on(&mut connection, framing, &mut |piece| {
            received += piece.len() as u64;
            client.write_all(piece)
        });
        call.received = received;
        self.note(number, &call);
        passed?;
        let close = |head: &Head| {
            head.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
        };
        if framing == http::Framing::Close || close(&answer) {
            return Ok(framing != http::Framing::Close);
        }
        *upstream = Some(connection);
        Ok(true)
    }

    /// Sends the request to the server, over the connection there is if it still holds.
    fn ask(
        &self,
        mut head: Head,
        body: &[u8],
        held: Option<Connection>,
    ) -> io::Result<(Head, Connection)> {
        head.set("Host", "localhost");
        self.server.authorize(&mut head);
        let mut message = head.bytes();
        message.extend_from_slice(body);
        let send = |mut connection: Connection| {
            connection.get_mut().write_all(&message)?;
            connection.get_mut().flush()?;
            let answer = Head::read(&mut connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            io::Result::Ok((answer, connection))
        };
        if let Some(Ok(answer)) = held.map(send) {
            return Ok(answer);
        }
        send(self.server.connect(Duration::from_secs(3600))?)
    }

    fn note(&self, number: usize, call: &Call) {
        if let Some(noted) = lock(&self.calls).get_mut(number) {
            noted.clone_from(call);
        }
    }

    fn tell(&self, call: &Call) {
        // Nobody may wait for it any more.
        let _ = lock(&self.stopped).send(call.clone());
    }

    /// Says nothing until the client goes or this proxy ends.
    fn silence(&self, client: &TcpStream) -> io::Result<bool> {
        let mut byte = [0];
        while client.peek(&mut byte)? > 0 && !self.ended.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(50));
        }
        Ok(false)
    }
}

/// An answer with an error, as an API server words it.
fn refusal(status: u16, retry: Option<u32>) -> Vec<u8> {
    let reason = match status {
        409 => "Conflict",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        _ => "InternalError",
    };
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": format!("the proxy answers {status}"), "reason": reason, "code": status,
    });
    let body = body.to_string();
    let mut head = Head { start: format!("HTTP/1.1 {status} {reason}"), headers: Vec::new() };
    head.set("Content-Type", "application/json");
    head.set("Content-Length", &body.len().to_string());
    if let Some(seconds) = retry {
        head.set("Retry-After", &seconds.to_string());
    }
    let mut bytes = head.bytes();
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_befall_the_calls_they_name() {
        let mut rule = Rule::on("PATCH", "/deployments/", Fault::Reset).times(2);
        rule.skip = 1;
        let mut hits = |method: &str, path: &str| rule.befalls(method, path);
        assert!(!hits("GET", "/deployments/a"));
        assert!(!hits("PATCH", "/services/a"));
        assert!(!hits("PATCH", "/deployments/a"));
        assert!(hits("PATCH", "/deployments/a"));
        assert!(hits("PATCH", "/deployments/b"));
        assert!(!hits("PATCH", "/deployments/c"));

        let mut third = Rule::at(2, Fault::Silence);
        let hits: Vec<_> = (0..4).map(|_| third.befalls("GET", "/")).collect();
        assert_eq!(hits, [false, false, true, false]);
    }
}
