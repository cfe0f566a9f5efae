//! Checking values against the `values.schema.json` of charts.
//!
//! Drafts 4, 6, 7, 2019-09 and 2020-12 of JSON Schema are known; without `$schema` a schema is of
//! the last. What is wrong is told as data, and in the words and the layout that Helm prints.
//!
//! The check is this crate's own: a schema is part of a chart, which is untrusted, and one of a few
//! lines can ask for work without end. Here each step is counted. Documents that a schema refers to
//! come through a [`Source`]; a `urn:` that nobody knows allows everything, as in Helm.

mod compile;
mod decimal;
mod draft;
mod error;
mod format;
mod node;
mod pattern;
mod root;
mod run;
mod url;
mod violation;

use std::error::Error;
use std::fmt;

use pintle_yaml::Value;

use self::compile::{Compiler, Documents};
use self::run::Budget;
use crate::json::Json;
use crate::{Source, go};

pub use error::SchemaError;
pub use violation::{Step, Violation, ViolationKind};

/// The URL that a chart's schema has; relative references start from it, as in Helm.
const URL: &str = "file:///values.schema.json";

/// A chart as the check sees it: its name, its schema and the charts it depends on.
#[derive(Clone, Debug)]
pub struct ChartSchema<'a> {
    /// The chart's name.
    pub name: &'a str,
    /// The text of its `values.schema.json`.
    pub schema: Option<&'a [u8]>,
    /// The charts below, in the order of the chart.
    pub dependencies: Vec<ChartSchema<'a>>,
}

/// Something to tell the user although nothing failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaWarning {
    /// A reference that nobody could resolve, and which therefore allows everything.
    pub urn: String,
}

impl fmt::Display for SchemaWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urn = &self.urn;
        write!(f, "unresolved URN reference ignored; using permissive schema urn={urn}")
    }
}

/// Checks the values of a chart, and those of the charts below it, against their schemas.
///
/// `values` are [coalesced](crate::coalesce()). A chart below whose values are absent or null is not
/// checked, as in Helm. Where no chart has a schema, nothing is done.
///
/// ```
/// use pintle_values::schema::{ChartSchema, validate};
/// use pintle_values::NoSource;
/// use pintle_yaml::Value;
///
/// let schema = br#"{"properties": {"replicas": {"type": "integer"}}}"#;
/// let chart = ChartSchema { name: "web", schema: Some(schema), dependencies: vec![] };
///
/// let good = Value::from_iter([("replicas", 2)]);
/// assert!(validate(&chart, &good, &mut NoSource).is_ok());
///
/// let bad = Value::from_iter([("replicas", "two")]);
/// let error = validate(&chart, &bad, &mut NoSource).unwrap_err();
/// assert!(error.to_string().ends_with("web:\n- at '/replicas': got string, want integer\n"));
/// ```
///
/// # Errors
///
/// All charts whose values are wrong, or whose schema is.
pub fn validate(
    chart: &ChartSchema<'_>,
    values: &Value,
    source: &mut dyn Source,
) -> Result<Vec<SchemaWarning>, InvalidValues> {
    let mut check = Check {
        source,
        documents: Documents::new(),
        budget: Budget::default(),
        warnings: Vec::new(),
        failures: Vec::new(),
    };
    check.chart(chart, values, &mut Vec::new());
    if check.failures.is_empty() {
        Ok(check.warnings)
    } else {
        Err(InvalidValues { failures: check.failures, warnings: check.warnings })
    }
}

/// Checks values against one schema, whatever chart it is of: Helm's
/// `ValidateAgainstSingleSchema`, which `lint` uses.
///
/// # Errors
///
/// Why the values, or the schema, are wrong.
pub fn validate_one(
    schema: &[u8],
    values: &Value,
    source: &mut dyn Source,
) -> Result<Vec<SchemaWarning>, FailureKind> {
    let mut documents = Documents::new();
    let mut warnings = Vec::new();
    let mut budget = Budget::default();
    one(schema, values, source, &mut documents, &mut budget, &mut warnings)?;
    Ok(warnings)
}

