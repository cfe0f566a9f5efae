//! Go's regular expressions (`regexp/syntax`), rewritten for the crate `regex`.
//!
//! Both engines are of one family: leftmost-first, linear time. What differs is the spelling. Go's
//! `\d \w \s \b` are ASCII and its `\s` lacks the vertical tab; `\Q…\E` and POSIX names inside
//! classes are its own; `&&`, `--` and nested brackets mean nothing special in a class; a `{` that
//! starts no repetition is a character. What Go refuses is refused here with Go's text.

use std::fmt;

/// Why Go refuses an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    code: &'static str,
    at: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.code, self.at)
    }
}

const INVALID_CHAR_CLASS_RANGE: &str = "invalid character class range";
const INVALID_ESCAPE: &str = "invalid escape sequence";
const INVALID_NAMED_CAPTURE: &str = "invalid named capture";
const INVALID_PERL_OP: &str = "invalid or unsupported Perl syntax";
const INVALID_REPEAT_OP: &str = "invalid nested repetition operator";
const INVALID_REPEAT_SIZE: &str = "invalid repeat count";
const MISSING_BRACKET: &str = "missing closing ]";
const MISSING_PAREN: &str = "missing closing )";
const MISSING_REPEAT_ARGUMENT: &str = "missing argument to repetition operator";
const NESTING_DEPTH: &str = "expression nests too deeply";
const TRAILING_BACKSLASH: &str = "trailing backslash at end of expression";
const UNEXPECTED_PAREN: &str = "unexpected )";

/// The greatest number of repetitions, and of repetitions of repetitions.
const MAX_REPEAT: u32 = 1000;
/// How deep groups may nest.
const MAX_DEPTH: usize = 1000;

/// An expression in the syntax of the crate `regex`.
#[derive(Debug)]
pub(super) struct Translated {
    pub(super) pattern: String,
    /// The names of the groups, from group 1; empty for those without one.
    pub(super) names: Vec<String>,
}

/// What a repetition operator would apply to.
#[derive(Clone, Copy)]
struct Atom {
    start: usize,
    end: usize,
    /// How often its innermost part can be repeated.
    weight: u32,
    repeated: bool,
}

struct Group {
    start: usize,
    weight: u32,
}

struct Translator<'p> {
    whole: &'p str,
    out: String,
    names: Vec<String>,
    groups: Vec<Group>,
    /// The weight of what stands outside of all groups.
    weight: u32,
    atom: Option<Atom>,
}

type Result<T> = std::result::Result<T, SyntaxError>;

fn error<T>(code: &'static str, at: &str) -> Result<T> {
    Err(SyntaxError { code, at: at.to_owned() })
}

/// What was read of `from` when `rest` is left.
fn consumed<'p>(from: &'p str, rest: &str) -> &'p str {
    from.get(..from.len() - rest.len()).unwrap_or(from)
}

/// Rewrites a Go expression.
pub(super) fn translate(pattern: &str) -> Result<Translated> {
    let mut translator = Translator {
        whole: pattern,
        out: String::with_capacity(pattern.len() + 16),
        names: Vec::new(),
        groups: Vec::new(),
        weight: 1,
        atom: None,
    };
    translator.run(pattern)?;
    Ok(Translated { pattern: translator.out, names: translator.names })
}

impl<'p> Translator<'p> {
    fn run(&mut self, mut t: &'p str) -> Result<()> {
        let mut last_repeat = "";
        while let Some(c) = t.chars().next() {
            let mut repeat = "";
            t = match c {
                '(' if t.starts_with("(?") => self.perl_group(t)?,
                '(' => {
                    self.names.push(String::new());
                    self.open("(")?;
                    &t[1..]
                }
                '|' => {
                    self.out.push('|');
                    self.atom = None;
                    &t[1..]
                }
                ')' => {
                    self.close()?;
                    &t[1..]
                }
                '^' | '$' | '.' => {
                    self.push(&t[..1]);
                    &t[1..]
                }
                '[' => self.class(t)?,
                '*' | '+' | '?' => {
                    repeat = t;
                    self.repeat(&t[..1], None, t, &t[1..], last_repeat)?
                }
                '{' => match counts(t) {
                    None => {
                        self.literal('{');
                        &t[1..]
                    }
                    Some((counts, rest)) => {
                        let Some((min, max)) = counts else {
                            return error(INVALID_REPEAT_SIZE, consumed(t, rest));
                        };
                        repeat = t;
                        let operator = match max {
                            None => format!("{{{min},}}"),
                            Some(max) => format!("{{{min},{max}}}"),
                        };
                        self.repeat(&operator, Some((min, max)), t, rest, last_repeat)?
                    }
                },
                '\\' => self.escape(t)?,
                c => {
                    self.literal(c);
                    &t[c.len_utf8()..]
                }
            };
            last_repeat = repeat;
        }
        if self.groups.is_empty() { Ok(()) } else { error(MISSING_PAREN, self.whole) }
    }

