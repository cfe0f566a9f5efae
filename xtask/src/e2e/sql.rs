//! Records in PostgreSQL: Helm and Pintle on one database.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::context::{Context, Program, finish};
use super::database::Database;
use super::{Outcome, cancelled, difference, killed, mixed, twin, writers};
use crate::cluster;

/// Where single releases are.
const NAMESPACE: &str = "sql-x";

/// What only a database has, turns, two at once, and what was broken off.
pub(crate) fn next_to_helm(context: &mut Context) -> Result<Outcome, String> {
    on_postgres(context, |context, create| {
        tables(context, create)?;
        context.database = Some(create("alone")?);
        alone(context)?;
        println!("in turns");
        context.database = Some(create("mixed")?);
        mixed::turns(context, "sql-mixed", [Program::Helm, Program::Pintle], false)?;
        mixed::turns(context, "sql-mixed", [Program::Pintle, Program::Helm], false)?;
        println!("two at once");
        writers::contest(context, Program::Pintle, if context.quick { 10 } else { 100 })?;
        println!("broken off and killed");
        cancelled::pintle(context)?;
        // It takes minutes, and with Secrets the quick run has it.
        if !context.quick {
            killed::pintle(context)?;
        }
        Ok(())
    })
}

/// The twin test, with the rows of one database as records.
pub(crate) fn twins(context: &mut Context) -> Result<Outcome, String> {
    on_postgres(context, |context, create| {
        context.database = Some(create("twin")?);
        twin::beside(context, "sql-twin")
    })
}

/// Makes a new database.
type Create<'a> = &'a dyn Fn(&str) -> Result<Database, String>;

