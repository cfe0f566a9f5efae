//! So much of WASI as languages need to run at all: the environment, the standard streams, the clock
//! and randomness. There are no files.
//!
//! See <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>.

use std::io::{Read as _, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wasmi::errors::LinkerError;
use wasmi::{Caller, Error, ExternType, Linker, Memory, Module, Val};

use super::Guest;

const WASI: &str = "wasi_snapshot_preview1";

const SUCCESS: u32 = 0;
const BAD_DESCRIPTOR: u32 = 8;
const FAULT: u32 = 21;
const INVALID: u32 = 28;
const IO: u32 = 29;
const NO_SUCH_CALL: i32 = 52;
const NOT_SEEKABLE: u32 = 70;

/// More buffers are not looked at in one call.
const MAX_BUFFERS: u32 = 1024;
/// More is not read at once.
const MAX_READ: u32 = 1 << 20;
/// A module does not sleep longer at once.
const MAX_SLEEP: Duration = Duration::from_secs(1);

type From<'a> = Caller<'a, Guest>;

fn memory(caller: &From<'_>) -> Result<Memory, Error> {
    let memory = caller.get_export("memory").and_then(wasmi::Extern::into_memory);
    memory.ok_or_else(|| Error::new("the module has no memory"))
}

fn get<const N: usize>(caller: &From<'_>, at: u32) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    memory(caller).ok()?.read(caller, at as usize, &mut bytes).ok()?;
    Some(bytes)
}

fn get_u32(caller: &From<'_>, at: u32) -> Option<u32> {
    get(caller, at).map(u32::from_le_bytes)
}

fn put(caller: &mut From<'_>, at: u32, bytes: &[u8]) -> Option<()> {
    memory(caller).ok()?.write(caller, at as usize, bytes).ok()
}

/// What a call ends with.
fn number(done: Option<()>) -> u32 {
    if done.is_some() { SUCCESS } else { FAULT }
}

/// Where buffers are, and how long.
fn buffers(caller: &From<'_>, at: u32, count: u32) -> Option<Vec<(u32, u32)>> {
    let pair = |index: u32| {
        let at = at.checked_add(index.checked_mul(8)?)?;
        Some((get_u32(caller, at)?, get_u32(caller, at.checked_add(4)?)?))
    };
    (0..count.min(MAX_BUFFERS)).map(pair).collect()
}

fn write(caller: &mut From<'_>, descriptor: u32, at: u32, count: u32, written: u32) -> u32 {
    if descriptor != 1 && descriptor != 2 {
        return BAD_DESCRIPTOR;
    }
    let (Some(buffers), Ok(memory)) = (buffers(caller, at, count), memory(caller)) else {
        return FAULT;
    };
    let mut total = 0_u32;
    for (at, length) in buffers {
        let data = memory.data(&*caller);
        let end = (at as usize).saturating_add(length as usize);
        let Some(bytes) = data.get(at as usize..end) else { return FAULT };
        let done = match (caller.data().streams, descriptor) {
            (false, _) => Ok(()),
            (true, 1) => std::io::stdout().write_all(bytes),
            (true, _) => std::io::stderr().write_all(bytes),
        };
        if done.is_err() {
            return IO;
        }
        total = total.saturating_add(length);
    }
    if caller.data().streams && std::io::stdout().flush().is_err() {
        return IO;
    }
    number(put(caller, written, &total.to_le_bytes()))
}

fn read(caller: &mut From<'_>, descriptor: u32, at: u32, count: u32, got: u32) -> u32 {
    if descriptor != 0 {
        return BAD_DESCRIPTOR;
    }
    let Some(buffers) = buffers(caller, at, count) else { return FAULT };
    let mut total = 0_u32;
    if let Some((at, length)) = buffers.into_iter().find(|(_, length)| *length > 0)
        && caller.data().streams
    {
        let mut bytes = vec![0; length.min(MAX_READ) as usize];
        let Ok(read) = std::io::stdin().read(&mut bytes) else { return IO };
        let Some(bytes) = bytes.get(..read) else { return FAULT };
        if put(caller, at, bytes).is_none() {
            return FAULT;
        }
        total = u32::try_from(read).unwrap_or_default();
    }
    number(put(caller, got, &total.to_le_bytes()))
}

fn environment(caller: &mut From<'_>, pointers: u32, mut at: u32) -> u32 {
    let variables = std::mem::take(&mut caller.data_mut().environment);
    let mut done = Some(());
    for (index, variable) in variables.iter().enumerate() {
        let pointer = u32::try_from(index * 4).ok().and_then(|by| pointers.checked_add(by));
        done = pointer.and_then(|pointer| {
            put(caller, pointer, &at.to_le_bytes())?;
            put(caller, at, variable)?;
            at = at.checked_add(u32::try_from(variable.len()).ok()?)?;
            Some(())
        });
        if done.is_none() {
            break;
        }
    }
    caller.data_mut().environment = variables;
    number(done)
}

fn environment_sizes(caller: &mut From<'_>, count: u32, size: u32) -> u32 {
    let variables = &caller.data().environment;
    let all: usize = variables.iter().map(Vec::len).sum();
    let (Ok(number_of), Ok(all)) = (u32::try_from(variables.len()), u32::try_from(all)) else {
        return FAULT;
    };
    let done = put(caller, count, &number_of.to_le_bytes());
    number(done.and_then(|()| put(caller, size, &all.to_le_bytes())))
}

/// Nanoseconds: of the day for 0, else since the start.
fn now(caller: &From<'_>, clock: u32) -> u64 {
    let time = match clock {
        0 => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        _ => caller.data().start.elapsed(),
    };
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn random(caller: &mut From<'_>, at: u32, length: u32) -> u32 {
    let mut bytes = vec![0; length.min(MAX_READ) as usize];
    if length > MAX_READ {
        return INVALID;
    }
    match getrandom::fill(&mut bytes) {
        Ok(()) => number(put(caller, at, &bytes)),
        Err(_) => IO,
    }
}

/// Waits for the first of some points in time; the streams are always ready.
fn poll(caller: &mut From<'_>, from: u32, to: u32, count: u32, happened: u32) -> u32 {
    let mut events = Vec::new();
    let mut sleep = None;
    for index in 0..count.min(MAX_BUFFERS) {
        let at = index.checked_mul(48).and_then(|by| from.checked_add(by));
        let Some(subscription) = at.and_then(|at| get::<48>(caller, at)) else { return FAULT };
        let part = |at: usize, length: usize| {
            let mut bytes = [0; 8];
            let from = subscription.iter().skip(at).take(length);
            bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            u64::from_le_bytes(bytes)
        };
        let kind = part(8, 1);
        if kind == 0 {
            let clock = u32::try_from(part(16, 4)).unwrap_or_default();
            let left = match part(40, 2) & 1 {
                1 => part(24, 8).saturating_sub(now(caller, clock)),
                _ => part(24, 8),
            };
            let left = Duration::from_nanos(left);
            sleep = Some(sleep.map_or(left, |sleep: Duration| sleep.min(left)));
        }
        events.push((part(0, 8), kind));
    }
    let ready = events.iter().any(|(_, kind)| *kind != 0);
    if let Some(sleep) = sleep.filter(|_| !ready) {
        std::thread::sleep(sleep.min(MAX_SLEEP));
    }
    let events = events.into_iter().filter(|(_, kind)| !ready || *kind != 0);
    let mut total = 0_u32;
    for (user, kind) in events {
        let mut event = [0; 32];
        let bytes = user.to_le_bytes().into_iter().chain([0, 0]).chain([kind.to_le_bytes()[0]]);
        event.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let at = total.checked_mul(32).and_then(|by| to.checked_add(by));
        if at.and_then(|at| put(caller, at, &event)).is_none() {
            return FAULT;
        }
        total += 1;
    }
    number(put(caller, happened, &total.to_le_bytes()))
}

/// Gives a module these functions; what else of WASI it wants is there and fails.
pub(super) fn link(linker: &mut Linker<Guest>, module: &Module) -> Result<(), LinkerError> {
    let stream = |descriptor: u32| if descriptor < 3 { SUCCESS } else { BAD_DESCRIPTOR };
    linker.func_wrap(WASI, "args_get", |_: From<'_>, _: u32, _: u32| SUCCESS)?;
    linker.func_wrap(WASI, "args_sizes_get", |mut c: From<'_>, count: u32, size: u32| {
        number(put(&mut c, count, &[0; 4]).and_then(|()| put(&mut c, size, &[0; 4])))
    })?;
    linker.func_wrap(WASI, "environ_get", |mut c: From<'_>, pointers: u32, at: u32| {
        environment(&mut c, pointers, at)
    })?;
    linker.func_wrap(WASI, "environ_sizes_get", |mut c: From<'_>, count: u32, size: u32| {
        environment_sizes(&mut c, count, size)
    })?;
    linker.func_wrap(WASI, "clock_time_get", |mut c: From<'_>, clock: u32, _: u64, at: u32| {
        let now = now(&c, clock);
        number(put(&mut c, at, &now.to_le_bytes()))
    })?;
    linker.func_wrap(WASI, "clock_res_get", |mut c: From<'_>, _: u32, at: u32| {
        number(put(&mut c, at, &1_u64.to_le_bytes()))
    })?;
    linker.func_wrap(WASI, "random_get", |mut c: From<'_>, at: u32, length: u32| {
        random(&mut c, at, length)
    })?;
    linker.func_wrap(
        WASI,
        "fd_write",
        |mut c: From<'_>, descriptor: u32, at: u32, count: u32, written: u32| {
            write(&mut c, descriptor, at, count, written)
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_read",
        |mut c: From<'_>, descriptor: u32, at: u32, count: u32, got: u32| {
            read(&mut c, descriptor, at, count, got)
        },
    )?;
    linker.func_wrap(WASI, "fd_close", move |_: From<'_>, of: u32| stream(of))?;
    linker
        .func_wrap(WASI, "fd_fdstat_set_flags", move |_: From<'_>, of: u32, _: u32| stream(of))?;
    linker.func_wrap(WASI, "fd_fdstat_get", move |mut c: From<'_>, of: u32, at: u32| {
        match stream(of) {
            SUCCESS => {
                // A character device, with all rights.
                let mut stat = [0xff; 24];
                for (to, from) in stat.iter_mut().zip([2, 0, 0, 0, 0, 0, 0, 0]) {
                    *to = from;
                }
                number(put(&mut c, at, &stat))
            }
            bad => bad,
        }
    })?;
    linker.func_wrap(WASI, "fd_seek", move |_: From<'_>, of: u32, _: u64, _: u32, _: u32| {
        match stream(of) {
            SUCCESS => NOT_SEEKABLE,
            bad => bad,
        }
    })?;
    linker.func_wrap(WASI, "fd_prestat_get", |_: From<'_>, _: u32, _: u32| BAD_DESCRIPTOR)?;
    linker.func_wrap(WASI, "fd_prestat_dir_name", |_: From<'_>, _: u32, _: u32, _: u32| {
        BAD_DESCRIPTOR
    })?;
    linker.func_wrap(WASI, "sched_yield", |_: From<'_>| SUCCESS)?;
    linker.func_wrap(
        WASI,
        "poll_oneoff",
        |mut c: From<'_>, from: u32, to: u32, count: u32, happened: u32| {
            poll(&mut c, from, to, count, happened)
        },
    )?;
    linker.func_wrap(WASI, "proc_exit", |_: From<'_>, status: i32| -> Result<(), Error> {
        Err(Error::i32_exit(status))
    })?;
    for import in module.imports().filter(|import| import.module() == WASI) {
        if let ExternType::Func(kind) = import.ty() {
            let missing = linker.func_new(WASI, import.name(), kind.clone(), |_, _, results| {
                for result in results {
                    *result = Val::I32(NO_SUCH_CALL);
                }
                Ok(())
            });
            // What is above is there already.
            drop(missing);
        }
    }
    Ok(())
}
