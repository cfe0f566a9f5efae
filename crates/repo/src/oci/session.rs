//! How a registry is spoken to: requests with what proves who asks, by the challenges of the registry.
//!
//! The rules are those of the token authentication of the reference registry,
//! <https://distribution.github.io/distribution/spec/auth/token/>.

use std::cell::RefCell;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::{Reference, Registry};
use crate::Error;
use crate::credentials::Login;
use crate::http::{self, Answer, Exchange, basic, redacted, same_origin, secret};

/// How long one transfer may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(600);

/// What a server of tokens answers is not longer.
const MAX_TOKEN: u64 = 1 << 20;

/// What is remembered of registries while a command runs.
#[derive(Debug, Default)]
pub(super) struct Session {
    logins: RefCell<Vec<(String, Option<Login>)>>,
    /// What proves who asks, by registry and scope.
    proofs: RefCell<Vec<((String, String), HeaderValue)>>,
}

/// What is to be done in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Pull,
    Push,
}

/// What is asked of a registry.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    /// Below `/v2/`, or a whole URL.
    pub(super) path: &'a str,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: bytes::Bytes,
    pub(super) limit: u64,
    /// What the transfer is called where it is shown.
    pub(super) name: String,
}

impl<'a> Ask<'a> {
    pub(super) fn new(method: Method, path: &'a str) -> Self {
        let (headers, body, name) = (Vec::new(), bytes::Bytes::new(), String::new());
        Self { method, path, headers, body, limit: 4 << 20, name }
    }

    pub(super) fn header(mut self, name: HeaderName, text: impl Into<String>) -> Self {
        self.headers.push((name, text.into()));
        self
    }
}