    fn push(&mut self, text: &str) {
        let start = self.out.len();
        self.out.push_str(text);
        self.atom = Some(Atom { start, end: self.out.len(), weight: 1, repeated: false });
    }

    fn literal(&mut self, c: char) {
        let start = self.out.len();
        append_char(&mut self.out, c);
        self.atom = Some(Atom { start, end: self.out.len(), weight: 1, repeated: false });
    }

    fn open(&mut self, text: &str) -> Result<()> {
        if self.groups.len() >= MAX_DEPTH {
            return error(NESTING_DEPTH, self.whole);
        }
        self.groups.push(Group { start: self.out.len(), weight: 1 });
        self.out.push_str(text);
        self.atom = None;
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let Some(group) = self.groups.pop() else { return error(UNEXPECTED_PAREN, self.whole) };
        self.out.push(')');
        self.weigh(group.weight);
        let (start, weight) = (group.start, group.weight);
        self.atom = Some(Atom { start, end: self.out.len(), weight, repeated: false });
        Ok(())
    }

    /// Something of this weight stands in the present group.
    fn weigh(&mut self, weight: u32) {
        let of = self.groups.last_mut().map_or(&mut self.weight, |group| &mut group.weight);
        *of = weight.max(*of);
    }

    /// Applies an operator to the last atom.
    fn repeat(
        &mut self,
        operator: &str,
        counts: Option<(u32, Option<u32>)>,
        before: &'p str,
        mut after: &'p str,
        last_repeat: &'p str,
    ) -> Result<&'p str> {
        let mut lazy = "";
        if let Some(rest) = after.strip_prefix('?') {
            after = rest;
            lazy = "?";
        }
        if !last_repeat.is_empty() {
            return error(INVALID_REPEAT_OP, consumed(last_repeat, after));
        }
        let Some(mut atom) = self.atom else {
            return error(MISSING_REPEAT_ARGUMENT, consumed(before, after));
        };
        if let Some((min, max)) = counts {
            match max.unwrap_or(min) {
                0 if max.is_some() => atom.weight = 1,
                n => atom.weight = atom.weight.saturating_mul(n.max(1)),
            }
            if (min >= 2 || max.is_some_and(|max| max >= 2)) && atom.weight > MAX_REPEAT {
                return error(INVALID_REPEAT_SIZE, consumed(before, after));
            }
        }
        // Flags may stand between the atom and its operator: `a(?i)*`. They stay behind both.
        if atom.repeated {
            self.out.insert(atom.end, ')');
            self.out.insert_str(atom.start, "(?:");
            atom.end += 4;
        }
        self.out.insert_str(atom.end, lazy);
        self.out.insert_str(atom.end, operator);
        atom.end += operator.len() + lazy.len();
        atom.repeated = true;
        self.weigh(atom.weight);
        self.atom = Some(atom);
        Ok(after)
    }

    /// `(?…`: a named group, or flags with or without a group.
    fn perl_group(&mut self, s: &'p str) -> Result<&'p str> {
        let name_at = if s.starts_with("(?P<") && s.len() > 4 {
            Some(4)
        } else if s.starts_with("(?<") && s.len() > 3 {
            Some(3)
        } else {
            None
        };
        if let Some(start) = name_at {
            let Some(end) = s.find('>') else { return error(INVALID_NAMED_CAPTURE, s) };
            let name = s.get(start..end).unwrap_or_default();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return error(INVALID_NAMED_CAPTURE, &s[..=end]);
            }
            self.names.push(name.to_owned());
            self.open("(")?;
            return Ok(&s[end + 1..]);
        }
        let mut t = &s[2..];
        let mut negative = false;
        let mut saw_flag = false;
        while let Some(c) = t.chars().next() {
            t = &t[c.len_utf8()..];
            match c {
                'i' | 'm' | 's' | 'U' => saw_flag = true,
                '-' if !negative => {
                    negative = true;
                    saw_flag = false;
                }
                ':' | ')' if !negative || saw_flag => {
                    let flags = distinct_flags(consumed(&s[2..], t));
                    if c == ':' {
                        self.open(&format!("(?{flags}:"))?;
                    } else if !flags.is_empty() {
                        self.out.push_str(&format!("(?{flags})"));
                    }
                    return Ok(t);
                }
                _ => return error(INVALID_PERL_OP, consumed(s, t)),
            }
        }
        error(INVALID_PERL_OP, s)
    }

    fn escape(&mut self, t: &'p str) -> Result<&'p str> {
        match t.as_bytes().get(1) {
            Some(b'A') => self.push(r"\A"),
            Some(b'z') => self.push(r"\z"),
            Some(b'b') => self.push(r"(?-u:\b)"),
            Some(b'B') => self.push(r"(?-u:\B)"),
            Some(b'C') => return error(INVALID_ESCAPE, &t[..2]),
            Some(b'Q') => {
                let (text, rest) = t[2..].split_once(r"\E").unwrap_or((&t[2..], ""));
                for c in text.chars() {
                    self.literal(c);
                }
                return Ok(rest);
            }
            Some(b'p' | b'P') => {
                let (class, rest) = unicode_class(t)?;
                self.push(&class);
                return Ok(rest);
            }
            Some(b'd' | b'D' | b's' | b'S' | b'w' | b'W') => {
                let class = t.as_bytes().get(1).and_then(|c| perl_class(*c));
                let (negative, ranges) = class.unwrap_or((false, &[]));
                self.push(&bracketed(negative, ranges));
            }
            _ => {
                let (code, rest) = escaped(t)?;
                match char::from_u32(code) {
                    Some(c) => self.literal(c),
                    // A surrogate, which no text holds.
                    None => self.push(NOTHING),
                }
                return Ok(rest);
            }
        }
        Ok(&t[2..])
    }

    /// `[…]`.
    fn class(&mut self, s: &'p str) -> Result<&'p str> {
        let mut out = String::from("[");
        let mut t = &s[1..];
        if let Some(rest) = t.strip_prefix('^') {
            out.push('^');
            t = rest;
        }
        let mut first = true;
        while first || !t.starts_with(']') {
            first = false;
            if t.len() > 2
                && t.starts_with("[:")
                && let Some(end) = t.get(2..).and_then(|rest| rest.find(":]"))
            {
                let name = &t[..end + 4];
                let Some((negative, ranges)) = posix_class(name) else {
                    return error(INVALID_CHAR_CLASS_RANGE, name);
                };
                out.push_str(&bracketed(negative, ranges));
                t = &t[end + 4..];
                continue;
            }
            if t.starts_with(r"\p") || t.starts_with(r"\P") {
                let (class, rest) = unicode_class(t)?;
                out.push_str(&class);
                t = rest;
                continue;
            }
            if let [b'\\', c, ..] = t.as_bytes()
                && let Some((negative, ranges)) = perl_class(*c)
            {
                out.push_str(&bracketed(negative, ranges));
                t = &t[2..];
                continue;
            }
            let range = t;
            let (low, rest) = class_char(t, s)?;
            t = rest;
            let mut high = low;
            if t.len() >= 2 && t.starts_with('-') && !t.starts_with("-]") {
                let (to, rest) = class_char(&t[1..], s)?;
                (high, t) = (to, rest);
                if high < low {
                    return error(INVALID_CHAR_CLASS_RANGE, consumed(range, t));
                }
            }
            append_range(&mut out, low, high);
        }
        out.push(']');
        // `[` and `[^` alone cannot happen: a class has at least one part, though maybe an empty one.
        self.push(if out == "[]" {
            NOTHING
        } else if out == "[^]" {
            EVERYTHING
        } else {
            &out
        });
        Ok(&t[1..])
    }
}

/// A class that no character is in.
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";
/// A class that every character is in.
const EVERYTHING: &str = r"[\x{0}-\x{10FFFF}]";

/// The flags as `regex` takes them: each once, since it refuses repetitions. Of `i` and `-i` in one
/// list the negation wins, as in Go.
fn distinct_flags(text: &str) -> String {
    let text = text.trim_end_matches([':', ')']);
    let (on, off) = text.split_once('-').unwrap_or((text, ""));
    let mut out = String::new();
    for c in ['i', 'm', 's', 'U'] {
        if on.contains(c) && !off.contains(c) {
            out.push(c);
        }
    }
    if !off.is_empty() {
        out.push('-');
        out.extend(['i', 'm', 's', 'U'].into_iter().filter(|c| off.contains(*c)));
    }
    out
}

/// Reads `{n}`, `{n,}` or `{n,m}`. `None`: it is none of these. An inner `None`: too large.
#[allow(clippy::type_complexity)]
fn counts(s: &str) -> Option<(Option<(u32, Option<u32>)>, &str)> {
    let (min, rest) = count(s.get(1..)?)?;
    let (max, rest) = match rest.strip_prefix(',') {
        None => (Some(min), rest),
        Some(rest) if rest.starts_with('}') => (None, rest),
        Some(rest) => {
            let (max, rest) = count(rest)?;
            (Some(max), rest)
        }
    };
    let rest = rest.strip_prefix('}')?;
    let fits = min <= MAX_REPEAT && max.is_none_or(|max| max <= MAX_REPEAT && min <= max);
    Some((fits.then_some((min, max)), rest))
}

/// A decimal number without leading zeros; one that is too large stays too large.
fn count(s: &str) -> Option<(u32, &str)> {
    let digits = s.bytes().take_while(u8::is_ascii_digit).count();
    let text = s.get(..digits)?;
    if text.is_empty() || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    Some((text.parse().unwrap_or(u32::MAX), s.get(digits..)?))
}

/// One character of a class; `whole` is the class from its bracket on.
fn class_char<'p>(s: &'p str, whole: &str) -> Result<(u32, &'p str)> {
    match s.chars().next() {
        None => error(MISSING_BRACKET, whole),
        Some('\\') => escaped(s),
        Some(c) => Ok((c.into(), &s[c.len_utf8()..])),
    }
}

