//! Helm 3's way of waiting: every two seconds it looks whether all is ready.

use std::time::Duration;

use pintle_release::{ClusterErrorKind, Event, Resource, WaitError, WaitGoal, Watch};
use pintle_yaml::Value;

use super::Clock;
use crate::address;
use crate::apply::get;
use crate::error::Failure;
use crate::http::{Call, Http, escape};
use crate::status;
use crate::tables::selector_of;

const EVERY: Duration = Duration::from_secs(2);
/// How many failed looks at one object are borne.
const MAX_FAILURES: u32 = 30;

pub(super) async fn wait(
    http: &Http,
    resources: &[Resource],
    clock: &Clock<'_>,
    watch: &mut dyn Watch,
) -> Result<(), WaitError> {
    let goal = clock.options.goal;
    let mut failures = vec![0; resources.len()];
    let mut told: Vec<Option<bool>> = vec![None; resources.len()];
    loop {
        let mut pending = None;
        for (index, resource) in resources.iter().enumerate() {
            if goal == WaitGoal::Done && told.get(index) == Some(&Some(true)) {
                continue;
            }
            let ready = match goal {
                WaitGoal::Deleted => get(http, resource).await.map(|found| found.is_none()),
                WaitGoal::Done => done(http, resource).await,
                _ => ready(http, resource, goal == WaitGoal::ReadyWithJobs).await,
            };
            let ready = match ready {
                Ok(ready) => ready,
                Err(failure) => {
                    let transient = goal != WaitGoal::Deleted
                        && (failure.code == 0 && failure.kind != ClusterErrorKind::Invalid
                            || failure.code == 429
                            || failure.code >= 500 && failure.code != 501);
                    let count = failures.get_mut(index).map(|count| {
                        *count += 1;
                        *count
                    });
                    if !transient || count > Some(MAX_FAILURES) {
                        return Err(error(failure.kind, failure.message, None));
                    }
                    false
                }
            };
            if let Some(told) = told.get_mut(index)
                && *told != Some(ready)
            {
                *told = Some(ready);
                let state = match (ready, goal) {
                    (false, _) => "InProgress",
                    (true, WaitGoal::Deleted) => "NotFound",
                    (true, _) => "Current",
                };
                watch.event(Event::State { resource, state, reason: "" });
            }
            if !ready {
                pending = Some(index);
                if goal != WaitGoal::Done {
                    break;
                }
            }
        }
        let Some(pending) = pending else { return Ok(()) };
        clock.sleep(EVERY).await;
        if let Some((kind, words)) = clock.over() {
            let words = match goal {
                WaitGoal::Done if kind == ClusterErrorKind::Timeout => {
                    "timed out waiting for the condition"
                }
                _ => words,
            };
            return Err(error(kind, words.to_string(), Some(pending)));
        }
    }
}

fn error(kind: ClusterErrorKind, message: String, pending: Option<usize>) -> WaitError {
    let pending = pending.map(|index| (index, "InProgress".to_string(), String::new()));
    WaitError { kind, message, pending: pending.into_iter().collect() }
}

/// A hook's object: jobs and pods are to end well, of others it is enough that they are there.
async fn done(http: &Http, resource: &Resource) -> Result<bool, Failure> {
    let kind = resource.kind.as_str();
    if !matches!(kind, "Job" | "Pod") {
        return Ok(true);
    }
    // One that is gone again is done.
    let Some(object) = get(http, resource).await? else { return Ok(true) };
    let status = match kind {
        "Job" => status::of_job_done(&object),
        _ => status::of_pod_done(&object),
    };
    match status.state {
        status::State::Failed => {
            let reason = conditions(&object).find(|c| is(c, "Failed", "True"));
            let reason = reason.and_then(|condition| condition.get("reason")?.as_str());
            let message = match kind {
                "Job" => format!("job {} failed: {}", resource.name, reason.unwrap_or_default()),
                _ => format!("pod {} failed", resource.name),
            };
            Err(Failure { kind: ClusterErrorKind::Invalid, ..Failure::other(message) })
        }
        state => Ok(state == status::State::Current),
    }
}

fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object.get_path(["status", "conditions"]).and_then(Value::as_seq).unwrap_or_default().iter()
}

fn is(condition: &Value, kind: &str, status: &str) -> bool {
    let text = |key| condition.get(key).and_then(Value::as_str);
    text("type") == Some(kind) && text("status") == Some(status)
}

fn number(object: &Value, path: &[&str]) -> Option<i64> {
    object.get_path(path.iter().copied())?.as_number()?.as_i64()
}

