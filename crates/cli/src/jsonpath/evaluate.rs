//! Selecting by an expression, and printing what was selected.

use std::cmp::Ordering;

use pintle_yaml::{Number, Value};

use super::{End, MAX_SELECTED, Node};

/// A value on the way: one of the data, or one that the expression itself holds.
#[derive(Debug, Clone)]
enum Item<'a> {
    Data(&'a Value),
    Text(&'a str),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// A byte of a string.
    Byte(u8),
    /// Not even null: what a loop over nothing works on.
    Absent,
}

type Items<'a> = Vec<Item<'a>>;

/// What a step selects, and what went wrong; some steps select something nevertheless.
type Selected<'a> = (Items<'a>, Option<String>);

pub(super) fn print(blocks: &[Vec<Node>], data: &Value) -> Result<String, String> {
    let mut run = Run { selected: 0, in_range: 0 };
    let mut found = Vec::new();
    run.blocks(blocks, 0, Item::Data(data), &mut found)?;
    let mut text = String::new();
    for items in found {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            push_item(&mut text, item)?;
        }
    }
    Ok(text)
}

struct Run {
    selected: usize,
    in_range: usize,
}

/// A word that steers.
enum Steer {
    On,
    Range,
    End,
}

impl Run {
    /// Works on the blocks from `at` on; the answer is where `end` stands, if it came to one.
    fn blocks<'a>(
        &mut self,
        blocks: &'a [Vec<Node>],
        mut at: usize,
        data: Item<'a>,
        found: &mut Vec<Items<'a>>,
    ) -> Result<Option<usize>, String> {
        while let Some(block) = blocks.get(at) {
            let (items, steer) = self.block(block, &data)?;
            match steer {
                Steer::On => found.push(items),
                Steer::End => return Ok(Some(at)),
                Steer::Range => {
                    self.in_range += 1;
                    let mut end = None;
                    if items.is_empty() {
                        // Only to find the end; what fails on nothing fails.
                        end = self.blocks(blocks, at + 1, Item::Absent, &mut Vec::new())?;
                    }
                    for item in items {
                        end = self.blocks(blocks, at + 1, item, found)?;
                    }
                    self.in_range -= 1;
                    at = end.unwrap_or(at);
                }
            }
            at += 1;
        }
        Ok(None)
    }

    fn block<'a>(
        &mut self,
        block: &'a [Node],
        data: &Item<'a>,
    ) -> Result<(Items<'a>, Steer), String> {
        let mut items = vec![data.clone()];
        let mut steer = Steer::On;
        for node in block {
            match node {
                Node::Word(word) if word == "range" => steer = Steer::Range,
                Node::Word(word) if word == "end" => {
                    if self.in_range == 0 {
                        return Err("not in range, nothing to end".to_owned());
                    }
                    items.clear();
                    steer = Steer::End;
                }
                node => match self.step(items, node) {
                    (next, None) => items = next,
                    (_, Some(error)) => return Err(error),
                },
            }
        }
        Ok((items, steer))
    }

    fn path<'a>(&mut self, mut items: Items<'a>, path: &'a [Node]) -> Selected<'a> {
        for node in path {
            let (next, error) = self.step(items, node);
            items = next;
            if error.is_some() {
                return (items, error);
            }
        }
        (items, None)
    }

    fn step<'a>(&mut self, items: Items<'a>, node: &'a Node) -> Selected<'a> {
        let (selected, error) = match node {
            // A text stands for itself, whatever was selected.
            Node::Text(text) => (vec![Item::Text(text)], None),
            Node::Int(n) => (items.iter().map(|_| Item::Int(*n)).collect(), None),
            Node::Float(n) => (items.iter().map(|_| Item::Float(*n)).collect(), None),
            Node::Bool(b) => (items.iter().map(|_| Item::Bool(*b)).collect(), None),
            Node::Field(name) => field(&items, name),
            Node::Wildcard => (items.iter().flat_map(children).collect(), None),
            Node::Recursive => {
                let mut below = Vec::new();
                let error = self.below(items, &mut below).err();
                (below, error)
            }
            Node::Slice { start, end, step } => slice(items, *start, *end, *step),
            Node::Union(paths) => {
                let mut union = Vec::new();
                for path in paths {
                    let (selected, error) = self.path(items.clone(), path);
                    if error.is_some() {
                        return (items, error);
                    }
                    union.extend(selected);
                }
                (union, None)
            }
            Node::Filter { left, operator, right } => self.filter(items, left, operator, right),
            Node::Word(word) => (items, Some(format!("unrecognized identifier {word}"))),
        };
        self.selected = self.selected.saturating_add(selected.len());
        if self.selected > MAX_SELECTED {
            return (Vec::new(), Some(too_many()));
        }
        (selected, error)
    }

    /// Everything that holds something, from the top down.
    fn below<'a>(&mut self, items: Items<'a>, found: &mut Items<'a>) -> Result<(), String> {
        for item in items {
            let inside = children(&item);
            if !inside.is_empty() {
                found.push(item);
                if found.len() > MAX_SELECTED {
                    return Err(too_many());
                }
                self.below(inside, found)?;
            }
        }
        Ok(())
    }

    fn filter<'a>(
        &mut self,
        items: Items<'a>,
        left: &'a [Node],
        operator: &str,
        right: &'a [Node],
    ) -> Selected<'a> {
        let mut passed = Vec::new();
        for item in &items {
            let Item::Data(Value::Seq(list)) = item else {
                let error = format!("{} is not array or slice and cannot be filtered", go(item));
                return (items, Some(error));
            };
            for element in list.iter() {
                let one = || vec![Item::Data(element)];
                let (lefts, error) = self.path(one(), left);
                if operator == "exists" {
                    if !lefts.is_empty() {
                        passed.push(Item::Data(element));
                    }
                    continue;
                }
                if error.is_some() {
                    return (items, error);
                }
                let only = |selected: &[Item<'a>]| match selected {
                    [] => Ok(None),
                    [one] => Ok(Some(one.clone())),
                    _ => Err("can only compare one element at a time".to_owned()),
                };
                let left = match only(&lefts) {
                    Ok(Some(left)) => left,
                    Ok(None) => continue,
                    Err(error) => return (items, Some(error)),
                };
                let (rights, error) = self.path(one(), right);
                if error.is_some() {
                    return (items, error);
                }
                let right = match only(&rights) {
                    Ok(Some(right)) => right,
                    Ok(None) => continue,
                    Err(error) => return (items, Some(error)),
                };
                match compare(&left, operator, &right) {
                    Ok(true) => passed.push(Item::Data(element)),
                    Ok(false) => {}
                    Err(error) => return (passed, Some(error)),
                }
            }
        }
        (passed, None)
    }
}

