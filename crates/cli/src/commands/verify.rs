//! `verify`: whether a chart is signed by somebody trusted.

use std::path::Path;

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::{flags, provenance};

pub(crate) const VERIFY: Command = Command {
    name: "verify",
    operands: "PATH",
    short: "check the signature of a chart",
    long: "
Check that a chart's archive is the one that was signed, by a key of the keyring. The signature is in
the provenance file beside the archive, whose name is that of the archive and .prov.

    {name} verify web-1.0.0.tgz --keyring ./trusted.asc

'package --sign' makes such files, and --verify of other commands checks them.
",
    flags: &[flags::VERIFY],
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: |context, _| {
        if context.args().is_empty() { Candidates::nothing() } else { Candidates::no_more() }
    },
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let path = context.args().first().cloned().unwrap_or_default();
    let verification = provenance::check_file(&context.parsed, Path::new(&path))?;
    context.print(&provenance::said(&verification, "Chart"));
    Ok(())
}
