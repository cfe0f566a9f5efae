//! Opens connections as lib/pq does: one host after the other, with TLS as `sslmode` has it.

use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::address::{Address, Host, Mode, Session};
use crate::failure::{Failure, go_text, words};
use crate::password;
use crate::stream::{Bounded, Budget, Channel};
use crate::tls;

/// What a client sends to ask for TLS: a length, and a number that is no version of the protocol.
const TLS_PLEASE: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A connection to the first host that answers and is what is wanted. What comes over it is handled
/// whenever the runtime works.
pub(crate) async fn open(address: &Address, budget: &Budget) -> Result<Client, Failure> {
    let mut hosts: Vec<&Host> = address.hosts.iter().collect();
    if address.shuffled {
        let random = RandomState::new();
        hosts.sort_by_cached_key(|host| random.hash_one((&host.name, host.address, host.port)));
    }
    let mut wanted = address.wanted;
    loop {
        let mut failed = Vec::new();
        for host in &hosts {
            let tried = timeout(address.patience, open_host(address, host, wanted, budget));
            match tried.await.unwrap_or_else(|_| Err(late(host))) {
                Ok(client) => return Ok(client),
                Err(error) => failed.push((host, error)),
            }
        }
        if wanted == Session::PreferStandby {
            wanted = Session::Any;
            continue;
        }
        return Err(Failure::unreachable(&match failed.as_slice() {
            [(_, error)] => error.clone(),
            all => {
                let lines = all.iter().map(|(host, error)| {
                    format!("\nconnecting to {}:{}: {error}", host.name, host.port)
                });
                format!("pq: could not connect to any of the hosts:{}", lines.collect::<String>())
            }
        }));
    }
}

fn late(host: &Host) -> String {
    format!("dial tcp {}:{}: i/o timeout", host.name, host.port)
}

/// A connection to one host, with or without TLS, whichever comes first in its mode and works.
async fn open_host(
    address: &Address,
    host: &Host,
    wanted: Session,
    budget: &Budget,
) -> Result<Client, String> {
    let modes: &[Mode] = match address.tls.mode {
        _ if host.is_socket() => &[Mode::Disable],
        Mode::Prefer => &[Mode::Prefer, Mode::Disable],
        Mode::Allow => &[Mode::Disable, Mode::Require],
        Mode::Disable => &[Mode::Disable],
        Mode::Require => &[Mode::Require],
        Mode::VerifyCa => &[Mode::VerifyCa],
        Mode::VerifyFull => &[Mode::VerifyFull],
    };
    let mut last = String::new();
    for mode in modes {
        // A host that is not there is not there in another mode either.
        let tcp = dial(host).await?;
        let channel = match (*mode, tcp) {
            (Mode::Disable, channel) => Ok(channel),
            (mode, Channel::Tcp(tcp)) => secure(address, mode, host, tcp).await,
            (_, channel) => Ok(channel),
        };
        let channel = match channel {
            Ok(channel) => channel,
            // In lib/pq too only a failure of TLS itself leads to a connection without it: who is
            // not let in must not show the password to all.
            Err(error) => {
                last = error;
                continue;
            }
        };
        match start(address, host, channel, budget).await {
            Ok(client) => {
                check(&client, wanted).await?;
                return Ok(client);
            }
            Err(error) if *mode == Mode::Prefer => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn dial(host: &Host) -> Result<Channel, String> {
    if host.is_socket() {
        return socket(host).await;
    }
    let addresses: Vec<_> = match host.address {
        Some(address) => vec![(address, host.port).into()],
        None => tokio::net::lookup_host((host.name.as_str(), host.port))
            .await
            .map_err(|error| match go_text(&error) {
                // However the system's resolver puts it.
                why if why.starts_with("failed to lookup address") => "no such host".to_owned(),
                why => why,
            })
            .map_err(|why| format!("dial tcp: lookup {}: {why}", host.name))?
            .collect(),
    };
    let mut last = format!("dial tcp: lookup {}: no such host", host.name);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Statements are short, and each waits for its answer.
                let _ = stream.set_nodelay(true);
                return Ok(Channel::Tcp(stream));
            }
            Err(error) => last = format!("dial tcp {address}: connect: {}", go_text(&error)),
        }
    }
    Err(last)
}

