//! Where the database is and how it is reached.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use pintle_strconv::quote;

use crate::settings::{self, AddressError, Settings};

/// How long one host may take to answer where the connection string sets no time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A database, as lib/pq reads a connection string.
///
/// A string is a URL (`postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`) or a list
/// (`host=… port=… dbname=…`). What it does not say is taken from the variables that PostgreSQL's
/// programs read (`PGHOST`, `PGPASSWORD` …), service files and password files, and then from lib/pq's
/// defaults: `localhost`, port 5432, TLS with any certificate.
///
/// ```
/// use pintle_sql::Address;
///
/// let address = Address::parse("postgres://ann@db.example/shop", &|_| None)?;
/// assert_eq!(address.to_string(), "ann@db.example:5432/shop");
/// # Ok::<(), pintle_sql::AddressError>(())
/// ```
#[derive(Clone)]
pub struct Address {
    pub(crate) hosts: Vec<Host>,
    /// Whether hosts are tried in random order.
    pub(crate) shuffled: bool,
    pub(crate) wanted: Session,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) application: String,
    /// Options of the server, as its command line has them.
    pub(crate) options: String,
    pub(crate) tls: Tls,
    pub(crate) patience: Duration,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// A name, an address, or the folder of a socket.
    pub(crate) name: String,
    /// Takes the place of what the name would resolve to.
    pub(crate) address: Option<IpAddr>,
    pub(crate) port: u16,
}

impl Host {
    /// Whether it is a socket of this machine. One that begins with `@` has no file.
    pub(crate) fn is_socket(&self) -> bool {
        self.address.is_none() && self.name.starts_with(['/', '@'])
    }
}

/// What a server must be: `target_session_attrs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// When TLS is used and what is checked: `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// The settings of TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) mode: Mode,
    /// Without asking the server first, which PostgreSQL 17 understands.
    pub(crate) direct: bool,
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) root: String,
    /// The three are PEM text and no paths.
    pub(crate) inline: bool,
    /// Whether the server is told the name that is looked for.
    pub(crate) tells_name: bool,
    pub(crate) oldest: Version,
    pub(crate) newest: Version,
    /// Where the files are that are not named.
    pub(crate) folder: Option<PathBuf>,
}

/// The versions of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

const SESSIONS: [(&str, Session); 6] = [
    ("any", Session::Any),
    ("read-write", Session::ReadWrite),
    ("read-only", Session::ReadOnly),
    ("primary", Session::Primary),
    ("standby", Session::Standby),
    ("prefer-standby", Session::PreferStandby),
];

const MODES: [(&str, Mode); 6] = [
    ("disable", Mode::Disable),
    ("allow", Mode::Allow),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-full", Mode::VerifyFull),
    ("verify-ca", Mode::VerifyCa),
];

const VERSIONS: [(&str, Version); 4] = [
    ("TLSv1.0", Version::Tls10),
    ("TLSv1.1", Version::Tls11),
    ("TLSv1.2", Version::Tls12),
    ("TLSv1.3", Version::Tls13),
];

/// What lib/pq knows and what says nothing here: formats of its own, Kerberos, versions of the
/// protocol, and what the connection needs to be anyway.
const WITHOUT_MEANING: [&str; 11] = [
    "binary_parameters",
    "client_encoding",
    "datestyle",
    "disable_prepared_binary_result",
    "fallback_application_name",
    "geqo",
    "krbspn",
    "krbsrvname",
    "max_protocol_version",
    "min_protocol_version",
    "tz",
];

