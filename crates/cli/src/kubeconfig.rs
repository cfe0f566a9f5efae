//! The namespace that the configuration of Kubernetes clients names.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use pintle_yaml::Value;

use crate::paths::{home, variable};
use crate::settings::Settings;

/// No configuration is longer.
const MAX_BYTES: u64 = 16 << 20;

/// Where a pod finds the namespace that it runs in.
const POD_NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
const POD_TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// The namespace of releases: the one that was asked for, else that of the context in use, else
/// that of the pod this runs in, else `default`. As in Helm, a configuration that cannot be read
/// counts as none.
pub(crate) fn namespace(settings: &Settings) -> String {
    if !settings.namespace.is_empty() {
        return settings.namespace.clone();
    }
    match of_context(settings) {
        Ok(Some(namespace)) => namespace,
        Ok(None) => of_pod().unwrap_or_else(default),
        Err(Unusable) => default(),
    }
}

fn default() -> String {
    "default".to_owned()
}

/// There is a configuration, but it cannot be used.
struct Unusable;

fn of_context(settings: &Settings) -> Result<Option<String>, Unusable> {
    let mut current = settings.kube_context.clone();
    let mut configurations = Vec::new();
    for (path, required) in files(settings) {
        match read(&path) {
            Ok(value) => configurations.push(value),
            Err(Missing::File) if !required => {}
            Err(_) => return Err(Unusable),
        }
    }
    // Of several files the first one to say something is heard.
    if current.is_empty() {
        let named = configurations
            .iter()
            .filter_map(|value| value.get("current-context").and_then(Value::as_str))
            .find(|name| !name.is_empty());
        current = named.unwrap_or_default().to_owned();
    }
    if current.is_empty() {
        return Ok(None);
    }
    let context = configurations
        .iter()
        .filter_map(|value| value.get("contexts").and_then(Value::as_seq))
        .flatten()
        .find(|context| context.get("name").and_then(Value::as_str) == Some(&current))
        .ok_or(Unusable)?;
    let namespace = context.get("context").and_then(|inner| inner.get("namespace"));
    let namespace = namespace.and_then(Value::as_str).unwrap_or_default();
    Ok((!namespace.is_empty()).then(|| namespace.to_owned()))
}

/// The files to read, and whether each must be there.
fn files(settings: &Settings) -> Vec<(PathBuf, bool)> {
    if !settings.kubeconfig.is_empty() {
        return vec![(PathBuf::from(&settings.kubeconfig), true)];
    }
    match env::var_os("KUBECONFIG").filter(|paths| !paths.is_empty()) {
        Some(paths) => env::split_paths(&paths)
            .filter(|path| !path.as_os_str().is_empty())
            .map(|path| (path, false))
            .collect(),
        None => vec![(Path::new(&home()).join(".kube").join("config"), false)],
    }
}

enum Missing {
    File,
    Sense,
}

fn read(path: &Path) -> Result<Value, Missing> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Missing::File,
        _ => Missing::Sense,
    })?;
    let mut text = Vec::new();
    let length = file.take(MAX_BYTES + 1).read_to_end(&mut text).map_err(|_| Missing::Sense)?;
    if length as u64 > MAX_BYTES {
        return Err(Missing::Sense);
    }
    pintle_yaml::read(&text).map_err(|_| Missing::Sense)
}

fn of_pod() -> Option<String> {
    let in_pod = variable("KUBERNETES_SERVICE_HOST").is_some()
        && variable("KUBERNETES_SERVICE_PORT").is_some()
        && Path::new(POD_TOKEN).is_file();
    if !in_pod {
        return None;
    }
    if let Some(namespace) = variable("POD_NAMESPACE") {
        return Some(namespace);
    }
    let mut text = String::new();
    File::open(POD_NAMESPACE).ok()?.take(1024).read_to_string(&mut text).ok()?;
    let namespace = text.trim();
    (!namespace.is_empty()).then(|| namespace.to_owned())
}
