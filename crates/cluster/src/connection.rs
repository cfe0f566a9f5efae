//! How a cluster is reached: what a user's flags and kubeconfig files say.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use pintle_release::{ClusterError, ClusterErrorKind};
use pintle_yaml::{Map, Value};

/// The server that kubectl takes where no configuration names one.
const DEFAULT_SERVER: &str = "http://localhost:8080";
/// No kubeconfig is that long.
const MAX_FILE: u64 = 16 << 20;
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// How a cluster is reached: Helm's flags `--kube-*` and where kubeconfig files are.
///
/// What is not set comes from the context of the kubeconfig files, merged as kubectl merges them: of
/// entries with the same name the first file's is taken.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The one kubeconfig file to read, which must exist: `--kubeconfig`.
    pub kubeconfig: Option<PathBuf>,
    /// A list of kubeconfig files, of which some may be missing: what `KUBECONFIG` holds.
    pub kubeconfig_list: Option<std::ffi::OsString>,
    /// The user's home, for `.kube/config` when there is neither of the two.
    pub home: Option<PathBuf>,
    /// The context: `--kube-context`.
    pub context: Option<String>,
    /// The server's address: `--kube-apiserver`.
    pub server: Option<String>,
    /// A bearer token: `--kube-token`.
    pub token: Option<String>,
    /// Whom to impersonate: `--kube-as-user`.
    pub as_user: Option<String>,
    /// The groups of whom to impersonate: `--kube-as-group`.
    pub as_groups: Vec<String>,
    /// A file with the certificates of authorities: `--kube-ca-file`.
    pub ca_file: Option<PathBuf>,
    /// Whether any certificate of the server is taken: `--kube-insecure-skip-tls-verify`.
    pub insecure: bool,
    /// The name in the server's certificate: `--kube-tls-server-name`.
    pub tls_server_name: Option<String>,
    /// The namespace; otherwise that of the context, otherwise `default`.
    pub namespace: Option<String>,
    /// Requests a second; 0 for no limit here, since the server has its own.
    pub qps: f32,
    /// Requests that may be made at once before `qps` holds them back.
    pub burst: u32,
    /// How long one request may take.
    pub request_timeout: Duration,
}

impl Default for Connection {
    fn default() -> Self {
        Connection {
            kubeconfig: None,
            kubeconfig_list: None,
            home: None,
            context: None,
            server: None,
            token: None,
            as_user: None,
            as_groups: Vec::new(),
            ca_file: None,
            insecure: false,
            tls_server_name: None,
            namespace: None,
            qps: 0.0,
            burst: 100,
            request_timeout: Duration::from_secs(60),
        }
    }
}

impl Connection {
    /// The namespace that is meant where none is named: that of the context, or of the pod that this
    /// runs in, or `default`. Only files are read.
    ///
    /// ```
    /// let connection = pintle_cluster::Connection {
    ///     namespace: Some("shop".into()),
    ///     ..Default::default()
    /// };
    /// assert_eq!(connection.default_namespace()?, "shop");
    /// # Ok::<(), pintle_release::ClusterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A kubeconfig file cannot be read.
    pub fn default_namespace(&self) -> Result<String, ClusterError> {
        if let Some(namespace) = self.namespace.as_deref().filter(|name| !name.is_empty()) {
            return Ok(namespace.to_string());
        }
        let config = self.files()?;
        let in_context = self.context_of(&config).and_then(|context| context.get("namespace"));
        if let Some(namespace) = in_context.and_then(Value::as_str).filter(|name| !name.is_empty())
        {
            return Ok(namespace.to_string());
        }
        if is_empty(&config) && self.server.is_none() && in_cluster() {
            if let Ok(namespace) = std::env::var("POD_NAMESPACE")
                && !namespace.is_empty()
            {
                return Ok(namespace);
            }
            if let Ok(text) = std::fs::read_to_string(format!("{SERVICE_ACCOUNT}/namespace"))
                && !text.trim().is_empty()
            {
                return Ok(text.trim().to_string());
            }
        }
        Ok("default".to_string())
    }

