//! The order of a mapping's keys.

use std::cmp::Ordering;

use super::unicode;

/// The order in which a sink wants a mapping's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyOrder {
    /// By the keys' bytes: JSON's.
    Bytes,
    /// As go-yaml v2 sorts keys, see [`natural_cmp`].
    Natural,
    /// As go-yaml v3 sorts keys, see [`natural_cmp_v3`].
    NaturalV3,
    /// As they come: the sink sorts by itself.
    Any,
}

impl KeyOrder {
    /// Compares two keys; for [`KeyOrder::Any`] all are equal.
    pub fn compare(self, a: &[u8], b: &[u8]) -> Ordering {
        match self {
            KeyOrder::Bytes => a.cmp(b),
            KeyOrder::Natural => natural_cmp(a, b),
            KeyOrder::NaturalV3 => natural_cmp_v3(a, b),
            KeyOrder::Any => Ordering::Equal,
        }
    }

    /// Whether each item's key is before the next one's.
    pub fn is_sorted<T>(self, items: &[T], key: impl Fn(&T) -> &[u8]) -> bool {
        items.is_sorted_by(|a, b| self.compare(key(a), key(b)).is_le())
    }

    /// Sorts items by their keys; equal ones keep their order.
    ///
    /// go-yaml's natural orders have cycles (`"2"`, `"10"`, `"1b"`), where Go's result depends on
    /// chance. Here it depends on the order before alone, so items that come sorted by bytes give
    /// the same output every time.
    ///
    /// ```
    /// use pintle_yaml::KeyOrder;
    ///
    /// let mut keys = ["a10", "a2", "a-b", "B"];
    /// KeyOrder::Natural.sort(&mut keys, |key| key.as_bytes());
    /// assert_eq!(keys, ["B", "a-b", "a2", "a10"]);
    /// ```
    pub fn sort<T>(self, items: &mut [T], key: impl Fn(&T) -> &[u8]) {
        if self == KeyOrder::Bytes {
            items.sort_by(|a, b| key(a).cmp(key(b)));
            return;
        }
        // The standard sort may panic on an order with cycles.
        let less = |a: &T, b: &T| self.compare(key(a), key(b)).is_lt();
        const FEW: usize = 24;
        if items.len() <= FEW {
            for end in 1..items.len() {
                let mut at = end;
                while at > 0 && less(&items[at], &items[at - 1]) {
                    items.swap(at, at - 1);
                    at -= 1;
                }
            }
            return;
        }
        let order = merged(items.len(), |a, b| less(&items[a], &items[b]));
        permute(items, order);
    }
}

/// The indices below `len` in stable order, by merging runs of growing length.
fn merged(len: usize, less: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut from: Vec<usize> = (0..len).collect();
    let mut to: Vec<usize> = Vec::with_capacity(len);
    let mut run = 1;
    while run < len {
        to.clear();
        for pair in from.chunks(run * 2) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            while let (Some((&l, left_rest)), Some((&r, right_rest))) =
                (left.split_first(), right.split_first())
            {
                if less(r, l) {
                    to.push(r);
                    right = right_rest;
                } else {
                    to.push(l);
                    left = left_rest;
                }
            }
            to.extend_from_slice(left);
            to.extend_from_slice(right);
        }
        std::mem::swap(&mut from, &mut to);
        run *= 2;
    }
    from
}

