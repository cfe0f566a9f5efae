//! What templates see: `.Values`, `.Chart`, `.Release` and the others, for each chart.

use std::collections::HashMap;
use std::sync::Arc;

use pintle_template::{Map, MapType, Value};
use pintle_values::Coalesced;
use pintle_yaml as yaml;

use super::RenderOptions;
use super::capabilities::CapabilitiesObject;
use super::files::FilesObject;
use crate::{Chart, Files};

const VALUES: MapType = MapType::Named(&super::values::VALUES);

/// What the templates of one chart see.
pub(super) struct Scope {
    /// `.`
    pub(super) data: Map,
    /// The chart's path: `web/charts/db`.
    path: String,
}

/// The scopes of a chart and of all below it, in the order of [`Chart::walk`].
pub(super) fn scopes(chart: &Chart, values: &Coalesced, options: &RenderOptions) -> Vec<Scope> {
    let release = release(options);
    let capabilities = Value::object(CapabilitiesObject::new(&options.capabilities));
    let mut shared = Shared::new(&values.shared);
    let top = match &values.values {
        yaml::Value::Map(map) => Map::from_data(map.clone()),
        _ => Map::new(),
    };
    let mut maker = Maker { release, capabilities, shared: &mut shared, scopes: Vec::new() };
    maker.make(chart, true, top, chart.name().to_owned());
    maker.scopes
}

/// The data for one template; `.Template` is set for it.
pub(super) fn enter(scopes: &[Scope], chart: usize, path: &str) -> Option<Value> {
    let scope = scopes.get(chart)?;
    let template = Map::of_type(
        VALUES,
        vec![
            ("Name".into(), Value::from(path)),
            ("BasePath".into(), Value::from(format!("{}/templates", scope.path))),
        ],
    );
    scope.data.set("Template", Value::Map(template));
    Some(Value::Map(scope.data.clone()))
}

struct Maker<'m> {
    release: Value,
    capabilities: Value,
    shared: &'m mut Shared,
    scopes: Vec<Scope>,
}

impl Maker<'_> {
    fn make(&mut self, chart: &Chart, root: bool, values: Map, path: String) -> Map {
        self.shared.join_globals(&values);
        let subcharts = Map::new();
        let entries: Vec<(&str, Value)> = vec![
            ("Capabilities", self.capabilities.clone()),
            ("Chart", metadata(chart, root)),
            ("Files", Value::object(FilesObject::new(Files::new(&chart.files)))),
            ("Release", self.release.clone()),
            ("Subcharts", Value::Map(subcharts.clone())),
            ("Values", Value::Map(values.as_type(VALUES))),
        ];
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        let data = Map::of_type(VALUES, entries);
        self.scopes.push(Scope { data: data.clone(), path: path.clone() });
        for subchart in &chart.dependencies {
            let values = match values.get(subchart.name()) {
                Some(Value::Map(values)) => values,
                _ => Map::new(),
            };
            let path = format!("{path}/charts/{}", subchart.name());
            let scope = self.make(subchart, false, values, path);
            subcharts.set(subchart.name(), Value::Map(scope.as_type(MapType::Any)));
        }
        data
    }
}

fn release(options: &RenderOptions) -> Value {
    let release = &options.release;
    let entries: Vec<(&str, Value)> = vec![
        ("IsInstall", Value::Bool(!release.is_upgrade)),
        ("IsUpgrade", Value::Bool(release.is_upgrade)),
        ("Name", Value::from(release.name.as_str())),
        ("Namespace", Value::from(release.namespace.as_str())),
        ("Revision", Value::int(release.revision)),
        ("Service", Value::from("Helm")),
    ];
    Value::Map(entries.into_iter().collect())
}

fn metadata(chart: &Chart, root: bool) -> Value {
    let map = match chart.metadata.to_go_value() {
        yaml::Value::Map(map) => Map::from_data(map),
        _ => Map::new(),
    };
    map.set("IsRoot", Value::Bool(root));
    // In Go this one is a `map[string]string`.
    let annotations = match &chart.metadata.annotations {
        Some(entries) => {
            let entries = entries.iter().map(|(k, v)| (k.as_str().into(), v.as_str().into()));
            Map::of_type(MapType::Strings, entries.collect())
        }
        None => Map::nil(MapType::Strings),
    };
    map.set("Annotations", Value::Map(annotations));
    Value::Map(map)
}

/// The tables that are one in Helm, wherever they stand.
struct Shared {
    /// By the address of the document's table, with what it became once it has been met. The
    /// tables themselves are kept, so that no other takes their address.
    maps: HashMap<usize, (Arc<yaml::Map>, Option<Map>)>,
}

fn address(map: &Arc<yaml::Map>) -> usize {
    Arc::as_ptr(map) as usize
}

impl Shared {
    fn new(shared: &[Arc<yaml::Map>]) -> Shared {
        Shared { maps: shared.iter().map(|map| (address(map), (map.clone(), None))).collect() }
    }

    /// Makes the tables below `global` the ones that other charts have too.
    fn join_globals(&mut self, values: &Map) {
        if self.maps.is_empty() {
            return;
        }
        if let Some(data) = values.untouched().and_then(|map| map.get("global").cloned())
            && let yaml::Value::Map(global) = data
        {
            values.set("global", Value::Map(self.join(&global)));
        } else if let Some(Value::Map(global)) = values.get("global")
            && let Some(data) = global.untouched()
        {
            values.set("global", Value::Map(self.join(&data)));
        }
    }

    /// Values nest no deeper than coalescing allows, which bounds the recursion.
    fn join(&mut self, data: &Arc<yaml::Map>) -> Map {
        if let Some((_, Some(map))) = self.maps.get(&address(data)) {
            return map.clone();
        }
        let map = Map::from_data(data.clone());
        if let Some(known) = self.maps.get_mut(&address(data)) {
            known.1 = Some(map.clone());
        }
        for (key, value) in data.iter() {
            if let yaml::Value::Map(nested) = value {
                let nested = self.join(nested);
                map.set(key.clone(), Value::Map(nested));
            }
        }
        map
    }
}
