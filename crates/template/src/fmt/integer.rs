//! Integers in every base, characters and code points.

use pintle_strconv as strconv;

use super::pad::Spec;

/// How the digits are written.
#[derive(Clone, Copy)]
pub(super) struct Base {
    pub(super) radix: u64,
    pub(super) upper: bool,
    /// `%O`: always with `0o` in front.
    pub(super) letter_o: bool,
}

impl Base {
    pub(super) const TEN: Base = Base { radix: 10, upper: false, letter_o: false };
    pub(super) const HEX: Base = Base { radix: 16, upper: false, letter_o: false };
}

impl Spec {
    /// An integer by its sign and its magnitude.
    pub(super) fn integer(&self, out: &mut Vec<u8>, negative: bool, magnitude: u64, base: Base) {
        if base.radix == 10 && self.is_plain() {
            if negative {
                out.push(b'-');
            }
            return strconv::append_uint(out, magnitude);
        }
        let mut least = 0;
        if let Some(precision) = self.precision {
            if precision == 0 && magnitude == 0 {
                let blank = Spec { zero: false, ..*self };
                return blank.padding(out, self.width.unwrap_or(0));
            }
            least = precision;
        } else if let Some(width) = self.width
            && self.zero
            && !self.minus
        {
            least = width;
            if negative || self.plus || self.space {
                least = least.saturating_sub(1);
            }
        }
        // Written from the last digit to the sign, then turned round.
        let mut text = Vec::with_capacity(70.max(least + 3));
        let mut rest = magnitude;
        loop {
            let digit = u8::try_from(rest % base.radix).unwrap_or(0);
            text.push(match digit {
                0..=9 => b'0' + digit,
                _ if base.upper => b'A' + digit - 10,
                _ => b'a' + digit - 10,
            });
            rest /= base.radix;
            if rest == 0 {
                break;
            }
        }
        if text.len() < least {
            text.resize(least, b'0');
        }
        if self.sharp {
            match base.radix {
                2 => text.extend_from_slice(b"b0"),
                8 if text.last() != Some(&b'0') => text.push(b'0'),
                16 if base.upper => text.extend_from_slice(b"X0"),
                16 => text.extend_from_slice(b"x0"),
                _ => {}
            }
        }
        if base.letter_o {
            text.extend_from_slice(b"o0");
        }
        if negative {
            text.push(b'-');
        } else if self.plus {
            text.push(b'+');
        } else if self.space {
            text.push(b' ');
        }
        text.reverse();
        self.pad_blank(out, &text);
    }

    /// `%c`
    pub(super) fn character(&self, out: &mut Vec<u8>, code: u64) {
        let c = to_char(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.pad(out, c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// `%q` of an integer.
    pub(super) fn quoted_character(&self, out: &mut Vec<u8>, code: u64) {
        let code = to_char(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        let text =
            if self.plus { strconv::quote_rune_to_ascii(code) } else { strconv::quote_rune(code) };
        self.pad(out, text.as_bytes());
    }

    /// `%U`
    pub(super) fn code_point(&self, out: &mut Vec<u8>, code: u64) {
        let digits = self.precision.unwrap_or(0).max(4);
        let mut text = format!("U+{code:0digits$X}");
        if self.sharp
            && let Some(c) = to_char(code)
            && strconv::is_print(c)
        {
            text.push_str(" '");
            text.push(c);
            text.push('\'');
        }
        self.pad_blank(out, text.as_bytes());
    }
}

fn to_char(code: u64) -> Option<char> {
    u32::try_from(code).ok().and_then(char::from_u32)
}
