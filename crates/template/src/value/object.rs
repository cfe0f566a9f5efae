//! Go's structs, times, versions and other values with fields and methods.

use std::any::Any;

use pintle_yaml as yaml;

use super::Value;
use crate::{Call, Failure};

/// A value that is neither a scalar, a list nor a map: a struct or a pointer to one in Go.
///
/// Only [`type_name`](Object::type_name) and [`as_any`](Object::as_any) must be given; the rest says
/// what a value without fields, methods or text would.
pub trait Object: 'static {
    /// The type as Go's `%T` prints it, such as `*semver.Version`.
    fn type_name(&self) -> &str;

    /// This value, to find out its Rust type.
    fn as_any(&self) -> &dyn Any;

    /// The kind as Go's `reflect.Kind` prints it.
    fn kind_name(&self) -> &str {
        if self.type_name().starts_with('*') { "ptr" } else { "struct" }
    }

    /// Whether it counts as true in `if`; a struct always does.
    fn truth(&self) -> bool {
        true
    }

    /// The field of this name. `None`: there is no such field, which is an error in a template.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// All exported fields in Go's order, for `%v`.
    fn fields(&self) -> Vec<(&str, Value)> {
        Vec::new()
    }

    /// Whether there is a method of this name.
    fn has_method(&self, _name: &str) -> bool {
        false
    }

    /// Calls the method of this name. Only asked for what [`has_method`](Object::has_method) says.
    ///
    /// # Errors
    ///
    /// When the arguments do not fit or the method fails.
    fn call(&self, name: &str, _call: &mut Call<'_>) -> Result<Value, Failure> {
        Err(Failure::new(format!("no method {name}")))
    }

    /// The text, when the type is a Go `Stringer` or `error`, as `%v` and `%s` print it.
    fn text(&self) -> Option<Vec<u8>> {
        None
    }

    /// The text of `%#v`, when the type is a Go `GoStringer`.
    fn go_syntax(&self) -> Option<Vec<u8>> {
        None
    }

    /// Whether the type is a Go `error`.
    fn is_error(&self) -> bool {
        false
    }

    /// What `toJson` and `toYaml` write; `None`: an empty mapping.
    fn data(&self) -> Option<yaml::Value> {
        None
    }

    /// The items to range over and to index, when the Go type is a slice or a map (`.Files`).
    fn items(&self) -> Option<Value> {
        None
    }

    /// Whether it equals another, for `eq` and `deepEqual`.
    fn equals(&self, _other: &Value) -> bool {
        false
    }
}
