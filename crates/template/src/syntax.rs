//! The language: from text to [`ast`].

pub(crate) mod ast;
