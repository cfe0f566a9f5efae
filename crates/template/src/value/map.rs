//! Go's maps.

use std::cell::{Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use pintle_yaml::{self as yaml, Str};

use super::Value;
use crate::Function;

/// What a map holds, which `%T` and the types of parameters tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapType {
    /// `map[string]interface {}`.
    Any,
    /// `map[string]string`.
    Strings,
    /// A named type over `map[string]interface {}`, such as Helm's `common.Values`.
    Named(&'static NamedMap),
}

impl MapType {
    /// The name as `%T` prints it.
    pub fn name(self) -> &'static str {
        match self {
            MapType::Any => "map[string]interface {}",
            MapType::Strings => "map[string]string",
            MapType::Named(named) => named.name,
        }
    }
}

/// A named map type and its methods.
///
/// ```
/// use pintle_template::{Function, Map, MapType, NamedMap, Param, Value};
///
/// static SIZED: NamedMap = NamedMap {
///     name: "main.Sized",
///     methods: &[Function::new("Size", &[Param::Raw], |call| {
///         Ok(Value::int(call.map(0).len() as i64))
///     })],
/// };
/// let map = Map::of_type(MapType::Named(&SIZED), Vec::new());
/// assert_eq!(map.map_type().name(), "main.Sized");
/// ```
#[derive(Debug)]
pub struct NamedMap {
    /// The name as `%T` prints it.
    pub name: &'static str,
    /// The methods; each has the map as its first argument.
    pub methods: &'static [Function],
}

impl PartialEq for NamedMap {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for NamedMap {}

/// A map with string keys, shared by all who hold it: a change is seen by all, as in Go.
///
/// A map of a document is converted level by level, when it is first looked into or changed, and
/// keeps its nested maps, so that a nested map that was handed out stays part of it.
///
/// ```
/// use pintle_template::{Map, Value};
///
/// let map = Map::new();
/// let other = map.clone();
/// map.set("a", Value::from("x"));
/// assert_eq!(other.len(), 1);
/// ```
#[derive(Clone)]
pub struct Map(Rc<Inner>);

struct Inner {
    map_type: MapType,
    /// The map that holds the entries, when this is another type's view of it.
    viewed: Option<Map>,
    nil: bool,
    repr: RefCell<Repr>,
}

enum Repr {
    Data(Arc<yaml::Map>),
    /// Sorted by key. Shared with who ranges over it, so that a change meanwhile makes a copy.
    Own(Rc<Vec<(Str, Value)>>),
}

impl Map {
    /// An empty `map[string]interface {}`.
    pub fn new() -> Map {
        Map::of_type(MapType::Any, Vec::new())
    }

    /// A map of a type, of entries in any order; of equal keys the last wins.
    pub fn of_type(map_type: MapType, mut entries: Vec<(Str, Value)>) -> Map {
        pintle_yaml::sort_entries(&mut entries);
        Map(Rc::new(Inner {
            map_type,
            nil: false,
            viewed: None,
            repr: RefCell::new(Repr::Own(Rc::new(entries))),
        }))
    }

    /// Go's nil map of a type: empty, not to be changed, and `null` in JSON and YAML.
    pub fn nil(map_type: MapType) -> Map {
        let repr = RefCell::new(Repr::Own(Rc::default()));
        Map(Rc::new(Inner { map_type, nil: true, viewed: None, repr }))
    }

    /// The mapping of a document.
    pub fn from_data(map: Arc<yaml::Map>) -> Map {
        Map::from_data_of_type(MapType::Any, map)
    }

    /// The mapping of a document under another type's name.
    pub fn from_data_of_type(map_type: MapType, map: Arc<yaml::Map>) -> Map {
        Map(Rc::new(Inner {
            map_type,
            nil: false,
            viewed: None,
            repr: RefCell::new(Repr::Data(map)),
        }))
    }

