//! Packs every crate as for a registry and looks into what would be uploaded.

use serde_json::Value;

use crate::tools;

/// What each package holds besides its sources.
const FILES: &[&str] = &["CHANGELOG.md", "Cargo.toml", "LICENSE", "README.md"];

/// What each manifest says.
const FIELDS: &[&str] = &["description", "license", "rust_version"];

/// Packs all crates that can be published; `--verify` builds each from its package too.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let verify = match arguments {
        [] => false,
        [only] if only == "--verify" => true,
        _ => return Err("usage: cargo xtask package [--verify]".to_owned()),
    };
    let mut metadata = tools::cargo();
    metadata.args(["metadata", "--format-version=1", "--no-deps", "--locked"]);
    let metadata = tools::output(metadata.current_dir(tools::root()))?;
    let metadata: Value = serde_json::from_slice(&metadata).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    // What must not be published has an empty list of registries.
    let packages: Vec<_> = packages.iter().filter(|package| package["publish"].is_null()).collect();

    let mut pack = tools::cargo();
    pack.args(["package", "--quiet", "--allow-dirty", "--locked"]).current_dir(tools::root());
    for package in &packages {
        pack.args(["--package", name(package)]);
    }
    if !verify {
        pack.arg("--no-verify");
    }
    tools::output(&mut pack)?;

    let mut wrong = Vec::new();
    for package in &packages {
        let mut list = tools::cargo();
        list.args(["package", "--quiet", "--allow-dirty", "--locked", "--list", "--package"]);
        let list = tools::output(list.arg(name(package)).current_dir(tools::root()))?;
        wrong.extend(lacks(package, &String::from_utf8_lossy(&list)));
    }
    if wrong.is_empty() {
        println!("package: {} crates can be packed", packages.len());
        return Ok(());
    }
    Err(wrong.join("\n"))
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}

/// What a package should have and has not.
fn lacks(package: &Value, list: &str) -> Vec<String> {
    let files = FILES.iter().filter(|file| !list.lines().any(|line| line == **file));
    let fields = FIELDS.iter().filter(|field| package[**field].is_null());
    files.chain(fields).map(|what| format!("{} has no {what}", name(package))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_package_lacks_is_told() {
        let package = json!({
            "name": "a", "description": "d", "license": "l", "rust_version": "1",
        });
        let list = "CHANGELOG.md\nCargo.toml\nLICENSE\nREADME.md\nsrc/lib.rs\n";
        assert!(lacks(&package, list).is_empty());
        let package =
            json!({ "name": "a", "description": "d", "license": null, "rust_version": "1" });
        let list = "CHANGELOG.md\nCargo.toml\ntests/README.md\nLICENSE\n";
        assert_eq!(lacks(&package, list), ["a has no README.md", "a has no license"]);
    }
}
