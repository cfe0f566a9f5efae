//! Helm 4's way of waiting: watches tell every change, kstatus' rules what it means.

use std::collections::BTreeMap;
use std::time::Duration;

use http_body_util::BodyExt;
use pintle_release::{ClusterErrorKind, Event, Resource, WaitError, WaitGoal, Watch};
use pintle_yaml::Value;
use tokio::sync::mpsc;

use super::{Clock, trouble};
use crate::address;
use crate::error::Failure;
use crate::http::{Call, Http, escape, read_json};
use crate::status::{self, State, Status};

/// How often pods are looked at that belong to what is not ready.
const PODS_EVERY: Duration = Duration::from_secs(2);
/// The longest line of a watch.
const MAX_LINE: usize = 64 << 20;

/// What a watch found.
enum Found {
    /// The object of an index as it is now.
    Object(usize, Option<Value>),
    Failed(Failure),
}

/// Objects of one kind in one place.
struct Group {
    path: String,
    members: Vec<(String, usize)>,
}

pub(super) async fn wait(
    http: &Http,
    resources: &[Resource],
    clock: &Clock<'_>,
    watch: &mut dyn Watch,
) -> Result<(), WaitError> {
    let goal = clock.options.goal;
    let mut known: Vec<Option<Status>> = Vec::with_capacity(resources.len());
    let mut objects: Vec<Option<Value>> = vec![None; resources.len()];
    let mut groups: BTreeMap<(String, Option<&str>), Group> = BTreeMap::new();
    for (index, resource) in resources.iter().enumerate() {
        let ready = settled(resource, goal);
        if ready.is_none() {
            let path = address::of_kind(resource);
            let group = groups
                .entry((path.clone(), resource.namespace.as_deref()))
                .or_insert_with(|| Group { path, members: Vec::new() });
            group.members.push((resource.name.clone(), index));
        }
        known.push(ready);
    }
    let settled = known.iter().filter(|status| status.is_some()).count();
    watch.event(Event::WaitBegins { goal, settled });
    let (send, mut receive) = mpsc::channel(64);
    let watches = futures_util::future::join_all(
        groups.into_values().map(|group| follow(http, group, send.clone())),
    );
    drop(send);
    let judge = async {
        let mut pods_at = tokio::time::Instant::now() + PODS_EVERY;
        loop {
            if reached(&known, goal) {
                return Ok(None);
            }
            if let Some(over) = clock.over() {
                return Ok(Some(over));
            }
            let found = tokio::time::timeout_at(clock.tick(), receive.recv()).await;
            match found {
                Ok(Some(Found::Object(index, object))) => {
                    let status = judge(object.as_ref(), resources.get(index), goal);
                    tell(&mut known, index, status, resources, watch);
                    if let Some(slot) = objects.get_mut(index) {
                        *slot = object;
                    }
                }
                Ok(Some(Found::Failed(failure))) => return Err(failure),
                Ok(None) | Err(_) => watch.event(Event::Waiting),
            }
            if goal != WaitGoal::Deleted && tokio::time::Instant::now() >= pods_at {
                for index in controllers(resources, &known) {
                    let Some(object) = objects.get(index).and_then(Option::as_ref) else {
                        continue;
                    };
                    let count = trouble::failed_pods(http, object).await;
                    if count > 0 {
                        let message = format!("{count} pods have failed");
                        let status = Status::new(State::Failed, message);
                        tell(&mut known, index, status, resources, watch);
                    }
                }
                // What waits for a node fails by the time that passes.
                for (index, object) in objects.iter().enumerate() {
                    if let Some(object) = object.as_ref().filter(|o| status::unschedulable(o)) {
                        let status = judge(Some(object), resources.get(index), goal);
                        tell(&mut known, index, status, resources, watch);
                    }
                }
                pods_at = tokio::time::Instant::now() + PODS_EVERY;
            }
        }
    };
    let judged = {
        futures_util::pin_mut!(judge, watches);
        match futures_util::future::select(judge, watches).await {
            futures_util::future::Either::Left((judged, _)) => judged,
            // The watches go on until they are dropped.
            futures_util::future::Either::Right((_, judge)) => judge.await,
        }
    };
    watch.event(Event::WaitEnds);
    let over = judged.map_err(|failure| WaitError {
        kind: failure.kind,
        message: failure.message,
        pending: Vec::new(),
    })?;
    let error = conclude(resources, &known, goal, over);
    if let Some(error) = &error
        && goal != WaitGoal::Deleted
        && error.kind != ClusterErrorKind::Cancelled
    {
        trouble::tell(http, resources, &error.pending, watch).await;
    }
    error.map_or(Ok(()), Err)
}

