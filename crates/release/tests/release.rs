//! Documents, hooks and order, from rendered files.

#[path = "release/prepare.rs"]
mod prepare;
