//! Finding plugins that are installed.

use std::fs;
use std::path::{Path, PathBuf};

use super::{FILE, Metadata, Plugin, WASM, kind};
use crate::log;
use crate::provenance::read;
use crate::settings::Settings;

/// A `plugin.yaml` is not larger.
const MAX_FILE: u64 = 1 << 20;

/// The directories that hold plugins.
pub(crate) fn directories(settings: &Settings) -> Vec<PathBuf> {
    let paths = std::env::split_paths(&settings.plugins);
    paths.filter(|path| !path.as_os_str().is_empty()).collect()
}

/// All plugins, by directory. Of one that cannot be read is said why; it is left out.
///
/// # Errors
///
/// Two of one directory have the same name.
pub(crate) fn all(settings: &Settings) -> Result<Vec<Plugin>, String> {
    let mut plugins = Vec::new();
    for directory in directories(settings) {
        plugins.extend(below(&directory)?);
    }
    Ok(plugins)
}

fn below(directory: &Path) -> Result<Vec<Plugin>, String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let mut plugins: Vec<Plugin> = Vec::new();
    for path in paths {
        let file = path.join(FILE);
        if fs::symlink_metadata(&file).is_err() {
            continue;
        }
        let plugin = match load(&path) {
            Ok(plugin) => plugin,
            Err(error) => {
                let file = file.to_string_lossy();
                let pairs = [("plugin_yaml", &*file), ("error", error.as_str())];
                log::warn("failed to load plugin (ignoring)", &pairs);
                continue;
            }
        };
        let name = &plugin.metadata.name;
        if let Some(other) = plugins.iter().find(|other| other.metadata.name == *name) {
            return Err(format!(
                "two plugins claim the name {} at {} and {}",
                pintle_strconv::quote(name),
                pintle_strconv::quote(other.directory.to_string_lossy().as_bytes()),
                pintle_strconv::quote(plugin.directory.to_string_lossy().as_bytes())
            ));
        }
        plugins.push(plugin);
    }
    Ok(plugins)
}

/// The plugin in a directory.
pub(crate) fn load(directory: &Path) -> Result<Plugin, String> {
    let file = directory.join(FILE);
    let text = read(&file, MAX_FILE).map_err(|failure| {
        let file = pintle_strconv::quote(file.to_string_lossy().as_bytes());
        format!("failed to read plugin at {file}: {}", failure.message)
    })?;
    let metadata = Metadata::read(&text).map_err(|error| {
        let directory = pintle_strconv::quote(directory.to_string_lossy().as_bytes());
        format!("failed to load plugin {directory}: {error}")
    })?;
    let plugin = Plugin { directory: directory.to_owned(), metadata };
    let module = directory.join(WASM);
    if plugin.is_wasm() && fs::metadata(&module).is_err() {
        let module = pintle_strconv::quote(module.to_string_lossy().as_bytes());
        return Err(format!("wasm binary missing for extism/v1 plugin: {module}"));
    }
    Ok(plugin)
}

/// The plugin of that kind and name.
pub(crate) fn find(settings: &Settings, kind: &str, name: &str) -> Result<Option<Plugin>, String> {
    let mut plugins = all(settings)?.into_iter();
    Ok(plugins.find(|plugin| plugin.metadata.kind == kind && plugin.metadata.name == name))
}

/// The plugins that add commands. Where they are not wanted, or cannot be told apart, there are
/// none.
pub(crate) fn cli(settings: &Settings) -> Vec<Plugin> {
    if std::env::var_os("HELM_NO_PLUGINS").is_some_and(|value| value == "1") {
        return Vec::new();
    }
    match all(settings) {
        Ok(mut plugins) => {
            plugins.retain(|plugin| plugin.metadata.kind == kind::CLI);
            plugins
        }
        Err(error) => {
            log::error("failed to load plugins", &[("error", &error)]);
            Vec::new()
        }
    }
}
