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
                // Go's place of the outermost call, whose columns begin with 0.
                let text = error.to_string();
                let place = text.split(": ").nth(1).unwrap_or_else(|| error.file());
                format!("execution error at ({place}): {message}")
            }
            None => chain(error),
        },
    }
}

/// The chain of errors, each with its place. Where one of them does not come from the template
/// language itself, such as what a function says, Helm gives Go's text of the whole.
fn chain(error: &Error) -> String {
    let mut links: Vec<String> = Vec::new();
    for line in error.lines() {
        let Some(link) = link(&line) else { return error.to_string() };
        if links.last() != Some(&link) {
            links.push(link);
        }
    }
    links.join("\n").trim().to_owned()
}

fn link(line: &str) -> Option<String> {
    let rest = line.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(line.to_owned());
    }
    // What an error wraps has a link of its own.
    let own = |message: &str| message.split(" template:").next().unwrap_or_default().to_owned();
    match rest.split_once(": executing ") {
        Some((place, behind)) => {
            let (executing, message) = behind.split_once(">: ")?;
            Some(format!("{place}\n  executing {executing}>:\n    {}", own(message)))
        }
        None => {
            let (place, message) = rest.rsplit_once(": ")?;
            Some(format!("{place}\n  {}", own(message)))
        }
    }
}
