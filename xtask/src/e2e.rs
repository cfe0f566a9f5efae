//! What is tried on a real control plane and a real registry: `cargo xtask e2e`.
//!
//! A scenario is a function in a file of its own under `xtask/src/e2e`, and a line in [`SCENARIOS`]. The
//! cluster is started if one of those wanted needs it.

mod cancelled;
mod charts;
mod context;
mod database;
mod difference;
mod faults;
mod killed;
mod live;
mod mixed;
mod normal;
mod others;
mod proxied;
mod records;
mod requests;
mod speed;
mod sql;
mod steps;
mod twin;
mod wares;
mod writers;

use std::time::Instant;

use crate::cluster::{Cluster, Options, build};
use context::{Context, Desk};

const USAGE: &str =
    "usage: cargo xtask e2e [--quick] [--only NAME]… [--release] [--keep] [--name NAME]";

/// How a scenario ends.
enum Outcome {
    /// All is as it must be.
    Passed,
    /// It cannot be run yet, for this reason.
    LeftOut(String),
}

struct Scenario {
    name: &'static str,
    /// Whether the quick run has it.
    quick: bool,
    run: Run,
}

/// What a scenario needs, and what it does.
enum Run {
    /// On the cluster.
    Cluster(fn(&mut Context) -> Result<Outcome, String>),
    /// Without one.
    Desk(fn(&Desk) -> Result<Outcome, String>),
}

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "comparison", quick: false, run: Run::Cluster(twin::helm_with_itself) },
    Scenario { name: "proxy", quick: true, run: Run::Cluster(proxied::helm) },
    Scenario { name: "requests", quick: true, run: Run::Cluster(requests::next_to_helm) },
    Scenario { name: "writers-helm", quick: false, run: Run::Cluster(writers::helm) },
    Scenario { name: "writers", quick: true, run: Run::Cluster(writers::pintle) },
    Scenario { name: "killed-helm", quick: false, run: Run::Cluster(killed::helm) },
    Scenario { name: "killed", quick: true, run: Run::Cluster(killed::pintle) },
    Scenario { name: "cancelled", quick: true, run: Run::Cluster(cancelled::pintle) },
    Scenario { name: "killed-large", quick: false, run: Run::Cluster(killed::large) },
    Scenario { name: "faults", quick: true, run: Run::Cluster(faults::pintle) },
    Scenario { name: "speed", quick: false, run: Run::Cluster(speed::next_to_helm) },
    Scenario { name: "mixed-helms", quick: false, run: Run::Cluster(mixed::helms) },
    Scenario { name: "mixed", quick: true, run: Run::Cluster(mixed::pintle) },
    Scenario { name: "twin", quick: true, run: Run::Cluster(twin::server_side) },
    Scenario { name: "twin-client-side", quick: false, run: Run::Cluster(twin::client_side) },
    Scenario { name: "sql", quick: true, run: Run::Cluster(sql::next_to_helm) },
    Scenario { name: "sql-twin", quick: false, run: Run::Cluster(sql::twins) },
    Scenario { name: "charts-helm", quick: false, run: Run::Cluster(charts::helm_with_itself) },
    Scenario { name: "charts", quick: false, run: Run::Cluster(charts::pintle) },
    Scenario { name: "others", quick: false, run: Run::Cluster(others::next_to_helm) },
    Scenario { name: "repositories", quick: true, run: Run::Desk(wares::repositories) },
    Scenario { name: "registry", quick: true, run: Run::Desk(wares::registry) },
];

/// Runs the scenarios on a cluster of their own.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (mut quick, mut release, mut keep) = (false, false, false);
    let mut only = Vec::new();
    let mut name = "e2e";
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--quick" => quick = true,
            "--release" => release = true,
            "--keep" => keep = true,
            "--name" => name = words.next().ok_or(USAGE)?,
            "--only" => only.push(words.next().ok_or(USAGE)?),
            _ => return Err(USAGE.to_owned()),
        }
    }
    if let Some(name) = only.iter().find(|name| SCENARIOS.iter().all(|one| one.name != **name)) {
        let known: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        return Err(format!("no scenario {name}: there are {}", known.join(", ")));
    }
    let mut stages = Vec::new();
    let mut stage = |name: &str, start: Instant, end: &str| {
        let line = format!("{:>7.1} s  {name}: {end}", start.elapsed().as_secs_f64());
        println!("{line}");
        stages.push(line);
    };

    let wanted = |scenario: &&Scenario| {
        if only.is_empty() { scenario.quick || !quick } else { only.contains(&scenario.name) }
    };
    let wanted: Vec<&Scenario> = SCENARIOS.iter().filter(wanted).collect();
    let needs_cluster = wanted.iter().any(|scenario| matches!(scenario.run, Run::Cluster(_)));

    let start = Instant::now();
    let programs = context::Programs::get(release)?;
    stage("Helm and Pintle", start, "are there");
    let desk = Desk::new(programs.clone(), quick)?;
    let options = Options::for_tests(name);
    let mut context = None;
    if needs_cluster {
        let start = Instant::now();
        build::programs()?;
        stage("the control plane's programs", start, "are there");
        let start = Instant::now();
        Cluster::down(&options.name)?;
        context = Some(Context::new(Cluster::up(&options)?, programs, quick, release)?);
        stage("cluster up", start, "is up");
    }

    let mut wrong = Vec::new();
    for scenario in wanted {
        println!("\n--- {}", scenario.name);
        let start = Instant::now();
        let ended = match (&scenario.run, &mut context) {
            (Run::Desk(run), _) => run(&desk),
            (Run::Cluster(run), Some(context)) => run(context),
            (Run::Cluster(_), None) => Err("there is no cluster".to_owned()),
        };
        let end = match ended {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::LeftOut(why)) => format!("left out: {why}"),
            Err(error) => {
                println!("{error}");
                wrong.push(scenario.name);
                "FAILED".to_owned()
            }
        };
        stage(scenario.name, start, &end);
    }
    let start = Instant::now();
    match context {
        Some(context) if keep => {
            println!("export KUBECONFIG={}", context.cluster.kubeconfig().display());
        }
        Some(_) => {
            Cluster::down(&options.name)?;
            stage("cluster down", start, "is gone");
        }
        None => {}
    }
    println!("\n{}", stages.join("\n"));
    if wrong.is_empty() { Ok(()) } else { Err(format!("failed: {}", wrong.join(", "))) }
}
