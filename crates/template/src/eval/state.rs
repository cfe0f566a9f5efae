//! The state of a session.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use pintle_strconv as strconv;
use pintle_yaml::{Location, suggest};

use crate::engine::TemplateSet;
use crate::error::{Error, ErrorKind};
use crate::syntax::Vocabulary;
use crate::syntax::ast::{Place, Source, SourceText, Template, VarId};
use crate::trace::Tracer;
use crate::{Context, Failure, Host, Limits, Text, Value, Warning};

use super::blame;
use super::operand::unboxed;
use super::scope::{self, Overlay};

/// What `.` is.
#[derive(Clone, Copy)]
pub(super) struct Dot<'d> {
    pub(super) value: &'d Value,
    /// Whether Go has it in an `interface {}`, which is the type that messages then name.
    pub(super) boxed: bool,
}

/// A variable on the stack.
pub(super) struct Variable {
    pub(super) name: VarId,
    pub(super) value: Value,
    pub(super) boxed: bool,
}

/// The template that runs.
pub(super) struct Running {
    pub(super) template: Arc<Template>,
    /// Where the text of the current pipeline starts in the source.
    pub(super) base: u32,
    /// What was evaluated last, counted from `base`: where Go says that an error is.
    pub(super) at: Place,
    /// Where its variables start on the stack; the first is `$`.
    pub(super) frame: usize,
}

/// The templates of a text given to `tpl`.
type Parsed = Rc<Vec<Arc<Template>>>;

/// All that a session changes.
pub(super) struct State<'s> {
    pub(super) set: &'s TemplateSet,
    host: &'s mut dyn Host,
    pub(super) limits: Limits,
    pub(super) out: Vec<u8>,
    pub(super) variables: Vec<Variable>,
    pub(super) running: Running,
    pub(super) steps: u64,
    pub(super) memory: u64,
    depth: u32,
    nesting: u32,
    /// Buffers that were used before.
    buffers: Vec<Vec<u8>>,
    /// What the running `tpl`s define.
    overlay: Option<Rc<Overlay>>,
    /// How often each template of the set is in the middle of an `include`.
    included: Vec<u32>,
    included_others: HashMap<Box<str>, u32, foldhash::fast::RandomState>,
    /// The texts that `tpl` has parsed.
    parsed: HashMap<Box<[u8]>, Parsed, foldhash::fast::RandomState>,
    vocabulary: Option<Vocabulary>,
    /// The data of the template that was asked for.
    pub(super) root: Value,
    /// Notes where the output comes from, when that is asked for.
    pub(super) tracer: Option<Box<Tracer>>,
}

/// How often a template may be included inside of itself: Helm's `recursionMaxNums`.
const MAX_INCLUDES: u32 = 1000;

/// What Helm calls the template that `tpl` makes.
const TPL_NAME: &str = "gotpl";

/// What prints for a value that is not there.
pub(super) const NO_VALUE: &[u8] = b"<no value>";

