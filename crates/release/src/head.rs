//! What a document says of itself.

use pintle_yaml::{Error, Str};

/// The parts of an object by which Helm sorts it and finds hooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `apiVersion`; empty when there is none.
    pub api_version: Str,
    /// `kind`; empty when there is none.
    pub kind: Str,
    /// `metadata.name`; empty when there is none.
    pub name: Str,
    /// `metadata.namespace`; empty when there is none, or when it is no text.
    pub namespace: Str,
    /// `metadata.annotations`, sorted by their names.
    pub annotations: Vec<(Str, Str)>,
}

impl Head {
    /// Reads the head of a document, as `sigs.k8s.io/yaml` decodes Helm's `SimpleHead`: numbers and
    /// booleans become text, names of fields may be of either case.
    ///
    /// ```
    /// let head = pintle_release::Head::read(b"kind: Pod\nmetadata: {annotations: {weight: 5}}\n")?;
    /// assert_eq!((&*head.kind, head.annotation("weight")), ("Pod", Some("5")));
    /// # Ok::<(), pintle_yaml::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The document is no YAML, or a part has a type that Go would not take.
    pub fn read(document: &[u8]) -> Result<Head, Error> {
        let head = pintle_yaml::head(document)?;
        let metadata = head.metadata.unwrap_or_default();
        Ok(Head {
            api_version: head.api_version,
            kind: head.kind,
            name: metadata.name,
            namespace: metadata.namespace.unwrap_or_default(),
            annotations: metadata.annotations.unwrap_or_default(),
        })
    }

    /// The annotation of this name.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        let found = self.annotations.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.as_str())
    }
}
