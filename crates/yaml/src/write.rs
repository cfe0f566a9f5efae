//! Writing YAML.

mod block;
mod collect;
mod error;
mod order;
mod pretty;
mod resolve;
mod scalar;
mod ser;
mod unicode;
mod yaml;

pub use collect::from_emit;
pub use error::{WriteError, WriteErrorKind};
pub use order::{KeyOrder, natural_cmp, natural_cmp_v3};
pub use pretty::{PrettyYamlSink, to_yaml_pretty, to_yaml_pretty_into};
pub use ser::{Serial, to_value};
pub use yaml::{YamlSink, to_yaml, to_yaml_into};

/// How deep a sink lets sequences and mappings nest when it is not told otherwise: go-yaml reads no
/// deeper either.
pub const MAX_DEPTH: usize = 10_000;

/// The bounds that all sinks share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The length that the output buffer may reach.
    end: usize,
    depth: usize,
}

impl Limits {
    pub(crate) const NONE: Limits = Limits { end: usize::MAX, depth: MAX_DEPTH };

    pub(crate) fn set_length(&mut self, out: &[u8], bytes: usize) {
        self.end = out.len().saturating_add(bytes);
    }

    pub(crate) fn set_depth(&mut self, depth: usize) {
        self.depth = depth;
    }

    #[inline]
    pub(crate) fn length(&self, out: &[u8]) -> Result<(), WriteError> {
        if out.len() > self.end { Err(WriteErrorKind::TooLarge.into()) } else { Ok(()) }
    }

    /// Whether one more level fits on `depth` of them.
    #[inline]
    pub(crate) fn deeper(&self, depth: usize) -> Result<(), WriteError> {
        if depth >= self.depth { Err(WriteError::too_deep(self.depth)) } else { Ok(()) }
    }
}

/// Runs `write` on `out`, and takes back what it wrote if it fails.
pub(crate) fn all_or_nothing(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let start = out.len();
    let result = write(out);
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Runs `write` on a buffer of its own and gives the text.
pub(crate) fn text(
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), WriteError>,
) -> Result<String, WriteError> {
    let mut out = Vec::new();
    write(&mut out)?;
    // The sinks write UTF-8 whatever they are given.
    String::from_utf8(out).map_err(|_| WriteErrorKind::Unbalanced.into())
}
