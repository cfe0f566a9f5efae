//! The stream of documents that a plugin gets and gives back.
//!
//! Helm writes each document anew by kustomize's YAML library, and so does
//! [`reformat`](pintle_yaml::reformat). A document that has more than that knows keeps its text,
//! except for the annotation, as long as that can be put in and taken out by lines. Each such change
//! is checked: the document must read as the same data. Where it does not, it is written anew, with
//! its keys in order.

use std::collections::BTreeMap;

use pintle_release::{documents, trim_space};
use pintle_yaml::{Map, Value};

use crate::failure::Failure;

/// The annotation that says which file a document is of.
const ANNOTATION: &str = "postrenderer.helm.sh/postrender-filename";

/// One stream of all documents of all files, each marked with its file.
pub(crate) fn merge<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
) -> Result<Vec<u8>, Failure> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_key(|(path, _)| *path);
    let mut merged: Vec<u8> = Vec::new();
    for (path, text) in files {
        if path.rsplit('/').next().is_some_and(|name| name.starts_with('_')) {
            continue;
        }
        for document in documents(text) {
            let fails = |what: String| {
                Failure::new(format!("error merging manifests: parsing {path}: {what}"))
            };
            // As it is: without a last line break, a text at the end has none either.
            let text = document.text;
            let value = pintle_yaml::read(text).map_err(|e| fails(e.bare()))?;
            if value.is_null() {
                continue;
            }
            let text = String::from_utf8_lossy(text);
            let documents = match items(&text, &value) {
                Some(items) => items,
                None => vec![(text.into_owned(), value)],
            };
            for (text, value) in documents {
                let marked = mark(&text, value, path)
                    .ok_or_else(|| fails("a document that is no mapping".to_owned()))?;
                if !merged.is_empty() {
                    merged.extend_from_slice(b"---\n");
                }
                merged.extend_from_slice(marked.as_bytes());
            }
        }
    }
    Ok(merged)
}

/// Files again, with their documents. Those without a mark get a name.
pub(crate) fn split(stream: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut count = 0;
    for document in documents(stream) {
        let value = pintle_yaml::read(document.text).map_err(|error| {
            let what = error.bare();
            Failure::new(format!(
                "error while parsing post rendered output: error parsing YAML: {what}"
            ))
        })?;
        if value.is_null() {
            continue;
        }
        let (path, text) = unmark(&String::from_utf8_lossy(document.text), value);
        let path = path.unwrap_or_else(|| format!("generated-by-postrender-{count}.yaml"));
        count += 1;
        let file = files.entry(path).or_default();
        if !file.is_empty() {
            file.extend_from_slice(b"---\n");
        }
        file.extend_from_slice(text.as_bytes());
    }
    Ok(files.into_iter().collect())
}

/// The text without space around it, on lines of its own.
fn tidy(text: &str) -> String {
    let text = String::from_utf8_lossy(trim_space(text.as_bytes())).into_owned();
    text + "\n"
}

/// The items of a `List`, which kustomize's library takes for documents of their own. `None`: it is
/// no list, or how its items are written is not known.
fn items(text: &str, value: &Value) -> Option<Vec<(String, Value)>> {
    if value.get("kind").and_then(Value::as_str) != Some("List") {
        return None;
    }
    let values = value.get("items")?.as_seq()?;
    let written = pintle_yaml::reformat(text)?;
    let behind = written.lines().skip_while(|line| *line != "items:").skip(1);
    let mut texts: Vec<String> = Vec::new();
    for line in behind.take_while(|line| line.is_empty() || line.starts_with(['-', ' '])) {
        if line.starts_with('-') {
            texts.push(String::new());
        }
        let text = texts.last_mut()?;
        text.push_str(line.get(2..).unwrap_or_default());
        text.push('\n');
    }
    let reads_as =
        |(text, value): (&String, &Value)| pintle_yaml::read(text.as_bytes()).as_ref() == Ok(value);
    if texts.len() != values.len() || !texts.iter().zip(values).all(reads_as) {
        return None;
    }
    Some(texts.into_iter().zip(values.iter().cloned()).collect())
}

/// The text as Helm writes it anew, without annotations that are empty.
fn rewritten(text: &str, value: &Value) -> Option<String> {
    let written = pintle_yaml::reformat(text)?;
    if pintle_yaml::read(written.as_bytes()).as_ref() != Ok(value) {
        return None;
    }
    let mut lines: Vec<&str> = written.lines().collect();
    if let Some(metadata) = Metadata::find(&lines)
        && let Some(at) = metadata.annotations
        && metadata.annotations_end == at + 1
        && matches!(
            lines.get(at),
            Some(&("  annotations:" | "  annotations: {}" | "  annotations: null"))
        )
    {
        lines.remove(at);
        return Some(joined(&lines));
    }
    Some(written)
}

fn joined(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [*line, "\n"]).collect()
}

/// Lines of a document that was written anew.
struct Metadata {
    /// The line behind the last one of `metadata`.
    end: usize,
    /// The line of `annotations`, and the one behind what they hold.
    annotations: Option<usize>,
    annotations_end: usize,
}

