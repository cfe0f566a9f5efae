//! What the operating system says, in Go's words.

use std::io;

/// Why an operation failed, as Go prints it: `no such file or directory`.
pub(crate) fn why(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
