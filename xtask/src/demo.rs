//! Shows the main job with no set-up of the user's: a chart installed, upgraded, rolled back and
//! removed on a control plane of its own.

use std::path::Path;
use std::process::Command;

use crate::cluster::{Cluster, Options, build};
use crate::tools;

const NAME: &str = "demo";
const CHART: &str = "tests/charts/shop";

/// What is shown, one after the other.
const COMMANDS: &[&[&str]] = &[
    &["install", "shop", CHART, "--wait"],
    &["upgrade", "shop", CHART, "--wait", "--set", "replicaCount=3"],
    &["rollback", "shop", "1", "--wait"],
    &["history", "shop"],
    &["status", "shop"],
    &["uninstall", "shop", "--wait"],
];

/// Runs the task. Whatever the user's kubeconfig says is not looked at.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask demo".to_owned());
    }
    let go = Command::new("go").arg("version").output();
    if !go.is_ok_and(|go| go.status.success()) {
        return Err("the demo builds a Kubernetes control plane, which needs Go 1.26 or later on \
                    the path: https://go.dev/dl"
            .to_owned());
    }
    println!(
        "This starts a Kubernetes control plane of its own on free ports of this machine, whose one \
         node\nonly pretends to run pods, and ends it when all is shown. Your own clusters and your \
         kubeconfig\nare not touched. It needs Go, and some minutes to build when it is run first.\n"
    );
    build::programs()?;
    let pintle = tools::debug_program()?;
    Cluster::down(NAME)?;
    let cluster = Cluster::up(&Options::for_tests(NAME))?;
    let shown = COMMANDS.iter().try_for_each(|command| show(&pintle, &cluster, command));
    Cluster::down(NAME)?;
    shown?;
    println!("\nThe control plane has ended; nothing of it is left but the programs in the cache.");
    Ok(())
}

/// Says a command, and runs it where its output is seen.
fn show(pintle: &Path, cluster: &Cluster, command: &[&str]) -> Result<(), String> {
    println!("\n$ pintle {}", command.join(" "));
    let home = tools::root().join("target/xtask/home");
    let mut run = Command::new(pintle);
    run.args(command).current_dir(tools::root()).env_clear().env("HOME", home);
    run.env("KUBECONFIG", cluster.kubeconfig());
    for name in ["PATH", "TERM", "COLUMNS", "NO_COLOR", "USER"] {
        if let Some(value) = std::env::var_os(name) {
            run.env(name, value);
        }
    }
    let status = run.status().map_err(|error| format!("{}: {error}", pintle.display()))?;
    if status.success() { Ok(()) } else { Err(format!("pintle {}: {status}", command.join(" "))) }
}
