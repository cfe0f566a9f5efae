//! The behaviour of `pintle-yaml`: Go's answers in tables, and laws.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod yaml {
    mod golden;
    mod laws;
    mod limits;
    mod read;
    mod reformat;
    mod serial;
    mod write;
}