#[cfg(unix)]
async fn socket(host: &Host) -> Result<Channel, String> {
    let path = Path::new(&host.name).join(format!(".s.PGSQL.{}", host.port));
    let failed = |error: std::io::Error| {
        format!("dial unix {}: connect: {}", path.display(), go_text(&error))
    };
    let stream = match host.name.strip_prefix('@') {
        #[cfg(target_os = "linux")]
        Some(name) => {
            use std::os::linux::net::SocketAddrExt as _;
            let name = format!("{name}/.s.PGSQL.{}", host.port);
            let stream = std::os::unix::net::SocketAddr::from_abstract_name(name)
                .and_then(|address| std::os::unix::net::UnixStream::connect_addr(&address))
                .map_err(failed)?;
            stream.set_nonblocking(true).map_err(failed)?;
            tokio::net::UnixStream::from_std(stream).map_err(failed)?
        }
        _ => tokio::net::UnixStream::connect(&path).await.map_err(failed)?,
    };
    Ok(Channel::Socket(stream))
}

#[cfg(not(unix))]
async fn socket(host: &Host) -> Result<Channel, String> {
    Err(format!("dial unix {}: there are no such sockets here", host.name))
}

/// Asks for TLS and sets it up.
async fn secure(
    address: &Address,
    mode: Mode,
    host: &Host,
    mut stream: TcpStream,
) -> Result<Channel, String> {
    let (config, name) = tls::configure(&address.tls, mode, &host.name)?;
    if !address.tls.direct {
        stream.write_all(&TLS_PLEASE).await.map_err(|error| go_text(&error))?;
        let mut answer = [0];
        stream.read_exact(&mut answer).await.map_err(|error| go_text(&error))?;
        if answer != *b"S" {
            return Err("pq: SSL is not enabled on the server".to_owned());
        }
    }
    let connector = tokio_rustls::TlsConnector::from(config);
    let stream = connector.connect(name, stream).await;
    let stream = stream.map_err(|error| format!("tls: {}", words(&error)))?;
    Ok(Channel::Tls(Box::new(stream)))
}

/// Says who the user is and has the server check it.
async fn start(
    address: &Address,
    host: &Host,
    channel: Channel,
    budget: &Budget,
) -> Result<Client, String> {
    let mut config = Config::new();
    // It is there already, where it is wanted.
    config.ssl_mode(SslMode::Disable);
    if !address.user.is_empty() {
        config.user(&address.user);
    }
    let database = if address.database.is_empty() { &address.user } else { &address.database };
    if !database.is_empty() {
        config.dbname(database);
    }
    let wanted = password::For { host: &host.name, port: host.port, database, user: &address.user };
    let password = match (&address.password, &address.password_file) {
        (password, Some(file)) if password.is_empty() => password::find(file, &wanted),
        (password, _) => Some(password.clone()),
    };
    config.password(password.unwrap_or_default());
    if !address.application.is_empty() {
        config.application_name(&address.application);
    }
    if !address.options.is_empty() {
        config.options(&address.options);
    }
    let stream = Bounded::new(channel, budget.clone());
    let (client, connection) =
        config.connect_raw(stream, NoTls).await.map_err(|error| match error.as_db_error() {
            Some(said) => format!("pq: {} ({})", said.message(), said.code().code()),
            None => format!("pq: {}", words(&error)),
        })?;
    // Its end is seen by the statements that wait for it.
    tokio::spawn(async move { connection.await.unwrap_or_default() });
    Ok(client)
}

/// Whether the server is what is wanted.
async fn check(client: &Client, wanted: Session) -> Result<(), String> {
    let asks = async |statement: &str| -> Result<bool, String> {
        let rows = client.simple_query(statement).await.map_err(|e| Failure::from(e).message)?;
        Ok(rows.iter().any(|row| match row {
            SimpleQueryMessage::Row(row) => matches!(row.try_get(0), Ok(Some("on" | "t"))),
            _ => false,
        }))
    };
    let standby = "SELECT pg_catalog.pg_is_in_recovery()";
    let read_only = "SHOW transaction_read_only";
    match wanted {
        Session::Any => Ok(()),
        Session::ReadWrite if asks(read_only).await? => Err("session is read-only".to_owned()),
        Session::ReadOnly if !asks(read_only).await? => Err("session is not read-only".to_owned()),
        Session::ReadWrite | Session::Primary if asks(standby).await? => {
            Err("server is in hot standby mode".to_owned())
        }
        Session::Standby | Session::PreferStandby if !asks(standby).await? => {
            Err("server is not in hot standby mode".to_owned())
        }
        _ => Ok(()),
    }
}

/// So long an answer may take that a command waits for.
pub(crate) async fn within<T, E>(
    patience: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure>
where
    Failure: From<E>,
{
    match timeout(patience, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Failure::lost(&format!("no answer within {patience:?}"))),
    }
}
