//! The behaviour of `pintle-values`: Helm's answers in tables and the shared vectors, and laws.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod values {
    mod coalesce;
    mod layers;
    mod schema;
    mod set;
    mod support;
}
