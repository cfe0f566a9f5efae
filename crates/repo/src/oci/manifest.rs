//! What stands in a registry beside the archive: config, manifest, annotations.

use std::collections::BTreeMap;

use pintle_chart::{EmitMetadata, Metadata};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::content::Content;

/// The media type of a chart's metadata.
pub const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
/// The media type of a chart's archive.
pub const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// The media type of a chart's provenance file.
pub const PROVENANCE_LAYER: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/// The media type that archives had before.
pub(super) const LEGACY_CHART_LAYER: &str = "application/tar+gzip";
/// The media type of a manifest.
pub(super) const IMAGE_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A manifest, with its fields in the order that Go writes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) schema_version: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) artifact_type: String,
    pub(super) config: Descriptor,
    #[serde(default)]
    pub(super) layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
}

/// What a manifest says of one part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: String,
    pub(super) size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
}

impl Descriptor {
    pub(super) fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: format!("sha256:{}", Content::digest(bytes)),
            size: bytes.len() as u64,
            annotations: BTreeMap::new(),
        }
    }
}

impl Manifest {
    /// The text, byte for byte as Go writes it: its digest is the chart's name.
    pub(super) fn to_json(&self) -> Result<String, Error> {
        pintle_yaml::to_json(&pintle_yaml::Serial(self))
            .map_err(|error| Error::Other(error.to_string()))
    }
}

/// A chart's metadata as JSON, as Go writes it.
pub(super) fn config(metadata: &Metadata) -> Result<String, Error> {
    pintle_yaml::to_json(&EmitMetadata(metadata)).map_err(|error| Error::Other(error.to_string()))
}

/// The annotations of a chart's manifest.
pub(super) fn annotations(metadata: &Metadata, created: &str) -> BTreeMap<String, String> {
    let authors: Vec<String> = metadata
        .maintainers
        .iter()
        .map(|maintainer| match maintainer.email.as_str() {
            "" => maintainer.name.clone(),
            email => format!("{} ({email})", maintainer.name),
        })
        .collect();
    let of_chart = [
        ("description", metadata.description.clone()),
        ("title", metadata.name.clone()),
        ("version", metadata.version.clone()),
        ("url", metadata.home.clone()),
        ("created", created.to_owned()),
        ("source", metadata.sources.first().cloned().unwrap_or_default()),
        ("authors", authors.join(", ")),
    ];
    let name = |key: &str| format!("org.opencontainers.image.{key}");
    let mut annotations: BTreeMap<String, String> = of_chart
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(key, text)| (name(key), text))
        .collect();
    let fixed = [name("version"), name("title")];
    for (key, text) in metadata.annotations.iter().flatten() {
        if !fixed.contains(key) {
            annotations.insert(key.clone(), text.clone());
        }
    }
    annotations
}
