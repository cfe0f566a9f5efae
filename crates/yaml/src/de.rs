//! Values into Rust types through serde, with the habits of Go's decoder.

use std::fmt;
use std::sync::Arc;

use pintle_strconv::{Notation, format_f32, format_int, format_uint};
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::error::{Error, ErrorKind, Step};
use crate::{Map, Number, ReadOptions, Str, Value};

/// How deep a value may nest to become a Rust type: each level costs stack.
const MAX_DEPTH: usize = 500;

/// The name by which [`Value`] asks for values as they are.
const VALUE: &str = "$pintle_yaml::Value";

/// Decodes the first document of a YAML text into a type, as `sigs.k8s.io/yaml`'s `Unmarshal`
/// decodes into a struct.
///
/// Unlike serde's other formats, and like Go's:
/// - a field's name matches whatever its case; unknown fields are left out;
/// - `null` leaves a value empty (`""`, `0`, `false`, no items) or [`None`];
/// - numbers and booleans become strings where strings are asked for.
///
/// Fields that may be missing need `#[serde(default)]`.
///
/// ```
/// #[derive(serde::Deserialize)]
/// #[serde(rename_all = "camelCase", default)]
/// #[derive(Default)]
/// struct Chart {
///     name: String,
///     app_version: String,
///     keywords: Vec<String>,
/// }
///
/// let chart: Chart = pintle_yaml::decode(b"Name: web\nappVersion: 1.10\nkeywords:\n")?;
/// assert_eq!((chart.name.as_str(), chart.app_version.as_str()), ("web", "1.1"));
/// assert!(chart.keywords.is_empty());
///
/// let error = pintle_yaml::decode::<Chart>(b"keywords: web").err().unwrap();
/// assert_eq!(
///     error.bare(),
///     "json: cannot unmarshal string into Go struct field Chart.keywords of type []",
/// );
/// assert_eq!(error.path(), "keywords");
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
///
/// # Errors
/// The text is no YAML, or not of the type.
pub fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, Error> {
    ReadOptions::new().decode(text)
}

/// Decodes as [`decode`] does, and takes neither a key twice in a mapping nor a field that the type
/// does not have, as `UnmarshalStrict`.
///
/// ```
/// #[derive(Debug, serde::Deserialize)]
/// struct Point {
///     x: i64,
/// }
///
/// assert_eq!(pintle_yaml::decode_strict::<Point>(b"x: 1").unwrap().x, 1);
/// let error = pintle_yaml::decode_strict::<Point>(b"{x: 1, z: 2}").unwrap_err();
/// assert_eq!(error.bare(), "json: unknown field \"z\"");
/// ```
///
/// # Errors
/// The text is no YAML, not of the type, or has such a key.
pub fn decode_strict<T: DeserializeOwned>(text: &[u8]) -> Result<T, Error> {
    ReadOptions::new().strict(true).decode(text)
}

/// Decodes a value into a type, as `encoding/json` decodes: like [`decode`], but nothing becomes a
/// string that is none.
///
/// ```
/// use pintle_yaml::Value;
///
/// let value = Value::from(vec![Value::from(1), Value::from(2)]);
/// assert_eq!(pintle_yaml::from_value::<Vec<u8>>(&value)?, [1, 2]);
/// let error = pintle_yaml::from_value::<Vec<String>>(&value).unwrap_err();
/// assert_eq!(error.path(), "[0]");
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
///
/// # Errors
/// The value is not of the type.
pub fn from_value<'v, T: Deserialize<'v>>(value: &'v Value) -> Result<T, Error> {
    let rules = Rules { strict: false, coerce: false };
    T::deserialize(De::root(value, rules)).map_err(|error| error.with_step(Step::Plain))
}

impl ReadOptions {
    /// Decodes the first document of a YAML text into a type; see [`decode`] and [`decode_strict`].
    ///
    /// # Errors
    /// The text is no YAML, or not of the type.
    pub fn decode<T: DeserializeOwned>(&self, text: &[u8]) -> Result<T, Error> {
        // A string is made of the integer that is written.
        let value = self.clone().integers(true).read(text)?;
        let rules = Rules { strict: self.is_strict(), coerce: true };
        T::deserialize(De::root(&value, rules)).map_err(|error| self.place(error, text))
    }
}

#[derive(Clone, Copy)]
struct Rules {
    strict: bool,
    coerce: bool,
}

/// The way to a value, kept on the stack.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'p str),
    Key(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl Path<'_> {
    /// The way from the root: `a.b[0].c`.
    fn text(&self) -> String {
        let (parent, own) = match self {
            Path::Root => return String::new(),
            Path::Field(parent, name) | Path::Key(parent, name) => (parent.text(), *name),
            Path::Index(parent, index) => return format!("{}[{index}]", parent.text()),
        };
        if parent.is_empty() { own.to_owned() } else { format!("{parent}.{own}") }
    }

    /// The fields on the way, which is what Go's messages name.
    fn fields(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::Key(parent, _) | Path::Index(parent, _) => parent.fields(),
            Path::Field(parent, name) => {
                let parent = parent.fields();
                if parent.is_empty() { (*name).to_owned() } else { format!("{parent}.{name}") }
            }
        }
    }
}

