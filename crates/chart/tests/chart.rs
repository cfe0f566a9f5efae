//! The crate's tests, in one binary.
#![allow(clippy::unwrap_used)]

mod chart {
    mod archive;
    mod capabilities;
    mod corpus;
    mod create;
    mod directory;
    mod files;
    mod laws;
    mod lint;
    mod metadata;
    mod process;
    mod same;
    mod support;
    mod values;
    mod vectors;
}
