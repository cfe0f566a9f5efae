//! The text that is signed: the metadata, and digests of files.

use data_encoding::HEXLOWER;
use pintle_yaml::{Map, ReadOptions, Root, Value};
use sha2::{Digest, Sha256};

use crate::Error;

/// Stands between the two; a `---` would not do in a text that dashes take apart.
const BETWEEN: &str = "\n...\n";

/// A file's digest as the text has it.
pub(crate) fn digest(data: &[u8]) -> String {
    format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(data)))
}

/// The text for one file.
pub(crate) fn write(metadata: &str, file: &str, data: &[u8]) -> Result<String, Error> {
    let mut files = Map::default();
    files.insert(file.to_owned(), digest(data));
    let mut sums = Map::default();
    sums.insert("files".to_owned(), Value::from(files));
    let sums = pintle_yaml::to_yaml(&Value::from(sums))
        .map_err(|error| Error::Message(error.to_string()))?;
    Ok(format!("{metadata}{BETWEEN}{sums}"))
}

/// The digest that a text has for a file.
pub(crate) fn signed_digest(text: &[u8], file: &str) -> Result<String, Error> {
    let text = std::str::from_utf8(text)
        .map_err(|_| Error::Message("the signed text is not UTF-8".to_owned()))?;
    let mut parts = text.split(BETWEEN);
    let (Some(_), Some(sums)) = (parts.next(), parts.next()) else {
        return Err(Error::Message("message block must have at least two parts".to_owned()));
    };
    if parts.next().is_some() {
        return Err(Error::Message("message block must have only two parts".to_owned()));
    }
    let sums = ReadOptions::new()
        .strict(true)
        .root(Root::Any)
        .read(sums.as_bytes())
        .map_err(|error| Error::Message(error.to_string()))?;
    match sums.get("files").and_then(|files| files.get(file)) {
        Some(Value::String(digest)) => Ok(digest.to_string()),
        Some(_) => Err(Error::Message(format!("the digest of {file} is not a text"))),
        None => Err(Error::Unnamed(file.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{signed_digest, write};

    #[test]
    fn texts_are_helms() {
        let text = write("name: web\nversion: 1.0.0\n", "web-1.0.0.tgz", b"archive").unwrap();
        assert_eq!(
            text,
            "name: web\nversion: 1.0.0\n\n...\nfiles:\n  web-1.0.0.tgz: \
             sha256:0eb3e36bfb24dcd9bb1d1bece1531216b59539a8fde17ee80224af0653c92aa3\n"
        );
        let digest = signed_digest(text.as_bytes(), "web-1.0.0.tgz").unwrap();
        assert!(digest.starts_with("sha256:0eb3"));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let table = [
            ("name: x\nfiles:\n  a: b\n", "message block must have at least two parts"),
            ("a\n...\nb\n...\nfiles: {f: d}", "message block must have only two parts"),
            ("a\n...\nfiles: {}", "provenance does not contain a SHA for a file named \"f\""),
            ("a\n...\n", "provenance does not contain a SHA for a file named \"f\""),
            ("a\n...\nfiles: [f]", "provenance does not contain a SHA for a file named \"f\""),
            ("a\n...\nfiles: {f: 1}", "the digest of f is not a text"),
            ("a\n...\nfiles:\n  f: d\n  f: e\n", "already set in map"),
            ("a\n...\nfiles: {", "yaml"),
        ];
        for (text, error) in table {
            let found = signed_digest(text.as_bytes(), "f").unwrap_err().to_string();
            assert!(found.contains(error), "{text}: {found}");
        }
    }
}