/// Reads an escaped character.
fn escaped(s: &str) -> Result<(u32, &str)> {
    let t = s.get(1..).unwrap_or_default();
    let Some(c) = t.chars().next() else { return error(TRAILING_BACKSLASH, "") };
    let t = &t[c.len_utf8()..];
    let octal = |t: &str| t.bytes().next().filter(|b| (b'0'..=b'7').contains(b));
    let code = match c {
        // A digit alone would be a reference back.
        '1'..='7' if octal(t).is_none() => return error(INVALID_ESCAPE, consumed(s, t)),
        '0'..='7' => {
            let (mut code, mut t) = (u32::from(c) - 48, t);
            for _ in 0..2 {
                let Some(digit) = octal(t) else { break };
                code = code * 8 + u32::from(digit - b'0');
                t = &t[1..];
            }
            return Ok((code, t));
        }
        'x' => return hexadecimal(s, t),
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => c.into(),
        _ => return error(INVALID_ESCAPE, consumed(s, t)),
    };
    Ok((code, t))
}

/// Reads what follows `\x`.
fn hexadecimal<'p>(s: &'p str, mut t: &'p str) -> Result<(u32, &'p str)> {
    let next = |t: &mut &'p str| {
        let c = t.chars().next()?;
        *t = &t[c.len_utf8()..];
        Some(c)
    };
    let Some(c) = next(&mut t) else { return error(INVALID_ESCAPE, consumed(s, t)) };
    if c != '{' {
        let first = c.to_digit(16);
        let Some(c) = next(&mut t) else { return error(INVALID_ESCAPE, consumed(s, t)) };
        return match (first, c.to_digit(16)) {
            (Some(a), Some(b)) => Ok((a * 16 + b, t)),
            _ => error(INVALID_ESCAPE, consumed(s, t)),
        };
    }
    let mut code = None;
    while let Some(c) = next(&mut t) {
        match (c, c.to_digit(16)) {
            ('}', _) => match code {
                Some(code) => return Ok((code, t)),
                None => break,
            },
            (_, Some(digit)) => {
                let value = code.unwrap_or(0) * 16 + digit;
                if value > 0x10_FFFF {
                    break;
                }
                code = Some(value);
            }
            _ => break,
        }
    }
    error(INVALID_ESCAPE, consumed(s, t))
}

