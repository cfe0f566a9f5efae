//! Go's `complex128`, which only constants of templates make.

use std::any::Any;

use super::{Object, Value};

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Complex {
    pub(crate) real: f64,
    pub(crate) imaginary: f64,
}

impl Object for Complex {
    fn type_name(&self) -> &str {
        "complex128"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind_name(&self) -> &str {
        "complex128"
    }

    fn truth(&self) -> bool {
        self.real != 0.0 || self.imaginary != 0.0
    }

    fn equals(&self, other: &Value) -> bool {
        other.as_object::<Complex>() == Some(self)
    }
}
