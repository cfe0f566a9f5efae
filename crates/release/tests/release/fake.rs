//! A cluster and a store in memory that can fail, or end the program, at any call.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use pintle_chart::{Capabilities, Chart, File, Loader, RenderedFile, Renderer, Time};
use pintle_release::actions::{Actions, Host, LogLevel, Render, RenderFailure, RenderJob};
use pintle_release::{
    Apply, ApplyError, Cancel, Cascade, Changes, Cluster, ClusterError, ClusterErrorKind, Driver,
    Event, Holder, Key, Listing, LogWriter, Lookup, Memory, Pods, Query, Release, Resource,
    Storage, StorageError, Table, Violation, Wait, WaitError, WaitGoal, Watch, documents,
};
use pintle_yaml::Value;

/// What happens when the calls are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All that follows fails.
    Fail,
    /// The program ends.
    Kill,
}

pub(crate) struct World {
    pub(crate) objects: BTreeMap<String, Value>,
    pub(crate) records: Memory,
    /// What was done to objects and records.
    pub(crate) calls: Vec<String>,
    /// How many calls are left.
    pub(crate) left: Option<(usize, End)>,
    /// Names of objects that cannot be written, or do not become ready.
    pub(crate) broken: Vec<String>,
    pub(crate) unready: Vec<String>,
    /// Updates of records with this status fail.
    pub(crate) lost_status: Option<&'static str>,
    pub(crate) alive: Option<bool>,
    pub(crate) log: Vec<String>,
    pub(crate) runs: usize,
    pub(crate) clock: i64,
    pub(crate) namespace: String,
}

impl World {
    fn call(&mut self, what: String) -> Result<(), ()> {
        if let Some((left, end)) = &mut self.left {
            if *left == 0 {
                return match end {
                    End::Fail => Err(()),
                    End::Kill => std::panic::resume_unwind(Box::new("killed")),
                };
            }
            *left -= 1;
        }
        self.calls.push(what);
        Ok(())
    }
}

pub(crate) type Shared = Rc<RefCell<World>>;

/// Where a test is done.
pub(crate) struct Bed {
    pub(crate) world: Shared,
    pub(crate) cancel: Cancel,
}

impl Bed {
    pub(crate) fn new() -> Bed {
        let world = World {
            objects: BTreeMap::new(),
            records: Memory::new("store"),
            calls: Vec::new(),
            left: None,
            broken: Vec::new(),
            unready: Vec::new(),
            lost_status: None,
            alive: Some(false),
            log: Vec::new(),
            runs: 0,
            clock: 1_700_000_000,
            namespace: "store".to_owned(),
        };
        Bed { world: Rc::new(RefCell::new(world)), cancel: Cancel::new() }
    }