fn too_many() -> String {
    format!("the expression selects more than {MAX_SELECTED} values")
}

fn field<'a>(items: &[Item<'a>], name: &str) -> Selected<'a> {
    if items.is_empty() {
        return (Vec::new(), None);
    }
    let found: Items = items
        .iter()
        .filter_map(|item| match item {
            Item::Data(value) => value.get(name).map(Item::Data),
            _ => None,
        })
        .collect();
    let error = found.is_empty().then(|| format!("{name} is not found"));
    (found, error)
}

fn slice<'a>(items: Items<'a>, start: Option<i64>, end: End, step: Option<i64>) -> Selected<'a> {
    let mut found = Vec::new();
    for item in &items {
        let list = match item {
            Item::Data(Value::Null) => continue,
            Item::Data(Value::Seq(list)) => list,
            item => {
                let error = format!("{} is not array or slice", go(item));
                return (items, Some(error));
            }
        };
        let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let from_end = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
        let from = from_end(start.unwrap_or(0));
        let to = match end {
            End::One => from.saturating_add(1),
            End::Open => length,
            End::At(at) => from_end(at),
        };
        if from == to {
            return (found, None);
        }
        let bounds =
            |at: i64| Some(format!("array index out of bounds: index {at}, length {length}"));
        if from >= length || from < 0 {
            return (items, bounds(from));
        }
        if to > length || to < 0 {
            return (items, bounds(to - 1));
        }
        if from > to {
            let error = format!("starting index {from} is greater than ending index {to}");
            return (items, Some(error));
        }
        let step = match step {
            Some(step) if step <= 0 => return (items, Some("step must be > 0".to_owned())),
            Some(step) => usize::try_from(step).unwrap_or(usize::MAX),
            None => 1,
        };
        let range = usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0);
        let slice = list.get(range).unwrap_or_default();
        found.extend(slice.iter().step_by(step).map(Item::Data));
    }
    (found, None)
}

