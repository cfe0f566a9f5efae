//! A record for `encoding/json`: the fields in the order of Helm's Go structs.

use pintle_chart::{Bytes, Chart, EmitDependency, EmitMetadata, File, Lock, Object, Time};
use pintle_yaml::{Emit, Sink, Value, WriteError};

use crate::{Info, RecordedHook, Release};

type Done = Result<(), WriteError>;

/// A release as Go's `json.Marshal` writes it.
#[derive(Clone, Copy, Debug)]
pub struct EmitRelease<'r> {
    release: &'r Release,
    chart: bool,
    resources: Option<&'r [(String, Vec<Value>)]>,
}

impl<'r> EmitRelease<'r> {
    /// The whole of it.
    pub fn new(release: &'r Release) -> Self {
        EmitRelease { release, chart: true, resources: None }
    }

    /// Without the chart, as `status` prints it.
    #[must_use]
    pub fn without_chart(mut self) -> Self {
        self.chart = false;
        self
    }

    /// With live objects by their kinds, which are to be sorted.
    #[must_use]
    pub fn with_resources(mut self, resources: &'r [(String, Vec<Value>)]) -> Self {
        self.resources = Some(resources).filter(|resources| !resources.is_empty());
        self
    }
}

fn time(object: &mut Object<'_>, key: &str, time: Option<Time>) -> Done {
    match time.filter(|time| !time.is_zero()) {
        Some(time) => object.always(key, &time.to_string()),
        None => Ok(()),
    }
}

fn bytes(object: &mut Object<'_>, key: &str, bytes: Option<&Bytes>) -> Done {
    let sink = object.key(key)?;
    match bytes {
        Some(bytes) => sink.bytes(bytes),
        None => sink.null(),
    }
}

fn list<T>(sink: &mut dyn Sink, items: &[T], emit: impl Fn(&T, &mut dyn Sink) -> Done) -> Done {
    sink.begin_seq(items.len())?;
    for item in items {
        emit(item, sink)?;
    }
    sink.end()
}

impl Emit for EmitRelease<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Done {
        let release = self.release;
        let mut object = Object::begin(sink)?;
        object.text("name", &release.name)?;
        info(&release.info, self.resources, object.key("info")?)?;
        if self.chart {
            chart(&release.chart, object.key("chart")?)?;
        }
        if release.config.as_map().is_some_and(|map| !map.is_empty()) {
            release.config.emit(object.key("config")?)?;
        }
        object.text("manifest", &release.manifest)?;
        object.list("hooks", &release.hooks, |hook, sink| EmitHook(hook).emit(sink))?;
        object.int("version", release.version)?;
        object.text("namespace", &release.namespace)?;
        object.text("apply_method", &release.apply_method)?;
        object.end()
    }
}

fn info(info: &Info, resources: Option<&[(String, Vec<Value>)]>, sink: &mut dyn Sink) -> Done {
    let mut object = Object::begin(sink)?;
    time(&mut object, "first_deployed", info.first_deployed)?;
    time(&mut object, "last_deployed", info.last_deployed)?;
    time(&mut object, "deleted", info.deleted)?;
    object.text("description", &info.description)?;
    object.text("status", info.status.name())?;
    object.int("rollback_revision", info.rollback_revision)?;
    object.text("notes", &info.notes)?;
    if let Some(resources) = resources {
        let mut kinds = Object::begin(object.key("resources")?)?;
        for (kind, objects) in resources {
            list(kinds.key(kind)?, objects, |object, sink| object.emit(sink))?;
        }
        kinds.end()?;
    }
    object.end()
}

/// A hook as Go's `json.Marshal` writes it.
#[derive(Clone, Copy, Debug)]
pub struct EmitHook<'r>(pub &'r RecordedHook);

impl Emit for EmitHook<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Done {
        let hook = self.0;
        let mut object = Object::begin(sink)?;
        object.text("name", &hook.name)?;
        object.text("kind", &hook.kind)?;
        object.text("path", &hook.path)?;
        object.text("manifest", &hook.manifest)?;
        object.list("events", &hook.events, |event, sink| sink.str(event.name().as_bytes()))?;
        let mut run = Object::begin(object.key("last_run")?)?;
        time(&mut run, "started_at", hook.last_run.started_at)?;
        time(&mut run, "completed_at", hook.last_run.completed_at)?;
        run.always("phase", &hook.last_run.phase)?;
        run.end()?;
        object.int("weight", hook.weight)?;
        object.list("delete_policies", &hook.delete_policies, |policy, sink| {
            sink.str(policy.0.as_bytes())
        })?;
        let logs = &hook.output_log_policies;
        object.list("output_log_policies", logs, |policy, sink| sink.str(policy.0.as_bytes()))?;
        object.end()
    }
}

fn chart(chart: &Chart, sink: &mut dyn Sink) -> Done {
    let mut object = Object::begin(sink)?;
    EmitMetadata(&chart.metadata).emit(object.key("metadata")?)?;
    lock(chart.lock.as_ref(), object.key("lock")?)?;
    files(&chart.templates, object.key("templates")?)?;
    let values = object.key("values")?;
    if has_no_values(chart) {
        values.null()?
    } else {
        chart.values.emit(values)?
    }
    bytes(&mut object, "schema", chart.schema.as_ref())?;
    object.always("schemamodtime", &chart.schema_modified.unwrap_or(Time::ZERO).to_string())?;
    files(&chart.files, object.key("files")?)?;
    time(&mut object, "modtime", chart.modified)?;
    object.end()
}

/// Whether Helm's map of values is nil: there is no file of them, and no dependency was processed.
fn has_no_values(chart: &Chart) -> bool {
    chart.values.as_map().is_none_or(|map| {
        map.is_empty()
            && !chart.raw.is_empty()
            && chart.values_file().is_none()
            && chart.metadata.dependencies.is_none()
    })
}

fn files(files: &[File], sink: &mut dyn Sink) -> Done {
    if files.is_empty() {
        return sink.null();
    }
    list(sink, files, |file, sink| {
        let mut object = Object::begin(sink)?;
        object.always("name", &file.name)?;
        bytes(&mut object, "data", Some(&file.data))?;
        time(&mut object, "modtime", file.modified)?;
        object.end()
    })
}

fn lock(lock: Option<&Lock>, sink: &mut dyn Sink) -> Done {
    let Some(lock) = lock else { return sink.null() };
    let mut object = Object::begin(sink)?;
    let generated = Time::parse(&lock.generated).unwrap_or(Time::ZERO);
    object.always("generated", &generated.to_string())?;
    object.always("digest", &lock.digest)?;
    let sink = object.key("dependencies")?;
    match &lock.dependencies {
        Some(dependencies) => {
            list(sink, dependencies, |one, sink| EmitDependency(one).emit(sink))?;
        }
        None => sink.null()?,
    }
    object.end()
}
