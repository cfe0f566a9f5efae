//! The flags, in the groups that commands share. Names, kinds and defaults are Helm 4.3.1's; the
//! last group is Pintle's own.

use crate::flag::{Flag, Kind, Values};

const COLORS: Values = Values::These(&["never", "auto", "always"]);
const INERT: &str = "this flag has no effect for 'helm template' and will be removed in Helm 5";

/// What every command takes.
pub(crate) static GLOBAL: &[Flag] = &[
    Flag::new(Kind::Int, "burst-limit", "most requests to the cluster in one burst").default("100"),
    Flag::text("color", "when to colour what is printed: never, auto or always").offering(COLORS),
    Flag::text("colour", "the same as --color").offering(COLORS),
    Flag::text("content-cache", "directory with the charts fetched before")
        .offering(Values::Directories),
    Flag::bool("debug", "say more about what is done"),
    Flag::text("kube-apiserver", "address and port of the Kubernetes API server"),
    Flag::new(Kind::Texts, "kube-as-group", "group to act for in the cluster (can be repeated)"),
    Flag::text("kube-as-user", "user to act for in the cluster"),
    Flag::file("kube-ca-file", "certificate authority of the Kubernetes API server"),
    Flag::text("kube-context", "context of the kubeconfig file to use"),
    Flag::bool(
        "kube-insecure-skip-tls-verify",
        "do not check the certificate of the Kubernetes API server; this is insecure",
    ),
    Flag::text(
        "kube-tls-server-name",
        "name that the certificate of the Kubernetes API server must carry, if not its host's",
    ),
    Flag::text("kube-token", "bearer token for the cluster"),
    Flag::file("kubeconfig", "path of the kubeconfig file"),
    Flag::text("namespace", "namespace of the release").short('n'),
    Flag::bool("offline", "refuse everything that would need the network"),
    Flag::new(Kind::Float, "qps", "most requests to the cluster in a second, bursts aside")
        .default("0"),
    Flag::file("registry-config", "file with the logins to registries"),
    Flag::text("repository-cache", "directory with the indexes of repositories")
        .offering(Values::Directories),
    Flag::file("repository-config", "file with the names and URLs of repositories"),
    Flag::new(
        Kind::Duration,
        "request-timeout",
        "how long the cluster may take for one answer; 0 for as long as it likes",
    )
    .default("1m0s"),
];

/// What Helm takes everywhere without saying so: the flags of its logging library. They are read
/// and have no effect.
pub(crate) static KLOG: &[Flag] = &[
    Flag::bool("add-dir-header", "no effect").hidden(),
    Flag::bool("alsologtostderr", "no effect").hidden(),
    Flag::text("alsologtostderrthreshold", "no effect").hidden(),
    Flag::bool("legacy-stderr-threshold-behavior", "no effect").hidden(),
    Flag::text("log-backtrace-at", "no effect").hidden(),
    Flag::text("log-dir", "no effect").hidden(),
    Flag::text("log-file", "no effect").hidden(),
    Flag::new(Kind::Uint, "log-file-max-size", "no effect").hidden(),
    Flag::bool("logtostderr", "no effect").hidden(),
    Flag::bool("one-output", "no effect").hidden(),
    Flag::bool("skip-headers", "no effect").hidden(),
    Flag::bool("skip-log-headers", "no effect").hidden(),
    Flag::text("stderrthreshold", "no effect").hidden(),
    Flag::new(Kind::Int, "v", "no effect").short('v').hidden(),
    Flag::text("vmodule", "no effect").hidden(),
];

const KEYRING: Flag =
    Flag::file("keyring", "keys of those whose signatures count; GnuPG's if not given");

/// What checks signatures takes.
pub(crate) static VERIFY: &[Flag] = &[KEYRING];

/// The global flags that a plugin does not get to see.
pub(crate) const PLUGIN_GLOBALS: &[&str] = &[
    "--kube-context",
    "--namespace",
    "-n",
    "--kubeconfig",
    "--kube-apiserver",
    "--kube-token",
    "--kube-as-user",
    "--kube-as-group",
    "--kube-ca-file",
    "--registry-config",
    "--repository-cache",
    "--repository-config",
    "--kube-insecure-skip-tls-verify",
    "--kube-tls-server-name",
];

