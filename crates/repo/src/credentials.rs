//! Logins to registries: Helm's `registry/config.json`, then docker's, in docker's own form, with
//! the programs that keep them where the files name some.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use crate::{Error, file};

/// A file with logins is not larger.
const MAX_ANSWER: usize = 1 << 20;

/// A login.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User name; `<token>` where the secret is a token that others are given for, and empty where it
    /// is one that the registry takes as it is.
    pub username: String,
    /// Password or token.
    pub secret: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

/// The logins of Helm, with docker's behind them.
#[derive(Clone, Debug)]
pub struct Credentials {
    own: PathBuf,
    docker: Option<PathBuf>,
}

impl Credentials {
    /// The logins in the file `own`, and in docker's where that has none.
    pub fn new(own: impl Into<PathBuf>) -> Self {
        let docker = match env::var_os("DOCKER_CONFIG").filter(|path| !path.is_empty()) {
            Some(path) => Some(PathBuf::from(path)),
            None => env::home_dir().map(|home| home.join(".docker")),
        };
        Self { own: own.into(), docker: docker.map(|path| path.join("config.json")) }
    }

    /// The login to a registry, by its host and port.
    ///
    /// # Errors
    ///
    /// A file is no file with logins, or a program that keeps them fails.
    pub fn get(&self, host: &str) -> Result<Option<Login>, Error> {
        for path in [Some(&self.own), self.docker.as_ref()].into_iter().flatten() {
            let config = read(path)?;
            if let Some(login) = login(&config, &address(host))? {
                return Ok(Some(login));
            }
        }
        Ok(None)
    }

    /// Keeps a login to a registry in Helm's own file, or with the program that this names.
    ///
    /// # Errors
    ///
    /// It cannot be kept.
    pub fn put(&self, host: &str, login: &Login) -> Result<(), Error> {
        let address = address(host);
        let mut config = read(&self.own)?;
        if let Some(helper) = helper(&config, &address) {
            let secret = json!({
                "ServerURL": address,
                "Username": login.username,
                "Secret": login.secret,
            });
            return ask(&helper, "store", secret.to_string().as_bytes()).map(drop);
        }
        let pair = format!("{}:{}", login.username, login.secret);
        let auth = data_encoding::BASE64.encode(pair.as_bytes());
        let auths = config.entry("auths").or_insert_with(|| json!({}));
        if let Some(auths) = auths.as_object_mut() {
            auths.insert(address, json!({ "auth": auth }));
        }
        self.write(&config)
    }

    /// Forgets the login to a registry.
    ///
    /// # Errors
    ///
    /// It cannot be taken out of the file.
    pub fn remove(&self, host: &str) -> Result<(), Error> {
        let address = address(host);
        let mut config = read(&self.own)?;
        if let Some(helper) = helper(&config, &address) {
            return ask(&helper, "erase", address.as_bytes()).map(drop);
        }
        let auths = config.get_mut("auths").and_then(Value::as_object_mut);
        if auths.is_some_and(|auths| auths.remove(&address).is_some()) {
            self.write(&config)?;
        }
        Ok(())
    }

    fn write(&self, config: &Map<String, Value>) -> Result<(), Error> {
        let mut text = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b"\t");
        let mut writer = serde_json::Serializer::with_formatter(&mut text, formatter);
        serde::Serialize::serialize(config, &mut writer)
            .map_err(|error| Error::Other(error.to_string()))?;
        file::write_through(&self.own, &text, 0o600).map_err(Error::io("write", &self.own))
    }
}

/// What a registry goes by in the files.
fn address(host: &str) -> String {
    match host {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => {
            "https://index.docker.io/v1/".to_owned()
        }
        host => host.to_owned(),
    }
}

fn read(path: &Path) -> Result<Map<String, Value>, Error> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
        Err(error) => return Err(Error::io("open", path)(error)),
    };
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    serde_json::from_slice(&text)
        .map_err(|error| Error::Config { path: path.to_owned(), why: error.to_string() })
}

/// The program that keeps the logins to a registry.
fn helper(config: &Map<String, Value>, address: &str) -> Option<String> {
    let own = config.get("credHelpers").and_then(|helpers| helpers.get(address));
    let name = own.or_else(|| config.get("credsStore")).and_then(Value::as_str)?;
    // It becomes the name of a program.
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    (!name.is_empty() && plain).then(|| name.to_owned())
}

fn login(config: &Map<String, Value>, address: &str) -> Result<Option<Login>, Error> {
    if let Some(helper) = helper(config, address) {
        let Some(answer) = ask(&helper, "get", address.as_bytes())? else { return Ok(None) };
        let answer: Value = serde_json::from_slice(&answer)
            .map_err(|_| Error::Other(format!("docker-credential-{helper}: no answer")))?;
        let text =
            |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let login = Login { username: text("Username"), secret: text("Secret") };
        return Ok((!login.secret.is_empty()).then_some(login));
    }
    let Some(auths) = config.get("auths").and_then(Value::as_object) else { return Ok(None) };
    // Docker has written addresses as URLs too.
    let entry = auths
        .get(address)
        .or_else(|| auths.iter().find(|(known, _)| bare(known) == address).map(|(_, entry)| entry));
    let Some(entry) = entry else { return Ok(None) };
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    for (key, username) in [("registrytoken", ""), ("identitytoken", "<token>")] {
        let secret = text(key).to_owned();
        if !secret.is_empty() {
            return Ok(Some(Login { username: username.to_owned(), secret }));
        }
    }
    let pair = data_encoding::BASE64.decode(text("auth").as_bytes()).unwrap_or_default();
    let pair = String::from_utf8(pair).unwrap_or_default();
    let login = match pair.split_once(':') {
        Some((username, secret)) => Login {
            username: username.to_owned(),
            secret: secret.trim_end_matches('\0').to_owned(),
        },
        None => {
            Login { username: text("username").to_owned(), secret: text("password").to_owned() }
        }
    };
    Ok((!login.secret.is_empty()).then_some(login))
}

/// An address without scheme and path.
fn bare(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// Asks the program that keeps logins; `None` if it has none.
fn ask(helper: &str, what: &str, input: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let program = format!("docker-credential-{helper}");
    let fails =
        |error: io::Error| Error::Other(format!("{program}: {}", pintle_chart::go_text(&error)));
    let mut child = Command::new(&program)
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(fails)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not want to know says so by its status.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(fails)?;
    if output.stdout.len() > MAX_ANSWER {
        return Err(Error::Other(format!("{program}: the answer is too long")));
    }
    if output.status.success() {
        return Ok(Some(output.stdout));
    }
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if what == "get" && text.contains("credentials not found") {
        return Ok(None);
    }
    Err(Error::Other(format!("{program} {what}: {text}")))
}
