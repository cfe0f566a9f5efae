//! Reading a set line and applying it at once.

use std::sync::Arc;

use pintle_strconv::{atoi, scan_int};
use pintle_yaml::{Map, Value};

use super::{MAX_DEPTH, MAX_GAPS, MAX_INDEX, MAX_NAMES, SetError, SetKind};
use crate::json::Json;
use crate::layers::MAX_FILE;
use crate::{Source, go};

/// Why a line is read no further.
enum Stop {
    /// It is at its end. Helm takes an index without `]` for one as well.
    End,
    Error(SetError),
}

impl From<SetError> for Stop {
    fn from(error: SetError) -> Self {
        Stop::Error(error)
    }
}

/// What stopped the reading of a name or value.
type Found = Option<char>;

pub(super) struct Line<'a> {
    kind: SetKind,
    rest: &'a str,
    source: &'a mut dyn Source,
    /// How many more empty items may be made.
    gaps: usize,
}

impl<'a> Line<'a> {
    pub(super) fn new(kind: SetKind, line: &'a str, source: &'a mut dyn Source) -> Self {
        Line { kind, rest: line, source, gaps: MAX_GAPS }
    }

    pub(super) fn apply(mut self, values: &mut Map) -> Result<(), SetError> {
        loop {
            match self.key(values, 0, MAX_DEPTH) {
                Ok(()) => {}
                Err(Stop::End) => return Ok(()),
                Err(Stop::Error(error)) => return Err(error),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    /// Reads up to one of `stops`, which is taken too; `None` at the end of the line.
    fn until(&mut self, stops: &[char]) -> (String, Found) {
        let mut text = String::new();
        while let Some(c) = self.next() {
            if stops.contains(&c) {
                return (text, Some(c));
            }
            if c == '\\' && self.kind != SetKind::Literal {
                match self.next() {
                    Some(escaped) => text.push(escaped),
                    None => return (text, None),
                }
            } else {
                text.push(c);
            }
        }
        (text, None)
    }

    /// One name with its value, or what is left of a name.
    fn key(&mut self, data: &mut Map, names: usize, depth: usize) -> Result<(), Stop> {
        let depth = depth.checked_sub(1).ok_or(SetError::TooDeep)?;
        let stops: &[char] = match self.kind {
            SetKind::Literal => &['=', '[', '.'],
            _ => &['=', '[', ',', '.'],
        };
        let (key, found) = self.until(stops);
        match found {
            None if key.is_empty() => Err(Stop::End),
            None => Err(SetError::NoValue { key }.into()),
            Some('[') => {
                let index = self.index()?;
                let mut new = Vec::new();
                let list = match data.get_mut(&key) {
                    Some(Value::Seq(items)) => Arc::make_mut(items),
                    Some(other) => return Err(not(other, go::LIST)),
                    None => &mut new,
                };
                let length = list.len();
                let result = self.item(list, index, names, depth);
                if key.is_empty() {
                    // Nothing is set under an empty name, but items that are there can change.
                    list.truncate(length);
                }
                if !data.contains_key(&key) {
                    put(data, key, new.into());
                }
                result
            }
            Some('=') => match self.value() {
                Ok(value) => {
                    put(data, key, value);
                    Ok(())
                }
                Err(Stop::End) => {
                    put(data, key, Value::from(""));
                    Err(Stop::End)
                }
                Err(error) => Err(error),
            },
            Some(',') => Err(SetError::Comma { key }.into()),
            Some(_) => {
                if names == MAX_NAMES {
                    return Err(SetError::TooManyNames.into());
                }
                let mut new = Map::new();
                let inner = match data.get_mut(&key) {
                    Some(Value::Map(map)) => Arc::make_mut(map),
                    Some(other) => return Err(not(other, go::MAP)),
                    None => &mut new,
                };
                let result = self.key(inner, names + 1, depth);
                if result.is_ok() && inner.is_empty() {
                    return Err(SetError::EmptyTable { key }.into());
                }
                if !new.is_empty() {
                    put(data, key, new.into());
                }
                result
            }
        }
    }

    /// The number up to `]`.
    fn index(&mut self) -> Result<i64, Stop> {
        match self.until(&[']']) {
            (text, Some(_)) => Ok(atoi(&text).map_err(SetError::Index)?),
            (_, None) => Err(Stop::End),
        }
    }

    /// What follows an index: a further index, a name or a value.
    fn item(
        &mut self,
        list: &mut Vec<Value>,
        index: i64,
        names: usize,
        depth: usize,
    ) -> Result<(), Stop> {
        let depth = depth.checked_sub(1).ok_or(SetError::TooDeep)?;
        let Ok(at) = usize::try_from(index) else {
            return Err(SetError::NegativeIndex(index).into());
        };
        let (text, found) = self.until(&['[', '.', '=']);
        if !text.is_empty() {
            return Err(SetError::AfterIndex { text }.into());
        }
        match found {
            None => Err(Stop::End),
            Some('=') => {
                let value = match self.value() {
                    Err(Stop::End) => Value::from(""),
                    other => other?,
                };
                self.put_item(list, index, value)
            }
            Some('[') => {
                let next = self.index()?;
                match list.get_mut(at) {
                    Some(Value::Seq(items)) => self.item(Arc::make_mut(items), next, names, depth),
                    None | Some(Value::Null) => {
                        let mut items = Vec::new();
                        self.item(&mut items, next, names, depth)?;
                        self.put_item(list, index, items.into())
                    }
                    Some(other) => Err(not(other, go::LIST)),
                }
            }
            Some(_) => match list.get_mut(at) {
                Some(there) => {
                    // What is no table makes way for one.
                    if !there.is_map() {
                        *there = Value::empty_map();
                    }
                    match there.as_map_mut() {
                        Some(inner) => self.key(inner, names, depth),
                        None => Ok(()),
                    }
                }
                None => {
                    let mut inner = Map::new();
                    self.key(&mut inner, names, depth)?;
                    self.put_item(list, index, inner.into())
                }
            },
        }
    }

    fn put_item(&mut self, list: &mut Vec<Value>, index: i64, value: Value) -> Result<(), Stop> {
        if index > MAX_INDEX {
            return Err(SetError::IndexTooLarge(index).into());
        }
        let at = usize::try_from(index).unwrap_or_default();
        if let Some(there) = list.get_mut(at) {
            *there = value;
            return Ok(());
        }
        self.gaps = self.gaps.checked_sub(at - list.len()).ok_or(SetError::TooManyGaps)?;
        list.resize(at, Value::Null);
        list.push(value);
        Ok(())
    }

    /// The value behind `=`; [`Stop::End`] when there is nothing.
    fn value(&mut self) -> Result<Value, Stop> {
        match self.kind {
            SetKind::Json => self.json_value(),
            SetKind::Literal => Ok(std::mem::take(&mut self.rest).into()),
            _ if self.rest.is_empty() => Err(Stop::End),
            _ if self.rest.starts_with('{') => {
                self.next();
                self.list()
            }
            _ => {
                let (text, _) = self.until(&[',']);
                self.typed(text)
            }
        }
    }

    /// The items up to `}`.
    fn list(&mut self) -> Result<Value, Stop> {
        let mut list = Vec::new();
        loop {
            let (text, found) = self.until(&[',', '}']);
            if found.is_none() {
                return Err(SetError::OpenList.into());
            }
            if found == Some('}') {
                if self.rest.starts_with(',') {
                    self.next();
                }
                list.push(self.typed(text)?);
                return Ok(list.into());
            }
            list.push(self.typed(text)?);
        }
    }

    fn typed(&mut self, text: String) -> Result<Value, Stop> {
        match self.kind {
            SetKind::Value => Ok(typed(text)),
            SetKind::File => {
                let bytes = self.source.read(&text, MAX_FILE).map_err(SetError::Source)?;
                let text = String::from_utf8(bytes)
                    .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
                Ok(text.into())
            }
            _ => Ok(text.into()),
        }
    }

    fn json_value(&mut self) -> Result<Value, Stop> {
        if self.skip_blanks_and_comma() {
            return Ok(Value::Null);
        }
        let (json, end) = Json::read_first(self.rest.as_bytes()).map_err(|_| SetError::Json)?;
        let value = json.to_value().ok_or(SetError::Json)?;
        self.rest = self.rest.get(end..).unwrap_or_default();
        self.skip_blanks_and_comma();
        Ok(value)
    }

    /// Takes blanks and one comma; says whether that, or the end of the line, was all there was.
    fn skip_blanks_and_comma(&mut self) -> bool {
        // Go's unicode.IsSpace is the same set as Rust's.
        self.rest = self.rest.trim_start();
        match self.rest.chars().next() {
            Some(',') => {
                self.next();
                true
            }
            other => other.is_none(),
        }
    }
}

/// Sets a key; one without a name is left out.
fn put(data: &mut Map, key: String, value: Value) {
    if !key.is_empty() {
        data.insert(key, value);
    }
}

fn not(value: &Value, wanted: &'static str) -> Stop {
    SetError::Type { found: go::type_name(value), wanted }.into()
}

/// The value that a text of `--set` stands for.
fn typed(text: String) -> Value {
    if same(&text, "true") {
        Value::Bool(true)
    } else if same(&text, "false") {
        Value::Bool(false)
    } else if same(&text, "null") {
        Value::Null
    } else if text == "0" {
        Value::from(0)
    } else if text.starts_with('0') || text.is_empty() {
        text.into()
    } else {
        scan_int(&text, 10, 64).map_or_else(|_| text.into(), Value::from)
    }
}

/// Go's `strings.EqualFold` with a word of ASCII letters without `k`: of all other characters, only
/// `ſ` is another form of one.
fn same(text: &str, word: &str) -> bool {
    text.chars().map(|c| if c == 'ſ' { 's' } else { c.to_ascii_lowercase() }).eq(word.chars())
}
