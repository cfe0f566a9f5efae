//! Rendering, seen from outside.

use crate::engine::TemplateSet;
use crate::{Error, Host, Text, Value};

use super::state::State;

/// Renders templates of a set, one after the other.
///
/// ```
/// use pintle_template::{Engine, Map, NoHost, Value};
///
/// let set = Engine::new().parse("t", "{{ .name | printf `%q` }}")?;
/// let mut host = NoHost;
/// let mut session = set.session(&mut host);
/// let data = Map::from_iter([("name", Value::from("web"))]);
/// assert_eq!(session.render("t", &data.into())?, r#""web""#);
/// # Ok::<(), pintle_template::Error>(())
/// ```
pub struct Session<'s> {
    state: State<'s>,
}

impl<'s> Session<'s> {
    pub(crate) fn new(set: &'s TemplateSet, host: &'s mut dyn Host) -> Session<'s> {
        Session { state: State::new(set, host) }
    }

    /// Executes the template of this name with `data` as its `.` and its `$`.
    ///
    /// # Errors
    ///
    /// There is no such template, or it fails, or a limit is reached.
    pub fn render(&mut self, name: &str, data: &Value) -> Result<Text, Error> {
        self.state.render(name, data).map(Text::from)
    }

    /// The same as bytes, which a long text need not be copied for.
    ///
    /// # Errors
    ///
    /// As for [`render`](Session::render).
    pub fn render_bytes(&mut self, name: &str, data: &Value) -> Result<Vec<u8>, Error> {
        self.state.render(name, data)
    }

    /// How many nodes, calls and turns of loops have run so far, as [`Limits`](crate::Limits)
    /// counts them.
    pub fn steps(&self) -> u64 {
        self.state.steps
    }

    /// How many bytes the results of functions have had so far, as [`Limits`](crate::Limits)
    /// counts them.
    pub fn memory(&self) -> u64 {
        self.state.memory
    }
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("steps", &self.steps()).finish_non_exhaustive()
    }
}
