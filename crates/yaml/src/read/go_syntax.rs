//! A node as Go's `%#v` prints what go-yaml makes of it, for error messages that hold it.

use std::fmt::Write as _;

use pintle_strconv::{Notation, append_f64, append_quote};

use super::resolve::{Scalar, base64, is_binary, resolve, resolve_tagged};
use super::tree::{Content, Id, Tree};

/// How much is printed. Go prints all of it, which aliases can make very much.
const LIMIT: usize = 64 << 10;

/// How deep it is printed; deeper than this Go's own text is of no use to anybody.
const MAX_DEPTH: usize = 200;

/// The text of the node.
pub(super) fn print(tree: &Tree, id: Id) -> String {
    let mut out = String::new();
    write(tree, id, true, 0, &mut out);
    out
}

fn write(tree: &Tree, id: Id, outermost: bool, depth: usize, out: &mut String) {
    if out.len() > LIMIT || depth > MAX_DEPTH {
        out.push('…');
        return;
    }
    match &tree.node(id).content {
        &Content::Alias { target, .. } => write(tree, target, outermost, depth, out),
        &Content::Seq { first, len } => {
            out.push_str("[]interface {}{");
            for (n, &item) in tree.children(first, len).iter().enumerate() {
                if n > 0 {
                    out.push_str(", ");
                }
                write(tree, item, false, depth + 1, out);
            }
            out.push('}');
        }
        &Content::Map { first, len } => {
            let mut entries: Vec<(Order, String, Id)> = Vec::new();
            for pair in tree.children(first, len).chunks_exact(2) {
                let mut key = String::new();
                write(tree, pair[0], false, depth + 1, &mut key);
                let order = order(tree, pair[0]);
                match entries.iter_mut().find(|(_, same, _)| *same == key) {
                    Some(entry) => entry.2 = pair[1],
                    None => entries.push((order, key, pair[1])),
                }
            }
            entries.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
            out.push_str("map[interface {}]interface {}{");
            for (n, (_, key, value)) in entries.iter().enumerate() {
                if n > 0 {
                    out.push_str(", ");
                }
                out.push_str(key);
                out.push(':');
                write(tree, *value, false, depth + 1, out);
                if out.len() > LIMIT {
                    break;
                }
            }
            out.push('}');
        }
        Content::Scalar { .. } => match scalar(tree, id) {
            Scalar::Null => out.push_str(if outermost { "<nil>" } else { "interface {}(nil)" }),
            Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Scalar::Int(n) => _ = write!(out, "{n}"),
            Scalar::Uint(n) => _ = write!(out, "{n:#x}"),
            Scalar::Float(n) => append_f64(out, n, Notation::General, None),
            Scalar::Str(_) | Scalar::Timestamp(_) => match &tree.node(id).content {
                Content::Scalar { value, tag: Some(tag), .. } if is_binary(tag) => {
                    append_quote(out, base64(value).unwrap_or_default());
                }
                Content::Scalar { value, .. } => append_quote(out, value.as_bytes()),
                _ => {}
            },
        },
    }
}

fn scalar(tree: &Tree, id: Id) -> Scalar<'_> {
    match &tree.node(id).content {
        Content::Scalar { value, tag: None, implicit: true } => resolve(value),
        Content::Scalar { value, tag: Some(tag), .. } => {
            resolve_tagged(tag, value).unwrap_or(Scalar::Str(value))
        }
        Content::Scalar { value, .. } => Scalar::Str(value),
        _ => Scalar::Null,
    }
}

/// The order of `fmt`: null, then by type (in the order that Go's linker lays types out), then by
/// value.
#[derive(PartialEq, PartialOrd)]
enum Order {
    Null,
    Str(String),
    Uint(u64),
    Int(i64),
    Float(f64),
    Bool(bool),
}

fn order(tree: &Tree, id: Id) -> Order {
    let mut id = id;
    while let Content::Alias { target, .. } = tree.node(id).content {
        id = target;
    }
    match scalar(tree, id) {
        Scalar::Null => Order::Null,
        Scalar::Bool(value) => Order::Bool(value),
        Scalar::Int(n) => Order::Int(n),
        Scalar::Uint(n) => Order::Uint(n),
        Scalar::Float(n) => Order::Float(n),
        Scalar::Str(text) | Scalar::Timestamp(text) => Order::Str(text.into()),
    }
}
