//! Why a function has no result.

use std::fmt;

use crate::Error;

/// Why a function has no result: a message, or the error of a template that it ran.
#[derive(Debug)]
pub struct Failure(Box<Cause>);

#[derive(Debug)]
enum Cause {
    Message(String),
    /// A limit was reached: not to be turned into a result by any function.
    Limit(String),
    Template(Error),
}

impl Failure {
    /// A failure with Go's message of it.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure(Box::new(Cause::Message(message.into())))
    }

    /// A limit that was reached.
    pub fn limit(message: impl Into<String>) -> Failure {
        Failure(Box::new(Cause::Limit(message.into())))
    }

    /// Whether a limit was reached, here or in a template that was run.
    pub fn is_limit(&self) -> bool {
        match &*self.0 {
            Cause::Message(_) => false,
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
            Cause::Template(error) => Ok(error),
            other => Err(Failure(Box::new(other))),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(Box::new(Cause::Template(error)))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Message(message) | Cause::Limit(message) => f.write_str(message),
            Cause::Template(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for Failure {}
