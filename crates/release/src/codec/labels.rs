//! The labels of a record's Secret or ConfigMap.

use std::collections::BTreeMap;

use crate::{Release, Time};

/// The labels that Helm sets itself, and that a user may not set.
pub const SYSTEM_LABELS: [&str; 6] =
    ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// Whether a label is one that Helm sets itself.
pub fn is_system_label(name: &str) -> bool {
    SYSTEM_LABELS.contains(&name)
}

/// When a record was written, for its labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// It is new.
    Created(Time),
    /// It takes the place of an older one.
    Modified(Time),
}

/// All labels of a record: the user's, and those of the system.
///
/// ```
/// use pintle_release::{Release, Stamp, Time, record_labels};
///
/// let release = Release { name: "web".into(), version: 2, ..Release::default() };
/// let labels = record_labels(&release, Stamp::Created(Time::parse("2026-01-02T03:04:05Z").unwrap()));
/// let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
/// assert_eq!(labels.join(","), "createdAt=1767323045,name=web,owner=helm,status=unknown,version=2");
/// ```
pub fn record_labels(release: &Release, stamp: Stamp) -> BTreeMap<String, String> {
    let mut labels = user_labels(&release.labels);
    let (name, time) = match stamp {
        Stamp::Created(time) => ("createdAt", time),
        Stamp::Modified(time) => ("modifiedAt", time),
    };
    let system = [
        (name, time.seconds.to_string()),
        ("name", release.name.clone()),
        ("owner", "helm".to_owned()),
        ("status", release.info.status.name().to_owned()),
        ("version", release.version.to_string()),
    ];
    labels.extend(system.map(|(name, value)| (name.to_owned(), value)));
    labels
}

/// The labels without those of the system.
pub fn user_labels(labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let user = labels.iter().filter(|(name, _)| !is_system_label(name));
    user.map(|(name, value)| (name.clone(), value.clone())).collect()
}
