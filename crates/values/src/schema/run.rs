//! Checking a value against a compiled schema.
//!
//! First the value is only found right or wrong, which allocates next to nothing. If it is wrong, a
//! second run says why. Both are bounded in steps and in depth: what a schema of a few lines can
//! ask for doubles with each of them.

mod array;
mod condition;
mod equal;
mod frame;
mod object;
mod scalar;

use std::collections::BTreeMap;
use std::sync::Arc;

use pintle_yaml::Value;

use self::equal::is_integer;
use self::frame::{Frame, Schema, Token, Unevaluated};
use super::draft::Meta;
use super::node::{Arena, Id, Node, Types, same};
use super::url;
use super::violation::{self, Violation, ViolationKind};
use crate::json::Json;

/// How deep schemas are followed, through references and values.
const MAX_DEPTH: usize = 800;

/// How much work may be done, for all schemas of a chart together.
#[derive(Debug)]
pub(super) struct Budget {
    /// Schemas met by values.
    steps: usize,
    /// Violations described.
    violations: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { steps: 3_000_000, violations: 100_000 }
    }
}

/// The work is too much.
#[derive(Debug)]
pub(super) struct OutOfBudget;

/// Schemas of schemas for the resources of a document, by their pointers.
pub(super) type Dialects = BTreeMap<String, Arc<Meta>>;

/// Nothing, or what is wrong.
type Outcome = Result<Option<Wrong>, OutOfBudget>;

/// That something is wrong, and what, if somebody wants to know.
struct Wrong(Option<Box<Violation>>);

impl Wrong {
    /// The causes of a group, or the violation itself.
    fn causes(self) -> Vec<Violation> {
        match self.0 {
            None => Vec::new(),
            Some(violation) if violation.kind == ViolationKind::Group => violation.causes,
            Some(violation) => vec![*violation],
        }
    }

    fn because(mut self, causes: Errors) -> Self {
        if let Some(violation) = &mut self.0 {
            violation.causes = causes.told;
        }
        self
    }
}

/// What has been found wrong so far.
#[derive(Default)]
struct Errors {
    any: bool,
    told: Vec<Violation>,
}

impl Errors {
    fn add(&mut self, wrong: Option<Wrong>) {
        if let Some(Wrong(violation)) = wrong {
            self.any = true;
            self.told.extend(violation.map(|violation| *violation));
        }
    }
}

/// Checks `value`; for a schema of schemas, `dialects` says which others hold for parts of it.
pub(super) fn check<'a>(
    arena: &'a Arena,
    root: Id,
    value: &'a Value,
    dialects: Option<&'a Dialects>,
    budget: &mut Budget,
) -> Result<Vec<Violation>, OutOfBudget> {
    let schema = Schema { arena, id: root };
    let meta = dialects.map(|_| schema);
    let dialects = dialects.filter(|dialects| dialects.len() > 1);
    let mut run = Run { budget, dialects };
    if run.whole(schema, value, meta, true)?.is_none() {
        return Ok(Vec::new());
    }
    Ok(match run.whole(schema, value, meta, false)? {
        None => Vec::new(),
        Some(wrong) => wrong.causes(),
    })
}

struct Run<'r, 'b> {
    budget: &'b mut Budget,
    dialects: Option<&'r Dialects>,
}

