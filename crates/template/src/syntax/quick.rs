//! Parses the common forms of a pipeline by hand.
//!
//! Nearly all pipelines of real charts are made of plain fields, variables, functions, short
//! integers and strings. What is anything else, or wrong, is left to [`super::grammar`]: `None` says
//! nothing about the text. A property test and a fuzz target hold the two together.

use pintle_yaml::Str;
use smallvec::SmallVec;

use super::ast::{Command, Constant, Declared, Operand, OperandKind, Pipeline, Place};
use super::build::{self, Builder, Scratch};
use super::vocabulary::Kind;
use crate::Text;

/// Deeper parentheses are left to the grammar.
const MAX_DEPTH: usize = 30;

/// Parses a pipeline that has no space around it.
pub(super) fn parse(text: &str, kind: Kind, builder: &mut Builder<'_>) -> Option<Pipeline> {
    let mut scratch = std::mem::take(&mut builder.vocabulary.scratch);
    let mut scanner =
        Scanner { text, bytes: text.as_bytes(), at: 0, depth: 0, scratch: &mut scratch, builder };
    let pipeline = scanner.pipeline(kind).filter(|_| scanner.at == text.len());
    if pipeline.is_none() {
        // What was read before it gave up.
        scratch.commands.clear();
        scratch.operands.clear();
        scratch.fields.clear();
    }
    builder.vocabulary.scratch = scratch;
    pipeline
}

struct Scanner<'t, 'b, 'v> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    scratch: &'b mut Scratch,
    builder: &'b mut Builder<'v>,
}

/// The bytes of words.
static WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

fn is_word(byte: u8) -> bool {
    WORD.get(usize::from(byte)).copied().unwrap_or_default()
}

fn number(at: usize) -> u32 {
    // The caller has checked that the text is shorter than 4 GiB.
    at as u32
}

