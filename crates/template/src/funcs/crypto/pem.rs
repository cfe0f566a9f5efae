//! PEM: base 64 between lines that name what it is.

use crate::funcs::encoding::{encode_base64, strict_base64};

/// A block.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) label: String,
    pub(super) bytes: Vec<u8>,
}

/// Writes a block in lines of 64 characters.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    let text = encode_base64(bytes);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// Reads the first block that is one; text around it does not matter.
pub(super) fn decode(text: &str) -> Option<Block> {
    let mut rest = text;
    loop {
        let start = if rest.starts_with(BEGIN) { 0 } else { rest.find("\n-----BEGIN ")? + 1 };
        rest = rest.get(start + BEGIN.len()..)?;
        let (line, body) = rest.split_once('\n').unwrap_or((rest, ""));
        if let Some(label) = line.trim_end().strip_suffix("-----")
            && let Some(block) = body_of(label, body)
        {
            return Some(block);
        }
    }
}

const BEGIN: &str = "-----BEGIN ";

fn body_of(label: &str, body: &str) -> Option<Block> {
    let end = format!("-----END {label}-----");
    let at = if body.starts_with(&end) { 0 } else { body.find(&format!("\n{end}"))? + 1 };
    let mut body = body.get(..at)?;
    // Headers such as `Proc-Type: …` come first.
    while let Some((line, rest)) = body.split_once('\n')
        && line.contains(':')
    {
        body = rest;
    }
    let text: Vec<u8> = body.bytes().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    Some(Block { label: label.to_owned(), bytes: strict_base64(&text).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_found_in_text() {
        let bytes: Vec<u8> = (0..100).collect();
        let text = format!("some text\n-----BEGIN X-----\n{}", encode("A KEY", &bytes));
        let block = decode(&text.replace('\n', "\r\n")).unwrap();
        assert_eq!((block.label.as_str(), block.bytes), ("A KEY", bytes));
        assert!(decode("-----BEGIN A-----\nAAAA\n-----END B-----\n").is_none());
        assert!(decode("").is_none());
    }
}