/// What every command takes too, but lists with its own flags.
pub(crate) static HELP: Flag = Flag::bool("help", "show this help").short('h');

/// Where a chart comes from.
pub(crate) static CHART: &[Flag] = &[
    Flag::file("ca-file", "certificate authorities that the chart's server may be certified by"),
    Flag::file("cert-file", "client certificate for the chart's server"),
    Flag::bool(
        "devel",
        "count development versions too, as --version '>0.0.0-0' does; without effect beside \
         --version",
    ),
    Flag::bool("insecure-skip-tls-verify", "do not check the certificate of the chart's server"),
    Flag::file("key-file", "key of the client certificate for the chart's server"),
    KEYRING,
    Flag::bool("pass-credentials", "send user name and password to every server"),
    Flag::text("password", "password for the chart's repository"),
    Flag::bool("plain-http", "fetch the chart without TLS"),
    Flag::text("repo", "URL of the repository that holds the chart"),
    Flag::text("username", "user name for the chart's repository"),
    Flag::bool("verify", "check the chart's signature before it is used"),
    Flag::text(
        "version",
        "version of the chart: one (1.1.1) or a range (^2.0.0); the latest if not given",
    ),
];

/// Values from the command line.
pub(crate) static VALUES: &[Flag] = &[
    Flag::new(Kind::Texts, "set", "set values: key1=val1,key2=val2 (can be repeated)"),
    Flag::new(
        Kind::Texts,
        "set-file",
        "set values to the text of files: key1=path1,key2=path2 (can be repeated)",
    ),
    Flag::new(
        Kind::Texts,
        "set-json",
        "set values to JSON: key1=json1,key2=json2 or one object for all (can be repeated)",
    ),
    Flag::new(
        Kind::Texts,
        "set-literal",
        "set one value to the text after the =, taken as it is (can be repeated)",
    ),
    Flag::new(
        Kind::Texts,
        "set-string",
        "set values to text, whatever it looks like: key1=val1,key2=val2 (can be repeated)",
    ),
    Flag::new(Kind::List, "values", "read values from YAML files or URLs (can be repeated)")
        .short('f')
        .offering(Values::Files),
];

/// What renders a chart to deploy it takes: `install`, `template` and `upgrade`.
pub(crate) static DEPLOY: &[Flag] = &[
    Flag::bool("create-namespace", "create the namespace of the release if there is none"),
    Flag::bool("dependency-update", "fetch the chart's dependencies first if some are missing"),
    DESCRIPTION,
    Flag::bool(
        "disable-openapi-validation",
        "do not check what is rendered against the cluster's OpenAPI schema",
    ),
    Flag::bool("enable-dns", "let templates look up host names"),
    Flag::new(Kind::Pairs, "labels", "labels of the release: key1=val1,key2=val2")
        .short('l')
        .default("[]"),
    Flag::new(
        Kind::PostRenderer,
        "post-renderer",
        "plugin, or path of a program, that changes what was rendered",
    ),
    Flag::new(
        Kind::PostRendererArgs,
        "post-renderer-args",
        "an argument of the post-renderer (can be repeated)",
    )
    .default("[]"),
    Flag::bool("atomic", "deprecated").deprecated("use --rollback-on-failure instead"),
    Flag::bool("rollback-on-failure", "undo what was done if it fails; waits as --wait does"),
    Flag::bool("skip-crds", "leave the custom resource definitions of crds/ out"),
    Flag::bool("skip-schema-validation", "do not check values against the chart's JSON schema"),
    Flag::bool("take-ownership", "take over resources that are not marked as the release's"),
];

/// What changes objects takes: `install`, `template`, `upgrade` and `rollback`.
pub(crate) static APPLY: &[Flag] = &[
    Flag::bool("force", "deprecated").deprecated("use --force-replace instead"),
    Flag::bool("force-conflicts", "take over fields that others manage in server-side apply"),
    Flag::bool("force-replace", "replace resources where they cannot be changed"),
    Flag::bool("wait-for-jobs", "with --wait: wait for jobs to be done too"),
];

