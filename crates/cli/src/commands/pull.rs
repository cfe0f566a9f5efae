//! `pull`: fetches charts.

use std::path::{Path, PathBuf};

use pintle_chart::go_text;
use pintle_repo::content::Content;
use pintle_repo::{expand, file};

use crate::command::{Arity, Command};
use crate::complete::{Candidates, charts, directive};
use crate::context::Context;
use crate::failure::Failure;
use crate::fetch::Remote;
use crate::paths::clean;
use crate::{flags, net, provenance};

pub(crate) const PULL: Command = Command {
    name: "pull",
    aliases: &["fetch"],
    operands: "[chart URL | repo/chartname] [...]",
    short: "fetch a chart",
    long: "
Fetch charts as archives, to look into them or to keep them. With --untar they are unpacked, each into
a directory of its name.

    {name} pull stable/web --version ^2.0.0
    {name} pull web --repo https://example.com/charts --untar
",
    flags: &[flags::CHART, flags::PULL],
    arity: Arity::AtLeast(1),
    run: Some(run),
    candidates: |context, typed| {
        if !context.args().is_empty() {
            return Candidates::no_more();
        }
        let mut candidates = charts(context, typed);
        candidates.directive |= directive::NO_FILES;
        candidates
    },
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    context.args().to_vec().iter().try_for_each(|name| pull(context, name))
}

/// Fetches one chart.
fn pull(context: &mut Context, name: &str) -> Result<(), Failure> {
    let parsed = &context.parsed;
    let client = net::client(context);
    let mut remote = Remote::find(context, &client, name)?;
    let verify = parsed.is("verify");
    let mut fetched = remote.download(parsed.is("prov") || verify)?;
    if verify {
        // Nothing is written unless it is what was signed.
        let content = Content::new(&context.settings.content_cache);
        let missing = remote.missing_provenance();
        let fetch = || match fetched.provenance.take() {
            Some(Ok(provenance)) => Ok(provenance),
            _ => Err(missing),
        };
        let (verification, signed) =
            provenance::checked(parsed, &content, &fetched.archive, &fetched.name, fetch)?;
        fetched.provenance = Some(Ok(signed));
        fetched.said.push_str(&provenance::said(&verification, "Chart"));
    }
    drop(remote);
    // As in Helm, what came is told whatever becomes of it.
    context.print(&fetched.said);
    let parsed = &context.parsed;
    let destination = Path::new(parsed.text("destination").unwrap_or("."));
    if parsed.is("untar") {
        let below = Path::new(parsed.text("untardir").unwrap_or("."));
        return untar(&fetched.archive, destination, below, name);
    }
    let safe = !matches!(fetched.name.as_str(), "" | "." | "..")
        && !fetched.name.contains(['/', '\\', '\0']);
    if !safe {
        return Err(Failure::new(format!("{name} does not name a file")));
    }
    let path = destination.join(&fetched.name);
    if let Err(error) = std::fs::metadata(destination) {
        return Err(Failure::new(format!("open {}: {}", path.display(), go_text(&error))));
    }
    write(&path, &fetched.archive)?;
    match fetched.provenance {
        Some(Ok(provenance)) => {
            write(&destination.join(format!("{}.prov", fetched.name)), &provenance)?;
        }
        Some(Err(error)) => {
            context.print(&format!("WARNING: Verification not found for {name}: {error}\n"));
        }
        None => {}
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    file::write(path, bytes, 0o644)
        .map_err(|error| Failure::new(format!("write {}: {}", path.display(), go_text(&error))))
}

/// Unpacks a chart into a directory of its name, where there must be none yet.
fn untar(archive: &[u8], destination: &Path, below: &Path, name: &str) -> Result<(), Failure> {
    let directory = PathBuf::from(clean(&destination.join(below)));
    let last = name.rsplit('/').next().unwrap_or(name);
    let target =
        if directory == Path::new(".") { PathBuf::from(last) } else { directory.join(last) };
    if std::fs::symlink_metadata(&target).is_ok() {
        return Err(Failure::new(format!(
            "failed to untar: a file or directory with the name {} already exists",
            target.display()
        )));
    }
    expand(archive, &directory).map(drop).map_err(|error| Failure::new(error.to_string()))
}
