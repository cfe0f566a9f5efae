//! Reading a time by a layout: `time.ParseInLocation`.

use pintle_strconv::civil::{days_from_civil, days_in, is_leap};

use super::clock::{MONTHS, WEEK_DAYS};
use super::layout::{OffsetForm, Part, next_part};
use super::moment::Moment;
use super::zone::Zone;
use crate::NamedNumber;

/// What does not fit: a text, or a number that is out of range.
enum Misfit {
    Text,
    Range(&'static str),
}

type Result<T> = std::result::Result<T, Misfit>;

/// The parts of a time as they are read.
struct Reading {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanoseconds: u32,
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i32>,
    zone_name: String,
}

/// Reads a time; one without a zone is in the `local` one.
///
/// # Errors
///
/// Go's text of why it cannot be read.
pub(super) fn parse(
    layout: &[u8],
    value: &[u8],
    local: &Zone,
) -> std::result::Result<Moment, String> {
    let parsing = || format!("parsing time {}", quote(value));
    let mut reading = Reading {
        year: 0,
        month: None,
        day: None,
        year_day: None,
        hour: 0,
        minute: 0,
        second: 0,
        nanoseconds: 0,
        afternoon: None,
        utc: false,
        offset: None,
        zone_name: String::new(),
    };
    let cannot = |rest: &[u8], element: &[u8]| {
        let (layout, rest, element) = (quote(layout), quote(rest), quote(element));
        format!("{} as {layout}: cannot parse {rest} as {element}", parsing())
    };
    let (mut layout_rest, mut rest) = (layout, value);
    loop {
        let (before, part, text, after) = next_part(layout_rest);
        rest = match skip(rest, before) {
            Ok(rest) => rest,
            Err(rest) => return Err(cannot(rest, before)),
        };
        let Some(part) = part else { break };
        layout_rest = after;
        let start = rest;
        match reading.part(part, &mut rest, layout_rest) {
            Ok(()) => {}
            Err(Misfit::Range(what)) => return Err(format!("{}: {what} out of range", parsing())),
            Err(Misfit::Text) => return Err(cannot(start, text)),
        }
    }
    if !rest.is_empty() {
        return Err(format!("{}: extra text: {}", parsing(), quote(rest)));
    }
    reading.finish(local).map_err(|message| format!("{}: {message}", parsing()))
}

impl Reading {
    fn part(&mut self, part: Part, rest: &mut &[u8], layout: &[u8]) -> Result<()> {
        let in_range = |number: i64, range: std::ops::Range<i64>, what| {
            if range.contains(&number) { Ok(number) } else { Err(Misfit::Range(what)) }
        };
        match part {
            Part::Year => {
                let year = plain_number(take(rest, 2)?)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
            }
            Part::LongYear => {
                if !rest.first().is_some_and(u8::is_ascii_digit) {
                    return Err(Misfit::Text);
                }
                self.year = plain_number(take(rest, 4)?)?;
            }
            Part::LongMonth => self.month = Some(lookup(&MONTHS, rest, false)? + 1),
            Part::Month => self.month = Some(lookup(&MONTHS, rest, true)? + 1),
            Part::NumMonth | Part::ZeroMonth => {
                let month = digits(rest, part == Part::ZeroMonth)?;
                self.month = Some(in_range(month, 1..13, "month")?);
            }
            Part::LongWeekDay => drop(lookup(&WEEK_DAYS, rest, false)?),
            Part::WeekDay => drop(lookup(&WEEK_DAYS, rest, true)?),
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                if part == Part::UnderDay {
                    *rest = rest.strip_prefix(b" ").unwrap_or(rest);
                }
                // Whether the month has it is found out at the end.
                self.day = Some(digits(rest, part == Part::ZeroDay)?);
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                if part == Part::UnderYearDay {
                    *rest = rest.strip_prefix(b" ").unwrap_or(rest);
                    *rest = rest.strip_prefix(b" ").unwrap_or(rest);
                }
                let length = rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                if length == 0 || part == Part::ZeroYearDay && length != 3 {
                    return Err(Misfit::Text);
                }
                self.year_day = Some(plain_number(take(rest, length)?)?);
            }
            Part::Hour => self.hour = in_range(digits(rest, false)?, 0..24, "hour")?,
            Part::Hour12 | Part::ZeroHour12 => {
                let hour = digits(rest, part == Part::ZeroHour12)?;
                self.hour = in_range(hour, 0..13, "hour")?;
            }
            Part::Minute | Part::ZeroMinute => {
                let minute = digits(rest, part == Part::ZeroMinute)?;
                self.minute = in_range(minute, 0..60, "minute")?;
            }
            Part::Second | Part::ZeroSecond => {
                let second = digits(rest, part == Part::ZeroSecond)?;
                self.second = in_range(second, 0..60, "second")?;
                // A fraction is read even where the layout has none.
                let asked = matches!(next_part(layout), (b"", Some(Part::Fraction { .. }), ..));
                if let [b'.' | b',', b'0'..=b'9', ..] = rest
                    && !asked
                {
                    self.fraction(rest, usize::MAX)?;
                }
            }
            Part::Half { upper } => {
                let text = take(rest, 2)?;
                self.afternoon = Some(match (text, upper) {
                    (b"PM", true) | (b"pm", false) => true,
                    (b"AM", true) | (b"am", false) => false,
                    _ => return Err(Misfit::Text),
                });
            }
            Part::ZoneName => {
                if let Some(after) = rest.strip_prefix(b"UTC") {
                    self.utc = true;
                    *rest = after;
                    return Ok(());
                }
                let length = zone_name(rest).ok_or(Misfit::Text)?;
                self.zone_name = String::from_utf8_lossy(take(rest, length)?).into_owned();
            }
            Part::Offset(form) => {
                if form.z
                    && let Some(after) = rest.strip_prefix(b"Z")
                {
                    self.utc = true;
                    *rest = after;
                    return Ok(());
                }
                self.offset = Some(offset(rest, form)?);
            }
            Part::Fraction { digits, trim: false, .. } => {
                if rest.len() <= digits {
                    return Err(Misfit::Text);
                }
                self.fraction(rest, digits)?;
            }
            // May be left out.
            Part::Fraction { .. } => {
                if let [b'.' | b',', b'0'..=b'9', ..] = rest {
                    self.fraction(rest, usize::MAX)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a separator and up to `limit` digits; `limit` itself when it is not the greatest.
    fn fraction(&mut self, rest: &mut &[u8], limit: usize) -> Result<()> {
        let length = if limit == usize::MAX {
            rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count()
        } else {
            limit
        };
        let text = take(rest, length + 1)?;
        if !matches!(text.first(), Some(b'.' | b',')) {
            return Err(Misfit::Text);
        }
        // What is finer than nanoseconds is cut off.
        let text = text.get(1..text.len().min(10)).unwrap_or_default();
        let number = u32::try_from(plain_number(text)?);
        let number = number.map_err(|_| Misfit::Range("fractional second"))?;
        self.nanoseconds = number * 10u32.pow(9 - text.len() as u32);
        Ok(())
    }

    fn finish(mut self, local: &Zone) -> std::result::Result<Moment, &'static str> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        if let Some(year_day) = self.year_day {
            if !(1..=365 + i64::from(is_leap(self.year))).contains(&year_day) {
                return Err("day-of-year out of range");
            }
            let mut month = 1;
            let mut day = year_day;
            while day > days_in(self.year, month) {
                day -= days_in(self.year, month);
                month += 1;
            }
            if self.month.is_some_and(|given| given != month) {
                return Err("day-of-year does not match month");
            }
            if self.day.is_some_and(|given| given != day) {
                return Err("day-of-year does not match day");
            }
            (self.month, self.day) = (Some(month), Some(day));
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if !(1..=days_in(self.year, month)).contains(&day) {
            return Err("day out of range");
        }
        let days = days_from_civil(self.year, month, day);
        let clock = days * 86_400 + self.hour * 3600 + self.minute * 60 + self.second;
        let (seconds, zone) = self.place(clock, local);
        Ok(Moment { seconds, nanoseconds: self.nanoseconds, zone })
    }

    /// The moment at which the clock shows this, in the zone that was read, or else locally.
    fn place(&self, clock: i64, local: &Zone) -> (i64, Zone) {
        if self.utc {
            return (clock, Zone::Utc);
        }
        if let Some(offset) = self.offset {
            let seconds = clock - i64::from(offset);
            let same_name =
                || self.zone_name.is_empty() || local.abbreviation(seconds) == self.zone_name;
            if local.offset(seconds) == offset && same_name() {
                return (seconds, local.clone());
            }
            return (seconds, Zone::Fixed { name: self.zone_name.as_str().into(), offset });
        }
        if self.zone_name.is_empty() {
            return (local.moment_of(clock), local.clone());
        }
        if let Some(offset) = local.offset_of(&self.zone_name, clock) {
            return (clock - i64::from(offset), local.clone());
        }
        // A zone that is not known here: its offset counts as none, but for `GMT+3`.
        let hours = self.zone_name.strip_prefix("GMT").and_then(|hours| hours.parse::<i32>().ok());
        let offset = hours.unwrap_or(0) * 3600;
        (clock - i64::from(offset), Zone::Fixed { name: self.zone_name.as_str().into(), offset })
    }
}

/// Skips a layout's plain text; any spaces stand for any spaces. The error is where it differs.
fn skip<'v>(mut value: &'v [u8], mut text: &[u8]) -> std::result::Result<&'v [u8], &'v [u8]> {
    let spaces = |text: &[u8]| text.iter().take_while(|byte| **byte == b' ').count();
    while let Some((first, rest)) = text.split_first() {
        if *first == b' ' {
            if value.first().is_some_and(|byte| *byte != b' ') {
                return Err(value);
            }
            text = text.get(spaces(text)..).unwrap_or_default();
            value = value.get(spaces(value)..).unwrap_or_default();
            continue;
        }
        match value.split_first() {
            Some((byte, after)) if byte == first => value = after,
            _ => return Err(value),
        }
        text = rest;
    }
    Ok(value)
}

fn take<'v>(rest: &mut &'v [u8], length: usize) -> Result<&'v [u8]> {
    let (taken, after) = rest.split_at_checked(length).ok_or(Misfit::Text)?;
    *rest = after;
    Ok(taken)
}