/// Works with a PostgreSQL that ends with the cluster.
fn on_postgres(
    context: &mut Context,
    work: impl FnOnce(&mut Context, Create<'_>) -> Result<(), String>,
) -> Result<Outcome, String> {
    if let Some(missing) = twin::missing(context) {
        return Ok(Outcome::LeftOut(missing));
    }
    let psql = match cluster::postgres_programs() {
        Ok(programs) => programs.join("psql"),
        Err(missing) => return Ok(Outcome::LeftOut(missing)),
    };
    let server = match &context.sql {
        Some(server) => server.clone(),
        None => context.sql.insert(context.cluster.start_sql()?).clone(),
    };
    let ended = work(context, &|name| Database::create(&server, psql.clone(), name));
    context.database = None;
    ended.map(|()| Outcome::Passed)
}

/// Whoever comes first makes the tables, and the other one takes them for its own.
fn tables(context: &mut Context, create: Create<'_>) -> Result<(), String> {
    let mut made = Vec::new();
    for (name, first, second) in
        [("by_helm", Program::Helm, Program::Pintle), ("by_pintle", Program::Pintle, Program::Helm)]
    {
        let database = context.database.insert(create(name)?);
        let empty = database.rows("SELECT FROM pg_tables WHERE schemaname = 'public'")?.len();
        let shape = |context: &Context| match &context.database {
            Some(database) => shape(database),
            None => Err("there is no database".to_owned()),
        };
        context.must(first, "default", &["list"])?;
        let before = shape(context)?;
        context.must(second, "default", &["list"])?;
        let changed = difference::between(&before, &shape(context)?);
        if !changed.is_empty() || empty > 0 {
            return Err(format!("{second:?} changes the tables of {first:?}: {changed:?}"));
        }
        made.push(before);
    }
    let [helms, ours] = made.as_slice() else { return Err("two databases".to_owned()) };
    let found = difference::between(helms, ours);
    if !found.is_empty() {
        return Err(format!("the tables differ: {}", found.join("; ")));
    }
    println!("the tables are the same, whoever makes them");
    Ok(())
}

/// Tables, columns, indexes, rights and notes of what was done.
fn shape(database: &Database) -> Result<Value, String> {
    let columns = database.rows(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, \
         column_default, ordinal_position FROM information_schema.columns \
         WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
    )?;
    let indexes = database.rows(
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' \
         ORDER BY tablename, indexname",
    )?;
    let rights = database.rows(
        "SELECT relname, relrowsecurity, relacl::text FROM pg_class \
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname",
    )?;
    let notes = database.rows("SELECT id FROM gorp_migrations ORDER BY id")?;
    let shape = json!({"columns": columns, "indexes": indexes, "rights": rights, "notes": notes});
    match columns.len() {
        0 => Err("there are no tables".to_owned()),
        _ => Ok(shape),
    }
}

/// What only a database has.
fn alone(context: &Context) -> Result<(), String> {
    context.delete_namespace(NAMESPACE)?;
    context.create_namespace(NAMESPACE)?;
    let Some(database) = &context.database else { return Err("there is no database".to_owned()) };
    let chart = context.chart("app", NAMESPACE)?.display().to_string();
    let run = |program, command: &[&str]| context.must(program, NAMESPACE, command);

    // Whose keys are longer than Helm's column for those of labels.
    let long = "a".repeat(53);
    let hooks = "--no-hooks";
    run(Program::Pintle, &["install", &long, &chart, hooks, "--set=name=long"])?;
    run(Program::Helm, &["upgrade", &long, &chart, hooks, "--set=name=long,replicas=1"])?;
    let never = ["upgrade", &long, &chart, hooks, "--set=name=long,pod=not-ready,image=other:1"];
    kill(context, Program::Pintle, &[&never[..], &["--wait"]].concat(), true)?;
    let shown = run(Program::Helm, &["list", "--pending", "-q"])?;
    expect("Helm's list", shown.trim(), &long)?;
    let shown = run(Program::Pintle, &["recover", &long])?;
    expect(
        "recover",
        shown.trim_end(),
        &format!("revision 3 of \"{long}\" was under way and is now failed"),
    )?;
    run(Program::Pintle, &["uninstall", &long])?;
    expect("rows after it", &database.run("SELECT count(*) FROM custom_labels_v1")?, "0")?;

    // Labels, read by both.
    run(Program::Pintle, &["install", "app", &chart, hooks, "--labels=team=a,tier=x"])?;
    run(Program::Helm, &["upgrade", "app", &chart, hooks, "--labels=tier=y"])?;
    for program in [Program::Helm, Program::Pintle] {
        for (selector, found) in [("team=a,tier=y", "app"), ("tier=x", ""), ("owner=helm", "app")] {
            let shown = run(program, &["list", "-q", "-l", selector])?;
            expect(&format!("{program:?}: {selector}"), shown.trim(), found)?;
        }
    }
    // Helm looks for them in no namespace then.
    let shown = run(Program::Pintle, &["list", "-A", "-q", "-l", "team=a"])?;
    expect("labels in all namespaces", shown.trim(), "app")?;

    // Helm was killed: only recover knows that nobody works on it.
    let never = ["upgrade", "app", &chart, hooks, "--wait", "--set=pod=not-ready,image=other:1"];
    kill(context, Program::Helm, &never, false)?;
    let ended = context.run(Program::Pintle, NAMESPACE, &["upgrade", "app", &chart, hooks])?;
    if ended.status != Some(1) || !ended.stderr.contains("another operation") {
        return Err(format!("over Helm's pending record: {:?}: {}", ended.status, ended.stderr));
    }
    run(Program::Pintle, &["recover", "app"])?;
    run(Program::Helm, &["upgrade", "app", &chart, hooks])?;
    // Ours was killed, and Helm rolls back: what stood beside the record counts no more.
    kill(context, Program::Pintle, &never, true)?;
    run(Program::Helm, &["rollback", "app", "1", hooks])?;
    run(Program::Pintle, &["upgrade", "app", &chart, hooks])?;

    // A record that cannot be read is told, and hides nothing.
    database.run(
        "INSERT INTO releases_v1 SELECT 'sh.helm.release.v1.broken.v1', type, 'H4sIbroken', \
         'broken', namespace, 1, status, owner, createdat, 0 FROM releases_v1 \
         WHERE status = 'deployed' LIMIT 1",
    )?;
    let ended = context.run(Program::Pintle, NAMESPACE, &["list", "-q"])?;
    expect("list beside a broken record", ended.stdout.trim(), "app")?;
    if !ended.stderr.contains("sh.helm.release.v1.broken.v1") {
        return Err(format!("a broken record is not told: {}", ended.stderr));
    }
    database.run("DELETE FROM releases_v1 WHERE name = 'broken'")?;

    // A server that is not there.
    let mut command = context.command(Program::Pintle, NAMESPACE, &["list"]);
    command.env("HELM_DRIVER_SQL_CONNECTION_STRING", "postgres://u@127.0.0.1:1/x");
    let ended = finish(&mut command)?;
    let why = "unable to instantiate SQL driver: dial tcp 127.0.0.1:1: connect: connection refused";
    if ended.status != Some(1) || !ended.stderr.contains(why) {
        return Err(format!("no server: {:?}: {}", ended.status, ended.stderr));
    }
    many(context, database)?;
    run(Program::Pintle, &["uninstall", "app"])?;
    let left = database.run("SELECT count(*) FROM custom_labels_v1")?;
    expect("labels that are left", &left, "0")?;
    context.delete_namespace(NAMESPACE)
}

/// A list over 1,000 releases: the same, and the time it takes.
fn many(context: &Context, database: &Database) -> Result<(), String> {
    database.run(
        "INSERT INTO releases_v1 SELECT 'sh.helm.release.v1.m' || n || '.v1', r.type, r.body, \
         'm' || n, 'many', 1, r.status, r.owner, r.createdat, 0 \
         FROM generate_series(1, 1000) AS n, \
         (SELECT * FROM releases_v1 WHERE status = 'deployed' LIMIT 1) AS r",
    )?;
    let mut times = Vec::new();
    for program in [Program::Helm, Program::Pintle] {
        let mut best = Duration::MAX;
        for _ in 0..3 {
            let ended = context.run(program, "many", &["list", "-q", "--max=0"])?;
            if ended.status != Some(0) {
                return Err(format!("{program:?} lists {:?}: {}", ended.status, ended.stderr));
            }
            best = best.min(ended.time);
        }
        times.push(format!("{program:?} {:.0} ms", best.as_secs_f64() * 1e3));
    }
    println!("list over 1,000 releases: {}", times.join(", "));
    database.forget("many")
}

fn expect(what: &str, found: &str, wanted: &str) -> Result<(), String> {
    match found == wanted {
        true => Ok(()),
        false => Err(format!("{what}: {found:?}, not {wanted:?}")),
    }
}

/// Kills a command while its revision is under way.
fn kill(context: &Context, program: Program, command: &[&str], held: bool) -> Result<(), String> {
    let mut child = context
        .command(program, NAMESPACE, command)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    let found = loop {
        let records = context.records(NAMESPACE)?;
        let pending = records.iter().find(|one| one.labels["status"] == "pending-upgrade");
        if let Some(record) = pending {
            break record.held;
        }
        if start.elapsed() > Duration::from_secs(30) {
            break !held;
        }
        sleep(Duration::from_millis(50));
    };
    sleep(Duration::from_millis(500));
    child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
    match found == held {
        true => Ok(()),
        false => {
            Err(format!("{program:?} {command:?}: nothing was recorded, or its holder is not"))
        }
    }
}
