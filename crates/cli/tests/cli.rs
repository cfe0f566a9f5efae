//! Runs the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cli {
    mod completion;
    mod corpus;
    mod dependencies;
    mod disk;
    mod git;
    mod goldens;
    mod hub;
    mod network;
    mod plugins;
    pub(crate) mod program;
    #[cfg(feature = "provenance")]
    mod provenance;
    mod registry;
    mod repositories;
    #[path = "../../../repo/tests/repo/server.rs"]
    mod server;
    mod tables;
    mod wasm;
}