/// A value on its way into a type.
#[derive(Clone, Copy)]
struct De<'v, 'p> {
    value: &'v Value,
    path: Path<'p>,
    depth: usize,
    /// The struct that the value belongs to.
    strukt: &'static str,
    /// Whether integers are given as floats, which is what an untyped value holds.
    floats: bool,
    rules: Rules,
}

impl<'v, 'p> De<'v, 'p> {
    fn root(value: &'v Value, rules: Rules) -> Self {
        De { value, path: Path::Root, depth: 0, strukt: "", floats: false, rules }
    }

    fn child<'q>(&self, value: &'v Value, path: Path<'q>) -> Result<De<'v, 'q>, Error> {
        if self.depth >= MAX_DEPTH {
            let message = format!("exceeded max depth of {MAX_DEPTH} for a typed value");
            return Err(Error::decode(ErrorKind::Depth, message).with_path(path.text()));
        }
        let De { depth, strukt, floats, rules, .. } = *self;
        Ok(De { value, path, depth: depth + 1, strukt, floats, rules })
    }

    fn mismatch(&self, wanted: &str) -> Error {
        self.mismatch_of(self.value.json_type(), wanted)
    }

    fn mismatch_of(&self, found: &str, wanted: &str) -> Error {
        let fields = self.path.fields();
        let message = if fields.is_empty() {
            format!("json: cannot unmarshal {found} into Go value of type {wanted}")
        } else {
            let strukt = self.strukt;
            format!(
                "json: cannot unmarshal {found} into Go struct field {strukt}.{fields} of type {wanted}"
            )
        };
        Error::decode(ErrorKind::Type, message).with_path(self.path.text())
    }

    /// The string that is asked for: borrowed, or made of a number or a boolean.
    fn string<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = match self.value {
            Value::String(text) => return visitor.visit_borrowed_str(text),
            Value::Null => return visitor.visit_borrowed_str(""),
            Value::Bool(value) if self.rules.coerce => value.to_string(),
            Value::Number(number) if self.rules.coerce => match *number {
                Number::Int(n) => format_int(n),
                Number::Uint(n) => format_uint(n),
                Number::Float(n) => format_f32(n as f32, Notation::General, None),
            },
            _ => return Err(self.mismatch("string")),
        };
        visitor.visit_string(text)
    }

    fn integer<V: Visitor<'v>>(self, visitor: V, wanted: &str) -> Result<V::Value, Error> {
        let given = match self.value {
            Value::Null => visitor.visit_u64(0),
            Value::Number(Number::Uint(n)) => visitor.visit_u64(*n),
            Value::Number(number) => match number.as_i64() {
                Some(n) => visitor.visit_i64(n),
                None => Err(self.mismatch("")),
            },
            _ => return Err(self.mismatch(wanted)),
        };
        given.map_err(|_| {
            let number = match self.value {
                Value::Number(Number::Int(n)) => format_int(*n),
                Value::Number(Number::Uint(n)) => format_uint(*n),
                Value::Number(Number::Float(n)) => {
                    pintle_strconv::format_f64(*n, Notation::General, None)
                }
                _ => String::new(),
            };
            self.mismatch_of(&format!("number {number}"), wanted)
        })
    }

    fn seq<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = match self.value {
            Value::Seq(items) => items.as_slice(),
            Value::Null => &[],
            _ => return Err(self.mismatch("[]")),
        };
        visitor.visit_seq(Items { de: &self, items: items.iter(), index: 0 })
    }

    fn map<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        let entries = match self.value {
            Value::Map(map) => map.as_slice(),
            Value::Null => &[],
            _ => return Err(self.mismatch("map")),
        };
        let entries = entries.iter().map(|(key, value)| (key.as_str(), value));
        visitor.visit_map(Entries { de: &self, entries, current: None, fields: false })
    }
}

macro_rules! integers {
    ($($method:ident $name:literal)*) => {
        $(fn $method<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
            self.integer(visitor, $name)
        })*
    };
}

