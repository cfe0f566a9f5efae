//! sprig's keys, certificates, passwords and ciphers.

pub(crate) mod certificate;
pub(crate) mod cipher;
mod der;
mod dsa;
mod ec;
pub(crate) mod key;
pub(crate) mod password;
mod pem;
mod rng;
mod x509;

use crate::Value;

/// A value as `%v` prints it, for messages.
fn print(value: &Value) -> String {
    let mut out = Vec::new();
    crate::fmt::append_v(&mut out, value);
    String::from_utf8_lossy(&out).into_owned()
}
