//! What stands for a chart on the command line, and the archive that it leads to.

use std::path::{Path, PathBuf};

use crate::content::{Content, Kind, normalized};
use crate::http::{Access, Client, Request, redacted};
use crate::repositories::{Entry, Repositories};
use crate::{Error, index, repository, url};

/// An archive is not larger.
const MAX_ARCHIVE: u64 = 512 << 20;

/// Finds and fetches charts.
#[derive(Debug)]
pub struct Fetcher<'c> {
    /// What fetches.
    pub client: &'c Client,
    /// `repositories.yaml`.
    pub config: &'c Path,
    /// The directory with the indexes of repositories.
    pub cache: &'c Path,
    /// The charts that were fetched before.
    pub content: Content,
    /// How to ask, as far as no repository says otherwise.
    pub access: Access,
    /// Whether to refuse the network; what the content cache has is still there.
    pub offline: bool,
    /// Archives that came before they were asked for, by URL.
    pub ahead: Vec<(String, Result<Vec<u8>, crate::http::Error>)>,
    /// What was worth saying.
    pub warnings: Vec<Warning>,
}

/// What is worth saying about a chart that was found all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// One exact version was asked for and another one taken.
    OtherVersion {
        /// The chart's name.
        chart: String,
        /// The version asked for.
        requested: String,
        /// The version taken.
        selected: String,
    },
    /// The archive has another digest than the index says.
    OtherDigest {
        /// Where the archive is.
        url: String,
        /// What the index says.
        expected: String,
        /// What it has.
        found: String,
    },
    /// An entry of an index is left out.
    Skipped {
        /// The index.
        source: String,
        /// What is left out.
        entry: index::Skipped,
    },
}

/// Where a chart's archive is, and how to ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The archive's URL.
    pub url: String,
    /// Its digest, if an index says it.
    pub digest: String,
    /// How to ask.
    pub access: Access,
}

/// An archive that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes.
    pub archive: Vec<u8>,
    /// Where it is in the content cache, if it is there.
    pub cached: Option<PathBuf>,
    /// The name of its file at the server.
    pub name: String,
}

