//! What is wrong with a value, in the words of the library that Helm uses.

use std::fmt;

use pintle_strconv::{Notation, format_f64, quote as go_quote};

use super::url;

/// A step of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An item of a list, counted from 0.
    Index(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Key(key) => f.write_str(key),
            Step::Index(index) => index.fmt(f),
        }
    }
}

/// Something that a schema does not allow.
///
/// Displayed, it is the message without the place; [`Violation::write`] and
/// [`ChartFailure`](super::ChartFailure) have the place and the causes.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The way to the value.
    pub path: Vec<Step>,
    /// What is wrong.
    pub kind: ViolationKind,
    /// Why: of `anyOf`, what each of its schemas says.
    pub causes: Vec<Violation>,
    /// Where the schema stands that says so, as a URL with a pointer.
    pub schema: String,
}

/// What a schema does not allow. `got` is what there is, `want` what the schema asks for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the keywords and `got` and `want` speak for themselves")]
pub enum ViolationKind {
    /// Several things; see the causes.
    Group,
    /// The schema at `url`, which a keyword refers to, is not met.
    Reference {
        keyword: &'static str,
        url: String,
    },
    /// A schema refers to itself for the same value.
    ReferenceCycle {
        url: String,
        first: String,
        second: String,
    },
    /// The schema is `false`.
    FalseSchema,
    Not,
    AllOf,
    AnyOf,
    /// None of the schemas is met, or these two are.
    OneOf {
        met: Option<(usize, usize)>,
    },
    Type {
        got: &'static str,
        want: Vec<&'static str>,
    },
    /// `want` is empty when the values are too complex to be named.
    Enum {
        want: Vec<String>,
    },
    /// `want` is absent when the value is too complex to be named.
    Const {
        want: Option<String>,
    },
    Format {
        got: String,
        want: &'static str,
        error: String,
    },
    MinProperties {
        got: usize,
        want: usize,
    },
    MaxProperties {
        got: usize,
        want: usize,
    },
    Required {
        missing: Vec<String>,
    },
    /// A property asks for others.
    Dependency {
        property: String,
        missing: Vec<String>,
    },
    AdditionalProperties {
        properties: Vec<String>,
    },
    PropertyNames {
        property: String,
    },
    MinItems {
        got: usize,
        want: usize,
    },
    MaxItems {
        got: usize,
        want: usize,
    },
    /// Two items are equal.
    UniqueItems {
        first: usize,
        second: usize,
    },
    AdditionalItems {
        count: usize,
    },
    Contains,
    /// `got` are the items that match.
    MinContains {
        got: Vec<usize>,
        want: usize,
    },
    /// `got` are the items that match.
    MaxContains {
        got: Vec<usize>,
        want: usize,
    },
    MinLength {
        got: usize,
        want: usize,
    },
    MaxLength {
        got: usize,
        want: usize,
    },
    Pattern {
        got: String,
        want: String,
    },
    Minimum {
        got: f64,
        want: f64,
    },
    Maximum {
        got: f64,
        want: f64,
    },
    ExclusiveMinimum {
        got: f64,
        want: f64,
    },
    ExclusiveMaximum {
        got: f64,
        want: f64,
    },
    MultipleOf {
        got: f64,
        want: f64,
    },
}

