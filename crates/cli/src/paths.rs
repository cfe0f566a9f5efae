//! Where Helm keeps its files.

use std::env;
use std::path::{Path, PathBuf};

/// The three trees of files that Helm keeps apart.
#[derive(Clone, Copy)]
pub(crate) enum Home {
    Cache,
    Config,
    Data,
}

impl Home {
    /// The path of `elements` in this tree: below `HELM_*_HOME` if that is set, else below
    /// `XDG_*_HOME/helm`, else where the operating system keeps such files.
    pub(crate) fn path(self, elements: &str) -> String {
        let (helm, xdg) = match self {
            Home::Cache => ("HELM_CACHE_HOME", "XDG_CACHE_HOME"),
            Home::Config => ("HELM_CONFIG_HOME", "XDG_CONFIG_HOME"),
            Home::Data => ("HELM_DATA_HOME", "XDG_DATA_HOME"),
        };
        let base = match variable(helm) {
            Some(base) => PathBuf::from(base),
            None => variable(xdg).map_or_else(|| self.of_the_system(), PathBuf::from).join("helm"),
        };
        clean(&base.join(elements))
    }

    #[cfg(not(any(windows, target_os = "macos")))]
    fn of_the_system(self) -> PathBuf {
        let below = match self {
            Home::Cache => ".cache",
            Home::Config => ".config",
            Home::Data => ".local/share",
        };
        PathBuf::from(home()).join(below)
    }

    #[cfg(target_os = "macos")]
    fn of_the_system(self) -> PathBuf {
        let below = match self {
            Home::Cache => "Library/Caches",
            Home::Config => "Library/Preferences",
            Home::Data => "Library",
        };
        PathBuf::from(home()).join(below)
    }

    #[cfg(windows)]
    fn of_the_system(self) -> PathBuf {
        let name = match self {
            Home::Cache => "TEMP",
            Home::Config | Home::Data => "APPDATA",
        };
        PathBuf::from(variable(name).unwrap_or_default())
    }
}

/// The user's own directory.
pub(crate) fn home() -> String {
    let names: &[&str] = if cfg!(windows) { &["HOME", "USERPROFILE"] } else { &["HOME"] };
    names.iter().find_map(|name| variable(name)).unwrap_or_default()
}

/// An environment variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = env::var_os(name)?;
    (!value.is_empty()).then(|| value.to_string_lossy().into_owned())
}

/// The shortest text for the same path, as Go's `filepath.Clean` makes it.
pub(crate) fn clean(path: &Path) -> String {
    pintle_chart::clean_path(path).to_string_lossy().into_owned()
}