    /// The merged kubeconfig as one value, paths made absolute.
    fn files(&self) -> Result<Value, ClusterError> {
        let mut merged = Value::empty_map();
        if let Some(path) = self.kubeconfig.as_deref().filter(|path| !path.as_os_str().is_empty()) {
            let file = read_file(path)?.ok_or_else(|| {
                config_error(format!("stat {}: no such file or directory", path.display()))
            })?;
            merge(&mut merged, file);
            return Ok(merged);
        }
        let list = self.kubeconfig_list.as_deref().filter(|list| !list.is_empty());
        let paths: Vec<PathBuf> = match (list, &self.home) {
            (Some(list), _) => std::env::split_paths(list).collect(),
            (None, Some(home)) => vec![home.join(".kube").join("config")],
            (None, None) => Vec::new(),
        };
        for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
            if let Some(file) = read_file(path)? {
                merge(&mut merged, file);
            }
        }
        Ok(merged)
    }

    fn context_name<'a>(&'a self, config: &'a Value) -> Option<&'a str> {
        self.context
            .as_deref()
            .filter(|name| !name.is_empty())
            .or_else(|| config.get("current-context").and_then(Value::as_str))
            .filter(|name| !name.is_empty())
    }

    fn context_of<'a>(&'a self, config: &'a Value) -> Option<&'a Value> {
        named(config, "contexts", self.context_name(config)?)?.get("context")
    }

    /// The kubeconfig with the flags worked in, for the client library.
    fn effective(&self) -> Result<Option<Value>, ClusterError> {
        let config = self.files()?;
        let flags = self.server.is_some() || self.token.is_some() || self.context.is_some();
        if is_empty(&config) && !flags && in_cluster() {
            return Ok(None);
        }
        let context_name = self.context_name(&config);
        let context = self.context_of(&config);
        if let (Some(name), None) = (context_name, context) {
            return Err(config_error(match &self.context {
                Some(_) => format!("context \"{name}\" does not exist"),
                None => format!(
                    "invalid configuration: [context was not found for specified context: {name}, \
                     cluster has no server defined]"
                ),
            }));
        }
        let part = |list: &str, key: &str, inner: &str| -> Map {
            context
                .and_then(|context| context.get(key)?.as_str())
                .and_then(|name| named(&config, list, name)?.get(inner)?.as_map().cloned())
                .unwrap_or_default()
        };
        let mut cluster = part("clusters", "cluster", "cluster");
        let mut user = part("users", "user", "user");
        if let Some(server) = self.server.as_deref().filter(|server| !server.is_empty()) {
            cluster.insert("server", server);
        }
        if !cluster.contains_key("server") {
            cluster.insert("server", DEFAULT_SERVER);
        }
        if let Some(file) = &self.ca_file {
            cluster.insert("certificate-authority", file.to_string_lossy().as_ref());
            cluster.remove("certificate-authority-data");
        }
        if let Some(name) = self.tls_server_name.as_deref().filter(|name| !name.is_empty()) {
            cluster.insert("tls-server-name", name);
        }
        if self.insecure {
            cluster.insert("insecure-skip-tls-verify", true);
            cluster.remove("certificate-authority");
            cluster.remove("certificate-authority-data");
        }
        if let Some(token) = self.token.as_deref().filter(|token| !token.is_empty()) {
            for key in ["tokenFile", "exec", "auth-provider", "username", "password"] {
                user.remove(key);
            }
            user.insert("token", token);
        }
        if let Some(name) = self.as_user.as_deref().filter(|name| !name.is_empty()) {
            user.insert("as", name);
        }
        if !self.as_groups.is_empty() {
            let groups: Vec<Value> = self.as_groups.iter().map(|g| g.as_str().into()).collect();
            user.insert("as-groups", groups);
        }
        let named = |inner: &str, value: Value| {
            Value::from(vec![Value::from_iter([("name", "it".into()), (inner, value)])])
        };
        let context = Value::from_iter([("cluster", "it"), ("user", "it")]);
        Ok(Some(Value::from_iter([
            ("clusters", named("cluster", cluster.into())),
            ("users", named("user", user.into())),
            ("contexts", named("context", context)),
            ("current-context", "it".into()),
        ])))
    }

    /// What the client library wants to know.
    pub(crate) async fn client_config(&self) -> Result<kube::Config, ClusterError> {
        let mut config = match self.effective()? {
            None => kube::Config::incluster_env().map_err(|error| config_error(words(&error)))?,
            Some(value) => {
                let kubeconfig: Kubeconfig = pintle_yaml::from_value(&value)
                    .map_err(|error| config_error(format!("invalid configuration: {error}")))?;
                kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
                    .await
                    .map_err(|error| {
                        config_error(format!("invalid configuration: {}", words(&error)))
                    })?
            }
        };
        config.connect_timeout = Some(Duration::from_secs(30));
        // Ours are for each request, and a watch is silent for long.
        config.read_timeout = None;
        config.write_timeout = None;
        config.default_retry = false;
        let host = config.cluster_url.host().unwrap_or_default();
        if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            // Packing what does not leave the machine only costs time.
            config.disable_compression = true;
        }
        Ok(config)
    }
}

