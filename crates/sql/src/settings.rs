//! The settings of a connection as lib/pq reads them: from the environment, a service file and the
//! connection string, which is a URL or a list of `key=value`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use pintle_strconv::quote;

use crate::files;

/// Settings by their names in a connection string.
pub(crate) type Settings = BTreeMap<String, String>;

/// A connection string, a variable of the environment or a file that says nothing usable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError(pub(crate) String);

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}

/// Which variable of the environment stands for which setting.
const VARIABLES: [(&str, &str); 24] = [
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLSNI", "sslsni"),
    ("SSLPGMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("SSLPGMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGCLIENTENCODING", "client_encoding"),
    ("PGDATESTYLE", "datestyle"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGSERVICE", "service"),
    ("PGSERVICEFILE", "servicefile"),
];

/// What libpq knows and lib/pq refuses, lest it be passed over in silence.
const REFUSED: [&str; 13] = [
    "PGREQUIRESSL",
    "PGSSLCOMPRESSION",
    "PGREALM",
    "PGGSSENCMODE",
    "PGGSSDELEGATION",
    "PGGSSLIB",
    "PGREQUIREAUTH",
    "PGCHANNELBINDING",
    "PGSSLCERTMODE",
    "PGSSLCRL",
    "PGSSLCRLDIR",
    "PGREQUIREPEER",
    "PGKRBSRVNAME",
];

/// All settings that a connection string, the environment and a service file give together.
pub(crate) fn read(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, AddressError> {
    if let Some(name) = REFUSED.iter().find(|name| variable(name).is_some()) {
        return Err(AddressError(format!("pq: environment variable ${name} is not supported")));
    }
    let mut settings = Settings::new();
    for (name, setting) in VARIABLES {
        if let Some(value) = variable(name) {
            settings.insert(setting.to_owned(), value);
        }
    }
    settings.extend(match url(text)? {
        Some(given) => given,
        None => pairs(text)?,
    });
    if let Some(name) = settings.get("database").cloned() {
        settings.insert("dbname".to_owned(), name);
        settings.remove("database");
    }
    if let Some(service) = settings.get("service").filter(|name| !name.is_empty()).cloned() {
        let file = match settings.get("servicefile") {
            Some(file) => Some(PathBuf::from(file)),
            None => home(variable, false).map(|home| home.join(".pg_service.conf")),
        };
        // What the file says wins in lib/pq, even over the connection string.
        settings.extend(service_settings(file.as_deref(), &service)?);
    }
    settings.remove("service");
    settings.remove("servicefile");
    Ok(settings)
}

/// Where PostgreSQL's files of a user are.
pub(crate) fn home(
    variable: &dyn Fn(&str) -> Option<String>,
    certificates: bool,
) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(PathBuf::from(variable("APPDATA")?).join("postgresql"));
    }
    let home = PathBuf::from(variable("HOME")?);
    Some(if certificates { home.join(".postgresql") } else { home })
}

/// A list of `key=value`, by the rules of libpq: quotes are single, a backslash takes the next
/// character as it is.
fn pairs(text: &str) -> Result<Settings, AddressError> {
    let mut settings = Settings::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(settings);
        }
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| !c.is_whitespace() && *c != '=') {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next() != Some('=') {
            let key = quote(&key);
            let message = format!("missing \"=\" after {key} in connection info string");
            return Err(AddressError(message));
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut value = String::new();
        if chars.next_if_eq(&'\'').is_some() {
            loop {
                match chars.next() {
                    Some('\'') => break,
                    Some('\\') => value.extend(chars.next()),
                    Some(c) => value.push(c),
                    None => {
                        let message = "unterminated quoted string literal in connection string";
                        return Err(AddressError(message.to_owned()));
                    }
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                match c {
                    '\\' => value.push(chars.next().ok_or_else(|| {
                        AddressError("missing character after backslash".to_owned())
                    })?),
                    c => value.push(c),
                }
            }
        }
        settings.insert(key, value);
    }
}

/// A URL; `None` when the text is none. Parts that are empty say nothing.
fn url(text: &str) -> Result<Option<Settings>, AddressError> {
    let schemes = ["postgres://", "postgresql://"];
    let Some(rest) = schemes.iter().find_map(|scheme| text.strip_prefix(scheme)) else {
        return Ok(None);
    };
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut settings = Settings::new();
    let mut set = |key: &str, value: String| {
        if !value.is_empty() {
            settings.insert(key.to_owned(), value);
        }
    };
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let (user, password) = user.split_once(':').unwrap_or((user, ""));
            set("user", unescape(user, false)?);
            set("password", unescape(password, false)?);
            host
        }
        None => authority,
    };
    // The colon before a port stands behind the brackets of an IPv6 address.
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (host, ""),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        let port = quote(format!(":{port}"));
        return Err(invalid(format!("invalid port {port} after host")));
    }
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    set("host", unescape(host, false)?);
    set("port", port.to_owned());
    set("dbname", unescape(path, false)?);
    // Of a key that is given twice the first is taken.
    for pair in query.split('&').rev().filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        set(&unescape(key, true)?, unescape(value, true)?);
    }
    Ok(Some(settings))
}

/// The URL itself is not shown: it may hold a password.
fn invalid(why: String) -> AddressError {
    AddressError(format!("parse the connection string: {why}"))
}

