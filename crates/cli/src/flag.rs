//! What a flag is and which values it takes, by the rules of Go's `pflag`.

use crate::csv;

/// One flag of a command.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) short: Option<char>,
    pub(crate) kind: Kind,
    /// The value that it has when it is not given, as the help shows it.
    pub(crate) default: &'static str,
    /// The value that it has when it is given without one; then a value needs a `=`.
    pub(crate) bare: Option<&'static str>,
    pub(crate) usage: &'static str,
    pub(crate) hidden: bool,
    /// What to use in its place.
    pub(crate) deprecated: Option<&'static str>,
    /// What its value may be, for shells that complete it.
    pub(crate) values: Values,
}

/// What a flag's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    /// Any text; the last one counts.
    Text,
    /// Any text, each time one more.
    Texts,
    /// Texts in a CSV record, each time more.
    List,
    Int,
    Uint,
    Float,
    Duration,
    /// `key=value` pairs in a CSV record.
    Pairs,
    /// How long to wait for what is installed.
    Wait,
    PostRenderer,
    PostRendererArgs,
    /// How to print a list.
    Format,
    /// A number of bytes, with `Ki`, `Mi` or `Gi` behind it if wanted.
    Bytes,
}

/// What a shell offers for a flag's value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values {
    /// The shell's own file names.
    Files,
    Directories,
    /// Nothing can be said.
    Any,
    /// Nothing but these, each with a word on it after a tab if need be.
    These(&'static [&'static str]),
}

impl Flag {
    const fn of(kind: Kind, name: &'static str, usage: &'static str) -> Self {
        Self {
            name,
            short: None,
            kind,
            default: "",
            bare: None,
            usage,
            hidden: false,
            deprecated: None,
            values: Values::Any,
        }
    }

    pub(crate) const fn bool(name: &'static str, usage: &'static str) -> Self {
        let mut flag = Self::of(Kind::Bool, name, usage);
        flag.bare = Some("true");
        flag.default = "false";
        flag
    }

    pub(crate) const fn text(name: &'static str, usage: &'static str) -> Self {
        Self::of(Kind::Text, name, usage)
    }

    /// A [`Kind::Text`] that names a file.
    pub(crate) const fn file(name: &'static str, usage: &'static str) -> Self {
        Self::of(Kind::Text, name, usage).offering(Values::Files)
    }

    pub(crate) const fn new(kind: Kind, name: &'static str, usage: &'static str) -> Self {
        Self::of(kind, name, usage)
    }

    pub(crate) const fn short(mut self, short: char) -> Self {
        self.short = Some(short);
        self
    }

    pub(crate) const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    pub(crate) const fn bare(mut self, value: &'static str) -> Self {
        self.bare = Some(value);
        self
    }

    pub(crate) const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Goes on working, is not shown, and says `instead` when it is used.
    pub(crate) const fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecated = Some(instead);
        self.hidden = true;
        self
    }

    pub(crate) const fn offering(mut self, values: Values) -> Self {
        self.values = values;
        self
    }

    /// The name of its kind in the help; empty for what takes no value.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Bool => "",
            Kind::Text => "string",
            Kind::Texts => "stringArray",
            Kind::List => "strings",
            Kind::Int => "int",
            Kind::Uint => "uint",
            Kind::Float => "float32",
            Kind::Duration => "duration",
            Kind::Pairs => "stringToString",
            Kind::Wait => "WaitStrategy",
            Kind::PostRenderer => "postRendererString",
            Kind::PostRendererArgs => "postRendererArgsSlice",
            Kind::Format => "format",
            Kind::Bytes => "bytes",
        }
    }

    /// Its names as an error shows them.
    pub(crate) fn names(&self) -> String {
        match self.short {
            Some(short) => format!("-{short}, --{}", self.name),
            None => format!("--{}", self.name),
        }
    }

    /// Whether `value` is one of its kind; if not, why, in Go's words.
    pub(crate) fn check(&self, value: &str) -> Result<(), String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        match self.kind {
            Kind::Text | Kind::Texts | Kind::PostRenderer | Kind::PostRendererArgs => Ok(()),
            Kind::Bool => pintle_strconv::parse_bool(value).map(drop).map_err(|e| said(&e)),
            Kind::Int => pintle_strconv::parse_int(value, 0, 64).map(drop).map_err(|e| said(&e)),
            Kind::Uint => pintle_strconv::parse_uint(value, 0, 64).map(drop).map_err(|e| said(&e)),
            Kind::Float => pintle_strconv::parse_f32(value).map(drop).map_err(|e| said(&e)),
            Kind::Duration => pintle_strconv::parse_duration(value).map(drop).map_err(|e| said(&e)),
            Kind::List => csv::record(value).map(drop),
            Kind::Pairs => pairs(value).map(drop),
            Kind::Wait => match value {
                "watcher" | "legacy" | "hookOnly" | "true" | "false" => Ok(()),
                _ => Err(format!(
                    "invalid wait input {}. Valid inputs are watcher, hookOnly, and legacy",
                    pintle_strconv::quote(value)
                )),
            },
            Kind::Format => match value {
                "table" | "json" | "yaml" => Ok(()),
                _ => Err("invalid format type".to_owned()),
            },
            Kind::Bytes => bytes(value).map(drop),
        }
    }
}

/// Cuts `key=value,key=value`; one pair alone may hold commas.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let parts = match text.matches('=').count() {
        0 => return Err(format!("{text} must be formatted as key=value")),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => csv::record(text)?,
    };
    let cut = |part: String| match part.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(format!("{part} must be formatted as key=value")),
    };
    parts.into_iter().map(cut).collect()
}

/// Reads a number of bytes.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let units = [("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30)];
    let (digits, unit) = units
        .into_iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|digits| (digits, unit)))
        .unwrap_or((text, 1_u64));
    let number = pintle_strconv::parse_uint(digits, 10, 64).map_err(|error| error.to_string())?;
    number.checked_mul(unit).ok_or_else(|| format!("{text} is too large"))
}

#[cfg(test)]
mod tests {
    use super::{bytes, pairs};

    #[test]
    fn pairs_are_cut_as_pflag_cuts_them() {
        let one = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(pairs("a=1,2"), Ok(vec![one("a", "1,2")]));
        assert_eq!(pairs("a=1,b=2"), Ok(vec![one("a", "1"), one("b", "2")]));
        assert_eq!(pairs("\"a=1\""), Ok(vec![one("a", "1")]));
        assert_eq!(pairs("a"), Err("a must be formatted as key=value".to_owned()));
    }

    #[test]
    fn numbers_of_bytes() {
        assert_eq!(bytes("17"), Ok(17));
        assert_eq!(bytes("2Ki"), Ok(2048));
        assert_eq!(bytes("64Mi"), Ok(64 << 20));
        assert!(bytes("99999999999Gi").is_err());
        assert!(bytes("1.5Gi").is_err());
        assert!(bytes("").is_err());
    }
}
