//! Charts by what stands for them on the command line: found, fetched, kept.

use std::path::{Path, PathBuf};

use pintle_repo::content::{Content, Kind};
use pintle_repo::git;
use pintle_repo::http::{Client, redacted};
use pintle_repo::oci::{Pulled, Reference, Registry};
use pintle_repo::reference::{Fetcher, Located, Warning};

use crate::context::Context;
use crate::failure::Failure;
use crate::parse::Parsed;
use crate::{log, net, provenance};

/// A chart to be fetched, by the flags of [`crate::flags::CHART`].
pub(crate) enum Remote<'c> {
    /// From a server of files.
    File { fetcher: Box<Fetcher<'c>>, located: Located },
    /// From a git repository.
    Git { source: git::Source, content: Content },
    /// From a registry.
    Registry { registry: Registry<'c>, reference: Reference, content: Content },
}

/// An archive that was fetched.
pub(crate) struct Fetched {
    pub(crate) archive: Vec<u8>,
    /// The name of its file.
    pub(crate) name: String,
    /// Its provenance file, if it was asked for, or why there is none.
    pub(crate) provenance: Option<Result<Vec<u8>, String>>,
    /// What Helm says about it.
    pub(crate) said: String,
}

impl<'c> Remote<'c> {
    /// Finds the chart that `name` stands for: a URL, `repository/chart`, or with `--repo` a name.
    ///
    /// # Errors
    ///
    /// There is no such repository, chart or version.
    pub(crate) fn find(
        context: &'c Context,
        client: &'c Client,
        name: &str,
    ) -> Result<Self, Failure> {
        let parsed = &context.parsed;
        let settings = &context.settings;
        let repository = parsed.text("repo").unwrap_or_default();
        let content = Content::new(&settings.content_cache);
        let version = match parsed.text("version").unwrap_or_default().trim() {
            "" if parsed.is("devel") => ">0.0.0-0",
            version => version,
        };
        if name.starts_with("git+") && repository.is_empty() {
            net::allowed(context, name)?;
            let source = git::Source::parse(name).ok_or_else(|| {
                let quoted = pintle_strconv::quote(name);
                Failure::new(format!("{quoted} is no chart in a git repository"))
                    .with_details("  = help: git+https://HOST/REPOSITORY@REVISION//PATH")
            })?;
            return Ok(Self::Git { source, content });
        }
        if name.starts_with("oci://") && repository.is_empty() {
            net::allowed(context, name)?;
            let registry = net::registry(context, client);
            let reference =
                registry.resolve(name, version).map_err(|error| Failure::new(error.to_string()))?;
            return Ok(Self::Registry { registry, reference, content });
        }
        let mut fetcher = Box::new(Fetcher {
            client,
            config: Path::new(&settings.repository_config),
            cache: Path::new(&settings.repository_cache),
            content,
            access: net::access(parsed, ""),
            offline: settings.offline,
            ahead: Vec::new(),
            warnings: Vec::new(),
        });
        let located = if repository.is_empty() {
            fetcher.locate(name, version)
        } else {
            fetcher.locate_at(repository, name, version)
        };
        warn(&mut fetcher);
        let located = located.map_err(|error| {
            let failure = Failure::new(error.to_string());
            match error {
                pintle_repo::Error::Reference(name) => failure.with_details(format!(
                    "  = help: there is no file or directory named {name} here"
                )),
                _ => failure,
            }
        })?;
        Ok(Self::File { fetcher, located })
    }

    /// Fetches its archive into the content cache: the path there, and what Helm says about it.
    /// With `--verify` it must be one that was signed.
    ///
    /// # Errors
    ///
    /// It cannot be fetched or kept, or is not what was signed.
    pub(crate) fn fetch(self, parsed: &Parsed) -> Result<(PathBuf, String), Failure> {
        let fails = |error: pintle_repo::Error| Failure::new(error.to_string());
        let verify = parsed.is("verify");
        let missing = self.missing_provenance();
        match self {
            Self::File { mut fetcher, located } => {
                let fetched = fetcher.fetch(&located);
                warn(&mut fetcher);
                let fetched = fetched.map_err(fails)?;
                if verify {
                    let fetch = || fetcher.provenance(&located).map_err(|_| missing);
                    let (content, archive) = (&fetcher.content, &fetched.archive);
                    provenance::checked(parsed, content, archive, &fetched.name, fetch)?;
                }
                Ok((fetched.cached.unwrap_or_default(), String::new()))
            }
            // A git repository has no provenance files.
            Self::Git { .. } if verify => Err(missing),
            Self::Git { source, content } => {
                let archive = source.fetch().map_err(fails)?.archive;
                let digest = Content::digest(&archive);
                let path = content.put(&digest, &archive, Kind::Chart).map_err(fails)?;
                Ok((path, String::new()))
            }
            Self::Registry { registry, reference, content } => {
                let mut pulled = registry.pull(&reference, verify).map_err(fails)?;
                if verify {
                    let fetch = || pulled.provenance.take().ok_or(missing);
                    let (archive, name) = (&pulled.archive, reference.file_name());
                    provenance::checked(parsed, &content, archive, &name, fetch)?;
                }
                let digest = Content::digest(&pulled.archive);
                let path = content.put(&digest, &pulled.archive, Kind::Chart).map_err(fails)?;
                Ok((path, said(&pulled)))
            }
        }
    }

    /// What is said where there is no provenance file.
    pub(crate) fn missing_provenance(&self) -> Failure {
        let url = match self {
            Self::File { located, .. } => redacted(&located.url),
            Self::Git { source, .. } => redacted(&source.to_string()),
            Self::Registry { reference, .. } => format!("oci://{reference}"),
        };
        let url = pintle_strconv::quote(format!("{url}.prov"));
        Failure::new(format!("failed to fetch provenance {url}"))
    }

    /// Fetches its archive, and its provenance file if it is wanted.
    ///
    /// # Errors
    ///
    /// The archive cannot be fetched.
    pub(crate) fn download(&mut self, provenance: bool) -> Result<Fetched, Failure> {
        let fails = |error: pintle_repo::Error| Failure::new(error.to_string());
        match self {
            Self::File { fetcher, located } => {
                let fetched = fetcher.download(located);
                warn(fetcher);
                let fetched = fetched.map_err(fails)?;
                let provenance = provenance
                    .then(|| fetcher.provenance(located).map_err(|error| error.to_string()));
                Ok(Fetched {
                    archive: fetched.archive,
                    name: fetched.name,
                    provenance,
                    said: String::new(),
                })
            }
            Self::Git { source, .. } => {
                let git::Cloned { chart, archive, commit, .. } = source.fetch().map_err(fails)?;
                let name = format!("{}-{}.tgz", chart.name(), chart.metadata.version);
                let said = format!("Fetched: {}\n", source.at(&commit));
                let missing = || Err("a git repository has none".to_owned());
                Ok(Fetched { archive, name, provenance: provenance.then(missing), said })
            }
            Self::Registry { registry, reference, .. } => {
                let mut pulled = registry.pull(reference, provenance).map_err(fails)?;
                let missing = || {
                    let kind = pintle_repo::oci::PROVENANCE_LAYER;
                    format!("manifest does not contain a layer with mediatype {kind}")
                };
                let provenance = provenance.then(|| pulled.provenance.take().ok_or_else(missing));
                Ok(Fetched {
                    name: reference.file_name(),
                    provenance,
                    said: said(&pulled),
                    archive: pulled.archive,
                })
            }
        }
    }
}

/// What Helm says about what came from a registry.
fn said(pulled: &Pulled) -> String {
    let mut said = String::new();
    if pulled.legacy {
        said.push_str("Warning: chart media type application/tar+gzip is deprecated\n");
    }
    let Pulled { reference, digest, .. } = pulled;
    said.push_str(&format!("Pulled: {reference}\nDigest: {digest}\n{}", underscore(reference)));
    said
}

/// What is said of references that hold an underscore.
pub(crate) fn underscore(reference: &str) -> String {
    if !reference.contains('_') {
        return String::new();
    }
    format!(
        "{reference} contains an underscore.\n\nA tag in a registry can hold no plus sign (+). It \
         stands there as an underscore (_), and becomes a plus sign again on the way back.\n"
    )
}

fn warn(fetcher: &mut Fetcher<'_>) {
    for warning in fetcher.warnings.drain(..) {
        match warning {
            Warning::OtherVersion { chart, requested, selected } => log::warn(
                "unable to find exact version requested; falling back to closest available version",
                &[("chart", &chart), ("requested", &requested), ("selected", &selected)],
            ),
            Warning::OtherDigest { url, expected, found } => log::warn(
                "the archive is another one than the repository's index says",
                &[("url", &url), ("expected", &expected), ("found", &found)],
            ),
            Warning::Skipped { source, entry } => net::skipped(&[entry], &source),
            _ => {}
        }
    }
}
