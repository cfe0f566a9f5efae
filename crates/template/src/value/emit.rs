//! Values written as YAML and JSON.

use pintle_yaml::{Emit, KeyOrder, Sink, Str, WriteError, WriteErrorKind};

use super::{Complex, List, ListType, Map, Number, Value};

/// A container that is being told. Kept on the heap, so that depth costs no stack.
enum Open {
    List(List, usize),
    Map(Map, Order, usize),
}

/// The order in which a map's entries are told.
enum Order {
    /// Their own.
    Kept,
    /// Another: the index of each entry.
    Sorted(Vec<usize>),
}

impl Order {
    fn new(entries: &[(Str, Value)], order: KeyOrder) -> Order {
        if order == KeyOrder::Bytes || order.is_sorted(entries, |entry| entry.0.as_bytes()) {
            return Order::Kept;
        }
        let mut indices: Vec<(usize, &Str)> =
            entries.iter().enumerate().map(|(i, (key, _))| (i, key)).collect();
        order.sort(&mut indices, |(_, key)| key.as_bytes());
        Order::Sorted(indices.into_iter().map(|(i, _)| i).collect())
    }
}

impl Open {
    /// The next entry: its key in a map, and its value. `None`: the container is told.
    fn next(&mut self) -> Option<(Option<Str>, Value)> {
        match self {
            Open::List(list, at) => {
                let item = list.get(*at)?.clone();
                *at += 1;
                Some((None, item))
            }
            Open::Map(map, order, at) => {
                let index = match order {
                    Order::Kept => *at,
                    Order::Sorted(indices) => *indices.get(*at)?,
                };
                *at += 1;
                let (key, value) = map.entries().get(index)?.clone();
                Some((Some(key), value))
            }
        }
    }

    fn identity(&self) -> usize {
        match self {
            Open::List(list, _) => list.identity(),
            Open::Map(map, ..) => map.identity(),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Open::List(list, _) => list.list_type().name(),
            Open::Map(map, ..) => map.map_type().name(),
        }
    }
}

/// From how many levels on `encoding/json` looks for a container that holds itself.
const CYCLES_FROM: usize = 1000;

/// The error of a value that nests too deep: Go's own when a container holds itself.
fn deep_error(error: WriteError, stack: &[Open]) -> WriteError {
    if error.kind() != WriteErrorKind::TooDeep {
        return error;
    }
    let mut levels = stack.iter().skip(CYCLES_FROM);
    let first = levels.next();
    match first.filter(|first| levels.any(|other| other.identity() == first.identity())) {
        Some(first) => WriteError::custom(format!(
            "json: unsupported value: encountered a cycle via {}",
            first.type_name()
        )),
        None => error,
    }
}

/// Whether go-yaml v3 alone writes, for which nil slices and maps are empty ones; for JSON, which
/// `sigs.k8s.io/yaml` goes by, they are null.
fn pretty(sink: &dyn Sink) -> bool {
    sink.order() == KeyOrder::NaturalV3
}

/// Tells a scalar, or begins a container and gives what is left of it.
fn begin(value: &Value, sink: &mut dyn Sink) -> Result<Option<Open>, WriteError> {
    match value {
        Value::Absent | Value::Nil => sink.null()?,
        Value::Bool(value) => sink.bool(*value)?,
        Value::Number(Number::Float64(n)) => sink.float(*n)?,
        // go-yaml v3 knows this one type.
        Value::Number(number @ Number::Duration(_)) if pretty(sink) => {
            let mut text = Vec::new();
            number.append_to(&mut text);
            sink.str(&text)?;
        }
        Value::Number(number) => match number.signed() {
            Some(n) => sink.int(n)?,
            None => sink.uint(number.unsigned().unwrap_or_default())?,
        },
        Value::String(text) => sink.str(text.as_bytes())?,
        Value::List(list) if list.is_nil() && !pretty(sink) => sink.null()?,
        Value::List(list) if list.list_type() == ListType::Bytes => {
            sink.bytes(&list.to_bytes().unwrap_or_default())?;
        }
        Value::List(list) => match list.untouched() {
            Some(data) => data.as_slice().emit(sink)?,
            None => {
                sink.begin_seq(list.len())?;
                return Ok(Some(Open::List(list.clone(), 0)));
            }
        },
        Value::Map(map) if map.is_nil() && !pretty(sink) => sink.null()?,
        Value::Map(map) => match map.untouched() {
            Some(data) => data.emit(sink)?,
            None => {
                sink.begin_map(map.len())?;
                let order = Order::new(&map.entries(), sink.order());
                return Ok(Some(Open::Map(map.clone(), order, 0)));
            }
        },
        Value::Object(object) if object.as_any().is::<Complex>() => {
            return Err(WriteError::custom("json: unsupported type: complex128"));
        }
        Value::Object(object) => match (object.data(), object.items()) {
            (Some(data), _) => data.emit(sink)?,
            // The items of an object are no objects with items, so that this ends.
            (None, Some(items)) if !matches!(items, Value::Object(_)) => {
                return begin(&items, sink);
            }
            _ => {
                sink.begin_map(0)?;
                sink.end()?;
            }
        },
    }
    Ok(None)
}

impl Emit for Value {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let mut stack: Vec<Open> = Vec::new();
        stack.extend(begin(self, sink)?);
        while let Some(open) = stack.last_mut() {
            let Some((key, value)) = open.next() else {
                stack.pop();
                sink.end()?;
                continue;
            };
            if let Some(key) = key {
                sink.key(key.as_bytes())?;
            }
            match begin(&value, sink) {
                Ok(opened) => stack.extend(opened),
                Err(error) => return Err(deep_error(error, &stack)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MapType;
    use pintle_yaml::{to_json, to_yaml};

    #[test]
    fn writes_what_go_has() {
        let map = Map::from_iter([
            ("a10", Value::list(vec![Value::int(1), Value::float(1e6), Value::Nil])),
            ("a2", List::of_bytes(b"hi").into()),
            ("n", List::nil(ListType::Any).into()),
            ("m", Map::nil(MapType::Any).into()),
        ]);
        let value = Value::Map(map);
        assert_eq!(
            to_json(&value).unwrap(),
            r#"{"a10":[1,1000000,null],"a2":"aGk=","m":null,"n":null}"#
        );
        assert_eq!(
            to_yaml(&value).unwrap(),
            "a2: aGk=\na10:\n- 1\n- 1000000\n- null\nm: null\n\"n\": null\n",
        );
    }

    #[test]
    fn a_map_that_holds_itself_is_an_error() {
        let map = Map::new();
        map.set("self", map.clone().into());
        let error = to_json(&Value::Map(map.clone())).unwrap_err();
        map.remove("self");
        assert_eq!(
            error.to_string(),
            "json: unsupported value: encountered a cycle via map[string]interface {}",
        );
    }
}
