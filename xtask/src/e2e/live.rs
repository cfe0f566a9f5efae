//! The objects that are live, less what the cluster fills in.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::http::Server;

/// What nobody installs: the cluster makes these by itself, or writes them all the time.
const PASSED_OVER: &[&str] = &[
    "apiservices",
    "componentstatuses",
    "controllerrevisions",
    "endpoints",
    "endpointslices",
    "events",
    "ipaddresses",
    "leases",
    "nodes",
    "persistentvolumes",
];

/// Who changes objects without being asked to.
const CONTROLLERS: &[&str] =
    &["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

/// A kind of object: where its objects are, and whether they are in namespaces.
struct Resource {
    /// `/api/v1` and the like.
    group: String,
    name: String,
    namespaced: bool,
}

/// The objects of a namespace, and those outside of namespaces that have its name in theirs, each
/// under its kind and name. Release records are not among them.
pub(crate) fn objects(server: &Server, namespace: &str) -> Result<BTreeMap<String, Value>, String> {
    let mut all = BTreeMap::new();
    for resource in resources(server)? {
        let Resource { group, name, namespaced } = &resource;
        let path = match namespaced {
            true => format!("{group}/namespaces/{namespace}/{name}"),
            false => format!("{group}/{name}"),
        };
        for object in list(server, &path)? {
            let known = object["metadata"]["name"].as_str().unwrap_or_default();
            let wanted =
                if *namespaced { installed(name, &object) } else { known.contains(namespace) };
            if wanted {
                let key = format!("{name}/{}", known.replace(namespace, "NAMESPACE"));
                all.insert(key, normal(&object, namespace));
            }
        }
    }
    Ok(all)
}

/// All objects of all namespaces and outside of them, as they are, each under its path. Release
/// records are not among them.
pub(crate) fn everything(server: &Server) -> Result<BTreeMap<String, Value>, String> {
    let mut all = BTreeMap::new();
    for Resource { group, name, namespaced } in resources(server)? {
        for object in list(server, &format!("{group}/{name}"))? {
            let metadata = &object["metadata"];
            let known = metadata["name"].as_str().unwrap_or_default();
            let path = match metadata["namespace"].as_str() {
                Some(namespace) => format!("{group}/namespaces/{namespace}/{name}/{known}"),
                None => format!("{group}/{name}/{known}"),
            };
            if !namespaced || installed(&name, &object) {
                all.insert(path, object);
            }
        }
    }
    Ok(all)
}

/// The objects of a kind; none where its definition has been deleted meanwhile.
fn list(server: &Server, path: &str) -> Result<Vec<Value>, String> {
    let (status, body) = server.request("GET", path, None)?;
    if status == 404 || status == 405 {
        return Ok(Vec::new());
    }
    let mut list: Value =
        serde_json::from_slice(&body).map_err(|error| format!("{path}: {error}"))?;
    match list["items"].take() {
        Value::Array(items) => Ok(items),
        _ => Ok(Vec::new()),
    }
}

/// All kinds that can be listed, each once, in the version that the server prefers.
fn resources(server: &Server) -> Result<Vec<Resource>, String> {
    let groups = server.object("GET", "/apis", None)?;
    let preferred = groups["groups"].as_array().into_iter().flatten().filter_map(|group| {
        Some(format!("/apis/{}", group["preferredVersion"]["groupVersion"].as_str()?))
    });
    let mut all = Vec::new();
    for group in std::iter::once("/api/v1".to_owned()).chain(preferred) {
        let (status, body) = server.request("GET", &group, None)?;
        if status != 200 {
            continue;
        }
        let list: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        for resource in list["resources"].as_array().into_iter().flatten() {
            let name = resource["name"].as_str().unwrap_or_default().to_owned();
            let verbs = resource["verbs"].as_array();
            let listed = verbs.is_some_and(|verbs| verbs.iter().any(|verb| verb == "list"));
            if !listed || PASSED_OVER.contains(&name.as_str()) {
                continue;
            }
            let namespaced = resource["namespaced"].as_bool().unwrap_or_default();
            all.push(Resource { group: group.clone(), name, namespaced });
        }
    }
    Ok(all)
}

/// Whether somebody has asked for the object.
fn installed(resource: &str, object: &Value) -> bool {
    let metadata = &object["metadata"];
    if metadata["ownerReferences"].as_array().is_some_and(|owners| !owners.is_empty()) {
        return false;
    }
    match (resource, metadata["name"].as_str().unwrap_or_default()) {
        ("configmaps", "kube-root-ca.crt") | ("serviceaccounts", "default") => false,
        ("secrets", _) => object["type"] != "helm.sh/release.v1",
        _ => true,
    }
}

/// The object less what the cluster fills in.
pub(super) fn normal(object: &Value, namespace: &str) -> Value {
    let uid = object["metadata"]["uid"].as_str().unwrap_or("no uid");
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for key in ["creationTimestamp", "deletionTimestamp", "resourceVersion"] {
            metadata.remove(key);
        }
        if let Some(managed) = metadata.get_mut("managedFields") {
            *managed = managers(managed);
        }
    }
    filled_in(&mut object);
    replace(&object, uid, namespace)
}

/// Who manages which fields, without the controllers and times.
fn managers(managed: &Value) -> Value {
    let mut entries: Vec<Value> = managed
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| !entry["manager"].as_str().is_some_and(|name| CONTROLLERS.contains(&name)))
        .cloned()
        .collect();
    for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
        entry.remove("time");
    }
    entries.sort_by_key(ToString::to_string);
    entries.into()
}

/// Removes what the server or a controller chooses.
fn filled_in(object: &mut Value) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    // Lists leave the kind of their items out; these fields are of one kind only anyway.
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
    if spec.contains_key("clusterIPs") || kind == "Service" {
        for key in ["clusterIP", "clusterIPs", "healthCheckNodePort"] {
            spec.remove(key);
        }
        for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            port.as_object_mut().map(|port| port.remove("nodePort"));
        }
    }
    spec.remove("nodeName");
    spec.remove("volumeName");
    let annotations = object["metadata"].get_mut("annotations").and_then(Value::as_object_mut);
    if let Some(annotations) = annotations {
        annotations.retain(|key, _| !key.starts_with("pv.kubernetes.io/"));
    }
}

/// The value with other names for what no two runs have in common, in texts and keys.
fn replace(value: &Value, uid: &str, namespace: &str) -> Value {
    let text = |text: &str| text.replace(uid, "UID").replace(namespace, "NAMESPACE");
    match value {
        Value::String(one) => text(one).into(),
        Value::Array(all) => all.iter().map(|one| replace(one, uid, namespace)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, one)| (text(key), replace(one, uid, namespace)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_cluster_fills_in_goes() {
        let object = json!({
            "metadata": {
                "name": "a", "namespace": "b-1", "uid": "u-1", "resourceVersion": "5",
                "generation": 2,
                "managedFields": [
                    {"manager": "kwok", "time": "t"}, {"manager": "helm", "time": "t"},
                ],
            },
            "spec": {
                "clusterIP": "10.0.0.1", "clusterIPs": [], "ports": [{"port": 1, "nodePort": 2}],
                "selector": {"of": "u-1"},
            },
            "status": {"x": 1},
        });
        let expected = json!({
            "metadata": {
                "name": "a", "namespace": "NAMESPACE", "uid": "UID", "generation": 2,
                "managedFields": [{"manager": "helm"}],
            },
            "spec": {"ports": [{"port": 1}], "selector": {"of": "UID"}},
        });
        assert_eq!(normal(&object, "b-1"), expected);
    }
}
