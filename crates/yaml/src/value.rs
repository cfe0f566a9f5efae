//! The data that crosses from layer to layer.

use std::sync::Arc;

use crate::{Map, Number, Str};

/// A value as YAML and JSON know it: what crosses the borders between the crates.
///
/// Containers are shared and copied on the first change ([`Arc::make_mut`]), so a clone costs the
/// same whatever its size. A mapping's keys are strings: the reader turns others into text, as
/// `sigs.k8s.io/yaml` does.
///
/// ```
/// use pintle_yaml::Value;
///
/// let value = Value::from_iter([("replicas", Value::from(3)), ("name", Value::from("web"))]);
/// assert_eq!(value.get("replicas"), Some(&Value::from(3)));
/// assert_eq!(value.get("name").and_then(Value::as_str), Some("web"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string; always valid UTF-8.
    String(Str),
    /// A sequence.
    Seq(Arc<Vec<Value>>),
    /// A mapping.
    Map(Arc<Map>),
}

impl Value {
    /// What `encoding/json` calls the type of the value in its errors.
    ///
    /// ```
    /// assert_eq!(pintle_yaml::Value::empty_map().json_type(), "object");
    /// ```
    pub fn json_type(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Seq(_) => "array",
            Value::Map(_) => "object",
        }
    }

    /// An empty mapping.
    pub fn empty_map() -> Self {
        Value::Map(Arc::default())
    }

    /// The value of `key` when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get(key))
    }

    /// The value at a path of keys.
    ///
    /// ```
    /// use pintle_yaml::Value;
    ///
    /// let value = Value::from_iter([("a", Value::from_iter([("b", 1)]))]);
    /// assert_eq!(value.get_path(["a", "b"]), Some(&Value::from(1)));
    /// ```
    pub fn get_path<'k>(&self, path: impl IntoIterator<Item = &'k str>) -> Option<&Value> {
        path.into_iter().try_fold(self, |value, key| value.get(key))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether this is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self, Value::Map(_))
    }

    /// The boolean, when it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, when it is one.
    pub fn as_number(&self) -> Option<Number> {
        if let Value::Number(value) = self { Some(*value) } else { None }
    }

    /// The text, when it is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(value) = self { Some(value) } else { None }
    }

    /// The items, when it is a sequence.
    pub fn as_seq(&self) -> Option<&[Value]> {
        if let Value::Seq(value) = self { Some(value) } else { None }
    }

    /// The mapping, when it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(value) = self { Some(value) } else { None }
    }

    /// The mapping, to change it; a shared one is copied first (one level deep).
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Value::Map(value) = self { Some(Arc::make_mut(value)) } else { None }
    }

    /// The items, to change them; a shared sequence is copied first (one level deep).
    pub fn as_seq_mut(&mut self) -> Option<&mut Vec<Value>> {
        if let Value::Seq(value) = self { Some(Arc::make_mut(value)) } else { None }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Number(Number::Int(value.into()))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Number(Number::Int(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Number(Number::Float(value))
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Value::Number(value)
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

impl From<Str> for Value {
    fn from(value: Str) -> Self {
        Value::String(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Self {
        Value::Seq(Arc::new(value))
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Value::Map(Arc::new(value))
    }
}

impl<K: Into<Str>, V: Into<Value>> FromIterator<(K, V)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        Value::from(Map::from_iter(iter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        assert_eq!(size_of::<Value>(), 24);
    }

    #[test]
    fn a_changed_clone_leaves_the_original() {
        let original = Value::from_iter([("a", 1)]);
        let mut copy = original.clone();
        copy.as_map_mut().unwrap().insert("a", 2);
        assert_eq!(original.get("a"), Some(&Value::from(1)));
        assert_eq!(copy.get("a"), Some(&Value::from(2)));
    }
}