impl Metadata {
    /// The parts of `metadata`, where that is a mapping in block style.
    fn find(lines: &[&str]) -> Option<Metadata> {
        let start = lines.iter().position(|line| *line == "metadata:")?;
        let behind = |from: usize, above: usize| {
            let rest = lines.iter().enumerate().skip(from + 1);
            let mut rest = rest.filter(|(_, line)| !line.is_empty() && indent(line) <= above);
            rest.next().map_or(lines.len(), |(at, _)| at)
        };
        let end = behind(start, 0);
        let inside = lines.iter().enumerate().take(end).skip(start + 1);
        let mut annotations = inside.filter(|(_, line)| line.starts_with("  annotations:"));
        let annotations = annotations.next().map(|(at, _)| at);
        Some(Metadata {
            end,
            annotations,
            annotations_end: annotations.map_or(end, |at| behind(at, 2)),
        })
    }
}

/// Puts the annotation behind the others of a document that was written anew.
fn mark_rewritten(text: &str, path: &str) -> Option<String> {
    let entry = format!("    {ANNOTATION}: '{}'", path.replace('\'', "''"));
    let entry = entry.as_str();
    let mut lines: Vec<&str> = text.lines().collect();
    match Metadata::find(&lines) {
        Some(Metadata { annotations: Some(at), annotations_end, .. }) => {
            if lines.get(at) != Some(&"  annotations:") {
                return None;
            }
            lines.insert(annotations_end, entry);
        }
        Some(Metadata { end, .. }) => {
            lines.insert(end, "  annotations:");
            lines.insert(end + 1, entry);
        }
        None => lines.extend(["metadata:", "  annotations:", entry]),
    }
    Some(joined(&lines))
}

fn written(value: &Value) -> String {
    pintle_yaml::to_yaml(value).unwrap_or_default()
}

fn mark(text: &str, value: Value, path: &str) -> Option<String> {
    let reads_as =
        |text: &String, wanted: &Value| pintle_yaml::read(text.as_bytes()).as_ref() == Ok(wanted);
    if let Some(rewritten) = rewritten(text, &value) {
        let marked = with_annotation(value, path)?;
        let text = mark_rewritten(&rewritten, path).filter(|text| reads_as(text, &marked));
        return Some(text.unwrap_or_else(|| written(&marked)));
    }
    let text = tidy(text);
    let marked = with_annotation(pintle_yaml::read(text.as_bytes()).ok()?, path)?;
    let text = mark_text(&text, path).filter(|text| reads_as(text, &marked));
    Some(text.unwrap_or_else(|| written(&marked)))
}

fn with_annotation(mut value: Value, path: &str) -> Option<Value> {
    let mut map = &mut value;
    for key in ["metadata", "annotations"] {
        let own = map.as_map_mut()?;
        if own.get(key).is_none_or(Value::is_null) {
            own.insert(key, Value::from(Map::new()));
        }
        map = own.get_mut(key)?;
    }
    map.as_map_mut()?.insert(ANNOTATION, path);
    Some(value)
}

/// Puts the annotation's line below `annotations:`, which is put below `metadata:` if need be.
fn mark_text(text: &str, path: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let metadata = lines.iter().position(|line| is_key(line, "metadata"))?;
    let body = |from: usize| {
        lines.iter().enumerate().skip(from + 1).find(|(_, line)| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#')
        })
    };
    let (_, first) = body(metadata)?;
    let indent = indent(first);
    if indent == 0 {
        return None;
    }
    let is_annotations =
        |line: &&str| self::indent(line) == indent && is_key(line.trim_start(), "annotations");
    let quoted = path.replace('\'', "''");
    let mut marked: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    match lines.iter().skip(metadata).position(is_annotations) {
        Some(at) => {
            let at = metadata + at;
            let inner = body(at).map(|(_, line)| self::indent(line)).filter(|i| *i > indent)?;
            marked.insert(at + 1, format!("{:inner$}{ANNOTATION}: '{quoted}'", ""));
        }
        None => {
            let inner = indent + 2;
            marked.insert(metadata + 1, format!("{:indent$}annotations:", ""));
            marked.insert(metadata + 2, format!("{:inner$}{ANNOTATION}: '{quoted}'", ""));
        }
    }
    Some(marked.join("\n") + "\n")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line is a key that has its value below it.
fn is_key(line: &str, key: &str) -> bool {
    let rest = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':'));
    rest.is_some_and(|rest| {
        let rest = rest.trim();
        rest.is_empty() || rest.starts_with('#')
    })
}

