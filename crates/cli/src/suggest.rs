//! What may have been meant by a misspelt word.

use pintle_yaml::edit_distance;

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
            let distance = edit_distance(&typed, &word.to_lowercase());
            (distance <= limit && distance < word.len()).then_some((distance, word))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn the_nearest_come_first() {
        assert_eq!(near("set-flie", ["set", "set-file", "set-json"], 2), ["set-file"]);
        assert_eq!(near("x", ["y"], 2), [""; 0]);
    }
}