/// What an item holds, if it can hold anything.
fn children<'a>(item: &Item<'a>) -> Items<'a> {
    match item {
        Item::Data(Value::Map(map)) => map.values().map(Item::Data).collect(),
        Item::Data(Value::Seq(list)) => list.iter().map(Item::Data).collect(),
        Item::Data(Value::String(text)) => text.as_str().bytes().map(Item::Byte).collect(),
        Item::Text(text) => text.bytes().map(Item::Byte).collect(),
        _ => Vec::new(),
    }
}

/// Go's name of an item's type.
fn go(item: &Item) -> &'static str {
    match item {
        Item::Data(Value::Map(_)) => "map[string]interface {}",
        Item::Data(Value::Seq(_)) => "[]interface {}",
        Item::Data(Value::String(_)) | Item::Text(_) => "string",
        Item::Data(Value::Bool(_)) | Item::Bool(_) => "bool",
        Item::Data(Value::Number(_)) | Item::Float(_) => "float64",
        Item::Int(_) => "int",
        Item::Byte(_) => "uint8",
        Item::Data(Value::Null) | Item::Absent => "<nil>",
    }
}

/// What can be compared: only like with like, as in Go.
#[derive(PartialEq, PartialOrd)]
enum Comparable<'a> {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
}

fn comparable<'a>(item: &Item<'a>) -> Result<Comparable<'a>, String> {
    Ok(match item {
        Item::Data(Value::Bool(b)) => Comparable::Bool(*b),
        Item::Bool(b) => Comparable::Bool(*b),
        Item::Data(Value::Number(Number::Float(n))) => Comparable::Float(*n),
        Item::Data(Value::Number(n)) => Comparable::Int(n.as_i64().unwrap_or(i64::MAX)),
        Item::Float(n) => Comparable::Float(*n),
        Item::Int(n) => Comparable::Int(*n),
        Item::Byte(n) => Comparable::Int(i64::from(*n)),
        Item::Data(Value::String(text)) => Comparable::Text(text.as_str()),
        Item::Text(text) => Comparable::Text(text),
        Item::Data(_) | Item::Absent => return Err("invalid type for comparison".to_owned()),
    })
}

fn compare(left: &Item, operator: &str, right: &Item) -> Result<bool, String> {
    let (left, right) = (comparable(left)?, comparable(right)?);
    if std::mem::discriminant(&left) != std::mem::discriminant(&right) {
        return Err("incompatible types for comparison".to_owned());
    }
    let order = || match left {
        Comparable::Bool(_) => Err("invalid type for comparison".to_owned()),
        _ => Ok(left.partial_cmp(&right)),
    };
    let below = || order().map(|order| order == Some(Ordering::Less));
    let up_to = || below().map(|below| below || left == right);
    match operator {
        "==" => Ok(left == right),
        "!=" => Ok(left != right),
        "<" => below(),
        "<=" => up_to(),
        ">" => up_to().map(|up_to| !up_to),
        ">=" => below().map(|below| !below),
        _ => Err(format!("unrecognized filter operator {operator}")),
    }
}

fn push_item(text: &mut String, item: &Item) -> Result<(), String> {
    let float = |n| pintle_strconv::format_f64(n, pintle_strconv::Notation::General, None);
    match item {
        Item::Data(value @ (Value::Map(_) | Value::Seq(_))) => {
            text.push_str(&pintle_yaml::to_json(*value).map_err(|error| error.to_string())?);
        }
        Item::Data(Value::String(string)) => text.push_str(string.as_str()),
        Item::Text(string) => text.push_str(string),
        Item::Data(Value::Bool(b)) => text.push_str(if *b { "true" } else { "false" }),
        Item::Bool(b) => text.push_str(if *b { "true" } else { "false" }),
        Item::Data(Value::Number(Number::Float(n))) => text.push_str(&float(*n)),
        Item::Float(n) => text.push_str(&float(*n)),
        Item::Data(Value::Number(Number::Int(n))) => text.push_str(&n.to_string()),
        Item::Data(Value::Number(Number::Uint(n))) => text.push_str(&n.to_string()),
        Item::Int(n) => text.push_str(&n.to_string()),
        Item::Byte(n) => text.push_str(&n.to_string()),
        Item::Data(Value::Null) | Item::Absent => text.push_str("null"),
    }
    Ok(())
}
