//! From tokens to events: YAML's grammar, by the rules of go-yaml's parser (a port of libyaml's).

use super::reader::{Layer, Mark, Problem};
use super::scan::{Scanner, Token, TokenKind};

#[derive(Debug)]
pub(super) enum Kind {
    StreamStart,
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias { anchor: String },
    Scalar { anchor: Option<String>, tag: Option<String>, value: String, plain: bool },
    SequenceStart { anchor: Option<String> },
    SequenceEnd,
    MappingStart { anchor: Option<String> },
    MappingEnd,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) kind: Kind,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

/// What is expected next.
#[derive(Clone, Copy, Debug)]
enum State {
    StreamStart,
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequence {
        first: bool,
    },
    IndentlessSequence,
    BlockMappingKey {
        first: bool,
    },
    BlockMappingValue,
    FlowSequence {
        first: bool,
    },
    /// Within `[a: b]`.
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingKey {
        first: bool,
    },
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

/// Where a node stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Block,
    /// Where a sequence need not be indented.
    BlockOrIndentless,
    Flow,
}

pub(super) struct Events<'t> {
    scanner: Scanner<'t>,
    state: State,
    states: Vec<State>,
    /// Where the open collections began.
    marks: Vec<Mark>,
    /// Handles of tags with what they stand for.
    tags: Vec<(String, String)>,
}

type Parsed<T = Event> = Result<T, Problem>;

/// The kind of a token, without what it holds.
macro_rules! is {
    ($token:expr, $($kind:ident)|+) => {
        matches!($token.kind, $(TokenKind::$kind { .. })|+)
    };
}

