//! Points in time, in the forms that Go gives them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use pintle_strconv::civil::{civil_from_days, days_from_civil, days_in};

/// A point in time with the offset that it was written with, as Go's `time.Time` in JSON: RFC 3339.
///
/// ```
/// use pintle_chart::Time;
///
/// let time = Time::parse("2026-03-04T05:06:07.500+01:00").unwrap();
/// assert_eq!(time.to_string(), "2026-03-04T05:06:07.5+01:00");
/// assert_eq!(time.ansic(), "Wed Mar  4 05:06:07 2026");
/// assert_eq!(time.go_string(None), "2026-03-04 05:06:07.5 +0100 +0100");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// Nanoseconds, below 1,000,000,000.
    pub nanoseconds: u32,
    /// The offset from UTC in seconds, east positive.
    pub offset: i32,
}

/// The days from the year 1 to 1970.
const DAYS_TO_1970: i64 = 719_162;

const DAY: i64 = 86_400;

/// A day and a time of day, as they are written.
struct Civil {
    year: i64,
    month: usize,
    day: i64,
    weekday: usize,
    second: i64,
}

impl Time {
    /// The start of the year 1 in UTC: Go's zero time, which stands for none.
    pub const ZERO: Time = Time { seconds: -DAYS_TO_1970 * DAY, nanoseconds: 0, offset: 0 };

    /// The time in UTC.
    pub fn from_system(time: SystemTime) -> Time {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Time {
                seconds: i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
                nanoseconds: after.subsec_nanos(),
                offset: 0,
            },
            Err(error) => {
                let before = error.duration();
                let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                match before.subsec_nanos() {
                    0 => Time { seconds: -seconds, nanoseconds: 0, offset: 0 },
                    n => Time {
                        seconds: (-seconds).saturating_sub(1),
                        nanoseconds: 1_000_000_000 - n,
                        offset: 0,
                    },
                }
            }
        }
    }

    /// Whether it is Go's zero time.
    pub fn is_zero(&self) -> bool {
        self.seconds == Time::ZERO.seconds && self.nanoseconds == 0
    }

    /// Reads RFC 3339, as Go's `time.Time` reads it from JSON.
    pub fn parse(text: &str) -> Option<Time> {
        let mut cut = Cut(text.as_bytes());
        let year = cut.number(4)?;
        cut.byte(b'-')?;
        let month = cut.number(2).filter(|month| (1..=12).contains(month))?;
        cut.byte(b'-')?;
        let day = cut.number(2)?;
        cut.byte(b'T')?;
        let hour = cut.number(2).filter(|hour| *hour < 24)?;
        cut.byte(b':')?;
        let minute = cut.number(2).filter(|minute| *minute < 60)?;
        cut.byte(b':')?;
        let second = cut.number(2).filter(|second| *second < 60)?;
        let nanoseconds = cut.fraction()?;
        let offset = match cut.next()? {
            b'Z' => 0,
            sign @ (b'+' | b'-') => {
                let hours = cut.number(2).filter(|hours| *hours <= 24)?;
                cut.byte(b':')?;
                let minutes = cut.number(2).filter(|minutes| *minutes < 60)?;
                let offset = hours * 3600 + minutes * 60;
                if sign == b'-' { -offset } else { offset }
            }
            _ => return None,
        };
        if !cut.0.is_empty() || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        let seconds =
            days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        Some(Time { seconds, nanoseconds, offset: i32::try_from(offset).ok()? })
    }

    /// Seconds and what Go's `time.RFC3339` prints: no fraction.
    pub fn rfc3339(&self) -> String {
        Time { nanoseconds: 0, ..*self }.to_string()
    }

    /// As Go's `time.ANSIC` prints it, such as `Wed Mar  4 05:06:07 2026`.
    pub fn ansic(&self) -> String {
        const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let Civil { year, month, day, weekday, second } = self.civil();
        let weekday = DAYS.get(weekday).copied().unwrap_or_default();
        let month = month.checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
        let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
        format!("{weekday} {month} {day:>2} {h:02}:{m:02}:{s:02} {year:04}")
    }

    /// As Go's `Time.String` prints it, such as `2026-03-04 05:06:07.5 +0000 UTC`. `zone` is the
    /// name of the zone where it is known; without one the offset stands in its place, and `UTC`
    /// where there is no offset.
    pub fn go_string(&self, zone: Option<&str>) -> String {
        let Civil { year, month, day, second, .. } = self.civil();
        let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
        let fraction = fraction(self.nanoseconds);
        let minutes = self.offset / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let offset = format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60);
        let zone = match zone {
            Some(zone) => zone,
            None if self.offset == 0 => "UTC",
            None => &offset,
        };
        format!("{year:04}-{month:02}-{day:02} {h:02}:{m:02}:{s:02}{fraction} {offset} {zone}")
    }

    fn civil(&self) -> Civil {
        let local = self.seconds.saturating_add(self.offset.into());
        let days = local.div_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        // The first day of 1970 was a Thursday.
        let weekday = (days.rem_euclid(7) + 4) % 7;
        let weekday = usize::try_from(weekday).unwrap_or_default();
        let second = local.rem_euclid(DAY);
        Civil { year, month: usize::try_from(month).unwrap_or_default(), day, weekday, second }
    }
}

