//! Takes from texts what no two runs have in common: times, ages, and the namespace's name.

use serde_json::{Value, json};

use super::live;

/// The text with `NAMESPACE`, `TIME` and `AGE` in the place of those.
pub(crate) fn text(text: &str, namespace: &str) -> String {
    let text = text.replace(namespace, "NAMESPACE");
    let mut normal = String::with_capacity(text.len());
    let mut rest = text.as_str();
    let mut inside = false;
    while let Some(first) = rest.chars().next() {
        let length = if inside && first != '"' { 0 } else { time(rest) };
        if length > 0 {
            normal += "TIME";
            rest = rest.get(length..).unwrap_or_default();
            inside = true;
            continue;
        }
        let length = if inside { 0 } else { age(rest) };
        if length > 0 {
            normal += "AGE";
            rest = rest.get(length..).unwrap_or_default();
            inside = true;
            continue;
        }
        inside = first.is_ascii_alphanumeric() || matches!(first, '-' | '.' | ':' | '/' | '_');
        normal.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    normal
}

/// What `status` prints, whose objects Helm shows in no order, as data; other texts as they are.
pub(crate) fn status(printed: &str, namespace: &str) -> Value {
    if let Ok(mut value) = serde_json::from_str::<Value>(printed) {
        let resources = value["info"]["resources"].as_object_mut();
        for objects in resources.into_iter().flatten().map(|(_, objects)| objects) {
            for object in objects.as_array_mut().into_iter().flatten() {
                // The pods of a workload come as a list, and have names by chance.
                *object = match object["items"].as_array() {
                    Some(items) => items.len().into(),
                    None => live::normal(object, namespace),
                };
            }
        }
        let text = text(&value.to_string(), namespace);
        return serde_json::from_str(&text).unwrap_or(Value::Null);
    }
    let text = text(printed, namespace);
    let Some((before, after)) = text.split_once("RESOURCES:\n") else { return text.into() };
    // The notes or the tests come after the objects, each in a paragraph of its own.
    let mut parts: Vec<String> = after.split("\n\n").map(rows).collect();
    parts.sort();
    json!({"before": before, "resources": parts})
}

/// The title of a table and the names in its rows, which are by chance
/// where they are of pods; addresses and volumes are by chance too. Other paragraphs as they are.
fn rows(text: &str) -> String {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    if !title.starts_with("==> ") {
        return text.to_owned();
    }
    // Helm prints the headings of tables once or more often, by the order in which objects come.
    let mut names: Vec<_> = lines
        .filter(|line| !line.starts_with("NAME "))
        .map(|line| match title.contains("Pod(related)") {
            true => "",
            false => line.split_whitespace().next().unwrap_or_default(),
        })
        .collect();
    names.sort_unstable();
    format!("{title}\n{}", names.join("\n"))
}

/// What a program prints. Columns are as wide as their longest time was, which is by chance.
pub(crate) fn printed(printed: &str, namespace: &str) -> String {
    let text = text(printed, namespace);
    let lines = text.split('\n').map(|line| {
        let columns: Vec<_> = line.split('\t').map(str::trim_end).collect();
        if columns.len() > 1 { columns.join("\t") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The error that a program ends with, in which the names of pods are by chance; empty for none.
pub(crate) fn error(said: &str, namespace: &str) -> String {
    let start = match said.starts_with("Error: ") {
        true => Some(0),
        false => said.find("\nError: ").map(|index| index + 1),
    };
    let error = start.and_then(|start| said.get(start..)).unwrap_or_default();
    text(error.trim_end(), namespace)
}

/// How many bytes at the beginning of the text are a point in time, as Go prints them.
fn time(text: &str) -> usize {
    const FORMS: &[&str] = &[
        // From the longest to the shortest, since the first that fits is taken.
        "0000-00-00 00:00:00* +0000 UTC",
        "0000-00-00 00:00:00* +0000 +0000",
        "0000-00-00T00:00:00*+00:00",
        "0000-00-00T00:00:00*-00:00",
        "0000-00-00T00:00:00*Z",
        "0000-00-00 00:00:00",
        "aaa aaa _0 00:00:00 0000",
        // Seconds since 1970, as labels have them.
        "\"1000000000\"",
    ];
    FORMS.iter().find_map(|form| fits(text, form)).unwrap_or_default()
}

/// Whether the text begins with the form: `0` is a digit, `1` a first one, `a` a letter, `_` a digit or blank, `*` a
/// fraction or nothing.
fn fits(text: &str, form: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for mark in form.bytes() {
        let byte = bytes.get(at).copied().unwrap_or_default();
        let fits = match mark {
            b'1' => byte == b'1' || byte == b'2',
            b'0' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            b'_' => byte.is_ascii_digit() || byte == b' ',
            b'*' => {
                if byte == b'.' {
                    at += 1;
                    at += bytes.iter().skip(at).take_while(|byte| byte.is_ascii_digit()).count();
                }
                continue;
            }
            other => byte == other,
        };
        if !fits {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// How many bytes at the beginning of the text are an age as Kubernetes' tables have them (`12s`,
/// `2m5s`), standing alone at the end of a line or before a column.
fn age(text: &str) -> usize {
    let word: &str = text.split([' ', '\n', '\t']).next().unwrap_or_default();
    let mut digits = false;
    for (index, byte) in word.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => digits = true,
            b's' | b'm' | b'h' if digits => digits = false,
            _ => return 0,
        }
        if index > 8 {
            return 0;
        }
    }
    let unit = word.ends_with(['s', 'm', 'h']);
    if unit { word.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_no_width() {
        let text = "NAME\tUPDATED          \tX\nb-1 \t2026-11-21 18:33:42\tx  y\n a  b \n";
        let expected = "NAME\tUPDATED\tX\nNAMESPACE\tTIME\tx  y\n a  b \n";
        assert_eq!(printed(text, "b-1"), expected);
        let table = "==> v1/Pod(related)\nNAME  AGE\na-x1  5s\n";
        assert_eq!(rows(table), "==> v1/Pod(related)\n");
        assert_eq!(rows("==> v1/Secret\nNAME  AGE\na  5s\nb 5s"), "==> v1/Secret\na\nb");
    }

    #[test]
    fn errors_begin_where_they_are_called_so() {
        let said = "level=WARN msg=x\nError: failed at (a/b.yaml:137:3): b-1\n";
        assert_eq!(error(said, "b-1"), "Error: failed at (a/b.yaml:137:3): NAMESPACE");
        assert_eq!(error("no Error: here\n", "b-1"), "");
    }

    #[test]
    fn times_ages_and_the_namespace_go() {
        let table = [
            ("a b-1 c b-12", "a NAMESPACE c NAMESPACE2"),
            ("2026-11-21 18:33:42.123456 +0000 UTC\tx", "TIME\tx"),
            ("\"2026-11-21T18:33:42.1+01:00\",\"2026-11-21T18:33:42Z\"", "\"TIME\",\"TIME\""),
            ("LAST DEPLOYED: Sat Nov  1 18:33:42 2026\n", "LAST DEPLOYED: TIME\n"),
            ("app   1/1     5s\napp 2m5s   x", "app   1/1     AGE\napp AGE   x"),
            ("timeout: 30s\nx5s port 80", "timeout: AGE\nx5s port 80"),
            ("1.2026-11-21", "1.2026-11-21"),
            ("modifiedAt: \"1795291922\"", "modifiedAt: TIME"),
            ("{\"modifiedAt\":\"1795291922\"}", "{\"modifiedAt\":TIME}"),
        ];
        for (before, after) in table {
            assert_eq!(text(before, "b-1"), after);
        }
    }
}
