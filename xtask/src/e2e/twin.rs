//! The twin test: the same commands with one program in one namespace and with another in another;
//! after each, exit status, output, error, live objects and release records must be equal.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::context::{Context, Ended, Program};
use super::steps::{ANY, Action, STEPS, Step};
use super::{Outcome, difference, live, normal};

/// How long the cluster may take to come to rest after a command.
const PATIENCE: Duration = Duration::from_secs(15);

/// Flags that choose how objects are applied.
#[derive(Clone, Copy)]
struct Way {
    install: &'static [&'static str],
    upgrade: &'static [&'static str],
    force: &'static [&'static str],
}

const SERVER_SIDE: Way = Way { install: &[], upgrade: &[], force: &["--force-conflicts"] };
const CLIENT_SIDE: Way = Way {
    install: &["--server-side=false"],
    upgrade: &["--server-side=false"],
    // Replacing fails at a claim that is bound, with the volume's name, which is by chance.
    force: &[],
};

/// One of the two.
struct Side {
    program: Program,
    namespace: String,
    chart: String,
}

/// What is compared after a step.
#[derive(Default)]
struct Shown {
    status: Value,
    stdout: Value,
    stderr: String,
    time: Duration,
}

/// Proves that the comparison is sound: Helm does not differ from itself, and differences that are
/// put there are found.
pub(crate) fn helm_with_itself(context: &mut Context) -> Result<Outcome, String> {
    let sides = sides(context, "self", [Program::Helm, Program::Helm])?;
    walk(context, &sides, SERVER_SIDE)?;
    if !context.quick {
        let sides = self::sides(context, "self", [Program::Helm, Program::Helm])?;
        walk(context, &sides, CLIENT_SIDE)?;
    }
    planted(context)?;
    Ok(Outcome::Passed)
}

/// Helm and Pintle with server-side apply.
pub(crate) fn server_side(context: &mut Context) -> Result<Outcome, String> {
    with_pintle(context, "twin", SERVER_SIDE)
}

/// Helm and Pintle, with the records wherever the context keeps them.
pub(super) fn beside(context: &mut Context, name: &str) -> Result<(), String> {
    let sides = sides(context, name, [Program::Helm, Program::Pintle])?;
    walk(context, &sides, SERVER_SIDE)
}

/// Helm and Pintle with client-side apply.
pub(crate) fn client_side(context: &mut Context) -> Result<Outcome, String> {
    with_pintle(context, "client", CLIENT_SIDE)
}

/// Why Pintle cannot be compared yet.
pub(super) fn missing(context: &Context) -> Option<String> {
    let commands =
        ["get", "history", "install", "list", "rollback", "status", "test", "uninstall", "upgrade"];
    let missing: Vec<_> =
        commands.into_iter().filter(|command| !context.knows(Program::Pintle, command)).collect();
    (!missing.is_empty()).then(|| format!("pintle has no {}", missing.join(", ")))
}

fn with_pintle(context: &mut Context, name: &str, way: Way) -> Result<Outcome, String> {
    if let Some(missing) = missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let sides = sides(context, name, [Program::Helm, Program::Pintle])?;
    walk(context, &sides, way)?;
    Ok(Outcome::Passed)
}

/// Two empty namespaces, each with its copy of the chart.
fn sides(context: &Context, name: &str, programs: [Program; 2]) -> Result<[Side; 2], String> {
    let side = |program, letter: &str| {
        let namespace = format!("{name}-{letter}");
        context.delete_namespace(&format!("{namespace}-more"))?;
        context.delete_namespace(&namespace)?;
        context.create_namespace(&namespace)?;
        let chart = context.chart("app", &namespace)?.display().to_string();
        Ok::<_, String>(Side { program, namespace, chart })
    };
    let [one, other] = programs;
    Ok([side(one, "x")?, side(other, "y")?])
}

