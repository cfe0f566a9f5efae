//! Records of releases in Secrets and ConfigMaps, as Helm keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::BASE64;
use pintle_release::{
    Driver, Heartbeat, Holder, Key, Listing, MAX_OBJECT, Query, Release, Stamp, StorageError, Time,
    Unreadable, decode_brief, decode_record, encode_record_within, record_labels, user_labels,
};
use pintle_yaml::{Map, Value};

use crate::address;
use crate::apply::MANAGER;
use crate::error::Failure;
use crate::http::{Call, Http, Session, escape, write_json};

/// From so many records on they are decoded side by side.
const MANY: usize = 16;
/// So many threads decode at most.
const THREADS: usize = 8;

/// The objects that hold records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Secret,
    ConfigMap,
}

impl Store {
    fn kind(self) -> &'static str {
        match self {
            Store::Secret => "Secret",
            Store::ConfigMap => "ConfigMap",
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Store::Secret => "secrets",
            Store::ConfigMap => "configmaps",
        }
    }
}

/// The records of releases in Secrets or ConfigMaps of a namespace; see
/// [`Kubernetes::secrets`](crate::Kubernetes::secrets).
#[derive(Clone, Debug)]
pub struct Records {
    session: Arc<Session>,
    store: Store,
    namespace: String,
}

impl Records {
    pub(crate) fn new(session: Arc<Session>, store: Store, namespace: &str) -> Records {
        Records { session, store, namespace: namespace.to_string() }
    }

    fn path(&self) -> String {
        let namespace = Some(self.namespace.as_str()).filter(|name| !name.is_empty());
        address::join("v1", self.store.plural(), namespace)
    }

    fn path_of(&self, key: &Key) -> String {
        format!("{}/{}", self.path(), escape(&key.to_string()))
    }

    fn run<T>(&self, work: impl AsyncFnOnce(&Http) -> Result<T, Failure>) -> Result<T, Failure> {
        self.session.run(work)
    }

    fn object(&self, release: &Release, stamp: Stamp) -> Result<Value, StorageError> {
        let record = encode_record_within(release, MAX_OBJECT)?;
        let mut metadata = Map::default();
        metadata.insert("name", release.key().to_string());
        if !self.namespace.is_empty() {
            metadata.insert("namespace", self.namespace.as_str());
        }
        metadata.insert("labels", map_of(record_labels(release, stamp)));
        if let Some(holder) = &release.holder {
            metadata.insert("annotations", map_of(holder.annotations()));
        }
        let data = match self.store {
            Store::Secret => BASE64.encode(record.as_bytes()),
            Store::ConfigMap => record,
        };
        let mut object = Map::default();
        object.insert("apiVersion", "v1");
        object.insert("kind", self.store.kind());
        object.insert("metadata", metadata);
        if self.store == Store::Secret {
            object.insert("type", "helm.sh/release.v1");
        }
        object.insert("data", Value::from_iter([("release", data)]));
        Ok(object.into())
    }

    /// The release that an object holds.
    fn read(&self, object: &Value, brief: bool) -> Result<Release, Unreadable> {
        let text = |key| {
            object
                .get_path(["metadata", key])
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_string()
        };
        let unreadable =
            |reason: String| Unreadable { key: text("name"), namespace: text("namespace"), reason };
        let data = object.get_path(["data", "release"]).and_then(Value::as_str);
        let data = data.ok_or_else(|| unreadable("it has no data".into()))?;
        let decoded;
        let record = match self.store {
            Store::Secret => {
                decoded = BASE64
                    .decode(data.as_bytes())
                    .map_err(|error| unreadable(format!("base64: {error}")))?;
                decoded.as_slice()
            }
            Store::ConfigMap => data.as_bytes(),
        };
        let namespace = text("namespace");
        let mut release = match Key::parse(&text("name")) {
            Some(key) if brief => decode_brief(record, &key, &namespace),
            _ => decode_record(record),
        }
        .map_err(|error| unreadable(error.to_string()))?;
        let labels = object.get_path(["metadata", "labels"]).and_then(Value::as_map);
        release.labels = labels
            .into_iter()
            .flat_map(Map::iter)
            .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_string())))
            .collect();
        let annotations = object.get_path(["metadata", "annotations"]);
        release.holder =
            Holder::from_annotations(|key| annotations.and_then(|all| all.get(key)?.as_str()));
        Ok(release)
    }

    fn read_all(&self, objects: &[Value], brief: bool) -> Vec<Result<Release, Unreadable>> {
        let read = |objects: &[Value]| -> Vec<_> {
            objects.iter().map(|object| self.read(object, brief)).collect()
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
        if objects.len() < MANY || threads < 2 {
            return read(objects);
        }
        let share = objects.len().div_ceil(threads);
        std::thread::scope(|scope| {
            let read = &read;
            let parts: Vec<_> =
                objects.chunks(share).map(|part| (part, scope.spawn(move || read(part)))).collect();
            parts
                .into_iter()
                .flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| read(part)))
                .collect()
        })
    }

    /// What is there already when a record could not be created for certain.
    fn is_stored(&self, object: &Value, found: &Value) -> bool {
        object.get("data") == found.get("data")
            && object.get_path(["metadata", "labels"]) == found.get_path(["metadata", "labels"])
    }
}

fn map_of(map: BTreeMap<String, String>) -> Value {
    Value::from_iter(map)
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanoseconds: since.subsec_nanos(),
        offset: 0,
    }
}

fn other(failure: Failure, doing: &str) -> StorageError {
    StorageError::Other(format!("{doing}: {}", failure.message))
}

