//! As much of HTTP/1.1 as talking to an API server, and passing on what others say to it, needs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The longest head that is read.
const HEAD: u64 = 1 << 20;

/// The longest body that is kept in memory.
const BODY: u64 = 1 << 28;

/// A connection to the server, encrypted.
pub(crate) type Connection = BufReader<StreamOwned<ClientConnection, TcpStream>>;

/// The first line and the headers of a request or an answer, as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The first line.
    pub(crate) start: String,
    /// Names and values, in order.
    pub(crate) headers: Vec<(String, String)>,
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There are so many bytes.
    Length(u64),
    /// It comes in chunks, the last one empty.
    Chunked,
    /// It ends with the connection.
    Close,
}

impl Head {
    /// Reads a head; none where the other side has closed the connection.
    pub(crate) fn read(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut reader = reader.take(HEAD);
        let mut head = Head::default();
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return if head.start.is_empty() { Ok(None) } else { Err(bad("cut off head")) };
            }
            let text = line.trim_end_matches(['\r', '\n']);
            if head.start.is_empty() {
                head.start = text.to_owned();
            } else if text.is_empty() {
                return Ok(Some(head));
            } else {
                let (name, value) = text.split_once(':').ok_or_else(|| bad("header without :"))?;
                head.headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Sets a header, in the place of the one there is.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The words of the first line: method, path and version, or version, status and reason.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.start.splitn(3, ' ').nth(index).unwrap_or_default()
    }

    /// The status of an answer; 0 where this is none.
    pub(crate) fn status(&self) -> u16 {
        self.word(1).parse().unwrap_or_default()
    }

    /// How the body of this request ends.
    pub(crate) fn request_framing(&self) -> Framing {
        self.told().unwrap_or(Framing::Length(0))
    }

    /// How the body of this answer to a request with the method ends.
    pub(crate) fn answer_framing(&self, method: &str) -> Framing {
        if method == "HEAD" || matches!(self.status(), 100..=199 | 204 | 304) {
            return Framing::Length(0);
        }
        self.told().unwrap_or(Framing::Close)
    }

    fn told(&self) -> Option<Framing> {
        let encoding = self.header("Transfer-Encoding").unwrap_or_default();
        if encoding.to_ascii_lowercase().contains("chunked") {
            return Some(Framing::Chunked);
        }
        self.header("Content-Length").and_then(|length| length.parse().ok()).map(Framing::Length)
    }

    /// The bytes of this head.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        text.into_bytes()
    }
}

/// Gives the body to `sink` piece by piece, with its framing as it came.
pub(crate) fn pass_on(
    reader: &mut impl BufRead,
    framing: Framing,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    match framing {
        Framing::Length(length) => pass_bytes(reader, length, sink),
        Framing::Close => loop {
            let piece = reader.fill_buf()?;
            if piece.is_empty() {
                return Ok(());
            }
            sink(piece)?;
            let length = piece.len();
            reader.consume(length);
        },
        Framing::Chunked => loop {
            let (line, length) = chunk_size(reader)?;
            sink(line.as_bytes())?;
            if length > 0 {
                pass_bytes(reader, length.saturating_add(2), sink)?;
                continue;
            }
            let mut line = String::new();
            loop {
                line.clear();
                reader.by_ref().take(HEAD).read_line(&mut line)?;
                sink(line.as_bytes())?;
                if line.trim_end().is_empty() {
                    return Ok(());
                }
            }
        },
    }
}

fn pass_bytes(
    reader: &mut impl BufRead,
    mut left: u64,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    while left > 0 {
        let piece = reader.fill_buf()?;
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        let Some(piece) = piece.get(..most).filter(|piece| !piece.is_empty()) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        sink(piece)?;
        reader.consume(most);
        left -= most as u64;
    }
    Ok(())
}

fn chunk_size(reader: &mut impl BufRead) -> io::Result<(String, u64)> {
    let mut line = String::new();
    reader.by_ref().take(HEAD).read_line(&mut line)?;
    let digits = line.split(';').next().unwrap_or_default().trim();
    let length = u64::from_str_radix(digits, 16).map_err(|_| bad("size of a chunk"))?;
    Ok((line, length))
}