impl<'t> Events<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Events {
            scanner: Scanner::new(text),
            state: State::StreamStart,
            states: Vec::new(),
            marks: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Whether the text that was given is UTF-16.
    pub(super) fn is_utf16(&self) -> bool {
        self.scanner.reader.is_utf16()
    }

    /// The byte of a mark in the text that was given.
    pub(super) fn given(&self, byte: usize) -> usize {
        self.scanner.reader.given(byte)
    }

    /// The text that marks are bytes of.
    pub(super) fn bytes(&self) -> &[u8] {
        self.scanner.reader.bytes()
    }

    pub(super) fn next(&mut self) -> Parsed {
        match self.state {
            State::StreamStart => {
                let token = self.peek()?;
                let event = event(Kind::StreamStart, token.start, token.end);
                self.scanner.take();
                self.state = State::ImplicitDocumentStart;
                Ok(event)
            }
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => {
                let token = self.peek()?;
                if is!(
                    token,
                    VersionDirective | TagDirective | DocumentStart | DocumentEnd | StreamEnd
                ) {
                    let mark = token.start;
                    self.pop();
                    return Ok(empty(mark));
                }
                self.node(Place::Block)
            }
            State::DocumentEnd => {
                let token = self.peek()?;
                let (start, mut end) = (token.start, token.start);
                if is!(token, DocumentEnd) {
                    end = token.end;
                    self.scanner.take();
                }
                self.tags.clear();
                self.state = State::DocumentStart;
                Ok(event(Kind::DocumentEnd, start, end))
            }
            State::BlockNode => self.node(Place::Block),
            State::BlockSequence { first } => self.block_sequence(first),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMappingKey { first } => self.block_mapping_key(first),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequence { first } => self.flow_sequence(first),
            State::FlowPairKey => {
                let token = self.peek()?;
                if !is!(token, Value | FlowEntry | FlowSequenceEnd) {
                    self.states.push(State::FlowPairValue);
                    return self.node(Place::Flow);
                }
                // go-yaml takes the token away here, whatever it is.
                let mark = token.end;
                self.scanner.take();
                self.state = State::FlowPairValue;
                Ok(empty(mark))
            }
            State::FlowPairValue => {
                let token = self.peek()?;
                let mark = token.start;
                if is!(token, Value) {
                    self.scanner.take();
                    if !is!(self.peek()?, FlowEntry | FlowSequenceEnd) {
                        self.states.push(State::FlowPairEnd);
                        return self.node(Place::Flow);
                    }
                }
                self.state = State::FlowPairEnd;
                Ok(empty(mark))
            }
            State::FlowPairEnd => {
                let mark = self.peek()?.start;
                self.state = State::FlowSequence { first: false };
                Ok(event(Kind::MappingEnd, mark, mark))
            }
            State::FlowMappingKey { first } => self.flow_mapping_key(first),
            State::FlowMappingValue => {
                let mut token = self.peek()?;
                if is!(token, Value) {
                    self.scanner.take();
                    token = self.peek()?;
                    if !is!(token, FlowEntry | FlowMappingEnd) {
                        self.states.push(State::FlowMappingKey { first: false });
                        return self.node(Place::Flow);
                    }
                }
                let mark = token.start;
                self.state = State::FlowMappingKey { first: false };
                Ok(empty(mark))
            }
            State::FlowMappingEmptyValue => {
                let mark = self.peek()?.start;
                self.state = State::FlowMappingKey { first: false };
                Ok(empty(mark))
            }
            State::End => Ok(event(Kind::StreamEnd, Mark::default(), Mark::default())),
        }
    }

    fn peek(&mut self) -> Parsed<&Token> {
        self.scanner.peek()
    }

    /// Goes back to what waits for the end of this.
    fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn error(text: &'static str, at: Mark, context: Mark) -> Problem {
        Problem { layer: Layer::Parser, text, at, context }
    }

    fn document_start(&mut self, implicit: bool) -> Parsed {
        if !implicit {
            while is!(self.peek()?, DocumentEnd) {
                self.scanner.take();
            }
        }
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        if is!(token, StreamEnd) {
            self.scanner.take();
            self.state = State::End;
            return Ok(event(Kind::StreamEnd, start, end));
        }
        if implicit && !is!(token, VersionDirective | TagDirective | DocumentStart) {
            self.directives()?;
            self.states.push(State::DocumentEnd);
            self.state = State::BlockNode;
            return Ok(event(Kind::DocumentStart, start, end));
        }
        self.directives()?;
        let token = self.peek()?;
        if !is!(token, DocumentStart) {
            let at = token.start;
            let text = "did not find expected <document start>";
            return Err(Self::error(text, at, Mark::default()));
        }
        let end = token.end;
        self.scanner.take();
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(event(Kind::DocumentStart, start, end))
    }

    fn directives(&mut self) -> Parsed<()> {
        let mut versions = 0;
        loop {
            let token = self.peek()?;
            let at = token.start;
            match &token.kind {
                TokenKind::VersionDirective { major, minor } => {
                    let text = if versions > 0 {
                        "found duplicate %YAML directive"
                    } else if (*major, *minor) != (1, 1) {
                        "found incompatible YAML document"
                    } else {
                        versions += 1;
                        self.scanner.take();
                        continue;
                    };
                    return Err(Self::error(text, at, Mark::default()));
                }
                TokenKind::TagDirective { handle, prefix } => {
                    let tag = (handle.clone(), prefix.clone());
                    if self.tags.iter().any(|(handle, _)| *handle == tag.0) {
                        let text = "found duplicate %TAG directive";
                        return Err(Self::error(text, at, Mark::default()));
                    }
                    self.tags.push(tag);
                    self.scanner.take();
                }
                _ => break,
            }
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self.tags.iter().any(|(known, _)| known == handle) {
                self.tags.push((handle.into(), prefix.into()));
            }
        }
        Ok(())
    }

    fn node(&mut self, place: Place) -> Parsed {
        let token = self.peek()?;
        let start = token.start;
        if let TokenKind::Alias(name) = &token.kind {
            let kind = Kind::Alias { anchor: name.clone() };
            let end = token.end;
            self.scanner.take();
            self.pop();
            return Ok(event(kind, start, end));
        }
        let mut end = token.start;
        let mut anchor = None;
        let mut tag = None;
        // One anchor and one tag, in either order.
        loop {
            let token = self.peek()?;
            match &token.kind {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(name.clone()),
                TokenKind::Tag { handle, suffix } if tag.is_none() => {
                    tag = Some((handle.clone(), suffix.clone(), token.start));
                }
                _ => break,
            }
            end = token.end;
            self.scanner.take();
        }
        let tag = match tag {
            None => None,
            Some((handle, suffix, _)) if handle.is_empty() => Some(suffix),
            Some((handle, suffix, mark)) => {
                let prefix = self.tags.iter().find(|(known, _)| *known == handle);
                match prefix.map(|(_, prefix)| format!("{prefix}{suffix}")) {
                    Some(tag) if !tag.is_empty() => Some(tag),
                    _ => return Err(Self::error("found undefined tag handle", mark, start)),
                }
            }
        };
        let tag = tag.filter(|tag| !tag.is_empty());
        let token = self.peek()?;
        if place == Place::BlockOrIndentless && is!(token, BlockEntry) {
            let end = token.end;
            self.state = State::IndentlessSequence;
            return Ok(event(Kind::SequenceStart { anchor }, start, end));
        }
        if is!(token, Scalar) {
            let end = token.end;
            let Some(Token { kind: TokenKind::Scalar { value, plain }, .. }) = self.scanner.take()
            else {
                return Err(Self::error("unknown problem parsing YAML content", end, start));
            };
            let plain = match tag.as_deref() {
                None => plain,
                Some(tag) => tag == "!",
            };
            self.pop();
            return Ok(event(Kind::Scalar { anchor, tag, value, plain }, start, end));
        }
        let block = place != Place::Flow;
        let end_of_token = token.end;
        match token.kind {
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequence { first: true };
                Ok(event(Kind::SequenceStart { anchor }, start, end_of_token))
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMappingKey { first: true };
                Ok(event(Kind::MappingStart { anchor }, start, end_of_token))
            }
            TokenKind::BlockSequenceStart if block => {
                self.state = State::BlockSequence { first: true };
                Ok(event(Kind::SequenceStart { anchor }, start, end_of_token))
            }
            TokenKind::BlockMappingStart if block => {
                self.state = State::BlockMappingKey { first: true };
                Ok(event(Kind::MappingStart { anchor }, start, end_of_token))
            }
            _ if anchor.is_some() || tag.is_some() => {
                self.pop();
                let plain = tag.is_none();
                let kind = Kind::Scalar { anchor, tag, value: String::new(), plain };
                Ok(event(kind, start, end))
            }
            _ => {
                let at = token.start;
                Err(Self::error("did not find expected node content", at, start))
            }
        }
    }

    /// Remembers where a collection began, and takes the token that began it.
    fn begin(&mut self, first: bool) -> Parsed<()> {
        if first {
            let mark = self.peek()?.start;
            self.marks.push(mark);
            self.scanner.take();
        }
        Ok(())
    }

    /// Ends a collection with the token at hand.
    fn end(&mut self, kind: Kind) -> Parsed {
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        self.scanner.take();
        self.pop();
        self.marks.pop();
        Ok(event(kind, start, end))
    }

    /// The error of a token that the innermost collection cannot have.
    fn unexpected<T>(&mut self, text: &'static str) -> Parsed<T> {
        let at = self.peek()?.start;
        Err(Self::error(text, at, self.marks.pop().unwrap_or_default()))
    }

    fn block_sequence(&mut self, first: bool) -> Parsed {
        self.begin(first)?;
        let token = self.peek()?;
        if is!(token, BlockEntry) {
            let mark = token.end;
            self.scanner.take();
            if !is!(self.peek()?, BlockEntry | BlockEnd) {
                self.states.push(State::BlockSequence { first: false });
                return self.node(Place::Block);
            }
            self.state = State::BlockSequence { first: false };
            return Ok(empty(mark));
        }
        if is!(token, BlockEnd) {
            return self.end(Kind::SequenceEnd);
        }
        self.unexpected("did not find expected '-' indicator")
    }

    fn indentless_sequence(&mut self) -> Parsed {
        let token = self.peek()?;
        if is!(token, BlockEntry) {
            let mark = token.end;
            self.scanner.take();
            if !is!(self.peek()?, BlockEntry | Key | Value | BlockEnd) {
                self.states.push(State::IndentlessSequence);
                return self.node(Place::Block);
            }
            self.state = State::IndentlessSequence;
            return Ok(empty(mark));
        }
        let mark = token.start;
        self.pop();
        Ok(event(Kind::SequenceEnd, mark, mark))
    }

    fn block_mapping_key(&mut self, first: bool) -> Parsed {
        self.begin(first)?;
        let token = self.peek()?;
        if is!(token, Key) {
            let mark = token.end;
            self.scanner.take();
            if !is!(self.peek()?, Key | Value | BlockEnd) {
                self.states.push(State::BlockMappingValue);
                return self.node(Place::BlockOrIndentless);
            }
            self.state = State::BlockMappingValue;
            return Ok(empty(mark));
        }
        if is!(token, BlockEnd) {
            return self.end(Kind::MappingEnd);
        }
        self.unexpected("did not find expected key")
    }

    fn block_mapping_value(&mut self) -> Parsed {
        let token = self.peek()?;
        let mut mark = token.start;
        if is!(token, Value) {
            mark = token.end;
            self.scanner.take();
            if !is!(self.peek()?, Key | Value | BlockEnd) {
                self.states.push(State::BlockMappingKey { first: false });
                return self.node(Place::BlockOrIndentless);
            }
        }
        self.state = State::BlockMappingKey { first: false };
        Ok(empty(mark))
    }

    fn flow_sequence(&mut self, first: bool) -> Parsed {
        self.begin(first)?;
        if !is!(self.peek()?, FlowSequenceEnd) {
            if !first {
                if !is!(self.peek()?, FlowEntry) {
                    return self.unexpected("did not find expected ',' or ']'");
                }
                self.scanner.take();
            }
            let token = self.peek()?;
            if is!(token, Key) {
                let (start, end) = (token.start, token.end);
                self.scanner.take();
                self.state = State::FlowPairKey;
                return Ok(event(Kind::MappingStart { anchor: None }, start, end));
            }
            if !is!(token, FlowSequenceEnd) {
                self.states.push(State::FlowSequence { first: false });
                return self.node(Place::Flow);
            }
        }
        self.end(Kind::SequenceEnd)
    }

    fn flow_mapping_key(&mut self, first: bool) -> Parsed {
        self.begin(first)?;
        if !is!(self.peek()?, FlowMappingEnd) {
            if !first {
                if !is!(self.peek()?, FlowEntry) {
                    return self.unexpected("did not find expected ',' or '}'");
                }
                self.scanner.take();
            }
            let token = self.peek()?;
            if is!(token, Key) {
                self.scanner.take();
                let token = self.peek()?;
                if !is!(token, Value | FlowEntry | FlowMappingEnd) {
                    self.states.push(State::FlowMappingValue);
                    return self.node(Place::Flow);
                }
                let mark = token.start;
                self.state = State::FlowMappingValue;
                return Ok(empty(mark));
            }
            if !is!(token, FlowMappingEnd) {
                self.states.push(State::FlowMappingEmptyValue);
                return self.node(Place::Flow);
            }
        }
        self.end(Kind::MappingEnd)
    }
}

fn event(kind: Kind, start: Mark, end: Mark) -> Event {
    Event { kind, start, end }
}

/// A value that is not written.
fn empty(mark: Mark) -> Event {
    let kind = Kind::Scalar { anchor: None, tag: None, value: String::new(), plain: true };
    event(kind, mark, mark)
}
