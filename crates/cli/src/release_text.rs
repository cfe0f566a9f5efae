//! A release as `status`, `install` and the others print it for people.

use std::fmt::Write as _;

use pintle_release::{EmitRelease, HookEvent, Release, Table, Time, release_values};
use pintle_yaml::Value;
use unicode_width::UnicodeWidthStr;

use crate::context::Context;
use crate::failure::Failure;
use crate::format::{self, Format};
use crate::paint::Paint;

/// Prints what was installed or upgraded to, as `--output` wants it.
pub(crate) fn print_deployed(context: &mut Context, release: &Release) -> Result<(), Failure> {
    let notes = !context.parsed.is("hide-notes");
    let text = match Format::of(&context.parsed) {
        Format::Table => of_people(context, release, notes)?,
        format => format.data(&EmitRelease::new(release))?,
    };
    context.print(&text);
    Ok(())
}

/// The release for people, with its values, hooks and manifest where `--debug` is set.
pub(crate) fn of_people(
    context: &Context,
    release: &Release,
    notes: bool,
) -> Result<String, Failure> {
    let computed = context.settings.debug.then(|| computed(release)).transpose()?;
    let paint = Paint::of(&context.settings);
    let computed = computed.as_ref();
    Shown { release, tables: &[], metadata: false, computed, notes, paint }.text()
}

/// The values that the templates saw.
pub(crate) fn computed(release: &Release) -> Result<Value, Failure> {
    release_values(release, true).map_err(|error| Failure::new(error.to_string()))
}

/// What is printed of a release.
pub(crate) struct Shown<'r> {
    pub(crate) release: &'r Release,
    /// The resources as they are on the cluster.
    pub(crate) tables: &'r [Table],
    /// The chart's name and version too.
    pub(crate) metadata: bool,
    /// The values too, these being the computed ones, then hooks and manifest.
    pub(crate) computed: Option<&'r Value>,
    pub(crate) notes: bool,
    pub(crate) paint: Paint,
}

impl Shown<'_> {
    /// The text, in Helm's form.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        let release = self.release;
        let info = &release.info;
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(text, "{name}: {value}");
        };
        line("NAME", &release.name);
        if let Some(time) = &info.last_deployed {
            line("LAST DEPLOYED", &time.ansic());
        }
        line("NAMESPACE", &self.paint.namespace(&release.namespace));
        line("STATUS", &self.paint.status(info.status, info.status.name()));
        line("REVISION", &release.version.to_string());
        if self.metadata {
            let metadata = &release.chart.metadata;
            line("CHART", &metadata.name);
            line("VERSION", &metadata.version);
            line("APP_VERSION", &metadata.app_version);
        }
        line("DESCRIPTION", &info.description);
        self.resources(&mut text);
        self.tests(&mut text);
        if let Some(computed) = self.computed {
            let _ = writeln!(text, "USER-SUPPLIED VALUES:\n{}", format::yaml(&release.config)?);
            let _ = writeln!(text, "COMPUTED VALUES:\n{}", format::yaml(computed)?);
        }
        if self.computed.is_some() || info.description.eq_ignore_ascii_case("Dry run complete") {
            text.push_str("HOOKS:\n");
            for hook in &release.hooks {
                let _ = writeln!(text, "---\n# Source: {}\n{}", hook.path, hook.manifest);
            }
            let _ = writeln!(text, "MANIFEST:\n{}", release.manifest);
        }
        if self.notes && !info.notes.is_empty() {
            let _ = writeln!(text, "NOTES:\n{}", info.notes.trim());
        }
        Ok(text)
    }

    fn resources(&self, text: &mut String) {
        if self.tables.is_empty() {
            return;
        }
        text.push_str("RESOURCES:\n");
        for table in self.tables {
            let _ = writeln!(text, "==> {}", table.kind);
            columns(table, text);
            text.push('\n');
        }
        text.push('\n');
    }

    fn tests(&self, text: &mut String) {
        let tests = self.release.hooks.iter().filter(|hook| hook.events.contains(&HookEvent::Test));
        let mut none = true;
        for hook in tests {
            none = false;
            // One that has not begun has nothing to tell.
            let Some(started) = &hook.last_run.started_at else { continue };
            let completed = hook.last_run.completed_at.as_ref().map_or_else(zero, Time::ansic);
            let _ = writeln!(
                text,
                "TEST SUITE:     {}\nLast Started:   {}\nLast Completed: {completed}\nPhase:          {}",
                hook.name,
                started.ansic(),
                hook.last_run.phase
            );
        }
        if none {
            text.push_str("TEST SUITE: None\n");
        }
    }
}

/// Go's zero time in its ANSI C form.
fn zero() -> String {
    "Mon Jan  1 00:00:00 0001".to_owned()
}

/// A table as kubectl prints it: three spaces between the columns.
fn columns(table: &Table, text: &mut String) {
    const GAP: usize = 3;
    let titles: Vec<String> = table.columns.iter().map(|title| title.to_uppercase()).collect();
    let rows = || std::iter::once(&titles).chain(&table.rows);
    let count = rows().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count)
        .map(|column| rows().filter_map(|row| row.get(column)).map(|cell| cell.width()).max())
        .map(Option::unwrap_or_default)
        .collect();
    for row in rows() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            text.push_str(cell);
            if column + 1 < row.len() {
                text.extend(std::iter::repeat_n(' ', width - cell.width() + GAP));
            }
        }
        text.push('\n');
    }
}
