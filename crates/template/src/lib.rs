//! Go's text/template with sprig's and Helm's functions.

#![forbid(unsafe_code)]

mod error;
mod failure;
mod fmt;
mod funcs;
mod function;
mod functions;
mod host;
mod syntax;
mod value;

pub use error::{Error, ErrorKind, Frame, Involved};
pub use failure::Failure;
pub use function::{Call, Context, Function, Outcome, Param};
pub use functions::Functions;
pub use host::{Host, NoHost};
pub use value::{List, ListType, Map, MapType, NamedNumber, Number, Object, Text, Value};
