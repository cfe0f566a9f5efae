//! Go's `time.Time`: a moment, and the zone it is shown in.

use std::any::Any;

use pintle_strconv::civil::days_from_civil;
use pintle_strconv::{self as strconv, Duration};
use pintle_yaml as yaml;

use super::clock::{Clock, MONTHS, WEEK_DAYS, named};
use super::zone::Zone;
use super::{format, whole};
use crate::{Call, Number, Object, Outcome, Value};

/// The layout of RFC 3339 with all digits that are not zero.
pub(crate) const RFC3339_NANO: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

/// A moment in a zone.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Since 1970-01-01 00:00 UTC.
    pub(crate) seconds: i64,
    pub(crate) nanoseconds: u32,
    pub(crate) zone: Zone,
}

impl Moment {
    /// The first moment of the year 1, Go's zero time.
    pub(super) const ZERO: Moment =
        Moment { seconds: -62_135_596_800, nanoseconds: 0, zone: Zone::Utc };

    pub(super) fn offset(&self) -> i32 {
        self.zone.offset(self.seconds)
    }

    pub(super) fn abbreviation(&self) -> String {
        self.zone.abbreviation(self.seconds)
    }

    pub(super) fn clock(&self) -> Clock {
        Clock::new(self.seconds.saturating_add(self.offset().into()))
    }

    /// The moment in another zone.
    pub(super) fn in_zone(&self, zone: Zone) -> Moment {
        Moment { zone, ..*self }
    }

    /// The moment written by a layout.
    pub(crate) fn format(&self, layout: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(layout.len() + 8);
        format::append(&mut out, self, layout);
        out
    }

    fn total(&self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanoseconds)
    }

    fn at(&self, total: i128) -> Moment {
        let seconds = total.div_euclid(1_000_000_000);
        let bound = if seconds < 0 { i64::MIN } else { i64::MAX };
        Moment {
            seconds: i64::try_from(seconds).unwrap_or(bound),
            nanoseconds: total.rem_euclid(1_000_000_000) as u32,
            zone: self.zone.clone(),
        }
    }

    pub(super) fn add(&self, duration: Duration) -> Moment {
        self.at(self.total() + i128::from(duration.nanoseconds()))
    }

    /// The time from `other` to this moment, as far as a duration reaches.
    pub(super) fn since(&self, other: &Moment) -> Duration {
        let total = self.total() - other.total();
        let bound = if total < 0 { i64::MIN } else { i64::MAX };
        Duration::from_nanoseconds(i64::try_from(total).unwrap_or(bound))
    }

    /// Rounds down, or to the nearest, multiple of a duration since the zero time.
    fn to_unit(&self, unit: i64, nearest: bool) -> Moment {
        if unit <= 0 {
            return self.clone();
        }
        let total = self.total();
        let rest = (total - Moment::ZERO.total()).rem_euclid(unit.into());
        let up = nearest && rest * 2 >= unit.into();
        self.at(total - rest + if up { unit.into() } else { 0 })
    }

    /// As `AddDate`: the clock's date changed, days beyond a month's end running on.
    fn add_date(&self, years: i64, months: i64, days: i64) -> Moment {
        let clock = self.clock();
        let months = (clock.month - 1).saturating_add(months);
        let year = clock.year.saturating_add(years).saturating_add(months.div_euclid(12));
        // Far beyond what a time can be; keeps the sums below from overflowing.
        let year = year.clamp(-290_000_000_000, 290_000_000_000);
        let first = days_from_civil(year, months.rem_euclid(12) + 1, 1);
        let days = first.saturating_add(clock.day - 1).saturating_add(days);
        let second = clock.hour * 3600 + clock.minute * 60 + clock.second;
        let local = days.saturating_mul(86_400).saturating_add(second);
        let seconds = self.zone.moment_of(local);
        Moment { seconds, ..self.clone() }
    }

    /// Whether the year can be written as RFC 3339 asks.
    fn is_plain(&self) -> bool {
        (0..10_000).contains(&self.clock().year)
    }
}

/// The methods without arguments.
const PLAIN: &[&str] = &[
    "Day",
    "GoString",
    "Hour",
    "IsDST",
    "IsZero",
    "Local",
    "Location",
    "Minute",
    "Month",
    "Nanosecond",
    "Second",
    "String",
    "UTC",
    "Unix",
    "UnixMicro",
    "UnixMilli",
    "UnixNano",
    "Weekday",
    "Year",
    "YearDay",
];

/// The methods with one argument and its type.
const WITH_ARGUMENT: &[(&str, &str)] = &[
    ("Add", "time.Duration"),
    ("After", "time.Time"),
    ("Before", "time.Time"),
    ("Compare", "time.Time"),
    ("Equal", "time.Time"),
    ("Format", "string"),
    ("In", "*time.Location"),
    ("Round", "time.Duration"),
    ("Sub", "time.Time"),
    ("Truncate", "time.Duration"),
];

