//! Standard output and standard error.

use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

/// Writes what a command printed and says why it failed, if it did. What the program exits with is
/// the answer.
pub(crate) fn finish(result: Result<(), Failure>, out: &[u8]) -> u8 {
    match (result, write(out)) {
        (Ok(()), true) => 0,
        (Err(failure), true) => failure.report(),
        // Whoever read the output has had enough of it and there is nobody left to tell: the
        // status is the one of a program that the closed pipe ended.
        (_, false) => 128 + 13,
    }
}

/// Writes all of a command's output at once. `false` says that nobody reads it any more.
fn write(text: &[u8]) -> bool {
    if text.is_empty() {
        return true;
    }
    let mut out = io::stdout().lock();
    // The handle's own buffer is line-wise; what is larger than that buffer goes past it.
    match out.write_all(text).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => false,
        Err(error) => {
            complain(&format!("Error: cannot write the output: {error}\n"));
            std::process::exit(1)
        }
    }
}

/// Writes to standard error; where that fails there is nobody to tell.
pub(crate) fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
