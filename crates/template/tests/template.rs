//! The engine against Go's text/template and Helm.

mod template {
    mod language;
    mod vectors;
}
