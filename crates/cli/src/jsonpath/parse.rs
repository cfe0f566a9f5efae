//! Taking a template apart.

use super::{End, MAX_DEPTH, Node};

type Result<T> = std::result::Result<T, String>;

/// The blocks of a template: a text outside of braces is a block of its own.
pub(super) fn template(text: &str) -> Result<Vec<Vec<Node>>> {
    blocks(text, 0)
}

fn blocks(text: &str, depth: usize) -> Result<Vec<Vec<Node>>> {
    if depth > MAX_DEPTH {
        return Err("expressions lie too deep in each other".to_owned());
    }
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('{') {
        if !before.is_empty() {
            blocks.push(vec![Node::Text(before.to_owned())]);
        }
        let mut action = Action { rest: inside, nodes: Vec::new(), depth };
        action.read()?;
        blocks.push(action.nodes);
        rest = action.rest;
    }
    if !rest.is_empty() {
        blocks.push(vec![Node::Text(rest.to_owned())]);
    }
    Ok(blocks)
}

/// The first expression of a text that stands for what is between braces.
fn expression(text: &str, depth: usize) -> Result<Vec<Node>> {
    let blocks = blocks(&format!("{{{text}}}"), depth + 1)?;
    Ok(blocks.into_iter().next().unwrap_or_default())
}

struct Action<'a> {
    rest: &'a str,
    nodes: Vec<Node>,
    depth: usize,
}

