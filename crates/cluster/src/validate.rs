//! What the server thinks of objects before anything is changed.

use futures_util::{StreamExt, stream};
use pintle_release::{ClusterError, ClusterErrorKind, Resource, Violation};

use crate::address;
use crate::apply::MANAGER;
use crate::error::Failure;
use crate::http::{Call, Http, IN_FLIGHT, write_json};

/// Lets the server apply all objects without keeping anything. What it says for lack of a namespace
/// that is still to be made, or of rights, is no fault of an object. Also tells the addresses of
/// those that do not exist yet.
pub(crate) async fn validate(
    http: &Http,
    resources: &[Resource],
) -> Result<(Vec<Violation>, Vec<String>), ClusterError> {
    let all: Vec<_> = stream::iter(resources.iter().enumerate())
        .map(async |(index, resource)| (index, try_one(http, resource).await))
        .buffered(IN_FLIGHT)
        .collect()
        .await;
    let (mut violations, mut absent) = (Vec::new(), Vec::new());
    for (index, tried) in all {
        match tried {
            Ok(true) => absent.extend(resources.get(index).map(address::of)),
            Ok(false) => {}
            Err(failure) if failure.kind == ClusterErrorKind::Unreachable => {
                return Err(failure.into());
            }
            Err(failure) => violations.extend(violations_of(index, &failure)),
        }
    }
    Ok((violations, absent))
}

/// Whether it would be created.
async fn try_one(http: &Http, resource: &Resource) -> Result<bool, Failure> {
    if resource.name.is_empty() {
        return Ok(false);
    }
    let path = format!(
        "{}?fieldManager={MANAGER}&force=true&fieldValidation=Strict&dryRun=All",
        address::of(resource)
    );
    let body = write_json(&resource.object)?;
    let answer = http.send(&Call::patch(path, "application/apply-patch+yaml", body)).await?;
    Ok(answer.status == http::StatusCode::CREATED)
}

fn violations_of(index: usize, failure: &Failure) -> Vec<Violation> {
    let denied = failure.message.contains("admission webhook") && failure.code < 500;
    if failure.kind != ClusterErrorKind::Invalid && !denied {
        return Vec::new();
    }
    let violation = |field: &str, message: &str| Violation {
        resource: index,
        field: field.trim_start_matches('.').to_string(),
        message: message.to_string(),
    };
    if !failure.causes.is_empty() {
        let causes = failure.causes.iter();
        return causes.map(|(field, message)| violation(field, message)).collect();
    }
    let faults = typed(&failure.message);
    if !faults.is_empty() {
        return faults.iter().map(|(field, message)| violation(field, message)).collect();
    }
    vec![violation("", &failure.message)]
}

/// The faults in `failed to create typed patch object (…): .spec.x: field not declared in schema`,
/// which may be several in `errors:`, a line for each.
fn typed(message: &str) -> Vec<(String, String)> {
    let Some((_, rest)) = message.split_once("typed patch object (") else {
        return strict(message);
    };
    let Some((_, faults)) = rest.split_once("): ") else { return Vec::new() };
    faults
        .trim_start_matches("errors:")
        .lines()
        .filter_map(|line| {
            let (field, message) = line.trim().split_once(": ")?;
            field.starts_with('.').then(|| (field.to_string(), message.to_string()))
        })
        .collect()
}

/// The faults in `strict decoding error: unknown field "spec.x", duplicate field "spec.y"`.
fn strict(message: &str) -> Vec<(String, String)> {
    let Some((_, faults)) = message.split_once("strict decoding error: ") else {
        return Vec::new();
    };
    faults
        .split(", ")
        .filter_map(|fault| {
            let (what, field) = fault.split_once('"')?;
            Some((field.trim_end_matches('"').to_string(), what.trim().to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_by_field() {
        let pairs = |message: &str| typed(message);
        let owned = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(a, b)| ((*a).to_string(), (*b).to_string())).collect()
        };
        assert_eq!(
            pairs(
                "failed to create typed patch object (n/x; apps/v1, Kind=Deployment): errors:\n  \
                 .spec.foo: field not declared in schema\n  .spec.replicas: expected numeric (int or float), got string"
            ),
            owned(&[
                (".spec.foo", "field not declared in schema"),
                (".spec.replicas", "expected numeric (int or float), got string"),
            ])
        );
        assert_eq!(
            pairs(
                "failed to create typed patch object (n/x; v1, Kind=Service): .spec.a: field not declared in schema"
            ),
            owned(&[(".spec.a", "field not declared in schema")])
        );
        assert_eq!(
            pairs("strict decoding error: unknown field \"spec.x\", unknown field \"spec.y\""),
            owned(&[("spec.x", "unknown field"), ("spec.y", "unknown field")])
        );
    }
}
