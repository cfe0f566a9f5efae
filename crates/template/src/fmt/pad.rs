//! Flags, and text brought to its width.

use pintle_strconv as strconv;

/// The flags, width and precision of one directive.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spec {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`: names of fields.
    pub(super) plus_v: bool,
    /// `%#v`: Go syntax.
    pub(super) sharp_v: bool,
}

impl Spec {
    /// Whether nothing is asked for that changes a plain text or number.
    pub(super) fn is_plain(&self) -> bool {
        self.width.is_none()
            && self.precision.is_none()
            && !(self.plus || self.sharp || self.space || self.sharp_v)
    }

    fn fill(&self) -> u8 {
        if self.zero && !self.minus { b'0' } else { b' ' }
    }

    pub(super) fn padding(&self, out: &mut Vec<u8>, count: usize) {
        out.resize(out.len() + count, self.fill());
    }

    /// Appends `text` brought to the width.
    pub(super) fn pad(&self, out: &mut Vec<u8>, text: &[u8]) {
        let missing = match self.width {
            Some(width) => width.saturating_sub(rune_count(text)),
            None => 0,
        };
        if missing == 0 {
            out.extend_from_slice(text);
        } else if self.minus {
            out.extend_from_slice(text);
            self.padding(out, missing);
        } else {
            self.padding(out, missing);
            out.extend_from_slice(text);
        }
    }

    /// The same without padding by zeros.
    pub(super) fn pad_blank(&self, out: &mut Vec<u8>, text: &[u8]) {
        Spec { zero: false, ..*self }.pad(out, text);
    }

    /// The first characters of `text`, as many as the precision says.
    pub(super) fn truncate<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.precision else { return text };
        match rune_starts(text).nth(precision) {
            Some(end) => text.get(..end).unwrap_or(text),
            None => text,
        }
    }

    /// `%s`
    pub(super) fn string(&self, out: &mut Vec<u8>, text: &[u8]) {
        self.pad(out, self.truncate(text));
    }

    /// `%q`
    pub(super) fn quoted(&self, out: &mut Vec<u8>, text: &[u8]) {
        let text = self.truncate(text);
        if self.sharp && strconv::can_backquote(text) {
            let mut quoted = Vec::with_capacity(text.len() + 2);
            quoted.push(b'`');
            quoted.extend_from_slice(text);
            quoted.push(b'`');
            return self.pad(out, &quoted);
        }
        if self.width.is_none() {
            if self.plus {
                strconv::append_quote_to_ascii(out, text);
            } else {
                strconv::append_quote(out, text);
            }
            return;
        }
        let quoted = if self.plus { strconv::quote_to_ascii(text) } else { strconv::quote(text) };
        self.pad(out, quoted.as_bytes());
    }

    /// `%x` and `%X` of bytes.
    pub(super) fn hex(&self, out: &mut Vec<u8>, text: &[u8], upper: bool) {
        let text = match self.precision {
            Some(precision) => text.get(..precision).unwrap_or(text),
            None => text,
        };
        let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        let prefix: &[u8] = if upper { b"0X" } else { b"0x" };
        let mut width = 2 * text.len();
        if text.is_empty() {
            if let Some(wanted) = self.width {
                self.padding(out, wanted);
            }
            return;
        }
        if self.space {
            if self.sharp {
                width *= 2;
            }
            width += text.len() - 1;
        } else if self.sharp {
            width += 2;
        }
        let missing = self.width.unwrap_or(0).saturating_sub(width);
        if !self.minus {
            self.padding(out, missing);
        }
        if self.sharp {
            out.extend_from_slice(prefix);
        }
        for (at, byte) in text.iter().enumerate() {
            if self.space && at > 0 {
                out.push(b' ');
                if self.sharp {
                    out.extend_from_slice(prefix);
                }
            }
            for digit in [byte >> 4, byte & 0xf] {
                out.push(digits.get(usize::from(digit)).copied().unwrap_or(b'0'));
            }
        }
        if self.minus {
            self.padding(out, missing);
        }
    }

    /// A float in the notation of `letter`; `default` is the precision when none is given.
    pub(super) fn float(&self, out: &mut Vec<u8>, value: f64, letter: u8, default: Option<usize>) {
        let precision = self.precision.or(default);
        let notation = strconv::Notation::from_letter(letter).unwrap_or(strconv::Notation::General);
        let text = strconv::format_f64(value, notation, precision);
        let (mut sign, body) = match text.as_bytes() {
            [sign @ (b'-' | b'+'), body @ ..] => (*sign, body),
            body => (b'+', body),
        };
        if self.space && sign == b'+' && !self.plus {
            sign = b' ';
        }
        let mut number = vec![sign];
        number.extend_from_slice(body);
        if matches!(body.first(), Some(b'I' | b'N')) {
            // An infinity always shows its sign, what is no number only where one is asked for.
            let bare = body.first() == Some(&b'N') && !self.space && !self.plus;
            return self.pad_blank(out, if bare { body } else { &number });
        }
        if self.sharp && letter != b'b' {
            keep_zeros(&mut number, letter, precision);
        }
        if self.plus || sign != b'+' {
            if self.zero
                && !self.minus
                && let Some(missing) = self.width.and_then(|w| w.checked_sub(number.len()))
                && missing > 0
            {
                out.push(sign);
                self.padding(out, missing);
                out.extend_from_slice(number.get(1..).unwrap_or_default());
                return;
            }
            return self.pad(out, &number);
        }
        self.pad(out, number.get(1..).unwrap_or_default());
    }
}

/// What the flag `#` does to a float: a decimal point always, and the zeros behind it.
fn keep_zeros(number: &mut Vec<u8>, letter: u8, precision: Option<usize>) {
    let mut digits: i64 = match letter {
        b'g' | b'G' | b'x' => precision.map_or(6, |p| i64::try_from(p).unwrap_or(i64::MAX)),
        _ => 0,
    };
    let hex = matches!(letter, b'x' | b'X');
    let mut tail = Vec::new();
    let (mut point, mut significant) = (false, false);
    let mut at = 1;
    while let Some(&byte) = number.get(at) {
        match byte {
            b'.' => point = true,
            b'p' | b'P' => {
                tail = number.split_off(at);
                break;
            }
            b'e' | b'E' if !hex => {
                tail = number.split_off(at);
                break;
            }
            _ => {
                significant |= byte != b'0';
                if significant {
                    digits -= 1;
                }
            }
        }
        at += 1;
    }
    if !point {
        if matches!(number.as_slice(), [_, b'0']) {
            digits -= 1;
        }
        number.push(b'.');
    }
    while digits > 0 {
        number.push(b'0');
        digits -= 1;
    }
    number.extend_from_slice(&tail);
}

/// How many characters Go counts: a byte that is part of none counts as one.
pub(super) fn rune_count(text: &[u8]) -> usize {
    if text.is_ascii() { text.len() } else { rune_starts(text).count() }
}

/// Where each character starts.
fn rune_starts(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    text.utf8_chunks().flat_map(move |chunk| {
        let start = at;
        at += chunk.valid().len() + chunk.invalid().len();
        let bad = start + chunk.valid().len();
        let runes = chunk.valid().char_indices().map(move |(offset, _)| start + offset);
        // Go steps over bytes that are no character one by one.
        runes.chain((0..chunk.invalid().len()).map(move |offset| bad + offset))
    })
}
