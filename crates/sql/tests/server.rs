//! The driver before servers that are none: what is asked of them, and what is made of their answers.

#![allow(clippy::expect_used, clippy::panic)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pintle_release::{Driver, Key, Query, StorageError};
use pintle_sql::{Address, Records};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

trait Both: Read + Write {}

impl<T: Read + Write> Both for T {}

fn message(tag: u8, text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len() + 4).expect("a short text");
    [&[tag], length.to_be_bytes().as_slice(), text].concat()
}

/// What the server says when it does not let one in.
fn refused() -> Vec<u8> {
    message(b'E', b"SFATAL\0C28P01\0Mno entry\0\0")
}

/// Reads what a client begins with: a length that counts itself, and the rest.
///
/// Four zeros when it goes away without a word.
fn startup(stream: &mut dyn Both) -> Vec<u8> {
    let mut length = [0; 4];
    if stream.read_exact(&mut length).is_err() {
        return vec![0; 4];
    }
    let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut rest).expect("a message");
    rest
}

/// A server for as many clients as there are, each handled by `serve`.
fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    port
}

fn ask(text: &str, patience: Duration) -> String {
    let address = Address::parse(text, &|_| None).expect("an address");
    let mut records = Records::new(address, "default", patience);
    match records.list(&Query::default()) {
        Err(StorageError::Other(message)) => message,
        other => panic!("{other:?}"),
    }
}

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);

/// What stands before each failure to connect, as in Helm.
fn unable(why: &str) -> String {
    format!("unable to instantiate SQL driver: {why}")
}

#[test]
fn nobody_there() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    assert_eq!(
        ask(&format!("host=127.0.0.1 port={port} user=u"), LONG),
        unable(&format!("dial tcp 127.0.0.1:{port}: connect: connection refused"))
    );
    let all = ask(&format!("host=127.0.0.1,127.0.0.1 port={port} user=u"), LONG);
    assert_eq!(all.matches("connection refused").count(), 2, "{all}");
    #[cfg(unix)]
    assert_eq!(
        ask("host=/nonexistent user=u", LONG),
        unable("dial unix /nonexistent/.s.PGSQL.5432: connect: no such file or directory")
    );
}

#[test]
fn what_is_told_to_the_server() {
    let port = server(|mut stream| {
        let said = startup(&mut stream);
        let said: Vec<_> =
            said[4..].split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        let text = format!("SFATAL\0C28P01\0M{}\0\0", said.join("|"));
        let _ = stream.write_all(&message(b'E', text.as_bytes()));
    });
    let text = format!("postgres://ann:x@127.0.0.1:{port}/shop?sslmode=disable&search_path=a");
    let answer = ask(&text, LONG);
    for part in ["user|ann|", "database|shop|", "options| -c search_path=a|", "(28P01)"] {
        assert!(answer.contains(part), "{answer}");
    }
}