    /// The same map under another type, as a Go conversion gives it: what changes in one changes in
    /// the other.
    ///
    /// ```
    /// use pintle_template::{Map, MapType, Value};
    ///
    /// let map = Map::new();
    /// let strings = map.as_type(MapType::Strings);
    /// strings.set("a", Value::from("x"));
    /// assert!(map.same(&strings) && map.contains_key("a"));
    /// assert!(map.get("a").is_some() && strings.get("a").is_some() && strings.len() == 1);
    /// ```
    pub fn as_type(&self, map_type: MapType) -> Map {
        if self.0.map_type == map_type {
            return self.clone();
        }
        let viewed = self.0.viewed.clone().unwrap_or_else(|| self.clone());
        let repr = RefCell::new(Repr::Own(Rc::default()));
        Map(Rc::new(Inner { map_type, nil: self.0.nil, viewed: Some(viewed), repr }))
    }

    fn entries_of(&self) -> &Inner {
        match &self.0.viewed {
            Some(map) => &map.0,
            None => &self.0,
        }
    }

    /// The type.
    pub fn map_type(&self) -> MapType {
        self.0.map_type
    }

    /// Whether this is Go's nil map. Who changes a map by a template's wish checks this first.
    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        match &*self.entries_of().repr.borrow() {
            Repr::Data(data) => data.len(),
            Repr::Own(entries) => entries.len(),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both are the same map, not only equal.
    pub fn same(&self, other: &Map) -> bool {
        self.identity() == other.identity()
    }

    /// A number that tells this map from every other that is alive.
    pub fn identity(&self) -> usize {
        std::ptr::from_ref(self.entries_of()) as usize
    }

    /// The value of `key`. `Some(Nil)` is a key that is there with no value.
    pub fn get(&self, key: &str) -> Option<Value> {
        match &*self.entries_of().repr.borrow() {
            Repr::Own(entries) => return find(entries, key).cloned(),
            Repr::Data(data) => match data.get(key)? {
                // A container must stay the same one the next time it is asked for.
                yaml::Value::Map(_) | yaml::Value::Seq(_) => {}
                scalar => return Some(Value::from_data(scalar)),
            },
        }
        find(&self.entries(), key).cloned()
    }

    /// What `then` makes of the value of `key`, which is not cloned. `then` must not change the map.
    pub(crate) fn look<T>(&self, key: &str, then: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        if let Repr::Own(entries) = &*self.entries_of().repr.borrow() {
            return then(find(entries, key)?);
        }
        then(&self.get(key)?)
    }

    /// Whether `key` is there, nil values included.
    pub fn contains_key(&self, key: &str) -> bool {
        match &*self.entries_of().repr.borrow() {
            Repr::Data(data) => data.contains_key(key),
            Repr::Own(entries) => entries.binary_search_by(|(k, _)| k.as_str().cmp(key)).is_ok(),
        }
    }

    /// Sets `key` for all who hold the map.
    pub fn set(&self, key: impl Into<Str>, value: Value) {
        let key = key.into();
        self.own();
        if let Repr::Own(entries) = &mut *self.entries_of().repr.borrow_mut() {
            let entries = Rc::make_mut(entries);
            if entries.last().is_none_or(|(last, _)| *last < key) {
                entries.push((key, value));
                return;
            }
            match entries.binary_search_by(|(k, _)| k.cmp(&key)) {
                Ok(at) => {
                    if let Some(entry) = entries.get_mut(at) {
                        entry.1 = value;
                    }
                }
                Err(at) => entries.insert(at, (key, value)),
            }
        }
    }

    /// Takes `key` out for all who hold the map.
    pub fn remove(&self, key: &str) -> Option<Value> {
        if !self.contains_key(key) {
            return None;
        }
        self.own();
        if let Repr::Own(entries) = &mut *self.entries_of().repr.borrow_mut()
            && let Ok(at) = entries.binary_search_by(|(k, _)| k.as_str().cmp(key))
        {
            return Some(Rc::make_mut(entries).remove(at).1);
        }
        None
    }

    /// The entries sorted by key, borrowed: the map must not be changed meanwhile. See
    /// [`to_vec`](Map::to_vec) for a copy.
    pub fn entries(&self) -> Ref<'_, [(Str, Value)]> {
        self.own();
        Ref::map(self.entries_of().repr.borrow(), |repr| match repr {
            Repr::Own(entries) => entries.as_slice(),
            // `own` has just converted it.
            Repr::Data(_) => &[],
        })
    }

