//! `recover`: ends what an interrupted command left under way.

use crate::command::{Arity, Command};
use crate::complete;
use crate::context::Context;
use crate::deploy;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) const RECOVER: Command = Command {
    name: "recover",
    operands: "RELEASE_NAME",
    short: "end what an interrupted command left under way",
    long: "
Mark a release that is under way as failed when the program that worked on it is gone, so that
other commands can go on with it. Commands of this program do so by themselves; this one is for
what another program left behind, of which nobody knows whether it still runs.
",
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: complete::one_release,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let name = context.args().first().cloned().unwrap_or_default();
    let mut session = Session::open(context)?;
    let recovered = session.actions().recover(&name);
    let (release, changed) = recovered.map_err(|error| deploy::failure(error, None, context))?;
    let (revision, status) = (release.version, release.info.status);
    let quoted = pintle_strconv::quote(&name);
    context.print(&match changed {
        true => format!("revision {revision} of {quoted} was under way and is now {status}\n"),
        false => format!("revision {revision} of {quoted} is {status}; nothing had to be done\n"),
    });
    Ok(())
}