/// Flags of which only one may be given, for what takes [`APPLY`].
pub(crate) const FORCE: &[&[&str]] =
    &[&["force-replace", "force-conflicts"], &["force", "force-conflicts"]];

/// What runs hooks and waits takes: all of the above, and `uninstall`.
pub(crate) static WAIT: &[Flag] = &[
    Flag::bool("no-hooks", "leave hooks out"),
    TIMEOUT,
    Flag::new(
        Kind::Wait,
        "wait",
        "wait for the resources as 'watcher' (what --wait alone says), 'hookOnly' or 'legacy' does",
    )
    .default("hookOnly")
    .bare("watcher")
    .offering(Values::These(&["watcher", "hookOnly", "legacy"])),
];

const DESCRIPTION: Flag = Flag::text("description", "a description of the release");

const TIMEOUT: Flag =
    Flag::new(Kind::Duration, "timeout", "how long to wait for one operation of the cluster")
        .default("5m0s");

/// What an installation takes, and `template` with it.
pub(crate) static INSTALL: &[Flag] = &[
    Flag::bool("generate-name", "make up a NAME; none may be given then").short('g'),
    Flag::text("name-template", "template that gives the name of the release"),
    Flag::bool("replace", "use a name again that a deleted release of the history has"),
    Flag::bool("server-side", "let the server merge objects").default("true"),
];

/// What `install`, `upgrade` and `rollback` take to show what they would do.
pub(crate) static DRY_RUN: &[Flag] = &[Flag::text(
    "dry-run",
    "change nothing: 'client' asks no cluster, 'server' lets it check what is rendered",
)
.default("none")
.bare("unset")
.offering(Values::These(&["none", "client", "server"]))];

/// What `install` and `upgrade` take beyond rendering.
pub(crate) static DEPLOYED: &[Flag] = &[
    Flag::bool("hide-notes", "do not print the notes"),
    Flag::bool("hide-secret", "with --dry-run: do not print Secrets"),
    Flag::bool("render-subchart-notes", "print the notes of subcharts too"),
];

/// What `upgrade` and `rollback` take.
pub(crate) static HISTORY_OF_CHANGES: &[Flag] = &[
    Flag::bool("cleanup-on-fail", "delete what was newly created if it fails"),
    Flag::new(Kind::Int, "history-max", "how many revisions to keep; 0 for all").default("10"),
    Flag::text(
        "server-side",
        "let the server merge objects: 'true', 'false', or 'auto' for as it was last done",
    )
    .default("auto")
    .offering(Values::These(&["true", "false", "auto"])),
];

pub(crate) static UPGRADE: &[Flag] = &[
    Flag::bool("install", "install the release if there is none of this name").short('i'),
    Flag::bool(
        "reset-then-reuse-values",
        "begin with the chart's values, put the last release's over them, then those given here",
    ),
    Flag::bool("reset-values", "begin with the chart's values"),
    Flag::bool("reuse-values", "begin with the last release's values"),
];

pub(crate) static ROLLBACK: &[Flag] =
    &[Flag::text("description", "a description of the rollback, of at most 256 characters")];

pub(crate) static UNINSTALL: &[Flag] = &[
    Flag::text("cascade", "what happens to what depends on the objects")
        .default("background")
        .offering(Values::These(&["background", "orphan", "foreground"])),
    DESCRIPTION,
    Flag::bool("dry-run", "change nothing"),
    Flag::bool("ignore-not-found", "count a release that is not there as uninstalled"),
    Flag::bool("keep-history", "keep the records, and mark the release as uninstalled"),
];

pub(crate) static TEST: &[Flag] = &[
    Flag::new(
        Kind::List,
        "filter",
        "run only the test 'name=NAME', or all but '!name=NAME' (can be repeated)",
    ),
    Flag::bool("logs", "print the logs of the tests' pods"),
    TIMEOUT,
];

