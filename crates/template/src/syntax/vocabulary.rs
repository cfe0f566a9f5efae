//! What the texts of a set share: names of variables, and pipelines that they have in common.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use pintle_yaml::Str;

use super::ast::{Pipeline, VarId};
use super::build::Scratch;

/// The names of variables with their numbers, and each pipeline that was parsed, by its text.
pub(crate) struct Vocabulary {
    variables: Vec<Str>,
    numbers: HashMap<Str, VarId, RandomState>,
    pipelines: [HashMap<Box<str>, usize, RandomState>; 2],
    cached: Vec<Cached>,
    pub(super) scratch: Scratch,
}

/// A parsed pipeline with what must be checked at each place that has it.
pub(crate) struct Cached {
    pub(crate) pipeline: Arc<Pipeline>,
    /// Variables that it needs from around it.
    pub(crate) needs: Vec<VarId>,
    /// Variables that it declares, in order.
    pub(crate) declares: Vec<VarId>,
}

/// Whether two variables may be set: only `range` sets two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Range,
    Other,
}

impl Vocabulary {
    pub(crate) fn new() -> Vocabulary {
        let mut vocabulary = Vocabulary {
            variables: Vec::new(),
            numbers: HashMap::default(),
            pipelines: Default::default(),
            cached: Vec::new(),
            scratch: Scratch::default(),
        };
        vocabulary.variable("$");
        vocabulary
    }

    /// The number of a variable; `name` has its `$`.
    pub(crate) fn variable(&mut self, name: &str) -> VarId {
        if let Some(id) = self.numbers.get(name) {
            return *id;
        }
        let id = VarId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        self.variables.push(name.into());
        self.numbers.insert(name.into(), id);
        id
    }

    /// The name of a variable, with its `$`.
    pub(crate) fn name(&self, id: VarId) -> &str {
        self.variables.get(id.0 as usize).map_or("$?", Str::as_str)
    }

    /// The number of the pipeline of this text, when it has been parsed before.
    pub(super) fn find(&self, kind: Kind, text: &str) -> Option<usize> {
        self.pipelines[kind as usize].get(text).copied()
    }

    /// The pipeline of a number.
    pub(super) fn cached(&self, number: usize) -> Option<&Cached> {
        self.cached.get(number)
    }

    /// Keeps a pipeline, whose number this gives.
    pub(super) fn cache(&mut self, kind: Kind, text: &str, cached: Cached) -> usize {
        let number = self.cached.len();
        self.pipelines[kind as usize].insert(text.into(), number);
        self.cached.push(cached);
        number
    }
}

impl Default for Vocabulary {
    fn default() -> Self {
        Vocabulary::new()
    }
}

impl std::fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vocabulary").field("variables", &self.variables).finish_non_exhaustive()
    }
}
