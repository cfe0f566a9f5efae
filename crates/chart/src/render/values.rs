//! The type of `.Values`: Helm's `common.Values` with its methods.

use pintle_strconv::quote;
use pintle_template::{Call, Failure, Function, Map, MapType, NamedMap, Outcome, Param, Value};

/// `common.Values`
pub(super) static VALUES: NamedMap = NamedMap {
    name: "common.Values",
    methods: &[
        Function::new("AsMap", &[Param::Raw], as_map),
        Function::new("PathValue", &[Param::Raw, Param::String], path_value),
        Function::new("Table", &[Param::Raw, Param::String], table),
        Function::new("YAML", &[Param::Raw], yaml),
    ],
};

fn as_map(call: &mut Call<'_>) -> Outcome {
    Ok(Value::Map(call.map(0).as_type(MapType::Any)))
}

fn yaml(call: &mut Call<'_>) -> Outcome {
    match pintle_yaml::to_yaml(call.arg(0)) {
        Ok(text) => Ok(Value::from(text)),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

/// The table at a path, or the name that is none.
fn find<'p>(values: &Map, path: &'p str) -> Result<Map, &'p str> {
    let mut table = values.clone();
    for name in path.split('.') {
        match table.get(name) {
            Some(Value::Map(map)) => table = map,
            _ => return Err(name),
        }
    }
    Ok(table)
}

fn table(call: &mut Call<'_>) -> Outcome {
    match find(&call.map(0), &call.str(1)) {
        Ok(map) => Ok(Value::Map(map.as_type(MapType::Named(&VALUES)))),
        Err(name) => Err(Failure::new(format!("{} is not a table", quote(name)))),
    }
}

fn path_value(call: &mut Call<'_>) -> Outcome {
    let path = call.str(1);
    if path.is_empty() {
        return Err(Failure::new("YAML path cannot be empty"));
    }
    let (table, key) = match path.rsplit_once('.') {
        Some((path, key)) => (find(&call.map(0), path).ok(), key),
        None => (Some(call.map(0)), &*path),
    };
    match table.and_then(|table| table.get(key)) {
        Some(Value::Map(_)) | None => Err(Failure::new(format!("{} is not a value", quote(key)))),
        Some(value) => Ok(value),
    }
}