/// Puts at each place `i` the item that was at `order[i]`.
fn permute<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at);
            if from == start || from == at {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Compares two keys as go-yaml v2 does for a mapping's order: numbers within them by their value,
/// letters after everything else.
///
/// Source: `keyList.Less` of go.yaml.in/yaml/v2 v2.4.4. [`Ordering::Equal`] is for keys of the same
/// characters, where all bytes that are not UTF-8 count as the same one.
///
/// ```
/// use std::cmp::Ordering;
/// use pintle_yaml::natural_cmp;
///
/// assert_eq!(natural_cmp(b"port9", b"port10"), Ordering::Less);
/// assert_eq!(natural_cmp(b"a_b", b"aB"), Ordering::Less);
/// ```
pub fn natural_cmp(a: &[u8], b: &[u8]) -> Ordering {
    natural(a, b, false)
}

/// Compares two keys as go-yaml v3 does: as v2, but right after a digit letters come first.
///
/// Source: `keyList.Less` of go.yaml.in/yaml/v3 v3.0.5.
///
/// ```
/// use std::cmp::Ordering;
/// use pintle_yaml::{natural_cmp, natural_cmp_v3};
///
/// assert_eq!(natural_cmp(b"1a", b"10"), Ordering::Greater);
/// assert_eq!(natural_cmp_v3(b"1a", b"10"), Ordering::Less);
/// ```
pub fn natural_cmp_v3(a: &[u8], b: &[u8]) -> Ordering {
    natural(a, b, true)
}

#[inline]
fn natural(a: &[u8], b: &[u8], v3: bool) -> Ordering {
    let Some(at) = a.iter().zip(b).position(|(x, y)| x != y) else {
        let next = if a.len() < b.len() { b.get(a.len()) } else { a.get(b.len()) };
        return match next {
            // The shorter one may end within a character.
            Some(0x80..) => by_runes(a, b, v3),
            _ => a.len().cmp(&b.len()),
        };
    };
    if let (Some(x), Some(y)) = (a.get(at), b.get(at))
        && x.is_ascii_alphabetic()
        && y.is_ascii_alphabetic()
    {
        return x.cmp(y);
    }
    let difference = Difference {
        a: |i: usize| a.get(i).map(|&byte| u32::from(byte)),
        b: |i: usize| b.get(i).map(|&byte| u32::from(byte)),
        at,
        v3,
    };
    // Bytes are looked at as characters, and those that are not go the long way.
    difference.decide(Ascii).unwrap_or_else(|| by_runes(a, b, v3))
}

#[cold]
fn by_runes(a: &[u8], b: &[u8], v3: bool) -> Ordering {
    let (a, b) = (unicode::runes(a), unicode::runes(b));
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else {
        return a.len().cmp(&b.len());
    };
    let difference =
        Difference { a: |i: usize| a.get(i).copied(), b: |i: usize| b.get(i).copied(), at, v3 };
    difference.decide(Unicode).unwrap_or(Ordering::Equal)
}

/// What a character is; `None` when that cannot be told from the one unit.
trait Classes: Copy {
    fn letter(self, c: u32) -> Option<bool>;
    fn digit(self, c: u32) -> Option<bool>;
}

#[derive(Clone, Copy)]
struct Ascii;

impl Classes for Ascii {
    #[inline]
    fn letter(self, c: u32) -> Option<bool> {
        (c < 0x80).then_some((c as u8).is_ascii_alphabetic())
    }

    #[inline]
    fn digit(self, c: u32) -> Option<bool> {
        (c < 0x80).then_some((c as u8).is_ascii_digit())
    }
}

#[derive(Clone, Copy)]
struct Unicode;

impl Classes for Unicode {
    fn letter(self, c: u32) -> Option<bool> {
        Some(unicode::is_letter(c))
    }

    fn digit(self, c: u32) -> Option<bool> {
        Some(unicode::is_digit(c))
    }
}

/// Two texts and the place of the first difference.
struct Difference<A, B> {
    a: A,
    b: B,
    at: usize,
    v3: bool,
}

impl<A: Fn(usize) -> Option<u32>, B: Fn(usize) -> Option<u32>> Difference<A, B> {
    #[inline]
    fn decide(&self, classes: impl Classes) -> Option<Ordering> {
        let (x, y) = ((self.a)(self.at)?, (self.b)(self.at)?);
        let (x_letter, y_letter) = (classes.letter(x)?, classes.letter(y)?);
        if x_letter && y_letter {
            return Some(x.cmp(&y));
        }
        if x_letter || y_letter {
            let after_digit = match self.at.checked_sub(1).and_then(&self.a) {
                Some(before) if self.v3 => classes.digit(before)?,
                _ => false,
            };
            return Some(if x_letter == after_digit { Ordering::Less } else { Ordering::Greater });
        }
        // A zero counts as a digit of the number before it unless that is all zeros.
        let mut start = 0;
        if x == u32::from('0') || y == u32::from('0') {
            let mut before = self.at;
            while let Some(c) = before.checked_sub(1).and_then(&self.a) {
                if !classes.digit(c)? {
                    break;
                }
                if c != u32::from('0') {
                    start = 1;
                    break;
                }
                before -= 1;
            }
        }
        let (x_number, x_end) = number(&self.a, self.at, start, classes)?;
        let (y_number, y_end) = number(&self.b, self.at, start, classes)?;
        Some(x_number.cmp(&y_number).then(x_end.cmp(&y_end)).then(x.cmp(&y)))
    }
}

/// The number whose digits go on at `at`, and where it ends. It wraps around as Go's `int64` does,
/// and digits of other scripts count from `'0'` as there.
#[inline]
fn number(
    text: &impl Fn(usize) -> Option<u32>,
    mut at: usize,
    mut value: i64,
    classes: impl Classes,
) -> Option<(i64, usize)> {
    while let Some(c) = text(at) {
        if !classes.digit(c)? {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(i64::from(c) - i64::from(b'0'));
        at += 1;
    }
    Some((value, at))
}
