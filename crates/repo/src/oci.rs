//! Charts in registries, as Helm puts them there.

mod manifest;
mod reference;

pub use manifest::{CHART_LAYER, CONFIG, PROVENANCE_LAYER};
pub use reference::Reference;

pub(crate) use manifest::write_dependencies;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use oci_client::RegistryOperation;
use oci_client::client::{
    Certificate, CertificateEncoding, Client as Library, ClientConfig, ClientProtocol,
};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use pintle_chart::Loader;
use pintle_semver::{Constraint, Version};

use self::manifest::{Descriptor, IMAGE_MANIFEST, LEGACY_CHART_LAYER, Manifest};
use crate::credentials::{Credentials, Login};
use crate::http::{Access, Client};
use crate::{Error, http};

/// How long one transfer may take.
const TIMEOUT: Duration = Duration::from_secs(600);

/// A chart in a registry is not larger.
const MAX_LAYER: u64 = 512 << 20;

/// A manifest's config is not larger.
const MAX_CONFIG: u64 = 16 << 20;

/// A list of tags has no more pages.
const MAX_PAGES: usize = 1000;

/// Asks registries.
#[derive(Debug)]
pub struct Registry<'c> {
    /// Runs the transfers.
    pub client: &'c Client,
    /// Who asks and whom to trust; user name and password go before the logins.
    pub access: Access,
    /// The logins.
    pub credentials: Credentials,
    /// What the program calls itself.
    pub agent: &'static str,
}

/// A chart that came from a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// What was asked for, without the scheme.
    pub reference: String,
    /// The digest of the manifest, `sha256:…`.
    pub digest: String,
    /// The archive.
    pub archive: Vec<u8>,
    /// The provenance file, if it was asked for and there is one.
    pub provenance: Option<Vec<u8>>,
    /// Whether the archive has the media type that Helm has used before.
    pub legacy: bool,
}

/// A chart that went to a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Where it is, without the scheme.
    pub reference: String,
    /// The digest of the manifest, `sha256:…`.
    pub digest: String,
}

