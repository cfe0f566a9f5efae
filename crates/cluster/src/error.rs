//! What went wrong, in the words of Kubernetes' Go client.

use http::{Method, StatusCode};
use pintle_release::{ClusterError, ClusterErrorKind, StorageError};
use pintle_yaml::Value;

use crate::http::Call;

/// The server says so with status 500, though the object is at fault.
const TYPED: &str = "failed to create typed patch object";

/// Why a request failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ClusterErrorKind,
    pub(crate) message: String,
    /// The HTTP status; 0 when there was no answer.
    pub(crate) code: u16,
    /// The server's `reason`.
    pub(crate) reason: String,
    /// The server's `details.causes`: fields and messages.
    pub(crate) causes: Vec<(String, String)>,
    /// Whether the request may have been carried out nevertheless.
    pub(crate) unknown: bool,
}

impl Default for Failure {
    fn default() -> Self {
        Failure {
            kind: ClusterErrorKind::Other,
            message: String::new(),
            code: 0,
            reason: String::new(),
            causes: Vec::new(),
            unknown: false,
        }
    }
}

impl Failure {
    pub(crate) fn other(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), ..Failure::default() }
    }

    pub(crate) fn is_not_found(&self) -> bool {
        self.kind == ClusterErrorKind::NotFound
    }

    pub(crate) fn is_conflict(&self) -> bool {
        self.kind == ClusterErrorKind::Conflict
    }

    /// Whether the same request may have more luck later. A webhook that cannot be called, or an
    /// admission that says no with status 500, will not soon.
    pub(crate) fn retriable(&self) -> bool {
        let hopeless = ["failed calling webhook", "admission", TYPED];
        !hopeless.iter().any(|words| self.message.contains(words))
    }

    /// The same with words before it.
    pub(crate) fn with(mut self, before: &str) -> Failure {
        self.message = format!("{before}: {}", self.message);
        self
    }
}

