//! Errors: where, in Go's words, and with what.

use pintle_strconv as strconv;
use pintle_yaml::{Location, Span, Str, suggest};

use crate::error::{Details, Error, ErrorKind, Frame, Involved};
use crate::syntax::ast::{Operand, OperandKind, Pipeline, Place, VarId};
use crate::{Failure, Map, Value, fmt, syntax};

use super::state::{Dot, State};

/// How many calls an error lists; in a longer chain the middle is left out.
const MAX_FRAMES: usize = 100;

/// How many values an error lists.
const MAX_INVOLVED: usize = 6;

/// How long the text of a value or an action may be there.
const MAX_SHOWN: usize = 120;

/// An error outside of any template.
pub(super) fn plain(kind: ErrorKind, message: String, suggestion: Option<String>) -> Error {
    Error::from_details(Details {
        kind,
        line: message.clone(),
        before: Vec::new(),
        looked: true,
        raised: None,
        message,
        template: String::new(),
        file: String::new(),
        span: Span { start: 0, end: 0 },
        location: Location { line: 1, column: 1 },
        source_line: String::new(),
        frames: Vec::new(),
        involved: Vec::new(),
        suggestion,
        notes: Vec::new(),
    })
}

/// Brings an error into the form in which it is given out.
pub(super) fn finish(error: &mut Error) {
    // They were collected from the inside to the outside.
    error.details_mut().frames.reverse();
}

