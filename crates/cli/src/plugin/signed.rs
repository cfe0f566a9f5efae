//! Whether a plugin that is installed came signed.

use std::fs;
use std::path::{Path, PathBuf};

use super::Plugin;
use crate::provenance::{MAX_PROVENANCE, beside, names_digest, read};

/// An archive of a plugin is not larger.
pub(crate) const MAX_ARCHIVE: u64 = 512 << 20;

/// Where the archive is kept that a plugin came in.
pub(crate) fn archive(directory: &Path, plugin: &Plugin) -> PathBuf {
    directory.join(format!("{}-{}.tgz", plugin.metadata.name, plugin.metadata.version))
}

/// What `plugin list` says: `signed` means that there is a signed digest and that it is the one of
/// the archive kept; whose signature it is is not looked at.
pub(crate) fn status(plugin: &Plugin) -> &'static str {
    let link = fs::symlink_metadata(&plugin.directory);
    if link.is_ok_and(|meta| meta.file_type().is_symlink()) {
        return "local dev";
    }
    let Some(plugins) = plugin.directory.parent() else { return "unknown" };
    let path = archive(plugins, plugin);
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