    /// Runs an action, as a process of its own would.
    pub(crate) fn run<T>(&self, action: impl FnOnce(&mut Actions<'_>) -> T) -> T {
        self.world.borrow_mut().runs += 1;
        let run = self.world.borrow().runs;
        let mut cluster = FakeCluster(Rc::clone(&self.world));
        let mut storage = self.storage();
        let mut host = FakeHost { world: Rc::clone(&self.world), run };
        action(&mut Actions {
            cluster: &mut cluster,
            storage: &mut storage,
            host: &mut host,
            namespace: "store".to_owned(),
            cancel: self.cancel.clone(),
        })
    }

    pub(crate) fn storage(&self) -> Storage {
        Storage::new(Box::new(FakeDriver(Rc::clone(&self.world))))
    }

    /// `v1 superseded, v2 deployed`.
    pub(crate) fn states(&self) -> String {
        let history = self.storage().history("web").unwrap_or_default();
        let states = history.iter().map(|one| format!("v{} {}", one.version, one.info.status));
        states.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn last(&self) -> Release {
        self.storage().last("web").unwrap()
    }

    /// The names of the objects that are live, without those of `crds/`.
    pub(crate) fn live(&self) -> Vec<String> {
        let world = self.world.borrow();
        let names = world.objects.keys().filter(|key| !key.starts_with("CustomResource"));
        names.map(|key| key.rsplit('/').next().unwrap_or_default().to_owned()).collect()
    }

    /// Does something after which the calls are used up; whether it was done all the same.
    pub(crate) fn cut(&self, calls: usize, end: End, run: impl FnOnce() -> bool) -> bool {
        self.world.borrow_mut().left = Some((calls, end));
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        let mut world = self.world.borrow_mut();
        let used_up = world.left.is_some_and(|(left, _)| left == 0);
        world.left = None;
        result.unwrap_or(false) && !used_up
    }
}

struct FakeCluster(Shared);

fn key(resource: &Resource) -> String {
    let namespace = resource.namespace.as_deref().unwrap_or_default();
    format!("{}/{namespace}/{}", resource.kind, resource.name)
}

fn gone() -> ClusterError {
    ClusterError::new(ClusterErrorKind::Unreachable, "connection refused")
}

impl FakeCluster {
    fn write(&self, resource: &Resource, verb: &str) -> Result<(), ClusterError> {
        let mut world = self.0.borrow_mut();
        world.call(format!("{verb} {}", resource.name)).map_err(|()| gone())?;
        if world.broken.contains(&resource.name) {
            let message = format!("{} is broken", resource.name);
            return Err(ClusterError::new(ClusterErrorKind::Invalid, message));
        }
        world.objects.insert(key(resource), resource.object.clone());
        Ok(())
    }

    fn remove(&self, resource: &Resource) -> Result<(), ClusterError> {
        let mut world = self.0.borrow_mut();
        world.call(format!("delete {}", resource.name)).map_err(|()| gone())?;
        world.objects.remove(&key(resource));
        Ok(())
    }

    fn has(&self, resource: &Resource) -> bool {
        self.0.borrow().objects.contains_key(&key(resource))
    }
}

impl Cluster for FakeCluster {
    fn reachable(&mut self) -> Result<(), ClusterError> {
        self.0.borrow_mut().call("reachable".to_owned()).map_err(|()| gone())
    }

    fn capabilities(&mut self) -> Result<Capabilities, ClusterError> {
        Ok(Capabilities::default())
    }

    fn learn_kinds(&mut self, _: &[Resource]) -> Result<(), ClusterError> {
        Ok(())
    }

    fn lookup(&mut self, _: &Lookup<'_>) -> Result<Value, ClusterError> {
        Ok(Value::empty_map())
    }

    fn build(&mut self, manifest: &str) -> Result<Vec<Resource>, ClusterError> {
        let namespace = self.0.borrow().namespace.clone();
        let mut resources = Vec::new();
        for document in documents(manifest.as_bytes()) {
            let object = pintle_yaml::read(document.text).unwrap();
            if object.is_null() {
                continue;
            }
            let text = |path: &[&str]| {
                let found = object.get_path(path.iter().copied()).and_then(Value::as_str);
                found.unwrap_or_default().to_owned()
            };
            let (api_version, kind) = (text(&["apiVersion"]), text(&["kind"]));
            if kind == "Nothing" {
                let message = "resource mapping not found for kind Nothing";
                return Err(ClusterError::new(ClusterErrorKind::NoKindMatch, message));
            }
            let wide = matches!(kind.as_str(), "Namespace" | "CustomResourceDefinition");
            resources.push(Resource {
                name: text(&["metadata", "name"]),
                namespace: (!wide).then(|| namespace.clone()),
                plural: format!("{}s", kind.to_lowercase()),
                source: None,
                api_version,
                kind,
                object,
            });
        }
        Ok(resources)
    }

    fn validate(&mut self, resources: &[Resource]) -> Result<Vec<Violation>, ClusterError> {
        let wrong =
            resources.iter().enumerate().filter(|(_, one)| one.object.get("wrong").is_some());
        let violation = |(resource, _): (usize, &Resource)| Violation {
            resource,
            field: "wrong".to_owned(),
            message: "unknown field".to_owned(),
        };
        Ok(wrong.map(violation).collect())
    }

    fn get(&mut self, resources: &[Resource]) -> Vec<Result<Option<Value>, ClusterError>> {
        let live = |one: &Resource| {
            let mut world = self.0.borrow_mut();
            world.call(format!("get {}", one.name)).map_err(|()| gone())?;
            Ok(world.objects.get(&key(one)).cloned())
        };
        resources.iter().map(live).collect()
    }

    fn create(
        &mut self,
        resources: &[Resource],
        _: &Apply,
        _: &mut dyn Watch,
    ) -> Result<Changes, ApplyError> {
        let mut changes = Changes::default();
        for (index, resource) in resources.iter().enumerate() {
            let result = if self.has(resource) {
                let message = format!("{} already exists", resource.name);
                Err(ClusterError::new(ClusterErrorKind::AlreadyExists, message))
            } else {
                self.write(resource, "create")
            };
            match result {
                Ok(()) => changes.created.push(resource.clone()),
                Err(error) => {
                    return Err(ApplyError { errors: vec![(Some(index), error)], changes });
                }
            }
        }
        Ok(changes)
    }

    fn update(
        &mut self,
        current: &[Resource],
        target: &[Resource],
        _: &Apply,
        _: &mut dyn Watch,
    ) -> Result<Changes, ApplyError> {
        let mut changes = Changes::default();
        for (index, resource) in target.iter().enumerate() {
            let there = self.has(resource);
            match self.write(resource, if there { "update" } else { "create" }) {
                Ok(()) if there => changes.updated.push(resource.clone()),
                Ok(()) => changes.created.push(resource.clone()),
                Err(error) => {
                    return Err(ApplyError { errors: vec![(Some(index), error)], changes });
                }
            }
        }
        for old in current {
            let stays = target.iter().any(|new| key(new) == key(old));
            let policy = ["metadata", "annotations", "helm.sh/resource-policy"];
            let kept = old.object.get_path(policy).is_some();
            if stays || kept || !self.has(old) {
                continue;
            }
            if let Err(error) = self.remove(old) {
                return Err(ApplyError { errors: vec![(None, error)], changes });
            }
            changes.deleted.push(old.clone());
        }
        Ok(changes)
    }

    fn delete(
        &mut self,
        resources: &[Resource],
        _: Cascade,
        _: &mut dyn Watch,
    ) -> Vec<Result<(), ClusterError>> {
        resources.iter().map(|one| self.remove(one)).collect()
    }

    fn wait(
        &mut self,
        resources: &[Resource],
        wait: &Wait,
        _: &mut dyn Watch,
    ) -> Result<(), WaitError> {
        let names: Vec<&str> = resources.iter().map(|one| one.name.as_str()).collect();
        let mut world = self.0.borrow_mut();
        let error = |kind, message: &str| {
            Err(WaitError { kind, message: message.to_owned(), pending: Vec::new() })
        };
        if world.call(format!("wait {:?} {}", wait.goal, names.join(" "))).is_err() {
            return error(ClusterErrorKind::Unreachable, "connection refused");
        }
        let ready = wait.goal != WaitGoal::Deleted;
        if ready && names.iter().any(|name| world.unready.iter().any(|of| of == name)) {
            return error(ClusterErrorKind::Timeout, "context deadline exceeded");
        }
        Ok(())
    }

    fn logs(&mut self, pods: &Pods<'_>, write: &mut LogWriter<'_>) -> Result<(), ClusterError> {
        write(pods.namespace, pods.fields, pods.labels, b"said\n");
        Ok(())
    }

    fn tables(&mut self, _: &[Resource]) -> Result<Vec<Table>, ClusterError> {
        Ok(Vec::new())
    }
}

struct FakeDriver(Shared);

impl FakeDriver {
    fn call(&self, verb: &str, release: &Release) -> Result<(), StorageError> {
        let status = release.info.status;
        let mut world = self.0.borrow_mut();
        let refused = || StorageError::Other("connection refused".to_owned());
        world.call(format!("{verb} v{} {status}", release.version)).map_err(|()| refused())?;
        if verb == "record" && world.lost_status == Some(status.name()) {
            return Err(refused());
        }
        Ok(())
    }
}

impl Driver for FakeDriver {
    fn name(&self) -> &'static str {
        "Fake"
    }

    fn get(&mut self, key: &Key) -> Result<Release, StorageError> {
        self.0.borrow_mut().records.get(key)
    }

    fn list(&mut self, query: &Query<'_>) -> Result<Listing, StorageError> {
        let mut world = self.0.borrow_mut();
        let refused = |()| StorageError::Other("connection refused".to_owned());
        world.call("list".to_owned()).map_err(refused)?;
        world.records.list(query)
    }

    fn create(&mut self, release: &Release) -> Result<(), StorageError> {
        self.call("new", release)?;
        self.0.borrow_mut().records.create(release)
    }

    fn update(&mut self, release: &Release) -> Result<(), StorageError> {
        self.call("record", release)?;
        self.0.borrow_mut().records.update(release)
    }

    fn delete(&mut self, key: &Key) -> Result<(), StorageError> {
        let mut world = self.0.borrow_mut();
        let refused = |()| StorageError::Other("connection refused".to_owned());
        world.call(format!("purge v{}", key.revision)).map_err(refused)?;
        world.records.delete(key)
    }
}

struct FakeHost {
    world: Shared,
    run: usize,
}

impl Watch for FakeHost {
    fn event(&mut self, _: Event<'_>) {}
}

impl Host for FakeHost {
    fn now(&mut self) -> Time {
        let mut world = self.world.borrow_mut();
        world.clock += 1;
        Time { seconds: world.clock, nanoseconds: 0, offset: 0 }
    }

