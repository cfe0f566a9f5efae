//! Writing TOML in the layout of BurntSushi's encoder: keys with plain values first, then tables,
//! both sorted; two spaces for each level; a blank line before each table.

use pintle_strconv as strconv;
use pintle_yaml::Str;

use crate::value::Complex;
use crate::{Context, Failure, List, Number, Value};

/// How deep values may nest. Go has no limit: it runs out of stack on a map that holds itself.
const MAX_DEPTH: usize = 1000;

/// Writes a value that is not nil.
pub(super) fn encode(value: &Value, context: &mut dyn Context) -> Result<Vec<u8>, Failure> {
    let mut encoder = Encoder { out: Vec::new(), key: Vec::new(), spent: 0, context };
    encoder.value(value, 0)?;
    encoder.spend(usize::MAX)?;
    Ok(encoder.out)
}

/// What kind of TOML value a Go value becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nil,
    Plain,
    Table,
    Tables,
}

impl Kind {
    fn is_table(self) -> bool {
        matches!(self, Kind::Table | Kind::Tables)
    }
}

struct Encoder<'c> {
    out: Vec<u8>,
    /// The keys that lead to the present value.
    key: Vec<Str>,
    /// The work that is not charged yet.
    spent: usize,
    context: &'c mut dyn Context,
}

/// The entries of a map or a struct.
struct Entries {
    entries: Vec<(Str, Value)>,
    /// A struct keeps its order and counts its commas differently.
    is_struct: bool,
}

fn entries(value: &Value) -> Option<Entries> {
    match value {
        Value::Map(map) => Some(Entries { entries: map.to_vec(), is_struct: false }),
        Value::Object(object) if object.text().is_none() => match object.items() {
            Some(items) => entries(&items),
            None => {
                let fields = object.fields().into_iter();
                let entries = fields.map(|(name, value)| (Str::from(name), value)).collect();
                Some(Entries { entries, is_struct: true })
            }
        },
        _ => None,
    }
}

