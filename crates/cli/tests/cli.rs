//! Runs the program.

mod cli {
    mod completion;
    mod corpus;
    pub(crate) mod program;
    mod tables;
}
