//! Functions that templates call.

use std::fmt;
use std::sync::Arc;

use crate::{Failure, Host, List, Map, Text, Value};

/// The Go type of a parameter. Arguments are checked and converted by text/template's rules
/// before the function runs: a constant becomes the number the parameter asks for, nothing else
/// changes its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// `interface {}`: anything; an absent value arrives as [`Value::Nil`].
    Any,
    /// `reflect.Value`: anything, absent values as such.
    Raw,
    /// `string`.
    String,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `float64`.
    Float64,
    /// `map[string]interface {}`.
    Map,
    /// `[]interface {}`.
    List,
    /// `[]string`.
    Strings,
    /// `[]byte`.
    Bytes,
    /// Another type: the value's type name must be exactly this one.
    Named(&'static str),
}

impl Param {
    /// The name of the type as Go prints it.
    pub fn type_name(self) -> &'static str {
        match self {
            Param::Any => "interface {}",
            Param::Raw => "reflect.Value",
            Param::String => "string",
            Param::Bool => "bool",
            Param::Int => "int",
            Param::Int64 => "int64",
            Param::Float64 => "float64",
            Param::Map => "map[string]interface {}",
            Param::List => "[]interface {}",
            Param::Strings => "[]string",
            Param::Bytes => "[]uint8",
            Param::Named(name) => name,
        }
    }

    /// Whether Go's `nil` is a value of the type.
    pub fn can_be_nil(self) -> bool {
        match self {
            Param::Any | Param::Raw | Param::Map | Param::List | Param::Strings | Param::Bytes => {
                true
            }
            Param::String | Param::Bool | Param::Int | Param::Int64 | Param::Float64 => false,
            Param::Named(name) => name.starts_with(['*', '[']) || name.starts_with("map["),
        }
    }
}

/// What a function returns: a value, or why there is none.
pub type Outcome = Result<Value, Failure>;

