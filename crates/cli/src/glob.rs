//! Patterns of file names as Go's `filepath.Match` reads them.

/// Whether the whole of `name` fits `pattern`: `*` and `?` stand for anything but `/`, `[a-z]`
/// and `[^a-z]` for one character. `None` where the pattern is not well-formed.
pub(crate) fn fits(pattern: &str, name: &str) -> Option<bool> {
    let pattern: Vec<Part> = parts(pattern)?;
    let name: Vec<char> = name.chars().collect();
    // Which prefixes of the name the parts read so far fit: no more work than parts × letters.
    let mut reached = vec![false; name.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for part in &pattern {
        let mut next = vec![false; name.len() + 1];
        let mut open = false;
        for at in 0..=name.len() {
            let here = reached.get(at).copied().unwrap_or_default();
            let letter = name.get(at).copied();
            match part {
                Part::Star => {
                    open |= here;
                    if let Some(cell) = next.get_mut(at) {
                        *cell = open;
                    }
                    open &= letter != Some('/');
                }
                Part::Any | Part::Letter(_) | Part::Class(..) => {
                    let Some(letter) = letter else { break };
                    if here
                        && part.takes(letter)
                        && let Some(cell) = next.get_mut(at + 1)
                    {
                        *cell = true;
                    }
                }
            }
        }
        reached = next;
    }
    Some(reached.last().copied().unwrap_or_default())
}

enum Part {
    Star,
    Any,
    Letter(char),
    Class(bool, Vec<(char, char)>),
}

impl Part {
    fn takes(&self, letter: char) -> bool {
        match self {
            Part::Star => false,
            Part::Any => letter != '/',
            Part::Letter(own) => *own == letter,
            Part::Class(negated, ranges) => {
                *negated != ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter))
            }
        }
    }
}

fn parts(pattern: &str) -> Option<Vec<Part>> {
    let mut letters = pattern.chars().peekable();
    let mut parts = Vec::new();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '*' => Part::Star,
            '?' => Part::Any,
            '\\' if cfg!(not(windows)) => Part::Letter(letters.next()?),
            '[' => {
                let negated = letters.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                while ranges.is_empty() || letters.next_if_eq(&']').is_none() {
                    let low = bound(&mut letters)?;
                    let high = match letters.next_if_eq(&'-') {
                        Some(_) => bound(&mut letters)?,
                        None => low,
                    };
                    ranges.push((low, high));
                }
                Part::Class(negated, ranges)
            }
            other => Part::Letter(other),
        });
    }
    Some(parts)
}

fn bound(letters: &mut impl Iterator<Item = char>) -> Option<char> {
    match letters.next()? {
        '-' | ']' => None,
        '\\' if cfg!(not(windows)) => letters.next(),
        letter => Some(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_as_in_go() {
        let table = [
            ("abc", "abc", Some(true)),
            ("*", "abc", Some(true)),
            ("*c", "abc", Some(true)),
            ("a*", "a", Some(true)),
            ("a*", "ab/c", Some(false)),
            ("a*/b", "abc/b", Some(true)),
            ("a*/b", "a/c/b", Some(false)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Some(true)),
            ("ab[c]", "abc", Some(true)),
            ("ab[b-d]", "abc", Some(true)),
            ("ab[^b-d]", "abc", Some(false)),
            ("a\\*b", "a*b", Some(true)),
            ("a\\*b", "ab", Some(false)),
            ("a?b", "a/b", Some(false)),
            ("a[^a]b", "a☺b", Some(true)),
            ("a???b", "a☺b", Some(false)),
            ("[]a]", "]", None),
            ("[-]", "-", None),
            ("[x-]", "x", None),
            ("[\\-x]", "-", Some(true)),
            ("[", "a", None),
            ("[a", "ab", None),
            ("\\", "a", None),
            ("", "", Some(true)),
            ("**", "", Some(true)),
            ("templates/*.yaml", "templates/x.yaml", Some(true)),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(fits(pattern, name), expected, "{pattern:?} {name:?}");
        }
    }
}
