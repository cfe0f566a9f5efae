//! Tables as Helm prints them: columns padded to their widest cell, a tab between them.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Draws `rows`, none wider than `max_width` in any column; 0 sets no bound. The last line has no
/// line break.
pub(crate) fn table(rows: &[Vec<String>], max_width: usize) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = cell.lines().map(UnicodeWidthStr::width).max().unwrap_or_default();
            let width = if max_width == 0 { width } else { width.min(max_width) };
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let drawn: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| fit(cell, *width)).collect();
            cells.join("\t")
        })
        .collect();
    drawn.join("\n")
}

/// Pads a cell to `width`, or cuts it with `...` at its end.
fn fit(cell: &str, width: usize) -> String {
    let own = cell.width();
    if width == 0 || own == width {
        return cell.to_owned();
    }
    let mut text = String::with_capacity(width);
    if own < width {
        text.push_str(cell);
        text.extend(std::iter::repeat_n(' ', width - own));
        return text;
    }
    let mut used = 0;
    for c in cell.chars() {
        text.push(c);
        let next = used + c.width().unwrap_or_default();
        // One character always stays, however narrow the column.
        if next + 3 >= width {
            break;
        }
        used = next;
    }
    text.push_str("...");
    text
}

#[cfg(test)]
mod tests {
    use super::{fit, table};

    #[test]
    fn columns_are_padded_and_cut() {
        let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let rows = [row(&["NAME", "V"]), row(&["a", "1.2.3"]), row(&["abcdefghijkl", ""])];
        assert_eq!(table(&rows, 8), "NAME    \tV    \na       \t1.2.3\nabcde...\t     ");
        assert_eq!(table(&[], 8), "");
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(fit("名前", 6), "名前  ");
        assert_eq!(fit("abcdef", 2), "a...");
    }
}