fn observed(object: &Value) -> bool {
    let seen = number(object, &["status", "observedGeneration"]).unwrap_or_default();
    seen == number(object, &["metadata", "generation"]).unwrap_or_default()
}

/// Whether an object is ready by Helm 3's rules.
async fn ready(http: &Http, resource: &Resource, jobs: bool) -> Result<bool, Failure> {
    let group = address::group(&resource.api_version);
    let kind = match (group, resource.kind.as_str()) {
        ("", kind @ ("Pod" | "PersistentVolumeClaim" | "Service" | "ReplicationController")) => {
            kind
        }
        ("apps", kind @ ("Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet")) => kind,
        ("batch", "Job") if jobs => "Job",
        ("apiextensions.k8s.io", kind @ "CustomResourceDefinition") => kind,
        _ => return Ok(true),
    };
    let object = http.json(&Call::get(address::of(resource))).await?;
    Ok(match kind {
        "Pod" => conditions(&object).any(|c| is(c, "Ready", "True")),
        "PersistentVolumeClaim" => {
            object.get_path(["status", "phase"]).and_then(Value::as_str) == Some("Bound")
        }
        "Service" => service(&object),
        "Job" => return job(resource, &object),
        "CustomResourceDefinition" => conditions(&object)
            .any(|c| is(c, "Established", "True") || is(c, "NamesAccepted", "False")),
        "Deployment" => return deployment(http, resource, &object).await,
        "DaemonSet" => daemon_set(&object),
        "StatefulSet" => stateful_set(&object),
        _ => observed(&object) && pods_ready(http, resource, &object).await?,
    })
}

fn service(object: &Value) -> bool {
    let spec = |key: &str| object.get_path(["spec", key]);
    match spec("type").and_then(Value::as_str) {
        Some("ExternalName") => return true,
        _ if spec("clusterIP").and_then(Value::as_str).unwrap_or_default().is_empty() => {
            return false;
        }
        Some("LoadBalancer") => {}
        _ => return true,
    }
    let outside = spec("externalIPs").and_then(Value::as_seq).unwrap_or_default();
    !outside.is_empty() || object.get_path(["status", "loadBalancer", "ingress"]).is_some()
}

fn job(resource: &Resource, object: &Value) -> Result<bool, Failure> {
    let failed = number(object, &["status", "failed"]).unwrap_or_default();
    if failed > number(object, &["spec", "backoffLimit"]).unwrap_or(6) {
        let namespace = resource.namespace.as_deref().unwrap_or_default();
        let message = format!("job is failed: {namespace}/{}", resource.name);
        return Err(Failure { kind: ClusterErrorKind::Invalid, ..Failure::other(message) });
    }
    let succeeded = number(object, &["status", "succeeded"]).unwrap_or_default();
    Ok(number(object, &["spec", "completions"]).is_none_or(|wanted| succeeded >= wanted))
}

async fn deployment(http: &Http, resource: &Resource, object: &Value) -> Result<bool, Failure> {
    if object.get_path(["spec", "paused"]).and_then(Value::as_bool) == Some(true) {
        return Ok(true);
    }
    const REVISION: &str = "deployment.kubernetes.io/revision";
    let Some(selector) = selector_of(object) else { return Ok(false) };
    let path = address::join(&resource.api_version, "replicasets", resource.namespace.as_deref());
    let call = Call::get(format!("{path}?labelSelector={}", escape(&selector)));
    let list = http.json(&call).await?;
    let (uid, revision) = (
        object.get_path(["metadata", "uid"]),
        object.get_path(["metadata", "annotations", REVISION]),
    );
    let newest = list.get("items").and_then(Value::as_seq).unwrap_or_default().iter().find(|set| {
        let owners = set.get_path(["metadata", "ownerReferences"]).and_then(Value::as_seq);
        revision.is_some()
            && set.get_path(["metadata", "annotations", REVISION]) == revision
            && owners.unwrap_or_default().iter().any(|owner| owner.get("uid") == uid)
    });
    let Some(newest) = newest else { return Ok(false) };
    let wanted = number(object, &["spec", "replicas"]).unwrap_or(1);
    let up = number(newest, &["status", "readyReplicas"]).unwrap_or_default();
    Ok(observed(newest) && observed(object) && up >= wanted - may_be_away(object, wanted))
}

/// How many of a deployment's pods may be unavailable while it rolls.
fn may_be_away(object: &Value, replicas: i64) -> i64 {
    let strategy = |key: &str| object.get_path(["spec", "strategy", key]);
    if strategy("type").and_then(Value::as_str) != Some("RollingUpdate") || replicas == 0 {
        return 0;
    }
    let rolling = |key: &str| strategy("rollingUpdate").and_then(|rolling| rolling.get(key));
    let surge = scaled(rolling("maxSurge"), replicas, true).unwrap_or_default();
    let away = scaled(rolling("maxUnavailable"), replicas, false).unwrap_or_default();
    let away = if surge == 0 && away == 0 { 1 } else { away };
    away.min(replicas)
}

