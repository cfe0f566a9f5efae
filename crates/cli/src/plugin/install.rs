//! Where plugins come from, and how they get to their place.

pub(crate) mod archive;
mod git;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pintle_chart::go_text;
use pintle_repo::file;
use pintle_repo::http::{self, Request};
use pintle_repo::oci::Reference;

use super::signed::MAX_ARCHIVE;
use super::{FILE, Metadata, Plugin, load};
use crate::context::Context;
use crate::failure::Failure;
use crate::provenance::{self, MAX_PROVENANCE, Verification, beside, read};
use crate::{log, net};

/// Where a plugin comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A directory, which is linked to.
    Directory(PathBuf),
    /// An archive on this machine.
    Archive(PathBuf),
    /// An archive on a server.
    Url(String),
    /// A registry.
    Registry(String),
    /// A repository of git.
    Git(String),
}

/// A plugin that got to its place.
pub(crate) struct Installed {
    pub(crate) plugin: Plugin,
    pub(crate) verification: Option<Verification>,
    /// What Helm says on the way.
    pub(crate) said: String,
}

/// The endings of archives.
const ENDINGS: [&str; 2] = [".tar.gz", ".tgz"];

fn is_archive(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

impl Source {
    /// What the user named.
    pub(crate) fn of(context: &Context, source: &str) -> Result<Self, Failure> {
        if source.starts_with("oci://") {
            return Ok(Self::Registry(source.to_owned()));
        }
        if let Ok(meta) = fs::metadata(source) {
            let path = std::path::absolute(source).unwrap_or_else(|_| PathBuf::from(source));
            let path = PathBuf::from(crate::paths::clean(&path));
            if is_archive(source) {
                return Ok(Self::Archive(path));
            }
            if !meta.is_dir() {
                return Err(Failure::new(
                    "expected plugin to be a directory (containing a file 'plugin.yaml')",
                ));
            }
            return Ok(Self::Directory(path));
        }
        let by_http = source.starts_with("http://") || source.starts_with("https://");
        if by_http && (is_archive(source) || serves_archive(context, source)?) {
            return Ok(Self::Url(source.to_owned()));
        }
        if git::may_be(source) {
            return Ok(Self::Git(source.to_owned()));
        }
        Err(Failure::new(format!(
            "cannot get information about plugin source {} (if it's a local directory, does it \
             exist?), last error was: Cannot detect VCS",
            pintle_strconv::quote(source)
        )))
    }

    /// Whether a signature can come with it.
    pub(crate) fn can_be_signed(&self) -> bool {
        match self {
            Self::Archive(_) | Self::Registry(_) => true,
            Self::Url(url) => is_archive(url),
            Self::Directory(_) | Self::Git(_) => false,
        }
    }

    /// The directory that the plugin gets.
    fn name(&self) -> Result<String, Failure> {
        let of_path =
            |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let last = |url: &str| {
            let path = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
            path.rsplit(['/', ':']).next().unwrap_or_default().to_owned()
        };
        let name = match self {
            Self::Directory(path) => of_path(path),
            Self::Archive(path) => without_version(&of_path(path)),
            Self::Url(url) => without_version(&last(url)),
            Self::Registry(reference) => {
                let parsed = Reference::parse(reference)
                    .map_err(|error| Failure::new(format!("invalid OCI reference: {error}")))?;
                last(&parsed.repository)
            }
            Self::Git(url) => last(url),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | ' ');
        if name.trim_matches(['.', ' ']).is_empty() || !name.chars().all(plain) {
            let name = pintle_strconv::quote(&name);
            return Err(Failure::new(format!("{name} cannot be the directory of a plugin")));
        }
        Ok(name)
    }
}

/// The name of an archive without its ending and its version.
fn without_version(name: &str) -> String {
    let name = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let versioned = name.rmatch_indices('-').find(|(at, _)| {
        let digits =
            name.get(at + 1..).unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < name.len() - at - 1 && digits.starts_with('.')
    });
    match versioned {
        Some((at, _)) => name.get(..at).unwrap_or(name).to_owned(),
        None => name.to_owned(),
    }
}

/// Whether what a server has there is an archive, by the type that it says.
fn serves_archive(context: &Context, url: &str) -> Result<bool, Failure> {
    net::allowed(context, url)?;
    let client = net::client(context);
    let access = net::access(&context.parsed, url);
    // Helm asks for the head alone; an archive is not fetched twice here, as it has an ending
    // mostly.
    let answer = client.get(&Request::new(url).access(access).limit(MAX_ARCHIVE));
    let types =
        ["application/gzip", "application/x-gzip", "application/x-tgz", "application/x-gtar"];
    Ok(answer.is_ok_and(|answer| {
        let kind = answer.content_type.to_ascii_lowercase();
        types.contains(&kind.split(';').next().unwrap_or_default().trim())
    }))
}

/// An archive with what is known of it.
struct Fetched {
    archive: Vec<u8>,
    provenance: Option<Vec<u8>>,
    /// The name that the provenance file has for it.
    name: String,
    said: String,
}

/// Puts a plugin into its place, the directory of plugins. With `verify` only if it is what was
/// signed. Nothing of it is run.
pub(crate) fn install(
    context: &Context,
    source: &Source,
    verify: bool,
) -> Result<Installed, Failure> {
    let name = source.name()?;
    let plugins = load::directories(&context.settings).into_iter().next().unwrap_or_default();
    let place = plugins.join(&name);
    fs::create_dir_all(&plugins).map_err(|error| {
        Failure::new(format!("mkdir {}: {}", plugins.display(), go_text(&error)))
    })?;
    if fs::symlink_metadata(&place).is_ok() {
        let pairs = [("path", &*place.to_string_lossy()), ("error", "<nil>")];
        log::warn("plugin already exists", &pairs);
        return Err(Failure::new("plugin already exists"));
    }
    let fetched = match source {
        Source::Directory(path) => {
            link(context, path, &place)?;
            return finished(&place, None, String::new());
        }
        Source::Git(url) => {
            let version = context.parsed.text("version").unwrap_or_default();
            git::install(context, url, version, &plugins, &place)?;
            return finished(&place, None, String::new());
        }
        Source::Archive(path) => local(path, verify),
        Source::Url(url) => remote(context, url, verify),
        Source::Registry(reference) => from_registry(context, reference, &name),
    };
    let fetched = match fetched {
        Err(failure) if verify => Err(failure.within("failed to get verification data: ")),
        other => other,
    }?;
    let verification = if verify { Some(check(context, &fetched)?) } else { None };
    let members = archive::read(&fetched.archive)?;
    let metadata = archive::metadata(&members)?;
    refuse_unusable(&place, &metadata)?;
    archive::unpack(&members, &plugins, &place)?;
    // Kept for who asks later whether it came signed.
    let kept = super::signed::archive(&plugins, &Plugin { directory: place.clone(), metadata });
    let write = |path: &Path, bytes: &[u8]| {
        file::write(path, bytes, 0o644)
            .map_err(|error| Failure::new(format!("write {}: {}", path.display(), go_text(&error))))
    };
    write(&kept, &fetched.archive)?;
    match &fetched.provenance {
        Some(provenance) => write(&beside(&kept), provenance)?,
        // What was there before belongs to another archive.
        None => drop(fs::remove_file(beside(&kept))),
    }
    finished(&place, verification, fetched.said)
}

fn finished(
    place: &Path,
    verification: Option<Verification>,
    said: String,
) -> Result<Installed, Failure> {
    let plugin = load::load(place)
        .map_err(|error| Failure::new(format!("plugin is installed but unusable: {error}")))?;
    Ok(Installed { plugin, verification, said })
}

fn check(context: &Context, fetched: &Fetched) -> Result<Verification, Failure> {
    let Fetched { archive, provenance, name, .. } = fetched;
    let provenance = provenance.as_ref().filter(|provenance| !provenance.is_empty());
    let Some(provenance) = provenance else {
        return Err(Failure::new("plugin verification failed: no provenance file (.prov) found"));
    };
    provenance::check_by(&context.parsed, archive, provenance, name, "")
        .map_err(|failure| failure.within("plugin verification failed: "))
}

/// A plugin that could not be run here is not installed.
fn refuse_unusable(place: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let plugin = Plugin { directory: place.to_owned(), metadata: metadata.clone() };
    match plugin.unusable() {
        Some(why) => Err(Failure::new(why)),
        None => Ok(()),
    }
}

fn link(context: &Context, path: &Path, place: &Path) -> Result<(), Failure> {
    if fs::metadata(path.join(FILE)).is_err() {
        return Err(Failure::new("plugin metadata (plugin.yaml) missing"));
    }
    let plugin = load::load(path).map_err(Failure::new)?;
    refuse_unusable(path, &plugin.metadata)?;
    let pairs = [("source", &*path.to_string_lossy()), ("path", &*place.to_string_lossy())];
    log::debug(context.settings.debug, "symlinking", &pairs);
    symlink(path, place)
        .map_err(|error| Failure::new(format!("symlink {}: {}", place.display(), go_text(&error))))
}

#[cfg(unix)]
fn symlink(path: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(path, place)
}

#[cfg(windows)]
fn symlink(path: &Path, place: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(path, place)
}

fn local(path: &Path, verify: bool) -> Result<Fetched, Failure> {
    let what = if verify { "plugin file" } else { "archive" };
    let archive =
        read(path, MAX_ARCHIVE).map_err(|f| f.within(&format!("failed to read {what}: ")))?;
    let beside = beside(path);
    let is_there = fs::symlink_metadata(&beside).is_ok();
    let provenance = is_there.then(|| read(&beside, MAX_PROVENANCE)).transpose()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Fetched { archive, provenance, name, said: String::new() })
}

