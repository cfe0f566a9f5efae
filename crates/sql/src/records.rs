//! Records of releases in Helm's tables.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt as _;
use pintle_release::{
    Driver, Heartbeat, Holder, Key, Listing, MAX_RECORD, Query, Release, Selector, StorageError,
    Time, encode_record_within, user_labels,
};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use crate::address::Address;
use crate::connect::within;
use crate::database::Database;
use crate::failure::Failure;
use crate::row::{self, Stored};
use crate::schema::in_transaction;

/// The type that Helm writes beside each record.
const TYPE: &str = "helm.sh/release.v1";

/// A value of a statement with its type.
type Given<'a> = (&'a (dyn ToSql + Sync), Type);

/// The records of releases in a PostgreSQL database: Helm's driver `sql`.
#[derive(Debug)]
pub struct Records {
    database: Database,
    namespace: String,
}

impl Records {
    /// The records of a namespace; of all where it is empty. Nothing is connected before the first
    /// call, and each answer of the server may take `patience`.
    pub fn new(address: Address, namespace: &str, patience: Duration) -> Records {
        let database = Database::new(Arc::new(address), patience);
        Records { database, namespace: namespace.to_owned() }
    }

    /// Where a record is written, as Helm has it.
    fn namespace_of<'a>(&self, release: &'a Release) -> &'a str {
        if release.namespace.is_empty() { "default" } else { &release.namespace }
    }
}

