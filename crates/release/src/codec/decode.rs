//! A record from its JSON.

use std::sync::Arc;

use data_encoding::BASE64;
use pintle_chart::{Bytes, Chart, Dependency, File, Lock, Maintainer, Metadata, Time};
use pintle_yaml::{Map, Value};

use super::CodecError;
use crate::{
    HookDeletePolicy, HookEvent, HookOutputLogPolicy, HookRun, Info, RecordedHook, Release, Status,
};

type Read<T> = Result<T, CodecError>;

fn wrong(found: &Value, field: &str, expected: &str) -> CodecError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Seq(_) => "array",
        Value::Map(_) => "object",
    };
    CodecError(format!("{field}: found {found} where a record has {expected}"))
}

/// A mapping whose fields are read; one that is missing or null is empty, unknown ones are passed
/// over.
struct Fields<'v> {
    map: Option<&'v Map>,
    name: &'static str,
}

impl<'v> Fields<'v> {
    fn of(value: &'v Value, name: &'static str) -> Read<Self> {
        match value {
            Value::Map(map) => Ok(Fields { map: Some(map), name }),
            Value::Null => Ok(Fields { map: None, name }),
            value => Err(wrong(value, name, "an object")),
        }
    }

    fn get(&self, key: &str) -> Option<&'v Value> {
        self.map.and_then(|map| map.get(key)).filter(|value| !value.is_null())
    }

    fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    fn text(&self, key: &str) -> Read<String> {
        match self.get(key) {
            None => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.to_string()),
            Some(value) => Err(wrong(value, &self.path(key), "a string")),
        }
    }

    fn int(&self, key: &str) -> Read<i64> {
        let Some(value) = self.get(key) else { return Ok(0) };
        let number = value.as_number().and_then(|number| number.as_i64());
        number.ok_or_else(|| wrong(value, &self.path(key), "an integer"))
    }

    fn flag(&self, key: &str) -> Read<bool> {
        let Some(value) = self.get(key) else { return Ok(false) };
        value.as_bool().ok_or_else(|| wrong(value, &self.path(key), "a boolean"))
    }

    /// A time; `""`, which Helm 3 wrote, and Go's zero time are none.
    fn time(&self, key: &str) -> Read<Option<Time>> {
        let text = self.text(key)?;
        if text.is_empty() {
            return Ok(None);
        }
        match Time::parse(&text) {
            Some(time) => Ok(Some(time).filter(|time| !time.is_zero())),
            None => Err(CodecError(format!(
                "{}: {} is no time",
                self.path(key),
                pintle_strconv::quote(&text)
            ))),
        }
    }

    fn list(&self, key: &str) -> Read<&'v [Value]> {
        let Some(value) = self.get(key) else { return Ok(&[]) };
        value.as_seq().ok_or_else(|| wrong(value, &self.path(key), "an array"))
    }

    fn texts(&self, key: &str) -> Read<Vec<String>> {
        let text = |value: &Value| match value {
            Value::Null => Ok(String::new()),
            Value::String(text) => Ok(text.to_string()),
            value => Err(wrong(value, &self.path(key), "a string")),
        };
        self.list(key)?.iter().map(text).collect()
    }

    fn bytes(&self, key: &str) -> Read<Option<Bytes>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| wrong(value, &self.path(key), "a string"))?;
        match BASE64.decode(text.as_bytes()) {
            Ok(bytes) => Ok(Some(Bytes::from(bytes))),
            Err(error) => Err(CodecError(format!("{}: base64: {error}", self.path(key)))),
        }
    }

    fn map(&self, key: &str) -> Read<Value> {
        match self.get(key) {
            None => Ok(Value::Null),
            Some(value @ Value::Map(_)) => Ok(value.clone()),
            Some(value) => Err(wrong(value, &self.path(key), "an object")),
        }
    }
}

pub(crate) fn release(value: &Value) -> Read<Release> {
    if !value.is_map() {
        return Err(wrong(value, "release", "an object"));
    }
    let fields = Fields::of(value, "release")?;
    Ok(Release {
        name: fields.text("name")?,
        version: fields.int("version")?,
        namespace: fields.text("namespace")?,
        info: fields.get("info").map(info).transpose()?.unwrap_or_default(),
        chart: Arc::new(fields.get("chart").map(chart).transpose()?.unwrap_or_default()),
        config: fields.map("config")?,
        manifest: fields.text("manifest")?,
        hooks: fields.list("hooks")?.iter().map(hook).collect::<Read<_>>()?,
        apply_method: fields.text("apply_method")?,
        ..Release::default()
    })
}

pub(super) fn info(value: &Value) -> Read<Info> {
    let fields = Fields::of(value, "info")?;
    Ok(Info {
        first_deployed: fields.time("first_deployed")?,
        last_deployed: fields.time("last_deployed")?,
        deleted: fields.time("deleted")?,
        description: fields.text("description")?,
        status: Status::from_name(&fields.text("status")?).unwrap_or_default(),
        rollback_revision: fields.int("rollback_revision")?,
        notes: fields.text("notes")?,
    })
}

