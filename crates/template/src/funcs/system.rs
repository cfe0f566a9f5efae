//! sprig's functions that ask the world: the environment, names; and its greeting.

use crate::{Call, Function, Outcome, Param, Value};

/// The functions of this file that Helm registers.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |_| Ok(Value::from("Hello!"))),
    Function::new("getHostByName", &[Param::String], get_host_by_name),
];

/// Functions of sprig's that Helm does not register.
pub(crate) const ENVIRONMENT: &[Function] = &[
    Function::new("env", &[Param::String], env),
    Function::new("expandenv", &[Param::String], expandenv),
];

/// sprig picks any address and panics when there is none; Helm's replacement gives nothing then.
fn get_host_by_name(call: &mut Call<'_>) -> Outcome {
    let name = call.str(0).into_owned();
    let addresses = call.host().resolve(&name);
    Ok(Value::from(addresses.into_iter().next().unwrap_or_default()))
}

fn env(call: &mut Call<'_>) -> Outcome {
    let name = call.str(0).into_owned();
    Ok(Value::from(call.host().env(&name).unwrap_or_default()))
}

/// Go's `os.ExpandEnv`.
fn expandenv(call: &mut Call<'_>) -> Outcome {
    let text = call.text(0).clone();
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    while let Some(at) = memchr::memchr(b'$', rest) {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        let after = after.get(1..).unwrap_or_default();
        if after.is_empty() {
            rest = b"$";
            break;
        }
        let (name, length) = variable(after);
        rest = after.get(length..).unwrap_or_default();
        match name {
            // Not a name: the dollar stays. A bad `${` is eaten.
            b"" if length == 0 => out.push(b'$'),
            b"" => {}
            name => {
                let name = String::from_utf8_lossy(name);
                let value = call.host().env(&name).unwrap_or_default();
                call.charge(value.len())?;
                out.extend_from_slice(value.as_bytes());
            }
        }
    }
    out.extend_from_slice(rest);
    Ok(Value::from(out))
}

/// The name that a text behind a dollar starts with, and how many bytes it takes.
fn variable(text: &[u8]) -> (&[u8], usize) {
    let special = |byte: u8| byte.is_ascii_digit() || b"*#$@!?-".contains(&byte);
    match text {
        [b'{', byte, b'}', ..] if special(*byte) => (text.get(1..2).unwrap_or_default(), 3),
        [b'{', rest @ ..] => match memchr::memchr(b'}', rest) {
            Some(0) => (b"", 2),
            Some(end) => (rest.get(..end).unwrap_or_default(), end + 2),
            None => (b"", 1),
        },
        [byte, ..] if special(*byte) => (text.get(..1).unwrap_or_default(), 1),
        _ => {
            let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let end = text.iter().take_while(|byte| word(byte)).count();
            (text.get(..end).unwrap_or_default(), end)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Call;
    use crate::funcs::testing::{World, show, text};

    #[test]
    fn variables_are_expanded_as_go_expands_them() {
        assert_eq!(text("hello", &[]), "Hello!");
        assert_eq!(text("getHostByName", &["example.com".into()]), "");
        let function = &super::ENVIRONMENT[1];
        for (input, expected) in [
            ("a $NAME ${NAME}x", "a value valuex"),
            ("$NAMES|$", "|$"),
            ("${}|${NAME", "|NAME"),
            ("$%", "$%"),
            ("$1x${1}", "x"),
        ] {
            let mut args = [input.into()];
            let value = function.call(&mut Call::new(&mut args, &mut World::default()));
            assert_eq!(show(&value.unwrap_or_default()), expected, "{input}");
        }
    }
}
