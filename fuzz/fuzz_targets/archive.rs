//! Archives of charts: reading one ends within its limits.

#![no_main]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use pintle_chart::{Chart, Limits, Loader};

const LIMITS: Limits =
    Limits { chart_bytes: 1 << 16, total_bytes: 1 << 17, entries: 100, depth: 3 };

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    // As a tar archive, which mutations of the compressed bytes hardly ever reach.
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(bytes).expect("a vector takes all");
    check(&gzip.finish().expect("a vector takes all"));
});

fn check(archive: &[u8]) {
    let Ok(chart) = Loader::new().limits(LIMITS).load_reader(archive) else { return };
    let mut bytes = 0;
    let depth = size(&chart, &mut bytes);
    assert!(bytes <= LIMITS.total_bytes, "{bytes} bytes");
    assert!(depth <= LIMITS.depth + 1, "{depth} charts deep");
    let _ = chart.check_type();
    let _ = chart.check_dependencies();
    let mut chart = chart;
    let _ = pintle_chart::process(&mut chart, &pintle_yaml::Value::empty_map());
}

/// Adds up the templates' bytes and gives how deep charts are nested.
fn size(chart: &Chart, bytes: &mut u64) -> u32 {
    *bytes += chart.templates.iter().map(|file| file.data.len() as u64).sum::<u64>();
    chart.dependencies.iter().map(|chart| size(chart, bytes)).max().unwrap_or(0) + 1
}
