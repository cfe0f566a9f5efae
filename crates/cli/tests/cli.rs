//! Runs the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cli {
    mod completion;
    mod corpus;
    mod goldens;
    pub(crate) mod program;
    mod tables;
}
