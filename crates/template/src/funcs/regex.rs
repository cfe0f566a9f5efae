//! sprig's regular expressions: Go's `regexp`.

mod compiled;
mod subject;
mod translate;

use std::rc::Rc;

use compiled::{Compiled, compile};
use subject::Subject;

use crate::{Call, Failure, Function, ListType, Outcome, Param, Text, Value, value::List};

const MATCH: &[Param] = &[Param::String, Param::String];
const FIND_ALL: &[Param] = &[Param::String, Param::String, Param::Int];
const REPLACE: &[Param] = &[Param::String, Param::String, Param::String];

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", MATCH, regex_match),
    Function::new("mustRegexMatch", MATCH, must_regex_match),
    Function::new("regexFind", MATCH, |call| find(call, panicking)),
    Function::new("mustRegexFind", MATCH, |call| find(call, failing)),
    Function::new("regexFindAll", FIND_ALL, |call| find_all(call, panicking)),
    Function::new("mustRegexFindAll", FIND_ALL, |call| find_all(call, failing)),
    Function::new("regexReplaceAll", REPLACE, |call| replace(call, panicking)),
    Function::new("mustRegexReplaceAll", REPLACE, |call| replace(call, failing)),
    Function::new("regexReplaceAllLiteral", REPLACE, |call| replace_literal(call, panicking)),
    Function::new("mustRegexReplaceAllLiteral", REPLACE, |call| replace_literal(call, failing)),
    Function::new("regexSplit", FIND_ALL, |call| split(call, panicking)),
    Function::new("mustRegexSplit", FIND_ALL, |call| split(call, failing)),
    Function::new("regexQuoteMeta", &[Param::String], quote_meta),
];

type Compile = fn(&Text) -> Result<Rc<Compiled>, Failure>;

/// Compiles as the functions without `must` do, which panic in Go.
fn panicking(pattern: &Text) -> Result<Rc<Compiled>, Failure> {
    compile(pattern).map_err(|error| error.into_panic(pattern))
}

/// Compiles as the functions with `must` do.
fn failing(pattern: &Text) -> Result<Rc<Compiled>, Failure> {
    compile(pattern).map_err(compiled::CompileError::into_failure)
}

fn regex_match(call: &mut Call<'_>) -> Outcome {
    match failing(call.text(0)) {
        Ok(compiled) => Ok(Value::Bool(compiled.is_match(&Subject::new(call.text(1))))),
        Err(failure) if failure.is_limit() => Err(failure),
        // sprig drops the error.
        Err(_) => Ok(Value::Bool(false)),
    }
}

fn must_regex_match(call: &mut Call<'_>) -> Outcome {
    Ok(Value::Bool(failing(call.text(0))?.is_match(&Subject::new(call.text(1)))))
}

fn find(call: &mut Call<'_>, compile: Compile) -> Outcome {
    let compiled = compile(call.text(0))?;
    let subject = Subject::new(call.text(1));
    Ok(Value::String(compiled.find(&subject).unwrap_or_default().into()))
}

/// A `[]string`, nil when there is nothing, as Go's functions leave it.
fn strings(items: Vec<Value>) -> Value {
    if items.is_empty() {
        return Value::List(List::nil(ListType::Strings));
    }
    Value::List(List::of_type(ListType::Strings, items))
}

fn charge(call: &mut Call<'_>, items: usize, bytes: usize) -> Result<(), Failure> {
    call.charge(items.saturating_mul(size_of::<Value>()).saturating_add(bytes))
}

fn find_all(call: &mut Call<'_>, compile: Compile) -> Outcome {
    let compiled = compile(call.text(0))?;
    let text = call.text(1).clone();
    let subject = Subject::new(&text);
    let found = compiled.find_all(&subject, call.int(2));
    charge(call, found.len(), text.len())?;
    let items = found.iter().map(|(start, end)| subject.slice(*start, *end));
    Ok(strings(items.map(|item| Value::String(item.into())).collect()))
}

