//! Reading TOML with the rules and the errors of BurntSushi's decoder.

mod number;
mod string;

use std::collections::BTreeMap;

use pintle_strconv as strconv;
use pintle_yaml::Str;

use super::write::is_bare;
use crate::funcs::time::Zone;
use crate::{Map, Text, Value};

/// How deep arrays and inline tables may nest.
const MAX_DEPTH: usize = 200;
/// How deep dotted keys may reach.
const MAX_KEYS: usize = 1000;

type Result<T> = std::result::Result<T, String>;

/// Reads a document.
///
/// # Errors
///
/// Go's text of what is wrong with it.
pub(super) fn read(text: &Text, local: &Zone, offset: i32) -> Result<Value> {
    let mut bytes = text.as_bytes();
    for mark in [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            bytes = rest;
            break;
        }
    }
    if bytes.iter().take(6).any(|byte| *byte == 0) {
        let message =
            "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";
        return Err(format!("toml: line 1: {message}"));
    }
    let mut reader = Reader {
        text: bytes,
        at: 0,
        line: 1,
        context: Vec::new(),
        key: None,
        key_line: 1,
        depth: 0,
        local,
        offset,
    };
    let mut root = Table::default();
    reader.document(&mut root)?;
    Ok(root.into_value())
}

/// A table while it is filled.
#[derive(Default)]
struct Table {
    entries: BTreeMap<String, Node>,
    /// Only named as a part of another key so far.
    implicit: bool,
}

enum Node {
    Value(Value),
    Table(Table),
    Tables(Vec<Table>),
}

impl Table {
    fn into_value(self) -> Value {
        let entries = self.entries.into_iter().map(|(key, node)| {
            let value = match node {
                Node::Value(value) => value,
                Node::Table(table) => table.into_value(),
                Node::Tables(tables) => {
                    let items = tables.into_iter().map(Table::into_value).collect();
                    Value::List(crate::List::of_type(crate::ListType::Maps, items))
                }
            };
            (Str::from(key), value)
        });
        Value::Map(Map::from_iter(entries))
    }
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
    /// The table that is being filled, for messages.
    context: Vec<String>,
    /// The key whose value is being read.
    key: Option<String>,
    /// Where the last key stood.
    key_line: usize,
    depth: usize,
    local: &'t Zone,
    /// The local zone's present offset.
    offset: i32,
}

/// A key as messages name it.
fn path(parts: &[String]) -> String {
    let quoted = |part: &String| {
        if is_bare(part) { part.clone() } else { strconv::quote(part.as_bytes()) }
    };
    parts.iter().map(quoted).collect::<Vec<_>>().join(".")
}

