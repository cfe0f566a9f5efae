//! A record for `encoding/json`: the fields in the order of Helm's Go structs.

use pintle_chart::{Bytes, Chart, Dependency, File, Lock, Metadata, Time};
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

/// A mapping that is being written.
struct Object<'s>(&'s mut dyn Sink);

impl<'s> Object<'s> {
    fn begin(sink: &'s mut dyn Sink) -> Result<Self, WriteError> {
        sink.begin_map(0)?;
        Ok(Object(sink))
    }

    fn key(&mut self, key: &str) -> Result<&mut dyn Sink, WriteError> {
        self.0.key(key.as_bytes())?;
        Ok(self.0)
    }

    /// A text, always.
    fn always(&mut self, key: &str, text: &str) -> Done {
        self.key(key)?.str(text.as_bytes())
    }

    /// A text that is left out when it is empty.
    fn text(&mut self, key: &str, text: &str) -> Done {
        if text.is_empty() { Ok(()) } else { self.always(key, text) }
    }

    fn int(&mut self, key: &str, number: i64) -> Done {
        if number == 0 { Ok(()) } else { self.key(key)?.int(number) }
    }

    fn flag(&mut self, key: &str, flag: bool) -> Done {
        if flag { self.key(key)?.bool(true) } else { Ok(()) }
    }

    fn time(&mut self, key: &str, time: Option<Time>) -> Done {
        match time.filter(|time| !time.is_zero()) {
            Some(time) => self.always(key, &time.to_string()),
            None => Ok(()),
        }
    }

    fn bytes(&mut self, key: &str, bytes: Option<&Bytes>) -> Done {
        let sink = self.key(key)?;
        match bytes {
            Some(bytes) => sink.bytes(bytes),
            None => sink.null(),
        }
    }

    /// A list that is left out when it is empty.
    fn list<T>(
        &mut self,
        key: &str,
        items: &[T],
        emit: impl Fn(&T, &mut dyn Sink) -> Done,
    ) -> Done {
        if items.is_empty() {
            return Ok(());
        }
        list(self.key(key)?, items, emit)
    }

    fn end(self) -> Done {
        self.0.end()
    }
}

fn list<T>(sink: &mut dyn Sink, items: &[T], emit: impl Fn(&T, &mut dyn Sink) -> Done) -> Done {
    sink.begin_seq(items.len())?;
    for item in items {
        emit(item, sink)?;
    }
    sink.end()
}

fn text(text: &String, sink: &mut dyn Sink) -> Done {
    sink.str(text.as_bytes())
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
    object.time("first_deployed", info.first_deployed)?;
    object.time("last_deployed", info.last_deployed)?;
    object.time("deleted", info.deleted)?;
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
        run.time("started_at", hook.last_run.started_at)?;
        run.time("completed_at", hook.last_run.completed_at)?;
        run.always("phase", &hook.last_run.phase)?;
        run.end()?;
        object.int("weight", hook.weight)?;
        object
            .list("delete_policies", &hook.delete_policies, |policy, sink| text(&policy.0, sink))?;
        let logs = &hook.output_log_policies;
        object.list("output_log_policies", logs, |policy, sink| text(&policy.0, sink))?;
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
    object.bytes("schema", chart.schema.as_ref())?;
    object.always("schemamodtime", &chart.schema_modified.unwrap_or(Time::ZERO).to_string())?;
    files(&chart.files, object.key("files")?)?;
    object.time("modtime", chart.modified)?;
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
        object.bytes("data", Some(&file.data))?;
        object.time("modtime", file.modified)?;
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
        Some(dependencies) => list(sink, dependencies, dependency)?,
        None => sink.null()?,
    }
    object.end()
}

/// A chart's metadata as Go's `json.Marshal` writes it.
#[derive(Clone, Copy, Debug)]
pub struct EmitMetadata<'r>(pub &'r Metadata);

impl Emit for EmitMetadata<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Done {
        let metadata = self.0;
        let mut object = Object::begin(sink)?;
        object.text("name", &metadata.name)?;
        object.text("home", &metadata.home)?;
        object.list("sources", &metadata.sources, text)?;
        object.text("version", &metadata.version)?;
        object.text("description", &metadata.description)?;
        object.list("keywords", &metadata.keywords, text)?;
        object.list("maintainers", &metadata.maintainers, |maintainer, sink| {
            let mut object = Object::begin(sink)?;
            object.text("name", &maintainer.name)?;
            object.text("email", &maintainer.email)?;
            object.text("url", &maintainer.url)?;
            object.end()
        })?;
        object.text("icon", &metadata.icon)?;
        object.text("apiVersion", &metadata.api_version)?;
        object.text("condition", &metadata.condition)?;
        object.text("tags", &metadata.tags)?;
        object.text("appVersion", &metadata.app_version)?;
        object.flag("deprecated", metadata.deprecated)?;
        if let Some(annotations) = metadata.annotations.as_ref().filter(|all| !all.is_empty()) {
            let mut map = Object::begin(object.key("annotations")?)?;
            for (name, value) in annotations {
                map.always(name, value)?;
            }
            map.end()?;
        }
        object.text("kubeVersion", &metadata.kube_version)?;
        object.list("dependencies", metadata.dependencies(), dependency)?;
        object.text("type", &metadata.kind)?;
        object.end()
    }
}

/// A dependency as Go's `json.Marshal` writes it.
pub(crate) fn dependency(dependency: &Dependency, sink: &mut dyn Sink) -> Done {
    let mut object = Object::begin(sink)?;
    object.always("name", &dependency.name)?;
    object.text("version", &dependency.version)?;
    object.always("repository", &dependency.repository)?;
    object.text("condition", &dependency.condition)?;
    object.list("tags", &dependency.tags, text)?;
    object.flag("enabled", dependency.enabled)?;
    object.list("import-values", &dependency.import_values, |value, sink| value.emit(sink))?;
    object.text("alias", &dependency.alias)?;
    object.end()
}
