//! The crate from outside, against servers of its own on this machine.

#[path = "repo/http.rs"]
mod http;
#[path = "repo/server.rs"]
mod server;
