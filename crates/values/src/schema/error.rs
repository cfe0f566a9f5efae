//! What is wrong with a schema itself.

use std::error::Error;
use std::fmt;

use pintle_strconv::quote;

use super::violation::{self, Violation};

/// Why a schema could not be used. The texts are those of the library that Helm uses.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SchemaError {
    /// It is no JSON; with Go's text.
    Json(String),
    /// It is no schema.
    Invalid {
        /// The schema, as a URL with a pointer.
        schema: String,
        /// The schema of schemas that it does not meet.
        metaschema: String,
        /// Where it does not.
        violations: Vec<Violation>,
    },
    /// Another schema could not be loaded.
    Load {
        /// The other schema.
        url: String,
        /// Why.
        message: String,
    },
    /// A reference points to nothing.
    Pointer(String),
    /// A reference names no anchor.
    Anchor {
        /// The reference.
        reference: String,
        /// The schema that has no such anchor.
        schema: String,
    },
    /// A reference or an id is no URL.
    Url(String),
    /// Two schemas have one id.
    DuplicateId {
        /// The id.
        id: String,
        /// The document.
        url: String,
    },
    /// Two schemas have one anchor.
    DuplicateAnchor {
        /// The anchor.
        anchor: String,
        /// The document.
        url: String,
    },
    /// `$schema` names a schema of schemas of an unknown kind.
    Draft(String),
    /// A vocabulary that must be known and is not.
    Vocabulary {
        /// The vocabulary.
        vocabulary: String,
        /// The schema of schemas that asks for it.
        url: String,
    },
    /// A regular expression that is none.
    Pattern {
        /// The expression.
        pattern: String,
        /// The keyword it stands at.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// The schema asks for more work than is allowed.
    Limit(&'static str),
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SchemaError::Json(message) => f.write_str(message),
            SchemaError::Invalid { schema, metaschema, violations } => {
                let mut text = String::new();
                for violation in violations {
                    violation.write(&mut text, 0);
                }
                write!(
                    f,
                    "{} is not valid against metaschema: jsonschema validation failed with {}\n{text}",
                    quote(schema),
                    violation::quote(metaschema)
                )
            }
            SchemaError::Load { url, message } => {
                write!(f, "failing loading {}: {message}", quote(url))
            }
            SchemaError::Pointer(url) => write!(f, "json-pointer in {} not found", quote(url)),
            SchemaError::Anchor { reference, schema } => {
                write!(f, "anchor in {} not found in schema {}", quote(reference), quote(schema))
            }
            SchemaError::Url(url) => write!(f, "error in parsing {}: invalid URL", quote(url)),
            SchemaError::DuplicateId { id, url } => {
                write!(f, "duplicate id {} in {}", quote(id), quote(url))
            }
            SchemaError::DuplicateAnchor { anchor, url } => {
                write!(f, "duplicate anchor {} in {}", quote(anchor), quote(url))
            }
            SchemaError::Draft(url) => write!(f, "draft {} is not supported", quote(url)),
            SchemaError::Vocabulary { vocabulary, url } => {
                write!(f, "unsupported vocabulary {} in {}", quote(vocabulary), quote(url))
            }
            SchemaError::Pattern { pattern, url, message } => {
                write!(f, "invalid regex {} at {}: {message}", quote(pattern), quote(url))
            }
            SchemaError::Limit(what) => write!(f, "the schema is too large: {what}"),
        }
    }
}

impl Error for SchemaError {}
