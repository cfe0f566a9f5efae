//! Records as rows: which columns are read, and how labels and the holder stand beside a record.
//!
//! The holder is kept in Helm's table of labels, under names that a user's labels cannot have because
//! Helm has taken them ([`SYSTEM_LABELS`](pintle_release::SYSTEM_LABELS)). Helm passes over them
//! whenever it reads labels, and takes them away with the record.
//!
//! | `key` | `value` |
//! |---|---|
//! | `owner` | the holder's name; more rows when it is long, each with its number in front |
//! | `createdAt` | since when |
//! | `modifiedAt` | the last beat |
//! | `version` | which state of the record it is of; see [`stamp`] |

use std::collections::BTreeMap;

use pintle_release::{
    CodecError, Holder, Key, Release, Time, Unreadable, decode_brief, decode_record,
    is_system_label,
};
use tokio_postgres::Row;

/// Helm's column of a record's key in the table of labels is shorter than that in the table of
/// records. Keys that do not fit have no labels in Helm.
const MAX_LABEL_KEY: usize = 64;
/// How much of a label's value fits, beside a number and a colon.
const PART: usize = 60;
/// So much of a record is enough for a list, nearly always. A multiple of four, for base64.
pub(crate) const BRIEF: i32 = 16 << 10;

pub(crate) const NAME: &str = "owner";
pub(crate) const SINCE: &str = "createdAt";
pub(crate) const BEAT: &str = "modifiedAt";
pub(crate) const STAMP: &str = "version";

/// The key under which a record's labels stand that are not the user's.
pub(crate) fn label_key(key: &Key) -> String {
    let key = key.to_string();
    if key.chars().count() <= MAX_LABEL_KEY {
        return key;
    }
    // The same as in `COLUMNS`.
    format!(":{}", key.chars().skip(19).collect::<String>())
}

/// Of `releases_v1 AS r` what [`Stored::read`] reads, after the body.
pub(crate) const COLUMNS: &str = "r.key, r.namespace, r.name, r.version, r.status, r.modifiedat, \
    octet_length(r.body), \
    ARRAY(SELECT l.key FROM custom_labels_v1 l WHERE l.releasenamespace = r.namespace \
      AND l.releasekey IN (r.key, CASE WHEN length(r.key) > 64 THEN ':' || substr(r.key, 20) END) \
      ORDER BY l.key, l.value), \
    ARRAY(SELECT l.value FROM custom_labels_v1 l WHERE l.releasenamespace = r.namespace \
      AND l.releasekey IN (r.key, CASE WHEN length(r.key) > 64 THEN ':' || substr(r.key, 20) END) \
      ORDER BY l.key, l.value)";

/// A row of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stored {
    /// The record, or what comes first of it.
    pub(crate) body: String,
    pub(crate) key: String,
    pub(crate) namespace: String,
    name: String,
    version: i32,
    status: String,
    modified: i32,
    /// The length of the whole record.
    pub(crate) length: i32,
    /// All labels beside it.
    labels: Vec<(String, String)>,
}

impl Stored {
    pub(crate) fn read(row: &Row) -> Result<Stored, tokio_postgres::Error> {
        let keys: Vec<Option<String>> = row.try_get(8)?;
        let values: Vec<Option<String>> = row.try_get(9)?;
        Ok(Stored {
            body: row.try_get(0)?,
            key: row.try_get(1)?,
            namespace: row.try_get(2)?,
            name: row.try_get(3)?,
            version: row.try_get(4)?,
            status: row.try_get(5)?,
            modified: row.try_get(6)?,
            length: row.try_get(7)?,
            labels: keys
                .into_iter()
                .zip(values)
                .filter_map(|(key, value)| Some((key?, value.unwrap_or_default())))
                .collect(),
        })
    }

    /// Whether `body` is not all of the record.
    pub(crate) fn is_cut(&self) -> bool {
        usize::try_from(self.length).unwrap_or_default() > self.body.len()
    }

    /// The release with the user's labels, the holder, and those labels of the system that Helm has
    /// of a record in a database.
    pub(crate) fn release(&self, brief: bool) -> Result<Release, Unreadable> {
        let decoded = if brief {
            let key = Key::parse(&self.key);
            let from_columns =
                || Key { name: self.name.clone(), revision: i64::from(self.version) };
            let key = key.unwrap_or_else(from_columns);
            decode_brief(self.body.as_bytes(), &key, &self.namespace)
        } else {
            decode_record(self.body.as_bytes())
        };
        let mut release = decoded.map_err(|error: CodecError| Unreadable {
            key: self.key.clone(),
            namespace: self.namespace.clone(),
            reason: error.to_string(),
        })?;
        let user = self.labels.iter().filter(|(name, _)| !is_system_label(name));
        release.labels = user.cloned().collect();
        let system = [
            ("name", release.name.clone()),
            ("owner", "helm".to_owned()),
            ("status", release.info.status.name().to_owned()),
            ("version", release.version.to_string()),
        ];
        release.labels.extend(system.map(|(name, value)| (name.to_owned(), value)));
        release.holder = self.holder();
        Ok(release)
    }

    /// Who works on it.
    pub(crate) fn holder(&self) -> Option<Holder> {
        let labels = self.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let (holder, of) = read_holder(labels)?;
        // Helm has written the record since: what stands beside it is of an older one.
        (of == stamp(&self.status, self.modified, self.length)).then_some(holder)
    }
}

/// Which state of a record a holder belongs to. With Secrets the holder goes when Helm writes the
/// record; here it would stay, but the stamp tells.
pub(crate) fn stamp(status: &str, modified: i32, length: i32) -> String {
    format!("{status}.{modified}.{length}")
}

