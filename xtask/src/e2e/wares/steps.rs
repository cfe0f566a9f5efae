//! What both do, as tables. Words are parted by blanks, and `␣` is a blank inside of one; what stands
//! in braces is filled in.

/// One command.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// The command without the program's name.
    pub(super) line: &'static str,
    /// What Helm exits with.
    pub(super) status: i32,
    /// What it reads.
    pub(super) stdin: &'static str,
    /// Whether Helm prints lines in no order.
    pub(super) any_order: bool,
    /// Whether Pintle says in its own words why it fails.
    pub(super) own_words: bool,
    /// Whether indexes are fetched: Helm fetches those of all repositories, and tells of it.
    pub(super) fetches: bool,
}

/// A step that goes well.
pub(super) const fn run(line: &'static str) -> Step {
    Step { line, status: 0, stdin: "", any_order: false, own_words: false, fetches: false }
}

/// A step that fails.
const fn fail(line: &'static str) -> Step {
    Step { status: 1, ..run(line) }
}

/// A step that fails for a reason that is told in other words.
const fn differs(line: &'static str) -> Step {
    Step { own_words: true, ..fail(line) }
}

const fn any_order(step: Step) -> Step {
    Step { any_order: true, ..step }
}

/// A step for which Helm fetches the indexes of all repositories.
const fn fetching(step: Step) -> Step {
    Step { fetches: true, ..step }
}

pub(super) const PACKAGE: &[Step] = &[
    run("package small/web-1.0.0 -d versions --version 3.1.4+x --app-version 2"),
    fail("package small/web-1.0.0 -d versions --version latest"),
    fail("package nowhere"),
    fail("package"),
    run("package small/web-1.0.0 small/db-0.1.0"),
    run("package small/old-1.0.0 --destination versions/deep/er"),
];

pub(super) const INDEX: &[Step] = &[
    run("repo index site"),
    run("repo index site-two --url https://example.com/charts?key=1"),
    run("repo index site-two --url https://example.com/other/ --merge site/index.yaml"),
    run("repo index versions --json"),
    run("repo index versions/deep --merge nowhere/index.yaml"),
    fail("repo index"),
    fail("repo index site --merge small/web-1.0.0/Chart.yaml"),
    fail("repo index nowhere-at-all"),
];

