//! Bounds on what a template may use.

/// Bounds on what one [`Session`](crate::Session) may use, so that no template can take all of a
/// machine.
///
/// All are counted, not measured: a template that reaches one does so on every machine and on every
/// run. The defaults are more than ten times what real charts need. Two guard the stack; their
/// defaults fit a thread with 2 MiB in a release build.
///
/// ```
/// use pintle_template::{Engine, Limits, NoHost, Value};
///
/// let engine = Engine::new().limits(Limits { steps: 1000, ..Limits::default() });
/// let set = engine.parse("t", "{{ range 1000000 }}x{{ end }}")?;
/// let error = set.session(&mut NoHost).render("t", &Value::Nil).unwrap_err();
/// assert!(error.is_limit());
/// # Ok::<(), pintle_template::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep templates may call each other, by `template`, `include` and `tpl` together.
    pub depth: u32,
    /// How deep blocks, parentheses and calls may be nested, over all running templates.
    pub nesting: u32,
    /// How many nodes, calls and turns of loops may run.
    pub steps: u64,
    /// How many bytes a template may write.
    pub output: u64,
    /// How many bytes the results of functions may have, all added up.
    pub memory: u64,
}

impl Limits {
    /// Bounds for a thread whose stack has this many bytes.
    #[must_use]
    pub fn for_stack(self, bytes: usize) -> Limits {
        let nesting = bytes / BYTES_PER_LEVEL;
        let nesting = u32::try_from(nesting).unwrap_or(u32::MAX);
        Limits { nesting, depth: (nesting / 2).min(GO_DEPTH), ..self }
    }
}

/// text/template's own limit on the depth of `template`.
const GO_DEPTH: u32 = 100_000;

/// What a nested block, parenthesis or call takes of the stack at most. Debug builds take more.
const BYTES_PER_LEVEL: usize = if cfg!(debug_assertions) { 6144 } else { 1280 };

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 0, nesting: 0, steps: 1_000_000_000, output: 1 << 30, memory: 4 << 30 }
            .for_stack(3 << 19)
    }
}
