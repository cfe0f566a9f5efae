//! Killed with SIGKILL at a call to the server: the next command must go on from there, and nothing
//! may be live that no record knows.

use std::collections::BTreeSet;

use super::context::{Context, Program};
use super::{Outcome, live, proxied, records, twin};
use crate::proxy::{Fault, Rule};

/// What is killed: a name, what has gone before, and the command. `CHART` is the chart's path.
struct Action {
    name: &'static str,
    before: &'static [&'static [&'static str]],
    command: &'static [&'static str],
}

const ACTIONS: &[Action] = &[
    Action { name: "install", before: &[], command: &["install", "app", "CHART"] },
    Action {
        name: "upgrade",
        before: &[&["install", "app", "CHART"]],
        command: &["upgrade", "app", "CHART", "--set=replicas=3,extra=true"],
    },
    Action {
        name: "rollback",
        before: &[
            &["install", "app", "CHART"],
            &["upgrade", "app", "CHART", "--set=replicas=3,extra=true"],
        ],
        command: &["rollback", "app", "1"],
    },
    Action {
        name: "uninstall",
        before: &[&["install", "app", "CHART"]],
        command: &["uninstall", "app"],
    },
];

/// How the release is brought back to life, or to an end.
#[derive(Clone, Copy)]
enum WayOut {
    /// The next command of the same program.
    Next,
    /// What Helm's users do: roll back to a revision that was deployed, or remove it.
    Helm,
}

/// Pintle, killed at every call; the quick run takes some of them.
pub(crate) fn pintle(context: &mut Context) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let step = if context.quick { 9 } else { 1 };
    let wrong = walk(context, Program::Pintle, step)?;
    match wrong.is_empty() {
        true => Ok(Outcome::Passed),
        false => Err(wrong.join("\n")),
    }
}

/// Helm, which gets stuck: if this finds nothing, the scenario itself is wrong.
pub(crate) fn helm(context: &mut Context) -> Result<Outcome, String> {
    let wrong = walk(context, Program::Helm, 9)?;
    match wrong.is_empty() {
        true => Err("Helm was killed and nothing was found".to_owned()),
        false => {
            println!("{}", wrong.join("\n"));
            Ok(Outcome::Passed)
        }
    }
}

/// Kills every so manyth call of all actions, and tells what is wrong after it.
fn walk(context: &Context, program: Program, step: usize) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for action in ACTIONS {
        let mut number = 0;
        let calls = in_peace(context, program, action)?;
        println!("{}: {calls} calls", action.name);
        for call in (0..calls).step_by(step) {
            for fault in [Fault::StopBefore, Fault::StopAfter] {
                // By turns, so that each way out is tried with each fault.
                let way = if number / 2 % 2 == 0 { WayOut::Next } else { WayOut::Helm };
                number += 1;
                let case = format!("{} killed at call {call} of {calls}, {fault:?}", action.name);
                if let Err(error) = kill(context, program, action, Rule::at(call, fault), way) {
                    println!("{case}: {error}");
                    wrong.push(format!("{case}: {error}"));
                }
            }
        }
    }
    Ok(wrong)
}

const NAMESPACE: &str = "killed-x";

fn arguments<'a>(command: &[&'a str], chart: &'a str) -> Vec<&'a str> {
    command.iter().map(|word| if *word == "CHART" { chart } else { *word }).collect()
}

/// Gives a namespace in which all has happened that goes before, and the chart.
fn prepare(context: &Context, program: Program, action: &Action) -> Result<String, String> {
    context.delete_namespace(NAMESPACE)?;
    let definition = format!("things.{NAMESPACE}.pintle.invalid");
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    context.server.request("DELETE", &format!("{path}/{definition}"), None)?;
    context.create_namespace(NAMESPACE)?;
    let chart = context.chart("app", NAMESPACE)?.display().to_string();
    for command in action.before {
        context.must(program, NAMESPACE, &arguments(command, &chart))?;
    }
    Ok(chart)
}

/// How many calls the action makes when nothing happens.
fn in_peace(context: &Context, program: Program, action: &Action) -> Result<usize, String> {
    let chart = prepare(context, program, action)?;
    let command = arguments(action.command, &chart);
    let passed = proxied::run(context, program, NAMESPACE, &command, Vec::new())?;
    match passed.status() {
        Some(0) => Ok(passed.calls.len()),
        status => Err(format!("{} in peace: {status:?}", action.name)),
    }
}

fn kill(
    context: &Context,
    program: Program,
    action: &Action,
    rule: Rule,
    way: WayOut,
) -> Result<(), String> {
    let chart = prepare(context, program, action)?;
    let command = arguments(action.command, &chart);
    proxied::run(context, program, NAMESPACE, &command, vec![rule])?;
    match way {
        WayOut::Next if action.name == "uninstall" => {
            let command = ["uninstall", "app", "--ignore-not-found"];
            context.must(program, NAMESPACE, &command)?;
        }
        WayOut::Next => {
            let command = ["upgrade", "--install", "app", chart.as_str(), "--set=replicas=1"];
            context.must(program, NAMESPACE, &command)?;
        }
        WayOut::Helm => {
            let deployed = records::all(&context.server, NAMESPACE)?;
            let deployed =
                deployed.into_iter().rfind(|record| record.labels["status"] == "deployed");
            let version = deployed.as_ref().and_then(|record| record.labels["version"].as_str());
            if let Some(version) = version {
                context.must(Program::Helm, NAMESPACE, &["rollback", "app", version])?;
            }
        }
    }
    let command = ["uninstall", "app", "--wait", "--ignore-not-found"];
    context.must(Program::Helm, NAMESPACE, &command)?;
    let left = left_over(context, NAMESPACE)?;
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("no record knows {}", left.into_iter().collect::<Vec<_>>().join(", ")))
}

/// What is live without a record: not what a chart keeps, and what its hooks have made.
pub(super) fn left_over(context: &Context, namespace: &str) -> Result<BTreeSet<String>, String> {
    let mut left: BTreeSet<String> =
        records::all(&context.server, namespace)?.into_iter().map(|record| record.name).collect();
    for (name, object) in live::objects(&context.server, namespace)? {
        let annotations = &object["metadata"]["annotations"];
        let hook = annotations["helm.sh/hook"].is_string();
        let kept = annotations["helm.sh/resource-policy"] == "keep";
        let outside = ["customresourcedefinitions/", "namespaces/", "pods/"];
        if !hook && !kept && !outside.iter().any(|kind| name.starts_with(kind)) {
            left.insert(name);
        }
    }
    Ok(left)
}
