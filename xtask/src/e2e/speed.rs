//! How long the same commands take, next to Helm, in one run on one cluster.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::context::{Context, Program, finish};
use super::{Outcome, proxied, records, twin};
use crate::tools;

/// What may be used of Helm's time for an install and an upgrade, and of its time and memory for a
/// list.
const CHANGES: f64 = 0.5;
const LIST_TIME: f64 = 0.2;
const LIST_MEMORY: f64 = 0.35;

/// So many releases are listed.
const RELEASES: usize = 1000;

/// What the chart is installed with: nothing answers for the webhooks that it would bring.
const VALUES: &[&str] = &[
    "--set=prometheusOperator.admissionWebhooks.enabled=false,prometheusOperator.tls.enabled=false",
];

/// What its upgrade changes.
const CHANGED: &str = "--set=grafana.replicas=2,alertmanager.alertmanagerSpec.retention=48h";

/// Compares both.
pub(crate) fn next_to_helm(context: &mut Context) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let shared = tools::root().join("../shared/corpus/charts");
    let chart = shared.join("kube-prometheus-stack");
    if !chart.exists() {
        return Ok(Outcome::LeftOut(format!("there is no {}", chart.display())));
    }
    let mut wrong = Vec::new();
    changes(context, &chart, &mut wrong)?;
    lists(context, &shared.join("ingress-nginx"), &mut wrong)?;
    if wrong.is_empty() {
        return Ok(Outcome::Passed);
    }
    let wrong = wrong.join("; ");
    if context.release {
        Err(wrong)
    } else {
        Ok(Outcome::LeftOut(format!("no release build: {wrong}")))
    }
}

/// A command's figures with both, Pintle's first.
type Pair<T> = [Vec<T>; 2];

const BOTH: [Program; 2] = [Program::Pintle, Program::Helm];

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn changes(context: &Context, chart: &Path, wrong: &mut Vec<String>) -> Result<(), String> {
    let chart = chart.display().to_string();
    let namespace = "speed-x";
    let rounds = if context.quick { 1 } else { 5 };
    let (mut installs, mut upgrades): (Pair<f64>, Pair<f64>) = Default::default();
    let mut rollbacks: Pair<f64> = Default::default();
    let mut uninstalls: Pair<f64> = Default::default();
    let install = [&["install", "kps", chart.as_str(), "--wait"], VALUES].concat();
    let upgrade = [&["upgrade", "kps", chart.as_str(), "--wait", CHANGED], VALUES].concat();
    let rollback = ["rollback", "kps", "1", "--wait"];
    let uninstall = ["uninstall", "kps", "--wait"];
    // The first of all also makes the definitions, which stay.
    for round in 0..=rounds {
        for (at, program) in BOTH.into_iter().enumerate() {
            context.create_namespace(namespace)?;
            let time = |command: &[&str], all: &mut Pair<f64>| -> Result<(), String> {
                let ended = context.run(program, namespace, command)?;
                if ended.status != Some(0) {
                    return Err(format!("{program:?} {}: {}", command.join(" "), ended.stderr));
                }
                if round > 0
                    && let Some(all) = all.get_mut(at)
                {
                    all.push(ended.time.as_secs_f64());
                }
                Ok(())
            };
            time(&install, &mut installs)?;
            time(&upgrade, &mut upgrades)?;
            time(&rollback, &mut rollbacks)?;
            time(&uninstall, &mut uninstalls)?;
            context.delete_namespace(namespace)?;
        }
    }
    let mut tell = |name: &str, [ours, theirs]: Pair<f64>, most: f64| {
        let (ours, theirs) = (median(ours), median(theirs));
        let ratio = ours / theirs;
        println!("{name:<34} {ours:>7.2} s of {theirs:>7.2} s: {ratio:.2}");
        if ratio > most {
            wrong.push(format!("{name} takes {ratio:.2} of Helm's time"));
        }
    };
    tell("install kube-prometheus-stack", installs, CHANGES);
    tell("upgrade kube-prometheus-stack", upgrades, CHANGES);
    tell("rollback kube-prometheus-stack", rollbacks, f64::INFINITY);
    tell("uninstall kube-prometheus-stack", uninstalls, f64::INFINITY);

    let mut requests: Pair<(usize, usize, u64)> = Default::default();
    for (at, program) in BOTH.into_iter().enumerate() {
        context.create_namespace(namespace)?;
        for command in [&install[..], &upgrade, &rollback, &uninstall] {
            let passed = proxied::run(context, program, namespace, command, Vec::new())?;
            if passed.status() != Some(0) {
                let said = passed.ended.map(|ended| ended.stderr).unwrap_or_default();
                return Err(format!("{program:?} {}: {said}", command.join(" ")));
            }
            // What Helm does not do at all: validation by dry runs, and heartbeats.
            let apart = |call: &&crate::proxy::Call| {
                call.path.contains("dryRun=All")
                    || (call.method == "PATCH" && call.path.contains("/secrets/sh.helm.release"))
            };
            let extra = passed.calls.iter().filter(apart).count();
            if let Some(all) = requests.get_mut(at) {
                all.push((passed.calls.len() - extra, extra, passed.bytes()));
            }
            if std::env::var_os("PINTLE_E2E_CALLS").is_some() {
                println!("{program:?} {}", command.join(" "));
                for call in &passed.calls {
                    println!("  {} {} {} {}", call.method, call.path, call.status, call.received);
                }
            }
        }
        context.delete_namespace(namespace)?;
    }
    let [ours, theirs] = requests;
    for (name, (own, helm)) in
        ["install", "upgrade", "rollback", "uninstall"].iter().zip(ours.iter().zip(&theirs))
    {
        println!(
            "{name:<34} {:>5} requests (and {} of validation and heartbeats) of {:>5}, {:>9} bytes of {:>9}",
            own.0, own.1, helm.0, own.2, helm.2
        );
        if own.0 > helm.0 {
            wrong.push(format!("{name} makes {} requests, Helm {}", own.0, helm.0));
        }
    }
    Ok(())
}