/// Values that do not meet the schemas of their charts. Displayed as Helm prints it.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidValues {
    /// The charts that something is wrong with, in order.
    pub failures: Vec<ChartFailure>,
    /// What there is to warn of besides.
    pub warnings: Vec<SchemaWarning>,
}

impl fmt::Display for InvalidValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "values don't meet the specifications of the schema(s) in the following chart(s):\n",
        )?;
        self.failures.iter().try_for_each(|failure| failure.fmt(f))
    }
}

impl Error for InvalidValues {}

/// A chart whose values, or whose schema, are wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartFailure {
    /// The chart's name.
    pub chart: String,
    /// The names under which its values stand in those of the topmost chart; empty for that one.
    /// [`Violation::path`] starts from there.
    pub path: Vec<String>,
    /// What is wrong.
    pub kind: FailureKind,
}

impl fmt::Display for ChartFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:\n{}", self.chart, self.kind)
    }
}

/// What is wrong with a chart's values or its schema.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The values do not meet the schema.
    Violations(Vec<Violation>),
    /// The values of a chart below are no map; this is their Go type.
    Type(&'static str),
    /// The schema cannot be used.
    Schema(SchemaError),
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FailureKind::Violations(violations) => {
                let mut text = String::new();
                for violation in violations {
                    violation.write(&mut text, 0);
                }
                writeln!(f, "{text}")
            }
            FailureKind::Type(found) => {
                writeln!(f, "invalid type for values: expected object (map), got {found}")
            }
            FailureKind::Schema(error) => error.fmt(f),
        }
    }
}

impl Error for FailureKind {}

struct Check<'s> {
    source: &'s mut dyn Source,
    documents: Documents,
    budget: Budget,
    warnings: Vec<SchemaWarning>,
    failures: Vec<ChartFailure>,
}

impl Check<'_> {
    fn chart<'c>(&mut self, chart: &ChartSchema<'c>, values: &Value, path: &mut Vec<&'c str>) {
        if let Some(schema) = chart.schema {
            let outcome = one(
                schema,
                values,
                self.source,
                &mut self.documents,
                &mut self.budget,
                &mut self.warnings,
            );
            if let Err(kind) = outcome {
                self.failed(chart, path, kind);
            }
        }
        for sub in &chart.dependencies {
            path.push(sub.name);
            match values.get(sub.name) {
                None | Some(Value::Null) => {}
                Some(below @ Value::Map(_)) => self.chart(sub, below, path),
                Some(other) => self.failed(sub, path, FailureKind::Type(go::type_name(other))),
            }
            path.pop();
        }
    }

    fn failed(&mut self, chart: &ChartSchema<'_>, path: &[&str], kind: FailureKind) {
        let path = path.iter().map(|&name| name.to_owned()).collect();
        self.failures.push(ChartFailure { chart: chart.name.to_owned(), path, kind });
    }
}

fn one(
    schema: &[u8],
    values: &Value,
    source: &mut dyn Source,
    documents: &mut Documents,
    budget: &mut Budget,
    warnings: &mut Vec<SchemaWarning>,
) -> Result<(), FailureKind> {
    let broken = FailureKind::Schema;
    let document =
        Json::read(schema).map_err(|error| broken(SchemaError::Json(error.message(schema))))?;
    let mut compiler = Compiler::new(source, std::mem::take(documents));
    compiler.add(URL, document);
    let root = compiler.compile(URL);
    let (arena, loaded, new) = compiler.into_parts();
    *documents = loaded;
    documents.remove(URL);
    for warning in new {
        // Helm warns of each once.
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    let root = root.map_err(broken)?;
    let violations = run::check(&arena, root, values, None, budget)
        .map_err(|_| broken(SchemaError::Limit("checking values takes too many steps")))?;
    if violations.is_empty() { Ok(()) } else { Err(FailureKind::Violations(violations)) }
}
