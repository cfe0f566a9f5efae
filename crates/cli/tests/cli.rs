//! Runs the program.

mod cli {
    pub(crate) mod completion;
    pub(crate) mod program;
    mod tables;
}