pub(crate) static LIST: &[Flag] = &[
    Flag::bool("all-namespaces", "list the releases of all namespaces").short('A'),
    Flag::bool("date", "sort by the time of the last change").short('d'),
    Flag::bool("deployed", "list those that are deployed"),
    Flag::bool("failed", "list those that failed"),
    Flag::text("filter", "list those whose name this regular expression matches").short('f'),
    Flag::new(Kind::Int, "max", "the most releases to list").short('m').default("256"),
    Flag::bool("no-headers", "print the table without its first line"),
    Flag::new(Kind::Int, "offset", "how many releases to leave out at the beginning").default("0"),
    Flag::bool("pending", "list those under way"),
    Flag::bool("reverse", "sort the other way round").short('r'),
    Flag::text("selector", "list those with these labels: key1=value1,key2!=value2").short('l'),
    Flag::bool("short", "print names alone").short('q'),
    Flag::bool("superseded", "list those that a later revision replaced"),
    Flag::text("time-format", "print times in this layout of Go's, such as 2006-01-02 15:04:05"),
    Flag::bool("uninstalled", "list those that are uninstalled, where their history was kept"),
    Flag::bool("uninstalling", "list those that are being uninstalled"),
];

pub(crate) static HISTORY: &[Flag] = &[
    Flag::new(Kind::Int, "max", "the most revisions to list").default("256"),
    Flag::bool("show-rollback-revision", "show which revision a rollback went to"),
];

/// The revision that is looked at.
pub(crate) static REVISION: &[Flag] =
    &[Flag::new(Kind::Int, "revision", "the revision to show; the latest if not given")
        .default("0")];

pub(crate) static GET_ALL: &[Flag] =
    &[Flag::text("template", "template to print the release by, such as {{.Release.Name}}")];

pub(crate) static GET_VALUES: &[Flag] =
    &[Flag::bool("all", "print the chart's values too, merged with those given").short('a')];

/// How data is printed.
pub(crate) static OUTPUT: &[Flag] = &[Flag::new(Kind::Format, "output", "table, json or yaml")
    .short('o')
    .default("table")
    .offering(Values::These(&["json\tas JSON", "table\tfor people to read", "yaml\tas YAML"]))];

/// What `template` takes beyond an installation.
pub(crate) static TEMPLATE: &[Flag] = &[
    Flag::new(
        Kind::List,
        "api-versions",
        "API versions that the cluster is to be taken to have, beside the usual (can be repeated)",
    )
    .short('a'),
    Flag::text(
        "dry-run",
        "'client' asks no cluster; 'server' lets the cluster check what is rendered",
    )
    .default("client")
    .bare("unset")
    .offering(Values::These(&["client", "server"])),
    Flag::bool("hide-notes", "no effect").deprecated(INERT),
    Flag::bool("include-crds", "print the custom resource definitions of crds/ too"),
    Flag::bool("is-upgrade", "render as for an upgrade, not for an installation"),
    Flag::text("kube-version", "Kubernetes version that the cluster is to be taken to have"),
    Flag::text("output-dir", "write what is rendered to files below this directory")
        .offering(Values::Directories),
    Flag::bool("release-name", "with --output-dir: put the name of the release into the path"),
    Flag::bool("render-subchart-notes", "no effect").deprecated(INERT),
    Flag::new(Kind::Texts, "show-only", "print only what these templates render (can be repeated)")
        .short('s'),
    Flag::bool("skip-tests", "leave tests out"),
    Flag::bool("validate", "deprecated").deprecated("use '--dry-run=server' instead"),
];

/// What `lint` takes beside values.
pub(crate) static LINT: &[Flag] = &[
    Flag::text("kube-version", "Kubernetes version that APIs and deprecations are judged by"),
    Flag::bool("quiet", "print warnings and errors only"),
    Flag::bool("skip-schema-validation", "do not check values against the chart's JSON schema"),
    Flag::bool("strict", "fail on warnings too"),
    Flag::bool("with-subcharts", "lint the charts it depends on too"),
];

