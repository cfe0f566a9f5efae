//! Two programs take turns on one release: each reads, upgrades, rolls back and removes what the other
//! has left.

use serde_json::Value;

use super::context::{Context, Program};
use super::{Outcome, killed, twin};

/// Helm 3 and 4, which shows that the steps themselves are sound.
pub(crate) fn helms(context: &mut Context) -> Result<Outcome, String> {
    turns(context, "mixed", [Program::Helm3, Program::Helm], true)?;
    turns(context, "mixed", [Program::Helm, Program::Helm3], true)?;
    Ok(Outcome::Passed)
}

/// Pintle with Helm 4, and with Helm 3 and client-side apply.
pub(crate) fn pintle(context: &mut Context) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    turns(context, "mixed", [Program::Helm, Program::Pintle], false)?;
    turns(context, "mixed", [Program::Pintle, Program::Helm], false)?;
    turns(context, "mixed", [Program::Helm3, Program::Pintle], true)?;
    turns(context, "mixed", [Program::Pintle, Program::Helm3], true)?;
    Ok(Outcome::Passed)
}

pub(super) fn turns(
    context: &Context,
    namespace: &str,
    programs: [Program; 2],
    client_side: bool,
) -> Result<(), String> {
    context.delete_namespace(namespace)?;
    context.create_namespace(namespace)?;
    let chart = context.chart("app", namespace)?.display().to_string();
    let steps: [&[&str]; 9] = [
        &["install", "app", &chart, "--wait", "--timeout=60s"],
        &["upgrade", "app", &chart, "--set=replicas=3", "--wait", "--timeout=60s"],
        &["upgrade", "app", &chart, "--reuse-values", "--set=extra=true"],
        &["test", "app"],
        &["rollback", "app", "1", "--wait", "--timeout=60s"],
        &["upgrade", "app", &chart, "--set=image=other:1", "--wait", "--timeout=60s"],
        &["upgrade", "app", &chart, "--history-max=3"],
        &["rollback", "app"],
        &["uninstall", "app", "--wait"],
    ];
    for (number, step) in steps.iter().enumerate() {
        let turn = programs.iter().cycle().nth(number).copied().unwrap_or(Program::Helm);
        let mut arguments = step.to_vec();
        let applies = matches!(step.first(), Some(&("install" | "upgrade" | "rollback")));
        // Helm 3 knows no other way.
        if client_side && applies && turn != Program::Helm3 {
            arguments.push("--server-side=false");
        }
        context.must(turn, namespace, &arguments)?;
        println!("{turn:?}: {}", step.first().unwrap_or(&""));
        let found = context.records(namespace)?;
        if step.first() == Some(&"uninstall") {
            continue;
        }
        let histories = programs
            .map(|program| context.must(program, namespace, &["history", "app", "-o", "json"]));
        let [one, other] = histories;
        let [one, other] = [one?, other?].map(|text| serde_json::from_str::<Value>(&text));
        let lines = |value: Result<Value, _>| {
            let value = value.map_err(|error| format!("history: {error}"))?;
            Ok::<_, String>(value.as_array().map(Vec::len).unwrap_or_default())
        };
        let (one, other) = (lines(one)?, lines(other)?);
        if one != other || one != found.len() {
            return Err(format!("{} records are {one} and {other} in history", found.len()));
        }
    }
    let left = killed::left_over(context, namespace)?;
    if !left.is_empty() {
        return Err(format!("left over: {}", left.into_iter().collect::<Vec<_>>().join(", ")));
    }
    context.delete_namespace(namespace)
}
