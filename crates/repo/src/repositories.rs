//! `repositories.yaml`: the repositories that the user has given names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pintle_yaml::Serial;
use serde::{Deserialize, Serialize};

use crate::file::{self, Lock};
use crate::http::{Access, Tls};
use crate::{Error, url};

/// How long to wait for another process that changes the file, as Helm does.
const PATIENCE: Duration = Duration::from_secs(30);

/// The file with the repositories, in Helm's own form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repositories {
    /// The version of the form; Helm leaves it empty in files that it makes.
    #[serde(default, deserialize_with = "or_default")]
    pub api_version: String,
    /// When it was made; Helm sets it never.
    #[serde(default = "never", deserialize_with = "or_never")]
    pub generated: String,
    /// The repositories in the order added.
    #[serde(default, deserialize_with = "without_nulls")]
    pub repositories: Vec<Entry>,
}

/// A repository that has a name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// User name for it.
    pub username: String,
    /// Password for it.
    pub password: String,
    /// Path of the client's certificate.
    #[serde(rename = "certFile")]
    pub cert_file: String,
    /// Path of the client's key.
    #[serde(rename = "keyFile")]
    pub key_file: String,
    /// Path of the authorities that may certify it.
    #[serde(rename = "caFile")]
    pub ca_file: String,
    /// Takes any certificate.
    pub insecure_skip_tls_verify: bool,
    /// Sends user name and password to wherever its charts are.
    pub pass_credentials_all: bool,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

fn never() -> String {
    "0001-01-01T00:00:00Z".to_owned()
}

fn or_default<'d, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'d>,
    D: serde::Deserializer<'d>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn or_never<'d, D: serde::Deserializer<'d>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(never))
}

fn without_nulls<'d, D: serde::Deserializer<'d>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    let entries: Option<Vec<Option<Entry>>> = Option::deserialize(deserializer)?;
    Ok(entries.unwrap_or_default().into_iter().flatten().collect())
}

impl Default for Repositories {
    fn default() -> Self {
        Self { api_version: String::new(), generated: never(), repositories: Vec::new() }
    }
}

impl Repositories {
    /// Reads the file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not such a file.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("open", path)(error)),
        };
        if text.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some(Self::default()));
        }
        let read: Result<Option<Self>, _> = pintle_yaml::decode(&text);
        let read =
            read.map_err(|error| Error::Config { path: path.to_owned(), why: error.to_string() })?;
        Ok(Some(read.unwrap_or_default()))
    }

    /// The repository of that name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.repositories.iter().find(|entry| entry.name == name)
    }

    /// Puts an entry in the place of the one of its name, or at the end.
    pub fn put(&mut self, entry: Entry) {
        match self.repositories.iter_mut().find(|known| known.name == entry.name) {
            Some(known) => *known = entry,
            None => self.repositories.push(entry),
        }
    }

    /// Takes the repository of that name away; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.repositories.len();
        self.repositories.retain(|entry| entry.name != name);
        self.repositories.len() < before
    }

    /// The file's text, as Helm writes it.
    ///
    /// # Errors
    ///
    /// A text cannot be written.
    pub fn to_yaml(&self) -> Result<String, Error> {
        pintle_yaml::to_yaml(&Serial(self)).map_err(|error| Error::Other(error.to_string()))
    }

    /// Writes the file, for nobody else to read.
    ///
    /// # Errors
    ///
    /// It cannot be written; the old one is as it was then.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let text = self.to_yaml()?;
        file::write_through(path, text.as_bytes(), 0o600).map_err(Error::io("write", path))
    }

    /// Changes the file while no other process does: reads it, calls `change`, and writes it if
    /// that says so.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read) and [`write`](Self::write), `change` fails, or another process holds
    /// the file for half a minute.
    pub fn update<T>(
        path: &Path,
        change: impl FnOnce(&mut Self) -> Result<(T, bool), Error>,
    ) -> Result<T, Error> {
        let _lock = Lock::of(path, PATIENCE).map_err(Error::io("lock", path))?;
        let mut file = Self::read(path)?.unwrap_or_default();
        let (answer, changed) = change(&mut file)?;
        if changed {
            file.write(path)?;
        }
        Ok(answer)
    }
}

impl Entry {
    /// How its server is asked.
    pub fn access(&self) -> Access {
        Access {
            username: self.username.clone(),
            password: self.password.clone(),
            origin: self.url.clone(),
            pass_credentials: self.pass_credentials_all,
            tls: Tls {
                ca_file: self.ca_file.clone(),
                cert_file: self.cert_file.clone(),
                key_file: self.key_file.clone(),
                insecure_skip_verify: self.insecure_skip_tls_verify,
            },
            plain_http: false,
        }
    }

    /// Where its index is.
    ///
    /// # Errors
    ///
    /// Its URL is none.
    pub fn index_url(&self) -> Result<String, Error> {
        url::resolve(&self.url, "index.yaml")
    }

    /// Where its index is kept, below the directory for indexes.
    pub fn index_file(&self, cache: &Path) -> PathBuf {
        index_file(cache, &self.name)
    }
}

/// Where the index of the repository `name` is kept.
pub fn index_file(cache: &Path, name: &str) -> PathBuf {
    cache.join(format!("{name}-index.yaml"))
}

/// Where the names of its charts are kept, for shells to complete.
pub fn charts_file(cache: &Path, name: &str) -> PathBuf {
    cache.join(format!("{name}-charts.txt"))
}
