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
//! # Reading
//!
//! | Go | here |
//! |---|---|
//! | `sigs.k8s.io/yaml`'s `Unmarshal` into an `interface{}` | [`read`] |
//! | `UnmarshalStrict`; a map or a slice as the target; `UseNumber` | [`ReadOptions`] |
//! | `Unmarshal` into a struct | [`decode`], [`decode_strict`] |
//! | `Unmarshal` into Helm's `SimpleHead` | [`head`] |
//! | `json.Unmarshal` into an `interface{}` | [`read_json`] |
//! | Kubernetes' `NewYAMLReader` | [`documents`] |
//!
//! The rules are those of go-yaml v2, which is YAML 1.1 with its own view of it: which words are
//! booleans, how numbers are written, what `<<` does, how far aliases may go. The scanner is written
//! after libyaml's as go-yaml has it, so that the same texts are refused, and in the same words. An
//! [`Error`] has these words, and the exact place besides. [`nodes`] gives the place of every key and
//! value.
//!
//! Plain block YAML, which is nearly all that is written for Kubernetes, takes a fast path: one pass
//! over the borrowed text without tokens. It gives up on everything else, and the full parser starts
//! anew.
//!
//! Nothing here recurses over a text, which may nest 10,000 levels deep as in Go. Rust drops a
//! [`Value`] with a few calls for each level, so that a thread that drops such a deep one needs two
//! megabytes of stack.
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
//! [`reformat()`] writes a text anew as it is, comments and quotes kept, as kustomize's kyaml does.
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
mod reformat;
mod span;
mod suggest;
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
pub use map::{Map, sort_entries};
pub use node::{Node, NodeKind, Nodes, Place, nodes};
pub use number::Number;
pub use read::{
    Documents, Head, HeadMetadata, ReadOptions, Root, documents, head, read, read_json,
};
pub use reformat::reformat;
pub use span::{Location, Span};
pub use suggest::{edit_distance, suggest};
pub use text::Str;
pub use value::Value;
pub use write::{
    KeyOrder, MAX_DEPTH, PrettyYamlSink, Serial, WriteError, WriteErrorKind, YamlSink, from_emit,
    natural_cmp, natural_cmp_v3, to_value, to_yaml, to_yaml_into, to_yaml_pretty,
    to_yaml_pretty_into,
};
