//! Makes the tree of a text of its pieces: what nests in what, and which variables are in scope.
//!
//! The nesting is kept on a stack of our own, so that no text can exhaust the program's.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use pintle_strconv as strconv;
use pintle_yaml::Str;

use super::ast::{Block, Branch, Invocation, Node, Pipeline, Source, Template, VarId};
use super::build::Builder;
use super::grammar::{self, Refusal};
use super::split::{Piece, Splitter, is_space};
use super::vocabulary::{Cached, Kind, Vocabulary};
use super::{Delimiters, MAX_NESTING, MAX_PARENTHESES, Names, SyntaxError, build, diagnose, quick};

/// Pipelines whose text is longer are parsed anew at each place: they are mostly long constants,
/// each different, which would be copied to be found again.
const MAX_CACHED: usize = 200;

type Result<T> = std::result::Result<T, SyntaxError>;

/// Which action is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    If,
    With,
    Range,
}

/// An action that waits for its `end`, with the nodes that were read in it.
struct Open {
    what: What,
    /// Where its own nodes begin on the stack.
    base: usize,
    /// Where its action stands, for messages.
    start: usize,
    end: usize,
}

enum What {
    Control {
        control: Control,
        at: u32,
        pipeline: Arc<Pipeline>,
        /// The nodes before `else`, once that has been read.
        body: Option<Block>,
        /// Whether it is an `else if`, which ends together with what it belongs to.
        chained: bool,
        /// How many variables were in scope before it.
        mark: usize,
        /// How many `range`s were around it.
        ranges: usize,
    },
    Define {
        name: Str,
        scope: Vec<VarId>,
        ranges: usize,
        /// For a `block`: the node that calls it.
        call: Option<Node>,
    },
}

struct Assembler<'a> {
    source: &'a Arc<Source>,
    /// The source as text, when all of it is UTF-8.
    whole: Option<&'a str>,
    delimiters: &'a Delimiters,
    vocabulary: &'a mut Vocabulary,
    functions: Names<'a>,
    open: Vec<Open>,
    /// The nodes of all actions that are open, those of the innermost last.
    nodes: Vec<Node>,
    scope: Vec<VarId>,
    ranges: usize,
    templates: Vec<Template>,
    by_name: HashMap<Str, usize, RandomState>,
}

/// What an action's inner text is, as a range of the source.
#[derive(Clone, Copy)]
struct Inner {
    start: usize,
    end: usize,
}

pub(super) fn assemble(
    source: &Arc<Source>,
    delimiters: &Delimiters,
    vocabulary: &mut Vocabulary,
    functions: Names<'_>,
) -> Result<Vec<Template>> {
    if u32::try_from(source.text.len()).is_err() {
        return Err(SyntaxError::new("the template is larger than 4 GiB", 0, 0));
    }
    let mut assembler = Assembler {
        source,
        whole: std::str::from_utf8(&source.text).ok(),
        delimiters,
        vocabulary,
        functions,
        open: Vec::new(),
        nodes: Vec::new(),
        scope: vec![VarId::ROOT],
        ranges: 0,
        templates: Vec::new(),
        by_name: HashMap::default(),
    };
    let mut splitter = Splitter::new(&source.text, delimiters);
    while let Some(piece) = splitter.next()? {
        match piece {
            Piece::Text { start, end } => {
                assembler.nodes.push(Node::Text { start: offset(start), end: offset(end) });
            }
            Piece::Action { start, end } => assembler.action(start, end)?,
        }
    }
    assembler.finish()
}

fn offset(at: usize) -> u32 {
    // The length of the source has been checked.
    at as u32
}

/// Whether a template of these nodes counts as empty: it then does not replace another.
pub(crate) fn is_empty(source: &Source, nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text { start, end } => {
            let text = source.text.get(*start as usize..*end as usize).unwrap_or_default();
            String::from_utf8_lossy(text).trim().is_empty()
        }
        _ => false,
    })
}