impl Registry<'_> {
    /// Asks for something in a repository; an answer that is no success is an error.
    pub(super) async fn ask(
        &self,
        reference: &Reference,
        action: Action,
        ask: Ask<'_>,
    ) -> Result<Answer, Error> {
        let shown = self.url(&reference.registry, ask.path)?;
        let method = ask.method.clone();
        let answer = self.ask_any(reference, action, ask).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&method, &shown, &answer)) }
    }

    /// Asks for something in a repository; the answer may be any.
    pub(super) async fn ask_any(
        &self,
        reference: &Reference,
        action: Action,
        ask: Ask<'_>,
    ) -> Result<Answer, Error> {
        let host = &reference.registry;
        let url = self.url(host, ask.path)?;
        let mut headers = HeaderMap::new();
        for (name, text) in &ask.headers {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.append(name, value);
            }
        }
        let actions = if action == Action::Push { "pull,push" } else { "pull" };
        let scope = match reference.repository.as_str() {
            "" => String::new(),
            repository => format!("repository:{repository}:{actions}"),
        };
        // An upload may be led to another server, which is not to know who asks.
        let home = self.url(host, "")?;
        let known = same_origin(home.as_str(), url.as_str());
        let exchange = Exchange {
            headers,
            authorization: self.proof(host, &scope).filter(|_| known),
            body: ask.body,
            tls: self.access.tls.clone(),
            timeout: TIMEOUT,
            limit: ask.limit,
            name: ask.name,
            ..Exchange::new(ask.method.clone(), url.clone())
        };
        let answer = self.client.exchange(exchange.clone())?.await?;
        let challenge = answer.header(header::WWW_AUTHENTICATE);
        if answer.status != StatusCode::UNAUTHORIZED || challenge.is_empty() || !known {
            return Ok(answer);
        }
        let proof = self.prove(host, &scope, challenge, (&ask.method, &url)).await?;
        let Some(proof) = proof else { return Ok(answer) };
        if exchange.authorization.as_ref() == Some(&proof) {
            return Ok(answer);
        }
        self.remember(host, scope, &proof);
        let exchange = Exchange { authorization: Some(proof), ..exchange };
        Ok(self.client.exchange(exchange)?.await?)
    }

    /// The URL of a path at a registry.
    pub(super) fn url(&self, host: &str, path: &str) -> Result<Url, Error> {
        let scheme = if self.access.plain_http { "http" } else { "https" };
        // The library of images answers by another name.
        let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
        let text = match path.contains("://") {
            true => path.to_owned(),
            false => format!("{scheme}://{host}/v2/{path}"),
        };
        Url::parse(&text).map_err(|error| {
            Error::Http(http::Error::Url { url: redacted(&text), why: error.to_string() })
        })
    }

    fn proof(&self, host: &str, scope: &str) -> Option<HeaderValue> {
        let proofs = self.session.proofs.borrow();
        let found = proofs.iter().find(|((known, of), _)| known == host && of == scope);
        found.map(|(_, proof)| proof.clone())
    }

    fn remember(&self, host: &str, scope: String, proof: &HeaderValue) {
        let mut proofs = self.session.proofs.borrow_mut();
        proofs.retain(|((known, of), _)| known != host || *of != scope);
        proofs.push(((host.to_owned(), scope), proof.clone()));
    }

    fn login(&self, host: &str) -> Result<Option<Login>, Error> {
        if !self.access.username.is_empty() && !self.access.password.is_empty() {
            let http::Access { username, password, .. } = &self.access;
            return Ok(Some(Login { username: username.clone(), secret: password.clone() }));
        }
        let mut logins = self.session.logins.borrow_mut();
        if let Some((_, login)) = logins.iter().find(|(known, _)| known == host) {
            return Ok(login.clone());
        }
        let login = self.credentials.get(host)?;
        logins.push((host.to_owned(), login.clone()));
        Ok(login)
    }

    /// What proves who asks, by a registry's challenge; `None` if it is of no known kind.
    async fn prove(
        &self,
        host: &str,
        scope: &str,
        challenge: &str,
        (method, url): (&Method, &Url),
    ) -> Result<Option<HeaderValue>, Error> {
        let login = self.login(host)?;
        let (scheme, rest) = challenge.trim().split_once(' ').unwrap_or((challenge, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            let Some(login) = login else {
                let url = pintle_strconv::quote(redacted(url.as_str()));
                return Err(Error::Other(format!("{method} {url}: basic credential not found")));
            };
            return Ok(basic(&login.username, &login.secret));
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Ok(None);
        }
        if let Some(login) = login.as_ref().filter(|login| login.username.is_empty()) {
            return Ok(secret(&format!("Bearer {}", login.secret)));
        }
        let parameters = parameters(rest);
        let get = |name: &str| {
            let found = parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let realm = get("realm");
        let quoted = pintle_strconv::quote(realm);
        let fails = |why: &str| Error::Other(format!("bearer realm {quoted} {why}"));
        let mut server = Url::parse(realm).map_err(|error| fails(&error.to_string()))?;
        match server.scheme() {
            "https" => {}
            "http" if self.access.plain_http => {}
            "http" => return Err(fails("uses http but registry was contacted over https")),
            _ => return Err(fails("uses unsupported scheme")),
        }
        let scope = if get("scope").is_empty() { scope } else { get("scope") };
        let refresh = login.as_ref().filter(|login| login.username == "<token>");
        let exchange = match refresh {
            Some(login) => {
                let mut form =
                    Url::parse("http://x/").map_err(|error| fails(&error.to_string()))?;
                form.query_pairs_mut()
                    .append_pair("client_id", "pintle")
                    .append_pair("grant_type", "refresh_token")
                    .append_pair("refresh_token", &login.secret)
                    .append_pair("scope", scope)
                    .append_pair("service", get("service"));
                let body = form.query().unwrap_or_default().to_owned();
                let mut exchange = Exchange::new(Method::POST, server.clone());
                exchange.body = body.into();
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                exchange.headers.insert(header::CONTENT_TYPE, kind);
                exchange
            }
            None => {
                for (name, value) in [("scope", scope), ("service", get("service"))] {
                    if !value.is_empty() {
                        server.query_pairs_mut().append_pair(name, value);
                    }
                }
                let mut exchange = Exchange::new(Method::GET, server.clone());
                exchange.authorization =
                    login.as_ref().and_then(|login| basic(&login.username, &login.secret));
                exchange
            }
        };
        // The registry's certificates are for its own origin.
        let own = same_origin(server.as_str(), self.url(host, "")?.as_str());
        let mut tls = self.access.tls.clone();
        if !own {
            (tls.cert_file, tls.key_file) = (String::new(), String::new());
        }
        let method = exchange.method.clone();
        let exchange = Exchange { tls, timeout: TIMEOUT, limit: MAX_TOKEN, ..exchange };
        let answer = self.client.exchange(exchange)?.await?;
        if !answer.status.is_success() {
            return Err(refusal(&method, &server, &answer));
        }
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = ["access_token", "token"]
            .into_iter()
            .filter_map(|key| answer.get(key).and_then(Value::as_str))
            .find(|token| !token.is_empty());
        match token {
            Some(token) => Ok(secret(&format!("Bearer {token}"))),
            None => {
                let url = pintle_strconv::quote(redacted(server.as_str()));
                Err(Error::Other(format!("{method} {url}: empty token returned")))
            }
        }
    }
}

/// What a registry says when it refuses, as Helm tells it.
pub(super) fn refusal(method: &Method, url: &Url, answer: &Answer) -> Error {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    let said: Vec<String> = errors.map(one_of_many).collect();
    let said = match said.is_empty() {
        true => answer.status.canonical_reason().unwrap_or_default().to_owned(),
        false => said.join("; "),
    };
    Error::Registry {
        method: method.to_string(),
        url: redacted(url.as_str()),
        code: answer.status.as_u16(),
        said,
    }
}

fn one_of_many(error: &Value) -> String {
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    let code = text("code").to_lowercase().replace('_', " ");
    match (text("message"), error.get("detail")) {
        ("", _) => code,
        (message, None | Some(Value::Null)) => format!("{code}: {message}"),
        (message, Some(detail)) => {
            let mut shown = String::new();
            go_value(detail, 0, &mut shown);
            format!("{code}: {message}: {shown}")
        }
    }
}

/// A value as Go's `%v` prints it.
fn go_value(value: &Value, depth: usize, out: &mut String) {
    // An answer is cut before it can nest much deeper.
    if depth > 64 {
        return;
    }
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::Bool(value) => out.push_str(&value.to_string()),
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            let general = pintle_strconv::Notation::General;
            out.push_str(&pintle_strconv::format_f64(number, general, None));
        }
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            go_list(items.iter().map(|item| ("", item)).collect(), depth, out);
        }
        Value::Object(map) => {
            let mut entries: Vec<(String, &Value)> =
                map.iter().map(|(key, item)| (format!("{key}:"), item)).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            out.push_str("map");
            let entries = entries.iter().map(|(key, item)| (key.as_str(), *item));
            go_list(entries.collect(), depth, out);
        }
    }
}

