//! A thread with room for deep templates.

use std::thread;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

/// The stacks that are tried, the largest first. The system hands out the memory only as it is
/// used, but may refuse to promise so much.
const SIZES: [usize; 3] = [64 << 20, 32 << 20, 8 << 20];

/// What of a stack is not for templates: what runs above and below them.
const RESERVED: usize = 1 << 20;

/// Runs `work` with a large stack and tells it how much of it templates may use.
pub(crate) fn with_large_stack<T: Send>(work: impl FnOnce(usize) -> T + Send) -> Result<T, String> {
    let mut work = Some(work);
    let mut refusal = String::new();
    for size in SIZES {
        let result = thread::scope(|scope| {
            let (sender, receiver) = std::sync::mpsc::channel();
            // The work goes to the thread only once there is one.
            let body = move || {
                let Ok(work): Result<_, _> = receiver.recv() else { return None };
                let work: Box<dyn FnOnce(usize) -> T + Send> = work;
                Some(work(size - RESERVED))
            };
            let handle = thread::Builder::new()
                .name("render".to_owned())
                .stack_size(size)
                .spawn_scoped(scope, body)
                .map_err(|error| error.to_string())?;
            if let Some(work) = work.take() {
                let _ = sender.send(Box::new(work));
            }
            drop(sender);
            handle.join().map_err(|_| "the thread ended early".to_owned())
        });
        match result {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => return Err("the thread had no work".to_owned()),
            Err(why) => refusal = why,
        }
    }
    Err(format!("no thread can be started: {refusal}"))
}

/// Does the last work of the program with a large stack, as [`with_large_stack`], and ends the
/// program where it stands: neither is the thread waited for nor what it holds taken apart.
pub(crate) fn end_with_large_stack(
    context: &mut Context,
    work: fn(&mut Context, usize) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let ended = with_large_stack(|room| {
        let result = work(context, room);
        std::process::exit(output::finish(result, context.out).into())
    });
    ended.map_err(Failure::new)
}

#[cfg(test)]
mod tests {
    use super::with_large_stack;

    #[test]
    fn deep_recursion_has_room() {
        fn deep(n: usize) -> usize {
            let pad = std::hint::black_box([n; 64]);
            if n == 0 { 0 } else { 1 + deep(n - 1) + std::hint::black_box(pad[0] - n) }
        }
        let borrowed = 20_000;
        let answer = with_large_stack(|room| (room > 4 << 20, deep(borrowed)));
        assert_eq!(answer, Ok((true, 20_000)));
    }
}
