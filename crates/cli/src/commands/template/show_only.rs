//! `--show-only`: of all that was rendered, what some templates rendered.

use pintle_release::documents;

use crate::failure::Failure;
use crate::{glob, suggest};

/// The documents of `manifests` that come from files that fit `patterns`, in the patterns' order.
///
/// # Errors
///
/// A pattern fits no file.
pub(super) fn show_only(manifests: &[u8], patterns: &[&str]) -> Result<Vec<u8>, Failure> {
    let documents: Vec<(&[u8], String)> = documents(manifests)
        .filter_map(|document| Some((document.text, source(document.text)?)))
        .collect();
    let mut shown = Vec::new();
    for pattern in patterns {
        let unified =
            if cfg!(windows) { pattern.replace('\\', "/") } else { (*pattern).to_owned() };
        let mut missing = true;
        for (text, path) in &documents {
            if glob::fits(&unified, path) == Some(true) {
                shown.extend_from_slice(b"---\n");
                shown.extend_from_slice(text);
                shown.push(b'\n');
                missing = false;
            }
        }
        if missing {
            let mut known: Vec<&str> = documents.iter().map(|(_, path)| path.as_str()).collect();
            known.dedup();
            return Err(not_found(&unified, &known));
        }
    }
    Ok(shown)
}

fn not_found(pattern: &str, known: &[&str]) -> Failure {
    let failure = Failure::new(format!("could not find template {pattern} in chart"));
    let same_name = |path: &&&str| path.rsplit('/').next() == pattern.rsplit('/').next();
    let mut near: Vec<&str> = known.iter().filter(same_name).copied().collect();
    near.extend(suggest::near(pattern, known.iter().copied(), 4));
    match near.first() {
        Some(path) => failure.with_details(format!("  = help: did you mean {path}?")),
        None => failure.with_details(
            "  = note: a template that renders nothing, or is switched off, has no output to show",
        ),
    }
}

/// The path of a document's file below its chart, from the line that names it.
fn source(text: &[u8]) -> Option<String> {
    const MARK: &str = "# Source: ";
    let text = String::from_utf8_lossy(text);
    let mut rest = &*text;
    loop {
        let (_, after) = rest.split_once(MARK)?;
        let found = after.split_once('/').filter(|(chart, _)| !chart.is_empty());
        let path = found.map(|(_, path)| path.split('\n').next().unwrap_or(path));
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            return Some(path.to_owned());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::show_only;

    const MANIFESTS: &[u8] = b"---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/b.yaml\nb: 2\n---\nno: source\n---\n# Source: c/charts/d/templates/a.yaml\nd: 3\n";

    fn shown(patterns: &[&str]) -> Result<String, String> {
        show_only(MANIFESTS, patterns)
            .map(|text| String::from_utf8(text).unwrap())
            .map_err(|failure| failure.message)
    }

    #[test]
    fn documents_are_chosen_by_the_files_path_below_the_chart() {
        let a = "---\n# Source: c/templates/a.yaml\na: 1\n\n";
        let b = "---\n# Source: c/templates/b.yaml\nb: 2\n\n";
        assert_eq!(shown(&["templates/a.yaml"]), Ok(a.to_owned()));
        assert_eq!(shown(&["templates/b.yaml", "templates/*"]), Ok(format!("{b}{a}{b}")));
        assert_eq!(
            shown(&["charts/*/templates/a.yaml"]).unwrap(),
            "---\n# Source: c/charts/d/templates/a.yaml\nd: 3\n\n"
        );
        for missing in ["a.yaml", "c/templates/a.yaml", "templates/[", ""] {
            let expected = format!("could not find template {missing} in chart");
            assert_eq!(shown(&[missing]), Err(expected));
        }
    }
}