pub(super) const REPOSITORIES: &[Step] = &[
    run("repo list"),
    run("repo list -o json"),
    run("repo list -o yaml"),
    fail("repo update"),
    fail("repo remove near"),
    fail("search repo web"),
    run("repo add near {files}/site-a"),
    run("repo add near {files}/site-a"),
    fail("repo add near {files}/site-b"),
    run("repo add near {files}/site-a --force-update"),
    fail("repo add a/b {files}/site-a"),
    fail("repo add near"),
    run("repo add far {files}/site-b/ --pass-credentials --insecure-skip-tls-verify"),
    run("repo add guarded {files}/guarded/site-a --username {user} --password {password}"),
    Step {
        stdin: "secret\n",
        ..run("repo add asked {files}/guarded/site-b --username {user} --password-stdin")
    },
    fail("repo add wrong {files}/guarded/site-b --username {user} --password no"),
    fail("repo add nobody {files}/guarded/site-b"),
    fail("repo add none {files}/nowhere"),
    fail("repo add empty {files}/empty"),
    fail("repo add no-version {files}/no-version"),
    differs("repo add no-yaml {files}/no-yaml"),
    differs("repo add a-list {files}/a-list"),
    differs("repo add twice {files}/twice"),
    fail("repo add unknown {files}/unknown"),
    run("repo add away {files}/away"),
    fail("repo add stable https://kubernetes-charts.storage.googleapis.com"),
    fail("repo add strange ftp://example.com"),
    run("repo list"),
    run("repo list --no-headers"),
    run("repo list -o json"),
    run("repo list -o yaml"),
    fail("repo list -o xml"),
    any_order(run("repo update")),
    run("repo update near"),
    fail("repo update near nowhere"),
    run("repo update guarded --timeout 10s"),
    run("search repo"),
    run("search repo web"),
    run("search repo WEB"),
    run("search repo web --versions"),
    run("search repo web --devel"),
    run("search repo web --versions --devel"),
    run("search repo web --version ^1.0.0"),
    run("search repo web --version >=1.0.0-0 --versions"),
    run("search repo --regexp ^.*/?we[b]$"),
    run("search repo --regexp server --versions"),
    run("search repo server"),
    run("search repo http␣server"),
    run("search repo near/web"),
    run("search repo only-dev"),
    run("search repo only-dev --devel"),
    run("search repo nothing-like-it"),
    fail("search repo nothing-like-it --fail-on-no-result"),
    run("search repo nothing-like-it -o json"),
    run("search repo web -o json"),
    run("search repo web -o yaml --versions"),
    run("search repo db --max-col-width 20"),
    run("search repo db --max-col-width 0"),
    fail("search repo web --version not-a-range"),
    differs("search repo --regexp (web"),
    run("search repo uni"),
    run("pull near/web -d pulled"),
    run("pull near/web --version 1.0.0 -d pulled"),
    run("pull near/web --version ~1.2 -d pulled"),
    run("pull near/web --version 1.2 -d pulled"),
    run("pull near/web --version v1.2.0 -d pulled"),
    run("pull near/web --devel -d pulled"),
    run("pull near/web --version 1.2.3+build.5 -d pulled"),
    run("pull guarded/web -d pulled"),
    run("pull near/db far/old -d pulled"),
    run("pull web --repo {files}/site-a --version 1.0.0 -d pulled"),
    run("pull web --repo {files}/moved/site-a --version 1.10.0 -d pulled"),
    run("pull db --repo {files}/guarded/site-b --username {user} --password {password} -d pulled"),
    fail("pull db --repo {files}/guarded/site-b -d pulled"),
    run("pull {files}/site-b/small/web-1.0.0.tgz -d pulled"),
    run("pull {files}/site-a/small/db-0.1.0.tgz -d pulled"),
    fail("pull {files}/guarded/site-a/small/old-1.0.0.tgz -d pulled"),
    run("pull near/old -d pulled/here --untar"),
    fail("pull near/old -d pulled/here --untar"),
    run("pull near/old -d pulled --untar --untardir there"),
    run("pull near/web -d pulled --prov"),
    fail("pull near/web --version ^9 -d pulled"),
    fail("pull near/web --version latest -d pulled"),
    fail("pull near/nothing -d pulled"),
    fail("pull nowhere/web -d pulled"),
    fail("pull web -d pulled"),
    fail("pull near/web -d nowhere/at/all"),
    fail("pull away/web --version 1.0.0 -d pulled"),
    fail("pull away/web --version 0.9.0 -d pulled"),
    fail("pull none --repo {files}/site-a -d pulled"),
    fail("pull web --repo {files}/nowhere -d pulled"),
    fail("pull {files}/site-a/nothing-1.0.0.tgz -d pulled"),
    fail("pull"),
    run("show chart near/web"),
    run("show values near/web --version 1.0.0"),
    run("show readme db --repo {files}/site-b"),
    run("show all {files}/site-a/small/old-1.0.0.tgz"),
    fail("show chart near/nothing"),
    run("template near/web --version 1.0.0"),
    fail("template nothing/web"),
    run("lint pulled/here/old"),
];

/// With an index that has entries which are none, of which Helm tells in no order.
pub(super) const HOLES: &[Step] = &[
    run("repo add holes {files}/holes"),
    any_order(run("repo update")),
    run("repo update holes"),
    run("search repo web"),
    fail("pull holes/web -d pulled"),
    run("repo remove holes"),
];

pub(super) const HUB: &[Step] = &[
    run("search hub nginx --endpoint {files}/hub"),
    run("search hub --endpoint {files}/hub/ nginx ingress --list-repo-url"),
    run("search hub nginx --endpoint {files}/hub --max-col-width 12"),
    run("search hub nginx --endpoint {files}/hub -o json"),
    run("search hub nginx --endpoint {files}/hub -o yaml"),
    run("search hub nothing --endpoint {files}/hub/empty"),
    run("search hub nothing --endpoint {files}/hub/empty -o json"),
    fail("search hub nothing --endpoint {files}/hub/empty --fail-on-no-result"),
    run("search hub nothing --endpoint {files}/hub/none"),
    fail("search hub nothing --endpoint {files}/nowhere"),
    fail("search hub nothing --endpoint nowhere"),
    fail("search hub nothing --endpoint http://127.0.0.1:1"),
];