/// The status of what needs no watching.
fn settled(resource: &Resource, goal: WaitGoal) -> Option<Status> {
    if goal == WaitGoal::Deleted {
        return None;
    }
    let paused = resource.object.get_path(["spec", "paused"]).and_then(Value::as_bool);
    let kind = (address::group(&resource.api_version), resource.kind.as_str());
    if kind == ("apps", "Deployment") && paused == Some(true) {
        return Some(Status::new(State::Current, "Deployment is paused"));
    }
    if goal == WaitGoal::Done {
        let awaited = matches!(kind, ("", "Pod") | ("batch", "Job"));
        return (!awaited).then(|| Status::new(State::Current, "Resource is current"));
    }
    // Objects that nothing works on: they are there since they were written.
    let still = match kind.0 {
        "" => matches!(
            kind.1,
            "ConfigMap" | "Secret" | "ServiceAccount" | "LimitRange" | "Endpoints" | "PodTemplate"
        ),
        "batch" => kind.1 == "CronJob",
        "rbac.authorization.k8s.io"
        | "admissionregistration.k8s.io"
        | "storage.k8s.io"
        | "scheduling.k8s.io" => true,
        "networking.k8s.io" => matches!(kind.1, "IngressClass" | "NetworkPolicy"),
        _ => false,
    };
    still.then(|| Status::new(State::Current, "Resource is always ready"))
}

fn judge(object: Option<&Value>, resource: Option<&Resource>, goal: WaitGoal) -> Status {
    let Some(object) = object else {
        return Status::new(State::NotFound, "Resource not found");
    };
    let kind = resource.map_or("", |resource| resource.kind.as_str());
    let group = resource.map_or("", |resource| address::group(&resource.api_version));
    match (goal, group, kind) {
        (WaitGoal::Done | WaitGoal::ReadyWithJobs, "batch", "Job") => status::of_job_done(object),
        (WaitGoal::Done, "", "Pod") => status::of_pod_done(object),
        _ => status::of(object, trouble::age(object)),
    }
}

fn tell(
    known: &mut [Option<Status>],
    index: usize,
    status: Status,
    resources: &[Resource],
    watch: &mut dyn Watch,
) {
    let Some(slot) = known.get_mut(index) else { return };
    if slot.as_ref() == Some(&status) {
        return;
    }
    if let Some(resource) = resources.get(index) {
        let (state, reason) = (status.state.name(), status.message.as_str());
        watch.event(Event::State { resource, state, reason });
    }
    *slot = Some(status);
}

/// Whether nothing is left to wait for. What failed will not recover.
fn reached(known: &[Option<Status>], goal: WaitGoal) -> bool {
    known.iter().all(|status| match (status.as_ref().map(|status| status.state), goal) {
        (Some(State::NotFound), WaitGoal::Deleted) => true,
        (_, WaitGoal::Deleted) => false,
        (Some(State::Current | State::Failed), _) => true,
        _ => false,
    })
}

/// What is not ready and owns pods itself.
fn controllers(resources: &[Resource], known: &[Option<Status>]) -> Vec<usize> {
    let of_pods = |resource: &Resource| {
        address::group(&resource.api_version) == "apps"
            && matches!(resource.kind.as_str(), "StatefulSet" | "ReplicaSet")
    };
    resources
        .iter()
        .zip(known)
        .enumerate()
        .filter(|(_, (resource, status))| {
            of_pods(resource) && status.as_ref().is_some_and(|s| s.state == State::InProgress)
        })
        .map(|(index, _)| index)
        .collect()
}

/// The error in Helm's words, if there is one.
fn conclude(
    resources: &[Resource],
    known: &[Option<Status>],
    goal: WaitGoal,
    over: Option<(ClusterErrorKind, &'static str)>,
) -> Option<WaitError> {
    let mut lines = Vec::new();
    let mut pending = Vec::new();
    for (index, (resource, status)) in resources.iter().zip(known).enumerate() {
        let state = status.as_ref().map_or(State::Unknown, |status| status.state);
        let fine = match goal {
            WaitGoal::Deleted => matches!(state, State::NotFound | State::Unknown),
            _ => state == State::Current,
        };
        if fine {
            continue;
        }
        let message = status.as_ref().map_or("", |status| status.message.as_str());
        let how = if goal == WaitGoal::Deleted { "still exists" } else { "not ready" };
        lines.push(format!(
            "resource {}/{}/{} {how}. status: {}, message: {message}",
            resource.kind,
            resource.namespace.as_deref().unwrap_or_default(),
            resource.name,
            state.name()
        ));
        pending.push((index, state.name().to_string(), message.to_string()));
    }
    let kind = match over {
        Some((kind, words)) => {
            lines.push(words.to_string());
            kind
        }
        None if lines.is_empty() => return None,
        None => ClusterErrorKind::Other,
    };
    Some(WaitError { kind, message: lines.join("\n"), pending })
}

/// Tells all changes of a group's objects, beginning with what they are.
async fn follow(http: &Http, group: Group, send: mpsc::Sender<Found>) {
    let mut failures = 0;
    loop {
        match follow_once(http, &group, &send).await {
            Ok(()) => failures = 0,
            // Kinds that are gone have no objects; rights do not come by waiting.
            Err(failure) if failure.is_not_found() => {
                for (_, index) in &group.members {
                    if send.send(Found::Object(*index, None)).await.is_err() {
                        return;
                    }
                }
                failures += 1;
            }
            Err(failure) if failure.kind == ClusterErrorKind::Forbidden => {
                let _ = send.send(Found::Failed(failure)).await;
                return;
            }
            Err(failure) => {
                failures += 1;
                if failures > 20 {
                    let _ = send.send(Found::Failed(failure)).await;
                    return;
                }
            }
        }
        if send.is_closed() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200) * failures.clamp(1, 25)).await;
    }
}

