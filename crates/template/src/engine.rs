//! Engines and sets of templates.

use std::collections::HashMap;
use std::sync::Arc;

use pintle_yaml::Str;

use crate::eval::Session;
use crate::funcs::GO;
use crate::syntax::ast::{FuncId, Source, SourceText, Template};
use crate::syntax::{self, Delimiters, Vocabulary};
use crate::{Error, Function, Functions, Host, Limits};

/// What a key that a map lacks evaluates to: text/template's option `missingkey`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingKey {
    /// To nothing, which prints as `<no value>`; a field of it is nothing again.
    #[default]
    Default,
    /// To the zero value of what the map holds. That prints as `<no value>` as well, but a field of
    /// it is an error. This is Helm's choice.
    Zero,
    /// It is an error: Helm's `--strict`.
    Error,
}

/// Makes sets of templates: the functions and options that they share.
///
/// A new engine has text/template's own functions and options.
///
/// ```
/// use pintle_template::{Engine, Functions, NoHost, Value};
///
/// let engine = Engine::new().functions(Functions::helm());
/// let set = engine.parse("greeting", "{{ range . }}Hello, {{ . }}! {{ end }}")?;
/// let names = Value::strings(["Ada", "Grace"]);
/// let text = set.session(&mut NoHost).render("greeting", &names)?;
/// assert_eq!(text, "Hello, Ada! Hello, Grace! ");
/// # Ok::<(), pintle_template::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    functions: Functions,
    delimiters: Delimiters,
    options: Options,
}

/// What an engine decides for its sets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) missing_key: MissingKey,
    pub(crate) limits: Limits,
    pub(crate) strip_no_value: bool,
    pub(crate) lenient: bool,
}

impl Engine {
    /// An engine with text/template's own functions.
    pub fn new() -> Engine {
        Engine {
            functions: Functions::new(),
            delimiters: Delimiters::default(),
            options: Options::default(),
        }
    }

    /// An engine as Helm sets it up: its functions and sprig's, missing keys as zero values, and no
    /// `<no value>` in what it renders.
    pub fn helm() -> Engine {
        Engine::new()
            .functions(Functions::helm())
            .missing_key(MissingKey::Zero)
            .strip_no_value(true)
    }

    /// Adds functions.
    #[must_use]
    pub fn functions(mut self, functions: Functions) -> Engine {
        if self.functions.is_empty() {
            self.functions = functions;
        } else {
            self.functions.add_all(functions.iter());
        }
        self
    }

    /// Adds one function. One of the same name that is there already is replaced.
    ///
    /// ```
    /// use pintle_template::{Engine, Function, NoHost, Param, Value};
    ///
    /// let twice = Function::new("twice", &[Param::Int], |call| Ok(Value::int(call.int(0) * 2)));
    /// let set = Engine::new().function(twice).parse("t", "{{ twice 21 }}")?;
    /// assert_eq!(set.session(&mut NoHost).render("t", &Value::Nil)?, "42");
    /// # Ok::<(), pintle_template::Error>(())
    /// ```
    #[must_use]
    pub fn function(mut self, function: Function) -> Engine {
        self.functions.add(function);
        self
    }

    /// Sets what actions stand between; an empty text stands for `{{` or `}}`.
    #[must_use]
    pub fn delimiters(mut self, left: &str, right: &str) -> Engine {
        let usual = Delimiters::default();
        self.delimiters = Delimiters {
            left: if left.is_empty() { usual.left } else { left.into() },
            right: if right.is_empty() { usual.right } else { right.into() },
        };
        self
    }

    /// Sets what a missing key evaluates to.
    #[must_use]
    pub fn missing_key(mut self, missing_key: MissingKey) -> Engine {
        self.options.missing_key = missing_key;
        self
    }

    /// Sets the limits of each session.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Engine {
        self.options.limits = limits;
        self
    }

    /// Takes every `<no value>` out of what a template or `tpl` makes, as Helm does.
    #[must_use]
    pub fn strip_no_value(mut self, strip: bool) -> Engine {
        self.options.strip_no_value = strip;
        self
    }

    /// Lets `required` and `fail` pass, as `helm lint` does.
    #[must_use]
    pub fn lenient(mut self, lenient: bool) -> Engine {
        self.options.lenient = lenient;
        self
    }

    /// Begins a set of templates that can call each other.
    pub fn builder(&self) -> SetBuilder {
        SetBuilder {
            table: Arc::new(FunctionTable::new(&self.functions)),
            delimiters: self.delimiters.clone(),
            options: self.options,
            vocabulary: Vocabulary::new(),
            templates: Vec::new(),
            numbers: HashMap::default(),
            errors: Vec::new(),
        }
    }

    /// A set of one text and what that defines.
    ///
    /// # Errors
    ///
    /// The text is no template.
    pub fn parse(&self, name: &str, text: impl AsRef<[u8]>) -> Result<TemplateSet, Error> {
        let mut builder = self.builder();
        builder.add(name, text);
        match builder.errors.pop() {
            Some(error) => Err(error),
            None => Ok(builder.finish()),
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Engine::new()
    }
}

