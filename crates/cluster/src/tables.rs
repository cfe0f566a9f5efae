//! Objects as the server prints them.

use futures_util::{StreamExt, stream};
use pintle_release::{ClusterError, Resource, Table};
use pintle_yaml::{Map, Value};

use crate::address;
use crate::http::{Call, Http, IN_FLIGHT, escape};

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,\
                     application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/// The tables of the resources and of the pods that belong to them. Objects that cannot be had are
/// left out, as by Helm.
pub(crate) async fn tables(
    http: &Http,
    resources: &[Resource],
) -> Result<Vec<Table>, ClusterError> {
    let call = |path: &str, query: &str| Call {
        accept: TABLE,
        ..Call::get(format!("{path}?{query}includeObject=Object"))
    };
    let got: Vec<_> = stream::iter(resources)
        .map(async |resource| http.json(&call(&address::of(resource), "")).await)
        .buffered(IN_FLIGHT)
        .collect()
        .await;
    let mut tables: Vec<Table> = Vec::new();
    let mut pods: Vec<(Option<&str>, String)> = Vec::new();
    for (resource, got) in resources.iter().zip(got) {
        let Ok(got) = got else { continue };
        let version = resource.api_version.rsplit('/').next().unwrap_or_default();
        add(&mut tables, format!("{version}/{}", resource.kind), &got);
        if let Some(selector) = related(resource) {
            let selector = (resource.namespace.as_deref(), selector);
            if !pods.iter().any(|(_, known)| *known == selector.1) {
                pods.push(selector);
            }
        }
    }
    let got: Vec<_> = stream::iter(&pods)
        .map(async |(namespace, selector)| {
            let path = address::join("v1", "pods", *namespace);
            http.json(&call(&path, &format!("labelSelector={}&", escape(selector)))).await
        })
        .buffered(IN_FLIGHT)
        .collect()
        .await;
    for got in got.into_iter().flatten() {
        let (columns, rows, objects) = read(&got);
        let list = pods_of(&got, objects);
        put(&mut tables, "v1/Pod(related)".to_string(), columns, rows, vec![list]);
    }
    Ok(tables)
}

/// Adds the rows of an answer to the table of their kind.
fn add(tables: &mut Vec<Table>, kind: String, answer: &Value) {
    let (columns, rows, objects) = read(answer);
    put(tables, kind, columns, rows, objects);
}

/// The list that the server would give who does not ask for a table.
fn pods_of(answer: &Value, pods: Vec<Value>) -> Value {
    let metadata = answer.get("metadata").cloned().unwrap_or_else(Value::empty_map);
    Value::from_iter([
        ("apiVersion", Value::from("v1")),
        ("items", Value::from(pods)),
        ("kind", Value::from("PodList")),
        ("metadata", metadata),
    ])
}

fn put(
    tables: &mut Vec<Table>,
    kind: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    objects: Vec<Value>,
) {
    match tables.iter_mut().find(|table| table.kind == kind) {
        Some(table) => {
            table.rows.extend(rows);
            table.objects.extend(objects);
        }
        None => tables.push(Table { kind, columns, rows, objects }),
    }
}

