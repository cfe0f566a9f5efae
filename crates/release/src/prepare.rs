//! From rendered files to manifests and hooks in order.

use std::fmt;

use crate::hook::{Class, classify};
use crate::kinds::rank;
use crate::{Head, Hook, INSTALL_ORDER, document};

/// What a template rendered to.
#[derive(Clone, Copy, Debug)]
pub struct RenderedFile<'t> {
    /// The template's path, such as `web/templates/service.yaml`.
    pub path: &'t str,
    /// The text.
    pub text: &'t [u8],
}

/// A document that belongs to the release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest<'t> {
    /// What it says of itself.
    pub head: Head,
    /// The file that it comes from.
    pub path: &'t str,
    /// The document.
    pub text: &'t [u8],
}

/// Manifests and hooks in the order of installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared<'t> {
    /// The release's own objects.
    pub manifests: Vec<Manifest<'t>>,
    /// The hooks.
    pub hooks: Vec<Hook<'t>>,
    /// The annotations of hooks that are left out since an event in them is not known.
    pub unknown_hooks: Vec<String>,
}

/// A document that Kubernetes could not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The file that it comes from.
    pub path: String,
    /// Where in the file the document begins, in bytes.
    pub offset: usize,
    /// Where in the document the error is, in bytes, when that is known.
    pub at: Option<usize>,
    /// What is wrong, as Helm says it.
    pub message: String,
}

/// Documents that are not valid: all of them, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepareError {
    /// At least one.
    pub invalid: Vec<Invalid>,
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, invalid) in self.invalid.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "YAML parse error on {}: {}", invalid.path, invalid.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for PrepareError {}

/// Splits rendered files into documents, sets hooks aside and sorts both by kind, as Helm's
/// `SortManifests` does. Partials (`_x.tpl`) and empty files are left out.
///
/// # Errors
///
/// Documents that are no YAML, or whose `kind`, `metadata` … have a type that they may not have.
pub fn prepare<'t>(files: &[RenderedFile<'t>]) -> Result<Prepared<'t>, PrepareError> {
    let mut files: Vec<&RenderedFile<'t>> = files.iter().filter(|file| is_manifest(file)).collect();
    files.sort_by_key(|file| file.path);
    let mut prepared = Prepared::default();
    let mut invalid = Vec::new();
    for file in files {
        for document in document::documents(file.text) {
            match Head::read(document.text) {
                Ok(head) => match classify(head, file.path, document.text) {
                    Class::Manifest(head) => {
                        let manifest = Manifest { head, path: file.path, text: document.text };
                        prepared.manifests.push(manifest);
                    }
                    Class::Hook(hook) => prepared.hooks.push(hook),
                    Class::UnknownHook(names) => prepared.unknown_hooks.push(names),
                },
                Err(error) => invalid.push(Invalid {
                    path: file.path.to_owned(),
                    offset: document.offset,
                    at: error.span().map(|span| span.start),
                    message: error.to_string(),
                }),
            }
        }
    }
    if !invalid.is_empty() {
        return Err(PrepareError { invalid });
    }
    prepared.manifests.sort_by(|a, b| order(&a.head).cmp(&order(&b.head)));
    prepared.hooks.sort_by(|a, b| order(&a.head).cmp(&order(&b.head)));
    Ok(prepared)
}

fn order(head: &Head) -> (usize, &str) {
    rank(&head.kind, INSTALL_ORDER)
}

fn is_manifest(file: &RenderedFile<'_>) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    !name.starts_with('_') && !document::trim_start(file.text).is_empty()
}

/// Appends a document as Helm prints it: a separator, where it is from, and the text.
///
/// ```
/// let mut out = Vec::new();
/// pintle_release::append_source(&mut out, "web/templates/a.yaml", b"kind: Pod\n");
/// assert_eq!(out, b"---\n# Source: web/templates/a.yaml\nkind: Pod\n\n");
/// ```
pub fn append_source(out: &mut Vec<u8>, path: &str, text: &[u8]) {
    out.extend_from_slice(b"---\n# Source: ");
    out.extend_from_slice(path.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(text);
    out.push(b'\n');
}
