//! The server's groups, versions and kinds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use pintle_release::Resource;
use pintle_yaml::Value;

use crate::error::Failure;
use crate::http::{Call, Http, IN_FLIGHT, JSON};

/// All in two answers; a server older than 1.30 takes one of the later names.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,\
                          application/json";

/// How long is waited until the server offers kinds whose definitions it has.
const LEARNING: Duration = Duration::from_secs(10);

/// What a server offers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Discovery {
    /// By `GROUP/VERSION`.
    versions: BTreeMap<String, Version>,
}

#[derive(Clone, Debug, Default)]
struct Version {
    /// By kind, subresources left out.
    kinds: BTreeMap<String, Kind>,
    /// The kinds of subresources.
    others: BTreeSet<String>,
}

/// Where the objects of a kind are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Such as `deployments`.
    pub(crate) plural: String,
    pub(crate) namespaced: bool,
}

impl Discovery {
    /// Asks the server.
    pub(crate) async fn ask(http: &Http) -> Result<Discovery, Failure> {
        let call = |path: &str| Call { accept: AGGREGATED, ..Call::get(path) };
        let (core, groups) = (call("/api"), call("/apis"));
        let (core, groups) =
            futures_util::future::try_join(http.json(&core), http.json(&groups)).await?;
        let mut discovery = Discovery::default();
        let mut single = Vec::new();
        for answer in [&core, &groups] {
            if text(answer, "kind") == "APIGroupDiscoveryList" {
                discovery.add_aggregated(answer);
            } else {
                single.extend(single_versions(answer));
            }
        }
        let lists: Vec<Option<(String, Value)>> = stream::iter(single)
            .map(|group_version| async move {
                let call = Call { accept: JSON, ..Call::get(root(&group_version)) };
                match http.json(&call).await {
                    Ok(list) => Ok(Some((group_version, list))),
                    // A group whose server is away hides its kinds, no more.
                    Err(failure) if failure.code == 503 || failure.is_not_found() => Ok(None),
                    Err(failure) => Err(failure),
                }
            })
            .buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        for (group_version, list) in lists.into_iter().flatten() {
            discovery.add_list(group_version, &list);
        }
        Ok(discovery)
    }

    /// Learns the kinds of definitions that were made just now: from the lists of their versions,
    /// which the server has before it has them in the list of all, asked until they are there.
    pub(crate) async fn learn(
        &mut self,
        http: &Http,
        definitions: &[Resource],
    ) -> Result<(), Failure> {
        let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for definition in definitions {
            let Some(spec) = definition.object.get("spec") else { continue };
            let kind = spec.get("names").map_or("", |names| text(names, "kind"));
            for version in items(spec, "versions") {
                if version.get("served").and_then(Value::as_bool) == Some(true) {
                    let version = join(text(spec, "group"), text(version, "name"));
                    wanted.entry(version).or_default().insert(kind.to_string());
                }
            }
        }
        // Those that were there before are known.
        wanted.retain(|version, kinds| kinds.iter().any(|kind| self.find(version, kind).is_none()));
        let deadline = tokio::time::Instant::now() + LEARNING;
        let mut pause = Duration::from_millis(20);
        while !wanted.is_empty() {
            let asked: Vec<_> = stream::iter(wanted.keys().cloned())
                .map(|version| async move {
                    let list = http.json(&Call::get(root(&version))).await;
                    (version, list)
                })
                .buffered(IN_FLIGHT)
                .collect()
                .await;
            for (version, list) in asked {
                match list {
                    Ok(list) => self.add_list(version, &list),
                    Err(failure) if failure.is_not_found() || failure.code == 503 => {}
                    Err(failure) => return Err(failure),
                }
            }
            wanted.retain(|version, kinds| {
                kinds.iter().any(|kind| self.find(version, kind).is_none())
            });
            // What does not come is missed where it is needed.
            if tokio::time::Instant::now() >= deadline {
                break;
            }
            if !wanted.is_empty() {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_millis(500));
            }
        }
        Ok(())
    }

    fn add_aggregated(&mut self, answer: &Value) {
        for group in items(answer, "items") {
            let name =
                group.get_path(["metadata", "name"]).and_then(Value::as_str).unwrap_or_default();
            for version in items(group, "versions") {
                if text(version, "freshness") == "Stale" {
                    continue;
                }
                let known = self.versions.entry(join(name, text(version, "version"))).or_default();
                for resource in items(version, "resources") {
                    let kind = resource.get_path(["responseKind", "kind"]).and_then(Value::as_str);
                    if let Some(kind) = kind.filter(|kind| !kind.is_empty()) {
                        known.add(
                            kind,
                            text(resource, "resource"),
                            text(resource, "scope") == "Namespaced",
                        );
                    }
                    for sub in items(resource, "subresources") {
                        if let Some(kind) =
                            sub.get_path(["responseKind", "kind"]).and_then(Value::as_str)
                        {
                            known.others.insert(kind.to_string());
                        }
                    }
                }
            }
        }
    }

    fn add_list(&mut self, group_version: String, list: &Value) {
        let known = self.versions.entry(group_version).or_default();
        for resource in items(list, "resources") {
            let namespaced =
                resource.get("namespaced").and_then(Value::as_bool).unwrap_or_default();
            let (name, kind) = (text(resource, "name"), text(resource, "kind"));
            if name.contains('/') {
                known.others.insert(kind.to_string());
            } else {
                known.add(kind, name, namespaced);
            }
        }
    }

    /// Where the objects of a kind are.
    pub(crate) fn find(&self, api_version: &str, kind: &str) -> Option<&Kind> {
        self.versions.get(api_version)?.kinds.get(kind)
    }

    pub(crate) fn has_version(&self, api_version: &str) -> bool {
        self.versions.contains_key(api_version)
    }

    /// `GROUP/VERSION` and `GROUP/VERSION/KIND`, sorted, as Helm's `.Capabilities.APIVersions` has
    /// them: with the kinds of subresources.
    pub(crate) fn api_versions(&self) -> Vec<String> {
        let mut all = BTreeSet::new();
        for (name, version) in &self.versions {
            all.insert(name.clone());
            for kind in version.kinds.keys().chain(&version.others) {
                all.insert(format!("{name}/{kind}"));
            }
        }
        all.into_iter().collect()
    }

    /// The message of kubectl for a kind that the server does not know.
    pub(crate) fn no_match(api_version: &str, kind: &str) -> String {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if version.is_empty() {
            return format!("no matches for kind {kind:?} in group {group:?}");
        }
        format!("no matches for kind {kind:?} in version {api_version:?}")
    }
}

