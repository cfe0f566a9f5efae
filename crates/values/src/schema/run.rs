//! Checking a value against a compiled schema.
//!
//! First the value is only found right or wrong, which allocates next to nothing. If it is wrong, a
//! second run says why. Both are bounded in steps and in depth: what a schema of a few lines can
//! ask for doubles with each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use pintle_yaml::{Map, Number, Str, Value};

use super::decimal::Decimal;
use super::draft::Meta;
use super::node::{
    Additional, Arena, ArrayRules, Bound, Dependency, Id, Node, NumberRules, ObjectRules,
    TextRules, Types, same,
};
use super::url;
use super::violation::{self, Step, Violation, ViolationKind};
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

#[derive(Clone, Copy)]
struct Schema<'a> {
    arena: &'a Arena,
    id: Id,
}

impl<'a> Schema<'a> {
    fn node(self) -> Option<&'a Node> {
        self.arena.nodes.get(self.id)
    }

    fn at(self, id: Id) -> Schema<'a> {
        Schema { id, ..self }
    }
}

impl PartialEq for Schema<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.arena, other.arena)
    }
}

/// A schema that a value is being checked against, and how that came about.
struct Frame<'a, 'p> {
    schema: Schema<'a>,
    value: &'a Value,
    parent: Option<&'p Frame<'a, 'p>>,
    /// The step from the parent's value to this one; none if it is the same.
    step: Option<Token<'a>>,
    /// The keyword of a reference that led here.
    keyword: &'static str,
    /// Whether a reference was followed since the value was come to; without one there is no cycle.
    referred: bool,
    /// Only whether the value is right matters.
    quick: bool,
    /// The schema of schemas, while schemas are checked.
    meta: Option<Schema<'a>>,
    depth: usize,
}

#[derive(Clone, Copy)]
enum Token<'a> {
    Key(&'a Str),
    Index(usize),
}

impl<'a> Frame<'a, '_> {
    fn path(&self) -> Vec<Step> {
        let mut path = Vec::new();
        let mut frame = Some(self);
        while let Some(this) = frame {
            match this.step {
                Some(Token::Key(key)) => path.push(Step::Key(key.to_string())),
                Some(Token::Index(index)) => path.push(Step::Index(index)),
                None => {}
            }
            frame = this.parent;
        }
        path.reverse();
        path
    }

    /// The frame above that checks the same value against the same schema.
    fn cycle(&self) -> Option<&Frame<'a, '_>> {
        let mut frame = self;
        while frame.step.is_none() {
            frame = frame.parent?;
            if frame.schema == self.schema {
                return Some(frame);
            }
        }
        None
    }

    /// The keywords that led here.
    fn keywords(&self) -> String {
        let mut parts = Vec::new();
        let mut frame = self;
        while let Some(parent) = frame.parent {
            if frame.keyword.is_empty() {
                let place = |frame: &Frame<'a, '_>| {
                    frame.schema.node().map(|node| node.place.to_string()).unwrap_or_default()
                };
                let (here, above) = (place(frame), place(parent));
                parts.push(here.strip_prefix(&above).unwrap_or_default().to_owned());
            } else {
                parts.push(format!("/{}", frame.keyword));
            }
            frame = parent;
        }
        parts.reverse();
        parts.concat()
    }

    fn dynamic_anchor(&self, name: &str, fallback: Schema<'a>) -> Schema<'a> {
        let mut found = fallback;
        let mut frame = Some(self);
        while let Some(this) = frame {
            let resource = this.schema.node().and_then(|n| this.schema.at(n.resource).node());
            let anchors = resource.map(|n| n.dynamic_anchors.as_slice()).unwrap_or_default();
            if let Some((_, id)) = anchors.iter().find(|(anchor, _)| anchor == name) {
                found = this.schema.at(*id);
            }
            frame = this.parent;
        }
        found
    }

    fn recursive_anchor(&self, fallback: Schema<'a>) -> Schema<'a> {
        let mut found = fallback;
        let mut frame = Some(self);
        while let Some(this) = frame {
            let resource = this.schema.node().and_then(|n| this.schema.at(n.resource).node());
            if resource.is_some_and(|resource| resource.recursive_anchor) {
                found = this.schema;
            }
            frame = this.parent;
        }
        found
    }
}

/// What no schema has looked at yet, as far as one wants to know.
#[derive(Default)]
struct Unevaluated<'a> {
    properties: BTreeSet<&'a str>,
    items: BTreeSet<usize>,
}