impl Registry<'_> {
    /// Finds the tag that a reference and a version stand for, as Helm does: a version is the tag,
    /// a range is looked up among the tags, a digest is taken as it is.
    ///
    /// # Errors
    ///
    /// The reference is none or contradicts the version, or nothing fits.
    pub fn resolve(&self, reference: &str, version: &str) -> Result<Reference, Error> {
        let mut reference = Reference::parse(reference)?;
        let version = match (version, reference.tag.as_str()) {
            ("", tag) => tag.to_owned(),
            (version, "") => version.to_owned(),
            (version, tag) if version.replace('+', "_") == tag => version.to_owned(),
            (version, tag) => {
                return Err(Error::Other(format!(
                    "chart reference and version mismatch: {version} is not {tag}"
                )));
            }
        };
        if !reference.digest.is_empty() {
            if !version.is_empty() {
                self.check_digest(&reference, &version)?;
            }
            return Ok(reference);
        }
        if Version::parse(&version).is_ok() {
            reference.tag = version.replace('+', "_");
            return Ok(reference);
        }
        let tags = self.tags(&reference)?;
        if tags.is_empty() {
            return Err(Error::Other(format!(
                "unable to locate any tags in provided repository: oci://{reference}"
            )));
        }
        let tag = fitting(&tags, &version)?;
        reference.tag = tag.replace('+', "_");
        Ok(reference)
    }

    /// A tag that is given beside a digest has to be the same chart, if it is there at all.
    fn check_digest(&self, reference: &Reference, version: &str) -> Result<(), Error> {
        let tagged = Reference {
            tag: version.replace('+', "_"),
            digest: String::new(),
            ..reference.clone()
        };
        match self.manifest(&tagged) {
            Ok((_, digest)) if digest != reference.digest => Err(Error::Other(format!(
                "chart reference digest mismatch: {digest} is not {}",
                reference.digest
            ))),
            _ => Ok(()),
        }
    }

    /// Finds out whether a login is one to the registry `host`.
    ///
    /// # Errors
    ///
    /// It is none, or the registry cannot be asked.
    pub fn log_in(&self, host: &str, login: &Login) -> Result<(), Error> {
        let scheme = if self.access.plain_http { "http" } else { "https" };
        let registry = host.split('/').next().unwrap_or(host);
        let url = format!("{scheme}://{registry}/v2/");
        let access = Access {
            username: login.username.clone(),
            password: login.secret.clone(),
            origin: url.clone(),
            ..self.access.clone()
        };
        let refused = match self.client.get(&http::Request::new(url).access(access)) {
            Ok(_) => return Ok(()),
            Err(error @ http::Error::Status { code: 401, .. }) => error,
            Err(error) => return Err(error.into()),
        };
        // It wants a token, which another server gives.
        let reference = Reference::parse(&format!("{registry}/pintle/login"))?;
        let image = reference.image()?;
        let auth = RegistryAuth::Basic(login.username.clone(), login.secret.clone());
        let library = library(&self.access, self.agent)?;
        match self.run(library.auth(&image, &auth, RegistryOperation::Pull))? {
            Some(_) => Ok(()),
            None => Err(refused.into()),
        }
    }

    /// The versions among the tags of a repository, the newest first.
    ///
    /// # Errors
    ///
    /// The registry cannot be asked.
    pub fn tags(&self, reference: &Reference) -> Result<Vec<String>, Error> {
        let image = reference.image()?;
        let (library, auth) = self.library(reference)?;
        let mut versions: Vec<Version> = Vec::new();
        let mut last: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let page = self.run(library.list_tags(&image, &auth, None, last.as_deref()))?;
            let next = page.tags.last().cloned();
            let read = page
                .tags
                .iter()
                .filter_map(|tag| Version::parse_strict(tag.replace('_', "+")).ok());
            versions.extend(read);
            // One that knows no pages gives all, and gives all again.
            if next.is_none() || next == last || page.tags.len() < 100 {
                break;
            }
            last = next;
        }
        versions.sort();
        versions.reverse();
        let mut tags: Vec<String> = versions.iter().map(ToString::to_string).collect();
        tags.dedup();
        Ok(tags)
    }

    /// Fetches a chart, and its provenance file if that is wanted.
    ///
    /// # Errors
    ///
    /// There is no chart, or what comes is not what the manifest says.
    pub fn pull(&self, reference: &Reference, provenance: bool) -> Result<Pulled, Error> {
        let (manifest, digest) = self.manifest(reference)?;
        if manifest.config.media_type != CONFIG {
            return Err(Error::Other(format!("could not load config with mediatype {CONFIG}")));
        }
        let layer = |kind: &str| manifest.layers.iter().rfind(|layer| layer.media_type == kind);
        let chart = layer(CHART_LAYER).or_else(|| layer(LEGACY_CHART_LAYER)).ok_or_else(|| {
            Error::Other(format!("manifest does not contain a layer with mediatype {CHART_LAYER}"))
        })?;
        let archive = self.blob(reference, chart, MAX_LAYER)?;
        let provenance = match layer(PROVENANCE_LAYER).filter(|_| provenance) {
            Some(layer) => Some(self.blob(reference, layer, MAX_CONFIG)?),
            None => None,
        };
        Ok(Pulled {
            reference: reference.to_string(),
            digest,
            archive,
            provenance,
            legacy: chart.media_type == LEGACY_CHART_LAYER,
        })
    }

    fn manifest(&self, reference: &Reference) -> Result<(Manifest, String), Error> {
        let image = reference.image()?;
        let (library, auth) = self.library(reference)?;
        let (text, digest) =
            self.run(library.pull_manifest_raw(&image, &auth, &[IMAGE_MANIFEST]))?;
        let found = format!("sha256:{}", crate::content::Content::digest(&text));
        let expected = if reference.digest.is_empty() { &digest } else { &reference.digest };
        if expected.starts_with("sha256:") && *expected != found {
            return Err(Error::Other(format!(
                "{reference}: the manifest has the digest {found}, not {expected}"
            )));
        }
        let manifest = serde_json::from_slice(&text)
            .map_err(|error| Error::Other(format!("{reference}: no manifest: {error}")))?;
        Ok((manifest, found))
    }

    /// Fetches one part; its digest is checked on the way.
    fn blob(
        &self,
        reference: &Reference,
        descriptor: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        let too_large =
            || Error::Other(format!("{reference}: a layer is larger than {limit} bytes"));
        if descriptor.size > limit {
            return Err(too_large());
        }
        let image = reference.image()?;
        let (library, _) = self.library(reference)?;
        let mut bounded = Bounded { bytes: Vec::new(), limit: descriptor.size };
        self.run(library.pull_blob(&image, descriptor.digest.as_str(), &mut bounded))?;
        if bounded.bytes.len() as u64 != descriptor.size {
            return Err(Error::Other(format!(
                "{reference}: {} bytes came of {}, not {}",
                bounded.bytes.len(),
                descriptor.digest,
                descriptor.size
            )));
        }
        Ok(bounded.bytes)
    }

    /// Puts a chart below `remote`, under its name and version. `created` is the time that its
    /// archive was made, in the form of RFC 3339.
    ///
    /// # Errors
    ///
    /// The archive is no chart, or the registry does not take it.
    pub fn push(
        &self,
        archive: &[u8],
        provenance: Option<&[u8]>,
        remote: &str,
        created: &str,
    ) -> Result<Pushed, Error> {
        let chart =
            Loader::new().load_reader(archive).map_err(|error| Error::Other(error.to_string()))?;
        let metadata = &chart.metadata;
        let below = remote.strip_prefix("oci://").unwrap_or(remote).trim_end_matches('/');
        let reference =
            Reference::parse(&format!("{below}/{}:{}", metadata.name, metadata.version))?;
        let config = manifest::config(metadata)?;
        let mut layers = vec![Descriptor::of(CHART_LAYER, archive)];
        layers.extend(provenance.map(|text| Descriptor::of(PROVENANCE_LAYER, text)));
        layers.sort_by(|a, b| a.digest.cmp(&b.digest));
        let text = Manifest {
            schema_version: 2,
            config: Descriptor::of(CONFIG, config.as_bytes()),
            layers,
            annotations: manifest::annotations(metadata, created),
        }
        .to_json()?;
        let image = reference.image()?;
        let (library, auth) = self.library(&reference)?;
        self.run(library.auth(&image, &auth, RegistryOperation::Push))?;
        let blobs = [Some(config.as_bytes()), Some(archive), provenance];
        for blob in blobs.into_iter().flatten() {
            let digest = format!("sha256:{}", crate::content::Content::digest(blob));
            if !self.run(library.blob_exists(&image, &digest))? {
                self.run(library.push_blob(&image, blob.to_vec(), &digest))?;
            }
        }
        let kind = reqwest::header::HeaderValue::from_static(IMAGE_MANIFEST);
        let digest = format!("sha256:{}", crate::content::Content::digest(text.as_bytes()));
        self.run(library.push_manifest_raw(&image, text.into_bytes(), kind))?;
        Ok(Pushed { reference: reference.to_string(), digest })
    }

    /// Runs one transfer.
    fn run<T>(
        &self,
        work: impl Future<Output = Result<T, OciDistributionError>>,
    ) -> Result<T, Error> {
        let work = async { tokio::time::timeout(TIMEOUT, work).await };
        match self.client.wait(work)? {
            Ok(answer) => answer.map_err(|error| Error::Other(said(&error))),
            Err(_) => Err(Error::Other("context deadline exceeded".to_owned())),
        }
    }

    /// The library's client for a registry, and who asks.
    fn library(&self, reference: &Reference) -> Result<(Library, RegistryAuth), Error> {
        let login = if self.access.username.is_empty() || self.access.password.is_empty() {
            self.credentials.get(&reference.registry)?
        } else {
            let Access { username, password, .. } = &self.access;
            Some(Login { username: username.clone(), secret: password.clone() })
        };
        let auth = match login {
            Some(login) if login.username == "<token>" => RegistryAuth::Bearer(login.secret),
            Some(login) => RegistryAuth::Basic(login.username, login.secret),
            None => RegistryAuth::Anonymous,
        };
        let library = library(&self.access, self.agent)?;
        let image = reference.image()?;
        self.client.wait(library.store_auth_if_needed(image.resolve_registry(), &auth))?;
        Ok((library, auth))
    }
}

