//! What is waited for, drawn anew on a terminal as long as it is waited for; elsewhere a line for
//! each change.

use std::time::{Duration, Instant};

use pintle_release::{Event, Resource, WaitGoal};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::{draw, output};

/// How often is drawn at most.
const FRAME: Duration = Duration::from_millis(100);

/// A reason that has so many columns beside the rest needs no line of its own.
const ENOUGH: usize = 24;

/// Shows how waiting goes on.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Whether it is drawn; else lines are told.
    live: bool,
    settings: Settings,
    table: Table,
    drawn: Option<Instant>,
}

/// What is known of the objects.
#[derive(Debug)]
struct Table {
    goal: WaitGoal,
    begin: Instant,
    /// Objects that need no waiting.
    settled: usize,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    kind: String,
    namespace: String,
    name: String,
    state: String,
    reason: String,
    ready: bool,
    /// When it became as it should be.
    end: Option<Instant>,
}

impl Progress {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            live: Terminal::of_errors(settings).live,
            settings: settings.clone(),
            table: Table::new(WaitGoal::Ready, 0),
            drawn: None,
        }
    }

    /// Takes what happened, if it is of its concern.
    pub(crate) fn take(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::WaitBegins { goal, settled } => {
                self.table = Table::new(*goal, *settled);
                self.drawn = None;
            }
            Event::State { resource, state, reason } => {
                if !self.live {
                    let colon = if reason.is_empty() { "" } else { ": " };
                    let line =
                        format!("{} {} {state}{colon}{reason}", resource.kind, resource.name);
                    output::complain(&format!("{}\n", draw::harmless(&line)));
                }
                self.table.set(resource, state, reason);
                self.draw(false);
            }
            Event::Waiting => self.draw(false),
            Event::WaitEnds => {
                // What went by at once is not worth a line.
                if self.drawn.is_some() {
                    self.draw(true);
                    output::keep_drawn();
                }
            }
            _ => return false,
        }
        true
    }

    fn draw(&mut self, last: bool) {
        let recent = self.drawn.is_some_and(|at| at.elapsed() < FRAME);
        // The first picture is late enough for what is ready at once.
        let early = self.table.begin.elapsed() < FRAME;
        if !self.live || (!last && (recent || early)) {
            return;
        }
        self.drawn = Some(Instant::now());
        let terminal = Terminal::of_errors(&self.settings);
        output::draw(&self.table.picture(terminal, Instant::now(), last));
    }
}

impl Table {
    fn new(goal: WaitGoal, settled: usize) -> Self {
        Self { goal, begin: Instant::now(), settled, rows: Vec::new() }
    }

    fn set(&mut self, resource: &Resource, state: &str, reason: &str) {
        let ready = match self.goal {
            WaitGoal::Deleted => state == "NotFound",
            _ => state == "Current",
        };
        let namespace = resource.namespace.as_deref().unwrap_or_default();
        let known = self.rows.iter_mut().find(|row| {
            row.kind == resource.kind && row.name == resource.name && row.namespace == namespace
        });
        let end = ready.then(Instant::now);
        match known {
            Some(row) => {
                row.state = state.to_owned();
                row.reason = reason.to_owned();
                row.ready = ready;
                row.end = end;
            }
            None => self.rows.push(Row {
                kind: resource.kind.clone(),
                namespace: namespace.to_owned(),
                name: resource.name.clone(),
                state: state.to_owned(),
                reason: reason.to_owned(),
                ready,
                end,
            }),
        }
    }

