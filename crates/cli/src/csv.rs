//! The first record of a CSV text, as Go's `encoding/csv` reads it: so the values of list flags
//! are cut.

/// Cuts `text` at its commas; quoted fields may hold commas, quotes and line breaks.
///
/// # Errors
///
/// Go's text for a misplaced quote, or `EOF` where there are only line breaks.
pub(crate) fn record(text: &str) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    if text.is_empty() {
        return Ok(fields);
    }
    // `\r\n` counts as `\n`, and a `\r` at the very end as nothing.
    let text = text.strip_suffix('\r').unwrap_or(text).replace("\r\n", "\n");
    let mut lines = Lines { rest: &text, number: 0 };
    let mut line = loop {
        match lines.next() {
            Some("\n") => {}
            Some(line) => break line,
            None => return Err("EOF".to_owned()),
        }
    };
    let first = lines.number;
    let (mut row, mut column) = (first, 1);
    loop {
        if let Some(quoted) = line.strip_prefix('"') {
            let mut field = String::new();
            (line, column) = (quoted, column + 1);
            loop {
                let Some((before, after)) = line.split_once('"') else {
                    if line.is_empty() {
                        return Err(misplaced(first, row, column, IN_QUOTED));
                    }
                    field.push_str(line);
                    column += line.len();
                    line = match lines.next() {
                        Some(next) => {
                            (row, column) = (row + 1, 1);
                            next
                        }
                        None => "",
                    };
                    continue;
                };
                field.push_str(before);
                column += before.len() + 1;
                line = after;
                if let Some(rest) = line.strip_prefix('"') {
                    field.push('"');
                    (line, column) = (rest, column + 1);
                } else if line.starts_with(',') || line.is_empty() || line == "\n" {
                    break;
                } else {
                    return Err(misplaced(first, lines.number, column - 1, IN_QUOTED));
                }
            }
            fields.push(field);
        } else {
            let end = line.find(',').unwrap_or(line.len() - usize::from(line.ends_with('\n')));
            let (field, rest) = line.split_at(end);
            if let Some(at) = field.find('"') {
                return Err(misplaced(
                    first,
                    lines.number,
                    column + at,
                    "bare \" in non-quoted-field",
                ));
            }
            fields.push(field.to_owned());
            (line, column) = (rest, column + end);
        }
        match line.strip_prefix(',') {
            Some(rest) => (line, column) = (rest, column + 1),
            None => return Ok(fields),
        }
    }
}

const IN_QUOTED: &str = "extraneous or missing \" in quoted-field";

fn misplaced(first: usize, line: usize, column: usize, what: &str) -> String {
    if first == line {
        format!("parse error on line {line}, column {column}: {what}")
    } else {
        format!("record on line {first}; parse error on line {line}, column {column}: {what}")
    }
}

/// Lines with their line breaks.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn fields_are_cut_as_go_cuts_them() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("a", &["a"]),
            ("a,b", &["a", "b"]),
            ("a,,b,", &["a", "", "b", ""]),
            (",", &["", ""]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"a\"\"b\"", &["a\"b"]),
            (" a , b ", &[" a ", " b "]),
            ("a,b\nc,d", &["a", "b"]),
            ("\n\na", &["a"]),
            ("\"a\nb\",c", &["a\nb", "c"]),
            ("a\r\nb", &["a"]),
            ("\"a\r\nb\"\r", &["a\nb"]),
            ("ä,ö", &["ä", "ö"]),
        ];
        for (text, fields) in table {
            assert_eq!(
                record(text).as_deref(),
                Ok(*fields)
                    .map(|f| { f.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>() })
                    .as_deref(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn misplaced_quotes_are_refused() {
        let table = [
            ("a,\"b", "parse error on line 1, column 5: extraneous or missing \" in quoted-field"),
            ("a\"b", "parse error on line 1, column 2: bare \" in non-quoted-field"),
            ("\"a\"b", "parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
            ("\n", "EOF"),
            ("\r", "EOF"),
        ];
        for (text, message) in table {
            assert_eq!(record(text), Err(message.to_owned()), "{text:?}");
        }
    }
}
