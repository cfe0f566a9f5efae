//! Programs that call Helm: helmfile, and the plugins helm-diff and helm-secrets. Each has Helm in one
//! namespace and Pintle in another, and has to print, say and leave behind the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::steps::{By, Step};
use super::context::{Context, Ended, Program, copy, finish};
use super::wares::Site;
use super::{Outcome, difference, live, normal, records};
use crate::cluster::build;
use crate::tools;

mod steps;

/// How long the cluster may take to come to rest after a step.
const PATIENCE: Duration = Duration::from_secs(15);

/// One of the two.
struct Side {
    namespace: String,
    folder: PathBuf,
    /// The program by the name `helm`.
    helm: PathBuf,
}

/// Both, and what they are given.
struct Pair<'c> {
    context: &'c Context,
    sides: [Side; 2],
    helmfile: PathBuf,
    /// For all programs.
    variables: Vec<(&'static str, String)>,
    wrong: Vec<&'static str>,
    times: [Duration; 2],
}

/// Helm and Pintle, each called by others.
pub(crate) fn next_to_helm(context: &mut Context) -> Result<Outcome, String> {
    let helmfile = build::helmfile()?;
    let sops = build::sops()?;
    let diff = build::plugin(&build::HELM_DIFF)?;
    let secrets = build::plugin(&build::HELM_SECRETS)?;
    let folder = context.scratch.join("others");
    tools::private_folder(&folder)?;
    let site = site(context, &folder)?;
    let key = folder.join("key.txt");
    tools::output(Command::new(sops.join("age-keygen")).arg("-o").arg(&key))?;
    let encrypted = encrypted(&sops, &key)?;

    let path = std::env::var("PATH").unwrap_or_default();
    let variables = vec![
        ("PATH", format!("{}:{path}", sops.display())),
        ("SITE", site.url),
        ("SOPS_AGE_KEY_FILE", key.display().to_string()),
        // What the plugin would fetch is there already.
        ("SKIP_BIN_INSTALL", "1".to_owned()),
    ];
    let side = |program, letter: &str| {
        let namespace = format!("others-{letter}");
        context.delete_namespace(&namespace)?;
        context.create_namespace(&namespace)?;
        let folder = folder.join(&namespace);
        copy(&tools::root().join("tests/e2e/others"), &folder, &namespace)?;
        tools::write(&folder.join("secrets.enc.yaml"), &encrypted)?;
        for (from, name) in [(&diff, "helm-diff"), (&secrets, "helm-secrets")] {
            let mut copy = Command::new("cp");
            tools::output(copy.arg("-rpT").arg(from).arg(folder.join(name)))?;
        }
        let helm = folder.join("bin/helm");
        tools::private_folder(&folder.join("bin"))?;
        tools::private_folder(&folder.join("tmp"))?;
        std::os::unix::fs::symlink(context.path(program), &helm)
            .map_err(|error| format!("{}: {error}", helm.display()))?;
        Ok::<_, String>(Side { namespace, folder, helm })
    };
    let sides = [side(Program::Helm, "x")?, side(Program::Pintle, "y")?];
    let times = Default::default();
    let mut pair = Pair { context, sides, helmfile, variables, wrong: Vec::new(), times };
    for (what, steps) in steps::ALL {
        println!("{what}");
        steps.iter().try_for_each(|step| pair.step(step))?;
    }
    pair.end()
}

/// A repository with the charts.
fn site(context: &Context, folder: &Path) -> Result<Site, String> {
    let root = folder.join("site");
    tools::private_folder(&root)?;
    let to = root.display().to_string();
    for chart in ["lib", "web"] {
        let chart = tools::root().join("tests/e2e/others").join(chart).display().to_string();
        context.must(Program::Helm, "default", &["package", &chart, "-d", &to])?;
    }
    context.must(Program::Helm, "default", &["repo", "index", &to])?;
    Site::start(&root)
}

/// The values that are secret, encrypted with a key.
fn encrypted(sops: &Path, key: &Path) -> Result<Vec<u8>, String> {
    let recipient = tools::output(Command::new(sops.join("age-keygen")).arg("-y").arg(key))?;
    let recipient = String::from_utf8_lossy(&recipient).trim().to_owned();
    let file = tools::root().join("tests/e2e/others/secrets.yaml");
    let mut command = Command::new(sops.join("sops"));
    tools::output(command.args(["--encrypt", "--age", &recipient]).arg(file))
}

