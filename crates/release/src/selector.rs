//! Selectors of labels, as Kubernetes' `labels.Parse` reads them.

use std::collections::BTreeMap;
use std::fmt;

/// What labels must be, such as `team=web,tier in (a, b),!old`.
///
/// ```
/// use pintle_release::Selector;
///
/// let selector = Selector::parse("team=web,!old").unwrap();
/// assert!(selector.matches(&[("team".to_owned(), "web".to_owned())].into()));
/// assert!(!selector.matches(&Default::default()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    Missing,
    Greater,
    Less,
}

/// A text is no selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorError(String);

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SelectorError {}

impl Selector {
    /// Reads a selector; an empty one takes everything.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(text: &str) -> Result<Selector, SelectorError> {
        let mut parser = Parser { tokens: tokens(text), at: 0 };
        let mut requirements = Vec::new();
        if parser.peek().is_none() {
            return Ok(Selector::default());
        }
        loop {
            requirements.push(parser.requirement()?);
            match parser.next() {
                None => return Ok(Selector(requirements)),
                Some(Token::Comma) => {}
                Some(found) => return Err(expected(Some(found), "',' or 'end of string'")),
            }
        }
    }

    /// Whether labels are as it wants them.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            let listed = value.is_some_and(|value| requirement.values.contains(value));
            match requirement.operator {
                Operator::In => listed,
                Operator::NotIn => !listed,
                Operator::Exists => value.is_some(),
                Operator::Missing => value.is_none(),
                Operator::Greater | Operator::Less => {
                    let number = |text: &String| text.parse::<i64>().ok();
                    let bound = requirement.values.first().and_then(number);
                    match (value.and_then(number), bound) {
                        (Some(value), Some(bound)) if requirement.operator == Operator::Less => {
                            value < bound
                        }
                        (Some(value), Some(bound)) => value > bound,
                        _ => false,
                    }
                }
            }
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Comma,
    Open,
    Close,
    Equals,
    NotEquals,
    Not,
    Greater,
    Less,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let token = match c {
            ' ' | '\t' | '\r' | '\n' => continue,
            ',' => Token::Comma,
            '(' => Token::Open,
            ')' => Token::Close,
            '>' => Token::Greater,
            '<' => Token::Less,
            '=' => {
                chars.next_if_eq(&'=');
                Token::Equals
            }
            '!' if chars.next_if_eq(&'=').is_some() => Token::NotEquals,
            '!' => Token::Not,
            c => {
                let mut word = c.to_string();
                let special = |c: &char| !" \t\r\n,()=!<>".contains(*c);
                while let Some(c) = chars.next_if(special) {
                    word.push(c);
                }
                Token::Word(word)
            }
        };
        tokens.push(token);
    }
    tokens
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

fn expected(found: Option<Token>, what: &str) -> SelectorError {
    let found = match found {
        None => String::new(),
        Some(Token::Word(word)) => word,
        Some(Token::Comma) => ",".to_owned(),
        Some(Token::Open) => "(".to_owned(),
        Some(Token::Close) => ")".to_owned(),
        Some(Token::Equals) => "=".to_owned(),
        Some(Token::NotEquals) => "!=".to_owned(),
        Some(Token::Not) => "!".to_owned(),
        Some(Token::Greater) => ">".to_owned(),
        Some(Token::Less) => "<".to_owned(),
    };
    SelectorError(format!("unable to parse requirement: found '{found}', expected: {what}"))
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn word(&mut self) -> Result<String, SelectorError> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            found => Err(expected(found, "identifier")),
        }
    }

    fn requirement(&mut self) -> Result<Requirement, SelectorError> {
        let missing = self.peek() == Some(&Token::Not);
        if missing {
            self.next();
        }
        let key = self.word()?;
        let plain = |operator| Requirement { key: key.clone(), operator, values: Vec::new() };
        if missing {
            return Ok(plain(Operator::Missing));
        }
        let operator = match self.peek() {
            None | Some(Token::Comma) => return Ok(plain(Operator::Exists)),
            Some(Token::Equals) => Operator::In,
            Some(Token::NotEquals) => Operator::NotIn,
            Some(Token::Greater) => Operator::Greater,
            Some(Token::Less) => Operator::Less,
            Some(Token::Word(word)) if word == "in" || word == "notin" => {
                let operator = if word == "in" { Operator::In } else { Operator::NotIn };
                self.next();
                return Ok(Requirement { values: self.set()?, ..plain(operator) });
            }
            found => {
                return Err(expected(found.cloned(), "in, notin, =, ==, !=, gt, lt"));
            }
        };
        self.next();
        // A value may be left out.
        let value = match self.peek() {
            None | Some(Token::Comma) => String::new(),
            _ => self.word()?,
        };
        if matches!(operator, Operator::Greater | Operator::Less) && value.parse::<i64>().is_err() {
            return Err(SelectorError(format!(
                "for 'Gt', 'Lt' operators, the value must be an integer: {value}"
            )));
        }
        Ok(Requirement { values: vec![value], ..plain(operator) })
    }

    fn set(&mut self) -> Result<Vec<String>, SelectorError> {
        match self.next() {
            Some(Token::Open) => {}
            found => return Err(expected(found, "'('")),
        }
        let mut values = Vec::new();
        loop {
            match self.peek() {
                Some(Token::Comma | Token::Close) => values.push(String::new()),
                _ => values.push(self.word()?),
            }
            match self.next() {
                Some(Token::Comma) => {}
                Some(Token::Close) => return Ok(values),
                found => return Err(expected(found, "',' or ')'")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_choose_as_in_kubernetes() {
        let labels: BTreeMap<String, String> =
            [("team", "web"), ("n", "5"), ("empty", "")].map(|(k, v)| (k.into(), v.into())).into();
        let table = [
            ("", true),
            ("team", true),
            ("!team", false),
            ("team=web", true),
            ("team==web,n!=4", true),
            ("team = shop", false),
            ("other!=x", true),
            ("team in (shop, web)", true),
            ("team notin (shop,web)", false),
            ("other notin (a)", true),
            ("n>4", true),
            ("n<5", false),
            ("empty=", true),
            ("empty in ()", true),
        ];
        for (text, want) in table {
            assert_eq!(Selector::parse(text).unwrap().matches(&labels), want, "{text}");
        }
        for text in [",", "a,", "=b", "a in b", "a in (b", "a b", "a>x", "!", "a=(", "a!b"] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }
}
