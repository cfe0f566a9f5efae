//! `.Files`.

use pintle_chart::{File, Files, Glob, GlobError};

#[test]
fn patterns() {
    for (pattern, name, want) in [
        ("", "", true),
        ("*", "a.txt", true),
        ("*", "a/b", false),
        ("**", "a/b", true),
        ("a/**/c", "a/b/c", true),
        ("a/**/c", "a/c", false),
        ("a?c", "a/c", false),
        ("a[/]c", "a/c", true),
        ("[!a]", "b", true),
        ("[!a]", "a", false),
        ("[a-c]x", "bx", true),
        ("[a-cx]", "-", false),
        ("{a,b*}/c", "bz/c", true),
        ("{a,b*}/c", "c/c", false),
        ("{a,{b,c}d}", "cd", true),
        ("{a,b", "b", true),
        ("a,b", "a,b", true),
        ("a}", "a}", true),
        ("\\*", "*", true),
        ("\\*", "x", false),
        ("a\\", "a", true),
        ("{,x}y", "y", true),
        ("é?", "éü", true),
    ] {
        // A range of more than one pair is an error, which Files.Glob takes for "**".
        let have = Glob::parse(pattern).map(|glob| glob.matches(name));
        assert_eq!(have.unwrap_or(false), want, "{pattern} {name}");
    }
    for (pattern, want) in [
        ("[", GlobError::UnexpectedEnd),
        ("[a", GlobError::UnexpectedEnd),
        ("[]", GlobError::EmptyRange),
        ("[!]", GlobError::EmptyRange),
        ("[c-a]", GlobError::Reversed),
        ("[a-cx]", GlobError::ExpectedClose),
    ] {
        assert_eq!(Glob::parse(pattern).err(), Some(want), "{pattern}");
    }
}

#[test]
fn a_pattern_takes_linear_time() {
    let pattern = "*a".repeat(200) + "{" + &"**,".repeat(200) + "}" + &"{".repeat(1000);
    let name = "a".repeat(2_000) + "b";
    assert!(Glob::parse(&pattern).unwrap().matches(&name));
}

#[test]
fn contents() {
    let files = Files::new(&[
        File::new("a/x.txt", "one\n\ntwo\n"),
        File::new("b/x.txt", "yes"),
        File::new("bin", vec![0xff, b'a']),
        File::new("empty", ""),
    ]);
    assert_eq!(files.lines("a/x.txt"), [&b"one"[..], b"", b"two"]);
    assert_eq!(files.lines("b/x.txt"), [b"yes"]);
    assert!(files.lines("empty").is_empty() && files.lines("none").is_empty());
    assert_eq!(files.glob("{a,bin}**").as_config(), "bin: \u{fffd}a\nx.txt: |\n  one\n\n  two");
    assert_eq!(files.glob("b*").as_secrets(), "bin: /2E=");
    assert_eq!(files.glob("*/x.txt").as_secrets(), "x.txt: eWVz");
    assert_eq!(files.glob("none").as_config(), "{}");
    assert_eq!(files.glob("[").len(), 4);
}
