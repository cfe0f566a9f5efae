//! YAML and JSON, read and written as Go's `sigs.k8s.io/yaml` and `encoding/json` do.
//!
//! ```
//! use pintle_yaml::{Value, read, to_json, to_yaml};
//!
//! let value = read(b"on: {port9: 010, port10: 1e3}")?;
//! assert_eq!(to_json(&value)?, r#"{"true":{"port10":1000,"port9":8}}"#);
//! assert_eq!(to_yaml(&value)?, "\"true\":\n  port9: 8\n  port10: 1000\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Writing
//!
//! | Go | here |
//! |---|---|
//! | `sigs.k8s.io/yaml`'s `Marshal`, Helm's `toYaml` | [`to_yaml`], [`YamlSink`] |
//! | go-yaml v3's encoder with `SetIndent(2)`, Helm's `toYamlPretty` | [`to_yaml_pretty`], [`PrettyYamlSink`] |
//! | `json.Marshal` | [`to_json`], [`JsonSink`] |
//! | a `json.Encoder` with `SetEscapeHTML(false)` | [`to_json_raw`], [`JsonSink::raw`] |
//! | `json.MarshalIndent` | [`to_json_pretty`], [`JsonSink::pretty`] |
//!
//! What is written is an [`Emit`]: a [`Value`], a type of your own, or one with serde's `Serialize`
//! in [`Serial`]. Each function has a twin that appends to a buffer; the sinks can bound the length
//! and the depth of what is written. [`to_value`] and [`from_emit`] make a [`Value`] of the others.

#![forbid(unsafe_code)]

mod de;
mod emit;
mod error;
mod json;
mod map;
mod node;
mod number;
mod read;
mod span;
mod text;
mod value;
mod write;

pub use de::{decode, decode_strict, from_value};
pub use emit::{Emit, Sink};
pub use error::{Error, ErrorKind};
pub use json::{
    JsonSink, to_json, to_json_into, to_json_pretty, to_json_pretty_into, to_json_raw,
    to_json_raw_into,
};
pub use map::Map;
pub use node::{Node, NodeKind, Nodes, Place, nodes};
pub use number::Number;
pub use read::{
    Documents, Head, HeadMetadata, ReadOptions, Root, documents, head, read, read_json,
};
pub use span::{Location, Span};
pub use text::Str;
pub use value::Value;
pub use write::{
    KeyOrder, MAX_DEPTH, PrettyYamlSink, Serial, WriteError, WriteErrorKind, YamlSink, from_emit,
    natural_cmp, natural_cmp_v3, to_value, to_yaml, to_yaml_into, to_yaml_pretty,
    to_yaml_pretty_into,
};
