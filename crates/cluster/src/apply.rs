//! Writing objects: what to send for each, and in which order.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use pintle_release::{Apply, ApplyError, Cascade, Changes, ClusterError, Resource};
use pintle_yaml::Value;

use crate::address;
use crate::error::Failure;
use crate::http::{Answer, Call, Http, IN_FLIGHT, write_json};
use crate::kubernetes::{Heard, Stopped};
use crate::managed;
use crate::patch;

/// The name under which the server keeps who wrote a field. It is Helm's, so that each can go on
/// with what the other made.
pub(crate) const MANAGER: &str = "helm";
const APPLY: &str = "application/apply-patch+yaml";
const JSON_PATCH: &str = "application/json-patch+json";
/// How often is tried again what somebody else changed meanwhile.
const CONFLICT_TRIES: u32 = 5;

/// The object as it is now.
pub(crate) async fn get(http: &Http, resource: &Resource) -> Result<Option<Value>, Failure> {
    if resource.name.is_empty() {
        return Ok(None);
    }
    match http.json(&Call::get(address::of(resource))).await {
        Ok(value) => Ok(Some(value)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Runs of resources of one kind, as indices: Helm writes one after the other.
fn runs(resources: &[Resource]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, resource) in resources.iter().enumerate() {
        let kind_before = index.checked_sub(1).and_then(|at| resources.get(at)).map(|r| &r.kind);
        match runs.last_mut() {
            Some(run) if kind_before == Some(&resource.kind) => run.end = index + 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

/// Creates objects. All are tried, as Helm does, and all errors told.
pub(crate) async fn create(
    http: &Http,
    resources: &[Resource],
    options: &Apply,
    heard: &mut Vec<Heard>,
) -> Result<Changes, Stopped> {
    let mut changes = Changes::default();
    let mut errors = Vec::new();
    for run in runs(resources) {
        let base = run.start;
        let part = resources.get(run).unwrap_or_default();
        let mut done = stream::iter(part.iter().enumerate())
            .map(async |(index, resource)| (index, create_one(http, resource, options).await))
            .buffered(IN_FLIGHT);
        while let Some((index, result)) = done.next().await {
            match result {
                Ok(written) => {
                    warn(&written, heard);
                    // The server's apply takes what is there already too.
                    let (list, event) = match written.how {
                        How::Created => {
                            (&mut changes.created, Heard::Created(written.resource.clone()))
                        }
                        _ => (&mut changes.updated, Heard::Updated(written.resource.clone())),
                    };
                    heard.push(event);
                    list.push(written.resource);
                }
                Err(failure) => errors.push((Some(base + index), failure.into())),
            }
        }
    }
    if errors.is_empty() { Ok(changes) } else { Err(Stopped(ApplyError { errors, changes })) }
}

/// What was written, and what the server said to it.
struct Written {
    resource: Resource,
    warnings: Vec<String>,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Created,
    Updated,
    Unchanged,
}

fn warn(written: &Written, heard: &mut Vec<Heard>) {
    for warning in &written.warnings {
        heard.push(Heard::Warning(warning.clone()));
    }
}

fn written(resource: &Resource, answer: Answer, how: How) -> Result<Written, Failure> {
    let object = answer.value()?;
    let name = object.get_path(["metadata", "name"]).and_then(Value::as_str);
    let name = name.unwrap_or(&resource.name).to_string();
    let resource = Resource { object, name, ..resource.clone() };
    Ok(Written { resource, warnings: answer.warnings, how })
}

async fn create_one(http: &Http, resource: &Resource, options: &Apply) -> Result<Written, Failure> {
    if options.server_side {
        let mut tries = 0;
        loop {
            match apply_one(http, resource, options).await {
                Err(failure) if tries < CONFLICT_TRIES && of_quota(&failure) => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(10) * tries).await;
                }
                other => return other,
            }
        }
    }
    post(http, resource, options).await
}

/// The counting of quotas came into the way of others' counting.
fn of_quota(failure: &Failure) -> bool {
    failure.is_conflict()
        && failure.message.contains("Operation cannot be fulfilled on resourcequotas")
        && failure.message.contains("the object has been modified")
}

/// The server's apply.
async fn apply_one(http: &Http, resource: &Resource, options: &Apply) -> Result<Written, Failure> {
    let what = || address::words(resource);
    if resource.name.is_empty() {
        let message = format!("server-side apply failed for object {}: name is required", what());
        return Err(Failure::other(message));
    }
    let path = format!(
        "{}?fieldManager={MANAGER}&force={}&fieldValidation={}{}",
        address::of(resource),
        options.force_conflicts,
        strictness(options),
        dry_run(options)
    );
    let call = Call::patch(path, APPLY, write_json(&resource.object)?);
    let answer = http.send(&call).await.map_err(|failure| {
        let before = if failure.code == 415 {
            "server-side apply not available on the server".to_string()
        } else if failure.is_conflict() {
            format!("conflict occurred while applying object {}", what())
        } else {
            format!("server-side apply failed for object {}", what())
        };
        failure.with(&before)
    })?;
    let how = if answer.status.as_u16() == 201 { How::Created } else { How::Updated };
    written(resource, answer, how)
}

fn strictness(options: &Apply) -> &'static str {
    if options.validate { "Strict" } else { "Ignore" }
}

fn dry_run(options: &Apply) -> &'static str {
    if options.dry_run { "&dryRun=All" } else { "" }
}

/// Creates an object in the old way.
async fn post(http: &Http, resource: &Resource, options: &Apply) -> Result<Written, Failure> {
    let path = format!("{}?fieldManager={MANAGER}{}", address::of_kind(resource), dry_run(options));
    let mut object = resource.object.clone();
    // What an object was once no one wants to create.
    if let Some(metadata) =
        object.as_map_mut().and_then(|object| object.get_mut("metadata")?.as_map_mut())
    {
        metadata.remove("resourceVersion");
    }
    let call = Call::post(path, write_json(&object)?);
    let mut tries = 0;
    loop {
        match http.send(&call).await {
            Ok(answer) => return written(resource, answer, How::Created),
            // The answer was lost: look whether the object is there, and is ours.
            Err(failure) if failure.unknown && !resource.name.is_empty() => {
                let Ok(found) = get(http, resource).await else { return Err(failure) };
                match found {
                    Some(object) if is_ours(&resource.object, &object) => {
                        let resource = Resource { object, ..resource.clone() };
                        return Ok(Written { resource, warnings: Vec::new(), how: How::Created });
                    }
                    None if tries < 2 => tries += 1,
                    _ => return Err(failure),
                }
            }
            Err(failure)
                if failure.is_conflict()
                    && failure.reason == "Conflict"
                    && tries < CONFLICT_TRIES =>
            {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(10) * tries).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Whether what is on the server holds all that we sent, so that it can only be from us.
fn is_ours(sent: &Value, live: &Value) -> bool {
    let manages = |entry: &Value| entry.get("manager").and_then(Value::as_str) == Some(MANAGER);
    let managers = live.get_path(["metadata", "managedFields"]).and_then(Value::as_seq);
    managers.unwrap_or_default().iter().any(manages)
        && ["labels", "annotations"].iter().all(|part| {
            let sent = sent.get_path(["metadata", part]).and_then(Value::as_map);
            let live = live.get_path(["metadata", part]);
            sent.is_none_or(|sent| {
                sent.iter().all(|(key, value)| live.and_then(|live| live.get(key)) == Some(value))
            })
        })
}

/// Makes the objects of `current` into those of `target`.
pub(crate) async fn update(
    http: &Http,
    current: &[Resource],
    target: &[Resource],
    options: &Apply,
    heard: &mut Vec<Heard>,
) -> Result<Changes, Stopped> {
    let mut changes = Changes::default();
    let mut errors: Vec<(Option<usize>, ClusterError)> = Vec::new();
    let invalid = |message: &str| {
        Stopped::from(ClusterError::from(Failure::other(format!("invalid operation: {message}"))))
    };
    if options.three_way_for_unstructured && options.server_side {
        return Err(invalid(
            "cannot use three-way merge for unstructured and server-side apply together",
        ));
    }
    if options.force_conflicts && options.force_replace {
        return Err(invalid("cannot use force conflicts and force replace together"));
    }
    if options.server_side && options.force_replace {
        return Err(invalid("cannot use server-side apply and force replace together"));
    }
    for run in runs(target) {
        let base = run.start;
        let part = target.get(run).unwrap_or_default();
        let mut done = stream::iter(part.iter().enumerate())
            .map(async |(index, resource)| {
                let original = current.iter().find(|old| address::same(old, resource));
                (index, resource, update_one(http, original, resource, options).await)
            })
            .buffered(IN_FLIGHT);
        let mut fatal = false;
        while let Some((index, resource, result)) = done.next().await {
            match result {
                Ok(written) => {
                    warn(&written, heard);
                    let (list, event) = match written.how {
                        How::Created => {
                            (&mut changes.created, Heard::Created(written.resource.clone()))
                        }
                        How::Updated => {
                            (&mut changes.updated, Heard::Updated(written.resource.clone()))
                        }
                        How::Unchanged => {
                            (&mut changes.updated, Heard::Unchanged(written.resource.clone()))
                        }
                    };
                    heard.push(event);
                    list.push(written.resource);
                }
                Err(Unwritten { failure, creating }) => {
                    // It counts among those that were tried, as in Helm, which cleans them up.
                    match creating {
                        Some(true) => changes.created.push(resource.clone()),
                        Some(false) => changes.updated.push(resource.clone()),
                        None => {}
                    }
                    fatal |= creating != Some(false);
                    errors.push((Some(base + index), failure.into()));
                }
            }
        }
        // Helm goes on after a failed change, but not after a failed creation.
        if fatal {
            break;
        }
    }
    if !errors.is_empty() {
        return Err(Stopped(ApplyError { errors, changes }));
    }
    let gone: Vec<&Resource> =
        current.iter().filter(|old| !target.iter().any(|new| address::same(old, new))).collect();
    let mut done = stream::iter(gone.iter())
        .map(async |old| (*old, remove_one(http, old, options).await))
        .buffered(IN_FLIGHT);
    while let Some((old, result)) = done.next().await {
        match result {
            Ok(Removed::Gone) => {
                heard.push(Heard::Deleted(old.clone()));
                changes.deleted.push(old.clone());
            }
            Ok(Removed::Kept) => heard.push(Heard::Kept(old.clone())),
            Ok(Removed::Absent) => {}
            Err(failure) => {
                let before = format!(
                    "failed to delete resource namespace={}, name={}, kind={}",
                    old.namespace.as_deref().unwrap_or_default(),
                    old.name,
                    old.kind
                );
                errors.push((None, failure.with(&before).into()));
            }
        }
    }
    if errors.is_empty() { Ok(changes) } else { Err(Stopped(ApplyError { errors, changes })) }
}

/// An object could not be written.
struct Unwritten {
    failure: Failure,
    /// Whether it was to be created; `None` when that could not be found out.
    creating: Option<bool>,
}

async fn update_one(
    http: &Http,
    original: Option<&Resource>,
    target: &Resource,
    options: &Apply,
) -> Result<Written, Unwritten> {
    let unknown = |failure: Failure| Unwritten {
        failure: failure.with("could not get information about the resource"),
        creating: None,
    };
    let changing = |failure: Failure| Unwritten { failure, creating: Some(false) };
    let creating = |failure: Failure| Unwritten {
        failure: failure.with("failed to create resource"),
        creating: Some(true),
    };
    // The server's apply creates as well as it changes, so that one request is enough for what
    // differs; what does not is looked at only.
    let same = original.is_some_and(|original| original.object == target.object);
    let look = !options.server_side || options.migrate_managed_fields || same;
    let mut live = None;
    if look {
        live = get(http, target).await.map_err(unknown)?;
        if live.is_none() {
            return create_one(http, target, options).await.map_err(creating);
        }
    }
    if options.force_replace {
        return replace_one(http, target, live, options).await.map_err(changing);
    }
    if !options.server_side {
        let live = live.unwrap_or_default();
        return patch_one(http, original, target, live, options).await.map_err(changing);
    }
    if options.migrate_managed_fields
        && let Some(object) = &live
    {
        migrate(http, target, object.clone(), options).await.map_err(changing)?;
    }
    if same
        && let Some(object) = live
        && managed::applied_by(&object, MANAGER)
        && !managed::updated_by(&object, MANAGER)
        && patch::holds(&object, &target.object)
    {
        let resource = Resource { object, ..target.clone() };
        return Ok(Written { resource, warnings: Vec::new(), how: How::Unchanged });
    }
    match apply_one(http, target, options).await {
        Ok(written) => Ok(written),
        // Which of the two it would have been tells how Helm would have said it.
        Err(failure) if look => Err(changing(failure)),
        Err(failure) => match get(http, target).await {
            Ok(None) => {
                let again = create_one(http, target, options).await;
                again.map_err(creating)
            }
            _ => Err(changing(failure)),
        },
    }
}

/// Makes the fields that an earlier client-side apply of ours manages into those of the server's.
async fn migrate(
    http: &Http,
    target: &Resource,
    mut live: Value,
    options: &Apply,
) -> Result<(), Failure> {
    let what = || address::words(target);
    for _ in 0..=CONFLICT_TRIES {
        let Some(patch) = managed::migration(&live, MANAGER) else { return Ok(()) };
        let path = format!(
            "{}?fieldManager={MANAGER}&fieldValidation={}{}",
            address::of(target),
            strictness(options),
            dry_run(options)
        );
        let mut call = Call::patch(path, JSON_PATCH, write_json(&patch)?);
        call.idempotent = false;
        match http.send(&call).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.is_conflict() => {
                live = match get(http, target).await {
                    Ok(Some(live)) => live,
                    Ok(None) => return Ok(()),
                    Err(failure) => {
                        return Err(failure.with(&format!("failed to get object {}", what())));
                    }
                };
            }
            Err(failure) => {
                let before =
                    format!("failed to patch object to upgrade CSA field manager {}", what());
                return Err(failure.with(&before));
            }
        }
    }
    Err(Failure::other(format!("failed to upgrade managed fields for object {}", what())))
}

/// Patches made here, as Helm 3 did.
async fn patch_one(
    http: &Http,
    original: Option<&Resource>,
    target: &Resource,
    live: Value,
    options: &Apply,
) -> Result<Written, Failure> {
    // What no earlier revision knows is compared with what is there.
    let old = original.map_or(&live, |original| &original.object);
    let patch = patch::make(target, old, &live, options.three_way_for_unstructured)
        .map_err(|message| Failure::other(format!("failed to create patch: {message}")))?;
    let Some((patch, content_type)) = patch else {
        let resource = Resource { object: live, ..target.clone() };
        return Ok(Written { resource, warnings: Vec::new(), how: How::Unchanged });
    };
    let path = format!("{}?fieldManager={MANAGER}{}", address::of(target), dry_run(options));
    let call = Call::patch(path, content_type, write_json(&patch)?);
    let answer = http.send(&call).await.map_err(|failure| {
        failure.with(&format!("cannot patch {:?} with kind {}", target.name, target.kind))
    })?;
    written(target, answer, How::Updated)
}

/// Puts the whole object into the place of what is there.
async fn replace_one(
    http: &Http,
    target: &Resource,
    live: Option<Value>,
    options: &Apply,
) -> Result<Written, Failure> {
    let mut object = target.object.clone();
    let version = live.as_ref().and_then(|live| live.get_path(["metadata", "resourceVersion"]));
    if let (Some(version), Some(metadata)) =
        (version, object.as_map_mut().and_then(|object| object.get_mut("metadata")?.as_map_mut()))
        && !metadata.contains_key("resourceVersion")
    {
        metadata.insert("resourceVersion", version.clone());
    }
    let path = format!(
        "{}?fieldManager={MANAGER}&fieldValidation={}{}",
        address::of(target),
        strictness(options),
        dry_run(options)
    );
    let call = Call::put(path, write_json(&object)?);
    let answer =
        http.send(&call).await.map_err(|failure| failure.with("failed to replace object"))?;
    written(target, answer, How::Updated)
}

enum Removed {
    Gone,
    Kept,
    Absent,
}

/// Deletes an object that is no longer of the release, unless it is to be kept.
async fn remove_one(http: &Http, old: &Resource, options: &Apply) -> Result<Removed, Failure> {
    // As Helm, which goes on when it cannot look.
    let Ok(Some(live)) = get(http, old).await else { return Ok(Removed::Absent) };
    let policy = live.get_path(["metadata", "annotations", "helm.sh/resource-policy"]);
    if policy.and_then(Value::as_str) == Some("keep") {
        return Ok(Removed::Kept);
    }
    if options.dry_run {
        return Ok(Removed::Gone);
    }
    match delete_one(http, old, Cascade::Background).await {
        Ok(()) => Ok(Removed::Gone),
        Err(failure) if failure.is_not_found() => Ok(Removed::Absent),
        Err(failure) => Err(failure),
    }
}

/// Deletes objects, one run of equal kinds after the other.
pub(crate) async fn delete(
    http: &Http,
    resources: &[Resource],
    cascade: Cascade,
    heard: &mut Vec<Heard>,
) -> Vec<Result<(), ClusterError>> {
    let mut all = Vec::with_capacity(resources.len());
    for run in runs(resources) {
        let part = resources.get(run).unwrap_or_default();
        let mut done = stream::iter(part)
            .map(async |resource| (resource, delete_one(http, resource, cascade).await))
            .buffered(IN_FLIGHT);
        while let Some((resource, result)) = done.next().await {
            all.push(match result {
                Err(failure) if !failure.is_not_found() => Err(failure.into()),
                _ => {
                    heard.push(Heard::Deleted(resource.clone()));
                    Ok(())
                }
            });
        }
    }
    all
}

async fn delete_one(http: &Http, resource: &Resource, cascade: Cascade) -> Result<(), Failure> {
    let cascade = match cascade {
        Cascade::Background => "Background",
        Cascade::Foreground => "Foreground",
        Cascade::Orphan => "Orphan",
    };
    let options = Value::from_iter([
        ("apiVersion", "v1"),
        ("kind", "DeleteOptions"),
        ("propagationPolicy", cascade),
    ]);
    let call = Call::delete(address::of(resource), write_json(&options)?);
    let mut tries = 0;
    loop {
        match http.send(&call).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.is_conflict() && tries < CONFLICT_TRIES => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(10) * tries).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}