impl Pair<'_> {
    /// Takes a step on both sides at once, and tells what differs after it.
    fn step(&mut self, step: &'static Step) -> Result<(), String> {
        let [one, other] = &self.sides;
        let [one, other] = std::thread::scope(|scope| {
            let first = scope.spawn(|| self.take(one, step));
            let second = self.take(other, step)?;
            let first = first.join().map_err(|_| "a thread has ended".to_owned())??;
            Ok::<_, String>([first, second])
        })?;
        for (time, ended) in self.times.iter_mut().zip([&one, &other]) {
            *time += ended.time;
        }
        let mut found = Vec::new();
        if one.status != other.status {
            found.push(format!("status: {:?} | {:?}", one.status, other.status));
        }
        if one.status != Some(step.status) {
            found.push(format!("Helm's status is {:?}, not {}", one.status, step.status));
        }
        for (what, one, other) in
            [("stdout", &one.stdout, &other.stdout), ("stderr", &one.stderr, &other.stderr)]
        {
            let [first, second] = &self.sides;
            let (one, other) = (said(first, one, step), said(second, other, step));
            let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
            found.extend(
                one.iter()
                    .filter(|line| !other.contains(line))
                    .map(|line| format!("{what} of Helm: {line}"))
                    .chain(
                        other
                            .iter()
                            .filter(|line| !one.contains(line))
                            .map(|line| format!("{what} of Pintle: {line}")),
                    ),
            );
            if found.is_empty() && one != other {
                found.push(format!("{what}: the order of {} lines", one.len()));
            }
        }
        if step.changes {
            found.extend(self.settled()?);
        }
        let end = if found.is_empty() { "equal" } else { "DIFFERENT" };
        println!("  {:<72} {} {end}", step.line, step.status);
        found.iter().for_each(|line| println!("      {line}"));
        if !found.is_empty() {
            self.wrong.push(step.line);
        }
        Ok(())
    }

    fn take(&self, side: &Side, step: &Step) -> Result<Ended, String> {
        let mut command = match step.by {
            By::Helmfile => {
                let mut command = Command::new(&self.helmfile);
                command.arg("--helm-binary").arg(&side.helm);
                command
            }
            By::Helm => Command::new(&side.helm),
        };
        let home = &side.folder;
        command.args(step.line.split(' ').filter(|word| !word.is_empty()));
        command.env_clear().current_dir(home).stdin(std::process::Stdio::null());
        command
            .env("HOME", home)
            .env("HELM_NAMESPACE", &side.namespace)
            .env("TMPDIR", home.join("tmp"));
        command.env("KUBECONFIG", self.context.cluster.kubeconfig());
        finish(command.envs(self.variables.iter().map(|(name, value)| (name, value))))
    }

    /// What differs when the cluster has come to rest.
    fn settled(&self) -> Result<Vec<String>, String> {
        let start = Instant::now();
        loop {
            let [one, other] = &self.sides;
            let found = difference::between(&self.state(one)?, &self.state(other)?);
            if found.is_empty() || start.elapsed() > PATIENCE {
                return Ok(found);
            }
            sleep(Duration::from_millis(300));
        }
    }

    /// The live objects and release records.
    fn state(&self, side: &Side) -> Result<Value, String> {
        let (server, namespace) = (&self.context.server, &side.namespace);
        let mut kept = BTreeMap::new();
        for record in records::all(server, namespace)? {
            kept.insert(record.name.clone(), record.normal(namespace)?);
        }
        Ok(json!({"objects": live::objects(server, namespace)?, "records": kept}))
    }

    fn end(self) -> Result<Outcome, String> {
        let [one, other] = self.times.map(|time| time.as_secs_f64());
        println!("with Helm: {one:.1} s, with Pintle: {other:.1} s");
        for side in &self.sides {
            self.context.delete_namespace(&side.namespace)?;
        }
        if self.wrong.is_empty() {
            return Ok(Outcome::Passed);
        }
        Err(format!("different in {} steps: {}", self.wrong.len(), self.wrong.join("; ")))
    }
}

/// What was printed, without what no two runs have in common: places, times, and files for a moment
/// with the lengths of their names. Pintle may add to an error.
fn said(side: &Side, text: &str, step: &Step) -> String {
    let text = text.replace(&side.folder.display().to_string(), "HERE");
    let text = normal::printed(&text, &side.namespace);
    let lines = text.lines().filter(|line| !step.fails() || !line.trim_start().starts_with("= "));
    lines.map(line).collect::<Vec<_>>().join("\n")
}

fn line(line: &str) -> String {
    let mut parts = line.split("HERE/tmp/");
    let mut normal = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([' ', '"', '\'', ':', ',']).unwrap_or(part.len());
        normal += "TEMPORARY";
        normal += part.get(end..).unwrap_or_default();
    }
    // Tables of what took how long are as wide as their longest time.
    if normal.ends_with("AGE") {
        return normal.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    match normal.split_once("TEMPORARY (") {
        Some((before, after)) => {
            let length = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}TEMPORARY ({length}")
        }
        None => normal,
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_is_by_chance_goes() {
        let table = [
            ("a HERE/tmp/x12/y-3 b \"HERE/tmp/z\"", "a TEMPORARY b \"TEMPORARY\""),
            ("  12: HERE/tmp/x (55 bytes)", "  12: TEMPORARY ( bytes)"),
            ("web   NAMESPACE      AGE", "web NAMESPACE AGE"),
            ("  a   b", "  a   b"),
        ];
        for (before, after) in table {
            assert_eq!(line(before), after);
        }
    }
}
