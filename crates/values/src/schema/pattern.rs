//! Regular expressions as Go's package `regexp` reads them.

use regex::{Regex, RegexBuilder};

/// How much memory a pattern may compile to.
const SIZE: usize = 10 << 20;
/// How deep a pattern may nest.
const NESTING: u32 = 250;
/// How often a part may repeat; as in Go.
const MAX_REPEAT: u32 = 1000;

/// Compiles a pattern of Go.
///
/// The two dialects differ in that Go's `\d`, `\s`, `\w` and `\b` mean ASCII, that it has no set
/// operations in brackets, and that it knows `\Q…\E` and `\z`.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let failed = |message: &str| format!("error parsing regexp: {message}");
    RegexBuilder::new(&translate(pattern).map_err(|message| failed(&message))?)
        .size_limit(SIZE)
        .dfa_size_limit(SIZE)
        .nest_limit(NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => failed("expression too large"),
            regex::Error::Syntax(message) => {
                failed(message.lines().last().unwrap_or_default().trim_start_matches("error: "))
            }
            other => failed(&other.to_string()),
        })
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    // Behind `[` or `[^`, where a `]` stands for itself.
    let mut class: Option<bool> = None;
    while let Some(c) = chars.next() {
        let first = class == Some(true);
        if class.is_some() {
            class = Some(false);
        }
        match (c, class.is_some()) {
            ('\\', in_class) => match chars.next() {
                None => return Err("trailing backslash at end of expression: ``".to_owned()),
                Some('Q') if !in_class => literal(&mut chars, &mut out),
                Some(e) => {
                    out.push_str(&escape(e, in_class)?);
                    if matches!(e, 'p' | 'P' | 'x') && chars.next_if_eq(&'{').is_some() {
                        out.push('{');
                        while let Some(c) = chars.next_if(|c| *c != '}') {
                            out.push(c);
                        }
                        out.extend(chars.next());
                    }
                }
            },
            ('[', false) => {
                class = Some(true);
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
            }
            ('[', true) if chars.peek() == Some(&':') => {
                // A named class, which is read alike, up to its `:]`.
                out.push('[');
                while let Some(c) = chars.next_if(|c| *c != ']') {
                    out.push(c);
                }
                if let Some(close) = chars.next() {
                    out.push(close);
                }
            }
            (']', true) if first => out.push_str("\\]"),
            (']', true) => {
                class = None;
                out.push(']');
            }
            ('[' | '&' | '~', true) => {
                out.push('\\');
                out.push(c);
            }
            ('{', false) => match repeat(&chars) {
                Some(counts) if counts.iter().any(|n| *n > MAX_REPEAT) => {
                    let written: String = chars.take_while(|c| *c != '}').collect();
                    return Err(format!("invalid repeat count: `{{{written}}}`"));
                }
                Some(_) => {
                    out.push('{');
                    while let Some(c) = chars.next_if(|c| *c != '}') {
                        out.push(c);
                    }
                    out.extend(chars.next());
                }
                // A brace that begins no count stands for itself.
                None => out.push_str("\\{"),
            },
            ('(', false) if chars.peek() == Some(&'?') => {
                out.push('(');
                let flags: String =
                    chars.clone().skip(1).take_while(|c| c.is_alphabetic()).collect();
                if flags.contains(['x', 'u', 'R']) {
                    return Err(format!("invalid or unsupported Perl syntax: `(?{flags}`"));
                }
            }
            ('}', false) => out.push_str("\\}"),
            _ => out.push(c),
        }
    }
    Ok(out)
}

/// The counts of a repetition whose brace has been taken.
fn repeat(chars: &std::iter::Peekable<std::str::Chars<'_>>) -> Option<Vec<u32>> {
    let inner: String = chars.clone().take(24).take_while(|c| *c != '}').collect();
    if !chars.clone().take(25).any(|c| c == '}') {
        return None;
    }
    let number = |text: &str| -> Option<u32> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u32::MAX))
    };
    match inner.split_once(',') {
        None => Some(vec![number(&inner)?]),
        Some((low, "")) => Some(vec![number(low)?]),
        Some((low, high)) => Some(vec![number(low)?, number(high)?]),
    }
}

/// What stands between `\Q` and `\E`.
fn literal(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next_if_eq(&'E').is_some() {
            return;
        }
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
}

/// What follows a backslash. In brackets there are none around what stands for several characters.
fn escape(c: char, in_class: bool) -> Result<String, String> {
    let class = match c {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => "\\t\\n\\x0C\\r ",
        'D' | 'W' | 'S' => {
            let positive = escape(c.to_ascii_lowercase(), true)?;
            return Ok(format!("[^{positive}]"));
        }
        'b' | 'B' if !in_class => return Ok(format!("(?-u:\\{c})")),
        'z' | 'A' if !in_class => return Ok(format!("\\{c}")),
        'a' | 'f' | 't' | 'n' | 'r' | 'v' | 'p' | 'P' | 'x' => return Ok(format!("\\{c}")),
        'C' if !in_class => return Ok("(?s:.)".to_owned()),
        '0'..='7' => {
            // Octal; more digits are rare enough to be left to the other dialect to refuse.
            return if c == '0' { Ok("\\x00".to_owned()) } else { refuse(c) };
        }
        _ if c.is_ascii_punctuation() => return Ok(format!("\\{c}")),
        _ => return refuse(c),
    };
    Ok(if in_class { class.to_owned() } else { format!("[{class}]") })
}

fn refuse(c: char) -> Result<String, String> {
    Err(format!("invalid escape sequence: `\\{c}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_what_it_means_in_go() {
        for (pattern, text, yes) in [
            (r"^\d+$", "12", true),
            (r"^\d+$", "٣", false),
            (r"^[\w.-]+$", "a_1.b-c", true),
            (r"^[^\s]$", "\u{a0}", true),
            (r"^\S+$", "a b", false),
            (r"^[\D]$", "x", true),
            (r"^[]a]+$", "]a", true),
            (r"^[^]a]+$", "b", true),
            (r"^[[a&&b~-]+$", "[&a~-b", true),
            (r"^[[:alpha:]_]+$", "a_b", true),
            (r"^\Qa.b\E$", "a.b", true),
            (r"^\Qa.b\E$", "axb", false),
            (r"a\z", "ba", true),
            (r"\bx\b", "é x", true),
            (r"^\pL\p{Greek}\x{e9}[\p{Greek}]$", "éαéβ", true),
            (r"^(?i)abc$", "ABC", true),
            (r"\/a\-b", "/a-b", true),
            (r"^a{2}$", "aa", true),
            (r"^{a}{,2}$", "{a}{,2}", true),
            (r"^a{1,2}b{1,}}$", "aabb}", true),
        ] {
            assert_eq!(compile(pattern).unwrap().is_match(text), yes, "{pattern} {text}");
        }
        for pattern in ["(", r"\", r"\y", "a{2,1}", "a{1001}", "(?x)a", "(?=a)", r"\1", "[a"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
        assert!(compile(&"(".repeat(100_000)).is_err());
        assert!(compile("((a{1000}){1000}){1000}").is_err());
    }
}
