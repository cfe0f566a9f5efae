//! What may have been meant by a misspelt word.

/// The words of `known` that are near `typed`, the nearest first, at most `limit` changes away.
pub(crate) fn near<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Vec<&'a str> {
    let typed = typed.to_lowercase();
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|word| {
            let distance = distance(&typed, &word.to_lowercase());
            (distance <= limit && distance < word.len()).then_some((distance, word))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, word)| word).collect()
}

/// How many letters must be put in, taken out or changed to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let changed = diagonal + usize::from(x != *y);
            diagonal = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, near};

    #[test]
    fn distances() {
        let table = [
            ("", "", 0),
            ("a", "", 1),
            ("tempalte", "template", 2),
            ("lint", "list", 1),
            ("", "abc", 3),
        ];
        for (a, b, expected) in table {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn the_nearest_come_first() {
        assert_eq!(near("set-flie", ["set", "set-file", "set-json"], 2), ["set-file"]);
        assert_eq!(near("x", ["y"], 2), [""; 0]);
    }
}