    /// The lines: a heading, what is not ready, and what is, as far as there is room.
    fn picture(&self, terminal: Terminal, now: Instant, last: bool) -> Vec<String> {
        let open = self.rows.iter().filter(|row| !row.ready).count();
        let all = self.rows.len() + self.settled;
        let goal = match self.goal {
            WaitGoal::Deleted => "gone",
            WaitGoal::Done => "done",
            _ => "ready",
        };
        let passed = age(now.saturating_duration_since(self.begin));
        let heading = format!("{} of {all} objects are {goal} after {passed}", all - open);
        let mut lines = vec![cut(&heading, terminal.width)];
        // What failed is seen first; the rest keeps its order.
        let failed = self.rows.iter().filter(|row| !row.ready && row.state == "Failed");
        let waits = self.rows.iter().filter(|row| !row.ready && row.state != "Failed");
        let ready = self.rows.iter().filter(|row| row.ready && !last);
        let rows: Vec<&Row> = failed.chain(waits).chain(ready).collect();
        let widest = |of: fn(&Row) -> &str, most: usize| {
            rows.iter().map(|row| of(row).width()).max().unwrap_or_default().min(most)
        };
        let kind = widest(|row| &row.kind, 24.min(terminal.width * 2 / 5));
        let name = widest(|row| &row.name, terminal.width / 3);
        let state = widest(|row| &row.state, 12);
        // Kind, name, state and age with what is between them.
        let used = 2 + kind + 2 + name + 2 + state + 2 + 6;
        let beside = terminal.width.saturating_sub(used + 2);
        let column = |text: &str, width| pad(&cut(&draw::harmless(text), width), width);
        let mut shown = 0;
        for row in &rows {
            let time = age(row.end.unwrap_or(now).saturating_duration_since(self.begin));
            let before = format!("  {}  {}  ", column(&row.kind, kind), column(&row.name, name));
            let mut word = column(&row.state, state);
            if terminal.color {
                word = format!("\u{1b}[{}m{word}\u{1b}[0m", paint(row));
            }
            // Why it is well nobody asks.
            let reason = if row.ready { "" } else { &row.reason };
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            let reason = draw::harmless(&reason).into_owned();
            let mut own = vec![format!("{before}{word}  {time:>6}")];
            if beside >= ENOUGH || reason.width() <= beside {
                own = vec![format!("{before}{word}  {time:>6}  {}", cut(&reason, beside))];
            } else {
                own.push(cut(&format!("      {reason}"), terminal.width));
            }
            if lines.len() + own.len() + 2 > terminal.height && shown > 0 {
                break;
            }
            lines.extend(own.iter().map(|line| line.trim_end().to_owned()));
            shown += 1;
        }
        if rows.len() > shown {
            lines.push(cut(&format!("  … and {} more", rows.len() - shown), terminal.width));
        }
        lines
    }
}

/// The number of a state's colour.
fn paint(row: &Row) -> u8 {
    match (row.ready, row.state.as_str()) {
        (true, _) => 32,
        (_, "Failed") => 31,
        _ => 33,
    }
}

/// `7s`, `3m20s`, `2h05m`.
fn age(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

/// A text that is no wider, with `…` where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or_default();
        if used > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

fn pad(text: &str, width: usize) -> String {
    let spaces = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(spaces))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(kind: &str, name: &str) -> Resource {
        Resource {
            object: pintle_yaml::Value::Null,
            api_version: "v1".into(),
            kind: kind.into(),
            name: name.into(),
            namespace: None,
            plural: String::new(),
            source: None,
        }
    }

    fn table() -> Table {
        let mut table = Table::new(WaitGoal::Ready, 3);
        table.set(&resource("Service", "web"), "Current", "Service is ready");
        table.set(&resource("Deployment", "web"), "InProgress", "Available: 0/2\nof all");
        table.set(&resource("Job", "a-job-with-a-name-that-is-far-too-long"), "Failed", "no luck");
        table
    }

    #[test]
    fn every_object_has_a_line_that_fits() {
        let table = table();
        let now = table.begin + Duration::from_secs(75);
        let terminal = Terminal { color: false, live: true, width: 60, height: 24 };
        let lines = table.picture(terminal, now, false);
        assert_eq!(
            lines,
            [
                "4 of 6 objects are ready after 1m15s",
                "  Job         a-job-with-a-name-t…  Failed       1m15s",
                "      no luck",
                "  Deployment  web                   InProgress   1m15s",
                "      Available: 0/2 of all",
                "  Service     web                   Current         0s",
            ]
        );
        assert!(lines.iter().all(|line| line.width() <= 60));
        assert_eq!(table.picture(terminal, now, true).len(), 5);
        let wide = Terminal { width: 100, ..terminal };
        assert_eq!(
            table.picture(wide, now, true)[1..],
            [
                "  Job         a-job-with-a-name-that-is-far-to…  Failed       1m15s  no luck",
                "  Deployment  web                                InProgress   1m15s  Available: 0/2 of all",
            ]
        );
        // Less room: what is ready gives way first.
        let low = Terminal { height: 5, ..wide };
        let lines = table.picture(low, now, false);
        assert_eq!(lines.len(), 4);
        assert_eq!(lines.last().map(String::as_str), Some("  … and 1 more"));
    }

    #[test]
    fn colours_take_no_room() {
        let table = table();
        let color = Terminal { color: true, live: true, width: 80, height: 24 };
        let lines = table.picture(color, table.begin, false);
        assert!(lines[1].contains("\u{1b}[31mFailed    \u{1b}[0m"), "{lines:?}");
        let plain = table.picture(Terminal { color: false, ..color }, table.begin, false);
        let stripped = lines.iter().map(|line| {
            let mut out = line.clone();
            for code in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"] {
                out = out.replace(code, "");
            }
            out
        });
        assert_eq!(stripped.collect::<Vec<_>>(), plain);
    }

    #[test]
    fn ages_and_cuts() {
        assert_eq!(age(Duration::from_secs(7)), "7s");
        assert_eq!(age(Duration::from_secs(200)), "3m20s");
        assert_eq!(age(Duration::from_secs(7500)), "2h05m");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
