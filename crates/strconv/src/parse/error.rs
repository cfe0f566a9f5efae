//! What goes wrong when a number is read.

use std::error::Error;
use std::fmt;

use crate::quote::quote;

/// Why a text is not the number that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumErrorKind {
    /// The text is not spelt as a number (Go's `strconv.ErrSyntax`).
    Syntax,
    /// The number does not fit into the type (Go's `strconv.ErrRange`).
    Range,
    /// The base is neither 0 nor 2 to 36.
    Base(u32),
    /// The size in bits is above 64.
    BitSize(u32),
}

impl fmt::Display for NumErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumErrorKind::Syntax => f.write_str("invalid syntax"),
            NumErrorKind::Range => f.write_str("value out of range"),
            NumErrorKind::Base(base) => write!(f, "invalid base {base}"),
            NumErrorKind::BitSize(bits) => write!(f, "invalid bit size {bits}"),
        }
    }
}

impl Error for NumErrorKind {}

/// The function of Go's `strconv` that an error names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// `strconv.Atoi`.
    Atoi,
    /// `strconv.ParseBool`.
    ParseBool,
    /// `strconv.ParseFloat`.
    ParseFloat,
    /// `strconv.ParseInt`.
    ParseInt,
    /// `strconv.ParseUint`.
    ParseUint,
}

impl Function {
    /// The name without its package.
    pub const fn name(self) -> &'static str {
        match self {
            Function::Atoi => "Atoi",
            Function::ParseBool => "ParseBool",
            Function::ParseFloat => "ParseFloat",
            Function::ParseInt => "ParseInt",
            Function::ParseUint => "ParseUint",
        }
    }
}

/// A text that could not be read, as Go's `*strconv.NumError`.
///
/// Its text is Go's:
///
/// ```
/// use pintle_strconv::{NumErrorKind, parse_int};
///
/// let error = parse_int("300", 10, 8).unwrap_err();
/// assert_eq!(error.to_string(), r#"strconv.ParseInt: parsing "300": value out of range"#);
/// assert_eq!(error.kind(), NumErrorKind::Range);
/// assert_eq!(error.nearest_int(), 127);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    function: Function,
    input: Box<[u8]>,
    kind: NumErrorKind,
    /// The nearest value as the bits of the function's type.
    nearest: u64,
}

impl NumError {
    #[cold]
    pub(super) fn new(function: Function, input: &[u8], kind: NumErrorKind, nearest: u64) -> Self {
        NumError(Box::new(Inner { function, input: input.into(), kind, nearest }))
    }

    /// The function that failed.
    pub fn function(&self) -> Function {
        self.0.function
    }

    /// The text that could not be read; need not be UTF-8.
    pub fn input(&self) -> &[u8] {
        &self.0.input
    }

    /// Why it could not be read.
    pub fn kind(&self) -> NumErrorKind {
        self.0.kind
    }

    /// What Go returns beside this error, for callers that take the value and drop the error: the
    /// smallest or greatest value of the size asked for when the number is out of range, otherwise
    /// 0. Also 0 when the function does not read integers with a sign.
    pub fn nearest_int(&self) -> i64 {
        match self.0.function {
            Function::Atoi | Function::ParseInt => self.0.nearest.cast_signed(),
            _ => 0,
        }
    }

    /// As [`nearest_int`](Self::nearest_int), for `ParseUint`.
    pub fn nearest_uint(&self) -> u64 {
        match self.0.function {
            Function::ParseUint => self.0.nearest,
            _ => 0,
        }
    }

    /// As [`nearest_int`](Self::nearest_int), for `ParseFloat`: an infinity when the number is out
    /// of range.
    pub fn nearest_float(&self) -> f64 {
        match self.0.function {
            Function::ParseFloat => f64::from_bits(self.0.nearest),
            _ => 0.0,
        }
    }
}

impl fmt::Display for NumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { function, input, kind, .. } = &*self.0;
        write!(f, "strconv.{}: parsing {}: {kind}", function.name(), quote(input))
    }
}

impl Error for NumError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0.kind)
    }
}
