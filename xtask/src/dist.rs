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

const USAGE: &str = "usage: cargo xtask dist [--check] [--quick]";

/// Builds all into `target/dist`. `--check` builds all once more, from nothing, and compares;
/// `--quick` builds with little optimisation, to see that all is there.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (mut check, mut quick) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--check" => check = true,
            "--quick" => quick = true,
            _ => return Err(USAGE.to_owned()),
        }
    }
    let target = tools::root().join(if quick { "target/quick" } else { "target" });
    let sums = make(&target, &target.join("dist"), quick)?;
    print!("{sums}");
    if !check {
        return Ok(());
    }
    let again = tools::root().join("target/dist-again");
    clear(&again)?;
    if make(&again, &again.join("dist"), quick)? == sums {
        println!("a second build gives the same bytes");
        return Ok(());
    }
    Err(format!("{} and {} differ", target.join("dist").display(), again.join("dist").display()))
}

/// Builds in one directory, puts what is released into another, and gives the checksums.
fn make(target: &Path, dist: &Path, quick: bool) -> Result<String, String> {
    let program = build(target, quick)?;
    clear(dist)?;
    let name = format!("pintle-{}-{TARGET}", version()?);
    let folder = dist.join(&name);
    copy(&program, &folder.join("pintle"))?;
    for file in ["LICENSE", "README.md"] {
        copy(&tools::root().join(file), &folder.join(file))?;
    }
    let man = folder.join("man");
    std::fs::create_dir_all(&man).map_err(|error| format!("{}: {error}", man.display()))?;
    let mut pages = Command::new(&program);
    tools::output(tools::alone(&mut pages).args(["docs", "--type", "man", "--dir"]).arg(&man))?;
    for (shell, file) in COMPLETIONS {
        let mut script = Command::new(&program);
        let text = tools::output(tools::alone(&mut script).args(["completion", shell]))?;
        tools::write(&folder.join("completions").join(file), text)?;
    }
    look(&folder)?;
    tools::write(&dist.join("pintle.cdx.json"), sbom::of("pintle-cli", TARGET)?)?;
    pack(dist, &name)?;
    let mut sums = String::new();
    for file in files(dist)? {
        let bytes = std::fs::read(dist.join(&file)).map_err(|error| format!("{file}: {error}"))?;
        sums += &format!("{}  {file}\n", hex(&Sha256::digest(&bytes)));
    }
    tools::write(&dist.join("SHA256SUMS"), &sums)?;
    Ok(sums)
}

/// Looks at what was made: the program needs no libraries of the system and renders as it should, and
/// there is a page for each of its commands.
fn look(folder: &Path) -> Result<(), String> {
    let program = folder.join("pintle");
    let bytes =
        std::fs::read(&program).map_err(|error| format!("{}: {error}", program.display()))?;
    if is_static(&bytes) != Some(true) {
        return Err(format!("{} is not static", program.display()));
    }
    let mut template = Command::new(&program);
    template.args(["template", "shop", "tests/charts/shop"]);
    let golden = tools::read(&tools::root().join("tests/goldens/default.out"))?;
    if tools::output(tools::alone(&mut template))? != golden.as_bytes() {
        return Err(format!(
            "{} does not render tests/charts/shop as it should",
            program.display()
        ));
    }
    let made = files(folder)?;
    let wanted = ["man/pintle.1", "man/pintle-template.1", "man/pintle-show-values.1"];
    let scripts = COMPLETIONS.iter().map(|(_, file)| format!("completions/{file}"));
    let wanted = wanted.iter().map(|page| (*page).to_owned()).chain(scripts);
    match wanted.into_iter().find(|file| !made.contains(file)) {
        Some(file) => Err(format!("{} has no {file}", folder.display())),
        None => Ok(()),
    }
}

/// Whether a 64-bit ELF program starts without a loader.
fn is_static(elf: &[u8]) -> Option<bool> {
    const INTERPRETER: u32 = 3;
    let short = |at: usize| Some(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?));
    if elf.get(..5)? != b"\x7fELF\x02" {
        return None;
    }
    let table = u64::from_le_bytes(elf.get(32..40)?.try_into().ok()?) as usize;
    let (size, count) = (usize::from(short(54)?), usize::from(short(56)?));
    for number in 0..count {
        let at = table.checked_add(number * size)?;
        let kind = u32::from_le_bytes(elf.get(at..at.checked_add(4)?)?.try_into().ok()?);
        if kind == INTERPRETER {
            return Some(false);
        }
    }
    Some(true)
}

/// Packs a folder of `dist` into an archive that is the same wherever it is made.
fn pack(dist: &Path, name: &str) -> Result<(), String> {
    let mut tar = Command::new("tar");
    tar.args(["--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"])
        .arg(format!("--mtime=@{}", epoch()))
        .args(["--mode=u=rwX,go=rX", "-cf"])
        .arg(format!("{name}.tar"))
        .arg(name);
    tools::output(tar.current_dir(dist))?;
    let mut gzip = Command::new("gzip");
    tools::output(gzip.args(["-n", "-9"]).arg(format!("{name}.tar")).current_dir(dist))?;
    Ok(())
}

/// The program's version.
fn version() -> Result<String, String> {
    let mut id = tools::cargo();
    id.args(["pkgid", "--locked", "--package", "pintle-cli"]).current_dir(tools::root());
    let id = tools::output(&mut id)?;
    let id = String::from_utf8_lossy(&id);
    let version = id.trim().rsplit(['@', '#']).next().unwrap_or_default();
    Ok(version.to_owned())
}

/// The program, with no path of this machine in it.
fn build(target: &Path, quick: bool) -> Result<PathBuf, String> {
    add_target()?;
    if Command::new("musl-gcc").arg("--version").output().is_err() {
        return Err("musl-gcc is missing: apt-get install musl-tools".to_owned());
    }
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
    if quick {
        build.env("CARGO_PROFILE_RELEASE_LTO", "off");
        build.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        build.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
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
    fn a_program_with_a_loader_is_not_static() {
        let mut elf = vec![0; 64 + 2 * 56];
        elf[..5].copy_from_slice(b"\x7fELF\x02");
        (elf[32], elf[54], elf[56], elf[64]) = (64, 56, 2, 1);
        assert_eq!(is_static(&elf), Some(true));
        elf[64 + 56] = 3;
        assert_eq!(is_static(&elf), Some(false));
        assert_eq!(is_static(&elf[..100]), None);
        assert_eq!(is_static(b"#!/bin/sh"), None);
    }

    #[test]
    fn checksums_are_those_of_sha256sum() {
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&Sha256::digest(b"abc")), sum);
    }
}
