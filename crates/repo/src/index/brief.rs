//! An index as it is kept beside the text: what finding, searching and fetching charts needs, in a form
//! that is read in no time.
//!
//! All texts are a length and bytes, all numbers four bytes, the lowest first. A file of another form,
//! or of another text, is as good as none.

use pintle_chart::Metadata;

use super::{ChartVersion, Index, Skipped};

/// What such a file begins with; another form begins otherwise.
const MAGIC: &[u8] = b"pintle index 1\n";

/// What tells a text from others without reading it: its length and when it was written.
pub(crate) type Stamp = (u64, u128);

/// Writes what is kept of the index of the text with that stamp.
pub(crate) fn write(index: &Index, stamp: Stamp) -> Vec<u8> {
    let mut out = Writer(MAGIC.to_vec());
    out.0.extend_from_slice(&stamp.0.to_le_bytes());
    out.0.extend_from_slice(&stamp.1.to_le_bytes());
    out.count(index.skipped.len());
    for Skipped { name, version, why } in &index.skipped {
        out.text(name);
        out.list(version.as_slice());
        out.text(why);
    }
    out.count(index.entries.len());
    for (name, versions) in &index.entries {
        out.text(name);
        // What follows can be skipped as a whole.
        let at = out.0.len();
        out.count(0);
        out.count(versions.len());
        for ChartVersion { metadata, urls, created, digest, .. } in versions {
            out.text(&metadata.name);
            out.text(&metadata.version);
            out.text(&metadata.app_version);
            out.text(&metadata.description);
            out.list(&metadata.keywords);
            out.list(urls);
            out.text(created);
            out.text(digest);
            out.0.push(metadata.deprecated.into());
        }
        let length = u32::try_from(out.0.len() - at - 4).unwrap_or(u32::MAX);
        if let Some(place) = out.0.get_mut(at..at + 4) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }
    out.0
}

/// Reads what was kept, all of it or that of one chart; `None` if it is of another text.
pub(crate) fn read(bytes: &[u8], stamp: Stamp, only: Option<&str>) -> Option<Index> {
    let mut rest = Reader(bytes.strip_prefix(MAGIC)?);
    let size = u64::from_le_bytes(rest.take(8)?.try_into().ok()?);
    let modified = u128::from_le_bytes(rest.take(16)?.try_into().ok()?);
    if (size, modified) != stamp {
        return None;
    }
    let mut index = Index::default();
    for _ in 0..rest.count()? {
        let (name, version, why) = (rest.text()?, rest.list()?.pop(), rest.text()?);
        index.skipped.push(Skipped { name, version, why });
    }
    for _ in 0..rest.count()? {
        let name = rest.str()?;
        let length = usize::try_from(rest.count()?).ok()?;
        let mut entry = Reader(rest.take(length)?);
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let count = entry.count()?;
        let mut versions = Vec::new();
        for _ in 0..count {
            versions.push(entry.version()?);
        }
        index.entries.insert(name.to_owned(), versions);
    }
    rest.0.is_empty().then_some(index)
}

struct Writer(Vec<u8>);

impl Writer {
    fn count(&mut self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&count.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn list(&mut self, list: &[String]) {
        self.count(list.len());
        list.iter().for_each(|text| self.text(text));
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn count(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn str(&mut self) -> Option<&'b str> {
        let length = usize::try_from(self.count()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn text(&mut self) -> Option<String> {
        self.str().map(str::to_owned)
    }

    fn list(&mut self) -> Option<Vec<String>> {
        let mut list = Vec::new();
        for _ in 0..self.count()? {
            list.push(self.text()?);
        }
        Some(list)
    }

    fn version(&mut self) -> Option<ChartVersion> {
        let mut metadata = Metadata::default();
        metadata.name = self.text()?;
        metadata.version = self.text()?;
        metadata.app_version = self.text()?;
        metadata.description = self.text()?;
        metadata.keywords = self.list()?;
        let mut version = ChartVersion {
            metadata,
            urls: self.list()?,
            created: self.text()?,
            digest: self.text()?,
            ..ChartVersion::default()
        };
        version.metadata.deprecated = self.take(1)? == [1];
        Some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::index::Index;

    const TEXT: &[u8] = b"
apiVersion: v1
entries:
  web:
  - {apiVersion: v2, name: web, version: 1.2.0, appVersion: '3', urls: [a, b], digest: x,
     description: D, keywords: [k, l], created: '2020-01-01T00:00:00Z', deprecated: true}
  - {apiVersion: v2, name: web, version: 1.1.0}
  - null
  db:
  - {apiVersion: v2, name: db, version: 0.1.0}
  none: []
";

    #[test]
    fn what_is_kept_is_read_again() {
        let mut index = Index::read(TEXT).unwrap();
        let bytes = write(&index, (1, 2));
        // The rest is not kept.
        for version in index.entries.values_mut().flatten() {
            version.metadata.api_version.clear();
        }
        assert_eq!(read(&bytes, (1, 2), None), Some(index.clone()));
        let only = read(&bytes, (1, 2), Some("web")).unwrap();
        assert_eq!(only.entries.get("web"), index.entries.get("web"));
        assert_eq!(only.entries.len(), 1);
        assert_eq!(read(&bytes, (1, 3), None), None);
        assert_eq!(read(&bytes, (2, 2), None), None);
    }

    #[test]
    fn what_is_cut_or_changed_is_as_good_as_none() {
        let index = Index::read(TEXT).unwrap();
        let bytes = write(&index, (1, 2));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length], (1, 2), None), None, "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            // It may be read as something else, but does not take all memory or panic.
            let _ = read(&changed, (1, 2), None);
        }
    }
}