fn replace(call: &mut Call<'_>, compile: Compile) -> Outcome {
    let compiled = compile(call.text(0))?;
    let (text, template) = (call.text(1).clone(), call.text(2).clone());
    let template = template.as_bytes();
    let groups = memchr::memchr(b'$', template).is_some();
    let out = compiled.replace_all(&Subject::new(&text), groups, |compiled, out, found| {
        let before = out.len();
        if groups {
            compiled.expand(template, out, found);
        } else {
            out.extend_from_slice(template);
        }
        call.charge(out.len() - before)
    })?;
    Ok(Value::String(out.into()))
}

fn replace_literal(call: &mut Call<'_>, compile: Compile) -> Outcome {
    let compiled = compile(call.text(0))?;
    let (text, replacement) = (call.text(1).clone(), call.text(2).clone());
    let out = compiled.replace_all(&Subject::new(&text), false, |_, out, _| {
        out.extend_from_slice(replacement.as_bytes());
        call.charge(replacement.len())
    })?;
    Ok(Value::String(out.into()))
}

fn split(call: &mut Call<'_>, compile: Compile) -> Outcome {
    let compiled = compile(call.text(0))?;
    let (text, limit) = (call.text(1).clone(), call.int(2));
    if limit == 0 {
        return Ok(strings(Vec::new()));
    }
    if !call.text(0).is_empty() && text.is_empty() {
        return Ok(Value::strings([Text::EMPTY]));
    }
    let subject = Subject::new(&text);
    let found = compiled.find_all(&subject, limit);
    charge(call, found.len() + 1, text.len())?;
    let piece = |start, end| Value::String(subject.slice(start, end).into());
    let mut items = Vec::with_capacity(found.len() + 1);
    let (mut start, mut end) = (0, 0);
    for (from, to) in found {
        if usize::try_from(limit).is_ok_and(|limit| items.len() + 1 == limit) {
            break;
        }
        end = from;
        if to != 0 {
            items.push(piece(start, end));
        }
        start = to;
    }
    if end != subject.text.len() {
        items.push(piece(start, subject.text.len()));
    }
    // Go makes an empty slice here, not a nil one.
    Ok(Value::List(List::of_type(ListType::Strings, items)))
}

