//! Fetching: what is sent to whom, and what becomes of bad answers.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pintle_repo::http::{Access, Client, Condition, Error, Progress, Request, Transfer};

use crate::server::{Answer, Server};

fn client() -> Client {
    Client::new("Test/1")
}

fn named(origin: &str) -> Access {
    Access {
        username: "me".to_owned(),
        password: "secret".to_owned(),
        origin: origin.to_owned(),
        ..Access::default()
    }
}

#[test]
fn a_text_comes_with_what_describes_it() {
    let server = Server::new(|_| Answer::ok("hello").header("ETag", "\"1\""));
    let url = format!("{}/a?b=c", server.url);
    let answer = client().get(&Request::new(&url).accept("text/plain")).unwrap();
    assert_eq!(answer.body, b"hello");
    assert_eq!(answer.etag, "\"1\"");
    let asked = server.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/a?b=c"));
    assert_eq!(asked.header("user-agent"), Some("Test/1"));
    assert_eq!(asked.header("accept"), Some("text/plain"));
    assert_eq!(asked.header("authorization"), None);
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let server = Server::new(|asked| match asked.header("if-none-match") {
        Some("\"1\"") => Answer::status(304),
        _ => Answer::ok("new"),
    });
    let mut request = Request::new(&server.url);
    request.condition = Some(Condition { etag: "\"1\"".to_owned(), ..Condition::default() });
    assert!(client().get(&request).unwrap().unchanged);
    request.condition = Some(Condition { etag: "\"2\"".to_owned(), ..Condition::default() });
    assert_eq!(client().get(&request).unwrap().body, b"new");
}

#[test]
fn credentials_go_to_their_origin_only() {
    let server = Server::new(|_| Answer::ok(""));
    let other = Server::new(|_| Answer::ok(""));
    // Whether the name is sent to `server`, by the origin that it belongs to.
    let table = [
        (server.url.clone(), true),
        (format!("{}/charts", server.url), true),
        (server.by_name(), false),
        (other.url, false),
        (server.url.replace("http:", "https:"), false),
        (String::new(), false),
    ];
    for (origin, sent) in table {
        client().get(&Request::new(&server.url).access(named(&origin))).unwrap();
        let header = server.asked().pop().unwrap().header("authorization").map(str::to_owned);
        assert_eq!(header.as_deref(), sent.then_some("Basic bWU6c2VjcmV0"), "{origin}");
    }
    let access = Access { pass_credentials: true, ..named("") };
    client().get(&Request::new(&server.url).access(access)).unwrap();
    assert!(server.asked().pop().unwrap().header("authorization").is_some());
    let access = Access { password: String::new(), ..named(&server.url) };
    client().get(&Request::new(&server.url).access(access)).unwrap();
    assert!(server.asked().pop().unwrap().header("authorization").is_none());
}

#[test]
fn redirects_take_credentials_to_no_other_origin() {
    let target = Server::new(|_| Answer::ok("there"));
    let to = target.url.clone();
    let server = Server::new(move |asked| match asked.path.as_str() {
        "/away" => Answer::status(302).header("Location", format!("{to}/x")),
        "/here" => Answer::status(307).header("Location", "/done"),
        _ => Answer::ok("here"),
    });
    for pass_credentials in [false, true] {
        let access = Access { pass_credentials, ..named(&server.url) };
        let request = Request::new(format!("{}/away", server.url)).access(access.clone());
        assert_eq!(client().get(&request).unwrap().body, b"there");
        assert_eq!(target.asked().pop().unwrap().header("authorization"), None);
        let request = Request::new(format!("{}/here", server.url)).access(access);
        assert_eq!(client().get(&request).unwrap().body, b"here");
        assert!(server.asked().pop().unwrap().header("authorization").is_some());
    }
}

#[test]
fn bad_answers_are_errors() {
    let server = Server::new(|asked| match asked.path.as_str() {
        "/cut" => Answer::ok("half of it").cut(),
        "/long" => Answer::ok(vec![b'x'; 2000]),
        "/lies" => Answer::ok("").header("Content-Length", "99999999999999"),
        "/round" => Answer::status(302).header("Location", "/round"),
        "/nowhere" => Answer::status(302),
        "/file" => Answer::status(302).header("Location", "file:///etc/passwd"),
        "/slow" => {
            std::thread::sleep(Duration::from_secs(5));
            Answer::ok("")
        }
        _ => Answer::status(404),
    });
    let get = |path: &str| {
        let request = Request::new(format!("{}{path}", server.url))
            .limit(1500)
            .timeout(Duration::from_secs(3));
        client().get(&request).unwrap_err()
    };
    assert!(matches!(get("/cut"), Error::Transport { .. }));
    assert!(matches!(get("/long"), Error::TooLarge { limit: 1500, .. }));
    assert!(matches!(get("/lies"), Error::TooLarge { .. }));
    assert!(matches!(get("/round"), Error::Redirects { .. }));
    assert!(matches!(get("/nowhere"), Error::Status { code: 302, .. }));
    assert!(matches!(get("/file"), Error::Scheme { .. }));
    assert!(matches!(get("/slow"), Error::Timeout { .. }));
    let text = get("/none").to_string();
    assert_eq!(text, format!("failed to fetch {}/none : 404 Not Found", server.url));
}

