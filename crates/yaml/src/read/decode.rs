//! From the nodes of a document to a value: go-yaml's decoder into `interface{}`, and after it the
//! way through JSON that `sigs.k8s.io/yaml` takes.
//!
//! Nothing here recurses: a text of a few bytes can nest deeper than a stack holds.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use pintle_strconv::{Notation, format_f32, format_int};

use super::go_syntax;
use super::resolve::{Scalar, base64, is_binary, is_merge_tag, resolve, resolve_tagged};
use super::tree::{Content, Id, Tree};
use crate::error::{Error, ErrorKind};
use crate::{Map, Number, Str, Value};

/// How deep `encoding/json` nests.
pub(crate) const MAX_JSON_DEPTH: usize = 10_000;

/// How many duplicate keys an error tells of; there may be as many as aliases can make.
const MAX_DUPLICATES: usize = 1000;

/// A key as go-yaml tells keys apart: by type and value.
type TypedKey = (u8, Str);

/// A mapping that is being filled, by its own node and by those that it merges.
#[derive(Default)]
struct Filling {
    entries: Vec<(Str, Value)>,
    /// The keys so far; kept when duplicates matter.
    seen: BTreeSet<TypedKey>,
    /// The first key that JSON cannot have, as Go prints it, with what is wrong.
    unsupported: Option<(String, Error)>,
    depth: usize,
}

enum Frame {
    Seq {
        first: usize,
        len: usize,
        next: usize,
        items: Vec<Value>,
        depth: usize,
        id: Id,
        began: usize,
    },
    Map {
        first: usize,
        len: usize,
        next: usize,
        /// The key of the value that comes, and what it looks like in Go.
        key: Option<Key>,
        /// Whether the node is a mapping of its own, and not one that is merged into another.
        own: bool,
        id: Id,
        began: usize,
    },
    /// The mappings of `<<: [a, b]`, last one first.
    Merge { first: usize, left: usize },
    /// What an alias names; the id is the alias'.
    Alias { id: Id },
    /// A collection where a key should be, which is an error once it is read.
    BadKey { id: Id },
}

struct Key {
    text: Str,
    typed: Option<TypedKey>,
    /// Go's text for the key and why it is none for JSON.
    unsupported: Option<(&'static str, String)>,
}

/// What is known of a collection that aliases may name.
struct Known {
    value: Value,
    depth: usize,
    /// How many steps go-yaml takes for it.
    steps: usize,
}

pub(super) struct Decoder<'t> {
    tree: &'t Tree,
    strict: bool,
    integers: bool,
    frames: Vec<Frame>,
    filling: Vec<Filling>,
    known: HashMap<Id, Known>,
    active: HashSet<Id>,
    steps: usize,
    alias_steps: usize,
    alias_depth: usize,
    duplicates: Vec<String>,
    first_duplicate: Option<Id>,
    duplicate_count: usize,
    /// The first key that JSON cannot have.
    unsupported: Option<Error>,
    non_finite: bool,
    /// Whether the value nests deeper than JSON may.
    too_deep: bool,
    /// How many collections are open, and which kind the first one beyond the limit is.
    open: usize,
    beyond: Option<char>,
}

/// What a step gives.
enum Done {
    /// A value with its depth.
    Value(Value, usize),
    /// A frame was pushed, or a merge is over.
    Nothing,
}

impl<'t> Decoder<'t> {
    pub(super) fn new(tree: &'t Tree, strict: bool, integers: bool) -> Self {
        Decoder {
            tree,
            strict,
            integers,
            frames: Vec::new(),
            filling: Vec::new(),
            known: HashMap::new(),
            active: HashSet::new(),
            steps: 0,
            alias_steps: 0,
            alias_depth: 0,
            duplicates: Vec::new(),
            first_duplicate: None,
            duplicate_count: 0,
            unsupported: None,
            non_finite: false,
            too_deep: false,
            open: 0,
            beyond: None,
        }
    }

    pub(super) fn run(mut self) -> Result<Value, Error> {
        let Some(root) = self.tree.root() else { return Ok(Value::Null) };
        // The document is a step too.
        self.step(1)?;
        let mut done = self.enter(root, false)?;
        loop {
            if let Done::Value(value, depth) = done {
                match self.deliver(value, depth)? {
                    None => {}
                    Some(value) => return self.finish(value),
                }
            }
            done = self.advance()?;
        }
    }

