//! Rust types written through serde.

use serde::ser::{self, Serialize};

use super::collect::{ValueSink, from_emit};
use super::{KeyOrder, WriteError, WriteErrorKind};
use crate::{Emit, Map, Number, Sink, Str, Value};

/// How deep serde values may nest: here a level costs stack.
const MAX_DEPTH: usize = 1000;

/// A Rust value as a [`Value`], as Go would have it after it was written as JSON and read again with
/// its integers kept: a struct is a mapping, a unit variant its name, other variants a mapping of
/// one entry, bytes their base64.
///
/// # Errors
///
/// When the type's `Serialize` gives one, a mapping's key is neither a string nor a number nor a
/// boolean, or the value nests deeper than 1000 levels.
///
/// ```
/// use pintle_yaml::{Value, to_value};
///
/// #[derive(serde::Serialize)]
/// struct Chart {
///     name: String,
///     #[serde(skip_serializing_if = "Option::is_none")]
///     icon: Option<String>,
/// }
///
/// let chart = Chart { name: "web".to_owned(), icon: None };
/// assert_eq!(to_value(&chart)?, Value::from_iter([("name", "web")]));
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, WriteError> {
    from_emit(&Serial(value))
}

/// A Rust value that is written through its `Serialize`.
///
/// In JSON a struct's fields stand in their own order and a mapping's entries sorted, as
/// `encoding/json` has them; in YAML all are sorted, as `sigs.k8s.io/yaml` has them.
///
/// ```
/// use pintle_yaml::{Serial, to_json, to_yaml};
///
/// #[derive(serde::Serialize)]
/// struct Release {
///     name: &'static str,
///     info: Option<&'static str>,
///     version: u32,
/// }
///
/// let release = Release { name: "web", info: None, version: 3 };
/// assert_eq!(to_json(&Serial(&release))?, r#"{"name":"web","info":null,"version":3}"#);
/// assert_eq!(to_yaml(&Serial(&release))?, "info: null\nname: web\nversion: 3\n");
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Serial<'a, T: ?Sized>(pub &'a T);

impl<T: Serialize + ?Sized> Emit for Serial<'_, T> {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        match sink.order() {
            KeyOrder::Bytes | KeyOrder::Any => self.0.serialize(ToSink { sink, depth: 0 }),
            _ => to_value(self.0)?.emit(sink),
        }
    }
}

impl ser::Error for WriteError {
    fn custom<T: std::fmt::Display>(text: T) -> Self {
        WriteError::custom(text.to_string())
    }
}

fn deeper(depth: usize) -> Result<usize, WriteError> {
    if depth >= MAX_DEPTH {
        return Err(WriteErrorKind::TooDeep.into());
    }
    Ok(depth + 1)
}

fn key_error() -> WriteError {
    WriteError::custom("a mapping's key must be a string, a number or a boolean")
}

/// The text of a mapping's key.
struct ToKey;

macro_rules! keys {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, key: $type) -> Result<Str, WriteError> {
            Ok(key.to_string().into())
        })*
    };
}

impl ser::Serializer for ToKey {
    type Ok = Str;
    type Error = WriteError;
    type SerializeSeq = ser::Impossible<Str, WriteError>;
    type SerializeTuple = Self::SerializeSeq;
    type SerializeTupleStruct = Self::SerializeSeq;
    type SerializeTupleVariant = Self::SerializeSeq;
    type SerializeMap = Self::SerializeSeq;
    type SerializeStruct = Self::SerializeSeq;
    type SerializeStructVariant = Self::SerializeSeq;

