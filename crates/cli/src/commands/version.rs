//! `version`: which Helm the program answers as, and which Pintle it is.

use pintle_template::{Engine, Map, MissingKey, Value};

use crate::command::Command;
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::{flags, templates};

/// The Helm whose behaviour this is.
pub(crate) const HELM: &str = "v4.3.1";

/// The Kubernetes whose built-in API versions are known.
pub(crate) const KUBE_CLIENT: &str = "v1.37";

/// This program's own version.
pub(crate) const OWN: &str = concat!("v", env!("CARGO_PKG_VERSION"));

pub(crate) const VERSION: Command = Command {
    name: "version",
    short: "print the version",
    long: "
Print the version of Helm that {name} behaves as, and its own.

The output looks like this, so that scripts that read Helm's go on working:

version.BuildInfo{Version:\"v4.3.1\", GitCommit:\"\", GitTreeState:\"\", GoVersion:\"\",
KubeClientVersion:\"v1.37\", PintleVersion:\"v0.1.0\"}

Started under the name helm, it leaves the last field out. A --template can use .Version,
.GitCommit, .GitTreeState, .GoVersion, .KubeClientVersion and .PintleVersion:

    {name} version --template='{{.Version}}'
",
    flags: &[flags::VERSION],
    run: Some(run),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    if let Some(template) = context.parsed.text("template").filter(|text| !text.is_empty()) {
        let engine = Engine::new().missing_key(MissingKey::Error);
        let mut text = templates::render("_", template, &engine, build_info, context)?;
        context.out.append(&mut text);
        return Ok(());
    }
    let helm = context.program.is_helm();
    let own = OWN.trim_start_matches('v');
    let text = match (context.parsed.is("short"), helm) {
        (true, true) => format!("{HELM}\n"),
        (true, false) => format!("{HELM}+pintle.{own}\n"),
        (false, _) => {
            let own = if helm { String::new() } else { format!(", PintleVersion:\"{OWN}\"") };
            format!(
                "version.BuildInfo{{Version:\"{HELM}\", GitCommit:\"\", GitTreeState:\"\", \
                 GoVersion:\"\", KubeClientVersion:\"{KUBE_CLIENT}\"{own}}}\n"
            )
        }
    };
    context.print(&text);
    Ok(())
}

/// What a template can use.
fn build_info() -> Value {
    let info = Map::new();
    for (name, value) in [
        ("Version", HELM),
        ("GitCommit", ""),
        ("GitTreeState", ""),
        ("GoVersion", ""),
        ("KubeClientVersion", KUBE_CLIENT),
        ("PintleVersion", OWN),
    ] {
        info.set(name, Value::from(value));
    }
    Value::from(info)
}
