//! The name that the program was started under.

use std::ffi::OsString;
use std::path::Path;

use crate::failure::Failure;
use crate::paths::variable;

/// How the program was started.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// What it calls itself in messages: `helm` if it was started under that name, else `pintle`.
    pub(crate) name: &'static str,
    /// The first word of its command line, which `HELM_BIN` names.
    pub(crate) started_as: String,
}

impl Program {
    /// Whether it stands in for `helm`.
    pub(crate) fn is_helm(&self) -> bool {
        self.name == "helm"
    }
}

/// The program of that name on the path.
pub(crate) fn found(name: &str) -> Option<String> {
    if Path::new(name).components().count() > 1 {
        return None;
    }
    let paths = variable("PATH")?;
    let mut found = std::env::split_paths(&paths).map(|directory| directory.join(name));
    found.find(|path| path.is_file()).map(|path| path.to_string_lossy().into_owned())
}

/// Takes the command line apart into the program's name and its arguments.
pub(crate) fn arguments(
    mut words: impl Iterator<Item = OsString>,
) -> Result<(Program, Vec<String>), Failure> {
    let first = words.next().unwrap_or_default();
    let stem = Path::new(&first).file_stem().unwrap_or_default();
    let name = if stem.eq_ignore_ascii_case("helm") { "helm" } else { "pintle" };
    let program = Program { name, started_as: first.to_string_lossy().into_owned() };
    let mut args = Vec::with_capacity(words.size_hint().0);
    for word in words {
        args.push(word.into_string().map_err(|word| {
            Failure::new(format!("an argument is not valid UTF-8: {}", word.to_string_lossy()))
        })?);
    }
    Ok((program, args))
}
