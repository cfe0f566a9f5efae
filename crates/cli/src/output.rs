//! Standard output and standard error.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

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

/// Prints what there is to print so far: what follows may come from another program. Where nobody
/// reads it any more, the end of the command finds that out too.
pub(crate) fn print(text: Vec<u8>) {
    write(&text);
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

/// How many lines are drawn on standard error that will be drawn over.
static DRAWN: Mutex<usize> = Mutex::new(0);

/// Takes the cursor back to the first of so many lines and clears from there.
fn over(lines: usize) -> String {
    if lines == 0 { String::new() } else { format!("\u{1b}[{lines}A\r\u{1b}[J") }
}

/// Writes to standard error; where that fails there is nobody to tell.
pub(crate) fn complain(text: &str) {
    complain_bytes(text.as_bytes());
}

/// The same with bytes, which may be no text.
pub(crate) fn complain_bytes(text: &[u8]) {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = io::stderr().lock();
    let _ = out.write_all(over(std::mem::take(&mut *drawn)).as_bytes());
    let _ = out.write_all(text);
}

/// Draws lines on standard error in the place of those that were drawn last.
pub(crate) fn draw(lines: &[String]) {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let text = over(*drawn) + &lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    *drawn = lines.len();
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Leaves what is drawn where it is.
pub(crate) fn keep_drawn() {
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = 0;
}
