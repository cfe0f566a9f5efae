//! sprig's passwords: bcrypt, htpasswd, and the Master Password algorithm.

use sha2::{Digest, Sha256};

use crate::funcs::random::fill;
use crate::{Call, Failure, Function, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("bcrypt", &[Param::String], bcrypt),
    Function::new("htpasswd", &[Param::String, Param::String], htpasswd),
    Function::new(
        "derivePassword",
        &[Param::Named("uint32"), Param::String, Param::String, Param::String, Param::String],
        derive_password,
    ),
];

/// Go's `bcrypt.DefaultCost`.
const COST: u32 = 10;

fn bcrypt(call: &mut Call<'_>) -> Outcome {
    Ok(Value::from(hash(call, 0)?))
}

fn htpasswd(call: &mut Call<'_>) -> Outcome {
    let name = call.text(0).clone();
    if name.as_bytes().contains(&b':') {
        return Ok(Value::from([b"invalid username: ", name.as_bytes()].concat()));
    }
    let hash = hash(call, 1)?;
    Ok(Value::from([name.as_bytes(), b":", hash.as_bytes()].concat()))
}

/// The bcrypt of an argument, or the text that sprig gives in its place.
fn hash(call: &mut Call<'_>, index: usize) -> Result<String, Failure> {
    if call.text(index).len() > 72 {
        return Ok(
            "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes"
                .to_owned(),
        );
    }
    let mut salt = [0; 16];
    fill(call, &mut salt)?;
    // The password ends with a zero where there is room for one.
    let mut password = call.text(index).as_bytes().to_vec();
    password.push(0);
    password.truncate(72);
    let hash = ::bcrypt::bcrypt(COST, salt, &password);
    let mut out = format!("$2a${COST}$");
    append_base64(&mut out, &salt);
    append_base64(&mut out, hash.get(..23).unwrap_or_default());
    Ok(out)
}

/// bcrypt's own base 64, without padding.
fn append_base64(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for chunk in bytes.chunks(3) {
        let byte = |index| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..=chunk.len() {
            out.push(char::from(DIGITS[(bits >> (18 - 6 * index)) as usize & 63]));
        }
    }
}

/// The templates for a kind of password: each letter stands for a set of characters.
fn templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

/// The characters that a letter of a template stands for.
fn characters(letter: u8) -> &'static [u8] {
    match letter {
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive_password(call: &mut Call<'_>) -> Outcome {
    const SCOPE: &[u8] = b"com.lyndir.masterpassword";
    let kind = call.text(1);
    let Some(templates) = templates(kind.as_bytes()) else {
        return Ok(Value::from([b"cannot find password template ", kind.as_bytes()].concat()));
    };
    // What scrypt needs: 128 * N * r.
    call.charge(33 << 20)?;
    let counter = call.arg(0).as_number().and_then(crate::Number::unsigned).unwrap_or_default();
    let (password, user, site) = (call.text(2), call.text(3), call.text(4));
    let length = |text: &[u8]| (text.len() as u32).to_be_bytes();
    let salt = [SCOPE, &length(user.as_bytes()), user.as_bytes()].concat();
    let mut key = [0; 64];
    let derived =
        scrypt::Params::new(15, 8, 2).map_err(|error| error.to_string()).and_then(|params| {
            scrypt::scrypt(password.as_bytes(), &salt, &params, &mut key)
                .map_err(|error| error.to_string())
        });
    if let Err(error) = derived {
        return Ok(Value::from(format!("failed to derive password: {error}")));
    }
    let counter = (counter as u32).to_be_bytes();
    let message = [SCOPE, &length(site.as_bytes()), site.as_bytes(), &counter].concat();
    let seed = hmac_sha256(&key, &message);
    let template = templates.get(usize::from(seed[0]) % templates.len()).copied().unwrap_or("");
    let chosen = template.bytes().zip(seed.iter().skip(1)).filter_map(|(letter, seed)| {
        let characters = characters(letter);
        characters.get(usize::from(*seed) % characters.len()).copied()
    });
    Ok(Value::from(chosen.collect::<Vec<u8>>()))
}

/// HMAC with a key as long as SHA-256's block.
fn hmac_sha256(key: &[u8; 64], message: &[u8]) -> [u8; 32] {
    let inner = Sha256::new().chain_update(key.map(|byte| byte ^ 0x36)).chain_update(message);
    let outer = Sha256::new().chain_update(key.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::text;
    use crate::{Number, Value};

    #[test]
    fn bcrypt_knows_the_password() {
        let hash = text("bcrypt", &["secret".into()]);
        assert_eq!(hash.len(), 60);
        assert!(hash.starts_with("$2a$10$"));
        let entry = text("htpasswd", &["me".into(), "secret".into()]);
        assert_eq!(entry, format!("me:{hash}"));
        assert_eq!(text("htpasswd", &["a:b".into(), "x".into()]), "invalid username: a:b");
        assert!(text("bcrypt", &["x".repeat(73).into()]).ends_with("exceeds 72 bytes"));
    }

    #[test]
    fn passwords_are_derived_as_sprig_does() {
        // From sprig's own tests.
        let derive = |counter, kind: &str| {
            let counter = Value::Number(Number::Uint32(counter));
            let args =
                [counter, kind.into(), "password".into(), "user".into(), "example.com".into()];
            text("derivePassword", &args)
        };
        assert_eq!(derive(1, "long"), "ZedaFaxcZaso9*");
        assert_eq!(derive(2, "long"), "Fovi2@JifpTupx");
        assert_eq!(derive(1, "maximum"), "pf4zS1LjCg&LjhsZ7T2~");
        assert_eq!(derive(1, "medium"), "ZedJuz8$");
        assert_eq!(derive(1, "basic"), "pIS54PLs");
        assert_eq!(derive(1, "short"), "Zed5");
        assert_eq!(derive(1, "pin"), "6685");
        assert_eq!(derive(1, "x"), "cannot find password template x");
    }
}
