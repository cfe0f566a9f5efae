//! A moment taken apart: the date and the time of day that a clock in a zone shows.

use pintle_strconv::civil::{civil_from_days, days_from_civil};

use crate::NamedNumber;

/// Where Go's calendar begins, in seconds since 1970. What is before runs on behind its end.
const FIRST: i128 = -9_223_372_028_741_760_000;

/// What a clock shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) year: i64,
    /// 1 to 12
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// 1 to 366
    pub(super) year_day: i64,
    /// 0 is Sunday
    pub(super) week_day: i64,
}

impl Clock {
    /// From seconds since 1970 in local time.
    pub(super) fn new(seconds: i64) -> Clock {
        let mut seconds = i128::from(seconds);
        if seconds < FIRST {
            seconds += 1 << 64;
        }
        let (days, second) = (seconds.div_euclid(86_400) as i64, seconds.rem_euclid(86_400) as i64);
        let (year, month, day) = civil_from_days(days);
        Clock {
            year,
            month,
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            year_day: days - days_from_civil(year, 1, 1) + 1,
            week_day: (days + 4).rem_euclid(7),
        }
    }
}

const fn month(value: i64, text: &'static str) -> NamedNumber {
    NamedNumber { type_name: "time.Month", text, value }
}

const fn week_day(value: i64, text: &'static str) -> NamedNumber {
    NamedNumber { type_name: "time.Weekday", text, value }
}

/// The months, January first.
pub(super) static MONTHS: [NamedNumber; 12] = [
    month(1, "January"),
    month(2, "February"),
    month(3, "March"),
    month(4, "April"),
    month(5, "May"),
    month(6, "June"),
    month(7, "July"),
    month(8, "August"),
    month(9, "September"),
    month(10, "October"),
    month(11, "November"),
    month(12, "December"),
];

/// The days of the week, Sunday first.
pub(super) static WEEK_DAYS: [NamedNumber; 7] = [
    week_day(0, "Sunday"),
    week_day(1, "Monday"),
    week_day(2, "Tuesday"),
    week_day(3, "Wednesday"),
    week_day(4, "Thursday"),
    week_day(5, "Friday"),
    week_day(6, "Saturday"),
];

/// The entry of a table that counts from `first`.
pub(super) fn named(table: &'static [NamedNumber], number: i64) -> &'static NamedNumber {
    static NONE: NamedNumber = month(0, "");
    table.iter().find(|entry| entry.value == number).unwrap_or(&NONE)
}
