//! Values that few templates have: complex numbers, versions and times in Go's syntax, nil slices.
//!
//! The expected texts are Helm 4.3.1's; `None` is an error.

use pintle_template::{Engine, NoHost, Value};

#[rustfmt::skip]
const CASES: &[(&str, Option<&str>)] = &[
    (r#"{{ 1i }}"#, Some(r#"(0+1i)"#)),
    (r#"{{ 2+3i }}"#, Some(r#"(2+3i)"#)),
    (r#"{{ 0i }} {{ 2+0i }} {{ 1.5-2e30i }} {{ -1i }}"#, Some(r#"(0+0i) (2+0i) (1.5-2e+30i) (0-1i)"#)),
    (r#"{{ printf "%v %+v %#v %T %.2f %e %8.1f| %d %s %x %q %g %t %z" 1i 1i 1i 1i 1.5i 2+1i 1+2i 1i 1i 1i 1i 1e21+1i 1i 1i }}"#, Some(r#"(0+1i) (0+1i) (0+1i) complex128 (0.00+1.50i) (2.000000e+00+1.000000e+00i) (     1.0    +2.0i)| %!d(complex128=(0+1i)) %!s(complex128=(0+1i)) (0x0p+00+0x1p+00i) %!q(complex128=(0+1i)) (1e+21+1i) %!t(complex128=(0+1i)) %!z(complex128=(0+1i))"#)),
    (r#"{{ if 1i }}T{{ end }}{{ if 0i }}F{{ else }}E{{ end }}"#, Some(r#"TE"#)),
    (r#"{{ eq 1i 1i }} {{ eq 1i 2i }} {{ ne 1i 1i }}"#, Some(r#"true false false"#)),
    (r#"{{ eq 1i 1 }}"#, None),
    (r#"{{ lt 1i 2i }}"#, None),
    (r#"{{ kindOf 1i }} {{ typeOf 1i }} {{ toJson 1i }}| {{ toYaml 1i }}|"#, Some(r#"complex128 complex128 | |"#)),
    (r#"{{ mustToJson 1i }}"#, None),
    (r#"{{ add 1i 2 }} {{ int 3i }} {{ toString 1+1i }} {{ quote 1i }} {{ default "x" 0i }} {{ float64 2i }} {{ 1i | int64 }}"#, Some(r#"2 0 (1+1i) "(0+1i)" x 0 0"#)),
    (r#"{{ list 1i 2 }} {{ dict "a" 1i }}"#, Some(r#"[(0+1i) 2] map[a:(0+1i)]"#)),
    (r#"{{ trunc 2+0i "abc" }} {{ repeat 2+0i "a" }}"#, Some(r#"ab aa"#)),
    (r#"{{ trunc 2i "abc" }}"#, None),
    (r#"{{ addf 2+0i 1 }}"#, Some(r#"1"#)),
    (r#"{{ index (list 1 2) 1+0i }}"#, None),
    (r#"{{ toToml (dict "a" 1i) }}"#, Some(r#"unsupported type: complex128"#)),
    (r#"{{ len 1i }}"#, None),
    (r#"{{ range 1i }}{{ end }}"#, None),
    (r#"{{ printf "%*d" 2+0i 1 }}"#, Some(r#"%!(BADWIDTH)1"#)),
    (r#"{{ 1i.x }}"#, None),
    (r#"{{ $x := 1i }}{{ $x }}{{ $x.y }}"#, None),
    (r#"{{ toYamlPretty 1i }}"#, None),
    (r#"{{ print 1i 2i "a" }} {{ println 1i }} {{ html 1i }} {{ js 1i }} {{ urlquery 1i }}"#, Some("(0+1i) (0+2i)a (0+1i)\n (0+1i) (0+1i) %280%2B1i%29")),
    (r#"{{ 0x1p2i }} {{ 1e400i }}"#, None),
    (r#"{{ 1_0i }} {{ 010i }} {{ 0b11i }}"#, None),
    (r#"{{ printf "%#v %d %+v" (semver "v1.2.3-a+b") (semver "v1.2.3-a+b") (semver "v1.2.3-a+b") }}"#, Some(r#"&semver.Version{major:0x1, minor:0x2, patch:0x3, pre:"a", metadata:"b", original:"v1.2.3-a+b"} &{1 2 3 %!d(string=a) %!d(string=b) %!d(string=v1.2.3-a+b)} 1.2.3-a+b"#)),
    (r#"{{ printf "%#v %#v %#v" (concat) (rest (list)) (fromJson "null") }}"#, Some(r#"[]interface {}(nil) []interface {}(nil) map[string]interface {}(nil)"#)),
    (r#"{{ printf "%#v" (toDate "2006-01-02T15:04:05Z07:00" "2024-02-29T01:02:03.5+02:00") }} {{ printf "%#v" ((toDate "2006-01-02" "2024-02-29").UTC) }}"#, Some(r#"time.Date(2024, time.February, 29, 1, 2, 3, 500000000, time.Location("")) time.Date(2024, time.February, 29, 0, 0, 0, 0, time.UTC)"#)),
    (r#"{{ htmlDateInZone -9223372036854775808 "UTC" }} {{ htmlDateInZone 9223372036854775807 "UTC" }} {{ date "2006" -9223372028741760001 }} {{ dateInZone "2006-01-02 15:04:05" -9223372028741760000 "UTC" }}"#, Some(r#"292277026596-12-04 292277026596-12-04 292277026854 -292277022400-03-01 00:00:00"#)),
    (r#"{{ abbrevboth -9223372036854775808 10 "abcdefghijklmnopqrstuvwxyz" }}"#, Some(r#"...tuvwxyz"#)),
    (r#"{{ abbrevboth 9223372036854775807 10 "abcdefghijklmnopqrstuvwxyz" }}|{{ abbrevboth -5 10 "abcdefghijklmnopqrstuvwxyz" }}"#, Some(r#"...tuvwxyz|abcdefg..."#)),
    (r#"{{ $m := merge (dict "a" 1i) (dict "b" 2) }}{{ $m }}{{ deepCopy $m }}{{ has 1i (list 1i) }}{{ deepEqual 1i 1i }}{{ uniq (list 1i 1i) }}{{ without (list 1i 2) 1i }}{{ empty 0i }}{{ sortAlpha (list 2i 1i) }}{{ join "," (list 1i) }}{{ coalesce 0i 1i }}{{ max 1i 2 }}{{ toDecimal 1i }}{{ kindIs "complex128" 1i }}"#, Some(r#"map[a:(0+1i) b:2]map[a:(0+1i) b:2]truetrue[(0+1i)][2]true[(0+1i) (0+2i)](0+1i)(0+1i)20true"#)),
];

#[test]
fn odd_values_print_as_in_helm() {
    let mut wrong = Vec::new();
    for (template, wanted) in CASES {
        let rendered = Engine::helm()
            .parse("t", template)
            .and_then(|set| set.session(&mut NoHost).render("t", &Value::Nil));
        let got = rendered.as_ref().map(|text| text.to_str().into_owned());
        if got.as_deref().ok() != *wanted {
            wrong.push(format!("{template}\nwanted {wanted:?}\n   got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
