//! What is called, as tables. Words are parted by blanks.

/// Who is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// helmfile, with the program as its Helm.
    Helmfile,
    /// The program itself, with its plugins.
    Helm,
}

/// One command.
pub(super) struct Step {
    pub(super) by: By,
    /// The command without the program's name.
    pub(super) line: &'static str,
    /// What it exits with where the program is Helm.
    pub(super) status: i32,
    /// Whether it changes what is live.
    pub(super) changes: bool,
}

impl Step {
    /// Whether it ends with an error.
    pub(super) fn fails(&self) -> bool {
        self.status == 1
    }
}

const fn helmfile(line: &'static str) -> Step {
    Step { by: By::Helmfile, line, status: 0, changes: false }
}

const fn helm(line: &'static str) -> Step {
    Step { by: By::Helm, ..helmfile(line) }
}

const fn changes(step: Step) -> Step {
    Step { changes: true, ..step }
}

const fn ends(status: i32, step: Step) -> Step {
    Step { status, ..step }
}

/// All, in the order in which they are taken.
pub(super) const ALL: &[(&str, &[Step])] =
    &[("plugins", PLUGINS), ("helm-diff", DIFF), ("helm-secrets", SECRETS), ("helmfile", HELMFILE)];

const PLUGINS: &[Step] = &[
    ends(1, helm("diff upgrade web web")),
    helm("plugin install helm-diff"),
    helm("plugin install helm-secrets/plugins/helm-secrets-cli"),
    helm("plugin install helm-secrets/plugins/helm-secrets-getter"),
    helm("plugin install helm-secrets/plugins/helm-secrets-post-renderer"),
    helm("plugin list"),
];

const DIFF: &[Step] = &[
    helm("diff version"),
    helm("diff --help"),
    ends(1, helm("diff upgrade web web")),
    helm("diff upgrade web web --allow-unreleased"),
    changes(helm("install web web")),
    helm("diff upgrade web web"),
    helm("diff upgrade web web --set count=2"),
    // What the server would refuse is shown, too.
    helm("diff upgrade web web --set count=many"),
    ends(2, helm("diff upgrade web web --set count=2 --detailed-exitcode")),
    helm("diff upgrade web web --set count=2 --three-way-merge"),
    helm("diff upgrade web web --set count=2,word=x --show-secrets --output json"),
    helm("diff upgrade web web --set word=x --output dyff"),
    helm("diff upgrade web web --set count=2 --dry-run=server"),
    helm("diff upgrade web web --set count=2 --reset-values --include-tests --no-hooks"),
    ends(1, helm("diff upgrade web none")),
    changes(helm("upgrade web web --set count=2")),
    helm("diff upgrade web web --reuse-values"),
    helm("--debug diff upgrade web web"),
    helm("diff revision web 1"),
    helm("diff revision web 1 2"),
    ends(1, helm("diff revision web 1 9")),
    changes(helm("install other web --set count=3")),
    helm("diff release web other"),
    ends(1, helm("diff release web none")),
    helm("diff rollback web 1"),
    ends(1, helm("diff rollback web 7")),
    changes(helm("uninstall web other")),
];

const SECRETS: &[Step] = &[
    helm("secrets --help"),
    helm("secrets version"),
    helm("secrets decrypt secrets.enc.yaml"),
    ends(1, helm("secrets decrypt none.yaml")),
    helm("secrets template web web -f secrets.enc.yaml"),
    helm("secrets lint web -f secrets.enc.yaml"),
    changes(helm("secrets install web web -f secrets.enc.yaml")),
    helm("get values web"),
    changes(helm("secrets upgrade web web -f secrets.enc.yaml --set count=2")),
    ends(1, helm("secrets upgrade web web -f none.yaml")),
    helm("secrets diff upgrade web web -f secrets.enc.yaml --set count=3"),
    helm("template web web -f secrets://secrets.enc.yaml"),
    helm("template web web --set-file word=secrets://secrets.enc.yaml"),
    helm("lint web -f secrets://secrets.enc.yaml"),
    ends(1, helm("template web web -f secrets+literal://none")),
    changes(helm("upgrade web web -f secrets://secrets.enc.yaml --set count=3")),
    helm("diff upgrade web web -f secrets://secrets.enc.yaml --set count=4"),
    changes(helm("uninstall web")),
];

// One after the other, as what is printed is in the order in which it is done.
const HELMFILE: &[Step] = &[
    helmfile("repos"),
    helmfile("list"),
    helmfile("list --output json"),
    helmfile("build"),
    helmfile("deps"),
    helmfile("fetch"),
    helmfile("lint --concurrency 1"),
    helmfile("template --concurrency 1"),
    helmfile("template --concurrency 1 --skip-deps --include-crds --validate"),
    helmfile(
        "template --concurrency 1 --output-dir out --output-dir-template \
         {{.OutputDir}}/{{.Release.Name}}",
    ),
    ends(1, helmfile("status --concurrency 1")),
    helmfile("diff --concurrency 1"),
    changes(helmfile("sync --concurrency 1")),
    helmfile("diff --concurrency 1"),
    ends(2, helmfile("diff --concurrency 1 --state-values-set count=2 --detailed-exitcode")),
    // What the server would refuse is shown, too.
    helmfile("diff --concurrency 1 --state-values-set count=many"),
    changes(helmfile("apply --concurrency 1 --state-values-set count=2")),
    changes(helmfile("apply --concurrency 1 --state-values-set count=2")),
    changes(helmfile("--environment more apply --concurrency 1")),
    changes(helmfile("sync --concurrency 1 --state-values-set fourth=true")),
    changes(helmfile("apply --concurrency 1")),
    changes(helmfile("--selector tier=back sync")),
    ends(3, helmfile("--selector name=none sync")),
    ends(1, helmfile("sync --concurrency 1 --values none.yaml")),
    changes(helmfile("test --concurrency 1")),
    changes(helmfile("destroy --concurrency 1")),
    changes(helmfile("destroy --concurrency 1")),
];
