//! `plugin package`: makes an archive of a plugin.

use std::path::{Path, PathBuf};

use pintle_chart::go_text;
use pintle_repo::file;

use crate::command::{Arity, Command};
use crate::commands::package::source_date_epoch;
use crate::context::Context;
use crate::failure::Failure;
use crate::plugin::install::archive;
use crate::plugin::{self, Metadata};
use crate::provenance::{Key, beside};
use crate::{flags, paths};

pub(super) const PACKAGE: Command = Command {
    name: "package",
    operands: "[PATH]",
    short: "make an archive of a plugin",
    long: "
Make an archive of a plugin, a directory, and sign it. The same plugin gives the same bytes; its files
have the time that $SOURCE_DATE_EPOCH says, or 1970. --sign=false leaves the signature out.
",
    flags: &[flags::PLUGIN_PACKAGE],
    arity: Arity::Exactly(1),
    run: Some(run),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let named = context.args().first().cloned().unwrap_or_default();
    let directory = Path::new(&named);
    let meta = std::fs::metadata(directory)
        .map_err(|error| Failure::new(format!("stat {named}: {}", go_text(&error))))?;
    if !meta.is_dir() {
        return Err(Failure::new("plugin package only supports directories, not tarballs"));
    }
    let plugin = plugin::load(directory)
        .map_err(|error| Failure::new(format!("invalid plugin directory: {error}")))?;
    let sign = context.parsed.text("sign").is_none() || context.parsed.is("sign");
    let key = if sign {
        Some(Key::of(&context.parsed)?)
    } else {
        context.print(
            "WARNING: Skipping plugin signing. This is not recommended for plugins intended for \
             distribution.\n",
        );
        None
    };
    let Metadata { name, version, raw, .. } = &plugin.metadata;
    let archive = archive::pack(directory, name, source_date_epoch()?.unwrap_or_default())?;
    let file = format!("{name}-{version}.tgz");
    let destination = context.parsed.text("destination").unwrap_or(".");
    let path = PathBuf::from(paths::clean(&Path::new(destination).join(&file)));
    let signed = match &key {
        Some(key) => {
            let metadata = pintle_yaml::to_yaml(raw)
                .map_err(|error| Failure::new(format!("failed to sign plugin: {error}")))?;
            Some(key.sign(&archive, &file, &metadata)?)
        }
        None => None,
    };
    let write = |path: &Path, bytes: &[u8]| {
        file::write(path, bytes, 0o644).map_err(|error| {
            Failure::new(format!(
                "failed to create tarball: {}: {}",
                path.display(),
                go_text(&error)
            ))
        })
    };
    write(&path, &archive)?;
    if let Some(signed) = signed {
        let beside = beside(&path);
        write(&beside, signed.as_bytes())?;
        let beside = beside.display();
        context.print(&format!("Successfully signed. Signature written to: {beside}\n"));
    }
    let path = path.display();
    context.print(&format!("Successfully packaged plugin and saved it to: {path}\n"));
    Ok(())
}
