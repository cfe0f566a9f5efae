//! Killed with SIGKILL at a call to the server: the next command must go on from there, and nothing
//! may be live that no record knows.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::context::{Context, Program};
use super::{Outcome, live, proxied, twin};
use crate::proxy::{Fault, Rule};
use crate::tools;

/// What is killed: a name, what has gone before, and the command. `CHART` is the chart's path.
struct Action {
    name: &'static str,
    /// Whether the namespace is there before.
    namespace: bool,
    before: &'static [&'static [&'static str]],
    command: &'static [&'static str],
}

const ACTIONS: &[Action] = &[
    Action {
        name: "install",
        namespace: true,
        before: &[],
        command: &["install", "app", "CHART", "--wait"],
    },
    Action {
        name: "install with a namespace",
        namespace: false,
        before: &[],
        command: &["install", "app", "CHART", "--create-namespace"],
    },
    Action {
        name: "upgrade",
        namespace: true,
        before: &[&["install", "app", "CHART"]],
        command: &["upgrade", "app", "CHART", "--set=replicas=3,extra=true"],
    },
    Action {
        name: "rollback",
        namespace: true,
        before: &[
            &["install", "app", "CHART"],
            &["upgrade", "app", "CHART", "--set=replicas=3,extra=true"],
        ],
        command: &["rollback", "app", "1"],
    },
    Action {
        name: "uninstall",
        namespace: true,
        before: &[&["install", "app", "CHART"]],
        command: &["uninstall", "app"],
    },
];

/// How the release is brought back to life, or to an end.
#[derive(Clone, Copy, Debug)]
enum WayOut {
    /// The next command of the same program goes on.
    Next,
    /// The next command of the same program ends it.
    End,
    /// What Helm's users do: roll back to a revision that was deployed, or remove it.
    Helm,
}

const WAYS: [WayOut; 3] = [WayOut::Next, WayOut::Helm, WayOut::End];

/// A kill.
struct Case<'a> {
    action: &'a Action,
    call: usize,
    calls: usize,
    fault: Fault,
    way: WayOut,
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

/// So many are killed side by side: most of the time is spent waiting.
const SIDE_BY_SIDE: usize = 4;

/// Kills every so manyth call of all actions, and tells what is wrong after it.
fn walk(context: &Context, program: Program, step: usize) -> Result<Vec<String>, String> {
    let mut cases = Vec::new();
    for action in ACTIONS {
        let namespace = format!("killed-peace-{}", cases.len());
        let calls = in_peace(context, program, action, &namespace)?;
        println!("{}: {calls} calls", action.name);
        for call in (0..calls).step_by(step) {
            for fault in [Fault::StopBefore, Fault::StopAfter] {
                // By turns, so that each way out is tried with each fault.
                let way = WAYS.get((cases.len() / 2 + cases.len() % 2) % WAYS.len());
                let way = way.copied().unwrap_or(WayOut::Next);
                cases.push(Case { action, call, calls, fault, way });
            }
        }
    }
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some(case) = cases.get(number) else { return };
                    let namespace = format!("killed-{number}-x");
                    let done = kill(context, program, case, &namespace)
                        .and_then(|()| clear(context, &namespace));
                    if let Err(error) = done {
                        let Case { action, call, calls, fault, way } = case;
                        let line = format!(
                            "{} killed at call {call} of {calls}, {fault:?}, {way:?}: {error}",
                            action.name
                        );
                        println!("{line}");
                        if let Ok(mut wrong) = wrong.lock() {
                            wrong.push(line);
                        }
                    }
                }
            });
        }
    });
    println!("{} kills", cases.len());
    wrong.into_inner().map_err(|_| "a thread has failed".to_owned())
}

