//! The engine against Go's text/template and Helm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod template {
    mod bounds;
    mod errors;
    mod language;
    mod odd_values;
    mod vectors;
}
