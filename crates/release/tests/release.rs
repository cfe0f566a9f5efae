//! Documents, hooks and order, from rendered files; records as Helm writes them.

#[path = "release/codec.rs"]
mod codec;
#[path = "release/prepare.rs"]
mod prepare;