/// Pintle with a chart of a hundred objects, killed at twenty calls of each command.
pub(crate) fn large(context: &mut Context) -> Result<Outcome, String> {
    const KILLS: usize = 20;
    const SPACE: &str = "killed-large-x";
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let chart = tools::root().join("../shared/corpus/charts/kube-prometheus-stack");
    if !chart.exists() {
        return Ok(Outcome::LeftOut(format!("there is no {}", chart.display())));
    }
    let chart = chart.display().to_string();
    // Nothing answers for its webhooks.
    let values = "--set=prometheusOperator.admissionWebhooks.enabled=false,\
                  prometheusOperator.tls.enabled=false";
    let changed = "--set=grafana.replicas=2,alertmanager.enabled=false";
    let install = ["install", "kps", &chart, values];
    let upgrade = ["upgrade", "kps", &chart, values, changed];
    let rollback = ["rollback", "kps", "1"];
    let uninstall = ["uninstall", "kps"];
    let actions: [(&[&[&str]], &[&str]); 4] = [
        (&[], &install),
        (&[&install], &upgrade),
        (&[&install, &upgrade], &rollback),
        (&[&install], &uninstall),
    ];
    let clear = || -> Result<(), String> {
        let command = ["uninstall", "kps", "--wait", "--ignore-not-found"];
        context.must(Program::Helm, SPACE, &command)?;
        let left = left_over(context, SPACE)?;
        context.delete_namespace(SPACE)?;
        if left.is_empty() { Ok(()) } else { Err(format!("no record knows {left:?}")) }
    };
    let begin = |before: &[&[&str]]| -> Result<(), String> {
        context.create_namespace(SPACE)?;
        before.iter().try_for_each(|words| context.must(Program::Pintle, SPACE, words).map(drop))
    };
    context.delete_namespace(SPACE)?;
    let mut wrong = Vec::new();
    for (number, (before, command)) in actions.into_iter().enumerate() {
        begin(before)?;
        let calls = proxied::run(context, Program::Pintle, SPACE, command, Vec::new())?.calls.len();
        clear()?;
        let kills = if context.quick { 3 } else { KILLS };
        println!("{} kps: {calls} calls", command.first().unwrap_or(&""));
        for kill in 0..kills {
            let call = calls * kill / kills;
            let fault = if kill % 2 == 0 { Fault::StopAfter } else { Fault::StopBefore };
            begin(before)?;
            proxied::run(context, Program::Pintle, SPACE, command, vec![Rule::at(call, fault)])?;
            let next: &[&str] = match (number, kill % 3) {
                (3, _) | (_, 2) => &["uninstall", "kps", "--ignore-not-found"],
                _ => &["upgrade", "--install", "kps", &chart, values],
            };
            let done = context.must(Program::Pintle, SPACE, next).and_then(|_| clear());
            if let Err(error) = done {
                let line = format!("{command:?} killed at call {call}, {fault:?}: {error}");
                println!("{line}");
                wrong.push(line);
                context.delete_namespace(SPACE)?;
            }
        }
    }
    if wrong.is_empty() { Ok(Outcome::Passed) } else { Err(wrong.join("\n")) }
}

fn arguments<'a>(command: &[&'a str], chart: &'a str) -> Vec<&'a str> {
    command.iter().map(|word| if *word == "CHART" { chart } else { *word }).collect()
}

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

fn definition(namespace: &str) -> String {
    format!("things.{namespace}.pintle.invalid")
}

/// Gives a namespace in which all has happened that goes before, and the chart.
fn prepare(
    context: &Context,
    program: Program,
    action: &Action,
    namespace: &str,
) -> Result<String, String> {
    if action.namespace {
        context.create_namespace(namespace)?;
    }
    let chart = context.chart("app", namespace)?.display().to_string();
    for command in action.before {
        context.must(program, namespace, &arguments(command, &chart))?;
    }
    Ok(chart)
}

/// Lets the server delete what is left, without waiting for it.
fn clear(context: &Context, namespace: &str) -> Result<(), String> {
    let delete = |path: &str| context.server.request("DELETE", path, None).map(drop);
    delete(&format!("/api/v1/namespaces/{namespace}"))?;
    delete(&format!("{DEFINITIONS}/{}", definition(namespace)))
}

fn is_there(context: &Context, path: &str) -> Result<bool, String> {
    Ok(context.server.request("GET", path, None)?.0 == 200)
}

/// How many calls the action makes when nothing happens.
fn in_peace(
    context: &Context,
    program: Program,
    action: &Action,
    namespace: &str,
) -> Result<usize, String> {
    let chart = prepare(context, program, action, namespace)?;
    let command = arguments(action.command, &chart);
    let passed = proxied::run(context, program, namespace, &command, Vec::new())?;
    clear(context, namespace)?;
    match passed.status() {
        Some(0) => Ok(passed.calls.len()),
        status => {
            let said = passed.ended.map(|ended| ended.stderr).unwrap_or_default();
            Err(format!("{} in peace: {status:?}: {said}", action.name))
        }
    }
}

