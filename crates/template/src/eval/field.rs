//! Fields of structs, keys of maps, methods.

use pintle_yaml::Str;
use smallvec::SmallVec;

use crate::engine::MissingKey;
use crate::syntax::ast::Operand;
use crate::{Call, Error, Function, Map, MapType, Object, Value};

use super::state::{Dot, State};

impl State<'_> {
    /// `.a.b.c` of `receiver`; the last of them may be a method that takes the arguments.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one command")]
    pub(super) fn fields(
        &mut self,
        dot: Dot<'_>,
        receiver: &Value,
        boxed: bool,
        node: &Operand,
        fields: &[Str],
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        if args.is_empty()
            && last.is_none()
            && let Some(value) = keys(receiver, fields)
        {
            return Ok(value);
        }
        let Some((final_field, before)) = fields.split_last() else {
            return Ok(receiver.clone());
        };
        let Some((first, between)) = before.split_first() else {
            return self.field(dot, receiver, boxed, node, final_field, args, last);
        };
        let mut boxed_now = holds_any(receiver);
        let mut value = self.field(dot, receiver, boxed, node, first, &[], None)?;
        for field in between {
            let boxed_next = holds_any(&value);
            value = self.field(dot, &value, boxed_now, node, field, &[], None)?;
            boxed_now = boxed_next;
        }
        self.field(dot, &value, boxed_now, node, final_field, args, last)
    }

    /// One field.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one command")]
    fn field(
        &mut self,
        dot: Dot<'_>,
        receiver: &Value,
        boxed: bool,
        node: &Operand,
        name: &str,
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let has_args = !args.is_empty() || last.is_some();
        match receiver {
            Value::Map(map) => {
                if let MapType::Named(named) = map.map_type()
                    && let Some(method) = named.methods.iter().find(|m| m.name() == name)
                {
                    return self.map_method(dot, receiver, method, node, args, last);
                }
                if has_args {
                    return Err(self.error(format!("{name} is not a method but has arguments")));
                }
                match map.get(name) {
                    Some(value) => Ok(value),
                    None => self.missing(map, name),
                }
            }
            Value::Absent => {
                if self.set.options.missing_key == MissingKey::Error {
                    return Err(self.error(format!("nil data; no entry for key {}", quote(name))));
                }
                Ok(Value::Absent)
            }
            Value::Nil => Err(self.error(format!("nil pointer evaluating interface {{}}.{name}"))),
            Value::Object(object) => {
                if object.has_method(name) {
                    return self.method(dot, object.as_ref(), node, name, args, last);
                }
                if let Some(value) = object.field(name) {
                    if has_args {
                        return Err(self.error(format!(
                            "{name} has arguments but cannot be invoked as function"
                        )));
                    }
                    return Ok(value);
                }
                match object.items() {
                    Some(Value::Map(map)) => {
                        if has_args {
                            return Err(
                                self.error(format!("{name} is not a method but has arguments"))
                            );
                        }
                        match map.get(name) {
                            Some(value) => Ok(value),
                            None => self.missing(&map, name),
                        }
                    }
                    _ => Err(self.no_field(receiver, boxed, name)),
                }
            }
            _ => Err(self.no_field(receiver, boxed, name)),
        }
    }

    fn no_field(&mut self, receiver: &Value, boxed: bool, name: &str) -> Error {
        let type_name = if boxed { "interface {}" } else { receiver.type_name() };
        self.error(format!("can't evaluate field {name} in type {type_name}"))
    }

    /// The value of a key that a map lacks.
    fn missing(&mut self, map: &Map, name: &str) -> Result<Value, Error> {
        match self.set.options.missing_key {
            MissingKey::Default => Ok(Value::Absent),
            MissingKey::Zero => Ok(match map.map_type() {
                MapType::Strings => Value::EMPTY,
                MapType::Any | MapType::Named(_) => Value::Nil,
            }),
            MissingKey::Error => {
                Err(self.error(format!("map has no entry for key {}", quote(name))))
            }
        }
    }

    /// A method of a named map type.
    fn map_method(
        &mut self,
        dot: Dot<'_>,
        receiver: &Value,
        method: &'static Function,
        node: &Operand,
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let params = method.params().get(1..).unwrap_or_default();
        let (name, wanted) = (method.name(), params.len());
        let got = args.len() + usize::from(last.is_some());
        if got != wanted {
            let message = format!("wrong number of args for {name}: want {wanted} got {got}");
            return Err(self.error(message));
        }
        let mut values = SmallVec::<[Value; 4]>::from_iter([receiver.clone()]);
        for (arg, param) in args.iter().zip(params) {
            let value = self.any(dot, arg)?;
            values.push(self.check(value, *param)?);
        }
        if let (Some(last), Some(param)) = (last, params.last()) {
            values.push(self.check(last, *param)?);
        }
        self.step()?;
        let result = method.call(&mut Call::new(&mut values, self));
        match result.and_then(|value| self.count(&value).map(|()| value)) {
            Ok(value) => Ok(value),
            Err(failure) => {
                self.running.at = node.place;
                Err(self.failed(name, failure))
            }
        }
    }

    fn method(
        &mut self,
        dot: Dot<'_>,
        object: &dyn Object,
        node: &Operand,
        name: &str,
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let mut values = SmallVec::<[Value; 4]>::new();
        for arg in args {
            values.push(self.any(dot, arg)?);
        }
        values.extend(last);
        self.step()?;
        let result = object.call(name, &mut Call::new(&mut values, self));
        match result.and_then(|value| self.count(&value).map(|()| value)) {
            Ok(value) => Ok(value),
            Err(failure) => {
                self.running.at = node.place;
                Err(self.failed(name, failure))
            }
        }
    }
}

/// `.a.b.c` where all of them are keys of maps that are there.
pub(super) fn keys(receiver: &Value, fields: &[Str]) -> Option<Value> {
    // Every second value is only looked into, not taken out of its map.
    let two = |value: &Value, first: &Str, second: &Str| {
        value.as_map()?.look(first, |value| value.as_map()?.get(second))
    };
    let (mut value, mut rest) = match fields {
        [] => return None,
        [first, second, rest @ ..] => (two(receiver, first, second)?, rest),
        [only] => (receiver.as_map()?.get(only)?, fields.get(1..)?),
    };
    while let [first, second, behind @ ..] = rest {
        value = two(&value, first, second)?;
        rest = behind;
    }
    match rest.first() {
        Some(last) => value.as_map()?.get(last),
        None => Some(value),
    }
}

/// Whether what a map holds is in an `interface {}`.
fn holds_any(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.map_type() != MapType::Strings)
}

fn quote(name: &str) -> String {
    pintle_strconv::quote(name)
}
