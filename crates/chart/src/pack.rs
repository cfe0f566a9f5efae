//! A chart as an archive, as Helm packs it.

use std::fmt;
use std::io;

use flate2::GzBuilder;
use pintle_yaml::{Map, Value, to_yaml};

use crate::{Chart, Lock, Member, MemberKind, gzip};

/// What Helm puts into the header of its archives.
const EXTRA: &[u8] = b"rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";

/// Why a chart cannot be packed.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackError {
    /// Its metadata are not allowed.
    Invalid(crate::Invalid),
    /// Its metadata cannot be written.
    Yaml(pintle_yaml::WriteError),
    /// Its schema is no JSON.
    Schema,
    /// The archive cannot be written.
    Io(io::Error),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackError::Invalid(error) => write!(f, "chart validation: {error}"),
            PackError::Yaml(error) => error.fmt(f),
            PackError::Schema => f.write_str("invalid JSON in values.schema.json"),
            PackError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PackError {}

impl From<io::Error> for PackError {
    fn from(error: io::Error) -> Self {
        PackError::Io(error)
    }
}

/// Packs a chart with its subcharts, which are unpacked inside. Every file has the time `modified`,
/// in seconds since 1970, so that the same chart gives the same bytes.
///
/// ```
/// use pintle_chart::{File, Loader, pack};
///
/// let files = vec![
///     File::new("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
///     File::new("templates/a.yaml", "a: 1\n"),
/// ];
/// let mut chart = Loader::new().load_files(files)?;
/// let archive = pack(&mut chart, 0)?;
/// let again = Loader::new().load_reader(archive.as_slice())?;
/// assert_eq!(again.metadata, chart.metadata);
/// assert_eq!(again.templates[0].data, chart.templates[0].data);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The chart's metadata are not allowed, or its schema is no JSON.
pub fn pack(chart: &mut Chart, modified: u64) -> Result<Vec<u8>, PackError> {
    chart.metadata.validate().map_err(PackError::Invalid)?;
    let mut tar = Tar { out: Vec::new(), modified };
    tar.chart(chart, "")?;
    let header = GzBuilder::new().extra(EXTRA).comment("Helm").operating_system(255);
    Ok(gzip::pack(&tar.finish(), header)?)
}

/// Makes an archive of anything, in the order given.
pub(crate) fn pack_members(members: &[Member], modified: u64) -> io::Result<Vec<u8>> {
    let mut tar = Tar { out: Vec::new(), modified };
    for Member { name, kind, mode, data } in members {
        match kind {
            MemberKind::File => tar.entry(name, b'0', *mode, data),
            MemberKind::Directory => {
                tar.entry(&format!("{}/", name.trim_end_matches('/')), b'5', *mode, &[]);
            }
            MemberKind::Other(_) => {}
        }
    }
    gzip::pack(&tar.finish(), GzBuilder::new().operating_system(255))
}

const BLOCK: usize = 512;

struct Tar {
    out: Vec<u8>,
    modified: u64,
}

