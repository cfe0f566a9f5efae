//! JSON.

pub(crate) mod read;
mod write;

pub use write::{
    JsonSink, to_json, to_json_into, to_json_pretty, to_json_pretty_into, to_json_raw,
    to_json_raw_into,
};
pub(crate) use write::{append_string, base64, replace_invalid, unsupported_value};
