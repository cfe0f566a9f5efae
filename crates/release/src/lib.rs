#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod document;
mod head;
mod hook;
mod kinds;
mod prepare;

pub use document::{Document, documents, trim_space};
pub use head::Head;
pub use hook::{Hook, HookDeletePolicy, HookEvent, HookOutputLogPolicy};
pub use kinds::{INSTALL_ORDER, UNINSTALL_ORDER, compare_kinds};
pub use prepare::{
    Invalid, Manifest, PrepareError, Prepared, RenderedFile, append_source, prepare,
};
