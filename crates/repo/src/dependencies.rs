//! The charts that a chart needs, fetched into its `charts/`, and the lock file.

mod check;
mod hash;

pub use check::{Check, Verify};
pub use hash::{hash, hash_v2};

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::thread;

use pintle_chart::{Chart, Dependency, Loader, Lock, clean_path, pack};
use pintle_semver::{Constraint, Version};

use crate::content::Content;
use crate::http::{Client, Request};
use crate::oci::{Pulled, Reference, Registry};
use crate::reference::{Fetcher, Located};
use crate::repositories::{Entry, Repositories};
use crate::{Error, file, git, repository, url};

/// Updates or builds the dependencies of one chart. Everything is fetched before anything is
/// written.
#[derive(Debug)]
pub struct Manager<'c> {
    /// The chart's directory.
    pub chart: &'c Path,
    client: &'c Client,
    /// What asks registries.
    pub registry: Registry<'c>,
    /// Finds and fetches archives.
    pub fetcher: Fetcher<'c>,
    /// Whether to take the indexes as they are.
    pub skip_refresh: bool,
    /// How signatures are checked; `None`, as it begins, for not at all.
    pub check: Option<Check<'c>>,
    /// The time to note in the lock file, in the form of RFC 3339.
    pub now: String,
    /// What Helm says on the way.
    pub said: String,
    /// Charts that came from registries before they were asked for.
    pulled: Vec<(Reference, Result<Pulled, Error>)>,
    /// Charts that came from git repositories.
    cloned: RefCell<Vec<(git::Source, Rc<git::Cloned>)>>,
}

/// Where a dependency comes from.
#[derive(Clone, Debug)]
enum Origin {
    /// It is in `charts/` already.
    Charts,
    /// A directory.
    Directory(PathBuf),
    /// A git repository.
    Git(git::Source),
    /// A registry.
    Registry,
    /// A repository; one that has no name gets one for its index.
    Repository(Entry),
}

/// What indexes of repositories without a name are kept under.
const UNNAMED: &str = "helm-manager-";

/// An archive that goes to `charts/`.
struct Saved {
    name: String,
    archive: Vec<u8>,
}

impl<'c> Manager<'c> {
    /// Looks after the dependencies of the chart in the directory `chart`; `now` is the time to note
    /// in the lock file, in the form of RFC 3339.
    pub fn new(
        chart: &'c Path,
        fetcher: Fetcher<'c>,
        registry: Registry<'c>,
        now: impl Into<String>,
    ) -> Self {
        Self {
            chart,
            client: fetcher.client,
            registry,
            fetcher,
            skip_refresh: false,
            check: None,
            now: now.into(),
            said: String::new(),
            pulled: Vec::new(),
            cloned: RefCell::default(),
        }
    }

    /// Chooses versions anew, fetches them and writes the lock file.
    ///
    /// # Errors
    ///
    /// Something cannot be found, fetched or written; the chart is as it was then.
    pub fn update(&mut self) -> Result<(), Error> {
        let chart = self.load()?;
        let Some(mut wanted) = chart.metadata.dependencies.clone() else { return Ok(()) };
        let sources = self.sources(&mut wanted)?;
        self.refresh(&sources)?;
        let locked = self.choose(&wanted, &sources)?;
        self.save(&locked, &sources)?;
        let digest = hash(&wanted, &locked)?;
        if chart.lock.is_some_and(|lock| lock.digest == digest) {
            return Ok(());
        }
        let generated = self.now.clone();
        let lock = Lock { generated, digest, dependencies: Some(locked) };
        self.write_lock(&lock, chart.metadata.api_version == "v1")
    }