fn remote(context: &Context, url: &str, verify: bool) -> Result<Fetched, Failure> {
    net::allowed(context, url)?;
    let client = net::client(context);
    let get = |url: &str, limit| {
        let access = net::access(&context.parsed, url);
        client.get(&Request::new(url).access(access).limit(limit)).map(|answer| answer.body)
    };
    let archive = get(url, MAX_ARCHIVE).map_err(|error| {
        let what = if verify { "failed to download plugin: " } else { "" };
        Failure::new(format!("{what}{error}"))
    })?;
    let provenance = match get(&format!("{url}.prov"), MAX_PROVENANCE) {
        Ok(provenance) => Some(provenance),
        Err(http::Error::Status { .. }) => None,
        Err(error) => return Err(Failure::new(error.to_string())),
    };
    let name = url.rsplit('/').next().unwrap_or(url).to_owned();
    Ok(Fetched { archive, provenance, name, said: String::new() })
}

fn from_registry(context: &Context, reference: &str, name: &str) -> Result<Fetched, Failure> {
    net::allowed(context, reference)?;
    let client = net::client(context);
    let registry = net::registry(context, &client);
    let fails = |error: pintle_repo::Error| {
        Failure::new(format!("failed to pull plugin from {reference}: {error}"))
    };
    let parsed = Reference::parse(reference).map_err(fails)?;
    let pulled = registry.pull_plugin(&parsed, name).map_err(fails)?;
    let members = archive::read(&pulled.archive)?;
    let metadata = archive::metadata(&members)?;
    let (whole, digest) = (&pulled.reference, &pulled.digest);
    let mut said = format!("Pulled plugin: {whole}\nDigest: {digest}\n");
    let file = format!("{}-{}.tgz", metadata.name, metadata.version);
    if pulled.provenance.is_some() {
        said.push_str(&format!("Provenance: {file}.prov\n"));
    }
    said.push_str(&crate::fetch::underscore(whole));
    Ok(Fetched { archive: pulled.archive, provenance: pulled.provenance, name: file, said })
}

