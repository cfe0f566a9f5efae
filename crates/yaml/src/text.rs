//! The shared string of [`Value`](crate::Value).

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use smol_str::SmolStr;

/// An immutable string that is cheap to clone: up to 23 bytes are kept in place, longer ones are
/// shared.
///
/// ```
/// use pintle_yaml::Str;
///
/// let name = Str::from("replicas");
/// assert_eq!(&*name, "replicas");
/// assert_eq!(name, name.clone());
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(SmolStr);

impl Str {
    /// The empty string.
    pub const EMPTY: Str = Str(SmolStr::new_static(""));

    /// A string with the program's lifetime; never allocates.
    pub const fn new_static(text: &'static str) -> Self {
        Str(SmolStr::new_static(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The text as a shared pointer; a string that is shared already is not copied.
    pub fn to_arc(&self) -> Arc<str> {
        Arc::from(self.0.clone())
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self.0.as_str()
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_str(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str(SmolStr::new(text))
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Str(SmolStr::from(text))
    }
}

impl From<Arc<str>> for Str {
    fn from(text: Arc<str>) -> Self {
        Str(SmolStr::from(text))
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        String::from(text.0)
    }
}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
