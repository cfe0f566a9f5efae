//! Why a function has no result.

use std::fmt;

use crate::Error;

/// Why a function has no result: a message, or the error of a template that it ran.
#[derive(Debug)]
pub struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    cause: Cause,
    suggestion: Option<String>,
}

#[derive(Debug)]
enum Cause {
    Message(String),
    /// A limit was reached: not to be turned into a result by any function.
    Limit(String),
    /// The author of the template ends it: `required`, `fail`.
    Raised(String),
    Template(Error),
}

impl Failure {
    fn of(cause: Cause) -> Failure {
        Failure(Box::new(Inner { cause, suggestion: None }))
    }

    /// Adds what the author may have meant.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<String>) -> Failure {
        self.0.suggestion = suggestion;
        self
    }

    /// What the author may have meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }

    /// A failure with Go's message of it.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::of(Cause::Message(message.into()))
    }

    /// A limit that was reached.
    pub fn limit(message: impl Into<String>) -> Failure {
        Failure::of(Cause::Limit(message.into()))
    }

    /// What the template's author says on purpose, with `required` or `fail`.
    pub fn raised(message: impl Into<String>) -> Failure {
        Failure::of(Cause::Raised(message.into()))
    }

    /// Whether the template's author ends it on purpose.
    pub fn is_raised(&self) -> bool {
        matches!(self.0.cause, Cause::Raised(_))
    }

    /// Whether a limit was reached, here or in a template that was run.
    pub fn is_limit(&self) -> bool {
        match &self.0.cause {
            Cause::Message(_) | Cause::Raised(_) => false,
            Cause::Limit(_) => true,
            Cause::Template(error) => error.is_limit(),
        }
    }

    /// The error of the template that was run, when that failed.
    ///
    /// # Errors
    ///
    /// This failure itself, when it is no template's.
    pub fn into_template(self) -> Result<Error, Failure> {
        match *self.0 {
            Inner { cause: Cause::Template(error), .. } => Ok(error),
            other => Err(Failure(Box::new(other))),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::of(Cause::Template(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Message(message) | Cause::Limit(message) | Cause::Raised(message) => {
                f.write_str(message)
            }
            Cause::Template(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for Failure {}
