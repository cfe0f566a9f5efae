//! The format of `printf`: flags, widths, precisions and argument numbers.

use super::pad::Spec;
use super::printer::Printer;
use crate::{Failure, Number, Value};

/// The greatest width, precision or argument number.
const LARGEST: i64 = 1_000_000;

pub(super) fn printf(out: &mut Vec<u8>, format: &[u8], args: &[Value]) -> Result<(), Failure> {
    let mut state = State { format, at: 0, args, next: 0, reordered: false, good_number: true };
    let mut printer = Printer::new(out);
    while state.at < format.len() && printer.goes_on() {
        state.good_number = true;
        let rest = format.get(state.at..).unwrap_or_default();
        let text = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        printer.write(rest.get(..text).unwrap_or_default());
        state.at += text;
        if state.at >= format.len() {
            break;
        }
        state.at += 1;
        if !state.plain(&mut printer) {
            state.directive(&mut printer);
        }
    }
    if !state.reordered
        && let Some(extra) = args.get(state.next..)
        && !extra.is_empty()
    {
        printer.spec = Spec::default();
        printer.write(b"%!(EXTRA ");
        for (at, arg) in extra.iter().enumerate() {
            if at > 0 {
                printer.write(b", ");
            }
            if !arg.is_nil() {
                printer.write(arg.type_name().as_bytes());
                printer.write(b"=");
            }
            printer.argument(arg, 'v');
        }
        printer.write(b")");
    }
    printer.finish()
}

struct State<'f> {
    format: &'f [u8],
    at: usize,
    args: &'f [Value],
    next: usize,
    reordered: bool,
    good_number: bool,
}

impl State<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// The commonest directives on what they are for, without flags. Whether it was one.
    fn plain(&mut self, printer: &mut Printer<'_>) -> bool {
        let (Some(verb), Some(arg)) = (self.peek(), self.args.get(self.next)) else {
            return false;
        };
        match (verb, arg) {
            (b's' | b'v', Value::String(text)) => printer.write(text.as_bytes()),
            (b'd' | b'v', Value::Number(Number::Int(n) | Number::Int64(n))) => {
                pintle_strconv::append_int(printer.out, *n);
            }
            _ => return false,
        }
        self.at += 1;
        self.next += 1;
        true
    }

    /// One directive, behind its `%`.
    fn directive(&mut self, printer: &mut Printer<'_>) {
        let mut spec = Spec::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => spec.sharp = true,
                b'0' => spec.zero = true,
                b'+' => spec.plus = true,
                b'-' => spec.minus = true,
                b' ' => spec.space = true,
                b'a'..=b'z' => {
                    let Some(arg) = self.args.get(self.next) else { break };
                    self.next += 1;
                    self.at += 1;
                    return print(printer, spec, arg, char::from(byte));
                }
                _ => break,
            }
            self.at += 1;
        }
        let mut after_number = self.argument_number();
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.integer_argument() {
                Some(width) => {
                    if width < 0 {
                        spec.minus = true;
                        spec.zero = false;
                    }
                    spec.width = Some(usize::try_from(width.unsigned_abs()).unwrap_or(0));
                }
                None => printer.write(b"%!(BADWIDTH)"),
            }
            after_number = false;
        } else {
            spec.width = self.number();
            if after_number && spec.width.is_some() {
                self.good_number = false;
            }
        }
        if self.peek() == Some(b'.') && self.at + 1 < self.format.len() {
            self.at += 1;
            if after_number {
                self.good_number = false;
            }
            after_number = self.argument_number();
            if self.peek() == Some(b'*') {
                self.at += 1;
                spec.precision =
                    self.integer_argument().and_then(|precision| usize::try_from(precision).ok());
                if spec.precision.is_none() {
                    printer.write(b"%!(BADPREC)");
                }
                after_number = false;
            } else {
                spec.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !after_number {
            self.argument_number();
        }
        let Some((verb, size)) = decode(self.format.get(self.at..).unwrap_or_default()) else {
            return printer.write(b"%!(NOVERB)");
        };
        self.at += size;
        let arg = self.args.get(self.next);
        match verb {
            '%' => printer.write(b"%"),
            _ if !self.good_number => wrong(printer, verb, b"(BADINDEX)"),
            _ => match arg {
                None => wrong(printer, verb, b"(MISSING)"),
                Some(arg) => {
                    self.next += 1;
                    print(printer, spec, arg, verb);
                }
            },
        }
    }

    /// `[3]`: which argument is next. Whether there is one.
    fn argument_number(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let (number, length) = match rest.iter().position(|byte| *byte == b']') {
            Some(end) if rest.len() >= 3 => {
                let (number, read) = digits(rest.get(1..end).unwrap_or_default());
                (number.filter(|_| read + 1 == end), end + 1)
            }
            _ => (None, 1),
        };
        self.at += length;
        match number {
            // Numbers count from one.
            Some(number) if (1..=self.args.len()).contains(&number) => {
                self.next = number - 1;
                true
            }
            other => {
                self.good_number = false;
                other.is_some()
            }
        }
    }

    /// A decimal number, when one is next. One that is too large swallows the rest.
    fn number(&mut self) -> Option<usize> {
        let rest = self.format.get(self.at..).unwrap_or_default();
        let (number, read) = digits(rest);
        self.at += read;
        number
    }

    /// An argument that is an integer, for `*`.
    fn integer_argument(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next)?;
        self.next += 1;
        let number = arg.as_number()?;
        let number = number.signed().or_else(|| i64::try_from(number.unsigned()?).ok())?;
        (-LARGEST..=LARGEST).contains(&number).then_some(number)
    }
}

/// The number at the start of `text`, and how many bytes of it are read.
fn digits(text: &[u8]) -> (Option<usize>, usize) {
    let mut number: i64 = 0;
    let mut read = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(read) {
        if number > LARGEST {
            return (None, text.len());
        }
        number = number * 10 + i64::from(digit - b'0');
        read += 1;
    }
    ((read > 0).then(|| usize::try_from(number).unwrap_or(0)), read)
}

fn print(printer: &mut Printer<'_>, mut spec: Spec, arg: &Value, verb: char) {
    if matches!(verb, 'v' | 'w') {
        spec.sharp_v = std::mem::take(&mut spec.sharp);
        spec.plus_v = std::mem::take(&mut spec.plus);
    }
    printer.spec = spec;
    printer.argument(arg, verb);
}

fn wrong(printer: &mut Printer<'_>, verb: char, why: &[u8]) {
    printer.write(b"%!");
    printer.write(verb.encode_utf8(&mut [0; 4]).as_bytes());
    printer.write(why);
}

/// The first character; a byte that is part of none is U+FFFD.
fn decode(text: &[u8]) -> Option<(char, usize)> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let head = text.get(..4).unwrap_or(text);
    match head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next()) {
        Some(c) => Some((c, c.len_utf8())),
        None => Some((char::REPLACEMENT_CHARACTER, 1)),
    }
}
