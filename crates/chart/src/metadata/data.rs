//! The metadata as plain data, in the two forms that Helm gives it.

use pintle_yaml::{Map, Str, Value};

use super::{Dependency, Maintainer, Metadata};

fn texts(list: &[String]) -> Value {
    Value::from(list.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>())
}

/// Collects what `omitempty` leaves.
struct Filled(Vec<(Str, Value)>);

impl Filled {
    fn text(&mut self, key: &'static str, text: &str) {
        if !text.is_empty() {
            self.0.push((Str::new_static(key), text.into()));
        }
    }

    fn list(&mut self, key: &'static str, items: Vec<Value>) {
        if !items.is_empty() {
            self.0.push((Str::new_static(key), items.into()));
        }
    }

    fn texts(&mut self, key: &'static str, list: &[String]) {
        if !list.is_empty() {
            self.0.push((Str::new_static(key), texts(list)));
        }
    }

    fn flag(&mut self, key: &'static str, flag: bool) {
        if flag {
            self.0.push((Str::new_static(key), flag.into()));
        }
    }

    fn done(self) -> Value {
        Map::from_entries(self.0).into()
    }
}

impl Metadata {
    /// The metadata under the names of `Chart.yaml`, without what is empty: what `helm show chart`
    /// prints.
    pub fn to_value(&self) -> Value {
        let mut out = Filled(Vec::new());
        out.text("name", &self.name);
        out.text("home", &self.home);
        out.texts("sources", &self.sources);
        out.text("version", &self.version);
        out.text("description", &self.description);
        out.texts("keywords", &self.keywords);
        out.list("maintainers", self.maintainers.iter().map(Maintainer::to_value).collect());
        out.text("icon", &self.icon);
        out.text("apiVersion", &self.api_version);
        out.text("condition", &self.condition);
        out.text("tags", &self.tags);
        out.text("appVersion", &self.app_version);
        out.flag("deprecated", self.deprecated);
        if let Some(annotations) = self.annotations.as_ref().filter(|map| !map.is_empty()) {
            let map: Map = annotations.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            out.0.push((Str::new_static("annotations"), map.into()));
        }
        out.text("kubeVersion", &self.kube_version);
        out.list("dependencies", self.dependencies().iter().map(Dependency::to_value).collect());
        out.text("type", &self.kind);
        out.done()
    }

    /// The metadata under the names of Helm's Go fields, what is empty included: what `.Chart` is
    /// in a template, but for `IsRoot`.
    ///
    /// `Annotations` is null when there are none; in Go it is a `map[string]string`, of which a
    /// key that is missing is the empty text.
    pub fn to_go_value(&self) -> Value {
        let annotations = self.annotations.as_ref().map_or(Value::Null, |annotations| {
            annotations.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
        });
        let dependencies = self.dependencies().iter().map(Dependency::to_go_value);
        let entries: Vec<(&str, Value)> = vec![
            ("APIVersion", self.api_version.as_str().into()),
            ("Annotations", annotations),
            ("AppVersion", self.app_version.as_str().into()),
            ("Condition", self.condition.as_str().into()),
            ("Dependencies", dependencies.collect::<Vec<_>>().into()),
            ("Deprecated", self.deprecated.into()),
            ("Description", self.description.as_str().into()),
            ("Home", self.home.as_str().into()),
            ("Icon", self.icon.as_str().into()),
            ("Keywords", texts(&self.keywords)),
            ("KubeVersion", self.kube_version.as_str().into()),
            (
                "Maintainers",
                self.maintainers.iter().map(Maintainer::to_go_value).collect::<Vec<_>>().into(),
            ),
            ("Name", self.name.as_str().into()),
            ("Sources", texts(&self.sources)),
            ("Tags", self.tags.as_str().into()),
            ("Type", self.kind.as_str().into()),
            ("Version", self.version.as_str().into()),
        ];
        entries.into_iter().collect()
    }
}

impl Maintainer {
    fn to_value(&self) -> Value {
        let mut out = Filled(Vec::new());
        out.text("name", &self.name);
        out.text("email", &self.email);
        out.text("url", &self.url);
        out.done()
    }

    fn to_go_value(&self) -> Value {
        Value::from_iter([
            ("Email", self.email.as_str()),
            ("Name", self.name.as_str()),
            ("URL", self.url.as_str()),
        ])
    }
}

impl Dependency {
    /// The dependency under the names of `Chart.yaml`, without what is empty; name and repository
    /// are always there.
    pub fn to_value(&self) -> Value {
        let mut out = Filled(Vec::new());
        out.0.push((Str::new_static("name"), self.name.as_str().into()));
        out.text("version", &self.version);
        out.0.push((Str::new_static("repository"), self.repository.as_str().into()));
        out.text("condition", &self.condition);
        out.texts("tags", &self.tags);
        out.flag("enabled", self.enabled);
        out.list("import-values", self.import_values.clone());
        out.text("alias", &self.alias);
        out.done()
    }

    fn to_go_value(&self) -> Value {
        let entries: Vec<(&str, Value)> = vec![
            ("Alias", self.alias.as_str().into()),
            ("Condition", self.condition.as_str().into()),
            ("Enabled", self.enabled.into()),
            ("ImportValues", self.import_values.clone().into()),
            ("Name", self.name.as_str().into()),
            ("Repository", self.repository.as_str().into()),
            ("Tags", texts(&self.tags)),
            ("Version", self.version.as_str().into()),
        ];
        entries.into_iter().collect()
    }
}