type Native = fn(&mut Call<'_>) -> Outcome;
type Closure = dyn Fn(&mut Call<'_>) -> Outcome + Send + Sync;

#[derive(Clone)]
enum Body {
    Native(Native),
    Closure(Arc<Closure>),
    /// Helm's `include`, that the engine tells from others.
    Include(Native),
}

/// A function with the types of its parameters.
///
/// ```
/// use pintle_template::{Function, Param, Value};
///
/// fn twice(call: &mut pintle_template::Call<'_>) -> pintle_template::Outcome {
///     Ok(Value::from(call.text(0).to_str().repeat(2)))
/// }
/// let function = Function::new("twice", &[Param::String], twice);
/// assert_eq!(function.name(), "twice");
/// ```
#[derive(Clone)]
pub struct Function {
    name: &'static str,
    params: &'static [Param],
    rest: Option<Param>,
    body: Body,
}

impl Function {
    /// A function with fixed parameters.
    pub const fn new(name: &'static str, params: &'static [Param], body: Native) -> Function {
        Function { name, params, rest: None, body: Body::Native(body) }
    }

    /// Helm's `include`.
    pub(crate) const fn include(body: Native) -> Function {
        let params = &[Param::String, Param::Any];
        Function { name: "include", params, rest: None, body: Body::Include(body) }
    }

    /// Whether it is Helm's `include`, whatever it is called.
    pub(crate) fn is_include(&self) -> bool {
        matches!(self.body, Body::Include(_))
    }

    /// A function whose fixed parameters are followed by any number of `rest`.
    pub const fn variadic(
        name: &'static str,
        params: &'static [Param],
        rest: Param,
        body: Native,
    ) -> Function {
        Function { name, params, rest: Some(rest), body: Body::Native(body) }
    }

    /// A function that holds data of its own.
    pub fn closure(
        name: &'static str,
        params: &'static [Param],
        rest: Option<Param>,
        body: impl Fn(&mut Call<'_>) -> Outcome + Send + Sync + 'static,
    ) -> Function {
        Function { name, params, rest, body: Body::Closure(Arc::new(body)) }
    }

    /// The name that templates call it by.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The same function under another name.
    pub fn named(mut self, name: &'static str) -> Function {
        self.name = name;
        self
    }

    /// The types of the fixed parameters.
    pub fn params(&self) -> &'static [Param] {
        self.params
    }

    /// The type of the parameters behind the fixed ones, when it takes any number of them.
    pub fn rest(&self) -> Option<Param> {
        self.rest
    }

    /// Runs it. The arguments must have been checked against the parameters.
    ///
    /// # Errors
    ///
    /// What the function reports.
    pub fn call(&self, call: &mut Call<'_>) -> Outcome {
        match &self.body {
            Body::Native(body) | Body::Include(body) => body(call),
            Body::Closure(body) => body(call),
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function")
            .field("name", &self.name)
            .field("params", &self.params)
            .field("rest", &self.rest)
            .finish_non_exhaustive()
    }
}

/// What the running template offers to a function.
pub trait Context {
    /// The world outside.
    fn host(&mut self) -> &mut dyn Host;

    /// Executes the template of this name with `data`, as `include` does.
    ///
    /// # Errors
    ///
    /// There is no such template, or it fails.
    fn include(&mut self, name: &str, data: Value) -> Result<Text, Failure>;

    /// Parses and executes `source` with `data`, as `tpl` does.
    ///
    /// # Errors
    ///
    /// It cannot be parsed, or fails.
    fn tpl(&mut self, source: &Text, data: Value) -> Result<Text, Failure>;

    /// Counts `bytes` of memory that the function is about to use beyond its arguments' size.
    ///
    /// # Errors
    ///
    /// The limit on memory is reached.
    fn charge(&mut self, bytes: usize) -> Result<(), Failure>;

    /// An empty buffer to write a text into; give it back with [`reuse`](Context::reuse).
    fn buffer(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes a buffer back.
    fn reuse(&mut self, _buffer: Vec<u8>) {}

    /// Tells the host of something odd at the place that runs.
    fn warn(&mut self, _message: &str) {}

    /// Whether failures that Helm's `lint` passes over (`required`, `fail`) are to be passed over.
    fn lenient(&self) -> bool {
        false
    }
}

/// One call: the arguments, and the template that calls.
///
/// The typed readers give the zero value when the argument is not there or of another type, which
/// the check of the parameters has ruled out.
pub struct Call<'a> {
    args: &'a mut [Value],
    context: &'a mut dyn Context,
}

impl<'a> Call<'a> {
    /// A call with checked arguments.
    pub fn new(args: &'a mut [Value], context: &'a mut dyn Context) -> Call<'a> {
        Call { args, context }
    }

    /// How many arguments there are.
    pub fn len(&self) -> usize {
        self.args.len()
    }

    /// Whether there is no argument.
    pub fn is_empty(&self) -> bool {
        self.args.is_empty()
    }

    /// All arguments.
    pub fn args(&self) -> &[Value] {
        self.args
    }

    /// The argument at `index`; absent when there is none.
    pub fn arg(&self, index: usize) -> &Value {
        self.args.get(index).unwrap_or(&Value::Absent)
    }

    /// Takes the argument at `index` out.
    pub fn take(&mut self, index: usize) -> Value {
        self.args.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    /// The string at `index`.
    pub fn text(&self, index: usize) -> &Text {
        const EMPTY: &Text = &Text::EMPTY;
        self.arg(index).as_text().unwrap_or(EMPTY)
    }

    /// The string at `index`, bytes that are not UTF-8 replaced.
    pub fn str(&self, index: usize) -> std::borrow::Cow<'_, str> {
        self.text(index).to_str()
    }

    /// The integer at `index`.
    pub fn int(&self, index: usize) -> i64 {
        self.arg(index).as_number().and_then(crate::Number::signed).unwrap_or_default()
    }

    /// The float at `index`.
    pub fn float(&self, index: usize) -> f64 {
        self.arg(index).as_number().and_then(crate::Number::float).unwrap_or_default()
    }

    /// The boolean at `index`.
    pub fn bool(&self, index: usize) -> bool {
        matches!(self.arg(index), Value::Bool(true))
    }

    /// The map at `index`; a new one when there is none.
    pub fn map(&self, index: usize) -> Map {
        self.arg(index).as_map().cloned().unwrap_or_default()
    }

    /// The list at `index`; a new one when there is none.
    pub fn list(&self, index: usize) -> List {
        self.arg(index).as_list().cloned().unwrap_or_else(|| List::new(Vec::new()))
    }

    /// Checks that the method `name` got `want` arguments; no table of parameters does that.
    ///
    /// # Errors
    ///
    /// It got more or fewer, in text/template's words.
    pub fn expect_args(&self, name: &str, want: usize) -> Result<(), Failure> {
        match self.len() {
            got if got == want => Ok(()),
            got => {
                Err(Failure::new(format!("wrong number of args for {name}: want {want} got {got}")))
            }
        }
    }

    /// The failure of a method whose argument is of another type than `expected`.
    pub fn wrong_type(&self, expected: &str, index: usize) -> Failure {
        let got = self.arg(index).type_name();
        Failure::new(format!("wrong type for value; expected {expected}; got {got}"))
    }

    /// The template that calls.
    pub fn context(&mut self) -> &mut dyn Context {
        self.context
    }

    /// The arguments and the template that calls, both at once.
    pub fn split(&mut self) -> (&mut [Value], &mut dyn Context) {
        (self.args, self.context)
    }

    /// The world outside.
    pub fn host(&mut self) -> &mut dyn Host {
        self.context.host()
    }

    /// See [`Context::charge`].
    ///
    /// # Errors
    ///
    /// The limit on memory is reached.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        self.context.charge(bytes)
    }
}
