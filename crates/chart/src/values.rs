//! `values.yaml`.

use std::sync::Arc;

use pintle_yaml::{Map, ReadOptions, Root, Value, documents};

use crate::metadata::DecodeError;

/// Reads a `values.yaml`: one or more documents, of which later ones win.
pub(crate) fn read(text: &[u8]) -> Result<Value, DecodeError> {
    let wrong = |error| DecodeError::Document(Box::new(DecodeError::Yaml(error)));
    let mut values: Option<Arc<Map>> = None;
    for document in documents(text) {
        let document = document.map_err(DecodeError::Yaml)?;
        let document = ReadOptions::new().root(Root::Map).read(document).map_err(wrong)?;
        let Value::Map(document) = document else { continue };
        match &mut values {
            None => values = Some(document),
            Some(values) => merge(Arc::make_mut(values), &document),
        }
    }
    Ok(Value::Map(values.unwrap_or_default()))
}

/// Puts the entries of `over` into `into`; where both have a mapping, the two are merged. The
/// reader bounds how deep that goes.
fn merge(into: &mut Map, over: &Map) {
    for (key, value) in over.iter() {
        match (into.get_mut(key), value) {
            (Some(Value::Map(below)), Value::Map(above)) => merge(Arc::make_mut(below), above),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
