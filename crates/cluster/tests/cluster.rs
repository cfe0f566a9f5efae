//! The crate against a server of our own that fails on purpose, and against a real one where the
//! environment names it.
#![allow(clippy::expect_used, clippy::panic)]

#[path = "cluster/faults.rs"]
mod faults;
#[path = "cluster/live.rs"]
mod live;
#[path = "cluster/server.rs"]
mod server;