impl<'t> Scanner<'t, '_, '_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn spaces(&mut self) -> bool {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(super::split::is_space) {
            self.at += 1;
        }
        self.at > start
    }

    fn place(&self, start: usize) -> Place {
        Place { start: number(start), end: number(self.at) }
    }

    fn slice(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Consumes a word, and returns it when what follows may follow one.
    fn word(&mut self) -> Option<&'t str> {
        let start = self.at;
        self.skip_word();
        self.ended()?;
        (self.at > start).then(|| self.slice(start))
    }

    fn skip_word(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
    }

    fn ended(&self) -> Option<()> {
        match self.peek() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b'(' | b')') => {
                Some(())
            }
            Some(_) => None,
        }
    }

    fn pipeline(&mut self, kind: Kind) -> Option<Pipeline> {
        let start = self.at;
        let mut variables = Vec::new();
        let mut assign = false;
        if self.peek() == Some(b'$') {
            self.declaration(kind, &mut variables, &mut assign)?;
        }
        let base = self.scratch.commands.len();
        let end = loop {
            let command = self.command()?;
            self.scratch.commands.push(command);
            let end = self.at;
            self.spaces();
            match self.peek() {
                Some(b'|') => {
                    self.at += 1;
                    self.spaces();
                }
                Some(b')') if self.depth > 0 => break end,
                None => break end,
                Some(_) => return None,
            }
        };
        let commands: SmallVec<[Command; 1]> = self.scratch.commands.drain(base..).collect();
        build::check_stages(&commands).ok()?;
        let place = Place { start: number(start), end: number(end) };
        Some(Pipeline { place, variables, assign, commands })
    }

    /// Reads `$x :=`, `$x =`, `$i, $x :=`; consumes nothing when there is none.
    fn declaration(
        &mut self,
        kind: Kind,
        variables: &mut Vec<Declared>,
        assign: &mut bool,
    ) -> Option<()> {
        let start = self.at;
        let mut names: [(usize, &str); 2] = [(0, ""); 2];
        let mut count = 0;
        loop {
            let at = self.at;
            if self.peek() != Some(b'$') {
                return None;
            }
            self.at += 1;
            self.skip_word();
            self.ended()?;
            *names.get_mut(count)? = (at, self.slice(at));
            count += 1;
            self.spaces();
            match self.peek() {
                Some(b',') if count == 1 && kind == Kind::Range => {
                    self.at += 1;
                    self.spaces();
                }
                Some(b':') if self.bytes.get(self.at + 1) == Some(&b'=') => {
                    self.at += 2;
                    break;
                }
                Some(b'=') => {
                    *assign = true;
                    self.at += 1;
                    break;
                }
                Some(b',' | b':') => return None,
                _ if count == 1 => {
                    self.at = start;
                    return Some(());
                }
                _ => return None,
            }
        }
        for (at, name) in names.iter().take(count) {
            let place = Place { start: number(*at), end: number(at + name.len()) };
            variables.push(Declared { place, name: self.builder.declare(name) });
        }
        self.spaces();
        Some(())
    }

    fn command(&mut self) -> Option<Command> {
        let start = self.at;
        let base = self.scratch.operands.len();
        loop {
            let operand = self.operand()?;
            self.scratch.operands.push(operand);
            let end = self.at;
            let spaced = self.spaces();
            match self.peek() {
                None | Some(b'|' | b')') => {
                    // What follows is the pipeline's.
                    self.at = end;
                    let operands = self.scratch.operands.drain(base..).collect();
                    return Some(Command { place: self.place(start), operands });
                }
                Some(_) if spaced => {}
                Some(_) => return None,
            }
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        let start = self.at;
        let base = self.scratch.fields.len();
        let kind = match self.peek()? {
            b'.' => {
                self.at += 1;
                match self.peek() {
                    Some(b'0'..=b'9' | 0x80..) => return None,
                    Some(byte) if is_word(byte) => {
                        let field = self.word()?.into();
                        self.scratch.fields.push(field);
                        self.more_fields()?;
                        let fields = self.scratch.fields.drain(base..).collect();
                        let kind = OperandKind::Field(fields);
                        return Some(Operand { place: self.place(start), kind });
                    }
                    _ => {
                        self.ended()?;
                        OperandKind::Dot
                    }
                }
            }
            b'$' => {
                self.at += 1;
                self.skip_word();
                self.ended()?;
                let name = self.slice(start);
                OperandKind::Variable(self.builder.variable(name), Vec::new())
            }
            b'"' => OperandKind::String(self.text()?),
            b'`' => OperandKind::String(self.raw()?),
            b'0'..=b'9' | b'-' => self.integer()?,
            b'(' => self.parens()?,
            byte if is_word(byte) => {
                let word = self.word()?;
                if build::is_keyword(word) {
                    return None;
                }
                self.builder.word(word).ok()?
            }
            _ => return None,
        };
        let first = self.place(start);
        let written = self.slice(start);
        self.more_fields()?;
        let fields: Vec<Str> = self.scratch.fields.drain(base..).collect();
        let kind = match kind {
            OperandKind::Variable(id, _) => OperandKind::Variable(id, fields),
            kind => build::chain(kind, first, written, fields).ok()?,
        };
        Some(Operand { place: self.place(start), kind })
    }

    /// Reads `.a.b` behind an operand.
    fn more_fields(&mut self) -> Option<()> {
        while self.peek() == Some(b'.') {
            self.at += 1;
            if self.peek().is_none_or(|byte| !is_word(byte)) {
                return None;
            }
            let field = self.word()?.into();
            self.scratch.fields.push(field);
        }
        Some(())
    }

    fn text(&mut self) -> Option<Text> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\n' => return None,
                b'\\' => {
                    escaped = true;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at)?;
        if escaped {
            return build::string(quoted).ok();
        }
        Some(Text::from(quoted.get(1..quoted.len() - 1)?))
    }

    fn raw(&mut self) -> Option<Text> {
        let start = self.at + 1;
        let length = memchr::memchr(b'`', self.bytes.get(start..)?)?;
        self.at = start + length + 1;
        let inner = self.text.get(start..start + length)?;
        // Go drops carriage returns.
        (!inner.contains('\r')).then(|| Text::from(inner))
    }

    /// Decimal integers of at most 18 digits.
    fn integer(&mut self) -> Option<OperandKind> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let digits = self.at;
        let mut magnitude: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            magnitude = magnitude.checked_mul(10)?.checked_add((digit - b'0').into())?;
            self.at += 1;
        }
        let length = self.at - digits;
        let leading_zero = length > 1 && self.bytes.get(digits) == Some(&b'0');
        if length == 0 || length > 18 || leading_zero || (negative && magnitude == 0) {
            return None;
        }
        // A point or a letter would go on with the number.
        if self.peek() == Some(b'.') {
            return None;
        }
        self.ended()?;
        let int = if negative { -magnitude } else { magnitude };
        Some(OperandKind::Number(Box::new(Constant {
            text: self.slice(start).into(),
            int: Some(int),
            uint: u64::try_from(int).ok(),
            float: Some(int as f64),
            complex: None,
            is_float: false,
            is_rune: false,
        })))
    }

    fn parens(&mut self) -> Option<OperandKind> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.at += 1;
        self.spaces();
        let pipeline = self.pipeline(Kind::Other)?;
        self.spaces();
        if self.peek() != Some(b')') {
            return None;
        }
        self.at += 1;
        self.depth -= 1;
        Some(OperandKind::Pipeline(Box::new(pipeline)))
    }
}