    keys!(serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_str(self, key: &str) -> Result<Str, WriteError> {
        Ok(key.into())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Str, WriteError> {
        Ok(Str::new_static(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Str, WriteError> {
        value.serialize(self)
    }

    fn serialize_f32(self, _: f32) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_f64(self, _: f64) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_none(self) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Str, WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Str, WriteError> {
        Err(key_error())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, WriteError> {
        Err(key_error())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, WriteError> {
        Err(key_error())
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, WriteError> {
        Err(key_error())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, WriteError> {
        Err(key_error())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, WriteError> {
        Err(key_error())
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, WriteError> {
        Err(key_error())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, WriteError> {
        Err(key_error())
    }
}

impl Serialize for Value {
    fn serialize<S: ser::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => to.serialize_unit(),
            Value::Bool(value) => to.serialize_bool(*value),
            Value::Number(Number::Int(value)) => to.serialize_i64(*value),
            Value::Number(Number::Uint(value)) => to.serialize_u64(*value),
            Value::Number(Number::Float(value)) => to.serialize_f64(*value),
            Value::String(text) => to.serialize_str(text),
            Value::Seq(items) => to.collect_seq(items.iter()),
            Value::Map(map) => map.serialize(to),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: ser::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

impl Serialize for Str {
    fn serialize<S: ser::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

/// Tells a sink what serde tells.
struct ToSink<'s> {
    sink: &'s mut dyn Sink,
    depth: usize,
}

/// A sequence, a struct or the payload of a variant that is being told.
struct Compound<'s> {
    sink: &'s mut dyn Sink,
    depth: usize,
    /// How many containers end with it: two for a variant.
    ends: usize,
}

impl<'s> ToSink<'s> {
    fn compound(self, ends: usize) -> Result<Compound<'s>, WriteError> {
        Ok(Compound { sink: self.sink, depth: deeper(self.depth)?, ends })
    }

    fn variant(&mut self, name: &str) -> Result<(), WriteError> {
        self.sink.begin_map(1)?;
        self.sink.key(name.as_bytes())
    }
}

impl Compound<'_> {
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        value.serialize(ToSink { sink: self.sink, depth: self.depth })
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), WriteError> {
        self.sink.key(name.as_bytes())?;
        self.value(value)
    }

    fn finish(self) -> Result<(), WriteError> {
        (0..self.ends).try_for_each(|_| self.sink.end())
    }
}

macro_rules! numbers {
    ($told:ident: $($method:ident $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), WriteError> {
            self.sink.$told(value.into())
        })*
    };
}

impl<'s> ser::Serializer for ToSink<'s> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Compound<'s>;
    type SerializeTuple = Compound<'s>;
    type SerializeTupleStruct = Compound<'s>;
    type SerializeTupleVariant = Compound<'s>;
    type SerializeMap = Entries<'s>;
    type SerializeStruct = Compound<'s>;
    type SerializeStructVariant = Compound<'s>;

    numbers!(int: serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);
    numbers!(uint: serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);
    numbers!(float: serialize_f32 f32, serialize_f64 f64);

    fn serialize_bool(self, value: bool) -> Result<(), WriteError> {
        self.sink.bool(value)
    }

    fn serialize_char(self, value: char) -> Result<(), WriteError> {
        self.sink.str(value.encode_utf8(&mut [0; 4]).as_bytes())
    }

    fn serialize_str(self, value: &str) -> Result<(), WriteError> {
        self.sink.str(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), WriteError> {
        self.sink.bytes(value)
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        self.sink.null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        self.sink.null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), WriteError> {
        self.sink.null()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), WriteError> {
        self.sink.str(variant.as_bytes())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        self.variant(variant)?;
        let mut compound = self.compound(1)?;
        compound.value(value)?;
        compound.finish()
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Compound<'s>, WriteError> {
        self.sink.begin_seq(len.unwrap_or(0))?;
        self.compound(1)
    }

    fn serialize_tuple(self, len: usize) -> Result<Compound<'s>, WriteError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        len: usize,
    ) -> Result<Compound<'s>, WriteError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'s>, WriteError> {
        self.variant(variant)?;
        self.sink.begin_seq(len)?;
        self.compound(2)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'s>, WriteError> {
        let depth = deeper(self.depth)?;
        Ok(Entries {
            sink: self.sink,
            depth,
            entries: Vec::with_capacity(len.unwrap_or(0).min(64)),
            key: None,
        })
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Compound<'s>, WriteError> {
        self.sink.begin_map(len)?;
        self.compound(1)
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'s>, WriteError> {
        self.variant(variant)?;
        self.sink.begin_map(len)?;
        self.compound(2)
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident),*) => {
        $(impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = WriteError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
                self.value(value)
            }

            fn end(self) -> Result<(), WriteError> {
                self.finish()
            }
        })*
    };
}

elements!(SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! fields {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = WriteError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), WriteError> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), WriteError> {
                self.finish()
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

/// A mapping: its entries are gathered, since they may come in any order.
struct Entries<'s> {
    sink: &'s mut dyn Sink,
    depth: usize,
    entries: Vec<(Str, Value)>,
    key: Option<Str>,
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        self.key = Some(key.serialize(ToKey)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        let key = self.key.take().ok_or(WriteErrorKind::Unbalanced)?;
        let mut sink = ValueSink::new();
        value.serialize(ToSink { sink: &mut sink, depth: self.depth })?;
        self.entries.push((key, sink.finish()?));
        Ok(())
    }

    fn end(self) -> Result<(), WriteError> {
        Map::from_entries(self.entries).emit(self.sink)
    }
}