/// The first word of `text` when it is one that Go's lexer would take for a keyword.
fn keyword(text: &[u8]) -> Option<(&'static str, usize)> {
    // Most actions begin with something else.
    if !matches!(text.first()?, b'i' | b'e' | b'r' | b'w' | b'd' | b'b' | b't' | b'c') {
        return None;
    }
    let length = text.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let (word, rest) = text.split_at(length);
    let word = match word {
        b"if" => "if",
        b"else" => "else",
        b"end" => "end",
        b"range" => "range",
        b"with" => "with",
        b"define" => "define",
        b"block" => "block",
        b"template" => "template",
        b"break" => "break",
        b"continue" => "continue",
        _ => return None,
    };
    match rest.first() {
        None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b'(' | b')') => {
            Some((word, length))
        }
        Some(_) => None,
    }
}

impl<'a> Assembler<'a> {
    fn bytes(&self, inner: Inner) -> &'a [u8] {
        self.source.text.get(inner.start..inner.end).unwrap_or_default()
    }

    /// The range without the space around it.
    fn trim(&self, mut inner: Inner) -> Inner {
        let text = &self.source.text;
        while inner.start < inner.end && text.get(inner.start).is_some_and(is_space) {
            inner.start += 1;
        }
        while inner.start < inner.end && text.get(inner.end - 1).is_some_and(is_space) {
            inner.end -= 1;
        }
        inner
    }

    fn error<T>(&self, message: impl Into<String>, inner: Inner) -> Result<T> {
        Err(SyntaxError::new(message, inner.start, inner.end))
    }

    fn action(&mut self, start: usize, end: usize) -> Result<()> {
        let inner = self.trim(Inner { start, end });
        let Some((word, length)) = keyword(self.bytes(inner)) else {
            return self.plain(inner);
        };
        let rest = self.trim(Inner { start: inner.start + length, end: inner.end });
        match word {
            "if" => self.control(Control::If, inner, rest, false),
            "with" => self.control(Control::With, inner, rest, false),
            "range" => self.control(Control::Range, inner, rest, false),
            "else" => self.otherwise(inner, rest),
            "end" => self.end(inner, rest),
            "define" => self.define(inner, rest),
            "block" => self.block(inner, rest),
            "template" => self.template(inner, rest),
            word if (self.functions)(word).is_some() => self.plain(inner),
            word => self.jump(word, inner, rest),
        }
    }

    fn plain(&mut self, inner: Inner) -> Result<()> {
        let pipeline = self.pipeline(inner, Kind::Other, "command")?;
        self.nodes.push(Node::Action { at: offset(inner.start), pipeline });
        Ok(())
    }

    fn control(
        &mut self,
        control: Control,
        inner: Inner,
        rest: Inner,
        chained: bool,
    ) -> Result<()> {
        let (kind, context) = match control {
            Control::If => (Kind::Other, "if"),
            Control::With => (Kind::Other, "with"),
            Control::Range => (Kind::Range, "range"),
        };
        let mark = self.scope.len();
        let pipeline = self.pipeline(rest, kind, context)?;
        let what = What::Control {
            control,
            at: offset(rest.start),
            pipeline,
            body: None,
            chained,
            mark,
            ranges: self.ranges,
        };
        if control == Control::Range {
            self.ranges += 1;
        }
        self.push(what, inner)
    }

    fn push(&mut self, what: What, inner: Inner) -> Result<()> {
        if self.open.len() >= MAX_NESTING {
            let message = format!("actions are nested deeper than {MAX_NESTING}");
            return self.error(message, inner);
        }
        let base = self.nodes.len();
        self.open.push(Open { what, base, start: inner.start, end: inner.end });
        Ok(())
    }

    fn otherwise(&mut self, inner: Inner, rest: Inner) -> Result<()> {
        let next = keyword(self.bytes(rest));
        let Some(top) = self.open.last_mut() else {
            return self.error("unexpected {{else}}", inner);
        };
        let base = top.base;
        let (control, outside) = match &mut top.what {
            What::Define { call, .. } => {
                let clause = if call.is_some() { "block clause" } else { "define clause" };
                return self.error(format!("unexpected {{{{else}}}} in {clause}"), inner);
            }
            What::Control { body: Some(_), .. } => {
                return self.error("expected end; found {{else}}", inner);
            }
            What::Control { control, body, ranges, .. } => {
                *body = Some(self.nodes.drain(base..).collect());
                (*control, *ranges)
            }
        };
        // What is behind `else` is not in the loop.
        self.ranges = outside;
        let chained = match (control, next) {
            (Control::If, Some(("if", length))) => Some((Control::If, length)),
            (Control::With, Some(("with", length))) => Some((Control::With, length)),
            _ => None,
        };
        if let Some((control, length)) = chained {
            let rest = self.trim(Inner { start: rest.start + length, end: rest.end });
            return self.control(control, inner, rest, true);
        }
        match next {
            Some((word @ ("if" | "with"), _)) => {
                self.error(format!("unexpected <{word}> in input"), rest)
            }
            _ => self.nothing(rest, "else"),
        }
    }

    /// Refuses what stands behind a keyword that takes nothing.
    fn nothing(&self, rest: Inner, context: &str) -> Result<()> {
        if rest.start == rest.end {
            return Ok(());
        }
        let (message, place) = diagnose::first_token(&self.text(rest), context);
        self.error(message, self.part(rest, place))
    }

    fn end(&mut self, inner: Inner, rest: Inner) -> Result<()> {
        self.nothing(rest, "end")?;
        loop {
            let Some(top) = self.open.pop() else {
                return self.error("unexpected {{end}}", inner);
            };
            let nodes: Block = self.nodes.drain(top.base..).collect();
            match top.what {
                What::Control { control, at, pipeline, body, chained, mark, ranges } => {
                    self.scope.truncate(mark);
                    self.ranges = ranges;
                    let (body, otherwise) = match body {
                        Some(body) => (body, Some(nodes)),
                        None => (nodes, None),
                    };
                    let branch = Box::new(Branch { at, pipeline, body, otherwise });
                    self.nodes.push(match control {
                        Control::If => Node::If(branch),
                        Control::With => Node::With(branch),
                        Control::Range => Node::Range(branch),
                    });
                    if chained {
                        continue;
                    }
                }
                What::Define { name, scope, ranges, call } => {
                    self.scope = scope;
                    self.ranges = ranges;
                    self.nodes.extend(call);
                    self.add(name, nodes, inner)?;
                }
            }
            return Ok(());
        }
    }

    /// Adds a template by Go's rule: an empty one replaces nothing but another empty one.
    fn add(&mut self, name: Str, root: Block, inner: Inner) -> Result<()> {
        let template = Template { name: name.clone(), source: self.source.clone(), root };
        let Some(at) = self.by_name.get(&name) else {
            self.by_name.insert(name, self.templates.len());
            self.templates.push(template);
            return Ok(());
        };
        if let Some(known) = self.templates.get_mut(*at) {
            if is_empty(self.source, &known.root) {
                *known = template;
            } else if !is_empty(self.source, &template.root) {
                let name = strconv::quote(name.as_str());
                let message = format!("template: multiple definition of template {name}");
                return self.error(message, inner);
            }
        }
        Ok(())
    }

    fn define(&mut self, inner: Inner, rest: Inner) -> Result<()> {
        if !self.open.is_empty() {
            return self.error("unexpected <define> in command", inner);
        }
        let (name, behind) = self.name(rest, "define clause")?;
        self.nothing(behind, "define clause")?;
        self.begin(name, None, inner)
    }

    fn block(&mut self, inner: Inner, rest: Inner) -> Result<()> {
        let (name, behind) = self.name(rest, "block clause")?;
        let pipeline = self.pipeline(behind, Kind::Other, "block clause")?;
        let call = Node::Template(Box::new(Invocation {
            at: offset(inner.start),
            end: offset(inner.end),
            name: name.clone(),
            pipeline: Some((offset(behind.start), pipeline)),
        }));
        self.begin(name, Some(call), inner)
    }

    fn begin(&mut self, name: Str, call: Option<Node>, inner: Inner) -> Result<()> {
        let scope = std::mem::replace(&mut self.scope, vec![VarId::ROOT]);
        let ranges = std::mem::take(&mut self.ranges);
        self.push(What::Define { name, scope, ranges, call }, inner)
    }

    fn template(&mut self, inner: Inner, rest: Inner) -> Result<()> {
        let (name, behind) = self.name(rest, "template clause")?;
        let pipeline = if behind.start < behind.end {
            let pipeline = self.pipeline(behind, Kind::Other, "template clause")?;
            Some((offset(behind.start), pipeline))
        } else {
            None
        };
        self.nodes.push(Node::Template(Box::new(Invocation {
            at: offset(inner.start),
            end: offset(inner.end),
            name,
            pipeline,
        })));
        Ok(())
    }

    /// The quoted name at the start of `rest`, and what is behind it.
    fn name(&self, rest: Inner, context: &str) -> Result<(Str, Inner)> {
        let bytes = self.bytes(rest);
        let length = match bytes.first() {
            Some(b'"') => {
                let mut at = 1;
                loop {
                    match bytes.get(at) {
                        Some(b'\\') => at += 2,
                        Some(b'"') | None => break at + 1,
                        Some(_) => at += 1,
                    }
                }
            }
            Some(b'`') => memchr::memchr(b'`', bytes.get(1..).unwrap_or_default())
                .map_or(bytes.len(), |at| at + 2),
            _ => {
                let (message, place) = diagnose::first_token(&self.text(rest), context);
                return self.error(message, self.part(rest, place));
            }
        };
        let quoted = Inner { start: rest.start, end: (rest.start + length).min(rest.end) };
        match build::string(&self.text(quoted)) {
            Ok(name) => {
                let behind = self.trim(Inner { start: quoted.end, end: rest.end });
                Ok((Str::from(&*name.to_str()), behind))
            }
            Err(message) => self.error(message, quoted),
        }
    }

    fn jump(&mut self, word: &'static str, inner: Inner, rest: Inner) -> Result<()> {
        self.nothing(rest, if word == "break" { "{{break}}" } else { "{{continue}}" })?;
        if self.ranges == 0 {
            return self.error(format!("{{{{{word}}}}} outside {{{{range}}}}"), inner);
        }
        self.nodes.push(if word == "break" { Node::Break } else { Node::Continue });
        Ok(())
    }

    fn text(&self, inner: Inner) -> Cow<'a, str> {
        match self.whole.and_then(|whole| whole.get(inner.start..inner.end)) {
            Some(text) => Cow::Borrowed(text),
            None => String::from_utf8_lossy(self.bytes(inner)),
        }
    }

    /// Where a part of [`text`](Self::text) stands in the source.
    fn part(&self, inner: Inner, part: (usize, usize)) -> Inner {
        part_of(self.bytes(inner), inner, part)
    }

    fn pipeline(&mut self, inner: Inner, kind: Kind, context: &str) -> Result<Arc<Pipeline>> {
        let text = self.text(inner);
        let fresh;
        let cached = if text.len() > MAX_CACHED {
            fresh = self.parse(&text, inner, kind, context)?;
            Some(&fresh)
        } else {
            let number = match self.vocabulary.find(kind, &text) {
                Some(number) => number,
                None => {
                    let cached = self.parse(&text, inner, kind, context)?;
                    self.vocabulary.cache(kind, &text, cached)
                }
            };
            self.vocabulary.cached(number)
        };
        let Some(cached) = cached else {
            return self.error("this is not an action", inner);
        };
        for id in &cached.needs {
            if !self.scope.contains(id) {
                let name = self.vocabulary.name(*id);
                let message = format!("undefined variable {}", strconv::quote(name));
                let at = find_word(&text, name);
                return self.error(message, self.part(inner, (at, at + name.len())));
            }
        }
        self.scope.extend_from_slice(&cached.declares);
        Ok(cached.pipeline.clone())
    }

    fn parse(&mut self, text: &str, inner: Inner, kind: Kind, context: &str) -> Result<Cached> {
        let bytes = self.bytes(inner);
        let mut builder = Builder::new(self.vocabulary, self.functions);
        let pipeline = match quick::parse(text, kind, &mut builder) {
            Some(pipeline) => pipeline,
            None => {
                builder = Builder::new(self.vocabulary, self.functions);
                parse_fully(text, kind, context, &mut builder).map_err(
                    |(message, start, end)| {
                        let place = part_of(bytes, inner, (start, end));
                        SyntaxError::new(message, place.start, place.end)
                    },
                )?
            }
        };
        let (needs, declares) = builder.finish();
        Ok(Cached { pipeline: Arc::new(pipeline), needs, declares })
    }

    fn finish(mut self) -> Result<Vec<Template>> {
        if let Some(open) = self.open.last() {
            // Go stands at the end of the text here; the line of what is open says more.
            let end = self.source.text.len();
            let mut error = SyntaxError::new("unexpected EOF", end, end);
            let line = pintle_yaml::Location::of(&self.source.text, open.start).line;
            let text = self.text(Inner { start: open.start, end: open.end });
            let Delimiters { left, right } = self.delimiters;
            error.notes.push(format!("{left}{text}{right} in line {line} has no {left}end{right}"));
            return Err(error);
        }
        let root = std::mem::take(&mut self.nodes);
        let end = self.source.text.len();
        let name = self.source.name.clone();
        // The text itself comes first, whatever it defines under its own name.
        if let Some(at) = self.by_name.get(&name).copied() {
            self.add(name, root, Inner { start: 0, end })?;
            let own = self.templates.remove(at);
            self.templates.insert(0, own);
        } else {
            self.templates.insert(0, Template { name, source: self.source.clone(), root });
        }
        Ok(self.templates)
    }
}

