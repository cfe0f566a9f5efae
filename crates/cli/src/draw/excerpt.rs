//! A line of a file with a caret below it.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::{Paint, harmless};
use crate::terminal::Terminal;

/// A place in a file.
#[derive(Debug, Clone)]
pub(crate) struct Excerpt {
    file: String,
    line: usize,
    source: String,
    /// The columns to point at, from 1 on, in characters.
    columns: Range<usize>,
    /// What the place has to do with it.
    label: String,
    /// Lines around it, with their numbers.
    around: Vec<(usize, String)>,
}

impl Excerpt {
    /// A place in a file; `columns` counts characters from 1 on. Without a source line only the
    /// place is named.
    pub(crate) fn new(
        file: impl Into<String>,
        line: usize,
        source: impl Into<String>,
        columns: Range<usize>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            source: source.into(),
            columns,
            label: String::new(),
            around: Vec::new(),
        }
    }

    /// Says what the place has to do with it.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Shows other lines of the file too.
    pub(crate) fn around(mut self, lines: Vec<(usize, String)>) -> Self {
        self.around = lines;
        self
    }

    /// How many columns its greatest line number takes.
    pub(crate) fn number_width(&self) -> usize {
        let greatest = self.around.iter().map(|(line, _)| *line).max().unwrap_or(0).max(self.line);
        greatest.checked_ilog10().unwrap_or(0) as usize + 1
    }

    pub(crate) fn draw(&self, text: &mut String, margin: usize, terminal: Terminal) {
        let paint = Paint(terminal.color);
        let (blue, red, plain) = (paint.blue(), paint.red(), paint.plain());
        let file = harmless(&self.file);
        let _ = write!(text, "{:margin$}{blue}-->{plain} {file}", "");
        if self.line > 0 {
            let _ = write!(text, ":{}", self.line);
            if self.columns.start > 0 {
                let _ = write!(text, ":{}", self.columns.start);
            }
        }
        text.push('\n');
        if self.line == 0 || self.source.trim().is_empty() && self.around.is_empty() {
            return;
        }
        let room = terminal.width.saturating_sub(margin + 3);
        let cut = Cut::new(&self.source, &self.columns, room);
        let _ = writeln!(text, "{:margin$} {blue}|{plain}", "");
        let neighbour = |text: &mut String, (number, line): &(usize, String)| {
            let line = Cut::new(line, &(1..1), room).shown;
            let _ = writeln!(text, "{blue}{number:>margin$} |{plain} {line}");
        };
        for line in self.around.iter().filter(|(number, _)| *number < self.line) {
            neighbour(text, line);
        }
        let _ = writeln!(text, "{blue}{:>margin$} |{plain} {}", self.line, cut.shown);
        if cut.carets > 0 {
            let _ = write!(
                text,
                "{:margin$} {blue}|{plain} {:indent$}{red}{}",
                "",
                "",
                "^".repeat(cut.carets),
                indent = cut.indent
            );
            if !self.label.is_empty() {
                let _ = write!(text, " {}", harmless(&self.label));
            }
            let _ = writeln!(text, "{plain}");
        }
        for line in self.around.iter().filter(|(number, _)| *number > self.line) {
            neighbour(text, line);
        }
    }
}

/// A line cut so that it fits and still shows the place.
struct Cut {
    shown: String,
    /// Columns before the first caret.
    indent: usize,
    carets: usize,
}

impl Cut {
    fn new(line: &str, columns: &Range<usize>, room: usize) -> Self {
        let room = room.max(16);
        // Each character as it is shown, with its width and its place in the line.
        let mut cells: Vec<(String, usize, bool)> = Vec::new();
        for (at, c) in line.trim_end().chars().enumerate() {
            // What nobody will see need not be looked at.
            if at > columns.end.max(columns.start) + room {
                break;
            }
            let marked = columns.contains(&(at + 1));
            if c == '\t' {
                cells.push(("    ".to_owned(), 4, marked));
            } else {
                let safe = harmless(c.encode_utf8(&mut [0; 4])).into_owned();
                let width = safe.chars().map(|c| c.width().unwrap_or(0)).sum();
                cells.push((safe, width, marked));
            }
        }
        let total: usize = cells.iter().map(|cell| cell.1).sum();
        let mut skip = 0;
        if total > room {
            // A third of the room goes to what stands before the place.
            let before: usize =
                cells.iter().take(columns.start.saturating_sub(1)).map(|cell| cell.1).sum();
            let hidden = before.saturating_sub(room / 3).min(total.saturating_sub(room) + 1);
            let mut width = 0;
            while width < hidden
                && let Some(cell) = cells.get(skip)
            {
                width += cell.1;
                skip += 1;
            }
        }
        let mut cut = Cut { shown: String::new(), indent: 0, carets: 0 };
        let mut used = 0;
        if skip > 0 {
            cut.shown.push('…');
            used = 1;
        }
        for (shown, width, marked) in cells.iter().skip(skip) {
            if used + width > room.saturating_sub(1) && total > room {
                cut.shown.push('…');
                break;
            }
            cut.shown.push_str(shown);
            if *marked {
                if cut.carets == 0 {
                    cut.indent = used;
                }
                cut.carets += (*width).max(1);
            }
            used += width;
        }
        if cut.carets == 0 && columns.start > cells.len() {
            // Just behind the line's end.
            cut.indent = used;
            cut.carets = 1;
        } else if cut.carets == 0 && columns.start > 0 && columns.start != columns.end {
            cut.indent = used.min(room);
            cut.carets = 1;
        }
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(line: &str, columns: Range<usize>, width: usize) -> String {
        let mut text = String::new();
        Excerpt::new("f", 1, line, columns).draw(
            &mut text,
            1,
            Terminal { color: false, live: false, width, height: 24 },
        );
        text
    }

    #[test]
    fn carets_stand_below_wide_characters_and_tabs() {
        assert_eq!(drawn("\tä名: x", 3..4, 80), " --> f:1:3\n  |\n1 |     ä名: x\n  |      ^^\n");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = format!("{}HERE{}", "a".repeat(100), "b".repeat(100));
        let text = drawn(&line, 101..105, 40);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].chars().count() <= 40, "{text}");
        assert!(lines[2].contains("HERE"), "{text}");
        let column =
            lines[2].chars().collect::<Vec<_>>().windows(4).position(|w| w == ['H', 'E', 'R', 'E']);
        assert_eq!(lines[3].find('^'), column, "{text}");
    }

    #[test]
    fn a_place_at_the_lines_end_is_shown() {
        assert_eq!(drawn("ab", 3..4, 80), " --> f:1:3\n  |\n1 | ab\n  |   ^\n");
    }

    #[test]
    fn without_a_line_the_file_is_named() {
        let mut text = String::new();
        Excerpt::new("f", 0, "", 0..0).draw(
            &mut text,
            1,
            Terminal { color: false, live: false, width: 80, height: 24 },
        );
        assert_eq!(text, " --> f\n");
    }
}
