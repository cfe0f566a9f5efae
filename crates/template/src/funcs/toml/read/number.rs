//! TOML's numbers and times.

use std::rc::Rc;

use pintle_strconv as strconv;

use super::{Reader, Result};
use crate::Value;
use crate::funcs::time::{RFC3339_NANO, Zone, parse_any};

impl Reader<'_> {
    /// A number or a time.
    pub(super) fn number(&mut self) -> Result<Value> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let signed = matches!(rest.first(), Some(b'+' | b'-'));
        let unsigned = rest.get(usize::from(signed)..).unwrap_or_default();
        let digit = unsigned.first().is_some_and(u8::is_ascii_digit);
        if signed && !digit {
            let sign = if rest.first() == Some(&b'-') { -1.0 } else { 1.0 };
            for (text, number) in [(b"inf", f64::INFINITY), (b"nan", f64::NAN)] {
                if unsigned.starts_with(text) {
                    self.at += 4;
                    return Ok(Value::float(number.copysign(sign)));
                }
            }
            self.next()?;
            return match self.next()? {
                Some('.') => self.fail_here("floats must start with a digit, not '.'"),
                c => {
                    let c = strconv::quote_rune(c.unwrap_or('\0'));
                    self.fail_here(format!("expected a digit but got {c}"))
                }
            };
        }
        let based = matches!(unsigned, [b'0', b'b' | b'o' | b'x', ..]);
        let digits = unsigned.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_time = !signed && matches!(unsigned.get(digits), Some(b'-' | b':'));
        let part = |byte: &u8| {
            if is_time {
                byte.is_ascii_digit() || b"-:Tt .Zz+".contains(byte)
            } else if based {
                byte.is_ascii_hexdigit() || b"_box".contains(byte)
            } else {
                byte.is_ascii_digit() || b"_.eE".contains(byte)
            }
        };
        let mut length = usize::from(signed);
        while let Some(byte) = rest.get(length) {
            // A sign may stand behind an exponent.
            let exponent = !is_time && !based && matches!(byte, b'+' | b'-') && length > 0;
            let exponent = exponent
                && rest.get(..length).is_some_and(|text| text.iter().any(|b| b".eE".contains(b)));
            if !part(byte) && !exponent {
                break;
            }
            length += 1;
        }
        let token = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
        self.at += length;
        if is_time {
            return self.time(token.trim());
        }
        if !based && token.contains(['.', 'e', 'E']) {
            self.float(&token)
        } else {
            self.integer(&token)
        }
    }

    fn integer(&self, token: &str) -> Result<Value> {
        let quoted = strconv::quote(token);
        if !underscores_fit(token) {
            let message =
                format!("Invalid integer {quoted}: underscores must be surrounded by digits");
            return self.fail(self.line, message);
        }
        if leading_zero(token) {
            let message = format!("Invalid integer {quoted}: cannot have leading zeroes");
            return self.fail(self.line, message);
        }
        match strconv::parse_int(token, 0, 64) {
            Ok(number) => Ok(Value::int64(number)),
            Err(error) if error.kind() == strconv::NumErrorKind::Range => {
                self.fail(self.line, format!("{token} is out of range for int64"))
            }
            Err(_) => self.fail(self.line, format!("Invalid integer {quoted}")),
        }
    }

    fn float(&self, token: &str) -> Result<Value> {
        let quoted = strconv::quote(token);
        let mut parts = token.split(['.', 'e', 'E']).filter(|part| !part.is_empty());
        let wrong = if !parts.clone().all(underscores_fit) {
            "underscores must be surrounded by digits"
        } else if parts.next().is_some_and(leading_zero) {
            "cannot have leading zeroes"
        } else if token
            .split('.')
            .skip(1)
            .any(|part| !part.starts_with(|c: char| c.is_ascii_digit()))
        {
            "'.' must be followed by one or more digits"
        } else {
            ""
        };
        if !wrong.is_empty() {
            return self.fail(self.line, format!("Invalid float {quoted}: {wrong}"));
        }
        match strconv::parse_f64(token.replace('_', "").as_str()) {
            Ok(number) => Ok(Value::float(number)),
            Err(error) if error.kind() == strconv::NumErrorKind::Range => {
                self.fail(self.line, format!("{token} is out of range for float64"))
            }
            Err(_) => self.fail(self.line, format!("Invalid float value: {quoted}")),
        }
    }

    fn time(&self, token: &str) -> Result<Value> {
        let text = token.replace('z', "Z").replace(['t', ' '], "T");
        let named = |name: &str| Zone::Fixed { name: Rc::from(name), offset: self.offset };
        let (date_time, date, time) =
            (named("datetime-local"), named("date-local"), named("time-local"));
        let layouts: [(&[u8], Zone); 7] = [
            (RFC3339_NANO, self.local.clone()),
            (b"2006-01-02T15:04:05.999999999", date_time.clone()),
            (b"2006-01-02", date),
            (b"15:04:05.999999999", time.clone()),
            (b"2006-01-02T15:04Z07:00", self.local.clone()),
            (b"2006-01-02T15:04", date_time),
            (b"15:04", time),
        ];
        // Go takes an hour of one digit, which TOML does not.
        let two_digits = |layout: &[u8]| {
            let fixed = layout.iter().take_while(|byte| !matches!(byte, b'.' | b'Z'));
            fixed.zip(text.bytes()).all(|(wanted, byte)| wanted.is_ascii_digit() || *wanted == byte)
        };
        match parse_any(&layouts, text.as_bytes()) {
            Some((index, moment))
                if layouts.get(index).is_some_and(|(layout, _)| two_digits(layout)) =>
            {
                Ok(Value::object(moment))
            }
            _ => self.fail(self.line, format!("invalid datetime: {}", strconv::quote(text))),
        }
    }
}

/// Whether each underscore stands between digits.
fn underscores_fit(text: &str) -> bool {
    let mut accept = false;
    for c in text.chars() {
        if c == '_' && !accept {
            return false;
        }
        accept = c.is_ascii_hexdigit();
    }
    accept
}

fn leading_zero(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', second, ..] => !matches!(second, b'b' | b'o' | b'x'),
        [b'+' | b'-', b'0', _, ..] => true,
        _ => false,
    }
}