impl Encoder<'_> {
    /// Counts work, and charges it in large pieces; `usize::MAX` charges what is left.
    fn spend(&mut self, work: usize) -> Result<(), Failure> {
        if work != usize::MAX {
            self.spent += work;
            if self.spent < 16 << 10 {
                return Ok(());
            }
        }
        self.context.charge(std::mem::take(&mut self.spent))
    }

    fn write(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.out.extend_from_slice(text);
        self.spent += text.len();
    }

    /// A line's end, but not at the start of the document.
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn indent(&mut self) {
        for _ in 1..self.key.len() {
            self.out.extend_from_slice(b"  ");
        }
        self.spent += 2 * self.key.len();
    }

    fn kind(&mut self, value: &Value, depth: usize) -> Result<Kind, Failure> {
        self.spend(8)?;
        Ok(match value {
            Value::Absent | Value::Nil => Kind::Nil,
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Kind::Plain,
            Value::Map(_) => Kind::Table,
            Value::List(list) if list.is_nil() => Kind::Nil,
            Value::List(list) if self.is_table_array(list, depth)? => Kind::Tables,
            Value::List(_) => Kind::Plain,
            Value::Object(object) if object.text().is_some() => Kind::Plain,
            Value::Object(object) if object.as_any().is::<Complex>() => {
                return Err(Failure::new("unsupported type: complex128"));
            }
            Value::Object(object) => match object.items() {
                Some(items) => self.kind(&items, depth)?,
                None => Kind::Table,
            },
        })
    }

    /// Whether all items are tables; fails where an item, however deep in arrays, is nil.
    fn is_table_array(&mut self, list: &List, depth: usize) -> Result<bool, Failure> {
        check_depth(depth)?;
        let mut all = !list.is_empty();
        for item in list.items() {
            match self.kind(item, depth + 1)? {
                Kind::Nil => {
                    return Err(Failure::new("toml: cannot encode array with nil element"));
                }
                Kind::Table => {}
                Kind::Plain | Kind::Tables => all = false,
            }
        }
        Ok(all)
    }

    /// Writes a value below its key, which is empty for the document.
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Failure> {
        check_depth(depth)?;
        match self.kind(value, depth)? {
            Kind::Nil => Ok(()),
            Kind::Plain => self.key_value(value, false, depth),
            Kind::Table => self.table(value, depth),
            Kind::Tables => {
                let Value::List(list) = value else { return Ok(()) };
                if self.key.is_empty() {
                    let message = "toml: top-level values must be Go maps or structs";
                    return Err(Failure::new(message));
                }
                for item in list.items() {
                    self.newline();
                    self.header("[[", "]]");
                    self.entries(item, false, depth + 1)?;
                }
                Ok(())
            }
        }
    }

    fn header(&mut self, open: &str, close: &str) {
        self.indent();
        self.write(open);
        let key = std::mem::take(&mut self.key);
        for (index, part) in key.iter().enumerate() {
            if index > 0 {
                self.write(".");
            }
            self.write_key(part);
        }
        self.key = key;
        self.write(close);
        self.newline();
    }

    fn table(&mut self, value: &Value, depth: usize) -> Result<(), Failure> {
        if self.key.len() == 1 {
            self.newline();
        }
        if !self.key.is_empty() {
            self.header("[", "]");
        }
        self.entries(value, false, depth)
    }

    /// Writes the entries of a table, those with plain values first.
    fn entries(&mut self, value: &Value, inline: bool, depth: usize) -> Result<(), Failure> {
        check_depth(depth)?;
        let Some(Entries { entries, is_struct }) = entries(value) else { return Ok(()) };
        self.spend(entries.len() * size_of::<(Str, Value)>())?;
        let mut plain = Vec::with_capacity(entries.len());
        let mut tables = Vec::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let kind = self.kind(value, depth + 1)?;
            let group = if kind.is_table() { &mut tables } else { &mut plain };
            group.push((index, key, value, kind));
        }
        if inline {
            self.write("{");
        }
        let has_tables = !tables.is_empty();
        for (group, more) in [(plain, has_tables), (tables, false)] {
            let last = group.len().wrapping_sub(1);
            for (at, (index, key, value, kind)) in group.into_iter().enumerate() {
                if kind == Kind::Nil {
                    continue;
                }
                if !inline {
                    self.key.push(key.clone());
                    self.value(value, depth + 1)?;
                    self.key.pop();
                    continue;
                }
                let outer = std::mem::replace(&mut self.key, vec![key.clone()]);
                self.key_value(value, true, depth + 1)?;
                self.key = outer;
                let comma = if is_struct { index + 1 != entries.len() } else { more || at != last };
                if comma {
                    self.write(", ");
                }
            }
        }
        if inline {
            self.write("}");
        }
        Ok(())
    }

    fn key_value(&mut self, value: &Value, inline: bool, depth: usize) -> Result<(), Failure> {
        let Some(key) = self.key.last().cloned() else { return self.element(value, depth) };
        self.indent();
        self.write_key(&key);
        self.write(" = ");
        self.element(value, depth)?;
        if !inline {
            self.newline();
        }
        Ok(())
    }

    /// Writes a value in one line.
    fn element(&mut self, value: &Value, depth: usize) -> Result<(), Failure> {
        check_depth(depth)?;
        self.spend(8)?;
        match value {
            Value::Absent | Value::Nil => {}
            Value::Bool(value) => self.write(if *value { "true" } else { "false" }),
            Value::Number(number) => self.number(*number),
            Value::String(text) => self.quoted(text.as_bytes()),
            Value::List(list) => {
                self.write("[");
                for (index, item) in list.items().iter().enumerate() {
                    if index > 0 {
                        self.write(", ");
                    }
                    self.element(item, depth + 1)?;
                }
                self.write("]");
            }
            Value::Object(object) => match (object.text(), super::literal(value)) {
                (None, _) => self.entries(value, true, depth + 1)?,
                // A time is written bare, other texts as strings.
                (Some(_), Some(text)) => self.write(text),
                (Some(text), None) => self.quoted(&text),
            },
            Value::Map(_) => self.entries(value, true, depth + 1)?,
        }
        Ok(())
    }

    fn number(&mut self, number: Number) {
        let mut text = Vec::new();
        match number {
            Number::Float64(n) if n.is_nan() => {
                text.extend_from_slice(if n.is_sign_negative() { b"-nan" } else { b"nan" });
            }
            Number::Float64(n) if n.is_infinite() => {
                text.extend_from_slice(if n < 0.0 { b"-inf" } else { b"inf" });
            }
            Number::Float64(n) => {
                strconv::append_f64(&mut text, n, strconv::Notation::General, None);
                if !text.iter().any(|byte| matches!(byte, b'e' | b'.')) {
                    text.extend_from_slice(b".0");
                }
            }
            Number::Duration(_) => {
                text.push(b'"');
                number.append_to(&mut text);
                text.push(b'"');
            }
            Number::Named(named) => strconv::append_int(&mut text, named.value),
            _ => number.append_to(&mut text),
        }
        self.write(text);
    }

    fn write_key(&mut self, key: &str) {
        if is_bare(key) {
            self.write(key);
        } else {
            self.quoted(key.as_bytes());
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        self.write("\"");
        let mut plain = 0;
        for (index, byte) in text.iter().enumerate() {
            let escape: &[u8] = match byte {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                0x08 => b"\\b",
                b'\t' => b"\\t",
                b'\n' => b"\\n",
                0x0c => b"\\f",
                b'\r' => b"\\r",
                0..0x20 | 0x7f => b"",
                _ => continue,
            };
            self.write(text.get(plain..index).unwrap_or_default());
            if escape.is_empty() {
                self.write(format!("\\u{byte:04x}"));
            } else {
                self.write(escape);
            }
            plain = index + 1;
        }
        self.write(text.get(plain..).unwrap_or_default());
        self.write("\"");
    }
}