impl Address {
    /// Reads a connection string; `variable` gives the variables of the environment.
    ///
    /// # Errors
    ///
    /// It cannot be read, or a setting has a value that it cannot have. Messages are lib/pq's, but
    /// never show the string itself, since it may hold a password.
    pub fn parse(
        text: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Address, AddressError> {
        let mut settings = settings::read(text, variable)?;
        let take = &mut settings;
        let hosts = hosts(take)?;
        let encoding = take.get("client_encoding").map(|name| name.to_ascii_lowercase());
        if let Some(name) = encoding
            && !["utf8", "utf-8", "unicode"].contains(&name.as_str())
        {
            return Err(AddressError(format!(
                "pq: unsupported client_encoding {}: must be absent or \"UTF8\"",
                quote(&name)
            )));
        }
        let fallback = take.get("fallback_application_name").cloned().unwrap_or_default();
        WITHOUT_MEANING.iter().for_each(|name| drop(take.remove(*name)));
        let user = take.remove("user").or_else(|| variable("USER"));
        let user = user.or_else(|| variable("USERNAME")).unwrap_or_default();
        let seconds = match take.remove("connect_timeout") {
            Some(text) => pintle_strconv::parse_int(&text, 10, 64)
                .map_err(|error| wrong("connect_timeout", &error.to_string()))?,
            None => 0,
        };
        let mut address = Address {
            hosts,
            shuffled: choose(
                take,
                "load_balance_hosts",
                &[("disable", false), ("random", true)],
                false,
            )?,
            wanted: choose(take, "target_session_attrs", &SESSIONS, Session::Any)?,
            database: take.remove("dbname").unwrap_or_default(),
            user,
            password: take.remove("password").unwrap_or_default(),
            password_file: match take.remove("passfile").filter(|file| !file.is_empty()) {
                Some(file) => Some(file.into()),
                None => settings::home(variable, false)
                    .map(|home| home.join(if cfg!(windows) { "pgpass.conf" } else { ".pgpass" })),
            },
            application: take.remove("application_name").unwrap_or(fallback),
            options: take.remove("options").unwrap_or_default(),
            tls: Tls::of(take, settings::home(variable, true))?,
            patience: match u64::try_from(seconds) {
                Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
                _ => PATIENCE,
            },
        };
        if address.hosts.iter().all(Host::is_socket) {
            address.tls.mode = Mode::Disable;
        }
        // All else are parameters of the server.
        for (key, value) in settings {
            address.options.push_str(&option(&key, &value));
        }
        Ok(address)
    }
}

/// A parameter as the server's command line has it.
fn option(key: &str, value: &str) -> String {
    let mut option = " -c ".to_owned();
    for c in key.chars().chain(['=']).chain(value.chars()) {
        if c.is_whitespace() || c == '\\' {
            option.push('\\');
        }
        option.push(c);
    }
    option
}

impl Tls {
    fn of(settings: &mut Settings, folder: Option<PathBuf>) -> Result<Tls, AddressError> {
        let flag = |settings: &mut Settings, name: &str, default| match settings.remove(name) {
            Some(text) => boolean(&text).ok_or_else(|| {
                let text = quote(&text);
                wrong(name, &format!("strconv.ParseBool: parsing {text}: invalid syntax"))
            }),
            None => Ok(default),
        };
        let root = settings.remove("sslrootcert").unwrap_or_default();
        // Anybody can get a certificate that the system trusts, so that names must be checked.
        let system = root == "system";
        let default = if system { Mode::VerifyFull } else { Mode::Require };
        let given = settings.get("sslmode").cloned().unwrap_or_default();
        let mode = choose(settings, "sslmode", &MODES, default)?;
        if system && mode != Mode::VerifyFull {
            return Err(AddressError(format!(
                "pq: weak sslmode {} may not be used with sslrootcert=system (use \"verify-full\")",
                quote(&given)
            )));
        }
        let direct = [("postgres", false), ("direct", true)];
        let direct = choose(settings, "sslnegotiation", &direct, false)?;
        if direct && matches!(mode, Mode::Disable | Mode::Allow | Mode::Prefer) {
            return Err(AddressError(format!(
                "pq: weak sslmode {} may not be used with sslnegotiation=direct (use \"require\", \
                 \"verify-ca\", or \"verify-full\")",
                quote(&given)
            )));
        }
        Ok(Tls {
            mode,
            direct,
            certificate: settings.remove("sslcert").unwrap_or_default(),
            key: settings.remove("sslkey").unwrap_or_default(),
            root,
            inline: flag(settings, "sslinline", false)?,
            tells_name: flag(settings, "sslsni", true)?,
            oldest: choose(settings, "ssl_min_protocol_version", &VERSIONS, Version::Tls12)?,
            newest: choose(settings, "ssl_max_protocol_version", &VERSIONS, Version::Tls13)?,
            folder,
        })
    }
}

/// The value of a setting that has one of some names.
fn choose<T: Copy>(
    settings: &mut Settings,
    name: &str,
    all: &[(&str, T)],
    default: T,
) -> Result<T, AddressError> {
    let Some(text) = settings.remove(name) else { return Ok(default) };
    if let Some((_, value)) = all.iter().find(|(known, _)| *known == text) {
        return Ok(*value);
    }
    let mut known: Vec<String> = all.iter().map(|(known, _)| (*known).to_owned()).collect();
    if let Some(last) = known.last_mut() {
        last.insert_str(0, "or ");
    }
    let known = known.join(", ");
    let text = quote(&text);
    Err(wrong(name, &format!("{text} is not supported; supported values are {known}")))
}

fn wrong(name: &str, why: &str) -> AddressError {
    AddressError(format!("pq: wrong value for {}: {why}", quote(name)))
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" | "yes" | "on" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The servers of `host`, `hostaddr` and `port`, which are lists of the same length; one port may
/// serve for all.
fn hosts(settings: &mut Settings) -> Result<Vec<Host>, AddressError> {
    let list = |text: Option<String>| -> Option<Vec<String>> {
        text.map(|text| text.split(',').map(str::to_owned).collect())
    };
    let names = list(settings.remove("host"));
    let addresses = list(settings.remove("hostaddr"));
    let ports = list(settings.remove("port")).unwrap_or_default();
    if let (Some(names), Some(addresses)) = (&names, &addresses)
        && names.len() != addresses.len()
    {
        let (names, addresses) = (names.len(), addresses.len());
        let message =
            format!("pq: could not match {names} host names to {addresses} hostaddr values");
        return Err(AddressError(message));
    }
    let count = names.as_ref().or(addresses.as_ref()).map_or(1, Vec::len);
    if ports.len() > 1 && ports.len() != count {
        let ports = ports.len();
        let message = format!("pq: could not match {ports} port numbers to {count} hosts");
        return Err(AddressError(message));
    }
    let of = |list: &Option<Vec<String>>, at: usize| {
        list.as_ref().and_then(|list| list.get(at)).filter(|text| !text.is_empty()).cloned()
    };
    (0..count)
        .map(|at| {
            let address = match of(&addresses, at) {
                Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
                    let text = quote(&text);
                    wrong("hostaddr", &format!("ParseAddr({text}): unable to parse IP"))
                })?),
                None => None,
            };
            let port = match ports.get(at).or(ports.first()).filter(|text| !text.is_empty()) {
                Some(text) => pintle_strconv::parse_uint(text, 10, 16)
                    .map_err(|error| wrong("port", &error.to_string()))?,
                None => 5432,
            };
            Ok(Host {
                name: of(&names, at).unwrap_or_else(|| "localhost".to_owned()),
                address,
                port: u16::try_from(port).unwrap_or(5432),
            })
        })
        .collect()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.user.is_empty() {
            write!(f, "{}@", self.user)?;
        }
        for (host, at) in self.hosts.iter().zip(0..) {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma}{}:{}", host.name, host.port)?;
        }
        write!(f, "/{}", self.database)
    }
}