/// Go's `time.RFC3339Nano`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, second, .. } = self.civil();
        let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}")?;
        f.write_str(&fraction(self.nanoseconds))?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let minutes = self.offset / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }
}

/// The fraction of a second with its point, without zeros behind it.
fn fraction(nanoseconds: u32) -> String {
    if nanoseconds == 0 {
        return String::new();
    }
    let digits = format!(".{nanoseconds:09}");
    digits.trim_end_matches('0').to_owned()
}

struct Cut<'t>(&'t [u8]);

impl Cut<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn byte(&mut self, want: u8) -> Option<()> {
        self.next().filter(|byte| *byte == want).map(|_| ())
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        (0..digits).try_fold(0, |number, _| {
            let digit = self.next().filter(u8::is_ascii_digit)?;
            Some(number * 10 + i64::from(digit - b'0'))
        })
    }

    /// The nanoseconds; digits beyond the ninth are passed over, as in Go.
    fn fraction(&mut self) -> Option<u32> {
        if !matches!(self.0.first(), Some(b'.' | b',')) {
            return Some(0);
        }
        self.next();
        let (mut nanoseconds, mut unit, mut any) = (0, 100_000_000, false);
        while let Some(digit) = self.0.first().copied().filter(u8::is_ascii_digit) {
            nanoseconds += u32::from(digit - b'0') * unit;
            unit /= 10;
            any = true;
            self.next();
        }
        any.then_some(nanoseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_go_writes_them() {
        let table = [
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2024-02-29T23:59:59.123456789Z", "2024-02-29T23:59:59.123456789Z"),
            ("2026-11-21T19:06:01.100-07:30", "2026-11-21T19:06:01.1-07:30"),
            ("2026-11-21T00:00:00+00:00", "2026-11-21T00:00:00Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
        ];
        for (text, want) in table {
            assert_eq!(Time::parse(text).unwrap().to_string(), want);
        }
        let bad = [
            "",
            "2026-11-21",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T00:00:00",
            "2026-11-21T00:00:00.Z",
            "2026-11-21t00:00:00Z",
            "2026-11-21T00:00:00Zz",
        ];
        for text in bad {
            assert_eq!(Time::parse(text), None, "{text}");
        }
        assert!(Time::ZERO.is_zero());
        assert_eq!(Time::ZERO.to_string(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn go_prints_it_in_other_ways_too() {
        let time = Time::parse("2026-11-21T09:06:01.678Z").unwrap();
        assert_eq!(time.go_string(None), "2026-11-21 09:06:01.678 +0000 UTC");
        assert_eq!(time.ansic(), "Sat Nov 21 09:06:01 2026");
        assert_eq!(time.rfc3339(), "2026-11-21T09:06:01Z");
        let time = Time { offset: 3600, ..time };
        assert_eq!(time.go_string(Some("CET")), "2026-11-21 10:06:01.678 +0100 CET");
        assert_eq!(Time::ZERO.ansic(), "Mon Jan  1 00:00:00 0001");
    }
}
