//! What the commands do, one file each.

pub(crate) mod completion;
pub(crate) mod create;
pub(crate) mod dependency;
pub(crate) mod docs;
pub(crate) mod env;
pub(crate) mod get;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod install;
pub(crate) mod lint;
pub(crate) mod list;
pub(crate) mod package;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod recover;
pub(crate) mod registry;
pub(crate) mod release_test;
pub(crate) mod repo;
pub(crate) mod rollback;
pub(crate) mod search;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod template;
pub(crate) mod uninstall;
pub(crate) mod upgrade;
pub(crate) mod version;
