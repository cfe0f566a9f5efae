//! Plugins from repositories of git, by the program `git`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use pintle_chart::go_text;
use pintle_semver::{Constraint, Version};

use super::archive::staging;
use super::refuse_unusable;
use crate::context::Context;
use crate::failure::Failure;
use crate::log;
use crate::net;
use crate::plugin::{FILE, load};

/// Whether a text may be where a repository is.
pub(super) fn may_be(source: &str) -> bool {
    let scheme = ["https://", "http://", "ssh://", "git://", "file://", "git+ssh://"];
    let scp = source
        .split_once(':')
        .is_some_and(|(host, path)| host.contains('@') && !host.contains('/') && !path.is_empty());
    // What begins with a dash is an option for git.
    !source.starts_with('-') && (scp || scheme.iter().any(|scheme| source.starts_with(scheme)))
}

/// Clones a repository beside the place of the plugin, then moves it there.
pub(super) fn install(
    context: &Context,
    url: &str,
    version: &str,
    plugins: &Path,
    place: &Path,
) -> Result<(), Failure> {
    if !url.starts_with("file://") {
        net::allowed(context, url)?;
    }
    let fails = |path: &Path, error: &std::io::Error| {
        Failure::new(format!("{}: {}", path.display(), go_text(error)))
    };
    let clone = staging(plugins).map_err(|error| fails(plugins, &error))?;
    let result = fetch(url, version, &clone).and_then(|()| {
        if fs::metadata(clone.join(FILE)).is_err() {
            return Err(Failure::new("plugin metadata (plugin.yaml) missing"));
        }
        let plugin = load::load(&clone).map_err(Failure::new)?;
        refuse_unusable(place, &plugin.metadata)?;
        fs::rename(&clone, place).map_err(|error| fails(place, &error))
    });
    if result.is_err() {
        let _ = fs::remove_dir_all(&clone);
    }
    result
}

fn fetch(url: &str, version: &str, clone: &Path) -> Result<(), Failure> {
    let directory = clone.to_string_lossy();
    git(None, &["clone", "--recursive", "--quiet", "--", url, &directory])?;
    if version.is_empty() {
        return Ok(());
    }
    let reference = if version.starts_with('-') || !exists(clone, version) {
        tagged(clone, url, version)?
    } else {
        version.to_owned()
    };
    git(Some(clone), &["checkout", "--quiet", &reference, "--"])?;
    git(Some(clone), &["submodule", "update", "--init", "--recursive", "--quiet"]).map(drop)
}

fn exists(clone: &Path, reference: &str) -> bool {
    let commit = format!("{reference}^{{commit}}");
    let own = git(Some(clone), &["rev-parse", "--verify", "--quiet", &commit]).is_ok();
    let commit = format!("origin/{commit}");
    own || git(Some(clone), &["rev-parse", "--verify", "--quiet", &commit]).is_ok()
}

/// The tag of the newest version in a range.
fn tagged(clone: &Path, url: &str, range: &str) -> Result<String, Failure> {
    let constraint = Constraint::parse(range).map_err(|error| Failure::new(error.to_string()))?;
    let tags = git(Some(clone), &["tag", "--list"])?;
    let versions = tags.lines().filter_map(|tag| Some((Version::parse(tag).ok()?, tag)));
    let fitting = versions.filter(|(version, _)| constraint.check(version));
    let newest = fitting.max_by(|(a, _), (b, _)| a.cmp(b));
    newest.map(|(_, tag)| tag.to_owned()).ok_or_else(|| {
        let (range, url) = (pintle_strconv::quote(range), pintle_strconv::quote(url));
        Failure::new(format!("requested version {range} does not exist for plugin {url}"))
    })
}

/// Brings a clone up to date with where it is from.
pub(super) fn update(context: &Context, clone: &Path) -> Result<(), Failure> {
    if fs::symlink_metadata(clone.join(".git")).is_err() {
        let location = clone.to_string_lossy();
        let pairs = [("location", &*location), ("error", "Cannot detect VCS")];
        log::warn("cannot get information about plugin source", &pairs);
        return Err(Failure::new("cannot get information about plugin source"));
    }
    let url = git(Some(clone), &["config", "--get", "remote.origin.url"])?;
    if !url.trim().starts_with("file://") {
        net::allowed(context, url.trim())?;
    }
    if !git(Some(clone), &["status", "--porcelain"])?.trim().is_empty() {
        return Err(Failure::new("plugin repo was modified"));
    }
    git(Some(clone), &["fetch", "--tags", "--quiet", "origin"])?;
    // A tag or commit that was chosen stays.
    if git(Some(clone), &["symbolic-ref", "--quiet", "HEAD"]).is_ok() {
        git(Some(clone), &["pull", "--ff-only", "--quiet"])?;
        git(Some(clone), &["submodule", "update", "--init", "--recursive", "--quiet"])?;
    }
    if fs::metadata(clone.join(FILE)).is_err() {
        return Err(Failure::new("plugin metadata (plugin.yaml) missing"));
    }
    Ok(())
}

/// Runs git; what it printed.
fn git(directory: Option<&Path>, args: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new("git");
    if let Some(directory) = directory {
        command.arg("-C").arg(directory);
    }
    // Nobody is there to be asked for a password.
    command.args(args).env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    let output = command
        .output()
        .map_err(|error| Failure::new(format!("cannot run git: {}", go_text(&error))))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let lines: String = complaint.lines().map(|line| format!("  | {line}\n")).collect();
    let what = args.first().copied().unwrap_or_default();
    Err(Failure::new(format!("git {what} failed: {}", output.status))
        .with_details(crate::draw::harmless(&lines)))
}

#[cfg(test)]
mod tests {
    use super::may_be;

    #[test]
    fn repositories_are_told_from_paths() {
        for good in ["https://github.com/a/b", "git@github.com:a/b", "ssh://a/b", "file:///a"] {
            assert!(may_be(good), "{good}");
        }
        for bad in ["a/b", "--upload-pack=x@y:z", "./a@b:c/d", "ext::sh -c x", "@:"] {
            assert!(!may_be(bad), "{bad}");
        }
    }
}
