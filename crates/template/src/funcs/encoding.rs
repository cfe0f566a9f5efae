//! sprig's base 64 and base 32, which hand a decoder's error out as their result.

use crate::{Call, Failure, Function, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &[Param::String], base64_encode),
    Function::new("b64dec", &[Param::String], base64_decode),
    Function::new("b32enc", &[Param::String], base32_encode),
    Function::new("b32dec", &[Param::String], base32_decode),
];

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// What a table has for a byte outside of the alphabet.
const NONE: u8 = 0xff;
const DECODE64: &[u8; 256] = &decoding(BASE64);
const DECODE32: &[u8; 256] = &decoding(BASE32);

const fn decoding(alphabet: &[u8]) -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut index = 0;
    while index < alphabet.len() {
        table[alphabet[index] as usize] = index as u8;
        index += 1;
    }
    table
}

fn base64_encode(call: &mut Call<'_>) -> Outcome {
    call.charge(call.text(0).len() / 3 * 4 + 4)?;
    Ok(Value::from(encode_base64(call.text(0).as_bytes())))
}

fn base64_decode(call: &mut Call<'_>) -> Outcome {
    decoded(call, decode_base64, "base64")
}

fn base32_encode(call: &mut Call<'_>) -> Outcome {
    let bytes = call.text(0).as_bytes();
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut bits = 0u64;
        for index in 0..5 {
            bits = bits << 8 | u64::from(chunk.get(index).copied().unwrap_or(0));
        }
        let digits = (chunk.len() * 8).div_ceil(5);
        for index in 0..8 {
            let digit = (bits >> (35 - 5 * index)) as usize & 31;
            out.push(if index < digits { char::from(BASE32[digit]) } else { '=' });
        }
    }
    call.charge(out.len())?;
    Ok(Value::from(out))
}

fn base32_decode(call: &mut Call<'_>) -> Outcome {
    decoded(call, decode_base32, "base32")
}

type Decode = fn(&[u8]) -> Result<Vec<u8>, usize>;

fn decoded(call: &mut Call<'_>, decode: Decode, base: &str) -> Outcome {
    call.charge(call.text(0).len())?;
    Ok(match decode(call.text(0).as_bytes()) {
        Ok(bytes) => Value::from(bytes),
        Err(at) => Value::from(illegal(base, at)),
    })
}

/// Go's `CorruptInputError`.
fn illegal(base: &str, at: usize) -> String {
    format!("illegal {base} data at input byte {at}")
}

/// Base 64 as a function that fails: the failure has Go's text.
pub(crate) fn strict_base64(text: &[u8]) -> Result<Vec<u8>, Failure> {
    decode_base64(text).map_err(|at| Failure::new(illegal("base64", at)))
}

/// Writes base 64 with padding.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let digit = (bits >> (18 - 6 * index)) as usize & 63;
            out.push(if index <= chunk.len() { char::from(BASE64[digit]) } else { '=' });
        }
    }
    out
}

/// Reads base 64 as Go's `StdEncoding`: line breaks are skipped, padding must be there. The error
/// is the place Go names.
fn decode_base64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut at = 0;
    let skip_breaks = |at: &mut usize| {
        while matches!(text.get(*at), Some(b'\n' | b'\r')) {
            *at += 1;
        }
    };
    loop {
        let (mut bits, mut digits) = (0u32, 0usize);
        let mut padded = false;
        while digits < 4 {
            let Some(byte) = text.get(at) else {
                return if digits == 0 { Ok(out) } else { Err(at - digits) };
            };
            at += 1;
            let digit = DECODE64[usize::from(*byte)];
            if digit != NONE {
                bits = bits << 6 | u32::from(digit);
                digits += 1;
                continue;
            }
            match byte {
                b'\n' | b'\r' => continue,
                b'=' if digits >= 2 => {}
                _ => return Err(at - 1),
            }
            if digits == 2 {
                skip_breaks(&mut at);
                match text.get(at) {
                    None => return Err(text.len()),
                    Some(b'=') => at += 1,
                    Some(_) => return Err(at - 1),
                }
            }
            skip_breaks(&mut at);
            if at < text.len() {
                return Err(at);
            }
            padded = true;
            break;
        }
        let bytes = (bits << (6 * (4 - digits))).to_be_bytes();
        out.extend_from_slice(bytes.get(1..digits).unwrap_or_default());
        if padded {
            return Ok(out);
        }
    }
}

