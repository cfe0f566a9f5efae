//! Fetching by HTTP, with the rules of Helm's getter where they are safe.
//!
//! - User name and password go to one origin only (scheme, host and port), the one that they were
//!   given for; a redirect to another one drops them, whatever else was said.
//! - A server's certificate is checked by the system's authorities or by those of one file.
//! - Proxies are taken from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; never for this machine.
//! - A response has a limit in time and in size. One that ends early is gone on with where it ended if
//!   the server can, else fetched again; so is what a busy server refuses. Only then it is an error.

mod error;
mod exchange;
mod getter;
mod origin;
mod progress;
mod request;

pub use error::Error;
pub(crate) use exchange::{Answer, Exchange};
pub use getter::Getter;
pub use origin::{redacted, same_origin};
pub use progress::{Progress, Transfer};
pub use request::{Access, Condition, Request, Response, Tls};

use std::cell::{OnceCell, RefCell};
use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use tokio::runtime::{Builder, Runtime};

use self::exchange::Job;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(30);

/// Fetches by HTTP; cheap to make, and connections are kept for the next request.
pub struct Client {
    agent: String,
    runtime: OnceCell<Runtime>,
    /// A client of the library for each way of trust that was needed.
    made: RefCell<Vec<(Key, reqwest::Client)>>,
    progress: Option<Arc<dyn Progress>>,
    /// What fetches by other schemes.
    getter: Option<Box<dyn Getter>>,
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
        Self {
            agent: agent.into(),
            runtime: OnceCell::new(),
            made: RefCell::default(),
            progress: None,
            getter: None,
        }
    }

    /// The same, which tells how far its transfers are.
    #[must_use]
    pub fn progress(mut self, to: Arc<dyn Progress>) -> Self {
        self.progress = Some(to);
        self
    }

    /// The same, which lets `getter` fetch what is neither at `http:` nor at `https:`.
    #[must_use]
    pub fn with_getter(mut self, getter: impl Getter + 'static) -> Self {
        self.getter = Some(Box::new(getter));
        self
    }

    /// Fetches what is asked for.
    ///
    /// # Errors
    ///
    /// The URL is none, the server cannot be reached or trusted, it answers with anything but 200
    /// (or 304 to a [`Condition`]), or the answer is cut, too long or too late.
    pub fn get(&self, request: &Request) -> Result<Response, Error> {
        if let Some(answer) = getter::ask(self.getter.as_deref(), request) {
            return answer;
        }
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
                if let Some(answer) = getter::ask(self.getter.as_deref(), request) {
                    put(&mut answers, at, answer);
                    continue;
                }
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
        let exchange = Exchange {
            headers: headers(request)?,
            authorization: authorization(&request.access, &url),
            tls: request.access.tls.clone(),
            timeout: request.timeout,
            limit: request.limit,
            name: crate::url::file_name(&request.url),
            ..Exchange::new(Method::GET, url)
        };
        let answer = self.exchange(exchange)?;
        let (url, conditional) = (request.url.clone(), request.condition.is_some());
        Ok(async move { response(answer.await?, &url, conditional) })
    }

    /// Asks a server; the answer may be any.
    pub(crate) fn exchange(
        &self,
        mut exchange: Exchange,
    ) -> Result<impl Future<Output = Result<Answer, Error>> + Send + 'static, Error> {
        let agent = HeaderValue::from_str(&self.agent).map_err(|_| Error::Runtime {
            why: "the program's name cannot stand in a header".to_owned(),
        })?;
        exchange.headers.insert(header::USER_AGENT, agent);
        let first = self.library(&exchange.tls, &exchange.url)?;
        Ok(Job { exchange, first, progress: self.progress.clone() }.run())
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
                why: format!(
                    "{what}: {}: open {path}: {}",
                    pintle_strconv::quote(path),
                    pintle_chart::go_text(&error)
                ),
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

fn headers(request: &Request) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, text: &str| {
        if text.is_empty() {
            return Ok(());
        }
        let value = HeaderValue::from_str(text).map_err(|_| Error::Url {
            url: redacted(&request.url),
            why: format!("the header {name} cannot hold what it was given"),
        })?;
        headers.insert(name, value);
        Ok::<(), Error>(())
    };
    set(header::ACCEPT, &request.accept)?;
    if let Some(condition) = &request.condition {
        set(header::IF_NONE_MATCH, &condition.etag)?;
        set(header::IF_MODIFIED_SINCE, &condition.last_modified)?;
    }
    Ok(headers)
}

/// What proves to the server at `url` who asks, if it is the one that may know.
fn authorization(access: &Access, url: &Url) -> Option<HeaderValue> {
    let given = !access.username.is_empty() && !access.password.is_empty();
    let wanted = access.pass_credentials || same_origin(&access.origin, url.as_str());
    (given && wanted).then(|| basic(&access.username, &access.password)).flatten()
}

/// A name and a password as a header.
pub(crate) fn basic(username: &str, password: &str) -> Option<HeaderValue> {
    let pair = data_encoding::BASE64.encode(format!("{username}:{password}").as_bytes());
    secret(&format!("Basic {pair}"))
}

/// A header's value that is not shown.
pub(crate) fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// What was fetched, if it was.
fn response(answer: Answer, url: &str, conditional: bool) -> Result<Response, Error> {
    let unchanged = answer.status == StatusCode::NOT_MODIFIED && conditional;
    if answer.status != StatusCode::OK && !unchanged {
        return Err(Error::status(url, answer.status));
    }
    Ok(Response {
        unchanged,
        etag: answer.header(header::ETAG).to_owned(),
        last_modified: answer.header(header::LAST_MODIFIED).to_owned(),
        content_type: answer.header(header::CONTENT_TYPE).to_owned(),
        body: if unchanged { Vec::new() } else { answer.body },
    })
}
