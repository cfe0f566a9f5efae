//! What a misspelt key may have meant.

/// Names longer than this are not compared.
const MAX_NAME: usize = 64;

/// The one of `names` that `name` is nearest to, if one is near enough to be meant.
///
/// Names that differ only in case and in `-`, `_` and `.` are nearest. Of others, up to a third of
/// the letters may be wrong, swapped neighbours counting once. Of names as near, the first is taken.
///
/// ```
/// use pintle_yaml::suggest;
///
/// let keys = ["image", "imagePullPolicy", "replicaCount"];
/// assert_eq!(suggest(keys, "replicacount"), Some("replicaCount"));
/// assert_eq!(suggest(keys, "imgae"), Some("image"));
/// assert_eq!(suggest(keys, "service"), None);
/// ```
pub fn suggest<'n>(names: impl IntoIterator<Item = &'n str>, name: &str) -> Option<&'n str> {
    let wanted: Vec<char> = name.chars().take(MAX_NAME + 1).collect();
    if wanted.len() > MAX_NAME {
        return None;
    }
    let most = (wanted.len() / 3).max(1);
    let folded = fold(name);
    let mut best: Option<(usize, &str)> = None;
    for other in names {
        if other == name || other.len() > 4 * MAX_NAME {
            continue;
        }
        let distance = if fold(other) == folded {
            0
        } else {
            let other: Vec<char> = other.chars().collect();
            if other.len().abs_diff(wanted.len()) > most {
                continue;
            }
            distance(&wanted, &other)
        };
        // One letter is as near to any other as it can be.
        let near = distance <= most && (distance == 0 || wanted.len() > 1);
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, other));
        }
    }
    best.map(|(_, name)| name)
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

/// How many letters must be added, taken away, changed or swapped with their neighbour to make one
/// text of the other.
///
/// ```
/// assert_eq!(pintle_yaml::edit_distance("imgae", "image"), 1);
/// ```
pub fn edit_distance(a: &str, b: &str) -> usize {
    distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&above, j + 1) + 1)
                .min(at(&row, j) + 1)
                .min(at(&above, j) + usize::from(x != y));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_letters() {
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("imgae", "image"), 1);
        assert_eq!(edit_distance("é", "e"), 1);
    }

    #[test]
    fn suggests_what_is_near() {
        let keys = ["a", "enabled", "image_tag", "port", "ports"];
        for (name, want) in [
            ("enable", Some("enabled")),
            ("imageTag", Some("image_tag")),
            ("prot", Some("port")),
            ("b", None),
            ("A", Some("a")),
            ("port", Some("ports")),
            ("zzzzzz", None),
        ] {
            assert_eq!(suggest(keys, name), want, "{name}");
        }
    }
}
