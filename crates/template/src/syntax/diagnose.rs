//! Words what is wrong with a pipeline as Go's lexer and parser do.
//!
//! Runs only for texts that the grammar has refused.

use pintle_strconv as strconv;

use super::build::{self, Complaint, is_keyword};

/// A token as Go's lexer names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Space,
    Pipe,
    Left,
    Right,
    Declare,
    Assign,
    Char,
    Dot,
    Field,
    Variable,
    Keyword,
    /// Anything that stands for a value by itself.
    Operand,
    End,
}

#[derive(Clone, Copy, Debug)]
struct Lexeme<'t> {
    token: Token,
    text: &'t str,
    at: usize,
}

impl Lexeme<'_> {
    fn complain(&self, context: &str) -> Complaint {
        let (start, end) = (self.at, self.at + self.text.len());
        let what = match self.token {
            Token::End => "\"}}\"".to_owned(),
            Token::Keyword | Token::Dot => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                let short: String = self.text.chars().take(10).collect();
                format!("{}...", strconv::quote(&short))
            }
            _ => strconv::quote(self.text),
        };
        (format!("unexpected {what} in {context}"), start, end)
    }
}

/// What is wrong with `text`.
pub(super) fn diagnose(text: &str, context: &str) -> Complaint {
    let lexemes = match lex(text) {
        Ok(lexemes) => lexemes,
        Err(complaint) => return complaint,
    };
    let mut walker = Walker { lexemes: &lexemes, at: 0, end: text.len() };
    match walker.pipelines(context) {
        Err(complaint) => complaint,
        // Go would take it, which the grammar then should have too.
        Ok(()) => ("this is not an action".to_owned(), 0, text.len()),
    }
}

/// The complaint about the first token of `text`, which may not stand there at all.
pub(super) fn first_token(text: &str, context: &str) -> (String, (usize, usize)) {
    let (message, start, end) = match lex(text) {
        Err(complaint) => complaint,
        Ok(lexemes) => {
            Walker { lexemes: &lexemes, at: 0, end: text.len() }.skip().complain(context)
        }
    };
    (message, (start, end))
}

/// How deep parentheses are nested, quotes left out.
pub(super) fn parentheses(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'`' => {
                at += 1;
                while let Some(inside) = bytes.get(at)
                    && inside != byte
                {
                    at += if *inside == b'\\' && *byte != b'`' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        most = most.max(depth);
        at += 1;
    }
    most
}

struct Walker<'l> {
    lexemes: &'l [Lexeme<'l>],
    at: usize,
    end: usize,
}

