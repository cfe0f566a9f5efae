//! `uninstall`: takes releases off a cluster.

use pintle_release::Cascade;
use pintle_release::actions::Uninstall;

use crate::command::{Arity, Command};
use crate::complete;
use crate::context::Context;
use crate::failure::Failure;
use crate::session::Session;
use crate::{deploy, flags};

pub(crate) const UNINSTALL: Command = Command {
    name: "uninstall",
    aliases: &["del", "delete", "un"],
    operands: "RELEASE_NAME [...]",
    short: "uninstall a release",
    long: "
Delete the objects of releases, and their records unless --keep-history is set. What a resource
policy keeps stays, and is named.
",
    flags: &[flags::UNINSTALL, flags::WAIT],
    arity: Arity::AtLeast(1),
    run: Some(run),
    candidates: |context, _| complete::releases(context, context.args()),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let parsed = &context.parsed;
    let cascade = match parsed.text("cascade").unwrap_or("background") {
        "background" => Cascade::Background,
        "foreground" => Cascade::Foreground,
        "orphan" => Cascade::Orphan,
        other => {
            return Err(Failure::new(format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \
                 \"orphan\""
            )));
        }
    };
    let options = Uninstall {
        dry_run: parsed.is("dry-run"),
        disable_hooks: parsed.is("no-hooks"),
        ignore_not_found: parsed.is("ignore-not-found"),
        keep_history: parsed.is("keep-history"),
        cascade,
        waiting: deploy::waiting(parsed),
        description: parsed.text("description").unwrap_or_default().to_owned(),
    };
    let mut session = Session::open(context)?;
    session.heed_signals("The uninstallation has been cancelled.\n".to_owned())?;
    for name in context.args().to_vec() {
        let done = session.actions().uninstall(&name, &options);
        let done = done.map_err(|error| deploy::failure(error, None, context))?;
        if !done.info.is_empty() {
            context.print(&format!("{}\n", done.info));
        }
        context.print(&format!("release \"{name}\" uninstalled\n"));
    }
    Ok(())
}
