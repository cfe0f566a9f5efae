//! Freeing of deeply nested values without deep recursion.

use std::cell::RefCell;

use super::Value;

thread_local! {
    /// The containers whose contents are still to be freed; `None`: nobody is freeing.
    static PENDING: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Frees the contents of a container. Containers inside of it are freed one after the other by
/// the outermost call, not each inside of the one that holds it.
pub(super) fn free(contents: impl Iterator<Item = Value>) {
    // Objects among the contents are freed here, before the queue is borrowed.
    let mut contents: Vec<Value> =
        contents.filter(|v| matches!(v, Value::List(_) | Value::Map(_))).collect();
    if contents.is_empty() {
        return;
    }
    let nested = PENDING.try_with(|pending| {
        let mut pending = pending.borrow_mut();
        let outermost = pending.is_none();
        pending.get_or_insert_with(Vec::new).append(&mut contents);
        !outermost
    });
    if nested.unwrap_or(true) {
        return;
    }
    loop {
        // Not freed while the queue is borrowed: freeing pushes on it.
        let next = PENDING.with(|pending| pending.borrow_mut().as_mut().and_then(Vec::pop));
        if next.is_none() {
            break;
        }
    }
    PENDING.with(|pending| *pending.borrow_mut() = None);
}
