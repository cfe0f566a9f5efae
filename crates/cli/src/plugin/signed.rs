//! Whether a plugin that is installed came signed.

use std::fs;
use std::path::{Path, PathBuf};

use super::Plugin;
use crate::paths::Home;
use crate::provenance::{MAX_PROVENANCE, beside, names_digest, read};

/// An archive of a plugin is not larger.
pub(crate) const MAX_ARCHIVE: u64 = 512 << 20;

/// Where the archive is kept that a plugin came in.
pub(crate) fn archive(directory: &Path, plugin: &Plugin) -> PathBuf {
    directory.join(format!("{}-{}.tgz", plugin.metadata.name, plugin.metadata.version))
}

/// What `plugin list` says: `signed` means that there is a signed digest and that it is the one of
/// the archive kept; whose signature it is is not looked at.
///
/// As Helm does, it looks where a plugin of that name is installed, and not where this one is found,
/// which may be a directory of another name.
pub(crate) fn status(plugin: &Plugin) -> &'static str {
    let plugins = PathBuf::from(Home::Data.path("plugins"));
    match fs::symlink_metadata(plugins.join(&plugin.metadata.name)) {
        Ok(meta) if meta.file_type().is_symlink() => return "local dev",
        Ok(_) => {}
        Err(_) => return "unknown",
    }
    let path = archive(&plugins, plugin);
    if fs::metadata(&path).is_err() || fs::metadata(beside(&path)).is_err() {
        return "unsigned";
    }
    let (Ok(archive), Ok(provenance)) =
        (read(&path, MAX_ARCHIVE), read(&beside(&path), MAX_PROVENANCE))
    else {
        return "unknown";
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match names_digest(&provenance, &archive, &name) {
        Ok(None) => "invalid provenance",
        Ok(Some(false)) => "mismatched provenance",
        Ok(Some(true)) => "signed",
        Err(_) => "unknown",
    }
}
