//! The mapping of [`Value`](crate::Value).

use std::fmt;

use crate::{Str, Value};

/// A mapping with string keys, kept sorted by the keys' bytes as Go iterates a map in templates and
/// in JSON.
///
/// Lookups are `O(log n)`. [`insert`](Map::insert) moves the entries behind the new one, so a large
/// map is best built with [`FromIterator`], which sorts once; of equal keys the last wins.
///
/// ```
/// use pintle_yaml::{Map, Value};
///
/// let map: Map = [("b", Value::from(1)), ("a", Value::from("x"))].into_iter().collect();
/// assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(map.get("a"), Some(&Value::from("x")));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Map {
    entries: Vec<(Str, Value)>,
}

impl Map {
    /// An empty map; does not allocate.
    pub const fn new() -> Self {
        Map { entries: Vec::new() }
    }

    /// An empty map with room for `n` entries.
    pub fn with_capacity(n: usize) -> Self {
        Map { entries: Vec::with_capacity(n) }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn position(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(k, _)| k.as_str().cmp(key))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.position(key).ok()?;
        self.entries.get(at).map(|(_, v)| v)
    }

    /// The value of `key`, to change it in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.position(key).ok()?;
        self.entries.get_mut(at).map(|(_, v)| v)
    }

    /// Whether `key` is there, null values included.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_ok()
    }

    /// Sets `key`, and returns what it held before.
    pub fn insert(&mut self, key: impl Into<Str>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        // Builders mostly add in order.
        if self.entries.last().is_none_or(|(last, _)| *last < key) {
            self.entries.push((key, value));
            return None;
        }
        match self.position(&key) {
            Ok(at) => self.entries.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.position(key).ok()?;
        Some(self.entries.remove(at).1)
    }

    /// Keeps the entries for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&Str, &mut Value) -> bool) {
        self.entries.retain_mut(|(k, v)| keep(k, v));
    }

    /// The entries in the order of their keys' bytes.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Str, &Value)> + ExactSizeIterator {
        self.entries.iter().map(|(k, v)| (k, v))
    }

    /// The entries in order, the values to change in place.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Str, &mut Value)> {
        self.entries.iter_mut().map(|(k, v)| (&*k, v))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> + ExactSizeIterator {
        self.entries.iter().map(|(k, _)| k)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.entries.iter().map(|(_, v)| v)
    }

    /// The entries as a slice, sorted by key.
    pub fn as_slice(&self) -> &[(Str, Value)] {
        &self.entries
    }

    /// A map of entries in any order; of equal keys the last wins. `O(n)` when they are sorted.
    pub fn from_entries(mut entries: Vec<(Str, Value)>) -> Self {
        sort_entries(&mut entries);
        Map { entries }
    }
}

/// Sorts entries by their keys; of equal keys the last stays. `O(n)` when they are sorted.
///
/// ```
/// use pintle_yaml::{Str, sort_entries};
///
/// let mut entries = vec![(Str::from("b"), 1), (Str::from("a"), 2), (Str::from("b"), 3)];
/// sort_entries(&mut entries);
/// assert_eq!(entries, [(Str::from("a"), 2), (Str::from("b"), 3)]);
/// ```
pub fn sort_entries<V>(entries: &mut Vec<(Str, V)>) {
    if entries.is_sorted_by(|a, b| a.0 < b.0) {
        return;
    }
    // Stable, so that of equal keys the last written comes last.
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            std::mem::swap(later, kept);
        }
        same
    });
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Into<Str>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        Map::from_entries(iter.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

impl<K: Into<Str>, V: Into<Value>> Extend<(K, V)> for Map {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, iter: I) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.extend(iter.into_iter().map(|(k, v)| (k.into(), v.into())));
        *self = Map::from_entries(entries);
    }
}

impl IntoIterator for Map {
    type Item = (Str, Value);
    type IntoIter = std::vec::IntoIter<(Str, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = &'a (Str, Value);
    type IntoIter = std::slice::Iter<'a, (Str, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_keys_the_last_wins() {
        let map: Map = [("a", 1), ("b", 2), ("a", 3), ("a", 4)].into_iter().collect();
        assert_eq!(map.get("a"), Some(&Value::from(4)));
        assert_eq!(map.len(), 2);
    }

    #[test]
    fn inserts_and_removes_anywhere() {
        let mut map = Map::new();
        for key in ["m", "z", "a", "n"] {
            assert_eq!(map.insert(key, key), None);
        }
        assert_eq!(map.insert("n", 1), Some(Value::from("n")));
        assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "m", "n", "z"]);
        assert_eq!(map.remove("m"), Some(Value::from("m")));
        assert_eq!(map.remove("m"), None);
        assert!(!map.contains_key("m"));
    }
}