fn quote_meta(call: &mut Call<'_>) -> Outcome {
    let text = call.text(0);
    let special = |byte: &u8| br"\.+*?()|[]{}^$".contains(byte);
    if !text.as_bytes().iter().any(special) {
        return Ok(Value::String(text.clone()));
    }
    let mut out = Vec::with_capacity(text.len() * 2);
    for byte in text.as_bytes() {
        if special(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    call.charge(out.len())?;
    Ok(Value::String(out.into()))
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::funcs::testing::{call, text};

    fn run(name: &str, args: &[&str]) -> String {
        text(name, &args.iter().map(|arg| Value::from(*arg)).collect::<Vec<_>>())
    }

    fn run_n(name: &str, pattern: &str, input: &str, n: i64) -> String {
        text(name, &[Value::from(pattern), Value::from(input), Value::int(n)])
    }

    #[test]
    fn matches_by_gos_rules() {
        for (pattern, input, expected) in [
            ("^[a-z]+$", "abc", true),
            (r"\d", "٣", false),
            (r"\w", "é", false),
            (r"\s", "\u{b}", false),
            (r"[[:space:]]", "\u{b}", true),
            (r"é\b", "é", false),
            (r"\Qa.b\E+$", "a.bb", true),
            (r"[a&&b]", "&", true),
            (r"[[]", "[", true),
            (r"x{,2}", "x{,2}", true),
            (r"a{", "a{", true),
            (r"(?i)K", "\u{212a}", true),
            (r"\pL", "é", true),
            (r"\p{Greek}", "β", true),
            (r"^\P{^Lu}$", "A", true),
            (r"a$", "a\n", false),
            (r"(?m)a$", "a\nb", true),
            (r"(?s).", "\n", true),
            (r".", "\n", false),
            (r"[^a]", "\n", true),
            (r"\x{41}\x42\103", "ABC", true),
            (r"(?i)*a", "a", false),
            (r"^a(?i)*$", "aaa", true),
            (r"^(?:a*)*$", "aa", true),
            (r"[\x{D800}-\x{E000}]", "\u{E000}", true),
            (r"", "", true),
            (r"a||b", "", true),
            (r"(?-i)a", "a", true),
        ] {
            assert_eq!(run("regexMatch", &[pattern, input]), expected.to_string(), "{pattern}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for (pattern, expected) in [
            ("(", "missing closing ): `(`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            (r"\8", r"invalid escape sequence: `\8`"),
            (r"\Z", r"invalid escape sequence: `\Z`"),
            (r"\C", r"invalid escape sequence: `\C`"),
            (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
            (r"a\", "trailing backslash at end of expression: ``"),
            ("*", "missing argument to repetition operator: `*`"),
            ("(*)", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a*?+", "invalid nested repetition operator: `*?+`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{3,2}", "invalid repeat count: `{3,2}`"),
            ("(a{100}){11}", "invalid repeat count: `{11}`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?<a", "invalid named capture: `(?<a`"),
            ("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`"),
            (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
        ] {
            assert_eq!(
                run("mustRegexMatch", &[pattern, ""]),
                format!("error: error parsing regexp: {expected}"),
            );
        }
        assert_eq!(
            run("regexFind", &["(", "a"]),
            "error: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`",
        );
        assert_eq!(run("regexMatch", &["(", "a"]), "false");
    }

    #[test]
    fn finds_replaces_and_splits() {
        assert_eq!(run("regexFind", &["[a-z]+", "12ab34"]), "ab");
        assert_eq!(run_n("regexFindAll", "a*", "baaau", -1), "[|aaa|]");
        assert_eq!(run_n("regexFindAll", "a", "aaa", 2), "[a|a]");
        assert_eq!(run("regexReplaceAll", &["a(x*)b", "-ab-axxb-", "${1}W"]), "-W-xxW-");
        assert_eq!(run("regexReplaceAll", &["a(x*)b", "-ab-axxb-", "$1W"]), "---");
        assert_eq!(run("regexReplaceAll", &["(?P<n>x)", "axb", "<$n$$$>"]), "a<x$$>b");
        assert_eq!(run("regexReplaceAll", &["a*", "baaac", "X"]), "XbXcX");
        assert_eq!(run("regexReplaceAllLiteral", &["a(x*)b", "-axxb-", "${1}"]), "-${1}-");
        assert_eq!(run_n("regexSplit", ",", "a,b,c", -1), "[a|b|c]");
        assert_eq!(run_n("regexSplit", ",", "a,b,c", 2), "[a|b,c]");
        assert_eq!(run_n("regexSplit", "", "abc", -1), "[a|b|c]");
        assert_eq!(run_n("regexSplit", "a", "", -1), "[]");
        let empty = call("regexSplit", &["".into(), "".into(), Value::int(2)]).unwrap();
        assert!(!empty.as_list().unwrap().is_nil());
        assert_eq!(run("regexQuoteMeta", &["a.b[c]"]), r"a\.b\[c\]");
        let none = call("regexFindAll", &["x".into(), "a".into(), Value::int(-1)]).unwrap();
        assert!(none.as_list().unwrap().is_nil());
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_a_character() {
        let args = [Value::from("a.b"), Value::from(b"xa\xffbx".to_vec())];
        assert_eq!(call("regexFind", &args).unwrap().as_text().unwrap().as_bytes(), b"a\xffb");
    }

    #[test]
    fn an_expression_too_large_is_a_limit() {
        let large = r"(\pL{1000}|\pN{1000})\pL{900}\pL{900}";
        assert!(call("regexMatch", &[large.into(), "".into()]).err().unwrap().is_limit());
        let deep = format!("{}a{}", "(".repeat(900), ")".repeat(900));
        assert!(call("regexMatch", &[deep.as_str().into(), "".into()]).err().unwrap().is_limit());
    }
}
