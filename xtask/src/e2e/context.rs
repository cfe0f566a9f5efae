//! What every scenario has at hand: a cluster, the programs, and a folder to write into.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::database::Database;
use super::records::{self, Record};
use crate::cluster::{Cluster, build};
use crate::http::Server;
use crate::tools;

/// Who carries out a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// Helm 4, which decides.
    Helm,
    /// The last of Helm 3.
    Helm3,
    /// Ours.
    Pintle,
}

/// Where the programs are.
#[derive(Clone)]
pub(crate) struct Programs {
    helm: PathBuf,
    helm3: PathBuf,
    pintle: PathBuf,
}

impl Programs {
    /// Installs and builds what is missing. `$HELM`, `$HELM3` and `$PINTLE` name others.
    pub(crate) fn get(release: bool) -> Result<Programs, String> {
        let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let built = || if release { tools::release_program() } else { tools::debug_program() };
        Ok(Programs {
            helm: named("HELM").map_or_else(|| build::helm(build::HELM), Ok)?,
            helm3: named("HELM3").map_or_else(|| build::helm(build::HELM_3), Ok)?,
            pintle: named("PINTLE").map_or_else(built, Ok)?,
        })
    }

    fn path(&self, program: Program) -> &Path {
        match program {
            Program::Helm => &self.helm,
            Program::Helm3 => &self.helm3,
            Program::Pintle => &self.pintle,
        }
    }
}

/// What a command has come to.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Its exit status; none where a signal has ended it.
    pub(crate) status: Option<i32>,
    /// What it has printed.
    pub(crate) stdout: String,
    /// What it has said besides.
    pub(crate) stderr: String,
    /// How long it took.
    pub(crate) time: Duration,
}

/// What scenarios have that need no cluster.
#[derive(Clone)]
pub(crate) struct Desk {
    /// A folder of this run.
    pub(crate) scratch: PathBuf,
    /// Whether there is little time.
    pub(crate) quick: bool,
    programs: Programs,
}

impl Desk {
    pub(super) fn new(programs: Programs, quick: bool) -> Result<Desk, String> {
        let scratch = tools::root().join("target/xtask/e2e/desk");
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch).map_err(|error| error.to_string())?;
        }
        tools::private_folder(&scratch)?;
        Ok(Desk { scratch, quick, programs })
    }

    /// Where a program is.
    pub(crate) fn path(&self, program: Program) -> PathBuf {
        self.programs.path(program).to_path_buf()
    }

    /// The command of a program, with nothing of this machine's settings and with all that it keeps
    /// below the folder `home`, in which it runs.
    pub(crate) fn command(&self, program: &Path, home: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(home).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home);
        command.env("HELM_CACHE_HOME", home.join("cache")).env("HELM_DATA_HOME", home.join("data"));
        command.env("HELM_CONFIG_HOME", home.join("config"));
        command
    }
}

/// What scenarios share that need the cluster.
pub(crate) struct Context {
    /// The cluster.
    pub(crate) cluster: Cluster,
    /// Its API server.
    pub(crate) server: Server,
    /// A folder of this run.
    pub(crate) scratch: PathBuf,
    /// Whether there is little time.
    pub(crate) quick: bool,
    /// Whether times mean anything.
    pub(crate) release: bool,
    /// Where records are kept; in Secrets when there is none.
    pub(crate) database: Option<Database>,
    /// The address of the PostgreSQL beside the cluster, once it was asked for.
    pub(crate) sql: Option<String>,
    programs: Programs,
}

