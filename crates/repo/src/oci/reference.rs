//! `oci://host/path:tag@digest`.

use std::fmt;

use crate::Error;

/// What names a chart in a registry.
///
/// ```
/// use pintle_repo::oci::Reference;
///
/// let reference = Reference::parse("oci://example.com:5000/charts/web:1.0.0+x")?;
/// assert_eq!(reference.registry, "example.com:5000");
/// assert_eq!(reference.repository, "charts/web");
/// assert_eq!(reference.tag, "1.0.0_x"); // a tag can hold no plus
/// assert_eq!(reference.to_string(), "example.com:5000/charts/web:1.0.0_x");
/// # Ok::<(), pintle_repo::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Host and port.
    pub registry: String,
    /// The path.
    pub repository: String,
    /// The tag; empty if there is none.
    pub tag: String,
    /// The digest; empty if there is none.
    pub digest: String,
}

impl Reference {
    /// Reads a reference, with or without its scheme.
    ///
    /// # Errors
    ///
    /// It names no registry or no repository.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Other(format!("invalid reference: {}", pintle_strconv::quote(text)));
        let rest = text.strip_prefix("oci://").unwrap_or(text);
        let (rest, digest) = rest.rsplit_once('@').unwrap_or((rest, ""));
        let invalid = |what: &str| Error::Other(format!("invalid reference: {what}"));
        let missing = || invalid("missing registry or repository");
        let (registry, path) = rest.split_once('/').ok_or_else(missing)?;
        let (repository, tag) = match path.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, tag),
            _ => (path, ""),
        };
        let plain = |text: &str, more: &str| {
            text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        let parts = repository.split('/');
        let good = plain(registry, ".-_:[]")
            && plain(tag, "._-+")
            && plain(digest, ":+._-")
            && parts.clone().all(|part| !matches!(part, "" | "." | ".."))
            && plain(repository, "._-/")
            && !registry.is_empty();
        if repository.contains(|c: char| c.is_ascii_uppercase()) {
            let repository = pintle_strconv::quote(repository);
            return Err(invalid(&format!("invalid repository {repository}")));
        }
        if !good {
            return Err(wrong());
        }
        Ok(Self {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            tag: tag.replace('+', "_"),
            digest: digest.to_owned(),
        })
    }

    /// The name of the archive's file.
    pub fn file_name(&self) -> String {
        let name = self.repository.rsplit('/').next().unwrap_or(&self.repository);
        if !self.digest.is_empty() {
            let digest = self.digest.rsplit(':').next().unwrap_or_default();
            return format!("{name}@sha256-{digest}.tgz");
        }
        format!("{name}-{}.tgz", self.tag.replace('_', "+"))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        match (self.tag.as_str(), self.digest.as_str()) {
            (_, digest) if !digest.is_empty() => write!(f, "@{digest}"),
            ("", _) => Ok(()),
            (tag, _) => write!(f, ":{tag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn references_are_taken_apart() {
        let digest = "sha256:0123";
        let table = [
            ("oci://a/b", Some(("a", "b", "", ""))),
            ("oci://a:5000/b/c:1.0.0", Some(("a:5000", "b/c", "1.0.0", ""))),
            ("a/b@sha256:0123", Some(("a", "b", "", digest))),
            ("a/b:1@sha256:0123", Some(("a", "b", "1", digest))),
            ("oci://a", None),
            ("oci:///b", None),
            ("oci://a/../b", None),
            ("oci://a//b", None),
            ("oci://a/b c", None),
            ("oci://a/b:\n", None),
        ];
        for (text, parts) in table {
            let read = Reference::parse(text).ok();
            let read = read.as_ref().map(|reference| {
                let Reference { registry, repository, tag, digest } = reference;
                (registry.as_str(), repository.as_str(), tag.as_str(), digest.as_str())
            });
            assert_eq!(read, parts, "{text}");
        }
    }
}
