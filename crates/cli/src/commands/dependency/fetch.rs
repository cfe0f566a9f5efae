//! `dependency build` and `dependency update`: fetches the charts that a chart needs.

use std::path::Path;

use pintle_repo::content::Content;
use pintle_repo::dependencies::{Check, Manager};
use pintle_repo::reference::Fetcher;

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::{flags, net, parse, provenance};

pub(super) const BUILD: Command = Command {
    name: "build",
    operands: "CHART",
    short: "fetch the charts that the lock file names",
    long: "
Fetch into charts/ what the lock file says. Where there is none, versions are chosen as 'dependency
update' does.
",
    flags: &[flags::PUSH, flags::DEPENDENCY_FETCH],
    arity: Arity::AtMost(1),
    run: Some(|context| run(context, false)),
    ..Command::NEW
};

pub(super) const UPDATE: Command = Command {
    name: "update",
    aliases: &["up"],
    operands: "CHART",
    short: "choose the versions of what a chart needs, and fetch it",
    long: "
Choose the newest versions that a chart allows of the charts it needs, fetch them into charts/, remove
others from there, and note the versions in Chart.lock. Nothing is written unless all are there.
",
    flags: &[flags::PUSH, flags::DEPENDENCY_FETCH],
    arity: Arity::AtMost(1),
    run: Some(|context| run(context, true)),
    ..Command::NEW
};

fn run(context: &mut Context, update: bool) -> Result<(), Failure> {
    let path = context.args().first().cloned().unwrap_or_else(|| ".".to_owned());
    let path = crate::paths::clean(Path::new(&path));
    let skip_refresh = context.parsed.is("skip-refresh");
    let (said, result) = manage(context, Path::new(&path), skip_refresh, update);
    context.print(&said);
    result
}

/// Updates or builds the dependencies of the chart at `path`; what is said on the way, and whether
/// it went well.
pub(crate) fn manage(
    context: &Context,
    path: &Path,
    skip_refresh: bool,
    update: bool,
) -> (String, Result<(), Failure>) {
    let settings = &context.settings;
    let client = net::client(context);
    let fetcher = Fetcher {
        client: &client,
        config: Path::new(&settings.repository_config),
        cache: Path::new(&settings.repository_cache),
        content: Content::new(&settings.content_cache),
        access: net::access(&context.parsed, ""),
        offline: settings.offline,
        ahead: Vec::new(),
        warnings: Vec::new(),
    };
    let registry = net::registry(context, &client);
    let mut manager = Manager::new(path, fetcher, registry, net::now());
    manager.skip_refresh = skip_refresh;
    let parsed = &context.parsed;
    let check = |archive: &[u8], signed: &[u8], name: &str| {
        provenance::check(parsed, archive, signed, name)
            .map(drop)
            .map_err(|failure| failure.message)
    };
    // As in Helm, `build` lets what was never signed pass, and for other commands --verify is about
    // the chart alone.
    let own = matches!(parse::called(&context.path).name, "build" | "update");
    let verify = parsed.is("verify") && own;
    manager.check = verify.then_some(Check { required: update, check: &check });
    let result = if update { manager.update() } else { manager.build() };
    let said = std::mem::take(&mut manager.said);
    (said, result.map_err(|error| Failure::new(error.to_string())))
}
