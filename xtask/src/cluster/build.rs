//! The programs of the control plane, and the reference registry: built once from the Go modules in `xtask/cluster`, and kept in
//! the user's cache for all checkouts.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::tools;

/// The version that the API server tells.
pub(crate) const KUBERNETES: &str = "v1.36.3";

/// The Helm that decides, and the last of the line before it.
pub(crate) const HELM: &str = "4.3.1";
/// The last of the line before it that is tried too.
pub(crate) const HELM_3: &str = "3.22.0";

/// A Go module with tools: its folder, what it builds, and the package of each.
struct Module {
    folder: &'static str,
    programs: &'static [(&'static str, &'static str)],
}

const MODULES: &[Module] = &[
    Module {
        folder: "kubernetes",
        programs: &[
            ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
            ("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
            ("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
        ],
    },
    Module { folder: "etcd", programs: &[("etcd", "go.etcd.io/etcd/server/v3")] },
    Module { folder: "kwok", programs: &[("kwok", "sigs.k8s.io/kwok/cmd/kwok")] },
];

/// The registry that charts are pushed to.
const REGISTRY: Module = Module {
    folder: "registry",
    programs: &[("registry", "github.com/distribution/distribution/v3/cmd/registry")],
};

/// Where each program of the control plane is.
pub(crate) struct Programs(Vec<(&'static str, PathBuf)>);

impl Programs {
    /// The path of one of the programs.
    pub(crate) fn path(&self, name: &str) -> Result<&Path, String> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, path)| path.as_path()).ok_or_else(|| format!("{name} is not built"))
    }
}

/// Builds what is not in the cache yet.
pub(crate) fn programs() -> Result<Programs, String> {
    let mut programs = Vec::new();
    for module in MODULES {
        let folder = built(module)?;
        for (name, _) in module.programs {
            programs.push((*name, folder.join(name)));
        }
    }
    Ok(Programs(programs))
}

/// The reference registry, built when it is not in the cache yet.
pub(crate) fn registry() -> Result<PathBuf, String> {
    Ok(built(&REGISTRY)?.join("registry"))
}

/// A released Helm, by its version, installed when it is not in the cache yet.
pub(crate) fn helm(version: &str) -> Result<PathBuf, String> {
    let folder = cache()?.join(format!("helm-{version}"));
    let program = folder.join("helm");
    if program.exists() {
        return Ok(program);
    }
    let major = version.split('.').next().unwrap_or_default();
    let module = format!("helm.sh/helm/v{major}");
    // Without it Helm tells the version of the branch that it comes from.
    let told = format!("-s -w -X {module}/internal/version.version=v{version}");
    let mut go = go();
    go.args(["install", "-trimpath", "-ldflags", &told]);
    go.arg(format!("{module}/cmd/helm@v{version}"));
    finish(&folder, &format!("Helm {version}"), |half| {
        tools::output(go.env("GOBIN", half)).map(drop)
    })?;
    Ok(program)
}

fn built(module: &Module) -> Result<PathBuf, String> {
    let source = tools::root().join("xtask/cluster").join(module.folder);
    let flags = flags();
    let mut digest = Sha256::new();
    for file in ["go.mod", "go.sum"] {
        digest.update(tools::read(&source.join(file))?);
    }
    digest.update(&flags);
    let key: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let folder = cache()?.join(format!("{}-{key}", module.folder));
    if folder.exists() {
        return Ok(folder);
    }
    let what = format!("{} (minutes, the first time)", module.folder);
    finish(&folder, &what, |half| {
        for (name, package) in module.programs {
            let mut go = go();
            go.args(["build", "-trimpath", "-ldflags", &flags, "-o"]).arg(half.join(name));
            tools::output(go.arg(package).current_dir(&source))?;
        }
        Ok(())
    })?;
    Ok(folder)
}

/// What tells the programs their version: without it the server tells one that no client can read.
fn flags() -> String {
    let told = "k8s.io/component-base/version";
    let mut parts = KUBERNETES.trim_start_matches('v').split('.');
    let (major, minor) = (parts.next().unwrap_or("1"), parts.next().unwrap_or("0"));
    format!(
        "-s -w -X {told}.gitVersion={KUBERNETES} -X {told}.gitMajor={major} -X {told}.gitMinor={minor}"
    )
}

fn go() -> Command {
    let mut go = Command::new("go");
    go.env("GOFLAGS", "-buildvcs=false").env_remove("GOBIN");
    go
}

/// Lets `make` fill a folder beside the one that is wanted, and puts it in place when it is whole.
fn finish(
    folder: &Path,
    what: &str,
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<(), String> {
    let start = Instant::now();
    eprintln!("building {what} into {}", folder.display());
    let half = folder.with_extension(std::process::id().to_string());
    let shown = |error: std::io::Error| format!("{}: {error}", half.display());
    std::fs::create_dir_all(&half).map_err(shown)?;
    let made = make(&half).and_then(|()| match std::fs::rename(&half, folder) {
        // Another run was quicker.
        Err(_) if folder.exists() => Ok(()),
        other => other.map_err(shown),
    });
    if half.exists() {
        std::fs::remove_dir_all(&half).map_err(shown)?;
    }
    eprintln!("built in {:.0} s", start.elapsed().as_secs_f64());
    made
}

/// Where what is built is kept: `$XDG_CACHE_HOME/pintle/cluster`.
pub(crate) fn cache() -> Result<PathBuf, String> {
    let named = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty());
    let own = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let cache = named.map(PathBuf::from).or_else(own);
    Ok(cache.ok_or("neither $XDG_CACHE_HOME nor $HOME is set")?.join("pintle/cluster"))
}
