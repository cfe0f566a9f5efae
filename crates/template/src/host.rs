//! The world outside of a template.

use pintle_yaml::{self as yaml, Location};

/// Something that is no error in Helm although a template's author will hardly mean it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning<'w> {
    /// The file of the template.
    pub file: &'w str,
    /// Where in the file the action is.
    pub location: Location,
    /// What is odd.
    pub message: &'w str,
}

/// What a template may ask of the world: the clock, randomness, the cluster, names.
///
/// Every method has a default that gives nothing, so that a template is a function of its data
/// unless the host says otherwise.
pub trait Host {
    /// The time: seconds since 1970-01-01 00:00 UTC and nanoseconds.
    fn now(&mut self) -> (i64, u32) {
        (0, 0)
    }

    /// The name of the local time zone in the IANA database, such as `Europe/Berlin`.
    fn time_zone(&mut self) -> Option<String> {
        None
    }

    /// Fills `bytes` with random ones fit for keys.
    ///
    /// # Errors
    ///
    /// There is no source of randomness; the message says why.
    fn random(&mut self, _bytes: &mut [u8]) -> Result<(), String> {
        Err("this host has no source of random numbers".to_owned())
    }

    /// Objects of the cluster, as Helm's `lookup` finds them. An empty mapping: there is none.
    ///
    /// # Errors
    ///
    /// The cluster cannot be asked; the message says why.
    fn lookup(
        &mut self,
        _api_version: &str,
        _kind: &str,
        _namespace: &str,
        _name: &str,
    ) -> Result<yaml::Value, String> {
        Ok(yaml::Value::empty_map())
    }

    /// The addresses of a name. Helm gives none unless `--enable-dns` is set.
    fn resolve(&mut self, _name: &str) -> Vec<String> {
        Vec::new()
    }

    /// Takes note of something odd, such as a value that cannot be written and becomes an empty
    /// text. One place can warn many times.
    fn warn(&mut self, _warning: &Warning<'_>) {}

    /// The value of an environment variable, for `env` and `expandenv` where they are registered.
    fn env(&mut self, _name: &str) -> Option<String> {
        None
    }
}

/// A host that gives nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {}
