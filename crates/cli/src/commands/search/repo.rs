//! `search repo`: charts in the repositories that have a name.

use std::collections::BTreeSet;
use std::path::Path;

use pintle_repo::index::Index;
use pintle_repo::repositories::Repositories;
use pintle_repo::{repository, search};
use pintle_semver::{Constraint, Version};
use pintle_yaml::Value;

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::format::Format;
use crate::table::table;
use crate::{flags, log, net};

pub(super) const REPO: Command = Command {
    name: "repo",
    operands: "[keyword]",
    short: "search the lists of repositories",
    long: "
Search the lists of charts that were fetched from the repositories that have a name. The newest
stable version of each chart is shown; --devel counts development versions too, --version takes a
range, --versions shows all.

    {name} search repo nginx --version ^1.0.0
",
    flags: &[flags::OUTPUT, flags::SEARCH_REPO],
    arity: Arity::Any,
    run: Some(run),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let parsed = &context.parsed;
    let format = Format::of(parsed);
    let given = parsed.text("version").unwrap_or_default();
    let range = match given {
        "" if parsed.is("devel") => ">0.0.0-0",
        "" => ">0.0.0",
        range => range,
    };
    let settings = &context.settings;
    let file = Repositories::read(Path::new(&settings.repository_config))
        .map_err(|error| Failure::new(error.to_string()))?;
    let Some(file) = file.filter(|file| !file.repositories.is_empty()) else {
        return Err(Failure::new("no repositories configured"));
    };
    let mut indexes: Vec<(String, Index)> = Vec::new();
    for entry in file.repositories {
        let cache = Path::new(&settings.repository_cache);
        match repository::cached_index(cache, &entry.name) {
            Ok(index) => {
                let path = entry.index_file(cache);
                net::skipped(&index.skipped, &path.to_string_lossy());
                indexes.push((entry.name, index));
            }
            Err(error) => log::warn(
                "repo is corrupt or missing",
                &[("repo", &entry.name), ("error", &error.to_string())],
            ),
        }
    }
    let words = context.args().join(" ");
    let all = parsed.is("versions");
    let find =
        if context.args().is_empty() { None } else { Some(matcher(&words, parsed.is("regexp"))?) };
    // Helm searches all versions wherever there is a range, and there is always one.
    let hits = search::search(&indexes, true, find.as_deref());
    let constraint = Constraint::parse(range)
        .map_err(|error| Failure::new(format!("an invalid version/constraint format: {error}")))?;
    let mut rows: Vec<[String; 4]> = Vec::new();
    let mut shown = BTreeSet::new();
    for hit in hits {
        let metadata = &hit.version.metadata;
        let name = format!("{}/{}", hit.repository, hit.name);
        if !all && shown.contains(&name) {
            continue;
        }
        if Version::parse(&metadata.version).is_ok_and(|version| constraint.check(&version)) {
            let texts = [&metadata.version, &metadata.app_version, &metadata.description];
            let [version, app_version, description] = texts.map(Clone::clone);
            shown.insert(name.clone());
            rows.push([name, version, app_version, description]);
        }
    }
    // Taking large indexes apart takes longer than what is left to do.
    std::mem::forget(indexes);
    if rows.is_empty() && parsed.is("fail-on-no-result") {
        return Err(Failure::new("no results found"));
    }
    let text = match format {
        Format::Table if rows.is_empty() => "No results found\n".to_owned(),
        Format::Table => {
            let heads = ["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"];
            let mut lines = vec![heads.map(str::to_owned).to_vec()];
            lines.extend(rows.into_iter().map(Vec::from));
            let width = parsed.uint("max-col-width").unwrap_or(50);
            format!("{}\n", table(&lines, usize::try_from(width).unwrap_or(usize::MAX)))
        }
        format => {
            let keys = ["name", "version", "app_version", "description"];
            let row = |texts: &[String; 4]| {
                keys.into_iter()
                    .zip(texts.iter().map(|text| Value::from(text.as_str())))
                    .collect::<Vec<(&str, Value)>>()
            };
            format.write(&rows.iter().map(row).collect::<Vec<_>>())?
        }
    };
    context.print(&text);
    Ok(())
}

/// What says where in a text the words are.
fn matcher(words: &str, regexp: bool) -> Result<Box<search::Find>, Failure> {
    if !regexp {
        let words = words.to_lowercase();
        // The place is the one in the text in lower case, which is not always as long; only the
        // part that it is in counts, and the marks between parts stay.
        return Ok(Box::new(move |line: &str| {
            let lower = line.to_lowercase();
            let at = lower.find(&words)?;
            let part = lower.get(..at)?.matches('\u{b}').count();
            match part {
                0 => Some(0),
                part => line.match_indices('\u{b}').nth(part - 1).map(|(at, mark)| at + mark.len()),
            }
        }));
    }
    let regexp = regex::Regex::new(words)
        .map_err(|error| Failure::new(format!("error parsing regexp: {error}")))?;
    Ok(Box::new(move |line: &str| regexp.find(line).map(|found| found.start())))
}
