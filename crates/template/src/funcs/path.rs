//! sprig's paths: Go's `path` and, under names with `os`, `path/filepath`.
//!
//! The `os` ones follow the rules of Unix on every system, so that a chart renders the same
//! everywhere.

use crate::{Call, Function, Outcome, Param, Text, Value};

const STRING: &[Param] = &[Param::String];

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("base", STRING, |call| apply(call, base)),
    Function::new("dir", STRING, |call| apply(call, dir)),
    Function::new("ext", STRING, |call| apply(call, ext)),
    Function::new("clean", STRING, |call| apply(call, clean)),
    Function::new("isAbs", STRING, is_abs),
    Function::new("osBase", STRING, |call| apply(call, base)),
    Function::new("osDir", STRING, |call| apply(call, dir)),
    Function::new("osExt", STRING, |call| apply(call, ext)),
    Function::new("osClean", STRING, |call| apply(call, clean)),
    Function::new("osIsAbs", STRING, is_abs),
];

fn apply(call: &mut Call<'_>, function: fn(&[u8]) -> Vec<u8>) -> Outcome {
    Ok(Value::String(Text::from(function(call.text(0).as_bytes()))))
}

fn is_abs(call: &mut Call<'_>) -> Outcome {
    Ok(Value::Bool(call.text(0).as_bytes().starts_with(b"/")))
}

/// The part before and with the last slash, and the part behind it.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(memchr::memrchr(b'/', path).map_or(0, |at| at + 1))
}

fn base(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let (_, name) = split(path.get(..end).unwrap_or_default());
    if name.is_empty() { b"/".to_vec() } else { name.to_vec() }
}

fn dir(path: &[u8]) -> Vec<u8> {
    clean(split(path).0)
}

fn ext(path: &[u8]) -> Vec<u8> {
    let (_, name) = split(path);
    let dot = memchr::memrchr(b'.', name);
    dot.and_then(|at| name.get(at..)).unwrap_or_default().to_vec()
}

fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut out = Vec::with_capacity(path.len());
    if rooted {
        out.push(b'/');
    }
    // Where `..` cannot go back beyond.
    let mut floor = out.len();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if out.len() > floor => {
                let slash = out.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                out.truncate(slash.max(floor));
            }
            b".." if rooted => {}
            part => {
                if out.len() > usize::from(rooted) {
                    out.push(b'/');
                }
                out.extend_from_slice(part);
                if part == b".." {
                    floor = out.len();
                }
            }
        }
    }
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::text;

    #[test]
    fn paths_are_cut_as_go_cuts_them() {
        for (name, path, expected) in [
            ("base", "", "."),
            ("base", "///", "/"),
            ("base", "a/b/", "b"),
            ("dir", "", "."),
            ("dir", "/", "/"),
            ("dir", "/a", "/"),
            ("dir", "a//b", "a"),
            ("dir", "a/../b/c", "b"),
            ("ext", "a.b/c", ""),
            ("ext", "a/b.tar.gz", ".gz"),
            ("ext", ".x", ".x"),
            ("clean", "", "."),
            ("clean", "/../a", "/a"),
            ("clean", "../../a/../b", "../../b"),
            ("clean", "a/..", "."),
            ("clean", "../..", "../.."),
            ("clean", "/a/..", "/"),
            ("clean", "/a/./b//c/..", "/a/b"),
            ("clean", "abc/../../././../def", "../../def"),
            ("isAbs", "/a", "true"),
            ("osIsAbs", "a", "false"),
        ] {
            assert_eq!(text(name, &[path.into()]), expected, "{name} {path}");
        }
    }
}
