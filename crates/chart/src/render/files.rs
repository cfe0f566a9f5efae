//! `.Files`

use std::any::Any;

use pintle_template::{
    Call, Failure, Function, List, ListType, Map, MapType, NamedMap, Object, Outcome, Param, Value,
};
use pintle_yaml as yaml;

use crate::Files;

/// What ranging over files ranges over.
static FILES: NamedMap = NamedMap { name: "engine.files", methods: &[] };

/// Helm's map of files with its methods.
pub(super) struct FilesObject(Files);

impl FilesObject {
    pub(super) fn new(files: Files) -> FilesObject {
        FilesObject(files)
    }
}

fn name(method: &str, call: &Call<'_>) -> Result<String, Failure> {
    call.expect_args(method, 1)?;
    match call.arg(0) {
        Value::String(name) => Ok(name.to_str().into_owned()),
        _ => Err(call.wrong_type("string", 0)),
    }
}

impl Object for FilesObject {
    fn type_name(&self) -> &str {
        "engine.files"
    }

    fn kind_name(&self) -> &str {
        "map"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn truth(&self) -> bool {
        !self.0.is_empty()
    }

    fn field(&self, name: &str) -> Option<Value> {
        let bytes = self.0.get_shared(name);
        Some(bytes.map_or(Value::Absent, |bytes| Value::List(List::of_bytes(&bytes))))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "Get" | "GetBytes" | "Glob" | "Lines" | "AsConfig" | "AsSecrets")
    }

    fn call(&self, method: &str, call: &mut Call<'_>) -> Outcome {
        Ok(match method {
            "Get" => Value::from(self.0.get(&name(method, call)?).to_vec()),
            "GetBytes" => Value::List(List::of_bytes(self.0.get(&name(method, call)?))),
            "Glob" => Value::object(FilesObject(self.0.glob(&name(method, call)?))),
            "Lines" => {
                let lines = self.0.lines(&name(method, call)?);
                let lines = lines.into_iter().map(|line| Value::String(line.into())).collect();
                Value::List(List::of_type(ListType::Strings, lines))
            }
            "AsConfig" => {
                call.expect_args(method, 0)?;
                Value::from(self.0.as_config())
            }
            "AsSecrets" => {
                call.expect_args(method, 0)?;
                Value::from(self.0.as_secrets())
            }
            _ => return Err(Failure::new(format!("engine.files has no method {method}"))),
        })
    }

    fn data(&self) -> Option<yaml::Value> {
        let entries = self.0.iter().map(|(name, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            (name.clone(), yaml::Value::from(&*text))
        });
        Some(entries.collect())
    }

    fn items(&self) -> Option<Value> {
        let files = self.0.iter();
        let entries = files.map(|(name, bytes)| (name.clone(), List::of_bytes(bytes).into()));
        Some(Value::Map(Map::of_type(MapType::Named(&FILES), entries.collect())))
    }
}

/// `getHostByName` as it is when names may not be looked up: it gives nothing.
pub(super) fn no_dns() -> Function {
    Function::new("getHostByName", &[Param::String], |_| Ok(Value::EMPTY))
}
