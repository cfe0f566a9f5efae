//! The status of an object, as the library kstatus tells it and Helm 4 waits for it.

use pintle_yaml::Value;

use crate::address::group;

/// Where an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    InProgress,
    Failed,
    Current,
    Terminating,
    NotFound,
    Unknown,
}

impl State {
    /// kstatus' name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::InProgress => "InProgress",
            State::Failed => "Failed",
            State::Current => "Current",
            State::Terminating => "Terminating",
            State::NotFound => "NotFound",
            State::Unknown => "Unknown",
        }
    }
}

/// A state and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) state: State,
    pub(crate) message: String,
}

impl Status {
    pub(crate) fn new(state: State, message: impl Into<String>) -> Status {
        Status { state, message: message.into() }
    }
}

fn progress(message: impl Into<String>) -> Status {
    Status::new(State::InProgress, message)
}

fn current(message: impl Into<String>) -> Status {
    Status::new(State::Current, message)
}

fn failed(message: impl Into<String>) -> Status {
    Status::new(State::Failed, message)
}

fn number(object: &Value, path: &[&str], default: i64) -> i64 {
    let number = object.get_path(path.iter().copied()).and_then(Value::as_number);
    number.and_then(|number| number.as_i64()).unwrap_or(default)
}

fn text<'v>(object: &'v Value, path: &[&str], default: &'v str) -> &'v str {
    object.get_path(path.iter().copied()).and_then(Value::as_str).unwrap_or(default)
}

/// An entry of `status.conditions`.
struct Condition<'v> {
    kind: &'v str,
    status: &'v str,
    reason: &'v str,
    message: &'v str,
}

fn conditions(object: &Value) -> impl Iterator<Item = Condition<'_>> {
    let all = object.get_path(["status", "conditions"]).and_then(Value::as_seq);
    all.unwrap_or_default().iter().map(|condition| {
        let text = |key| condition.get(key).and_then(Value::as_str).unwrap_or_default();
        Condition {
            kind: text("type"),
            status: text("status"),
            reason: text("reason"),
            message: text("message"),
        }
    })
}

