//! Why a call to the database failed.

use std::io;

use pintle_release::StorageError;
use tokio_postgres::error::SqlState;

/// Why a call failed, in lib/pq's words where it has some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) message: String,
    /// The server's code, when it was the server that said no.
    pub(crate) code: Option<SqlState>,
    /// The connection is gone, and what was asked may have been done or not.
    pub(crate) lost: bool,
}

impl Failure {
    /// The database cannot be reached.
    pub(crate) fn unreachable(why: &str) -> Failure {
        let message = format!("unable to instantiate SQL driver: {why}");
        Failure { message, code: None, lost: false }
    }

    pub(crate) fn lost(why: &str) -> Failure {
        let message = format!("the connection to the database was lost: {why}");
        Failure { message, code: None, lost: true }
    }

    pub(crate) fn other(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), code: None, lost: false }
    }

    pub(crate) fn is(&self, code: &SqlState) -> bool {
        self.code.as_ref() == Some(code)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Failure {
        if let Some(said) = error.as_db_error() {
            let code = said.code().clone();
            let message = format!("pq: {} ({})", said.message(), code.code());
            // The server ends the connection with these: it is shut down, or an operator ended it.
            let lost = code == SqlState::ADMIN_SHUTDOWN
                || code == SqlState::CRASH_SHUTDOWN
                || code == SqlState::IDLE_SESSION_TIMEOUT;
            return Failure { message, code: Some(code), lost };
        }
        let why = words(&error);
        // What is no answer of the server, and no failure of the connection, was wrong before it
        // was sent.
        let before = why.starts_with("error serializing") || why.starts_with("error encoding");
        if before { Failure::other(format!("pq: {why}")) } else { Failure::lost(&why) }
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> StorageError {
        StorageError::Other(failure.message)
    }
}

/// The words of an error and of those that caused it.
pub(crate) fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = match source.downcast_ref::<io::Error>() {
            Some(error) => go_text(error),
            None => source.to_string(),
        };
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = source.source();
    }
    text
}

/// A failure of the system in Go's words: without the number.
pub(crate) fn go_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.rfind(" (os error ").and_then(|at| text.get(..at)).unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
