//! Parsing templates: the quick path and the grammar agree, and errors point into the text.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pintle_template::{Engine, fuzzing};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::helm);

fuzz_target!(|text: &[u8]| {
    if let Ok(text) = std::str::from_utf8(text) {
        for range in [false, true] {
            if let Err(difference) = fuzzing::parsers_agree(text, range) {
                panic!("{difference}");
            }
        }
    }
    for text in [text, &[b"{{", text, b"}}"].concat()] {
        if let Err(error) = ENGINE.parse("t", text) {
            let span = error.span();
            assert!(span.start <= span.end && span.end <= text.len(), "{span:?}: {error}");
            assert!(error.location().line >= 1);
        }
    }
});