    /// Counts `n` of go-yaml's steps.
    fn step(&mut self, n: usize) -> Result<(), Error> {
        self.steps += n;
        if self.alias_depth > 0 {
            self.alias_steps += n;
        }
        if self.alias_steps > 100
            && self.steps > 1000
            && self.alias_steps as f64 / self.steps as f64 > allowed_alias_ratio(self.steps)
        {
            let message = "document contains excessive aliasing";
            return Err(Error::yaml(ErrorKind::Aliasing, message));
        }
        Ok(())
    }

    /// Begins to decode a node: as a value, or, for `merge`, into the mapping that is filled.
    fn enter(&mut self, id: Id, merge: bool) -> Result<Done, Error> {
        self.step(1)?;
        let node = self.tree.node(id);
        Ok(match node.content {
            Content::Scalar { .. } => Done::Value(self.value(id)?, 0),
            Content::Alias { target, ref name } => {
                if !self.active.insert(id) {
                    let message = format!("anchor '{name}' value contains itself");
                    return Err(self.error_at(ErrorKind::SelfReference, message, id));
                }
                self.alias_depth += 1;
                if !merge && let Some(known) = self.known.get(&target) {
                    let (value, depth) = (known.value.clone(), known.depth);
                    // The share of steps that aliases cause only grows within one, so that it is
                    // enough to look at its end.
                    self.step(known.steps)?;
                    self.alias_depth -= 1;
                    self.active.remove(&id);
                    return Ok(Done::Value(value, depth));
                }
                self.frames.push(Frame::Alias { id });
                return self.enter(target, merge);
            }
            Content::Seq { first, len } => {
                self.open('[');
                self.frames.push(Frame::Seq {
                    first,
                    len,
                    next: 0,
                    items: Vec::with_capacity(len),
                    depth: 0,
                    id,
                    began: self.steps,
                });
                Done::Nothing
            }
            Content::Map { first, len } => {
                if !merge {
                    self.open('{');
                    let entries = Vec::with_capacity(len / 2);
                    self.filling.push(Filling { entries, ..Filling::default() });
                }
                self.frames.push(Frame::Map {
                    first,
                    len,
                    next: 0,
                    key: None,
                    own: !merge,
                    id,
                    began: self.steps,
                });
                Done::Nothing
            }
        })
    }

    /// Goes on with the innermost collection.
    fn advance(&mut self) -> Result<Done, Error> {
        let tree = self.tree;
        match self.frames.last_mut() {
            None => Ok(Done::Nothing),
            Some(Frame::Seq { first, len, next, items, depth, id, began }) => {
                if next < len {
                    let child = tree.children(*first, *len)[*next];
                    *next += 1;
                    return self.enter(child, false);
                }
                let value = Value::Seq(Arc::new(std::mem::take(items)));
                let (depth, id, began) = (*depth, *id, *began);
                self.frames.pop();
                Ok(self.close(value, depth, id, began))
            }
            Some(Frame::Map { first, len, next, key, own, id, began }) => {
                if next >= len {
                    let (own, id, began) = (*own, *id, *began);
                    self.frames.pop();
                    if !own {
                        return Ok(Done::Nothing);
                    }
                    let Filling { entries, depth, unsupported, .. } =
                        self.filling.pop().unwrap_or_default();
                    if self.unsupported.is_none() {
                        self.unsupported = unsupported.map(|(_, error)| error);
                    }
                    let value = Value::Map(Arc::new(Map::from_entries(entries)));
                    return Ok(self.close(value, depth, id, began));
                }
                let children = tree.children(*first, *len);
                let (key_id, value_id) = (children[*next], children[*next + 1]);
                if key.is_some() {
                    *next += 2;
                    return self.enter(value_id, false);
                }
                if is_merge(tree, key_id) {
                    *next += 2;
                    return self.merge(value_id);
                }
                self.key(key_id)
            }
            Some(Frame::Merge { first, left }) => {
                if *left == 0 {
                    self.frames.pop();
                    return Ok(Done::Nothing);
                }
                *left -= 1;
                let id = tree.children(*first, *left + 1)[*left];
                if !merges(tree, id) {
                    return Err(self.not_a_map(id));
                }
                self.enter(id, true)
            }
            // A mapping that was merged through an alias is over.
            Some(Frame::Alias { id }) => {
                let id = *id;
                self.leave(id);
                Ok(Done::Nothing)
            }
            Some(Frame::BadKey { .. }) => Ok(Done::Nothing),
        }
    }

