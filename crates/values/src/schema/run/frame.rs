//! Where a check is: which schema it is at, with which value, and how it came there.

use std::collections::BTreeSet;

use pintle_yaml::{Str, Value};

use crate::schema::node::{Arena, Id, Node};
use crate::schema::violation::Step;

#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    pub(super) arena: &'a Arena,
    pub(super) id: Id,
}

impl<'a> Schema<'a> {
    pub(super) fn node(self) -> Option<&'a Node> {
        self.arena.nodes.get(self.id)
    }

    pub(super) fn at(self, id: Id) -> Schema<'a> {
        Schema { id, ..self }
    }
}

impl PartialEq for Schema<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.arena, other.arena)
    }
}

/// A schema that a value is being checked against, and how that came about.
pub(super) struct Frame<'a, 'p> {
    pub(super) schema: Schema<'a>,
    pub(super) value: &'a Value,
    pub(super) parent: Option<&'p Frame<'a, 'p>>,
    /// The step from the parent's value to this one; none if it is the same.
    pub(super) step: Option<Token<'a>>,
    /// The keyword of a reference that led here.
    pub(super) keyword: &'static str,
    /// Whether a reference was followed since the value was come to; without one there is no cycle.
    pub(super) referred: bool,
    /// Only whether the value is right matters.
    pub(super) quick: bool,
    /// The schema of schemas, while schemas are checked.
    pub(super) meta: Option<Schema<'a>>,
    pub(super) depth: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    Key(&'a Str),
    Index(usize),
}

impl<'a> Frame<'a, '_> {
    pub(super) fn path(&self) -> Vec<Step> {
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
    pub(super) fn cycle(&self) -> Option<&Frame<'a, '_>> {
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
    pub(super) fn keywords(&self) -> String {
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

    pub(super) fn dynamic_anchor(&self, name: &str, fallback: Schema<'a>) -> Schema<'a> {
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

    pub(super) fn recursive_anchor(&self, fallback: Schema<'a>) -> Schema<'a> {
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
pub(super) struct Unevaluated<'a> {
    pub(super) properties: BTreeSet<&'a str>,
    pub(super) items: BTreeSet<usize>,
}

impl<'a> Unevaluated<'a> {
    pub(super) fn of(value: &'a Value, node: &Node, wanted: bool) -> Self {
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

    pub(super) fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.items.is_empty()
    }

    /// Takes out what another has looked at.
    pub(super) fn merge(&mut self, other: &Unevaluated<'a>) {
        self.properties.retain(|key| other.properties.contains(key));
        self.items.retain(|item| other.items.contains(item));
    }
}