impl<'a> Unevaluated<'a> {
    fn of(value: &'a Value, node: &Node, wanted: bool) -> Self {
        let mut left = Unevaluated::default();
        match value {
            Value::Map(map) => {
                let rules = node.object.as_deref();
                let evaluates_all = rules.is_some_and(|rules| rules.additional.is_some());
                let asks = rules.is_some_and(|rules| rules.unevaluated.is_some());
                if !evaluates_all && (wanted || asks) {
                    left.properties = map.keys().map(Str::as_str).collect();
                }
            }
            Value::Seq(items) => {
                let rules = node.array.as_deref();
                let evaluates_all = rules.is_some_and(|rules| rules.rest.is_some());
                let asks = rules.is_some_and(|rules| rules.unevaluated.is_some());
                if !evaluates_all && (wanted || asks) {
                    let first = rules.map_or(0, |rules| rules.first.len());
                    left.items = (first..items.len()).collect();
                }
            }
            _ => {}
        }
        left
    }

    fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.items.is_empty()
    }

    /// Takes out what another has looked at.
    fn merge(&mut self, other: &Unevaluated<'a>) {
        self.properties.retain(|key| other.properties.contains(key));
        self.items.retain(|item| other.items.contains(item));
    }
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

    fn missing(map: &Map, wanted: &[Str]) -> Vec<String> {
        let missing = wanted.iter().filter(|key| !map.contains_key(key));
        missing.map(|key| key.to_string()).collect()
    }

    #[inline(never)]
    fn object<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        map: &'a Map,
        rules: &'a ObjectRules,
        draft: u16,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        let got = map.len();
        if let Some(want) = rules.min.filter(|min| got < *min) {
            errors.add(self.wrong(frame, || ViolationKind::MinProperties { got, want })?);
        }
        if let Some(want) = rules.max.filter(|max| got > *max) {
            errors.add(self.wrong(frame, || ViolationKind::MaxProperties { got, want })?);
        }
        if !rules.required.iter().all(|key| map.contains_key(key)) {
            let missing = || Self::missing(map, &rules.required);
            errors.add(self.wrong(frame, || ViolationKind::Required { missing: missing() })?);
        }
        if frame.quick && errors.any {
            return Ok(());
        }
        for (property, dependency) in &rules.dependencies {
            if !map.contains_key(property) {
                continue;
            }
            match dependency {
                Dependency::Names(names) => {
                    self.needs(frame, map, property, names, errors)?;
                }
                Dependency::Schema(id) => {
                    errors.add(self.same_value(frame, frame.schema.at(*id), "", false, left)?);
                }
            }
        }
        let mut additional = Vec::new();
        for (key, value) in map {
            if frame.quick && errors.any {
                return Ok(());
            }
            let mut evaluated = false;
            if let Some(id) = rules.property(key) {
                evaluated = true;
                errors.add(self.part(frame, id, value, Token::Key(key))?);
            }
            for (pattern, id) in &rules.patterns {
                if pattern.is_match(key) {
                    evaluated = true;
                    errors.add(self.part(frame, *id, value, Token::Key(key))?);
                }
            }
            if !evaluated {
                match rules.additional {
                    None => continue,
                    Some(Additional::Allowed(true)) => {}
                    Some(Additional::Allowed(false)) => additional.push(key.to_string()),
                    Some(Additional::Schema(id)) => {
                        errors.add(self.part(frame, id, value, Token::Key(key))?);
                    }
                }
            }
            left.properties.remove(key.as_str());
        }
        if !additional.is_empty() {
            let kind = || ViolationKind::AdditionalProperties { properties: additional };
            errors.add(self.wrong(frame, kind)?);
        }
        if let Some(names) = rules.names {
            for key in map.keys() {
                let name = Value::String(key.clone());
                let schema = frame.schema.at(names);
                let Some(cause) = self.whole(schema, &name, None, frame.quick)? else {
                    continue;
                };
                let property = key.to_string();
                let wrong = self.violation(frame, || ViolationKind::PropertyNames { property })?;
                let causes = Errors { any: true, told: cause.causes() };
                errors.add(Some(wrong.because(causes)));
            }
        }
        if draft < 7 {
            return Ok(());
        }
        for (property, id) in &rules.dependent_schemas {
            if map.contains_key(property) {
                errors.add(self.same_value(frame, frame.schema.at(*id), "", false, left)?);
            }
        }
        for (property, names) in &rules.dependent_required {
            if map.contains_key(property) {
                self.needs(frame, map, property, names, errors)?;
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn needs(
        &mut self,
        frame: &Frame<'_, '_>,
        map: &Map,
        property: &Str,
        names: &[Str],
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget> {
        let missing = Self::missing(map, names);
        if !missing.is_empty() {
            let property = property.to_string();
            let kind = || ViolationKind::Dependency { property, missing };
            errors.add(self.wrong(frame, kind)?);
        }
        Ok(())
    }

    #[inline(never)]
    fn array<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        items: &'a [Value],
        rules: &ArrayRules,
        draft: u16,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        let got = items.len();
        if let Some(want) = rules.min.filter(|min| got < *min) {
            errors.add(self.wrong(frame, || ViolationKind::MinItems { got, want })?);
        }
        if let Some(want) = rules.max.filter(|max| got > *max) {
            errors.add(self.wrong(frame, || ViolationKind::MaxItems { got, want })?);
        }
        if rules.unique
            && let Some((first, second)) = duplicates(items)
        {
            let kind = || ViolationKind::UniqueItems { first, second };
            errors.add(self.wrong(frame, kind)?);
        }
        for (i, (item, id)) in items.iter().zip(&rules.first).enumerate() {
            errors.add(self.part(frame, *id, item, Token::Index(i))?);
        }
        let first = rules.first.len().min(got);
        match rules.rest {
            Some(Additional::Schema(id)) => {
                for (i, item) in items.iter().enumerate().skip(first) {
                    if frame.quick && errors.any {
                        return Ok(());
                    }
                    errors.add(self.part(frame, id, item, Token::Index(i))?);
                }
            }
            Some(Additional::Allowed(false)) if got > first => {
                let kind = || ViolationKind::AdditionalItems { count: got - first };
                errors.add(self.wrong(frame, kind)?);
            }
            _ => {}
        }
        if let Some(contains) = rules.contains {
            let mut causes = Errors::default();
            let mut matched = Vec::new();
            for (i, item) in items.iter().enumerate() {
                match self.part(frame, contains, item, Token::Index(i))? {
                    Some(violation) => causes.add(Some(violation)),
                    None => {
                        matched.push(i);
                        if draft >= 2020 {
                            left.items.remove(&i);
                        }
                    }
                }
            }
            let few = match rules.min_contains {
                Some(want) => (matched.len() < want)
                    .then(|| ViolationKind::MinContains { got: matched.clone(), want }),
                None => matched.is_empty().then_some(ViolationKind::Contains),
            };
            if let Some(kind) = few {
                let wrong = self.violation(frame, || kind)?;
                errors.add(Some(wrong.because(causes)));
            }
            if let Some(want) = rules.max_contains.filter(|max| matched.len() > *max) {
                let kind = || ViolationKind::MaxContains { got: matched, want };
                errors.add(self.wrong(frame, kind)?);
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn text(
        &mut self,
        frame: &Frame<'_, '_>,
        text: &str,
        rules: &TextRules,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget> {
        if rules.min.is_some() || rules.max.is_some() {
            let got = text.chars().count();
            if let Some(want) = rules.min.filter(|min| got < *min) {
                errors.add(self.wrong(frame, || ViolationKind::MinLength { got, want })?);
            }
            if let Some(want) = rules.max.filter(|max| got > *max) {
                errors.add(self.wrong(frame, || ViolationKind::MaxLength { got, want })?);
            }
        }
        if rules.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            errors.add(self.wrong(frame, || ViolationKind::Pattern {
                got: text.to_owned(),
                want: rules.written.to_string(),
            })?);
        }
        Ok(())
    }

    #[inline(never)]
    fn number(
        &mut self,
        frame: &Frame<'_, '_>,
        number: Number,
        rules: &NumberRules,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget> {
        let exact = Decimal::of(number);
        let got = number.as_f64();
        let wrong = |bound: &Option<Bound>, is_wrong: &dyn Fn(&Decimal) -> bool| {
            bound.as_ref().filter(|bound| is_wrong(&bound.exact)).map(|bound| bound.float)
        };
        if let Some(want) = wrong(&rules.min, &|min| exact < *min) {
            errors.add(self.wrong(frame, || ViolationKind::Minimum { got, want })?);
        }
        if let Some(want) = wrong(&rules.max, &|max| exact > *max) {
            errors.add(self.wrong(frame, || ViolationKind::Maximum { got, want })?);
        }
        if let Some(want) = wrong(&rules.above, &|above| exact <= *above) {
            errors.add(self.wrong(frame, || ViolationKind::ExclusiveMinimum { got, want })?);
        }
        if let Some(want) = wrong(&rules.below, &|below| exact >= *below) {
            errors.add(self.wrong(frame, || ViolationKind::ExclusiveMaximum { got, want })?);
        }
        if let Some(want) = wrong(&rules.multiple_of, &|divisor| !exact.is_multiple_of(divisor)) {
            errors.add(self.wrong(frame, || ViolationKind::MultipleOf { got, want })?);
        }
        Ok(())
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

    /// `not`, `allOf`, `anyOf`, `oneOf` and `if`.
    #[inline(never)]
    fn conditions<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        node: &Node,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        let at = |id: Id| frame.schema.at(id);
        if let Some(not) = node.not
            && self.same_value(frame, at(not), "", true, left)?.is_none()
        {
            errors.add(self.wrong(frame, || ViolationKind::Not)?);
        }
        let mut causes = Errors::default();
        for id in &node.all_of {
            causes.add(self.same_value(frame, at(*id), "", false, left)?);
            if frame.quick && causes.any {
                break;
            }
        }
        if causes.any {
            let wrong = self.violation(frame, || ViolationKind::AllOf)?;
            errors.add(Some(wrong.because(causes)));
        }
        if !node.any_of.is_empty() {
            let mut causes = Errors::default();
            let mut matched = false;
            for id in &node.any_of {
                match self.same_value(frame, at(*id), "", false, left)? {
                    Some(violation) => causes.add(Some(violation)),
                    None => {
                        matched = true;
                        // To know what has been evaluated, all must be tried.
                        if left.is_empty() {
                            break;
                        }
                    }
                }
            }
            if !matched {
                let wrong = self.violation(frame, || ViolationKind::AnyOf)?;
                errors.add(Some(wrong.because(causes)));
            }
        }
        if !node.one_of.is_empty() {
            let mut causes = Errors::default();
            let mut first = None;
            for (i, id) in node.one_of.iter().enumerate() {
                match (self.same_value(frame, at(*id), "", first.is_some(), left)?, first) {
                    (Some(violation), None) => causes.add(Some(violation)),
                    (Some(_), Some(_)) => {}
                    (None, None) => first = Some(i),
                    (None, Some(first)) => {
                        let kind = || ViolationKind::OneOf { met: Some((first, i)) };
                        errors.add(self.wrong(frame, kind)?);
                        break;
                    }
                }
            }
            if first.is_none() {
                let wrong = self.violation(frame, || ViolationKind::OneOf { met: None })?;
                errors.add(Some(wrong.because(causes)));
            }
        }
        if let Some(condition) = node.condition {
            let met = self.same_value(frame, at(condition), "", true, left)?.is_none();
            if let Some(id) = if met { node.then } else { node.otherwise } {
                errors.add(self.same_value(frame, at(id), "", false, left)?);
            }
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

fn is_integer(number: Number) -> bool {
    match number {
        Number::Int(_) | Number::Uint(_) => true,
        Number::Float(n) => n.is_finite() && n.fract() == 0.0,
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

/// The first two items that are equal.
fn duplicates(items: &[Value]) -> Option<(usize, usize)> {
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
    for (i, item) in items.iter().enumerate() {
        let mut hasher = DefaultHasher::new();
        hash(item, &mut hasher);
        let others = seen.entry(hasher.finish()).or_default();
        let equal = |j: &&usize| items.get(**j).is_some_and(|other| equals(item, other));
        if let Some(j) = others.iter().find(equal) {
            return Some((*j, i));
        }
        others.push(i);
    }
    None
}

fn hash(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0.hash(hasher),
        Value::Bool(value) => value.hash(hasher),
        // Zero has two floats.
        Value::Number(number) => (number.as_f64() + 0.0).to_bits().hash(hasher),
        Value::String(text) => text.hash(hasher),
        Value::Seq(items) => items.iter().for_each(|item| hash(item, hasher)),
        Value::Map(map) => map.iter().for_each(|(key, value)| {
            key.hash(hasher);
            hash(value, hasher);
        }),
    }
}

fn equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Decimal::of(*a) == Decimal::of(*b),
        (Value::Seq(a), Value::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equals(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && equals(a, b))
        }
        _ => a == b,
    }
}
