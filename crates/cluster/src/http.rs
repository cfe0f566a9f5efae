//! Requests to the server: timeouts, bounds, and what is tried again.

use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt;
use kube::client::Body;
use pintle_release::{ClusterError, ClusterErrorKind};
use pintle_yaml::{ReadOptions, Value};

use crate::connection::{Connection, words};
use crate::error::{self, Failure};

/// How many requests are under way at most.
pub(crate) const IN_FLIGHT: usize = 16;
/// The longest answer that is read.
const MAX_ANSWER: usize = 1 << 30;
/// How often something is tried that the server put off.
const MAX_TRIES: u32 = 10;
/// How often something is tried that failed.
const MAX_FAILURES: u32 = 4;
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// With the query.
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    /// Whether it does no harm to send it twice.
    pub(crate) idempotent: bool,
}

pub(crate) const JSON: &str = "application/json";

impl Call {
    pub(crate) fn get(path: impl Into<String>) -> Call {
        Call {
            method: Method::GET,
            path: path.into(),
            accept: JSON,
            content_type: JSON,
            body: Bytes::new(),
            idempotent: true,
        }
    }

    pub(crate) fn delete(path: impl Into<String>, body: Vec<u8>) -> Call {
        Call { method: Method::DELETE, body: body.into(), ..Call::get(path) }
    }

    pub(crate) fn post(path: impl Into<String>, body: Vec<u8>) -> Call {
        Call { method: Method::POST, body: body.into(), idempotent: false, ..Call::get(path) }
    }

    pub(crate) fn put(path: impl Into<String>, body: Vec<u8>) -> Call {
        Call { method: Method::PUT, body: body.into(), ..Call::get(path) }
    }

    pub(crate) fn patch(
        path: impl Into<String>,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Call {
        Call { method: Method::PATCH, content_type, body: body.into(), ..Call::get(path) }
    }
}

/// An answer of the server that is no failure.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// What `Warning` headers say.
    pub(crate) warnings: Vec<String>,
}

impl Answer {
    pub(crate) fn value(&self) -> Result<Value, Failure> {
        read_json(&self.body)
    }
}

pub(crate) fn read_json(text: &[u8]) -> Result<Value, Failure> {
    ReadOptions::new()
        .integers(true)
        .read_json(text)
        .map_err(|error| Failure::other(format!("the server's answer cannot be read: {error}")))
}

pub(crate) fn write_json(value: &Value) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    pintle_yaml::to_json_into(&mut out, value)
        .map_err(|error| Failure::other(error.to_string()))?;
    Ok(out)
}

/// What is started on the first use and shared by all who ask the same server.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) connection: Connection,
    started: OnceLock<Result<Started, ClusterError>>,
}

struct Started {
    runtime: tokio::runtime::Runtime,
    http: Http,
}

impl std::fmt::Debug for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Started")
    }
}

impl Session {
    pub(crate) fn new(connection: Connection) -> Session {
        Session { connection, started: OnceLock::new() }
    }

    fn start(&self) -> Result<Started, ClusterError> {
        let failed = |error: &dyn std::fmt::Display| {
            ClusterError::new(ClusterErrorKind::Unreachable, error.to_string())
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(&error))?;
        let (client, base) = runtime.block_on(async {
            let config = self.connection.client_config().await?;
            let base = config.cluster_url.to_string().trim_end_matches('/').to_string();
            let client = kube::Client::try_from(config).map_err(|error| failed(&words(&error)))?;
            Ok::<_, ClusterError>((client, base))
        })?;
        let http = Http {
            client,
            base,
            timeout: self.connection.request_timeout,
            limit: (self.connection.qps > 0.0).then(|| {
                Mutex::new(Bucket {
                    rate: f64::from(self.connection.qps),
                    burst: f64::from(self.connection.burst.max(1)),
                    tokens: f64::from(self.connection.burst.max(1)),
                    last: Instant::now(),
                })
            }),
            answered: OnceLock::new(),
        };
        Ok(Started { runtime, http })
    }

    /// Runs something that asks the server. Nothing else runs meanwhile.
    pub(crate) fn run<T, E: From<ClusterError>>(
        &self,
        work: impl AsyncFnOnce(&Http) -> Result<T, E>,
    ) -> Result<T, E> {
        match self.started.get_or_init(|| self.start()) {
            Ok(started) => started.runtime.block_on(work(&started.http)),
            Err(error) => Err(error.clone().into()),
        }
    }
}

/// The connection to the server.
pub(crate) struct Http {
    client: kube::Client,
    base: String,
    timeout: Duration,
    limit: Option<Mutex<Bucket>>,
    /// Set by the first answer: a server that answered once is worth a second try.
    answered: OnceLock<()>,
}

/// Tokens for requests.
#[derive(Debug)]
struct Bucket {
    rate: f64,
    burst: f64,
    tokens: f64,
    last: Instant,
}

