//! Charts in registries, as Helm puts them there.

mod manifest;
mod plugin;
mod reference;
mod session;

pub use manifest::{CHART_LAYER, CONFIG, PROVENANCE_LAYER};
pub use reference::Reference;

use bytes::Bytes;
use pintle_chart::Loader;
use pintle_semver::{Constraint, Version};

use reqwest::{Method, StatusCode, header};
use serde::Deserialize;

use self::manifest::{Descriptor, IMAGE_MANIFEST, LEGACY_CHART_LAYER, Manifest};
use self::session::{Action, Ask, Session};
use crate::Error;
use crate::credentials::{Credentials, Login};
use crate::http::{Access, Answer, Client};

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
    session: Session,
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

impl<'c> Registry<'c> {
    /// Registries asked through `client`; nothing is done yet.
    pub fn new(client: &'c Client, access: Access, credentials: Credentials) -> Self {
        Self { client, access, credentials, session: Session::default() }
    }

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
        match self.client.wait(self.manifest(&tagged))? {
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
        let registry = host.split('/').next().unwrap_or(host).to_owned();
        let reference = Reference { registry, ..Reference::default() };
        let access = Access {
            username: login.username.clone(),
            password: login.secret.clone(),
            ..self.access.clone()
        };
        let asking = Registry::new(self.client, access, self.credentials.clone());
        asking.client.wait(async {
            asking.ask(&reference, Action::Pull, Ask::new(Method::GET, "")).await.map(drop)
        })?
    }

    /// The versions among the tags of a repository, the newest first.
    ///
    /// # Errors
    ///
    /// The registry cannot be asked.
    pub fn tags(&self, reference: &Reference) -> Result<Vec<String>, Error> {
        self.client.wait(self.tags_of(reference))?
    }

