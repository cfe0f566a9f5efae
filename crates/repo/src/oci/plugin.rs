//! Plugins in registries.

use super::manifest::Manifest;
use super::{MAX_CONFIG, MAX_LAYER, Pulled, Reference, Registry};
use crate::Error;

/// What a manifest says that is one of a plugin.
const PLUGIN: &str = "application/vnd.helm.plugin.v1+json";

/// The annotation with the name of a layer's file.
const TITLE: &str = "org.opencontainers.image.title";

impl Registry<'_> {
    /// Fetches the archive of the plugin `name`, and its provenance file if there is one. Without a
    /// tag it is `latest`.
    ///
    /// # Errors
    ///
    /// There is no plugin, or what comes is not what the manifest says.
    pub fn pull_plugin(&self, reference: &Reference, name: &str) -> Result<Pulled, Error> {
        self.client.wait(self.pull_one_plugin(reference, name))?
    }

    async fn pull_one_plugin(&self, reference: &Reference, name: &str) -> Result<Pulled, Error> {
        let mut reference = reference.clone();
        if reference.tag.is_empty() && reference.digest.is_empty() {
            "latest".clone_into(&mut reference.tag);
        }
        let (manifest, digest) = self.manifest(&reference).await?;
        is_plugin(&manifest)?;
        let layer = |ending: &str| {
            manifest.layers.iter().find(|layer| {
                let title = layer.annotations.get(TITLE).map_or("", String::as_str);
                let version = title.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
                version.is_some_and(|version| version.ends_with(ending))
            })
        };
        let archive = layer(".tgz").ok_or_else(|| {
            Error::Other(format!(
                "required layer matching pattern {name}-VERSION.tgz not found in manifest"
            ))
        })?;
        let archive = self.blob(&reference, archive, MAX_LAYER, name).await?;
        let provenance = match layer(".tgz.prov") {
            Some(layer) => Some(self.blob(&reference, layer, MAX_CONFIG, "").await?),
            None => None,
        };
        let reference = reference.to_string();
        Ok(Pulled { reference, digest, archive, provenance, legacy: false })
    }
}

fn is_plugin(manifest: &Manifest) -> Result<(), Error> {
    let (what, found) = match manifest.artifact_type.as_str() {
        "" => ("config media type", manifest.config.media_type.as_str()),
        found => ("artifact type", found),
    };
    if found == PLUGIN {
        return Ok(());
    }
    Err(Error::Other(format!("expected {what} {PLUGIN}, got {found}")))
}
