//! Programs that talk to the server through the proxy; here Helm, which proves the proxy itself.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::context::{Context, Ended, Program, finish};
use super::{Outcome, records};
use crate::proxy::{Call, Fault, Proxy, Rule};

/// How a command went through the proxy.
pub(crate) struct Passed {
    /// What it has come to; none where it was killed at a call.
    pub(crate) ended: Option<Ended>,
    /// Its calls.
    pub(crate) calls: Vec<Call>,
}

impl Passed {
    /// Bytes of requests and answers, as they went over the network.
    pub(crate) fn bytes(&self) -> u64 {
        self.calls.iter().map(|call| call.sent + call.received).sum()
    }

    /// The exit status; none where a signal has ended it.
    pub(crate) fn status(&self) -> Option<i32> {
        self.ended.as_ref().and_then(|ended| ended.status)
    }
}

/// Runs a program through a proxy with rules; it is killed with SIGKILL when one stops a call.
pub(crate) fn run(
    context: &Context,
    program: Program,
    namespace: &str,
    arguments: &[&str],
    rules: Vec<Rule>,
) -> Result<Passed, String> {
    let stops = rules.iter().any(|rule| matches!(rule.fault, Fault::StopBefore | Fault::StopAfter));
    let proxy = Proxy::start(context.server.clone(), rules)?;
    let kubeconfig: PathBuf = context.scratch.join(format!("proxy-{namespace}"));
    proxy.kubeconfig(&context.cluster.kubeconfig(), &kubeconfig)?;
    if !stops {
        let mut command: Command = context.command(program, namespace, arguments);
        let ended = finish(command.env("KUBECONFIG", &kubeconfig))?;
        return Ok(Passed { ended: Some(ended), calls: proxy.calls() });
    }
    let mut child = context.spawn(program, namespace, arguments, &kubeconfig)?;
    loop {
        let stopped = proxy.stopped(Duration::from_millis(50)).is_some();
        if stopped {
            child.kill().map_err(|error| error.to_string())?;
        }
        let status = child.try_wait().map_err(|error| error.to_string())?;
        if stopped || status.is_some() {
            child.wait().map_err(|error| error.to_string())?;
            let ended = status.map(|status| Ended {
                status: status.code(),
                stdout: String::new(),
                stderr: String::new(),
                time: Duration::ZERO,
            });
            return Ok(Passed { ended, calls: proxy.calls() });
        }
    }
}

/// Lets Helm install through the proxy, in peace and with every fault.
pub(crate) fn helm(context: &mut Context) -> Result<Outcome, String> {
    let namespace = "proxy-x";
    let chart = context.chart("app", namespace)?.display().to_string();
    let again = |context: &Context| {
        context.delete_namespace(namespace)?;
        context.create_namespace(namespace)
    };
    let install = ["install", "app", chart.as_str(), "--timeout=60s"];
    again(context)?;
    let peace = run(context, Program::Helm, namespace, &install, Vec::new())?;
    check(peace.status() == Some(0), "an install in peace", &peace)?;
    let calls = peace.calls.len();
    println!("install: {calls} calls, {} bytes", peace.bytes());

    let created = Rule::on("POST", "/secrets", Fault::StopAfter).times(1);
    again(context)?;
    let killed = run(context, Program::Helm, namespace, &install, vec![created])?;
    check(killed.ended.is_none(), "a kill when the record is written", &killed)?;
    let found = records::all(&context.server, namespace)?;
    let pending = found.iter().filter(|record| record.labels["status"] == "pending-install");
    if found.len() != 1 || pending.count() != 1 {
        return Err(format!("{} records after the kill, not one that is pending", found.len()));
    }
    let upgrade = ["upgrade", "app", chart.as_str()];
    let stuck = context.run(Program::Helm, namespace, &upgrade)?;
    println!("upgrade after the kill: {:?}: {}", stuck.status, stuck.stderr.trim_end());

    again(context)?;
    let before =
        run(context, Program::Helm, namespace, &install, vec![Rule::at(0, Fault::StopBefore)])?;
    check(before.ended.is_none() && before.calls.len() == 1, "a kill at the first call", &before)?;
    let none = records::all(&context.server, namespace)?;
    check(none.is_empty(), "nothing written before the first call", &before)?;

    let faults = [
        ("429", Fault::Status(429, Some(1)), Some(0)),
        // Go asks once more when a connection that it has used before is reset.
        ("reset", Fault::Reset, Some(0)),
        ("500", Fault::Status(500, None), Some(1)),
        ("409", Fault::Status(409, None), Some(1)),
        ("truncated", Fault::Truncate, Some(1)),
    ];
    for (name, fault, expected) in faults {
        again(context)?;
        let rule = Rule::on("", "/services", fault).times(1);
        let passed = run(context, Program::Helm, namespace, &install, vec![rule])?;
        let words = passed.ended.as_ref().map(|ended| ended.stderr.trim_end().to_owned());
        println!("{name}: {:?}: {}", passed.status(), words.unwrap_or_default());
        let hit = passed.calls.iter().any(|call| call.path.contains("/services"));
        check(hit && passed.status() == expected, name, &passed)?;
    }

    again(context)?;
    let rule = Rule::on("", "/services", Fault::Silence);
    let mut command = context.command(Program::Helm, namespace, &install);
    let proxy = Proxy::start(context.server.clone(), vec![rule])?;
    let kubeconfig = context.scratch.join("silent");
    proxy.kubeconfig(&context.cluster.kubeconfig(), &kubeconfig)?;
    let mut child =
        command.env("KUBECONFIG", &kubeconfig).spawn().map_err(|error| error.to_string())?;
    std::thread::sleep(Duration::from_secs(8));
    let silent = child.try_wait().map_err(|error| error.to_string())?.is_none();
    child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
    if !silent {
        return Err("Helm has ended, though a server that says nothing keeps it waiting".to_owned());
    }
    context.delete_namespace(namespace)?;
    Ok(Outcome::Passed)
}

fn check(holds: bool, what: &str, passed: &Passed) -> Result<(), String> {
    if holds {
        return Ok(());
    }
    let stderr = passed.ended.as_ref().map(|ended| ended.stderr.as_str()).unwrap_or_default();
    let last = passed.calls.last().map(|call| format!("{} {}", call.method, call.path));
    Err(format!("{what}: {:?} after {last:?}: {stderr}", passed.status()))
}
