//! Lengths of time.

mod parse;

use std::fmt;

pub use parse::{DurationError, DurationErrorKind, parse_duration};

/// A length of time in nanoseconds, as Go's `time.Duration`: about 292 years either way.
///
/// Its text is Go's `String`:
///
/// ```
/// use pintle_strconv::Duration;
///
/// assert_eq!(Duration::from_nanoseconds(5_400_000_000_000).to_string(), "1h30m0s");
/// assert_eq!(Duration::from_nanoseconds(1_500).to_string(), "1.5µs");
/// assert_eq!("-1m0.5s".parse::<Duration>()?.milliseconds(), -60_500);
/// # Ok::<(), pintle_strconv::DurationError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

impl Duration {
    /// No time.
    pub const ZERO: Duration = Duration(0);
    /// One nanosecond.
    pub const NANOSECOND: Duration = Duration(1);
    /// One microsecond.
    pub const MICROSECOND: Duration = Duration(1_000);
    /// One millisecond.
    pub const MILLISECOND: Duration = Duration(1_000_000);
    /// One second.
    pub const SECOND: Duration = Duration(1_000_000_000);
    /// One minute.
    pub const MINUTE: Duration = Duration(60_000_000_000);
    /// One hour.
    pub const HOUR: Duration = Duration(3_600_000_000_000);
    /// The shortest (most negative) duration, -2^63 nanoseconds.
    pub const MIN: Duration = Duration(i64::MIN);
    /// The longest duration, 2^63 - 1 nanoseconds.
    pub const MAX: Duration = Duration(i64::MAX);

    /// A duration of `nanoseconds`.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Duration(nanoseconds)
    }

    /// Nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Whole microseconds, towards zero.
    pub const fn microseconds(self) -> i64 {
        self.0 / Self::MICROSECOND.0
    }

    /// Whole milliseconds, towards zero.
    pub const fn milliseconds(self) -> i64 {
        self.0 / Self::MILLISECOND.0
    }

    /// Seconds, with a fraction.
    ///
    /// ```
    /// use pintle_strconv::Duration;
    ///
    /// assert_eq!(Duration::from_nanoseconds(-1_500_000_000).seconds(), -1.5);
    /// ```
    pub fn seconds(self) -> f64 {
        self.in_units_of(Self::SECOND)
    }

    /// Minutes, with a fraction.
    pub fn minutes(self) -> f64 {
        self.in_units_of(Self::MINUTE)
    }

    /// Hours, with a fraction.
    pub fn hours(self) -> f64 {
        self.in_units_of(Self::HOUR)
    }

    /// Whole units and the rest are converted apart, as Go does; this decides the last digit.
    fn in_units_of(self, unit: Duration) -> f64 {
        (self.0 / unit.0) as f64 + (self.0 % unit.0) as f64 / unit.0 as f64
    }

    /// The multiple of `unit` next to this duration towards zero; the duration itself if `unit` is
    /// not above zero.
    ///
    /// ```
    /// use pintle_strconv::Duration;
    ///
    /// let duration: Duration = "1h15m30.918s".parse()?;
    /// assert_eq!(duration.truncate(Duration::MINUTE).to_string(), "1h15m0s");
    /// # Ok::<(), pintle_strconv::DurationError>(())
    /// ```
    #[must_use]
    pub const fn truncate(self, unit: Duration) -> Self {
        if unit.0 <= 0 { self } else { Duration(self.0 - self.0 % unit.0) }
    }

    /// The multiple of `unit` nearest to this duration, halves away from zero; the duration itself
    /// if `unit` is not above zero. What does not fit becomes [`MIN`](Self::MIN) or
    /// [`MAX`](Self::MAX).
    ///
    /// ```
    /// use pintle_strconv::Duration;
    ///
    /// let duration: Duration = "1h15m30s".parse()?;
    /// assert_eq!(duration.round(Duration::MINUTE).to_string(), "1h16m0s");
    /// # Ok::<(), pintle_strconv::DurationError>(())
    /// ```
    #[must_use]
    pub const fn round(self, unit: Duration) -> Self {
        if unit.0 <= 0 {
            return self;
        }
        let rest = self.0 % unit.0;
        let towards_zero = self.0 - rest;
        if rest.unsigned_abs() < unit.0.unsigned_abs() - rest.unsigned_abs() {
            return Duration(towards_zero);
        }
        Duration(match self.0 {
            ..0 => towards_zero.saturating_sub(unit.0),
            _ => towards_zero.saturating_add(unit.0),
        })
    }

    /// The duration without its sign; [`MIN`](Self::MIN) becomes [`MAX`](Self::MAX).
    ///
    /// ```
    /// use pintle_strconv::Duration;
    ///
    /// assert_eq!(Duration::MIN.abs(), Duration::MAX);
    /// ```
    #[must_use]
    pub const fn abs(self) -> Self {
        Duration(self.0.saturating_abs())
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MICROSECOND: u64 = Duration::MICROSECOND.0 as u64;
        const MILLISECOND: u64 = Duration::MILLISECOND.0 as u64;
        const SECOND: u64 = Duration::SECOND.0 as u64;
        if self.0 < 0 {
            f.write_str("-")?;
        }
        // Below a second the unit is the greatest that leaves a whole part.
        let magnitude = self.0.unsigned_abs();
        match magnitude {
            0 => f.write_str("0s"),
            1..MICROSECOND => write!(f, "{magnitude}ns"),
            MICROSECOND..MILLISECOND => write_scaled(f, magnitude, 3, "µs"),
            MILLISECOND..SECOND => write_scaled(f, magnitude, 6, "ms"),
            _ => {
                let minutes = magnitude / (60 * SECOND);
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                write_scaled(f, magnitude % (60 * SECOND), 9, "s")
            }
        }
    }
}

/// Writes `value / 10^places` without trailing zeros.
fn write_scaled(f: &mut fmt::Formatter<'_>, value: u64, places: u32, unit: &str) -> fmt::Result {
    let scale = 10u64.pow(places);
    write!(f, "{}", value / scale)?;
    let mut fraction = value % scale;
    if fraction > 0 {
        let mut width = places as usize;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        write!(f, ".{fraction:0width$}")?;
    }
    f.write_str(unit)
}
