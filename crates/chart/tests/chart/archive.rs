//! Archives, good and hostile.

use std::io::{Cursor, Read};

use flate2::Compression;
use flate2::read::GzEncoder;
use pintle_chart::{ArchiveError, Chart, Error, Limits, Loader, TooLarge};

use super::support::{CHART, checksum, entry, gzip, header, read, tar, tgz};

fn names(chart: &Chart) -> Vec<&str> {
    chart.raw.iter().map(|file| &*file.name).collect()
}

#[test]
fn reads_a_chart() {
    let inner = tgz(&[("sub/Chart.yaml", b"apiVersion: v2\nname: sub\nversion: 2.0.0\n")]);
    let chart = read(&tgz(&[
        CHART,
        ("x/values.yaml", b"\xef\xbb\xbfa: 1\n---\nb: 2\n"),
        ("x/values.schema.json", b"{}"),
        ("x/templates/a.yaml", b"a"),
        ("x/templates/sub/NOTES.txt", b"notes"),
        ("x/README.md", b"read"),
        ("x/crds/a.yaml", b"crd"),
        ("x/charts/sub-2.0.0.tgz", &inner),
        ("x/charts/plain/Chart.yaml", b"apiVersion: v1\nname: plain\nversion: 1.0.0\n"),
        ("x/charts/_left/out", b"?"),
        ("x/charts/.left/out", b"?"),
        ("x/charts/sub-2.0.0.tgz.prov", b"signed"),
    ]))
    .unwrap();
    assert_eq!(chart.name(), "x");
    assert_eq!(chart.values.get("a"), Some(&1.0.into()));
    assert_eq!(chart.values.get("b"), Some(&2.0.into()));
    assert_eq!(chart.schema.as_deref(), Some(&b"{}"[..]));
    let list = |files: &[pintle_chart::File]| -> Vec<String> {
        files.iter().map(|file| file.name.to_string()).collect()
    };
    assert_eq!(list(&chart.templates), ["templates/a.yaml", "templates/sub/NOTES.txt"]);
    assert_eq!(list(&chart.files), ["README.md", "crds/a.yaml", "charts/sub-2.0.0.tgz.prov"]);
    assert_eq!(chart.raw.len(), 12);
    let subcharts: Vec<_> = chart.dependencies.iter().map(Chart::name).collect();
    assert_eq!(subcharts, ["plain", "sub"]);
    assert_eq!(chart.crds()[0].path, "x/crds/a.yaml");
    assert_eq!(chart.readme().unwrap().data.as_str(), Some("read"));
    assert_eq!(chart.values_file().unwrap().data.as_str(), Some("a: 1\n---\nb: 2\n"));
}

#[test]
fn refuses_names() {
    for (name, want) in [
        ("x/../../evil", "parent directory"),
        ("x\\..\\..\\evil", "parent directory"),
        ("x//evil", "absolute paths"),
        ("Chart.yaml", "outside the base directory"),
        ("x/c:/evil", "illegally named"),
        ("Chart.yaml/a", "not in base directory"),
    ] {
        let error = read(&tgz(&[CHART, (name, b"e")])).unwrap_err().to_string();
        assert!(error.contains(want), "{name}: {error}");
    }
}

#[test]
fn links_are_empty_files() {
    for kind in [b'1', b'2', b'3', b'6'] {
        let mut archive = entry(CHART.0, b'0', CHART.1);
        archive.extend(header("x/values.yaml", kind, 0));
        let chart = read(&gzip(&archive)).unwrap();
        assert_eq!(&*chart.raw[1].data, b"");
    }
}

