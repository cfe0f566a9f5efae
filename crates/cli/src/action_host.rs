//! The clock and the log of actions, and what is shown of their progress.

use std::time::{Duration, SystemTime};

use pintle_release::actions::{Host, LogLevel};
use pintle_release::{Event, Holder, Time, Watch};

use crate::progress::Progress;
use crate::settings::Settings;
use crate::{draw, identity, log, output};

/// The machine that an action runs on.
#[derive(Debug)]
pub(crate) struct ActionHost {
    debug: bool,
    progress: Progress,
}

impl ActionHost {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { debug: settings.debug, progress: Progress::new(settings) }
    }
}

impl Watch for ActionHost {
    fn event(&mut self, event: Event<'_>) {
        if self.progress.take(&event) {
            return;
        }
        let line = match event {
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
        output::complain_bytes(text);
    }

    fn holder(&mut self) -> String {
        identity::own()
    }

    fn is_alive(&mut self, holder: &Holder) -> Option<bool> {
        identity::is_alive(&holder.name)
    }
}