#[test]
fn a_silent_server_and_one_that_talks_too_much() {
    let silent = server(|mut stream| {
        startup(&mut stream);
        std::thread::sleep(Duration::from_secs(5));
    });
    let start = Instant::now();
    let text = format!("host=127.0.0.1 port={silent} user=u sslmode=disable connect_timeout=1");
    assert_eq!(ask(&text, LONG), unable(&format!("dial tcp 127.0.0.1:{silent}: i/o timeout")));
    assert!(start.elapsed() < Duration::from_secs(4));

    // It lets one in and then says nothing.
    let mute = server(|mut stream| {
        startup(&mut stream);
        let ready = [message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat();
        let _ = stream.write_all(&ready);
        std::thread::sleep(Duration::from_secs(5));
    });
    let text = format!("host=127.0.0.1 port={mute} user=u sslmode=disable");
    let answer = ask(&text, SHORT);
    assert_eq!(answer, "the connection to the database was lost: no answer within 300ms");

    let endless = server(|mut stream| {
        startup(&mut stream);
        let _ = stream.write_all(&message(b'R', &[0, 0, 0, 0]));
        let parameter = message(b'S', &[b"a\0", [b'x'; 4000].as_slice(), b"\0"].concat());
        while stream.write_all(&parameter).is_ok() {}
    });
    let text = format!("host=127.0.0.1 port={endless} user=u sslmode=disable");
    let answer = ask(&text, LONG);
    assert!(answer.ends_with("the server's greeting is too long"), "{answer}");

    let rounds = server(|mut stream| {
        startup(&mut stream);
        let _ = stream.write_all(&message(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0"));
        let mut first = [0; 512];
        let read = stream.read(&mut first).expect("the client's first message");
        let text = String::from_utf8_lossy(&first[..read]);
        let nonce = text.rsplit("r=").next().expect("a nonce");
        let challenge = format!("\0\0\0\x0br={nonce}x,s=c2FsdA==,i=4294967295");
        let _ = stream.write_all(&message(b'R', challenge.as_bytes()));
        std::thread::sleep(Duration::from_secs(1));
    });
    let text = format!("postgres://u:secret@127.0.0.1:{rounds}/?sslmode=disable");
    let answer = ask(&text, LONG);
    assert!(answer.ends_with("the server wants the password hashed too often"), "{answer}");
}

/// Certificates of an authority, and what a server has that it vouches for.
struct Certificates {
    authority: String,
    server: Arc<ServerConfig>,
    /// The server's own, as a file.
    own: String,
}

fn certificates(name: &str) -> Certificates {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    let own = params.signed_by(&key, &authority).expect("a certificate");
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], der)
        .expect("a server");
    Certificates { authority: authority.pem(), server: Arc::new(server), own: own.pem() }
}

/// A server with TLS that lets nobody in.
fn secure(config: Arc<ServerConfig>) -> u16 {
    server(move |mut stream| {
        let asked = startup(&mut stream);
        if asked != [4, 210, 22, 47] {
            let _ = stream.write_all(&message(b'E', b"SFATAL\0C28000\0Mno TLS\0\0"));
            return;
        }
        let _ = stream.write_all(b"S");
        let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
        let mut stream = StreamOwned::new(session, stream);
        let mut length = [0; 4];
        if stream.read_exact(&mut length).is_ok() {
            let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
            let _ = stream.read_exact(&mut rest);
            let _ = stream.write_all(&refused());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

#[test]
fn certificates_are_checked_as_the_mode_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let (good, other) = (certificates("localhost"), certificates("localhost"));
    let named = certificates("db.example");
    let (ours, theirs) = (secure(good.server), secure(named.server));
    let (root, wrong) = (file("root", &good.authority), file("wrong", &other.authority));
    let (exact, named) = (file("exact", &good.own), file("named", &named.authority));
    let none = file("none", "nothing");
    let entered = unable("pq: no entry (28P01)");
    for (port, settings, ends) in [
        (ours, "sslmode=require".to_owned(), Ok(())),
        (ours, String::new(), Ok(())),
        (ours, "sslmode=prefer".to_owned(), Ok(())),
        (ours, "sslmode=allow".to_owned(), Ok(())),
        (ours, "sslmode=disable".to_owned(), Err("pq: no TLS (28000)")),
        (ours, format!("sslmode=verify-ca sslrootcert={root}"), Ok(())),
        (ours, format!("sslmode=verify-full sslrootcert={root}"), Ok(())),
        (ours, format!("sslmode=verify-full sslrootcert={exact}"), Ok(())),
        (ours, format!("sslmode=require sslrootcert={wrong}"), Err("invalid peer certificate")),
        (ours, format!("sslmode=verify-ca sslrootcert={wrong}"), Err("invalid peer certificate")),
        (
            ours,
            "sslmode=verify-full sslrootcert=system".to_owned(),
            Err("invalid peer certificate"),
        ),
        (ours, format!("sslmode=verify-ca sslrootcert={none}"), Err("parse pem from sslrootcert")),
        (ours, "sslmode=verify-ca sslrootcert=/nowhere".to_owned(), Err("/nowhere")),
        (ours, "sslmode=require sslrootcert=/nowhere".to_owned(), Ok(())),
        (theirs, format!("sslmode=verify-ca sslrootcert={named}"), Ok(())),
        (theirs, format!("sslmode=verify-full sslrootcert={named}"), Err("not valid for name")),
        (ours, "ssl_max_protocol_version=TLSv1.1".to_owned(), Err("no version of TLS")),
        (ours, "ssl_min_protocol_version=TLSv1.3".to_owned(), Ok(())),
    ] {
        let text = format!("host=localhost hostaddr=127.0.0.1 port={port} user=u {settings}");
        let answer = ask(&text, LONG);
        match ends {
            Ok(()) => assert_eq!(answer, entered, "{settings}"),
            Err(part) => assert!(answer.contains(part), "{settings}: {answer}"),
        }
    }
}

#[test]
fn keys_that_others_can_read_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificates = certificates("localhost");
    let port = secure(certificates.server);
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("crt"), &certificates.own).expect("written");
    std::fs::write(path("key"), KeyPair::generate().expect("a key").serialize_pem())
        .expect("written");
    let text =
        format!("host=127.0.0.1 port={port} user=u sslcert={} sslkey={}", path("crt"), path("key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let all = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(Path::new(&path("key")), all).expect("permissions");
        assert!(ask(&text, LONG).contains("private key has world access"));
        let own = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(Path::new(&path("key")), own).expect("permissions");
    }
    // It is the key of another certificate.
    assert!(ask(&text, LONG).contains("KeyMismatch"), "{}", ask(&text, LONG));
}

#[test]
fn a_server_without_tls() {
    let port = server(|mut stream| {
        let asked = startup(&mut stream);
        let _ = match asked.as_slice() {
            [4, 210, 22, 47] => stream.write_all(b"N"),
            _ => stream.write_all(&refused()),
        };
    });
    let text = |mode: &str| format!("host=127.0.0.1 port={port} user=u sslmode={mode}");
    for mode in ["require", "verify-ca sslrootcert=", "verify-full"] {
        assert_eq!(ask(&text(mode), LONG), unable("pq: SSL is not enabled on the server"));
    }
    for mode in ["prefer", "allow", "disable"] {
        let ended = ask(&text(mode), LONG);
        let why = match mode {
            "allow" => "pq: SSL is not enabled on the server",
            _ => "pq: no entry (28P01)",
        };
        assert_eq!(ended, unable(why), "{mode}");
    }
}

#[test]
fn a_revision_that_no_database_takes() {
    let address = Address::parse("host=/nonexistent", &|_| None).expect("an address");
    let mut records = Records::new(address, "", LONG);
    let release = pintle_release::Release {
        name: "web".into(),
        version: i64::MAX,
        ..pintle_release::Release::default()
    };
    assert!(
        matches!(records.create(&release), Err(StorageError::Other(message)) if message.contains("too large"))
    );
    let key = Key { name: "web".into(), revision: 1 };
    assert!(records.heartbeat(&key).is_some());
}