#[test]
fn long_names_and_extended_headers() {
    let long = format!("x/templates/{}.yaml", "n".repeat(200));
    let mut gnu = entry("././@LongLink", b'L', format!("{long}\0").as_bytes());
    gnu.extend(entry("x/cut", b'0', b"gnu"));
    let record = |text: &str| {
        let len = text.len() + 5;
        format!("{len} {text}\n")
    };
    let mut pax = entry("pax", b'x', record(&format!("path={long}")).as_bytes());
    pax.extend(entry("x/cut", b'0', b"pax"));
    let mut global = entry("pax_global_header", b'g', b"21 comment=something\n");
    global.extend(entry(&long[..90], b'0', b"global"));
    let mut prefix = entry("name.yaml", b'0', b"prefix");
    prefix[345..356].copy_from_slice(b"x/templates");
    checksum(prefix.first_chunk_mut().unwrap());
    for (extra, want) in [
        (gnu, &long[2..]),
        (pax, &long[2..]),
        (global, &long[2..90]),
        (prefix, "templates/name.yaml"),
    ] {
        let mut archive = entry(CHART.0, b'0', CHART.1);
        archive.extend(extra);
        archive.extend([0; 1024]);
        let chart = read(&gzip(&archive)).unwrap();
        assert_eq!(names(&chart), ["Chart.yaml", want]);
    }
}

