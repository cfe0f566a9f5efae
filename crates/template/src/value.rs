//! Go's view of data: what a template computes with.

mod complex;
mod emit;
mod list;
mod map;
mod number;
mod object;
mod teardown;
mod text;

pub(crate) use complex::Complex;
pub use list::{List, ListType};
pub use map::{Map, MapType, NamedMap};
pub use number::{NamedNumber, Number};
pub use object::Object;
pub use text::Text;

use std::rc::Rc;

use pintle_yaml as yaml;

/// A value as a Go template sees it.
///
/// Clones are cheap: containers are shared, and a [`Map`] that is changed (sprig's `set`) changes
/// for everyone who holds it, as a Go map does.
///
/// ```
/// use pintle_template::Value;
///
/// let value = Value::from("web");
/// assert_eq!(value.type_name(), "string");
/// ```
#[derive(Clone, Default)]
pub enum Value {
    /// No value at all: a key that a map lacks, a nil in a field chain. Prints `<no value>`.
    #[default]
    Absent,
    /// Go's untyped `nil`, which a map or a list can hold. Prints `<nil>`, or `<no value>` alone.
    Nil,
    /// A boolean.
    Bool(bool),
    /// A number with its Go kind.
    Number(Number),
    /// A string: bytes that are mostly UTF-8.
    String(Text),
    /// A slice or an array.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// Anything else: structs, times, versions, with fields and methods.
    Object(Rc<dyn Object>),
}

impl Value {
    /// The empty string.
    pub const EMPTY: Value = Value::String(Text::EMPTY);

    /// The value of a document; containers are converted when they are first looked into.
    pub fn from_data(value: &yaml::Value) -> Value {
        match value {
            yaml::Value::Null => Value::Nil,
            yaml::Value::Bool(value) => Value::Bool(*value),
            yaml::Value::Number(yaml::Number::Int(n)) => Value::Number(Number::Int64(*n)),
            yaml::Value::Number(yaml::Number::Uint(n)) => Value::Number(Number::Uint64(*n)),
            yaml::Value::Number(yaml::Number::Float(n)) => Value::Number(Number::Float64(*n)),
            yaml::Value::String(text) => Value::String(Text::from(text.clone())),
            yaml::Value::Seq(items) => Value::List(List::from_data(items.clone())),
            yaml::Value::Map(map) => Value::Map(Map::from_data(map.clone())),
        }
    }

    /// The name of the type as Go's `%T` prints it.
    pub fn type_name(&self) -> &str {
        match self {
            Value::Absent | Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Number(number) => number.type_name(),
            Value::String(_) => "string",
            Value::List(list) => list.list_type().name(),
            Value::Map(map) => map.map_type().name(),
            Value::Object(object) => object.type_name(),
        }
    }

    /// The name of the kind as Go's `reflect.Kind` prints it; `invalid` for nil.
    pub fn kind_name(&self) -> &str {
        match self {
            Value::Absent | Value::Nil => "invalid",
            Value::Bool(_) => "bool",
            Value::Number(number) => number.kind_name(),
            Value::String(_) => "string",
            Value::List(_) => "slice",
            Value::Map(_) => "map",
            Value::Object(object) => object.kind_name(),
        }
    }

    /// Go's truth: not the zero value and not empty (`template.IsTrue`).
    pub fn truth(&self) -> bool {
        match self {
            Value::Absent | Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Number(number) => !number.is_zero(),
            Value::String(text) => !text.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Object(object) => object.truth(),
        }
    }

    /// Whether this is [`Absent`](Value::Absent) or [`Nil`](Value::Nil).
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Absent | Value::Nil)
    }

    /// The string, when it is one.
    pub fn as_text(&self) -> Option<&Text> {
        if let Value::String(text) = self { Some(text) } else { None }
    }

    /// The map, when it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// The list, when it is one.
    pub fn as_list(&self) -> Option<&List> {
        if let Value::List(list) = self { Some(list) } else { None }
    }

    /// The number, when it is one.
    pub fn as_number(&self) -> Option<Number> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }

    /// The object, when it is one of the Rust type `T`.
    pub fn as_object<T: Object>(&self) -> Option<&T> {
        if let Value::Object(object) = self { object.as_any().downcast_ref() } else { None }
    }

    /// An object as a value.
    pub fn object(object: impl Object) -> Value {
        Value::Object(Rc::new(object))
    }

    /// A Go `int`.
    pub fn int(n: i64) -> Value {
        Value::Number(Number::Int(n))
    }

    /// A Go `int64`.
    pub fn int64(n: i64) -> Value {
        Value::Number(Number::Int64(n))
    }

    /// A Go `float64`.
    pub fn float(n: f64) -> Value {
        Value::Number(Number::Float64(n))
    }

    /// A `[]string`.
    pub fn strings<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Value {
        let items = items.into_iter().map(|item| Value::String(item.into())).collect();
        Value::List(List::of_type(ListType::Strings, items))
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(items))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Value::Number(value)
    }
}

impl From<Text> for Value {
    fn from(value: Text) -> Self {
        Value::String(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::String(value.into())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::String(value.into())
    }
}

impl From<List> for Value {
    fn from(value: List) -> Self {
        Value::List(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Value::Map(value)
    }
}

impl From<&yaml::Value> for Value {
    fn from(value: &yaml::Value) -> Self {
        Value::from_data(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_values_are_freed_without_deep_recursion() {
        let mut value = Value::int(1);
        for depth in 0..200_000 {
            value = if depth % 2 == 0 {
                Value::list(vec![value.clone(), value])
            } else {
                Value::Map(Map::from_iter([("a", value)]))
            };
        }
        drop(value);
    }
}