/// A number of any digits, maybe with a sign as Go's `atoi` takes one.
fn plain_number(text: &[u8]) -> Result<i64> {
    let (negative, number) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if number.is_empty() || number.len() > 18 || !number.iter().all(u8::is_ascii_digit) {
        return Err(Misfit::Text);
    }
    let number = number.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Ok(if negative { -number } else { number })
}

/// One or two digits; two if `fixed`.
fn digits(rest: &mut &[u8], fixed: bool) -> Result<i64> {
    let length = rest.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || fixed && length != 2 {
        return Err(Misfit::Text);
    }
    plain_number(take(rest, length)?)
}

/// The index of the name that the text starts with, in upper or lower case.
fn lookup(table: &[NamedNumber], rest: &mut &[u8], short: bool) -> Result<i64> {
    for (index, entry) in (0..).zip(table) {
        let name = if short { entry.text.get(..3).unwrap_or_default() } else { entry.text };
        if let Some((start, after)) = rest.split_at_checked(name.len())
            && start.eq_ignore_ascii_case(name.as_bytes())
        {
            *rest = after;
            return Ok(index);
        }
    }
    Err(Misfit::Text)
}

fn offset(rest: &mut &[u8], form: OffsetForm) -> Result<i32> {
    let sign = match take(rest, 1)? {
        b"+" => 1,
        b"-" => -1,
        _ => return Err(Misfit::Text),
    };
    let mut parts = [0; 3];
    let wanted = [true, form.minutes, form.seconds];
    for (index, part) in parts.iter_mut().enumerate() {
        if !wanted.get(index).is_some_and(|wanted| *wanted) {
            break;
        }
        if index > 0 && form.colon && take(rest, 1)? != b":" {
            return Err(Misfit::Text);
        }
        let mut two = take(rest, 2)?;
        *part = digits(&mut two, true)?;
    }
    let [hours, minutes, seconds] = parts;
    // Offsets of a whole day, hour and minute are written by some.
    for (value, greatest, what) in [
        (hours, 24, "time zone offset hour"),
        (minutes, 60, "time zone offset minute"),
        (seconds, 60, "time zone offset second"),
    ] {
        if value > greatest {
            return Err(Misfit::Range(what));
        }
    }
    i32::try_from(sign * (hours * 3600 + minutes * 60 + seconds)).map_err(|_| Misfit::Text)
}

/// How long the abbreviation of a zone is that the text starts with.
fn zone_name(text: &[u8]) -> Option<usize> {
    let signed = |text: &[u8]| {
        let (b'+' | b'-') = text.first()? else { return None };
        let digits = text.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
        let hours = plain_number(text.get(1..=digits)?).ok()?;
        (hours <= 23).then_some(digits + 1)
    };
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed(rest).unwrap_or(0));
    }
    if matches!(text.first(), Some(b'+' | b'-')) {
        return signed(text);
    }
    let letters = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match letters {
        3 => Some(3),
        4 if text.get(3) == Some(&b'T') || text.starts_with(b"WITA") => Some(4),
        5 if text.get(4) == Some(&b'T') => Some(5),
        _ => None,
    }
}

/// Quotes a text as the package `time` does, which knows no characters but ASCII.
fn quote(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in text {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..=b'~' | 0x7f => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
