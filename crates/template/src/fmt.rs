//! Text of values, as Go's package fmt prints them.
//!
//! The rules are those of `fmt.Sprintf`, `Sprint` and `Sprintln` of Go 1.26.

mod directive;
mod integer;
mod pad;
mod printer;

use crate::{Failure, Value};
use printer::Printer;

/// More text than this is not made of values: printing stops and the caller reports a limit.
pub(crate) const MAX_TEXT: usize = 256 << 20;

/// Values nested deeper than this are not printed.
pub(crate) const MAX_DEPTH: u32 = 1000;

/// Appends `value` as `%v` prints it.
///
/// Text longer than [`MAX_TEXT`] is cut; the engine turns a result of that length into an error.
pub(crate) fn append_v(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::Number(number) => number.append_to(out),
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Absent | Value::Nil => out.extend_from_slice(b"<nil>"),
        _ => {
            let mut printer = Printer::new(out);
            printer.argument(value, 'v');
            if printer.stopped() {
                // Too long in any case: see MAX_TEXT.
                let start = out.len();
                out.resize(start.max(MAX_TEXT), b' ');
            }
        }
    }
}

/// `fmt.Sprintf`
pub(crate) fn append_printf(
    out: &mut Vec<u8>,
    format: &[u8],
    args: &[Value],
) -> Result<(), Failure> {
    directive::printf(out, format, args)
}

/// `fmt.Sprint`: a space between two values neither of which is a string.
pub(crate) fn append_print(out: &mut Vec<u8>, args: &[Value]) -> Result<(), Failure> {
    let mut printer = Printer::new(out);
    let mut after_string = true;
    for arg in args {
        let is_string = matches!(arg, Value::String(_));
        if !is_string && !after_string {
            printer.write(b" ");
        }
        printer.argument(arg, 'v');
        after_string = is_string;
    }
    printer.finish()
}

/// `fmt.Sprintln`: a space between two values and a newline at the end.
pub(crate) fn append_println(out: &mut Vec<u8>, args: &[Value]) -> Result<(), Failure> {
    let mut printer = Printer::new(out);
    for (at, arg) in args.iter().enumerate() {
        if at > 0 {
            printer.write(b" ");
        }
        printer.argument(arg, 'v');
    }
    printer.write(b"\n");
    printer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    fn printf(format: &str, args: &[Value]) -> String {
        let mut out = Vec::new();
        append_printf(&mut out, format.as_bytes(), args).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn prints_values() {
        let map = Map::from_iter([("b", Value::Nil), ("a", Value::list(vec![Value::int(1)]))]);
        let mut out = Vec::new();
        append_v(&mut out, &Value::Map(map.clone()));
        assert_eq!(String::from_utf8(out).unwrap(), "map[a:[1] b:<nil>]");
        let cases: &[(&str, Value, &str)] = &[
            ("%5d|", Value::int(-7), "   -7|"),
            ("%-5d|", Value::int(-7), "-7   |"),
            ("%05d|", Value::int(-7), "-0007|"),
            ("%x", Value::int(255), "ff"),
            ("%#o %[1]O", Value::int(8), "010 0o10"),
            ("%q", Value::int(65), "'A'"),
            ("%U %#[1]U", Value::int(0x263a), "U+263A U+263A '\u{263a}'"),
            ("%d", Value::from("x"), "%!d(string=x)"),
            ("%d", Value::Nil, "%!d(<nil>)"),
            ("%s %v", Value::from("x"), "x %!v(MISSING)"),
            ("", Value::float(1.5), "%!(EXTRA float64=1.5)"),
            ("%6.2f|", Value::float(2.71), "  2.71|"),
            ("%v %[1]s", Value::float(1e6), "1e+06 %!s(float64=1e+06)"),
            (
                "%#v",
                Value::Map(map.clone()),
                "map[string]interface {}{\"a\":[]interface {}{1}, \"b\":interface {}(nil)}",
            ),
            ("%T", Value::Map(map), "map[string]interface {}"),
            (
                "%.2s|%-4[1]s|%4[1]q",
                Value::from("\u{e9}\u{e9}\u{e9}"),
                "\u{e9}\u{e9}|\u{e9}\u{e9}\u{e9} |\"\u{e9}\u{e9}\u{e9}\"",
            ),
            ("%!", Value::int(1), "%!!(int=1)"),
            ("%", Value::int(1), "%!(NOVERB)%!(EXTRA int=1)"),
            ("%*d", Value::int(3), "%!d(MISSING)"),
        ];
        for (format, arg, wanted) in cases {
            assert_eq!(printf(format, std::slice::from_ref(arg)), *wanted, "{format}");
        }
    }

    #[test]
    fn stops_at_deep_values() {
        let mut value = Value::int(1);
        for _ in 0..5000 {
            value = Value::list(vec![value]);
        }
        assert!(append_print(&mut Vec::new(), &[value]).unwrap_err().is_limit());
    }
}
