//! Pipelines, commands and operands.

use crate::syntax::ast::{Command, Constant, Operand, OperandKind, Pipeline, VarId};
use crate::value::Complex;
use crate::{Error, Number, Param, Value};

use super::field::keys;
use super::state::{Dot, State, Variable};

impl State<'_> {
    /// Evaluates a pipeline and sets its variables.
    pub(super) fn pipeline(&mut self, dot: Dot<'_>, pipeline: &Pipeline) -> Result<Value, Error> {
        self.running.at = pipeline.place;
        let mut commands = pipeline.commands.iter();
        let mut value = match commands.next() {
            Some(first) => self
                .command(dot, first, None)
                .map_err(|error| self.involve(error, dot, pipeline))?,
            None => Value::Absent,
        };
        for command in commands {
            value = self
                .command(dot, command, Some(unboxed(value)))
                .map_err(|error| self.involve(error, dot, pipeline))?;
        }
        let value = unboxed(value);
        for variable in &pipeline.variables {
            if pipeline.assign {
                self.assign(variable.name, value.clone(), false);
            } else {
                let variable = Variable { name: variable.name, value: value.clone(), boxed: false };
                self.variables.push(variable);
            }
        }
        Ok(value)
    }

    /// Evaluates a pipeline in parentheses.
    fn parentheses(&mut self, dot: Dot<'_>, pipeline: &Pipeline) -> Result<Value, Error> {
        self.enter()?;
        let value = self.pipeline(dot, pipeline)?;
        self.leave();
        Ok(value)
    }

    /// Evaluates a command; `last` is the value of the one before it in the pipeline.
    fn command(
        &mut self,
        dot: Dot<'_>,
        command: &Command,
        last: Option<Value>,
    ) -> Result<Value, Error> {
        let Some((first, args)) = command.operands.split_first() else {
            return Ok(Value::Absent);
        };
        if !matches!(first.kind, OperandKind::Pipeline(_)) {
            self.running.at = first.place;
        }
        match &first.kind {
            OperandKind::Function(id) => {
                self.function(dot, *id, first.place, command.place, args, last)
            }
            OperandKind::Field(fields) => {
                self.fields(dot, dot.value, dot.boxed, first, fields, args, last)
            }
            OperandKind::Variable(name, fields) => {
                if fields.is_empty() {
                    self.not_a_function(first, args, last.as_ref())?;
                    return Ok(self.variable(*name).0);
                }
                if args.is_empty()
                    && last.is_none()
                    && let Some(value) =
                        self.find_variable(*name).and_then(|found| keys(&found.value, fields))
                {
                    return Ok(value);
                }
                let (value, boxed) = self.variable(*name);
                self.fields(dot, &value, boxed, first, fields, args, last)
            }
            OperandKind::Chain(inner, fields) => {
                let value = self.chain_start(dot, inner, first)?;
                self.fields(dot, &value, false, first, fields, args, last)
            }
            OperandKind::Pipeline(pipeline) => {
                self.not_a_function(first, args, last.as_ref())?;
                self.parentheses(dot, pipeline)
            }
            OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Bool(_)
            | OperandKind::Number(_)
            | OperandKind::String(_) => {
                self.not_a_function(first, args, last.as_ref())?;
                match &first.kind {
                    OperandKind::Dot => Ok(dot.value.clone()),
                    OperandKind::Bool(value) => Ok(Value::Bool(*value)),
                    OperandKind::Number(constant) => self.ideal(constant),
                    OperandKind::String(text) => Ok(Value::String(text.clone())),
                    _ => Err(self.error("nil is not a command".to_owned())),
                }
            }
        }
    }

    fn not_a_function(
        &mut self,
        first: &Operand,
        args: &[Operand],
        last: Option<&Value>,
    ) -> Result<(), Error> {
        if args.is_empty() && last.is_none() {
            return Ok(());
        }
        let place = match &first.kind {
            OperandKind::Pipeline(pipeline) => pipeline.place,
            _ => first.place,
        };
        let text = self.text_of(place);
        Err(self.error(format!("can't give argument to non-function {text}")))
    }

    /// What fields are taken of in `operand.a.b`.
    fn chain_start(
        &mut self,
        dot: Dot<'_>,
        inner: &Operand,
        chain: &Operand,
    ) -> Result<Value, Error> {
        self.running.at = chain.place;
        if matches!(inner.kind, OperandKind::Nil) {
            let text = self.text_of(chain.place);
            return Err(self.error(format!("indirection through explicit nil in {text}")));
        }
        self.running.at = inner.place;
        let value = self.any(dot, inner)?;
        Ok(value)
    }

    /// The innermost variable of a name.
    fn find_variable(&self, name: VarId) -> Option<&Variable> {
        let variables = self.variables.get(self.running.frame..).unwrap_or_default();
        variables.iter().rev().find(|variable| variable.name == name)
    }

    /// The value of a variable, and whether it is boxed.
    pub(super) fn variable(&self, name: VarId) -> (Value, bool) {
        match self.find_variable(name) {
            Some(variable) => (variable.value.clone(), variable.boxed),
            None => (Value::Absent, false),
        }
    }

    /// An operand where anything is taken; a number has the type that it looks like.
    pub(super) fn any(&mut self, dot: Dot<'_>, operand: &Operand) -> Result<Value, Error> {
        self.running.at = operand.place;
        match &operand.kind {
            OperandKind::Dot => Ok(dot.value.clone()),
            OperandKind::Nil => Ok(Value::Nil),
            OperandKind::Bool(value) => Ok(Value::Bool(*value)),
            OperandKind::Number(constant) => self.ideal(constant),
            OperandKind::String(text) => Ok(Value::String(text.clone())),
            OperandKind::Field(fields) => {
                self.fields(dot, dot.value, dot.boxed, operand, fields, &[], None)
            }
            OperandKind::Variable(name, fields) => {
                if fields.is_empty() {
                    return Ok(self.variable(*name).0);
                }
                if let Some(value) =
                    self.find_variable(*name).and_then(|found| keys(&found.value, fields))
                {
                    return Ok(value);
                }
                let (value, boxed) = self.variable(*name);
                self.fields(dot, &value, boxed, operand, fields, &[], None)
            }
            OperandKind::Function(id) => {
                self.function(dot, *id, operand.place, operand.place, &[], None)
            }
            OperandKind::Pipeline(pipeline) => self.parentheses(dot, pipeline),
            OperandKind::Chain(inner, fields) => {
                let value = self.chain_start(dot, inner, operand)?;
                self.fields(dot, &value, false, operand, fields, &[], None)
            }
        }
    }

    /// An operand as an argument for a parameter.
    pub(super) fn argument(
        &mut self,
        dot: Dot<'_>,
        param: Param,
        operand: &Operand,
    ) -> Result<Value, Error> {
        match &operand.kind {
            OperandKind::Nil => {
                self.running.at = operand.place;
                if param == Param::Raw {
                    return Ok(Value::Absent);
                }
                if param.can_be_nil() {
                    return Ok(Value::Nil);
                }
                let wanted = param.type_name();
                Err(self.error(format!("cannot assign nil to {wanted}")))
            }
            OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String(_) => {
                self.running.at = operand.place;
                self.constant(param, operand)
            }
            _ => {
                let value = self.any(dot, operand)?;
                self.check(value, param)
            }
        }
    }

    /// A constant as a value of the parameter's type.
    fn constant(&mut self, param: Param, operand: &Operand) -> Result<Value, Error> {
        let expected = match (param, &operand.kind) {
            (Param::Any | Param::Raw, OperandKind::Bool(value))
            | (Param::Bool, OperandKind::Bool(value)) => return Ok(Value::Bool(*value)),
            (Param::Any | Param::Raw, OperandKind::String(text))
            | (Param::String, OperandKind::String(text)) => {
                return Ok(Value::String(text.clone()));
            }
            (Param::Any | Param::Raw, OperandKind::Number(constant)) => {
                return self.ideal(constant);
            }
            (Param::Int, OperandKind::Number(constant)) if constant.int.is_some() => {
                return Ok(Value::int(constant.int.unwrap_or_default()));
            }
            (Param::Named("uint32"), OperandKind::Number(constant))
                if constant.uint.is_some_and(|uint| u32::try_from(uint).is_ok()) =>
            {
                let number = constant.uint.and_then(|uint| u32::try_from(uint).ok());
                return Ok(Value::Number(Number::Uint32(number.unwrap_or_default())));
            }
            (Param::Named("uint32"), _) => "unsigned integer",
            (Param::Int64, OperandKind::Number(constant)) if constant.int.is_some() => {
                return Ok(Value::int64(constant.int.unwrap_or_default()));
            }
            (Param::Float64, OperandKind::Number(constant)) if constant.float.is_some() => {
                return Ok(Value::float(constant.float.unwrap_or_default()));
            }
            (Param::Bool, _) => "bool",
            (Param::String, _) => "string",
            (Param::Int | Param::Int64, _) => "integer",
            (Param::Float64, _) => "float",
            _ => {
                let (text, wanted) = (self.text_of(operand.place), param.type_name());
                return Err(self.error(format!("can't handle {text} for arg of type {wanted}")));
            }
        };
        let text = self.text_of(operand.place);
        Err(self.error(format!("expected {expected}; found {text}")))
    }

    /// A number where no type is asked for.
    fn ideal(&mut self, constant: &Constant) -> Result<Value, Error> {
        match constant {
            Constant { complex: Some((real, imaginary)), .. } => {
                Ok(Value::object(Complex { real: *real, imaginary: *imaginary }))
            }
            Constant { float: Some(float), is_float: true, .. } => {
                Ok(Value::Number(Number::Float64(*float)))
            }
            Constant { int: Some(int), .. } => Ok(Value::int(*int)),
            Constant { uint: Some(_), text, .. } => {
                Err(self.error(format!("{text} overflows int")))
            }
            _ => Ok(Value::Absent),
        }
    }
}

/// What is in an `interface {}`: a nil in one is no value at all.
pub(super) fn unboxed(value: Value) -> Value {
    if matches!(value, Value::Nil) { Value::Absent } else { value }
}
