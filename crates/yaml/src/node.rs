//! Where each value of a text stands.

use crate::error::Error;
use crate::read::tree::{Content, Id, Tree};
use crate::read::{is_merge, key_of};
use crate::{Location, Span};

/// How many merges and aliases are followed one through the other.
const MAX_HOPS: usize = 100;

/// The nodes of the first document of a YAML text, with the bytes of each.
///
/// ```
/// let text = b"image:\n  tag: v1\nports:\n- 80\n- 443\n";
/// let nodes = pintle_yaml::nodes(text)?;
/// let place = nodes.find(["image", "tag"]).unwrap();
/// assert_eq!(&text[place.value.start..place.value.end], b"v1");
/// assert_eq!(place.location(text).line, 2);
/// let place = nodes.find(["ports", "1"]).unwrap();
/// assert_eq!((place.key, place.location(text).line), (None, 5));
/// # Ok::<(), pintle_yaml::Error>(())
/// ```
///
/// # Errors
/// The text breaks YAML's grammar. What [`read`](crate::read) refuses for another reason is let pass.
pub fn nodes(text: &[u8]) -> Result<Nodes, Error> {
    Ok(Nodes { tree: Tree::parse(text)? })
}

/// The nodes of a document; see [`nodes`].
#[derive(Debug)]
pub struct Nodes {
    tree: Tree,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The key's bytes, when it is the value of a key.
    pub key: Option<Span>,
    /// The value's own bytes, quotes and brackets included; empty for a value that is not written.
    /// For an alias or a merged key, those of the value that it stands for.
    pub value: Span,
}

impl Place {
    /// The place where people look for it: the key's, or else the value's.
    pub fn location(&self, text: &[u8]) -> Location {
        Location::of(text, self.key.unwrap_or(self.value).start)
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// Text, a number, a boolean, null.
    Scalar,
    /// A sequence.
    Seq,
    /// A mapping.
    Map,
}

/// A node of a document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree,
    id: Id,
    key: Option<Span>,
}

impl Nodes {
    /// The outermost node; none in an empty text.
    pub fn root(&self) -> Option<Node<'_>> {
        self.tree.root().map(|id| Node::at(&self.tree, id, None))
    }

    /// The place of the value at a path of keys, and of numbers in sequences.
    pub fn find<S: AsRef<str>>(&self, path: impl IntoIterator<Item = S>) -> Option<Place> {
        self.root()?.find(path).map(|node| node.place())
    }

    /// The place of the value at a path or, when the text does not have it, of the last one on the
    /// way; and how many steps of the path lead there.
    ///
    /// ```
    /// let nodes = pintle_yaml::nodes(b"a:\n  b: 1\n")?;
    /// assert_eq!(nodes.find_nearest(["a", "x", "y"]).map(|(_, steps)| steps), Some(1));
    /// # Ok::<(), pintle_yaml::Error>(())
    /// ```
    pub fn find_nearest<S: AsRef<str>>(
        &self,
        path: impl IntoIterator<Item = S>,
    ) -> Option<(Place, usize)> {
        let mut node = self.root()?;
        let mut steps = 0;
        for step in path {
            let Some(next) = node.get(step.as_ref()) else { break };
            node = next;
            steps += 1;
        }
        Some((node.place(), steps))
    }
}

impl<'t> Node<'t> {
    /// The node, or the one that it is an alias of.
    fn at(tree: &'t Tree, mut id: Id, key: Option<Span>) -> Self {
        for _ in 0..MAX_HOPS {
            match tree.node(id).content {
                Content::Alias { target, .. } => id = target,
                _ => break,
            }
        }
        Node { tree, id, key }
    }

    /// What it is.
    pub fn kind(&self) -> NodeKind {
        match self.tree.node(self.id).content {
            Content::Seq { .. } => NodeKind::Seq,
            Content::Map { .. } => NodeKind::Map,
            _ => NodeKind::Scalar,
        }
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        Place { key: self.key, value: self.tree.node(self.id).span }
    }

    /// The value of a key, or the item of a number.
    pub fn get(&self, step: &str) -> Option<Node<'t>> {
        match self.tree.node(self.id).content {
            Content::Seq { first, len } => {
                let item = self.tree.children(first, len).get(step.parse::<usize>().ok()?)?;
                Some(Node::at(self.tree, *item, None))
            }
            Content::Map { .. } => self.value_of(step, MAX_HOPS),
            _ => None,
        }
    }

    /// The node at a path of keys and numbers.
    pub fn find<S: AsRef<str>>(&self, path: impl IntoIterator<Item = S>) -> Option<Node<'t>> {
        path.into_iter().try_fold(*self, |node, step| node.get(step.as_ref()))
    }

    /// The items of a sequence; nothing for other nodes.
    pub fn items(&self) -> impl ExactSizeIterator<Item = Node<'t>> + use<'t> {
        let tree = self.tree;
        let children = match tree.node(self.id).content {
            Content::Seq { first, len } => tree.children(first, len),
            _ => &[],
        };
        children.iter().map(move |&id| Node::at(tree, id, None))
    }

    /// The keys of a mapping as they are written, with their values; merges are left out. Nothing
    /// for other nodes.
    pub fn entries(&self) -> impl Iterator<Item = (crate::Str, Node<'t>)> + use<'t> {
        let tree = self.tree;
        self.pairs().filter(move |&(key, _)| !is_merge(tree, key)).filter_map(
            move |(key, value)| {
                let span = tree.node(key).span;
                Some((key_of(tree, key)?, Node::at(tree, value, Some(span))))
            },
        )
    }

    fn pairs(&self) -> impl DoubleEndedIterator<Item = (Id, Id)> + use<'t> {
        let children = match self.tree.node(self.id).content {
            Content::Map { first, len } => self.tree.children(first, len),
            _ => &[],
        };
        children.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// The value that a key has in the end: the last one written, merges included.
    fn value_of(&self, wanted: &str, hops: usize) -> Option<Node<'t>> {
        let hops = hops.checked_sub(1)?;
        for (key, value) in self.pairs().rev() {
            if is_merge(self.tree, key) {
                let merged = Node::at(self.tree, value, None);
                let found = match merged.kind() {
                    NodeKind::Seq => merged.items().find_map(|map| map.value_of(wanted, hops)),
                    _ => merged.value_of(wanted, hops),
                };
                if found.is_some() {
                    return found;
                }
            } else if key_of(self.tree, key).is_some_and(|key| key == wanted) {
                return Some(Node::at(self.tree, value, Some(self.tree.node(key).span)));
            }
        }
        None
    }
}
