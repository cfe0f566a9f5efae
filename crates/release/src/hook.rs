//! Hooks: objects that are created around an operation instead of with the release.

use std::fmt;

use crate::Head;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookEvent {
    /// Before the objects are created.
    PreInstall,
    /// After they were created.
    PostInstall,
    /// Before they are deleted.
    PreDelete,
    /// After they were deleted.
    PostDelete,
    /// Before they are changed.
    PreUpgrade,
    /// After they were changed.
    PostUpgrade,
    /// Before an earlier revision comes back.
    PreRollback,
    /// After it came back.
    PostRollback,
    /// When the release is tested.
    Test,
}

impl HookEvent {
    /// The event of this name; `test-success`, Helm 2's name, is `test`.
    ///
    /// ```
    /// use pintle_release::HookEvent;
    ///
    /// assert_eq!(HookEvent::from_name("test-success"), Some(HookEvent::Test));
    /// assert_eq!(HookEvent::from_name("crd-install"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<HookEvent> {
        Some(match name {
            "pre-install" => HookEvent::PreInstall,
            "post-install" => HookEvent::PostInstall,
            "pre-delete" => HookEvent::PreDelete,
            "post-delete" => HookEvent::PostDelete,
            "pre-upgrade" => HookEvent::PreUpgrade,
            "post-upgrade" => HookEvent::PostUpgrade,
            "pre-rollback" => HookEvent::PreRollback,
            "post-rollback" => HookEvent::PostRollback,
            "test" | "test-success" => HookEvent::Test,
            _ => return None,
        })
    }

    /// The name as release records have it.
    pub fn name(self) -> &'static str {
        match self {
            HookEvent::PreInstall => "pre-install",
            HookEvent::PostInstall => "post-install",
            HookEvent::PreDelete => "pre-delete",
            HookEvent::PostDelete => "post-delete",
            HookEvent::PreUpgrade => "pre-upgrade",
            HookEvent::PostUpgrade => "post-upgrade",
            HookEvent::PreRollback => "pre-rollback",
            HookEvent::PostRollback => "post-rollback",
            HookEvent::Test => "test",
        }
    }
}

impl fmt::Display for HookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// When a hook's objects are deleted: `hook-succeeded`, `hook-failed`, `before-hook-creation`.
/// Other texts are kept as they are, as Helm does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookDeletePolicy(pub String);

/// When a hook's logs are shown: `hook-succeeded`, `hook-failed`. Other texts are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookOutputLogPolicy(pub String);

/// An object with Helm's hook annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook<'t> {
    /// What the document says of itself.
    pub head: Head,
    /// The file that it comes from, such as `web/templates/job.yaml`.
    pub path: &'t str,
    /// The document.
    pub manifest: &'t [u8],
    /// When it runs.
    pub events: Vec<HookEvent>,
    /// Hooks of one event run in the order of their weights.
    pub weight: i64,
    /// When its objects are deleted.
    pub delete_policies: Vec<HookDeletePolicy>,
    /// When its logs are shown.
    pub output_log_policies: Vec<HookOutputLogPolicy>,
}

/// What the annotations make of a document.
pub(crate) enum Class<'t> {
    Manifest(Head),
    Hook(Hook<'t>),
    /// A hook for an event that Helm does not know: it is left out.
    UnknownHook(String),
}

pub(crate) fn classify<'t>(head: Head, path: &'t str, manifest: &'t [u8]) -> Class<'t> {
    let Some(names) = head.annotation("helm.sh/hook") else { return Class::Manifest(head) };
    let mut events = Vec::new();
    for name in names.split(',') {
        match HookEvent::from_name(&name.trim().to_lowercase()) {
            Some(event) => events.push(event),
            None => return Class::UnknownHook(names.to_owned()),
        }
    }
    let weight = head
        .annotation("helm.sh/hook-weight")
        .and_then(|weight| pintle_strconv::scan_int(weight, 10, 64).ok())
        .unwrap_or(0);
    let delete_policies = list(&head, "helm.sh/hook-delete-policy").map(HookDeletePolicy).collect();
    let output_log_policies =
        list(&head, "helm.sh/hook-output-log-policy").map(HookOutputLogPolicy).collect();
    Class::Hook(Hook { head, path, manifest, events, weight, delete_policies, output_log_policies })
}

fn list(head: &Head, annotation: &str) -> impl Iterator<Item = String> {
    head.annotation(annotation)
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(|policy| policy.trim().to_lowercase())
}