fn read(answer: &Value) -> (Vec<String>, Vec<Vec<String>>, Vec<Value>) {
    let list = |key: &str| answer.get(key).and_then(Value::as_seq).unwrap_or_default();
    if answer.get("kind").and_then(Value::as_str) != Some("Table") {
        // A server that prints no tables gives the objects.
        let objects = match answer.get("items").and_then(Value::as_seq) {
            Some(items) => items.to_vec(),
            None => vec![answer.clone()],
        };
        let name = |object: &Value| {
            let name = object.get_path(["metadata", "name"]).and_then(Value::as_str);
            vec![name.unwrap_or_default().to_string()]
        };
        return (vec!["Name".to_string()], objects.iter().map(name).collect(), objects);
    }
    let shown: Vec<(usize, &str)> = list("columnDefinitions")
        .iter()
        .enumerate()
        .filter(|(_, column)| {
            let priority = column.get("priority").and_then(Value::as_number);
            priority.is_none_or(|priority| priority.as_i64() == Some(0))
        })
        .filter_map(|(at, column)| Some((at, column.get("name")?.as_str()?)))
        .collect();
    let columns = shown.iter().map(|(_, name)| (*name).to_string()).collect();
    let mut rows = Vec::new();
    let mut objects = Vec::new();
    for row in list("rows") {
        let cells = row.get("cells").and_then(Value::as_seq).unwrap_or_default();
        rows.push(shown.iter().map(|(at, _)| cells.get(*at).map_or(String::new(), cell)).collect());
        objects.push(row.get("object").cloned().unwrap_or_default());
    }
    (columns, rows, objects)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => {
            // The rest of a text is cut off where a line ends, as kubectl does.
            let (line, more) = match text.as_str().split_once(['\n', '\r', '\u{c}']) {
                Some((line, _)) => (line, "..."),
                None => (text.as_str(), ""),
            };
            let clean = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
            clean.chain(more.chars()).collect()
        }
        other => pintle_yaml::to_json(other).unwrap_or_default(),
    }
}

/// The labels of the pods that belong to a resource, when Helm shows them with it.
fn related(resource: &Resource) -> Option<String> {
    let labels = match resource.kind.as_str() {
        "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
            resource.object.get_path(["spec", "selector", "matchLabels"])
        }
        "ReplicationController" => resource.object.get_path(["spec", "selector"]),
        _ => None,
    };
    labels.and_then(Value::as_map).map(labels_of)
}

fn labels_of(labels: &Map) -> String {
    let pairs =
        labels.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    pairs.collect::<Vec<_>>().join(",")
}

/// The selector of an object's pods in Kubernetes' language; `None` where it has none.
pub(crate) fn selector_of(object: &Value) -> Option<String> {
    let selector = object.get_path(["spec", "selector"])?.as_map()?;
    let labels = selector.get("matchLabels").and_then(Value::as_map);
    let expressions = selector.get("matchExpressions").and_then(Value::as_seq);
    if labels.is_none() && expressions.is_none() {
        // A replication controller and a service have the labels alone.
        return (!selector.is_empty()).then(|| labels_of(selector));
    }
    let mut terms: Vec<String> =
        labels.map(labels_of).filter(|labels| !labels.is_empty()).into_iter().collect();
    for expression in expressions.unwrap_or_default() {
        let text = |key| expression.get(key).and_then(Value::as_str).unwrap_or_default();
        let values = expression.get("values").and_then(Value::as_seq).unwrap_or_default();
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        let (key, values) = (text("key"), values.join(","));
        terms.push(match text("operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_string(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        });
    }
    (!terms.is_empty()).then(|| terms.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_are_left_out() {
        let answer = pintle_yaml::read(
            b"{kind: Table, columnDefinitions: [{name: Name, priority: 0}, {name: Pods, priority: 0}, {name: IP, priority: 1}],
              rows: [{cells: [web, 2, 10.0.0.1], object: {kind: X}}, {cells: [\"a\\nb\", null, x], object: {kind: Y}}]}",
        )
        .expect("YAML");
        let mut tables = Vec::new();
        add(&mut tables, "v1/X".into(), &answer);
        add(&mut tables, "v1/X".into(), &answer);
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].columns, ["Name", "Pods"]);
        assert_eq!(tables[0].rows[..2], [["web", "2"], ["a...", ""]]);
        assert_eq!(tables[0].objects.len(), 4);
    }

    #[test]
    fn selectors_are_written_as_kubernetes_reads_them() {
        let table = [
            ("{spec: {selector: {matchLabels: {b: '2', a: '1'}}}}", Some("a=1,b=2")),
            (
                "{spec: {selector: {matchExpressions: [{key: k, operator: NotIn, values: [x, z]}, {key: e, operator: Exists}]}}}",
                Some("k notin (x,z),e"),
            ),
            ("{spec: {selector: {app: web}}}", Some("app=web")),
            ("{spec: {}}", None),
        ];
        for (object, expected) in table {
            let object = pintle_yaml::read(object.as_bytes()).expect("YAML");
            assert_eq!(selector_of(&object).as_deref(), expected);
        }
    }
}
