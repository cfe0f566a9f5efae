//! `status`: what has become of a release.

use pintle_release::{Cluster, EmitRelease, Table};

use crate::command::{Arity, Command};
use crate::complete;
use crate::context::Context;
use crate::failure::Failure;
use crate::format::Format;
use crate::paint::Paint;
use crate::release_text::Shown;
use crate::session::Session;
use crate::{deploy, flags};

pub(crate) const STATUS: Command = Command {
    name: "status",
    operands: "RELEASE_NAME",
    short: "display the status of the named release",
    long: "
Show a release: when it was deployed, its state and revision, its objects as they are on the
cluster, the last run of its tests, and its notes.
",
    flags: &[flags::OUTPUT, flags::REVISION],
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: complete::one_release,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let name = context.args().first().cloned().unwrap_or_default();
    let mut session = Session::open(context)?;
    let revision = context.parsed.int("revision").unwrap_or_default();
    let content = session.actions().content(&name, revision);
    let release = content.map_err(|error| deploy::failure(error, None, context))?;
    let told = |error: pintle_release::ClusterError| Failure::new(error.to_string());
    let resources = session.kubernetes.build(&release.manifest).map_err(told)?;
    let tables = session.kubernetes.tables(&resources).map_err(told)?;
    let text = match Format::of(&context.parsed) {
        Format::Table => {
            let paint = Paint::of(&context.settings);
            let release = &release;
            let tables = &tables;
            Shown { release, tables, metadata: false, computed: None, notes: true, paint }.text()?
        }
        format => {
            let mut resources: Vec<(String, Vec<pintle_yaml::Value>)> =
                tables.into_iter().map(|Table { kind, objects, .. }| (kind, objects)).collect();
            resources.sort_by(|a, b| a.0.cmp(&b.0));
            let shown = EmitRelease::new(&release).without_chart().with_resources(&resources);
            format.data(&shown)?
        }
    };
    context.print(&text);
    Ok(())
}
