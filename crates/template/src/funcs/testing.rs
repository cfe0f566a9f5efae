//! Calls functions without a template around them.

use super::{HELM, SPRIG};
use crate::{Call, Context, Failure, Function, Host, Map, Outcome, Param, Text, Value};

/// A world of which everything is known: the time is 2024-02-29 12:30:45.123456789 UTC.
pub(crate) struct World {
    /// The zone of the clock on the wall.
    pub(crate) zone: &'static str,
    pub(crate) seed: u64,
    /// How much memory is left.
    pub(crate) memory: usize,
}

impl Default for World {
    fn default() -> Self {
        World { zone: "UTC", seed: 1, memory: 64 << 20 }
    }
}

impl Host for World {
    fn now(&mut self) -> (i64, u32) {
        (1_709_209_845, 123_456_789)
    }

    fn time_zone(&mut self) -> Option<String> {
        Some(self.zone.to_owned())
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        for byte in bytes {
            self.seed =
                self.seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *byte = (self.seed >> 33) as u8;
        }
        Ok(())
    }

    fn env(&mut self, name: &str) -> Option<String> {
        (name == "NAME").then(|| "value".to_owned())
    }
}

impl Context for World {
    fn host(&mut self) -> &mut dyn Host {
        self
    }

    fn include(&mut self, _: &str, _: Value) -> Result<Text, Failure> {
        Ok(Text::EMPTY)
    }

    fn tpl(&mut self, _: &Text, _: Value) -> Result<Text, Failure> {
        Ok(Text::EMPTY)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        self.memory = self.memory.checked_sub(bytes).ok_or_else(|| Failure::limit("memory"))?;
        Ok(())
    }
}

/// The function of this name.
pub(crate) fn function(name: &str) -> &'static Function {
    let mut all = HELM.iter().chain(SPRIG).copied().flatten();
    all.find(|function| function.name() == name).unwrap_or_else(|| panic!("no function {name}"))
}

/// Calls a function with arguments of the right types.
pub(crate) fn call_in(world: &mut World, name: &str, args: &[Value]) -> Outcome {
    let function = function(name);
    for (param, arg) in function.params().iter().zip(args) {
        let fits = match param {
            Param::String => arg.as_text().is_some(),
            Param::Int => arg.type_name() == "int",
            Param::Map => arg.as_map().is_some() || arg.is_nil(),
            Param::List => arg.as_list().is_some(),
            Param::Named(name) => arg.type_name() == *name,
            _ => true,
        };
        assert!(fits, "{name}: {} for {param:?}", arg.type_name());
    }
    function.call(&mut Call::new(&mut args.to_vec(), world))
}

/// Calls a function in the usual world.
pub(crate) fn call(name: &str, args: &[Value]) -> Outcome {
    call_in(&mut World::default(), name, args)
}

/// The result as text: a string itself, a list in brackets, a map sorted.
pub(crate) fn text(name: &str, args: &[Value]) -> String {
    match call(name, args) {
        Ok(value) => show(&value),
        Err(failure) => format!("error: {failure}"),
    }
}

/// A value as a short text.
pub(crate) fn show(value: &Value) -> String {
    match value {
        Value::Absent | Value::Nil => "nil".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => {
            let mut out = Vec::new();
            number.append_to(&mut out);
            String::from_utf8(out).unwrap()
        }
        Value::String(text) => text.to_str().into_owned(),
        Value::List(list) => {
            format!("[{}]", list.items().iter().map(show).collect::<Vec<_>>().join("|"))
        }
        Value::Map(map) => show_map(map),
        Value::Object(object) => {
            object.text().map_or_else(String::new, |text| String::from_utf8(text).unwrap())
        }
    }
}

fn show_map(map: &Map) -> String {
    let entries = map.to_vec();
    let entries = entries.iter().map(|(key, value)| format!("{key}:{}", show(value)));
    format!("map[{}]", entries.collect::<Vec<_>>().join(" "))
}

/// The result as Go's `%v` prints it.
pub(crate) fn shown(name: &str, args: &[Value]) -> String {
    let result = call(name, args).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    let mut out = Vec::new();
    super::show::append(&mut out, &result).unwrap();
    String::from_utf8(out).unwrap()
}

/// The message of the failure.
pub(crate) fn fails(name: &str, args: &[Value]) -> String {
    match call(name, args) {
        Ok(_) => panic!("{name} does not fail"),
        Err(failure) => failure.to_string(),
    }
}