impl Tar {
    /// The whole archive: two empty blocks end it.
    fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(&[0; 2 * BLOCK]);
        self.out
    }

    fn chart(&mut self, chart: &Chart, prefix: &str) -> Result<(), PackError> {
        let base = format!("{prefix}{}/", chart.name());
        let mut metadata = chart.metadata.clone();
        if metadata.api_version == "v1" {
            // They stand in requirements.yaml.
            metadata.dependencies = None;
        }
        let text = to_yaml(&metadata.to_value()).map_err(PackError::Yaml)?;
        self.file(&format!("{base}Chart.yaml"), text.as_bytes());
        if let Some(lock) = chart.lock.as_ref().filter(|_| metadata.api_version == "v2") {
            let text = to_yaml(&lock.to_value()).map_err(PackError::Yaml)?;
            self.file(&format!("{base}Chart.lock"), text.as_bytes());
        }
        for file in chart.raw.iter().filter(|file| file.name == *"values.yaml") {
            self.file(&format!("{base}values.yaml"), &file.data);
        }
        if let Some(schema) = &chart.schema {
            pintle_yaml::read_json(schema).map_err(|_| PackError::Schema)?;
            self.file(&format!("{base}values.schema.json"), schema);
        }
        for file in chart.templates.iter().chain(&chart.files) {
            self.file(&format!("{base}{}", file.name), &file.data);
        }
        let below = format!("{base}charts/");
        for subchart in &chart.dependencies {
            self.chart(subchart, &below)?;
        }
        Ok(())
    }

    fn file(&mut self, path: &str, data: &[u8]) {
        self.entry(path, b'0', 0o644, data);
    }

    fn entry(&mut self, path: &str, kind: u8, mode: u32, data: &[u8]) {
        match split(path) {
            Some((prefix, name)) => self.member(prefix, name, kind, mode, data),
            None => {
                // What the header cannot hold stands in a record before it.
                let record = record("path", path);
                self.member("", "PaxHeaders.0/path", b'x', 0, record.as_bytes());
                let ascii: String = path.chars().filter(char::is_ascii).collect();
                self.member("", ascii.get(..100).unwrap_or(&ascii), kind, mode, data);
            }
        }
    }

    fn member(&mut self, prefix: &str, name: &str, kind: u8, mode: u32, data: &[u8]) {
        let mut header = Vec::with_capacity(BLOCK);
        let mut field = |text: &str, width: usize| {
            header.extend_from_slice(text.as_bytes());
            header.extend(std::iter::repeat_n(0, width.saturating_sub(text.len())));
        };
        let modified = if kind == b'x' { 0 } else { self.modified };
        field(name, 100);
        field(&format!("{:07o}", mode & 0o7777), 8);
        field("0000000", 8);
        field("0000000", 8);
        field(&format!("{:011o}", data.len()), 12);
        field(&format!("{modified:011o}"), 12);
        field("        ", 8);
        field(char::from(kind).encode_utf8(&mut [0; 4]), 1);
        field("", 100);
        field("ustar\x0000", 8);
        field("", 64);
        field("0000000", 8);
        field("0000000", 8);
        field(prefix, 155);
        field("", 12);
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        let sum = format!("{sum:06o}\0 ");
        drop(header.splice(148..156, sum.bytes()));
        self.out.extend_from_slice(&header);
        self.out.extend_from_slice(data);
        self.out.resize(self.out.len().next_multiple_of(BLOCK), 0);
    }
}

/// A path in the two fields that a header has for it.
fn split(path: &str) -> Option<(&str, &str)> {
    if !path.is_ascii() {
        return None;
    }
    if path.len() <= 100 {
        return Some(("", path));
    }
    let fits = |(at, _): &(usize, &str)| *at <= 155 && path.len() - at - 1 <= 100;
    let (at, _) = path.rmatch_indices('/').find(fits)?;
    Some((path.get(..at)?, path.get(at + 1..)?))
}

/// A record whose length counts itself.
fn record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}

impl Lock {
    /// The lock under the names of `Chart.lock`.
    pub fn to_value(&self) -> Value {
        let never = "0001-01-01T00:00:00Z";
        let generated = if self.generated.is_empty() { never } else { &self.generated };
        let dependencies = self.dependencies.as_ref().map_or(Value::Null, |list| {
            list.iter().map(crate::Dependency::to_value).collect::<Vec<_>>().into()
        });
        let mut map = Map::default();
        map.insert("generated", generated);
        map.insert("digest", self.digest.as_str());
        map.insert("dependencies", dependencies);
        map.into()
    }
}

#[cfg(test)]
mod tests {
    use super::{record, split};

    #[test]
    fn long_paths_are_split() {
        let long = format!("{}/{}", "a".repeat(90), "b".repeat(90));
        assert_eq!(split(&long).map(|(prefix, _)| prefix.len()), Some(90));
        assert_eq!(split(&"a".repeat(101)), None);
        assert_eq!(split("a/b"), Some(("", "a/b")));
        assert_eq!(split("ä"), None);
    }

    #[test]
    fn a_record_counts_itself() {
        assert_eq!(record("path", "a"), "9 path=a\n");
        assert_eq!(record("path", "aa"), "11 path=aa\n");
        assert_eq!(record("path", &"a".repeat(90)).len(), 99);
        let text = record("path", &"a".repeat(91));
        assert!(text.starts_with(&format!("{} path=", text.len())), "{text}");
    }
}
