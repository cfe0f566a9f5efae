//! Fetching by HTTP, with the rules of Helm's getter where they are safe.
//!
//! - User name and password go to one origin only (scheme, host and port), the one that they were
//!   given for; a redirect to another one drops them, whatever else was said.
//! - A server's certificate is checked by the system's authorities or by those of one file.
//! - Proxies are taken from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; never for this machine.
//! - A response has a limit in time and in size, and one that ends early is an error.

mod error;
mod origin;
mod request;

pub use error::Error;
pub(crate) use error::chain;
pub use origin::{redacted, same_origin};
pub use request::{Access, Condition, Request, Response, Tls};

use std::cell::{OnceCell, RefCell};
use std::fs;
use std::future::Future;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url};
use tokio::runtime::{Builder, Runtime};

/// So many redirects are followed, as Go does.
const MAX_REDIRECTS: usize = 10;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(30);

/// Fetches by HTTP; cheap to make, and connections are kept for the next request.
pub struct Client {
    agent: String,
    runtime: OnceCell<Runtime>,
    /// A client of the library for each way of trust that was needed.
    made: RefCell<Vec<(Key, reqwest::Client)>>,
}

/// What a client of the library is bound to.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    tls: Option<Tls>,
    proxy: bool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("agent", &self.agent).finish_non_exhaustive()
    }
}

impl Client {
    /// A client that calls itself `agent`. Nothing is started yet.
    pub fn new(agent: impl Into<String>) -> Self {
        Self { agent: agent.into(), runtime: OnceCell::new(), made: RefCell::default() }
    }

    /// Fetches what is asked for.
    ///
    /// # Errors
    ///
    /// The URL is none, the server cannot be reached or trusted, it answers with anything but 200
    /// (or 304 to a [`Condition`]), or the answer is cut, too long or too late.
    pub fn get(&self, request: &Request) -> Result<Response, Error> {
        let started = self.prepare(request)?;
        self.wait(started)?
    }

    /// Fetches several things at the same time; the answers come in the order asked.
    pub fn get_all(&self, requests: &[Request]) -> Vec<Result<Response, Error>> {
        let mut answers: Vec<Option<Result<Response, Error>>> = Vec::new();
        answers.resize_with(requests.len(), || None);
        let finished = self.wait(async {
            let mut tasks = tokio::task::JoinSet::new();
            for (at, request) in requests.iter().enumerate() {
                match self.prepare(request) {
                    Ok(started) => {
                        tasks.spawn(async move { (at, started.await) });
                    }
                    Err(error) => put(&mut answers, at, Err(error)),
                }
            }
            while let Some(done) = tasks.join_next().await {
                if let Ok((at, answer)) = done {
                    put(&mut answers, at, answer);
                }
            }
        });
        answers
            .into_iter()
            .map(|answer| {
                answer.unwrap_or_else(|| {
                    finished.clone()?;
                    Err(Error::Runtime { why: "the transfer was given up".to_owned() })
                })
            })
            .collect()
    }

    /// Runs `work` to its end on this thread.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let runtime = match self.runtime.get() {
            Some(runtime) => runtime,
            None => {
                let made = Builder::new_current_thread().enable_all().build();
                let made = made.map_err(|error| Error::Runtime { why: error.to_string() })?;
                self.runtime.get_or_init(|| made)
            }
        };
        Ok(runtime.block_on(work))
    }

    /// Everything that a request needs, so that it can run beside others.
    fn prepare(
        &self,
        request: &Request,
    ) -> Result<impl Future<Output = Result<Response, Error>> + Send + 'static, Error> {
        let url = parse(&request.url)?;
        let first = self.library(&request.access.tls, &url)?;
        let job = Job { url, request: request.clone(), agent: self.agent.clone(), first };
        Ok(job.run())
    }

    /// A client of the library for `url`.
    fn library(&self, tls: &Tls, url: &Url) -> Result<reqwest::Client, Error> {
        let key = Key::of(tls, url);
        if let Some((_, client)) = self.made.borrow().iter().find(|(known, _)| *known == key) {
            return Ok(client.clone());
        }
        let client = key.client()?;
        self.made.borrow_mut().push((key, client.clone()));
        Ok(client)
    }
}

fn put<T>(answers: &mut [Option<T>], at: usize, answer: T) {
    if let Some(place) = answers.get_mut(at) {
        *place = Some(answer);
    }
}

fn parse(url: &str) -> Result<Url, Error> {
    let parsed = Url::parse(url)
        .map_err(|error| Error::Url { url: redacted(url), why: error.to_string() })?;
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(parsed),
        "http" | "https" => {
            Err(Error::Url { url: redacted(url), why: "no Host in request URL".to_owned() })
        }
        scheme => Err(Error::Scheme { scheme: scheme.to_owned() }),
    }
}

impl Key {
    fn of(tls: &Tls, url: &Url) -> Self {
        let tls = (url.scheme() == "https").then(|| tls.clone());
        Self { tls, proxy: !origin::is_this_machine(url) }
    }

    fn client(&self) -> Result<reqwest::Client, Error> {
        // Whoever embeds this crate may have chosen another provider; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .referer(false);
        if !self.proxy {
            builder = builder.no_proxy();
        }
        builder = match &self.tls {
            Some(tls) => tls.configure(builder)?,
            // Reading the system's certificates takes longer than a request does.
            None => builder.tls_certs_only([]),
        };
        builder.build().map_err(|error| Error::Tls { why: error::chain(&error) })
    }
}