fn library(access: &Access, agent: &'static str) -> Result<Library, Error> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = |why: String| Error::Http(http::Error::Tls { why });
    if !access.tls.cert_file.is_empty() || !access.tls.key_file.is_empty() {
        return Err(tls("client certificates for registries are not there yet".to_owned()));
    }
    let mut config = ClientConfig {
        protocol: if access.plain_http { ClientProtocol::Http } else { ClientProtocol::Https },
        accept_invalid_certificates: access.tls.insecure_skip_verify,
        connect_timeout: Some(Duration::from_secs(30)),
        user_agent: agent,
        ..ClientConfig::default()
    };
    if !access.tls.ca_file.is_empty() {
        let path = &access.tls.ca_file;
        let data = std::fs::read(path)
            .map_err(|error| tls(format!("can't read CA file {path}: {error}")))?;
        config.tls_certs_only = vec![Certificate { encoding: CertificateEncoding::Pem, data }];
    }
    Library::try_from(config).map_err(|error| tls(said(&error)))
}

/// What went wrong, with its innermost reason.
fn said(error: &OciDistributionError) -> String {
    match error {
        OciDistributionError::RequestError(error) => {
            let url = error.url().map(|url| http::redacted(url.as_str())).unwrap_or_default();
            format!("Get {}: {}", pintle_strconv::quote(&url), http::chain(error))
        }
        error => error.to_string(),
    }
}

/// The tag that a version or a range stands for.
fn fitting(tags: &[String], version: &str) -> Result<String, Error> {
    if let Some(tag) = tags.iter().find(|tag| *tag == version) {
        return Ok(tag.clone());
    }
    let range = if version.is_empty() { "*" } else { version };
    let constraint = Constraint::parse(range).map_err(|error| Error::Other(error.to_string()))?;
    let fits = |tag: &&String| Version::parse(tag).is_ok_and(|tag| constraint.check(&tag));
    tags.iter().find(fits).cloned().ok_or_else(|| {
        Error::Other(format!(
            "could not locate a version matching provided version string {version}"
        ))
    })
}

/// Bytes that come, no more than were announced.
struct Bounded {
    bytes: Vec<u8>,
    limit: u64,
}

impl tokio::io::AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        chunk: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        if (self.bytes.len() + chunk.len()) as u64 > self.limit {
            let text = "more bytes came than were announced";
            return Poll::Ready(Err(std::io::Error::other(text)));
        }
        self.bytes.extend_from_slice(chunk);
        Poll::Ready(Ok(chunk.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
