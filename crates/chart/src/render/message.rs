//! Errors of templates in Helm's words.

use pintle_template::{Error, ErrorKind};

/// The text that Helm 4 prints for a template's error, without the `Error: ` before it.
///
/// A template that cannot be parsed is a `parse error at (file:line): …`, what `required` and
/// `fail` say is an `execution error at (file:line:column): …`, and all else is told with the chain
/// of calls that led there, the outermost first.
pub fn helm_message(error: &Error) -> String {
    let location = error.location();
    match error.kind() {
        ErrorKind::Parse => {
            format!("parse error at ({}:{}): {}", error.file(), location.line, error.message())
        }
        _ => match error.raised() {
            Some(message) => {
                let outermost = error.frames().first().map_or_else(
                    || place(error.file(), location),
                    |frame| place(&frame.file, frame.location),
                );
                format!("execution error at ({outermost}): {message}")
            }
            None => chain(error),
        },
    }
}

fn place(file: &str, location: pintle_yaml::Location) -> String {
    format!("{file}:{}:{}", location.line, location.column)
}

fn chain(error: &Error) -> String {
    let mut links: Vec<String> = Vec::new();
    for line in error.lines() {
        let rest = line.strip_prefix("template: ").unwrap_or(&line);
        let parts = rest.split_once(": executing ").and_then(|(place, behind)| {
            let (executing, message) = behind.split_once(">: ")?;
            Some((place, executing, message))
        });
        let link = match parts {
            Some((place, executing, message)) => {
                // What it wraps has a link of its own.
                let message = message.split(" template:").next().unwrap_or_default();
                format!("{place}\n  executing {executing}>:\n    {message}")
            }
            None => rest.to_owned(),
        };
        if links.last() != Some(&link) {
            links.push(link);
        }
    }
    links.join("\n").trim_end().to_owned()
}
