//! Documents of a rendered file.

/// A document of a file, and where in the file it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document<'t> {
    /// The text, without the space before it.
    pub text: &'t [u8],
    /// Its first byte's place in the file.
    pub offset: usize,
}

/// Splits a rendered file as Helm's `SplitManifests` does: at each line that begins with `---`, of
/// which the rest of the line still belongs to the document. Documents of nothing but space are
/// left out.
///
/// ```
/// let file = b"\na: 1\n--- # two\nb: 2\n---\n\n";
/// let texts: Vec<_> = pintle_release::documents(file).map(|document| document.text).collect();
/// assert_eq!(texts, [&b"a: 1\n"[..], &b"# two\nb: 2\n"[..]]);
/// ```
pub fn documents(file: &[u8]) -> impl Iterator<Item = Document<'_>> {
    let mut at = file.len() - trim_start(file).len();
    let mut done = false;
    std::iter::from_fn(move || {
        while !done {
            let start = at;
            let end = match separator(file, start) {
                Some((end, behind)) => {
                    at = behind;
                    end
                }
                None => {
                    done = true;
                    file.len()
                }
            };
            let text = trim_start(file.get(start..end).unwrap_or_default());
            if !text.is_empty() {
                return Some(Document { text, offset: end - text.len() });
            }
        }
        None
    })
}

/// Where the next separator from `start` on begins, and where it ends: `---` at the start of a line
/// with the blanks behind it.
fn separator(file: &[u8], start: usize) -> Option<(usize, usize)> {
    let mut line = start;
    // `start` itself is the start of a line only at the file's start or behind a newline.
    let mut is_line = start == 0
        || file.get(start - 1) == Some(&b'\n')
        || trim_start(file.get(..start).unwrap_or_default()).is_empty();
    loop {
        let rest = file.get(line..)?;
        if is_line && rest.starts_with(b"---") {
            let blanks = rest.iter().skip(3).take_while(|b| matches!(b, b' ' | b'\t')).count();
            return Some((line, line + 3 + blanks));
        }
        line += memchr::memchr(b'\n', rest)? + 1;
        is_line = true;
    }
}

/// The text without the white space before it, as Go's `unicode.IsSpace` knows it.
pub(crate) fn trim_start(text: &[u8]) -> &[u8] {
    let ascii = text.trim_ascii_start();
    // `trim_ascii_start` leaves the vertical tab and what is not ASCII.
    match ascii.first() {
        Some(0x0b | 0x80..) => {}
        _ => return ascii,
    }
    let Some(chunk) = ascii.utf8_chunks().next() else { return ascii };
    let valid = chunk.valid();
    let trimmed = valid.trim_start_matches(is_space);
    let cut = valid.len() - trimmed.len();
    ascii.get(cut..).unwrap_or_default()
}

/// The text without the white space around it, as Go's `strings.TrimSpace` gives it.
///
/// ```
/// assert_eq!(pintle_release::trim_space(b" \na b\n"), b"a b");
/// ```
pub fn trim_space(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    loop {
        text = text.trim_ascii_end();
        let Some(c) = last_char(text).filter(|c| is_space(*c)) else { return text };
        text = text.get(..text.len() - c.len_utf8()).unwrap_or_default();
    }
}

fn last_char(text: &[u8]) -> Option<char> {
    let start = text.len().saturating_sub(4);
    let tail = text.get(start..)?;
    (0..tail.len()).find_map(|at| std::str::from_utf8(tail.get(at..)?).ok()?.chars().next_back())
}

/// Go's `unicode.IsSpace`.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(file: &str) -> Vec<(&str, usize)> {
        documents(file.as_bytes())
            .map(|document| (std::str::from_utf8(document.text).unwrap(), document.offset))
            .collect()
    }

    #[test]
    fn splits_as_helm_does() {
        let table: &[(&str, &[(&str, usize)])] = &[
            ("", &[]),
            (" \n\t\n", &[]),
            ("a", &[("a", 0)]),
            ("---\na\n---\nb\n", &[("a\n", 4), ("b\n", 10)]),
            ("\n --- \na", &[("a", 7)]),
            ("a\n ---\nb", &[("a\n ---\nb", 0)]),
            ("a\n----\nb", &[("a\n", 0), ("-\nb", 5)]),
            ("a---\nb", &[("a---\nb", 0)]),
            ("--- # x\na\n", &[("# x\na\n", 4)]),
            ("a\n---\n---\n\n---\nb", &[("a\n", 0), ("b", 15)]),
            ("\u{a0}\u{2028}a", &[("a", 5)]),
        ];
        for (file, expected) in table {
            assert_eq!(split(file), *expected, "{file:?}");
        }
    }

    #[test]
    fn trims_both_ends() {
        assert_eq!(trim_space(" \u{a0}a b\u{3000}\n".as_bytes()), b"a b");
        assert_eq!(trim_space(b"\x0b\xff \n"), b"\xff");
        assert_eq!(trim_space("\u{a0}".as_bytes()), b"");
    }
}