/// The file that a document is marked with, and its text without the mark.
fn unmark(text: &str, value: Value) -> (Option<String>, String) {
    let text = tidy(text);
    let text = rewritten(&text, &value).unwrap_or(text);
    let path = value
        .get_path(["metadata", "annotations", ANNOTATION])
        .and_then(Value::as_str)
        .filter(|path| !path.is_empty())
        .map(str::to_owned);
    if path.is_none() {
        return (None, text);
    }
    let unmarked = without_annotation(value);
    let is_mark = |line: &str| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        line.strip_prefix(ANNOTATION)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
    };
    let lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().position(|line| is_mark(line)) else {
        return (path, written(&unmarked));
    };
    // Kept alone, then without the line above it, which is `annotations:` if nothing is left.
    for skipped in [at, at.saturating_sub(1)] {
        let kept = lines.iter().enumerate().filter(|(number, _)| !(skipped..=at).contains(number));
        let kept: String = kept.map(|(_, line)| format!("{line}\n")).collect();
        if pintle_yaml::read(kept.as_bytes()).as_ref() == Ok(&unmarked) {
            return (path, kept);
        }
    }
    (path, written(&unmarked))
}

/// Without the annotation, and without annotations if it was the only one.
fn without_annotation(mut value: Value) -> Value {
    let metadata = value.as_map_mut().and_then(|map| map.get_mut("metadata"));
    if let Some(metadata) = metadata.and_then(Value::as_map_mut) {
        let mut empty = false;
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_map_mut) {
            annotations.remove(ANNOTATION);
            empty = annotations.is_empty();
        }
        if empty {
            metadata.remove("annotations");
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{merge, split};

    fn marked(text: &str) -> String {
        String::from_utf8(merge([("c/a.yaml", text.as_bytes())]).unwrap()).unwrap()
    }

    #[test]
    fn documents_are_written_anew() {
        let text = "# top\nkind: A\nmetadata:\n    # why\n    name: x   # trailing\n    annotations:\n        x: \"y\"\ndata:\n\n    k: 'v'\n";
        assert_eq!(
            marked(text),
            "# top\nkind: A\nmetadata:\n  # why\n  name: x # trailing\n  annotations:\n    x: \"y\"\n    postrenderer.helm.sh/postrender-filename: 'c/a.yaml'\ndata:\n  k: 'v'\n"
        );
        let files = split(marked(text).as_bytes()).unwrap();
        let anew = "# top\nkind: A\nmetadata:\n  # why\n  name: x # trailing\n  annotations:\n    x: \"y\"\ndata:\n  k: 'v'\n";
        assert_eq!(files, [("c/a.yaml".to_owned(), anew.as_bytes().to_vec())]);
    }

    #[test]
    fn what_is_not_known_keeps_its_text() {
        let text = "kind: A\nmetadata:\n    name: &x y\n    annotations:\n        x: *x\n";
        assert_eq!(
            marked(text),
            "kind: A\nmetadata:\n    name: &x y\n    annotations:\n        postrenderer.helm.sh/postrender-filename: 'c/a.yaml'\n        x: *x\n"
        );
        let files = split(marked(text).as_bytes()).unwrap();
        assert_eq!(files, [("c/a.yaml".to_owned(), text.as_bytes().to_vec())]);
    }

    #[test]
    fn every_form_comes_back_as_the_same_data() {
        let forms = [
            "kind: A\nmetadata:\n  name: x\n",
            "{kind: A, metadata: {name: x}}\n",
            "kind: A\n",
            "kind: A\nmetadata: {name: x, annotations: {b: c}}\n",
            "metadata:\n  name: x\n  annotations: {}\n",
            "metadata:\n  name: |\n    annotations:\n      text\n",
            "metadata:\n\n  # only a comment\nkind: B\n",
        ];
        for form in forms {
            let stream = marked(form);
            assert!(stream.contains("postrender-filename"), "{stream}");
            let files = split(stream.as_bytes()).unwrap();
            assert_eq!(files.len(), 1, "{form}");
            let (path, text) = &files[0];
            assert_eq!(path, "c/a.yaml");
            let clean = |text: &[u8]| {
                let mut value = pintle_yaml::read(text).unwrap();
                let map = value.as_map_mut().unwrap();
                if map
                    .get("metadata")
                    .is_some_and(|m| m.is_null() || m.as_map().unwrap().is_empty())
                {
                    map.remove("metadata");
                }
                if let Some(m) = map.get_mut("metadata").and_then(|m| m.as_map_mut())
                    && m.get("annotations").is_some_and(|a| a.as_map().unwrap().is_empty())
                {
                    m.remove("annotations");
                }
                value
            };
            assert_eq!(clean(text), clean(form.as_bytes()), "{form}");
        }
    }

    #[test]
    fn files_are_kept_apart() {
        let stream = merge([
            ("c/b.yaml", &b"kind: B\n---\n# nothing\n---\nkind: C\n"[..]),
            ("c/a.yaml", b"kind: A\n"),
            ("c/_x.yaml", b"kind: X\n"),
        ])
        .unwrap();
        let mut stream = String::from_utf8(stream).unwrap();
        stream.push_str("---\nkind: New\n");
        let files = split(stream.as_bytes()).unwrap();
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["c/a.yaml", "c/b.yaml", "generated-by-postrender-3.yaml"]);
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        assert!(merge([("a", &b"- 1\n"[..])]).is_err());
        assert!(merge([("a", &b"a: [\n"[..])]).is_err());
        assert!(split(b"a: [\n").is_err());
    }
}
