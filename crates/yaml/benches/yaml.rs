//! Reading and writing: `cargo bench -p pintle-yaml`.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::BytesCount;
use pintle_yaml::{ReadOptions, Value, head, read, to_json, to_yaml};

fn main() {
    divan::main();
}

/// Values as charts have them, some 20 kB.
fn values() -> String {
    let mut text = String::from("# Defaults.\nparts:\n");
    for number in 0..100 {
        let _ = write!(
            text,
            "  part-{number}:\n    image:\n      repository: registry.example/part\n      tag: \"{number}.0\"\n    \
             replicas: {number}\n    enabled: true\n    ports:\n      - name: http\n        port: 8080\n    \
             note: |\n      first line\n      second line\n",
        );
    }
    text
}

fn data() -> Value {
    read(values().as_bytes()).unwrap_or_default()
}

#[divan::bench]
fn read_plain(bencher: Bencher<'_, '_>) {
    let text = values();
    bencher.counter(BytesCount::of_str(&text)).bench(|| read(text.as_bytes()));
}

#[divan::bench]
fn read_by_the_full_parser(bencher: Bencher<'_, '_>) {
    let text = values();
    let options = ReadOptions::new().full_parser(true);
    bencher.counter(BytesCount::of_str(&text)).bench(|| options.read(text.as_bytes()));
}

#[divan::bench]
fn read_head(bencher: Bencher<'_, '_>) {
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n{}", values());
    bencher.counter(BytesCount::of_str(&text)).bench(|| head(text.as_bytes()));
}

#[divan::bench]
fn write_yaml(bencher: Bencher<'_, '_>) {
    let value = data();
    bencher.bench(|| to_yaml(&value));
}

#[divan::bench]
fn write_json(bencher: Bencher<'_, '_>) {
    let value = data();
    bencher.bench(|| to_json(&value));
}
