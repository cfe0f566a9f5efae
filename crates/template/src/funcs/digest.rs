//! sprig's checksums.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::{Call, Function, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("sha1sum", &[Param::String], digest::<Sha1>),
    Function::new("sha256sum", &[Param::String], digest::<Sha256>),
    Function::new("sha512sum", &[Param::String], digest::<Sha512>),
    Function::new("adler32sum", &[Param::String], adler32),
];

fn digest<D: Digest>(call: &mut Call<'_>) -> Outcome {
    Ok(Value::from(hexadecimal(&D::digest(call.text(0).as_bytes()))))
}

fn adler32(call: &mut Call<'_>) -> Outcome {
    Ok(Value::from(adler2::adler32_slice(call.text(0).as_bytes()).to_string()))
}

/// The bytes as lower-case hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::text;

    #[test]
    fn checksums_are_hexadecimal() {
        let sum = |name| text(name, &["hello".into()]);
        assert_eq!(sum("sha1sum"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert!(sum("sha256sum").starts_with("2cf24dba5fb0a30e26e83b2ac5b9e29e"));
        assert!(sum("sha512sum").starts_with("9b71d224bd62f3785d96d46ad3ea3d73"));
        assert_eq!(sum("adler32sum"), "103547413");
    }
}
