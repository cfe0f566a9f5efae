//! YAML and JSON, read and written as Go's `sigs.k8s.io/yaml` and `encoding/json` do.

#![deny(unsafe_code)]

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
