//! Evaluation and its errors against Go's text/template.
//!
//! The expected texts are what Go 1.26 prints for the same templates, data and functions.

use pintle_template::{
    Engine, Failure, Function, List, ListType, Map, MissingKey, NoHost, Param, Value,
};

const DATA: &str = r#"{"s":"text","n":3,"z":0,"l":["a","b",null],"e":[],"m":{"k":"v","n":null,"m":{"x":1}},"t":true,"f":false,"nil":null,"html":"<a href='x'>\"&"}"#;

type Case = (&'static str, Result<&'static str, &'static str>);

fn engine() -> Engine {
    Engine::new()
        .function(Function::new("boom", &[], |_| Err(Failure::new("boom"))))
        .function(Function::new("str", &[Param::String], |call| Ok(call.take(0))))
        .function(Function::new("flt", &[Param::Float64], |call| Ok(call.take(0))))
        .function(Function::new("num", &[Param::Int], |call| Ok(call.take(0))))
        .function(Function::new("dict", &[], |_| Ok(Map::new().into())))
        .function(Function::new("any", &[Param::Any], |call| Ok(call.take(0))))
        .function(Function::new("isnil", &[Param::Any], |call| Ok(call.arg(0).is_nil().into())))
        .function(Function::new("needmap", &[Param::Map], |call| {
            Ok(Value::int(i64::try_from(call.map(0).len()).unwrap()))
        }))
        .function(Function::new("ints", &[Param::Int], |call| {
            let items = (0..call.int(0)).map(Value::int).collect();
            Ok(List::of_type(ListType::Ints, items).into())
        }))
}

fn check(missing_key: MissingKey, cases: &[Case]) {
    let data = Value::from_data(&pintle_yaml::read_json(DATA.as_bytes()).unwrap());
    let engine = engine().missing_key(missing_key);
    let mut wrong = Vec::new();
    for (template, wanted) in cases {
        let got = engine
            .parse("t", template)
            .and_then(|set| set.session(&mut NoHost).render("t", &data))
            .map(|text| text.to_str().into_owned())
            .map_err(|error| error.to_string());
        let wanted = wanted.map(str::to_owned).map_err(str::to_owned);
        if got != wanted {
            wrong.push(format!("{template}\n  want {wanted:?}\n  got  {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn missing_key_zero() {
    check(MissingKey::Zero, ZERO);
}

#[test]
fn missing_key_error() {
    check(MissingKey::Error, ERROR);
}

#[test]
fn missing_key_default() {
    check(MissingKey::Default, DEFAULT);
}

#[rustfmt::skip]
const ZERO: &[Case] = &[
    ("plain text", Ok("plain text")),
    ("{{ . | len }}", Ok("10")),
    ("{{ .s }}-{{ .n }}-{{ .t }}-{{ .nil }}-{{ .missing }}", Ok("text-3-true-<no value>-<no value>")),
    ("{{ .l }} {{ .m }} {{ .e }}", Ok("[a b <nil>] map[k:v m:map[x:1] n:<nil>] []")),
    ("{{ $x := .s }}{{ $x }}{{ $x = \"new\" }}{{ $x }}{{ with 1 }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", Ok("textnew2new")),
    ("{{ if .t }}yes{{ else }}no{{ end }}{{ if .f }}yes{{ else if .s }}elif{{ else }}no{{ end }}", Ok("yeselif")),
    ("{{ with .m }}{{ .k }}{{ $.s }}{{ end }}{{ with .nil }}x{{ else with .s }}{{ . }}{{ else }}z{{ end }}", Ok("vtexttext")),
    ("{{ range .l }}[{{ . }}]{{ end }}{{ range .e }}x{{ else }}none{{ end }}", Ok("[a][b][<no value>]none")),
    ("{{ range $i, $e := .l }}{{ $i }}={{ $e }};{{ end }}", Ok("0=a;1=b;2=<no value>;")),
    ("{{ range $k, $v := .m }}{{ $k }}={{ $v }};{{ end }}", Ok("k=v;m=map[x:1];n=<no value>;")),
    ("{{ range 3 }}{{ . }}{{ end }}{{ range $i := 3 }}{{ $i }}{{ end }}{{ range 0 }}x{{ else }}zero{{ end }}", Ok("012012zero")),
    ("{{ range $i, $j := 3 }}{{ end }}", Err("template: t:1:19: executing \"t\" at <3>: can't use 3 to iterate over more than one variable")),
    ("{{ range .s }}{{ end }}", Err("template: t:1:9: executing \"t\" at <.s>: range can't iterate over text")),
    ("{{ range .n }}{{ end }}", Err("template: t:1:9: executing \"t\" at <.n>: range can't iterate over 3")),
    ("{{ range $i, $e := ints 5 }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ if eq $i 3 }}{{ break }}{{ end }}{{ $e }}{{ end }}", Ok("02")),
    ("{{ $a := 0 }}{{ range $a = .l }}{{ $a }}{{ end }}{{ $a }}", Ok("ab<no value><no value>")),
    ("{{ $a := 0 }}{{ $b := 0 }}{{ range $a, $b = .l }}{{ $a }}{{ end }}{{ $a }}{{ $b }}", Ok("0122<no value>")),
    ("{{ range $a := .e }}{{ end }}{{ range $i, $e := .e }}{{ else }}{{ . | len }}{{ end }}", Ok("10")),
    ("{{ define \"a\" }}<{{ . }}>{{ end }}{{ template \"a\" .s }}{{ template \"a\" }}{{ block \"b\" .n }}[{{ . }}]{{ end }}", Ok("<text><<no value>>[3]")),
    ("{{ template \"nope\" . }}", Err("template: t:1:12: executing \"t\" at <{{template \"nope\" .}}>: template \"nope\" not defined")),
    ("{{ define \"r\" }}{{ . }}{{ if lt . 3 }}{{ template \"r\" (num 3) }}{{ end }}{{ end }}{{ template \"r\" 1 }}", Ok("13")),
    ("{{ .nil.x }}", Err("template: t:1:7: executing \"t\" at <.nil.x>: nil pointer evaluating interface {}.x")),
    ("{{ .missing.x }}", Err("template: t:1:11: executing \"t\" at <.missing.x>: nil pointer evaluating interface {}.x")),
    ("{{ .m.missing.x.y }}", Err("template: t:1:5: executing \"t\" at <.m.missing.x.y>: nil pointer evaluating interface {}.x")),
    ("{{ .s.x }}", Err("template: t:1:5: executing \"t\" at <.s.x>: can't evaluate field x in type interface {}")),
    ("{{ .l.x }}", Err("template: t:1:5: executing \"t\" at <.l.x>: can't evaluate field x in type interface {}")),
    ("{{ (.missing).x }}", Ok("<no value>")),
    ("{{ $x := .missing }}{{ $x.y }}", Ok("<no value>")),
    ("{{ range .l }}{{ .x }}{{ end }}", Err("template: t:1:17: executing \"t\" at <.x>: can't evaluate field x in type interface {}")),
    ("{{ range $e := .l }}{{ $e.x }}{{ end }}", Err("template: t:1:25: executing \"t\" at <$e.x>: can't evaluate field x in type interface {}")),
    ("{{ with .s }}{{ .x }}{{ end }}", Err("template: t:1:16: executing \"t\" at <.x>: can't evaluate field x in type string")),
    ("{{ (index .l 0).x }}", Err("template: t:1:13: executing \"t\" at <0>: can't evaluate field x in type string")),
    ("{{ .m.k 1 }}", Err("template: t:1:5: executing \"t\" at <.m.k>: k is not a method but has arguments")),
    ("{{ .s | .m.k }}", Err("template: t:1:10: executing \"t\" at <.m.k>: k is not a method but has arguments")),
    ("{{ .t 1 }}", Err("template: t:1:3: executing \"t\" at <.t>: t is not a method but has arguments")),
    ("{{ 1 2 }}", Err("template: t:1:3: executing \"t\" at <1>: can't give argument to non-function 1")),
    ("{{ nil }}", Err("template: t:1:3: executing \"t\" at <nil>: nil is not a command")),
    ("{{ \"a\" | \"b\" }}", Err("template: t:1: non executable command in pipeline stage 2")),
    ("{{ (1) 2 }}", Err("template: t:1:3: executing \"t\" at <(1) 2>: can't give argument to non-function 1")),
    ("{{ $x := 1 }}{{ $x 2 }}", Err("template: t:1:16: executing \"t\" at <$x>: can't give argument to non-function $x")),
    ("{{ str 1 }}", Err("template: t:1:7: executing \"t\" at <1>: expected string; found 1")),
    ("{{ str .n }}", Err("template: t:1:7: executing \"t\" at <.n>: wrong type for value; expected string; got float64")),
    ("{{ str .missing }}", Err("template: t:1:7: executing \"t\" at <.missing>: wrong type for value; expected string; got interface {}")),
    ("{{ str .nil }}", Err("template: t:1:7: executing \"t\" at <.nil>: wrong type for value; expected string; got interface {}")),
    ("{{ str nil }}", Err("template: t:1:7: executing \"t\" at <nil>: cannot assign nil to string")),
    ("{{ str (.nil) }}", Err("template: t:1:8: executing \"t\" at <.nil>: invalid value; expected string")),
    ("{{ .n | str }}", Err("template: t:1:8: executing \"t\" at <str>: wrong type for value; expected string; got float64")),
    ("{{ str }}", Err("template: t:1:3: executing \"t\" at <str>: wrong number of args for str: want 1 got 0")),
    ("{{ str \"a\" \"b\" }}", Err("template: t:1:3: executing \"t\" at <str>: wrong number of args for str: want 1 got 2")),
    ("{{ \"a\" | str \"b\" }}", Err("template: t:1:9: executing \"t\" at <str>: wrong number of args for str: want 1 got 2")),
    ("{{ printf }}", Err("template: t:1:3: executing \"t\" at <printf>: wrong number of args for printf: want at least 1 got 0")),
    ("{{ and }}", Err("template: t:1:3: executing \"t\" at <and>: wrong number of args for and: want at least 1 got 0")),
    ("{{ flt 1 }}{{ flt 1.5 }}{{ num 1 }}", Ok("11.51")),
    ("{{ num 1.5 }}", Err("template: t:1:7: executing \"t\" at <1.5>: expected integer; found 1.5")),
    ("{{ num \"a\" }}", Err("template: t:1:7: executing \"t\" at <\"a\">: expected integer; found \"a\"")),
    ("{{ num true }}", Err("template: t:1:7: executing \"t\" at <true>: expected integer; found true")),
    ("{{ needmap 1 }}", Err("template: t:1:11: executing \"t\" at <1>: can't handle 1 for arg of type map[string]interface {}")),
    ("{{ needmap .m }}{{ needmap .missing }}", Err("template: t:1:27: executing \"t\" at <.missing>: wrong type for value; expected map[string]interface {}; got interface {}")),
    ("{{ needmap nil }}", Ok("0")),
    ("{{ needmap .nil }}", Err("template: t:1:11: executing \"t\" at <.nil>: wrong type for value; expected map[string]interface {}; got interface {}")),
    ("{{ isnil .missing }}{{ isnil .nil }}{{ isnil nil }}{{ isnil .s }}{{ any 1 | isnil }}", Ok("truetruetruefalsefalse")),
    ("{{ boom }}", Err("template: t:1:3: executing \"t\" at <boom>: error calling boom: boom")),
    ("{{ .s | printf \"%s%s\" (boom) }}", Err("template: t:1:23: executing \"t\" at <boom>: error calling boom: boom")),
    ("{{ if boom }}{{ end }}", Err("template: t:1:6: executing \"t\" at <boom>: error calling boom: boom")),
    ("{{ \"x\" | printf \"%s-%s\" (str \"y\") | printf \"%s %q\" .s }}", Ok("text \"y-x\"")),
    ("{{ and 1 0 boom }}{{ or 0 2 boom }}{{ and 1 2 }}{{ or 0 \"\" }}{{ and true .missing }}", Ok("022<no value>")),
    ("{{ 3 | and 1 }}{{ 3 | or 0 }}{{ 3 | and 0 }}", Ok("330")),
    ("{{ or .missing .s }}{{ (or .nil .missing).x }}", Ok("text<no value>")),
    ("{{ not .t }}{{ not 0 }}{{ not nil }}", Ok("falsetruetrue")),
    ("{{ eq 1 1 }}{{ eq 1 2 3 1 }}{{ eq \"a\" \"a\" }}{{ eq .n 3.0 }}{{ eq .missing nil }}{{ eq nil nil }}{{ eq .s nil }}", Ok("truetruetruetruetruetruefalse")),
    ("{{ eq 1 1.0 }}", Err("template: t:1:3: executing \"t\" at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64")),
    ("{{ eq .n 3 }}", Err("template: t:1:3: executing \"t\" at <eq .n 3>: error calling eq: incompatible types for comparison: float64 and int")),
    ("{{ eq .s 1 }}", Err("template: t:1:3: executing \"t\" at <eq .s 1>: error calling eq: incompatible types for comparison: string and int")),
    ("{{ eq .m .m }}", Err("template: t:1:3: executing \"t\" at <eq .m .m>: error calling eq: non-comparable type map[k:v m:map[x:%!s(float64=1)] n:<nil>]: map[string]interface {}")),
    ("{{ eq .l .m }}", Err("template: t:1:3: executing \"t\" at <eq .l .m>: error calling eq: non-comparable types [a b <nil>]: []interface {}, map[string]interface {}: map[k:v m:map[x:1] n:<nil>]")),
    ("{{ eq .l nil }}{{ ne .m nil }}", Ok("falsetrue")),
    ("{{ eq 1 }}", Err("template: t:1:3: executing \"t\" at <eq 1>: error calling eq: missing argument for comparison")),
    ("{{ eq }}", Err("template: t:1:3: executing \"t\" at <eq>: wrong number of args for eq: want at least 1 got 0")),
    ("{{ ne 1 2 }}{{ lt 1 2 }}{{ le 2 2 }}{{ gt 2 1 }}{{ ge 1 2 }}{{ lt \"a\" \"b\" }}{{ lt 1.5 2.5 }}", Ok("truetruetruetruefalsetruetrue")),
    ("{{ lt true false }}", Err("template: t:1:3: executing \"t\" at <lt true false>: error calling lt: invalid type for comparison")),
    ("{{ lt 1 nil }}", Err("template: t:1:3: executing \"t\" at <lt 1 nil>: error calling lt: invalid type for comparison")),
    ("{{ lt .l 1 }}", Err("template: t:1:3: executing \"t\" at <lt .l 1>: error calling lt: invalid type for comparison")),
    ("{{ lt 1 \"a\" }}", Err("template: t:1:3: executing \"t\" at <lt 1 \"a\">: error calling lt: incompatible types for comparison: int and string")),
    ("{{ index .l 1 }}{{ index .m \"k\" }}{{ index .m \"m\" \"x\" }}{{ index .m \"nope\" }}{{ index \"abc\" 1 }}", Ok("bv1<no value>98")),
    ("{{ index .l 5 }}", Err("template: t:1:3: executing \"t\" at <index .l 5>: error calling index: index out of range: 5")),
    ("{{ index .l 3 }}", Err("template: t:1:3: executing \"t\" at <index .l 3>: error calling index: reflect: slice index out of range")),
    ("{{ index .l -1 }}", Err("template: t:1:3: executing \"t\" at <index .l -1>: error calling index: index out of range: -1")),
    ("{{ index .l \"a\" }}", Err("template: t:1:3: executing \"t\" at <index .l \"a\">: error calling index: cannot index slice/array with type string")),
    ("{{ index .l nil }}", Err("template: t:1:3: executing \"t\" at <index .l nil>: error calling index: cannot index slice/array with nil")),
    ("{{ index .m 1 }}", Err("template: t:1:3: executing \"t\" at <index .m 1>: error calling index: value has type int; should be string")),
    ("{{ index .m nil }}", Err("template: t:1:3: executing \"t\" at <index .m nil>: error calling index: value is nil; should be of type string")),
    ("{{ index .nil \"x\" }}", Err("template: t:1:3: executing \"t\" at <index .nil \"x\">: error calling index: index of untyped nil")),
    ("{{ index .m \"n\" \"x\" }}", Err("template: t:1:3: executing \"t\" at <index .m \"n\" \"x\">: error calling index: index of nil pointer")),
    ("{{ index .n 1 }}", Err("template: t:1:3: executing \"t\" at <index .n 1>: error calling index: can't index item of type float64")),
    ("{{ index .n }}", Ok("3")),
    ("{{ slice \"hello\" 1 3 }}{{ slice \"hello\" 2 }}{{ slice .l 1 2 }}{{ slice .l }}", Ok("elllo[b][a b <nil>]")),
    ("{{ slice \"hello\" 3 1 }}", Err("template: t:1:3: executing \"t\" at <slice \"hello\" 3 1>: error calling slice: invalid slice index: 3 > 1")),
    ("{{ slice \"hello\" 1 9 }}", Err("template: t:1:3: executing \"t\" at <slice \"hello\" 1 9>: error calling slice: index out of range: 9")),
    ("{{ slice \"a\" 0 1 1 }}", Err("template: t:1:3: executing \"t\" at <slice \"a\" 0 1 1>: error calling slice: cannot 3-index slice a string")),
    ("{{ slice .n 1 }}", Err("template: t:1:3: executing \"t\" at <slice .n 1>: error calling slice: can't slice item of type float64")),
    ("{{ slice nil 1 }}", Err("template: t:1:3: executing \"t\" at <slice nil 1>: error calling slice: slice of untyped nil")),
    ("{{ len .s }}{{ len .l }}{{ len .m }}", Ok("433")),
    ("{{ len .n }}", Err("template: t:1:3: executing \"t\" at <len .n>: error calling len: len of type float64")),
    ("{{ len nil }}", Err("template: t:1:3: executing \"t\" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value")),
    ("{{ len .nil }}", Err("template: t:1:3: executing \"t\" at <len .nil>: error calling len: len of nil pointer")),
    ("{{ html .html }}{{ .html | js }}{{ urlquery \"a b&c/d\" }}{{ html nil 1 }}", Ok("&lt;a href=&#39;x&#39;&gt;&#34;&amp;\\u003Ca href\\u003D\\'x\\'\\u003E\\\"\\u0026a+b%26c%2Fd&lt;no value&gt;1")),
    ("{{ print \"a\" 1 2 \"b\" 3.5 nil }}|{{ println \"a\" 1 }}", Ok("a1 2b3.5 <nil>|a 1\n")),
    ("{{ printf \"%d|%5.2f|%q|%v|%T\" 1 2.5 \"x\" .m .l }}", Ok("1| 2.50|\"x\"|map[k:v m:map[x:1] n:<nil>]|[]interface {}")),
    ("{{ call .s 1 }}", Err("template: t:1:3: executing \"t\" at <call .s 1>: error calling call: non-function .s of type string")),
    ("{{ call nil }}", Err("template: t:1:3: executing \"t\" at <call nil>: error calling call: call of nil")),
    ("{{ call .nil }}", Err("template: t:1:3: executing \"t\" at <call .nil>: error calling call: call of nil")),
    ("{{ \"x\" | call }}", Err("template: t:1:9: executing \"t\" at <call>: error calling call: non-function x of type string")),
    ("{{ 0x10 }} {{ 1e3 }} {{ 'a' }} {{ 1_000 }} {{ 0b11 }} {{ 0o17 }} {{ 1.0 }} {{ -5 }} {{ +5 }} {{ `raw` }} {{ \"q\\\"\\u00e9\" }}", Ok("16 1000 97 1000 3 15 1 -5 5 raw q\"é")),
    ("{{ 18446744073709551615 }}", Err("template: t:1:3: executing \"t\" at <18446744073709551615>: 18446744073709551615 overflows int")),
    ("{{ $.m.m.x }}{{ $.nope.x }}", Err("template: t:1:17: executing \"t\" at <$.nope.x>: nil pointer evaluating interface {}.x")),
    ("{{ (dict).x }}{{ dict.x }}", Ok("<no value><no value>")),
    ("{{ .m.m.x.y }}", Err("template: t:1:5: executing \"t\" at <.m.m.x.y>: can't evaluate field y in type interface {}")),
    ("a\nb {{ .s\n}} {{ boom }}", Err("template: t:3:6: executing \"t\" at <boom>: error calling boom: boom")),
    ("{{ define \"inner\" }}\n  {{ str .n }}{{ end }}x\n {{ template \"inner\" . }}", Err("template: t:2:9: executing \"inner\" at <.n>: wrong type for value; expected string; got float64")),
    ("{{- 3 -}} x {{- /* c */ -}} y", Ok("3xy")),
    ("{{ if eq .s \"text\" | not }}a{{ else }}b{{ end }}", Ok("b")),
    ("{{ printf   \"%v\"   (  .n  |  printf \"%v\" )|printf \"%s\" | num }}", Err("template: t:1:57: executing \"t\" at <num>: wrong type for value; expected int; got string")),
    ("{{ $x, $y := 1 }}", Err("template: t:1: too many declarations in command")),
    ("{{ range $i, $e := .l }}{{ $e = \"z\" }}{{ $e }}{{ end }}", Ok("zzz")),
    ("{{ with $x := .s }}{{ $x }}{{ end }}{{ if $y := .n }}{{ $y }}{{ end }}", Ok("text3")),
    ("{{ true }}{{ false | not }}", Ok("truetrue")),
    ("{{ str .m.k | printf \"%s\" | len }}", Ok("1")),
    ("{{ .m.k.z.y }}", Err("template: t:1:5: executing \"t\" at <.m.k.z.y>: can't evaluate field z in type interface {}")),
    ("{{ block \"q\" .nil }}{{ .x }}{{ end }}", Ok("<no value>")),
    ("{{ block \"q\" .m.m }}{{ .x.y }}{{ end }}", Err("template: t:1:25: executing \"q\" at <.x.y>: can't evaluate field y in type interface {}")),
];

#[rustfmt::skip]
const ERROR: &[Case] = &[
    ("{{ .missing }}", Err("template: t:1:3: executing \"t\" at <.missing>: map has no entry for key \"missing\"")),
    ("{{ .m.missing }}", Err("template: t:1:5: executing \"t\" at <.m.missing>: map has no entry for key \"missing\"")),
    ("{{ $x := .nil }}{{ $x.y }}", Err("template: t:1:21: executing \"t\" at <$x.y>: nil data; no entry for key \"y\"")),
    ("{{ .nil }}", Ok("<no value>")),
    ("{{ index .m \"z\" }}", Ok("<no value>")),
    ("{{ range .nope }}{{ end }}", Err("template: t:1:9: executing \"t\" at <.nope>: map has no entry for key \"nope\"")),
];

#[rustfmt::skip]
const DEFAULT: &[Case] = &[
    ("{{ .missing }}", Ok("<no value>")),
    ("{{ .m.missing.x }}", Ok("<no value>")),
    ("{{ .nil.x }}", Err("template: t:1:7: executing \"t\" at <.nil.x>: nil pointer evaluating interface {}.x")),
    ("{{ printf \"%v\" .missing }}", Ok("<nil>")),
    ("{{ eq .missing nil }}", Ok("true")),
];
