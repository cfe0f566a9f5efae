//! sprig's dates: Go's `time`.

mod clock;
mod format;
mod layout;
mod moment;
mod parse;
mod zone;

use pintle_strconv::{self as strconv, Duration};

pub(crate) use moment::{Moment, RFC3339_NANO};
pub(crate) use zone::Zone;

use crate::{Call, Failure, Function, Number, Outcome, Param, Value};

const TIME: Param = Param::Named("time.Time");
const MODIFY: &[Param] = &[Param::String, TIME];
const IN_ZONE: &[Param] = &[Param::String, Param::Any, Param::String];
const PARSE: &[Param] = &[Param::String, Param::String];

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("now", &[], |call| Ok(Value::object(now(call)))),
    Function::new("date", &[Param::String, Param::Any], |call| {
        let layout = call.text(0).clone();
        formatted(call, layout.as_bytes(), 1, None)
    }),
    Function::new("dateInZone", IN_ZONE, date_in_zone),
    Function::new("date_in_zone", IN_ZONE, date_in_zone),
    Function::new("htmlDate", &[Param::Any], |call| formatted(call, HTML, 0, None)),
    Function::new("htmlDateInZone", &[Param::Any, Param::String], |call| {
        formatted(call, HTML, 0, Some(1))
    }),
    Function::new("dateModify", MODIFY, date_modify),
    Function::new("date_modify", MODIFY, date_modify),
    Function::new("mustDateModify", MODIFY, must_date_modify),
    Function::new("must_date_modify", MODIFY, must_date_modify),
    Function::new("ago", &[Param::Any], ago),
    Function::new("toDate", PARSE, |call| Ok(Value::object(parsed(call).unwrap_or(Moment::ZERO)))),
    Function::new("mustToDate", PARSE, |call| Ok(Value::object(parsed(call)?))),
    Function::new("duration", &[Param::Any], duration),
    Function::new("durationRound", &[Param::Any], duration_round),
    Function::new("unixEpoch", &[TIME], |call| {
        let moment = call.arg(0).as_object::<Moment>().unwrap_or(&Moment::ZERO);
        Ok(Value::from(moment.seconds.to_string()))
    }),
];

const HTML: &[u8] = b"2006-01-02";

