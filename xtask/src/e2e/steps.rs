//! The commands of the twin test, as a table.
//!
//! `CHART` stands for the path of the chart `app`. Every step is run with one program in one namespace
//! and with the other in another.

use serde_json::{Value, json};

/// What a step does.
pub(crate) enum Action {
    /// Runs the program.
    Run(&'static [&'static str]),
    /// Puts an object into the namespace behind the program's back: the collection below
    /// `namespaces/NAME`, with what comes before it, and the object.
    Put(&'static str, &'static str, fn() -> Value),
    /// Changes an object behind the program's back, as a manager of that name: the collection, its
    /// name, and what is applied.
    Apply(&'static str, &'static str, fn() -> Value),
}

/// A step.
pub(crate) struct Step {
    /// What it is about.
    pub(crate) name: &'static str,
    /// The status that Helm ends with.
    pub(crate) status: i32,
    /// What is done.
    pub(crate) action: Action,
}

const fn run(name: &'static str, status: i32, arguments: &'static [&'static str]) -> Step {
    Step { name, status, action: Action::Run(arguments) }
}

/// The flags that choose how objects are applied come last in a table's commands that take them.
pub(crate) const STEPS: &[Step] = &[
    run("list nothing", 0, &["list"]),
    run("install as if, on the client", 0, &["install", "app", "CHART", "--dry-run=client"]),
    run("install as if, on the server", ANY, &["install", "app", "CHART", "--dry-run=server"]),
    run("install", 0, &["install", "app", "CHART", "--wait", "--timeout=60s"]),
    run("install what is there", 1, &["install", "app", "CHART"]),
    run("list", 0, &["list"]),
    run("list as JSON", 0, &["list", "-o", "json"]),
    run("status", 0, &["status", "app"]),
    run("status as JSON", 0, &["status", "app", "-o", "json"]),
    run("get manifest", 0, &["get", "manifest", "app"]),
    run("get hooks", 0, &["get", "hooks", "app"]),
    run("get notes", 0, &["get", "notes", "app"]),
    run("get all values", 0, &["get", "values", "app", "--all", "-o", "json"]),
    run("get metadata", 0, &["get", "metadata", "app", "-o", "yaml"]),
    run("get all", 0, &["get", "all", "app"]),
    run("test", 0, &["test", "app", "--logs"]),
    run("upgrade", 0, &["upgrade", "app", "CHART", "--set=replicas=3", "--wait", "--timeout=60s"]),
    run("upgrade with nothing new", 0, &["upgrade", "app", "CHART", "--reuse-values"]),
    run("upgrade as if", 0, &["upgrade", "app", "CHART", "--set=extra=true", "--dry-run=server"]),
    run("upgrade that does not render", 1, &["upgrade", "app", "CHART", "--set=broken=template"]),
    run("upgrade that is refused", 1, &["upgrade", "app", "CHART", "--set=broken=object"]),
    run("status after a failure", 0, &["status", "app", "-o", "json"]),
    run(
        "upgrade with a hook that fails",
        1,
        &["upgrade", "app", "CHART", "--set=hook.pod=fails", "--timeout=60s"],
    ),
    run("history", 0, &["history", "app"]),
    run(
        "upgrade that is rolled back",
        1,
        &[
            "upgrade",
            "app",
            "CHART",
            "--set=pod=not-ready,image=other:1",
            "--rollback-on-failure",
            "--timeout=6s",
        ],
    ),
    run("history as JSON", 0, &["history", "app", "-o", "json"]),
    run(
        "upgrade with more",
        0,
        &[
            "upgrade",
            "app",
            "CHART",
            "--reuse-values",
            "--set=extra=true",
            "--description=more",
            "--labels=team=a",
        ],
    ),
    run(
        "upgrade with less",
        0,
        &["upgrade", "app", "CHART", "--reset-then-reuse-values", "--set=extra=false"],
    ),
    run("get values", 0, &["get", "values", "app"]),
    run("roll back", 0, &["rollback", "app", "1", "--wait", "--timeout=60s"]),
    run("roll back to nothing", 1, &["rollback", "app", "99"]),
    run("roll back by one", 0, &["rollback", "app"]),
    run("keep three", 0, &["upgrade", "app", "CHART", "--history-max=3"]),
    run("history of three", 0, &["history", "app"]),
    Step {
        name: "somebody else takes a field",
        status: 0,
        action: Action::Apply("apis/apps/v1", "deployments/app", || {
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app"},
                "spec": {"replicas": 5}})
        }),
    },
    run("upgrade over somebody's field", ANY, &["upgrade", "app", "CHART", "--set=replicas=4"]),
    run("history after it", 0, &["history", "app", "-o", "yaml"]),
    run("upgrade and take it back", 0, &["upgrade", "app", "CHART", "--set=replicas=4", "FORCE"]),
    run("install a second one", 1, &["install", "second", "CHART"]),
    run(
        "install a second one elsewhere",
        0,
        &["upgrade", "--install", "second", "CHART", "--set=name=second"],
    ),
    run("list by a name", 0, &["list", "--filter=^sec", "-q"]),
    Step {
        name: "somebody puts an object in the way",
        status: 0,
        action: Action::Put("api/v1", "configmaps", || {
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "third"},
                "data": {"own": "x"}})
        }),
    },
    run("install over what is somebody's", 1, &["install", "third", "CHART", "--set=name=third"]),
    run(
        "install and take it",
        0,
        &[
            "upgrade",
            "--install",
            "third",
            "CHART",
            "--set=name=third",
            "--take-ownership",
            "FORCE",
        ],
    ),
    run("uninstall and keep the history", 0, &["uninstall", "app", "--keep-history"]),
    run("list what is uninstalled", 0, &["list", "--uninstalled"]),
    run("status of what is uninstalled", 0, &["status", "app"]),
    run("uninstall it again", 1, &["uninstall", "app", "--keep-history"]),
    run("upgrade what is uninstalled", 1, &["upgrade", "app", "CHART"]),
    run("install in its place", 0, &["install", "app", "CHART", "--replace"]),
    run("a test that fails", ANY, &["upgrade", "app", "CHART", "--set=test.pod=fails"]),
    run("run it", 1, &["test", "app"]),
    run("uninstall two", 0, &["uninstall", "second", "third", "--wait"]),
    run("uninstall as if", 0, &["uninstall", "app", "--dry-run"]),
    run("uninstall", 0, &["uninstall", "app", "--cascade=foreground", "--wait"]),
    run("uninstall what is not there", 1, &["uninstall", "app"]),
    run("uninstall what need not be there", 0, &["uninstall", "app", "--ignore-not-found"]),
    run("list nothing again", 0, &["list", "--all-namespaces", "--filter=^none$"]),
];

/// The status depends on how objects are applied; it must only be the same.
pub(crate) const ANY: i32 = -1;