/// `\pL`, `\p{Greek}`, `\P{^Lu}`.
fn unicode_class(s: &str) -> Result<(String, &str)> {
    let mut negative = s.starts_with(r"\P");
    let t = s.get(2..).unwrap_or_default();
    let (whole, name, rest) = match t.chars().next() {
        // Go's reader of characters gives an invalid name for nothing.
        None => (s, "", t),
        Some('{') => {
            let Some(end) = s.find('}') else { return error(INVALID_CHAR_CLASS_RANGE, s) };
            (&s[..=end], &s[3..end], &s[end + 1..])
        }
        Some(c) => {
            let (name, rest) = t.split_at(c.len_utf8());
            (&s[..2 + name.len()], name, rest)
        }
    };
    let name = name.strip_prefix('^').map_or(name, |name| {
        negative = !negative;
        name
    });
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    if !name.is_empty() && name.chars().all(plain) {
        for property in ["gc", "sc"] {
            let letter = if negative { 'P' } else { 'p' };
            let class = format!("\\{letter}{{{property}={name}}}");
            if regex_syntax::parse(&class).is_ok() {
                return Ok((class, rest));
            }
        }
    }
    error(INVALID_CHAR_CLASS_RANGE, whole)
}

type Class = (bool, &'static [(u8, u8)]);

const DIGIT: &[(u8, u8)] = &[(b'0', b'9')];
const WORD: &[(u8, u8)] = &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')];

fn perl_class(letter: u8) -> Option<Class> {
    let ranges = match letter.to_ascii_lowercase() {
        b'd' => DIGIT,
        b's' => &[(9, 10), (12, 13), (b' ', b' ')],
        b'w' => WORD,
        _ => return None,
    };
    Some((letter.is_ascii_uppercase(), ranges))
}

/// `[:alpha:]`, `[:^alpha:]`.
fn posix_class(text: &str) -> Option<Class> {
    let name = text.strip_prefix("[:")?.strip_suffix(":]")?;
    let (negative, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let ranges: &[(u8, u8)] = match name {
        "alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
        "alpha" => &[(b'A', b'Z'), (b'a', b'z')],
        "ascii" => &[(0, 0x7f)],
        "blank" => &[(b'\t', b'\t'), (b' ', b' ')],
        "cntrl" => &[(0, 0x1f), (0x7f, 0x7f)],
        "digit" => DIGIT,
        "graph" => &[(b'!', b'~')],
        "lower" => &[(b'a', b'z')],
        "print" => &[(b' ', b'~')],
        "punct" => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
        "space" => &[(9, 13), (b' ', b' ')],
        "upper" => &[(b'A', b'Z')],
        "word" => WORD,
        "xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
        _ => return None,
    };
    Some((negative, ranges))
}

fn bracketed(negative: bool, ranges: &[(u8, u8)]) -> String {
    let mut out = String::from(if negative { "[^" } else { "[" });
    for (low, high) in ranges {
        append_range(&mut out, (*low).into(), (*high).into());
    }
    out.push(']');
    out
}

/// Appends a range without the surrogates, which `regex` does not know.
fn append_range(out: &mut String, low: u32, high: u32) {
    if low <= 0xD7FF && high >= 0xE000 {
        append_range(out, low, 0xD7FF);
        append_range(out, 0xE000, high);
        return;
    }
    let low = if (0xD800..=0xDFFF).contains(&low) { 0xE000 } else { low };
    let high = if (0xD800..=0xDFFF).contains(&high) { 0xD7FF } else { high };
    if let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high))
        && low <= high
    {
        append_char(out, low);
        if low < high {
            out.push('-');
            append_char(out, high);
        }
    }
}

/// Appends a character that stands for itself.
fn append_char(out: &mut String, c: char) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
    } else {
        out.push(c);
    }
}