impl Object for Moment {
    fn type_name(&self) -> &str {
        "time.Time"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn has_method(&self, name: &str) -> bool {
        name == "AddDate"
            || PLAIN.contains(&name)
            || WITH_ARGUMENT.iter().any(|(known, _)| *known == name)
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Outcome {
        if name == "AddDate" {
            call.expect_args(name, 3)?;
            let mut numbers = [0; 3];
            for (index, number) in numbers.iter_mut().enumerate() {
                let Some(Number::Int(given)) = call.arg(index).as_number() else {
                    return Err(call.wrong_type("int", index));
                };
                *number = given;
            }
            let [years, months, days] = numbers;
            return Ok(Value::object(self.add_date(years, months, days)));
        }
        if let Some((_, wanted)) = WITH_ARGUMENT.iter().find(|(known, _)| *known == name) {
            call.expect_args(name, 1)?;
            if call.arg(0).type_name() != *wanted {
                return Err(call.wrong_type(wanted, 0));
            }
            return Ok(self.with_argument(name, call));
        }
        call.expect_args(name, 0)?;
        let clock = self.clock();
        Ok(match name {
            "Year" => Value::int(clock.year),
            "Month" => Value::Number(Number::Named(named(&MONTHS, clock.month))),
            "Day" => Value::int(clock.day),
            "Hour" => Value::int(clock.hour),
            "Minute" => Value::int(clock.minute),
            "Second" => Value::int(clock.second),
            "Nanosecond" => Value::int(self.nanoseconds.into()),
            "Weekday" => Value::Number(Number::Named(named(&WEEK_DAYS, clock.week_day))),
            "YearDay" => Value::int(clock.year_day),
            "Unix" => Value::int64(self.seconds),
            "UnixMilli" => Value::int64(whole(self.total() / 1_000_000)),
            "UnixMicro" => Value::int64(whole(self.total() / 1_000)),
            "UnixNano" => Value::int64(whole(self.total())),
            "IsZero" => Value::Bool(self.total() == Moment::ZERO.total()),
            "IsDST" => Value::Bool(self.zone.is_dst(self.seconds)),
            "UTC" => Value::object(self.in_zone(Zone::Utc)),
            "Local" => {
                let zone = Zone::local(call);
                Value::object(self.in_zone(zone))
            }
            "Location" => Value::object(Location(self.zone.clone())),
            "GoString" => Value::from(self.go_syntax().unwrap_or_default()),
            _ => Value::from(self.text().unwrap_or_default()),
        })
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.format(b"2006-01-02 15:04:05.999999999 -0700 MST"))
    }

    fn go_syntax(&self) -> Option<Vec<u8>> {
        let Clock { year, month, day, hour, minute, second, .. } = self.clock();
        let month = named(&MONTHS, month).text;
        let nanosecond = self.nanoseconds;
        let zone = match self.zone.name() {
            name @ ("UTC" | "Local") => format!("time.{name}"),
            name => format!("time.Location({})", strconv::quote(name)),
        };
        let text = format!(
            "time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanosecond}, {zone})"
        );
        Some(text.into_bytes())
    }

    fn data(&self) -> Option<yaml::Value> {
        // Go reports a year beyond four digits as an error.
        let text = if self.is_plain() { self.format(RFC3339_NANO) } else { Vec::new() };
        Some(yaml::Value::from(String::from_utf8_lossy(&text).into_owned()))
    }

    fn equals(&self, other: &Value) -> bool {
        other.as_object::<Moment>().is_some_and(|other| {
            self.total() == other.total() && self.zone.name() == other.zone.name()
        })
    }
}

impl Moment {
    /// A method whose one argument has the right type.
    fn with_argument(&self, name: &str, call: &Call<'_>) -> Value {
        let duration = Duration::from_nanoseconds(call.int(0));
        match name {
            "Add" => return Value::object(self.add(duration)),
            "Round" => return Value::object(self.to_unit(duration.nanoseconds(), true)),
            "Truncate" => return Value::object(self.to_unit(duration.nanoseconds(), false)),
            "Format" => return Value::from(self.format(call.text(0).as_bytes())),
            "In" => {
                let location = call.arg(0).as_object::<Location>();
                let zone = location.map_or(Zone::Utc, |location| location.0.clone());
                return Value::object(self.in_zone(zone));
            }
            _ => {}
        }
        let other = call.arg(0).as_object::<Moment>().unwrap_or(&Moment::ZERO);
        let order = self.total().cmp(&other.total());
        match name {
            "After" => Value::Bool(order.is_gt()),
            "Before" => Value::Bool(order.is_lt()),
            "Equal" => Value::Bool(order.is_eq()),
            "Compare" => Value::int(order as i64),
            _ => Value::Number(Number::Duration(self.since(other).nanoseconds())),
        }
    }
}

/// Go's `*time.Location`.
#[derive(Debug)]
struct Location(Zone);

impl Object for Location {
    fn type_name(&self) -> &str {
        "*time.Location"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn has_method(&self, name: &str) -> bool {
        name == "String"
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Outcome {
        call.expect_args(name, 0)?;
        Ok(Value::from(self.0.name()))
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.0.name().as_bytes().to_vec())
    }
}
