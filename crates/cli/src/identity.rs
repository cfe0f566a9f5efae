//! Who this run is, so that another one can tell whether it still goes on.
//!
//! `USER@HOST/MACHINE:PROCESS.START`: MACHINE is the system's boot and the space of process numbers,
//! which tells reboots and containers apart; START is when the process began, since numbers are
//! given out again. Where the system does not say these, only the heartbeat tells.

use std::path::Path;

use crate::paths::variable;

/// The name of this run.
pub(crate) fn own() -> String {
    let user = variable("USER").or_else(|| variable("USERNAME")).unwrap_or_default();
    let process = std::process::id();
    let start = match Process::of(Path::new("/proc"), process) {
        Process::Runs { start } => format!(".{start}"),
        _ => String::new(),
    };
    format!("{user}@{}:{process}{start}", machine())
}

/// Whether the run of a name still goes on; `None` when that cannot be known here.
pub(crate) fn is_alive(name: &str) -> Option<bool> {
    lives(name, &machine(), Path::new("/proc"))
}

fn lives(name: &str, own: &str, proc: &Path) -> Option<bool> {
    let (_, place) = name.rsplit_once('@')?;
    let (machine, process) = place.rsplit_once(':')?;
    let (process, start) = process.split_once('.')?;
    let (process, start): (u32, u64) = (process.parse().ok()?, start.parse().ok()?);
    // Without the second part nothing tells two machines of one name apart.
    if machine != own || !machine.contains('/') {
        return None;
    }
    match Process::of(proc, process) {
        Process::Runs { start: now } => Some(now == start),
        Process::Gone => Some(false),
        Process::Unknown => None,
    }
}

/// What the system says of a process.
#[derive(Debug, PartialEq, Eq)]
enum Process {
    /// It runs since so many ticks after the boot.
    Runs { start: u64 },
    /// There is none of this number, or it has ended and nobody asked how.
    Gone,
    /// The system does not say.
    Unknown,
}

impl Process {
    /// By `/proc/NUMBER/stat`, see proc_pid_stat(5).
    fn of(proc: &Path, number: u32) -> Process {
        let text = match std::fs::read_to_string(proc.join(number.to_string()).join("stat")) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // No /proc at all says nothing.
                let there = proc.join("self").join("stat").exists();
                return if there { Process::Gone } else { Process::Unknown };
            }
            Err(_) => return Process::Unknown,
        };
        // The name of the program is in parentheses, and may have any character in it.
        let Some((_, fields)) = text.rsplit_once(')') else { return Process::Unknown };
        let mut fields = fields.split_ascii_whitespace();
        if matches!(fields.next(), Some("Z" | "X")) {
            return Process::Gone;
        }
        // The 22nd of all, the first being the number and the second the name.
        match fields.nth(18).and_then(|start| start.parse().ok()) {
            Some(start) => Process::Runs { start },
            None => Process::Unknown,
        }
    }
}

/// The machine's name, with what tells its boots and containers apart.
fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let name = match read("/proc/sys/kernel/hostname") {
        name if name.is_empty() => variable("HOSTNAME").unwrap_or_default(),
        name => name,
    };
    let boot = read("/proc/sys/kernel/random/boot_id");
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let space: String = space.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
    match (boot.split('-').next().unwrap_or_default(), space.as_str()) {
        ("", _) | (_, "") => name,
        (boot, space) => format!("{name}/{boot}-{space}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_by_its_number_and_its_start() {
        let proc = tempfile::tempdir().expect("a temporary directory");
        let stat = |number: &str, state: &str, start: u64| {
            let folder = proc.path().join(number);
            std::fs::create_dir_all(&folder).expect("a directory");
            let rest = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18";
            let text = format!("{number} (a) b (c) {state} {rest} {start} 99\n");
            std::fs::write(folder.join("stat"), text).expect("a file");
        };
        stat("self", "R", 1);
        stat("10", "S", 500);
        stat("11", "Z", 500);
        let lives = |name: &str| lives(name, "desk/b-1", proc.path());
        let table = [
            ("ann@desk/b-1:10.500", Some(true)),
            // The number was given to another one.
            ("ann@desk/b-1:10.499", Some(false)),
            // It ended, and its parent did not ask.
            ("ann@desk/b-1:11.500", Some(false)),
            ("ann@desk/b-1:12.500", Some(false)),
            // Another boot, container or machine.
            ("ann@desk/c-1:10.500", None),
            ("ann@desk/b-2:10.500", None),
            ("ann@other/b-1:10.500", None),
            // Not known well enough.
            ("ann@desk:10", None),
            ("ann@desk/b-1:10", None),
            ("nobody", None),
        ];
        for (name, expected) in table {
            assert_eq!(lives(name), expected, "{name}");
        }
        let none = tempfile::tempdir().expect("a temporary directory");
        assert_eq!(Process::of(none.path(), 10), Process::Unknown);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_lives() {
        assert_eq!(is_alive(&own()), Some(true), "{}", own());
    }
}
