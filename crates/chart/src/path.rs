//! Paths and their patterns as Go's `path` and `path/filepath` treat them on Unix.

use std::path::{Component, Path, PathBuf};

/// The shortest path that means the same, by its text alone, as Go's `path.Clean`.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The shortest path of the file system that means the same, by its text alone: Go's
/// `filepath.Clean`.
///
/// ```
/// use std::path::Path;
///
/// use pintle_chart::clean_path;
///
/// assert_eq!(clean_path(Path::new("charts/./web/../db/")), Path::new("charts/db"));
/// assert_eq!(clean_path(Path::new("")), Path::new("."));
/// ```
pub fn clean_path(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match clean.components().next_back() {
                Some(Component::Normal(_)) => {
                    clean.pop();
                }
                Some(Component::RootDir) => {}
                _ => clean.push(".."),
            },
            part => clean.push(part),
        }
    }
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}

/// The last element of a path, as Go's `path.Base`.
pub(crate) fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return "/";
    }
    trimmed.rsplit_once('/').map_or(trimmed, |(_, last)| last)
}

/// The part of a path's last element from its last dot on, as Go's `path.Ext`.
pub(crate) fn ext(path: &str) -> &str {
    let last = path.rsplit_once('/').map_or(path, |(_, last)| last);
    last.rfind('.').and_then(|at| last.get(at..)).unwrap_or_default()
}

/// A pattern of Go's `filepath.Match`: `*`, `?`, `[a-z]` with `^`, and `\` before any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// What a name begins with.
    prefix: String,
    rest: Rest,
}

/// What follows the prefix of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    End,
    /// Anything without a `/`, and then this text.
    Suffix(String),
    Tokens(Vec<Token>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(char),
    Any,
    Star,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

/// A pattern that is not well-formed; Go's text is `syntax error in pattern`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadPattern;

impl Pattern {
    pub(crate) fn parse(pattern: &str) -> Result<Self, BadPattern> {
        let mut tokens = Vec::new();
        let mut rest = pattern.chars();
        while let Some(c) = rest.next() {
            tokens.push(match c {
                '*' => {
                    if tokens.last() == Some(&Token::Star) {
                        continue;
                    }
                    Token::Star
                }
                '?' => Token::Any,
                '\\' => Token::Literal(rest.next().ok_or(BadPattern)?),
                '[' => class(&mut rest)?,
                c => Token::Literal(c),
            });
        }
        let special = tokens.iter().position(|token| literal(token).is_none());
        let after = tokens.split_off(special.unwrap_or(tokens.len()));
        let rest = match after.split_first() {
            None => Rest::End,
            Some((Token::Star, end)) => match end.iter().map(literal).collect() {
                Some(suffix) => Rest::Suffix(suffix),
                None => Rest::Tokens(after),
            },
            Some(_) => Rest::Tokens(after),
        };
        Ok(Pattern { prefix: tokens.iter().filter_map(literal).collect(), rest })
    }

    /// Whether the whole of `name` matches. Neither `*` nor `?` matches a `/`.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let Some(name) = name.strip_prefix(&*self.prefix) else { return false };
        match &self.rest {
            Rest::End => name.is_empty(),
            Rest::Suffix(end) => name.strip_suffix(&**end).is_some_and(|any| !any.contains('/')),
            Rest::Tokens(tokens) => Self::matches_tokens(tokens, name),
        }
    }

    fn matches_tokens(tokens: &[Token], name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut token, mut at) = (0, 0);
        // Where to go on after the last star, should what follows it not match.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let step = match (tokens.get(token), name.get(at)) {
                (None, None) => return true,
                (Some(Token::Star), _) => {
                    token += 1;
                    retry = Some((token, at));
                    continue;
                }
                (Some(Token::Literal(want)), Some(have)) => want == have,
                (Some(Token::Any), Some(have)) => *have != '/',
                (Some(Token::Class { negated, ranges }), Some(have)) => {
                    ranges.iter().any(|(lo, hi)| (lo..=hi).contains(&have)) != *negated
                }
                _ => false,
            };
            if step {
                token += 1;
                at += 1;
                continue;
            }
            let Some((after, from)) = retry else { return false };
            // The star takes one more character, which may not be a separator.
            match name.get(from) {
                Some(c) if *c != '/' => {
                    retry = Some((after, from + 1));
                    token = after;
                    at = from + 1;
                }
                _ => return false,
            }
        }
    }
}