    async fn tags_of(&self, reference: &Reference) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(default)]
            tags: Option<Vec<String>>,
        }
        let mut versions: Vec<Version> = Vec::new();
        let mut path = format!("{}/tags/list", reference.repository);
        let home = self.url(&reference.registry, "")?;
        for _ in 0..MAX_PAGES {
            let ask = Ask::new(Method::GET, &path);
            let answer = self.ask(reference, Action::Pull, ask).await?;
            let page: Page = serde_json::from_slice(&answer.body)
                .map_err(|error| Error::Other(format!("{reference}: no list of tags: {error}")))?;
            let read = page.tags.unwrap_or_default();
            let read =
                read.iter().filter_map(|tag| Version::parse_strict(tag.replace('_', "+")).ok());
            versions.extend(read);
            // `<…>; rel="next"` leads on, at the same registry only.
            let next = answer.header(header::LINK);
            let next = next.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
            let next = next.and_then(|(next, _)| home.join(next).ok());
            match next.filter(|next| next.origin() == home.origin()) {
                Some(next) => path = next.into(),
                None => break,
            }
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
        self.client.wait(self.pull_one(reference, provenance))?
    }

    /// Fetches several charts at the same time; the answers come in the order asked.
    pub fn pull_all(&self, references: &[Reference]) -> Vec<Result<Pulled, Error>> {
        let pulls = references.iter().map(|reference| self.pull_one(reference, false));
        let all = futures_util::future::join_all(pulls);
        match self.client.wait(all) {
            Ok(pulled) => pulled,
            Err(error) => references.iter().map(|_| Err(error.clone().into())).collect(),
        }
    }

    async fn pull_one(&self, reference: &Reference, provenance: bool) -> Result<Pulled, Error> {
        let (manifest, digest) = self.manifest(reference).await.map_err(|error| {
            Error::Other(format!("failed to perform \"FetchReference\" on source: {error}"))
        })?;
        let wanted = [CONFIG, CHART_LAYER, LEGACY_CHART_LAYER, PROVENANCE_LAYER];
        let parts = manifest.layers.iter().chain([&manifest.config]);
        let found = 1 + parts.filter(|one| wanted.contains(&one.media_type.as_str())).count();
        if found < 2 {
            return Err(Error::Other(format!(
                "manifest does not contain minimum number of descriptors (2), descriptors found: \
                 {found}"
            )));
        }
        if manifest.config.media_type != CONFIG {
            return Err(Error::Other(format!("could not load config with mediatype {CONFIG}")));
        }
        let layer = |kind: &str| manifest.layers.iter().rfind(|layer| layer.media_type == kind);
        let chart = layer(CHART_LAYER).or_else(|| layer(LEGACY_CHART_LAYER)).ok_or_else(|| {
            Error::Other(format!("manifest does not contain a layer with mediatype {CHART_LAYER}"))
        })?;
        let name = reference.file_name();
        let archive = self.blob(reference, chart, MAX_LAYER, &name).await?;
        let provenance = match layer(PROVENANCE_LAYER).filter(|_| provenance) {
            Some(layer) => Some(self.blob(reference, layer, MAX_CONFIG, "").await?),
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

    async fn manifest(&self, reference: &Reference) -> Result<(Manifest, String), Error> {
        let name = match (reference.digest.as_str(), reference.tag.as_str()) {
            ("", "") => "latest",
            ("", tag) => tag,
            (digest, _) => digest,
        };
        let path = format!("{}/manifests/{name}", reference.repository);
        let ask = Ask::new(Method::GET, &path).header(header::ACCEPT, IMAGE_MANIFEST);
        let answer = self.ask_any(reference, Action::Pull, ask).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(Error::Other(format!("{reference}: not found")));
        }
        let url = self.url(&reference.registry, &path)?;
        if !answer.status.is_success() {
            return Err(session::refusal(&Method::GET, &url, &answer));
        }
        let found = format!("sha256:{}", crate::content::Content::digest(&answer.body));
        let told = answer.headers.get("Docker-Content-Digest");
        let told = told.and_then(|told| told.to_str().ok()).unwrap_or_default();
        let expected = if reference.digest.is_empty() { told } else { &reference.digest };
        if expected.starts_with("sha256:") && expected != found {
            return Err(Error::Other(format!(
                "{reference}: the manifest has the digest {found}, not {expected}"
            )));
        }
        let manifest = serde_json::from_slice(&answer.body)
            .map_err(|error| Error::Other(format!("{reference}: no manifest: {error}")))?;
        Ok((manifest, found))
    }

    /// Fetches one part and checks its digest.
    async fn blob(
        &self,
        reference: &Reference,
        descriptor: &Descriptor,
        limit: u64,
        name: &str,
    ) -> Result<Vec<u8>, Error> {
        let Descriptor { digest, size, .. } = descriptor;
        if *size > limit {
            let text = format!("{reference}: a layer is larger than {limit} bytes");
            return Err(Error::Other(text));
        }
        let path = format!("{}/blobs/{digest}", reference.repository);
        let ask = Ask { limit: *size, name: name.to_owned(), ..Ask::new(Method::GET, &path) };
        let answer = self.ask(reference, Action::Pull, ask).await?;
        let came = answer.body.len() as u64;
        if came != *size {
            let text = format!("{reference}: {came} bytes came of {digest}, not {size}");
            return Err(Error::Other(text));
        }
        let found = format!("sha256:{}", crate::content::Content::digest(&answer.body));
        if found != *digest {
            let text = format!("{reference}: a layer has the digest {found}, not {digest}");
            return Err(Error::Other(text));
        }
        Ok(answer.body)
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
            artifact_type: String::new(),
            config: Descriptor::of(CONFIG, config.as_bytes()),
            layers,
            annotations: manifest::annotations(metadata, created),
        }
        .to_json()?;
        let digest = format!("sha256:{}", crate::content::Content::digest(text.as_bytes()));
        let name = reference.file_name();
        let blobs = [
            (Bytes::copy_from_slice(config.as_bytes()), ""),
            (Bytes::copy_from_slice(archive), name.as_str()),
            (Bytes::copy_from_slice(provenance.unwrap_or_default()), ""),
        ];
        self.client.wait(async {
            let on = |what: &'static str| {
                move |error: Error| {
                    let what = pintle_strconv::quote(what);
                    Error::Other(format!("failed to perform {what} on destination: {error}"))
                }
            };
            let path = format!("{}/manifests/{digest}", reference.repository);
            let head = Ask::new(Method::HEAD, &path).header(header::ACCEPT, IMAGE_MANIFEST);
            let there = self.there(&reference, head);
            if !there.await.map_err(on("Exists"))? {
                for (blob, name) in blobs.into_iter().filter(|(blob, _)| !blob.is_empty()) {
                    self.put_blob(&reference, blob, name).await?;
                }
            }
            let path = format!("{}/manifests/{}", reference.repository, reference.tag);
            let mut ask = Ask::new(Method::PUT, &path).header(header::CONTENT_TYPE, IMAGE_MANIFEST);
            ask.body = text.into_bytes().into();
            self.ask(&reference, Action::Push, ask).await.map_err(on("PushReference"))
        })??;
        Ok(Pushed { reference: reference.to_string(), digest })
    }

    /// Whether there is what is asked for.
    async fn there(&self, reference: &Reference, ask: Ask<'_>) -> Result<bool, Error> {
        let url = self.url(&reference.registry, ask.path)?;
        let answer = self.ask_any(reference, Action::Push, ask).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(false),
            status if status.is_success() => Ok(true),
            _ => Err(session::refusal(&Method::HEAD, &url, &answer)),
        }
    }

    async fn put_blob(&self, reference: &Reference, blob: Bytes, name: &str) -> Result<(), Error> {
        let on = |what: &str, error: &Error| {
            let what = pintle_strconv::quote(what);
            Error::Other(format!("failed to perform {what} on destination: {error}"))
        };
        let digest = format!("sha256:{}", crate::content::Content::digest(&blob));
        let path = format!("{}/blobs/{digest}", reference.repository);
        let there = self.there(reference, Ask::new(Method::HEAD, &path)).await;
        if there.map_err(|error| on("Exists", &error))? {
            return Ok(());
        }
        let path = format!("{}/blobs/uploads/", reference.repository);
        let push = async {
            let answer = self.ask(reference, Action::Push, Ask::new(Method::POST, &path)).await?;
            let place = self.upload_place(reference, &path, &answer, &digest)?;
            let mut ask = Ask::new(Method::PUT, &place)
                .header(header::CONTENT_TYPE, "application/octet-stream");
            ask.body = blob;
            name.clone_into(&mut ask.name);
            self.ask(reference, Action::Push, ask).await
        };
        push.await.map(drop).map_err(|error| on("Push", &error))
    }

    /// Where a blob is to be put, by the answer to the wish to do so.
    fn upload_place(
        &self,
        reference: &Reference,
        path: &str,
        answer: &Answer,
        digest: &str,
    ) -> Result<String, Error> {
        let asked = self.url(&reference.registry, path)?;
        let place = answer.header(header::LOCATION);
        let mut place = asked
            .join(place)
            .map_err(|error| Error::Other(format!("no place to upload to: {place}: {error}")))?;
        if asked.scheme() == "https" && place.scheme() != "https" {
            let host = place.host_str().unwrap_or_default();
            let host = pintle_strconv::quote(host);
            let text = format!("blob upload Location {host} downgrades scheme from https");
            return Err(Error::Other(text));
        }
        place.query_pairs_mut().append_pair("digest", digest);
        Ok(place.into())
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