fn go_list(items: Vec<(&str, &Value)>, depth: usize, out: &mut String) {
    out.push('[');
    for (at, (key, item)) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(key);
        go_value(item, depth + 1, out);
    }
    out.push(']');
}

/// The parameters of a challenge: `a="b",c=d`.
fn parameters(mut text: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    while let Some((name, rest)) = text.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_owned();
        let rest = rest.trim_start();
        let mut value = String::new();
        let end = if let Some(quoted) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = quoted.char_indices().find_map(|(at, c)| {
                if !escaped && c == '"' {
                    return Some(at);
                }
                escaped = !escaped && c == '\\';
                if !escaped {
                    value.push(c);
                }
                None
            });
            end.map_or(rest.len(), |end| end + 2)
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            value.push_str(rest.get(..end).unwrap_or_default().trim());
            end
        };
        parameters.push((name, value));
        text = rest.get(end..).unwrap_or_default();
    }
    parameters
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{go_value, parameters};

    #[test]
    fn challenges_are_taken_apart() {
        let read = parameters(r#"realm="https://a/t?x=y",service="s",scope="r:a/b:pull,push""#);
        let expected =
            [("realm", "https://a/t?x=y"), ("service", "s"), ("scope", "r:a/b:pull,push")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let read = parameters(r#"a=b , c="d\"e" ,f"#);
        assert_eq!(read, [("a", "b"), ("c", "d\"e")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(parameters("a=\"b"), [("a".to_owned(), "b".to_owned())]);
        assert!(parameters("").is_empty());
    }

    #[test]
    fn details_are_shown_as_go_shows_them() {
        let mut out = String::new();
        go_value(&json!([{"b": "x", "a": 1.5}, null, true, "t"]), 0, &mut out);
        assert_eq!(out, "[map[a:1.5 b:x] <nil> true t]");
    }
}