fn literal(token: &Token) -> Option<char> {
    if let Token::Literal(c) = token { Some(*c) } else { None }
}

fn class(rest: &mut std::str::Chars<'_>) -> Result<Token, BadPattern> {
    let negated = rest.as_str().starts_with('^');
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && rest.as_str().starts_with(']') {
            rest.next();
            return Ok(Token::Class { negated, ranges });
        }
        let lo = class_char(rest)?;
        let mut hi = lo;
        if rest.as_str().starts_with('-') {
            rest.next();
            hi = class_char(rest)?;
        }
        ranges.push((lo, hi));
    }
}

fn class_char(rest: &mut std::str::Chars<'_>) -> Result<char, BadPattern> {
    let c = match rest.next().ok_or(BadPattern)? {
        '-' | ']' => return Err(BadPattern),
        '\\' => rest.next().ok_or(BadPattern)?,
        c => c,
    };
    // A class has to be closed.
    if rest.as_str().is_empty() { Err(BadPattern) } else { Ok(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans() {
        for (path, want) in [
            ("", "."),
            ("a/b/../c", "a/c"),
            ("./a//b/", "a/b"),
            ("../a", "../a"),
            ("a/../..", ".."),
            ("/..//a", "/a"),
            ("..foo", "..foo"),
        ] {
            assert_eq!(clean(path), want, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_of_files_are_cleaned_alike() {
        for (path, want) in [
            ("", "."),
            (".", "."),
            ("a/./b/", "a/b"),
            ("a//b", "a/b"),
            ("a/../b", "b"),
            ("../a", "../a"),
            ("a/../..", ".."),
            ("/..", "/"),
            ("/a/../../b", "/b"),
        ] {
            assert_eq!(clean_path(Path::new(path)), PathBuf::from(want), "{path:?}");
            assert_eq!(clean(path), want, "{path:?}");
        }
    }

    #[test]
    fn splits() {
        for (path, want_base, want_ext) in [
            ("a/b.tar.gz", "b.tar.gz", ".gz"),
            ("a.b/c", "c", ""),
            ("a/", "a", ""),
            ("/", "/", ""),
            ("", ".", ""),
            (".x", ".x", ".x"),
        ] {
            assert_eq!((base(path), ext(path)), (want_base, want_ext), "{path}");
        }
    }

    #[test]
    fn matches_as_go() {
        // What filepath.Match of Go 1.26 says.
        for (pattern, name, want) in [
            ("abc", "abc", Ok(true)),
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*", "ab/c", Ok(false)),
            ("a*/b", "abc/b", Ok(true)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Ok(true)),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", Ok(false)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Ok(false)),
            ("ab[c]", "abc", Ok(true)),
            ("ab[^e-g]", "abf", Ok(false)),
            ("a\\*b", "a*b", Ok(true)),
            ("a???b", "a☺☻☹b", Ok(true)),
            ("[\\]a]", "]", Ok(true)),
            ("[x\\-]", "-", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[-]", "-", Err(BadPattern)),
            ("[a-b-c]", "a", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("[^", "a", Err(BadPattern)),
            ("a[", "ab", Err(BadPattern)),
            ("a\\", "a", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
            ("a*bc", "abc", Ok(true)),
            ("ab*bc", "abc", Ok(false)),
            ("*/b", "a/b", Ok(true)),
            ("*/b", "a/a/b", Ok(false)),
            ("a*", "a", Ok(true)),
            ("templates/.?*", "templates/.a", Ok(true)),
            ("templates/.?*", "templates/.", Ok(false)),
        ] {
            assert_eq!(Pattern::parse(pattern).map(|p| p.matches(name)), want, "{pattern} {name}");
        }
    }
}
