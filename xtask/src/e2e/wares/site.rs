//! A server of files, as repositories are.

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE64;

use super::{PASSWORD, USER};
use crate::http::{self, Head};

/// Serves the files of a folder until the program ends; those below `guarded/` are for who knows the
/// password, and what is below `moved/` is elsewhere.
pub(crate) struct Site {
    pub(crate) url: String,
}

impl Site {
    pub(crate) fn start(root: &Path) -> Result<Self, String> {
        let shown = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind("127.0.0.1:0").map_err(shown)?;
        let url = format!("http://{}", listener.local_addr().map_err(shown)?);
        let root: Arc<PathBuf> = Arc::new(root.to_path_buf());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let root = root.clone();
                std::thread::spawn(move || serve(stream, &root));
            }
        });
        Ok(Self { url })
    }
}

fn serve(stream: TcpStream, root: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(head) = Head::read(&mut reader)? {
        http::body(&mut reader, head.request_framing())?;
        let (status, more, body) = answer(&head, root);
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{more}\r\n");
        stream.write_all(text.as_bytes())?;
        if head.word(0) != "HEAD" {
            stream.write_all(&body)?;
        }
    }
    Ok(())
}

fn answer(head: &Head, root: &Path) -> (&'static str, String, Vec<u8>) {
    let path = head.word(1).split('?').next().unwrap_or_default().trim_start_matches('/');
    if let Some(rest) = path.strip_prefix("moved/") {
        return ("302 Found", format!("Location: /{rest}\r\n"), Vec::new());
    }
    let path = match path.strip_prefix("guarded/") {
        Some(rest) => {
            let pair = BASE64.encode(format!("{USER}:{PASSWORD}").as_bytes());
            if head.header("Authorization") != Some(&format!("Basic {pair}")) {
                let more = "WWW-Authenticate: Basic realm=\"test\"\r\n".to_owned();
                return ("401 Unauthorized", more, Vec::new());
            }
            rest
        }
        None => path,
    };
    let path = Path::new(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    match std::fs::read(root.join(path)) {
        Ok(body) if plain => {
            // What is as long has not changed; no test changes a file and keeps its length.
            let tag = format!("\"{}\"", body.len());
            if head.header("If-None-Match") == Some(&tag) {
                return ("304 Not Modified", String::new(), Vec::new());
            }
            ("200 OK", format!("ETag: {tag}\r\n"), body)
        }
        _ => ("404 Not Found", String::new(), Vec::new()),
    }
}
