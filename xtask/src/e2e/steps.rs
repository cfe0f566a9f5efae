//! The commands of the twin test, as a table.
//!
//! `CHART` stands for the path of the chart `app`, `@NAMESPACE@` for the namespace, and `FORCE` for the
//! flag that takes over what others manage. Every step is run with one program in one namespace
//! and with the other in another.

use serde_json::{Value, json};

/// What a step does.
pub(crate) enum Action {
    /// Runs the program.
    Run(&'static [&'static str]),
    /// Runs Pintle, which must refuse before anything changes what Helm finds out half-way.
    Refused(&'static [&'static str]),
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
    run("render on the server too early", ANY, &["template", "app", "CHART", "--dry-run=server"]),
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
    run(
        "get all by a template",
        0,
        &["get", "all", "app", "--template={{.Release.Name}} {{.Release.Info.Status}}"],
    ),
    run("render on the server", 0, &["template", "app", "CHART", "--dry-run=server"]),
    run(
        "render as if for an upgrade",
        0,
        &["template", "app", "CHART", "--validate", "--is-upgrade"],
    ),
    run("render what is another's", 1, &["template", "other", "CHART", "--dry-run=server"]),
    run("test", 0, &["test", "app", "--logs"]),
    run("run no test", 0, &["test", "app", "--filter=!name=app-test"]),
    run("upgrade", 0, &["upgrade", "app", "CHART", "--set=replicas=3", "--wait", "--timeout=60s"]),
    run("upgrade with nothing new", 0, &["upgrade", "app", "CHART", "--reuse-values"]),
    run("upgrade as if", 0, &["upgrade", "app", "CHART", "--set=extra=true", "--dry-run=server"]),
    run("upgrade that does not render", 1, &["upgrade", "app", "CHART", "--set=broken=template"]),
    Step {
        name: "upgrade that is refused at once",
        status: 1,
        action: Action::Refused(&["upgrade", "app", "CHART", "--set=broken=object"]),
    },
    run(
        "upgrade that is refused half-way",
        1,
        &["upgrade", "app", "CHART", "--set=broken=object", "--disable-openapi-validation"],
    ),
    run("status after a failure", 0, &["status", "app", "-o", "json"]),
    run(
        "upgrade with a hook that fails",
        1,
        &["upgrade", "app", "CHART", "--set=hook.pod=fails", "--timeout=60s"],
    ),
    run(
        "upgrade with a hook that fails and goes",
        1,
        &["upgrade", "app", "CHART", "--set=hook.pod=fails,hook.policy=hook-failed"],
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
    run("history of two", 0, &["history", "app", "--max=2", "--show-rollback-revision"]),
    run("status of a revision", 0, &["status", "app", "--revision=1"]),
    run("get values of a revision", 0, &["get", "values", "app", "--revision=2", "-o", "yaml"]),
    run("get a manifest of a revision", 0, &["get", "manifest", "app", "--revision=1"]),
    run("get metadata of a revision", 0, &["get", "metadata", "app", "--revision=1"]),
    run("get metadata as JSON", 0, &["get", "metadata", "app", "-o", "json"]),
    run("get what is not there", 1, &["get", "values", "app", "--revision=77"]),
    run("list what failed", 0, &["list", "--failed"]),
    run("list what is superseded", 0, &["list", "--superseded", "--max=1", "--offset=1"]),
    run("list as YAML", 0, &["list", "-o", "yaml", "--time-format=2006"]),
    run("list without headers", 0, &["list", "--no-headers", "--date", "--reverse"]),
    run(
        "upgrade that fails and is cleaned up",
        1,
        &[
            "upgrade",
            "app",
            "CHART",
            "--set=pod=not-ready,image=other:1,extra=true",
            "--cleanup-on-fail",
            "--wait",
            "--timeout=6s",
        ],
    ),
    run(
        "upgrade to the chart's values",
        0,
        &["upgrade", "app", "CHART", "--reset-values", "--no-hooks"],
    ),
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
    run("list by a label", 0, &["list", "--selector=team=a"]),
    run("list by another label", 0, &["list", "--selector=team!=a", "-o", "json"]),
    run("label it with what is Helm's", 1, &["upgrade", "app", "CHART", "--labels=owner=me"]),
    run(
        "upgrade with less",
        0,
        &["upgrade", "app", "CHART", "--reset-then-reuse-values", "--set=extra=false"],
    ),
    run("get values", 0, &["get", "values", "app"]),
    run("roll back", 0, &["rollback", "app", "8", "--wait", "--timeout=60s"]),
    run("roll back as if", 0, &["rollback", "app", "9", "--dry-run=server"]),
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
    run(
        "install what does not get ready",
        1,
        &[
            "install",
            "fourth",
            "CHART",
            "--set=name=fourth,pod=not-ready",
            "--wait",
            "--timeout=6s",
        ],
    ),
    run("list what failed first", 0, &["list", "--failed", "-q"]),
    run("status of what failed first", 0, &["status", "fourth"]),
    run("install it once more", 1, &["install", "fourth", "CHART", "--set=name=fourth"]),
    run("upgrade it", 0, &["upgrade", "--install", "fourth", "CHART", "--set=name=fourth"]),
    run(
        "install what is taken away again",
        1,
        &[
            "install",
            "fifth",
            "CHART",
            "--set=name=fifth,pod=not-ready",
            "--rollback-on-failure",
            "--timeout=6s",
        ],
    ),
    run(
        "install with a hook that fails",
        1,
        &["install", "sixth", "CHART", "--set=name=sixth,hook.pod=fails"],
    ),
    run(
        "install in its place",
        0,
        &["install", "sixth", "CHART", "--set=name=sixth", "--replace", "FORCE"],
    ),
    run(
        "upgrade by replacing",
        ANY,
        &[
            "upgrade",
            "sixth",
            "CHART",
            "--set=name=sixth,claim=false,replicas=1",
            "--force-replace",
            "--server-side=false",
        ],
    ),
    run("uninstall without hooks", 0, &["uninstall", "fourth", "sixth", "--no-hooks"]),
    run(
        "install into a namespace that is not there",
        1,
        &["install", "more", "CHART", "--set=name=more", "--namespace=@NAMESPACE@-more"],
    ),
    run(
        "install into a new namespace",
        0,
        &[
            "install",
            "more",
            "CHART",
            "--set=name=more",
            "--namespace=@NAMESPACE@-more",
            "--create-namespace",
        ],
    ),
    run("list in all namespaces", 0, &["list", "-A", "--filter=^more$", "-q"]),
    run("uninstall from it", 0, &["uninstall", "more", "--namespace=@NAMESPACE@-more"]),
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