impl ViolationKind {
    /// The keyword that is not met; empty for the schema `false` and for groups.
    pub fn keyword(&self) -> &'static str {
        match self {
            ViolationKind::Group | ViolationKind::FalseSchema => "",
            ViolationKind::Reference { keyword, .. } => keyword,
            ViolationKind::ReferenceCycle { .. } => "$ref",
            ViolationKind::Not => "not",
            ViolationKind::AllOf => "allOf",
            ViolationKind::AnyOf => "anyOf",
            ViolationKind::OneOf { .. } => "oneOf",
            ViolationKind::Type { .. } => "type",
            ViolationKind::Enum { .. } => "enum",
            ViolationKind::Const { .. } => "const",
            ViolationKind::Format { .. } => "format",
            ViolationKind::MinProperties { .. } => "minProperties",
            ViolationKind::MaxProperties { .. } => "maxProperties",
            ViolationKind::Required { .. } => "required",
            ViolationKind::Dependency { .. } => "dependentRequired",
            ViolationKind::AdditionalProperties { .. } => "additionalProperties",
            ViolationKind::PropertyNames { .. } => "propertyNames",
            ViolationKind::MinItems { .. } => "minItems",
            ViolationKind::MaxItems { .. } => "maxItems",
            ViolationKind::UniqueItems { .. } => "uniqueItems",
            ViolationKind::AdditionalItems { .. } => "additionalItems",
            ViolationKind::Contains => "contains",
            ViolationKind::MinContains { .. } => "minContains",
            ViolationKind::MaxContains { .. } => "maxContains",
            ViolationKind::MinLength { .. } => "minLength",
            ViolationKind::MaxLength { .. } => "maxLength",
            ViolationKind::Pattern { .. } => "pattern",
            ViolationKind::Minimum { .. } => "minimum",
            ViolationKind::Maximum { .. } => "maximum",
            ViolationKind::ExclusiveMinimum { .. } => "exclusiveMinimum",
            ViolationKind::ExclusiveMaximum { .. } => "exclusiveMaximum",
            ViolationKind::MultipleOf { .. } => "multipleOf",
        }
    }
}

impl Violation {
    /// The violations without causes of their own: what there is to mend.
    pub fn leaves(&self) -> Vec<&Violation> {
        let mut leaves = Vec::new();
        let mut open = vec![self];
        while let Some(violation) = open.pop() {
            if violation.causes.is_empty() {
                leaves.push(violation);
            }
            open.extend(violation.causes.iter().rev());
        }
        leaves
    }

    /// The place as a JSON pointer, as Helm names it.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            url::push(&mut pointer, &step.to_string());
        }
        pointer
    }

    /// Writes the violation and its causes, each on a line of its own as Helm does, `indent` steps
    /// in.
    pub fn write(&self, out: &mut String, indent: usize) {
        // A reference with one cause says nothing that the cause does not say.
        let silent = self.causes.len() == 1 && matches!(self.kind, ViolationKind::Reference { .. });
        if !silent {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&"  ".repeat(indent));
            out.push_str(&format!("- at {}: {self}", quote(&self.pointer())));
        }
        for cause in &self.causes {
            cause.write(out, indent + usize::from(!silent));
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |f: &mut fmt::Formatter<'_>, name: &str, got: usize, want: usize| {
            write!(f, "{name}: got {}, want {}", grouped(got), grouped(want))
        };
        let bound = |f: &mut fmt::Formatter<'_>, name: &str, got: f64, want: f64| {
            write!(f, "{name}: got {}, want {}", float(got), float(want))
        };
        match self {
            ViolationKind::Group | ViolationKind::Reference { .. } => {
                f.write_str("validation failed")
            }
            ViolationKind::ReferenceCycle { url, first, second } => write!(
                f,
                "both {first} and {second} resolve to {} causing reference cycle",
                go_quote(url)
            ),
            ViolationKind::FalseSchema => f.write_str("false schema"),
            ViolationKind::Not => f.write_str("'not' failed"),
            ViolationKind::AllOf => f.write_str("'allOf' failed"),
            ViolationKind::AnyOf => f.write_str("'anyOf' failed"),
            ViolationKind::OneOf { met: None } => f.write_str("'oneOf' failed, none matched"),
            ViolationKind::OneOf { met: Some((a, b)) } => {
                write!(f, "'oneOf' failed, subschemas {}, {} matched", grouped(*a), grouped(*b))
            }
            ViolationKind::Type { got, want } => {
                write!(f, "got {got}, want {}", want.join(" or "))
            }
            ViolationKind::Enum { want } => match want.as_slice() {
                [] => f.write_str("'enum' failed"),
                [one] => write!(f, "value must be {one}"),
                all => write!(f, "value must be one of {}", all.join(", ")),
            },
            ViolationKind::Const { want: None } => f.write_str("'const' failed"),
            ViolationKind::Const { want: Some(want) } => write!(f, "value must be {want}"),
            ViolationKind::Format { got, want, error } => {
                write!(f, "{} is not valid {want}: {error}", quote(got))
            }
            ViolationKind::MinProperties { got, want } => count(f, "minProperties", *got, *want),
            ViolationKind::MaxProperties { got, want } => count(f, "maxProperties", *got, *want),
            ViolationKind::Required { missing } => match missing.as_slice() {
                [one] => write!(f, "missing property {}", quote(one)),
                all => write!(f, "missing properties {}", list(all)),
            },
            ViolationKind::Dependency { property, missing } => {
                write!(f, "properties {} required, if {} exists", list(missing), quote(property))
            }
            ViolationKind::AdditionalProperties { properties } => {
                write!(f, "additional properties {} not allowed", list(properties))
            }
            ViolationKind::PropertyNames { property } => {
                write!(f, "invalid propertyName {}", quote(property))
            }
            ViolationKind::MinItems { got, want } => count(f, "minItems", *got, *want),
            ViolationKind::MaxItems { got, want } => count(f, "maxItems", *got, *want),
            ViolationKind::UniqueItems { first, second } => {
                write!(f, "items at {} and {} are equal", grouped(*first), grouped(*second))
            }
            ViolationKind::AdditionalItems { count } => {
                write!(f, "last {} additionalItem(s) not allowed", grouped(*count))
            }
            ViolationKind::Contains => f.write_str("no items match contains schema"),
            ViolationKind::MinContains { got, want } if got.is_empty() => write!(
                f,
                "min {} items required to match contains schema, but none matched",
                grouped(*want)
            ),
            ViolationKind::MinContains { got, want } => contains(f, "min", got, *want),
            ViolationKind::MaxContains { got, want } => contains(f, "max", got, *want),
            ViolationKind::MinLength { got, want } => count(f, "minLength", *got, *want),
            ViolationKind::MaxLength { got, want } => count(f, "maxLength", *got, *want),
            ViolationKind::Pattern { got, want } => {
                write!(f, "{} does not match pattern {}", quote(got), quote(want))
            }
            ViolationKind::Minimum { got, want } => bound(f, "minimum", *got, *want),
            ViolationKind::Maximum { got, want } => bound(f, "maximum", *got, *want),
            ViolationKind::ExclusiveMinimum { got, want } => {
                bound(f, "exclusiveMinimum", *got, *want)
            }
            ViolationKind::ExclusiveMaximum { got, want } => {
                bound(f, "exclusiveMaximum", *got, *want)
            }
            ViolationKind::MultipleOf { got, want } => bound(f, "multipleOf", *got, *want),
        }
    }
}

