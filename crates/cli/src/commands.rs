//! What the commands do, one file each.

pub(crate) mod completion;
pub(crate) mod docs;
pub(crate) mod env;
pub(crate) mod help;
pub(crate) mod version;
