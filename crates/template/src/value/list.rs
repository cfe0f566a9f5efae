//! Go's slices.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use pintle_yaml as yaml;

use super::Value;

/// What a slice holds, which `%T` and the types of parameters tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// `[]interface {}`.
    Any,
    /// `[]string`.
    Strings,
    /// `[]int`.
    Ints,
    /// `[]uint8`, Go's `[]byte`.
    Bytes,
    /// `[]map[string]interface {}`.
    Maps,
    /// Another slice type with this name, such as a named one.
    Named(&'static str),
}

impl ListType {
    /// The name as `%T` prints it.
    pub fn name(self) -> &'static str {
        match self {
            ListType::Any => "[]interface {}",
            ListType::Strings => "[]string",
            ListType::Ints => "[]int",
            ListType::Bytes => "[]uint8",
            ListType::Maps => "[]map[string]interface {}",
            ListType::Named(name) => name,
        }
    }
}

/// A slice. Templates cannot change one in place: a function that would makes a new one.
#[derive(Clone)]
pub struct List(Rc<Inner>);

struct Inner {
    list_type: ListType,
    nil: bool,
    origin: Origin,
    items: OnceCell<Vec<Value>>,
}

/// What a slice came from; its items are made when it is first looked into.
enum Origin {
    Items,
    Data(Arc<Vec<yaml::Value>>),
    Bytes(Rc<[u8]>),
}

impl List {
    /// A `[]interface {}`.
    pub fn new(items: Vec<Value>) -> List {
        List::of_type(ListType::Any, items)
    }

    /// A slice of a type; the items must be of it.
    pub fn of_type(list_type: ListType, items: Vec<Value>) -> List {
        List(Rc::new(Inner {
            list_type,
            nil: false,
            origin: Origin::Items,
            items: OnceCell::from(items),
        }))
    }

    /// A nil slice of a type: empty, but `null` as YAML and JSON.
    pub fn nil(list_type: ListType) -> List {
        let items = OnceCell::from(Vec::new());
        List(Rc::new(Inner { list_type, nil: true, origin: Origin::Items, items }))
    }

    /// A `[]uint8`.
    pub fn of_bytes(bytes: &[u8]) -> List {
        List::unread(ListType::Bytes, Origin::Bytes(bytes.into()))
    }

    /// The sequence of a document.
    pub fn from_data(items: Arc<Vec<yaml::Value>>) -> List {
        List::unread(ListType::Any, Origin::Data(items))
    }

    fn unread(list_type: ListType, origin: Origin) -> List {
        List(Rc::new(Inner { list_type, nil: false, origin, items: OnceCell::new() }))
    }

    /// The type.
    pub fn list_type(&self) -> ListType {
        self.0.list_type
    }

    /// Whether this is Go's nil slice rather than an empty one.
    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        match (&self.0.origin, self.0.items.get()) {
            (Origin::Bytes(bytes), _) => bytes.len(),
            (_, Some(items)) => items.len(),
            (Origin::Data(data), None) => data.len(),
            (Origin::Items, None) => 0,
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items.
    pub fn items(&self) -> &[Value] {
        self.0.items.get_or_init(|| match &self.0.origin {
            Origin::Items => Vec::new(),
            Origin::Data(data) => data.iter().map(Value::from_data).collect(),
            Origin::Bytes(bytes) => bytes.iter().copied().map(byte).collect(),
        })
    }

    /// The item at `index`.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.items().get(index)
    }

    /// The bytes, when every item is a `uint8`.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        if let Origin::Bytes(bytes) = &self.0.origin {
            return Some(bytes.to_vec());
        }
        self.items()
            .iter()
            .map(|item| match item {
                Value::Number(super::Number::Uint8(byte)) => Some(*byte),
                _ => None,
            })
            .collect()
    }

    /// Whether both are the same slice, not only equal.
    pub fn same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that tells this slice from every other that is alive.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }

    /// The document's sequence, when nothing has looked into it yet.
    pub fn untouched(&self) -> Option<&Arc<Vec<yaml::Value>>> {
        match &self.0.origin {
            Origin::Data(data) if self.0.items.get().is_none() => Some(data),
            _ => None,
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(items) = self.items.take() {
            super::teardown::free(items.into_iter());
        }
    }
}

fn byte(byte: u8) -> Value {
    Value::Number(super::Number::Uint8(byte))
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        List::new(items.into_iter().collect())
    }
}
