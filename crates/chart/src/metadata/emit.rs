//! The metadata as Go's `encoding/json` writes it: the fields in the order of Helm's structs.

use pintle_yaml::{Emit, Sink, WriteError};

use super::{Dependency, Metadata};

type Done = Result<(), WriteError>;

/// The fields of a `Chart.yaml`, in the order in which Go writes them.
pub const METADATA_FIELDS: [&str; 17] = [
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
];

/// A mapping that is being written as Go writes a struct, whose fields mostly say `omitempty`.
///
/// ```
/// use pintle_chart::Object;
/// use pintle_yaml::JsonSink;
///
/// let mut out = Vec::new();
/// let mut sink = JsonSink::new(&mut out);
/// let mut object = Object::begin(&mut sink)?;
/// object.always("name", "")?;
/// object.text("alias", "")?;
/// object.flag("enabled", true)?;
/// object.end()?;
/// sink.finish()?;
/// assert_eq!(out, br#"{"name":"","enabled":true}"#);
/// # Ok::<(), pintle_yaml::WriteError>(())
/// ```
#[allow(missing_debug_implementations)] // a sink has none
pub struct Object<'s>(&'s mut dyn Sink);

impl<'s> Object<'s> {
    /// Begins a mapping.
    ///
    /// # Errors
    ///
    /// Those of the sink, as of all that follows.
    pub fn begin(sink: &'s mut dyn Sink) -> Result<Self, WriteError> {
        sink.begin_map(0)?;
        Ok(Object(sink))
    }

    /// Writes a key; its value is to be written to the sink that is given back.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn key(&mut self, key: &str) -> Result<&mut dyn Sink, WriteError> {
        self.0.key(key.as_bytes())?;
        Ok(self.0)
    }

    /// Writes a text, be it empty.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn always(&mut self, key: &str, text: &str) -> Result<(), WriteError> {
        self.key(key)?.str(text.as_bytes())
    }

    /// Writes a text that is not empty.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn text(&mut self, key: &str, text: &str) -> Result<(), WriteError> {
        if text.is_empty() { Ok(()) } else { self.always(key, text) }
    }

    /// Writes a number that is not 0.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn int(&mut self, key: &str, number: i64) -> Result<(), WriteError> {
        if number == 0 { Ok(()) } else { self.key(key)?.int(number) }
    }

    /// Writes a flag that is set.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn flag(&mut self, key: &str, flag: bool) -> Result<(), WriteError> {
        if flag { self.key(key)?.bool(true) } else { Ok(()) }
    }

    /// Writes a list that is not empty.
    ///
    /// # Errors
    ///
    /// Those of the sink and of `emit`.
    pub fn list<T>(
        &mut self,
        key: &str,
        items: &[T],
        emit: impl Fn(&T, &mut dyn Sink) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        if items.is_empty() {
            return Ok(());
        }
        let sink = self.key(key)?;
        sink.begin_seq(items.len())?;
        for item in items {
            emit(item, sink)?;
        }
        sink.end()
    }

    /// Writes the fields of a chart's metadata.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn metadata(&mut self, metadata: &Metadata) -> Result<(), WriteError> {
        let text = |text: &String, sink: &mut dyn Sink| sink.str(text.as_bytes());
        self.text("name", &metadata.name)?;
        self.text("home", &metadata.home)?;
        self.list("sources", &metadata.sources, text)?;
        self.text("version", &metadata.version)?;
        self.text("description", &metadata.description)?;
        self.list("keywords", &metadata.keywords, text)?;
        self.list("maintainers", &metadata.maintainers, |maintainer, sink| {
            let mut object = Object::begin(sink)?;
            object.text("name", &maintainer.name)?;
            object.text("email", &maintainer.email)?;
            object.text("url", &maintainer.url)?;
            object.end()
        })?;
        self.text("icon", &metadata.icon)?;
        self.text("apiVersion", &metadata.api_version)?;
        self.text("condition", &metadata.condition)?;
        self.text("tags", &metadata.tags)?;
        self.text("appVersion", &metadata.app_version)?;
        self.flag("deprecated", metadata.deprecated)?;
        if let Some(annotations) = metadata.annotations.as_ref().filter(|all| !all.is_empty()) {
            let mut map = Object::begin(self.key("annotations")?)?;
            for (name, value) in annotations {
                map.always(name, value)?;
            }
            map.end()?;
        }
        self.text("kubeVersion", &metadata.kube_version)?;
        let dependency = |one: &Dependency, sink: &mut dyn Sink| EmitDependency(one).emit(sink);
        self.list("dependencies", metadata.dependencies(), dependency)?;
        self.text("type", &metadata.kind)
    }

    /// Ends the mapping.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    pub fn end(self) -> Result<(), WriteError> {
        self.0.end()
    }
}

/// A chart's metadata as Go's `json.Marshal` writes it.
#[derive(Clone, Copy, Debug)]
pub struct EmitMetadata<'r>(pub &'r Metadata);

impl Emit for EmitMetadata<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Done {
        let mut object = Object::begin(sink)?;
        object.metadata(self.0)?;
        object.end()
    }
}

/// A dependency as Go's `json.Marshal` writes it.
#[derive(Clone, Copy, Debug)]
pub struct EmitDependency<'r>(pub &'r Dependency);

impl Emit for EmitDependency<'_> {
    fn emit(&self, sink: &mut dyn Sink) -> Done {
        let Dependency { name, version, repository, condition, tags, .. } = self.0;
        let mut object = Object::begin(sink)?;
        object.always("name", name)?;
        object.text("version", version)?;
        object.always("repository", repository)?;
        object.text("condition", condition)?;
        object.list("tags", tags, |tag, sink| sink.str(tag.as_bytes()))?;
        object.flag("enabled", self.0.enabled)?;
        object.list("import-values", &self.0.import_values, |value, sink| value.emit(sink))?;
        object.text("alias", &self.0.alias)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{EmitMetadata, METADATA_FIELDS};
    use crate::{Dependency, Maintainer, Metadata};

    #[test]
    fn all_fields_come_in_order() {
        let text = |text: &str| text.to_owned();
        let metadata = Metadata {
            name: text("a"),
            home: text("a"),
            sources: vec![text("a")],
            version: text("a"),
            description: text("a"),
            keywords: vec![text("a")],
            maintainers: vec![Maintainer::default()],
            icon: text("a"),
            api_version: text("a"),
            condition: text("a"),
            tags: text("a"),
            app_version: text("a"),
            deprecated: true,
            annotations: Some([(text("a"), text("a"))].into()),
            kube_version: text("a"),
            dependencies: Some(vec![Dependency::default()]),
            kind: text("a"),
            ..Metadata::default()
        };
        let json = pintle_yaml::to_json(&EmitMetadata(&metadata)).unwrap();
        let mut rest = json.as_str();
        for field in METADATA_FIELDS {
            let (_, after) = rest.split_once(&format!("\"{field}\":")).unwrap();
            rest = after;
        }
        assert_eq!(metadata.to_value().as_map().unwrap().len(), METADATA_FIELDS.len());
    }
}
