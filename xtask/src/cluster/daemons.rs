//! Processes that go on when this one has ended, and how they are found again.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::tools;

/// A process of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Daemon {
    /// What it is.
    pub(crate) name: String,
    /// Its number.
    pub(crate) pid: u32,
    /// A path that stands in its command line; without it the number has gone to someone else.
    mark: PathBuf,
    log: PathBuf,
}

/// Whom the terminal's Ctrl-C reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Not the daemon: it goes on.
    Own,
    /// The daemon as well as this process.
    Shared,
}

/// Ports that nobody listens on.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N], String> {
    let mut ports = [0; N];
    // All are held until the last is known, so that none comes twice.
    let mut held = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
        *port = listener.local_addr().map_err(|error| error.to_string())?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Starts a process whose command line has the mark, and writes down its number.
pub(crate) fn start(
    folder: &Path,
    name: &str,
    mut command: Command,
    mark: &Path,
    group: Group,
) -> Result<Daemon, String> {
    let log = folder.join(format!("{name}.log"));
    let shown = |error: std::io::Error| format!("{name}: {error}");
    let out = File::create(&log).map_err(shown)?;
    let errors = out.try_clone().map_err(shown)?;
    command.stdin(Stdio::null()).stdout(out).stderr(errors).current_dir(folder);
    #[cfg(unix)]
    if group == Group::Own {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let child = command.spawn().map_err(shown)?;
    let daemon = Daemon { name: name.to_owned(), pid: child.id(), mark: mark.to_path_buf(), log };
    let text = format!("{}\n{}\n", daemon.pid, mark.display());
    tools::write(&folder.join(format!("{name}.pid")), text)?;
    Ok(daemon)
}

/// The processes that were started for the folder's cluster.
pub(crate) fn all(folder: &Path) -> Result<Vec<Daemon>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut all = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "pid") {
            let text = tools::read(&path)?;
            let (pid, mark) = text.trim_end().split_once('\n').unwrap_or_default();
            let pid = pid.parse().map_err(|_| format!("{}: no process", path.display()))?;
            let log = path.with_extension("log");
            all.push(Daemon { name: name.to_owned(), pid, mark: mark.into(), log });
        }
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// Ends all of them, and removes what stands outside the folder.
pub(crate) fn end(folder: &Path) -> Result<(), String> {
    let all = all(folder)?;
    for daemon in all.iter().filter(|daemon| daemon.lives()) {
        // PostgreSQL alone has something to give back: shared memory. Of the rest nothing is kept.
        daemon.signal(if daemon.name == "postgres" { "QUIT" } else { "KILL" })?;
    }
    let start = Instant::now();
    while let Some(daemon) = all.iter().find(|daemon| daemon.lives()) {
        if start.elapsed() > Duration::from_secs(10) {
            daemon.signal("KILL")?;
        }
        if start.elapsed() > Duration::from_secs(20) {
            return Err(format!("{} ({}) does not end", daemon.name, daemon.pid));
        }
        sleep(Duration::from_millis(20));
    }
    for daemon in all.iter().filter(|daemon| !daemon.mark.starts_with(folder)) {
        if daemon.mark.exists() {
            std::fs::remove_dir_all(&daemon.mark)
                .map_err(|error| format!("{}: {error}", daemon.mark.display()))?;
        }
    }
    Ok(())
}

impl Daemon {
    /// Whether the process is there, and is still the one that was started.
    pub(crate) fn lives(&self) -> bool {
        let mark = self.mark.display().to_string();
        let line = match std::fs::read(format!("/proc/{}/cmdline", self.pid)) {
            // It has not begun yet, or has ended and was not waited for.
            Ok(line) if line.is_empty() => return !self.has_ended(),
            Ok(line) => line,
            Err(_) if Path::new("/proc/self").exists() => return false,
            Err(_) => {
                let mut ps = Command::new("ps");
                let output =
                    ps.args(["-ww", "-o", "command=", "-p", &self.pid.to_string()]).output();
                output.map(|output| output.stdout).unwrap_or_default()
            }
        };
        String::from_utf8_lossy(&line).contains(&mark)
    }

    /// Whether only its status is left, by the letter after its name in `/proc/PID/stat`.
    fn has_ended(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        matches!(state, None | Some('Z' | 'X'))
    }

    fn signal(&self, signal: &str) -> Result<(), String> {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -s \"$1\" \"$2\"", "kill", signal, &self.pid.to_string()]);
        match tools::output(&mut kill) {
            Err(error) if self.lives() => Err(error),
            _ => Ok(()),
        }
    }

    /// The end of what it has said.
    pub(crate) fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n")
    }
}
