//! The crate from outside, against servers of its own on this machine.

#[path = "repo/http.rs"]
mod http;
#[path = "repo/registry.rs"]
mod registry;
#[path = "repo/robust.rs"]
mod robust;
#[path = "repo/server.rs"]
mod server;
