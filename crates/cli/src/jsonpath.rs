//! Kubernetes' JSONPath templates, as `kubectl -o jsonpath` and `helm show values --jsonpath` read
//! them: text with expressions in braces, `range` and `end` among them.

mod evaluate;
mod parse;

use pintle_yaml::Value;

/// A template taken apart.
#[derive(Debug)]
pub(crate) struct Template {
    /// Text between braces and expressions, in order.
    blocks: Vec<Vec<Node>>,
}

/// One step of an expression.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    Text(String),
    Field(String),
    Wildcard,
    /// `..`: all that is below.
    Recursive,
    Slice {
        start: Option<i64>,
        end: End,
        step: Option<i64>,
    },
    Union(Vec<Vec<Node>>),
    Filter {
        left: Vec<Node>,
        operator: String,
        right: Vec<Node>,
    },
    Int(i64),
    Float(f64),
    Bool(bool),
    /// `range`, `end`, or a word that has no meaning.
    Word(String),
}

/// Where a slice ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// `[n]`: behind the one that it starts with.
    One,
    /// `[n:]`.
    Open,
    At(i64),
}

/// How deep expressions may lie in each other.
const MAX_DEPTH: usize = 64;

/// How many values an expression may select on its way.
const MAX_SELECTED: usize = 1_000_000;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// The text of the library that kubectl uses.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        parse::template(text).map(|blocks| Self { blocks })
    }

    /// Prints what it selects of `data`.
    ///
    /// # Errors
    ///
    /// What it asks for is not there, or not of the kind it takes it for.
    pub(crate) fn print(&self, data: &Value) -> Result<String, String> {
        evaluate::print(&self.blocks, data)
    }
}

#[cfg(test)]
mod tests {
    use pintle_yaml::{Map, Number, Value};

    use super::Template;

    fn data() -> Value {
        let text = |s: &str| Value::from(s);
        let mut items = Vec::new();
        for (name, weight) in [("a", 1.0), ("b", 2.5), ("c", 1e6)] {
            let mut item = Map::new();
            item.insert("name", text(name));
            item.insert("weight", Value::Number(Number::Float(weight)));
            items.push(Value::Map(item.into()));
        }
        let mut root = Map::new();
        root.insert("items", Value::Seq(items.into()));
        root.insert("a.b", text("dotted"));
        root.insert("yes", Value::Bool(true));
        root.insert("nothing", Value::Null);
        root.insert("html", text("<b>"));
        Value::Map(root.into())
    }

    #[test]
    fn templates_select_as_kubectls_do() {
        let table = [
            ("{.yes}", "true"),
            ("{$.yes}{@.yes}", "truetrue"),
            ("yes={.yes}!", "yes=true!"),
            ("{.items[0].name}", "a"),
            ("{.items[-1].name}", "c"),
            ("{.items[0:2].name}", "a b"),
            ("{.items[::2].name}", "a c"),
            ("{.items[*].name}", "a b c"),
            ("{.items[0,2].name}", "a c"),
            ("{.items[*]['name','weight']}", "a b c 1 2.5 1e+06"),
            ("{.items[2].weight}", "1e+06"),
            ("{.items[0]}", r#"{"name":"a","weight":1}"#),
            ("{.a\\.b}", "dotted"),
            ("{['a\\.b']}", "dotted"),
            ("{..name}", "a b c"),
            ("{.items[?(@.weight>1.0)].name}", "b c"),
            ("{.items[?(@.name=='b')].weight}", "2.5"),
            ("{.items[?(@.name!=\"b\")].name}", "a c"),
            ("{.items[?(@.other)].name}", ""),
            ("{range .items[*]}{.name}:{.weight}{\"\\n\"}{end}x", "a:1\nb:2.5\nc:1e+06\nx"),
            ("{.nothing}", "null"),
            ("{'lit'}", "lit"),
            ("{.html}", "<b>"),
            ("{.items[3:3]}", ""),
            ("{1}{-2.5}{true}", "1-2.5true"),
        ];
        for (template, expected) in table {
            let printed = Template::parse(template).and_then(|t| t.print(&data()));
            assert_eq!(printed.as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_kubectl_says_it() {
        let table = [
            ("{.missing}", "missing is not found"),
            ("{.items[7]}", "array index out of bounds: index 7, length 3"),
            ("{.yes[0]}", "bool is not array or slice"),
            ("{.items", "unclosed action"),
            ("{.items[0}", "unterminated array"),
            ("{.items[a]}", "invalid array index a"),
            ("{.items[?(@.name==)]}", "unrecognized character in action: U+003D '='"),
            ("{.items[?(@.name=='a'}", "unterminated filter"),
            ("{.items[?(@.weight>1)].name}", "incompatible types for comparison"),
            ("{foo}", "unrecognized identifier foo"),
            ("{end}", "not in range, nothing to end"),
            ("{.....a}", "invalid multiple recursive descent"),
            ("{%}", "unrecognized character in action: U+0025 '%'"),
            ("{'open}", "unterminated quoted string"),
        ];
        for (template, expected) in table {
            let printed = Template::parse(template).and_then(|t| t.print(&data()));
            assert_eq!(printed.err().as_deref(), Some(expected), "{template}");
        }
    }

    #[test]
    fn deep_expressions_are_refused() {
        let deep = format!("{{.items{}", "[?(@.a".repeat(10_000));
        assert!(Template::parse(&deep).is_err());
        let mut value = data();
        for _ in 0..60 {
            let mut map = Map::new();
            map.insert("a", value);
            value = Value::Map(map.into());
        }
        let wide = format!("{{{}}}", "..a".repeat(12));
        assert!(Template::parse(&wide).and_then(|t| t.print(&value)).is_err());
    }
}