impl Driver for Records {
    fn name(&self) -> &'static str {
        self.store.kind()
    }

    fn get(&mut self, key: &Key) -> Result<Release, StorageError> {
        let call = Call::get(self.path_of(key));
        let object =
            self.run(async |http: &Http| http.json(&call).await).map_err(
                |failure| match failure.is_not_found() {
                    true => StorageError::NotFound,
                    false => other(failure, &format!("get: failed to get {:?}", key.to_string())),
                },
            )?;
        let mut release = self.read(&object, false).map_err(StorageError::Unreadable)?;
        release.labels = user_labels(&release.labels);
        Ok(release)
    }

    fn list(&mut self, query: &Query<'_>) -> Result<Listing, StorageError> {
        let mut selector = String::from("owner=helm");
        if let Some(name) = query.name {
            selector.push_str(",name=");
            selector.push_str(name);
        }
        if let Some(status) = query.status {
            selector.push_str(",status=");
            selector.push_str(status.name());
        }
        if let Some(more) = query.selector.map(str::trim).filter(|more| !more.is_empty()) {
            selector.push(',');
            selector.push_str(more);
        }
        let call = Call::get(format!("{}?labelSelector={}", self.path(), escape(&selector)));
        let doing = match (query.name, query.status) {
            (None, None) => "list: failed to list",
            _ => "query: failed to query with labels",
        };
        let list = self
            .run(async |http: &Http| http.json(&call).await)
            .map_err(|failure| other(failure, doing))?;
        let objects = list.get("items").and_then(Value::as_seq).unwrap_or_default();
        let mut listing = Listing::default();
        for read in self.read_all(objects, query.brief) {
            match read {
                Ok(release) => listing.releases.push(release),
                Err(unreadable) => listing.unreadable.push(unreadable),
            }
        }
        Ok(listing)
    }

    fn create(&mut self, release: &Release) -> Result<(), StorageError> {
        let object = self.object(release, Stamp::Created(now()))?;
        let path = format!("{}?fieldManager={MANAGER}", self.path());
        let call = Call::post(path, write_json(&object)?);
        let look = Call::get(self.path_of(&release.key()));
        let done = self.run(async |http: &Http| {
            let mut tries = 0;
            loop {
                let failure = match http.send(&call).await {
                    Ok(_) => return Ok(()),
                    Err(failure) => failure,
                };
                if !failure.unknown || tries >= 3 {
                    return Err(failure);
                }
                // The answer was lost; the record may be there.
                match http.json(&look).await {
                    Ok(found) if self.is_stored(&object, &found) => return Ok(()),
                    Err(missing) if missing.is_not_found() => tries += 1,
                    _ => return Err(failure),
                }
            }
        });
        done.map_err(|failure| match failure.reason == "AlreadyExists" {
            true => StorageError::Exists,
            false => other(failure, "create: failed to create"),
        })
    }

    fn update(&mut self, release: &Release) -> Result<(), StorageError> {
        let object = self.object(release, Stamp::Modified(now()))?;
        let path = format!("{}?fieldManager={MANAGER}", self.path_of(&release.key()));
        let call = Call::put(path, write_json(&object)?);
        // Nothing in the object is of an older one, so that a conflict is of the server's own.
        let done = self.run(async |http: &Http| {
            let mut tries = 0;
            loop {
                match http.send(&call).await {
                    Err(failure) if failure.is_conflict() && tries < 5 => tries += 1,
                    other => return other,
                }
            }
        });
        done.map(drop).map_err(|failure| match failure.is_not_found() {
            true => StorageError::NotFound,
            false => other(failure, "update: failed to update"),
        })
    }

    fn delete(&mut self, key: &Key) -> Result<(), StorageError> {
        let call = Call::delete(self.path_of(key), Vec::new());
        let done = self.run(async |http: &Http| http.send(&call).await);
        match done {
            // The first try did it, and its answer was lost.
            Ok(_) => Ok(()),
            Err(failure) if failure.is_not_found() => Err(StorageError::NotFound),
            Err(failure) => Err(failure.into()),
        }
    }

    fn heartbeat(&mut self, key: &Key) -> Option<Box<dyn Heartbeat>> {
        // A connection of its own, since the other one is in use while objects are written.
        let session = Arc::new(Session::new(self.session.connection.clone()));
        Some(Box::new(Beat { session, path: self.path_of(key) }))
    }
}

/// Says that a record's holder lives.
struct Beat {
    session: Arc<Session>,
    path: String,
}

impl Heartbeat for Beat {
    fn beat(&mut self, holder: &Holder) -> Result<(), StorageError> {
        let pointer = |key: &str| {
            format!("/metadata/annotations/{}", key.replace('~', "~0").replace('/', "~1"))
        };
        let step = |op: &str, key: &str, value: &str| {
            Value::from_iter([
                ("op", op.to_string()),
                ("path", pointer(key)),
                ("value", value.into()),
            ])
        };
        let mut steps = vec![step("test", Holder::NAME_ANNOTATION, &holder.name)];
        for (key, value) in holder.annotations() {
            if key != Holder::NAME_ANNOTATION {
                steps.push(step("add", &key, &value));
            }
        }
        let path = format!("{}?fieldManager={MANAGER}", self.path);
        let call = Call::patch(path, "application/json-patch+json", write_json(&steps.into())?);
        let done = self.session.run(async |http: &Http| http.send(&call).await);
        done.map(drop).map_err(|failure: Failure| match failure {
            failure if failure.is_not_found() => StorageError::NotFound,
            failure if failure.code == 422 => {
                // The test of the name failed: another one holds the release.
                StorageError::Exists
            }
            failure => failure.into(),
        })
    }
}
