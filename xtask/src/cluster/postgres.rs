//! A PostgreSQL of the system's packages beside a cluster, for the SQL driver.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::daemons::{self, Group};
use crate::tools;

/// Starts a new one and gives its address with user and password.
pub(crate) fn start(folder: &Path, password: &str, group: Group) -> Result<String, String> {
    let programs = programs()?;
    let [port] = daemons::free_ports()?;
    let data = data(folder)?;
    let secret = data.join("password");
    let mut write = other_user("sh");
    write.args(["-c", "umask 077; printf %s \"$1\" >\"$2\"", "sh", password]).arg(&secret);
    tools::output(&mut write)?;
    let data = data.join("data");
    let mut initdb = other_user(programs.join("initdb"));
    initdb.args(["--username=pintle", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]);
    initdb.arg("--no-sync").arg("--pwfile").arg(&secret).arg("-D").arg(&data);
    tools::output(initdb.current_dir("/"))?;
    let mut postgres = other_user(programs.join("postgres"));
    // A connection over the network only, and nothing of it outlives the cluster.
    postgres.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-k", "", "-F", "-p"]);
    let mark = data.parent().unwrap_or(&data);
    let daemon = daemons::start(
        folder,
        "postgres",
        {
            postgres.arg(port.to_string());
            postgres
        },
        mark,
        group,
    )?;
    let start = Instant::now();
    loop {
        let mut ask = Command::new(programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        if ask.status().is_ok_and(|status| status.success()) {
            break;
        }
        if !daemon.lives() && start.elapsed() > Duration::from_secs(1)
            || start.elapsed() > Duration::from_secs(30)
        {
            return Err(format!("PostgreSQL does not start:\n{}", daemon.last_words()));
        }
        sleep(Duration::from_millis(50));
    }
    Ok(format!("postgres://pintle:{password}@127.0.0.1:{port}/postgres?sslmode=disable"))
}

/// The newest of the system's, which are not on the path everywhere.
pub(crate) fn programs() -> Result<PathBuf, String> {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|path| path.join("initdb").exists())
        .collect();
    found.sort();
    let asked = || {
        let text = tools::output(Command::new("pg_config").arg("--bindir")).ok()?;
        let path = PathBuf::from(String::from_utf8(text).ok()?.trim());
        path.join("initdb").exists().then_some(path)
    };
    found
        .pop()
        .or_else(asked)
        .ok_or_else(|| "no PostgreSQL here: apt-get install postgresql".to_owned())
}

fn is_root() -> bool {
    let id = tools::output(Command::new("id").arg("-u"));
    id.is_ok_and(|id| id.trim_ascii() == b"0")
}

/// The command, as somebody else when this is root: PostgreSQL refuses to run as that.
fn other_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

/// A folder that PostgreSQL may write into; the cluster's own may stand where only root can go.
fn data(folder: &Path) -> Result<PathBuf, String> {
    if !is_root() {
        let own = folder.join("postgres");
        tools::private_folder(&own)?;
        return Ok(own);
    }
    let path =
        tools::output(other_user("mktemp").args(["-d", "--tmpdir", "pintle-postgres-XXXXXX"]))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&path).trim_end()))
}
