//! sprig's random texts and numbers. The bytes are the host's, so a host decides whether a
//! template gives the same result twice.

use super::encoding::encode_base64;
use crate::{Call, Failure, Function, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("randAlphaNum", &[Param::Int], |call| text(call, ALPHANUMERIC)),
    Function::new("randAlpha", &[Param::Int], |call| {
        text(call, ALPHANUMERIC.get(10..).unwrap_or_default())
    }),
    Function::new("randNumeric", &[Param::Int], |call| {
        text(call, ALPHANUMERIC.get(..10).unwrap_or_default())
    }),
    Function::new("randAscii", &[Param::Int], |call| text(call, &ASCII)),
    Function::new("randBytes", &[Param::Int], bytes),
    Function::new("randInt", &[Param::Int, Param::Int], int),
    Function::new("uuidv4", &[], uuid),
    Function::new("shuffle", &[Param::String], shuffle),
];

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Space to tilde.
const ASCII: [u8; 95] = {
    let mut all = [0; 95];
    let mut index = 0;
    while index < all.len() {
        all[index] = b' ' + index as u8;
        index += 1;
    }
    all
};

/// Fills with the host's random bytes.
pub(crate) fn fill(call: &mut Call<'_>, bytes: &mut [u8]) -> Result<(), Failure> {
    call.host().random(bytes).map_err(Failure::new)
}

/// A number below `bound`, each as likely as any other.
fn below(call: &mut Call<'_>, bound: u64) -> Result<u64, Failure> {
    let mut bytes = [0; 8];
    let fair = u64::MAX - u64::MAX % bound.max(1);
    loop {
        fill(call, &mut bytes)?;
        let number = u64::from_le_bytes(bytes);
        if number < fair {
            return Ok(number % bound.max(1));
        }
    }
}

/// A text of the alphabet's characters; none when the count is negative, as sprig drops the error.
fn text(call: &mut Call<'_>, alphabet: &[u8]) -> Outcome {
    let count = usize::try_from(call.int(0)).unwrap_or(0);
    call.charge(count)?;
    let mut out = Vec::with_capacity(count);
    let mut random = [0; 256];
    let fair = 256 / alphabet.len() * alphabet.len();
    while out.len() < count {
        let random = random.get_mut(..(count - out.len()).clamp(16, 256)).unwrap_or_default();
        fill(call, random)?;
        let wanted = count - out.len();
        let fair = random.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        out.extend(fair.filter_map(|byte| alphabet.get(byte % alphabet.len())).take(wanted));
    }
    Ok(Value::from(out))
}

fn bytes(call: &mut Call<'_>) -> Outcome {
    let Ok(count) = usize::try_from(call.int(0)) else {
        return Err(Failure::new("runtime error: makeslice: len out of range"));
    };
    call.charge(count.saturating_mul(3))?;
    let mut bytes = vec![0; count];
    fill(call, &mut bytes)?;
    Ok(Value::from(encode_base64(&bytes)))
}

fn int(call: &mut Call<'_>) -> Outcome {
    let (min, max) = (call.int(0), call.int(1));
    match u64::try_from(max.wrapping_sub(min)) {
        Ok(range) if range > 0 => {
            // Below the range, which is below 2^63.
            let number = below(call, range)? as i64;
            Ok(Value::int(min.wrapping_add(number)))
        }
        _ => Err(Failure::new("invalid argument to Intn")),
    }
}

fn uuid(call: &mut Call<'_>) -> Outcome {
    let mut bytes = [0; 16];
    fill(call, &mut bytes)?;
    let bits = u128::from_be_bytes(bytes);
    // Version 4, variant 10 (RFC 9562).
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let part = |shift: u32, digits: u32| bits >> shift & ((1 << (4 * digits)) - 1);
    Ok(Value::from(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        part(96, 8),
        part(80, 4),
        part(64, 4),
        part(48, 4),
        part(0, 12),
    )))
}

fn shuffle(call: &mut Call<'_>) -> Outcome {
    if call.text(0).is_empty() {
        return Ok(call.take(0));
    }
    call.charge(call.text(0).len().saturating_mul(5))?;
    let mut chars: Vec<char> = call.str(0).chars().collect();
    for last in (1..chars.len()).rev() {
        let other = usize::try_from(below(call, last as u64 + 1)?).unwrap_or(last);
        chars.swap(last, other);
    }
    Ok(Value::from(chars.into_iter().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::funcs::testing::{call, text};

    #[test]
    fn texts_have_the_length_and_the_alphabet() {
        for (name, fits) in [
            ("randAlphaNum", char::is_alphanumeric as fn(char) -> bool),
            ("randAlpha", char::is_alphabetic),
            ("randNumeric", char::is_numeric),
            ("randAscii", |c| (' '..='~').contains(&c)),
        ] {
            let random = text(name, &[Value::int(1000)]);
            assert_eq!(random.len(), 1000);
            assert!(random.chars().all(fits), "{name}");
            assert_eq!(text(name, &[Value::int(-1)]), "");
        }
        assert_eq!(text("randBytes", &[Value::int(12)]).len(), 16);
        assert!(call("randBytes", &[Value::int(-1)]).is_err());
        assert!(call("randAlphaNum", &[Value::int(1 << 40)]).err().unwrap().is_limit());
    }

    #[test]
    fn numbers_are_in_the_range() {
        for _ in 0..100 {
            let Value::Number(n) =
                call("randInt", &[Value::int(-3), Value::int(3)]).unwrap_or_default()
            else {
                panic!("no number")
            };
            assert!((-3..3).contains(&n.signed().unwrap()));
        }
        assert!(call("randInt", &[Value::int(3), Value::int(3)]).is_err());
    }

    #[test]
    fn a_uuid_has_version_and_variant() {
        let uuid = text("uuidv4", &[]);
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }

    #[test]
    fn a_shuffled_text_has_the_same_characters() {
        let mut chars: Vec<char> = text("shuffle", &["héllo wörld".into()]).chars().collect();
        chars.sort_unstable();
        let mut expected: Vec<char> = "héllo wörld".chars().collect();
        expected.sort_unstable();
        assert_eq!(chars, expected);
    }
}
