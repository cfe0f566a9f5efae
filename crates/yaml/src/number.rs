//! The number of [`Value`](crate::Value).

/// A number as a document spells it.
///
/// Go's decoder keeps an integer apart from a float only until the JSON step of
/// `sigs.k8s.io/yaml`; after it every number of an untyped value is a `float64`. Which of the two a
/// reader gives is chosen when reading.
///
/// Two numbers are equal when their kind and their bits are; a float is compared by its bits, so
/// that a value equals itself.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An integer that fits into 64 bits with sign.
    Int(i64),
    /// An integer above [`i64::MAX`] that fits into 64 bits without sign.
    Uint(u64),
    /// A float; may be infinite or not a number.
    Float(f64),
}

impl Number {
    /// The number as Go's `float64` conversion gives it; integers beyond 2^53 lose digits.
    ///
    /// ```
    /// use pintle_yaml::Number;
    ///
    /// assert_eq!(Number::Int(3).as_f64(), 3.0);
    /// assert_eq!(Number::Int(9007199254740993).as_f64(), 9007199254740992.0);
    /// ```
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(n) => n as f64,
            Number::Uint(n) => n as f64,
            Number::Float(n) => n,
        }
    }

    /// The number as an `i64` when it is one exactly.
    ///
    /// ```
    /// use pintle_yaml::Number;
    ///
    /// assert_eq!(Number::Float(3.0).as_i64(), Some(3));
    /// assert_eq!(Number::Float(3.5).as_i64(), None);
    /// ```
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Number::Int(n) => Some(n),
            Number::Uint(n) => i64::try_from(n).ok(),
            // 2^63 itself does not fit, which is why the upper bound is strict.
            Number::Float(n) if n.trunc() == n && n >= -(2f64.powi(63)) && n < 2f64.powi(63) => {
                Some(n as i64)
            }
            Number::Float(_) => None,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (Number::Uint(a), Number::Uint(b)) => a == b,
            (Number::Float(a), Number::Float(b)) => a.to_bits() == b.to_bits(),
            _ => false,
        }
    }
}

impl Eq for Number {}