impl<'s> State<'s> {
    pub(super) fn new(set: &'s TemplateSet, host: &'s mut dyn Host) -> State<'s> {
        let nothing = Template {
            name: pintle_yaml::Str::EMPTY,
            source: Arc::new(Source { name: pintle_yaml::Str::EMPTY, text: SourceText::new([]) }),
            root: Vec::new(),
        };
        State {
            set,
            host,
            limits: set.options.limits,
            out: Vec::new(),
            variables: Vec::new(),
            running: Running {
                template: Arc::new(nothing),
                base: 0,
                at: Place::default(),
                frame: 0,
            },
            steps: 0,
            memory: 0,
            depth: 0,
            nesting: 0,
            buffers: Vec::new(),
            overlay: None,
            included: vec![0; set.templates.len()],
            included_others: HashMap::default(),
            parsed: HashMap::default(),
            vocabulary: None,
            root: Value::Absent,
            tracer: None,
        }
    }

    /// Executes a template of the set from the outside.
    pub(super) fn render(&mut self, name: &str, data: &Value) -> Result<Vec<u8>, Error> {
        let Some(template) = self.find(name) else {
            let suggestion = suggest(self.names(), name).map(str::to_owned);
            return Err(blame::plain(ErrorKind::Exec, no_template(name), suggestion));
        };
        self.out.clear();
        self.root = data.clone();
        let result = self.execute(&template, data.clone());
        self.root = Value::Absent;
        self.variables.clear();
        self.depth = 0;
        self.nesting = 0;
        let mut out = std::mem::take(&mut self.out);
        match result {
            Ok(()) => {
                if self.set.options.strip_no_value {
                    if let Some(tracer) = &mut self.tracer {
                        tracer.strip(&out, NO_VALUE);
                    }
                    strip(&mut out);
                }
                Ok(out)
            }
            Err(mut error) => {
                self.overlay = None;
                self.included.fill(0);
                self.included_others.clear();
                blame::finish(&mut error);
                Err(error)
            }
        }
    }

    /// The template of this name, as the running one sees it.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Template>> {
        scope::find(self.overlay.as_deref(), name)
            .or_else(|| self.set.templates.get(*self.set.numbers.get(name)?))
            .cloned()
    }

    /// All names that a template can be called by now.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        scope::names(self.overlay.as_deref()).chain(self.set.names())
    }

    /// Executes a template and appends what it makes to the output.
    pub(super) fn execute(&mut self, template: &Arc<Template>, data: Value) -> Result<(), Error> {
        if self.depth >= self.limits.depth {
            let most = self.limits.depth;
            return Err(self.limit_error(format!("exceeded maximum template depth ({most})")));
        }
        self.enter()?;
        self.depth += 1;
        let data = unboxed(data);
        let running = Running {
            template: template.clone(),
            base: 0,
            at: Place::default(),
            frame: self.variables.len(),
        };
        let caller = std::mem::replace(&mut self.running, running);
        let outer = self.tracer.as_deref_mut().map(Tracer::call);
        let dot = data.clone();
        self.variables.push(Variable { name: VarId::ROOT, value: data, boxed: false });
        let result = self.walk(&template.root, Dot { value: &dot, boxed: false });
        self.variables.truncate(self.running.frame);
        self.running = caller;
        if let (Some(tracer), Some(outer)) = (self.tracer.as_deref_mut(), outer) {
            tracer.returned(outer);
        }
        self.depth -= 1;
        self.leave();
        result.map(|_| ())
    }

    /// Counts steps.
    pub(super) fn steps(&mut self, count: u64) -> Result<(), Error> {
        self.steps = self.steps.saturating_add(count.saturating_sub(1)).min(u64::MAX - 1);
        self.step()
    }

    /// Counts a step.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            let most = self.limits.steps;
            return Err(self.limit_error(format!("more than {most} steps (limit `steps`)")));
        }
        Ok(())
    }

    /// Checks how much was written.
    pub(super) fn check_output(&mut self) -> Result<(), Error> {
        let most = self.limits.output;
        if u64::try_from(self.out.len()).is_ok_and(|length| length <= most) {
            return Ok(());
        }
        Err(self.limit_error(format!("more than {most} bytes of output (limit `output`)")))
    }

    /// Goes one level down; [`leave`](State::leave) comes back up.
    pub(super) fn enter(&mut self) -> Result<(), Error> {
        if self.nesting >= self.limits.nesting {
            let most = self.limits.nesting;
            return Err(self.limit_error(format!(
                "more than {most} nested blocks, parentheses and calls (limit `nesting`)"
            )));
        }
        self.nesting += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.nesting = self.nesting.saturating_sub(1);
    }

    /// Counts the memory of a function's result.
    pub(super) fn count(&mut self, value: &Value) -> Result<(), Failure> {
        match value {
            Value::String(text) => self.count_text(text.len()),
            _ => Ok(()),
        }
    }

    /// Counts the memory of a text of this length.
    fn count_text(&mut self, length: usize) -> Result<(), Failure> {
        if length <= 23 {
            // A short one is kept in place.
            return Ok(());
        }
        if length >= crate::fmt::MAX_TEXT {
            return Err(Failure::limit("a text longer than 256 MiB"));
        }
        self.charge(length)
    }

    /// Runs `work` with an empty output and returns what it wrote.
    fn capture(
        &mut self,
        work: impl FnOnce(&mut State<'s>) -> Result<(), Error>,
    ) -> Result<Vec<u8>, Error> {
        let buffer = self.buffer();
        let outer = std::mem::replace(&mut self.out, buffer);
        let segments = self.tracer.as_deref_mut().map(Tracer::begin);
        let result = work(self);
        let written = std::mem::replace(&mut self.out, outer);
        if let (Some(tracer), Some(segments)) = (self.tracer.as_deref_mut(), segments) {
            tracer.end(segments, &written);
        }
        result.map(|()| written)
    }

    /// `number` is that of the name in the set.
    fn include_count(&mut self, number: Option<usize>, name: &str) -> &mut u32 {
        match number.and_then(|at| self.included.get_mut(at)) {
            Some(count) => count,
            None => self.included_others.entry(name.into()).or_insert(0),
        }
    }

    /// Does `work` with the template of this name, as one that is included.
    fn including<T>(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Self, &Arc<Template>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let number = self.set.numbers.get(name).copied();
        let count = self.include_count(number, name);
        if *count > MAX_INCLUDES {
            return Err(Failure::new(format!(
                "rendering template has a nested reference name: {name}: unable to execute template"
            )));
        }
        *count += 1;
        let set = self.set;
        let defined = scope::find(self.overlay.as_deref(), name).cloned();
        let found = defined.as_ref().or_else(|| set.templates.get(number?));
        let result = match found {
            Some(template) => work(self, template).map_err(Failure::from),
            None => Err(Failure::new(no_template(name))
                .suggest(suggest(self.names(), name).map(str::to_owned))),
        };
        let count = self.include_count(number, name);
        *count = count.saturating_sub(1);
        result
    }

    /// Includes the template of this name where the output stands: what `include` returns need not
    /// be kept where it is printed at once.
    pub(super) fn include_here(&mut self, name: &str, data: Value) -> Result<(), Failure> {
        let before = self.out.len();
        self.including(name, |state, template| state.execute(template, data))?;
        self.count_text(self.out.len() - before)
    }

    /// The templates of a text given to `tpl`.
    fn parse_tpl(&mut self, text: &[u8]) -> Result<Parsed, Error> {
        if let Some(templates) = self.parsed.get(text) {
            return Ok(templates.clone());
        }
        let source =
            Arc::new(Source { name: TPL_NAME.into(), text: SourceText::new(text.to_vec()) });
        let vocabulary = self.vocabulary.get_or_insert_with(Vocabulary::new);
        let table = &self.set.table;
        let names = |name: &str| table.number(name);
        let templates = crate::syntax::parse(source, &self.set.delimiters, vocabulary, &names)?;
        let templates = Rc::new(templates.into_iter().map(Arc::new).collect::<Vec<_>>());
        self.parsed.insert(text.into(), templates.clone());
        Ok(templates)
    }

    fn run_tpl(&mut self, text: &[u8], data: Value) -> Result<Vec<u8>, Failure> {
        let templates = self.parse_tpl(text).map_err(|mut error| {
            let text = strconv::quote(text);
            let before = format!("cannot parse template {text}: ");
            error.details_mut().before.push(before);
            error
        })?;
        let Some(main) = templates.first() else { return Ok(Vec::new()) };
        let set = self.set;
        let outer = self.overlay.clone();
        let known =
            |name: &str| scope::find(outer.as_deref(), name).is_some() || set.contains(name);
        self.overlay = Some(Rc::new(Overlay::new(outer.clone(), &templates, known)));
        let result = self.capture(|state| state.execute(main, data));
        self.overlay = outer;
        let mut written = result.map_err(|mut error| {
            if error.is_limit() {
                return error;
            }
            let text = strconv::quote(text);
            let before = format!("error during tpl function execution for {text}: ");
            error.details_mut().before.push(before);
            error
        })?;
        if set.options.strip_no_value {
            strip(&mut written);
        }
        Ok(written)
    }
}

