//! Why an action failed.

use std::fmt;

use pintle_chart::RenderedFile;

use super::RenderFailure;
use crate::{
    ApplyError, ClusterError, Holder, PrepareError, Resource, StorageError, Violation, WaitError,
};

/// Why an action failed: what Helm says, and what is known besides.
#[derive(Debug)]
pub struct ActionError {
    /// The message, in Helm's words.
    pub message: String,
    /// What is behind it.
    pub cause: Cause,
}

/// What is behind an [`ActionError`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The message says it all.
    Plain,
    /// There is no such release.
    NotFound,
    /// Somebody else works on the release, or seemed to; who, when that is known.
    Busy(Option<Holder>),
    /// The cluster failed.
    Cluster(ClusterError),
    /// Objects could not be written.
    Apply(ApplyError),
    /// Waiting ended before all was well.
    Wait(WaitError),
    /// The store failed.
    Storage(StorageError),
    /// Templates failed, or what comes before and behind them.
    Render(RenderFailure),
    /// Rendered documents that are not valid, with all files.
    Prepare(PrepareError, Vec<RenderedFile>),
    /// Objects that the server would not take, with all resources.
    Violations(Vec<Violation>, Vec<Resource>),
    /// All was done, but the record does not say so.
    RecordLost(StorageError),
    /// The user broke off.
    Cancelled,
}

impl ActionError {
    /// An error with what is behind it.
    pub fn new(message: impl Into<String>, cause: Cause) -> ActionError {
        ActionError { message: message.into(), cause }
    }

    /// An error whose message says it all.
    pub fn plain(message: impl Into<String>) -> ActionError {
        ActionError::new(message, Cause::Plain)
    }

    /// The same with something in front of its message.
    #[must_use]
    pub fn within(mut self, context: &str) -> ActionError {
        self.message.insert_str(0, context);
        self
    }

    /// `"NAME" has no deployed releases`.
    pub(super) fn no_deployed(name: &str) -> ActionError {
        let message = format!("{} has no deployed releases", pintle_strconv::quote(name));
        ActionError::new(message, Cause::NotFound)
    }

    pub(super) fn violations(violations: Vec<Violation>, resources: Vec<Resource>) -> ActionError {
        let texts = violations.iter().map(|violation| {
            let of = resources.get(violation.resource);
            let place = of.and_then(|resource| resource.source.as_ref());
            let at = place.map_or_else(String::new, |place| format!("{}: ", place.path));
            let path = if violation.field.is_empty() { "" } else { ": " };
            let kind = of.map_or("", |resource| &resource.kind);
            let name = of.map_or("", |resource| &resource.name);
            format!("{at}{kind} {name}: {}{path}{}", violation.field, violation.message)
        });
        let texts: Vec<String> = texts.collect();
        let message = format!("error validating data: [{}]", texts.join(", "));
        ActionError::new(message, Cause::Violations(violations, resources))
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ActionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Cluster(error) => Some(error),
            Cause::Apply(error) => Some(error),
            Cause::Wait(error) => Some(error),
            Cause::Storage(error) | Cause::RecordLost(error) => Some(error),
            Cause::Render(error) => Some(&**error),
            Cause::Prepare(error, _) => Some(error),
            _ => None,
        }
    }
}

impl From<ClusterError> for ActionError {
    fn from(error: ClusterError) -> Self {
        let cause = match error.kind {
            crate::ClusterErrorKind::Cancelled => Cause::Cancelled,
            _ => Cause::Cluster(error.clone()),
        };
        ActionError::new(error.message, cause)
    }
}

impl From<ApplyError> for ActionError {
    fn from(error: ApplyError) -> Self {
        ActionError::new(error.to_string(), Cause::Apply(error))
    }
}

impl From<WaitError> for ActionError {
    fn from(error: WaitError) -> Self {
        let cause = match error.kind {
            crate::ClusterErrorKind::Cancelled => Cause::Cancelled,
            _ => Cause::Wait(error.clone()),
        };
        ActionError::new(error.message, cause)
    }
}

impl From<StorageError> for ActionError {
    fn from(error: StorageError) -> Self {
        let message = error.to_string();
        let cause = match error {
            StorageError::NotFound => Cause::NotFound,
            error => Cause::Storage(error),
        };
        ActionError::new(message, cause)
    }
}