/// The same in SQL, of `releases_v1`.
pub(crate) const STAMP_COLUMN: &str =
    "status || '.' || modifiedat::text || '.' || octet_length(body)::text";

/// A holder as labels; the stamp is not among them.
pub(crate) fn holder_labels(holder: &Holder) -> Vec<(&'static str, String)> {
    let mut labels = Vec::new();
    let mut name = holder.name.chars().peekable();
    for number in 0.. {
        let part: String = name.by_ref().take(PART).collect();
        if part.is_empty() && number > 0 {
            break;
        }
        labels.push((NAME, format!("{number:02}:{part}")));
        // No name is longer than a hundred parts.
        if name.peek().is_none() || number == 99 {
            break;
        }
    }
    let times = [(SINCE, holder.since), (BEAT, holder.beat)];
    labels.extend(times.into_iter().filter_map(|(key, time)| Some((key, time?.to_string()))));
    labels
}

/// The holder that labels name, with its stamp.
pub(crate) fn read_holder<'a>(
    labels: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<(Holder, String)> {
    let mut parts = BTreeMap::new();
    let (mut since, mut beat, mut stamp) = (None, None, String::new());
    for (key, value) in labels {
        match key {
            NAME => parts.extend(value.split_once(':')),
            SINCE => since = Time::parse(value),
            BEAT => beat = Time::parse(value),
            STAMP => value.clone_into(&mut stamp),
            _ => {}
        }
    }
    if parts.is_empty() {
        return None;
    }
    Some((Holder { name: parts.into_values().collect(), since, beat }, stamp))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pintle_release::{Status, encode_record};

    fn stored(release: &Release) -> Stored {
        let body = encode_record(release).expect("a record");
        Stored {
            key: release.key().to_string(),
            namespace: release.namespace.clone(),
            name: release.name.clone(),
            status: release.info.status.name().to_owned(),
            modified: 7,
            length: i32::try_from(body.len()).expect("a short record"),
            body,
            ..Stored::default()
        }
    }

    fn release() -> Release {
        let mut release = Release { name: "web".into(), version: 3, ..Release::default() };
        release.namespace = "shop".into();
        release.info.status = Status::PendingUpgrade;
        release
    }

    #[test]
    fn labels_are_told_apart() {
        let mut row = stored(&release());
        let holder = Holder {
            name: "ann@laptop:1".into(),
            since: Time::parse("2026-01-02T03:04:05Z"),
            beat: Time::parse("2026-01-02T03:04:15Z"),
        };
        let owned = |(key, value): (&str, String)| (key.to_owned(), value);
        row.labels = holder_labels(&holder).into_iter().map(owned).collect();
        row.labels.push((STAMP.into(), stamp("pending-upgrade", 7, row.length)));
        row.labels.push(("team".into(), "a".into()));
        for brief in [false, true] {
            let read = row.release(brief).expect("a record");
            assert_eq!((read.name.as_str(), read.version), ("web", 3));
            assert_eq!(read.holder.as_ref(), Some(&holder));
            let labels: Vec<_> = read.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
            assert_eq!(
                labels.join(","),
                "name=web,owner=helm,status=pending-upgrade,team=a,version=3"
            );
        }
        // Helm wrote the record again.
        row.modified = 8;
        assert_eq!(row.release(true).expect("a record").holder, None);
    }

    #[test]
    fn a_record_that_is_none_is_told() {
        let row = Stored { body: "???".into(), key: "k".into(), ..stored(&release()) };
        for brief in [false, true] {
            let unreadable = row.release(brief).expect_err("no record");
            assert_eq!((unreadable.key.as_str(), unreadable.namespace.as_str()), ("k", "shop"));
        }
        let mut cut = stored(&release());
        cut.body.truncate(40);
        assert!(cut.is_cut() && cut.release(true).is_err());
    }

    #[test]
    fn keys_of_labels_fit_their_column() {
        let key = |name: &str, revision| label_key(&Key { name: name.into(), revision });
        assert_eq!(key("web", 12), "sh.helm.release.v1.web.v12");
        let long = "a".repeat(53);
        assert_eq!(key(&long, 7), format!(":{long}.v7"));
        assert!(key(&long, 99_999_999).len() <= MAX_LABEL_KEY);
        assert_eq!(key(&"a".repeat(42), 1).len(), MAX_LABEL_KEY);
        assert_eq!(key(&"a".repeat(42), 10).len(), 42 + 5);
    }

    proptest::proptest! {
        #[test]
        fn holders_come_back(name in "\\PC{1,300}", since in 0i64..4_000_000_000, beat in proptest::option::of(0i64..4_000_000_000)) {
            let time = |seconds| Time { seconds, nanoseconds: 1, offset: 0 };
            let holder = Holder { name, since: Some(time(since)), beat: beat.map(time) };
            let labels = holder_labels(&holder);
            for (_, value) in &labels {
                proptest::prop_assert!(value.chars().count() <= 63);
            }
            let labels = labels.iter().rev().map(|(key, value)| (*key, value.as_str()));
            let read = read_holder(labels.chain([(STAMP, "s"), ("other", "x")]));
            proptest::prop_assert_eq!(read, Some((holder, "s".to_owned())));
        }

        #[test]
        fn no_labels_panic(labels in proptest::collection::vec(("owner|createdAt|modifiedAt|version|x", "\\PC{0,8}"), 0..8)) {
            let _ = read_holder(labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        }
    }
}