fn lists(context: &Context, chart: &Path, wrong: &mut Vec<String>) -> Result<(), String> {
    let namespace = "speed-list-x";
    fill(context, chart, namespace)?;
    let list = ["list", "--max=0"];
    let rounds = if context.quick { 3 } else { 11 };
    let mut times: Pair<f64> = Default::default();
    let mut outputs = Vec::new();
    for _ in 0..rounds {
        for (at, program) in BOTH.into_iter().enumerate() {
            let ended = finish(&mut context.command(program, namespace, &list))?;
            if ended.status != Some(0) || ended.stdout.lines().count() != RELEASES + 1 {
                let count = ended.stdout.lines().count();
                return Err(format!("{program:?} lists {count} lines: {}", ended.stderr));
            }
            if let Some(all) = times.get_mut(at) {
                all.push(ended.time.as_secs_f64());
            }
            outputs.push(ended.stdout);
        }
    }
    if outputs.iter().any(|output| Some(output) != outputs.first()) {
        return Err("the lists are not the same".to_owned());
    }
    let [ours, theirs] = times.map(median);
    println!("list of {RELEASES}: {ours:.3} s of {theirs:.3} s: {:.2}", ours / theirs);
    if ours / theirs > LIST_TIME {
        wrong.push(format!("list takes {:.2} of Helm's time", ours / theirs));
    }
    let memory = |program| memory(context, program, namespace, &list);
    match (memory(Program::Pintle), memory(Program::Helm)) {
        (Some(ours), Some(theirs)) => {
            println!("list of {RELEASES}: {ours:.0} MiB of {theirs:.0} MiB: {:.2}", ours / theirs);
            if ours / theirs > LIST_MEMORY {
                wrong.push(format!("list takes {:.2} of Helm's memory", ours / theirs));
            }
        }
        _ => println!("the memory is not known: there is no GNU time"),
    }
    context.delete_namespace(namespace)
}

/// The most memory that a command has at once, in MiB, by GNU's `time`.
fn memory(context: &Context, program: Program, namespace: &str, arguments: &[&str]) -> Option<f64> {
    let log: PathBuf = context.scratch.join("memory");
    let plain = context.command(program, namespace, arguments);
    let mut command = Command::new("time");
    command.args(["-f", "%M", "-o"]).arg(&log).arg(plain.get_program()).args(arguments);
    command.env_clear().stdout(Stdio::null()).stderr(Stdio::null());
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.status().ok()?;
    let text = tools::read(&log).ok()?;
    Some(text.lines().last()?.trim().parse::<f64>().ok()? / 1024.0)
}

/// Writes the records of so many releases, as Helm would: copies of one that Helm made.
fn fill(context: &Context, chart: &Path, namespace: &str) -> Result<(), String> {
    context.delete_namespace(namespace)?;
    context.create_namespace(namespace)?;
    let chart = match chart.exists() {
        true => chart.to_path_buf(),
        false => context.chart("app", namespace)?,
    };
    let chart = chart.display().to_string();
    context.must(Program::Helm, namespace, &["install", "one", &chart, "--no-hooks"])?;
    let records = records::all(&context.server, namespace)?;
    let record = records.first().ok_or("there is no record of the release")?;
    context.must(Program::Helm, namespace, &["uninstall", "one", "--no-hooks"])?;
    let collection = format!("/api/v1/namespaces/{namespace}/secrets");
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        if number >= RELEASES {
                            return Ok(());
                        }
                        let name = format!("r{number:04}");
                        let text = record.text.replacen(r#"{"name":"one""#, &format!(r#"{{"name":"{name}""#), 1);
                        let mut labels = record.labels.clone();
                        labels["name"] = name.as_str().into();
                        let object = json!({
                            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
                            "metadata": {"name": format!("sh.helm.release.v1.{name}.v1"), "labels": labels},
                            "data": {"release": encode(&text)?},
                        });
                        context.server.object("POST", &collection, Some(&object))?;
                    }
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err("a thread has failed".to_owned()))
        })
    })
}

fn encode(text: &str) -> Result<String, String> {
    use std::io::Write;

    let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
    zipped.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    let zipped = zipped.finish().map_err(|error| error.to_string())?;
    Ok(BASE64.encode(BASE64.encode(&zipped).as_bytes()))
}