/// Takes all steps on both sides, and tells of every one after which they differ.
fn walk(context: &Context, sides: &[Side; 2], way: Way) -> Result<(), String> {
    let mut wrong = Vec::new();
    let mut times = [Duration::ZERO; 2];
    for (number, step) in STEPS.iter().enumerate() {
        let [one, other] = both(context, sides, step, way)?;
        for (time, shown) in times.iter_mut().zip([&one, &other]) {
            *time += shown.time;
        }
        let mut found = difference::between(&one.status, &other.status);
        // A database takes a record into a namespace that is not there, and commands end otherwise.
        let known = step.status != ANY && context.database.is_none();
        if known && one.status != step.status {
            found.push(format!("Helm's status is {}, not {}", one.status, step.status));
        }
        let lines = difference::between(&one.stdout, &other.stdout);
        found.extend(lines.into_iter().map(|line| format!("stdout {line}")));
        if let Action::Run(_) = step.action {
            let [first, second] = sides;
            let one = normal::error(&one.stderr, &first.namespace);
            let other = normal::error(&other.stderr, &second.namespace);
            // What Pintle adds comes behind it.
            if !other.starts_with(&one) || one.is_empty() != other.is_empty() {
                found.push(format!("error: {one} | {other}"));
            }
        }
        if !found.is_empty() {
            found.push(format!("stderr: {}", one.stderr.trim_end()));
            found.push(format!("stderr: {}", other.stderr.trim_end()));
        }
        found.extend(settled(context, sides)?);
        let end = if found.is_empty() { "equal" } else { "DIFFERENT" };
        println!("{:>3} {:<34} {:>3} {end}", number + 1, step.name, one.status);
        found.iter().for_each(|line| println!("      {line}"));
        if !found.is_empty() {
            wrong.push(step.name);
        }
    }
    let [one, other] = times.map(|time| time.as_secs_f64());
    let [first, second] = sides;
    println!("{:?}: {one:.1} s, {:?}: {other:.1} s", first.program, second.program);
    if wrong.is_empty() { Ok(()) } else { Err(format!("different after: {}", wrong.join("; "))) }
}

/// Takes a step on both sides at once.
fn both(context: &Context, sides: &[Side; 2], step: &Step, way: Way) -> Result<[Shown; 2], String> {
    let [one, other] = sides;
    std::thread::scope(|scope| {
        let one = scope.spawn(|| take(context, one, step, way));
        let other = take(context, other, step, way)?;
        let one = one.join().map_err(|_| "a thread has ended".to_owned())??;
        Ok([one, other])
    })
}

fn take(context: &Context, side: &Side, step: &Step, way: Way) -> Result<Shown, String> {
    let namespace = &side.namespace;
    match step.action {
        Action::Run(arguments) => {
            let ended = command(context, side, arguments, way)?;
            Ok(Shown {
                status: ended.status.into(),
                stdout: match arguments.first() {
                    Some(&"status") => normal::status(&ended.stdout, namespace),
                    _ => normal::printed(&ended.stdout, namespace).into(),
                },
                stderr: ended.stderr,
                time: ended.time,
            })
        }
        Action::Refused(_) if side.program != Program::Pintle => {
            Ok(Shown { status: step.status.into(), ..Shown::default() })
        }
        Action::Refused(arguments) => {
            let before = state(context, namespace)?;
            let ended = command(context, side, arguments, way)?;
            let changed = difference::between(&before, &state(context, namespace)?);
            Ok(Shown {
                status: ended.status.into(),
                stdout: match ended.stdout + &changed.join("\n") {
                    told if told.is_empty() => Value::Null,
                    told => told.into(),
                },
                stderr: ended.stderr,
                time: ended.time,
            })
        }
        Action::Put(group, collection, object) => {
            let path = format!("/{group}/namespaces/{namespace}/{collection}");
            context.put(&path, &object())?;
            Ok(Shown { status: 0.into(), ..Shown::default() })
        }
        Action::Apply(group, object, patch) => {
            let path = format!(
                "/{group}/namespaces/{namespace}/{object}?fieldManager=somebody&force=true"
            );
            let patch = patch().to_string();
            let content = Some(("application/apply-patch+yaml", patch.as_bytes()));
            match context.server.request("PATCH", &path, content)? {
                (200 | 201, _) => Ok(Shown { status: 0.into(), ..Shown::default() }),
                (status, body) => Err(format!("{status}: {}", String::from_utf8_lossy(&body))),
            }
        }
    }
}