/// The rows that a query chooses, as far as they are wanted.
async fn select(
    client: &Client,
    patience: Duration,
    brief: bool,
    conditions: &str,
    given: &[Given<'_>],
) -> Result<Vec<Stored>, Failure> {
    let body = match brief {
        true => format!("substr(r.body, 1, {})", row::BRIEF),
        false => "r.body".to_owned(),
    };
    let columns = row::COLUMNS;
    let text = format!("SELECT {body}, {columns} FROM releases_v1 AS r WHERE {conditions}");
    let given = given.iter().map(|(value, kind)| (*value, kind.clone()));
    let rows = within(patience, client.query_typed_raw(&text, given)).await?;
    let mut rows = pin!(rows);
    let mut found = Vec::new();
    while let Some(row) = within(patience, rows.try_next()).await? {
        found.push(Stored::read(&row)?);
    }
    Ok(found)
}

/// Reads the rest of records of which too little was read for a list.
async fn complete(
    client: &Client,
    patience: Duration,
    stored: &mut [Stored],
) -> Result<(), Failure> {
    let cut = |one: &&mut Stored| one.is_cut() && one.release(true).is_err();
    for one in stored.iter_mut().filter(cut) {
        let text = "SELECT body FROM releases_v1 WHERE key = $1 AND namespace = $2";
        let given: [Given<'_>; 2] = [(&one.key, Type::TEXT), (&one.namespace, Type::TEXT)];
        let row = within(patience, client.query_typed_opt(text, &given)).await?;
        // One that is gone by now stays as it is, and is told as unreadable.
        if let Some(row) = row {
            one.body = row.try_get(0)?;
        }
    }
    Ok(())
}

fn now() -> i32 {
    i32::try_from(Time::from_system(SystemTime::now()).seconds).unwrap_or(i32::MAX)
}

/// Writes who holds a record beside it, in the place of whoever did.
async fn write_holder(
    client: &Client,
    patience: Duration,
    key: &Key,
    namespace: &str,
    holder: Option<&Holder>,
) -> Result<(), Failure> {
    let (record, beside) = (key.to_string(), row::label_key(key));
    let text = "DELETE FROM custom_labels_v1 WHERE releasekey = $1 AND releasenamespace = $2 \
                AND key IN ('name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt')";
    let given: [Given<'_>; 2] = [(&beside, Type::TEXT), (&namespace, Type::TEXT)];
    within(patience, client.execute_typed(text, &given)).await?;
    let Some(holder) = holder else { return Ok(()) };
    let (keys, values): (Vec<_>, Vec<_>) = row::holder_labels(holder).into_iter().unzip();
    let text = format!(
        "INSERT INTO custom_labels_v1 (releasekey, releasenamespace, key, value) \
         SELECT $1, $2, l.key, l.value FROM unnest($3, $4) AS l (key, value) \
         UNION ALL SELECT $1, $2, '{}', {} FROM releases_v1 WHERE key = $5 AND namespace = $2",
        row::STAMP,
        row::STAMP_COLUMN,
    );
    let given: [Given<'_>; 5] = [
        (&beside, Type::TEXT),
        (&namespace, Type::TEXT),
        (&keys, Type::TEXT_ARRAY),
        (&values, Type::TEXT_ARRAY),
        (&record, Type::TEXT),
    ];
    within(patience, client.execute_typed(&text, &given)).await?;
    Ok(())
}

/// A revision as Helm's column has it.
fn version(release: &Release) -> Result<i32, StorageError> {
    i32::try_from(release.version).map_err(|_| {
        StorageError::Other(format!("revision {} is too large for a database", release.version))
    })
}

impl Driver for Records {
    fn name(&self) -> &'static str {
        "SQL"
    }

    fn get(&mut self, key: &Key) -> Result<Release, StorageError> {
        let patience = self.database.patience;
        let (record, namespace) = (key.to_string(), self.namespace.as_str());
        let found = self.database.run(async |client, _| {
            let given: [Given<'_>; 2] = [(&record, Type::TEXT), (&namespace, Type::TEXT)];
            select(client, patience, false, "r.key = $1 AND r.namespace = $2", &given).await
        })?;
        let stored = found.into_iter().next().ok_or(StorageError::NotFound)?;
        let mut release = stored.release(false).map_err(StorageError::Unreadable)?;
        release.labels = user_labels(&release.labels);
        Ok(release)
    }

    fn list(&mut self, query: &Query<'_>) -> Result<Listing, StorageError> {
        let selector = Selector::parse(query.selector.unwrap_or_default())
            .map_err(|error| StorageError::Other(error.to_string()))?;
        let patience = self.database.patience;
        let namespace = self.namespace.as_str();
        let status = query.status.map(|status| status.name());
        let wanted = [
            ("r.name", query.name),
            ("r.status", status),
            ("r.namespace", Some(namespace).filter(|namespace| !namespace.is_empty())),
        ];
        let mut conditions = "r.owner = 'helm'".to_owned();
        let mut values = Vec::new();
        for (column, value) in wanted {
            if let Some(value) = value {
                values.push(value);
                conditions.push_str(&format!(" AND {column} = ${}", values.len()));
            }
        }
        let stored = self.database.run(async |client, _| {
            let given = values.iter().map(|value| (value as &(dyn ToSql + Sync), Type::TEXT));
            let given: Vec<Given<'_>> = given.collect();
            let mut stored = select(client, patience, query.brief, &conditions, &given).await?;
            if query.brief {
                complete(client, patience, &mut stored).await?;
            }
            Ok(stored)
        })?;
        // Where Helm asks for one release, it has the user's labels alone; where it asks for all,
        // those of the system too.
        let users = query.name.is_some() || query.status.is_some();
        let mut listing = Listing::default();
        for one in stored {
            let release = one.release(query.brief).map(|mut release| {
                if users {
                    release.labels = user_labels(&release.labels);
                }
                release
            });
            match release {
                Ok(release) if selector.matches(&release.labels) => listing.releases.push(release),
                Ok(_) => {}
                Err(unreadable) => listing.unreadable.push(unreadable),
            }
        }
        Ok(listing)
    }

    fn create(&mut self, release: &Release) -> Result<(), StorageError> {
        let body = encode_record_within(release, MAX_RECORD)?;
        let (key, namespace) = (release.key(), self.namespace_of(release));
        let (record, version, now) = (key.to_string(), version(release)?, now());
        let (labels, values): (Vec<String>, Vec<String>) =
            user_labels(&release.labels).into_iter().unzip();
        let status = release.info.status.name();
        let patience = self.database.patience;
        let created = self.database.run(async |client, again| {
            if again {
                // The answer was lost: the record may be there.
                let text = "SELECT 1 FROM releases_v1 \
                            WHERE key = $1 AND namespace = $2 AND body = $3 AND createdat = $4";
                let given: [Given<'_>; 4] = [
                    (&record, Type::TEXT),
                    (&namespace, Type::TEXT),
                    (&body, Type::TEXT),
                    (&now, Type::INT4),
                ];
                if within(patience, client.query_typed_opt(text, &given)).await?.is_some() {
                    return Ok(());
                }
            }
            in_transaction(client, patience, async || {
                let text = "INSERT INTO releases_v1 \
                            (key, type, body, name, namespace, version, status, owner, createdat) \
                            VALUES ($1, $2, $3, $4, $5, $6, $7, 'helm', $8)";
                let given: [Given<'_>; 8] = [
                    (&record, Type::TEXT),
                    (&TYPE, Type::TEXT),
                    (&body, Type::TEXT),
                    (&release.name, Type::TEXT),
                    (&namespace, Type::TEXT),
                    (&version, Type::INT4),
                    (&status, Type::TEXT),
                    (&now, Type::INT4),
                ];
                within(patience, client.execute_typed(text, &given)).await?;
                if !labels.is_empty() {
                    let text = "INSERT INTO custom_labels_v1 \
                                (releasekey, releasenamespace, key, value) \
                                SELECT $1, $2, l.key, l.value FROM unnest($3, $4) AS l (key, value)";
                    let given: [Given<'_>; 4] = [
                        (&record, Type::TEXT),
                        (&namespace, Type::TEXT),
                        (&labels, Type::TEXT_ARRAY),
                        (&values, Type::TEXT_ARRAY),
                    ];
                    within(patience, client.execute_typed(text, &given)).await?;
                }
                let holder = release.holder.as_ref();
                write_holder(client, patience, &key, namespace, holder).await
            })
            .await
        });
        created.map_err(|failure| match failure.is(&SqlState::UNIQUE_VIOLATION) {
            true => StorageError::Exists,
            false => failure.into(),
        })
    }

    /// The user's labels stay as they are, as in Helm: they are those of the record when it was new.
    fn update(&mut self, release: &Release) -> Result<(), StorageError> {
        let body = encode_record_within(release, MAX_RECORD)?;
        let (key, namespace) = (release.key(), self.namespace_of(release));
        let (record, version, now) = (key.to_string(), version(release)?, now());
        let status = release.info.status.name();
        let patience = self.database.patience;
        let found = self.database.run(async |client, _| {
            in_transaction(client, patience, async || {
                let text = "UPDATE releases_v1 SET body = $3, name = $4, version = $5, status = $6, \
                            owner = 'helm', modifiedat = $7 WHERE key = $1 AND namespace = $2";
                let given: [Given<'_>; 7] = [
                    (&record, Type::TEXT),
                    (&namespace, Type::TEXT),
                    (&body, Type::TEXT),
                    (&release.name, Type::TEXT),
                    (&version, Type::INT4),
                    (&status, Type::TEXT),
                    (&now, Type::INT4),
                ];
                if within(patience, client.execute_typed(text, &given)).await? == 0 {
                    return Ok(false);
                }
                let holder = release.holder.as_ref();
                write_holder(client, patience, &key, namespace, holder).await?;
                Ok(true)
            })
            .await
        })?;
        if found { Ok(()) } else { Err(StorageError::NotFound) }
    }

    fn delete(&mut self, key: &Key) -> Result<(), StorageError> {
        let (record, beside) = (key.to_string(), row::label_key(key));
        let (namespace, patience) = (self.namespace.as_str(), self.database.patience);
        let deleted = self.database.run(async |client, again| {
            in_transaction(client, patience, async || {
                let text = "DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2";
                let given: [Given<'_>; 2] = [(&record, Type::TEXT), (&namespace, Type::TEXT)];
                let count = within(patience, client.execute_typed(text, &given)).await?;
                let text = "DELETE FROM custom_labels_v1 \
                            WHERE releasekey IN ($1, $2) AND releasenamespace = $3";
                let given: [Given<'_>; 3] =
                    [(&record, Type::TEXT), (&beside, Type::TEXT), (&namespace, Type::TEXT)];
                within(patience, client.execute_typed(text, &given)).await?;
                // The first try may have done it, and its answer was lost.
                Ok(count > 0 || again)
            })
            .await
        })?;
        if deleted { Ok(()) } else { Err(StorageError::NotFound) }
    }

    fn heartbeat(&mut self, key: &Key) -> Option<Box<dyn Heartbeat>> {
        // A connection of its own, since the other one is in use meanwhile.
        let database = Database::new(Arc::clone(&self.database.address), self.database.patience);
        Some(Box::new(Beat { database, namespace: self.namespace.clone(), key: key.clone() }))
    }
}

/// Says that a record's holder lives.
struct Beat {
    database: Database,
    namespace: String,
    key: Key,
}

impl Heartbeat for Beat {
    fn beat(&mut self, holder: &Holder) -> Result<(), StorageError> {
        let (record, beside) = (self.key.to_string(), row::label_key(&self.key));
        let (namespace, patience) = (self.namespace.as_str(), self.database.patience);
        let beat = holder.beat.map(|time| time.to_string()).unwrap_or_default();
        let ended = self.database.run(async |client, _| {
            in_transaction(client, patience, async || {
                // Who writes the record waits, or is waited for.
                let text = "SELECT 1 FROM releases_v1 WHERE key = $1 AND namespace = $2 \
                            FOR NO KEY UPDATE";
                let given: [Given<'_>; 2] = [(&record, Type::TEXT), (&namespace, Type::TEXT)];
                if within(patience, client.query_typed_opt(text, &given)).await?.is_none() {
                    return Ok(Some(StorageError::NotFound));
                }
                let conditions = "r.key = $1 AND r.namespace = $2";
                let now = select(client, patience, true, conditions, &given).await?;
                let held = now.first().and_then(Stored::holder);
                if held.is_none_or(|held| held.name != holder.name) {
                    return Ok(Some(StorageError::Exists));
                }
                let text = "UPDATE custom_labels_v1 SET value = $4 \
                            WHERE releasekey = $1 AND releasenamespace = $2 AND key = $3";
                let given: [Given<'_>; 4] = [
                    (&beside, Type::TEXT),
                    (&namespace, Type::TEXT),
                    (&row::BEAT, Type::TEXT),
                    (&beat, Type::TEXT),
                ];
                within(patience, client.execute_typed(text, &given)).await?;
                Ok(None)
            })
            .await
        })?;
        ended.map_or(Ok(()), Err)
    }
}
