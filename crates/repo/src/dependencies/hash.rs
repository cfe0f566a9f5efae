//! What a lock file knows its chart's dependencies by.

use pintle_chart::{Dependency, EmitDependency};
use pintle_yaml::{Emit, Sink, WriteError};

use crate::Error;
use crate::content::Content;

/// The digest of what is wanted and what was chosen, as Helm computes it.
///
/// ```
/// use pintle_chart::Dependency;
/// use pintle_repo::dependencies::hash;
///
/// let of = |version: &str| Dependency {
///     name: "alpine".to_owned(),
///     version: version.to_owned(),
///     repository: "http://localhost:8879/charts".to_owned(),
///     ..Dependency::default()
/// };
/// assert_eq!(
///     hash(&[of("0.1.0")], &[of("0.1.0")])?,
///     "sha256:fb239e836325c5fa14b29d1540a13b7d3ba13151b67fe719f820e0ef6d66aaaf"
/// );
/// # Ok::<(), pintle_repo::Error>(())
/// ```
///
/// # Errors
///
/// A text cannot be written.
pub fn hash(wanted: &[Dependency], locked: &[Dependency]) -> Result<String, Error> {
    digest(&Lists(&[wanted, locked]))
}

/// The digest that Helm 2 has computed, which charts of version 1 may still have.
///
/// # Errors
///
/// A text cannot be written.
pub fn hash_v2(wanted: &[Dependency]) -> Result<String, Error> {
    digest(&Requirements(wanted))
}

fn digest(what: &impl Emit) -> Result<String, Error> {
    let text = pintle_yaml::to_json(what).map_err(|error| Error::Other(error.to_string()))?;
    Ok(format!("sha256:{}", Content::digest(text.as_bytes())))
}

fn emit(list: &[Dependency], sink: &mut dyn Sink) -> Result<(), WriteError> {
    sink.begin_seq(list.len())?;
    list.iter().try_for_each(|dependency| EmitDependency(dependency).emit(sink))?;
    sink.end()
}

/// A list of lists.
struct Lists<'d>(&'d [&'d [Dependency]]);

impl Emit for Lists<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_seq(self.0.len())?;
        self.0.iter().try_for_each(|list| emit(list, sink))?;
        sink.end()
    }
}

/// What stands in `requirements.yaml`.
struct Requirements<'d>(&'d [Dependency]);

impl Emit for Requirements<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        sink.begin_map(1)?;
        sink.key(b"dependencies")?;
        emit(self.0, sink)?;
        sink.end()
    }
}
