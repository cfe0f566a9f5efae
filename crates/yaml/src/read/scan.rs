//! From characters to tokens, by the rules of go-yaml's scanner (a port of libyaml's), its quirks
//! included.

mod directive;
mod scalar;

use std::collections::{HashMap, VecDeque};

use super::reader::{LINE, Layer, Mark, Problem, Reader};

/// How deep block collections nest, and apart from them flow collections.
const MAX_DEPTH: usize = 10_000;

/// The text of the error when they nest deeper.
pub(super) const TOO_DEEP: &str = "exceeded max depth of 10000";

/// How far a simple key's colon may be from its beginning, in characters.
const MAX_KEY: usize = 1024;

#[derive(Clone, Debug)]
pub(super) enum TokenKind {
    StreamStart,
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective { handle: String, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar { value: String, plain: bool },
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

/// A place where a key without `?` may have begun.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token: usize,
    mark: Mark,
}

pub(super) struct Scanner<'t> {
    pub(super) reader: Reader<'t>,
    tokens: VecDeque<Token>,
    /// How many tokens are given out.
    given: usize,
    available: bool,
    started: bool,
    /// The column of the innermost block collection; -1 outside of any.
    indent: isize,
    indents: Vec<isize>,
    flow_level: usize,
    simple_key_allowed: bool,
    /// One for each flow level.
    simple_keys: Vec<SimpleKey>,
    /// From the number of a token to the level whose simple key it may begin. As in go-yaml, keys
    /// that have become impossible may stay in here.
    by_token: HashMap<usize, usize>,
}

