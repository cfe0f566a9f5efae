//! Builds what is released: a static program, its man pages and completions, a bill of materials,
//! and checksums. The same sources give the same bytes.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::{sbom, tools};

const TARGET: &str = "x86_64-unknown-linux-musl";

/// The shells and the files that they look for.
const COMPLETIONS: &[(&str, &str)] = &[
    ("bash", "pintle.bash"),
    ("fish", "pintle.fish"),
    ("powershell", "pintle.ps1"),
    ("zsh", "_pintle"),
];

/// Builds all into `target/dist`; `--check` builds all once more, from nothing, and compares.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let target = tools::root().join("target");
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err("usage: cargo xtask dist [--check]".to_owned()),
    };
    let sums = make(&target, &target.join("dist"))?;
    print!("{sums}");
    if !check {
        return Ok(());
    }
    let again = target.join("dist-again");
    clear(&again)?;
    if make(&again, &again.join("dist"))? == sums {
        println!("a second build gives the same bytes");
        return Ok(());
    }
    Err(format!("{} and {} differ", target.join("dist").display(), again.join("dist").display()))
}

/// Builds in one directory, puts what is released into another, and gives the checksums.
fn make(target: &Path, dist: &Path) -> Result<String, String> {
    let program = build(target)?;
    clear(dist)?;
    copy(&program, &dist.join("pintle"))?;
    copy(&tools::root().join("LICENSE"), &dist.join("LICENSE"))?;
    let man = dist.join("man");
    std::fs::create_dir_all(&man).map_err(|error| format!("{}: {error}", man.display()))?;
    let mut pages = Command::new(&program);
    tools::output(tools::alone(&mut pages).args(["docs", "--type", "man", "--dir"]).arg(&man))?;
    for (shell, file) in COMPLETIONS {
        let mut script = Command::new(&program);
        let text = tools::output(tools::alone(&mut script).args(["completion", shell]))?;
        tools::write(&dist.join("completions").join(file), text)?;
    }
    tools::write(&dist.join("pintle.cdx.json"), sbom::of("pintle-cli", TARGET)?)?;
    let mut sums = String::new();
    for file in files(dist)? {
        let bytes = std::fs::read(dist.join(&file)).map_err(|error| format!("{file}: {error}"))?;
        sums += &format!("{}  {file}\n", hex(&Sha256::digest(&bytes)));
    }
    tools::write(&dist.join("SHA256SUMS"), &sums)?;
    Ok(sums)
}

/// The program, with no path of this machine in it.
fn build(target: &Path) -> Result<PathBuf, String> {
    add_target()?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(PathBuf::from(home).join(".cargo"))
    });
    let mut flags = vec![format!("--remap-path-prefix={}=/pintle", tools::root().display())];
    // Where it is built is told last: the later one counts.
    flags.extend(home.map(|home| format!("--remap-path-prefix={}=/cargo", home.display())));
    flags.push(format!("--remap-path-prefix={}=/pintle/target", target.display()));
    flags.push("-Ctarget-feature=+crt-static".to_owned());
    flags.push("-Crelocation-model=static".to_owned());
    let mut build = tools::cargo();
    build
        .args(["build", "--quiet", "--release", "--locked", "--package", "pintle-cli"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("SOURCE_DATE_EPOCH", epoch())
        .current_dir(tools::root());
    if Command::new("musl-gcc").arg("--version").output().is_err() {
        // The little assembly among the dependencies needs no libc.
        build.env("CC_x86_64_unknown_linux_musl", "cc");
    }
    tools::output(&mut build)?;
    Ok(target.join(TARGET).join("release/pintle"))
}

fn add_target() -> Result<(), String> {
    let mut libraries = Command::new("rustc");
    let path = tools::output(libraries.args(["--print", "target-libdir", "--target", TARGET]))?;
    let path = String::from_utf8_lossy(&path);
    if !Path::new(path.trim()).is_dir() {
        tools::output(Command::new("rustup").args(["target", "add", TARGET]))?;
    }
    Ok(())
}

/// When the sources are from: what the environment says, or the last commit.
fn epoch() -> String {
    std::env::var("SOURCE_DATE_EPOCH").unwrap_or_else(|_| {
        let mut log = Command::new("git");
        log.args(["log", "-1", "--format=%ct"]).current_dir(tools::root());
        let time = tools::output(&mut log).unwrap_or_default();
        let time = String::from_utf8_lossy(&time).trim().to_owned();
        if time.is_empty() { "0".to_owned() } else { time }
    })
}

/// The files below a directory, sorted.
fn files(directory: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(path) = open.pop() {
        let entries = std::fs::read_dir(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(name) = path.strip_prefix(directory) {
                found.push(name.display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn clear(directory: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", directory.display()))
        }
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::copy(from, to).map(drop))
        .map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_sha256sum() {
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&Sha256::digest(b"abc")), sum);
    }
}
