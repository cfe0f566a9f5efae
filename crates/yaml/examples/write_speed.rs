//! Measures how fast values are written: `cargo run --release --example write_speed FILE.yaml…`

use std::hint::black_box;
use std::time::Instant;

use pintle_yaml::{Value, read, to_json_into, to_yaml_into, to_yaml_pretty_into};

type Write = fn(&mut Vec<u8>, &Value) -> Result<(), pintle_yaml::WriteError>;

/// The time this thread has run, where the system tells it; it does not count others' work.
fn busy(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    told.and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds: f64| nanoseconds / 1e9)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut values = Vec::new();
    for path in std::env::args_os().skip(1) {
        // Files with several documents and templates are not of interest here.
        values.extend(read(&std::fs::read(path)?));
    }
    if values.is_empty() {
        let port = |n: i64| Value::from_iter([("name", Value::from("http")), ("port", n.into())]);
        values.push(Value::from((0..1000).map(port).collect::<Vec<_>>()));
    }
    let value = Value::from(values);
    let writers: [(&str, Write); 3] = [
        ("to_yaml", to_yaml_into),
        ("to_yaml_pretty", to_yaml_pretty_into),
        ("to_json", to_json_into),
    ];
    for (name, write) in writers {
        let mut out = Vec::new();
        let clock = Instant::now();
        let (mut bytes, start) = (0, busy(clock));
        while busy(clock) - start < 1.0 {
            for _ in 0..20 {
                out.clear();
                write(&mut out, black_box(&value))?;
                bytes += black_box(&out).len();
            }
        }
        let rate = bytes as f64 / (busy(clock) - start) / 1e6;
        println!("{name}: {rate:.0} MB/s ({} bytes)", out.len());
    }
    Ok(())
}