fn kill(context: &Context, program: Program, case: &Case, namespace: &str) -> Result<(), String> {
    let action = case.action;
    let chart = prepare(context, program, action, namespace)?;
    let command = arguments(action.command, &chart);
    proxied::run(context, program, namespace, &command, vec![Rule::at(case.call, case.fault)])?;
    match case.way {
        WayOut::Next => {
            let unknown = unknown(context, namespace)?;
            let mut command = vec!["upgrade", "--install", "app", chart.as_str()];
            command.extend(["--set=replicas=1", "--create-namespace"]);
            let next = context.run(program, namespace, &command)?;
            if next.status != Some(0) {
                return Err(format!("the next command: {:?}: {}", next.status, next.stderr));
            }
            for name in unknown {
                if program == Program::Pintle && !next.stderr.contains(&name) {
                    return Err(format!("the next command does not name {name}: {}", next.stderr));
                }
            }
            one_deployed(context, namespace)?;
        }
        WayOut::End => {
            let command = ["uninstall", "app", "--ignore-not-found"];
            context.must(program, namespace, &command)?;
        }
        WayOut::Helm => {
            let deployed = context.records(namespace)?;
            let deployed =
                deployed.into_iter().rfind(|record| record.labels["status"] == "deployed");
            let version = deployed.as_ref().and_then(|record| record.labels["version"].as_str());
            if let Some(version) = version {
                context.must(Program::Helm, namespace, &["rollback", "app", version])?;
            }
        }
    }
    let command = ["uninstall", "app", "--wait", "--ignore-not-found"];
    context.must(Program::Helm, namespace, &command)?;
    let left = left_over(context, namespace)?;
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("no record knows {}", left.into_iter().collect::<Vec<_>>().join(", ")))
}

/// What an install has made before there was a record: its definition and its namespace.
fn unknown(context: &Context, namespace: &str) -> Result<Vec<String>, String> {
    let mut unknown = Vec::new();
    if context.records(namespace)?.is_empty() {
        let definition = definition(namespace);
        if is_there(context, &format!("{DEFINITIONS}/{definition}"))? {
            unknown.push(definition);
        }
        if is_there(context, &format!("/api/v1/namespaces/{namespace}"))? {
            unknown.push(namespace.to_owned());
        }
    }
    Ok(unknown)
}

/// After an upgrade the latest revision is deployed, and no other.
fn one_deployed(context: &Context, namespace: &str) -> Result<(), String> {
    let records = context.records(namespace)?;
    let version =
        |labels: &serde_json::Value| labels["version"].as_str().and_then(|v| v.parse().ok());
    let states =
        records.iter().map(|one| (version(&one.labels).unwrap_or(0), &one.labels["status"]));
    let mut states: Vec<(u32, &serde_json::Value)> = states.collect();
    states.sort_by_key(|(version, _)| *version);
    let deployed = states.iter().filter(|(_, status)| *status == "deployed").count();
    match states.last() {
        Some((_, status)) if deployed == 1 && *status == "deployed" => Ok(()),
        _ => Err(format!("after the next command: {states:?}")),
    }
}

/// What is live without a record: not what a chart keeps, and what its hooks have made.
pub(super) fn left_over(context: &Context, namespace: &str) -> Result<BTreeSet<String>, String> {
    let mut left: BTreeSet<String> =
        context.records(namespace)?.into_iter().map(|record| record.name).collect();
    for (name, object) in live::objects(&context.server, namespace)? {
        let annotations = &object["metadata"]["annotations"];
        let hook = annotations["helm.sh/hook"].is_string();
        let kept = annotations["helm.sh/resource-policy"] == "keep";
        // A definition brings its API service with it.
        let outside = ["apiservices/", "customresourcedefinitions/", "namespaces/", "pods/"];
        if !hook && !kept && !outside.iter().any(|kind| name.starts_with(kind)) {
            left.insert(name);
        }
    }
    Ok(left)
}