/// Parses by the grammar, and words the error when that fails.
pub(super) fn parse_fully(
    text: &str,
    kind: Kind,
    context: &str,
    builder: &mut Builder<'_>,
) -> std::result::Result<Pipeline, build::Complaint> {
    if diagnose::parentheses(text) > MAX_PARENTHESES {
        let message = format!("parentheses are nested deeper than {MAX_PARENTHESES}");
        return Err((message, 0, text.len()));
    }
    match grammar::parse(text, kind, builder) {
        Ok(pipeline) => Ok(pipeline),
        Err(Refusal::Meaning((message, start, end))) => {
            let message = match message.strip_suffix(" in command") {
                Some(what) if what == "too many declarations" => format!("{what} in {context}"),
                _ => message,
            };
            Err((message, start, end))
        }
        Err(Refusal::Syntax) => Err(diagnose::diagnose(text, context)),
    }
}

fn part_of(bytes: &[u8], inner: Inner, (start, end): (usize, usize)) -> Inner {
    let (start, end) = (in_source(bytes, start), in_source(bytes, end));
    Inner { start: inner.start + start, end: inner.start + end }
}

/// Where the byte at `at` of a text stands in the bytes that the text was made of: a byte that is no
/// UTF-8 became a character of three.
fn in_source(bytes: &[u8], at: usize) -> usize {
    let (mut text, mut own) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().len();
        if at <= text + valid {
            return own + (at - text);
        }
        text += valid;
        own += valid + chunk.invalid().len();
        if !chunk.invalid().is_empty() {
            text += char::REPLACEMENT_CHARACTER.len_utf8();
        }
        if at < text {
            break;
        }
    }
    own
}

/// Where `name` stands in `text` as a word of its own.
fn find_word(text: &str, name: &str) -> usize {
    text.match_indices(name)
        .find(|(at, _)| {
            !text
                .get(at + name.len()..)
                .and_then(|rest| rest.chars().next())
                .is_some_and(|next| next.is_alphanumeric() || next == '_')
        })
        .map_or(0, |(at, _)| at)
}
