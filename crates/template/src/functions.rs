//! The functions that an engine knows.

use std::collections::BTreeMap;

use crate::{Function, funcs};

/// Functions by name. Of two with one name the later wins.
///
/// ```
/// use pintle_template::Functions;
///
/// let functions = Functions::new();
/// assert!(functions.get("include").is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Functions(BTreeMap<&'static str, Function>);

impl Functions {
    /// No functions at all.
    pub fn new() -> Functions {
        Functions::default()
    }

    /// The functions of sprig 3.3.0, as its `TxtFuncMap` has them.
    ///
    /// ```
    /// use pintle_template::Functions;
    ///
    /// assert!(Functions::sprig().get("trunc").is_some());
    /// ```
    pub fn sprig() -> Functions {
        Functions::of_tables(funcs::SPRIG.iter())
    }

    /// The functions that Helm 4 gives to the templates of charts.
    ///
    /// ```
    /// use pintle_template::Functions;
    ///
    /// let functions = Functions::helm();
    /// assert!(functions.get("toYaml").is_some());
    /// assert!(functions.get("env").is_none());
    /// ```
    pub fn helm() -> Functions {
        let mut functions = Functions::of_tables(funcs::SPRIG.iter().chain(funcs::HELM));
        functions.remove("env").remove("expandenv");
        functions
    }

    /// All at once, which is much less work than one by one.
    fn of_tables<'f>(tables: impl Iterator<Item = &'f &'f [Function]>) -> Functions {
        let functions = tables.copied().flatten();
        Functions(functions.map(|function| (function.name(), function.clone())).collect())
    }

    /// Adds one function.
    pub fn add(&mut self, function: Function) -> &mut Functions {
        self.0.insert(function.name(), function);
        self
    }

    /// Adds several functions.
    pub fn add_all<'f>(&mut self, functions: impl IntoIterator<Item = &'f Function>) -> &mut Self {
        for function in functions {
            self.add(function.clone());
        }
        self
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a function out.
    pub fn remove(&mut self, name: &str) -> &mut Functions {
        self.0.remove(name);
        self
    }

    /// The function of this name.
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.0.get(name)
    }

    /// All functions, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Function> {
        self.0.values()
    }
}
