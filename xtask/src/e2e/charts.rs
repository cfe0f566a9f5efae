//! Charts as people install them: each is installed, upgraded with other values, rolled back and
//! uninstalled with Helm and then with Pintle, under the same name in the same namespace; after each
//! command all that has come to the cluster must be the same, and what is left over too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::context::{Context, Ended, Program};
use super::{Outcome, difference, live, normal, records, twin};
use crate::tools;

/// A chart of the corpus.
struct Chart {
    name: &'static str,
    /// Whether the quick run has it.
    quick: bool,
    /// Flags of every command that renders it. `CORPUS` is the corpus' path.
    always: &'static [&'static str],
    /// The values that change.
    changed: &'static [&'static str],
}

const CHARTS: &[Chart] = &[
    Chart {
        name: "airbyte",
        quick: false,
        always: &[],
        changed: &["--set=server.replicaCount=2,worker.replicaCount=2,webapp.enabled=false"],
    },
    Chart {
        name: "dagster",
        quick: false,
        always: &["--skip-schema-validation"],
        changed: &["--set=dagit.replicaCount=2,dagsterDaemon.labels.changed=yes"],
    },
    Chart { name: "trino", quick: true, always: &[], changed: &["--set=server.workers=3"] },
    Chart {
        name: "garage",
        quick: true,
        always: &["--values=CORPUS/values/garage-fixed.yaml"],
        changed: &["--set=deployment.replicaCount=2"],
    },
    Chart {
        name: "flyte-binary",
        quick: false,
        always: &[],
        changed: &["--values=CORPUS/values/flyte-binary-some.yaml"],
    },
    Chart {
        name: "kube-prometheus-stack",
        quick: false,
        always: &["--set=grafana.adminPassword=pw"],
        changed: &[
            "--set=grafana.replicas=2,alertmanager.enabled=false,nodeExporter.enabled=false",
        ],
    },
    Chart {
        name: "cert-manager",
        quick: true,
        always: &["--set=crds.enabled=true"],
        changed: &["--set=replicaCount=2,webhook.timeoutSeconds=29"],
    },
    Chart {
        name: "ingress-nginx",
        quick: false,
        always: &[],
        changed: &["--set=controller.replicaCount=2,controller.metrics.enabled=true"],
    },
];

/// The namespace is the same for both, since charts put objects outside of it too.
const NAMESPACE: &str = "charts-x";

/// How long the cluster may take to come to rest after a command.
const PATIENCE: Duration = Duration::from_secs(30);

/// What there is after a command.
struct Shown {
    ended: Ended,
    state: Value,
}

/// Helm next to itself, which shows that nothing by chance is compared.
pub(crate) fn helm_with_itself(context: &mut Context) -> Result<Outcome, String> {
    all(context, [Program::Helm, Program::Helm])
}

/// Helm and Pintle.
pub(crate) fn pintle(context: &mut Context) -> Result<Outcome, String> {
    match twin::missing(context) {
        Some(missing) => Ok(Outcome::LeftOut(missing)),
        None => all(context, [Program::Helm, Program::Pintle]),
    }
}

fn all(context: &Context, programs: [Program; 2]) -> Result<Outcome, String> {
    let corpus = tools::root().join("../shared/corpus");
    if !corpus.exists() {
        return Ok(Outcome::LeftOut("../shared is absent".to_owned()));
    }
    let mut wrong = Vec::new();
    for chart in CHARTS.iter().filter(|chart| chart.quick || !context.quick) {
        let found = compare(context, chart, &corpus, programs)?;
        if !found.is_empty() {
            wrong.push(format!("{}:\n  {}", chart.name, found.join("\n  ")));
        }
    }
    if wrong.is_empty() { Ok(Outcome::Passed) } else { Err(wrong.join("\n")) }
}

/// What differs between the two programs.
fn compare(
    context: &Context,
    chart: &Chart,
    corpus: &Path,
    programs: [Program; 2],
) -> Result<Vec<String>, String> {
    let [first, second] = programs;
    let commands = commands(chart, &corpus.display().to_string());
    let (reference, time) = walk(context, &commands, first, &[])?;
    let (shown, other_time) = walk(context, &commands, second, &reference)?;
    let mut found = Vec::new();
    for ((command, one), other) in commands.iter().zip(&reference).zip(&shown) {
        let name = command.first().map(String::as_str).unwrap_or_default();
        let mut lines = difference::between(&one.ended.status.into(), &other.ended.status.into());
        if one.ended.status != Some(0) {
            lines.push(format!("Helm ends with {:?}", one.ended.status));
        }
        let printed = |ended: &Ended| Value::from(normal::printed(&ended.stdout, NAMESPACE));
        let stdout = difference::between(&printed(&one.ended), &printed(&other.ended));
        lines.extend(stdout.into_iter().map(|line| format!("stdout {line}")));
        if !lines.is_empty() {
            lines.push(format!("stderr: {}", one.ended.stderr.trim_end()));
            lines.push(format!("stderr: {}", other.ended.stderr.trim_end()));
        }
        lines.extend(difference::between(&one.state, &other.state));
        found.extend(lines.into_iter().map(|line| format!("after {name}: {line}")));
    }
    let objects = |shown: &[Shown]| {
        let first = shown.first().and_then(|shown| shown.state["objects"].as_object());
        first.map(Map::len).unwrap_or_default()
    };
    println!(
        "{:<24} {:>3} objects, {first:?} {:>5.1} s, {second:?} {:>5.1} s: {}",
        chart.name,
        objects(&reference),
        time.as_secs_f64(),
        other_time.as_secs_f64(),
        if found.is_empty() { "equal" } else { "DIFFERENT" }
    );
    found.iter().for_each(|line| println!("      {line}"));
    Ok(found)
}

