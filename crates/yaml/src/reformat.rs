//! Texts written anew, as they are, by the rules of go-yaml v3's encoder for nodes.

/// How deep collections may nest.
const MAX_DEPTH: usize = 200;

/// A longer key needs a `?` before it.
const MAX_KEY: usize = 120;

/// Writes one document as `sigs.k8s.io/kustomize/kyaml` does after reading it: two spaces for each
/// level, sequences below their key, no blank lines, comments and quotes as they were.
///
/// The text must be good YAML. `None`: it has something whose form only the whole library knows, such
/// as anchors, tags, or comments that stand apart.
///
/// ```
/// let text = "a:   1\n\nlist:\n    - x:  [1,2] # why\n";
/// assert_eq!(pintle_yaml::reformat(text).as_deref(), Some("a: 1\nlist:\n- x: [1, 2] # why\n"));
/// ```
pub fn reformat(text: &str) -> Option<String> {
    if !text.chars().all(is_plain_char) {
        return None;
    }
    let ends = text.ends_with('\n');
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    let mut writer = Writer {
        lines,
        at: 0,
        ends,
        out: String::new(),
        open: Vec::new(),
        waiting: Waiting::Nothing,
    };
    writer.document()?;
    Some(writer.out)
}

/// What go-yaml writes without an escape; a tab it does not, but in block texts.
fn is_plain_char(c: char) -> bool {
    matches!(c, '\n' | '\t' | ' '..='~' | '\u{a0}'..='\u{ffff}')
        && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// An open block collection.
#[derive(Clone, Copy)]
struct Open {
    seq: bool,
    /// Its column in the text.
    from: usize,
    /// Its column in what is written.
    to: usize,
}

struct Writer<'t> {
    lines: Vec<&'t str>,
    at: usize,
    /// Whether the text ends with a line break.
    ends: bool,
    out: String,
    open: Vec<Open>,
    /// What has no value yet; the line that is written goes on behind it.
    waiting: Waiting,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Waiting {
    #[default]
    Nothing,
    /// An item, of which the dash is written.
    Item,
    /// An entry, of which the key and the colon are written.
    Entry,
}

impl<'t> Writer<'t> {
    fn document(&mut self) -> Option<()> {
        let mut comments: Vec<&str> = Vec::new();
        let mut apart = false;
        while let Some(&line) = self.lines.get(self.at) {
            self.at += 1;
            let text = line.trim_start_matches(' ');
            let column = line.len() - text.len();
            let trimmed = text.trim_end_matches([' ', '\t']);
            if trimmed.len() < text.len() && trimmed.contains(" #") {
                return None;
            }
            let text = trimmed;
            if text.is_empty() {
                apart = true;
                continue;
            }
            if text.starts_with('#') {
                if apart && !comments.is_empty() {
                    return None;
                }
                apart = false;
                comments.push(line);
                continue;
            }
            if text.starts_with('\t') || text.starts_with("---") || text.starts_with("...") {
                return None;
            }
            let head = self.out.is_empty() && self.open.is_empty();
            let waiting = std::mem::take(&mut self.waiting);
            let deeper = self.open.last().is_some_and(|top| column > top.from);
            let item = is_item(text);
            if waiting != Waiting::Nothing && deeper && !item && key(text).is_none() {
                if !comments.is_empty() {
                    return None;
                }
                self.out.push(' ');
                self.value(text)?;
                apart = false;
                continue;
            }
            let depth = self.open.len();
            let to = self.enter(column, item, waiting)?;
            let inline = waiting == Waiting::Item && self.open.len() > depth;
            if inline && !comments.is_empty() {
                return None;
            }
            if waiting != Waiting::Nothing && !inline {
                self.out.push('\n');
            }
            if !comments.is_empty() && text == "-" {
                return None;
            }
            if !comments.is_empty() {
                // What stands alone at the start is the document's; go-yaml keeps the space.
                if apart && !head {
                    return None;
                }
                for comment in comments.drain(..) {
                    let text = comment.trim_start_matches(' ');
                    if comment.len() - text.len() != column {
                        return None;
                    }
                    self.indent(to);
                    self.out.push_str(text);
                    self.out.push('\n');
                }
                if apart {
                    self.out.push('\n');
                }
            }
            apart = false;
            if inline {
                self.out.push(' ');
            } else {
                self.indent(to);
            }
            self.cell(text, column)?;
        }
        if self.waiting != Waiting::Nothing {
            self.out.push('\n');
        }
        if comments.is_empty() && !self.open.is_empty() { Some(()) } else { None }
    }

    fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    /// Finds or opens the collection that a line at `column` belongs to; its column in the output.
    fn enter(&mut self, column: usize, item: bool, waiting: Waiting) -> Option<usize> {
        while let Some(top) = self.open.last().copied() {
            if top.from > column || top.from == column && top.seq && !item {
                self.open.pop();
                continue;
            }
            if top.from == column && top.seq == item {
                return Some(top.to);
            }
            if waiting == Waiting::Nothing {
                return None;
            }
            // Deeper, or a sequence right below its key.
            let to = if item && !top.seq { top.to } else { top.to + 2 };
            return self.push(item, column, to);
        }
        if self.out.is_empty() { self.push(item, column, 0) } else { None }
    }

    fn push(&mut self, seq: bool, from: usize, to: usize) -> Option<usize> {
        if self.open.len() >= MAX_DEPTH {
            return None;
        }
        self.open.push(Open { seq, from, to });
        Some(to)
    }

    /// Writes an item or an entry, whose collection is open, from its dash or key on.
    fn cell(&mut self, mut text: &'t str, mut column: usize) -> Option<()> {
        while is_item(text) {
            let rest = text.get(1..)?;
            let value = rest.trim_start_matches(' ');
            self.out.push('-');
            if value.is_empty() {
                self.waiting = Waiting::Item;
                return Some(());
            }
            if value.starts_with(['#', '\t']) {
                return None;
            }
            self.out.push(' ');
            column += text.len() - value.len();
            text = value;
            let is_entry = is_item(text) || key(text).is_some();
            if !is_entry {
                return self.value(text);
            }
            let to = self.open.last()?.to + 2;
            self.push(is_item(text), column, to)?;
        }
        let length = key(text)?;
        if length > MAX_KEY {
            return None;
        }
        let (name, rest) = (text.get(..length)?, text.get(length + 1..)?);
        if name == "<<" {
            return None;
        }
        self.out.push_str(name);
        self.out.push(':');
        let value = rest.trim_start_matches(' ');
        if value.is_empty() {
            self.waiting = Waiting::Entry;
            return Some(());
        }
        self.out.push(' ');
        self.value(value)
    }

    /// Writes a value that begins on the line of its key or dash.
    fn value(&mut self, text: &'t str) -> Option<()> {
        match text.as_bytes().first()? {
            b'|' | b'>' => self.block(text),
            b'[' | b'{' => self.flow(text),
            b'"' | b'\'' => {
                let length = quoted(text)?;
                self.scalar(text.get(..length)?, text.get(length..)?)
            }
            b'#' | b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b'\t' | b']' | b'}' | b',' => None,
            b'?' | b':' | b'-' if text.len() == 1 || text.as_bytes().get(1) == Some(&b' ') => None,
            _ => self.plain(text),
        }
    }

    fn scalar(&mut self, value: &str, rest: &str) -> Option<()> {
        self.out.push_str(value);
        let rest = rest.trim_matches(' ');
        if !rest.is_empty() {
            if !rest.starts_with('#') {
                return None;
            }
            self.out.push(' ');
            self.out.push_str(rest);
        }
        self.out.push('\n');
        Some(())
    }

    fn plain(&mut self, text: &'t str) -> Option<()> {
        let end = text.find(" #").unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        let value = value.trim_end_matches(' ');
        let marker = value.starts_with("---") || value.starts_with("...");
        if marker || value.contains(": ") || value.ends_with(':') || value.contains('\t') {
            return None;
        }
        let mut value = value.to_owned();
        let from = self.open.last()?.from;
        while let Some(line) = self.lines.get(self.at) {
            let more = line.trim_matches(' ');
            if more.is_empty() || more.starts_with('#') || column(line) <= from {
                break;
            }
            if !rest.is_empty() || more.contains(" #") || more.contains(": ") || more.ends_with(':')
            {
                return None;
            }
            value.push(' ');
            value.push_str(more);
            self.at += 1;
        }
        if value.contains('\t') {
            return None;
        }
        self.scalar(&value, rest)
    }

    /// A collection in brackets, on one line.
    fn flow(&mut self, text: &'t str) -> Option<()> {
        let mut text = text.to_owned();
        loop {
            if let Some((written, length)) = Flow::write(&text)? {
                return self.scalar(&written, text.get(length..)?);
            }
            let more = self.lines.get(self.at)?.trim_matches(' ');
            self.at += 1;
            if more.starts_with('#') || more.contains(" #") {
                return None;
            }
            text.push(' ');
            text.push_str(more);
        }
    }

    /// A text behind `|` or `>`.
    fn block(&mut self, header: &str) -> Option<()> {
        let folded = header.starts_with('>');
        let (mut chomp, mut digit) = (' ', None);
        for c in header.chars().skip(1) {
            match c {
                '+' | '-' => chomp = c,
                '1'..='9' => digit = c.to_digit(10),
                _ => return None,
            }
        }
        let open = *self.open.last()?;
        let rest = self.lines.get(self.at..)?;
        let first = rest.iter().find(|line| !line.trim_matches(' ').is_empty());
        let indent = match digit {
            Some(digit) => open.from + digit as usize,
            None => first.map_or(0, |line| column(line)),
        };
        if indent <= open.from {
            return None;
        }
        let inside = |line: &&&str| column(line) >= indent || line.trim_matches(' ').is_empty();
        let count = rest.iter().take_while(inside).count();
        let texts: Vec<&str> =
            rest.iter().take(count).map(|l| l.get(indent..).unwrap_or("")).collect();
        let full = texts.iter().rposition(|text| !text.is_empty())? + 1;
        self.at += count;
        let last = self.at == self.lines.len();
        // At the text's end only the line breaks that are there count.
        let breaks = (count - full) + usize::from(!last || self.ends);
        let mut value =
            if folded { fold(texts.get(..full)?)? } else { texts.get(..full)?.join("\n") };
        match chomp {
            '-' => {}
            '+' => value.extend(std::iter::repeat_n('\n', breaks)),
            _ => value.extend(std::iter::repeat_n('\n', breaks.min(1))),
        }
        if value.ends_with(' ') || value.contains(" \n") {
            self.out.push_str(&escaped(&value));
            self.out.push('\n');
            return Some(());
        }
        let trailing = value.len() - value.trim_end_matches('\n').len();
        if trailing > 1 && (last || folded) {
            return None;
        }
        self.out.push(if folded { '>' } else { '|' });
        if value.starts_with([' ', '\n']) {
            if folded {
                return None;
            }
            self.out.push('2');
        }
        match trailing {
            0 => self.out.push('-'),
            1 => {}
            _ => self.out.push('+'),
        }
        self.out.push('\n');
        let body = value.get(..value.len() - trailing)?;
        for line in body.split('\n') {
            if !line.is_empty() {
                self.indent(open.to + 2);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
        // go-yaml writes a line break of a folded text as two, the last one too.
        let more = trailing.saturating_sub(usize::from(!folded));
        self.out.extend(std::iter::repeat_n('\n', more));
        Some(())
    }
}

fn column(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// Lines of a folded text as the paragraphs that they are, with the blank lines between them.
fn fold(lines: &[&str]) -> Option<String> {
    let mut value = String::new();
    for line in lines {
        if line.starts_with([' ', '\t']) || line.ends_with([' ', '\t']) {
            return None;
        }
        match (line.is_empty(), value.is_empty() || value.ends_with('\n')) {
            (true, true) if value.is_empty() => return None,
            // What is written for one line break of the value is two.
            (true, true) => value.push('\n'),
            (true, false) => value.push_str("\n\n"),
            (false, true) => value.push_str(line),
            (false, false) => {
                value.push(' ');
                value.push_str(line);
            }
        }
    }
    Some(value)
}

/// The length of the key that a text begins with.
fn key(text: &str) -> Option<usize> {
    let length = match text.as_bytes().first()? {
        b'"' | b'\'' => quoted(text)?,
        b'[' | b'{' | b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'#' | b','
        | b']' | b'}' => return None,
        b'?' if text.get(1..2).is_none_or(|next| next == " ") => return None,
        _ => {
            let colon = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1));
            let colon = colon?;
            let key = text.get(..colon)?;
            let odd = matches!(key, "" | "-" | ":" | "?") || key.starts_with("---");
            if odd || key.contains(" #") || key.ends_with([' ', ':']) || key.contains('\t') {
                return None;
            }
            colon
        }
    };
    let after = text.get(length..)?;
    (after == ":" || after.starts_with(": ")).then_some(length)
}

/// The length of the quoted text that a text begins with, if it would be written as it stands.
fn quoted(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    let (_, quote) = bytes.next()?;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\t' => return None,
            b'\\' if quote == b'"' => {
                let (_, escape) = bytes.next()?;
                if !matches!(
                    escape,
                    b'"' | b'\\' | b'n' | b't' | b'r' | b'0' | b'a' | b'b' | b'e' | b'v' | b'f'
                ) {
                    return None;
                }
            }
            b'\'' if quote == b'\'' && text.as_bytes().get(at + 1) == Some(&b'\'') => {
                bytes.next();
            }
            byte if byte == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A text in double quotes.
fn escaped(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A collection in brackets that is written on one line.
struct Flow<'t> {
    text: &'t str,
    at: usize,
    out: String,
}

impl<'t> Flow<'t> {
    /// The text of the collection that a text begins with, and its length; inside: `None` when more
    /// lines are needed.
    fn write(text: &'t str) -> Option<Option<(String, usize)>> {
        let mut flow = Flow { text, at: 0, out: String::new() };
        match flow.node(0) {
            Some(true) => Some(Some((flow.out, flow.at))),
            Some(false) => Some(None),
            None => None,
        }
    }

    fn peek(&mut self) -> Option<u8> {
        while self.text.as_bytes().get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.as_bytes().get(self.at).copied()
    }

    /// Whether the node is complete.
    fn node(&mut self, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let Some(first) = self.peek() else { return Some(false) };
        let end = match first {
            b'[' => b']',
            b'{' => b'}',
            b'"' | b'\'' => {
                let length = quoted(self.text.get(self.at..)?)?;
                self.out.push_str(self.text.get(self.at..self.at + length)?);
                self.at += length;
                return Some(true);
            }
            b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'#' | b'?' | b']' | b'}'
            | b',' | b':' | b'-' => return self.number(),
            _ => return self.word(),
        };
        self.at += 1;
        self.out.push(char::from(first));
        let mut count = 0;
        loop {
            match self.peek() {
                None => return Some(false),
                Some(byte) if byte == end => {
                    self.at += 1;
                    self.out.push(char::from(end));
                    return Some(true);
                }
                Some(_) => {}
            }
            if count > 0 {
                self.out.push_str(", ");
            }
            count += 1;
            if !self.node(depth + 1)? {
                return Some(false);
            }
            if first == b'{' {
                let adjacent = self.out.ends_with(['"', '\'']);
                match self.peek() {
                    None => return Some(false),
                    Some(b':') => {}
                    Some(_) => return None,
                }
                self.at += 1;
                if !adjacent && self.text.as_bytes().get(self.at).is_some_and(|b| *b != b' ') {
                    return None;
                }
                match self.peek() {
                    None => return Some(false),
                    Some(b',' | b'}') => return None,
                    Some(_) => {}
                }
                self.out.push_str(": ");
                if !self.node(depth + 1)? {
                    return Some(false);
                }
            }
            match self.peek() {
                None => return Some(false),
                Some(b',') => self.at += 1,
                Some(byte) if byte == end => {}
                Some(_) => return None,
            }
        }
    }

    /// A plain text that begins with a dash.
    fn number(&mut self) -> Option<bool> {
        let rest = self.text.get(self.at..)?.as_bytes();
        match rest {
            [b'-', next, ..] if !matches!(next, b' ' | b',' | b']' | b'}' | b'[' | b'{') => {
                self.word()
            }
            _ => None,
        }
    }

    fn word(&mut self) -> Option<bool> {
        let rest = self.text.get(self.at..)?;
        let stop = |(at, byte): (usize, u8)| {
            let next = rest.as_bytes().get(at + 1);
            match byte {
                b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'\t' => true,
                b':' => next.is_none_or(|next| matches!(next, b' ' | b',' | b']' | b'}')),
                _ => false,
            }
        };
        let end = rest.bytes().enumerate().find(|&found| stop(found)).map(|(at, _)| at);
        let end = end.unwrap_or(rest.len());
        if matches!(rest.as_bytes().get(end), Some(b'#' | b'[' | b'{' | b'\t')) {
            return None;
        }
        let word = rest.get(..end)?.trim_end_matches(' ');
        if word.contains("  ") || word == "<<" {
            return None;
        }
        self.out.push_str(word);
        self.at += end;
        Some(true)
    }
}