impl<'v> Deserializer<'v> for De<'v, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(Number::Int(n)) if !self.floats => visitor.visit_i64(*n),
            Value::Number(Number::Uint(n)) if !self.floats => visitor.visit_u64(*n),
            Value::Number(n) => visitor.visit_f64(n.as_f64()),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Seq(_) => self.seq(visitor),
            Value::Map(_) => self.map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Null => visitor.visit_bool(false),
            _ => Err(self.mismatch("bool")),
        }
    }

    integers! {
        deserialize_i8 "int8" deserialize_i16 "int16" deserialize_i32 "int32"
        deserialize_i64 "int64" deserialize_i128 "int"
        deserialize_u8 "uint8" deserialize_u16 "uint16" deserialize_u32 "uint32"
        deserialize_u64 "uint64" deserialize_u128 "uint"
    }

    fn deserialize_f32<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Number(n) => visitor.visit_f64(n.as_f64()),
            Value::Null => visitor.visit_f64(0.0),
            _ => Err(self.mismatch("float64")),
        }
    }

    fn deserialize_char<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        self.string(visitor)
    }

    fn deserialize_str<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        self.string(visitor)
    }

    fn deserialize_string<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        self.string(visitor)
    }

    fn deserialize_option<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_unit() } else { Err(self.mismatch("null")) }
    }

    fn deserialize_unit_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'v>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.floats |= name == VALUE && self.rules.coerce;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'v>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'v>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let entries = match self.value {
            Value::Map(map) => map.as_slice(),
            Value::Null => &[],
            _ => return Err(self.mismatch(name)),
        };
        self.strukt = name;
        let mut given: Vec<(&'v str, &'v Value)> = Vec::with_capacity(fields.len());
        for (key, value) in entries {
            let exact = fields.iter().find(|field| **field == key.as_str());
            match exact.or_else(|| fields.iter().find(|field| equal_fold(field, key))) {
                // A later key that differs in case only wins.
                Some(field) => match given.iter_mut().find(|(name, _)| name == field) {
                    Some(entry) => entry.1 = value,
                    None => given.push((field, value)),
                },
                None if self.rules.strict => {
                    let message =
                        format!("json: unknown field {}", pintle_strconv::quote(key.as_str()));
                    let path = Path::Key(&self.path, key).text();
                    return Err(Error::decode(ErrorKind::UnknownField, message).with_path(path));
                }
                None => {}
            }
        }
        let entries = given.into_iter();
        visitor.visit_map(Entries { de: &self, entries, current: None, fields: true })
    }

    fn deserialize_enum<V: Visitor<'v>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Value::String(text) => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            Value::Map(map) => {
                let entries = map.iter().map(|(key, value)| (key.as_str(), value));
                let entries = Entries { de: &self, entries, current: None, fields: false };
                visitor.visit_enum(MapAccessDeserializer::new(entries))
            }
            _ => Err(self.mismatch(name)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { <W: Visitor<'v>> bytes byte_buf identifier }
}

/// Whether `encoding/json` takes the two names for one: letters in any case, and the two letters
/// beyond ASCII that fold to one.
pub(crate) fn equal_fold(a: &str, b: &str) -> bool {
    let fold = |c: char| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    };
    a.chars().map(fold).eq(b.chars().map(fold))
}

struct Items<'d, 'v, 'p> {
    de: &'d De<'v, 'p>,
    items: std::slice::Iter<'v, Value>,
    index: usize,
}

impl<'v> SeqAccess<'v> for Items<'_, 'v, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'v>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let path = Path::Index(&self.de.path, self.index);
        self.index += 1;
        seed.deserialize(self.de.child(item, path)?)
            .map(Some)
            .map_err(|error| with_path(error, path))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'d, 'v, 'p, I> {
    de: &'d De<'v, 'p>,
    entries: I,
    current: Option<(&'v str, &'v Value)>,
    fields: bool,
}

impl<'v, I: Iterator<Item = (&'v str, &'v Value)>> MapAccess<'v> for Entries<'_, 'v, '_, I> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'v>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.current = self.entries.next();
        let Some((key, _)) = self.current else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (key, value) = self.current.take().unwrap_or(("", &Value::Null));
        let path = if self.fields {
            Path::Field(&self.de.path, key)
        } else {
            Path::Key(&self.de.path, key)
        };
        seed.deserialize(self.de.child(value, path)?).map_err(|error| with_path(error, path))
    }
}

/// Adds the path to what a type's own code had to say.
fn with_path(error: Error, path: Path<'_>) -> Error {
    if error.path().is_empty() { error.with_path(path.text()) } else { error }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, AnyValue)
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, AnyMap)
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Str;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Str, E> {
                Ok(text.into())
            }
            fn visit_string<E>(self, text: String) -> Result<Str, E> {
                Ok(text.into())
            }
        }
        deserializer.deserialize_str(Text)
    }
}

struct AnyMap;

impl<'de> Visitor<'de> for AnyMap {
    type Value = Map;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Map, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_unit<E>(self) -> Result<Map, E> {
        Ok(Map::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry::<Str, Value>()? {
            entries.push(entry);
        }
        Ok(Map::from_entries(entries))
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::Int(n)))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
        Ok(Value::Number(i64::try_from(n).map_or(Number::Uint(n), Number::Int)))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
        Ok(Value::Number(Number::Float(n)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::with_capacity(access.size_hint().unwrap_or(0).min(4096));
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Seq(Arc::new(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        Ok(Value::Map(Arc::new(AnyMap.visit_map(access)?)))
    }
}
