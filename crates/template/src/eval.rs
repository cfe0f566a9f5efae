//! Running templates, by the rules of text/template.

mod blame;
mod call;
mod field;
mod operand;
mod scope;
mod session;
mod state;
mod walk;

pub use session::Session;