/// A time by one of Go's layouts: `seconds` since 1970 in UTC, shown `offset` seconds east of it.
///
/// ```
/// let text = pintle_template::format_time(0, 0, 3600, "Jan 2 15:04:05 -0700 2006");
/// assert_eq!(text, "Jan 1 01:00:00 +0100 1970");
/// ```
pub fn format_time(seconds: i64, nanoseconds: u32, offset: i32, layout: &str) -> String {
    let zone = match offset {
        0 => Zone::Utc,
        offset => Zone::Fixed { name: "".into(), offset },
    };
    let mut out = Vec::with_capacity(layout.len() + 16);
    format::append(&mut out, &Moment { seconds, nanoseconds, zone }, layout.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

/// A number that may be beyond 64 bits, cut to them as Go's arithmetic does.
fn whole(number: i128) -> i64 {
    number as i64
}

fn now(call: &mut Call<'_>) -> Moment {
    let (seconds, nanoseconds) = call.host().now();
    let zone = Zone::local(call);
    Moment { seconds, nanoseconds: nanoseconds.min(999_999_999), zone }
}

/// Reads a time by one of several layouts.
pub(crate) fn parse_any(layouts: &[(&[u8], Zone)], text: &[u8]) -> Option<(usize, Moment)> {
    layouts.iter().enumerate().find_map(|(index, (layout, zone))| {
        parse::parse(layout, text, zone).ok().map(|moment| (index, moment))
    })
}

/// A time as sprig takes one: a time, or whole seconds. Anything else, a float among it, is now.
fn moment(call: &mut Call<'_>, index: usize, takes_int32: bool) -> Moment {
    if let Some(moment) = call.arg(index).as_object::<Moment>() {
        return moment.clone();
    }
    let seconds = match call.arg(index).as_number() {
        Some(Number::Int64(n) | Number::Int(n)) => n,
        Some(Number::Int32(n)) if takes_int32 => n.into(),
        _ => return now(call),
    };
    Moment { seconds, nanoseconds: 0, zone: Zone::local(call) }
}

fn date_in_zone(call: &mut Call<'_>) -> Outcome {
    let layout = call.text(0).clone();
    formatted(call, layout.as_bytes(), 1, Some(2))
}

/// Writes the time at `index`, in the zone whose name is at `zone`.
fn formatted(call: &mut Call<'_>, layout: &[u8], index: usize, zone: Option<usize>) -> Outcome {
    // A part of one character may become a month's name.
    call.charge(layout.len().saturating_mul(9))?;
    let moment = moment(call, index, true);
    let zone = match zone {
        Some(index) => {
            let name = call.text(index).clone();
            Zone::load(call, name.as_bytes()).unwrap_or(Zone::Utc)
        }
        None => Zone::local(call),
    };
    Ok(Value::from(moment.in_zone(zone).format(layout)))
}

fn must_date_modify(call: &mut Call<'_>) -> Outcome {
    let duration = strconv::parse_duration(call.text(0).as_bytes())
        .map_err(|error| Failure::new(error.to_string()))?;
    let moment = call.arg(1).as_object::<Moment>().unwrap_or(&Moment::ZERO);
    Ok(Value::object(moment.add(duration)))
}

fn date_modify(call: &mut Call<'_>) -> Outcome {
    must_date_modify(call).or_else(|_| Ok(call.take(1)))
}

fn ago(call: &mut Call<'_>) -> Outcome {
    let moment = moment(call, 0, false);
    let since = now(call).since(&moment).round(Duration::SECOND);
    Ok(Value::from(since.to_string()))
}

fn parsed(call: &mut Call<'_>) -> Result<Moment, Failure> {
    let local = Zone::local(call);
    let (layout, text) = (call.text(0).as_bytes(), call.text(1).as_bytes());
    parse::parse(layout, text, &local).map_err(Failure::new)
}

fn duration(call: &mut Call<'_>) -> Outcome {
    let seconds = match call.arg(0) {
        Value::String(text) => match strconv::parse_int(text.as_bytes(), 10, 64) {
            Ok(seconds) => seconds,
            // Go hands out the nearest number that fits.
            Err(error) if error.kind() == strconv::NumErrorKind::Range => {
                if text.as_bytes().starts_with(b"-") { i64::MIN } else { i64::MAX }
            }
            Err(_) => 0,
        },
        Value::Number(Number::Int64(seconds)) => *seconds,
        _ => 0,
    };
    let duration = Duration::from_nanoseconds(seconds.wrapping_mul(1_000_000_000));
    Ok(Value::from(duration.to_string()))
}

fn duration_round(call: &mut Call<'_>) -> Outcome {
    let duration = match call.arg(0) {
        Value::String(text) => strconv::parse_duration(text.as_bytes()).unwrap_or(Duration::ZERO),
        Value::Number(Number::Int64(n)) => Duration::from_nanoseconds(*n),
        value => match value.as_object::<Moment>().cloned() {
            Some(moment) => now(call).since(&moment),
            None => Duration::ZERO,
        },
    };
    let size = duration.nanoseconds().unsigned_abs();
    const HOUR: u64 = 3_600_000_000_000;
    let units = [
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (HOUR / 60, "m"),
        (HOUR / 3600, "s"),
    ];
    let unit = units.into_iter().find(|(unit, _)| size > *unit);
    Ok(Value::from(unit.map_or("0s".to_owned(), |(unit, name)| format!("{}{name}", size / unit))))
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{World, call, call_in, show, text};
    use crate::{Call, Value};

    fn date(layout: &str, zone: &str, time: &Value) -> String {
        text("dateInZone", &[layout.into(), time.clone(), zone.into()])
    }

    fn now() -> Value {
        call("now", &[]).unwrap_or_default()
    }

    #[test]
    fn times_are_written_by_layouts() {
        for (layout, expected) in [
            ("2006-01-02T15:04:05Z07:00", "2024-02-29T12:30:45Z"),
            ("Mon, 02 Jan 2006 15:04:05 MST", "Thu, 29 Feb 2024 12:30:45 UTC"),
            ("Monday January _2 __2 002 06", "Thursday February 29  60 060 24"),
            ("3:4:5 PM 03:04 pm", "12:30:45 PM 12:30 pm"),
            (".000 .999999999 ,00", ".123 .123456789 ,12"),
            ("05.000", "45.123"),
            ("1 01 Janus", "2 02 Janus"),
            ("-0700 -07:00 -07 Z0700", "+0000 +00:00 +00 Z"),
            ("_2006", "_2024"),
            ("yyyy-MM-dd", "yyyy-MM-dd"),
        ] {
            assert_eq!(date(layout, "UTC", &now()), expected, "{layout}");
        }
    }

    #[test]
    fn zones_are_found_in_the_database() {
        let layout = "15:04 MST -0700";
        assert_eq!(date(layout, "Nowhere/None", &now()), "12:30 UTC +0000");
        let world = &mut World { zone: "Europe/Berlin", ..World::default() };
        let local = call_in(world, "date", &[layout.into(), Value::int64(1_720_000_000)]);
        let local = show(&local.unwrap_or_default());
        // Where there is no database all is UTC.
        assert!(["11:46 CEST +0200", "09:46 UTC +0000"].contains(&local.as_str()), "{local}");
    }

    #[test]
    fn times_are_read_by_layouts() {
        for (layout, input, expected) in [
            ("2006-01-02", "2017-12-31", "2017-12-31 00:00:00 +0000 UTC"),
            ("15:04", "23:59", "0000-01-01 23:59:00 +0000 UTC"),
            (
                "2006-01-02T15:04:05Z07:00",
                "2024-02-29T01:02:03.5+02:00",
                "2024-02-29 01:02:03.5 +0200 +0200",
            ),
            ("02 Jan 06 15:04 MST", "02 Jan 99 15:04 CET", "1999-01-02 15:04:00 +0000 CET"),
            ("2006-002", "2024-060", "2024-02-29 00:00:00 +0000 UTC"),
            ("3:04PM", "12:05AM", "0000-01-01 00:05:00 +0000 UTC"),
            ("2006-01-02", "nonsense", "0001-01-01 00:00:00 +0000 UTC"),
        ] {
            assert_eq!(text("toDate", &[layout.into(), input.into()]), expected, "{layout}");
        }
        for (layout, input, expected) in [
            ("2006-01-02", "2023-02-29", "parsing time \"2023-02-29\": day out of range"),
            ("2006-01-02", "2023-13-01", "parsing time \"2023-13-01\": month out of range"),
            ("2006", "20", "parsing time \"20\" as \"2006\": cannot parse \"20\" as \"2006\""),
            (
                "2006-01",
                "2023/01",
                "parsing time \"2023/01\" as \"2006-01\": cannot parse \"/01\" as \"-\"",
            ),
            ("2006", "2023x", "parsing time \"2023x\": extra text: \"x\""),
        ] {
            let said = text("mustToDate", &[layout.into(), input.into()]);
            assert_eq!(said, format!("error: {expected}"));
        }
    }

    #[test]
    fn a_time_has_gos_methods() {
        let Value::Object(time) = now() else { panic!("no time") };
        let method = |name: &str, args: &[Value]| {
            assert!(time.has_method(name), "{name}");
            let mut args = args.to_vec();
            match time.call(name, &mut Call::new(&mut args, &mut World::default())) {
                Ok(value) => show(&value),
                Err(failure) => format!("error: {failure}"),
            }
        };
        for (name, expected) in [
            ("Year", "2024"),
            ("Month", "February"),
            ("Weekday", "Thursday"),
            ("YearDay", "60"),
            ("Unix", "1709209845"),
            ("UnixMilli", "1709209845123"),
            ("Location", "Local"),
            ("String", "2024-02-29 12:30:45.123456789 +0000 UTC"),
        ] {
            assert_eq!(method(name, &[]), expected, "{name}");
        }
        let added = method("AddDate", &[Value::int(1), Value::int(0), Value::int(0)]);
        assert_eq!(added, "2025-03-01 12:30:45.123456789 +0000 UTC");
        assert_eq!(method("Format", &["15".into()]), "12");
        assert_eq!(method("Format", &[]), "error: wrong number of args for Format: want 1 got 0");
        assert_eq!(
            method("Format", &[Value::int(1)]),
            "error: wrong type for value; expected string; got int",
        );
    }

    #[test]
    fn durations_and_their_rounding() {
        assert_eq!(text("duration", &["95".into()]), "1m35s");
        assert_eq!(text("duration", &[Value::int(95)]), "0s");
        assert_eq!(text("durationRound", &["2400h".into()]), "3mo");
        assert_eq!(text("durationRound", &["-61s".into()]), "1m");
        assert_eq!(text("ago", &[Value::int64(1_709_209_840)]), "5s");
        assert_eq!(text("unixEpoch", &[now()]), "1709209845");
        let later = text("dateModify", &["1h".into(), now()]);
        assert_eq!(later, "2024-02-29 13:30:45.123456789 +0000 UTC");
        assert_eq!(text("dateModify", &["x".into(), now()]), show(&now()));
        assert_eq!(text("htmlDate", &[Value::int(0)]), "1970-01-01");
    }

    #[test]
    fn times_far_away_do_not_break() {
        for seconds in [i64::MIN, i64::MIN / 2, i64::MAX / 2, i64::MAX] {
            assert!(!date("2006-01-02 MST", "Europe/Berlin", &Value::int64(seconds)).is_empty());
        }
    }
}
