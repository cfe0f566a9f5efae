//! How many requests and bytes the same commands take, next to Helm.

use super::context::{Context, Program};
use super::{Outcome, proxied, twin};

/// Commands in the order in which they are run. `CHART` is the chart's path.
const COMMANDS: &[&[&str]] = &[
    &["install", "app", "CHART"],
    &["upgrade", "app", "CHART", "--set=replicas=3,extra=true"],
    &["upgrade", "app", "CHART", "--reuse-values"],
    &["list"],
    &["status", "app"],
    &["history", "app"],
    &["get", "all", "app"],
    &["get", "manifest", "app"],
    &["get", "values", "app"],
    &["rollback", "app", "1"],
    &["uninstall", "app", "--keep-history"],
    &["list", "--uninstalled"],
    &["uninstall", "app"],
];

/// Requests and bytes of one command.
#[derive(Clone, Copy)]
struct Cost {
    requests: usize,
    bytes: u64,
}

/// Compares Pintle's with Helm's; Helm's alone are told where Pintle cannot be run yet.
pub(crate) fn next_to_helm(context: &mut Context) -> Result<Outcome, String> {
    let theirs = costs(context, Program::Helm)?;
    let missing = twin::missing(context);
    let ours = match missing {
        Some(_) => Vec::new(),
        None => costs(context, Program::Pintle)?,
    };
    let mut wrong = Vec::new();
    for (index, (command, helm)) in COMMANDS.iter().zip(&theirs).enumerate() {
        let command = command.join(" ");
        let Some(own) = ours.get(index) else {
            println!("{command:<56} {:>4} requests {:>8} bytes", helm.requests, helm.bytes);
            continue;
        };
        println!(
            "{command:<56} {:>4} of {:>4} requests {:>8} of {:>8} bytes",
            own.requests, helm.requests, own.bytes, helm.bytes
        );
        if own.requests > helm.requests {
            wrong.push(command);
        }
    }
    match missing {
        Some(why) => Ok(Outcome::LeftOut(why)),
        None if wrong.is_empty() => Ok(Outcome::Passed),
        None => Err(format!("more requests than Helm's: {}", wrong.join("; "))),
    }
}

fn costs(context: &Context, program: Program) -> Result<Vec<Cost>, String> {
    // As long for one as for the other, since it stands in what is sent.
    let namespace = format!("cost-{}", if program == Program::Helm { "x" } else { "y" });
    context.delete_namespace(&namespace)?;
    context.create_namespace(&namespace)?;
    let chart = context.chart("app", &namespace)?.display().to_string();
    let mut costs = Vec::new();
    for command in COMMANDS {
        let arguments: Vec<&str> = command
            .iter()
            .map(|word| if *word == "CHART" { chart.as_str() } else { *word })
            .collect();
        let passed = proxied::run(context, program, &namespace, &arguments, Vec::new())?;
        if passed.status() != Some(0) {
            let said = passed.ended.map(|ended| ended.stderr).unwrap_or_default();
            return Err(format!("{program:?} {}: {said}", arguments.join(" ")));
        }
        costs.push(Cost { requests: passed.calls.len(), bytes: passed.bytes() });
    }
    context.delete_namespace(&namespace)?;
    Ok(costs)
}
