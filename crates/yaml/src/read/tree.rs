//! The nodes of one document, before their scalars are resolved.

use std::collections::HashMap;

use super::events::{Event, Events, Kind, Layer, Mark, Problem};
use crate::error::{Error, ErrorKind};
use crate::{Location, Span};

/// How deep go-yaml nests block collections, and apart from them flow collections.
const MAX_DEPTH: usize = 10_000;

pub(crate) type Id = usize;

/// What a node is; children are ids in [`Tree::children`].
#[derive(Debug)]
pub(crate) enum Content {
    Scalar {
        value: Box<str>,
        tag: Option<Box<str>>,
        /// Whether the text alone decides what it means: plain and without a tag.
        implicit: bool,
    },
    Seq {
        first: usize,
        len: usize,
    },
    /// Keys and values in turn.
    Map {
        first: usize,
        len: usize,
    },
    Alias {
        target: Id,
        name: Box<str>,
    },
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) span: Span,
    /// The line of the first byte, from 1.
    pub(crate) line: usize,
    /// Whether an alias may point here.
    pub(crate) anchored: bool,
}

/// A document as it is written, anchors looked up.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    children: Vec<Id>,
    root: Option<Id>,
}

/// What each anchor names at this point of the document.
type Anchors = HashMap<Box<str>, Id>;

struct Open {
    id: Id,
    /// Where its children begin on the stack of finished nodes.
    base: usize,
    map: bool,
    /// Which of the two limits on depth it counts for.
    counts: Option<bool>,
}

impl Tree {
    /// The first document of the stream; one without nodes when there is none.
    pub(crate) fn parse(text: &[u8]) -> Result<Tree, Error> {
        // go-yaml reads an empty text as an empty line.
        let mut events = Events::new(if text.is_empty() { b"\n" } else { text });
        let mut tree = Tree::default();
        let mut anchors = Anchors::new();
        let mut offsets = Offsets::new(text);
        let mut open: Vec<Open> = Vec::new();
        let mut done: Vec<Id> = Vec::new();
        let mut depth = [0usize; 2];
        loop {
            let Event { kind, start, end } =
                events.next().map_err(|problem| syntax_error(text, &problem))?;
            let marks = (start, end);
            match kind {
                Kind::StreamStart => continue,
                Kind::DocumentStart { version } => {
                    if version.is_some_and(|version| version != (1, 1)) {
                        // libyaml knows YAML 1.2, go-yaml does not.
                        return Err(Error::yaml(
                            ErrorKind::Syntax,
                            "found incompatible YAML document",
                        )
                        .with_line((start.line != 0).then_some(start.line))
                        .at(location(start)));
                    }
                    continue;
                }
                Kind::StreamEnd | Kind::DocumentEnd => return Ok(tree),
                Kind::Alias { anchor } => {
                    let Some(&target) = anchors.get(&*anchor) else {
                        let at = offsets.byte(start.index);
                        return Err(Error::yaml(
                            ErrorKind::UnknownAnchor,
                            format!("unknown anchor '{anchor}' referenced"),
                        )
                        .at(location(start))
                        .spanning(Some(Span { start: at, end: offsets.byte(end.index) })));
                    };
                    let name = anchor.as_ref().into();
                    let content = Content::Alias { target, name };
                    done.push(tree.add(content, marks, &mut offsets, &mut anchors, None));
                }
                Kind::Scalar { anchor, tag, value, plain } => {
                    let mut tag: Option<Box<str>> = tag.map(|tag| tag.as_ref().into());
                    if tag.is_none() && plain {
                        // libyaml drops the tag `!`, go-yaml keeps it, and it makes a string.
                        let at = offsets.byte(start.index);
                        if matches!(text.get(at), Some(b'!' | b'&')) && has_plain_tag(&text[at..]) {
                            tag = Some("!".into());
                        }
                    }
                    let value = value.as_ref().into();
                    let content = Content::Scalar { value, tag, implicit: plain };
                    done.push(tree.add(
                        content,
                        marks,
                        &mut offsets,
                        &mut anchors,
                        anchor.as_deref(),
                    ));
                }
                Kind::SequenceStart { anchor, flow } => {
                    let content = Content::Seq { first: 0, len: 0 };
                    let id =
                        tree.add(content, marks, &mut offsets, &mut anchors, anchor.as_deref());
                    deeper(&mut depth, Some(flow), start)?;
                    open.push(Open { id, base: done.len(), map: false, counts: Some(flow) });
                }
                Kind::MappingStart { anchor, flow } => {
                    let content = Content::Map { first: 0, len: 0 };
                    let id =
                        tree.add(content, marks, &mut offsets, &mut anchors, anchor.as_deref());
                    // `[a: b]` holds a mapping that has no brackets and does not count.
                    let pair = flow
                        && (start.index == end.index
                            || text.get(tree.nodes[id].span.start) == Some(&b'?'));
                    let counts = (!pair).then_some(flow);
                    deeper(&mut depth, counts, start)?;
                    open.push(Open { id, base: done.len(), map: true, counts });
                }
                Kind::SequenceEnd | Kind::MappingEnd => {
                    let Some(Open { id, base, map, counts }) = open.pop() else { continue };
                    if let Some(flow) = counts {
                        depth[usize::from(flow)] -= 1;
                    }
                    let (first, len) = (tree.children.len(), done.len() - base);
                    tree.children.extend(done.drain(base..));
                    let node = &mut tree.nodes[id];
                    node.content =
                        if map { Content::Map { first, len } } else { Content::Seq { first, len } };
                    // A block collection ends where the next token begins; its own end is that of
                    // its last child.
                    let end = offsets.byte(end.index);
                    let last = tree.children[first..].last().copied();
                    if counts == Some(true) {
                        tree.nodes[id].span.end = end;
                    } else if let Some(last) = last {
                        tree.nodes[id].span.end = tree.nodes[last].span.end;
                    }
                    done.push(id);
                }
            }
            if open.is_empty() {
                tree.root = done.last().copied();
            }
        }
    }