fn contains(f: &mut fmt::Formatter<'_>, name: &str, got: &[usize], want: usize) -> fmt::Result {
    let at: Vec<String> = got.iter().map(ToString::to_string).collect();
    write!(
        f,
        "{name} {} items required to match contains schema, but matched {} items at {}",
        grouped(want),
        grouped(got.len()),
        at.join(" ")
    )
}

/// The text in single quotes.
pub(super) fn quote(text: &str) -> String {
    let quoted = go_quote(text);
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner = inner.unwrap_or_default().replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{inner}'")
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|text| quote(text)).collect::<Vec<_>>().join(", ")
}

/// A number with commas, as Go's `golang.org/x/text/message` writes it in English.
fn grouped(n: usize) -> String {
    group(&n.to_string())
}

fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A float as that package writes it: `1,234.5`, `1.5×10²⁰`.
fn float(n: f64) -> String {
    let size = n.abs();
    if n == 0.0 || (1e-4..1e6).contains(&size) {
        let text = format_f64(n, Notation::Fixed, None);
        let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |text| ("-", text));
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
        let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
        return format!("{sign}{}{fraction}", group(whole));
    }
    let text = format_f64(n, Notation::Exponent, None);
    let Some((mantissa, power)) = text.split_once('e') else { return text };
    let power: String = power
        .chars()
        .filter(|c| *c != '+')
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => digit
                .to_digit(10)
                .and_then(|digit| char::from_u32('⁰' as u32 + digit))
                .unwrap_or(digit),
        })
        .collect();
    format!("{mantissa}×10{power}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_english() {
        for (n, text) in [
            (1.5, "1.5"),
            (-5.0, "-5"),
            (1234.0, "1,234"),
            (123_456.789, "123,456.789"),
            (1e6, "1×10⁰⁶"),
            (123_456_789.0, "1.23456789×10⁰⁸"),
            (1e-5, "1×10⁻⁰⁵"),
            (-1e300, "-1×10³⁰⁰"),
            (0.0, "0"),
        ] {
            assert_eq!(float(n), text);
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
