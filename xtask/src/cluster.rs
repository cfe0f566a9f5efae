//! A real control plane to test on, started on free ports of this machine: etcd, the API server, the
//! controllers, the scheduler, and a node that only pretends to run pods.

pub(crate) mod build;
pub(crate) mod daemons;
pub(crate) mod identity;
mod objects;
mod postgres;

pub(crate) use postgres::programs as postgres_programs;

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Server;
use crate::tools;
use daemons::{Daemon, Group};
use identity::Identity;

const USAGE: &str = "usage: cargo xtask cluster up [--name NAME] [--postgres]
       cargo xtask cluster down [--name NAME | --all]
       cargo xtask cluster status";

/// How long the control plane may take to get ready.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is asked for with `up`.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Tells clusters apart.
    pub(crate) name: String,
    /// Start a PostgreSQL beside it.
    pub(crate) postgres: bool,
    /// Whether its processes go on when the terminal ends this one.
    pub(crate) group: Group,
}

impl Options {
    /// A cluster that ends with the run that started it.
    pub(crate) fn for_tests(name: &str) -> Options {
        Options { name: name.to_owned(), postgres: false, group: Group::Shared }
    }
}

/// A cluster that has been started.
#[derive(Clone)]
pub(crate) struct Cluster {
    folder: PathBuf,
    facts: Value,
}

/// Runs the task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut words = arguments.iter().map(String::as_str);
    let action = words.next().ok_or(USAGE)?;
    let mut name = "default".to_owned();
    let (mut postgres, mut all) = (false, false);
    while let Some(word) = words.next() {
        match (action, word) {
            ("up" | "down", "--name") => words.next().ok_or(USAGE)?.clone_into(&mut name),
            ("up", "--postgres") => postgres = true,
            ("down", "--all") => all = true,
            _ => return Err(USAGE.to_owned()),
        }
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("a cluster's name is of letters, digits and -".to_owned());
    }
    match action {
        "up" => {
            let group = Group::Own;
            let cluster = Cluster::up(&Options { name, postgres, group })?;
            println!("export KUBECONFIG={}", cluster.kubeconfig().display());
            if let Some(url) = cluster.sql() {
                println!("export HELM_DRIVER_SQL_CONNECTION_STRING={url}");
            }
            Ok(())
        }
        "down" if all => names()?.iter().try_for_each(|name| Cluster::down(name)),
        "down" => Cluster::down(&name),
        "status" => status(),
        _ => Err(USAGE.to_owned()),
    }
}

fn clusters() -> PathBuf {
    tools::root().join("target/xtask/cluster")
}