    /// Fetches what the lock file says; without one, as [`update`](Self::update).
    ///
    /// # Errors
    ///
    /// The lock file does not fit the chart, or as [`update`](Self::update).
    pub fn build(&mut self) -> Result<(), Error> {
        let chart = self.load()?;
        let Some(lock) = chart.lock else { return self.update() };
        let v1 = chart.metadata.api_version == "v1";
        let mut wanted = chart.metadata.dependencies.clone().unwrap_or_default();
        let old = hash_v2(&wanted)?;
        self.sources(&mut wanted)?;
        let mut locked = lock.dependencies.unwrap_or_default();
        if hash(&wanted, &locked)? != lock.digest && (!v1 || old != lock.digest) {
            return Err(Error::Other(if v1 {
                "the lock file (requirements.lock) is out of sync with the dependencies file \
                 (requirements.yaml). Please update the dependencies"
                    .to_owned()
            } else {
                "the lock file (Chart.lock) is out of sync with the dependencies file \
                 (Chart.yaml). Please update the dependencies with 'helm dependency update'"
                    .to_owned()
            }));
        }
        let sources = self.sources(&mut locked)?;
        let missing: Vec<&str> = locked
            .iter()
            .zip(&sources)
            .filter(
                |(_, from)| matches!(from, Origin::Repository(e) if e.name.starts_with(UNNAMED)),
            )
            .map(|(dependency, _)| dependency.repository.as_str())
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(Error::Other(format!("no repository definition for {missing}")));
        }
        self.refresh(&sources)?;
        self.save(&locked, &sources)
    }

    fn load(&self) -> Result<Chart, Error> {
        let path = self.chart;
        let meta = fs::metadata(path).map_err(|error| {
            Error::Other(format!(
                "could not find {0}: stat {0}: {1}",
                path.display(),
                pintle_chart::go_text(&error)
            ))
        })?;
        if !meta.is_dir() {
            return Err(Error::Other("only unpacked charts can be updated".to_owned()));
        }
        load(path)
    }

    /// Where each dependency comes from; names of repositories give way to their URLs.
    fn sources(&self, wanted: &mut [Dependency]) -> Result<Vec<Origin>, Error> {
        let file = Repositories::read(self.fetcher.config)?.unwrap_or_default();
        let mut missing: Vec<String> = Vec::new();
        let mut sources = Vec::with_capacity(wanted.len());
        for dependency in wanted {
            let repository = dependency.repository.clone();
            let named = repository.strip_prefix('@').or_else(|| repository.strip_prefix("alias:"));
            let from = if repository.is_empty() {
                Origin::Charts
            } else if repository.starts_with("file://") {
                Origin::Directory(self.local(&repository)?)
            } else if repository.starts_with("oci://") {
                Origin::Registry
            } else if repository.starts_with("git+") {
                let source = git::Source::parse(&repository);
                Origin::Git(source.ok_or_else(|| {
                    let repository = pintle_strconv::quote(&repository);
                    Error::Other(format!("{repository} is no chart in a git repository"))
                })?)
            } else if let Some(entry) = file.repositories.iter().find(|entry| match named {
                Some(name) => entry.name == name,
                None => same(&entry.url, &repository),
            }) {
                if named.is_some() {
                    dependency.repository.clone_from(&entry.url);
                }
                Origin::Repository(entry.clone())
            } else if url::is_absolute(&repository) && repository.contains("://") {
                let name = format!("{UNNAMED}{}", Content::digest(repository.as_bytes()));
                Origin::Repository(Entry { name, url: repository, ..Entry::default() })
            } else {
                missing.push(repository);
                continue;
            };
            sources.push(from);
        }
        if missing.is_empty() {
            return Ok(sources);
        }
        let mut text = format!(
            "no repository definition for {}. Please add them via 'helm repo add'",
            missing.join(", ")
        );
        let name = |text: &String| {
            !text.contains("//") && !text.starts_with('@') && !text.starts_with("alias:")
        };
        if missing.iter().any(name) {
            text.push_str(
                "\nA repository is named by its URL, or by @ and the name that it was added under: \
                 \"https://charts.example.com/\" or \"@example\", not \"example\".",
            );
        }
        Err(Error::Other(text))
    }

    /// The directory that a repository `file://…` stands for.
    fn local(&self, repository: &str) -> Result<PathBuf, Error> {
        let path = repository.strip_prefix("file://").unwrap_or(repository);
        let path = clean_path(&self.chart.join(path));
        if fs::metadata(&path).is_err() {
            return Err(Error::Other(format!("directory {} not found", path.display())));
        }
        Ok(path)
    }

    /// Fetches the indexes that are needed, where they have changed.
    fn refresh(&mut self, sources: &[Origin]) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        let entries: Vec<&Entry> = sources
            .iter()
            .filter_map(|from| match from {
                Origin::Repository(entry) if seen.insert(&entry.name) => Some(entry),
                _ => None,
            })
            .collect();
        if self.skip_refresh || entries.is_empty() {
            return Ok(());
        }
        if self.fetcher.offline {
            let first = entries.first().map(|entry| entry.url.clone()).unwrap_or_default();
            return Err(Error::Offline(first));
        }
        let unnamed = |entry: &Entry| entry.name.starts_with(UNNAMED);
        if entries.iter().any(|entry| unnamed(entry)) {
            self.said.push_str("Getting updates for unmanaged Helm repositories...\n");
        }
        let named = entries.iter().any(|entry| !unnamed(entry));
        if named {
            self.said
                .push_str("Hang tight while we grab the latest from your chart repositories...\n");
        }
        let answers =
            repository::refresh(self.client, &entries, self.fetcher.cache, Request::TIMEOUT);
        for (entry, answer) in entries.iter().zip(answers) {
            let name = if unnamed(entry) { &entry.url } else { &entry.name };
            let name = pintle_strconv::quote(name);
            match answer {
                Ok(_) => self.said.push_str(&format!(
                    "...Successfully got an update from the {name} chart repository\n"
                )),
                Err(error) => self.said.push_str(&format!(
                    "...Unable to get an update from the {name} chart repository:\n\t{error}\n"
                )),
            }
        }
        if named {
            self.said.push_str("Update Complete. ⎈Happy Helming!⎈\n");
        }
        Ok(())
    }

    /// Fetches a chart from a git repository, once.
    fn clone_once(&self, source: &git::Source) -> Result<Rc<git::Cloned>, Error> {
        let mut cloned = self.cloned.borrow_mut();
        if let Some((_, known)) = cloned.iter().find(|(known, _)| known == source) {
            return Ok(known.clone());
        }
        if self.fetcher.offline {
            return Err(Error::Offline(source.to_string()));
        }
        let fetched = Rc::new(source.fetch()?);
        cloned.push((source.clone(), fetched.clone()));
        Ok(fetched)
    }

    /// Chooses the version of each dependency.
    fn choose(&self, wanted: &[Dependency], sources: &[Origin]) -> Result<Vec<Dependency>, Error> {
        let mut missing: Vec<String> = Vec::new();
        let mut locked = Vec::with_capacity(wanted.len());
        for (dependency, from) in wanted.iter().zip(sources) {
            let Dependency { name, version, repository, .. } = dependency;
            let range = constraint(name, version)?;
            let fits = |text: &str| Version::parse(text).is_ok_and(|version| range.check(&version));
            let chosen = match from {
                Origin::Charts => {
                    self.local(&format!("charts/{name}"))?;
                    Some(version.clone())
                }
                Origin::Directory(path) => {
                    Some(load(path)?.metadata.version).filter(|version| fits(version))
                }
                Origin::Git(source) => {
                    let cloned = self.clone_once(source)?;
                    let found = &cloned.chart.metadata.version;
                    if fits(found) {
                        // The lock file names the commit, whatever becomes of the branch.
                        locked.push(Dependency {
                            name: name.clone(),
                            version: found.clone(),
                            repository: source.at(&cloned.commit).to_string(),
                            ..Dependency::default()
                        });
                        continue;
                    }
                    None
                }
                Origin::Registry if Version::parse(version).is_ok() => Some(version.clone()),
                Origin::Registry => {
                    let reference = Reference::parse(&format!("{repository}/{name}"))?;
                    let tags = self.registry.tags(&reference).map_err(|error| {
                        Error::Other(format!(
                            "could not retrieve list of tags for repository {repository}: {error}"
                        ))
                    })?;
                    tags.into_iter().find(|tag| fits(tag))
                }
                Origin::Repository(entry) => {
                    let index = self.index(entry)?;
                    let versions = index.entries.get(name).ok_or_else(|| {
                        Error::Other(format!("{name} chart not found in repo {repository}"))
                    })?;
                    versions
                        .iter()
                        .filter(|known| !known.urls.is_empty())
                        .map(|known| &known.metadata.version)
                        .find(|version| fits(version))
                        .cloned()
                }
            };
            match chosen {
                Some(version) => locked.push(Dependency {
                    name: name.clone(),
                    version,
                    repository: repository.clone(),
                    ..Dependency::default()
                }),
                None => missing.push(format!(
                    "{} (repository {}, version {})",
                    pintle_strconv::quote(name),
                    pintle_strconv::quote(repository),
                    pintle_strconv::quote(version)
                )),
            }
        }
        if missing.is_empty() {
            return Ok(locked);
        }
        Err(Error::Other(format!(
            "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version \
             exists in the repo, or change the version constraint in Chart.yaml",
            missing.len(),
            missing.join(", ")
        )))
    }

    fn index(&self, entry: &Entry) -> Result<crate::index::Index, Error> {
        repository::cached_index(self.fetcher.cache, &entry.name).map_err(|error| {
            Error::Other(format!(
                "no cached repository for {} found. (try 'helm repo update'): {error}",
                entry.name
            ))
        })
    }

    /// Fetches all, then puts them into `charts/` and removes what is outdated there.
    fn save(&mut self, locked: &[Dependency], sources: &[Origin]) -> Result<(), Error> {
        let charts = self.chart.join("charts");
        match fs::symlink_metadata(&charts) {
            Ok(meta) if meta.file_type().is_symlink() => {
                let text =
                    format!("{} is a symbolic link, which is not followed", charts.display());
                return Err(Error::Other(text));
            }
            Ok(meta) if !meta.is_dir() => {
                let name = pintle_strconv::quote(charts.to_string_lossy().as_bytes());
                return Err(Error::Other(format!("{name} is not a directory")));
            }
            _ => {}
        }
        self.said.push_str(&format!("Saving {} charts\n", locked.len()));
        self.fetch_ahead(locked, sources);
        let mut saved: Vec<Saved> = Vec::new();
        for (dependency, from) in locked.iter().zip(sources) {
            match self.fetch(dependency, from, &charts) {
                Ok(Some(archive)) if saved.iter().all(|known| known.name != archive.name) => {
                    saved.push(archive);
                }
                Ok(_) => {}
                Err(error) => {
                    self.said.push_str(&format!("Save error occurred:  {error}\n"));
                    return Err(error);
                }
            }
        }
        for Saved { name, archive } in &saved {
            Loader::new()
                .load_reader(archive.as_slice())
                .map_err(|error| Error::Other(format!("{name}: {error}")))?;
        }
        write_all(&charts, &saved)?;
        fs::create_dir_all(&charts).map_err(Error::io("mkdir", &charts))?;
        self.said.push_str("Deleting outdated charts\n");
        self.clean(&charts, locked, &saved)
    }

    /// Removes the archives in `charts/` that are no longer wanted.
    fn clean(
        &mut self,
        charts: &Path,
        locked: &[Dependency],
        saved: &[Saved],
    ) -> Result<(), Error> {
        let entries = fs::read_dir(charts).map_err(Error::io("open", charts))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() || saved.iter().any(|saved| saved.name == name) {
                continue;
            }
            match Loader::new().load_archive(&path) {
                Ok(chart) => {
                    let local = |dependency: &Dependency| {
                        dependency.repository.is_empty() && dependency.name == chart.name()
                    };
                    if !locked.iter().any(local) {
                        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
                    }
                }
                Err(error) => self.said.push_str(&format!(
                    "Could not verify {} for deletion: {error} (Skipping)\n",
                    path.display()
                )),
            }
        }
        Ok(())
    }

    /// Fetches all that comes over the network at the same time. What fails is said in its turn.
    fn fetch_ahead(&mut self, locked: &[Dependency], sources: &[Origin]) {
        let (mut located, mut references) = (Vec::new(), Vec::new());
        for (dependency, from) in locked.iter().zip(sources) {
            match from {
                Origin::Repository(entry) => {
                    located.extend(self.locate(entry, &dependency.name, &dependency.version).ok());
                }
                Origin::Registry => references.extend(reference(dependency).ok()),
                _ => {}
            }
        }
        self.fetcher.fetch_ahead(&located);
        // Those that are checked come with their provenance, one by one.
        if references.len() > 1 && !self.fetcher.offline && self.check.is_none() {
            let pulled = self.registry.pull_all(&references);
            self.pulled = references.into_iter().zip(pulled).collect();
        }
    }

    /// Fetches one dependency; `None` if it is there already.
    fn fetch(
        &mut self,
        dependency: &Dependency,
        from: &Origin,
        charts: &Path,
    ) -> Result<Option<Saved>, Error> {
        let Dependency { name, version, repository, .. } = dependency;
        match from {
            Origin::Charts => {
                self.said.push_str(&format!(
                    "Dependency {name} did not declare a repository. Assuming it exists in the \
                     charts directory\n"
                ));
                let path = charts.join(name);
                let found = load(&path)
                    .map_err(|error| {
                        let path = path.display();
                        Error::Other(format!("unable to load chart '{path}': {error}"))
                    })?
                    .metadata
                    .version;
                let range = constraint(name, version)?;
                if Version::parse(&found).is_ok_and(|found| range.check(&found)) {
                    return Ok(None);
                }
                Err(Error::Other(format!(
                    "dependency {name} at version {found} does not satisfy the constraint {version}"
                )))
            }
            Origin::Directory(path) => {
                let mut chart = load(path)?;
                let range = constraint(name, version)?;
                let found = chart.metadata.version.clone();
                if !Version::parse(&found).is_ok_and(|found| range.check(&found)) {
                    let text = format!("can't get a valid version for dependency {name}");
                    return Err(Error::Other(text));
                }
                let archive =
                    pack(&mut chart, 0).map_err(|error| Error::Other(error.to_string()))?;
                let name = format!("{}-{found}.tgz", chart.name());
                Ok(Some(Saved { name, archive }))
            }
            Origin::Git(source) => {
                self.said.push_str(&format!("Downloading {name} from repo {repository}\n"));
                let cloned = self.clone_once(source)?;
                let found = &cloned.chart.metadata;
                if found.name != *name || found.version != *version {
                    return Err(Error::Other(format!(
                        "{repository} holds the chart {} {}, not {name} {version}",
                        found.name, found.version
                    )));
                }
                let name = format!("{name}-{version}.tgz");
                if let Some(check) = &self.check {
                    let missing = Err("a git repository has none".to_owned());
                    let said = check.judge(repository, &name, &cloned.archive, missing)?;
                    self.said.push_str(&said);
                }
                Ok(Some(Saved { name, archive: cloned.archive.clone() }))
            }
            Origin::Registry => {
                self.said.push_str(&format!("Downloading {name} from repo {repository}\n"));
                if self.fetcher.offline {
                    return Err(Error::Offline(repository.clone()));
                }
                let reference = reference(dependency)?;
                let ahead = self.pulled.iter().position(|(known, _)| *known == reference);
                let checked = self.check.is_some();
                let pulled = match ahead {
                    Some(at) => self.pulled.swap_remove(at).1,
                    None => self.registry.pull(&reference, checked),
                };
                let mut pulled = pulled.map_err(|error| {
                    Error::Other(format!("could not download {repository}/{name}: {error}"))
                })?;
                let (whole, digest) = (&pulled.reference, &pulled.digest);
                self.said.push_str(&format!("Pulled: {whole}\nDigest: {digest}\n"));
                if let Some(check) = &self.check {
                    let missing = || "the registry has none".to_owned();
                    let provenance = pulled.provenance.take().ok_or_else(missing);
                    let url = format!("oci://{reference}");
                    let file = reference.file_name();
                    let said = check.judge(&url, &file, &pulled.archive, provenance)?;
                    self.said.push_str(&said);
                }
                Ok(Some(Saved { name: reference.file_name(), archive: pulled.archive }))
            }
            Origin::Repository(entry) => {
                let located = self.locate(entry, name, version)?;
                self.said.push_str(&format!("Downloading {name} from repo {repository}\n"));
                let fetched = self.fetcher.fetch(&located).map_err(|error| {
                    let url = crate::http::redacted(&located.url);
                    Error::Other(format!("could not download {url}: {error}"))
                })?;
                let plain = !matches!(fetched.name.as_str(), "" | "." | "..")
                    && !fetched.name.contains(['/', '\\', '\0']);
                if !plain {
                    let url = crate::http::redacted(&located.url);
                    return Err(Error::Other(format!("the URL {url} does not name a file")));
                }
                if let Some(check) = &self.check {
                    let url = crate::http::redacted(&located.url);
                    let provenance = self.fetcher.provenance(&located);
                    let provenance = provenance.map_err(|error| error.to_string());
                    let said = check.judge(&url, &fetched.name, &fetched.archive, provenance)?;
                    self.said.push_str(&said);
                }
                Ok(Some(Saved { name: fetched.name, archive: fetched.archive }))
            }
        }
    }

    fn locate(&self, entry: &Entry, name: &str, version: &str) -> Result<Located, Error> {
        let index = self.index(entry)?;
        let fails = |why: &str| Error::Other(format!("could not find {name}: {why}"));
        let versions = index.entries.get(name).ok_or_else(|| fails("entry not found"))?;
        let wanted = Version::parse(version).ok();
        let same = |text: &str| match &wanted {
            Some(wanted) => Version::parse(text).is_ok_and(|known| known == *wanted),
            None => text == version,
        };
        let found = versions.iter().find(|known| {
            !known.urls.is_empty() && (version.is_empty() || same(&known.metadata.version))
        });
        let found = found.ok_or_else(|| fails("no matching version"))?;
        let first = found.urls.first().map(String::as_str).unwrap_or_default();
        Ok(Located {
            url: url::resolve(&entry.url, first)?,
            digest: found.digest.clone(),
            access: entry.access(),
        })
    }

    fn write_lock(&self, lock: &Lock, v1: bool) -> Result<(), Error> {
        let name = if v1 { "requirements.lock" } else { "Chart.lock" };
        let path = self.chart.join(name);
        if let Ok(target) = fs::read_link(&path) {
            let target = pintle_strconv::quote(target.to_string_lossy().as_bytes());
            return Err(Error::Other(format!("the {name} file is a symlink to {target}")));
        }
        let text = pintle_yaml::to_yaml(&lock.to_value())
            .map_err(|error| Error::Other(error.to_string()))?;
        file::write(&path, text.as_bytes(), 0o644).map_err(Error::io("write", &path))
    }
}

