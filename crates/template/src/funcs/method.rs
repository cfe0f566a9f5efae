//! Arguments of methods, which no table of parameters checks.

use crate::{Call, Failure};

/// Fails as text/template does unless the method got `want` arguments.
pub(crate) fn expect_args(name: &str, call: &Call<'_>, want: usize) -> Result<(), Failure> {
    if call.len() == want {
        return Ok(());
    }
    let got = call.len();
    Err(Failure::new(format!("wrong number of args for {name}: want {want} got {got}")))
}

/// The failure of a method whose argument is of another type.
pub(crate) fn wrong_type(expected: &str, call: &Call<'_>, index: usize) -> Failure {
    let got = call.arg(index).type_name();
    Failure::new(format!("wrong type for value; expected {expected}; got {got}"))
}