fn unescape(text: &str, query: bool) -> Result<String, AddressError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' if query => bytes.push(b' '),
            b'%' => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let byte = match after {
                    [high, low, after @ ..] => {
                        rest = after;
                        digit(high).zip(digit(low)).map(|(high, low)| high * 16 + low)
                    }
                    _ => None,
                };
                let Some(byte) = byte.and_then(|byte| u8::try_from(byte).ok()) else {
                    return Err(invalid("invalid URL escape".to_owned()));
                };
                bytes.push(byte);
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| invalid("it is not UTF-8".to_owned()))
}

/// The settings of a service.
fn service_settings(file: Option<&Path>, service: &str) -> Result<Settings, AddressError> {
    let wrong = |why: String| AddressError(format!("pq: {why}"));
    let path = file.unwrap_or(Path::new(""));
    let text = match files::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let path = quote(path.to_string_lossy().as_bytes());
            return Err(wrong(format!("service file {path} not found")));
        }
        Err(error) => return Err(wrong(format!("open {}: {error}", path.display()))),
    };
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(str::trim).zip(1usize..);
    let mut lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let header = |line: &str| -> Option<String> {
        Some(line.strip_prefix('[')?.strip_suffix(']')?.trim().to_owned())
    };
    if !lines.any(|(line, _)| header(line).is_some_and(|name| name == service)) {
        return Err(wrong(format!("definition of service {} not found", quote(service))));
    }
    let mut settings = Settings::new();
    for (line, number) in lines.take_while(|(line, _)| header(line).is_none()) {
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| wrong(format!("line {number}: missing '=' in {}", quote(line))))?;
        settings.insert(key.trim().to_owned(), value.trim().to_owned());
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    fn text(settings: &Settings) -> String {
        let pairs: Vec<_> = settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
        pairs.join("|")
    }

    #[test]
    fn both_forms() {
        for (given, wanted) in [
            ("", Ok("")),
            ("host=db port = 5433 dbname='my db'", Ok("dbname=my db|host=db|port=5433")),
            (r"user=space\ man password='it\'s'", Ok("password=it's|user=space man")),
            ("user=''", Ok("user=")),
            ("user=", Ok("user=")),
            ("database=x", Ok("dbname=x")),
            ("user", Err(r#"missing "=" after "user" in connection info string"#)),
            ("user='x", Err("unterminated quoted string literal in connection string")),
            ("user=x\\", Err("missing character after backslash")),
            (
                "postgres://ann:s%40cret%2f@db:5433/shop?sslmode=disable&search_path=a+b",
                Ok(
                    "dbname=shop|host=db|password=s@cret/|port=5433|search_path=a b|sslmode=disable|user=ann",
                ),
            ),
            ("postgresql://", Ok("")),
            ("postgres://[::1]:7/x?", Ok("dbname=x|host=::1|port=7")),
            ("postgres://[::1]", Ok("host=::1")),
            ("postgres://a,b/x?port=1,2", Ok("dbname=x|host=a,b|port=1,2")),
            ("postgres:///x?host=%2Frun", Ok("dbname=x|host=/run")),
            (
                "postgres://a:p@c:x/",
                Err(r#"parse the connection string: invalid port ":x" after host"#),
            ),
            ("postgres://a:%zz@c", Err("parse the connection string: invalid URL escape")),
            (
                "postgres://a:%f",
                Err(r#"parse the connection string: invalid port ":%f" after host"#),
            ),
            ("postgres://%ff@h", Err("parse the connection string: it is not UTF-8")),
        ] {
            let read = read(given, &none);
            let read = read.as_ref().map(text).map_err(ToString::to_string);
            assert_eq!(read.as_deref().map_err(String::as_str), wanted, "{given}");
        }
    }

    #[test]
    fn the_environment_is_below_and_a_service_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("services");
        let services = "# ours\n[other]\nhost=no\n\n[shop]\nhost = db1\nport=6\n[last]\nuser=x\n";
        std::fs::write(&file, services).expect("written");
        let variable = |name: &str| match name {
            "PGHOST" => Some("env".to_owned()),
            "PGUSER" => Some("ann".to_owned()),
            "PGSERVICEFILE" => Some(file.display().to_string()),
            _ => None,
        };
        let read = |given: &str| read(given, &variable);
        assert_eq!(text(&read("port=1").expect("settings")), "host=env|port=1|user=ann");
        assert_eq!(
            text(&read("port=1 service=shop").expect("settings")),
            "host=db1|port=6|user=ann"
        );
        let error = read("service=none").expect_err("no such service");
        assert_eq!(error.to_string(), r#"pq: definition of service "none" not found"#);
        let refused = |name: &str| (name == "PGSSLCRL").then(|| "x".to_owned());
        let error = super::read("", &refused).expect_err("refused");
        assert_eq!(error.to_string(), "pq: environment variable $PGSSLCRL is not supported");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(given in "(postgres://)?[ -~é\\\\'=%@:/?&\\[\\]]{0,40}") {
            let _ = read(&given, &none);
        }

        #[test]
        fn quoted_values_come_back(value in "[ -~é]{0,30}") {
            let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
            let read = read(&format!("password='{escaped}'"), &none).expect("settings");
            proptest::prop_assert_eq!(read.get("password"), Some(&value));
        }
    }
}