/// Reads base 32 as Go's `StdEncoding`. The error is the place Go names, in the text without its
/// line breaks.
fn decode_base32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut text = std::borrow::Cow::Borrowed(text);
    if text.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        text.to_mut().retain(|byte| !matches!(byte, b'\n' | b'\r'));
    }
    let all = text.len();
    let mut rest = &*text;
    let mut out = Vec::with_capacity(all / 8 * 5);
    while !rest.is_empty() {
        let (mut bits, mut digits) = (0u64, 0usize);
        let mut padded = false;
        while digits < 8 {
            let Some((byte, after)) = rest.split_first() else { return Err(all - digits) };
            rest = after;
            if *byte == b'=' && digits >= 2 && rest.len() < 8 {
                if rest.len() + digits < 7 {
                    return Err(all);
                }
                for (index, byte) in rest.iter().take(7 - digits).enumerate() {
                    if *byte != b'=' {
                        return Err(all - rest.len() + index - 1);
                    }
                }
                if matches!(digits, 1 | 3 | 6) {
                    return Err(all - rest.len() - 1);
                }
                padded = true;
                break;
            }
            let digit = DECODE32[usize::from(*byte)];
            if digit == NONE {
                return Err(all - rest.len() - 1);
            }
            bits = bits << 5 | u64::from(digit);
            digits += 1;
        }
        let bytes = (bits << (24 + 5 * (8 - digits))).to_be_bytes();
        out.extend_from_slice(bytes.get(..digits * 5 / 8).unwrap_or_default());
        if padded {
            break;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::funcs::testing::text;

    fn run(name: &str, input: impl Into<Value>) -> String {
        text(name, &[input.into()])
    }

    #[test]
    fn what_is_encoded_can_be_decoded() {
        for input in ["", "f", "fo", "foo", "foob", "fooba", "foobar", "é\u{1F600}"] {
            assert_eq!(run("b64dec", run("b64enc", input)), input);
            assert_eq!(run("b32dec", run("b32enc", input)), input);
        }
        assert_eq!(run("b64enc", "fooba"), "Zm9vYmE=");
        assert_eq!(run("b32enc", "fooba"), "MZXW6YTB");
        assert_eq!(run("b32enc", "foob"), "MZXW6YQ=");
        assert_eq!(run("b64dec", "Zm9v\nYg=\r\n=\n"), "foob");
    }

    #[test]
    fn the_decoders_error_is_the_result() {
        for (input, at) in [
            ("Zm9v!", 4),
            ("Zm9", 0),
            ("Zm9vYg", 4),
            ("Zm9vYg=", 7),
            ("Zm9vYg=x", 6),
            ("Zm9vYg==x", 8),
            ("=", 0),
            ("a=", 1),
            ("Zg==Zg==", 4),
        ] {
            assert_eq!(
                run("b64dec", input),
                format!("illegal base64 data at input byte {at}"),
                "{input}"
            );
        }
        for (input, at) in [
            ("mzxw", 0),
            ("MZXW", 0),
            ("MZXW6YT", 0),
            ("MZXW6YQ=AAAAAAAA", 7),
            ("MZXW=A==", 4),
            ("MZX=====", 3),
        ] {
            assert_eq!(
                run("b32dec", input),
                format!("illegal base32 data at input byte {at}"),
                "{input}"
            );
        }
    }
}