/// A server that cuts its answers: each time after so many bytes more.
fn cutting(text: &'static str, tag: Option<&'static str>, piece: usize) -> Server {
    Server::new(move |asked| {
        let from = asked.header("range").and_then(|range| {
            range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok()
        });
        let from = from.filter(|_| asked.header("if-range") == tag);
        let rest = &text[from.unwrap_or(0)..];
        let mut answer = match rest.len() > piece {
            true => Answer::ok(&rest[..piece]).cut(),
            false => Answer::ok(rest),
        };
        if let Some(from) = from {
            answer.status = 206;
            let range = format!("bytes {from}-{}/{}", text.len() - 1, text.len());
            answer = answer.header("Content-Range", range);
        }
        match tag {
            Some(tag) => answer.header("ETag", tag),
            None => answer,
        }
    })
}

#[test]
fn what_is_cut_is_gone_on_with() {
    let text = "a text that comes in several pieces, each of which is cut";
    let server = cutting(text, Some("\"1\""), 16);
    assert_eq!(client().get(&Request::new(&server.url)).unwrap().body, text.as_bytes());
    let ranges: Vec<Option<String>> =
        server.asked().iter().map(|asked| asked.header("range").map(str::to_owned)).collect();
    let expected = [None, Some("bytes=16-"), Some("bytes=32-"), Some("bytes=48-")];
    assert_eq!(ranges, expected.map(|range| range.map(str::to_owned)));
}

#[test]
fn what_has_no_name_is_fetched_from_the_beginning() {
    // Nothing says that what comes later is of the same text; nor does a weak tag.
    for tag in [None, Some("W/\"1\"")] {
        let server = cutting("half of it and more", tag, 4);
        let error = client().get(&Request::new(&server.url)).unwrap_err();
        assert!(matches!(error, Error::Transport { .. }), "{error}");
        assert!(server.asked().iter().all(|asked| asked.header("range").is_none()));
        assert_eq!(server.asked().len(), 4);
    }
}

#[test]
fn a_text_that_has_changed_meanwhile_is_not_mixed() {
    let count = AtomicUsize::new(0);
    let server = Server::new(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Answer::ok("old text").header("ETag", "\"1\"").cut(),
        _ => Answer::ok("new").header("ETag", "\"2\""),
    });
    assert_eq!(client().get(&Request::new(&server.url)).unwrap().body, b"new");
}

#[test]
fn a_busy_server_is_asked_again() {
    let count = AtomicUsize::new(0);
    let server = Server::new(move |asked| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Answer::status(503),
        1 => Answer::status(429).header("Retry-After", "0"),
        _ if asked.path == "/never" => Answer::status(503).header("Retry-After", "3600"),
        _ => Answer::ok("now"),
    });
    assert_eq!(client().get(&Request::new(&server.url)).unwrap().body, b"now");
    let never = Request::new(format!("{}/never", server.url));
    assert!(matches!(client().get(&never), Err(Error::Status { code: 503, .. })));
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn transfers_tell_how_far_they_are() {
    type Moved = (String, u64, Option<u64>, bool);
    #[derive(Default)]
    struct Told(Mutex<Vec<Moved>>);
    impl Progress for Told {
        fn moved(&self, transfer: Transfer<'_>) {
            let Transfer { name, done, total, ended, .. } = transfer;
            self.0.lock().unwrap().push((name.to_owned(), done, total, ended));
        }
    }
    let server = Server::new(|_| Answer::ok("hello"));
    let told = Arc::new(Told::default());
    let client = client().progress(told.clone());
    client.get(&Request::new(format!("{}/a/b.tgz?c", server.url))).unwrap();
    let told = told.0.lock().unwrap();
    let name = "b.tgz".to_owned();
    assert_eq!(told.first(), Some(&(name.clone(), 5, Some(5), false)));
    assert_eq!(told.last(), Some(&(name, 0, None, true)));
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let fails = |url: &str| client().get(&Request::new(url)).unwrap_err().to_string();
    assert_eq!(fails("ftp://a/b"), "scheme \"ftp\" not supported");
    assert!(fails("http://").starts_with("parse \"http://\""));
    let refused = fails("http://me:secret@127.0.0.1:1/");
    assert!(refused.to_lowercase().contains("connection refused"), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");
}

#[test]
fn an_unknown_authority_is_refused() {
    // It speaks no TLS at all; what counts is that nothing is fetched in plain text from it.
    let server = Server::new(|_| Answer::ok("plain"));
    let url = server.url.replace("http:", "https:");
    assert!(matches!(client().get(&Request::new(&url)), Err(Error::Transport { .. })));
    let mut access = Access::default();
    access.tls.ca_file = "no/such.pem".to_owned();
    let error = client().get(&Request::new(&url).access(access)).unwrap_err();
    assert!(error.to_string().contains("can't read CA file: \"no/such.pem\""), "{error}");
}

#[test]
fn many_come_in_the_order_asked() {
    let server = Server::new(|asked| Answer::ok(asked.path.clone()));
    let requests: Vec<Request> =
        (0..20).map(|n| Request::new(format!("{}/{n}", server.url))).collect();
    let answers = client().get_all(&requests);
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.unwrap().body, format!("/{n}").into_bytes());
    }
    assert!(client().get_all(&[]).is_empty());
}