impl Context for State<'_> {
    fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    fn include(&mut self, name: &str, data: Value) -> Result<Text, Failure> {
        let run =
            |state: &mut Self, template: &_| state.capture(|state| state.execute(template, data));
        let written = self.including(name, run)?;
        let text = Text::from(written.as_slice());
        self.reuse(written);
        Ok(text)
    }

    fn tpl(&mut self, source: &Text, data: Value) -> Result<Text, Failure> {
        let bytes = source.as_bytes();
        if memchr::memmem::find(bytes, self.set.delimiters.left.as_bytes()).is_none() {
            if self.set.options.strip_no_value && memchr::memmem::find(bytes, NO_VALUE).is_some() {
                let mut bytes = bytes.to_vec();
                strip(&mut bytes);
                return Ok(Text::from(bytes));
            }
            return Ok(source.clone());
        }
        let written = self.run_tpl(bytes, data)?;
        let text = Text::from(written.as_slice());
        self.reuse(written);
        Ok(text)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.memory = self.memory.saturating_add(bytes);
        if self.memory > self.limits.memory {
            let most = self.limits.memory;
            return Err(Failure::limit(format!(
                "more than {most} bytes of results (limit `memory`)"
            )));
        }
        Ok(())
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    fn reuse(&mut self, mut buffer: Vec<u8>) {
        // One that grew large is not worth keeping.
        if buffer.capacity() <= 1 << 16 && self.buffers.len() < 16 {
            buffer.clear();
            self.buffers.push(buffer);
        }
    }

    #[cold]
    fn warn(&mut self, message: &str) {
        let source = &self.running.template.source;
        let at = self.running.base as usize + self.running.at.start as usize;
        let location = Location::of(&source.text, at);
        self.host.warn(&Warning { file: source.name.as_str(), location, message });
    }

    fn lenient(&self) -> bool {
        self.set.options.lenient
    }
}

fn no_template(name: &str) -> String {
    let name = strconv::quote(name);
    format!("template: no template {name} associated with template \"gotpl\"")
}

/// Takes every `<no value>` out.
fn strip(out: &mut Vec<u8>) {
    let Some(first) = memchr::memmem::find(out, NO_VALUE) else { return };
    let mut kept = out.get(..first).unwrap_or_default().to_vec();
    let mut rest = out.get(first + NO_VALUE.len()..).unwrap_or_default();
    while let Some(at) = memchr::memmem::find(rest, NO_VALUE) {
        kept.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + NO_VALUE.len()..).unwrap_or_default();
    }
    kept.extend_from_slice(rest);
    *out = kept;
}