impl<'l> Walker<'l> {
    fn peek(&self) -> Lexeme<'l> {
        let end = Lexeme { token: Token::End, text: "", at: self.end };
        self.lexemes.get(self.at).copied().unwrap_or(end)
    }

    fn skip(&mut self) -> Lexeme<'l> {
        while self.peek().token == Token::Space {
            self.at += 1;
        }
        self.peek()
    }

    /// Walks as Go's parser does, the nesting counted instead of recursed into.
    fn pipelines(&mut self, outer: &str) -> Result<(), Complaint> {
        // For each open pipeline: whether it has a command yet.
        let mut open = vec![false];
        self.declaration(outer)?;
        loop {
            let context = if open.len() > 1 { "parenthesized pipeline" } else { outer };
            let next = self.skip();
            match next.token {
                Token::End | Token::Right if (next.token == Token::Right) == (open.len() > 1) => {
                    if open.pop() == Some(false) {
                        let message = format!("missing value for {context}");
                        return Err((message, next.at, next.at + next.text.len()));
                    }
                    if open.is_empty() {
                        return Ok(());
                    }
                    self.at += 1;
                    self.behind_operand()?;
                }
                Token::Operand | Token::Dot | Token::Field | Token::Variable => {
                    if let Some(has) = open.last_mut() {
                        *has = true;
                    }
                    if next.text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'))
                        && let Err(message) = build::number(next.text)
                    {
                        return Err((message, next.at, next.at + next.text.len()));
                    }
                    self.at += 1;
                    self.behind_operand()?;
                }
                Token::Left => {
                    if let Some(has) = open.last_mut() {
                        *has = true;
                    }
                    open.push(false);
                    self.at += 1;
                    self.declaration("parenthesized pipeline")?;
                }
                Token::Pipe if self.after_operand() => self.at += 1,
                _ if self.after_operand() => return Err(next.complain("operand")),
                _ => return Err(next.complain(context)),
            }
        }
    }

    /// Whether the last token that is no space belongs to a command.
    fn after_operand(&self) -> bool {
        self.lexemes
            .get(..self.at)
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|lexeme| lexeme.token != Token::Space)
            .is_some_and(|lexeme| {
                matches!(
                    lexeme.token,
                    Token::Operand | Token::Dot | Token::Field | Token::Variable | Token::Right
                )
            })
    }

    /// Fields may follow an operand; then only a space, a pipe or an end.
    fn behind_operand(&mut self) -> Result<(), Complaint> {
        while self.peek().token == Token::Field {
            self.at += 1;
        }
        let next = self.peek();
        match next.token {
            Token::Space | Token::Pipe | Token::Right | Token::End => Ok(()),
            _ => Err(next.complain("operand")),
        }
    }

    fn declaration(&mut self, context: &str) -> Result<(), Complaint> {
        for count in 1.. {
            let variable = self.skip();
            if variable.token != Token::Variable {
                return Ok(());
            }
            let back = self.at;
            self.at += 1;
            let next = self.skip();
            match next.token {
                Token::Declare | Token::Assign => {
                    self.at += 1;
                    return Ok(());
                }
                Token::Char if next.text == "," => {
                    self.at += 1;
                    let end = next.at + 1;
                    if context != "range" || count > 1 {
                        let message = format!("too many declarations in {context}");
                        return Err((message, variable.at, end));
                    }
                    if !matches!(self.skip().token, Token::Variable | Token::End | Token::Right) {
                        let message = "range can only initialize variables".to_owned();
                        return Err((message, variable.at, end));
                    }
                }
                _ => {
                    self.at = back;
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_numeric()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn lex(text: &str) -> Result<Vec<Lexeme<'_>>, Complaint> {
    let mut lexemes = Vec::new();
    let mut at = 0;
    let mut depth = 0_usize;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let (token, length) = match c {
            _ if is_space(c) => (Token::Space, run(rest, is_space)),
            '=' => (Token::Assign, 1),
            ':' if rest.starts_with(":=") => (Token::Declare, 2),
            ':' => return Err(("expected :=".to_owned(), at, at + 1)),
            '|' => (Token::Pipe, 1),
            '"' | '\'' | '`' => (Token::Operand, quoted(rest, c)),
            '$' => {
                let length = 1 + run(rest.get(1..).unwrap_or_default(), is_word);
                terminated(text, at + length)?;
                (Token::Variable, length)
            }
            '.' if !rest.get(1..).is_some_and(|r| r.starts_with(|d: char| d.is_ascii_digit())) => {
                let length = 1 + run(rest.get(1..).unwrap_or_default(), is_word);
                terminated(text, at + length)?;
                (if length == 1 { Token::Dot } else { Token::Field }, length)
            }
            '.' | '+' | '-' | '0'..='9' => (Token::Operand, number(text, at)?),
            _ if is_word(c) => {
                let length = run(rest, is_word);
                terminated(text, at + length)?;
                let word = rest.get(..length).unwrap_or_default();
                let keyword = is_keyword(word) || matches!(word, "break" | "continue");
                (if keyword { Token::Keyword } else { Token::Operand }, length)
            }
            '(' => {
                depth += 1;
                (Token::Left, 1)
            }
            ')' => {
                if depth == 0 {
                    return Err(("unexpected right paren".to_owned(), at, at + 1));
                }
                depth -= 1;
                (Token::Right, 1)
            }
            '!'..='~' => (Token::Char, 1),
            _ => {
                let message = format!("unrecognized character in action: {}", code(c));
                return Err((message, at, at + c.len_utf8()));
            }
        };
        let length = length.max(1);
        lexemes.push(Lexeme { token, text: text.get(at..at + length).unwrap_or_default(), at });
        at += length;
    }
    if depth > 0 {
        return Err(("unclosed left paren".to_owned(), text.len(), text.len()));
    }
    Ok(lexemes)
}

/// The length of the longest start of `text` whose characters all are so.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote != '`' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

fn terminated(text: &str, at: usize) -> Result<(), Complaint> {
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some(c) if !is_space(c) && !matches!(c, '.' | ',' | '|' | ':' | ')' | '(') => {
            Err((format!("bad character {}", code(c)), at, at + c.len_utf8()))
        }
        _ => Ok(()),
    }
}

/// `U+0041 'A'`, as Go's `%#U` prints a character.
fn code(c: char) -> String {
    if strconv::is_print(c) {
        format!("U+{:04X} '{c}'", u32::from(c))
    } else {
        format!("U+{:04X}", u32::from(c))
    }
}

fn number(text: &str, start: usize) -> Result<usize, Complaint> {
    let end = scan_number(text, start)?;
    let rest = text.get(end..).unwrap_or_default();
    if rest.starts_with(['+', '-']) {
        let second = scan_number(text, end)?;
        if !text.get(..second).is_some_and(|all| all.ends_with('i')) {
            return Err(bad_number(text, start, second));
        }
        return Ok(second - start);
    }
    Ok(end - start)
}

fn bad_number(text: &str, start: usize, end: usize) -> Complaint {
    let written = text.get(start..end).unwrap_or_default();
    (format!("bad number syntax: {}", strconv::quote(written)), start, end)
}

fn scan_number(text: &str, start: usize) -> Result<usize, Complaint> {
    let bytes = text.as_bytes();
    let mut at = start;
    let peek = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let skip = |at: &mut usize, is: &dyn Fn(u8) -> bool| {
        while is(peek(*at)) {
            *at += 1;
        }
    };
    let decimal = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let hexadecimal = |byte: u8| byte.is_ascii_hexdigit() || byte == b'_';
    if matches!(peek(at), b'+' | b'-') {
        at += 1;
    }
    let mut exponent: &[u8] = b"eE";
    let mut digits: &dyn Fn(u8) -> bool = &decimal;
    if peek(at) == b'0' {
        match peek(at + 1) {
            b'x' | b'X' => {
                (digits, exponent) = (&hexadecimal, b"pP");
                at += 2;
            }
            b'o' | b'O' | b'b' | b'B' => {
                exponent = b"";
                at += 2;
            }
            _ => {}
        }
    }
    skip(&mut at, digits);
    if peek(at) == b'.' {
        at += 1;
        skip(&mut at, digits);
    }
    if exponent.contains(&peek(at)) {
        at += 1;
        if matches!(peek(at), b'+' | b'-') {
            at += 1;
        }
        skip(&mut at, &decimal);
    }
    if peek(at) == b'i' {
        at += 1;
    }
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some(c) if is_word(c) => Err(bad_number(text, start, at + c.len_utf8())),
        _ => Ok(at),
    }
}
