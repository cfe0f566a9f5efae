//! `--set` and coalescing: `cargo bench -p pintle-values`.

use divan::Bencher;
use pintle_values::set::parse;
use pintle_values::{ChartValues, coalesce, merge_maps};
use pintle_yaml::{Map, Value};

fn main() {
    divan::main();
}

/// Tables in tables, with `width` keys each.
fn table(width: usize, depth: usize) -> Value {
    let inner = match depth {
        0 => Value::from(1),
        _ => table(width, depth - 1),
    };
    (0..width).map(|key| (format!("key{key}"), inner.clone())).collect::<Map>().into()
}

#[divan::bench]
fn set_lines() -> usize {
    let lines = ["image.tag=1.2.3,replicas=3", "hosts={a.example,b.example}", "env[3].name=LEVEL"];
    lines.iter().filter_map(|line| parse(line).ok()).map(|map| map.len()).sum()
}

#[divan::bench]
fn coalesce_subcharts(bencher: Bencher<'_, '_>) {
    let defaults = table(10, 3);
    let dependencies = ["a", "b", "c"].map(|name| ChartValues {
        name,
        values: &defaults,
        dependencies: Vec::new(),
    });
    let chart = ChartValues { name: "top", values: &defaults, dependencies: dependencies.into() };
    let user = Value::from(parse("a.key1.key2=x,key3=null,global.region=eu").unwrap_or_default());
    bencher.bench(|| coalesce(&chart, &user));
}

#[divan::bench]
fn merge_files(bencher: Bencher<'_, '_>) {
    let (base, over) = (table(10, 3), table(5, 3));
    let (Some(base), Some(over)) = (base.as_map(), over.as_map()) else { return };
    bencher.with_inputs(|| base.clone()).bench_values(|mut base| {
        let _ = merge_maps(&mut base, over);
        base
    });
}
