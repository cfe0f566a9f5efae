//! What is asked for, and what comes back.

use std::fmt;
use std::time::Duration;

/// Whom to trust and who to be, as paths of PEM files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The authorities that may certify the server; those of the system if empty.
    pub ca_file: String,
    /// The client's certificate.
    pub cert_file: String,
    /// The key of the client's certificate.
    pub key_file: String,
    /// Takes any certificate. The connection is then open to whoever sits on the way.
    pub insecure_skip_verify: bool,
}

/// How a server is asked: who asks, and whom to trust.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// User name; without a password it is not sent.
    pub username: String,
    /// Password; without a user name it is not sent.
    pub password: String,
    /// The URL that user name and password belong to. They are sent to its origin only.
    pub origin: String,
    /// Sends them to the first server asked, whatever its origin. A redirect to another origin
    /// still goes without.
    pub pass_credentials: bool,
    /// Certificates.
    pub tls: Tls,
    /// Speaks HTTP where HTTPS is usual, to registries.
    pub plain_http: bool,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("username", &self.username)
            .field("password", &if self.password.is_empty() { "" } else { "…" })
            .field("origin", &self.origin)
            .field("pass_credentials", &self.pass_credentials)
            .field("tls", &self.tls)
            .field("plain_http", &self.plain_http)
            .finish()
    }
}

/// What is known of the text that was fetched before; a server answers 304 if it is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The `ETag` that came with it.
    pub etag: String,
    /// The `Last-Modified` that came with it.
    pub last_modified: String,
}

/// One thing to fetch.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where it is: `http://…` or `https://…`.
    pub url: String,
    /// How to ask.
    pub access: Access,
    /// The media types wanted; empty for any.
    pub accept: String,
    /// Fetches only what has changed.
    pub condition: Option<Condition>,
    /// How long it may take, from the first byte sent to the last one read.
    pub timeout: Duration,
    /// How many bytes it may have.
    pub limit: u64,
}

impl Request {
    /// Helm's limit in time.
    pub const TIMEOUT: Duration = Duration::from_secs(120);
    /// The usual limit in size.
    pub const LIMIT: u64 = 512 << 20;

    /// Fetches `url` with the usual limits and nobody's name.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            access: Access::default(),
            accept: String::new(),
            condition: None,
            timeout: Self::TIMEOUT,
            limit: Self::LIMIT,
        }
    }

    /// The same, asked in this way.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// The same, of at most so many bytes.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// The same, in at most so much time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same, of these media types.
    #[must_use]
    pub fn accept(mut self, types: impl Into<String>) -> Self {
        self.accept = types.into();
        self
    }
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The whole text; empty if it is unchanged.
    pub body: Vec<u8>,
    /// Whether the [`Condition`] still holds.
    pub unchanged: bool,
    /// `ETag`, empty if none came.
    pub etag: String,
    /// `Last-Modified`, empty if none came.
    pub last_modified: String,
    /// `Content-Type`, empty if none came.
    pub content_type: String,
}