impl From<Failure> for ClusterError {
    fn from(failure: Failure) -> ClusterError {
        ClusterError::new(failure.kind, failure.message)
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Failure {
        Failure { kind: error.kind, message: error.message, ..Failure::default() }
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> StorageError {
        StorageError::Other(failure.message)
    }
}

/// The failure that an answer tells: a `Status` where there is one.
pub(crate) fn of_answer(call: &Call, code: StatusCode, body: &[u8]) -> Failure {
    let status = pintle_yaml::read_json(body)
        .ok()
        .filter(|status| status.get("kind").and_then(Value::as_str) == Some("Status"));
    let text = |key: &str| status.as_ref().and_then(|status| status.get(key)?.as_str());
    let reason = text("reason").unwrap_or_default().to_string();
    let message = match text("message").filter(|message| !message.is_empty()) {
        Some(message) => message.to_string(),
        None if reason.is_empty() || reason == "Unknown" => generic(call, code, body),
        None => reason.clone(),
    };
    let causes =
        status.as_ref().and_then(|status| status.get_path(["details", "causes"])?.as_seq());
    let causes = causes.unwrap_or_default().iter().map(|cause| {
        let text = |key| cause.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        (text("field"), text("message"))
    });
    let kind = match message.contains(TYPED) {
        true => ClusterErrorKind::Invalid,
        false => kind(code, &reason),
    };
    Failure { kind, message, code: code.as_u16(), reason, causes: causes.collect(), unknown: false }
}

fn kind(code: StatusCode, reason: &str) -> ClusterErrorKind {
    match (code.as_u16(), reason) {
        (404, _) => ClusterErrorKind::NotFound,
        (_, "AlreadyExists") => ClusterErrorKind::AlreadyExists,
        (409, _) => ClusterErrorKind::Conflict,
        (401 | 403, _) => ClusterErrorKind::Forbidden,
        (400 | 422, _) => ClusterErrorKind::Invalid,
        (504, _) | (_, "Timeout") => ClusterErrorKind::Timeout,
        _ => ClusterErrorKind::Other,
    }
}

/// What Go's client says of an answer that is no `Status`.
fn generic(call: &Call, code: StatusCode, body: &[u8]) -> String {
    let verb = match call.method {
        Method::POST => "post",
        Method::PUT => "put",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ => "get",
    };
    let on = |message: &str| match resource_of(&call.path) {
        Some((resource, name)) if !name.is_empty() => {
            format!("{message} ({verb} {resource} {name})")
        }
        Some((resource, _)) => format!("{message} ({verb} {resource})"),
        None => message.to_string(),
    };
    match code.as_u16() {
        404 => on("the server could not find the requested resource"),
        401 => "the server has asked for the client to provide credentials".to_string(),
        403 => on("unknown"),
        405 => on("the server does not allow this method on the requested resource"),
        409 => on("the server reported a conflict"),
        415 => on("the body of the request was in an unknown format"),
        422 => on("the server rejected our request due to an error in our request"),
        429 => on("the server has received too many requests and has asked us to try again later"),
        503 => on("the server is currently unable to handle the request"),
        504 => on(
            "the server was unable to return a response in the time allotted, but may still be processing the request",
        ),
        500.. => {
            let said = String::from_utf8_lossy(body.get(..body.len().min(2048)).unwrap_or(body));
            let said: String =
                said.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
            on(&format!(
                "an error on the server ({said:?}) has prevented the request from succeeding"
            ))
        }
        400 => on("the server rejected our request for an unknown reason"),
        code => on(&format!(
            "the server responded with the status code {code} but did not return more information"
        )),
    }
}

/// The resource and the name in an address: `secrets` and `x`, `deployments.apps` and `web`.
fn resource_of(path: &str) -> Option<(String, &str)> {
    let path = path.split('?').next()?;
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (group, rest) = match parts.as_slice() {
        ["api", _, rest @ ..] => ("", rest),
        ["apis", group, _, rest @ ..] => (*group, rest),
        _ => return None,
    };
    let rest = match rest {
        ["namespaces", _, inner @ ..] if !inner.is_empty() => inner,
        rest => rest,
    };
    let resource = rest.first()?;
    let full =
        if group.is_empty() { (*resource).to_string() } else { format!("{resource}.{group}") };
    Some((full, rest.get(1).copied().unwrap_or_default()))
}

/// What broke a connection, in Go's words, and whether it broke before the request was sent.
pub(crate) fn broken(error: &kube::Error) -> (String, bool) {
    if matches!(error, kube::Error::Auth(_)) {
        return (format!("getting credentials: {}", crate::connection::words(error)), true);
    }
    let mut innermost: &dyn std::error::Error = error;
    let mut connecting = false;
    loop {
        if let Some(io) = innermost.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind as Kind;
            let said = match io.kind() {
                Kind::ConnectionRefused => Some(("dial tcp: connect: connection refused", true)),
                Kind::TimedOut => Some(("dial tcp: i/o timeout", connecting)),
                Kind::HostUnreachable => Some(("dial tcp: connect: no route to host", true)),
                Kind::NetworkUnreachable => {
                    Some(("dial tcp: connect: network is unreachable", true))
                }
                Kind::ConnectionReset => Some(("read: connection reset by peer", false)),
                Kind::BrokenPipe => Some(("write: broken pipe", false)),
                Kind::UnexpectedEof => Some(("EOF", false)),
                _ => None,
            };
            if let Some((said, before)) = said {
                return (said.to_string(), before || connecting);
            }
            // What wraps another error may hide it from `source`.
            if let Some(inner) = io.get_ref() {
                innermost = inner;
                continue;
            }
        }
        let text = innermost.to_string();
        if text.contains("error trying to connect") || text == "client error (Connect)" {
            connecting = true;
        }
        match innermost.source() {
            Some(source) => innermost = source,
            None => break,
        }
    }
    let text = innermost.to_string();
    let said = if text.contains("dns error") || text.contains("failed to lookup address") {
        connecting = true;
        format!("dial tcp: lookup: {text}")
    } else if text.contains("UnknownIssuer") {
        "tls: failed to verify certificate: x509: certificate signed by unknown authority".into()
    } else if text.contains("connection closed before message completed") {
        "EOF".to_string()
    } else {
        text
    };
    (said, connecting)
}

/// What ended an answer too early, in Go's words.
pub(crate) fn broken_body(error: &dyn std::error::Error) -> String {
    let text = crate::connection::words(error);
    match text {
        text if text.contains("end of file") || text.contains("closed") || text.contains("EOF") => {
            "unexpected EOF".to_string()
        }
        text => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_speaks_for_itself() {
        let call = Call::get("/api/v1/namespaces/n/secrets/x");
        let body = br#"{"kind":"Status","status":"Failure","message":"secrets \"x\" not found","reason":"NotFound","code":404}"#;
        let failure = of_answer(&call, StatusCode::NOT_FOUND, body);
        assert_eq!(failure.message, "secrets \"x\" not found");
        assert!(failure.is_not_found());
        let exists =
            br#"{"kind":"Status","message":"it is there","reason":"AlreadyExists","code":409}"#;
        let failure = of_answer(&call, StatusCode::CONFLICT, exists);
        assert_eq!(failure.kind, ClusterErrorKind::AlreadyExists);
    }

    #[test]
    fn what_is_no_status_is_said_as_go_says_it() {
        let table = [
            (404, "the server could not find the requested resource (get deployments.apps x)"),
            (
                500,
                "an error on the server (\"boom\") has prevented the request from succeeding (get deployments.apps x)",
            ),
            (
                429,
                "the server has received too many requests and has asked us to try again later (get deployments.apps x)",
            ),
        ];
        for (code, expected) in table {
            let call = Call::get("/apis/apps/v1/namespaces/n/deployments/x?a=b");
            let code = StatusCode::from_u16(code).expect("a status");
            assert_eq!(of_answer(&call, code, b"boom\n").message, expected);
        }
    }
}