#[test]
fn broken_archives() {
    let good = tgz(&[CHART, ("x/values.yaml", b"a: 1\n")]);
    for sixteenth in 1..16 {
        let cut = &good[..good.len() * sixteenth / 16];
        assert!(read(cut).is_err(), "{sixteenth}/16");
    }
    let plain = tar(&[CHART]);
    let mut wrong_sum = plain.clone();
    wrong_sum[0] ^= 1;
    let mut sparse = entry(CHART.0, b'0', CHART.1);
    sparse.extend(header("x/big", b'S', 4 << 30));
    let field = header("x", b'x', 2 << 20);
    let cases: [(&[u8], &str); 6] = [
        (&wrong_sum, "invalid tar header"),
        (&plain[..530], "unexpected EOF"),
        (&[0; 1024], "no files in chart archive"),
        (b"", "no files in chart archive"),
        (&sparse, "sparse"),
        (&field, "header field too long"),
    ];
    for (archive, want) in cases {
        let error = read(&gzip(archive)).unwrap_err().to_string();
        assert!(error.contains(want), "{want}: {error}");
    }
    for (data, want) in [
        (&b"hello"[..], "does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'"),
        (b"", "gzipped archive"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b\x09\0\0\0\0\0\0\0\0\0", "gzip: invalid header"),
    ] {
        let error = read(data).unwrap_err().to_string();
        assert!(error.contains(want), "{want}: {error}");
    }
}

#[test]
fn members_of_gzip_are_one_stream() {
    let archive = tar(&[CHART]);
    let (one, two) = archive.split_at(300);
    let joined = [gzip(one), gzip(two)].concat();
    assert_eq!(read(&joined).unwrap().name(), "x");
    // What comes behind the archive's end does not count.
    let trailing = [gzip(&archive), b"garbage".to_vec()].concat();
    assert_eq!(read(&trailing).unwrap().name(), "x");
}

#[test]
fn the_last_of_two_wins() {
    let chart = read(&tgz(&[
        CHART,
        ("x/Chart.yaml", b"apiVersion: v2\nname: z\nversion: 2.0.0\n"),
        ("x/values.yaml", b"a: 1\n"),
        ("x/values.yaml", b"a: 2\n"),
    ]))
    .unwrap();
    assert_eq!((chart.name(), &*chart.metadata.version), ("z", "2.0.0"));
    assert_eq!(chart.values.get("a"), Some(&2.0.into()));
}

#[test]
fn sizes_are_bounded() {
    let limits = Limits { chart_bytes: 10_000, total_bytes: 15_000, entries: 50, depth: 3 };
    let load = |archive: &[u8]| Loader::new().limits(limits).load_reader(archive);
    let data = vec![b'x'; 8_000];
    assert!(load(&tgz(&[CHART, ("x/a", &data)])).is_ok());
    // More than one archive may hold.
    let error = load(&tgz(&[CHART, ("x/a", &data), ("x/b", &data)])).unwrap_err();
    assert!(matches!(error, Error::TooLarge(TooLarge::Archive(10_000))), "{error}");
    // A header that lies about its size.
    let mut lie = entry(CHART.0, b'0', CHART.1);
    lie.extend(header("x/a", b'0', 1 << 32));
    let error = load(&gzip(&lie)).unwrap_err();
    assert!(matches!(error, Error::TooLarge(TooLarge::Archive(_))), "{error}");
    // Archives in an archive, each small enough.
    let inner =
        tgz(&[("y/Chart.yaml", b"apiVersion: v2\nname: y\nversion: 1.0.0\n"), ("y/a", &data)]);
    let error =
        load(&tgz(&[CHART, ("x/charts/a.tgz", &inner), ("x/charts/b.tgz", &inner)])).unwrap_err();
    assert!(matches!(error.root(), Error::TooLarge(TooLarge::Total(_))), "{error}");
    // Many entries, and many headers without an entry.
    let many: Vec<String> = (0..60).map(|n| format!("x/f{n}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let error = load(&tgz(&many)).unwrap_err();
    assert!(matches!(error, Error::TooLarge(TooLarge::Entries(50))), "{error}");
    let headers: Vec<u8> = (0..300).flat_map(|_| header("x/d", b'5', 0)).collect();
    let error = load(&gzip(&headers)).unwrap_err();
    assert!(matches!(error, Error::TooLarge(TooLarge::Entries(50))), "{error}");
    // Charts inside of charts.
    let mut path = String::from("x");
    let mut deep = vec![];
    for _ in 0..6 {
        deep.push(format!("{path}/Chart.yaml"));
        path.push_str("/charts/x");
    }
    let deep: Vec<(&str, &[u8])> = deep.iter().map(|name| (name.as_str(), CHART.1)).collect();
    let error = load(&tgz(&deep)).unwrap_err();
    assert!(matches!(error.root(), Error::TooDeep { limit: 3 }), "{error}");
}

#[test]
fn a_bomb_ends_at_the_limit() {
    // 10 GB of zeros in one entry, which the header admits; and in one that it does not.
    let stream = |size: u64| {
        let head = [entry(CHART.0, b'0', CHART.1), header("x/zeros", b'0', size).to_vec()].concat();
        let zeros = std::io::repeat(0).take(10 << 30);
        GzEncoder::new(Cursor::new(head).chain(zeros), Compression::fast())
    };
    for size in [7 << 30, 101 << 20] {
        let error = Loader::new().load_reader(stream(size)).unwrap_err();
        assert!(matches!(error, Error::TooLarge(TooLarge::Archive(_))), "{error}");
    }
}

#[test]
fn subcharts_are_named_in_errors() {
    let error = read(&tgz(&[CHART, ("x/charts/README.md", b"text")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "error unpacking subchart README.md in x: Chart.yaml file is missing"
    );
    let error = read(&tgz(&[CHART, ("x/charts/a.tgz", b"text")])).unwrap_err();
    assert!(error.to_string().starts_with("error unpacking subchart a.tgz in x: "), "{error}");
    let error = read(&tgz(&[CHART, ("x/charts/a.tgz/b", b"text")])).unwrap_err();
    assert!(matches!(error, Error::SubchartPath { .. }), "{error}");
}

#[test]
fn an_archive_is_named_in_errors() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tgz");
    std::fs::write(&path, tgz(&[("x", b"e")])).unwrap();
    let error = Loader::new().load(&path).unwrap_err();
    assert!(matches!(
        &error,
        Error::Archive { error: ArchiveError::OutsideBase { .. }, path: Some(_) }
    ));
    assert!(error.to_string().contains("a.tgz"), "{error}");
    let path = dir.path().join("a.yaml");
    std::fs::write(&path, "a: 1").unwrap();
    let error = Loader::new().load(&path).unwrap_err().to_string();
    assert!(error.ends_with("seems to be a YAML file, but expected a gzipped archive"), "{error}");
}