    fn sleep(&mut self, time: Duration) {
        self.world.borrow_mut().clock += i64::try_from(time.as_secs()).unwrap();
    }

    fn log(&mut self, level: LogLevel, message: &str, _: &[(&str, &str)]) {
        if level > LogLevel::Debug {
            self.world.borrow_mut().log.push(message.to_owned());
        }
    }

    fn hook_log(&mut self, _: &str, pod: &str, container: &str, _: &[u8]) {
        self.world.borrow_mut().log.push(format!("log {pod}{container}"));
    }

    fn holder(&mut self) -> String {
        format!("ann@laptop:{}", self.run)
    }

    fn is_alive(&mut self, _: &Holder) -> Option<bool> {
        self.world.borrow().alive
    }
}

/// Renders with the real templates.
pub(crate) struct Templates;

impl Render for Templates {
    fn render(
        &mut self,
        job: &RenderJob<'_>,
        _: Option<&mut dyn Cluster>,
    ) -> Result<Vec<RenderedFile>, RenderFailure> {
        let values = pintle_values::coalesce(&job.chart.as_values(), job.values)?;
        let mut options = pintle_chart::RenderOptions::new(job.release.clone());
        options.capabilities = job.capabilities.clone();
        let renderer = Renderer::new(job.chart, options)?;
        Ok(renderer.render(&values, &mut pintle_template::NoHost)?)
    }
}

const OBJECTS: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: {name: plain}
data: {a: "{{ .Values.a }}", old: "{{ .Values.old }}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}
---
apiVersion: v1
kind: Secret
metadata: {name: secret}
{{- if .Values.extra }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: extra}
{{- end }}
{{- if .Values.first }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: first}
{{- end }}
"#;

const HOOKS: &str = r#"
apiVersion: batch/v1
kind: Job
metadata:
  name: before
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,pre-rollback,pre-delete
    helm.sh/hook-output-log-policy: hook-succeeded,hook-failed
---
apiVersion: batch/v1
kind: Job
metadata:
  name: after
  annotations:
    helm.sh/hook: post-install,post-upgrade,post-rollback,post-delete
    helm.sh/hook-delete-policy: hook-succeeded,before-hook-creation,hook-failed
---
apiVersion: v1
kind: Pod
metadata: {name: ping, annotations: {helm.sh/hook: test}}
---
apiVersion: v1
kind: Pod
metadata: {name: pong, annotations: {helm.sh/hook: test, helm.sh/hook-weight: "-1"}}
"#;

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
                   metadata: {name: things.example}\n";

/// A chart with a definition, hooks, tests, and an object that is kept.
pub(crate) fn chart() -> Chart {
    Loader::new()
        .load_files(vec![
            File::new("Chart.yaml", "{apiVersion: v2, name: web, version: 1.0.0, appVersion: '7'}"),
            File::new("values.yaml", "{a: 1, old: x, extra: false, first: true}"),
            File::new("templates/objects.yaml", OBJECTS),
            File::new("templates/hooks.yaml", HOOKS),
            File::new("templates/NOTES.txt", "Hello {{ .Release.Revision }}"),
            File::new("crds/things.yaml", CRD),
        ])
        .unwrap()
}

pub(crate) fn values(yaml: &str) -> Value {
    pintle_yaml::read(yaml.as_bytes()).unwrap()
}
