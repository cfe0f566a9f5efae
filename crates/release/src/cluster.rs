//! What an action needs of a cluster.
//!
//! The actions drive this trait and know nothing of connections; what crosses it is plain data. It
//! blocks: who implements it works on many objects at once behind each call.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pintle_chart::Capabilities;
use pintle_yaml::Value;

/// A Kubernetes cluster as the actions of a release see it.
pub trait Cluster {
    /// Whether the API server answers.
    ///
    /// # Errors
    ///
    /// It does not; the message says why.
    fn reachable(&mut self) -> Result<(), ClusterError>;

    /// The server's version and its API versions, `GROUP/VERSION` and `GROUP/VERSION/KIND`.
    ///
    /// # Errors
    ///
    /// The server did not say.
    fn capabilities(&mut self) -> Result<Capabilities, ClusterError>;

    /// Learns the kinds of custom resource definitions that were made just now. The server needs a
    /// moment before it offers them.
    ///
    /// # Errors
    ///
    /// The server did not say.
    fn learn_kinds(&mut self, definitions: &[Resource]) -> Result<(), ClusterError>;

    /// What the template function `lookup` finds: an object, a list where `name` is empty, or an empty
    /// mapping where there is none.
    ///
    /// # Errors
    ///
    /// The server refused, or does not know the kind.
    fn lookup(&mut self, look: &Lookup<'_>) -> Result<Value, ClusterError>;

    /// Makes resources of the documents of a manifest: finds each one's kind on the server, opens
    /// lists and puts objects without a namespace into that of the release.
    ///
    /// # Errors
    ///
    /// All documents that are no objects or whose kind the server does not know.
    fn build(&mut self, manifest: &str) -> Result<Vec<Resource>, ClusterError>;

    /// Checks resources against the schemas of the server; nothing is changed.
    ///
    /// # Errors
    ///
    /// The schemas cannot be had. What is wrong with the objects is no error of the call.
    fn validate(&mut self, resources: &[Resource]) -> Result<Vec<Violation>, ClusterError>;

    /// The objects as they are now, `None` for those that do not exist; in the order of `resources`.
    fn get(&mut self, resources: &[Resource]) -> Vec<Result<Option<Value>, ClusterError>>;

    /// Creates objects, one run of equal kinds after the other, those of a run side by side.
    ///
    /// # Errors
    ///
    /// Those of all objects that could not be created, and what was done up to then.
    fn create(
        &mut self,
        resources: &[Resource],
        apply: &Apply,
        watch: &mut dyn Watch,
    ) -> Result<Changes, ApplyError>;

    /// Makes the objects of `current` into those of `target`: creates, changes, and deletes those that
    /// are no longer there, without touching those that are already as they should be.
    ///
    /// # Errors
    ///
    /// Those of all objects, and what was done. Nothing is deleted when a change failed.
    fn update(
        &mut self,
        current: &[Resource],
        target: &[Resource],
        apply: &Apply,
        watch: &mut dyn Watch,
    ) -> Result<Changes, ApplyError>;

    /// Deletes objects. One that is not there counts as deleted.
    fn delete(
        &mut self,
        resources: &[Resource],
        cascade: Cascade,
        watch: &mut dyn Watch,
    ) -> Vec<Result<(), ClusterError>>;

    /// Waits until the resources are as `wait` wants them.
    ///
    /// # Errors
    ///
    /// Time is over, one of them cannot recover, or the user broke off.
    fn wait(
        &mut self,
        resources: &[Resource],
        wait: &Wait,
        watch: &mut dyn Watch,
    ) -> Result<(), WaitError>;

    /// Writes the logs of the pods that `pods` chooses, container by container.
    ///
    /// # Errors
    ///
    /// A log cannot be had.
    fn logs(&mut self, pods: &Pods<'_>, write: &mut LogWriter<'_>) -> Result<(), ClusterError>;

    /// The resources as the server prints them in tables, related pods included: for `status`.
    ///
    /// # Errors
    ///
    /// The server refused.
    fn tables(&mut self, resources: &[Resource]) -> Result<Vec<Table>, ClusterError>;
}

/// Takes a piece of a log: namespace, pod, container, bytes.
pub type LogWriter<'a> = dyn FnMut(&str, &str, &str, &[u8]) + 'a;

/// What `lookup` looks for.
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'a> {
    /// Such as `apps/v1`.
    pub api_version: &'a str,
    /// Such as `Deployment`.
    pub kind: &'a str,
    /// Empty for all namespaces and for objects without one.
    pub namespace: &'a str,
    /// Empty for a list.
    pub name: &'a str,
}

/// An object that a release wants, and where the server keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The object.
    pub object: Value,
    /// Such as `apps/v1`.
    pub api_version: String,
    /// Such as `Deployment`.
    pub kind: String,
    /// `metadata.name`; empty where the server makes it of `generateName`.
    pub name: String,
    /// `None` for objects of the whole cluster.
    pub namespace: Option<String>,
    /// The name of the kind in addresses, such as `deployments`.
    pub plural: String,
    /// The file and the line that the document is from, when the manifest tells.
    pub source: Option<ManifestPlace>,
}

/// A place in a manifest: what `# Source:` says, and the line below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestPlace {
    /// The chart's file, such as `web/templates/service.yaml`.
    pub path: Arc<str>,
    /// The line of the manifest on which the document begins, from 1.
    pub line: usize,
}

/// Something in an object that the server would not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The resource's index.
    pub resource: usize,
    /// The path of the field, such as `spec.replicas`; empty for the object as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

