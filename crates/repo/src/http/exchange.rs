//! One request and its answer, with all that happens on the way: redirects, lost connections, answers
//! that are cut and fetched on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};

use super::progress::{Meter, Progress, Upload};
use super::{Error, Key, Tls, parse, redacted, same_origin};

/// So many redirects are followed, as Go does.
const MAX_REDIRECTS: usize = 10;

/// How often what failed in passing is tried again without getting any further.
const RETRIES: u32 = 3;

/// How long the first wait is; each one after it is three times as long.
const WAIT: Duration = Duration::from_millis(100);

/// A server that says when to come back is not waited for longer.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// What a server says of an error is not longer.
const MAX_REFUSAL: usize = 8 << 10;

/// What is asked of a server.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// All headers but `Authorization`.
    pub(crate) headers: HeaderMap,
    /// What proves who asks. It goes to the origin of `url` and to no other.
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) body: Bytes,
    pub(crate) tls: Tls,
    pub(crate) timeout: Duration,
    /// How many bytes the answer may have.
    pub(crate) limit: u64,
    /// What the transfer is called where it is shown; empty if it is not worth showing.
    pub(crate) name: String,
}

impl Exchange {
    /// Asks with `method`, nothing else said.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            authorization: None,
            body: Bytes::new(),
            tls: Tls::default(),
            timeout: super::Request::TIMEOUT,
            limit: super::Request::LIMIT,
            name: String::new(),
        }
    }

    /// Whether asking twice does no more than asking once.
    fn repeats(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// What a server answered, whatever it is. The text of what is no success is cut short.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's text, empty if there is none.
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// An exchange under way.
pub(super) struct Job {
    pub(super) exchange: Exchange,
    pub(super) first: reqwest::Client,
    pub(super) progress: Option<Arc<dyn Progress>>,
}

/// What has come of an answer that was cut.
#[derive(Default)]
struct Partial {
    body: Vec<u8>,
    /// What names this version of the text, if anything does.
    validator: Option<HeaderValue>,
}

impl Job {
    pub(super) async fn run(self) -> Result<Answer, Error> {
        let timeout = self.exchange.timeout;
        let (method, url) = (self.exchange.method.clone(), self.exchange.url.clone());
        match tokio::time::timeout(timeout, self.persist()).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Timeout {
                method: super::error::title(&method),
                url: redacted(url.as_str()),
                seconds: timeout.as_secs(),
            }),
        }
    }

    /// Tries again what failed in passing, and fetches on what was cut.
    async fn persist(self) -> Result<Answer, Error> {
        let mut partial = Partial::default();
        let meter = Meter::new(self.progress.clone(), &self.exchange.name);
        let mut failures = 0;
        loop {
            let before = partial.body.len();
            let mut asked_to_wait = None;
            let failed = match self.follow(&mut partial, &meter).await {
                Ok(answer) if !is_busy(answer.status) => return Ok(answer),
                Ok(answer) => {
                    let seconds = answer.header(header::RETRY_AFTER).trim().parse().ok();
                    asked_to_wait = seconds.map(Duration::from_secs);
                    Ok(answer)
                }
                Err(Failed { error, passing: true }) => Err(error),
                Err(Failed { error, .. }) => return Err(error),
            };
            failures = if partial.body.len() > before { 1 } else { failures + 1 };
            let wait = asked_to_wait.unwrap_or(WAIT * 3_u32.pow(failures.min(8) - 1));
            if failures > RETRIES || !self.exchange.repeats() || wait > MAX_WAIT {
                return failed;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Asks, and asks again where it is sent.
    async fn follow(&self, partial: &mut Partial, meter: &Meter) -> Result<Answer, Failed> {
        let Exchange { tls, .. } = &self.exchange;
        let mut url = self.exchange.url.clone();
        let mut clients = vec![(Key::of(tls, &url), self.first.clone())];
        for _ in 0..=MAX_REDIRECTS {
            let key = Key::of(tls, &url);
            let client = match clients.iter().find(|(known, _)| *known == key) {
                Some((_, client)) => client.clone(),
                None => {
                    let client = key.client()?;
                    clients.push((key, client.clone()));
                    client
                }
            };
            let answer = self.send(&client, &url, partial, meter).await?;
            let status = answer.status();
            let target = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let Some(target) = target.filter(|_| self.leads_on(status)) else {
                return self.read(answer, &url, partial, meter).await;
            };
            let next = url.join(target).map_err(|error| Error::Url {
                url: redacted(target),
                why: format!("a redirect from {}: {error}", redacted(url.as_str())),
            })?;
            url = parse(next.as_str())?;
        }
        Err(Error::Redirects { url: redacted(self.exchange.url.as_str()) }.into())
    }

    fn leads_on(&self, status: StatusCode) -> bool {
        match status.as_u16() {
            301..=303 => self.exchange.repeats(),
            307 | 308 => true,
            _ => false,
        }
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        url: &Url,
        partial: &mut Partial,
        meter: &Meter,
    ) -> Result<reqwest::Response, Failed> {
        let exchange = &self.exchange;
        let mut headers = exchange.headers.clone();
        if let Some(authorization) = &exchange.authorization
            && same_origin(exchange.url.as_str(), url.as_str())
        {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        match &partial.validator {
            Some(validator) if !partial.body.is_empty() => {
                let range = format!("bytes={}-", partial.body.len());
                if let Ok(range) = HeaderValue::from_str(&range) {
                    headers.insert(header::RANGE, range);
                    headers.insert(header::IF_RANGE, validator.clone());
                }
            }
            _ => partial.body.clear(),
        }
        let mut request = client.request(exchange.method.clone(), url.clone()).headers(headers);
        if !exchange.body.is_empty() {
            let upload = Upload::new(exchange.body.clone(), meter.clone());
            request = request.body(reqwest::Body::wrap(upload));
        } else if matches!(exchange.method, Method::POST | Method::PUT) {
            request = request.header(header::CONTENT_LENGTH, 0);
        }
        request.send().await.map_err(|error| self.broke(url, &error))
    }

    fn broke(&self, url: &Url, error: &reqwest::Error) -> Failed {
        let passing = !error.is_connect() && !error.is_builder();
        Failed { error: Error::transport(&self.exchange.method, url, error), passing }
    }

    /// Reads an answer to its end.
    async fn read(
        &self,
        mut answer: reqwest::Response,
        url: &Url,
        partial: &mut Partial,
        meter: &Meter,
    ) -> Result<Answer, Failed> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let goes_on =
            status == StatusCode::PARTIAL_CONTENT && begins_at(&headers, partial.body.len());
        if !status.is_success() || (status == StatusCode::PARTIAL_CONTENT && !goes_on) {
            if status == StatusCode::RANGE_NOT_SATISFIABLE || status.is_success() {
                // What is there cannot be gone on with: the next try begins anew.
                partial.body.clear();
                partial.validator = None;
                let why = "the server does not go on where it ended".to_owned();
                let error = Error::Transport {
                    method: super::error::title(&self.exchange.method),
                    url: redacted(url.as_str()),
                    why,
                };
                return Err(Failed { error, passing: true });
            }
            let mut body = Vec::new();
            while let Ok(Some(chunk)) = answer.chunk().await {
                body.extend_from_slice(&chunk);
                if body.len() > MAX_REFUSAL {
                    body.truncate(MAX_REFUSAL);
                    break;
                }
            }
            return Ok(Answer { status, headers, body });
        }
        if !goes_on {
            partial.body.clear();
            partial.validator = validator(&headers);
        }
        let limit = self.exchange.limit;
        let too_large = || Error::TooLarge { url: redacted(self.exchange.url.as_str()), limit };
        let begun = partial.body.len() as u64;
        let total = answer.content_length().map(|length| begun.saturating_add(length));
        if total.is_some_and(|total| total > limit) {
            return Err(too_large().into());
        }
        // What a server announces is not set aside before it comes.
        let ahead = total.unwrap_or_default().min(1 << 20);
        partial.body.reserve(usize::try_from(ahead).unwrap_or_default());
        loop {
            match answer.chunk().await.map_err(|error| self.broke(url, &error))? {
                None => break,
                Some(chunk) => partial.body.extend_from_slice(&chunk),
            }
            meter.moved(partial.body.len() as u64, total);
            if partial.body.len() as u64 > limit {
                return Err(too_large().into());
            }
        }
        let body = std::mem::take(&mut partial.body);
        let status = if goes_on { StatusCode::OK } else { status };
        Ok(Answer { status, headers, body })
    }
}

/// Why one try failed.
struct Failed {
    error: Error,
    /// Whether the next may go well.
    passing: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, passing: false }
    }
}

/// Whether the server may answer otherwise a little later.
fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502..=504)
}

/// Whether a part of a text begins there.
fn begins_at(headers: &HeaderMap, at: usize) -> bool {
    let range = headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {at}-")))
}

/// What names a text so that more of the same can be asked for: not a weak tag.
fn validator(headers: &HeaderMap) -> Option<HeaderValue> {
    let strong = headers.get(header::ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""));
    strong.or_else(|| headers.get(header::LAST_MODIFIED)).cloned()
}