pub(super) const DEPENDENCIES: &[Step] = &[
    run("dependency list dependents/mixed"),
    fetching(run("dependency update dependents/mixed")),
    run("dependency list dependents/mixed"),
    fetching(run("dependency update dependents/mixed")),
    fetching(run("dependency build dependents/mixed")),
    fetching(run("dependency build dependents/mixed --skip-refresh")),
    fetching(run("dependency update dependents/by-url")),
    fetching(run("dependency build dependents/by-url")),
    fetching(fail("dependency update dependents/no-such-version")),
    fetching(fail("dependency update dependents/no-such-chart")),
    fetching(fail("dependency update dependents/no-such-name")),
    fetching(fail("dependency update dependents/no-such-path")),
    fetching(fail("dependency update dependents/other-local")),
    fetching(fail("dependency update dependents/no-range")),
    fetching(differs("dependency update dependents/no-url")),
    fetching(run("dependency update dependents/inside")),
    run("dependency list dependents/inside"),
    fetching(fail("dependency update dependents/not-inside")),
    fetching(fail("dependency update dependents/gone")),
    fetching(run("dependency update dependents/plain")),
    run("dependency list dependents/plain"),
    fetching(run("dependency update dependents/first")),
    fetching(run("dependency build dependents/first")),
    fetching(fail("dependency build dependents/stale")),
    fetching(fail("dependency build dependents/nowhere")),
    fetching(fail("dependency update pulled/web-1.0.0.tgz")),
    fail("package dependents/stale"),
    run("package dependents/mixed -d dependents/packed"),
    run("package dependents/stale -u -d dependents/packed"),
    run("template dependents/inside"),
    run("template dependents/by-url --dependency-update"),
];

pub(super) const BUILD_OF_THE_OTHER: &[Step] = &[
    fetching(run("dependency build built-one/mixed")),
    fetching(run("dependency build built-two/mixed")),
    run("dependency list built-one/mixed"),
];

pub(super) const FORGET: &[Step] = &[
    run("repo remove near far"),
    fail("repo remove near"),
    fail("repo remove guarded nowhere"),
    run("repo list"),
];

pub(super) const DEPENDENCIES_BY_REGISTRY: &[Step] = &[
    run("push tags/web-1.10.0.tgz oci://{open}/common --plain-http"),
    run("dependency update dependents/oci --plain-http"),
    run("dependency build dependents/oci --plain-http"),
    run("dependency list dependents/oci"),
    fail("dependency update dependents/oci-nowhere --plain-http"),
];

pub(super) const LOGOUT: &[Step] = &[
    run("registry logout {guarded}"),
    run("registry logout {guarded}"),
    run("registry logout nobody.example.com"),
    fail("registry logout"),
    fail("pull oci://{guarded}/{own}/web --version 1.0.0 --ca-file {ca} -d pulled"),
];

