//! From rendered files to manifests, records as Helm writes them, and what actions do.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "release/actions.rs"]
mod actions;
#[path = "release/codec.rs"]
mod codec;
#[path = "release/fake.rs"]
mod fake;
#[path = "release/killed.rs"]
mod killed;
#[path = "release/prepare.rs"]
mod prepare;
#[path = "release/shown.rs"]
mod shown;
