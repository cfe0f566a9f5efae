//! The crate's tests, in one binary.

mod chart {
    mod archive;
    mod capabilities;
    mod corpus;
    mod create;
    mod directory;
    mod files;
    mod lint;
    mod metadata;
    mod process;
    mod support;
}
