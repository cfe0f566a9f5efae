//! Charts by what stands for them on the command line: found, fetched, kept.

use std::path::Path;

use pintle_repo::content::Content;
use pintle_repo::http::Client;
use pintle_repo::reference::{Fetched, Fetcher, Located, Warning};

use crate::context::Context;
use crate::failure::Failure;
use crate::{log, net};

/// A chart to be fetched, by the flags of [`crate::flags::CHART`].
pub(crate) struct Remote<'c> {
    fetcher: Fetcher<'c>,
    pub(crate) located: Located,
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
        if name.starts_with("oci://") && repository.is_empty() {
            return Err(Failure::new(format!(
                "cannot fetch {}: registries cannot be asked yet",
                pintle_strconv::quote(name)
            )));
        }
        let mut fetcher = Fetcher {
            client,
            config: Path::new(&settings.repository_config),
            cache: Path::new(&settings.repository_cache),
            content: Content::new(&settings.content_cache),
            access: net::access(parsed, ""),
            offline: settings.offline,
            warnings: Vec::new(),
        };
        let version = match parsed.text("version").unwrap_or_default().trim() {
            "" if parsed.is("devel") => ">0.0.0-0",
            version => version,
        };
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
        Ok(Self { fetcher, located })
    }

    /// Fetches its archive and keeps it in the content cache.
    ///
    /// # Errors
    ///
    /// It cannot be fetched or kept.
    pub(crate) fn fetch(&mut self) -> Result<Fetched, Failure> {
        let fetched = self.fetcher.fetch(&self.located);
        warn(&mut self.fetcher);
        fetched.map_err(|error| Failure::new(error.to_string()))
    }

    /// Fetches its archive.
    ///
    /// # Errors
    ///
    /// It cannot be fetched.
    pub(crate) fn download(&mut self) -> Result<Fetched, Failure> {
        let fetched = self.fetcher.download(&self.located);
        warn(&mut self.fetcher);
        fetched.map_err(|error| Failure::new(error.to_string()))
    }

    /// Fetches its provenance file.
    pub(crate) fn provenance(&self) -> Result<Vec<u8>, pintle_repo::Error> {
        self.fetcher.provenance(&self.located)
    }
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
