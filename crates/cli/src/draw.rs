//! Drawing what went wrong and where: the place in a file with a caret, how it came to that, the
//! values that took part.
//!
//! Nothing is said by colour alone. What comes from charts is made harmless for terminals.

mod chart;
mod excerpt;
mod render;
mod template;
mod text;

use std::fmt::Write as _;

pub(crate) use chart::chart;
pub(crate) use excerpt::Excerpt;
pub(crate) use render::{invalid_documents, invalid_values, render_errors};
pub(crate) use template::template;
pub(crate) use text::harmless;

use crate::terminal::Terminal;

/// One thing that went wrong.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What went wrong here, if Helm's line does not say so already.
    pub(crate) title: Option<String>,
    pub(crate) excerpts: Vec<Excerpt>,
    /// What else there is to know, each with what it is: `note`, `help`, `value`.
    pub(crate) notes: Vec<(&'static str, String)>,
}

/// Draws all reports below each other.
pub(crate) fn draw(reports: &[Report], terminal: Terminal) -> String {
    let mut text = String::new();
    for report in reports {
        if !text.is_empty() {
            text.push('\n');
        }
        report.draw(&mut text, terminal);
    }
    text
}

impl Report {
    fn draw(&self, text: &mut String, terminal: Terminal) {
        let paint = Paint(terminal.color);
        if let Some(title) = &self.title {
            let _ = writeln!(text, "{}{}{}", paint.bold(), harmless(title), paint.plain());
        }
        let margin = self.excerpts.iter().map(Excerpt::number_width).max().unwrap_or(1);
        for excerpt in &self.excerpts {
            excerpt.draw(text, margin, terminal);
        }
        for (kind, note) in &self.notes {
            let mut lines = note.lines();
            let first = harmless(lines.next().unwrap_or_default());
            let (blue, plain) = (paint.blue(), paint.plain());
            let _ = writeln!(text, "{:margin$} {blue}={plain} {kind}: {first}", "");
            for line in lines {
                let _ = writeln!(text, "{:margin$}     {}", "", harmless(line));
            }
        }
    }
}

/// The escape sequences for colours, or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    fn code(self, code: &'static str) -> &'static str {
        if self.0 { code } else { "" }
    }

    pub(crate) fn bold(self) -> &'static str {
        self.code("\x1b[1m")
    }

    pub(crate) fn red(self) -> &'static str {
        self.code("\x1b[1;31m")
    }

    pub(crate) fn blue(self) -> &'static str {
        self.code("\x1b[1;34m")
    }

    pub(crate) fn plain(self) -> &'static str {
        self.code("\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Terminal = Terminal { color: false, live: false, width: 80, height: 24 };

    fn report() -> Report {
        let source = "  name: {{ .Values.nmae }}";
        Report {
            title: None,
            excerpts: vec![Excerpt::new("web/templates/x.yaml", 12, source, 12..24)],
            notes: vec![
                ("value", ".Values.nmae is not set".to_owned()),
                ("help", "did you mean .Values.name?".to_owned()),
            ],
        }
    }

    #[test]
    fn a_place_is_drawn_with_a_caret_and_notes() {
        assert_eq!(
            draw(&[report()], PLAIN),
            concat!(
                "  --> web/templates/x.yaml:12:12\n",
                "   |\n",
                "12 |   name: {{ .Values.nmae }}\n",
                "   |            ^^^^^^^^^^^^\n",
                "   = value: .Values.nmae is not set\n",
                "   = help: did you mean .Values.name?\n",
            )
        );
    }

    #[test]
    fn colours_change_no_text() {
        let colored =
            draw(&[report()], Terminal { color: true, live: false, width: 80, height: 24 });
        assert!(colored.contains("\x1b["));
        let mut stripped = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once("\x1b[") {
            stripped.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        stripped.push_str(rest);
        assert_eq!(stripped, draw(&[report()], PLAIN));
    }
}