impl<'r> Run<'r, '_> {
    fn whole<'a>(
        &mut self,
        schema: Schema<'a>,
        value: &'a Value,
        meta: Option<Schema<'a>>,
        quick: bool,
    ) -> Outcome
    where
        'r: 'a,
    {
        let frame = Frame {
            schema,
            value,
            parent: None,
            step: None,
            keyword: "",
            referred: false,
            quick,
            meta,
            depth: MAX_DEPTH,
        };
        let Some(node) = schema.node() else { return Ok(None) };
        self.validate(&frame, node, &mut Unevaluated::of(value, node, false))
    }

    #[inline(never)]
    fn violation(
        &mut self,
        frame: &Frame<'_, '_>,
        kind: impl FnOnce() -> ViolationKind,
    ) -> Result<Wrong, OutOfBudget> {
        if frame.quick {
            // Nobody looks at it.
            return Ok(Wrong(None));
        }
        self.budget.violations = self.budget.violations.checked_sub(1).ok_or(OutOfBudget)?;
        let schema = frame.schema.node().map(|node| node.place.to_string());
        Ok(Wrong(Some(Box::new(Violation {
            path: frame.path(),
            kind: kind(),
            causes: Vec::new(),
            schema: schema.unwrap_or_default(),
        }))))
    }

    fn wrong(&mut self, frame: &Frame<'_, '_>, kind: impl FnOnce() -> ViolationKind) -> Outcome {
        self.violation(frame, kind).map(Some)
    }

    /// Checks the same value against another schema.
    fn same_value<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        schema: Schema<'a>,
        keyword: &'static str,
        quick: bool,
        left: &mut Unevaluated<'a>,
    ) -> Outcome
    where
        'r: 'a,
    {
        let quick = frame.quick || quick;
        let mut below = Frame {
            schema,
            value: frame.value,
            parent: Some(frame),
            step: None,
            keyword,
            referred: frame.referred || !keyword.is_empty(),
            quick,
            meta: frame.meta,
            depth: frame.depth,
        };
        self.switch(&mut below);
        let Some(node) = below.schema.node() else { return Ok(None) };
        let mut own = Unevaluated::of(frame.value, node, !left.is_empty());
        let outcome = self.validate(&below, node, &mut own)?;
        if outcome.is_none() && !left.is_empty() {
            left.merge(&own);
        }
        Ok(outcome)
    }

    /// Checks a part of the value.
    fn part<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        schema: Id,
        value: &'a Value,
        step: Token<'a>,
    ) -> Outcome
    where
        'r: 'a,
    {
        let mut below = Frame {
            schema: frame.schema.at(schema),
            value,
            parent: Some(frame),
            step: Some(step),
            keyword: "",
            referred: false,
            quick: frame.quick,
            meta: frame.meta,
            depth: frame.depth,
        };
        self.switch(&mut below);
        let Some(node) = below.schema.node() else { return Ok(None) };
        let mut left = Unevaluated::of(value, node, false);
        self.validate(&below, node, &mut left)
    }

    /// While schemas are checked: a part of the document can be of another dialect.
    fn switch<'a>(&self, frame: &mut Frame<'a, '_>)
    where
        'r: 'a,
    {
        let Some(dialects) = self.dialects.filter(|_| frame.meta == Some(frame.schema)) else {
            return;
        };
        let mut pointer = String::new();
        for step in frame.path() {
            url::push(&mut pointer, &step.to_string());
        }
        if let Some(meta) = dialects.get(&pointer) {
            frame.schema = Schema { arena: &meta.arena, id: meta.root };
            frame.meta = Some(frame.schema);
        }
    }

    fn validate<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        node: &'a Node,
        left: &mut Unevaluated<'a>,
    ) -> Outcome
    where
        'r: 'a,
    {
        self.budget.steps = self.budget.steps.checked_sub(1).ok_or(OutOfBudget)?;
        match node.boolean {
            Some(true) => return Ok(None),
            Some(false) => return self.wrong(frame, || ViolationKind::FalseSchema),
            None => {}
        }
        if frame.referred
            && let Some(above) = frame.cycle()
        {
            return self.wrong(frame, || ViolationKind::ReferenceCycle {
                url: node.place.to_string(),
                first: frame.keywords(),
                second: above.keywords(),
            });
        }
        let frame = &Frame { depth: frame.depth.checked_sub(1).ok_or(OutOfBudget)?, ..*frame };
        if let Some(violation) = self.simple(frame, node)? {
            return Ok(Some(violation));
        }
        let mut errors = Errors::default();
        if let Some(reference) = node.reference {
            let outcome = self.reference(frame, frame.schema.at(reference), "$ref", left)?;
            if node.draft < 2019 {
                return Ok(outcome);
            }
            errors.add(outcome);
        }
        match frame.value {
            Value::Map(map) => {
                if let Some(rules) = &node.object {
                    self.object(frame, map, rules, node.draft, left, &mut errors)?;
                }
            }
            Value::Seq(items) => {
                if let Some(rules) = &node.array {
                    self.array(frame, items, rules, node.draft, left, &mut errors)?;
                }
            }
            Value::String(text) => {
                if let Some(rules) = &node.text {
                    self.text(frame, text, rules, &mut errors)?;
                }
            }
            Value::Number(number) => {
                if let Some(rules) = &node.number {
                    self.number(frame, *number, rules, &mut errors)?;
                }
            }
            _ => {}
        }
        if !frame.quick || !errors.any {
            self.dynamic(frame, node, left, &mut errors)?;
            self.conditions(frame, node, left, &mut errors)?;
            self.unevaluated(frame, node, left, &mut errors)?;
        }
        match errors.told.len() {
            _ if !errors.any => Ok(None),
            0 => Ok(Some(Wrong(None))),
            1 => Ok(Some(Wrong(errors.told.pop().map(Box::new)))),
            _ => Ok(Some(self.violation(frame, || ViolationKind::Group)?.because(errors))),
        }
    }

    /// `type`, `const`, `enum` and `format`, of which only the first that fails is told.
    #[inline(never)]
    fn simple(&mut self, frame: &Frame<'_, '_>, node: &Node) -> Outcome {
        let types = Types::of(frame.value);
        if !node.types.is_empty() && !node.types.has(types) {
            let integer =
                node.types.has(Types::INTEGER) && frame.value.as_number().is_some_and(is_integer);
            if !integer {
                return self.wrong(frame, || ViolationKind::Type {
                    got: types.names().first().copied().unwrap_or_default(),
                    want: node.types.names(),
                });
            }
        }
        if let Some(constant) = &node.constant
            && !same(frame.value, constant)
        {
            return self.wrong(frame, || ViolationKind::Const { want: name(constant) });
        }
        if let Some((kinds, values)) = &node.enumeration {
            let steps = values.len() / 8;
            self.budget.steps = self.budget.steps.checked_sub(steps).ok_or(OutOfBudget)?;
            if !frame.quick {
                let names = values.len() / 8;
                self.budget.violations =
                    self.budget.violations.checked_sub(names).ok_or(OutOfBudget)?;
            }
            if !kinds.has(types) || !values.iter().any(|known| same(frame.value, known)) {
                return self.wrong(frame, || {
                    let names: Option<Vec<String>> = values.iter().map(name).collect();
                    ViolationKind::Enum { want: names.unwrap_or_default() }
                });
            }
        }
        if let (Some(format), Value::String(text)) = (node.format, frame.value)
            && let Err(error) = format.check(text)
        {
            return self.wrong(frame, || ViolationKind::Format {
                got: text.to_string(),
                want: format.name,
                error,
            });
        }
        Ok(None)
    }

    fn reference<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        schema: Schema<'a>,
        keyword: &'static str,
        left: &mut Unevaluated<'a>,
    ) -> Outcome
    where
        'r: 'a,
    {
        let outcome = self.same_value(frame, schema, keyword, false, left)?;
        let Some(cause) = outcome else { return Ok(None) };
        let wrong = self.violation(frame, || ViolationKind::Reference {
            keyword,
            url: schema.node().map(|node| node.place.to_string()).unwrap_or_default(),
        })?;
        Ok(Some(wrong.because(Errors { any: true, told: cause.causes() })))
    }

    /// `$recursiveRef` and `$dynamicRef`.
    #[inline(never)]
    fn dynamic<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        node: &Node,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        if let Some(id) = node.recursive_reference {
            let mut schema = frame.schema.at(id);
            if schema.node().is_some_and(|node| node.recursive_anchor) {
                schema = frame.recursive_anchor(schema);
            }
            errors.add(self.reference(frame, schema, "$recursiveRef", left)?);
        }
        if let Some((id, anchor)) = &node.dynamic_reference {
            let mut schema = frame.schema.at(*id);
            if let Some(anchor) = anchor
                && schema.node().is_some_and(|node| node.dynamic_anchor.as_ref() == Some(anchor))
            {
                schema = frame.dynamic_anchor(anchor, schema);
            }
            errors.add(self.reference(frame, schema, "$dynamicRef", left)?);
        }
        Ok(())
    }

    #[inline(never)]
    fn unevaluated<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        node: &'a Node,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        match frame.value {
            Value::Map(map) => {
                let rules = node.object.as_deref();
                let Some(id) = rules.and_then(|rules| rules.unevaluated) else { return Ok(()) };
                let open = std::mem::take(&mut left.properties);
                for (key, value) in map.iter().filter(|(key, _)| open.contains(key.as_str())) {
                    errors.add(self.part(frame, id, value, Token::Key(key))?);
                }
            }
            Value::Seq(items) => {
                let rules = node.array.as_deref();
                let Some(id) = rules.and_then(|rules| rules.unevaluated) else { return Ok(()) };
                for i in std::mem::take(&mut left.items) {
                    if let Some(item) = items.get(i) {
                        errors.add(self.part(frame, id, item, Token::Index(i))?);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A value of a schema as a message names it; containers are not.
fn name(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some("<nil>".to_owned()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(text) => Some(text.to_string()),
        Json::String(text) => Some(violation::quote(text)),
        Json::Array(_) | Json::Object(_) => None,
    }
}