type Scanned<T = ()> = Result<T, Problem>;

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Scanner {
            reader: Reader::new(text),
            tokens: VecDeque::new(),
            given: 0,
            available: false,
            started: false,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: Vec::new(),
            by_token: HashMap::new(),
        }
    }

    /// The next token, which stays the next.
    pub(super) fn peek(&mut self) -> Scanned<&Token> {
        if !self.available {
            self.fetch_more()?;
            self.available = true;
        }
        match self.tokens.front() {
            Some(token) => Ok(token),
            // Behind the end of the stream there is nothing.
            None => Err(self.error(Mark::default(), "unknown problem parsing YAML content")),
        }
    }

    /// Takes the token that was peeked at.
    pub(super) fn take(&mut self) -> Option<Token> {
        self.available = false;
        self.given += 1;
        self.tokens.pop_front()
    }

    fn error(&self, context: Mark, text: &'static str) -> Problem {
        Problem { layer: Layer::Scanner, text, at: self.reader.mark, context }
    }

    fn fetch_more(&mut self) -> Scanned {
        loop {
            if !self.tokens.is_empty() {
                // A token that may begin a key is held back until that is known.
                let Some(&level) = self.by_token.get(&self.given) else { return Ok(()) };
                if !self.is_key_valid(level)? {
                    return Ok(());
                }
            }
            self.fetch_next()?;
        }
    }

    fn push(&mut self, kind: TokenKind, start: Mark) {
        let end = self.reader.mark;
        self.tokens.push_back(Token { kind, start, end });
    }

    fn insert(&mut self, number: Option<usize>, token: Token) {
        match number.and_then(|number| number.checked_sub(self.given)) {
            Some(at) if at <= self.tokens.len() => self.tokens.insert(at, token),
            _ => self.tokens.push_back(token),
        }
    }

    /// A token of `n` characters.
    fn mark_token(&mut self, n: usize, kind: TokenKind) {
        let start = self.reader.mark;
        for _ in 0..n {
            self.reader.skip();
        }
        self.push(kind, start);
    }

    fn fetch_next(&mut self) -> Scanned {
        self.reader.need(1)?;
        if !self.started {
            self.started = true;
            self.simple_keys.push(SimpleKey::default());
            self.push(TokenKind::StreamStart, self.reader.mark);
            return Ok(());
        }
        self.skip_to_token()?;
        let column = self.reader.mark.column;
        self.unroll(column as isize);
        self.reader.need(4)?;
        let first = self.reader.peek(0);
        if first == 0 {
            return self.stream_end();
        }
        if column == 0 {
            if first == b'%' {
                return self.directive();
            }
            if let Some(kind) = self.document_indicator() {
                self.unroll(-1);
                self.remove_key()?;
                self.simple_key_allowed = false;
                self.mark_token(3, kind);
                return Ok(());
            }
        }
        let flow = self.flow_level > 0;
        let space_follows = self.reader.is_space(1);
        match first {
            b'[' => self.flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.flow_start(TokenKind::FlowMappingStart),
            b']' => self.flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.flow_end(TokenKind::FlowMappingEnd),
            b',' => {
                self.remove_key()?;
                self.simple_key_allowed = true;
                self.mark_token(1, TokenKind::FlowEntry);
                Ok(())
            }
            b'-' if space_follows => self.block_entry(),
            b'?' if flow || space_follows => self.key(),
            b':' if flow || space_follows => self.value(),
            b'*' => self.anchor(true),
            b'&' => self.anchor(false),
            b'!' => {
                self.save_key()?;
                self.simple_key_allowed = false;
                self.tag()
            }
            b'|' | b'>' if !flow => {
                self.remove_key()?;
                self.simple_key_allowed = true;
                self.block_scalar(first == b'|')
            }
            b'\'' | b'"' => {
                self.save_key()?;
                self.simple_key_allowed = false;
                self.quoted_scalar(first)
            }
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => Err(self.no_token()),
            b' ' | b'\t' => Err(self.no_token()),
            _ => {
                self.save_key()?;
                self.simple_key_allowed = false;
                self.plain_scalar()
            }
        }
    }

    fn no_token(&self) -> Problem {
        self.error(self.reader.mark, "found character that cannot start any token")
    }

    /// The marker of a document at the beginning of a line.
    fn document_indicator(&self) -> Option<TokenKind> {
        let reader = &self.reader;
        let first = reader.peek(0);
        if !matches!(first, b'-' | b'.') || reader.peek(1) != first || reader.peek(2) != first {
            return None;
        }
        if !reader.is_space(3) {
            return None;
        }
        Some(if first == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd })
    }

    fn skip_to_token(&mut self) -> Scanned {
        loop {
            self.reader.need(1)?;
            if self.reader.mark.column == 0 && self.reader.is_byte_order_mark() {
                self.reader.skip();
            }
            self.reader.need(1)?;
            loop {
                match self.reader.peek(0) {
                    b' ' => {}
                    b'\t' if self.flow_level > 0 || !self.simple_key_allowed => {}
                    _ => break,
                }
                self.reader.skip();
                self.reader.need(1)?;
            }
            if self.reader.peek(0) == b'#' {
                self.skip_comment()?;
            }
            if !self.reader.is_break(0) {
                return Ok(());
            }
            self.reader.need(2)?;
            self.reader.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    /// Goes to the end of the line.
    fn skip_comment(&mut self) -> Scanned {
        while !self.reader.is_break_or_end() {
            self.reader.skip_run(LINE);
            self.reader.need(1)?;
        }
        Ok(())
    }

    /// Whether the key of a level may still be one; an error if it must be one and cannot.
    fn is_key_valid(&mut self, level: usize) -> Scanned<bool> {
        let mark = self.reader.mark;
        let Some(key) = self.simple_keys.get_mut(level) else { return Ok(false) };
        if !key.possible {
            return Ok(false);
        }
        if key.mark.line < mark.line || key.mark.index + MAX_KEY < mark.index {
            if key.required {
                let context = key.mark;
                return Err(self.error(context, "could not find expected ':'"));
            }
            key.possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_key(&mut self) -> Scanned {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.reader.mark;
        let required = self.flow_level == 0 && self.indent == mark.column as isize;
        let token = self.given + self.tokens.len();
        self.remove_key()?;
        if let Some(key) = self.simple_keys.last_mut() {
            *key = SimpleKey { possible: true, required, token, mark };
            self.by_token.insert(token, self.simple_keys.len() - 1);
        }
        Ok(())
    }

    fn remove_key(&mut self) -> Scanned {
        let Some(key) = self.simple_keys.last_mut() else { return Ok(()) };
        if key.possible {
            if key.required {
                let context = key.mark;
                return Err(self.error(context, "could not find expected ':'"));
            }
            key.possible = false;
            let token = key.token;
            self.by_token.remove(&token);
        }
        Ok(())
    }

    /// Opens a block collection if the column is deeper than the innermost one.
    fn roll(
        &mut self,
        column: usize,
        number: Option<usize>,
        kind: TokenKind,
        mark: Mark,
    ) -> Scanned {
        if self.flow_level > 0 || self.indent >= column as isize {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column as isize;
        if self.indents.len() > MAX_DEPTH {
            let context = self.simple_keys.last().map_or(mark, |key| key.mark);
            return Err(self.error(context, TOO_DEEP));
        }
        self.insert(number, Token { kind, start: mark, end: mark });
        Ok(())
    }

    /// Closes the block collections that are deeper than the column.
    fn unroll(&mut self, column: isize) {
        while self.flow_level == 0 && self.indent > column {
            self.push(TokenKind::BlockEnd, self.reader.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn stream_end(&mut self) -> Scanned {
        if self.reader.mark.column != 0 {
            self.reader.mark.column = 0;
            self.reader.mark.line += 1;
        }
        self.unroll(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.push(TokenKind::StreamEnd, self.reader.mark);
        Ok(())
    }

    fn directive(&mut self) -> Scanned {
        self.unroll(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.scan_directive()
    }

    fn flow_start(&mut self, kind: TokenKind) -> Scanned {
        self.save_key()?;
        let mark = self.reader.mark;
        let token = self.given + self.tokens.len();
        self.simple_keys.push(SimpleKey { token, mark, ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return Err(self.error(mark, TOO_DEEP));
        }
        self.simple_key_allowed = true;
        self.mark_token(1, kind);
        Ok(())
    }

    fn flow_end(&mut self, kind: TokenKind) -> Scanned {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.simple_keys.pop() {
                self.by_token.remove(&key.token);
            }
        }
        self.simple_key_allowed = false;
        self.mark_token(1, kind);
        Ok(())
    }

    fn block_entry(&mut self) -> Scanned {
        let mark = self.reader.mark;
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                let text = "block sequence entries are not allowed in this context";
                return Err(self.error(mark, text));
            }
            self.roll(mark.column, None, TokenKind::BlockSequenceStart, mark)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = true;
        self.mark_token(1, TokenKind::BlockEntry);
        Ok(())
    }

    fn key(&mut self) -> Scanned {
        let mark = self.reader.mark;
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error(mark, "mapping keys are not allowed in this context"));
            }
            self.roll(mark.column, None, TokenKind::BlockMappingStart, mark)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.mark_token(1, TokenKind::Key);
        Ok(())
    }

    fn value(&mut self) -> Scanned {
        let level = self.simple_keys.len() - 1;
        if self.is_key_valid(level)? {
            let key = self.simple_keys[level];
            let token = Token { kind: TokenKind::Key, start: key.mark, end: key.mark };
            self.insert(Some(key.token), token);
            let kind = TokenKind::BlockMappingStart;
            self.roll(key.mark.column, Some(key.token), kind, key.mark)?;
            self.simple_keys[level].possible = false;
            self.by_token.remove(&key.token);
            self.simple_key_allowed = false;
        } else {
            let mark = self.reader.mark;
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    let text = "mapping values are not allowed in this context";
                    return Err(self.error(mark, text));
                }
                self.roll(mark.column, None, TokenKind::BlockMappingStart, mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.mark_token(1, TokenKind::Value);
        Ok(())
    }

    fn anchor(&mut self, alias: bool) -> Scanned {
        self.save_key()?;
        self.simple_key_allowed = false;
        let start = self.reader.mark;
        self.reader.skip();
        self.reader.need(1)?;
        let name = self.word()?;
        let ends =
            matches!(self.reader.peek(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !(ends || self.reader.is_space(0)) {
            let text = "did not find expected alphabetic or numeric character";
            return Err(self.error(start, text));
        }
        self.push(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    /// Letters, digits, `_` and `-`.
    fn word(&mut self) -> Scanned<String> {
        let from = self.reader.mark.byte;
        while self.reader.is_word() {
            self.reader.skip();
            self.reader.need(1)?;
        }
        let bytes = &self.reader.bytes()[from..self.reader.mark.byte];
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}