    fn open(&mut self, bracket: char) {
        self.open += 1;
        if self.open > MAX_JSON_DEPTH {
            self.beyond.get_or_insert(bracket);
        }
    }

    fn leave(&mut self, alias: Id) {
        self.frames.pop();
        self.active.remove(&alias);
        self.alias_depth -= 1;
    }

    /// Ends a collection.
    fn close(&mut self, value: Value, depth: usize, id: Id, began: usize) -> Done {
        self.open -= 1;
        let depth = depth + 1;
        if depth > MAX_JSON_DEPTH {
            // An error in the end; until then nothing may grow so deep that dropping it overflows.
            self.too_deep = true;
            dismantle(value);
            return Done::Value(Value::Null, 0);
        }
        // A strict reader tells of duplicates once for each time that they are read.
        if self.tree.node(id).anchored && self.duplicate_count == 0 {
            let steps = self.steps - began + 1;
            self.known.insert(id, Known { value: value.clone(), depth, steps });
        }
        Done::Value(value, depth)
    }

    /// Decodes a key; a collection or an alias pushes a frame first.
    fn key(&mut self, id: Id) -> Result<Done, Error> {
        let mut target = id;
        loop {
            match self.tree.node(target).content {
                Content::Alias { target: next, .. } => target = next,
                Content::Scalar { .. } => break,
                _ => {
                    self.frames.push(Frame::BadKey { id: target });
                    return self.enter(id, false);
                }
            }
        }
        self.step(1)?;
        if target != id {
            self.alias_depth += 1;
            self.step(1)?;
            self.alias_depth -= 1;
        }
        let scalar = self.scalar(target)?;
        let key = make_key(scalar, self.strict);
        if let Some(Frame::Map { key: slot, .. }) = self.frames.last_mut() {
            *slot = Some(key);
        }
        Ok(Done::Nothing)
    }

    fn merge(&mut self, id: Id) -> Result<Done, Error> {
        match self.tree.node(id).content {
            Content::Seq { first, len } => {
                self.frames.push(Frame::Merge { first, left: len });
                Ok(Done::Nothing)
            }
            _ if merges(self.tree, id) => self.enter(id, true),
            _ => Err(self.not_a_map(id)),
        }
    }

    fn not_a_map(&self, id: Id) -> Error {
        let message = "map merge requires map or sequence of maps as the value";
        self.error_at(ErrorKind::Merge, message, id)
    }

    fn error_at(&self, kind: ErrorKind, message: impl Into<String>, id: Id) -> Error {
        Error::yaml(kind, message).spanning(Some(self.tree.node(id).span))
    }

    /// Hands a value to what waits for it; returns it when nothing does.
    fn deliver(&mut self, value: Value, value_depth: usize) -> Result<Option<Value>, Error> {
        loop {
            match self.frames.last_mut() {
                None => return Ok(Some(value)),
                Some(Frame::Alias { id }) => {
                    let id = *id;
                    self.leave(id);
                }
                Some(Frame::Seq { items, depth, .. }) => {
                    items.push(value);
                    *depth = value_depth.max(*depth);
                    return Ok(None);
                }
                Some(Frame::BadKey { id }) => {
                    let id = *id;
                    let key = go_syntax::print(self.tree, id);
                    let message = format!("invalid map key: {key}");
                    return Err(self.error_at(ErrorKind::Key, message, id));
                }
                Some(Frame::Map { first, len, next, key, .. }) => {
                    let Some(key) = key.take() else { return Ok(None) };
                    let value_id = self.tree.children(*first, *len)[*next - 1];
                    let key_id = self.tree.children(*first, *len)[*next - 2];
                    self.set(key, value, value_depth, key_id, value_id);
                    return Ok(None);
                }
                // Merges take mappings only.
                Some(Frame::Merge { .. }) => return Ok(None),
            }
        }
    }