impl Bucket {
    /// Takes a token and says how long to wait for it.
    fn take(&mut self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.last).as_secs_f64();
        self.last = now;
        self.tokens = (self.tokens + passed * self.rate).min(self.burst) - 1.0;
        let wait = (-self.tokens / self.rate).max(0.0);
        Duration::try_from_secs_f64(wait).unwrap_or_default().min(Duration::from_secs(60))
    }
}

/// Why no answer came.
enum Broken {
    /// The server was not reached.
    Before(Failure),
    /// It is not known how far the request came.
    After(Failure),
}

impl Http {
    /// Sends a request, again where that helps and does no harm. An answer other than of success is a
    /// failure.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Failure> {
        let mut tries = 0;
        let mut failures = 0;
        loop {
            tries += 1;
            let wait = match self.once(call).await {
                Ok((status, headers, body)) => {
                    let _ = self.answered.set(());
                    if status.is_success() {
                        let warnings = warnings(&headers);
                        return Ok(Answer { status, body, warnings });
                    }
                    let failure = error::of_answer(call, status, &body);
                    let wait = put_off(status, &headers, &body);
                    match wait {
                        Some(wait) if tries <= MAX_TRIES => wait,
                        _ if transient(status, &failure)
                            && (call.idempotent || leaderless(&failure))
                            && failures < MAX_FAILURES =>
                        {
                            failures += 1;
                            backoff(failures)
                        }
                        _ => return Err(failure),
                    }
                }
                Err(broken) => {
                    let reached = matches!(&broken, Broken::After(failure)
                        if failure.kind != ClusterErrorKind::Timeout);
                    let (failure, harmless) = match broken {
                        Broken::Before(failure) => (failure, true),
                        Broken::After(failure) => (failure, call.idempotent),
                    };
                    // One that has never answered may be none; it is asked less often.
                    let most = match (self.answered.get(), reached) {
                        (Some(()), _) => MAX_FAILURES,
                        (None, true) => 2,
                        (None, false) => 0,
                    };
                    let worth = failures < most;
                    // A server that is silent for a minute is asked once more, no oftener.
                    let patient = failure.kind != ClusterErrorKind::Timeout || failures == 0;
                    if !(worth && patient && harmless) {
                        return Err(Failure { unknown: !harmless, ..failure });
                    }
                    failures += 1;
                    backoff(failures)
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(&self, call: &Call) -> Result<(StatusCode, HeaderMap, Bytes), Broken> {
        let deadline = tokio::time::Instant::now() + self.timeout;
        let silent = || {
            let url = format!("{}{}", self.base, call.path);
            Failure {
                kind: ClusterErrorKind::Timeout,
                message: format!(
                    "{} \"{url}\": the server did not answer within {}s",
                    method_name(&call.method),
                    self.timeout.as_secs()
                ),
                ..Failure::default()
            }
        };
        let (status, headers, body) = tokio::time::timeout_at(deadline, self.open(call))
            .await
            .map_err(|_| Broken::After(silent()))??;
        let mut body = body;
        let mut bytes = Vec::new();
        loop {
            let frame = tokio::time::timeout_at(deadline, body.frame())
                .await
                .map_err(|_| Broken::After(silent()))?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|error| {
                Broken::After(Failure {
                    kind: ClusterErrorKind::Unreachable,
                    message: format!(
                        "unexpected error when reading response body. Please retry. \
                         Original error: {}",
                        error::broken_body(&error)
                    ),
                    ..Failure::default()
                })
            })?;
            if let Ok(data) = frame.into_data() {
                if bytes.len() + data.len() > MAX_ANSWER {
                    return Err(Broken::Before(Failure::other(format!(
                        "the server's answer to {} {} is larger than {MAX_ANSWER} bytes",
                        call.method, call.path
                    ))));
                }
                bytes.extend_from_slice(&data);
            }
        }
        Ok((status, headers, bytes.into()))
    }

    /// Sends a request once and hands out the body as it comes.
    async fn open(&self, call: &Call) -> Result<(StatusCode, HeaderMap, Body), Broken> {
        if let Some(limit) = &self.limit {
            let wait = limit.lock().map(|mut bucket| bucket.take(Instant::now()));
            tokio::time::sleep(wait.unwrap_or_default()).await;
        }
        let request = http::Request::builder()
            .method(call.method.clone())
            .uri(&call.path)
            .header(header::ACCEPT, call.accept)
            .header(header::USER_AGENT, concat!("pintle/", env!("CARGO_PKG_VERSION")));
        let request = match call.body.is_empty() {
            true => request,
            false => request.header(header::CONTENT_TYPE, call.content_type),
        };
        let request = request
            .body(Body::from(call.body.to_vec()))
            .map_err(|error| Broken::Before(Failure::other(error.to_string())))?;
        match self.client.send(request).await {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                Ok((parts.status, parts.headers, body))
            }
            Err(error) => {
                let url = format!("{}{}", self.base, call.path);
                let (message, before) = error::broken(&error);
                let dialled = format!("dial tcp {}:", self.peer());
                let message = message.replacen("dial tcp:", &dialled, 1);
                let failure = Failure {
                    kind: ClusterErrorKind::Unreachable,
                    message: format!("{} \"{url}\": {message}", method_name(&call.method)),
                    ..Failure::default()
                };
                Err(if before { Broken::Before(failure) } else { Broken::After(failure) })
            }
        }
    }

    /// The server's host and port.
    fn peer(&self) -> String {
        let (scheme, rest) = self.base.split_once("://").unwrap_or(("", &self.base));
        let authority = rest.split('/').next().unwrap_or_default();
        let bare = authority.rsplit(']').next().unwrap_or_default();
        match (bare.contains(':'), scheme) {
            (true, _) => authority.to_string(),
            (false, "http") => format!("{authority}:80"),
            (false, _) => format!("{authority}:443"),
        }
    }

    /// Opens a stream of lines or bytes: a watch or a log. There is no time limit on it.
    pub(crate) async fn stream(&self, call: &Call) -> Result<Body, Failure> {
        let opened = tokio::time::timeout(self.timeout, self.open(call)).await;
        let (status, _, body) = match opened {
            Ok(Ok(answer)) => answer,
            Ok(Err(Broken::Before(failure) | Broken::After(failure))) => return Err(failure),
            Err(_) => {
                return Err(Failure {
                    kind: ClusterErrorKind::Timeout,
                    message: format!("{} {}: the server did not answer", call.method, call.path),
                    ..Failure::default()
                });
            }
        };
        if status.is_success() {
            return Ok(body);
        }
        let body = tokio::time::timeout(
            self.timeout,
            http_body_util::Limited::new(body, 1 << 20).collect(),
        );
        let bytes = match body.await {
            Ok(Ok(body)) => body.to_bytes(),
            _ => Bytes::new(),
        };
        Err(error::of_answer(call, status, &bytes))
    }

    /// What [`send`](Http::send) gives, read as JSON.
    pub(crate) async fn json(&self, call: &Call) -> Result<Value, Failure> {
        self.send(call).await?.value()
    }
}

/// Go's name of a method in errors: `Get`, `Post`.
fn method_name(method: &Method) -> String {
    let name = method.as_str();
    let (first, rest) = name.split_at(1.min(name.len()));
    format!("{first}{}", rest.to_ascii_lowercase())
}

fn backoff(failures: u32) -> Duration {
    Duration::from_millis(250) * 2u32.saturating_pow(failures.saturating_sub(1).min(4))
}

/// How long the server wants us to wait before it looks at the request: it did nothing yet.
fn put_off(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Duration> {
    if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
        return None;
    }
    let seconds = headers
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok())
        .or_else(|| {
            let status = pintle_yaml::read_json(body).ok()?;
            let seconds = status.get_path(["details", "retryAfterSeconds"])?.as_number()?;
            u64::try_from(seconds.as_i64()?).ok()
        });
    match seconds {
        Some(seconds) => Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER)),
        None if status == StatusCode::TOO_MANY_REQUESTS => Some(Duration::from_secs(1)),
        None => None,
    }
}

