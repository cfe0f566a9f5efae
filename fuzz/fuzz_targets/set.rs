//! Lines of `--set` and its siblings: they end, and give the same values twice.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pintle_values::set::{SetKind, set};
use pintle_values::{Source, SourceError};
use pintle_yaml::{Map, Value};

const KINDS: [SetKind; 5] =
    [SetKind::Json, SetKind::Value, SetKind::String, SetKind::File, SetKind::Literal];

struct Echo;

impl Source for Echo {
    fn read(&mut self, location: &str, _: u64) -> Result<Vec<u8>, SourceError> {
        Ok(location.as_bytes().to_vec())
    }
}

fuzz_target!(|line: &str| {
    // Each list may have a million items: that is slow to compare.
    if line.bytes().filter(u8::is_ascii_digit).count() > 12 {
        return;
    }
    let start = Value::from(pintle_values::set::parse("a.b=1,c={x,y},d[1].e=null").unwrap());
    let start = start.as_map().unwrap();
    for kind in KINDS {
        let apply = |mut values: Map| set(kind, line, &mut values, &mut Echo).map(|()| values);
        let once = apply(start.clone());
        assert_eq!(once, apply(start.clone()), "{kind}");
        if let Ok(values) = once {
            let _ = pintle_yaml::to_json(&Value::from(values));
        }
    }
});