    /// The entries as they are now, whatever is changed later.
    pub(crate) fn snapshot(&self) -> Rc<Vec<(Str, Value)>> {
        self.own();
        match &*self.entries_of().repr.borrow() {
            Repr::Own(entries) => entries.clone(),
            Repr::Data(_) => Rc::default(),
        }
    }

    /// A copy of the entries sorted by key.
    pub fn to_vec(&self) -> Vec<(Str, Value)> {
        self.entries().to_vec()
    }

    /// The keys, sorted.
    pub fn keys(&self) -> Vec<Str> {
        match &*self.entries_of().repr.borrow() {
            Repr::Data(data) => data.keys().cloned().collect(),
            Repr::Own(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
        }
    }

    /// The document's mapping, when nothing has looked into it yet.
    pub fn untouched(&self) -> Option<Arc<yaml::Map>> {
        if let Repr::Data(data) = &*self.entries_of().repr.borrow() {
            Some(data.clone())
        } else {
            None
        }
    }

    fn own(&self) {
        let entries: Vec<_> = match &*self.entries_of().repr.borrow() {
            Repr::Data(data) => data
                .as_slice()
                .iter()
                .map(|(key, value)| (key.clone(), Value::from_data(value)))
                .collect(),
            Repr::Own(_) => return,
        };
        *self.entries_of().repr.borrow_mut() = Repr::Own(Rc::new(entries));
    }
}

/// The value of a key among sorted entries.
fn find<'e>(entries: &'e [(Str, Value)], key: &str) -> Option<&'e Value> {
    // In a few entries, comparing for equality is quicker than for order.
    if entries.len() <= 8 {
        return entries.iter().find(|(k, _)| k.as_str() == key).map(|(_, value)| value);
    }
    let at = entries.binary_search_by(|(k, _)| k.as_str().cmp(key)).ok()?;
    entries.get(at).map(|(_, value)| value)
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Repr::Own(entries) = self.repr.get_mut()
            && let Some(entries) = Rc::get_mut(entries)
        {
            super::teardown::free(std::mem::take(entries).into_iter().map(|(_, value)| value));
        }
    }
}

impl Default for Map {
    fn default() -> Self {
        Map::new()
    }
}

impl<K: Into<Str>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Map::of_type(MapType::Any, entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_map_that_was_handed_out_stays_part_of_it() {
        let data = yaml::Value::from_iter([("a", yaml::Value::from_iter([("b", 1)]))]);
        let Value::Map(map) = Value::from_data(&data) else { panic!("not a map") };
        let Some(Value::Map(nested)) = map.get("a") else { panic!("no nested map") };
        nested.set("c", Value::from("x"));
        let Some(Value::Map(again)) = map.get("a") else { panic!("no nested map") };
        assert!(again.same(&nested));
        assert_eq!(again.keys(), ["b", "c"]);
        // The document itself is untouched.
        assert_eq!(data.get_path(["a", "c"]), None);
    }
    #[test]
    fn a_view_has_the_entries_of_the_map() {
        let map = Map::from_iter([("a", Value::from("x"))]);
        let view = map.as_type(MapType::Strings);
        map.set("b", Value::from("y"));
        view.set("c", Value::from("z"));
        for map in [map, view] {
            assert_eq!(map.keys(), ["a", "b", "c"]);
            for key in ["a", "b", "c"] {
                assert!(map.get(key).is_some_and(|value| value.as_text().is_some()), "{key}");
            }
        }
    }
}