/// Without password and keys.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, AddressError> {
        Address::parse(text, &|name| (name == "USER").then(|| "me".to_owned()))
    }

    #[test]
    fn defaults_are_lib_pqs() {
        let address = parse("").expect("an address");
        assert_eq!(address.to_string(), "me@localhost:5432/");
        assert_eq!(address.tls.mode, Mode::Require);
        assert_eq!(address.patience, PATIENCE);
        let socket = parse("host=/run/postgresql").expect("an address");
        assert_eq!(socket.tls.mode, Mode::Disable);
        assert_eq!(parse("sslrootcert=system").expect("an address").tls.mode, Mode::VerifyFull);
    }

    #[test]
    fn hosts_are_lists() {
        for (text, hosts) in [
            ("host=a,b port=1,2", "me@a:1,b:2/"),
            ("host=a,,c port=7", "me@a:7,localhost:7,c:7/"),
            ("hostaddr=127.0.0.1,::1 port=1,", "me@localhost:1,localhost:5432/"),
            ("postgres://u@h1,h2/db?port=5,6", "u@h1:5,h2:6/db"),
        ] {
            assert_eq!(parse(text).expect("an address").to_string(), hosts, "{text}");
        }
    }

    #[test]
    fn other_settings_are_parameters_of_the_server() {
        let text = r"search_path='a b' options='-c geqo=off' work_mem=4MB tz=UTC";
        let address = parse(text).expect("an address");
        assert_eq!(address.options, r"-c geqo=off -c search_path=a\ b -c work_mem=4MB");
    }

    #[test]
    fn errors_are_lib_pqs() {
        for (text, error) in [
            (
                "sslmode=x",
                r#"pq: wrong value for "sslmode": "x" is not supported; supported values are disable, allow, prefer, require, verify-full, or verify-ca"#,
            ),
            (
                "port=x",
                r#"pq: wrong value for "port": strconv.ParseUint: parsing "x": invalid syntax"#,
            ),
            (
                "port=70000",
                r#"pq: wrong value for "port": strconv.ParseUint: parsing "70000": value out of range"#,
            ),
            ("host=a,b port=1,2,3", "pq: could not match 3 port numbers to 2 hosts"),
            ("host=a hostaddr=::1,::2", "pq: could not match 1 host names to 2 hostaddr values"),
            (
                "client_encoding=latin1",
                r#"pq: unsupported client_encoding "latin1": must be absent or "UTF8""#,
            ),
            (
                "sslrootcert=system sslmode=require",
                r#"pq: weak sslmode "require" may not be used with sslrootcert=system (use "verify-full")"#,
            ),
        ] {
            assert_eq!(parse(text).expect_err(text).to_string(), error);
        }
    }

    #[test]
    fn no_password_is_shown() {
        let address = parse("postgres://u:secret@h/d").expect("an address");
        assert_eq!(address.password, "secret");
        assert!(!format!("{address:?}{address}").contains("secret"));
        let error = parse("postgres://u:secret@h:x/d").expect_err("a port that is none");
        assert!(!error.to_string().contains("secret"));
    }
}
