//! What pods say that keep others waiting.

use http_body_util::BodyExt;
use pintle_release::{Event, Resource, Watch};
use pintle_yaml::Value;

use crate::address;
use crate::http::{Call, Http, escape};
use crate::status::{self, State};
use crate::tables::selector_of;

/// Of so many pods is told what they say.
const MAX_PODS: usize = 5;
/// So many of a pod's last events are told.
const MAX_EVENTS: usize = 5;
/// So many last lines of a log are told.
const LINES: u32 = 10;
const MAX_LOG: usize = 64 << 10;

/// How many seconds ago an object was created.
pub(super) fn age(object: &Value) -> Option<i64> {
    let created = object.get_path(["metadata", "creationTimestamp"]).and_then(Value::as_str)?;
    let created: jiff::Timestamp = created.parse().ok()?;
    Some(jiff::Timestamp::now().as_second() - created.as_second())
}

/// How many pods of a controller failed for good: those that are going or wait for a node do not
/// count.
pub(super) async fn failed_pods(http: &Http, object: &Value) -> usize {
    let pods = pods_of(http, object).await;
    pods.iter()
        .filter(|pod| {
            pod.get_path(["metadata", "deletionTimestamp"]).is_none()
                && !status::unschedulable(pod)
                && status::of(pod, age(pod)).state == State::Failed
        })
        .count()
}

/// The pods that an object's selector chooses.
async fn pods_of(http: &Http, object: &Value) -> Vec<Value> {
    let namespace = object.get_path(["metadata", "namespace"]).and_then(Value::as_str);
    let Some(selector) = selector_of(object) else { return Vec::new() };
    let path = address::join("v1", "pods", namespace);
    let call = Call::get(format!("{path}?labelSelector={}", escape(&selector)));
    let Ok(list) = http.json(&call).await else { return Vec::new() };
    let items = list.get("items").and_then(Value::as_seq).unwrap_or_default();
    let typed = items.iter().map(|pod| {
        let mut pod = pod.clone();
        if let Some(pod) = pod.as_map_mut() {
            pod.insert("apiVersion", "v1");
            pod.insert("kind", "Pod");
        }
        pod
    });
    typed.collect()
}

/// Tells the events and the last lines of the logs of pods that are not as they should be.
pub(super) async fn tell(
    http: &Http,
    resources: &[Resource],
    pending: &[(usize, String, String)],
    watch: &mut dyn Watch,
) {
    let mut told = 0;
    for (index, _, _) in pending {
        let Some(resource) = resources.get(*index) else { continue };
        let Ok(Some(object)) = crate::apply::get(http, resource).await else { continue };
        let pods = match resource.kind.as_str() {
            "Pod" => vec![object],
            _ => pods_of(http, &object).await,
        };
        for pod in pods {
            let text = words(http, &pod).await;
            if text.is_empty() {
                continue;
            }
            let name = pod.get_path(["metadata", "name"]).and_then(Value::as_str);
            watch.event(Event::Trouble { resource, pod: name.unwrap_or_default(), text: &text });
            told += 1;
            if told >= MAX_PODS {
                return;
            }
        }
    }
}

/// What there is to say of a pod; nothing of one that is well.
async fn words(http: &Http, pod: &Value) -> String {
    let text = |path: &[&str]| pod.get_path(path.iter().copied()).and_then(Value::as_str);
    let (Some(name), Some(namespace)) =
        (text(&["metadata", "name"]), text(&["metadata", "namespace"]))
    else {
        return String::new();
    };
    let state = status::of(pod, age(pod));
    if state.state == State::Current && text(&["status", "phase"]) != Some("Failed") {
        return String::new();
    }
    let mut lines = vec![state.message];
    for container in status::containers(pod) {
        let of = |path: &[&str]| container.get_path(path.iter().copied()).and_then(Value::as_str);
        let waiting = of(&["state", "waiting", "reason"]);
        let ended = of(&["state", "terminated", "reason"])
            .or_else(|| of(&["lastState", "terminated", "reason"]));
        let name_of = of(&["name"]).unwrap_or_default();
        if let Some(reason) = waiting.or(ended) {
            let message = of(&["state", "waiting", "message"]).unwrap_or_default();
            lines.push(format!("container {name_of}: {reason} {message}").trim_end().to_string());
        }
        if ended.is_some() {
            let restarted = waiting.is_some();
            for line in log(http, namespace, name, name_of, restarted).await {
                lines.push(format!("  {line}"));
            }
        }
    }
    lines.extend(events(http, namespace, name).await);
    // What a pod writes is not to move a terminal.
    let clean = |line: String| -> String {
        line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
    };
    lines.into_iter().map(clean).collect::<Vec<_>>().join("\n")
}

async fn events(http: &Http, namespace: &str, pod: &str) -> Vec<String> {
    let selector = format!("involvedObject.kind=Pod,involvedObject.name={pod},type=Warning");
    let path = address::join("v1", "events", Some(namespace));
    let call = Call::get(format!("{path}?limit=200&fieldSelector={}", escape(&selector)));
    let Ok(list) = http.json(&call).await else { return Vec::new() };
    let items = list.get("items").and_then(Value::as_seq).unwrap_or_default();
    let text = |event: &Value, key: &str| {
        event.get(key).and_then(Value::as_str).unwrap_or_default().to_string()
    };
    let mut events: Vec<(String, String)> = items
        .iter()
        .map(|event| {
            let line = format!("event {}: {}", text(event, "reason"), text(event, "message"));
            (text(event, "lastTimestamp"), line)
        })
        .collect();
    events.sort();
    let skip = events.len().saturating_sub(MAX_EVENTS);
    events.into_iter().skip(skip).map(|(_, line)| line).collect()
}

async fn log(
    http: &Http,
    namespace: &str,
    pod: &str,
    container: &str,
    before: bool,
) -> Vec<String> {
    let path = format!(
        "{}/{}/log?container={}&tailLines={LINES}&limitBytes={MAX_LOG}&previous={before}",
        address::join("v1", "pods", Some(namespace)),
        escape(pod),
        escape(container)
    );
    let Ok(body) = http.stream(&Call { accept: "*/*", ..Call::get(path) }).await else {
        return Vec::new();
    };
    let body = http_body_util::Limited::new(body, MAX_LOG * 2).collect();
    let wait = std::time::Duration::from_secs(5);
    let Ok(Ok(body)) = tokio::time::timeout(wait, body).await else { return Vec::new() };
    String::from_utf8_lossy(&body.to_bytes()).lines().map(str::to_string).collect()
}
