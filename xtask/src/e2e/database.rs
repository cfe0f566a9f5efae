//! A database for Helm's SQL driver, asked with PostgreSQL's own client.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::tools;

/// A database.
pub(crate) struct Database {
    /// Its address with user and password.
    pub(crate) url: String,
    psql: PathBuf,
}

impl Database {
    /// A new and empty one of a server, whose address leads to another one.
    pub(crate) fn create(server: &str, psql: PathBuf, name: &str) -> Result<Database, String> {
        let first = Database { url: server.to_owned(), psql: psql.clone() };
        first.run(&format!("CREATE DATABASE {name}"))?;
        Ok(Database { url: server.replace("/postgres?", &format!("/{name}?")), psql })
    }

    /// Does what a statement says, and gives what it prints.
    pub(crate) fn run(&self, statement: &str) -> Result<String, String> {
        let mut psql = Command::new(&self.psql);
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url]);
        let printed = tools::output(psql.args(["-c", statement]).current_dir("/"))?;
        Ok(String::from_utf8_lossy(&printed).trim_end().to_owned())
    }

    /// The rows that a statement selects.
    pub(crate) fn rows(&self, select: &str) -> Result<Vec<Value>, String> {
        let text = self.run(&format!("SELECT coalesce(json_agg(t), '[]') FROM ({select}) AS t"))?;
        serde_json::from_str(&text).map_err(|error| format!("{select}: {error}"))
    }

    /// Takes all records of a namespace away, if there are tables.
    pub(crate) fn forget(&self, namespace: &str) -> Result<(), String> {
        if self.run("SELECT to_regclass('custom_labels_v1')")?.is_empty() {
            return Ok(());
        }
        self.run(&format!(
            "DELETE FROM releases_v1 WHERE namespace = '{namespace}'; \
             DELETE FROM custom_labels_v1 WHERE releasenamespace = '{namespace}'"
        ))
        .map(drop)
    }
}