    fn set(&mut self, key: Key, value: Value, depth: usize, key_id: Id, value_id: Id) {
        let Some(filling) = self.filling.last_mut() else { return };
        if let Some(typed) = key.typed
            && !filling.seen.insert(typed)
        {
            self.duplicate_count += 1;
            self.first_duplicate.get_or_insert(key_id);
            if self.duplicates.len() < MAX_DUPLICATES {
                let line = self.tree.node(value_id).line;
                let key = go_syntax::print(self.tree, key_id);
                self.duplicates.push(format!("line {line}: key {key} already set in map"));
            }
            return;
        }
        if let Some((type_name, text)) = key.unsupported
            // Of equal keys the last one's value is told.
            && filling.unsupported.as_ref().is_none_or(|(first, _)| *first == text)
        {
            let value = go_syntax::print(self.tree, value_id);
            let message =
                format!("unsupported map key of type: {type_name}, key: {text}, value: {value}");
            let span = self.tree.node(key_id).span;
            let error = Error::convert(ErrorKind::Key, message).spanning(Some(span));
            filling.unsupported = Some((text, error));
        }
        filling.depth = filling.depth.max(depth);
        filling.entries.push((key.text, value));
    }

    fn scalar(&self, id: Id) -> Result<Resolved<'t>, Error> {
        let Content::Scalar { value, tag, implicit } = &self.tree.node(id).content else {
            return Ok(Resolved::Scalar(Scalar::Null));
        };
        let scalar = match tag.as_deref() {
            None if *implicit => resolve(value),
            None => Scalar::Str(value),
            Some(tag) if is_binary(tag) => {
                let Some(bytes) = base64(value) else {
                    let message = "!!binary value contains invalid base64 data";
                    return Err(self.error_at(ErrorKind::Tag, message, id));
                };
                return Ok(Resolved::Binary(bytes));
            }
            Some(tag) => resolve_tagged(tag, value)
                .map_err(|message| self.error_at(ErrorKind::Tag, message, id))?,
        };
        Ok(Resolved::Scalar(scalar))
    }

    fn value(&mut self, id: Id) -> Result<Value, Error> {
        Ok(match self.scalar(id)? {
            Resolved::Binary(bytes) => Value::String(lossy(&bytes)),
            Resolved::Scalar(scalar) => {
                if let Scalar::Float(n) = scalar
                    && !n.is_finite()
                {
                    self.non_finite = true;
                }
                to_value(scalar, self.integers)
            }
        })
    }

    fn finish(self, value: Value) -> Result<Value, Error> {
        if let Some(id) = self.first_duplicate {
            let mut message = String::from("unmarshal errors:");
            for duplicate in &self.duplicates {
                message.push_str("\n  ");
                message.push_str(duplicate);
            }
            return Err(self.error_at(ErrorKind::DuplicateKey, message, id));
        }
        if let Some(error) = self.unsupported {
            return Err(error);
        }
        if self.non_finite
            && let Some(number) = first_non_finite(&value)
        {
            let text = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            let message = format!("json: unsupported value: {text}");
            return Err(Error::convert(ErrorKind::Number, message));
        }
        if self.too_deep {
            let bracket = self.beyond.unwrap_or('[');
            let message = format!("invalid character '{bracket}' exceeded max depth");
            return Err(Error::decode(ErrorKind::Depth, message));
        }
        Ok(value)
    }
}

pub(super) enum Resolved<'t> {
    Scalar(Scalar<'t>),
    Binary(Vec<u8>),
}

/// Bytes as `encoding/json` writes them: a replacement character for each that is not UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> Str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len() + 16);
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
            }
            text.into()
        }
    }
}

/// A scalar behind the JSON step.
#[inline]
pub(crate) fn to_value(scalar: Scalar<'_>, integers: bool) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Int(n) if integers => Value::Number(Number::Int(n)),
        Scalar::Uint(n) if integers => Value::Number(Number::Uint(n)),
        Scalar::Int(n) => Value::Number(Number::Float(n as f64)),
        Scalar::Uint(n) => Value::Number(Number::Float(n as f64)),
        Scalar::Float(n) => Value::Number(Number::Float(n)),
        Scalar::Str(text) | Scalar::Timestamp(text) => Value::String(text.into()),
    }
}

