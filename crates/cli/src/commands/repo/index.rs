//! `repo index`.

use std::fs;
use std::path::Path;

use pintle_chart::go_text;
use pintle_repo::file;
use pintle_repo::index::{Index, index_directory};

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::{flags, net};

pub(super) const INDEX: Command = Command {
    name: "index",
    operands: "[DIR]",
    short: "make the list of charts of a repository",
    long: "
Make index.yaml, the list of the charts that lie in a directory as archives, there. With --merge the
charts of another list are taken over, those that lie there before them.
",
    flags: &[flags::REPO_INDEX],
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: |context, _| {
        if context.args().is_empty() { Candidates::nothing() } else { Candidates::no_more() }
    },
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let directory = context.args().first().cloned().unwrap_or_default();
    let directory = std::path::absolute(&directory).unwrap_or_else(|_| directory.into());
    let url = context.parsed.text("url").unwrap_or_default();
    let json = context.parsed.is("json");
    let now = net::now();
    if let Err(error) = fs::metadata(&directory) {
        let path = directory.join("index.yaml");
        return Err(Failure::new(format!("open {}: {}", path.display(), go_text(&error))));
    }
    let mut index =
        index_directory(&directory, url, &now).map_err(|error| Failure::new(error.to_string()))?;
    if let Some(merge) = context.parsed.text("merge").filter(|merge| !merge.is_empty()) {
        let merge = Path::new(merge);
        match fs::read(merge) {
            Ok(text) => {
                let other = Index::read(&text).map_err(|error| {
                    let path = merge.display();
                    Failure::new(format!("merge failed: error loading {path}: {error}"))
                })?;
                net::skipped(&other.skipped, &merge.to_string_lossy());
                index.merge(other);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                write(&Index { generated: now, ..Index::default() }, merge, json)?;
            }
            Err(error) => {
                let path = merge.display();
                return Err(Failure::new(format!(
                    "merge failed: open {path}: {}",
                    go_text(&error)
                )));
            }
        }
    }
    write(&index, &directory.join("index.yaml"), json)
}

fn write(index: &Index, path: &Path, json: bool) -> Result<(), Failure> {
    let text = if json { index.to_json() } else { index.to_yaml() };
    let text = text.map_err(|error| Failure::new(error.to_string()))?;
    file::write(path, text.as_bytes(), 0o644)
        .map_err(|error| Failure::new(format!("write {}: {}", path.display(), go_text(&error))))
}
