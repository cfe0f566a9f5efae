//! `test`: runs the tests of a release.

use pintle_release::actions::TestFilters;

use crate::command::{Arity, Command};
use crate::complete;
use crate::context::Context;
use crate::failure::Failure;
use crate::session::Session;
use crate::{deploy, flags, release_text};

pub(crate) const TEST: Command = Command {
    name: "test",
    operands: "[RELEASE]",
    short: "run tests for a release",
    long: "
Run the tests of a release: the hooks of the event 'test' that its chart has.
",
    flags: &[flags::TEST],
    arity: Arity::Exactly(1),
    run: Some(run),
    candidates: complete::one_release,
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let name = context.args().first().cloned().unwrap_or_default();
    let mut filters = TestFilters::default();
    for filter in context.parsed.list("filter") {
        if let Some(name) = filter.strip_prefix("name=") {
            filters.include.push(name.to_owned());
        } else if let Some(name) =
            filter.strip_prefix("!name=").or_else(|| filter.strip_prefix("! name="))
        {
            filters.exclude.push(name.to_owned());
        }
    }
    let mut session = Session::open(context)?;
    session.heed_signals(format!("The test of {name} has been cancelled.\n"))?;
    let timeout = deploy::timeout(&context.parsed);
    let outcome = session.actions().test(&name, timeout, &filters);
    let mut outcome = outcome.map_err(|error| deploy::failure(error, None, context))?;
    let text = release_text::of_people(context, &outcome.release, false)?;
    context.print(&text);
    let mut failed = outcome.error.take().map(|error| deploy::failure(error, None, context));
    if context.parsed.is("logs") {
        context.print("\n");
        let mut last = None;
        let out = &mut *context.out;
        let mut write = |_: &str, pod: &str, container: &str, text: &[u8]| {
            let place = Some((pod.to_owned(), container.to_owned()));
            if last != place {
                if last.is_some() {
                    out.push(b'\n');
                }
                out.extend_from_slice(format!("POD LOGS: {pod} ({container})\n").as_bytes());
                last = place;
            }
            out.extend_from_slice(text);
        };
        let logs = session.actions().test_logs(&outcome.release, &filters, &mut write);
        if last.is_some() {
            context.print("\n");
        }
        let logs = logs.map_err(|error| deploy::failure(error, None, context));
        failed = failed.or(logs.err());
    }
    let finished = session.actions().finish_test(&outcome);
    let finished = finished.map_err(|error| deploy::failure(error, None, context));
    failed.or(finished.err()).map_or(Ok(()), Err)
}
