//! The nodes of a template, one after the other.

use crate::syntax::ast::{Branch, Invocation, Node, Place, VarId};
use crate::{Error, Map, Number, Value, fmt};

use super::state::{Dot, NO_VALUE, State, Variable};

/// Whether the node behind the one that ran is the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl State<'_> {
    pub(super) fn walk(&mut self, nodes: &[Node], dot: Dot<'_>) -> Result<Flow, Error> {
        self.enter()?;
        for node in nodes {
            self.step()?;
            let flow = match node {
                Node::Text { start, end } => {
                    self.trace_node(*start, *end);
                    let before = self.out.len();
                    let text = &self.running.template.source.text;
                    let text = text.get(*start as usize..*end as usize).unwrap_or_default();
                    self.out.extend_from_slice(text);
                    self.check_output()?;
                    self.trace_output(before, 0);
                    Flow::Next
                }
                Node::Action { at, pipeline } => {
                    self.running.base = *at;
                    let Place { start, end } = pipeline.place;
                    let mark = self.trace_node(at + start, at + end);
                    let before = self.out.len();
                    if let Some(name) = pipeline.only_variable() {
                        self.running.at = pipeline.place;
                        self.print_variable(name);
                        self.check_output()?;
                        self.trace_output(before, mark);
                        continue;
                    }
                    if self.print_include(dot, pipeline)? {
                        self.check_output()?;
                        continue;
                    }
                    let value = self.pipeline(dot, pipeline)?;
                    if pipeline.variables.is_empty() {
                        let before = self.out.len();
                        print(&mut self.out, &value);
                        self.check_output()?;
                        self.trace_output(before, mark);
                    }
                    Flow::Next
                }
                Node::If(branch) => self.branch(branch, dot, false)?,
                Node::With(branch) => self.branch(branch, dot, true)?,
                Node::Range(branch) => self.range(branch, dot)?,
                Node::Template(call) => {
                    self.template(call, dot)?;
                    Flow::Next
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::Next {
                self.leave();
                return Ok(flow);
            }
        }
        self.leave();
        Ok(Flow::Next)
    }

    /// Notes that a node runs, when that is asked for.
    fn trace_node(&mut self, start: u32, end: u32) -> usize {
        match &mut self.tracer {
            Some(tracer) => tracer.node(&self.running.template, start, end),
            None => 0,
        }
    }

    /// Notes that the node that runs has written what is behind `before`.
    fn trace_output(&mut self, before: usize, mark: usize) {
        if let Some(tracer) = &mut self.tracer {
            tracer.wrote(before, &self.out, mark);
        }
    }

    /// Appends the innermost variable of a name to the output.
    fn print_variable(&mut self, name: VarId) {
        let variables = self.variables.get(self.running.frame..).unwrap_or_default();
        match variables.iter().rev().find(|variable| variable.name == name) {
            Some(variable) => print(&mut self.out, &variable.value),
            None => print(&mut self.out, &Value::Absent),
        }
    }

    /// `if` and `with`
    fn branch(&mut self, branch: &Branch, dot: Dot<'_>, with: bool) -> Result<Flow, Error> {
        let mark = self.variables.len();
        self.running.base = branch.at;
        let value = self.pipeline(dot, &branch.pipeline)?;
        let flow = if value.truth() {
            let dot = if with { Dot { value: &value, boxed: false } } else { dot };
            self.walk(&branch.body, dot)?
        } else if let Some(otherwise) = &branch.otherwise {
            self.walk(otherwise, dot)?
        } else {
            Flow::Next
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn template(&mut self, call: &Invocation, dot: Dot<'_>) -> Result<(), Error> {
        let Invocation { at, end, name, pipeline } = call;
        let (at, end) = (*at, *end);
        let whole = Place { start: 0, end: end.saturating_sub(at) };
        self.running.base = at;
        self.running.at = whole;
        let Some(template) = self.find(name) else {
            return Err(self.no_such_template(name));
        };
        let data = match pipeline {
            Some((base, pipeline)) => {
                self.running.base = *base;
                self.pipeline(dot, pipeline)?
            }
            None => Value::Absent,
        };
        self.running.base = at;
        self.running.at = whole;
        self.trace_node(at, end);
        self.execute(&template, data).map_err(|error| self.called(error))
    }

    fn range(&mut self, branch: &Branch, dot: Dot<'_>) -> Result<Flow, Error> {
        let mark = self.variables.len();
        self.running.base = branch.at;
        let value = self.pipeline(dot, &branch.pipeline)?;
        let ran = self.items(branch, &value)?;
        let flow = match &branch.otherwise {
            Some(otherwise) if !ran => self.walk(otherwise, dot)?,
            _ => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    /// Runs the body for each item. Whether there was one.
    fn items(&mut self, branch: &Branch, value: &Value) -> Result<bool, Error> {
        match value {
            Value::Absent | Value::Nil => Ok(false),
            Value::List(list) => {
                let boxed = list.list_type() == crate::ListType::Any;
                for (index, item) in list.items().iter().enumerate() {
                    if !self.turn(branch, || int(index), Dot { value: item, boxed })? {
                        break;
                    }
                }
                Ok(!list.is_empty())
            }
            Value::Map(map) => self.map_items(branch, map),
            Value::Number(number) => {
                let Some(count) = number.signed().or_else(|| {
                    number.unsigned().map(|count| i64::try_from(count).unwrap_or(i64::MAX))
                }) else {
                    return Err(self.cannot_range(value));
                };
                if branch.pipeline.variables.len() > 1 {
                    let mut text = Vec::new();
                    fmt::append_v(&mut text, value);
                    let text = String::from_utf8_lossy(&text);
                    return Err(self.error(format!(
                        "can't use {text} to iterate over more than one variable"
                    )));
                }
                if branch.body.is_empty() && !branch.pipeline.assign {
                    // Nothing runs, but all turns count.
                    self.steps(count.max(0).unsigned_abs())?;
                    return Ok(count > 0);
                }
                for turn in 0..count {
                    let item = Value::Number(like(*number, turn));
                    let dot = Dot { value: &item, boxed: false };
                    if !self.turn(branch, || Value::Absent, dot)? {
                        break;
                    }
                }
                Ok(count > 0)
            }
            Value::Object(object) => match object.items() {
                Some(items) => self.items(branch, &items),
                None => Err(self.cannot_range(value)),
            },
            Value::Bool(_) | Value::String(_) => Err(self.cannot_range(value)),
        }
    }

    fn map_items(&mut self, branch: &Branch, map: &Map) -> Result<bool, Error> {
        let boxed = map.map_type() != crate::MapType::Strings;
        let entries = map.snapshot();
        for (key, item) in entries.iter() {
            let key = || Value::String(key.clone().into());
            if !self.turn(branch, key, Dot { value: item, boxed })? {
                break;
            }
        }
        Ok(!entries.is_empty())
    }

    /// Runs the body once. Whether another turn may follow.
    fn turn(
        &mut self,
        branch: &Branch,
        index: impl FnOnce() -> Value,
        item: Dot<'_>,
    ) -> Result<bool, Error> {
        self.step()?;
        let pipeline = &branch.pipeline;
        let mark = self.variables.len();
        match pipeline.variables.as_slice() {
            [] => {}
            [one] if pipeline.assign => self.assign(one.name, item.value.clone(), item.boxed),
            [first, second, ..] if pipeline.assign => {
                self.assign(first.name, index(), false);
                self.assign(second.name, item.value.clone(), item.boxed);
            }
            [_, rest @ ..] => {
                // The pipeline has put them on the stack: the last is the item.
                if let Some(variable) = self.variables.last_mut() {
                    variable.value = item.value.clone();
                    variable.boxed = item.boxed;
                }
                if !rest.is_empty()
                    && let Some(variable) =
                        mark.checked_sub(2).and_then(|at| self.variables.get_mut(at))
                {
                    variable.value = index();
                    variable.boxed = false;
                }
            }
        }
        let flow = self.walk(&branch.body, item)?;
        self.variables.truncate(mark);
        Ok(flow != Flow::Break)
    }

    /// `$x = value`: the innermost variable of the name.
    pub(super) fn assign(&mut self, name: VarId, value: Value, boxed: bool) {
        let frame = self.running.frame;
        let variables = self.variables.get_mut(frame..).unwrap_or_default();
        if let Some(variable) = variables.iter_mut().rev().find(|variable| variable.name == name) {
            *variable = Variable { name, value, boxed };
        }
    }
}

/// Appends a value to the output.
fn print(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::Absent | Value::Nil => out.extend_from_slice(NO_VALUE),
        Value::Object(object) => {
            let start = out.len();
            fmt::append_v(out, value);
            // A pointer is followed first, unless it has a text of its own.
            if object.type_name().starts_with('*')
                && object.text().is_none()
                && out.get(start) == Some(&b'&')
            {
                out.remove(start);
            }
        }
        _ => fmt::append_v(out, value),
    }
}

fn int(index: usize) -> Value {
    Value::int(i64::try_from(index).unwrap_or(i64::MAX))
}

/// `turn` as a number of the same type.
fn like(number: Number, turn: i64) -> Number {
    let unsigned = turn.unsigned_abs();
    match number {
        Number::Int(_) | Number::Float64(_) | Number::Named(_) => Number::Int(turn),
        Number::Int64(_) => Number::Int64(turn),
        Number::Int32(_) => Number::Int32(i32::try_from(turn).unwrap_or(i32::MAX)),
        Number::Uint8(_) => Number::Uint8(u8::try_from(turn).unwrap_or(u8::MAX)),
        Number::Uint32(_) => Number::Uint32(u32::try_from(turn).unwrap_or(u32::MAX)),
        Number::Uint(_) => Number::Uint(unsigned),
        Number::Uint64(_) => Number::Uint64(unsigned),
        Number::Duration(_) => Number::Duration(turn),
    }
}
