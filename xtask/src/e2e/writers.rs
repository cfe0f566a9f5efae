//! Two who write to one release at once: one wins each time, and the history has no gap.

use std::path::PathBuf;

use super::context::{Context, Program};
use super::{Outcome, twin};

const NAMESPACE: &str = "writers-x";

/// Pintle against itself.
pub(crate) fn pintle(context: &mut Context) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let rounds = if context.quick { 20 } else { 100 };
    contest(context, Program::Pintle, rounds)?;
    Ok(Outcome::Passed)
}

/// Helm against itself: shows whether the harness makes them meet at all.
pub(crate) fn helm(context: &mut Context) -> Result<Outcome, String> {
    contest(context, Program::Helm, 10)?;
    Ok(Outcome::Passed)
}

pub(super) fn contest(context: &Context, program: Program, rounds: usize) -> Result<(), String> {
    context.delete_namespace(NAMESPACE)?;
    context.create_namespace(NAMESPACE)?;
    let chart = context.chart("app", NAMESPACE)?.display().to_string();
    let no_hooks = "--no-hooks";
    context.must(program, NAMESPACE, &["install", "app", &chart, no_hooks])?;
    let kubeconfig: PathBuf = context.cluster.kubeconfig();
    let mut both = 0;
    for round in 0..rounds {
        let before = context.records(NAMESPACE)?.len();
        let one = format!("--set=replicas={}", round % 3);
        let other = format!("--set=replicas={}", round % 3 + 1);
        let history = "--history-max=0";
        let start = |values: &str| {
            let command = ["upgrade", "app", &chart, values, history, no_hooks];
            context.spawn(program, NAMESPACE, &command, &kubeconfig)
        };
        let mut children = [start(&one)?, start(&other)?];
        let mut won = 0;
        for child in &mut children {
            let status = child.wait().map_err(|error| error.to_string())?;
            won += usize::from(status.success());
        }
        // The second may have come when the first was through already.
        both += usize::from(won == 2);
        let found = context.records(NAMESPACE)?;
        let mut versions: Vec<usize> = found
            .iter()
            .filter_map(|record| record.labels["version"].as_str()?.parse().ok())
            .collect();
        versions.sort_unstable();
        if won == 0 || found.len() != before + won {
            let count = found.len() - before;
            return Err(format!("round {round}: {won} have won, {count} new revisions"));
        }
        if versions.iter().enumerate().any(|(index, version)| *version != index + 1) {
            return Err(format!("round {round}: the history has a gap: {versions:?}"));
        }
        let live = found.iter().filter(|record| record.labels["status"] == "deployed").count();
        if live != 1 {
            return Err(format!("round {round}: {live} revisions are deployed"));
        }
    }
    println!(
        "{rounds} rounds: one has won {} times, both, one after the other, {both}",
        rounds - both
    );
    context.delete_namespace(NAMESPACE)
}