fn transient(status: StatusCode, failure: &Failure) -> bool {
    matches!(status.as_u16(), 500 | 502 | 503 | 504) && failure.retriable()
}

/// Nothing was done, since etcd had nobody to do it.
fn leaderless(failure: &Failure) -> bool {
    failure.message.ends_with("etcdserver: leader changed")
        || failure.message.ends_with("raft proposal dropped")
}

/// The texts of headers such as `Warning: 299 - "v1 ComponentStatus is deprecated"`.
fn warnings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::WARNING).iter();
    values
        .filter_map(|value| {
            let rest = value.to_str().ok()?.strip_prefix("299 ")?;
            let text = rest.split_once('"')?.1;
            let mut out = String::new();
            let mut chars = text.chars();
            while let Some(c) = chars.next() {
                match c {
                    '"' => break,
                    '\\' => out.extend(chars.next()),
                    c if c.is_control() => out.push('\u{fffd}'),
                    c => out.push(c),
                }
            }
            Some(out)
        })
        .collect()
}

/// A part of a path or a query, escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_hold_requests_back() {
        let start = Instant::now();
        let mut bucket = Bucket { rate: 2.0, burst: 1.0, tokens: 1.0, last: start };
        assert_eq!(bucket.take(start), Duration::ZERO);
        assert_eq!(bucket.take(start), Duration::from_millis(500));
        assert_eq!(bucket.take(start + Duration::from_secs(2)), Duration::ZERO);
    }

    #[test]
    fn parts_of_addresses_are_escaped() {
        assert_eq!(escape("a=b,c/d é"), "a%3Db%2Cc%2Fd%20%C3%A9");
    }

    #[test]
    fn warnings_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::WARNING, "299 - \"unknown field \\\"x\\\"\"".parse().unwrap());
        headers.append(header::WARNING, "nonsense".parse().unwrap());
        assert_eq!(warnings(&headers), ["unknown field \"x\""]);
    }
}