impl State<'_> {
    /// The text of a place, as Go prints the node there.
    pub(super) fn text_of(&self, place: Place) -> String {
        normalise(self.slice(place))
    }

    fn slice(&self, place: Place) -> &[u8] {
        let base = self.running.base as usize;
        let text = &self.running.template.source.text;
        let range = base + place.start as usize..base + place.end as usize;
        text.get(range).unwrap_or_default()
    }

    /// An error at what was evaluated last.
    #[cold]
    pub(super) fn error(&self, message: String) -> Error {
        let before = self.before();
        let mut details = self.here(ErrorKind::Exec, message);
        details.line.insert_str(0, &before);
        Error::from_details(details)
    }

    /// A limit that was reached.
    #[cold]
    pub(super) fn limit_error(&self, message: String) -> Error {
        let before = self.before();
        let mut details = self.here(ErrorKind::Limit, message);
        details.line.insert_str(0, &before);
        details.looked = true;
        Error::from_details(details)
    }

    /// What Go puts before a message: `template: NAME:LINE:COLUMN: executing "NAME" at <NODE>: `.
    fn before(&self) -> String {
        let template = &self.running.template;
        let start = self.running.base as usize + self.running.at.start as usize;
        let slice = self.slice(self.running.at);
        let at = start + position(slice);
        let head = template.source.text.get(..at).unwrap_or_default();
        let line_start = memchr::memrchr(b'\n', head).map_or(0, |newline| newline + 1);
        let line = 1 + memchr::memchr_iter(b'\n', head).count();
        let column = at - line_start;
        let name = strconv::quote(template.name.as_str());
        let node = node_text(slice);
        let file = &template.source.name;
        format!("template: {file}:{line}:{column}: executing {name} at <{node}>: ")
    }

    fn here(&self, kind: ErrorKind, message: String) -> Details {
        let template = &self.running.template;
        let text = &template.source.text;
        let base = self.running.base as usize;
        let start = base + self.running.at.start as usize;
        let end = base + self.running.at.end as usize;
        Details {
            kind,
            line: message.clone(),
            before: Vec::new(),
            looked: false,
            raised: None,
            message,
            template: template.name.to_string(),
            file: template.source.name.to_string(),
            span: Span { start, end },
            location: Location::of(text, start),
            source_line: syntax::source_line(text, start),
            frames: Vec::new(),
            involved: Vec::new(),
            suggestion: None,
            notes: Vec::new(),
        }
    }

    /// A function's failure, at the command that called it.
    #[cold]
    pub(super) fn failed(&self, name: &str, failure: Failure) -> Error {
        let limit = failure.is_limit();
        match failure.into_template() {
            Ok(mut error) => {
                if !limit {
                    let before = format!("{}error calling {name}: ", self.before());
                    error.details_mut().before.push(before);
                }
                self.called(error)
            }
            Err(failure) => {
                let kind = if limit { ErrorKind::Limit } else { ErrorKind::Exec };
                let mut details = self.here(kind, failure.to_string());
                details.before.push(format!("{}error calling {name}: ", self.before()));
                details.raised = failure.is_raised().then(|| details.message.clone());
                details.suggestion = failure.suggestion().map(str::to_owned);
                Error::from_details(details)
            }
        }
    }

    /// Adds the running template to the chain of calls of an error of a template that it called.
    #[cold]
    pub(super) fn called(&self, mut error: Error) -> Error {
        let template = &self.running.template;
        let start = self.running.base as usize + self.running.at.start as usize;
        let details = error.details_mut();
        if details.frames.len() >= MAX_FRAMES {
            details.frames.remove(MAX_FRAMES / 2);
        }
        details.frames.push(Frame {
            template: template.name.to_string(),
            file: template.source.name.to_string(),
            location: Location::of(&template.source.text, start),
            action: shorten(node_text(self.slice(self.running.at))),
        });
        error
    }

    pub(super) fn cannot_range(&self, value: &Value) -> Error {
        let mut text = Vec::new();
        fmt::append_v(&mut text, value);
        let text = String::from_utf8_lossy(&text);
        self.error(format!("range can't iterate over {text}"))
    }

    pub(super) fn no_such_template(&self, name: &str) -> Error {
        let suggestion = suggest(self.names(), name).map(str::to_owned);
        let mut error = self.error(format!("template {} not defined", strconv::quote(name)));
        error.details_mut().suggestion = suggestion;
        error
    }

    /// Adds the values that the failing pipeline names.
    #[cold]
    pub(super) fn involve(&self, mut error: Error, dot: Dot<'_>, pipeline: &Pipeline) -> Error {
        if !std::mem::replace(&mut error.details_mut().looked, true) {
            let mut found = Vec::new();
            operands(pipeline, &mut found);
            for operand in found {
                let (involved, suggestion) = self.look(dot, operand);
                let details = error.details_mut();
                if details.suggestion.is_none() {
                    details.suggestion = suggestion;
                }
                let known = details.involved.iter().any(|other| other.name == involved.name);
                if !known && details.involved.len() < MAX_INVOLVED {
                    details.involved.push(involved);
                }
            }
        }
        error
    }

    /// The value of a chain of fields now, and the key that may be meant where one is not there.
    fn look(&self, dot: Dot<'_>, operand: &Operand) -> (Involved, Option<String>) {
        let none: &[Str] = &[];
        let (start, fields) = match &operand.kind {
            OperandKind::Field(fields) => (dot.value.clone(), fields.as_slice()),
            OperandKind::Variable(name, fields) => (self.variable(*name).0, fields.as_slice()),
            _ => (Value::Absent, none),
        };
        let mut path = self.path_of(&start, &operand.kind);
        let mut suggestion = None;
        let mut value = Some(start);
        for field in fields {
            let holder = value.take();
            match &holder {
                Some(Value::Map(map)) => {
                    value = map.get(field);
                    if value.is_none() && suggestion.is_none() {
                        let keys = map.keys();
                        suggestion =
                            suggest(keys.iter().map(Str::as_str), field).map(str::to_owned);
                    }
                }
                Some(Value::Object(object)) => value = object.field(field),
                _ => {}
            }
            if let Some(path) = &mut path {
                path.push(field.to_string());
            }
        }
        let value = value.unwrap_or_default();
        let involved = Involved {
            name: self.text_of(operand.place),
            path: path.unwrap_or_default(),
            value: show(&value),
            type_name: value.type_name().to_owned(),
        };
        (involved, suggestion)
    }

    /// The keys that lead from the data's root to a map in it.
    fn path_of(&self, value: &Value, kind: &OperandKind) -> Option<Vec<String>> {
        let (Value::Map(root), Value::Map(map)) = (&self.root, value) else { return None };
        if let OperandKind::Variable(VarId::ROOT, _) | OperandKind::Field(_) = kind
            && root.same(map)
        {
            return Some(Vec::new());
        }
        let mut path = Vec::new();
        let mut left = 20_000;
        find_map(root, map, &mut path, &mut left).then_some(path)
    }
}

/// Looks for a map in another and notes the keys on the way.
fn find_map(root: &Map, wanted: &Map, path: &mut Vec<String>, left: &mut u32) -> bool {
    if root.same(wanted) {
        return true;
    }
    // What nobody has looked into cannot be what somebody holds.
    if root.untouched().is_some() || path.len() > 20 {
        return false;
    }
    for (key, value) in root.snapshot().iter() {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        if let Value::Map(map) = value {
            path.push(key.to_string());
            if find_map(map, wanted, path, left) {
                return true;
            }
            path.pop();
        }
    }
    false
}

/// The chains of fields and variables of a pipeline.
fn operands<'p>(pipeline: &'p Pipeline, found: &mut Vec<&'p Operand>) {
    for operand in pipeline.commands.iter().flat_map(|command| &command.operands) {
        match &operand.kind {
            OperandKind::Field(_) | OperandKind::Variable(..) => found.push(operand),
            OperandKind::Pipeline(inner) => operands(inner, found),
            OperandKind::Chain(inner, _) => {
                if let OperandKind::Pipeline(inner) = &inner.kind {
                    operands(inner, found);
                }
            }
            _ => {}
        }
        if found.len() > 4 * MAX_INVOLVED {
            return;
        }
    }
}

