//! Rendering, seen from outside.

use crate::engine::TemplateSet;
use crate::{Error, Host, Text, Trace, Value};

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

    /// Does the same and says which part of which template has made each part of the output.
    ///
    /// ```
    /// use pintle_template::{Engine, NoHost, Value};
    ///
    /// let set = Engine::new().parse("t", "a: {{ . }}\n")?;
    /// let mut host = NoHost;
    /// let (text, trace) = set.session(&mut host).render_traced("t", &Value::int(7))?;
    /// assert_eq!(text, "a: 7\n");
    /// let origin = trace.at(3).expect("the 7 comes from somewhere");
    /// assert_eq!((origin.file(), origin.location().column), ("t", 7));
    /// # Ok::<(), pintle_template::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`render`](Session::render).
    pub fn render_traced(&mut self, name: &str, data: &Value) -> Result<(Text, Trace), Error> {
        self.state.tracer = Some(Box::default());
        let result = self.state.render(name, data);
        let trace = self.state.tracer.take().map(|tracer| tracer.finish()).unwrap_or_default();
        Ok((Text::from(result?), trace))
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
