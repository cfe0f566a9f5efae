//! The tables, as Helm's migrations make them.
//!
//! Helm makes its tables with the library sql-migrate, which notes in a table `gorp_migrations` what
//! it has done. Here the same tables are made and the same notes written, so that whoever comes
//! first, the other one finds all as if it had made it.

use std::time::Duration;

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use crate::connect::within;
use crate::failure::Failure;

/// sql-migrate's table.
const NOTES: &str = r#"CREATE TABLE IF NOT EXISTS "gorp_migrations" (
  "id" text NOT NULL PRIMARY KEY,
  "applied_at" timestamp with time zone
)"#;

/// Helm's migrations, the older one first, by the names under which they are noted.
const MIGRATIONS: [(&str, &str); 2] = [
    (
        "init",
        "CREATE TABLE releases_v1 (
  key VARCHAR(90),
  type VARCHAR(64) NOT NULL,
  body TEXT NOT NULL,
  name VARCHAR(64) NOT NULL,
  namespace VARCHAR(64) NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  owner TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  modifiedAt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (key, namespace)
);
CREATE INDEX ON releases_v1 (key, namespace);
CREATE INDEX ON releases_v1 (version);
CREATE INDEX ON releases_v1 (status);
CREATE INDEX ON releases_v1 (owner);
CREATE INDEX ON releases_v1 (createdAt);
CREATE INDEX ON releases_v1 (modifiedAt);
GRANT ALL ON releases_v1 TO PUBLIC;
ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY",
    ),
    (
        "custom_labels",
        "CREATE TABLE custom_labels_v1 (
  releaseKey VARCHAR(64),
  releaseNamespace VARCHAR(67),
  key VARCHAR(317),
  value VARCHAR(63)
);
CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
GRANT ALL ON custom_labels_v1 TO PUBLIC;
ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY",
    ),
];

/// Only one of ours makes tables at a time. The number means nothing: the word `pintle` in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(123645053005925)";

/// Makes what is missing.
pub(crate) async fn make(client: &Client, patience: Duration) -> Result<(), Failure> {
    let mut tries = 0;
    loop {
        let made = in_transaction(client, patience, async || missing(client, patience).await).await;
        match made {
            // Helm made it at the same time.
            Err(failure)
                if tries < 5
                    && (failure.is(&SqlState::DUPLICATE_TABLE)
                        || failure.is(&SqlState::UNIQUE_VIOLATION)) =>
            {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            made => return made,
        }
    }
}

async fn missing(client: &Client, patience: Duration) -> Result<(), Failure> {
    within(patience, client.batch_execute(LOCK)).await?;
    within(patience, client.batch_execute(NOTES)).await?;
    for (id, statements) in MIGRATIONS {
        let note = "INSERT INTO gorp_migrations (id, applied_at) VALUES ($1, now()) \
                    ON CONFLICT (id) DO NOTHING";
        let given: [(&(dyn ToSql + Sync), Type); 1] = [(&id, Type::TEXT)];
        if within(patience, client.execute_typed(note, &given)).await? > 0 {
            within(patience, client.batch_execute(statements)).await?;
        }
    }
    Ok(())
}

/// Does all of some work or none of it. What others commit meanwhile is seen by its next statement.
pub(crate) async fn in_transaction<T>(
    client: &Client,
    patience: Duration,
    work: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    within(patience, client.batch_execute(begin)).await?;
    match work().await {
        Ok(done) => {
            within(patience, client.batch_execute("COMMIT")).await?;
            Ok(done)
        }
        Err(failure) => {
            if !failure.lost
                && let Err(lost) = within(patience, client.batch_execute("ROLLBACK")).await
            {
                return Err(Failure { lost: true, ..Failure { code: lost.code, ..failure } });
            }
            Err(failure)
        }
    }
}
