//! The lines of `--set`, `--set-string`, `--set-json`, `--set-file` and `--set-literal`.
//!
//! A line is a list of `name=value`, separated by commas. A name's parts are separated by dots,
//! `[2]` is an item of a list, `\` takes the next character as it is, `{a,b}` is a list of values.
//! The grammar and its corners are those of Helm 4's package `strvals`.

mod error;
mod line;

use std::fmt;

use pintle_yaml::Map;

use crate::{NoSource, Source};

pub use error::SetError;

/// The largest index of a list, as in Helm.
pub const MAX_INDEX: i64 = 65536;
/// How many dots a name may have, as in Helm.
pub const MAX_NAMES: usize = 30;
/// How deep names and indices together may nest.
pub const MAX_DEPTH: usize = 1000;
/// How many items one line may make that no value was given for: `a[9]=x` makes nine of them.
pub const MAX_GAPS: usize = 1 << 20;

/// Which of the flags a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {
    /// `--set-json`: values are JSON.
    Json,
    /// `--set`: integers, booleans and `null` are told apart from strings.
    Value,
    /// `--set-string`: every value is a string.
    String,
    /// `--set-file`: a value names what to read.
    File,
    /// `--set-literal`: one name, and a value that goes to the end of the line.
    Literal,
}

impl SetKind {
    /// The flag, with its dashes.
    pub fn flag(self) -> &'static str {
        match self {
            SetKind::Json => "--set-json",
            SetKind::Value => "--set",
            SetKind::String => "--set-string",
            SetKind::File => "--set-file",
            SetKind::Literal => "--set-literal",
        }
    }
}

impl fmt::Display for SetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.flag())
    }
}

/// Applies one line to `values`.
///
/// What `values` has already stays, unless the line sets it; a `null` is kept as a null, which takes
/// a chart's default away when values are [coalesced](crate::coalesce()). Numbers of `--set` are
/// [`Number::Int`](pintle_yaml::Number::Int), those of `--set-json` floats, as in Helm.
///
/// ```
/// use pintle_values::set::{SetKind, set};
/// use pintle_values::NoSource;
/// use pintle_yaml::{Map, Value};
///
/// let mut values = Map::new();
/// set(SetKind::Value, "image.tag=1,ports[0]=80,names={a,b}", &mut values, &mut NoSource)?;
/// set(SetKind::Literal, "motto=a,b=c", &mut values, &mut NoSource)?;
/// let values = Value::from(values);
/// assert_eq!(values.get_path(["image", "tag"]), Some(&Value::from(1)));
/// assert_eq!(values.get("motto"), Some(&Value::from("a,b=c")));
///
/// let error = set(SetKind::Value, "a", &mut Map::new(), &mut NoSource).unwrap_err();
/// assert_eq!(error.to_string(), r#"key "a" has no value"#);
/// # Ok::<(), pintle_values::set::SetError>(())
/// ```
///
/// # Errors
///
/// See [`SetError`]. `values` may then have a part of the line.
pub fn set(
    kind: SetKind,
    line: &str,
    values: &mut Map,
    source: &mut dyn Source,
) -> Result<(), SetError> {
    line::Line::new(kind, line, source).apply(values)
}

/// Reads one line of `--set` into an empty map.
///
/// # Errors
///
/// See [`SetError`].
///
/// ```
/// use pintle_values::set::parse;
///
/// assert_eq!(parse("a.b=true")?.len(), 1);
/// # Ok::<(), pintle_values::set::SetError>(())
/// ```
pub fn parse(line: &str) -> Result<Map, SetError> {
    let mut values = Map::new();
    set(SetKind::Value, line, &mut values, &mut NoSource)?;
    Ok(values)
}
