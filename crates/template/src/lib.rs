//! Go's text/template with sprig's and Helm's functions.

#![forbid(unsafe_code)]

mod engine;
mod error;
mod eval;
mod failure;
mod fmt;
mod funcs;
mod function;
mod functions;
mod host;
mod limits;
mod syntax;
mod value;

pub use engine::{Engine, MissingKey, SetBuilder, TemplateSet};
pub use error::{Error, ErrorKind, Frame, Involved};
pub use eval::Session;
pub use failure::Failure;
pub use function::{Call, Context, Function, Outcome, Param};
pub use functions::Functions;
pub use host::{Host, NoHost};
pub use limits::Limits;
pub use value::{List, ListType, Map, MapType, NamedNumber, Number, Object, Text, Value};
