//! Glob patterns as `.Files.Glob` reads them: those of Go's `github.com/gobwas/glob`.

use std::fmt;

/// A pattern: `*` and `?` match anything but `/`, `**` anything, `[abc]`, `[a-z]` and `[!a-z]` one
/// character, `{a,b*}` any of several patterns; `\` takes the meaning of what follows.
///
/// Matching takes time in proportion to the lengths of the pattern and of the name.
///
/// ```
/// use pintle_chart::Glob;
///
/// let glob = Glob::parse("config/**.{toml,yaml}")?;
/// assert!(glob.matches("config/a/b.toml"));
/// assert!(!glob.matches("config/a.json"));
/// # Ok::<(), pintle_chart::GlobError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Glob {
    program: Vec<Step>,
}

/// A pattern that is not well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GlobError {
    /// A bracket that does not end.
    UnexpectedEnd,
    /// More than one character behind the `-` of a range.
    ExpectedClose,
    /// A range whose end comes before its start.
    Reversed,
    /// A bracket without anything in it.
    EmptyRange,
}

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GlobError::UnexpectedEnd => "unexpected end of input",
            GlobError::ExpectedClose => "expected close range character",
            GlobError::Reversed => "hi character should be greater than lo",
            GlobError::EmptyRange => "could not parse range",
        })
    }
}

impl std::error::Error for GlobError {}

/// A step of the automaton that a pattern becomes.
#[derive(Clone, Debug)]
enum Step {
    Char(char),
    /// One character that is no separator.
    Single,
    /// Any number of characters that are no separators.
    Any,
    /// Any number of characters.
    Super,
    List {
        chars: Vec<char>,
        negated: bool,
    },
    Range {
        lo: char,
        hi: char,
        negated: bool,
    },
    /// Goes on at each of these.
    Branch(Vec<usize>),
    Jump(usize),
}

/// An open brace: its branching step, and the jumps to behind its end.
struct Open {
    branch: usize,
    jumps: Vec<usize>,
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// A bracket that does not end or that says nothing. A brace may stay open.
    pub fn parse(pattern: &str) -> Result<Self, GlobError> {
        // The original takes a NUL for the end.
        let pattern = pattern.split('\0').next().unwrap_or_default();
        let mut program = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut rest = pattern.chars().peekable();
        while let Some(c) = rest.next() {
            match (c, open.last_mut()) {
                ('{', _) => {
                    open.push(Open { branch: program.len(), jumps: Vec::new() });
                    program.push(Step::Branch(vec![program.len() + 1]));
                }
                (',', Some(brace)) => {
                    brace.jumps.push(program.len());
                    program.push(Step::Jump(0));
                    let next = program.len();
                    if let Some(Step::Branch(branches)) = program.get_mut(brace.branch) {
                        branches.push(next);
                    }
                }
                ('}', Some(brace)) => {
                    let jumps = std::mem::take(&mut brace.jumps);
                    open.pop();
                    close(&mut program, &jumps);
                }
                ('[', _) => program.push(range(&mut rest)?),
                ('?', _) => program.push(Step::Single),
                ('*', _) => program.push(if rest.next_if_eq(&'*').is_some() {
                    Step::Super
                } else {
                    Step::Any
                }),
                ('\\', _) => program.extend(rest.next().map(Step::Char)),
                (c, _) => program.push(Step::Char(c)),
            }
        }
        while let Some(brace) = open.pop() {
            close(&mut program, &brace.jumps);
        }
        Ok(Glob { program })
    }

    /// Whether the whole of `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        let mut now = States::new(self.program.len());
        let mut next = States::new(self.program.len());
        self.reach(&mut now, 0);
        for c in name.chars() {
            next.clear();
            for at in std::mem::take(&mut now.list) {
                let (to, stay) = match self.program.get(at) {
                    Some(Step::Char(want)) => (*want == c, false),
                    Some(Step::Single) => (c != '/', false),
                    Some(Step::Any) => (false, c != '/'),
                    Some(Step::Super) => (false, true),
                    Some(Step::List { chars, negated }) => (chars.contains(&c) != *negated, false),
                    Some(Step::Range { lo, hi, negated }) => {
                        ((*lo..=*hi).contains(&c) != *negated, false)
                    }
                    Some(Step::Branch(_) | Step::Jump(_)) | None => (false, false),
                };
                if to {
                    self.reach(&mut next, at + 1);
                }
                if stay {
                    self.reach(&mut next, at);
                }
            }
            std::mem::swap(&mut now, &mut next);
            if now.list.is_empty() {
                return false;
            }
        }
        now.contains(self.program.len())
    }

    /// Adds a state and all that can be reached from it without a character.
    fn reach(&self, states: &mut States, at: usize) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            if !states.add(at) {
                continue;
            }
            match self.program.get(at) {
                Some(Step::Branch(branches)) => open.extend(branches),
                Some(Step::Jump(to)) => open.push(*to),
                Some(Step::Any | Step::Super) => open.push(at + 1),
                _ => {}
            }
        }
    }
}

fn close(program: &mut [Step], jumps: &[usize]) {
    let end = program.len();
    for jump in jumps {
        if let Some(step) = program.get_mut(*jump) {
            *step = Step::Jump(end);
        }
    }
}

/// What follows a `[`.
fn range(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Step, GlobError> {
    let negated = rest.next_if_eq(&'!').is_some();
    let first = *rest.peek().ok_or(GlobError::UnexpectedEnd)?;
    let mut ahead = rest.clone();
    ahead.next();
    if ahead.next_if_eq(&'-').is_some() {
        let hi = ahead.next().ok_or(GlobError::UnexpectedEnd)?;
        match ahead.next() {
            None => return Err(GlobError::UnexpectedEnd),
            Some(']') => {}
            Some(_) => return Err(GlobError::ExpectedClose),
        }
        *rest = ahead;
        if hi < first {
            return Err(GlobError::Reversed);
        }
        return Ok(Step::Range { lo: first, hi, negated });
    }
    let mut chars = Vec::new();
    loop {
        match rest.next() {
            None => return Err(GlobError::UnexpectedEnd),
            Some(']') if chars.is_empty() => return Err(GlobError::EmptyRange),
            Some(']') => return Ok(Step::List { chars, negated }),
            Some('\\') => chars.push(rest.next().ok_or(GlobError::UnexpectedEnd)?),
            Some(c) => chars.push(c),
        }
    }
}

/// A set of states in the order in which they were added.
struct States {
    list: Vec<usize>,
    has: Vec<bool>,
}

impl States {
    fn new(steps: usize) -> Self {
        States { list: Vec::new(), has: vec![false; steps + 1] }
    }

    fn add(&mut self, at: usize) -> bool {
        match self.has.get_mut(at) {
            Some(has) if !*has => {
                *has = true;
                self.list.push(at);
                true
            }
            _ => false,
        }
    }

    fn contains(&self, at: usize) -> bool {
        self.has.get(at).copied().unwrap_or(false)
    }

    fn clear(&mut self) {
        self.list.clear();
        self.has.fill(false);
    }
}