/// The life of a release.
fn commands(chart: &Chart, corpus: &str) -> Vec<Vec<String>> {
    let path = format!("{corpus}/charts/{}", chart.name);
    let with = |words: &[&str], more: &[&[&str]]| -> Vec<String> {
        let flags = more.iter().flat_map(|flags| flags.iter());
        words.iter().chain(flags).map(|word| word.replace("CORPUS", corpus)).collect()
    };
    let wait = ["--wait", "--timeout=120s"];
    vec![
        with(&["install", "rel", &path], &[chart.always, &wait]),
        with(&["upgrade", "rel", &path], &[chart.always, chart.changed, &wait]),
        with(&["rollback", "rel", "1"], &[&wait]),
        with(&["uninstall", "rel"], &[&wait]),
    ]
}

/// Carries out all commands in an empty namespace, and removes what is left over. Where there is
/// something to compare with, the cluster may take its time to become like it.
fn walk(
    context: &Context,
    commands: &[Vec<String>],
    program: Program,
    reference: &[Shown],
) -> Result<(Vec<Shown>, Duration), String> {
    context.delete_namespace(NAMESPACE)?;
    context.create_namespace(NAMESPACE)?;
    // What controllers put into every namespace is to be there already.
    sleep(Duration::from_millis(500));
    let before: BTreeSet<String> = live::everything(&context.server)?.into_keys().collect();
    let mut all = Vec::new();
    let mut time = Duration::ZERO;
    for (number, command) in commands.iter().enumerate() {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let ended = context.run(program, NAMESPACE, &words)?;
        time += ended.time;
        let state = settled(context, &before, reference.get(number).map(|shown| &shown.state))?;
        all.push(Shown { ended, state });
    }
    clean_up(context, &before)?;
    Ok((all, time))
}

/// What has come to the cluster, when it has come to rest or is as it should be.
fn settled(
    context: &Context,
    before: &BTreeSet<String>,
    wanted: Option<&Value>,
) -> Result<Value, String> {
    let start = Instant::now();
    let mut last = state(context, before)?;
    loop {
        let late = start.elapsed() > PATIENCE;
        if late || wanted == Some(&last) {
            return Ok(last);
        }
        sleep(Duration::from_millis(700));
        let next = state(context, before)?;
        if wanted.is_none() && next == last {
            return Ok(next);
        }
        last = next;
    }
}

fn state(context: &Context, before: &BTreeSet<String>) -> Result<Value, String> {
    let mut objects = BTreeMap::new();
    for (path, object) in live::everything(&context.server)? {
        if !before.contains(&path) {
            objects.insert(path, live::normal(&object, NAMESPACE));
        }
    }
    let mut kept = BTreeMap::new();
    for record in records::all(&context.server, NAMESPACE)? {
        kept.insert(record.name.clone(), record.normal(NAMESPACE)?);
    }
    Ok(json!({"objects": objects, "records": kept}))
}

/// Removes all that has come, so that no webhook of it speaks to what comes next.
fn clean_up(context: &Context, before: &BTreeSet<String>) -> Result<(), String> {
    let start = Instant::now();
    let webhook = |path: &str| path.contains("webhookconfigurations/");
    loop {
        let all = live::everything(&context.server)?;
        let left: Vec<&String> = all.keys().filter(|path| !before.contains(*path)).collect();
        if left.is_empty() {
            return context.delete_namespace(NAMESPACE);
        }
        if start.elapsed() > Duration::from_secs(60) {
            return Err(format!("cannot be removed: {left:?}"));
        }
        let (first, rest): (Vec<&String>, Vec<&String>) =
            left.into_iter().partition(|path| webhook(path));
        for path in first.into_iter().chain(rest) {
            context.server.request("DELETE", path, None)?;
        }
        sleep(Duration::from_millis(200));
    }
}