/// With the archives of Helm in `tags` on both sides.
pub(super) const TAGS: &[Step] = &[
    run("push tags/web-1.0.0.tgz oci://{open}/{own}/ --plain-http"),
    run("push tags/web-1.2.0.tgz oci://{open}/{own} --plain-http"),
    run("push tags/web-1.10.0.tgz oci://{open}/{own} --plain-http"),
    run("push tags/web-2.0.0-rc.1.tgz oci://{open}/{own} --plain-http"),
    run("push tags/web-1.2.3+build.5.tgz oci://{open}/{own} --plain-http"),
    run("push tags/old-1.0.0.tgz oci://{open}/{own}/deep/er --plain-http"),
    fail("push tags/none.tgz oci://{open}/{own} --plain-http"),
    fail("push tags oci://{open}/{own} --plain-http"),
    differs("push small/web-1.0.0/Chart.yaml oci://{open}/{own} --plain-http"),
    fail("push tags/web-1.0.0.tgz {open}/{own} --plain-http"),
    fail("push tags/web-1.0.0.tgz http://{open}/{own} --plain-http"),
    fail("push tags/web-1.0.0.tgz"),
    differs("push tags/web-1.0.0.tgz oci://{open}/{own}"),
    run("pull oci://{open}/{other}/web --plain-http -d pulled"),
    run("pull oci://{open}/{other}/web --plain-http -d pulled --devel"),
    run("pull oci://{open}/{other}/web --plain-http -d pulled --version 1.0.0"),
    run("pull oci://{open}/{other}/web --plain-http -d pulled --version ~1.2"),
    run("pull oci://{open}/{other}/web --plain-http -d pulled --version >1.0.0-0"),
    run("pull oci://{open}/{other}/web --plain-http -d pulled --version 1.2.3+build.5"),
    run("pull oci://{open}/{other}/web:1.2.0 --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/web:1.2.3_build.5 --plain-http -d pulled"),
    differs("pull oci://{open}/{other}/web:1.2.3+build.5 --plain-http -d pulled"),
    run("pull oci://{open}/{other}/web:1.2.0 --version 1.2.0 --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/web:1.2.0 --version 1.0.0 --plain-http -d pulled"),
    run("pull oci://{open}/{other}/web@{digest} --plain-http -d pulled"),
    run("pull oci://{open}/{other}/web:1.0.0@{digest} --plain-http -d pulled"),
    run("pull oci://{open}/{other}/web@{digest} --version 1.0.0 --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/web@{digest} --version 1.2.0 --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/web:1.2.0@{digest} --plain-http -d pulled"),
    run("pull oci://{open}/{other}/deep/er/old --plain-http -d pulled --untar"),
    run("pull oci://{open}/{other}/web --version 1.0.0 --plain-http -d pulled --prov"),
    fail("pull oci://{open}/{other}/web --version ^9 --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/web --version 9.0.0 --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/web --version latest --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/nothing --plain-http -d pulled"),
    fail("pull oci://{open}/{other}/nothing --version 1.0.0 --plain-http -d pulled"),
    fail("pull oci://{open} --plain-http"),
    fail("pull oci://{open}/UPPER/web --plain-http"),
    differs("pull oci://{open}/{other}/web --version 1.0.0"),
    differs("pull oci://127.0.0.1:1/web --version 1.0.0 --plain-http"),
    run("show chart oci://{open}/{other}/web --plain-http"),
    run("show values oci://{open}/{other}/web --version 1.0.0 --plain-http"),
    run("template oci://{open}/{other}/web --version 1.0.0 --plain-http"),
    // Who knows the password.
    fail("pull oci://{guarded}/{own}/web --version 1.0.0 --ca-file {ca}"),
    fail("push tags/web-1.0.0.tgz oci://{guarded}/{own} --ca-file {ca}"),
    run(
        "push tags/web-1.0.0.tgz oci://{guarded}/{own} --ca-file {ca} --username {user} --password {password}",
    ),
    fail(
        "push tags/web-1.0.0.tgz oci://{guarded}/{own} --ca-file {ca} --username {user} --password no",
    ),
    fail("registry login {guarded} --ca-file {ca} -u {user} -p no"),
    differs("registry login {guarded} -u {user} -p {password}"),
    fail("registry login"),
    run("registry login {guarded} --ca-file {ca} -u {user} -p {password}"),
    run("registry login {guarded} --insecure -u {user} -p {password}"),
    Step {
        stdin: "secret\n",
        ..run("registry login {guarded} --ca-file {ca} -u {user} --password-stdin")
    },
    Step {
        stdin: "no\n",
        ..fail("registry login {guarded} --ca-file {ca} -u {user} --password-stdin")
    },
    run("registry login {open} --plain-http -u {user} -p {password}"),
    Step {
        stdin: "secret",
        ..fail("registry login {guarded}/some/path --ca-file {ca} -u {user} --password-stdin")
    },
    run("push tags/web-1.2.0.tgz oci://{guarded}/{own} --ca-file {ca}"),
    run("push tags/web-1.2.0.tgz oci://{guarded}/{own} --insecure-skip-tls-verify"),
    run("pull oci://{guarded}/{own}/web --ca-file {ca} -d pulled/guarded"),
    run("show chart oci://{guarded}/{own}/web --ca-file {ca}"),
    differs("pull oci://{guarded}/{own}/web --version 1.0.0 -d pulled"),
    differs("pull oci://{guarded}/{own}/web --version 1.0.0 --ca-file nowhere.pem -d pulled"),
    // Who has a certificate.
    run(
        "push tags/web-1.0.0.tgz oci://{certified}/{own} --ca-file {ca} --cert-file {cert} --key-file {key}",
    ),
    run(
        "pull oci://{certified}/{own}/web --ca-file {ca} --cert-file {cert} --key-file {key} -d pulled/certified",
    ),
    differs("pull oci://{certified}/{own}/web --version 1.0.0 --ca-file {ca} -d pulled"),
    differs(
        "pull oci://{certified}/{own}/web --version 1.0.0 --cert-file nowhere --key-file {key}",
    ),
];
