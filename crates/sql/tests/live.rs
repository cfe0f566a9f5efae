//! The driver before a real server: `PINTLE_TEST_SQL` names a database that may be written to.

#![allow(clippy::expect_used, clippy::panic)]

use std::time::Duration;

use pintle_release::{
    Driver, Holder, Key, Query, Release, Status, StorageError, Time, encode_record,
};
use pintle_sql::{Address, Records};

/// A store; `None` where there is no server.
fn records(namespace: &str) -> Option<Records> {
    let Ok(text) = std::env::var("PINTLE_TEST_SQL") else {
        println!("skipped: PINTLE_TEST_SQL names no server");
        return None;
    };
    let address = Address::parse(&text, &|name| std::env::var(name).ok()).expect("an address");
    Some(Records::new(address, namespace, Duration::from_secs(20)))
}

fn release(name: &str, version: i64, status: Status) -> Release {
    let mut release = Release { name: name.into(), version, ..Release::default() };
    release.namespace = "shop".into();
    release.info.status = status;
    release.manifest = "é".repeat(100_000);
    release.labels = [("team".to_owned(), "a".to_owned())].into();
    release
}

fn holder(seconds: i64) -> Holder {
    let time = |seconds| Some(Time { seconds, nanoseconds: 0, offset: 0 });
    Holder { name: format!("{}@laptop:1", "é".repeat(200)), since: time(5), beat: time(seconds) }
}

#[test]
fn records_come_back() {
    let Some(mut store) = records("shop") else { return };
    let key = |name: &str, revision| Key { name: name.into(), revision };
    let long = "l".repeat(53);
    for name in ["web", &long] {
        for version in [1, 2] {
            match store.delete(&key(name, version)) {
                Ok(()) | Err(StorageError::NotFound) => {}
                Err(error) => panic!("{error}"),
            }
        }
        let mut one = release(name, 1, Status::PendingInstall);
        if name == long {
            one.labels.clear();
        }
        one.holder = Some(holder(5));
        store.create(&one).expect("created");
        assert_eq!(store.create(&one), Err(StorageError::Exists));
        let read = store.get(&one.key()).expect("read");
        assert_eq!(read.holder, one.holder);
        assert_eq!(read.labels, one.labels);
        assert_eq!(encode_record(&read), encode_record(&one));

        let mut heart = store.heartbeat(&one.key()).expect("a heart");
        heart.beat(&holder(9)).expect("beats");
        assert_eq!(store.get(&one.key()).expect("read").holder, Some(holder(9)));
        assert_eq!(heart.beat(&Holder::default()), Err(StorageError::Exists));

        one.info.status = Status::Deployed;
        one.holder = None;
        store.update(&one).expect("updated");
        assert_eq!(store.get(&one.key()).expect("read").holder, None);
        assert_eq!(heart.beat(&holder(9)), Err(StorageError::Exists));
        store
            .create(&release("web", 2, Status::Failed))
            .or_else(|error| match error {
                StorageError::Exists => Ok(()),
                error => Err(error),
            })
            .expect("created");
    }
    let failed = store
        .list(&Query { name: Some("web"), status: Some(Status::Failed), ..Query::default() })
        .expect("listed");
    let found: Vec<_> = failed.releases.iter().map(Release::key).collect();
    assert_eq!(found, [key("web", 2)]);
    for namespace in ["shop", ""] {
        let mut store = records(namespace).expect("a store");
        let all = store.list(&Query { brief: true, ..Query::default() }).expect("listed");
        assert_eq!((all.releases.len(), all.unreadable.len()), (3, 0));
        let chosen = Query { selector: Some("team=a,status!=failed"), ..Query::default() };
        let chosen = store.list(&chosen).expect("listed").releases;
        let one = Query { name: Some("web"), ..Query::default() };
        let one = store.list(&one).expect("listed").releases;
        assert!(one.iter().all(|release| release.labels.len() == 1));
        assert_eq!(chosen.iter().map(Release::key).collect::<Vec<_>>(), [key("web", 1)]);
        assert_eq!(chosen[0].labels["owner"], "helm");
        assert_eq!(chosen[0].labels["version"], "1");
    }
    let mut other = records("elsewhere").expect("a store");
    assert_eq!(other.get(&key("web", 1)).err(), Some(StorageError::NotFound));
    assert_eq!(other.delete(&key("web", 1)), Err(StorageError::NotFound));
    for (name, version) in [("web", 1), ("web", 2), (long.as_str(), 1)] {
        store.delete(&key(name, version)).expect("deleted");
    }
    assert_eq!(store.update(&release("web", 1, Status::Failed)), Err(StorageError::NotFound));
    let mut labels = release("web", 1, Status::Failed);
    labels.labels.insert("long".into(), "x".repeat(64));
    let refused = store.create(&labels).expect_err("a label that is too long");
    assert_eq!(refused.to_string(), "pq: value too long for type character varying(63) (22001)");
    assert_eq!(store.get(&key("web", 1)).err(), Some(StorageError::NotFound));
}

#[test]
fn one_of_many_creates() {
    let Some(mut first) = records("race") else { return };
    let mut one = release("race", 1, Status::Deployed);
    one.namespace = "race".into();
    let _ = first.delete(&one.key());
    let won: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let one = one.clone();
                scope.spawn(move || {
                    let mut store = records("race").expect("a store");
                    match store.create(&one) {
                        Ok(()) => 1,
                        Err(StorageError::Exists) => 0,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().expect("it ends")).sum()
    });
    assert_eq!(won, 1);
    first.delete(&one.key()).expect("deleted");
}
