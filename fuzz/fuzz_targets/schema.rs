//! JSON schemas: checking any document against any schema ends, and says the same twice. The input
//! is the schema, a line `---`, and the document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pintle_values::NoSource;
use pintle_values::schema::validate_one;

fuzz_target!(|text: &[u8]| {
    let Some(at) = text.windows(5).position(|window| window == b"\n---\n") else { return };
    let Ok(document) = pintle_yaml::read(&text[at + 5..]) else { return };
    let check = || validate_one(&text[..at], &document, &mut NoSource);
    let once = check();
    if let Err(failure) = &once {
        assert!(!failure.to_string().is_empty());
    }
    assert_eq!(once, check());
});
