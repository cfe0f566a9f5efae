//! `--output-dir`: what was rendered, as files.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use pintle_chart::go_text;

use crate::failure::Failure;
use crate::paths;

/// A directory that documents are written to, each into the file that it is named after.
#[derive(Debug)]
pub(super) struct OutputDir {
    root: String,
    /// The files that this run has begun; what else goes into them is appended.
    begun: BTreeSet<PathBuf>,
}

impl OutputDir {
    pub(super) fn new(root: &str) -> Self {
        Self { root: root.to_owned(), begun: BTreeSet::new() }
    }

    /// Adds a document to the file `path` below `subdirectory`, and says so in `out`.
    ///
    /// # Errors
    ///
    /// The path leads out of the directory, or through a link, or cannot be written.
    pub(super) fn write(
        &mut self,
        subdirectory: Option<&str>,
        path: &str,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let root = match subdirectory {
            Some(name) => paths::clean(&Path::new(&self.root).join(name)),
            None => self.root.clone(),
        };
        let file = Path::new(&root).join(path);
        let fails = |action: &str, path: &Path, error: &std::io::Error| {
            Failure::new(format!("{action} {}: {}", path.display(), go_text(error)))
        };
        // A chart must not write anywhere else.
        let mut inside = PathBuf::from(&self.root);
        for component in subdirectory.into_iter().map(Path::new).chain([Path::new(path)]) {
            for component in component.components() {
                let Component::Normal(name) = component else {
                    return Err(Failure::new(format!("{path} leads out of the output directory")));
                };
                inside.push(name);
                if fs::symlink_metadata(&inside).is_ok_and(|meta| meta.is_symlink()) {
                    return Err(Failure::new(format!(
                        "{} is a symbolic link, which is not written through",
                        inside.display()
                    )));
                }
            }
        }
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(|error| fails("mkdir", parent, &error))?;
        }
        let begun = !self.begun.insert(file.clone());
        let mut options = OpenOptions::new();
        options.write(true).create(true).append(begun).truncate(!begun);
        let mut handle = options.open(&file).map_err(|error| fails("open", &file, &error))?;
        let mut document = Vec::with_capacity(text.len() + path.len() + 20);
        pintle_release::append_source(&mut document, path, text);
        handle.write_all(&document).map_err(|error| fails("write", &file, &error))?;
        out.extend_from_slice(format!("wrote {root}/{path}\n").as_bytes());
        Ok(())
    }
}
