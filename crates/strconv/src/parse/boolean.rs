//! Reading booleans.

use super::error::{Function, NumError, NumErrorKind};

/// Reads a boolean as Go's `strconv.ParseBool` does: `1`, `t`, `T`, `true`, `True`, `TRUE` and
/// `0`, `f`, `F`, `false`, `False`, `FALSE`.
///
/// # Errors
///
/// [`NumErrorKind::Syntax`] for any other text.
///
/// ```
/// use pintle_strconv::parse_bool;
///
/// assert_eq!(parse_bool("T"), Ok(true));
/// assert_eq!(
///     parse_bool("yes").unwrap_err().to_string(),
///     r#"strconv.ParseBool: parsing "yes": invalid syntax"#,
/// );
/// ```
pub fn parse_bool(text: impl AsRef<[u8]>) -> Result<bool, NumError> {
    let text = text.as_ref();
    scan_bool(text).map_err(|kind| NumError::new(Function::ParseBool, text, kind, 0))
}

/// [`parse_bool`] for callers that only try: a failure costs no allocation.
///
/// # Errors
///
/// [`NumErrorKind::Syntax`] if `text` is no boolean.
pub fn scan_bool(text: impl AsRef<[u8]>) -> Result<bool, NumErrorKind> {
    match text.as_ref() {
        b"1" | b"t" | b"T" | b"true" | b"True" | b"TRUE" => Ok(true),
        b"0" | b"f" | b"F" | b"false" | b"False" | b"FALSE" => Ok(false),
        _ => Err(NumErrorKind::Syntax),
    }
}
