//! Templates given on the command line, and the limits that hold for all.

use pintle_template::{Engine, Functions, Limits, Value};

use crate::context::Context;
use crate::draw;
use crate::failure::Failure;
use crate::host::Machine;
use crate::parse::Parsed;
use crate::settings::Settings;
use crate::stack::with_large_stack;
use crate::terminal::Terminal;

/// More than ten times what any chart is known to need, and little enough to end within seconds
/// and within the memory that any machine has. The help names them too, see
/// [`crate::flags::LIMITS`].
const STEPS: u64 = 150_000_000;
const OUTPUT: u64 = 192 << 20;
const MEMORY: u64 = 448 << 20;

/// The limits for a thread with `room` bytes of stack, as the flags set them.
pub(crate) fn limits(parsed: &Parsed, room: usize) -> Limits {
    let mut limits = Limits::default().for_stack(room);
    limits.steps = STEPS;
    limits.output = OUTPUT;
    limits.memory = MEMORY;
    if let Some(depth) = parsed.uint("max-depth") {
        // The stack bounds what can be asked for.
        limits.depth = u32::try_from(depth).unwrap_or(u32::MAX).min(limits.depth);
    }
    if let Some(steps) = parsed.uint("max-steps") {
        limits.steps = steps;
    }
    if let Some(bytes) = parsed.bytes("max-output") {
        limits.output = bytes;
    }
    if let Some(bytes) = parsed.bytes("max-memory") {
        limits.memory = bytes;
    }
    limits
}

/// Renders a template that a flag holds.
///
/// # Errors
///
/// It is no template, or fails.
pub(crate) fn render(
    name: &str,
    text: &str,
    engine: &Engine,
    data: impl FnOnce() -> Value + Send,
    context: &Context,
) -> Result<Vec<u8>, Failure> {
    let (parsed, settings) = (&context.parsed, &context.settings);
    let rendered = with_large_stack(|room| {
        let engine = engine.clone().limits(limits(parsed, room));
        let set = engine.parse(name, text)?;
        let mut host = Machine::new(false);
        set.session(&mut host).render(name, &data()).map(|text| text.as_bytes().to_vec())
    });
    rendered.map_err(Failure::new)?.map_err(|error| failure(&error, settings))
}

fn failure(error: &pintle_template::Error, settings: &Settings) -> Failure {
    let report = draw::template(error, false, &|_| None);
    Failure::new(error.to_string())
        .with_details(draw::draw(&[report], Terminal::of_errors(settings)))
}

/// The name that a template of `--name-template` makes.
///
/// # Errors
///
/// As [`render`].
pub(crate) fn name(template: &str, context: &Context) -> Result<String, Failure> {
    let engine = Engine::new().functions(Functions::sprig());
    let name = render("name-template", template, &engine, || Value::Nil, context)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}
