//! sprig's AES: 256 bits, CBC, PKCS#7 padding, the initialization vector in front, base 64.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use crate::funcs::encoding::{encode_base64, strict_base64};
use crate::funcs::random::fill;
use crate::{Call, Failure, Function, Outcome, Param, Text, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("encryptAES", &[Param::String, Param::String], encrypt),
    Function::new("decryptAES", &[Param::String, Param::String], decrypt),
];

const BLOCK: usize = 16;

/// The cipher for a password: its first 32 bytes, filled up with zeros.
fn cipher(password: &Text) -> Aes256 {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(password.as_bytes()) {
        *to = *from;
    }
    Aes256::new(&key.into())
}

fn xor(block: &mut [u8; BLOCK], other: &[u8; BLOCK]) {
    for (to, from) in block.iter_mut().zip(other) {
        *to ^= from;
    }
}

fn encrypt(call: &mut Call<'_>) -> Outcome {
    if call.text(1).is_empty() {
        return Ok(Value::EMPTY);
    }
    call.charge(call.text(1).len().saturating_mul(3))?;
    let mut previous = [0; BLOCK];
    fill(call, &mut previous)?;
    let mut text = call.text(1).as_bytes().to_vec();
    let padding = BLOCK - text.len() % BLOCK;
    text.resize(text.len() + padding, padding as u8);
    let cipher = cipher(call.text(0));
    let mut out = previous.to_vec();
    for chunk in text.as_chunks::<BLOCK>().0 {
        let mut block = *chunk;
        xor(&mut block, &previous);
        let mut encrypted = block.into();
        cipher.encrypt_block(&mut encrypted);
        previous = encrypted.into();
        out.extend_from_slice(&previous);
    }
    Ok(Value::from(encode_base64(&out)))
}

fn decrypt(call: &mut Call<'_>) -> Outcome {
    if call.text(1).is_empty() {
        return Ok(Value::EMPTY);
    }
    call.charge(call.text(1).len())?;
    let bytes = strict_base64(call.text(1).as_bytes())?;
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let Some((first, blocks)) = blocks.split_first() else {
        let length = bytes.len();
        let message =
            format!("runtime error: slice bounds out of range [:16] with capacity {length}");
        return Err(Failure::new(message));
    };
    if !rest.is_empty() {
        return Err(Failure::new("crypto/cipher: input not full blocks"));
    }
    let cipher = cipher(call.text(0));
    let mut previous = *first;
    let mut out = Vec::with_capacity(bytes.len());
    for chunk in blocks {
        let mut block = (*chunk).into();
        cipher.decrypt_block(&mut block);
        let mut block: [u8; BLOCK] = block.into();
        xor(&mut block, &previous);
        previous = *chunk;
        out.extend_from_slice(&block);
    }
    let Some(padding) = out.last().copied() else {
        return Err(Failure::new("runtime error: index out of range [-1]"));
    };
    let Some(length) = out.len().checked_sub(usize::from(padding)) else {
        let end = out.len() as i64 - i64::from(padding);
        return Err(Failure::new(format!("runtime error: slice bounds out of range [:{end}]")));
    };
    out.truncate(length);
    Ok(Value::from(out))
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{call, text};

    #[test]
    fn what_is_encrypted_can_be_decrypted() {
        for plain in ["a", "0123456789abcdef", "a longer text, of more than one block"] {
            let encrypted = text("encryptAES", &["secretkey".into(), plain.into()]);
            assert_eq!(text("decryptAES", &["secretkey".into(), encrypted.into()]), plain);
        }
        assert_eq!(text("encryptAES", &["k".into(), "".into()]), "");
        // Made by sprig.
        let made = "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=";
        assert_eq!(text("decryptAES", &["secretkey".into(), made.into()]), "plaintext");
    }

    #[test]
    fn what_is_not_encrypted_is_an_error() {
        for bad in ["!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(call("decryptAES", &["k".into(), bad.into()]).is_err(), "{bad}");
        }
    }
}
