//! Charts that can be named: of known repositories, by URL, by path.

use std::fs;
use std::path::Path;

use pintle_repo::repository::cached_versions;

use crate::complete::{Candidates, directive};
use crate::context::Context;
use crate::settings::Settings;

/// What can stand where a chart is to be named.
pub(crate) fn charts(context: &Context, typed: &str) -> Candidates {
    let mut candidates = Candidates::nothing();
    let cache = Path::new(&context.settings.repository_cache);
    for repository in repositories(cache) {
        let prefix = format!("{repository}/");
        if typed.starts_with(&prefix) {
            let names = fs::read_to_string(cache.join(format!("{repository}-charts.txt")));
            let names = names.unwrap_or_default();
            candidates.words.extend(names.lines().map(|name| format!("{prefix}{name}")));
            candidates.directive &= !directive::NO_SPACE;
            break;
        }
        if repository.starts_with(typed) {
            candidates.words.push(prefix);
            candidates.directive |= directive::NO_SPACE;
        }
    }
    for (scheme, what) in [
        ("oci://", "a chart in a registry"),
        ("https://", "a chart's URL"),
        ("http://", "a chart's URL"),
        ("file://", "a chart's URL"),
    ] {
        if typed.starts_with(scheme) {
            candidates.directive |= directive::NO_FILES | directive::NO_SPACE;
        } else if scheme.starts_with(typed) {
            candidates.words.push(format!("{scheme}\t{what}"));
            candidates.directive |= directive::NO_SPACE;
        }
    }
    // Where there are candidates the shell offers no files; so they must be among them.
    if !candidates.words.is_empty() && !typed.is_empty() {
        candidates.words.extend(names(Path::new(".")).filter(|name| name.starts_with(typed)));
    }
    if typed.is_empty() {
        candidates.words.push("./\ta path from here".to_owned());
        candidates.words.push("/\ta path from the root".to_owned());
    }
    candidates
}

/// The versions of a chart of a known repository.
pub(super) fn versions(settings: &Settings, chart: &str, typed: &str) -> Candidates {
    let Some((repository, name)) = chart.split_once('/') else { return Candidates::no_more() };
    let cache = Path::new(&settings.repository_cache);
    let index = cached_versions(cache, repository, name).unwrap_or_default();
    let versions = index.entries.get(name).into_iter().flatten();
    let words = versions.filter(|known| known.metadata.version.starts_with(typed)).map(|known| {
        let metadata = &known.metadata;
        let mut note = String::new();
        if !metadata.app_version.is_empty() {
            note = format!("App: {}, ", metadata.app_version);
        }
        let day = known.created.split('T').next().unwrap_or_default();
        note.push_str(&format!("Created: {day} "));
        if metadata.deprecated {
            note.push_str("(deprecated)");
        }
        format!("{}\t{}", metadata.version, note.trim_end())
    });
    Candidates::only(words.collect())
}

/// The repositories whose charts are known.
fn repositories(cache: &Path) -> Vec<String> {
    let mut repositories: Vec<String> = names(cache)
        .filter_map(|name| name.strip_suffix("-charts.txt").map(str::to_owned))
        .collect();
    repositories.sort();
    repositories
}

fn names(directory: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names.into_iter()
}
