//! What went wrong in a template.

use pintle_template::{Error, Frame, Involved};

use super::{Excerpt, Report};

/// Finds out where the value at a path was set; the path starts at the values of the top chart.
pub(crate) type Origin<'o> = dyn Fn(&[String]) -> Option<String> + 'o;

/// How many of the first and of the last calls are shown of a long chain.
const SHOWN_FIRST: usize = 5;
const SHOWN_LAST: usize = 2;

/// The place with a caret, the calls that led there, the values that took part.
pub(crate) fn template(error: &Error, titled: bool, origin: &Origin<'_>) -> Report {
    let mut report =
        Report { title: titled.then(|| error.message().to_owned()), ..Report::default() };
    let at = error.location();
    if !error.file().is_empty() {
        let source = error.source_line();
        // What is to blame may go on in the next line; the carets end with this one.
        let length = error.span().end.saturating_sub(error.span().start);
        let rest = source.chars().count().saturating_sub(at.column - 1);
        let width = length.min(rest).max(1);
        report.excerpts.push(Excerpt::new(
            error.file(),
            at.line,
            source,
            at.column..at.column + width,
        ));
    }
    // Whose values they are the outermost template decides.
    let file = error.frames().first().map_or(error.file(), |frame| frame.file.as_str());
    let chart = subcharts(file);
    for involved in error.involved() {
        report.notes.push(("value", value(involved, &chart, origin)));
    }
    if let Some(meant) = error.suggestion() {
        report.notes.push(("help", format!("did you mean {meant}?")));
    }
    if error.is_limit()
        && let Some(flag) = limit_flag(error.message())
    {
        report.notes.push(("help", format!("if that is meant to be so much, raise {flag}")));
    }
    report.notes.extend(error.notes().iter().map(|note| ("note", note.clone())));
    chain(error.frames(), &mut report);
    report
}

/// The flag that raises the limit that a message names.
fn limit_flag(message: &str) -> Option<&'static str> {
    let flags = [
        ("limit `steps`", "--max-steps"),
        ("limit `output`", "--max-output"),
        ("limit `memory`", "--max-memory"),
        ("template depth", "--max-depth"),
    ];
    flags.into_iter().find(|(words, _)| message.contains(words)).map(|(_, flag)| flag)
}

/// The names of the charts below the top one that lead to a file: `a/charts/b/templates/c.yaml` is
/// of `b`.
fn subcharts(file: &str) -> Vec<String> {
    let mut steps = file.split('/').skip(1);
    let mut names = Vec::new();
    while steps.next() == Some("charts") {
        names.extend(steps.next().map(str::to_owned));
    }
    names
}

fn value(involved: &Involved, chart: &[String], origin: &Origin<'_>) -> String {
    let Involved { name, path, value, type_name, .. } = involved;
    let mut text = match type_name.as_str() {
        "<nil>" => format!("{name} is not set"),
        "string" => format!("{name} is {value}"),
        type_name => format!("{name} is {value} ({type_name})"),
    };
    if let [first, rest @ ..] = path.as_slice()
        && first == "Values"
        && !rest.is_empty()
        && let Some(origin) = origin(&[chart, rest].concat())
    {
        text.push_str(&format!(", set by {origin}"));
    }
    text
}

/// The calls, the outermost first; of a long chain only its ends.
fn chain(frames: &[Frame], report: &mut Report) {
    let hidden = frames.len().saturating_sub(SHOWN_FIRST + SHOWN_LAST);
    for (number, frame) in frames.iter().enumerate() {
        if hidden > 0 && number == SHOWN_FIRST {
            report.notes.push(("called", format!("… {hidden} more calls …")));
        }
        if hidden > 0 && (SHOWN_FIRST..SHOWN_FIRST + hidden).contains(&number) {
            continue;
        }
        let Frame { template, file, location, action, .. } = frame;
        let place = format!("{file}:{}:{}", location.line, location.column);
        let within = if template == file { String::new() } else { format!(" in {template:?}") };
        report.notes.push(("called", format!("from {place}{within}: {action}")));
    }
}

#[cfg(test)]
mod tests {
    use super::subcharts;

    #[test]
    fn the_charts_that_a_file_is_of() {
        let none: [&str; 0] = [];
        assert_eq!(subcharts("a/templates/x.yaml"), none);
        assert_eq!(subcharts("a/charts/b/templates/x.yaml"), ["b"]);
        assert_eq!(subcharts("a/charts/b/charts/c/templates/charts/x.yaml"), ["b", "c"]);
        assert_eq!(subcharts(""), none);
    }
}
