//! Numbers with their Go kind.

use pintle_strconv as strconv;

/// A number and the Go type it has; `eq`, `printf` and `kindOf` tell them apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// `int`: constants of templates, `len`, `until`.
    Int(i64),
    /// `int64`: sprig's arithmetic, `--set`.
    Int64(i64),
    /// `int32`: runes.
    Int32(i32),
    /// `uint8`: a byte of a string.
    Uint8(u8),
    /// `uint32`.
    Uint32(u32),
    /// `uint`.
    Uint(u64),
    /// `uint64`.
    Uint64(u64),
    /// `float64`: every number of a values file.
    Float64(f64),
    /// `time.Duration`, in nanoseconds; its kind is `int64`, and it prints like `1h0m0s`.
    Duration(i64),
    /// A number of another named type, such as `time.Month`.
    Named(&'static NamedNumber),
}

/// A number of a named type over `int` whose `String` method gives it a text, such as a month.
#[derive(Debug, PartialEq)]
pub struct NamedNumber {
    /// The name as `%T` prints it.
    pub type_name: &'static str,
    /// What the `String` method returns.
    pub text: &'static str,
    /// The number.
    pub value: i64,
}

impl Number {
    /// The name of the type as `%T` prints it.
    pub fn type_name(self) -> &'static str {
        match self {
            Number::Duration(_) => "time.Duration",
            Number::Named(named) => named.type_name,
            _ => self.kind_name(),
        }
    }

    /// The name of the kind.
    pub fn kind_name(self) -> &'static str {
        match self {
            Number::Int(_) | Number::Named(_) => "int",
            Number::Int64(_) | Number::Duration(_) => "int64",
            Number::Int32(_) => "int32",
            Number::Uint8(_) => "uint8",
            Number::Uint32(_) => "uint32",
            Number::Uint(_) => "uint",
            Number::Uint64(_) => "uint64",
            Number::Float64(_) => "float64",
        }
    }

    /// Whether this is zero (`-0.0` too).
    pub fn is_zero(self) -> bool {
        match self {
            Number::Float64(n) => n == 0.0,
            Number::Uint(n) | Number::Uint64(n) => n == 0,
            Number::Uint8(n) => n == 0,
            Number::Uint32(n) => n == 0,
            _ => self.signed() == Some(0),
        }
    }

    /// The number when its kind is one of Go's signed integers.
    pub fn signed(self) -> Option<i64> {
        match self {
            Number::Int(n) | Number::Int64(n) | Number::Duration(n) => Some(n),
            Number::Named(named) => Some(named.value),
            Number::Int32(n) => Some(n.into()),
            _ => None,
        }
    }

    /// The number when its kind is one of Go's unsigned integers.
    pub fn unsigned(self) -> Option<u64> {
        match self {
            Number::Uint8(n) => Some(n.into()),
            Number::Uint32(n) => Some(n.into()),
            Number::Uint(n) | Number::Uint64(n) => Some(n),
            _ => None,
        }
    }

    /// The number when it is a float.
    pub fn float(self) -> Option<f64> {
        if let Number::Float64(n) = self { Some(n) } else { None }
    }

    /// Appends the number as Go's `%v` prints it.
    pub fn append_to(self, out: &mut Vec<u8>) {
        match self {
            Number::Duration(n) => {
                out.extend_from_slice(
                    strconv::Duration::from_nanoseconds(n).to_string().as_bytes(),
                );
            }
            Number::Named(named) => out.extend_from_slice(named.text.as_bytes()),
            Number::Float64(n) => {
                strconv::append_f64(out, n, strconv::Notation::General, None);
            }
            _ => match self.signed() {
                Some(n) => strconv::append_int(out, n),
                None => strconv::append_uint(out, self.unsigned().unwrap_or_default()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_go() {
        let text = |n: Number| {
            let mut out = Vec::new();
            n.append_to(&mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(Number::Float64(1e6)), "1e+06");
        assert_eq!(text(Number::Float64(100000.0)), "100000");
        assert_eq!(text(Number::Float64(0.00001)), "1e-05");
        assert_eq!(text(Number::Duration(90_000_000_000)), "1m30s");
    }
}
