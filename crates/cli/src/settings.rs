//! What holds for the whole run: from the environment, and over it from the global flags.

use std::env;
use std::time::Duration;

use crate::failure::Failure;
use crate::parse::{Parsed, duration};
use crate::paths::{Home, variable};

/// Helm's settings. Texts are as given; nothing of the cluster is looked at here.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) namespace: String,
    pub(crate) kubeconfig: String,
    pub(crate) kube_context: String,
    pub(crate) kube_token: String,
    pub(crate) kube_as_user: String,
    pub(crate) kube_as_groups: Vec<String>,
    pub(crate) kube_apiserver: String,
    pub(crate) kube_ca_file: String,
    pub(crate) kube_insecure_skip_tls_verify: bool,
    pub(crate) kube_tls_server_name: String,
    pub(crate) debug: bool,
    pub(crate) offline: bool,
    pub(crate) registry_config: String,
    pub(crate) repository_config: String,
    pub(crate) repository_cache: String,
    pub(crate) content_cache: String,
    pub(crate) plugins: String,
    pub(crate) max_history: i64,
    pub(crate) burst_limit: i64,
    pub(crate) qps: f32,
    /// For one answer of the cluster; zero for no limit.
    pub(crate) request_timeout: Duration,
    pub(crate) color: Color,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    Never,
    Auto,
    Always,
}

impl Color {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "never" => Some(Color::Never),
            "auto" => Some(Color::Auto),
            "always" => Some(Color::Always),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Color::Never => "never",
            Color::Auto => "auto",
            Color::Always => "always",
        }
    }
}

impl Settings {
    /// What the environment says.
    pub(crate) fn of_environment() -> Self {
        Self {
            namespace: text("HELM_NAMESPACE"),
            // `$KUBECONFIG` may name several files; it is read where they are.
            kubeconfig: String::new(),
            kube_context: text("HELM_KUBECONTEXT"),
            kube_token: text("HELM_KUBETOKEN"),
            kube_as_user: text("HELM_KUBEASUSER"),
            kube_as_groups: groups(&text("HELM_KUBEASGROUPS")),
            kube_apiserver: text("HELM_KUBEAPISERVER"),
            kube_ca_file: text("HELM_KUBECAFILE"),
            kube_insecure_skip_tls_verify: truth("HELM_KUBEINSECURE_SKIP_TLS_VERIFY"),
            kube_tls_server_name: text("HELM_KUBETLS_SERVER_NAME"),
            debug: truth("HELM_DEBUG"),
            offline: false,
            registry_config: set("HELM_REGISTRY_CONFIG")
                .unwrap_or_else(|| Home::Config.path("registry/config.json")),
            repository_config: set("HELM_REPOSITORY_CONFIG")
                .unwrap_or_else(|| Home::Config.path("repositories.yaml")),
            repository_cache: set("HELM_REPOSITORY_CACHE")
                .unwrap_or_else(|| Home::Cache.path("repository")),
            content_cache: set("HELM_CONTENT_CACHE").unwrap_or_else(|| Home::Cache.path("content")),
            plugins: set("HELM_PLUGINS").unwrap_or_else(|| Home::Data.path("plugins")),
            max_history: number("HELM_MAX_HISTORY", 10),
            burst_limit: number("HELM_BURST_LIMIT", 100),
            qps: pintle_strconv::parse_f32(text("HELM_QPS")).unwrap_or_default(),
            request_timeout: Duration::from_secs(60),
            color: color(),
        }
    }

    /// Lets the flags that were given have their way.
    pub(crate) fn apply(&mut self, parsed: &Parsed) -> Result<(), Failure> {
        for (flag, value) in parsed.occurrences() {
            let yes = || pintle_strconv::parse_bool(value).unwrap_or_default();
            match flag.name {
                "namespace" => self.namespace.clone_from(value),
                "kubeconfig" => self.kubeconfig.clone_from(value),
                "kube-context" => self.kube_context.clone_from(value),
                "kube-token" => self.kube_token.clone_from(value),
                "kube-as-user" => self.kube_as_user.clone_from(value),
                "kube-apiserver" => self.kube_apiserver.clone_from(value),
                "kube-ca-file" => self.kube_ca_file.clone_from(value),
                "kube-insecure-skip-tls-verify" => self.kube_insecure_skip_tls_verify = yes(),
                "kube-tls-server-name" => self.kube_tls_server_name.clone_from(value),
                "debug" => self.debug = yes(),
                "offline" => self.offline = yes(),
                "registry-config" => self.registry_config.clone_from(value),
                "repository-config" => self.repository_config.clone_from(value),
                "repository-cache" => self.repository_cache.clone_from(value),
                "content-cache" => self.content_cache.clone_from(value),
                "burst-limit" => {
                    self.burst_limit = pintle_strconv::parse_int(value, 0, 64).unwrap_or_default();
                }
                "qps" => self.qps = pintle_strconv::parse_f32(value).unwrap_or_default(),
                "request-timeout" => {
                    self.request_timeout = duration(value).unwrap_or_default();
                }
                "color" | "colour" => {
                    self.color = Color::parse(value).ok_or_else(|| {
                        Failure::new(format!(
                            "invalid color mode {}: must be one of: never, auto, always",
                            pintle_strconv::quote(value)
                        ))
                    })?;
                }
                _ => {}
            }
        }
        let groups = parsed.texts("kube-as-group");
        if !groups.is_empty() {
            self.kube_as_groups = groups.into_iter().map(str::to_owned).collect();
        }
        Ok(())
    }

    /// The default of a global flag, where it depends on the environment.
    pub(crate) fn default_of(&self, flag: &str) -> Option<&str> {
        match flag {
            "color" | "colour" => Some(self.color.name()),
            "content-cache" => Some(&self.content_cache),
            "registry-config" => Some(&self.registry_config),
            "repository-cache" => Some(&self.repository_cache),
            "repository-config" => Some(&self.repository_config),
            _ => None,
        }
    }
}

/// A variable's text, empty if it is not set.
fn text(name: &str) -> String {
    set(name).unwrap_or_default()
}

/// A variable that is set, be it to nothing.
fn set(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn truth(name: &str) -> bool {
    pintle_strconv::parse_bool(text(name)).unwrap_or_default()
}

fn number(name: &str, default: i64) -> i64 {
    pintle_strconv::atoi(text(name)).unwrap_or(default)
}

fn groups(text: &str) -> Vec<String> {
    let text = text.trim_matches([',', ' ']);
    if text.is_empty() { Vec::new() } else { text.split(',').map(str::to_owned).collect() }
}

/// `NO_COLOR` is heard before `HELM_COLOR`, see <https://no-color.org>.
fn color() -> Color {
    if variable("NO_COLOR").is_some() {
        return Color::Never;
    }
    Color::parse(&text("HELM_COLOR").to_lowercase()).unwrap_or(Color::Auto)
}