impl Tls {
    /// Sets up whom to trust and who to be.
    pub(crate) fn configure(
        &self,
        mut builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, Error> {
        let read = |what: &str, path: &str| {
            fs::read(path).map_err(|error| Error::Tls {
                why: format!("{what}: {}: open {path}: {error}", pintle_strconv::quote(path)),
            })
        };
        if !self.ca_file.is_empty() {
            let pem = read("can't read CA file", &self.ca_file)?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
            if certificates.is_empty() {
                let why = "failed to append certificates from pem block".to_owned();
                return Err(Error::Tls { why });
            }
            builder = builder.tls_certs_only(certificates);
        }
        if !self.cert_file.is_empty() || !self.key_file.is_empty() {
            let mut pem = read("unable to read cert file", &self.cert_file)?;
            pem.push(b'\n');
            pem.extend(read("unable to read key file", &self.key_file)?);
            let identity = reqwest::Identity::from_pem(&pem).map_err(|error| Error::Tls {
                why: format!("unable to load cert from key pair: {}", error::chain(&error)),
            })?;
            builder = builder.identity(identity);
        }
        if self.insecure_skip_verify {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        Ok(builder)
    }
}

/// One request under way, redirects included.
struct Job {
    url: Url,
    request: Request,
    agent: String,
    first: reqwest::Client,
}

impl Job {
    async fn run(self) -> Result<Response, Error> {
        let timeout = self.request.timeout;
        let url = redacted(&self.request.url);
        match tokio::time::timeout(timeout, self.follow()).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Timeout { url, seconds: timeout.as_secs() }),
        }
    }

    /// Asks, and asks again where it is sent.
    async fn follow(self) -> Result<Response, Error> {
        let Self { mut url, request, agent, first } = self;
        let mut clients = vec![(Key::of(&request.access.tls, &url), first)];
        // What a redirect may take along is bound to where the first request went.
        let home = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let key = Key::of(&request.access.tls, &url);
            let client = match clients.iter().find(|(known, _)| *known == key) {
                Some((_, client)) => client.clone(),
                None => {
                    let client = key.client()?;
                    clients.push((key, client.clone()));
                    client
                }
            };
            let headers = headers(&request, &agent, &home, &url)?;
            let sent = client.get(url.clone()).headers(headers).send().await;
            let answer = sent.map_err(|error| Error::transport(&url, &error))?;
            let status = answer.status();
            if !is_redirect(status) {
                return read(answer, &request, url).await;
            }
            let target = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let Some(target) = target else {
                return Err(Error::status(&request.url, status));
            };
            let next = url.join(target).map_err(|error| Error::Url {
                url: redacted(target),
                why: format!("a redirect from {}: {error}", redacted(url.as_str())),
            })?;
            url = parse(next.as_str())?;
        }
        Err(Error::Redirects { url: redacted(&request.url) })
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn headers(request: &Request, agent: &str, home: &Url, url: &Url) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, text: &str, secret: bool| {
        let mut value = HeaderValue::from_str(text).map_err(|_| Error::Url {
            url: redacted(&request.url),
            why: format!("the header {name} cannot hold what it was given"),
        })?;
        value.set_sensitive(secret);
        headers.insert(name, value);
        Ok::<(), Error>(())
    };
    set(header::USER_AGENT, agent, false)?;
    if !request.accept.is_empty() {
        set(header::ACCEPT, &request.accept, false)?;
    }
    if let Some(condition) = &request.condition {
        if !condition.etag.is_empty() {
            set(header::IF_NONE_MATCH, &condition.etag, false)?;
        }
        if !condition.last_modified.is_empty() {
            set(header::IF_MODIFIED_SINCE, &condition.last_modified, false)?;
        }
    }
    let access = &request.access;
    let given = !access.username.is_empty() && !access.password.is_empty();
    let wanted = access.pass_credentials || same_origin(&access.origin, home.as_str());
    if given && wanted && same_origin(home.as_str(), url.as_str()) {
        let pair = format!("{}:{}", access.username, access.password);
        let pair = data_encoding::BASE64.encode(pair.as_bytes());
        set(header::AUTHORIZATION, &format!("Basic {pair}"), true)?;
    }
    Ok(headers)
}

/// Reads an answer to its end.
async fn read(
    mut answer: reqwest::Response,
    request: &Request,
    url: Url,
) -> Result<Response, Error> {
    let status = answer.status();
    let unchanged = status == StatusCode::NOT_MODIFIED && request.condition.is_some();
    if status != StatusCode::OK && !unchanged {
        return Err(Error::status(&request.url, status));
    }
    let text = |name: HeaderName| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
    let content_type = text(header::CONTENT_TYPE);
    let too_large = || Error::TooLarge { url: redacted(&request.url), limit: request.limit };
    let length = answer.content_length().unwrap_or_default();
    if length > request.limit {
        return Err(too_large());
    }
    // What a server announces is not set aside before it comes.
    let mut body = Vec::with_capacity(usize::try_from(length.min(1 << 20)).unwrap_or_default());
    loop {
        // A 304 has no body; to read one that is none ends at once.
        match answer.chunk().await.map_err(|error| Error::transport(&url, &error))? {
            None => break,
            Some(chunk) => body.extend_from_slice(&chunk),
        }
        if body.len() as u64 > request.limit {
            return Err(too_large());
        }
    }
    Ok(Response { body, unchanged, etag, last_modified, content_type })
}
