//! Release records as Helm stores them in Secrets.

use std::io::Read;

use data_encoding::BASE64;
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use super::database::Database;
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
    /// Whether somebody works on it, or has begun to.
    pub(crate) held: bool,
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
        let held = secret["metadata"]["annotations"]["pintle.dev/holder"].is_string();
        records.push(Record { name, labels: secret["metadata"]["labels"].clone(), text, held });
    }
    records.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(records)
}

/// All records of a namespace in a database, by their keys. The columns are among the labels, and
/// what stands in the table of labels is there with `label:` before its name.
pub(crate) fn in_database(database: &Database, namespace: &str) -> Result<Vec<Record>, String> {
    let rows = database.rows(&format!(
        "SELECT r.key, r.type, r.body, r.name, r.version, r.status, r.owner, \
         CASE WHEN r.createdat > 0 THEN 'TIME' END AS created, \
         CASE WHEN r.modifiedat > 0 THEN 'TIME' END AS modified, \
         (SELECT json_agg(json_build_array(l.key, l.value) ORDER BY l.key, l.value) \
          FROM custom_labels_v1 l WHERE l.releasenamespace = r.namespace \
          AND l.releasekey IN (r.key, ':' || substr(r.key, 20))) AS beside \
         FROM releases_v1 r WHERE r.namespace = '{namespace}' ORDER BY r.key"
    ))?;
    let mut records = Vec::new();
    for row in rows {
        let name = row["key"].as_str().unwrap_or_default().to_owned();
        let body = row["body"].as_str().unwrap_or_default();
        let text = unzip(body.as_bytes()).map_err(|error| format!("{name}: {error}"))?;
        let mut labels = Map::new();
        for column in ["type", "name", "status", "owner", "created", "modified"] {
            labels.insert(column.to_owned(), row[column].clone());
        }
        labels.insert("version".to_owned(), row["version"].to_string().into());
        for label in row["beside"].as_array().into_iter().flatten() {
            let key = label[0].as_str().unwrap_or_default();
            labels.insert(format!("label:{key}"), label[1].clone());
        }
        let held = labels.contains_key("label:owner");
        records.push(Record { name, labels: labels.into(), text, held });
    }
    Ok(records)
}

/// What stands in a Secret's data: base64 of the API, and what Helm has written.
fn decode(data: &str) -> Result<String, String> {
    let inner = BASE64.decode(data.as_bytes()).map_err(|error| error.to_string())?;
    unzip(&inner)
}

/// What Helm writes: gzip in base64.
fn unzip(record: &[u8]) -> Result<String, String> {
    let zipped = BASE64.decode(record).map_err(|error| error.to_string())?;
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
