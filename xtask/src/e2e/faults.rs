//! What the server or the network does wrong: what passes is outlived, what lasts ends in an error
//! in good time, and the next command goes on from there.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::context::{Context, Program};
use super::{Outcome, live, proxied, records, twin};
use crate::proxy::{Fault, Rule};

/// How a command must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All is done.
    Done,
    /// It says that it is not.
    Refused,
    /// What was installed is there, but the exit status says that the record does not say so.
    Unrecorded,
}

/// A fault, the command that meets it, and what must come of it.
struct Case {
    name: &'static str,
    command: &'static [&'static str],
    rules: fn() -> Vec<Rule>,
    end: End,
    /// Seconds that it takes at least and at most.
    time: (u64, u64),
    /// What standard error has in it.
    says: &'static str,
}

const LIST: &[&str] = &["list", "--request-timeout=3s"];
const INSTALL: &[&str] = &["install", "app", "CHART", "--request-timeout=3s"];
const RECORD: &str = "/secrets/sh.helm.release";

fn always(method: &str, path: &str, fault: Fault) -> Vec<Rule> {
    vec![Rule::on(method, path, fault)]
}

fn some(method: &str, path: &str, fault: Fault, times: usize) -> Vec<Rule> {
    vec![Rule::on(method, path, fault).times(times)]
}

/// The last write of a record, behind those of hooks: rules hold for all but so many.
fn last_record(fault: Fault, times: usize) -> Vec<Rule> {
    // Two hooks before and one after the objects write the record when they begin.
    vec![Rule { skip: 3, ..Rule::on("PUT", RECORD, fault).times(times) }]
}

const PUT_OFF: Fault = Fault::Status(429, Some(1));
const BROKEN: Fault = Fault::Status(500, None);
const BUSY: Fault = Fault::Status(503, None);

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "429 three times", command: LIST, rules: || some("GET", "/secrets", PUT_OFF, 3),
        end: End::Done, time: (3, 8), says: "" },
    Case { name: "429 for ever", command: LIST, rules: || always("GET", "/secrets", PUT_OFF),
        end: End::Refused, time: (5, 20), says: "429" },
    Case { name: "500 twice", command: LIST, rules: || some("GET", "/secrets", BROKEN, 2),
        end: End::Done, time: (0, 8), says: "" },
    Case { name: "500 for ever", command: LIST, rules: || always("GET", "/secrets", BROKEN),
        end: End::Refused, time: (0, 10), says: "500" },
    Case { name: "503 twice", command: LIST, rules: || some("GET", "/secrets", BUSY, 2),
        end: End::Done, time: (0, 8), says: "" },
    Case { name: "reset twice", command: LIST, rules: || some("GET", "/secrets", Fault::Reset, 2),
        end: End::Done, time: (0, 8), says: "" },
    Case { name: "reset for ever", command: LIST, rules: || always("GET", "/secrets", Fault::Reset),
        end: End::Refused, time: (0, 10), says: "reset" },
    Case { name: "truncated twice", command: LIST, rules: || some("GET", "/secrets", Fault::Truncate, 2),
        end: End::Done, time: (0, 8), says: "" },
    Case { name: "truncated for ever", command: LIST, rules: || always("GET", "/secrets", Fault::Truncate),
        end: End::Refused, time: (0, 10), says: "unexpected EOF" },
    Case { name: "silent once", command: LIST, rules: || some("GET", "/secrets", Fault::Silence, 1),
        end: End::Done, time: (3, 10), says: "" },
    Case { name: "silent for ever", command: LIST, rules: || always("GET", "/secrets", Fault::Silence),
        end: End::Refused, time: (3, 15), says: "did not answer within 3s" },
    Case { name: "silent from the first call", command: LIST, rules: || always("", "", Fault::Silence),
        end: End::Refused, time: (3, 15), says: "did not answer within 3s" },
    Case { name: "409 for the new record", command: INSTALL,
        rules: || some("POST", "/secrets", Fault::Status(409, None), 1),
        end: End::Refused, time: (0, 15), says: "" },
    Case { name: "500 for the new record", command: INSTALL, rules: || some("POST", "/secrets", BROKEN, 1),
        end: End::Done, time: (0, 60), says: "" },
    Case { name: "500 for the last record, twice", command: INSTALL, rules: || last_record(BROKEN, 2),
        end: End::Done, time: (0, 60), says: "" },
    Case { name: "409 for the last record, twice", command: INSTALL,
        rules: || last_record(Fault::Status(409, None), 2),
        end: End::Done, time: (0, 60), says: "" },
    Case { name: "reset at the last record, twice", command: INSTALL, rules: || last_record(Fault::Reset, 2),
        end: End::Done, time: (0, 60), says: "" },
    Case { name: "500 for the last record, for ever", command: INSTALL,
        rules: || last_record(BROKEN, usize::MAX),
        end: End::Unrecorded, time: (5, 120), says: "its record could not be written" },
    Case { name: "the last record is never answered", command: INSTALL,
        rules: || last_record(Fault::Silence, usize::MAX),
        end: End::Unrecorded, time: (5, 180), says: "its record could not be written" },
];