pub(crate) static SHOW_VALUES: &[Flag] =
    &[Flag::text("jsonpath", "print only what this JSONPath expression selects")];

pub(crate) static CREATE: &[Flag] = &[
    Flag::text("chart-api-version", "version of the chart format: v2 or v3").default("v2").hidden(),
    Flag::text("starter", "name or absolute path of a starter to copy").short('p'),
];

pub(crate) static VERSION: &[Flag] = &[
    Flag::bool("short", "print the version's number alone"),
    Flag::text("template", "template that the version is printed by"),
];

pub(crate) static COMPLETION: &[Flag] =
    &[Flag::bool("no-descriptions", "offer words without descriptions")];

pub(crate) static DEPENDENCY_LIST: &[Flag] =
    &[Flag::new(Kind::Uint, "max-col-width", "widest column of the table").default("80")];

pub(crate) static DOCS: &[Flag] = &[
    Flag::text("dir", "directory to write to").default("./").offering(Values::Directories),
    Flag::bool("generate-headers", "begin Markdown files with a title for site generators"),
    Flag::text("type", "markdown, man or bash")
        .default("markdown")
        .offering(Values::These(&["bash", "man", "markdown"])),
];

/// Bounds on what a chart may use up. They count work and bytes, never time, so that a chart that
/// renders does so everywhere.
pub(crate) static LIMITS: &[Flag] = &[
    Flag::new(Kind::Uint, "max-depth", "how deep templates may call each other, at most 30000"),
    Flag::new(Kind::Bytes, "max-memory", "how many bytes the values that templates make may take")
        .default("448Mi"),
    Flag::new(Kind::Bytes, "max-output", "how many bytes templates may print").default("192Mi"),
    Flag::new(Kind::Uint, "max-steps", "how many steps templates may take").default("150000000"),
];

/// What `pull` takes beside where a chart comes from.
pub(crate) static PULL: &[Flag] = &[
    Flag::text("destination", "directory to put the chart into")
        .short('d')
        .default(".")
        .offering(Values::Directories),
    Flag::bool("prov", "fetch the provenance file too, without checking it"),
    Flag::bool("untar", "unpack the chart"),
    Flag::text("untardir", "with --untar: the directory below the destination to unpack into")
        .default(".")
        .offering(Values::Directories),
];

pub(crate) static REPO_ADD: &[Flag] = &[
    Flag::bool("allow-deprecated-repos", "allow repositories that are known to be gone"),
    Flag::file("ca-file", "certificate authorities that the repository may be certified by"),
    Flag::file("cert-file", "client certificate for the repository"),
    Flag::bool("force-update", "replace the repository of that name"),
    Flag::bool("insecure-skip-tls-verify", "do not check the certificate of the repository"),
    Flag::file("key-file", "key of the client certificate for the repository"),
    Flag::bool("pass-credentials", "send user name and password to every server"),
    Flag::text("password", "password for the repository"),
    Flag::bool("password-stdin", "read the password from standard input"),
    REPO_PATIENCE,
    Flag::text("username", "user name for the repository"),
];

const REPO_PATIENCE: Flag =
    Flag::new(Kind::Duration, "timeout", "how long to wait for the list of charts").default("2m0s");

pub(crate) static REPO_TIMEOUT: &[Flag] = &[REPO_PATIENCE];

pub(crate) static REPO_INDEX: &[Flag] = &[
    Flag::bool("json", "write JSON"),
    Flag::file("merge", "list whose charts are taken over"),
    Flag::text("url", "URL that the directory will have"),
];

pub(crate) static REPO_LIST: &[Flag] =
    &[Flag::bool("no-headers", "leave the heads of columns out")];

pub(crate) static SEARCH_REPO: &[Flag] = &[
    Flag::bool("devel", "count development versions too; without effect beside --version"),
    Flag::bool("fail-on-no-result", "fail if nothing is found"),
    Flag::new(Kind::Uint, "max-col-width", "widest column of the table").default("50"),
    Flag::bool("regexp", "take the words for a regular expression").short('r'),
    Flag::text("version", "range that versions must be in"),
    Flag::bool("versions", "show all versions").short('l'),
];

