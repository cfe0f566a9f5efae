//! Writing a time by a layout: `Time.Format`.

use super::clock::{Clock, MONTHS, WEEK_DAYS, named};
use super::layout::{OffsetForm, Part, next_part};
use super::moment::Moment;

/// Appends the time by the layout.
pub(super) fn append(out: &mut Vec<u8>, moment: &Moment, mut layout: &[u8]) {
    let offset = moment.offset();
    let clock = moment.clock();
    loop {
        let (before, part, _, rest) = next_part(layout);
        out.extend_from_slice(before);
        let Some(part) = part else { return };
        layout = rest;
        append_part(out, moment, &clock, offset, part);
    }
}

fn append_part(out: &mut Vec<u8>, moment: &Moment, clock: &Clock, offset: i32, part: Part) {
    let month = named(&MONTHS, clock.month).text;
    let week_day = named(&WEEK_DAYS, clock.week_day).text;
    let short = |text: &'static str| text.get(..3).unwrap_or(text);
    let hour12 = if clock.hour % 12 == 0 { 12 } else { clock.hour % 12 };
    match part {
        Part::LongMonth => out.extend_from_slice(month.as_bytes()),
        Part::Month => out.extend_from_slice(short(month).as_bytes()),
        Part::NumMonth => number(out, clock.month, 0),
        Part::ZeroMonth => number(out, clock.month, 2),
        Part::LongWeekDay => out.extend_from_slice(week_day.as_bytes()),
        Part::WeekDay => out.extend_from_slice(short(week_day).as_bytes()),
        Part::Day => number(out, clock.day, 0),
        Part::UnderDay => out.extend_from_slice(format!("{:2}", clock.day).as_bytes()),
        Part::ZeroDay => number(out, clock.day, 2),
        Part::UnderYearDay => out.extend_from_slice(format!("{:3}", clock.year_day).as_bytes()),
        Part::ZeroYearDay => number(out, clock.year_day, 3),
        Part::Hour => number(out, clock.hour, 2),
        Part::Hour12 => number(out, hour12, 0),
        Part::ZeroHour12 => number(out, hour12, 2),
        Part::Minute => number(out, clock.minute, 0),
        Part::ZeroMinute => number(out, clock.minute, 2),
        Part::Second => number(out, clock.second, 0),
        Part::ZeroSecond => number(out, clock.second, 2),
        Part::LongYear => number(out, clock.year, 4),
        Part::Year => number(out, clock.year.max(0) % 100, 2),
        Part::Half { upper } => out.extend_from_slice(match (upper, clock.hour >= 12) {
            (true, true) => b"PM",
            (true, false) => b"AM",
            (false, true) => b"pm",
            (false, false) => b"am",
        }),
        Part::ZoneName => {
            let name = moment.abbreviation();
            if name.is_empty() {
                let form = OffsetForm { z: false, colon: false, minutes: true, seconds: false };
                append_offset(out, offset, form);
            } else {
                out.extend_from_slice(name.as_bytes());
            }
        }
        Part::Offset(form) if form.z && offset == 0 => out.push(b'Z'),
        Part::Offset(form) => append_offset(out, offset, form),
        Part::Fraction { separator, digits, trim } => {
            let text = format!("{:09}", moment.nanoseconds);
            let mut text = text.as_bytes().get(..digits.min(9)).unwrap_or_default();
            if trim {
                let end = text.iter().rposition(|digit| *digit != b'0').map_or(0, |at| at + 1);
                text = text.get(..end).unwrap_or_default();
                if text.is_empty() {
                    return;
                }
            }
            out.push(separator);
            out.extend_from_slice(text);
            if !trim {
                out.extend(std::iter::repeat_n(b'0', digits.saturating_sub(9)));
            }
        }
    }
}

/// A number with zeros in front.
fn number(out: &mut Vec<u8>, number: i64, width: usize) {
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(format!("{:0width$}", number.unsigned_abs()).as_bytes());
}

fn append_offset(out: &mut Vec<u8>, offset: i32, form: OffsetForm) {
    out.push(if offset < 0 { b'-' } else { b'+' });
    let offset = i64::from(offset.unsigned_abs());
    number(out, offset / 3600, 2);
    for (wanted, value) in [(form.minutes, offset / 60 % 60), (form.seconds, offset % 60)] {
        if wanted {
            if form.colon {
                out.push(b':');
            }
            number(out, value, 2);
        }
    }
}