/// A key's text when it is not a string, as `sigs.k8s.io/yaml` writes it; nothing when JSON cannot
/// have it.
pub(crate) fn key_text(scalar: Scalar<'_>) -> Option<Str> {
    Some(match scalar {
        Scalar::Null | Scalar::Uint(_) => return None,
        Scalar::Bool(true) => Str::new_static("true"),
        Scalar::Bool(false) => Str::new_static("false"),
        Scalar::Int(n) => format_int(n).into(),
        Scalar::Float(n) => float_text(n),
        Scalar::Str(text) | Scalar::Timestamp(text) => text.into(),
    })
}

/// The text of the key at a node; nothing when JSON cannot have it.
pub(crate) fn key_of(tree: &Tree, mut id: Id) -> Option<Str> {
    loop {
        match &tree.node(id).content {
            Content::Alias { target, .. } => id = *target,
            Content::Scalar { value, tag: None, implicit: true } => {
                return key_text(resolve(value));
            }
            Content::Scalar { value, tag: Some(tag), .. } if is_binary(tag) => {
                return Some(lossy(&base64(value)?));
            }
            Content::Scalar { value, tag: Some(tag), .. } => {
                return key_text(resolve_tagged(tag, value).ok()?);
            }
            Content::Scalar { value, .. } => return Some(value.as_ref().into()),
            _ => return None,
        }
    }
}

fn float_text(n: f64) -> Str {
    let narrow = n as f32;
    if narrow.is_nan() {
        Str::new_static(".nan")
    } else if narrow.is_infinite() {
        Str::new_static(if narrow > 0.0 { ".inf" } else { "-.inf" })
    } else {
        format_f32(narrow, Notation::General, None).into()
    }
}

fn make_key(scalar: Resolved<'_>, typed: bool) -> Key {
    let (rank, text, unsupported) = match scalar {
        Resolved::Binary(bytes) => (0, lossy(&bytes), None),
        Resolved::Scalar(Scalar::Null) => {
            (5, Str::EMPTY, Some(("%!s(<nil>)", String::from("<nil>"))))
        }
        Resolved::Scalar(Scalar::Uint(n)) => {
            (1, format!("{n}").into(), Some(("uint64", format!("0x{n:x}"))))
        }
        Resolved::Scalar(scalar) => {
            let rank = match scalar {
                Scalar::Int(_) => 2,
                Scalar::Float(_) => 3,
                Scalar::Bool(_) => 4,
                _ => 0,
            };
            (rank, key_text(scalar).unwrap_or_default(), None)
        }
    };
    // No two keys that are not a number are the same to Go.
    let typed = (typed && text != ".nan").then(|| (rank, text.clone()));
    Key { text, typed, unsupported }
}

/// Whether a key merges.
pub(crate) fn is_merge(tree: &Tree, id: Id) -> bool {
    match &tree.node(id).content {
        Content::Scalar { value, tag, implicit } => {
            &**value == "<<" && (*implicit || tag.as_deref().is_some_and(is_merge_tag))
        }
        _ => false,
    }
}

/// Whether the node is a mapping or an alias of one.
fn merges(tree: &Tree, id: Id) -> bool {
    match tree.node(id).content {
        Content::Map { .. } => true,
        Content::Alias { target, .. } => {
            matches!(tree.node(target).content, Content::Map { .. })
        }
        _ => false,
    }
}

/// Which share of the steps aliases may cause: nearly all in small documents, a tenth in large ones.
fn allowed_alias_ratio(steps: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    if steps <= LOW {
        0.99
    } else if steps >= HIGH {
        0.10
    } else {
        0.99 - 0.89 * ((steps - LOW) as f64 / (HIGH - LOW) as f64)
    }
}

/// Drops a value without a call for each level.
fn dismantle(value: Value) {
    let mut stack = vec![value];
    while let Some(value) = stack.pop() {
        match value {
            Value::Seq(items) => stack.extend(Arc::try_unwrap(items).into_iter().flatten()),
            Value::Map(map) => {
                let map = Arc::try_unwrap(map).unwrap_or_default();
                stack.extend(map.into_iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
}

/// The first number that JSON cannot write, in the order in which `encoding/json` writes.
fn first_non_finite(value: &Value) -> Option<f64> {
    let mut stack = vec![value];
    while let Some(value) = stack.pop() {
        match value {
            Value::Number(Number::Float(n)) if !n.is_finite() => return Some(*n),
            Value::Seq(items) => stack.extend(items.iter().rev()),
            Value::Map(map) => stack.extend(map.values().rev()),
            _ => {}
        }
    }
    None
}
