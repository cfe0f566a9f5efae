//! YAML and JSON, read and written as Go's `sigs.k8s.io/yaml` and `encoding/json` do.

#![deny(unsafe_code)]

mod map;
mod number;
mod span;
mod text;
mod value;

pub use map::Map;
pub use number::Number;
pub use span::{Location, Span};
pub use text::Str;
pub use value::Value;
