//! Records, against those that Helm 4.3.1 wrote.

use std::path::Path;
use std::sync::Arc;

use pintle_chart::{Chart, File, Loader, Time, process};
use pintle_release::{
    Key, Release, Status, StorageError, decode_brief, decode_json, decode_record, encode_json,
    encode_record, encode_record_within,
};
use pintle_yaml::Value;

/// `tests/charts/shop` installed as `till`.
const SHOP: &[u8] = include_bytes!("../data/shop.json");
/// Much that is rarely there, and little that always is.
const ODD: &[u8] = include_bytes!("../data/odd.json");

#[test]
fn records_of_helm_come_back_byte_for_byte() {
    for json in [SHOP, ODD] {
        let release = decode_json(json).unwrap();
        let again = encode_json(&release).unwrap();
        assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(json));
        let record = encode_record(&release).unwrap();
        assert_eq!(encode_json(&decode_record(record.as_bytes()).unwrap()).unwrap(), json);
    }
}

#[test]
fn a_chart_that_was_read_is_recorded_as_helm_records_it() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/charts/shop"));
    let mut chart = Loader::new().load(path).unwrap();
    let recorded = decode_json(SHOP).unwrap();
    process(&mut chart, &recorded.config).unwrap();
    let stamp = Time::parse("2026-01-02T03:04:05Z");
    for file in chart.templates.iter_mut().chain(&mut chart.files) {
        assert!(file.modified.is_some());
        file.modified = stamp;
    }
    chart.modified = stamp;
    chart.schema_modified = stamp;
    let release = Release { chart: Arc::new(chart), ..recorded };
    let json = encode_json(&release).unwrap();
    assert_eq!(String::from_utf8_lossy(&json), String::from_utf8_lossy(SHOP));
}

#[test]
fn a_brief_look_finds_what_a_list_shows() {
    for json in [SHOP, ODD] {
        let whole = decode_json(json).unwrap();
        let record = encode_record(&whole).unwrap();
        let plain = data_encoding::BASE64.encode(json);
        for record in [record.as_bytes(), plain.as_bytes()] {
            let brief = decode_brief(record, &whole.key(), &whole.namespace).unwrap();
            assert_eq!(brief.info.last_deployed, whole.info.last_deployed);
            assert_eq!(brief.info.status, whole.info.status);
            assert_eq!(brief.info.description, whole.info.description);
            assert_eq!(brief.chart.metadata, whole.chart.metadata);
            assert_eq!(brief.key(), whole.key());
        }
    }
}

#[test]
fn what_helm_3_wrote_is_read() {
    let json = br#"{"name":"old","info":{"first_deployed":"2021-01-02T03:04:05.6+01:00",
        "last_deployed":"","deleted":"","description":"x","status":"strange","new":1},
        "chart":{"metadata":{"name":"c","version":"1"},"lock":null,"templates":[],"values":{"a":1e3},
        "schema":"","files":null},"hooks":[{"name":"h","events":["test","crd-install"],
        "last_run":{"started_at":"","completed_at":null,"phase":""}}],"version":2}"#;
    let record = data_encoding::BASE64.encode(json);
    let release = decode_record(record.as_bytes()).unwrap();
    assert_eq!(release.info.status, Status::Unknown);
    assert_eq!(release.info.deleted, None);
    assert_eq!(release.apply_method, "");
    assert_eq!(release.hooks[0].events.len(), 1);
    assert_eq!(release.info.first_deployed.unwrap().to_string(), "2021-01-02T03:04:05.6+01:00");
    let brief = decode_brief(record.as_bytes(), &release.key(), "ns").unwrap();
    assert_eq!(brief.chart.name(), "c");
}

#[test]
fn what_is_no_record_is_refused() {
    let key = Key { name: "x".into(), revision: 1 };
    let table =
        ["!", "", "e30=x", "bnVsbA==", "W10=", "H4sIAAAA", "eyJuYW1lIjo=", "eyJpbmZvIjozfQ=="];
    for record in table {
        assert!(decode_record(record.as_bytes()).is_err(), "{record}");
        assert!(decode_brief(record.as_bytes(), &key, "").is_err(), "{record}");
    }
    let record = encode_record(&decode_json(SHOP).unwrap()).unwrap();
    let cut = &record.as_bytes()[..record.len() / 8 * 4];
    assert!(decode_record(cut).is_err());
}

#[test]
fn a_record_that_is_too_large_names_its_parts() {
    let noise: Vec<u8> =
        (0u64..3000).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let chart =
        Chart { files: vec![File::new("files/noise", noise.as_slice())], ..Chart::default() };
    let release = Release {
        chart: Arc::new(chart),
        manifest: "a: 1\n".into(),
        config: Value::from_iter([("a", 1)]),
        ..Release::default()
    };
    assert!(encode_record_within(&release, 1 << 20).is_ok());
    let Err(StorageError::TooLarge { size, limit, parts }) = encode_record_within(&release, 1000)
    else {
        panic!("it is small enough");
    };
    assert!(size > limit);
    assert_eq!(parts[0], ("files/noise".to_owned(), 4000));
    assert_eq!(parts[1], ("the user's values".to_owned(), 7));
}

proptest::proptest! {
    #[test]
    fn nothing_makes_reading_fail_badly(bytes: Vec<u8>) {
        let key = Key { name: "x".into(), revision: 1 };
        let coded = data_encoding::BASE64.encode(&bytes);
        let _ = decode_record(coded.as_bytes());
        let _ = decode_brief(coded.as_bytes(), &key, "");
        let _ = decode_json(&bytes);
    }
}
