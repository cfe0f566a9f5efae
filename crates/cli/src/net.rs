//! The network as the command line wants it used.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pintle_repo::credentials::Credentials;
use pintle_repo::http::{Access, Client, Request, Tls, redacted};
use pintle_repo::index::Skipped;
use pintle_repo::oci::Registry;

use crate::context::Context;
use crate::failure::Failure;
use crate::parse::Parsed;
use crate::plugin::Getters;
use crate::transfers::Bar;
use crate::{log, output};

/// What the program calls itself. Servers that tell Helm from browsers by its name go on doing so.
pub(crate) const AGENT: &str = concat!("Helm/4.3.1 pintle/", env!("CARGO_PKG_VERSION"));

/// What fetches, by plugins too, and shows how far it is; nothing is started before its first request.
pub(crate) fn client(context: &Context) -> Client {
    let client = Client::new(AGENT).with_getter(Getters::new(context));
    match Bar::of_errors(&context.settings) {
        Some(bar) => client.progress(Arc::new(bar)),
        None => client,
    }
}

/// What is said where `--offline` forbids to fetch `url`.
pub(crate) fn refusal(url: &str) -> String {
    format!("cannot fetch {}: the network is not to be used (--offline)", redacted(url))
}

/// Who asks and whom to trust, by the flags of [`crate::flags::CHART`]. User name and password are
/// for `origin`.
pub(crate) fn access(parsed: &Parsed, origin: &str) -> Access {
    let text = |name| parsed.text(name).unwrap_or_default().to_owned();
    Access {
        username: text("username"),
        password: text("password"),
        origin: origin.to_owned(),
        pass_credentials: parsed.is("pass-credentials"),
        tls: Tls {
            ca_file: text("ca-file"),
            cert_file: text("cert-file"),
            key_file: text("key-file"),
            insecure_skip_verify: parsed.is("insecure-skip-tls-verify"),
        },
        plain_http: parsed.is("plain-http"),
    }
}

/// What asks registries, by the flags of [`crate::flags::CHART`] or [`crate::flags::PUSH`].
pub(crate) fn registry<'c>(context: &Context, client: &'c Client) -> Registry<'c> {
    let credentials = Credentials::new(&context.settings.registry_config);
    Registry::new(client, access(&context.parsed, ""), credentials)
}

/// Refuses to fetch `url` where `--offline` forbids it.
pub(crate) fn allowed(context: &Context, url: &str) -> Result<(), Failure> {
    if context.settings.offline { Err(Failure::new(refusal(url))) } else { Ok(()) }
}

/// How long `--timeout` allows a request to take.
pub(crate) fn timeout(parsed: &Parsed) -> Duration {
    parsed.duration("timeout").filter(|given| !given.is_zero()).unwrap_or(Request::TIMEOUT)
}

/// Says which entries of an index are left out.
pub(crate) fn skipped(entries: &[Skipped], source: &str) {
    for Skipped { name, version, why } in entries {
        match version {
            None => log::warn(
                "skipping loading invalid entry for chart: empty entry",
                &[("name", name), ("source", source)],
            ),
            Some(version) => log::warn(
                "skipping loading invalid entry for chart",
                &[("name", name), ("version", version), ("source", source), ("error", why)],
            ),
        }
    }
}

/// The time, in the form of RFC 3339.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Asks the user for a text; `None` where there is no terminal to ask at.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn ask(prompt: &str) -> Result<Option<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    output::complain(prompt);
    let mut text = String::new();
    let read = std::io::stdin().lock().take(1 << 20).read_line(&mut text);
    read.map_err(|error| Failure::new(format!("read the answer: {error}")))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Asks the user for a password, which is not shown; `None` where there is no terminal to ask at.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn ask_secretly(prompt: &str) -> Result<Option<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    output::complain(prompt);
    let read = rpassword::read_password();
    read.map(Some).map_err(|error| Failure::new(format!("read the password: {error}")))
}

/// Reads a password from standard input; the line break behind it is not part of it.
pub(crate) fn secret() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(1 << 20).read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("read the password: {error}")))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// A time of the system in the form of RFC 3339, where the user is; now if it is not known.
pub(crate) fn rfc3339(time: Option<SystemTime>) -> String {
    let time = time.and_then(|time| jiff::Timestamp::try_from(time).ok());
    let time = time.unwrap_or_else(jiff::Timestamp::now).to_zoned(jiff::tz::TimeZone::system());
    if time.offset().is_zero() {
        return time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    }
    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