/// Brings a plugin that came from git up to date.
pub(crate) fn update(context: &Context, plugin: &Plugin) -> Result<(), Failure> {
    let real = fs::canonicalize(&plugin.directory).map_err(|error| {
        Failure::new(format!("lstat {}: {}", plugin.directory.display(), go_text(&error)))
    })?;
    git::update(context, &real)
}

/// Removes a plugin, and the archive that it came in.
pub(crate) fn remove(context: &Context, plugin: &Plugin) -> Result<(), Failure> {
    let directory = &plugin.directory;
    let is_link = fs::symlink_metadata(directory).is_ok_and(|meta| meta.file_type().is_symlink());
    let removed = if is_link { fs::remove_file(directory) } else { fs::remove_dir_all(directory) };
    removed.map_err(|error| {
        Failure::new(format!("remove {}: {}", directory.display(), go_text(&error)))
    })?;
    if !plugin.metadata.version.is_empty() {
        for plugins in load::directories(&context.settings) {
            let kept = super::signed::archive(&plugins, plugin);
            let _ = fs::remove_file(beside(&kept));
            let _ = fs::remove_file(&kept);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Source, without_version};

    #[test]
    fn archives_are_named_for_the_plugin() {
        let table = [
            ("diff-3.9.0.tgz", "diff"),
            ("my-plugin-0.1.0-rc.1.tar.gz", "my-plugin"),
            ("diff.tgz", "diff"),
            ("a-1-2.3.tgz", "a-1"),
            ("a-1.2-3.4.tgz", "a-1.2"),
            ("helm-diff-linux-amd64.tgz", "helm-diff-linux-amd64"),
        ];
        for (archive, name) in table {
            assert_eq!(without_version(archive), name);
        }
    }

    #[test]
    fn directories_stay_among_the_plugins() {
        let url = |text: &str| Source::Url(text.to_owned()).name();
        assert_eq!(url("https://x/a/diff-1.0.0.tgz").unwrap(), "diff");
        for bad in ["https://x/..tgz", "https://x/...tgz", "https://x/.tgz", "https://x/a%2f.tgz"] {
            assert!(url(bad).is_err(), "{bad}");
        }
        let git = |text: &str| Source::Git(text.to_owned()).name();
        assert_eq!(git("https://github.com/databus23/helm-diff").unwrap(), "helm-diff");
        assert_eq!(git("git@github.com:databus23/helm-diff").unwrap(), "helm-diff");
        assert!(git("https://github.com/..").is_err());
    }
}
