//! What lies in a folder, archives by their contents.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::tools;

/// What is compared of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// A text, without what cannot be the same.
    Text(String),
    /// Other bytes.
    Bytes(Vec<u8>),
    /// An archive: what it lists, and a sum of the contents of each file.
    Archive(Vec<String>),
    /// A symbolic link.
    Link(String),
}

/// Reads all files below a folder, which may be missing.
pub(super) fn read(
    folder: &Path,
    normal: &dyn Fn(&str) -> String,
) -> Result<BTreeMap<String, File>, String> {
    let mut files = BTreeMap::new();
    if folder.is_dir() {
        walk(folder, "", normal, &mut files)?;
    }
    Ok(files)
}

fn walk(
    folder: &Path,
    prefix: &str,
    normal: &dyn Fn(&str) -> String,
    files: &mut BTreeMap<String, File>,
) -> Result<(), String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        // Locks stay where they were made; ours are beside Helm's.
        if name.ends_with(".lock") && !name.contains("Chart") && !name.contains("requirements")
            || name.contains(".pintle.")
        {
            continue;
        }
        let file = if kind.is_symlink() {
            let target = std::fs::read_link(&path).map_err(|error| error.to_string())?;
            File::Link(normal(&target.display().to_string()))
        } else if kind.is_dir() {
            walk(&path, &format!("{name}/"), normal, files)?;
            continue;
        } else {
            of(&path, normal)?
        };
        files.insert(normal(&name), file);
    }
    Ok(())
}

fn of(path: &Path, normal: &dyn Fn(&str) -> String) -> Result<File, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return archive(path).map(File::Archive);
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => {
            let mut text = normal(&text);
            // Helm writes the names in no order.
            if path.to_string_lossy().ends_with("-charts.txt") {
                let mut lines: Vec<&str> = text.lines().collect();
                lines.sort_unstable();
                text = lines.join("\n");
            }
            File::Text(text)
        }
        Err(error) => File::Bytes(error.into_bytes()),
    })
}

/// Names, kinds, rights and sums of what an archive holds.
fn archive(path: &Path) -> Result<Vec<String>, String> {
    let mut list = Command::new("tar");
    list.args(["--list", "--verbose", "--numeric-owner", "--quoting-style=literal", "--file"]);
    let list = tools::output(list.arg(path).env("TZ", "UTC"))?;
    let mut lines: Vec<String> = String::from_utf8_lossy(&list)
        .lines()
        .map(|line| {
            // Times differ by design: rights, owner, size, date, time, name.
            let words: Vec<&str> = line.split_whitespace().collect();
            let (head, name) = (words.get(..3).unwrap_or_default(), words.get(5..));
            format!("{} {}", head.join(" "), name.unwrap_or_default().join(" "))
        })
        .collect();
    let mut contents = Command::new("tar");
    contents.args([
        "--extract",
        "--to-command",
        "sha256sum | sed \"s|-$|$TAR_FILENAME|\"",
        "--file",
    ]);
    let contents = tools::output(contents.arg(path))?;
    lines.extend(String::from_utf8_lossy(&contents).lines().map(str::to_owned));
    // Helm packs subcharts in no order.
    lines.sort_unstable();
    Ok(lines)
}

/// What differs, a line each.
pub(super) fn between(one: &BTreeMap<String, File>, other: &BTreeMap<String, File>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, file) in one {
        match other.get(name) {
            None => found.push(format!("{name}: only Helm has it")),
            Some(same) if same == file => {}
            Some(another) => found.push(format!("{name}: {}", first(file, another))),
        }
    }
    let more = other.keys().filter(|name| !one.contains_key(*name));
    found.extend(more.map(|name| format!("{name}: only Pintle has it")));
    found
}

/// The first line that differs.
fn first(one: &File, other: &File) -> String {
    let lines = |file: &File| -> Vec<String> {
        match file {
            File::Text(text) => text.split('\n').map(str::to_owned).collect(),
            File::Archive(lines) => lines.clone(),
            File::Bytes(bytes) => vec![format!("{} bytes", bytes.len())],
            File::Link(target) => vec![format!("a link to {target}")],
        }
    };
    let (one, other) = (lines(one), lines(other));
    let at = one.iter().zip(&other).position(|(a, b)| a != b);
    let at = at.unwrap_or_else(|| one.len().min(other.len()));
    let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_else(|| "(ends)".to_owned());
    format!("line {}: {} | {}", at + 1, line(&one), line(&other))
}