impl Context {
    pub(super) fn new(
        cluster: Cluster,
        programs: Programs,
        quick: bool,
        release: bool,
    ) -> Result<Context, String> {
        let scratch = tools::root().join("target/xtask/e2e").join(cluster.name());
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch).map_err(|error| error.to_string())?;
        }
        tools::private_folder(&scratch)?;
        let server = cluster.server()?;
        Ok(Context {
            cluster,
            server,
            scratch,
            quick,
            release,
            database: None,
            sql: None,
            programs,
        })
    }

    /// The command of a program in a namespace, with nothing of this machine's settings, on this
    /// cluster. `KUBECONFIG` may be set anew, to go through a proxy.
    pub(crate) fn command(&self, program: Program, namespace: &str, arguments: &[&str]) -> Command {
        let home = self.scratch.join(format!("{program:?}").to_lowercase());
        let mut command = Command::new(self.programs.path(program));
        command.args(arguments).env_clear().current_dir(&self.scratch).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HELM_CACHE_HOME", home.join("cache")).env("HELM_DATA_HOME", home.join("data"));
        command.env("HELM_CONFIG_HOME", home.join("config")).env("HOME", home);
        command.env("KUBECONFIG", self.cluster.kubeconfig()).env("HELM_NAMESPACE", namespace);
        if let Some(database) = &self.database {
            command.env("HELM_DRIVER", "sql");
            command.env("HELM_DRIVER_SQL_CONNECTION_STRING", &database.url);
        }
        command
    }

    /// All records in a namespace, by their keys.
    pub(crate) fn records(&self, namespace: &str) -> Result<Vec<Record>, String> {
        match &self.database {
            Some(database) => records::in_database(database, namespace),
            None => records::all(&self.server, namespace),
        }
    }

    /// Where a program is.
    pub(crate) fn path(&self, program: Program) -> PathBuf {
        self.programs.path(program).to_path_buf()
    }

    /// Runs a program in a namespace.
    pub(crate) fn run(
        &self,
        program: Program,
        namespace: &str,
        arguments: &[&str],
    ) -> Result<Ended, String> {
        finish(&mut self.command(program, namespace, arguments))
    }

    /// Runs a program, which must succeed, and gives what it prints.
    pub(crate) fn must(
        &self,
        program: Program,
        namespace: &str,
        arguments: &[&str],
    ) -> Result<String, String> {
        let ended = self.run(program, namespace, arguments)?;
        if ended.status == Some(0) {
            return Ok(ended.stdout);
        }
        let shown = arguments.join(" ");
        Err(format!("{program:?} {shown}: {:?}\n{}{}", ended.status, ended.stdout, ended.stderr))
    }

    /// Starts a program and lets it run, with its output thrown away.
    pub(crate) fn spawn(
        &self,
        program: Program,
        namespace: &str,
        arguments: &[&str],
        kubeconfig: &Path,
    ) -> Result<Child, String> {
        let mut command = self.command(program, namespace, arguments);
        command.env("KUBECONFIG", kubeconfig).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(|error| format!("{command:?}: {error}"))
    }

    /// Whether a program knows a command.
    pub(crate) fn knows(&self, program: Program, command: &str) -> bool {
        let ended = self.run(program, "default", &[command, "--help"]);
        ended.is_ok_and(|ended| ended.status == Some(0))
    }

    /// Creates an empty namespace. Volumes whose claims are gone can be claimed again.
    pub(crate) fn create_namespace(&self, name: &str) -> Result<(), String> {
        let volumes = self.server.object("GET", "/api/v1/persistentvolumes", None)?;
        for volume in volumes["items"].as_array().into_iter().flatten() {
            if volume["status"]["phase"] == "Released" {
                let name = volume["metadata"]["name"].as_str().unwrap_or_default();
                let path = format!("/api/v1/persistentvolumes/{name}");
                let patch = json!({"spec": {"claimRef": null}});
                self.server.object("PATCH", &path, Some(&patch))?;
            }
        }
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.server.object("POST", "/api/v1/namespaces", Some(&object)).map(drop)
    }

    /// Deletes a namespace with all that is in it, and waits until it is gone.
    pub(crate) fn delete_namespace(&self, name: &str) -> Result<(), String> {
        if let Some(database) = &self.database {
            database.forget(name)?;
        }
        let path = format!("/api/v1/namespaces/{name}");
        let start = Instant::now();
        loop {
            let (status, body) = self.server.request("DELETE", &path, None)?;
            if status == 404 {
                return Ok(());
            }
            if start.elapsed() > Duration::from_secs(60) {
                return Err(format!("{name} stays: {}", String::from_utf8_lossy(&body)));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Creates an object, or replaces the one there is.
    pub(crate) fn put(&self, collection: &str, object: &Value) -> Result<Value, String> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let path = format!("{collection}/{name}");
        match self.server.request("GET", &path, None)? {
            (404, _) => self.server.object("POST", collection, Some(object)),
            _ => self.server.object("PUT", &path, Some(object)),
        }
    }

    /// A copy of one of the charts in `tests/e2e/charts`, in which a namespace's name stands wherever
    /// the chart says `@NAMESPACE@`.
    pub(crate) fn chart(&self, name: &str, namespace: &str) -> Result<PathBuf, String> {
        let to = self.scratch.join("charts").join(namespace).join(name);
        copy(&tools::root().join("tests/e2e/charts").join(name), &to, namespace)?;
        Ok(to)
    }
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Result<Ended, String> {
    let start = Instant::now();
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    Ok(Ended {
        status: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        time: start.elapsed(),
    })
}

/// Copies a folder of text files, in which a namespace's name takes the place of `@NAMESPACE@`.
pub(crate) fn copy(from: &Path, to: &Path, namespace: &str) -> Result<(), String> {
    let entries =
        std::fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target, namespace)?;
        } else {
            let text = tools::read(&entry.path())?;
            tools::write(&target, text.replace("@NAMESPACE@", namespace))?;
        }
    }
    Ok(())
}
