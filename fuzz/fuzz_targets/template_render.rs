//! Rendering templates: it ends within its limits, and gives the same bytes twice.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pintle_template::{Engine, Limits, NoHost, Value};

const VALUES: &[u8] = b"
name: web
count: 3
ratio: 1.5
on: true
none: null
text: |
  a b,c
  d: {{ .count }}
list: [1, two, {three: 3}, [4]]
map: {a: 1, b: {c: x}}
";

const LIMITS: (u64, u64, u64) = (5_000, 1 << 16, 1 << 20);

thread_local! {
    static ENGINE: Engine = {
        let (steps, output, memory) = LIMITS;
        Engine::helm().limits(Limits { steps, output, memory, ..Limits::default() })
    };
    static DATA: Value = {
        let values = pintle_yaml::read(VALUES).expect("our own values");
        Value::from_data(&values)
    };
}

fuzz_target!(|text: &[u8]| {
    // What takes a second of its own here, and is bounded elsewhere.
    if ["derivePassword", "bcrypt", "htpasswd", "gen"].iter().any(|slow| has(text, slow)) {
        return;
    }
    let Ok(set) = ENGINE.with(|engine| engine.parse("t", text)) else { return };
    let render = || {
        let mut host = NoHost;
        let mut session = set.session(&mut host);
        DATA.with(|data| session.render_bytes("t", data)).map_err(|error| error.to_string())
    };
    let once = render();
    if let Ok(bytes) = &once {
        assert!(bytes.len() as u64 <= LIMITS.1);
    }
    assert_eq!(once, render());
});

fn has(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part == word.as_bytes())
}