impl<'a> Action<'a> {
    /// Reads up to the closing brace.
    fn read(&mut self) -> Result<()> {
        loop {
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return Ok(());
            }
            if let Some(rest) = self.rest.strip_prefix("[?(") {
                self.rest = rest;
                self.filter()?;
                continue;
            }
            if let Some(rest) = self.rest.strip_prefix("..") {
                if self.nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                self.rest = rest;
                self.nodes.push(Node::Recursive);
                if rest.starts_with(is_alphanumeric) {
                    self.field();
                }
                continue;
            }
            let Some(letter) = self.rest.chars().next() else { return Err(unclosed()) };
            let after = self.rest.get(letter.len_utf8()..).unwrap_or_default();
            match letter {
                '\r' | '\n' => return Err(unclosed()),
                ' ' | '@' | '$' => self.rest = after,
                '[' => {
                    self.rest = after;
                    self.array()?;
                }
                '"' | '\'' => self.quoted(letter, after)?,
                '.' => {
                    self.rest = after;
                    self.field();
                }
                '+' | '-' => self.number()?,
                c if c.is_numeric() => self.number()?,
                c if is_alphanumeric(c) => self.word(),
                c => return Err(unrecognized(c)),
            }
        }
    }

    /// Cuts off what stands before the first letter for which `ends` holds.
    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn word(&mut self) {
        let word = match self.take_until(is_terminator) {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            word => Node::Word(word.to_owned()),
        };
        self.nodes.push(word);
    }

    fn number(&mut self) -> Result<()> {
        let signed = self.rest.starts_with(['+', '-']);
        let digits = self.rest.get(usize::from(signed)..).unwrap_or_default();
        let end = digits.find(|c: char| c != '.' && !c.is_numeric()).unwrap_or(digits.len());
        let (text, rest) = self.rest.split_at(end + usize::from(signed));
        self.rest = rest;
        let node = match (pintle_strconv::atoi(text), pintle_strconv::parse_f64(text)) {
            (Ok(number), _) => Node::Int(number),
            (_, Ok(number)) => Node::Float(number),
            _ => return Err(format!("cannot parse number {text}")),
        };
        self.nodes.push(node);
        Ok(())
    }

    fn quoted(&mut self, quote: char, after: &'a str) -> Result<()> {
        let mut escaped = false;
        for (at, c) in after.char_indices() {
            match c {
                '\n' => break,
                c if c == quote && !escaped => {
                    let inside = after.get(..at).unwrap_or_default();
                    self.rest = after.get(at + 1..).unwrap_or_default();
                    self.nodes.push(Node::Text(unquoted(inside, quote)?));
                    return Ok(());
                }
                // As the original has it, a backslash before a quote always keeps it.
                c => escaped = c == '\\',
            }
        }
        Err("unterminated quoted string".to_owned())
    }

    fn field(&mut self) {
        let mut name = String::new();
        let mut letters = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, c)) = letters.next() {
            if c == '\\' {
                if let Some((_, next)) = letters.next()
                    && next != '\\'
                {
                    name.push(next);
                }
            } else if is_terminator(c) {
                end = at;
                break;
            } else {
                name.push(c);
            }
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        self.nodes.push(if name == "*" { Node::Wildcard } else { Node::Field(name) });
    }

    fn array(&mut self) -> Result<()> {
        let text = self.take_until(|c| c == ']' || c == '\n');
        self.rest = self.rest.strip_prefix(']').ok_or("unterminated array")?;
        let text = if text == "*" { ":" } else { text };
        if text.contains(',') {
            let parts = text
                .split(',')
                .map(|part| expression(&format!("[{}]", part.trim_matches(' ')), self.depth));
            self.nodes.push(Node::Union(parts.collect::<Result<_>>()?));
            return Ok(());
        }
        if let Some(key) = dictionary_key(text) {
            self.nodes.extend(expression(&format!(".{key}"), self.depth)?);
            return Ok(());
        }
        let invalid = || format!("invalid array index {text}");
        let mut parts = text.split(':');
        let part = |part: Option<&str>| match part {
            None | Some("") => Ok(None),
            Some(text) if is_index(text) => pintle_strconv::atoi(text)
                .map(Some)
                .map_err(|_| format!("array index {text} is not a number")),
            Some(_) => Err(invalid()),
        };
        let start = part(parts.next())?;
        let end = match parts.next() {
            None => End::One,
            end => part(end)?.map_or(End::Open, End::At),
        };
        let step = part(parts.next())?;
        if parts.next().is_some() {
            return Err(invalid());
        }
        self.nodes.push(Node::Slice { start, end, step });
        Ok(())
    }

    fn filter(&mut self) -> Result<()> {
        // The bracket ends at the first one that is not in quotes.
        let mut quote = None;
        let mut previous = '(';
        let mut end = None;
        let mut closed = false;
        for (at, c) in self.rest.char_indices() {
            match (c, quote) {
                ('\n', _) => break,
                ('"' | '\'', None) if !closed => quote = Some(c),
                (c, Some(q)) if c == q && previous != '\\' => (quote, closed) = (None, true),
                (')', None) => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
            previous = c;
        }
        let (text, rest) = match end {
            Some(end) => (
                self.rest.get(..end).unwrap_or_default(),
                self.rest.get(end + 1..).unwrap_or_default(),
            ),
            None => return Err("unterminated filter".to_owned()),
        };
        self.rest = rest.strip_prefix(']').ok_or("unclosed array expect ]")?;
        let is_operator = |c| matches!(c, '!' | '<' | '>' | '=');
        let cut = text.find(is_operator).filter(|at| *at > 0).and_then(|at| {
            let (left, rest) = text.split_at(at);
            // Something must stand to the right, be it a part of the operator.
            let end = rest.find(|c| !is_operator(c)).unwrap_or(rest.len() - 1);
            if end == 0 {
                return None;
            }
            let (operator, right) = rest.split_at(end);
            Some((left, operator, right))
        });
        let node = match cut {
            Some((left, operator, right)) => Node::Filter {
                left: expression(left, self.depth)?,
                operator: operator.to_owned(),
                right: expression(right, self.depth)?,
            },
            None => Node::Filter {
                left: expression(text, self.depth)?,
                operator: "exists".to_owned(),
                right: Vec::new(),
            },
        };
        self.nodes.push(node);
        Ok(())
    }
}

fn unclosed() -> String {
    "unclosed action".to_owned()
}

fn unrecognized(c: char) -> String {
    let code = format!("unrecognized character in action: U+{:04X}", u32::from(c));
    if pintle_strconv::is_print(c) { format!("{code} '{c}'") } else { code }
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_numeric()
}

fn is_terminator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

fn is_index(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit())
}

/// The key in `'key'`: not empty, without quotes, at most one backslash deep.
fn dictionary_key(text: &str) -> Option<&str> {
    let key = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!key.is_empty() && !key.contains('\'')).then_some(key)
}

/// The text between quotes, with Go's escapes.
fn unquoted(inside: &str, quote: char) -> Result<String> {
    if !inside.contains('\\') {
        return Ok(inside.to_owned());
    }
    let mut text = Vec::new();
    let mut rest = inside.as_bytes();
    let wrong = || format!("unquote string {quote}{inside}{quote} error invalid syntax");
    while !rest.is_empty() {
        let (unquoted, tail) =
            pintle_strconv::unquote_char(rest, quote as u8).map_err(|_| wrong())?;
        unquoted.append_to(&mut text);
        rest = tail;
    }
    String::from_utf8(text).map_err(|_| wrong())
}
