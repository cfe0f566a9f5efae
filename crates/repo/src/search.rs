//! Charts found by words.

use std::collections::BTreeMap;

use pintle_semver::Version;

use crate::index::{ChartVersion, Index};

/// A chart that was found.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'i> {
    /// The name of the repository that it is in.
    pub repository: &'i str,
    /// Its name there.
    pub name: &'i str,
    /// Its version.
    pub version: &'i ChartVersion,
    /// In which part the words are found; less is nearer.
    pub score: usize,
}

/// Says where in a text a match begins.
pub type Find = dyn Fn(&str) -> Option<usize>;

/// What parts the text that is searched: name, repository and name, description, keywords.
const BETWEEN: char = '\u{b}';

/// Searches indexes, which come with the names of their repositories: the newest version of each
/// chart, or `all` versions. `find` says where in a text a match begins; without it everything is
/// found. The result is sorted by score, name and version, the newest first.
pub fn search<'i>(indexes: &'i [(String, Index)], all: bool, find: Option<&Find>) -> Vec<Hit<'i>> {
    let mut hits: BTreeMap<(String, &str), Hit<'i>> = BTreeMap::new();
    for (repository, index) in indexes {
        for (name, versions) in &index.entries {
            let shown = if all { versions.len() } else { 1 };
            for version in versions.iter().take(shown) {
                let Some(score) = score(repository, version, find) else { continue };
                let key = (
                    format!("{repository}/{name}"),
                    if all { version.metadata.version.as_str() } else { "" },
                );
                hits.insert(key, Hit { repository, name, version, score });
            }
        }
    }
    let mut hits: Vec<((String, &str), Hit<'i>)> = hits.into_iter().collect();
    hits.sort_by_cached_key(|((name, _), hit)| {
        let version = Version::parse(&hit.version.metadata.version).ok();
        (hit.score, name.clone(), std::cmp::Reverse(version))
    });
    hits.into_iter().map(|(_, hit)| hit).collect()
}

fn score(repository: &str, version: &ChartVersion, find: Option<&Find>) -> Option<usize> {
    let Some(find) = find else { return Some(0) };
    let metadata = &version.metadata;
    let name = &metadata.name;
    let line = format!(
        "{name}{BETWEEN}{repository}/{name}{BETWEEN}{}{BETWEEN}{}",
        metadata.description,
        metadata.keywords.join(" ")
    );
    let at = find(&line)?;
    Some(line.get(..at)?.matches(BETWEEN).count())
}
