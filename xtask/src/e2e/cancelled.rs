//! Broken off with Ctrl-C: the record says what happened, and the next command goes on.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::context::{Context, Program};
use super::{Outcome, twin};

const NAMESPACE: &str = "cancelled-x";

/// Ctrl-C while it is waited, once and twice.
pub(crate) fn pintle(context: &mut Context) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    context.delete_namespace(NAMESPACE)?;
    context.create_namespace(NAMESPACE)?;
    let chart = context.chart("app", NAMESPACE)?.display().to_string();
    let never = "--set=pod=not-ready";
    let install = ["install", "app", &chart, "--wait", "--no-hooks", never];
    let upgrade = ["upgrade", "app", &chart, "--wait", "--no-hooks", never];
    let hooked = ["upgrade", "app", &chart, "--set=hook.pod=runs"];
    let mend = ["upgrade", "app", &chart, "--no-hooks"];

    // Each revision, with what is to be in its record after Ctrl-C.
    for (words, state) in [(&install[..], "failed"), (&upgrade, "failed"), (&hooked, "failed")] {
        let shown = words.join(" ");
        let mut child = start(context, words)?;
        let revision = pending(context, &mut child)?;
        // It is under way now: applying or waiting.
        std::thread::sleep(Duration::from_millis(1500));
        let asked = Instant::now();
        interrupt(&child)?;
        let status = ended(&mut child, Duration::from_secs(10))?;
        if status != Some(1) {
            return Err(format!("{shown}: after Ctrl-C it ended with {status:?}"));
        }
        let (found, held, words) = record(context, &revision)?;
        let time = asked.elapsed();
        println!("{shown}: {found} {time:.1?} after Ctrl-C: {words}");
        if found != state || held || !words.contains("context canceled") {
            return Err(format!("{shown}: the record is {found}, held: {held}: {words}"));
        }
        context.must(Program::Pintle, NAMESPACE, &mend)?;
    }

    // Twice: it ends at once, and the record is left under way, for the next one to find.
    let mut child = start(context, &upgrade)?;
    let revision = pending(context, &mut child)?;
    std::thread::sleep(Duration::from_millis(500));
    stop(&child, "-STOP")?;
    interrupt(&child)?;
    child.kill().map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    let (found, held, _) = record(context, &revision)?;
    if found != "pending-upgrade" || !held {
        return Err(format!("a killed upgrade left its record {found}, held: {held}"));
    }
    context.must(Program::Pintle, NAMESPACE, &mend)?;
    let (found, _, words) = record(context, &revision)?;
    println!("killed: {found}: {words}");
    if found != "failed" || !words.starts_with("Interrupted while pending-upgrade: ") {
        return Err(format!("the next command left the record {found}: {words}"));
    }
    context.delete_namespace(NAMESPACE)?;
    Ok(Outcome::Passed)
}

fn start(context: &Context, words: &[&str]) -> Result<Child, String> {
    let mut command: Command = context.command(Program::Pintle, NAMESPACE, words);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|error| error.to_string())
}

fn stop(child: &Child, signal: &str) -> Result<(), String> {
    let mut kill = Command::new("kill");
    let status = kill.args([signal, &child.id().to_string()]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        other => Err(format!("kill {signal}: {other:?}")),
    }
}

fn interrupt(child: &Child) -> Result<(), String> {
    stop(child, "-INT")
}

/// Waits until a revision is under way, and gives its object's name.
fn pending(context: &Context, child: &mut Child) -> Result<String, String> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        let records = context.records(NAMESPACE)?;
        let pending = records.iter().find(|one| {
            one.labels["status"].as_str().is_some_and(|status| status.starts_with("pending"))
        });
        if let Some(record) = pending {
            return Ok(record.name.clone());
        }
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Err(format!("it has ended before anything was recorded: {status}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("nothing was recorded".to_owned())
}

fn ended(child: &mut Child, patience: Duration) -> Result<Option<i32>, String> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status.code());
        }
        if start.elapsed() > patience {
            child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
            return Err("it did not end after Ctrl-C".to_owned());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A record's status, whether it has a holder, and its description.
fn record(context: &Context, name: &str) -> Result<(String, bool, String), String> {
    let records = context.records(NAMESPACE)?;
    let record = records.into_iter().find(|one| one.name == name).ok_or("it is gone")?;
    let release: serde_json::Value =
        serde_json::from_str(&record.text).map_err(|error| error.to_string())?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok((text(&release["info"]["status"]), record.held, text(&release["info"]["description"])))
}
