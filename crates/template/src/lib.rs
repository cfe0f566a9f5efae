//! Go's text/template with sprig's and Helm's functions.
//!
//! Templates written for Go's `text/template`, or for Helm's charts, render to the same bytes here:
//! the language, the way values print, the functions and the texts of errors follow Go 1.26, sprig
//! 3.3 and Helm 4. The crate knows no charts, files, clusters or network: what a template may ask of
//! the world goes through a [`Host`].
//!
//! An [`Engine`] holds functions and options and parses texts into a [`TemplateSet`]; a [`Session`]
//! renders them.
//!
//! ```
//! use pintle_template::{Engine, Map, NoHost, Value};
//!
//! let mut builder = Engine::helm().builder();
//! builder.add("_helpers.tpl", r#"{{ define "name" }}{{ .app | trunc 8 }}{{ end }}"#);
//! builder.add("web.yaml", r#"name: {{ include "name" . | quote }}"#);
//! let set = builder.build().map_err(|mut errors| errors.remove(0))?;
//!
//! let data = Map::from_iter([("app", Value::from("storefront"))]);
//! let text = set.session(&mut NoHost).render("web.yaml", &data.into())?;
//! assert_eq!(text, r#"name: "storefro""#);
//! # Ok::<(), pintle_template::Error>(())
//! ```
//!
//! Templates are not trusted: [`Limits`] bound what one may use, and no template or value makes the
//! engine panic. An [`Error`] prints the line that Go prints, and holds the place, the calls that
//! led there, the values that took part and what the author may have meant.

#![forbid(unsafe_code)]

// What pest derives without `std` names it.
extern crate alloc;

mod engine;
mod error;
mod eval;
mod failure;
mod fmt;
mod funcs;
mod function;
mod functions;
#[doc(hidden)]
pub mod fuzzing;
mod host;
mod limits;
mod syntax;
mod trace;
mod value;

pub use engine::{Engine, MissingKey, SetBuilder, TemplateSet};
pub use error::{Error, ErrorKind, Frame, Involved};
pub use eval::Session;
pub use failure::Failure;
pub use funcs::format_time;
pub use function::{Call, Context, Function, Outcome, Param};
pub use functions::Functions;
pub use host::{Host, NoHost, Warning};
pub use limits::Limits;
pub use trace::{Origin, Trace};
pub use value::{List, ListType, Map, MapType, NamedMap, NamedNumber, Number, Object, Text, Value};
