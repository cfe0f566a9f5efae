//! Against the server that `PINTLE_TEST_KUBECONFIG` names.

use std::time::Duration;

use pintle_cluster::{Connection, Kubernetes};
use pintle_release::{
    Apply, Cancel, Cascade, Cluster, Driver, Event, Key, Lookup, Query, Release, Silent, Status,
    StorageError, Wait, WaitGoal, WaitStrategy, Watch,
};
use pintle_yaml::Value;

const WEB: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: conf}
  data: {a: '1'}
- apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec: {selector: {app: web}, ports: [{name: http, port: 80}, {name: https, port: 443}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: 'nginx:1', env: [{name: A, value: '1'}, {name: B, value: '2'}]}
";

struct Told(Vec<String>);

impl Watch for Told {
    fn event(&mut self, event: Event<'_>) {
        self.0.push(match event {
            Event::Created(r) => format!("created {}", r.kind),
            Event::Updated(r) => format!("updated {}", r.kind),
            Event::Unchanged(r) => format!("unchanged {}", r.kind),
            Event::Deleted(r) => format!("deleted {}", r.kind),
            other => format!("{other:?}").chars().take(200).collect(),
        });
    }
}

fn namespace(name: &str) -> Option<(Kubernetes, String)> {
    let Some(kubeconfig) = std::env::var_os("PINTLE_TEST_KUBECONFIG") else {
        println!("skipped: PINTLE_TEST_KUBECONFIG names no server");
        return None;
    };
    let name = format!("{name}-{}", std::process::id());
    let connection = Connection {
        kubeconfig: Some(kubeconfig.into()),
        namespace: Some(name.clone()),
        ..Connection::default()
    };
    let mut cluster = Kubernetes::new(connection);
    let manifest = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n");
    let resources = cluster.build(&manifest).expect("a namespace");
    cluster.create(&resources, &ssa(), &mut Silent).expect("the namespace is created");
    Some((cluster, name))
}

fn ssa() -> Apply {
    Apply { server_side: true, validate: true, ..Apply::default() }
}

fn wait_for(goal: WaitGoal, strategy: WaitStrategy) -> Wait {
    Wait { goal, strategy, timeout: Duration::from_secs(60), cancel: Cancel::new() }
}

fn generation(
    cluster: &mut Kubernetes,
    resources: &[pintle_release::Resource],
) -> Vec<Option<Value>> {
    let all = cluster.get(resources).into_iter();
    all.map(|one| one.expect("it can be had")?.get_path(["metadata", "generation"]).cloned())
        .collect()
}

#[test]
fn objects_live_through_both_ways_of_applying() {
    let Some((mut cluster, namespace)) = namespace("apply") else { return };
    for server_side in [true, false] {
        let options = Apply { server_side, validate: true, ..Apply::default() };
        let first = cluster.build(WEB).expect("a manifest");
        assert_eq!(cluster.validate(&first), Ok(Vec::new()));
        let mut told = Told(Vec::new());
        cluster.create(&first, &options, &mut told).expect("they are created");
        assert_eq!(told.0, ["created ConfigMap", "created Service", "created Deployment"]);
        for strategy in [WaitStrategy::Watcher, WaitStrategy::Legacy] {
            cluster
                .wait(&first, &wait_for(WaitGoal::Ready, strategy), &mut Silent)
                .unwrap_or_else(|error| panic!("{strategy:?}: {error}"));
        }
        let before = generation(&mut cluster, &first);
        let mut told = Told(Vec::new());
        cluster.update(&first, &first, &options, &mut told).expect("nothing to do");
        assert_eq!(told.0, ["unchanged ConfigMap", "unchanged Service", "unchanged Deployment"]);
        assert_eq!(generation(&mut cluster, &first), before);
        let text = WEB
            .replace("{name: http, port: 80}, ", "")
            .replace("{name: A, value: '1'}, ", "")
            .replace("a: '1'", "b: '1'")
            .replace("replicas: 2", "replicas: 3");
        let second = cluster.build(&text).expect("a manifest");
        cluster.update(&first, &second, &options, &mut Silent).expect("they are changed");
        let live: Vec<Value> = cluster
            .get(&second)
            .into_iter()
            .map(|one| one.expect("it can be had").expect("it is there"))
            .collect();
        let data = live[0].get("data").expect("data");
        assert_eq!(pintle_yaml::to_json(data).expect("JSON"), r#"{"b":"1"}"#);
        let ports = live[1].get_path(["spec", "ports"]).and_then(Value::as_seq).expect("ports");
        assert_eq!(ports.len(), 1);
        let containers = live[2].get_path(["spec", "template", "spec", "containers"]);
        let env = containers.and_then(Value::as_seq).expect("containers")[0].get("env");
        assert_eq!(
            pintle_yaml::to_json(env.expect("env")).expect("JSON"),
            r#"[{"name":"B","value":"2"}]"#
        );
        cluster
            .wait(&second, &wait_for(WaitGoal::Ready, WaitStrategy::Watcher), &mut Silent)
            .expect("they are ready");
        let tables = cluster.tables(&second).expect("tables");
        let kinds: Vec<&str> = tables.iter().map(|table| table.kind.as_str()).collect();
        assert_eq!(kinds, ["v1/ConfigMap", "v1/Service", "v1/Deployment", "v1/Pod(related)"]);
        assert_eq!(tables[2].columns, ["Name", "Ready", "Up-to-date", "Available", "Age"]);
        // What is no longer wanted is deleted.
        cluster.update(&second, &second[1..], &options, &mut Silent).expect("one goes");
        assert_eq!(cluster.get(&second[..1]), [Ok(None)]);
        for deleted in cluster.delete(&second, Cascade::Foreground, &mut Silent) {
            deleted.expect("it is deleted");
        }
        cluster
            .wait(&second, &wait_for(WaitGoal::Deleted, WaitStrategy::Watcher), &mut Silent)
            .expect("all are gone");
    }
    let look = |name| Lookup { api_version: "v1", kind: "Namespace", namespace: "", name };
    let found = cluster.lookup(&look(&namespace)).expect("a look-up");
    assert!(found.get("metadata").is_some());
    assert_eq!(cluster.lookup(&look("nobody")), Ok(Value::empty_map()));
    let capabilities = cluster.capabilities().expect("capabilities");
    assert!(capabilities.has("apps/v1/Deployment") && capabilities.has("apps/v1/Scale"));
}

#[test]
fn client_side_fields_are_taken_over() {
    let Some((mut cluster, _)) = namespace("migrate") else { return };
    let first = cluster.build(WEB).expect("a manifest");
    cluster.create(&first, &Apply::default(), &mut Silent).expect("they are created");
    let second = cluster.build(&WEB.replace("a: '1'", "b: '2'")).expect("a manifest");
    let options = Apply { migrate_managed_fields: true, ..ssa() };
    cluster.update(&first, &second, &options, &mut Silent).expect("they are changed");
    let live = cluster.get(&second[..1]).remove(0).expect("it can be had").expect("it is there");
    assert_eq!(
        pintle_yaml::to_json(live.get("data").expect("data")).expect("JSON"),
        r#"{"b":"2"}"#
    );
    let managers = live.get_path(["metadata", "managedFields"]).and_then(Value::as_seq);
    let managers: Vec<_> = managers.expect("managers").iter().map(|m| m.get("operation")).collect();
    assert_eq!(managers, [Some(&Value::from("Apply"))]);
    // What is forced is put there as a whole.
    let options = Apply { force_replace: true, ..Apply::default() };
    cluster.update(&second, &first, &options, &mut Silent).expect("they are replaced");
}

#[test]
fn faults_are_found_before_anything_is_changed() {
    let Some((mut cluster, _)) = namespace("validate") else { return };
    let text = WEB
        .replace("replicas: 2", "replicas: two\n  nonsense: 1")
        .replace("port: 80", "port: 800000");
    let resources = cluster.build(&text).expect("a manifest");
    let violations = cluster.validate(&resources).expect("an opinion");
    let fields: Vec<(usize, &str)> =
        violations.iter().map(|fault| (fault.resource, fault.field.as_str())).collect();
    for wanted in [(1, "spec.ports[0].port"), (2, "spec.nonsense")] {
        assert!(fields.contains(&wanted), "{violations:?}");
    }
}

#[test]
fn hooks_end_and_fail() {
    let Some((mut cluster, _)) = namespace("hooks") else { return };
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: job}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}\n";
    let resources = cluster.build(job).expect("a manifest");
    cluster.create(&resources, &ssa(), &mut Silent).expect("it is created");
    let mut told = Told(Vec::new());
    let done =
        cluster.wait(&resources, &wait_for(WaitGoal::Done, WaitStrategy::HookOnly), &mut told);
    done.unwrap_or_else(|error| panic!("{error}: {:?}", told.0));
    let bad = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: never}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {nodeName: nowhere, containers: [{name: a, image: b}]}}}\n";
    let resources = cluster.build(bad).expect("a manifest");
    cluster.create(&resources, &ssa(), &mut Silent).expect("it is created");
    let wait = Wait {
        timeout: Duration::from_secs(3),
        ..wait_for(WaitGoal::Ready, WaitStrategy::Watcher)
    };
    let error = cluster.wait(&resources, &wait, &mut Silent).expect_err("it is never ready");
    assert!(error.message.starts_with("resource Deployment/"), "{error}");
    assert!(error.message.ends_with("\ncontext deadline exceeded"), "{error}");
}

