//! Calls of functions.

use smallvec::SmallVec;

use crate::engine::Special;
use crate::syntax::ast::{FuncId, Operand, OperandKind, Pipeline, Place};
use crate::{Call, Error, ListType, MapType, Number, Param, Value};

use super::state::{Dot, State};

impl State<'_> {
    /// Calls a function. `name` is the place of its name, `whole` that of the command.
    pub(super) fn function(
        &mut self,
        dot: Dot<'_>,
        id: FuncId,
        name: Place,
        whole: Place,
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let set = self.set;
        let Some(entry) = set.table.get(id) else {
            let text = self.text_of(name);
            return Err(self.error(format!("{text:?} is not a defined function")));
        };
        self.running.at = name;
        let function = &entry.function;
        let params = function.params();
        let given = args.len() + usize::from(last.is_some());
        match function.rest() {
            Some(_) if given < params.len() => {
                let (name, least, got) = (function.name(), params.len(), args.len());
                return Err(self.error(format!(
                    "wrong number of args for {name}: want at least {least} got {got}"
                )));
            }
            None if given != params.len() => {
                let (name, wanted) = (function.name(), params.len());
                return Err(self
                    .error(format!("wrong number of args for {name}: want {wanted} got {given}")));
            }
            _ => {}
        }
        match entry.special {
            Special::None | Special::Include => {}
            Special::And => return self.short_circuit(dot, false, args, last),
            Special::Or => return self.short_circuit(dot, true, args, last),
            Special::Call => return self.call(dot, whole, args, last),
        }
        let rest = function.rest().unwrap_or(Param::Any);
        let mut values = SmallVec::<[Value; 4]>::new();
        for (at, arg) in args.iter().enumerate() {
            let param = params.get(at).copied().unwrap_or(rest);
            values.push(self.argument(dot, param, arg)?);
        }
        if let Some(last) = last {
            let param = params.get(args.len()).copied().unwrap_or(rest);
            values.push(self.check(last, param)?);
        }
        self.step()?;
        let result = function.call(&mut Call::new(&mut values, self));
        match result {
            Ok(value) => match self.count(&value) {
                Ok(()) => Ok(value),
                Err(failure) => {
                    self.running.at = whole;
                    Err(self.failed(function.name(), failure))
                }
            },
            Err(failure) => {
                self.running.at = whole;
                Err(self.failed(function.name(), failure))
            }
        }
    }

    /// Prints `{{ include "name" data }}` where it stands. Whether the pipeline is one.
    pub(super) fn print_include(
        &mut self,
        dot: Dot<'_>,
        pipeline: &Pipeline,
    ) -> Result<bool, Error> {
        let Some((id, command)) = pipeline.only_call() else { return Ok(false) };
        let [first, Operand { kind: OperandKind::String(name), .. }, data] =
            command.operands.as_slice()
        else {
            return Ok(false);
        };
        let set = self.set;
        let Some(entry) = set.table.get(id) else { return Ok(false) };
        // Where the output comes from is told of what is kept in between.
        if entry.special != Special::Include || self.tracer.is_some() {
            return Ok(false);
        }
        self.running.at = first.place;
        let data = self.argument(dot, Param::Any, data);
        let result = data.and_then(|data| {
            self.step()?;
            self.include_here(&name.to_str(), data).map_err(|failure| {
                self.running.at = command.place;
                self.failed(entry.function.name(), failure)
            })
        });
        result.map(|()| true).map_err(|error| self.involve(error, dot, pipeline))
    }

    /// `and` and `or`: the first argument whose truth is `ends`, or the last.
    fn short_circuit(
        &mut self,
        dot: Dot<'_>,
        ends: bool,
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let mut value = Value::Absent;
        for arg in args {
            value = self.argument(dot, Param::Raw, arg)?;
            if value.truth() == ends {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// `call`: there are no values that are functions.
    fn call(
        &mut self,
        dot: Dot<'_>,
        whole: Place,
        args: &[Operand],
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let mut values = SmallVec::<[Value; 4]>::new();
        for arg in args {
            values.push(self.argument(dot, Param::Raw, arg)?);
        }
        values.extend(last);
        let name = match (args.first(), values.first()) {
            (Some(arg), _) => self.text_of(arg.place),
            (None, Some(Value::String(text))) => text.to_str().into_owned(),
            (None, Some(value)) => format!("<{} Value>", value.type_name()),
            (None, None) => String::new(),
        };
        let message = match values.first() {
            None | Some(Value::Absent | Value::Nil) => "call of nil".to_owned(),
            Some(value) => format!("non-function {name} of type {}", value.type_name()),
        };
        self.running.at = whole;
        Err(self.failed("call", crate::Failure::new(message)))
    }

    /// Checks that a value may be an argument for a parameter.
    pub(super) fn check(&mut self, value: Value, param: Param) -> Result<Value, Error> {
        let fits = match (param, &value) {
            (Param::Raw, _) => true,
            (Param::Any, Value::Absent) => return Ok(Value::Nil),
            (Param::Any, _) => true,
            (_, Value::Absent) => {
                if param.can_be_nil() {
                    return Ok(Value::Nil);
                }
                let wanted = param.type_name();
                return Err(self.error(format!("invalid value; expected {wanted}")));
            }
            (Param::String, Value::String(_))
            | (Param::Bool, Value::Bool(_))
            | (Param::Int, Value::Number(Number::Int(_)))
            | (Param::Int64, Value::Number(Number::Int64(_)))
            | (Param::Float64, Value::Number(Number::Float64(_))) => true,
            (Param::Map, Value::Map(map)) => map.map_type() != MapType::Strings,
            (Param::List, Value::List(list)) => list.list_type() == ListType::Any,
            (Param::Strings, Value::List(list)) => list.list_type() == ListType::Strings,
            (Param::Bytes, Value::List(list)) => list.list_type() == ListType::Bytes,
            (Param::Named(name), Value::Nil) => name == "interface {}",
            (Param::Named(name), value) => {
                let found = value.type_name();
                // A pointer is followed where the value itself is asked for.
                found == name || found.strip_prefix('*') == Some(name)
            }
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        let wanted = param.type_name();
        let found = match &value {
            Value::Nil => "interface {}",
            value => value.type_name(),
        };
        let message = format!("wrong type for value; expected {wanted}; got {found}");
        Err(self.error(message))
    }
}