/// Faults that pass, at any call whatever.
const PASSING: &[(&str, Fault)] = &[
    ("429", PUT_OFF),
    ("500", BROKEN),
    ("409", Fault::Status(409, None)),
    ("a reset", Fault::Reset),
    ("half an answer", Fault::Truncate),
];

/// Those who must be outlived wherever they come: the rest may end in an error.
fn must_pass(fault: Fault) -> bool {
    !matches!(fault, Fault::Status(500 | 409, _))
}

/// Something that is done in a namespace of its own.
type Work<'a> = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync + 'a>;

/// Runs all of them.
pub(crate) fn pintle(context: &mut Context) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let mut work: Vec<Work<'_>> = Vec::new();
    let context = &*context;
    for case in CASES {
        work.push(Box::new(move |namespace| one(context, case, namespace)));
    }
    let step = if context.quick { 23 } else { 1 };
    let upgrade = ["upgrade", "app", "CHART", "--set=replicas=3,extra=true"];
    let rollback = ["rollback", "app", "1"];
    for (number, command) in [INSTALL, &upgrade, &rollback].into_iter().enumerate() {
        let calls = calls(context, command, &format!("faults-peace-{number}"))?;
        println!("{}: {calls} calls", command.join(" "));
        let command = command.to_vec();
        for call in (0..calls).step_by(step) {
            for (name, fault) in PASSING {
                let command = command.clone();
                work.push(Box::new(move |namespace| {
                    anywhere(context, &command, call, *fault, namespace)
                        .map_err(|error| format!("{name} at call {call}: {error}"))
                }));
            }
        }
    }
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some(work) = work.get(number) else { return };
                    let namespace = format!("faults-{number}-x");
                    if let Err(error) =
                        context.create_namespace(&namespace).and_then(|()| work(&namespace))
                    {
                        println!("{error}");
                        if let Ok(mut wrong) = wrong.lock() {
                            wrong.push(error);
                        }
                    }
                    let path = format!("/api/v1/namespaces/{namespace}");
                    // It goes with the cluster at the latest.
                    let _ = context.server.request("DELETE", &path, None);
                }
            });
        }
    });
    println!("{} faults", work.len());
    let wrong = wrong.into_inner().map_err(|_| "a thread has failed".to_owned())?;
    if wrong.is_empty() { Ok(Outcome::Passed) } else { Err(wrong.join("\n")) }
}

fn with_chart<'a>(command: &[&'a str], chart: &'a str) -> Vec<&'a str> {
    command.iter().map(|word| if *word == "CHART" { chart } else { *word }).collect()
}

fn one(context: &Context, case: &Case, namespace: &str) -> Result<(), String> {
    let chart = context.chart("app", namespace)?.display().to_string();
    let command = with_chart(case.command, &chart);
    let start = Instant::now();
    let passed = proxied::run(context, Program::Pintle, namespace, &command, (case.rules)())?;
    let time = start.elapsed();
    let said = passed.ended.as_ref().map(|ended| ended.stderr.clone()).unwrap_or_default();
    let status = passed.status();
    let fails =
        |why: &str| Err(format!("{}: {why}: {status:?} after {time:.1?}: {said}", case.name));
    println!(
        "{:<38} {status:?} {:>6.1} s {:>3} calls",
        case.name,
        time.as_secs_f64(),
        passed.calls.len()
    );
    let good = if case.end == End::Done { Some(0) } else { Some(1) };
    if status != good {
        return fails("the exit status");
    }
    if !said.contains(case.says) {
        return fails("the words");
    }
    if time < Duration::from_secs(case.time.0) || time > Duration::from_secs(case.time.1) {
        return fails("the time");
    }
    if case.command == LIST {
        return Ok(());
    }
    let states = states(context, namespace)?;
    let expected: &[&str] = match case.end {
        End::Done => &["deployed"],
        End::Refused => &[],
        End::Unrecorded => &["pending-install"],
    };
    if states != expected {
        return fails(&format!("the records are {states:?}"));
    }
    next(context, &chart, namespace).or_else(|error| fails(&error))
}