#[test]
fn records_are_kept() {
    let Some((cluster, namespace)) = namespace("records") else { return };
    for mut store in [cluster.secrets(&namespace), cluster.config_maps(&namespace)] {
        let mut release = Release {
            name: "web".into(),
            version: 1,
            namespace: namespace.clone(),
            manifest: WEB.into(),
            ..Release::default()
        };
        release.labels.insert("team".into(), "blue".into());
        store.create(&release).expect("it is kept");
        assert_eq!(store.create(&release), Err(StorageError::Exists));
        release.info.status = Status::Deployed;
        store.update(&release).expect("it is replaced");
        let key = Key { name: "web".into(), revision: 1 };
        let read = store.get(&key).expect("it is there");
        assert_eq!((read.manifest.as_str(), read.info.status), (WEB, Status::Deployed));
        assert_eq!(read.labels.len(), 1);
        let query = Query { name: Some("web"), status: Some(Status::Deployed), ..Query::default() };
        assert_eq!(store.list(&query).expect("a list").releases.len(), 1);
        let none = Query { status: Some(Status::Failed), ..query };
        assert_eq!(store.list(&none).expect("a list").releases.len(), 0);
        store.delete(&key).expect("it goes");
        assert_eq!(store.delete(&key), Err(StorageError::NotFound));
    }
}