/// Writes archives, several at a time: most of it is waiting for the disk.
fn write_all(charts: &Path, saved: &[Saved]) -> Result<(), Error> {
    const THREADS: usize = 8;
    let write = |Saved { name, archive }: &Saved| {
        let path = charts.join(name);
        file::write(&path, archive, 0o644).map_err(Error::io("write", &path))
    };
    let share = saved.len().div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = saved
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().try_for_each(write)))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            let early = || Err(Error::Other("a thread that writes ended early".to_owned()));
            worker.join().unwrap_or_else(|_| early())
        })
    })
}

fn reference(dependency: &Dependency) -> Result<Reference, Error> {
    let Dependency { name, version, repository, .. } = dependency;
    Reference::parse(&format!("{repository}/{name}:{version}"))
}

fn load(path: &Path) -> Result<Chart, Error> {
    Loader::new().load_directory(path).map_err(|error| Error::Other(error.to_string()))
}

fn constraint(name: &str, range: &str) -> Result<Constraint, Error> {
    Constraint::parse(range).map_err(|error| {
        let name = pintle_strconv::quote(name);
        Error::Other(format!("dependency {name} has an invalid version/constraint format: {error}"))
    })
}

/// Whether two URLs are the same but for a slash at the end.
fn same(a: &str, b: &str) -> bool {
    a.trim_end_matches('/') == b.trim_end_matches('/')
}