/// The next command, without a fault, brings the release into order.
fn next(context: &Context, chart: &str, namespace: &str) -> Result<(), String> {
    let upgrade = ["upgrade", "--install", "app", chart, "--no-hooks"];
    context.must(Program::Pintle, namespace, &upgrade)?;
    let states = states(context, namespace)?;
    let deployed = states.iter().filter(|state| *state == "deployed").count();
    if deployed != 1 || states.last().is_none_or(|last| last != "deployed") {
        return Err(format!("after the next command the records are {states:?}"));
    }
    let live = live::objects(&context.server, namespace)?;
    for name in ["deployments.apps/app", "deployments/app", "services/app"] {
        if live.contains_key(name) {
            return Ok(());
        }
    }
    Err(format!("after the next command there are {:?}", live.keys()))
}

/// The states of a namespace's records, the oldest first.
fn states(context: &Context, namespace: &str) -> Result<Vec<String>, String> {
    let records = records::all(&context.server, namespace)?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut states: Vec<(u32, String)> = records
        .iter()
        .map(|one| {
            let version = text(&one.labels["version"]).parse().unwrap_or_default();
            (version, text(&one.labels["status"]))
        })
        .collect();
    states.sort();
    Ok(states.into_iter().map(|(_, state)| state).collect())
}

/// What goes before a command.
fn before(context: &Context, command: &[&str], chart: &str, namespace: &str) -> Result<(), String> {
    let install = ["install", "app", chart, "--no-hooks"];
    let upgrade = ["upgrade", "app", chart, "--no-hooks", "--set=extra=true"];
    let before: &[&[&str]] = match command.first() {
        Some(&"upgrade") => &[&install],
        Some(&"rollback") => &[&install, &upgrade],
        _ => &[],
    };
    before.iter().try_for_each(|words| context.must(Program::Pintle, namespace, words).map(drop))
}

fn calls(context: &Context, command: &[&str], namespace: &str) -> Result<usize, String> {
    context.create_namespace(namespace)?;
    let chart = context.chart("app", namespace)?.display().to_string();
    before(context, command, &chart, namespace)?;
    let command = with_chart(command, &chart);
    let passed = proxied::run(context, Program::Pintle, namespace, &command, Vec::new())?;
    let said = passed.ended.as_ref().map(|ended| ended.stderr.clone()).unwrap_or_default();
    match passed.status() {
        Some(0) => Ok(passed.calls.len()),
        status => Err(format!("{} in peace: {status:?}: {said}", command.join(" "))),
    }
}

/// One fault at one call: the command succeeds and all is as it must be, or it fails and the next
/// one succeeds.
fn anywhere(
    context: &Context,
    command: &[&str],
    call: usize,
    fault: Fault,
    namespace: &str,
) -> Result<(), String> {
    let chart = context.chart("app", namespace)?.display().to_string();
    before(context, command, &chart, namespace)?;
    let words = with_chart(command, &chart);
    let rules = vec![Rule::at(call, fault)];
    let passed = proxied::run(context, Program::Pintle, namespace, &words, rules)?;
    let said = passed.ended.as_ref().map(|ended| ended.stderr.clone()).unwrap_or_default();
    let hit = passed.calls.get(call).map(|call| format!("{} {}", call.method, call.path));
    let what =
        format!("{} ({}): {:?}: {said}", words.join(" "), hit.unwrap_or_default(), passed.status());
    match passed.status() {
        Some(0) => {
            let states = states(context, namespace)?;
            if states.last().is_none_or(|last| last != "deployed") {
                return Err(format!("{what}: it succeeded, but the records are {states:?}"));
            }
        }
        Some(1) if must_pass(fault) => return Err(format!("{what}: it was not outlived")),
        Some(1) => {}
        _ => return Err(what),
    }
    next(context, &chart, namespace).map_err(|error| format!("{what}: {error}"))
}