async fn follow_once(
    http: &Http,
    group: &Group,
    send: &mpsc::Sender<Found>,
) -> Result<(), Failure> {
    // One object alone is asked for by its name.
    let selector = match group.members.as_slice() {
        [(name, _)] => format!("fieldSelector={}&", escape(&format!("metadata.name={name}"))),
        _ => String::new(),
    };
    let list = http.json(&Call::get(format!("{}?{selector}limit=0", group.path))).await?;
    let kinds = |key: &str| list.get(key).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind) = (kinds("apiVersion"), kinds("kind").trim_end_matches("List"));
    let items = list.get("items").and_then(Value::as_seq).unwrap_or_default();
    for (name, index) in &group.members {
        let object = items.iter().find(|item| name_of(item) == name).cloned().map(|mut object| {
            // The elements of a list leave these out.
            if let Some(object) = object.as_map_mut() {
                object.insert("apiVersion", api_version);
                object.insert("kind", kind);
            }
            object
        });
        if send.send(Found::Object(*index, object)).await.is_err() {
            return Ok(());
        }
    }
    let version = list.get_path(["metadata", "resourceVersion"]).and_then(Value::as_str);
    let call = Call::get(format!(
        "{}?{selector}watch=true&allowWatchBookmarks=true&resourceVersion={}",
        group.path,
        escape(version.unwrap_or_default())
    ));
    let mut body = http.stream(&call).await?;
    let mut buffer: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        // A broken watch begins anew with a list.
        let Ok(frame) = frame else { return Ok(()) };
        let Ok(data) = frame.into_data() else { continue };
        buffer.extend_from_slice(&data);
        if buffer.len() > MAX_LINE {
            return Err(Failure::other("an event of a watch is too large"));
        }
        let mut start = 0;
        while let Some(end) = buffer.get(start..).and_then(newline) {
            let line = buffer.get(start..start + end).unwrap_or_default();
            start += end + 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let event = read_json(line)?;
            let object = event.get("object").unwrap_or(&Value::Null);
            let object = match event.get("type").and_then(Value::as_str).unwrap_or_default() {
                "ERROR" => return Ok(()),
                "ADDED" | "MODIFIED" => (name_of(object), Some(object.clone())),
                "DELETED" => (name_of(object), None),
                _ => continue,
            };
            for (name, index) in &group.members {
                if name == object.0
                    && send.send(Found::Object(*index, object.1.clone())).await.is_err()
                {
                    return Ok(());
                }
            }
        }
        buffer.drain(..start);
    }
    Ok(())
}

fn newline(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| *byte == b'\n')
}

fn name_of(object: &Value) -> &str {
    object.get_path(["metadata", "name"]).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(api_version: &str, kind: &str) -> Resource {
        Resource {
            object: Value::empty_map(),
            api_version: api_version.into(),
            kind: kind.into(),
            name: "x".into(),
            namespace: Some("n".into()),
            plural: String::new(),
            source: None,
        }
    }

    #[test]
    fn errors_are_in_helms_words() {
        let resources = [resource("apps/v1", "Deployment"), resource("batch/v1", "Job")];
        let known = [
            Some(Status::new(State::InProgress, "Available: 0/1")),
            Some(Status::new(State::Failed, "Job Failed. failed: 1/1")),
        ];
        let over = Some((ClusterErrorKind::Timeout, "context deadline exceeded"));
        let error = conclude(&resources, &known, WaitGoal::Ready, over).expect("an error");
        assert_eq!(
            error.message,
            "resource Deployment/n/x not ready. status: InProgress, message: Available: 0/1\n\
             resource Job/n/x not ready. status: Failed, message: Job Failed. failed: 1/1\n\
             context deadline exceeded"
        );
        assert!(!reached(&known, WaitGoal::Ready));
        assert!(reached(&known[1..], WaitGoal::Ready));
        let gone = [None, Some(Status::new(State::NotFound, ""))];
        assert_eq!(conclude(&resources, &gone, WaitGoal::Deleted, None), None);
    }

    #[test]
    fn some_kinds_need_no_watching() {
        assert!(settled(&resource("v1", "ConfigMap"), WaitGoal::Ready).is_some());
        assert!(settled(&resource("v1", "ConfigMap"), WaitGoal::Deleted).is_none());
        assert!(settled(&resource("apps/v1", "Deployment"), WaitGoal::Done).is_some());
        assert!(settled(&resource("batch/v1", "Job"), WaitGoal::Done).is_none());
    }
}