/// The whole body, without its framing.
pub(crate) fn body(reader: &mut impl BufRead, framing: Framing) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    match framing {
        Framing::Chunked => loop {
            let (_, length) = chunk_size(reader)?;
            if whole.len() as u64 + length > BODY {
                return Err(bad("body too long"));
            }
            reader.by_ref().take(length).read_to_end(&mut whole)?;
            let mut end = String::new();
            reader.by_ref().take(2).read_line(&mut end)?;
            if length == 0 {
                return Ok(whole);
            }
        },
        Framing::Length(length) if length > BODY => return Err(bad("body too long")),
        Framing::Length(length) => {
            reader.by_ref().take(length).read_to_end(&mut whole)?;
            if (whole.len() as u64) < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Framing::Close => {
            reader.by_ref().take(BODY).read_to_end(&mut whole)?;
        }
    }
    Ok(whole)
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// An API server on this machine, and who asks.
#[derive(Clone)]
pub(crate) struct Server {
    port: u16,
    token: String,
    tls: Arc<ClientConfig>,
    /// Connections that wait for the next request.
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Server {
    /// The server on a port, whose certificate one of the PEM file's has signed.
    pub(crate) fn new(port: u16, authority: &[u8], token: &str) -> Result<Server, String> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority) {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let idle = Arc::default();
        Ok(Server { port, token: token.to_owned(), tls: Arc::new(tls), idle })
    }

    /// Opens a connection; one that says nothing for so long is given up.
    pub(crate) fn connect(&self, silence: Duration) -> io::Result<Connection> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(silence))?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").map_err(|_| bad("name"))?;
        let session = ClientConnection::new(self.tls.clone(), name).map_err(io::Error::other)?;
        Ok(BufReader::new(StreamOwned::new(session, stream)))
    }

    /// Lets a request that says nothing of who asks be the administrator's. Over a connection that is
    /// not encrypted, clients leave their token out.
    pub(crate) fn authorize(&self, head: &mut Head) {
        if head.header("Authorization").is_none() {
            head.set("Authorization", &format!("Bearer {}", self.token));
        }
    }

    /// Sends a request and waits for its answer: its status and body.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        content: Option<(&str, &[u8])>,
    ) -> Result<(u16, Vec<u8>), String> {
        let result = self.exchange(method, path, content);
        result.map_err(|error| format!("{method} {path}: {error}"))
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        content: Option<(&str, &[u8])>,
    ) -> io::Result<(u16, Vec<u8>)> {
        let mut head = Head { start: format!("{method} {path} HTTP/1.1"), headers: Vec::new() };
        head.set("Host", &format!("localhost:{}", self.port));
        self.authorize(&mut head);
        head.set("Accept", "application/json");
        if let Some((kind, content)) = content {
            head.set("Content-Type", kind);
            head.set("Content-Length", &content.len().to_string());
        }
        let mut message = head.bytes();
        message.extend_from_slice(content.map(|(_, content)| content).unwrap_or_default());
        let send = |mut connection: Connection| {
            connection.get_mut().write_all(&message)?;
            connection.get_mut().flush()?;
            let answer = Head::read(&mut connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            io::Result::Ok((answer, connection))
        };
        let held = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (answer, mut connection) = match held.map(send) {
            Some(Ok(answer)) => answer,
            // Also where the server has closed it meanwhile.
            _ => send(self.connect(Duration::from_secs(30))?)?,
        };
        let framing = answer.answer_framing(method);
        let body = body(&mut connection, framing)?;
        if framing != Framing::Close && answer.header("Connection") != Some("close") {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Ok((answer.status(), body))
    }

    /// Sends a request that must succeed, and gives the object that is answered.
    pub(crate) fn object(
        &self,
        method: &str,
        path: &str,
        content: Option<&serde_json::Value>,
    ) -> Result<serde_json::Value, String> {
        let text = content.map(serde_json::Value::to_string);
        let kind =
            if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let content = text.as_ref().map(|text| (kind, text.as_bytes()));
        let (status, body) = self.request(method, path, content)?;
        if !(200..300).contains(&status) {
            let text = String::from_utf8_lossy(&body);
            return Err(format!("{method} {path}: {status}: {text}"));
        }
        serde_json::from_slice(&body).map_err(|error| format!("{method} {path}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                           3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nrest";

    #[test]
    fn bodies_end_where_they_are_told_to() {
        let mut reader = CHUNKED.as_bytes();
        let head = Head::read(&mut reader).unwrap().unwrap();
        assert_eq!((head.status(), head.answer_framing("GET")), (200, Framing::Chunked));
        assert_eq!(head.answer_framing("HEAD"), Framing::Length(0));
        assert_eq!(body(&mut reader, Framing::Chunked).unwrap(), b"abcde");
        assert_eq!(reader, b"rest");
        assert!(body(&mut reader, Framing::Length(5)).is_err());
    }

    #[test]
    fn what_is_passed_on_is_what_came() {
        let mut reader = CHUNKED.as_bytes();
        let mut passed = Head::read(&mut reader).unwrap().unwrap().bytes();
        let mut sink = |piece: &[u8]| {
            passed.extend_from_slice(piece);
            Ok(())
        };
        pass_on(&mut reader, Framing::Chunked, &mut sink).unwrap();
        assert_eq!(passed, CHUNKED.strip_suffix("rest").unwrap().as_bytes());
        assert_eq!(reader, b"rest");
    }
}