/// The words of an error and of those that caused it.
pub(crate) fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = source.source();
    }
    text
}

fn config_error(message: impl Into<String>) -> ClusterError {
    ClusterError::new(ClusterErrorKind::Unreachable, message)
}

fn in_cluster() -> bool {
    std::env::var_os("KUBERNETES_SERVICE_HOST").is_some_and(|host| !host.is_empty())
        && Path::new(SERVICE_ACCOUNT).join("token").is_file()
}

fn is_empty(config: &Value) -> bool {
    ["clusters", "contexts", "users"]
        .iter()
        .all(|key| config.get(key).and_then(Value::as_seq).is_none_or(<[Value]>::is_empty))
}

/// The entry of this name in a list of a kubeconfig.
fn named<'a>(config: &'a Value, list: &str, name: &str) -> Option<&'a Value> {
    let is = |entry: &&Value| entry.get("name").and_then(Value::as_str) == Some(name);
    config.get(list)?.as_seq()?.iter().find(is)
}

fn read_file(path: &Path) -> Result<Option<Value>, ClusterError> {
    let failed = |error: &dyn std::fmt::Display| {
        config_error(format!("error loading config file \"{}\": {error}", path.display()))
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    let mut text = Vec::new();
    // What is no file tells no length.
    file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(|error| failed(&error))?;
    if text.len() as u64 > MAX_FILE {
        return Err(failed(&"it is too large"));
    }
    let mut value = pintle_yaml::read(&text).map_err(|error| failed(&error))?;
    if value.is_null() {
        value = Value::empty_map();
    }
    if !value.is_map() {
        return Err(failed(&"it is no mapping"));
    }
    absolute_paths(&mut value, path.parent().unwrap_or(Path::new("")));
    Ok(Some(value))
}

/// Paths in a kubeconfig are relative to its place.
fn absolute_paths(config: &mut Value, dir: &Path) {
    const PATHS: [(&str, &str, &[&str]); 2] = [
        ("clusters", "cluster", &["certificate-authority"]),
        ("users", "user", &["client-certificate", "client-key", "tokenFile"]),
    ];
    let Some(config) = config.as_map_mut() else { return };
    for (list, inner, keys) in PATHS {
        let Some(entries) = config.get_mut(list).and_then(Value::as_seq_mut) else { continue };
        for entry in entries {
            let Some(inner) =
                entry.as_map_mut().and_then(|entry| entry.get_mut(inner)?.as_map_mut())
            else {
                continue;
            };
            for key in keys {
                if let Some(path) = inner.get(key).and_then(Value::as_str)
                    && !path.is_empty()
                    && Path::new(path).is_relative()
                {
                    let path = dir.join(path).to_string_lossy().into_owned();
                    inner.insert(*key, path);
                }
            }
            // A plugin with a slash in its name is a path; one without is looked for in PATH.
            if let Some(exec) = inner.get_mut("exec").and_then(Value::as_map_mut)
                && let Some(command) = exec.get("command").and_then(Value::as_str)
                && command.contains(std::path::is_separator)
                && Path::new(command).is_relative()
            {
                let command = dir.join(command).to_string_lossy().into_owned();
                exec.insert("command", command);
            }
        }
    }
}

/// Adds what `next` has and `merged` has not.
fn merge(merged: &mut Value, next: Value) {
    let (Some(merged), Some(next)) = (merged.as_map_mut(), next.as_map()) else { return };
    for (key, value) in next.iter() {
        match (key.as_str(), value) {
            ("clusters" | "contexts" | "users", Value::Seq(entries)) => {
                let mut all: Vec<Value> =
                    merged.get(key).and_then(Value::as_seq).unwrap_or_default().to_vec();
                let known = all.len();
                for entry in entries.iter() {
                    let name = entry.get("name");
                    if !all.iter().take(known).any(|old| old.get("name") == name) {
                        all.push(entry.clone());
                    }
                }
                merged.insert(key.as_str(), all);
            }
            ("current-context", value) => {
                let set = merged.get(key).and_then(Value::as_str).is_some_and(|s| !s.is_empty());
                if !set {
                    merged.insert(key.as_str(), value.clone());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, text).expect("a temporary file");
        path
    }

    #[test]
    fn files_are_merged_as_kubectl_merges_them() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let a = write(
            dir.path(),
            "a",
            "clusters: [{name: c, cluster: {server: 'https://a', certificate-authority: ca.pem}}]\n\
             contexts: [{name: x, context: {cluster: c, user: u, namespace: one}}]\n",
        );
        let b = write(
            dir.path(),
            "b",
            "clusters: [{name: c, cluster: {server: 'https://b'}}]\n\
             contexts: [{name: w, context: {cluster: c, user: u, namespace: two}}]\n\
             users: [{name: u, user: {token: t, exec: {command: bin/login}}}]\n\
             current-context: w\n",
        );
        let list = std::env::join_paths([&a, &dir.path().join("none"), &b]).expect("paths");
        let mut connection = Connection { kubeconfig_list: Some(list), ..Connection::default() };
        assert_eq!(connection.default_namespace().as_deref(), Ok("two"));
        let config = connection.effective().expect("a configuration").expect("from files");
        let cluster = config.get("clusters").and_then(Value::as_seq).expect("clusters")[0].clone();
        assert_eq!(
            cluster.get_path(["cluster", "server"]).and_then(Value::as_str),
            Some("https://a")
        );
        assert_eq!(
            cluster.get_path(["cluster", "certificate-authority"]).and_then(Value::as_str),
            dir.path().join("ca.pem").to_str()
        );
        let user = config.get("users").and_then(Value::as_seq).expect("users")[0].clone();
        assert_eq!(
            user.get_path(["user", "exec", "command"]).and_then(Value::as_str),
            dir.path().join("bin/login").to_str()
        );
        connection.context = Some("x".into());
        assert_eq!(connection.default_namespace().as_deref(), Ok("one"));
        connection.context = Some("z".into());
        let error = connection.effective().expect_err("no such context");
        assert_eq!(error.message, "context \"z\" does not exist");
    }

    #[test]
    fn flags_win_over_files() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = write(
            dir.path(),
            "config",
            "clusters: [{name: c, cluster: {server: 'https://a', certificate-authority-data: eA==}}]\n\
             contexts: [{name: x, context: {cluster: c, user: u}}]\n\
             users: [{name: u, user: {tokenFile: t}}]\ncurrent-context: x\n",
        );
        let connection = Connection {
            kubeconfig: Some(file),
            server: Some("https://other".into()),
            token: Some("secret".into()),
            as_user: Some("jane".into()),
            as_groups: vec!["dev".into()],
            insecure: true,
            ..Connection::default()
        };
        let config = connection.effective().expect("a configuration").expect("from files");
        assert_eq!(
            pintle_yaml::to_json(&config).expect("it can be written"),
            r#"{"clusters":[{"cluster":{"insecure-skip-tls-verify":true,"server":"https://other"},"name":"it"}],"contexts":[{"context":{"cluster":"it","user":"it"},"name":"it"}],"current-context":"it","users":[{"name":"it","user":{"as":"jane","as-groups":["dev"],"token":"secret"}}]}"#
        );
        let missing =
            Connection { kubeconfig: Some("/nowhere/config".into()), ..Connection::default() };
        let error = missing.default_namespace().expect_err("the file must exist");
        assert_eq!(error.message, "stat /nowhere/config: no such file or directory");
    }
}
