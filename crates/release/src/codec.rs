//! Records as Helm writes them: JSON, compressed, in base64.

mod brief;
mod decode;
mod emit;
mod labels;

use std::fmt;
use std::io::{Read, Write};

use data_encoding::BASE64;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use pintle_yaml::JsonSink;

pub use brief::decode_brief;
pub(crate) use decode::release as decode_value;
pub use emit::{EmitHook, EmitRelease};
pub use labels::{SYSTEM_LABELS, Stamp, is_system_label, record_labels, user_labels};
pub use pintle_chart::EmitMetadata;

use crate::{Release, StorageError};

/// No record has more bytes than this once it is decompressed.
pub const MAX_RECORD: usize = 256 << 20;

/// The most bytes that a Secret or a ConfigMap may hold.
pub const MAX_OBJECT: usize = 1 << 20;

/// Why bytes are no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError(pub(crate) String);

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CodecError {}

/// The record as JSON, byte for byte as Helm 4.3.1 writes it.
///
/// ```
/// let release = pintle_release::Release { name: "web".into(), version: 1, ..Default::default() };
/// let json = pintle_release::encode_json(&release)?;
/// assert!(json.starts_with(br#"{"name":"web","info":{"status":"unknown"},"chart":{"metadata":"#));
/// # Ok::<(), pintle_release::CodecError>(())
/// ```
///
/// # Errors
///
/// A value nests too deep or is no number that JSON knows.
pub fn encode_json(release: &Release) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(release.manifest.len() * 2 + 4096);
    let mut sink = JsonSink::new(&mut out);
    pintle_yaml::Emit::emit(&EmitRelease::new(release), &mut sink)
        .and_then(|()| sink.finish())
        .map_err(|error| CodecError(error.to_string()))?;
    Ok(out)
}

/// The record as a store keeps it: JSON, compressed as small as gzip can, in base64.
///
/// # Errors
///
/// As [`encode_json`].
pub fn encode_record(release: &Release) -> Result<String, CodecError> {
    let json = encode_json(release)?;
    let wrong = |error: std::io::Error| CodecError(error.to_string());
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4 + 64), Compression::best());
    encoder.write_all(&json).map_err(wrong)?;
    Ok(BASE64.encode(&encoder.finish().map_err(wrong)?))
}

/// The record as a store keeps it, when it is not larger than `limit` bytes.
///
/// # Errors
///
/// [`StorageError::TooLarge`] with what makes it large, or [`StorageError::Other`].
pub fn encode_record_within(release: &Release, limit: usize) -> Result<String, StorageError> {
    let record = encode_record(release).map_err(|error| StorageError::Other(error.to_string()))?;
    if record.len() > limit {
        return Err(StorageError::TooLarge { size: record.len(), limit, parts: parts(release) });
    }
    Ok(record)
}

/// The parts of a record with their bytes before compression, largest first; at most ten.
fn parts(release: &Release) -> Vec<(String, usize)> {
    let json =
        |value: &pintle_yaml::Value| pintle_yaml::to_json(value).map_or(0, |text| text.len());
    let mut parts = vec![
        ("the manifest".to_owned(), release.manifest.len()),
        ("the hooks".to_owned(), release.hooks.iter().map(|hook| hook.manifest.len()).sum()),
        ("the notes".to_owned(), release.info.notes.len()),
        ("the user's values".to_owned(), json(&release.config)),
        ("the chart's values".to_owned(), json(&release.chart.values)),
    ];
    // Files are in base64, which makes four bytes of three.
    let coded = |bytes: usize| bytes.div_ceil(3) * 4;
    if let Some(schema) = &release.chart.schema {
        parts.push(("values.schema.json".to_owned(), coded(schema.len())));
    }
    let files = release.chart.templates.iter().chain(&release.chart.files);
    parts.extend(files.map(|file| (file.name.to_string(), coded(file.data.len()))));
    parts.retain(|(_, size)| *size > 0);
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    parts.truncate(10);
    parts
}

/// Reads a record as a store keeps it, as Helm 3 and 4 wrote it; labels and holder are not in it.
///
/// ```
/// let release = pintle_release::Release { name: "web".into(), version: 3, ..Default::default() };
/// let record = pintle_release::encode_record(&release)?;
/// assert_eq!(pintle_release::decode_record(record.as_bytes())?.version, 3);
/// # Ok::<(), pintle_release::CodecError>(())
/// ```
///
/// # Errors
///
/// It is no base64, no gzip where it begins like one, no JSON, larger than [`MAX_RECORD`], or a
/// field has another type.
pub fn decode_record(record: &[u8]) -> Result<Release, CodecError> {
    let bytes = BASE64.decode(record).map_err(|error| CodecError(format!("base64: {error}")))?;
    if !is_gzip(&bytes) {
        return decode_json(&bytes);
    }
    let mut json = Vec::with_capacity(bytes.len().saturating_mul(6).min(MAX_RECORD));
    GzDecoder::new(bytes.as_slice())
        .take(MAX_RECORD as u64 + 1)
        .read_to_end(&mut json)
        .map_err(|error| CodecError(format!("gzip: {error}")))?;
    decode_json(&json)
}

/// Whether Helm would decompress it.
fn is_gzip(bytes: &[u8]) -> bool {
    bytes.len() > 3 && bytes.starts_with(&[0x1f, 0x8b, 0x08])
}

/// Reads a record's JSON.
///
/// # Errors
///
/// As [`decode_record`].
pub fn decode_json(json: &[u8]) -> Result<Release, CodecError> {
    if json.len() > MAX_RECORD {
        return Err(CodecError(format!("the record has more than {MAX_RECORD} bytes")));
    }
    let value = pintle_yaml::read_json(json).map_err(|error| CodecError(error.to_string()))?;
    decode::release(&value)
}
