//! Records of releases in Secrets and ConfigMaps, as Helm keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use data_encoding::BASE64;
use pintle_release::{
    Driver, Heartbeat, Holder, Key, Listing, MAX_OBJECT, Query, Release, Stamp, StorageError, Time,
    Unreadable, decode_brief, decode_record, encode_record_within, record_labels, user_labels,
};
use pintle_yaml::{Map, Value};

use crate::address;
use crate::apply::MANAGER;
use crate::error::Failure;
use crate::http::{Call, Http, Session, escape, read_json, write_json};
use crate::protobuf::{self, Object};

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

    /// The release that an object in JSON holds.
    fn read(&self, object: &Value, brief: bool) -> Result<Release, Unreadable> {
        let text = |key| object.get_path(["metadata", key]).and_then(Value::as_str);
        let map = |key| -> BTreeMap<&str, &str> {
            let map = object.get_path(["metadata", key]).and_then(Value::as_map);
            let pairs = map.into_iter().flat_map(Map::iter);
            pairs.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
        };
        let data = object.get_path(["data", "release"]).and_then(Value::as_str);
        let mut read = Object {
            name: text("name").unwrap_or_default(),
            namespace: text("namespace").unwrap_or_default(),
            labels: map("labels"),
            annotations: map("annotations"),
            release: data.map(str::as_bytes),
        };
        let decoded;
        if self.store == Store::Secret
            && let Some(data) = data
        {
            decoded = BASE64.decode(data.as_bytes()).map_err(|error| Unreadable {
                key: read.name.to_string(),
                namespace: read.namespace.to_string(),
                reason: format!("base64: {error}"),
            })?;
            read.release = Some(&decoded);
        }
        release_in(&read, brief)
    }

    /// The releases in a list.
    fn read_all(
        &self,
        answer: &[u8],
        brief: bool,
    ) -> Result<Vec<Result<Release, Unreadable>>, Failure> {
        if let Some(items) = protobuf::list(answer) {
            return Ok(side_by_side(&items?, |item| match Object::read(item) {
                Ok(object) => release_in(&object, brief),
                Err(failure) => Err(Unreadable {
                    key: String::new(),
                    namespace: self.namespace.clone(),
                    reason: failure.message,
                }),
            }));
        }
        let list = read_json(answer)?;
        let objects = list.get("items").and_then(Value::as_seq).unwrap_or_default();
        Ok(side_by_side(objects, |object| self.read(object, brief)))
    }

    /// What is there already when a record could not be created for certain.
    fn is_stored(&self, object: &Value, found: &Value) -> bool {
        object.get("data") == found.get("data")
            && object.get_path(["metadata", "labels"]) == found.get_path(["metadata", "labels"])
    }
}

/// The release that an object holds.
fn release_in(object: &Object<'_>, brief: bool) -> Result<Release, Unreadable> {
    let unreadable = |reason: String| Unreadable {
        key: object.name.to_string(),
        namespace: object.namespace.to_string(),
        reason,
    };
    let record = object.release.ok_or_else(|| unreadable("it has no data".into()))?;
    let mut release = match Key::parse(object.name) {
        Some(key) if brief => decode_brief(record, &key, object.namespace),
        _ => decode_record(record),
    }
    .map_err(|error| unreadable(error.to_string()))?;
    let owned = |(key, value): (&&str, &&str)| (key.to_string(), value.to_string());
    release.labels = object.labels.iter().map(owned).collect();
    release.holder = Holder::from_annotations(|key| object.annotations.get(key).copied());
    Ok(release)
}

/// Does the same with all, on several threads where they are many.
fn side_by_side<T: Sync, R: Send>(all: &[T], read: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    if all.len() < MANY || threads < 2 {
        return all.iter().map(read).collect();
    }
    let share = all.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let read = &read;
        let work = move |part: &[T]| part.iter().map(read).collect::<Vec<R>>();
        let parts: Vec<_> =
            all.chunks(share).map(|part| (part, scope.spawn(move || work(part)))).collect();
        parts
            .into_iter()
            .flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| work(part)))
            .collect()
    })
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
        let call = Call { accept: protobuf::ACCEPT, ..Call::get(self.path_of(key)) };
        let failed = |failure: Failure| match failure.is_not_found() {
            true => StorageError::NotFound,
            false => other(failure, &format!("get: failed to get {:?}", key.to_string())),
        };
        let answer = self.run(async |http: &Http| http.send(&call).await).map_err(failed)?;
        let read = match protobuf::object(&answer.body) {
            Some(object) => release_in(&object.map_err(failed)?, false),
            None => self.read(&answer.value().map_err(failed)?, false),
        };
        let mut release = read.map_err(StorageError::Unreadable)?;
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
        let path = format!("{}?labelSelector={}", self.path(), escape(&selector));
        let call = Call { accept: protobuf::ACCEPT, ..Call::get(path) };
        let doing = match (query.name, query.status) {
            (None, None) => "list: failed to list",
            _ => "query: failed to query with labels",
        };
        let answer = self.run(async |http: &Http| http.send(&call).await);
        let answer = answer.map_err(|failure| other(failure, doing))?;
        let mut listing = Listing::default();
        let all = self.read_all(&answer.body, query.brief);
        for read in all.map_err(|failure| other(failure, doing))? {
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
                let unsure = failure.unknown || (failure.code >= 500 && failure.retriable());
                if !unsure || tries >= 3 {
                    return Err(failure);
                }
                // The answer was lost, or says nothing: the record may be there.
                match http.json(&look).await {
                    Ok(found) if self.is_stored(&object, &found) => return Ok(()),
                    Err(missing) if missing.is_not_found() => {
                        tries += 1;
                        tokio::time::sleep(Duration::from_millis(250) * tries).await;
                    }
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