/// The status of an object. `age` is how many seconds ago it was created, by the server's clock and
/// ours.
pub(crate) fn of(object: &Value, age: Option<i64>) -> Status {
    if let Some(status) = generic(object) {
        return status;
    }
    let kind = text(object, &["kind"], "");
    match (group(text(object, &["apiVersion"], "")), kind) {
        ("", "Service") => service(object),
        ("", "Pod") => pod(object, age),
        ("", "Secret" | "ConfigMap") | ("batch", "CronJob") => current("Resource is always ready"),
        ("", "PersistentVolumeClaim") => claim(object),
        ("apps", "StatefulSet") => stateful_set(object),
        ("apps" | "extensions", "DaemonSet") => daemon_set(object),
        ("apps" | "extensions", "Deployment") => deployment(object),
        ("apps" | "extensions", "ReplicaSet") => replica_set(object),
        ("policy", "PodDisruptionBudget") => current("AllowedDisruptions has been computed."),
        ("batch", "Job") => job(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(object),
        _ => ready(object).unwrap_or_else(|| current("Resource is current")),
    }
}

/// What is told of objects of all kinds alike.
fn generic(object: &Value) -> Option<Status> {
    if !text(object, &["metadata", "deletionTimestamp"], "").is_empty() {
        return Some(Status::new(State::Terminating, "Resource scheduled for deletion"));
    }
    let number = |path: [&str; 2]| object.get_path(path)?.as_number()?.as_i64();
    if let Some(wanted) = number(["metadata", "generation"])
        && let Some(observed) = number(["status", "observedGeneration"])
        && wanted != observed
    {
        return Some(progress(format!(
            "{} generation is {wanted}, but latest observed generation is {observed}",
            text(object, &["kind"], "")
        )));
    }
    conditions(object).find_map(|condition| match (condition.kind, condition.status) {
        ("Reconciling", "True") => Some(progress(condition.message)),
        ("Stalled", "True") => Some(failed(condition.message)),
        _ => None,
    })
}

/// The condition `Ready` of kinds that have no rule of their own.
fn ready(object: &Value) -> Option<Status> {
    conditions(object).filter(|condition| condition.kind == "Ready").find_map(|condition| {
        match condition.status {
            "True" => Some(current("Resource is Ready")),
            "False" | "Unknown" => Some(progress(condition.message)),
            _ => None,
        }
    })
}

fn service(object: &Value) -> Status {
    let balanced = text(object, &["spec", "type"], "ClusterIP") == "LoadBalancer";
    if balanced && text(object, &["spec", "clusterIP"], "").is_empty() {
        return progress("ClusterIP not set. Service type: LoadBalancer");
    }
    current("Service is ready")
}

/// How long a pod may wait for a node before that counts as a failure, in seconds.
pub(crate) const SCHEDULE_WINDOW: i64 = 15;

fn pod(object: &Value, age: Option<i64>) -> Status {
    let has = |kind: &str, status: &str| {
        conditions(object).find(|condition| condition.kind == kind && condition.status == status)
    };
    match text(object, &["status", "phase"], "") {
        "Succeeded" => current("Pod has completed successfully"),
        "Failed" => current("Pod has completed, but not successfully"),
        "Running" if has("Ready", "True").is_some() => current("Pod is Ready"),
        "Running" => match waiting_for(object, "CrashLoopBackOff") {
            Some(names) => failed(format!("Containers in CrashLoop state: {names}")),
            None => progress("Pod is running but is not Ready"),
        },
        "Pending" => match unschedulable(object) {
            true if age.is_some_and(|age| age >= SCHEDULE_WINDOW) => {
                failed("Pod could not be scheduled")
            }
            true => progress("Pod has not been scheduled"),
            false => match waiting_for(object, "InvalidImageName") {
                // Helm waits on; but no time makes a name right.
                Some(names) => failed(format!("Containers with an invalid image name: {names}")),
                None => progress("Pod is in the Pending phase"),
            },
        },
        "" => progress("Pod phase not available"),
        phase => Status::new(State::Unknown, format!("unknown phase {phase}")),
    }
}

/// The names of the containers that wait for this reason; `None` where there are none.
fn waiting_for(pod: &Value, reason: &str) -> Option<String> {
    let names: Vec<&str> = containers(pod)
        .filter(|status| text(status, &["state", "waiting", "reason"], "") == reason)
        .map(|status| text(status, &["name"], ""))
        .collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// The statuses of a pod's containers.
pub(crate) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    pod.get_path(["status", "containerStatuses"]).and_then(Value::as_seq).unwrap_or_default().iter()
}

/// Whether no node has room for a pod.
pub(crate) fn unschedulable(pod: &Value) -> bool {
    conditions(pod)
        .any(|c| c.kind == "PodScheduled" && c.status == "False" && c.reason == "Unschedulable")
}

fn claim(object: &Value) -> Status {
    match text(object, &["status", "phase"], "unknown") {
        "Bound" => current("PVC is Bound"),
        phase => progress(format!("PVC is not Bound. phase: {phase}")),
    }
}

fn stateful_set(object: &Value) -> Status {
    if text(object, &["spec", "updateStrategy", "type"], "") == "OnDelete" {
        return current("StatefulSet is using the ondelete update strategy");
    }
    let status = |key| number(object, &["status", key], 0);
    let wanted = number(object, &["spec", "replicas"], 1);
    let (replicas, ready) = (status("replicas"), status("readyReplicas"));
    let (there, updated) = (status("currentReplicas"), status("updatedReplicas"));
    let partition = number(object, &["spec", "updateStrategy", "rollingUpdate", "partition"], -1);
    if wanted > replicas {
        return progress(format!("Replicas: {replicas}/{wanted}"));
    }
    if wanted > ready {
        return progress(format!("Ready: {ready}/{wanted}"));
    }
    if replicas > wanted {
        return progress(format!("Pending termination: {}", replicas.saturating_sub(wanted)));
    }
    if partition != -1 {
        let part = wanted.saturating_sub(partition);
        return match updated < part {
            true => progress(format!("updated: {updated}/{part}")),
            false => current(format!("Partition rollout complete. updated: {updated}")),
        };
    }
    if wanted > there {
        return progress(format!("current: {there}/{wanted}"));
    }
    let revision = |key| text(object, &["status", key], "");
    if revision("currentRevision") != revision("updateRevision") {
        return progress("Waiting for updated revision to match current");
    }
    current(format!("All replicas scheduled as expected. Replicas: {replicas}"))
}

fn deployment(object: &Value) -> Status {
    let none = i64::from(i32::MAX);
    let mut progressing = number(object, &["spec", "progressDeadlineSeconds"], none) == none;
    let mut available = false;
    for condition in conditions(object) {
        match condition.kind {
            "Progressing" if condition.reason == "ProgressDeadlineExceeded" => {
                return failed("Progress deadline exceeded");
            }
            "Progressing" => {
                progressing |=
                    condition.status == "True" && condition.reason == "NewReplicaSetAvailable";
            }
            "Available" => available |= condition.status == "True",
            _ => {}
        }
    }
    let status = |key| number(object, &["status", key], 0);
    let wanted = number(object, &["spec", "replicas"], 1);
    let (replicas, updated) = (status("replicas"), status("updatedReplicas"));
    let (ready, up) = (status("readyReplicas"), status("availableReplicas"));
    if wanted > replicas {
        return progress(format!("Replicas: {replicas}/{wanted}"));
    }
    if wanted > updated {
        return progress(format!("Updated: {updated}/{wanted}"));
    }
    if replicas > wanted {
        return progress(format!("Pending termination: {}", replicas.saturating_sub(wanted)));
    }
    if updated > up {
        return progress(format!("Available: {up}/{updated}"));
    }
    if wanted > ready {
        return progress(format!("Ready: {ready}/{wanted}"));
    }
    if !progressing {
        return progress("ReplicaSet not Available");
    }
    if !available {
        return progress("Deployment not Available");
    }
    current(format!("Deployment is available. Replicas: {replicas}"))
}

fn replica_set(object: &Value) -> Status {
    if conditions(object).any(|c| c.kind == "ReplicaFailure" && c.status == "True") {
        return progress("Replica Failure condition. Check Pods");
    }
    let status = |key| number(object, &["status", key], 0);
    let wanted = number(object, &["spec", "replicas"], 1);
    let steps = [
        ("Labelled", status("fullyLabeledReplicas")),
        ("Available", status("availableReplicas")),
        ("Ready", status("readyReplicas")),
    ];
    for (name, count) in steps {
        if wanted > count {
            return progress(format!("{name}: {count}/{wanted}"));
        }
    }
    let replicas = status("replicas");
    if replicas > wanted {
        return progress(format!("Pending termination: {}", replicas.saturating_sub(wanted)));
    }
    current(format!("ReplicaSet is available. Replicas: {replicas}"))
}

fn daemon_set(object: &Value) -> Status {
    for (part, key) in [("metadata", "generation"), ("status", "observedGeneration")] {
        if object.get_path([part, key]).is_none() {
            return progress(format!("{} {part}.{key} not found", text(object, &["kind"], "")));
        }
    }
    let status = |key| number(object, &["status", key], 0);
    let wanted = number(object, &["status", "desiredNumberScheduled"], -1);
    if wanted == -1 {
        return progress("Missing .status.desiredNumberScheduled");
    }
    let steps = [
        ("Current", status("currentNumberScheduled")),
        ("Updated", status("updatedNumberScheduled")),
        ("Available", status("numberAvailable")),
        ("Ready", status("numberReady")),
    ];
    for (name, count) in steps {
        if wanted > count {
            return progress(format!("{name}: {count}/{wanted}"));
        }
    }
    current(format!("All replicas scheduled as expected. Replicas: {wanted}"))
}

fn job(object: &Value) -> Status {
    if let Some(done) = job_end(object) {
        return done;
    }
    if text(object, &["status", "startTime"], "").is_empty() {
        return progress("Job not started");
    }
    let status = |key| number(object, &["status", key], 0);
    current(format!(
        "Job in progress. success:{}, active: {}, failed: {}",
        status("succeeded"),
        status("active"),
        status("failed")
    ))
}

fn job_end(object: &Value) -> Option<Status> {
    let parallel = number(object, &["spec", "parallelism"], 1);
    let wanted = number(object, &["spec", "completions"], parallel);
    let status = |key| number(object, &["status", key], 0);
    conditions(object).filter(|condition| condition.status == "True").find_map(|condition| {
        match condition.kind {
            "Complete" => {
                Some(current(format!("Job Completed. succeeded: {}/{wanted}", status("succeeded"))))
            }
            "Failed" => Some(failed(format!("Job Failed. failed: {}/{wanted}", status("failed")))),
            _ => None,
        }
    })
}

fn definition(object: &Value) -> Status {
    for condition in conditions(object) {
        match (condition.kind, condition.status) {
            ("NamesAccepted", "False") => return failed(condition.message),
            ("Established", "False") if condition.reason != "Installing" => {
                return failed(condition.message);
            }
            ("Established", "True") => return current("CRD is established"),
            _ => {}
        }
    }
    progress("Install in progress")
}

/// The status of a job that is to be done: Helm's own rule for hooks and `--wait-for-jobs`.
pub(crate) fn of_job_done(object: &Value) -> Status {
    job_end(object).unwrap_or_else(|| progress("Job in progress"))
}

/// The status of a pod that is to be done: Helm's own rule for hooks.
pub(crate) fn of_pod_done(object: &Value) -> Status {
    let name = text(object, &["metadata", "name"], "");
    match text(object, &["status", "phase"], "") {
        "Succeeded" => current(format!("pod {name} succeeded")),
        "Failed" => failed(format!("pod {name} failed")),
        _ => progress("Pod in progress"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_those_of_kstatus() {
        use State::*;
        let table = [
            ("{kind: ConfigMap, apiVersion: v1}", Current, "Resource is always ready"),
            (
                "{kind: Pod, apiVersion: v1, metadata: {deletionTimestamp: '2026'}}",
                Terminating,
                "Resource scheduled for deletion",
            ),
            (
                "{kind: X, apiVersion: a/v1, metadata: {generation: 2}, status: {observedGeneration: 1}}",
                InProgress,
                "X generation is 2, but latest observed generation is 1",
            ),
            (
                "{kind: X, apiVersion: a/v1, status: {conditions: [{type: Ready, status: 'False', message: m}]}}",
                InProgress,
                "m",
            ),
            (
                "{kind: X, apiVersion: a/v1, status: {conditions: [{type: Stalled, status: 'True', message: m}]}}",
                Failed,
                "m",
            ),
            ("{kind: X, apiVersion: a/v1}", Current, "Resource is current"),
            (
                "{kind: Service, apiVersion: v1, spec: {type: LoadBalancer}}",
                InProgress,
                "ClusterIP not set. Service type: LoadBalancer",
            ),
            (
                "{kind: PersistentVolumeClaim, apiVersion: v1, status: {phase: Pending}}",
                InProgress,
                "PVC is not Bound. phase: Pending",
            ),
            ("{kind: Deployment, apiVersion: apps/v1}", InProgress, "Replicas: 0/1"),
            (
                "{kind: Deployment, apiVersion: apps/v1, spec: {replicas: 2}, status: {replicas: 2, updatedReplicas: 2, availableReplicas: 1}}",
                InProgress,
                "Available: 1/2",
            ),
            (
                "{kind: Deployment, apiVersion: apps/v1, spec: {progressDeadlineSeconds: 600}, status: {replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1, conditions: [{type: Available, status: 'True'}]}}",
                InProgress,
                "ReplicaSet not Available",
            ),
            (
                "{kind: Deployment, apiVersion: apps/v1, status: {conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}}",
                Failed,
                "Progress deadline exceeded",
            ),
            (
                "{kind: StatefulSet, apiVersion: apps/v1, spec: {updateStrategy: {type: OnDelete}}}",
                Current,
                "StatefulSet is using the ondelete update strategy",
            ),
            (
                "{kind: StatefulSet, apiVersion: apps/v1, spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}}, status: {replicas: 3, readyReplicas: 3, updatedReplicas: 1}}",
                InProgress,
                "updated: 1/2",
            ),
            (
                "{kind: DaemonSet, apiVersion: apps/v1}",
                InProgress,
                "DaemonSet metadata.generation not found",
            ),
            (
                "{kind: ReplicaSet, apiVersion: apps/v1, spec: {replicas: 0}}",
                Current,
                "ReplicaSet is available. Replicas: 0",
            ),
            ("{kind: Job, apiVersion: batch/v1}", InProgress, "Job not started"),
            (
                "{kind: Job, apiVersion: batch/v1, status: {startTime: '2026', active: 1}}",
                Current,
                "Job in progress. success:0, active: 1, failed: 0",
            ),
            (
                "{kind: Job, apiVersion: batch/v1, status: {failed: 1, conditions: [{type: Failed, status: 'True'}]}}",
                Failed,
                "Job Failed. failed: 1/1",
            ),
            (
                "{kind: Pod, apiVersion: v1, status: {phase: Running, containerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]}}",
                Failed,
                "Containers in CrashLoop state: a",
            ),
            (
                "{kind: Pod, apiVersion: v1, status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: InvalidImageName}}}, {name: b, state: {waiting: {reason: ContainerCreating}}}]}}",
                Failed,
                "Containers with an invalid image name: a",
            ),
            (
                "{kind: Pod, apiVersion: v1, status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ImagePullBackOff}}}]}}",
                InProgress,
                "Pod is in the Pending phase",
            ),
            (
                "{kind: Pod, apiVersion: v1, status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable}]}}",
                InProgress,
                "Pod has not been scheduled",
            ),
            (
                "{kind: CustomResourceDefinition, apiVersion: apiextensions.k8s.io/v1, status: {conditions: [{type: Established, status: 'True'}]}}",
                Current,
                "CRD is established",
            ),
            (
                "{kind: PodDisruptionBudget, apiVersion: policy/v1}",
                Current,
                "AllowedDisruptions has been computed.",
            ),
        ];
        for (object, state, message) in table {
            let object = pintle_yaml::read(object.as_bytes()).expect("YAML");
            assert_eq!(of(&object, None), Status::new(state, message), "{object:?}");
        }
    }

    #[test]
    fn hooks_are_to_be_done() {
        let job = pintle_yaml::read(b"{kind: Job, status: {startTime: x}}").expect("YAML");
        assert_eq!(of_job_done(&job), Status::new(State::InProgress, "Job in progress"));
        let pod = b"{kind: Pod, metadata: {name: p}, status: {phase: Failed}}";
        let pod = pintle_yaml::read(pod).expect("YAML");
        assert_eq!(of_pod_done(&pod), Status::new(State::Failed, "pod p failed"));
    }
}
