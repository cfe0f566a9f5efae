//! The nodes of one document, before their scalars are resolved.

use std::collections::HashMap;

use super::events::{Event, Events, Kind};
use super::reader::{Layer, Mark, Problem};
use super::scan::TOO_DEEP;
use crate::error::{Error, ErrorKind};
use crate::{Location, Span};

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
type Anchors = HashMap<String, Id>;

struct Open {
    id: Id,
    /// Where its children begin on the stack of finished nodes.
    base: usize,
    map: bool,
}

impl Tree {
    /// The first document of the stream; one without nodes when there is none.
    pub(crate) fn parse(text: &[u8]) -> Result<Tree, Error> {
        // go-yaml reads an empty text as an empty line.
        let mut events = Events::new(if text.is_empty() { b"\n" } else { text });
        let mut parsed = Tree::of(&mut events);
        // Spans are of the text as it was given, not of what was made of it.
        if events.is_utf16() {
            let byte = |at| events.given(at);
            let given = |span: Span| Span { start: byte(span.start), end: byte(span.end) };
            match &mut parsed {
                Ok(tree) => tree.nodes.iter_mut().for_each(|node| node.span = given(node.span)),
                Err(_) => {
                    return parsed.map_err(|error| {
                        let span = error.span().map(given);
                        error.spanning(span)
                    });
                }
            }
        }
        parsed
    }

    fn of(events: &mut Events<'_>) -> Result<Tree, Error> {
        let mut tree = Tree::default();
        let mut anchors = Anchors::new();
        let mut open: Vec<Open> = Vec::new();
        let mut done: Vec<Id> = Vec::new();
        loop {
            let event = events.next().map_err(|problem| syntax_error(events.bytes(), &problem))?;
            let Event { kind, start, end } = event;
            let marks = (start, end);
            match kind {
                Kind::StreamStart | Kind::DocumentStart => continue,
                Kind::StreamEnd | Kind::DocumentEnd => return Ok(tree),
                Kind::Alias { anchor } => {
                    let Some(&target) = anchors.get(anchor.as_str()) else {
                        let message = format!("unknown anchor '{anchor}' referenced");
                        return Err(Error::yaml(ErrorKind::UnknownAnchor, message)
                            .at(location(start))
                            .spanning(Some(span(marks))));
                    };
                    let name = anchor.into();
                    done.push(tree.add(Content::Alias { target, name }, marks, &mut anchors, None));
                }
                Kind::Scalar { anchor, tag, value, plain } => {
                    let content = Content::Scalar {
                        value: value.into(),
                        tag: tag.map(Into::into),
                        implicit: plain,
                    };
                    done.push(tree.add(content, marks, &mut anchors, anchor));
                }
                Kind::SequenceStart { anchor } => {
                    let content = Content::Seq { first: 0, len: 0 };
                    let id = tree.add(content, marks, &mut anchors, anchor);
                    open.push(Open { id, base: done.len(), map: false });
                }
                Kind::MappingStart { anchor } => {
                    let content = Content::Map { first: 0, len: 0 };
                    let id = tree.add(content, marks, &mut anchors, anchor);
                    open.push(Open { id, base: done.len(), map: true });
                }
                Kind::SequenceEnd | Kind::MappingEnd => {
                    let Some(Open { id, base, map }) = open.pop() else { continue };
                    let (first, len) = (tree.children.len(), done.len() - base);
                    tree.children.extend(done.drain(base..));
                    // A flow collection ends with its bracket. A block collection ends where the
                    // next token begins; its own end is that of its last child.
                    let last = tree.children[first..].last().map(|&id| tree.nodes[id].span.end);
                    let node = &mut tree.nodes[id];
                    node.content =
                        if map { Content::Map { first, len } } else { Content::Seq { first, len } };
                    node.span.end = match last {
                        Some(last) if start == end => last,
                        _ => end.byte,
                    };
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
        marks: (Mark, Mark),
        anchors: &mut Anchors,
        anchor: Option<String>,
    ) -> Id {
        let id = self.nodes.len();
        let anchored = anchor.is_some();
        if let Some(name) = anchor {
            anchors.insert(name, id);
        }
        self.nodes.push(Node { content, span: span(marks), line: marks.0.line + 1, anchored });
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

fn span((start, end): (Mark, Mark)) -> Span {
    Span { start: start.byte, end: end.byte }
}

fn location(mark: Mark) -> Location {
    Location { line: mark.line + 1, column: mark.column + 1 }
}

fn syntax_error(text: &[u8], problem: &Problem) -> Error {
    let Problem { layer, text: message, at, context } = *problem;
    if layer == Layer::Reader {
        let end = (at.byte + 1).min(text.len());
        return Error::yaml(ErrorKind::Encoding, message)
            .at(Location::of(text, at.byte))
            .spanning(Some(Span { start: at.byte, end }));
    }
    // The line that go-yaml names: a scanner's is counted from 1, a parser's from 0, and 0 is
    // taken for none.
    let line = match (at.line, context.line) {
        (0, 0) => None,
        (0, context) => Some(context),
        (line, _) => Some(line + usize::from(layer == Layer::Scanner)),
    };
    let kind = if message == TOO_DEEP { ErrorKind::Depth } else { ErrorKind::Syntax };
    Error::yaml(kind, message).with_line(line).at(location(at)).spanning(Some(span((at, at))))
}
