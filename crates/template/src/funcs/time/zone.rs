//! Time zones: Go's `time.Location`.

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Call;

/// A time zone.
#[derive(Clone, Debug)]
pub(crate) enum Zone {
    /// UTC.
    Utc,
    /// One offset for all times; the name may be empty.
    Fixed { name: Rc<str>, offset: i32 },
    /// A zone of the database, or the host's own one, which Go calls `Local`.
    Rules { name: Rc<str>, rules: TimeZone },
}

impl Zone {
    /// The host's zone.
    pub(crate) fn local(call: &mut Call<'_>) -> Zone {
        let rules = match call.host().time_zone() {
            Some(name) => database(&name).unwrap_or(TimeZone::UTC),
            None => TimeZone::UTC,
        };
        Zone::Rules { name: "Local".into(), rules }
    }

    /// The zone of a name as `time.LoadLocation` finds it.
    pub(super) fn load(call: &mut Call<'_>, name: &[u8]) -> Option<Zone> {
        match name {
            b"" | b"UTC" => Some(Zone::Utc),
            b"Local" => Some(Zone::local(call)),
            _ => {
                let name = std::str::from_utf8(name).ok()?;
                Some(Zone::Rules { name: name.into(), rules: database(name)? })
            }
        }
    }

    /// The name as `Location.String` gives it.
    pub(super) fn name(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Fixed { name, .. } | Zone::Rules { name, .. } => name,
        }
    }

    /// The offset from UTC in seconds, at a time.
    pub(crate) fn offset(&self, seconds: i64) -> i32 {
        match self {
            Zone::Utc => 0,
            Zone::Fixed { offset, .. } => *offset,
            Zone::Rules { rules, .. } => rules.to_offset(timestamp(seconds)).seconds(),
        }
    }

    /// The abbreviation at a time, such as `CET`.
    pub(super) fn abbreviation(&self, seconds: i64) -> String {
        match self {
            Zone::Utc => "UTC".to_owned(),
            Zone::Fixed { name, .. } => name.to_string(),
            Zone::Rules { rules, .. } => {
                rules.to_offset_info(timestamp(seconds)).abbreviation().to_owned()
            }
        }
    }

    /// Whether it is summer time.
    pub(super) fn is_dst(&self, seconds: i64) -> bool {
        match self {
            Zone::Utc | Zone::Fixed { .. } => false,
            Zone::Rules { rules, .. } => rules.to_offset_info(timestamp(seconds)).dst().is_dst(),
        }
    }

    /// The offset that an abbreviation means around a time.
    pub(super) fn offset_of(&self, abbreviation: &str, seconds: i64) -> Option<i32> {
        // The zone's other half of the year may be the one meant.
        const HALF_YEAR: i64 = 182 * 86_400;
        [0, HALF_YEAR, -HALF_YEAR].into_iter().find_map(|away| {
            let at = seconds.saturating_add(away);
            let at = at.saturating_sub(self.offset(at).into());
            (self.abbreviation(at) == abbreviation).then(|| self.offset(at))
        })
    }

    /// The seconds since 1970 at which a clock in the zone shows this many seconds since then.
    pub(super) fn moment_of(&self, local: i64) -> i64 {
        let guess = local.saturating_sub(self.offset(local).into());
        local.saturating_sub(self.offset(guess).into())
    }
}

/// A zone of the database. Names are as they are written there, in upper and lower case.
fn database(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    let rules = TimeZone::get(name).ok()?;
    (rules.iana_name() == Some(name)).then_some(rules)
}

/// Times beyond the year 9999 have the offset of its end.
fn timestamp(seconds: i64) -> Timestamp {
    let bound = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(bound)
}
