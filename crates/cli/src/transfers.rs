//! How far transfers are, on a terminal.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pintle_repo::http::{Progress, Transfer};
use terminal_size::terminal_size_of;

use crate::output::complain;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// What ends sooner is not shown.
const PATIENCE: Duration = Duration::from_millis(400);

/// How long a line stays.
const PACE: Duration = Duration::from_millis(100);

/// Shows transfers in one line of standard error, which is gone when they have ended.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Vec<Running>,
    drawn: Option<Instant>,
}

#[derive(Debug)]
struct Running {
    number: u64,
    name: String,
    done: u64,
    total: Option<u64>,
    begun: Instant,
    /// How much was done at that time: what was fetched on did not come anew.
    from: u64,
}

impl Bar {
    /// A bar, if standard error is a terminal that can show one.
    pub(crate) fn of_errors(settings: &Settings) -> Option<Self> {
        Terminal::of_errors(settings).live.then(Self::default)
    }
}

impl Progress for Bar {
    fn moved(&self, transfer: Transfer<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if transfer.ended {
            state.running.retain(|one| one.number != transfer.number);
            if state.running.is_empty() && state.drawn.take().is_some() {
                complain("\r\x1b[K");
            }
            return;
        }
        let (number, name) = (transfer.number, transfer.name);
        match state.running.iter_mut().find(|one| one.number == number) {
            Some(one) => (one.done, one.total) = (transfer.done, transfer.total),
            None => state.running.push(Running {
                number,
                name: name.to_owned(),
                done: transfer.done,
                total: transfer.total,
                begun: now,
                from: transfer.done,
            }),
        }
        let waited = state.running.iter().any(|one| now - one.begun > PATIENCE);
        if waited && state.drawn.is_none_or(|drawn| now - drawn > PACE) {
            let columns = terminal_size_of(io::stderr()).map_or(80, |(width, _)| width.0.into());
            complain(&format!("\r{}\x1b[K", line(&state.running, now, columns)));
            state.drawn = Some(now);
        }
    }
}

/// One line for all transfers, not wider than the terminal.
fn line(running: &[Running], now: Instant, columns: usize) -> String {
    const WIDTH: usize = 20;
    let done: u64 = running.iter().map(|one| one.done).sum();
    let moved: u64 = running.iter().map(|one| one.done.saturating_sub(one.from)).sum();
    let total: Option<u64> = running.iter().map(|one| one.total).sum();
    let begun = running.iter().map(|one| one.begun).min().unwrap_or(now);
    let milliseconds = u64::try_from((now - begun).as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = size(moved.saturating_mul(1000) / milliseconds);
    let (bar, of) = match total.filter(|total| *total > 0) {
        Some(total) => {
            let share = done.min(total).saturating_mul(WIDTH as u64) / total;
            let full = usize::try_from(share).unwrap_or(WIDTH);
            let bar = format!("[{}{}] ", "=".repeat(full), " ".repeat(WIDTH - full));
            (bar, format!("{} of {}", size(done), size(total)))
        }
        None => (String::new(), size(done)),
    };
    let mut names = running.iter().map(|one| one.name.as_str());
    let mut name: String = names.next().unwrap_or_default().chars().take(40).collect();
    if running.len() > 1 {
        name.push_str(&format!(" and {} more", running.len() - 1));
    }
    let name = crate::draw::harmless(&name).into_owned();
    let line = format!("{bar}{of}, {rate}/s  {name}");
    line.chars().take(columns.saturating_sub(1)).collect()
}

/// A number of bytes for people to read.
fn size(bytes: u64) -> String {
    let mut rest = bytes;
    let mut tenths = 0;
    for unit in ["B", "KiB", "MiB"] {
        if rest < 1024 {
            return if unit == "B" {
                format!("{rest} B")
            } else {
                format!("{rest}.{tenths} {unit}")
            };
        }
        tenths = rest % 1024 * 10 / 1024;
        rest /= 1024;
    }
    format!("{rest}.{tenths} GiB")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Running, line, size};

    #[test]
    fn sizes_are_read_by_people() {
        let table = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KiB"),
            (20 << 20, "20.0 MiB"),
            (3 << 40, "3072.0 GiB"),
        ];
        for (bytes, text) in table {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn a_line_tells_all() {
        let begun = Instant::now();
        let one = |number, total, from| Running {
            number,
            name: format!("{number}.tgz"),
            done: 3 << 20,
            total,
            begun,
            from,
        };
        let now = begun + Duration::from_secs(2);
        let show = |running: &[Running], columns| line(running, now, columns);
        assert_eq!(
            show(&[one(1, Some(4 << 20), 0)], 80),
            "[===============     ] 3.0 MiB of 4.0 MiB, 1.5 MiB/s  1.tgz"
        );
        assert_eq!(
            show(&[one(1, None, 1 << 20), one(2, Some(1), 1 << 20)], 80),
            "6.0 MiB, 2.0 MiB/s  1.tgz and 1 more"
        );
        assert_eq!(show(&[one(1, None, 0)], 10), "3.0 MiB, ");
    }
}