/// A value in a few words.
fn show(value: &Value) -> String {
    match value {
        Value::Map(map) => format!("a map of {} keys", map.len()),
        Value::List(list) => format!("a list of {} items", list.len()),
        Value::String(text) => shorten(strconv::quote(text.as_bytes())),
        Value::Absent | Value::Nil => "nil".to_owned(),
        Value::Object(object) => object
            .text()
            .map_or_else(String::new, |text| shorten(String::from_utf8_lossy(&text).into_owned())),
        Value::Bool(_) | Value::Number(_) => {
            let mut text = Vec::new();
            fmt::append_v(&mut text, value);
            String::from_utf8_lossy(&text).into_owned()
        }
    }
}

fn shorten(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(at);
        text.push('…');
    }
    text
}

/// Where in a node's text Go says that the node is.
///
/// Of `.a.b` and `$x.a.b` it is the last but all fields after the first; of `(x).a` the dot.
fn position(text: &[u8]) -> usize {
    match text.first() {
        Some(b'.') => {
            let chain = text.iter().position(|byte| !is_chain(*byte)).unwrap_or(text.len());
            let second = text.get(1..chain).and_then(|rest| memchr::memchr(b'.', rest));
            second.map_or(0, |at| at + 1)
        }
        Some(b'$') => {
            let chain = text.iter().position(|byte| !is_chain(*byte)).unwrap_or(text.len());
            memchr::memchr(b'.', text.get(..chain).unwrap_or_default()).unwrap_or(0)
        }
        Some(b'(') => match closing(text) {
            Some(end) if text.get(end + 1) == Some(&b'.') => end + 1,
            _ => 0,
        },
        _ => template_name(text).map_or(0, |(start, _)| start),
    }
}

fn is_chain(byte: u8) -> bool {
    byte == b'.' || byte == b'$' || byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Where the parenthesis at the start is closed.
fn closing(text: &[u8]) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' | b'`' | b'\'' => at += literal(text.get(at..).unwrap_or_default()) - 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The length of the quoted constant at the start of `text`.
fn literal(text: &[u8]) -> usize {
    let quote = text.first().copied().unwrap_or_default();
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        at += 1;
        if *byte == quote {
            break;
        }
        if *byte == b'\\' && quote != b'`' {
            at += 1;
        }
    }
    at.min(text.len()).max(1)
}

/// The name in `template "name" …` and `block "name" …`, by its range.
fn template_name(text: &[u8]) -> Option<(usize, usize)> {
    let word = [&b"template"[..], b"block"].into_iter().find(|word| text.starts_with(word))?;
    let space = text.get(word.len()..)?.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let start = word.len() + space;
    let name = text.get(start..)?;
    matches!(name.first(), Some(b'"' | b'`')).then(|| (start, start + literal(name)))
}

/// The text of a node as Go prints it.
fn node_text(text: &[u8]) -> String {
    match template_name(text) {
        Some((start, end)) => {
            let name = text.get(start..end).unwrap_or_default();
            let name = match name.first() {
                Some(b'`') => strconv::quote(name.get(1..name.len() - 1).unwrap_or_default()),
                _ => String::from_utf8_lossy(name).into_owned(),
            };
            let pipeline = normalise(text.get(end..).unwrap_or_default());
            let space = if pipeline.is_empty() { "" } else { " " };
            format!("{{{{template {name}{space}{pipeline}}}}}")
        }
        None => normalise(text),
    }
}

/// The text of a pipeline with single spaces, as Go prints it.
fn normalise(text: &[u8]) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut at = 0;
    let mut space = false;
    while let Some(&byte) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        let token = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                space = true;
                at += 1;
                continue;
            }
            b'"' | b'`' | b'\'' => rest.get(..literal(rest)).unwrap_or(rest),
            b':' if rest.starts_with(b":=") => b":=",
            _ => rest.get(..1).unwrap_or(rest),
        };
        let spaced = matches!(token, b"|" | b":=" | b"=");
        let closes = matches!(token, b")" | b",");
        let opened = out.last().is_none_or(|last| *last == b'(');
        if (space || spaced) && !closes && !opened && out.last() != Some(&b' ') {
            out.push(b' ');
        }
        out.extend_from_slice(token);
        space = spaced || token == b",";
        at += token.len();
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_print_as_in_go() {
        let cases = [
            (".a.b", 2, ".a.b"),
            (".a", 0, ".a"),
            ("$x.a", 2, "$x.a"),
            ("(f  .x|g).b", 9, "(f .x | g).b"),
            ("include   \"a b\"\n  .", 0, "include \"a b\" ."),
            ("template \"x\"   .y", 9, "{{template \"x\" .y}}"),
            ("$i,$x:=.a", 0, "$i, $x := .a"),
        ];
        for (text, place, wanted) in cases {
            assert_eq!(position(text.as_bytes()), place, "{text}");
            assert_eq!(node_text(text.as_bytes()), wanted, "{text}");
        }
    }
}
