//! Standard output and standard error.

use std::io::{self, ErrorKind, Write};

/// Writes all of a command's output at once. `false` says that nobody reads it any more.
pub(crate) fn write(text: &[u8]) -> bool {
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