/// A number or a share such as `25%`.
fn scaled(value: Option<&Value>, total: i64, up: bool) -> Option<i64> {
    let value = value?;
    if let Some(number) = value.as_number() {
        return number.as_i64();
    }
    let share: i64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    let product = share.checked_mul(total)?;
    Some(if up { product.checked_add(99)?.div_euclid(100) } else { product.div_euclid(100) })
}

fn daemon_set(object: &Value) -> bool {
    if !observed(object) {
        return false;
    }
    let strategy = |key: &str| object.get_path(["spec", "updateStrategy", key]);
    if strategy("type").and_then(Value::as_str) != Some("RollingUpdate") {
        return true;
    }
    let status = |key| number(object, &["status", key]).unwrap_or_default();
    let wanted = status("desiredNumberScheduled");
    let away = strategy("rollingUpdate").and_then(|rolling| rolling.get("maxUnavailable"));
    let away = scaled(away, wanted, true).unwrap_or(wanted);
    status("updatedNumberScheduled") == wanted && status("numberReady") >= wanted - away
}

fn stateful_set(object: &Value) -> bool {
    if !observed(object) {
        return false;
    }
    let strategy = |path: &[&str]| {
        object.get_path(["spec", "updateStrategy"].into_iter().chain(path.iter().copied()))
    };
    if strategy(&["type"]).and_then(Value::as_str) != Some("RollingUpdate") {
        return true;
    }
    let partition = strategy(&["rollingUpdate", "partition"]).and_then(Value::as_number);
    let partition = partition.and_then(|number| number.as_i64()).unwrap_or_default();
    let wanted = number(object, &["spec", "replicas"]).unwrap_or(1);
    let status = |key| number(object, &["status", key]).unwrap_or_default();
    let revision = |key: &str| object.get_path(["status", key]);
    status("updatedReplicas") >= wanted - partition
        && status("readyReplicas") == wanted
        && (partition != 0 || revision("currentRevision") == revision("updateRevision"))
}

async fn pods_ready(http: &Http, resource: &Resource, object: &Value) -> Result<bool, Failure> {
    let Some(selector) = selector_of(object) else { return Ok(true) };
    let path = address::join("v1", "pods", resource.namespace.as_deref());
    let call = Call::get(format!("{path}?labelSelector={}", escape(&selector)));
    let list = http.json(&call).await.map_err(|failure| failure.with("failed to list pods"))?;
    let pods = list.get("items").and_then(Value::as_seq).unwrap_or_default();
    Ok(pods.iter().all(|pod| conditions(pod).any(|c| is(c, "Ready", "True"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        pintle_yaml::read(text.as_bytes()).expect("YAML")
    }

    #[test]
    fn services_claims_and_sets_are_ready_by_helm_3s_rules() {
        assert!(service(&read("{spec: {type: ExternalName}}")));
        assert!(!service(&read("{spec: {type: ClusterIP}}")));
        assert!(service(&read("{spec: {clusterIP: None}}")));
        assert!(!service(&read("{spec: {type: LoadBalancer, clusterIP: 10.0.0.1}}")));
        let set = "{metadata: {generation: 1}, spec: {replicas: 3, updateStrategy: {type: RollingUpdate,
            rollingUpdate: {partition: 2}}}, status: {observedGeneration: 1, readyReplicas: 3, updatedReplicas: 1}}";
        assert!(stateful_set(&read(set)));
        let daemons = "{metadata: {generation: 1}, spec: {updateStrategy: {type: RollingUpdate,
            rollingUpdate: {maxUnavailable: 50%}}}, status: {observedGeneration: 1, desiredNumberScheduled: 3,
            updatedNumberScheduled: 3, numberReady: 1}}";
        assert!(daemon_set(&read(daemons)));
    }

    #[test]
    fn rolling_leaves_some_pods_away() {
        let rolling = |surge: &str, away: &str| {
            read(&format!(
                "{{spec: {{strategy: {{type: RollingUpdate, rollingUpdate: {{maxSurge: {surge}, maxUnavailable: {away}}}}}}}}}"
            ))
        };
        for (surge, away, replicas, expected) in
            [("25%", "25%", 4, 1), ("25%", "25%", 3, 0), ("0", "0", 3, 1), ("1", "5", 3, 3)]
        {
            assert_eq!(may_be_away(&rolling(surge, away), replicas), expected);
        }
    }
}