impl Fetcher<'_> {
    /// Finds the archive that `reference` stands for: a URL, or a chart as `repository/chart`.
    ///
    /// # Errors
    ///
    /// There is no such repository, chart or version.
    pub fn locate(&mut self, reference: &str, version: &str) -> Result<Located, Error> {
        let repositories = Repositories::read(self.config)?.unwrap_or_default();
        if url::is_absolute(reference) && reference.contains("://") {
            return self.owner(reference, &repositories);
        }
        let Some((repository, chart)) = reference.split_once('/') else {
            return Err(Error::Reference(reference.to_owned()));
        };
        let entry = repositories
            .get(repository)
            .ok_or_else(|| Error::UnknownRepository(repository.to_owned()))?;
        if entry.url.is_empty() {
            return Err(Error::Other(format!("no URL found for repository {repository}")));
        }
        let index = repository::cached_versions(self.cache, &entry.name, chart)
            .map_err(|error| Error::NoIndex(Box::new(error)))?;
        self.skipped(&index.skipped, &entry.index_file(self.cache).display().to_string());
        let found = index.find(chart, version).map_err(|error| Error::NotFound {
            chart: chart.to_owned(),
            version: version.to_owned(),
            repository: entry.name.clone(),
            why: error.to_string(),
        })?;
        self.chosen(chart, version, found);
        let first = found.version.urls.first().ok_or_else(|| Error::NoUrl(reference.to_owned()))?;
        let located = Located {
            url: url::resolve(&entry.url, first)?,
            digest: found.version.digest.clone(),
            access: self.access_of(entry),
        };
        leave(index);
        Ok(located)
    }

    /// Finds a chart in the repository at a URL, which need not have a name.
    ///
    /// # Errors
    ///
    /// There is no repository, or no such chart or version in it.
    pub fn locate_at(
        &mut self,
        repository: &str,
        chart: &str,
        version: &str,
    ) -> Result<Located, Error> {
        let access = Access { origin: repository.to_owned(), ..self.access.clone() };
        let entry = Entry {
            url: repository.to_owned(),
            username: access.username.clone(),
            password: access.password.clone(),
            cert_file: access.tls.cert_file.clone(),
            key_file: access.tls.key_file.clone(),
            ca_file: access.tls.ca_file.clone(),
            insecure_skip_tls_verify: access.tls.insecure_skip_verify,
            pass_credentials_all: access.pass_credentials,
            ..Entry::default()
        };
        self.allowed(repository)?;
        let index = repository::fetch_index(self.client, &entry)?;
        self.skipped(&index.skipped, repository);
        let found = index.find(chart, version).map_err(|_| Error::NotFoundAt {
            chart: chart.to_owned(),
            version: version.to_owned(),
            url: repository.to_owned(),
        })?;
        self.chosen(chart, version, found);
        let first = found.version.urls.first().ok_or_else(|| Error::NoUrl(chart.to_owned()))?;
        let located = Located {
            url: url::resolve(repository, first)?,
            digest: found.version.digest.clone(),
            access,
        };
        leave(index);
        Ok(located)
    }

    /// Fetches an archive, or takes it from the content cache, and keeps it there.
    ///
    /// # Errors
    ///
    /// It cannot be fetched or kept.
    pub fn fetch(&mut self, located: &Located) -> Result<Fetched, Error> {
        let mut fetched = self.download(located)?;
        if fetched.cached.is_none() {
            let digest = Content::digest(&fetched.archive);
            fetched.cached = Some(self.content.put(&digest, &fetched.archive, Kind::Chart)?);
        }
        Ok(fetched)
    }

    /// As [`fetch`](Self::fetch), without keeping it.
    ///
    /// # Errors
    ///
    /// It cannot be fetched.
    pub fn download(&mut self, located: &Located) -> Result<Fetched, Error> {
        let name = url::file_name(&located.url);
        let expected = normalized(&located.digest);
        if let Some(digest) = &expected
            && let Some((path, archive)) = self.content.get(digest, Kind::Chart)
        {
            return Ok(Fetched { archive, cached: Some(path), name });
        }
        let archive = self.get(&located.url, located)?;
        let found = Content::digest(&archive);
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            let url = redacted(&located.url);
            self.warnings.push(Warning::OtherDigest { url, expected, found });
        }
        Ok(Fetched { archive, cached: None, name })
    }

    /// Fetches the provenance file of an archive.
    ///
    /// # Errors
    ///
    /// It cannot be fetched.
    pub fn provenance(&self, located: &Located) -> Result<Vec<u8>, Error> {
        self.get(&format!("{}.prov", located.url), located)
    }

    /// Fetches archives that will be asked for, all at the same time; those that the content cache has
    /// are left out. What fails is said when it is asked for.
    pub fn fetch_ahead(&mut self, all: &[Located]) {
        let wanted: Vec<&Located> = all
            .iter()
            .filter(|located| {
                let digest = normalized(&located.digest);
                let kept = digest.is_some_and(|digest| self.content.has(&digest, Kind::Chart));
                !kept && !self.offline
            })
            .collect();
        if wanted.len() < 2 {
            return;
        }
        let requests: Vec<Request> = wanted.iter().map(|one| request(&one.url, one)).collect();
        let answers = self.client.get_all(&requests);
        let came = wanted.iter().zip(answers);
        self.ahead.extend(
            came.map(|(located, answer)| (located.url.clone(), answer.map(|answer| answer.body))),
        );
    }

    fn allowed(&self, url: &str) -> Result<(), Error> {
        if self.offline { Err(Error::Offline(redacted(url))) } else { Ok(()) }
    }

    fn get(&self, url: &str, located: &Located) -> Result<Vec<u8>, Error> {
        self.allowed(url)?;
        if let Some((_, came)) = self.ahead.iter().find(|(known, _)| known == url) {
            return came.clone().map_err(Error::Http);
        }
        Ok(self.client.get(&request(url, located))?.body)
    }

    /// How to fetch a URL: as the repository says that has it in its index, if one does.
    fn owner(&self, reference: &str, repositories: &Repositories) -> Result<Located, Error> {
        let plain = Located {
            url: reference.to_owned(),
            digest: String::new(),
            access: Access { origin: reference.to_owned(), ..self.access.clone() },
        };
        for entry in &repositories.repositories {
            let index = match repository::cached_index(self.cache, &entry.name) {
                Ok(index) => index,
                Err(error @ Error::Io { .. }) => return Err(Error::NoIndex(Box::new(error))),
                Err(_) => continue,
            };
            let mut versions = index.entries.values().flatten();
            if versions.any(|version| version.urls.iter().any(|url| url == reference)) {
                return Ok(Located { access: self.access_of(entry), ..plain });
            }
            leave(index);
        }
        Ok(plain)
    }

    /// How to ask a repository: as it says itself where it does.
    fn access_of(&self, entry: &Entry) -> Access {
        let mut access = Access { origin: entry.url.clone(), ..self.access.clone() };
        let own = entry.access();
        if !own.tls.cert_file.is_empty()
            || !own.tls.key_file.is_empty()
            || !own.tls.ca_file.is_empty()
        {
            let insecure_skip_verify = access.tls.insecure_skip_verify;
            access.tls = own.tls;
            access.tls.insecure_skip_verify = insecure_skip_verify;
        }
        if !own.username.is_empty() && !own.password.is_empty() {
            access.username = own.username;
            access.password = own.password;
            access.pass_credentials = own.pass_credentials;
        }
        access
    }

    fn chosen(&mut self, chart: &str, version: &str, found: index::Found<'_>) {
        if found.other {
            self.warnings.push(Warning::OtherVersion {
                chart: chart.to_owned(),
                requested: version.to_owned(),
                selected: found.version.metadata.version.clone(),
            });
        }
    }

    fn skipped(&mut self, skipped: &[index::Skipped], source: &str) {
        let warnings = skipped
            .iter()
            .map(|entry| Warning::Skipped { source: source.to_owned(), entry: entry.clone() });
        self.warnings.extend(warnings);
    }
}

fn request(url: &str, located: &Located) -> Request {
    Request::new(url)
        .access(located.access.clone())
        .accept("application/gzip,application/octet-stream")
        .limit(MAX_ARCHIVE)
}

/// Taking a large index apart takes longer than what is left to do; a program that fetches one
/// chart ends soon after.
fn leave(index: index::Index) {
    std::mem::forget(index);
}
