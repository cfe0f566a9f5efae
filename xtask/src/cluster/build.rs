//! The programs of the control plane, the reference registry, and programs that call Helm: built once
//! from the Go modules in `xtask/cluster`, and kept in the user's cache for all checkouts.

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

/// What calls Helm for many releases.
const HELMFILE: Module =
    Module { folder: "helmfile", programs: &[("helmfile", "github.com/helmfile/helmfile")] };

/// What encrypts values, and makes the keys for it.
const SOPS: Module = Module {
    folder: "sops",
    programs: &[
        ("sops", "github.com/getsops/sops/v3/cmd/sops"),
        ("age-keygen", "filippo.io/age/cmd/age-keygen"),
    ],
};

/// A plugin of Helm: its repository, the tag and the commit that it has to be, and the program that is
/// built from it, if it is one of Go's.
pub(crate) struct Plugin {
    name: &'static str,
    owner: &'static str,
    tag: &'static str,
    commit: &'static str,
    program: Option<&'static str>,
}

/// What shows what an upgrade would change.
pub(crate) const HELM_DIFF: Plugin = Plugin {
    name: "helm-diff",
    owner: "databus23",
    tag: "v3.15.11",
    commit: "d01cb21d1bd4c102e8eeaa69d456af9934739d84",
    program: Some("bin/diff"),
};

/// What takes values that are encrypted.
pub(crate) const HELM_SECRETS: Plugin = Plugin {
    name: "helm-secrets",
    owner: "jkroepke",
    tag: "v4.7.7",
    commit: "f02f8df1c57af3c65f531bb0e0bc0859a8540845",
    program: None,
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

/// helmfile, built when it is not in the cache yet.
pub(crate) fn helmfile() -> Result<PathBuf, String> {
    Ok(built(&HELMFILE)?.join("helmfile"))
}

/// The folder with `sops` and `age-keygen`, built when they are not in the cache yet.
pub(crate) fn sops() -> Result<PathBuf, String> {
    built(&SOPS)
}

/// The folder of a plugin, cloned and built when it is not in the cache yet. It is no repository of git
/// any more.
pub(crate) fn plugin(plugin: &Plugin) -> Result<PathBuf, String> {
    let Plugin { name, owner, tag, commit, program } = plugin;
    let folder = cache()?.join(format!("{name}-{tag}"));
    if folder.exists() {
        return Ok(folder);
    }
    finish(&folder, &format!("{name} {tag}"), |half| {
        let mut git = Command::new("git");
        git.args(["-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1"]);
        git.args(["--branch", tag, &format!("https://github.com/{owner}/{name}")]);
        tools::output(git.arg(half))?;
        let told =
            tools::output(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(half))?;
        let told = String::from_utf8_lossy(&told);
        if told.trim() != *commit {
            return Err(format!("{name} {tag} is {} and not {commit}", told.trim()));
        }
        let repository = half.join(".git");
        std::fs::remove_dir_all(&repository)
            .map_err(|error| format!("{}: {error}", repository.display()))?;
        let Some(program) = program else { return Ok(()) };
        let mut go = go();
        go.args(["build", "-trimpath", "-ldflags", "-s -w", "-o", program]);
        tools::output(go.arg(".").current_dir(half)).map(drop)
    })?;
    Ok(folder)
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