/// Runs a program with a step's arguments.
fn command(context: &Context, side: &Side, arguments: &[&str], way: Way) -> Result<Ended, String> {
    let mut all: Vec<String> = Vec::new();
    for argument in arguments {
        match *argument {
            "CHART" => all.push(side.chart.clone()),
            "FORCE" => all.extend(way.force.iter().map(ToString::to_string)),
            other => all.push(other.replace("@NAMESPACE@", &side.namespace)),
        }
    }
    let chosen = arguments.iter().any(|argument| argument.starts_with("--server-side="));
    let flags = match arguments.first() {
        Some(&"install") if !chosen => way.install,
        Some(&"upgrade" | &"rollback") if !chosen => way.upgrade,
        _ => &[],
    };
    all.extend(flags.iter().map(ToString::to_string));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    context.run(side.program, &side.namespace, &all)
}

/// What differs when the cluster has come to rest.
fn settled(context: &Context, sides: &[Side; 2]) -> Result<Vec<String>, String> {
    let start = Instant::now();
    loop {
        let [one, other] = sides;
        let found = difference::between(
            &state(context, &one.namespace)?,
            &state(context, &other.namespace)?,
        );
        if found.is_empty() || start.elapsed() > PATIENCE {
            return Ok(found);
        }
        sleep(Duration::from_millis(300));
    }
}

/// The live objects and release records of a namespace.
fn state(context: &Context, namespace: &str) -> Result<Value, String> {
    let objects = live::objects(&context.server, namespace)?;
    let mut kept = BTreeMap::new();
    for record in context.records(namespace)? {
        kept.insert(record.name.clone(), record.normal(namespace)?);
    }
    Ok(json!({"objects": objects, "records": kept}))
}

/// Puts differences there, one at a time, each of which must be found.
fn planted(context: &Context) -> Result<(), String> {
    let sides = sides(context, "plant", [Program::Helm, Program::Helm])?;
    for side in &sides {
        context.must(side.program, &side.namespace, &["install", "app", &side.chart])?;
    }
    if let Some(line) = settled(context, &sides)?.first() {
        return Err(format!("two installs differ: {line}"));
    }
    let [_, other] = &sides;
    let namespace = format!("/api/v1/namespaces/{}", other.namespace);
    let maps = format!("{namespace}/configmaps");
    let merge = |path: &str, patch: Value| {
        context.server.object("PATCH", &format!("{path}?fieldManager=helm"), Some(&patch))
    };
    let expect = |place: &str| {
        let found = differences_now(context, &sides)?;
        println!("planted: {}", found.join("; "));
        match found.iter().all(|line| line.starts_with(place)) && !found.is_empty() {
            true => Ok(()),
            false => Err(format!("a difference below {place} was planted, found were: {found:?}")),
        }
    };
    let map = format!("{maps}/app");
    merge(&map, json!({"data": {"planted": "x"}}))?;
    expect("/objects/configmaps/app/")?;
    merge(&map, json!({"data": {"planted": null}}))?;

    let left = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "left-over"}});
    context.put(&maps, &left)?;
    expect("/objects/configmaps/left-over")?;
    context.server.object("DELETE", &format!("{maps}/left-over"), None)?;

    let record = format!("{namespace}/secrets/sh.helm.release.v1.app.v1");
    merge(&record, json!({"metadata": {"labels": {"status": "failed"}}}))?;
    expect("/records/sh.helm.release.v1.app.v1/labels/status")?;
    merge(&record, json!({"metadata": {"labels": {"status": "deployed"}}}))?;
    context.must(other.program, &other.namespace, &["upgrade", "app", &other.chart])?;
    expect("/")?;
    for side in &sides {
        context.delete_namespace(&side.namespace)?;
    }
    Ok(())
}

/// What differs at this moment.
fn differences_now(context: &Context, sides: &[Side; 2]) -> Result<Vec<String>, String> {
    let [one, other] = sides;
    let (one, other) = (state(context, &one.namespace)?, state(context, &other.namespace)?);
    Ok(difference::between(&one, &other))
}
