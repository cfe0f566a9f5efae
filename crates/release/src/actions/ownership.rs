//! Whose an object is.

use pintle_yaml::{Map, Value};

use super::{ActionError, Actions, Cause, Done};
use crate::Resource;

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";

/// What Helm compares two objects by: kind with version, namespace and name.
pub(super) type ObjectKey = (String, String, String, String);

pub(super) fn key(resource: &Resource) -> ObjectKey {
    let namespace = resource.namespace.clone().unwrap_or_default();
    (resource.api_version.clone(), resource.kind.clone(), namespace, resource.name.clone())
}

/// `KIND "NAME" in namespace "NAMESPACE"`.
pub(super) fn describe(resource: &Resource) -> String {
    let quote = |text: &str| pintle_strconv::quote(text);
    let namespace = resource.namespace.as_deref().unwrap_or_default();
    format!("{} {} in namespace {}", resource.kind, quote(&resource.name), quote(namespace))
}

/// Puts the label and the annotations of a release on objects, whatever they had.
pub(super) fn own(resources: &mut [Resource], name: &str, namespace: &str) {
    for resource in resources {
        let Some(metadata) = resource.object.as_map_mut().and_then(|map| table(map, "metadata"))
        else {
            continue;
        };
        if let Some(labels) = table(metadata, "labels") {
            labels.insert(MANAGED_BY, "Helm");
        }
        if let Some(annotations) = table(metadata, "annotations") {
            annotations.insert(RELEASE_NAME, name);
            annotations.insert(RELEASE_NAMESPACE, namespace);
        }
    }
}

/// The mapping of this name; what is there and is none is replaced.
fn table<'m>(map: &'m mut Map, name: &'static str) -> Option<&'m mut Map> {
    if !map.get(name).is_some_and(Value::is_map) {
        map.insert(name, Value::empty_map());
    }
    map.get_mut(name).and_then(Value::as_map_mut)
}

/// Says what keeps an object from being the release's.
///
/// # Errors
///
/// Its label or annotations are missing or another release's.
pub(super) fn check(object: &Value, name: &str, namespace: &str) -> Result<(), String> {
    let wanted = [
        ("labels", "label", MANAGED_BY, "Helm"),
        ("annotations", "annotation", RELEASE_NAME, name),
        ("annotations", "annotation", RELEASE_NAMESPACE, namespace),
    ];
    let mut wrong = Vec::new();
    for (table, what, key, want) in wanted {
        let quote = |text: &str| pintle_strconv::quote(text);
        let found = object.get_path(["metadata", table, key]).and_then(Value::as_str);
        let why = match found {
            Some(found) if found == want => continue,
            Some(found) => format!(
                "key {} must equal {}: current value is {}",
                quote(key),
                quote(want),
                quote(found)
            ),
            None => format!("missing key {}: must be set to {}", quote(key), quote(want)),
        };
        wrong.push(format!("{what} validation error: {why}"));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("invalid ownership metadata; {}", wrong.join("; ")))
}

/// What became of objects that should be deleted.
#[derive(Debug, Default)]
pub(super) struct Owned {
    pub(super) owned: Vec<Resource>,
    pub(super) unowned: Vec<Resource>,
    pub(super) unverifiable: Vec<(Resource, String)>,
}

impl Actions<'_> {
    /// Those of `resources` that exist already. They must be the release's, unless it takes all.
    pub(super) fn adoptable(
        &mut self,
        resources: &[Resource],
        name: &str,
        namespace: &str,
        take: bool,
    ) -> Done<Vec<Resource>> {
        let mut named = Vec::with_capacity(resources.len());
        for resource in resources {
            let generated = resource.object.get_path(["metadata", "generateName"]);
            let generated = generated.and_then(Value::as_str).is_some_and(|name| !name.is_empty());
            match (generated, resource.name.is_empty()) {
                (true, true) => {}
                (true, false) => {
                    return Err(ActionError::plain(
                        "metadata.name and metadata.generateName cannot both be set",
                    ));
                }
                _ => named.push(resource.clone()),
            }
        }
        let mut found = Vec::new();
        let live = if named.is_empty() { Vec::new() } else { self.cluster.get(&named) };
        for (resource, live) in named.into_iter().zip(live) {
            match live {
                Ok(None) => {}
                Ok(Some(object)) => {
                    if !take && let Err(why) = check(&object, name, namespace) {
                        return Err(ActionError::plain(format!(
                            "{} exists and cannot be imported into the current release: {why}",
                            describe(&resource)
                        )));
                    }
                    found.push(resource);
                }
                Err(error) => {
                    let message = format!(
                        "could not get information about the resource {}: {error}",
                        describe(&resource)
                    );
                    return Err(ActionError::new(message, Cause::Cluster(error)));
                }
            }
        }
        Ok(found)
    }

    /// Tells which of `resources` are the release's; those that do not exist are left out.
    pub(super) fn sort_by_owner(
        &mut self,
        resources: Vec<Resource>,
        name: &str,
        namespace: &str,
    ) -> Owned {
        let mut all = Owned::default();
        if resources.is_empty() {
            return all;
        }
        let live = self.cluster.get(&resources);
        for (resource, live) in resources.into_iter().zip(live) {
            match live {
                Ok(None) => {}
                Ok(Some(object)) if check(&object, name, namespace).is_ok() => {
                    all.owned.push(resource);
                }
                Ok(Some(_)) => all.unowned.push(resource),
                Err(error) => all.unverifiable.push((resource, error.message)),
            }
        }
        all
    }
}