pub(crate) static SEARCH_HUB: &[Flag] = &[
    Flag::text("endpoint", "URL of the hub").default("https://hub.helm.sh"),
    Flag::bool("fail-on-no-result", "fail if nothing is found"),
    Flag::bool("list-repo-url", "show the URL of each chart's repository too"),
    Flag::new(Kind::Uint, "max-col-width", "widest column of the table").default("50"),
];

pub(crate) static SEARCH_REGISTRY: &[Flag] = &[
    Flag::bool("devel", "list development versions too; without effect beside --version"),
    Flag::bool("fail-on-no-result", "fail if nothing is found"),
    Flag::text("version", "range that versions must be in"),
];

pub(crate) static PUSH: &[Flag] = &[
    Flag::file("ca-file", "certificate authorities that the registry may be certified by"),
    Flag::file("cert-file", "client certificate for the registry"),
    Flag::bool("insecure-skip-tls-verify", "do not check the certificate of the registry"),
    Flag::file("key-file", "key of the client certificate for the registry"),
    Flag::text("password", "password for the registry"),
    Flag::bool("plain-http", "talk to the registry without TLS"),
    Flag::text("username", "user name for the registry"),
];

pub(crate) static REGISTRY_LOGIN: &[Flag] = &[
    Flag::file("ca-file", "certificate authorities that the registry may be certified by"),
    Flag::file("cert-file", "client certificate for the registry"),
    Flag::bool("insecure", "do not check the certificate of the registry"),
    Flag::file("key-file", "key of the client certificate for the registry"),
    Flag::text("password", "password or token").short('p'),
    Flag::bool("password-stdin", "read the password or token from standard input"),
    Flag::bool("plain-http", "talk to the registry without TLS"),
    Flag::text("username", "user name").short('u'),
];

pub(crate) static DEPENDENCY_FETCH: &[Flag] = &[
    KEYRING,
    Flag::bool("skip-refresh", "take the lists of charts as they are"),
    Flag::bool("verify", "check the signatures of charts"),
];

pub(crate) static PACKAGE: &[Flag] = &[
    Flag::text("app-version", "version of what the chart installs, in place of its own"),
    Flag::bool("dependency-update", "fetch what the chart needs first").short('u'),
    Flag::text("destination", "directory to put the archive into")
        .short('d')
        .default(".")
        .offering(Values::Directories),
    Flag::text("key", "name of the key to sign with"),
    Flag::file("keyring", "keys to sign with"),
    Flag::file("passphrase-file", "file with the passphrase of the key; - for standard input"),
    Flag::bool("sign", "sign the archive"),
    Flag::text("version", "version of the chart, in place of its own"),
];

pub(crate) static PLUGIN_INSTALL: &[Flag] = &[
    Flag::file("ca-file", "certificate authorities that the server may be certified by"),
    Flag::file("cert-file", "client certificate for the server"),
    Flag::bool("insecure-skip-tls-verify", "do not check the certificate of the server"),
    Flag::file("key-file", "key of the client certificate for the server"),
    KEYRING,
    Flag::text("password", "password for the registry"),
    Flag::bool("plain-http", "talk to the registry without TLS"),
    Flag::text("username", "user name for the registry"),
    Flag::bool("verify", "check the plugin's signature before it is installed").default("true"),
    Flag::text("version", "range that the version must be in; the latest if not given"),
];

pub(crate) static PLUGIN_LIST: &[Flag] = &[Flag::text("type", "list plugins of this type alone")
    .offering(Values::These(&["cli/v1", "getter/v1", "postrenderer/v1"]))];

pub(crate) static PLUGIN_PACKAGE: &[Flag] = &[
    Flag::text("destination", "directory to put the archive into")
        .short('d')
        .default(".")
        .offering(Values::Directories),
    Flag::text("key", "name of the key to sign with"),
    Flag::file("keyring", "keys to sign with"),
    Flag::file("passphrase-file", "file with the passphrase of the key; - for standard input"),
    Flag::bool("sign", "sign the archive").default("true"),
];
