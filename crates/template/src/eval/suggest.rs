//! What an author may have meant.

/// The candidate that is most like `name`, when one is like it at all.
pub(super) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    let most = (name.chars().count() / 3).clamp(1, 4);
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= 4 * most && *candidate != name)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// How many letters must be changed, put in, taken out or swapped with the next; a change between
/// capital and small letters alone counts nothing for the first letter and one otherwise.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    if a.iter().flat_map(|c| c.to_lowercase()).eq(b.iter().flat_map(|c| c.to_lowercase())) {
        return 0;
    }
    let mut two_ago: Vec<usize> = Vec::new();
    let mut ago: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let at = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&ago, j) + usize::from(left != right);
            best = best.min(at(&ago, j + 1) + 1).min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(right) && b.get(j - 1) == Some(left) {
                best = best.min(at(&two_ago, j - 1) + 1);
            }
            row.push(best);
        }
        two_ago = std::mem::replace(&mut ago, row);
    }
    ago.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let keys = ["image", "replicaCount", "service"];
        let cases = [
            ("imgae", Some("image")),
            ("replicacount", Some("replicaCount")),
            ("Image", Some("image")),
            ("ingress", None),
        ];
        for (name, wanted) in cases {
            assert_eq!(nearest(name, keys.into_iter()).as_deref(), wanted, "{name}");
        }
    }
}
