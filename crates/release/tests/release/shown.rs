//! What commands show of releases.

use pintle_release::{
    HistoryRow, ListOptions, ListRow, Memory, Release, ReleaseMetadata, Selector, Status, Storage,
    Time, decode_json, list, release_values,
};
use pintle_yaml::{Value, to_json};

const SHOP: &[u8] = include_bytes!("../data/shop.json");

fn release(name: &str, version: i64, status: Status, time: &str) -> Release {
    let mut release = decode_json(SHOP).unwrap();
    release.name = name.into();
    release.version = version;
    release.info.status = status;
    release.info.last_deployed = Time::parse(time);
    release.labels = [("team".to_owned(), name.to_owned())].into();
    release
}

fn storage() -> Storage {
    let mut storage = Storage::new(Box::new(Memory::new("")));
    for release in [
        release("b", 1, Status::Superseded, "2026-01-01T00:00:00Z"),
        release("b", 2, Status::Deployed, "2026-01-05T00:00:00Z"),
        release("a", 10, Status::Failed, "2026-01-03T00:00:00Z"),
        release("a", 9, Status::Deployed, "2026-01-02T00:00:00Z"),
        release("c", 1, Status::Uninstalled, "2026-01-04T00:00:00Z"),
    ] {
        storage.create(&release).unwrap();
    }
    storage
}

#[test]
fn lists_are_filtered_sorted_and_cut_as_helms() {
    let team = Selector::parse("team in (b, c)").unwrap();
    let name = |name: &str| name != "c";
    let all = ListOptions::default();
    let table: [(ListOptions<'_>, &[&str]); 9] = [
        (all, &["a 10", "b 2", "c 1"]),
        (ListOptions { reverse: true, ..all }, &["c 1", "b 2", "a 10"]),
        (ListOptions { by_date: true, ..all }, &["a 10", "c 1", "b 2"]),
        (ListOptions { by_date: true, reverse: true, ..all }, &["b 2", "c 1", "a 10"]),
        (ListOptions { states: &[Status::Deployed], ..all }, &["b 2"]),
        (ListOptions { states: &[Status::Superseded], ..all }, &["b 1"]),
        (ListOptions { selector: Some(&team), ..all }, &["b 2", "c 1"]),
        (ListOptions { filter: Some(&name), ..all }, &["a 10", "b 2"]),
        (ListOptions { max: 1, offset: 1, ..all }, &["b 2"]),
    ];
    for (options, want) in table {
        let found = list(&mut storage(), &options).unwrap();
        let found: Vec<_> =
            found.iter().map(|one| format!("{} {}", one.name, one.version)).collect();
        assert_eq!(found, want, "{options:?}");
    }
}

#[test]
fn rows_have_helms_shape() {
    let release = release("till", 3, Status::Deployed, "2026-01-05T06:07:08.9Z");
    let row = ListRow::new(&release, &|time| time.go_string(None));
    assert_eq!(
        to_json(&row).unwrap(),
        r#"{"name":"till","namespace":"store","revision":"3","updated":"2026-01-05 06:07:08.9 +0000 UTC","status":"deployed","chart":"shop-1.4.2","app_version":"3.11"}"#
    );
    let rows = HistoryRow::of(&[Release::default(), release.clone()], 256);
    assert_eq!(
        to_json(&rows[1]).unwrap(),
        r#"{"revision":3,"updated":"2026-01-05T06:07:08.9Z","status":"deployed","chart":"shop-1.4.2","app_version":"3.11","description":"Install complete"}"#
    );
    assert_eq!(
        to_json(&rows[0]).unwrap(),
        r#"{"revision":0,"status":"unknown","chart":"MISSING","app_version":"MISSING","description":""}"#
    );
    assert_eq!(HistoryRow::of(&[Release::default(), release.clone()], 1)[0].revision, 3);
    let metadata = ReleaseMetadata(&release);
    let json = to_json(&metadata).unwrap();
    assert!(json.starts_with(
        r#"{"name":"till","chart":"shop","version":"1.4.2","appVersion":"3.11","annotations":{"category":"Commerce"},"labels":{"team":"till"},"dependencies":[{"name":"common","#
    ));
    assert!(json.ends_with(
        r#""namespace":"store","revision":3,"status":"deployed","deployedAt":"2026-01-05T06:07:08Z","applyMethod":"ssa"}"#
    ));
    assert_eq!(metadata.apply_method(), "server-side apply");
}

#[test]
fn values_are_the_users_or_all() {
    let release = decode_json(SHOP).unwrap();
    let own = release_values(&release, false).unwrap();
    assert_eq!(own.get("replicas"), Some(&Value::from(3.0)));
    assert_eq!(own.get("image"), None);
    let all = release_values(&release, true).unwrap();
    assert_eq!(all.get("replicas"), Some(&Value::from(3.0)));
    assert!(all.get("image").is_some());
}