fn hook(value: &Value) -> Read<RecordedHook> {
    let fields = Fields::of(value, "hooks")?;
    let run = Fields::of(fields.get("last_run").unwrap_or(&Value::Null), "last_run")?;
    let events = fields.texts("events")?;
    Ok(RecordedHook {
        name: fields.text("name")?,
        kind: fields.text("kind")?,
        path: fields.text("path")?,
        manifest: fields.text("manifest")?,
        events: events.iter().filter_map(|name| HookEvent::from_name(name)).collect(),
        last_run: HookRun {
            started_at: run.time("started_at")?,
            completed_at: run.time("completed_at")?,
            phase: run.text("phase")?,
        },
        weight: fields.int("weight")?,
        delete_policies: fields
            .texts("delete_policies")?
            .into_iter()
            .map(HookDeletePolicy)
            .collect(),
        output_log_policies: fields
            .texts("output_log_policies")?
            .into_iter()
            .map(HookOutputLogPolicy)
            .collect(),
    })
}

fn chart(value: &Value) -> Read<Chart> {
    let fields = Fields::of(value, "chart")?;
    Ok(Chart {
        metadata: fields.get("metadata").map(metadata).transpose()?.unwrap_or_default(),
        lock: fields.get("lock").map(lock).transpose()?,
        values: fields.map("values")?,
        schema: fields.bytes("schema")?,
        schema_modified: fields.time("schemamodtime")?,
        templates: files(fields.list("templates")?)?,
        files: files(fields.list("files")?)?,
        modified: fields.time("modtime")?,
        ..Chart::default()
    })
}

fn files(items: &[Value]) -> Read<Vec<File>> {
    let file = |value: &Value| {
        let fields = Fields::of(value, "files")?;
        let data = fields.bytes("data")?.unwrap_or_default();
        Ok(File::new(fields.text("name")?, data).modified_at(fields.time("modtime")?))
    };
    items.iter().map(file).collect()
}

fn lock(value: &Value) -> Read<Lock> {
    let fields = Fields::of(value, "lock")?;
    let generated = fields.time("generated")?.unwrap_or(Time::ZERO).to_string();
    let dependencies = match fields.get("dependencies") {
        Some(_) => Some(dependencies(fields.list("dependencies")?)?),
        None => None,
    };
    Ok(Lock { generated, digest: fields.text("digest")?, dependencies })
}

pub(super) fn metadata(value: &Value) -> Read<Metadata> {
    let fields = Fields::of(value, "metadata")?;
    let mut metadata = Metadata::default();
    metadata.name = fields.text("name")?;
    metadata.home = fields.text("home")?;
    metadata.sources = fields.texts("sources")?;
    metadata.version = fields.text("version")?;
    metadata.description = fields.text("description")?;
    metadata.keywords = fields.texts("keywords")?;
    metadata.icon = fields.text("icon")?;
    metadata.api_version = fields.text("apiVersion")?;
    metadata.condition = fields.text("condition")?;
    metadata.tags = fields.text("tags")?;
    metadata.app_version = fields.text("appVersion")?;
    metadata.deprecated = fields.flag("deprecated")?;
    metadata.kube_version = fields.text("kubeVersion")?;
    metadata.kind = fields.text("type")?;
    for maintainer in fields.list("maintainers")? {
        let fields = Fields::of(maintainer, "maintainers")?;
        metadata.maintainers.push(Maintainer {
            name: fields.text("name")?,
            email: fields.text("email")?,
            url: fields.text("url")?,
        });
    }
    if let Some(annotations) = fields.get("annotations") {
        let all = Fields::of(annotations, "annotations")?;
        let names = annotations.as_map().into_iter().flat_map(|map| map.keys());
        let pair = |name: &pintle_yaml::Str| Ok((name.to_string(), all.text(name)?));
        metadata.annotations = Some(names.map(pair).collect::<Read<_>>()?);
    }
    if fields.get("dependencies").is_some() {
        metadata.dependencies = Some(dependencies(fields.list("dependencies")?)?);
    }
    Ok(metadata)
}

fn dependencies(items: &[Value]) -> Read<Vec<Dependency>> {
    let dependency = |value: &Value| {
        let fields = Fields::of(value, "dependencies")?;
        Ok(Dependency {
            name: fields.text("name")?,
            version: fields.text("version")?,
            repository: fields.text("repository")?,
            condition: fields.text("condition")?,
            tags: fields.texts("tags")?,
            enabled: fields.flag("enabled")?,
            import_values: fields.list("import-values")?.to_vec(),
            alias: fields.text("alias")?,
        })
    };
    items.iter().map(dependency).collect()
}