    fn add(
        &mut self,
        content: Content,
        (start, end): (Mark, Mark),
        offsets: &mut Offsets<'_>,
        anchors: &mut Anchors,
        anchor: Option<&str>,
    ) -> Id {
        let id = self.nodes.len();
        let span = Span { start: offsets.byte(start.index), end: offsets.byte(end.index) };
        if let Some(name) = anchor {
            anchors.insert(name.into(), id);
        }
        self.nodes.push(Node { content, span, line: start.line + 1, anchored: anchor.is_some() });
        id
    }

    pub(crate) fn root(&self) -> Option<Id> {
        self.root
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    pub(crate) fn children(&self, first: usize, len: usize) -> &[Id] {
        &self.children[first..first + len]
    }
}

/// Counts a collection that opens, and minds the limit.
fn deeper(depth: &mut [usize; 2], counts: Option<bool>, start: Mark) -> Result<(), Error> {
    let Some(flow) = counts else { return Ok(()) };
    depth[usize::from(flow)] += 1;
    if depth[usize::from(flow)] <= MAX_DEPTH {
        return Ok(());
    }
    let message = format!("exceeded max depth of {MAX_DEPTH}");
    Err(Error::yaml(ErrorKind::Depth, message)
        .with_line((start.line != 0).then_some(start.line + 1))
        .at(location(start)))
}

/// Whether the properties at the start of `text` hold the tag `!`.
fn has_plain_tag(text: &[u8]) -> bool {
    text.split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
        .filter(|word| !word.is_empty())
        .take(2)
        .take_while(|word| matches!(word[0], b'!' | b'&'))
        .any(|word| word == b"!" || word == b"!<!>")
}

fn location(mark: Mark) -> Location {
    Location { line: mark.line + 1, column: mark.column + 1 }
}

fn syntax_error(text: &[u8], problem: &Problem) -> Error {
    let Problem { layer, text: message, at, context, offset } = *problem;
    if layer == Layer::Reader {
        let place = Location::of(text, offset);
        return Error::yaml(ErrorKind::Encoding, message)
            .at(place)
            .spanning(Some(Span { start: offset, end: (offset + 1).min(text.len()) }));
    }
    // The line that go-yaml names: a scanner's is counted from 1, a parser's from 0, and 0 is
    // taken for none.
    let line = match (at.line, context.line) {
        (0, 0) => None,
        (0, context) => Some(context),
        (line, _) => Some(line + usize::from(layer == Layer::Scanner)),
    };
    let byte = Offsets::new(text).byte(at.index);
    Error::yaml(ErrorKind::Syntax, message)
        .with_line(line)
        .at(location(at))
        .spanning(Some(Span { start: byte, end: byte }))
}

/// From characters, which the parser counts, to bytes.
struct Offsets<'t> {
    text: &'t [u8],
    start: usize,
    index: usize,
    byte: usize,
}

impl<'t> Offsets<'t> {
    fn new(text: &'t [u8]) -> Self {
        // The mark of the encoding is not counted.
        let start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Offsets { text, start, index: 0, byte: start }
    }

    /// The byte at which the character `index` begins. Cheap when asked for in rising order.
    fn byte(&mut self, index: usize) -> usize {
        if index < self.index {
            (self.index, self.byte) = (0, self.start);
        }
        while self.index < index {
            self.byte += match self.text.get(self.byte) {
                None => return self.text.len(),
                Some(0..0xc0) => 1,
                Some(0xc0..0xe0) => 2,
                Some(0xe0..0xf0) => 3,
                Some(0xf0..) => 4,
            };
            self.index += 1;
        }
        self.byte.min(self.text.len())
    }
}