/// The functions of a set by number.
#[derive(Debug)]
pub(crate) struct FunctionTable {
    entries: Vec<Entry>,
    numbers: HashMap<&'static str, FuncId, foldhash::fast::RandomState>,
}

/// A function, and whether its arguments are evaluated in a special way.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) function: Function,
    pub(crate) special: Special,
}

/// The functions that are more than a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    None,
    And,
    Or,
    Call,
    /// Helm's `include`, which may write where it stands.
    Include,
}

impl FunctionTable {
    fn new(functions: &Functions) -> FunctionTable {
        let own = GO.iter().filter(|function| functions.get(function.name()).is_none());
        let own = own.map(|function| Entry {
            special: match function.name() {
                "and" => Special::And,
                "or" => Special::Or,
                "call" => Special::Call,
                _ => Special::None,
            },
            function: function.clone(),
        });
        let others = functions.iter();
        let others = others.map(|function| Entry {
            special: if function.is_include() { Special::Include } else { Special::None },
            function: function.clone(),
        });
        let entries: Vec<_> = own.chain(others).collect();
        let numbers = entries
            .iter()
            .zip(0..)
            .map(|(entry, number)| (entry.function.name(), FuncId(number)))
            .collect();
        FunctionTable { entries, numbers }
    }

    /// The function of this number.
    pub(crate) fn get(&self, id: FuncId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)
    }

    /// The number of the function of this name.
    pub(crate) fn number(&self, name: &str) -> Option<FuncId> {
        self.numbers.get(name).copied()
    }
}

/// Collects the texts of a set.
pub struct SetBuilder {
    table: Arc<FunctionTable>,
    delimiters: Delimiters,
    options: Options,
    vocabulary: Vocabulary,
    templates: Vec<Arc<Template>>,
    numbers: HashMap<Str, usize, foldhash::fast::RandomState>,
    errors: Vec<Error>,
}

impl SetBuilder {
    /// Adds a text under a name, with what it defines. Of two templates of one name the later wins,
    /// unless it is empty.
    pub fn add(&mut self, name: &str, text: impl AsRef<[u8]>) -> &mut SetBuilder {
        self.add_shared(name, text.as_ref().to_vec())
    }

    /// Adds a text as [`add`](SetBuilder::add), without a copy of it: the set keeps what it is given.
    pub fn add_shared(
        &mut self,
        name: &str,
        text: impl AsRef<[u8]> + Send + Sync + 'static,
    ) -> &mut SetBuilder {
        let source = Arc::new(Source { name: name.into(), text: SourceText::new(text) });
        let table = self.table.clone();
        let names = |name: &str| table.number(name);
        match syntax::parse(source, &self.delimiters, &mut self.vocabulary, &names) {
            Ok(templates) => {
                for template in templates {
                    self.define(template);
                }
            }
            Err(error) => self.errors.push(error),
        }
        self
    }

    fn define(&mut self, template: Template) {
        match self.numbers.get(&template.name).and_then(|at| self.templates.get_mut(*at)) {
            Some(known) => {
                if !syntax::is_empty(&template.source, &template.root) {
                    *known = Arc::new(template);
                }
            }
            None => {
                self.numbers.insert(template.name.clone(), self.templates.len());
                self.templates.push(Arc::new(template));
            }
        }
    }

    /// The set.
    ///
    /// # Errors
    ///
    /// Those of all texts that are no templates, in the order of the texts.
    pub fn build(self) -> Result<TemplateSet, Vec<Error>> {
        if self.errors.is_empty() { Ok(self.finish()) } else { Err(self.errors) }
    }

    fn finish(self) -> TemplateSet {
        TemplateSet {
            table: self.table,
            delimiters: self.delimiters,
            options: self.options,
            templates: self.templates,
            numbers: self.numbers,
        }
    }
}

impl std::fmt::Debug for SetBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetBuilder").field("errors", &self.errors).finish_non_exhaustive()
    }
}

/// Parsed templates that can call each other. Threads may share it, each with its own
/// [`Session`].
pub struct TemplateSet {
    pub(crate) table: Arc<FunctionTable>,
    pub(crate) delimiters: Delimiters,
    pub(crate) options: Options,
    pub(crate) templates: Vec<Arc<Template>>,
    pub(crate) numbers: HashMap<Str, usize, foldhash::fast::RandomState>,
}

impl TemplateSet {
    /// Begins to render templates. What counts towards the [`Limits`] is counted over the session,
    /// and texts given to `tpl` are parsed once in it.
    pub fn session<'s>(&'s self, host: &'s mut dyn Host) -> Session<'s> {
        Session::new(self, host)
    }

    /// The names of all templates, in the order in which they were first defined.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(|template| template.name.as_str())
    }

    /// Whether there is a template of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.numbers.contains_key(name)
    }
}

impl std::fmt::Debug for TemplateSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplateSet")
            .field("names", &self.names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