impl Reader<'_> {
    fn fail<T>(&self, line: usize, message: impl std::fmt::Display) -> Result<T> {
        let mut last = path(&self.context);
        if let Some(key) = self.key.as_ref().filter(|key| !key.is_empty()) {
            last = if last.is_empty() { key.clone() } else { format!("{last}.{key}") };
        }
        if last.is_empty() {
            return Err(format!("toml: line {line}: {message}"));
        }
        Err(format!("toml: line {line} (last key {}): {message}", strconv::quote(last.as_bytes())))
    }

    /// Fails where the reader stands; the end of a text counts to its last line.
    fn fail_here<T>(&self, message: impl std::fmt::Display) -> Result<T> {
        let at_end = self.at >= self.text.len();
        let behind_break = self.at.checked_sub(1).and_then(|at| self.text.get(at)) == Some(&b'\n');
        self.fail(self.line - usize::from(at_end && behind_break && self.line > 1), message)
    }

    /// The next character, which stays unread. `None` is the end.
    fn peek(&self) -> Result<Option<char>> {
        let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) else {
            return Ok(None);
        };
        let start = rest.get(..rest.len().min(4)).unwrap_or_default();
        let valid = start.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let Some(c) = valid.chars().next() else {
            return self.fail(self.line, format!("invalid UTF-8 byte: 0x{:02x}", start[0]));
        };
        let lone_return = c == '\r' && rest.get(1) != Some(&b'\n');
        if lone_return || c.is_ascii_control() && !matches!(c, '\t' | '\r' | '\n') {
            let code = u32::from(c);
            let message = format!("TOML files cannot contain control characters: '0x{code:02x}'");
            return self.fail(self.line, message);
        }
        Ok(Some(c))
    }

    fn next(&mut self) -> Result<Option<char>> {
        let c = self.peek()?;
        self.at += c.map_or(0, char::len_utf8);
        self.line += usize::from(c == Some('\n'));
        Ok(c)
    }

    fn skip(&mut self, breaks: bool) -> Result<()> {
        while let Some(c) = self.peek()? {
            match c {
                ' ' | '\t' => {}
                '\r' | '\n' if breaks => {}
                _ => break,
            }
            self.next()?;
        }
        Ok(())
    }

    /// Reads a comment up to the end of its line.
    fn comment(&mut self) -> Result<()> {
        while !matches!(self.peek()?, None | Some('\r' | '\n')) {
            self.next()?;
        }
        Ok(())
    }

    fn document(&mut self, root: &mut Table) -> Result<()> {
        loop {
            self.skip(true)?;
            match self.peek()? {
                None => return Ok(()),
                Some('#') => {
                    self.comment()?;
                    continue;
                }
                Some('[') => {
                    self.next()?;
                    self.header(root)?;
                }
                Some(_) => {
                    let context = self.context.clone();
                    let target = self.table(root)?;
                    self.pair(target)?;
                    self.context = context;
                    self.key = None;
                }
            }
            self.skip(false)?;
            match self.peek()? {
                None | Some('#' | '\r' | '\n') => {}
                Some(c) => {
                    self.next()?;
                    let c = strconv::quote_rune(c);
                    return self.fail_here(format!(
                        "expected a top-level item to end with a newline, comment, or EOF, but got {c} instead"
                    ));
                }
            }
        }
    }

    /// The table of the present context.
    fn table<'r>(&self, root: &'r mut Table) -> Result<&'r mut Table> {
        let mut table = root;
        for part in &self.context {
            table = match table.entries.get_mut(part) {
                Some(Node::Table(table)) => table,
                Some(Node::Tables(tables)) if !tables.is_empty() => {
                    let last = tables.len() - 1;
                    &mut tables[last]
                }
                _ => return self.fail(self.key_line, "no such table"),
            };
        }
        Ok(table)
    }

    /// `[a.b]` or `[[a.b]]`, behind its first bracket.
    fn header(&mut self, root: &mut Table) -> Result<()> {
        let array = self.peek()? == Some('[');
        if array {
            self.next()?;
        }
        let mut key = Vec::new();
        loop {
            self.skip(false)?;
            match self.peek()? {
                Some(']') | None => {
                    return self
                        .fail_here("unexpected end of table name (table names cannot be empty)");
                }
                Some('.') => {
                    return self
                        .fail_here("unexpected table separator (table names cannot be empty)");
                }
                _ => {}
            }
            self.key_line = self.line;
            key.push(self.key_part()?);
            self.skip(false)?;
            match self.next()? {
                Some('.') if key.len() < MAX_KEYS => {}
                Some(']') => break,
                c => {
                    let c = strconv::quote_rune(c.unwrap_or('\0'));
                    let message =
                        format!("expected '.' or ']' to end table name, but got {c} instead");
                    return self.fail_here(message);
                }
            }
        }
        if array && self.peek()? != Some(']') {
            let c = strconv::quote_rune(self.next()?.unwrap_or('\0'));
            let message =
                format!("expected end of table array name delimiter ']', but got {c} instead");
            return self.fail_here(message);
        }
        if array {
            self.next()?;
        }
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = root;
        for (index, part) in parents.iter().enumerate() {
            let new = || Node::Table(Table { implicit: true, ..Table::default() });
            table = match table.entries.entry(part.clone()).or_insert_with(new) {
                Node::Table(table) => table,
                Node::Tables(tables) if !tables.is_empty() => {
                    let last = tables.len() - 1;
                    &mut tables[last]
                }
                _ => {
                    let key = path(parents.get(..=index).unwrap_or_default());
                    let message = format!("Key '{key}' was already created as a hash.");
                    return self.fail(self.key_line, message);
                }
            };
        }
        self.context = parents.to_vec();
        if array {
            match table.entries.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new())) {
                Node::Tables(tables) => tables.push(Table::default()),
                _ => {
                    let key = path(&key);
                    let message =
                        format!("Key '{key}' was already created and cannot be used as an array.");
                    return self.fail(self.key_line, message);
                }
            }
        } else {
            match table.entries.get_mut(last) {
                None => {
                    table.entries.insert(last.clone(), Node::Table(Table::default()));
                }
                Some(Node::Table(table)) if table.implicit => table.implicit = false,
                Some(_) => {
                    let message = format!("Key '{}' has already been defined.", path(&key));
                    return self.fail(self.key_line, message);
                }
            }
        }
        self.context = key;
        Ok(())
    }

    /// One part of a key.
    fn key_part(&mut self) -> Result<String> {
        match self.peek()? {
            Some('"') => {
                self.next()?;
                self.string()
            }
            Some('\'') => {
                self.next()?;
                self.raw_string()
            }
            _ => {
                let start = self.at;
                while let Some(c) = self.peek()? {
                    if !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
                        break;
                    }
                    self.next()?;
                }
                let text = self.text.get(start..self.at).unwrap_or_default();
                Ok(String::from_utf8_lossy(text).into_owned())
            }
        }
    }

    /// `key = value` in a table.
    fn pair(&mut self, table: &mut Table) -> Result<()> {
        self.skip(false)?;
        match self.peek()? {
            Some('=') | None => return self.fail_here("unexpected '=': key name appears blank"),
            Some('.') => return self.fail_here("unexpected '.': keys cannot start with a '.'"),
            Some(_) => {}
        }
        let mut key = Vec::new();
        self.key_line = self.line;
        loop {
            self.skip(false)?;
            if !key.is_empty() {
                match self.peek()? {
                    Some('=') | None => return self.fail_here("unexpected '='"),
                    Some('.') => return self.fail_here("unexpected '.'"),
                    Some(_) => {}
                }
            }
            key.push(self.key_part()?);
            self.skip(false)?;
            match self.next()? {
                Some('.') if key.len() < MAX_KEYS => {}
                Some('=') => break,
                None => return self.fail_here("unexpected EOF; expected key separator '='"),
                Some(c) => {
                    let line = self.line - usize::from(c == '\n');
                    let c = strconv::quote_rune(c);
                    return self.fail(line, format!("expected '.' or '=', but got {c} instead"));
                }
            }
        }
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = table;
        for part in parents {
            let new = || Node::Table(Table { implicit: true, ..Table::default() });
            self.context.push(part.clone());
            let fresh = !table.entries.contains_key(part);
            table = match table.entries.entry(part.clone()).or_insert_with(new) {
                Node::Table(inner) => {
                    // Named a second time, it is a table of its own right.
                    inner.implicit = fresh;
                    inner
                }
                Node::Tables(tables) if !tables.is_empty() => {
                    let last = tables.len() - 1;
                    &mut tables[last]
                }
                _ => {
                    let message =
                        format!("Key '{}' has already been defined.", path(&self.context));
                    return self.fail(self.key_line, message);
                }
            };
        }
        self.key = Some(last.clone());
        let line = self.key_line;
        let value = self.value()?;
        if table.entries.contains_key(last) {
            let mut key = self.context.clone();
            key.push(last.clone());
            let message = format!("Key '{}' has already been defined.", path(&key));
            return self.fail(line, message);
        }
        table.entries.insert(last.clone(), Node::Value(value));
        Ok(())
    }

    fn value(&mut self) -> Result<Value> {
        self.skip(false)?;
        let start = self.at;
        match self.next()? {
            Some('[') => self.nested(Reader::array),
            Some('{') => self.nested(Reader::inline_table),
            Some(quote @ ('"' | '\'')) => {
                let triple = [quote as u8; 2];
                if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(&triple)) {
                    self.at += 2;
                    return Ok(Value::from(self.long_string(quote)?));
                }
                Ok(Value::from(if quote == '"' { self.string()? } else { self.raw_string()? }))
            }
            Some('.') => self.fail_here("floats must start with a digit, not '.'"),
            Some('+' | '-' | '0'..='9') => {
                self.at = start;
                self.number()
            }
            Some('i' | 'n')
                if self.rest_starts(start, b"inf") || self.rest_starts(start, b"nan") =>
            {
                self.at = start + 3;
                Ok(Value::float(if self.rest_starts(start, b"inf") {
                    f64::INFINITY
                } else {
                    f64::NAN
                }))
            }
            Some(c) if c.is_alphabetic() => {
                self.at = start;
                while self.peek()?.is_some_and(char::is_alphabetic) {
                    self.next()?;
                }
                match self.text.get(start..self.at).unwrap_or_default() {
                    b"true" => Ok(Value::Bool(true)),
                    b"false" => Ok(Value::Bool(false)),
                    other => {
                        let word = strconv::quote(other);
                        self.fail_here(format!("expected value but found {word} instead"))
                    }
                }
            }
            None => self.fail_here("unexpected EOF; expected value"),
            Some(c) => {
                let line = self.line - usize::from(c == '\n');
                let c = strconv::quote_rune(c);
                self.fail(line, format!("expected value but found {c} instead"))
            }
        }
    }

    fn rest_starts(&self, at: usize, text: &[u8]) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        if self.depth >= MAX_DEPTH {
            return self.fail(self.line, "values are nested too deeply");
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Result<Value> {
        let mut items = Vec::new();
        loop {
            self.space()?;
            match self.peek()? {
                Some(',') => {
                    self.next()?;
                    return self.fail_here("unexpected comma");
                }
                Some(']') => break,
                _ => items.push(self.value()?),
            }
            self.space()?;
            match self.peek()? {
                Some(',') => drop(self.next()?),
                Some(']') => break,
                c => {
                    self.next()?;
                    let got = found(c);
                    return self.fail_here(format!(
                        "expected a comma (',') or array terminator (']'), but got {got}"
                    ));
                }
            }
        }
        self.next()?;
        Ok(Value::list(items))
    }

    fn inline_table(&mut self) -> Result<Value> {
        let context = self.context.clone();
        let outer = self.key.take();
        self.context.extend(outer.clone());
        let inner = self.context.clone();
        let mut table = Table::default();
        loop {
            self.space()?;
            match self.peek()? {
                Some(',') => {
                    self.next()?;
                    return self.fail_here("unexpected comma");
                }
                Some('}') => break,
                _ => self.pair(&mut table)?,
            }
            self.context.clone_from(&inner);
            self.space()?;
            match self.peek()? {
                Some(',') => drop(self.next()?),
                Some('}') => break,
                c => {
                    self.next()?;
                    let got = found(c);
                    return self.fail_here(format!(
                        "expected a comma or an inline table terminator '}}', but got {got} instead"
                    ));
                }
            }
        }
        self.next()?;
        self.context = context;
        self.key = outer;
        Ok(table.into_value())
    }

    /// Spaces, line breaks and comments inside of brackets.
    fn space(&mut self) -> Result<()> {
        loop {
            self.skip(true)?;
            if self.peek()? != Some('#') {
                return Ok(());
            }
            self.comment()?;
        }
    }
}

fn found(c: Option<char>) -> String {
    c.map_or_else(|| "end of file".to_owned(), |c| format!("'{c}'"))
}
