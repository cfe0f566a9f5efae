//! What several tasks need.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// Runs a command and gives what it prints.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|error| format!("{shown}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("{shown}: {}\n{text}", output.status))
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, and makes the directories above it.
pub(crate) fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), String> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The release build of the program, built when it is not there or older than its sources.
pub(crate) fn release_program() -> Result<PathBuf, String> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "--locked", "--package", "pintle-cli"]);
    output(build.arg("--target-dir").arg(root().join("target")).current_dir(root()))?;
    Ok(root().join("target/release").join(format!("pintle{}", std::env::consts::EXE_SUFFIX)))
}

/// The debug build of the program, built when it is not there or older than its sources.
pub(crate) fn debug_program() -> Result<PathBuf, String> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--package", "pintle-cli"]);
    output(build.arg("--target-dir").arg(root().join("target")).current_dir(root()))?;
    Ok(root().join("target/debug").join(format!("pintle{}", std::env::consts::EXE_SUFFIX)))
}

/// Lets a command run in the root of the workspace with nothing of this machine's environment and
/// settings but the path.
pub(crate) fn alone(command: &mut Command) -> &mut Command {
    let home = root().join("target/xtask/home");
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HOME", home).current_dir(root())
}

/// The real Helm: `$HELM`, or `helm` on the path, or what `go install` left in Go's folder.
pub(crate) fn helm() -> Result<PathBuf, String> {
    let go = std::env::var_os("HOME").map(|home| PathBuf::from(home).join("go/bin/helm"));
    let named = std::env::var_os("HELM").map(PathBuf::from);
    let candidates = named.into_iter().chain([PathBuf::from("helm")]).chain(go);
    for candidate in candidates {
        let version = Command::new(&candidate).args(["version", "--short"]).output();
        if version.is_ok_and(|output| output.status.success()) {
            return Ok(candidate);
        }
    }
    Err("no Helm here: go install helm.sh/helm/v4/cmd/helm@v4.3.1, or set $HELM".to_owned())
}

/// Makes a folder that nobody else may look into, and those above it.
pub(crate) fn private_folder(path: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| format!("{}: {error}", path.display()))
}