impl Version {
    fn add(&mut self, kind: &str, plural: &str, namespaced: bool) {
        self.kinds
            .entry(kind.to_string())
            .or_insert_with(|| Kind { plural: plural.to_string(), namespaced });
    }
}

/// `apps/v1`, or `v1` for the core's group without a name.
fn join(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_string() } else { format!("{group}/{version}") }
}

/// The address of a version of a group.
pub(crate) fn root(group_version: &str) -> String {
    match group_version.contains('/') {
        true => format!("/apis/{group_version}"),
        false => format!("/api/{group_version}"),
    }
}

/// The versions that an old answer names.
fn single_versions(answer: &Value) -> Vec<String> {
    let core = items(answer, "versions").filter_map(Value::as_str).map(str::to_string);
    let groups = items(answer, "groups").flat_map(|group| items(group, "versions"));
    core.chain(groups.map(|version| text(version, "groupVersion").to_string())).collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(key).and_then(Value::as_seq).unwrap_or_default().iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_discovery_say_the_same() {
        let read = |text: &str| pintle_yaml::read_json(text.as_bytes()).expect("JSON");
        let mut aggregated = Discovery::default();
        aggregated.add_aggregated(&read(
            r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[
            {"version":"v1","freshness":"Current","resources":[{"resource":"deployments","scope":"Namespaced",
            "responseKind":{"group":"","version":"","kind":"Deployment"},"subresources":[{"subresource":"scale",
            "responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"}}]}]},
            {"version":"v2","freshness":"Stale","resources":[]}]}]}"#,
        ));
        let mut single = Discovery::default();
        single.add_list(
            "apps/v1".into(),
            &read(
                r#"{"resources":[{"name":"deployments","namespaced":true,"kind":"Deployment"},
                {"name":"deployments/scale","namespaced":true,"kind":"Scale"}]}"#,
            ),
        );
        for discovery in [aggregated, single] {
            assert_eq!(
                discovery.api_versions(),
                ["apps/v1", "apps/v1/Deployment", "apps/v1/Scale"]
            );
            let kind = Kind { plural: "deployments".into(), namespaced: true };
            assert_eq!(discovery.find("apps/v1", "Deployment"), Some(&kind));
            assert_eq!(discovery.find("apps/v1", "Scale"), None);
        }
        assert_eq!(
            Discovery::no_match("x/v1", "Y"),
            "no matches for kind \"Y\" in version \"x/v1\""
        );
    }
}
