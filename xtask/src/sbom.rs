//! The bill of materials, in CycloneDX 1.5: <https://cyclonedx.org/docs/1.5/json/>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::tools;

/// What is linked into a package for a target. It has no time and no random number, so that the
/// same sources give the same text.
pub(crate) fn of(package: &str, target: &str) -> Result<String, String> {
    let mut metadata = tools::cargo();
    metadata
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", target])
        .current_dir(tools::root());
    let text = tools::output(&mut metadata)?;
    let metadata: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let document = document(&metadata, package).ok_or(format!("no package {package}"))?;
    let mut text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}

fn document(metadata: &Value, package: &str) -> Option<Value> {
    let packages = metadata.get("packages")?.as_array()?;
    let packages: BTreeMap<_, _> = packages
        .iter()
        .filter_map(|package| Some((package.get("id")?.as_str()?, package)))
        .collect();
    let nodes = metadata.get("resolve")?.get("nodes")?.as_array()?;
    let nodes: BTreeMap<_, _> =
        nodes.iter().filter_map(|node| Some((node.get("id")?.as_str()?, node))).collect();
    let root =
        packages.iter().find(|(_, found)| field(found, "name") == package).map(|(id, _)| *id)?;

    let mut seen = BTreeSet::from([root]);
    let mut open = vec![root];
    let mut edges = BTreeMap::new();
    while let Some(id) = open.pop() {
        let below = linked(nodes.get(id)?);
        for id in &below {
            if seen.insert(*id) {
                open.push(id);
            }
        }
        let below = below.iter().filter_map(|id| packages.get(id).map(|package| purl(package)));
        edges.insert(purl(packages.get(id)?), below.collect::<BTreeSet<_>>());
    }
    let mut components: Vec<_> = seen
        .iter()
        .filter(|id| **id != root)
        .filter_map(|id| packages.get(id))
        .map(|package| component(package, "library"))
        .collect();
    components.sort_by_key(|component| field(component, "purl").to_owned());
    let dependencies: Vec<_> =
        edges.iter().map(|(from, to)| json!({ "ref": from, "dependsOn": to })).collect();
    Some(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(packages.get(root)?, "application") },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// The packages that a package needs to run, not those that only build or test it.
fn linked(node: &Value) -> Vec<&str> {
    let needs = node.get("deps").and_then(Value::as_array);
    let needs = needs.into_iter().flatten().filter(|need| {
        let kinds = need.get("dep_kinds").and_then(Value::as_array);
        kinds.into_iter().flatten().any(|kind| kind.get("kind").is_none_or(Value::is_null))
    });
    needs.filter_map(|need| need.get("pkg")?.as_str()).collect()
}

fn component(package: &Value, kind: &str) -> Value {
    let purl = purl(package);
    let mut component = json!({
        "type": kind,
        "bom-ref": purl,
        "name": field(package, "name"),
        "version": field(package, "version"),
        "purl": purl,
    });
    if let Some(license) = package.get("license").and_then(Value::as_str) {
        // Old packages write "A/B" for "A OR B".
        let expression = license.replace('/', " OR ");
        component["licenses"] = json!([{ "expression": expression }]);
    }
    component
}

fn purl(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", field(package, "name"), field(package, "version"))
}

fn field<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_linked_is_listed() {
        let package = |name: &str| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0" });
        let need =
            |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("app"), package("lib"), package("tests"), package("other")],
            "resolve": { "nodes": [
                { "id": "app", "deps": [need("lib", Value::Null), need("tests", json!("dev"))] },
                { "id": "lib", "deps": [] },
                { "id": "tests", "deps": [need("other", Value::Null)] },
                { "id": "other", "deps": [] },
            ] },
        });
        let found = document(&metadata, "app").unwrap();
        let names: Vec<_> =
            found["components"].as_array().unwrap().iter().map(|c| field(c, "name")).collect();
        assert_eq!(names, ["lib"]);
        assert_eq!(found["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        let edge = json!({ "ref": "pkg:cargo/app@1.0.0", "dependsOn": ["pkg:cargo/lib@1.0.0"] });
        assert_eq!(found["dependencies"][0], edge);
        assert!(document(&metadata, "none").is_none());
    }
}
