//! The behaviour of `pintle-semver`: answers of Masterminds/semver in tables, laws, and the shared
//! vectors.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod semver {
    mod constraints;
    mod golden;
    mod vectors;
    mod versions;
}
