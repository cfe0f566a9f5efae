//! Helm's log lines on standard error, in the form of Go's `slog` text handler.

use std::fmt::Write as _;

use crate::output;

/// Says what does not stop the command.
pub(crate) fn warn(message: &str, pairs: &[(&str, &str)]) {
    line("WARN", message, pairs);
}

/// Says what failed without ending the command.
pub(crate) fn error(message: &str, pairs: &[(&str, &str)]) {
    line("ERROR", message, pairs);
}

/// Says what may be good to know.
pub(crate) fn info(message: &str, pairs: &[(&str, &str)]) {
    line("INFO", message, pairs);
}

/// Says what may help to find a fault; with `--debug` only.
pub(crate) fn debug(enabled: bool, message: &str, pairs: &[(&str, &str)]) {
    if enabled {
        line("DEBUG", message, pairs);
    }
}

fn line(level: &str, message: &str, pairs: &[(&str, &str)]) {
    let mut text = format!("level={level} msg=");
    push_value(&mut text, message);
    for (key, value) in pairs {
        let _ = write!(text, " {key}=");
        push_value(&mut text, value);
    }
    text.push('\n');
    output::complain(&text);
}

/// Quotes where the handler does: nothing, spaces, quotes, `=` and what cannot be printed.
fn push_value(text: &mut String, value: &str) {
    let plain = !value.is_empty()
        && value
            .chars()
            .all(|c| c != ' ' && c != '"' && c != '=' && c != '\\' && pintle_strconv::is_print(c));
    if plain {
        text.push_str(value);
    } else {
        text.push_str(&pintle_strconv::quote(value));
    }
}
