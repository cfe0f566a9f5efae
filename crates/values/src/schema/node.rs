//! A schema, compiled.

use std::sync::Arc;

use pintle_yaml::{Number, Str, Value};
use regex::Regex;

use super::decimal::Decimal;
use super::format::Format;
use super::url;
use crate::json::Json;

/// The number of a schema in its [`Arena`].
pub(super) type Id = usize;

/// Schemas that refer to each other by number.
#[derive(Debug, Default)]
pub(super) struct Arena {
    pub(super) nodes: Vec<Node>,
}

/// Where a schema stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) url: Arc<str>,
    pub(super) pointer: Arc<str>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.url, url::encode(&self.pointer))
    }
}

/// The types of values, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const INTEGER: Types = Types(1 << 3);
    const NAMES: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];

    pub(super) fn named(name: &str) -> Types {
        let at = Types::NAMES.iter().position(|known| *known == name);
        Types(at.map_or(0, |at| 1 << at))
    }

    pub(super) fn of(value: &Value) -> Types {
        Types(
            1 << match value {
                Value::Null => 0,
                Value::Bool(_) => 1,
                Value::Number(_) => 2,
                Value::String(_) => 4,
                Value::Seq(_) => 5,
                Value::Map(_) => 6,
            },
        )
    }

    pub(super) fn of_json(value: &Json) -> Types {
        Types(
            1 << match value {
                Json::Null => 0,
                Json::Bool(_) => 1,
                Json::Number(_) => 2,
                Json::String(_) => 4,
                Json::Array(_) => 5,
                Json::Object(_) => 6,
            },
        )
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn with(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub(super) fn has(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn names(self) -> Vec<&'static str> {
        let all = Types::NAMES.iter().enumerate();
        all.filter(|(i, _)| self.0 & (1 << i) != 0).map(|(_, name)| *name).collect()
    }
}

/// A schema. What a schema does not say is absent.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) place: Place,
    /// 4, 6, 7, 2019 or 2020.
    pub(super) draft: u16,
    /// `true`, `false` or `{}`.
    pub(super) boolean: Option<bool>,
    /// The resource, the schema with an id of its own, that this one is in.
    pub(super) resource: Id,
    /// Of a resource, its `$dynamicAnchor`s.
    pub(super) dynamic_anchors: Vec<(Str, Id)>,
    pub(super) reference: Option<Id>,
    pub(super) recursive_reference: Option<Id>,
    pub(super) recursive_anchor: bool,
    /// `$dynamicRef`, and the name of the anchor in it.
    pub(super) dynamic_reference: Option<(Id, Option<Str>)>,
    pub(super) dynamic_anchor: Option<Str>,
    pub(super) types: Types,
    pub(super) constant: Option<Json>,
    pub(super) enumeration: Option<(Types, Arc<Vec<Json>>)>,
    pub(super) format: Option<Format>,
    pub(super) object: Option<Box<ObjectRules>>,
    pub(super) array: Option<Box<ArrayRules>>,
    pub(super) text: Option<Box<TextRules>>,
    pub(super) number: Option<Box<NumberRules>>,
    pub(super) not: Option<Id>,
    pub(super) all_of: Vec<Id>,
    pub(super) any_of: Vec<Id>,
    pub(super) one_of: Vec<Id>,
    pub(super) condition: Option<Id>,
    pub(super) then: Option<Id>,
    pub(super) otherwise: Option<Id>,
}

/// `additionalProperties`, `additionalItems`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Additional {
    Allowed(bool),
    Schema(Id),
}

/// `dependencies`.
#[derive(Debug)]
pub(super) enum Dependency {
    Names(Vec<Str>),
    Schema(Id),
}

/// What a schema says of objects.
#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) required: Vec<Str>,
    /// Sorted by name, as all lists here.
    pub(super) properties: Vec<(Str, Id)>,
    pub(super) patterns: Vec<(Regex, Id)>,
    pub(super) additional: Option<Additional>,
    pub(super) names: Option<Id>,
    pub(super) dependencies: Vec<(Str, Dependency)>,
    pub(super) dependent_schemas: Vec<(Str, Id)>,
    pub(super) dependent_required: Vec<(Str, Vec<Str>)>,
    pub(super) unevaluated: Option<Id>,
}

impl ObjectRules {
    pub(super) fn property(&self, name: &str) -> Option<Id> {
        let at = self.properties.binary_search_by(|(k, _)| k.as_str().cmp(name)).ok()?;
        self.properties.get(at).map(|(_, id)| *id)
    }
}

/// What a schema says of arrays.
#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) unique: bool,
    /// `prefixItems`, before 2020-12 `items` as a list.
    pub(super) first: Vec<Id>,
    /// `items`, `additionalItems`: what follows.
    pub(super) rest: Option<Additional>,
    pub(super) contains: Option<Id>,
    pub(super) min_contains: Option<usize>,
    pub(super) max_contains: Option<usize>,
    pub(super) unevaluated: Option<Id>,
}

/// What a schema says of strings.
#[derive(Debug, Default)]
pub(super) struct TextRules {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) pattern: Option<Regex>,
    /// The pattern as it is written.
    pub(super) written: Str,
}

/// A number of a schema.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) exact: Decimal,
    pub(super) float: f64,
}

/// What a schema says of numbers.
#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) min: Option<Bound>,
    pub(super) max: Option<Bound>,
    pub(super) above: Option<Bound>,
    pub(super) below: Option<Bound>,
    pub(super) multiple_of: Option<Bound>,
}

/// Whether a value is what a schema has written.
pub(super) fn same(value: &Value, json: &Json) -> bool {
    match (value, json) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(a), Json::Bool(b)) => a == b,
        (Value::Number(a), Json::Number(b)) => same_number(*a, b),
        (Value::String(a), Json::String(b)) => a == b,
        (Value::Seq(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        // Both are sorted.
        (Value::Map(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && same(a, b))
        }
        _ => false,
    }
}

fn same_number(a: Number, b: &str) -> bool {
    // Most often both are small integers.
    match (a.as_i64(), b.parse::<i64>()) {
        (Some(a), Ok(b)) if a.abs() < 1 << 53 => a == b,
        _ => Decimal::of(a) == Decimal::read(b),
    }
}