/// Whether a key needs no quotes.
pub(super) fn is_bare(key: &str) -> bool {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !key.is_empty() && key.bytes().all(bare)
}

fn check_depth(depth: usize) -> Result<(), Failure> {
    if depth < MAX_DEPTH {
        return Ok(());
    }
    Err(Failure::limit("a value is nested too deeply to be written as TOML"))
}

#[cfg(test)]
mod tests {
    use pintle_yaml as yaml;

    use crate::funcs::testing::text;
    use crate::{Map, Number, Value};

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(key, value)| (*key, value.clone())).collect())
    }

    #[test]
    fn plain_values_come_first_then_tables() {
        let value = map(&[
            ("t", map(&[("b", Value::float(3.0)), ("a", map(&[("x y", "q\"\n".into())]))])),
            ("n", Value::int(1)),
            ("l", Value::list(vec!["a".into(), map(&[("k", true.into())])])),
            ("z", Value::list(vec![map(&[("k", true.into())]), map(&[])])),
            ("nil", Value::Nil),
            ("d", Value::Number(Number::Duration(1_000_000_000))),
        ]);
        let expected = "d = \"1s\"\nl = [\"a\", {k = true}]\nn = 1\n\n[t]\n  b = 3.0\n  [t.a]\n    \
            \"x y\" = \"q\\\"\\n\"\n\n[[z]]\n  k = true\n\n[[z]]\n";
        assert_eq!(text("toToml", &[value]), expected);
    }

    #[test]
    fn errors_are_output() {
        let nil = Value::list(vec![Value::Nil]);
        let expected = "toml: cannot encode array with nil element";
        assert_eq!(text("toToml", std::slice::from_ref(&nil)), expected);
        assert_eq!(text("mustToToml", &[nil]), format!("error: {expected}"));
        let tables = Value::list(vec![map(&[])]);
        let expected = "toml: top-level values must be Go maps or structs";
        assert_eq!(text("toToml", &[tables]), expected);
        assert_eq!(text("toToml", &[Value::list(vec![])]), "[]");
        assert_eq!(text("toToml", &["x".into()]), "\"x\"");
    }

    #[test]
    fn a_map_that_holds_itself_is_a_limit() {
        let map = Map::new();
        map.set("self", Value::Map(map.clone()));
        assert!(text("toToml", &[Value::Map(map.clone())]).contains("too deeply"));
        map.remove("self");
        let mut list = Value::from_data(&yaml::Value::from("x"));
        for _ in 0..60 {
            list = Value::list(vec![list.clone(), list]);
        }
        assert_eq!(text("toToml", &[list]), "error: memory");
    }
}
