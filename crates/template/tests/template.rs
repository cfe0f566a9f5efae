//! The engine against Go's text/template and Helm.

mod template {
    mod bounds;
    mod errors;
    mod language;
    mod vectors;
}
