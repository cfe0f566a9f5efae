//! Release records as Helm stores them in Secrets.

use std::io::Read;

use data_encoding::BASE64;
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use super::normal;
use crate::http::Server;

/// A release's revision.
pub(crate) struct Record {
    /// The name of the object that holds it.
    pub(crate) name: String,
    /// That object's labels.
    pub(crate) labels: Value,
    /// The record as JSON, as it was written.
    pub(crate) text: String,
}

/// All records in a namespace, by the names of their objects.
pub(crate) fn all(server: &Server, namespace: &str) -> Result<Vec<Record>, String> {
    let path = format!("/api/v1/namespaces/{namespace}/secrets?labelSelector=owner%3Dhelm");
    let list = server.object("GET", &path, None)?;
    let mut records = Vec::new();
    for secret in list["items"].as_array().into_iter().flatten() {
        let name = secret["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let data = secret["data"]["release"].as_str().unwrap_or_default();
        let text = decode(data).map_err(|error| format!("{name}: {error}"))?;
        records.push(Record { name, labels: secret["metadata"]["labels"].clone(), text });
    }
    records.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(records)
}

/// What stands in a Secret's data: base64 of the API, base64 of Helm, gzip.
fn decode(data: &str) -> Result<String, String> {
    let inner = BASE64.decode(data.as_bytes()).map_err(|error| error.to_string())?;
    let zipped = BASE64.decode(&inner).map_err(|error| error.to_string())?;
    let mut text = String::new();
    GzDecoder::new(zipped.as_slice())
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    Ok(text)
}

impl Record {
    /// The record less what no two runs have in common. Under `text` is all of it, so that the order
    /// of keys and what is left out are compared too; under `release` the same as data, which shows
    /// where a difference is.
    pub(crate) fn normal(&self, namespace: &str) -> Result<Value, String> {
        let text = plain_files(&self.text, namespace);
        let release: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let mut normal = Map::new();
        let mut labels = self.labels.clone();
        for key in ["createdAt", "modifiedAt"] {
            if let Some(time) = labels.get_mut(key) {
                *time = "TIME".into();
            }
        }
        normal.insert("labels".to_owned(), labels);
        normal.insert("release".to_owned(), release);
        normal.insert("text".to_owned(), text.into());
        Ok(normal.into())
    }
}

/// The text of a record without times and the namespace, also in the files of the chart, which stand
/// there in base64.
fn plain_files(record: &str, namespace: &str) -> String {
    const BEGIN: &str = "\"data\":\"";
    let mut plain = String::with_capacity(record.len());
    let mut rest = record;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (data, end) = after.split_once('"').unwrap_or((after, ""));
        plain += &normal::text(before, namespace);
        let file =
            BASE64.decode(data.as_bytes()).ok().and_then(|file| String::from_utf8(file).ok());
        let file = file.map_or(data.to_owned(), |file| file.replace(namespace, "NAMESPACE"));
        plain += &format!("\"data\":{}", Value::from(file));
        rest = end;
    }
    plain + &normal::text(rest, namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_shown_without_the_namespace() {
        let record = r#"{"files":[{"name":"a","data":"aW4gYi0xCg=="}],"namespace":"b-1"}"#;
        let plain = r#"{"files":[{"name":"a","data":"in NAMESPACE\n"}],"namespace":"NAMESPACE"}"#;
        assert_eq!(plain_files(record, "b-1"), plain);
    }
}