fn names() -> Result<Vec<String>, String> {
    let Ok(entries) = std::fs::read_dir(clusters()) else { return Ok(Vec::new()) };
    let mut names: Vec<_> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn status() -> Result<(), String> {
    for name in names()? {
        let folder = clusters().join(&name);
        println!("{name}: export KUBECONFIG={}", kubeconfig(&folder).display());
        for daemon in daemons::all(&folder)? {
            let state = if daemon.lives() { "runs" } else { "has ended" };
            println!("  {:<24} {:>7}  {state}", daemon.name, daemon.pid);
        }
    }
    Ok(())
}

fn kubeconfig(folder: &Path) -> PathBuf {
    folder.join("kubeconfig")
}

impl Cluster {
    /// Starts a cluster; one that has the name already must be ended first.
    pub(crate) fn up(options: &Options) -> Result<Cluster, String> {
        let folder = clusters().join(&options.name);
        if folder.exists() {
            let name = &options.name;
            return Err(format!("{name} is there already: cargo xtask cluster down --name {name}"));
        }
        let programs = build::programs()?;
        let start = Instant::now();
        tools::private_folder(&folder)?;
        let cluster = Cluster::begin(&folder, options, &programs).inspect_err(|_| {
            // What has happened is told already; the rest is best effort.
            let _ = daemons::end(&folder).map(|()| std::fs::remove_dir_all(&folder));
        })?;
        eprintln!("cluster {} is up in {:.1} s", options.name, start.elapsed().as_secs_f64());
        Ok(cluster)
    }

    fn begin(
        folder: &Path,
        options: &Options,
        programs: &build::Programs,
    ) -> Result<Cluster, String> {
        let [store, peers, port, node] = daemons::free_ports()?;
        let identity = Identity::make(folder, port)?;
        let start = |name: &str, flags: &[(&str, String)]| -> Result<Daemon, String> {
            let mut command = std::process::Command::new(programs.path(name)?);
            for (flag, value) in flags {
                command.arg(format!("--{flag}={value}"));
            }
            daemons::start(folder, name, command, folder, options.group)
        };
        let file = |name: &str| folder.join(name).display().to_string();
        let store = format!("http://127.0.0.1:{store}");
        let peers = format!("http://127.0.0.1:{peers}");
        let mut all = vec![start(
            "etcd",
            &[
                ("data-dir", file("etcd")),
                ("listen-client-urls", store.clone()),
                ("advertise-client-urls", store.clone()),
                ("listen-peer-urls", peers.clone()),
                ("initial-advertise-peer-urls", peers.clone()),
                ("initial-cluster", format!("default={peers}")),
                // Nothing of it outlives the cluster.
                ("unsafe-no-fsync", "true".to_owned()),
                ("log-level", "warn".to_owned()),
            ],
        )?];
        all.push(start(
            "kube-apiserver",
            &[
                ("etcd-servers", store),
                ("bind-address", "127.0.0.1".to_owned()),
                ("advertise-address", "127.0.0.1".to_owned()),
                ("secure-port", port.to_string()),
                ("tls-cert-file", file("server.crt")),
                ("tls-private-key-file", file("server.key")),
                ("client-ca-file", file("ca.crt")),
                ("token-auth-file", file("tokens.csv")),
                ("authorization-mode", "RBAC".to_owned()),
                ("service-account-key-file", file("accounts.pub")),
                ("service-account-signing-key-file", file("accounts.key")),
                ("service-account-issuer", format!("https://127.0.0.1:{port}")),
                ("disable-admission-plugins", "ServiceAccount".to_owned()),
                ("endpoint-reconciler-type", "none".to_owned()),
                ("service-cluster-ip-range", "10.96.0.0/16".to_owned()),
                ("allow-privileged", "true".to_owned()),
                ("kubelet-client-certificate", file("client.crt")),
                ("kubelet-client-key", file("client.key")),
                ("profiling", "false".to_owned()),
            ],
        )?);
        let sql = match options.postgres {
            true => Some(postgres::start(folder, &identity.token, options.group)?),
            false => None,
        };
        let facts = json!({"port": port, "token": identity.token, "sql": sql});
        tools::write(&folder.join("facts.json"), facts.to_string())?;
        let cluster = Cluster { folder: folder.to_path_buf(), facts };
        let server = cluster.server()?;
        wait(&all, "the API server", || {
            matches!(server.request("GET", "/readyz", None), Ok((200, _)))
        })?;
        let quick = |more: &[(&'static str, String)]| {
            let mut flags = vec![
                ("kubeconfig", kubeconfig(folder).display().to_string()),
                ("leader-elect", "false".to_owned()),
                ("secure-port", "0".to_owned()),
                ("kube-api-qps", "500".to_owned()),
                ("kube-api-burst", "1000".to_owned()),
            ];
            flags.extend_from_slice(more);
            flags
        };
        all.push(start(
            "kube-controller-manager",
            &quick(&[
                ("service-account-private-key-file", file("accounts.key")),
                ("root-ca-file", file("ca.crt")),
                ("node-monitor-grace-period", "1h".to_owned()),
            ]),
        )?);
        all.push(start("kube-scheduler", &quick(&[]))?);
        let stages = include_str!("../cluster/kwok/stages.yaml").replace("{log}", &file("pod.log"));
        tools::write(&folder.join("stages.yaml"), stages)?;
        // As a container runtime writes it.
        let log = "2026-01-01T00:00:00.000000000Z stdout F this pod was never run\n";
        tools::write(&folder.join("pod.log"), log)?;
        all.push(start(
            "kwok",
            &[
                ("kubeconfig", kubeconfig(folder).display().to_string()),
                ("config", file("stages.yaml")),
                ("manage-all-nodes", "true".to_owned()),
                ("node-ip", "127.0.0.1".to_owned()),
                ("node-port", node.to_string()),
                ("server-address", format!("127.0.0.1:{node}")),
                ("tls-cert-file", file("server.crt")),
                ("tls-private-key-file", file("server.key")),
            ],
        )?);
        objects::create(&server)?;
        wait(&all, "the node and the controllers", || objects::ready(&server))?;
        Ok(cluster)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &std::ffi::OsStr {
        self.folder.file_name().unwrap_or_default()
    }

    /// The file that clients are pointed at: contexts `admin`, `certificate` and `restricted`.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        kubeconfig(&self.folder)
    }

    /// Where the PostgreSQL beside it is, for Helm's SQL driver.
    pub(crate) fn sql(&self) -> Option<&str> {
        self.facts["sql"].as_str()
    }

    /// Starts a PostgreSQL beside it, which ends with the cluster, and gives its address.
    pub(crate) fn start_sql(&self) -> Result<String, String> {
        let password = self.facts["token"].as_str().unwrap_or_default();
        postgres::start(&self.folder, password, Group::Shared)
    }

    /// Its API server, asked as the administrator.
    pub(crate) fn server(&self) -> Result<Server, String> {
        let authority = tools::read(&self.folder.join("ca.crt"))?;
        let port = self.facts["port"].as_u64().and_then(|port| port.try_into().ok());
        let token = self.facts["token"].as_str().unwrap_or_default();
        Server::new(port.unwrap_or_default(), authority.as_bytes(), token)
    }

    /// Ends all processes of a cluster and removes what they have written; none with the name is fine.
    pub(crate) fn down(name: &str) -> Result<(), String> {
        let folder = clusters().join(name);
        if !folder.exists() {
            return Ok(());
        }
        daemons::end(&folder)?;
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        // The folder of all of them goes with the last.
        let _ = std::fs::remove_dir(clusters());
        Ok(())
    }
}

/// Waits until it is so, as long as all daemons live.
fn wait(all: &[Daemon], what: &str, mut so: impl FnMut() -> bool) -> Result<(), String> {
    let start = Instant::now();
    while !so() {
        if let Some(daemon) = all.iter().find(|daemon| !daemon.lives()) {
            return Err(format!("{} has ended:\n{}", daemon.name, daemon.last_words()));
        }
        if start.elapsed() > PATIENCE {
            let words: Vec<_> = all
                .iter()
                .map(|daemon| format!("{}: {}", daemon.name, daemon.last_words()))
                .collect();
            return Err(format!("{what} is not ready in time\n{}", words.join("\n")));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}
