//! The clock and the log of actions, and what is shown of their progress.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use pintle_release::actions::{Host, LogLevel};
use pintle_release::{Event, Holder, Time, Watch};

use crate::paths::variable;
use crate::settings::Settings;
use crate::{draw, log, output};

/// The machine that an action runs on.
#[derive(Debug)]
pub(crate) struct ActionHost {
    debug: bool,
}

impl ActionHost {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { debug: settings.debug }
    }
}

impl Watch for ActionHost {
    fn event(&mut self, event: Event<'_>) {
        let line = match event {
            Event::State { resource, state, reason } => {
                let colon = if reason.is_empty() { "" } else { ": " };
                format!("{} {} {state}{colon}{reason}", resource.kind, resource.name)
            }
            Event::Trouble { pod, text, .. } => {
                let lines: String = text.lines().map(|line| format!("\n  | {line}")).collect();
                format!("Pod {pod} is in trouble:{lines}")
            }
            Event::Warning(text) => return log::warn(text, &[]),
            Event::Debug(text) => return log::debug(self.debug, text, &[]),
            Event::Kept(resource) => {
                format!("{} {} is kept, as its resource policy says", resource.kind, resource.name)
            }
            _ => return,
        };
        output::complain(&format!("{}\n", draw::harmless(&line)));
    }
}

impl Host for ActionHost {
    fn now(&mut self) -> Time {
        Time::from_system(SystemTime::now())
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn log(&mut self, level: LogLevel, message: &str, fields: &[(&str, &str)]) {
        match level {
            LogLevel::Debug => log::debug(self.debug, message, fields),
            LogLevel::Info => log::info(message, fields),
            LogLevel::Warn => log::warn(message, fields),
            LogLevel::Error => log::error(message, fields),
        }
    }

    fn hook_log(&mut self, _: &str, _: &str, _: &str, text: &[u8]) {
        // Nobody is left to tell where that fails.
        let _ = io::stderr().lock().write_all(text);
    }

    fn holder(&mut self) -> String {
        let user = variable("USER").or_else(|| variable("USERNAME")).unwrap_or_default();
        format!("{user}@{}:{}", machine(), std::process::id())
    }

    fn is_alive(&mut self, holder: &Holder) -> Option<bool> {
        let (_, place) = holder.name.rsplit_once('@')?;
        let (host, process) = place.rsplit_once(':')?;
        let process: u32 = process.parse().ok()?;
        if host != machine() || !cfg!(target_os = "linux") {
            return None;
        }
        Some(std::path::Path::new("/proc").join(process.to_string()).exists())
    }
}

/// The machine's name, as far as it is known, with what tells containers of one machine apart.
fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let name = variable("HOSTNAME").unwrap_or_else(|| read("/proc/sys/kernel/hostname"));
    let boot = read("/proc/sys/kernel/random/boot_id");
    let boot = boot.get(..8).unwrap_or_default();
    if boot.is_empty() { name } else { format!("{name}/{boot}") }
}