/// How objects are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apply {
    /// By the server's apply, else by patches made here.
    pub server_side: bool,
    /// Takes over fields that others manage.
    pub force_conflicts: bool,
    /// Replaces objects instead of patching them.
    pub force_replace: bool,
    /// Nothing is kept: the server only says what would be.
    pub dry_run: bool,
    /// For objects without a known type: a merge of three, not of two.
    pub three_way_for_unstructured: bool,
    /// Takes over the fields that an earlier client-side apply of ours manages.
    pub migrate_managed_fields: bool,
    /// Whether the server checks fields strictly.
    pub validate: bool,
}

/// What became of the objects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Those that are new.
    pub created: Vec<Resource>,
    /// Those that were there; not all of them had to be changed.
    pub updated: Vec<Resource>,
    /// Those that are gone.
    pub deleted: Vec<Resource>,
}

/// What happens to what an object owns when it is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cascade {
    /// It is deleted afterwards.
    #[default]
    Background,
    /// It is deleted first.
    Foreground,
    /// It stays.
    Orphan,
}

/// Until when and how is waited.
#[derive(Clone, Debug)]
pub struct Wait {
    /// For what.
    pub goal: WaitGoal,
    /// How it is found out.
    pub strategy: WaitStrategy,
    /// The longest time.
    pub timeout: Duration,
    /// Ends it early.
    pub cancel: Cancel,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitGoal {
    /// All are ready; jobs need not be done.
    Ready,
    /// All are ready, and the jobs are done.
    ReadyWithJobs,
    /// None is there.
    Deleted,
    /// As hooks are waited for: jobs and pods are done, all others exist.
    Done,
}

/// Helm's `--wait`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitStrategy {
    /// Only hooks are waited for.
    #[default]
    HookOnly,
    /// By the status that each kind's conditions tell.
    Watcher,
    /// As Helm 3 waited.
    Legacy,
}

/// A wish to stop, shared with who hears of it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// One that nobody has asked for.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked for.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Hears of what goes on.
pub trait Watch {
    /// Something happened.
    fn event(&mut self, event: Event<'_>);
}

/// What can happen while objects are written or waited for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An object was created.
    Created(&'a Resource),
    /// An object was changed.
    Updated(&'a Resource),
    /// An object is as it should be.
    Unchanged(&'a Resource),
    /// An object was deleted.
    Deleted(&'a Resource),
    /// An object is kept though it is no longer of the release.
    Kept(&'a Resource),
    /// Waiting begins.
    WaitBegins {
        /// For what.
        goal: WaitGoal,
        /// How many of the objects need no waiting; of the others states will be told.
        settled: usize,
    },
    /// It is still waited; this comes several times a second.
    Waiting,
    /// Waiting is over, in whatever way.
    WaitEnds,
    /// The state of an object that is waited for changed.
    State {
        /// The object.
        resource: &'a Resource,
        /// Such as `InProgress`, `Current`, `Failed`, `Terminating`, `NotFound`.
        state: &'a str,
        /// Such as `Available: 0/1`.
        reason: &'a str,
    },
    /// A pod keeps a resource from being ready.
    Trouble {
        /// The resource that is waited for.
        resource: &'a Resource,
        /// The pod's name.
        pod: &'a str,
        /// Its state, its events and the last lines of its logs.
        text: &'a str,
    },
    /// The server warned.
    Warning(&'a str),
    /// Something for whoever looks for errors.
    Debug(&'a str),
}

/// Hears of nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Watch for Silent {
    fn event(&mut self, _: Event<'_>) {}
}

/// Which pods' logs are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Pods<'a> {
    /// Where they are.
    pub namespace: &'a str,
    /// By a selector of labels, such as `job-name=migrate`; empty for none.
    pub labels: &'a str,
    /// By a selector of fields, such as `metadata.name=test`; empty for none.
    pub fields: &'a str,
}

/// Objects of one kind as the server prints them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Such as `v1/Service` or `apps/v1/Deployment`.
    pub kind: String,
    /// The titles, those of the wide form left out.
    pub columns: Vec<String>,
    /// The cells, a row for each object.
    pub rows: Vec<Vec<String>>,
    /// The objects themselves, for output as data; related pods come in a list for each of the
    /// objects that they belong to, as from the server.
    pub objects: Vec<Value>,
}

/// Why a call to the cluster failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterError {
    /// What kind of failure.
    pub kind: ClusterErrorKind,
    /// In the words of kubectl and of Helm.
    pub message: String,
}

/// Kinds of failure that actions tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClusterErrorKind {
    /// It is not there.
    NotFound,
    /// It is there already.
    AlreadyExists,
    /// Somebody else changed it, or owns fields of it.
    Conflict,
    /// The user may not.
    Forbidden,
    /// The object is not valid.
    Invalid,
    /// The server does not know the kind.
    NoKindMatch,
    /// There is no connection, or the configuration is wrong.
    Unreachable,
    /// Time is over.
    Timeout,
    /// The user broke off.
    Cancelled,
    /// Everything else.
    Other,
}

impl ClusterError {
    /// A failure of this kind.
    pub fn new(kind: ClusterErrorKind, message: impl Into<String>) -> ClusterError {
        ClusterError { kind, message: message.into() }
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ClusterError {}

/// Objects could not all be written.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyError {
    /// At least one, each with the index of its resource in the targets when it is of one.
    pub errors: Vec<(Option<usize>, ClusterError)>,
    /// What was done nevertheless.
    pub changes: Changes,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (_, error)) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str(" && ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApplyError {}

/// Waiting ended before all was well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitError {
    /// Why.
    pub kind: ClusterErrorKind,
    /// As Helm says it.
    pub message: String,
    /// Those that are not ready: index, state and reason.
    pub pending: Vec<(usize, String, String)>,
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WaitError {}
