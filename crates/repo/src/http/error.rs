//! Why something could not be fetched.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::{Method, StatusCode, Url};

use super::redacted;

/// Why something could not be fetched. No variant holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The URL is none.
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A URL of another kind than `http` and `https`.
    Scheme {
        /// Its scheme.
        scheme: String,
    },
    /// Certificates or keys cannot be used.
    Tls {
        /// What is wrong with them.
        why: String,
    },
    /// No connection, or one that broke.
    Transport {
        /// How: `Get` for example.
        method: &'static str,
        /// What was fetched.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// The server answered with something else.
    Status {
        /// What was fetched.
        url: String,
        /// The status, 404 for example.
        code: u16,
        /// Its usual text, `Not Found` for example.
        reason: &'static str,
    },
    /// The answer is longer than allowed.
    TooLarge {
        /// What was fetched.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// It took longer than allowed.
    Timeout {
        /// How: `Get` for example.
        method: &'static str,
        /// What was fetched.
        url: String,
        /// The limit.
        seconds: u64,
    },
    /// More redirects than are followed.
    Redirects {
        /// What was fetched.
        url: String,
    },
    /// A [`Getter`](super::Getter) could not fetch it.
    Getter {
        /// What went wrong.
        why: String,
    },
    /// The system denies what waiting for the network needs.
    Runtime {
        /// What went wrong.
        why: String,
    },
}

impl Error {
    pub(super) fn status(url: &str, status: StatusCode) -> Self {
        Self::Status {
            url: redacted(url),
            code: status.as_u16(),
            reason: status.canonical_reason().unwrap_or_default(),
        }
    }

    pub(super) fn transport(method: &Method, url: &Url, error: &reqwest::Error) -> Self {
        let mut why = chain(error);
        // As Go says it, where the address is known.
        let address = url.host_str().and_then(|host| {
            let address: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
            Some(SocketAddr::new(address, url.port_or_known_default()?))
        });
        if let Some(address) = address
            && error.is_connect()
            && let Some(system) = system(error)
        {
            why = format!("dial tcp {address}: connect: {}", pintle_chart::go_text(system));
        }
        Self::Transport { method: title(method), url: redacted(url.as_str()), why }
    }

    /// Whether asking again may help: the connection failed or broke, or the server is busy.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Status { code, .. } => matches!(code, 429 | 502..=504),
            _ => false,
        }
    }
}

/// A method as Go's errors name it.
pub(super) fn title(method: &Method) -> &'static str {
    match method.as_str() {
        "HEAD" => "Head",
        "POST" => "Post",
        "PUT" => "Put",
        _ => "Get",
    }
}

/// What the system said, if that is the reason.
fn system<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e io::Error> {
    let mut next = error.source();
    while let Some(error) = next {
        match error.downcast_ref::<io::Error>() {
            Some(error) if error.raw_os_error().is_some() => return Some(error),
            _ => next = error.source(),
        }
    }
    None
}

/// The innermost reasons of an error; the outer ones say only that there was a request.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        next = error.source();
        // Some say the reason themselves, some leave it to their source.
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
    }
    let noise = |text: &String| {
        !matches!(
            text.as_str(),
            "client error (Connect)" | "client error (SendRequest)" | "tcp connect error"
        )
    };
    let kept: Vec<String> = texts.into_iter().filter(noise).collect();
    let text = if kept.is_empty() { error.to_string() } else { kept.join(": ") };
    let text = match text.find(" (os error") {
        Some(at) => text.get(..at).unwrap_or(&text).to_owned(),
        None => text,
    };
    text.trim().to_owned()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { url, why } => write!(f, "parse {}: {why}", pintle_strconv::quote(url)),
            Self::Scheme { scheme } => {
                write!(f, "scheme {} not supported", pintle_strconv::quote(scheme))
            }
            Self::Tls { why } => write!(f, "can't create TLS config for client: {why}"),
            Self::Transport { method, url, why } => {
                write!(f, "{method} {}: {why}", pintle_strconv::quote(url))
            }
            Self::Status { url, code, reason } => {
                write!(f, "failed to fetch {url} : {code} {reason}")
            }
            Self::TooLarge { url, limit } => {
                write!(f, "failed to fetch {url} : it is larger than {limit} bytes")
            }
            Self::Timeout { method, url, seconds } => {
                let url = pintle_strconv::quote(url);
                write!(
                    f,
                    "{method} {url}: context deadline exceeded: nothing complete in {seconds} s"
                )
            }
            Self::Redirects { url } => {
                write!(f, "Get {}: stopped after 10 redirects", pintle_strconv::quote(url))
            }
            Self::Getter { why } => f.write_str(why),
            Self::Runtime { why } => write!(f, "the network cannot be used: {why}"),
        }
    }
}

impl StdError for Error {}
