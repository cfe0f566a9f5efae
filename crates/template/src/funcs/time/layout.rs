//! Go's layouts: a time is written as the reference time `Mon Jan 2 15:04:05 MST 2006` would be.

/// A part of a layout that stands for a part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `January`
    LongMonth,
    /// `Jan`
    Month,
    /// `1`
    NumMonth,
    /// `01`
    ZeroMonth,
    /// `Monday`
    LongWeekDay,
    /// `Mon`
    WeekDay,
    /// `2`
    Day,
    /// `_2`
    UnderDay,
    /// `02`
    ZeroDay,
    /// `__2`
    UnderYearDay,
    /// `002`
    ZeroYearDay,
    /// `15`
    Hour,
    /// `3`
    Hour12,
    /// `03`
    ZeroHour12,
    /// `4`
    Minute,
    /// `04`
    ZeroMinute,
    /// `5`
    Second,
    /// `05`
    ZeroSecond,
    /// `2006`
    LongYear,
    /// `06`
    Year,
    /// `PM`, `pm`
    Half { upper: bool },
    /// `MST`
    ZoneName,
    /// `-0700` and its like
    Offset(OffsetForm),
    /// `.000` or `,000`: that many digits; `.999`: up to that many
    Fraction { separator: u8, digits: usize, trim: bool },
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetForm {
    /// `Z07:00`: a `Z` for UTC.
    pub(super) z: bool,
    pub(super) colon: bool,
    pub(super) minutes: bool,
    pub(super) seconds: bool,
}

/// The forms of offsets, those that start with another one before it.
const OFFSETS: [(&[u8], OffsetForm); 5] = [
    (b"070000", OffsetForm { z: false, colon: false, minutes: true, seconds: true }),
    (b"07:00:00", OffsetForm { z: false, colon: true, minutes: true, seconds: true }),
    (b"0700", OffsetForm { z: false, colon: false, minutes: true, seconds: false }),
    (b"07:00", OffsetForm { z: false, colon: true, minutes: true, seconds: false }),
    (b"07", OffsetForm { z: false, colon: false, minutes: false, seconds: false }),
];

/// The text before the first part of a layout, the part, how long it is, and the text behind it.
pub(super) fn next_part(layout: &[u8]) -> (&[u8], Option<Part>, &[u8], &[u8]) {
    for at in 0..layout.len() {
        let rest = layout.get(at..).unwrap_or_default();
        if let Some((part, skip, length)) = part_at(rest) {
            let start = at + skip;
            return (
                layout.get(..start).unwrap_or_default(),
                Some(part),
                layout.get(start..start + length).unwrap_or_default(),
                layout.get(start + length..).unwrap_or_default(),
            );
        }
    }
    (layout, None, b"", b"")
}

/// The part that a text starts with, behind `skip` bytes that are none, and its length.
fn part_at(text: &[u8]) -> Option<(Part, usize, usize)> {
    let followed_by_lower = |at: usize| text.get(at).is_some_and(u8::is_ascii_lowercase);
    let found = |part, length| Some((part, 0, length));
    match text {
        [b'J', b'a', b'n', b'u', b'a', b'r', b'y', ..] => found(Part::LongMonth, 7),
        [b'J', b'a', b'n', ..] if !followed_by_lower(3) => found(Part::Month, 3),
        [b'M', b'o', b'n', b'd', b'a', b'y', ..] => found(Part::LongWeekDay, 6),
        [b'M', b'o', b'n', ..] if !followed_by_lower(3) => found(Part::WeekDay, 3),
        [b'M', b'S', b'T', ..] => found(Part::ZoneName, 3),
        [b'0', b'1', ..] => found(Part::ZeroMonth, 2),
        [b'0', b'2', ..] => found(Part::ZeroDay, 2),
        [b'0', b'3', ..] => found(Part::ZeroHour12, 2),
        [b'0', b'4', ..] => found(Part::ZeroMinute, 2),
        [b'0', b'5', ..] => found(Part::ZeroSecond, 2),
        [b'0', b'6', ..] => found(Part::Year, 2),
        [b'0', b'0', b'2', ..] => found(Part::ZeroYearDay, 3),
        [b'1', b'5', ..] => found(Part::Hour, 2),
        [b'1', ..] => found(Part::NumMonth, 1),
        [b'2', b'0', b'0', b'6', ..] => found(Part::LongYear, 4),
        [b'2', ..] => found(Part::Day, 1),
        [b'_', b'2', b'0', b'0', b'6', ..] => Some((Part::LongYear, 1, 4)),
        [b'_', b'2', ..] => found(Part::UnderDay, 2),
        [b'_', b'_', b'2', ..] => found(Part::UnderYearDay, 3),
        [b'3', ..] => found(Part::Hour12, 1),
        [b'4', ..] => found(Part::Minute, 1),
        [b'5', ..] => found(Part::Second, 1),
        [b'P', b'M', ..] => found(Part::Half { upper: true }, 2),
        [b'p', b'm', ..] => found(Part::Half { upper: false }, 2),
        [sign @ (b'-' | b'Z'), rest @ ..] => {
            let (text, form) = OFFSETS.iter().find(|(text, _)| rest.starts_with(text))?;
            found(Part::Offset(OffsetForm { z: *sign == b'Z', ..*form }), text.len() + 1)
        }
        [separator @ (b'.' | b','), digit @ (b'0' | b'9'), ..] => {
            let digits = text.iter().skip(1).take_while(|byte| *byte == digit).count();
            if text.get(digits + 1).is_some_and(u8::is_ascii_digit) {
                return None;
            }
            let trim = *digit == b'9';
            found(Part::Fraction { separator: *separator, digits, trim }, digits + 1)
        }
        _ => None,
    }
}
