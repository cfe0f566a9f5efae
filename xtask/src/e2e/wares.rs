//! Repositories, registries, dependencies and packages: Helm and Pintle take the same steps, each in a
//! folder of its own and with the other's wares too, and have to say and leave behind the same.

mod certain;
mod distribution;
mod site;
mod steps;
mod tree;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use self::distribution::{Distribution, Guard};
pub(super) use self::site::Site;
use self::steps::Step;
use super::Outcome;
use super::context::{Desk, Ended, Program, finish};
use crate::tools;

/// So many charts are taken when there is little time.
const FEW: usize = 24;

/// Who is let in.
pub(super) const USER: &str = "me";
/// What lets them in.
pub(super) const PASSWORD: &str = "secret";

/// How the lines begin that tell, in words of their own, what becomes of a plus sign in a tag.
const ABOUT_PLUS: [&str; 5] = [
    "OCI artifact references (e.g. tags)",
    "storing semantic versions",
    "an underscore (_) in chart version",
    "a plus (+) when pulling",
    "A tag in a registry can hold no plus",
];

/// One of the two.
struct Side {
    /// What its wares stand under; both are as long, so that tables are as wide.
    label: &'static str,
    folder: PathBuf,
}

/// Both, and what they have said differently so far.
struct Pair<'d> {
    desk: &'d Desk,
    sides: [Side; 2],
    /// What stands in braces in steps, and what for. `{own}` and `{other}` are the labels.
    names: Vec<(&'static str, String)>,
    wrong: Vec<String>,
    times: [Duration; 2],
}

impl<'d> Pair<'d> {
    fn new(desk: &'d Desk, name: &str) -> Result<Self, String> {
        let side = |program, label| {
            let folder = desk.scratch.join(name).join(label);
            for below in ["pulled/here", "pulled/guarded", "pulled/certified"] {
                tools::private_folder(&folder.join(below))?;
            }
            // Both go by one name, which stands in what they say.
            let own = folder.join("bin/helm");
            tools::private_folder(&folder.join("bin"))?;
            let program_file = desk.path(program);
            std::os::unix::fs::symlink(&program_file, &own)
                .map_err(|error| format!("{}: {error}", own.display()))?;
            Ok::<_, String>(Side { label, folder })
        };
        let sides = [side(Program::Helm, "side-a")?, side(Program::Pintle, "side-b")?];
        Ok(Self { desk, sides, names: Vec::new(), wrong: Vec::new(), times: Default::default() })
    }

    fn name(&mut self, name: &'static str, what: impl Into<String>) {
        self.names.push((name, what.into()));
    }

    /// Takes the steps one after the other, on both sides.
    fn walk(&mut self, steps: &[Step]) -> Result<(), String> {
        steps.iter().try_for_each(|step| self.step(step).map(drop))
    }

    /// Takes a step on both sides; what Helm prints.
    fn step(&mut self, step: &Step) -> Result<String, String> {
        let [one, other] = [0, 1].map(|at| self.take(at, step));
        let ended = [one?, other?];
        let mut found = Vec::new();
        let [one, other] = &ended;
        if one.status != other.status {
            found.push(format!("status: {:?} | {:?}", one.status, other.status));
        }
        if one.status != Some(step.status) {
            found.push(format!("Helm's status is {:?}, not {}", one.status, step.status));
        }
        let texts = [0, 1].map(|at| self.normal(at, ended.get(at).map_or("", |e| &e.stdout)));
        let texts = texts.map(|text| {
            let of_indexes = |line: &&str| {
                ["Hang tight", "...Successfully got", "Update Complete", "Getting updates for"]
                    .iter()
                    .any(|start| step.fetches && line.starts_with(start))
                    || ABOUT_PLUS.iter().any(|start| line.starts_with(start))
            };
            text.lines().filter(|line| !of_indexes(line)).collect::<Vec<_>>().join("\n")
        });
        found.extend(differing("stdout", &texts, step.any_order));
        let texts = [0, 1].map(|at| self.normal(at, ended.get(at).map_or("", |e| &e.stderr)));
        // What Pintle adds to an error is indented.
        let texts = texts.map(|text| {
            let ours = |line: &&str| !line.starts_with("  ") && !line.starts_with(" --> ");
            text.lines().filter(ours).collect::<Vec<_>>().join("\n")
        });
        if !step.own_words {
            // Helm goes through the entries of an index in no order.
            found.extend(differing("stderr", &texts, true));
        }
        for (time, ended) in self.times.iter_mut().zip(&ended) {
            *time += ended.time;
        }
        self.tell(step.line, found);
        Ok(one.stdout.clone())
    }

    fn tell(&mut self, what: &str, found: Vec<String>) {
        if found.is_empty() {
            return;
        }
        println!("{what}");
        found.iter().for_each(|line| println!("      {line}"));
        self.wrong.push(what.to_owned());
    }

    fn take(&self, at: usize, step: &Step) -> Result<Ended, String> {
        let Some(side) = self.sides.get(at) else { return Err("no such side".to_owned()) };
        let mut command = self.desk.command(&side.folder.join("bin/helm"), &side.folder);
        command.args(step.line.split(' ').map(|word| self.filled(at, word)));
        command.env("SOURCE_DATE_EPOCH", "1700000000").env("TZ", "UTC");
        fed(&mut command, step.stdin)
    }

    /// A word with names in the place of what stands in braces.
    fn filled(&self, at: usize, word: &str) -> String {
        let label = |at: usize| self.sides.get(at).map_or("", |side| side.label);
        let mut word = word.replace("{own}", label(at)).replace("{other}", label(1 - at));
        for (name, what) in &self.names {
            word = word.replace(&format!("{{{name}}}"), what);
        }
        // A blank parts words of a step.
        word.replace('␣', " ")
    }

    /// What has been said, without what cannot be the same.
    fn normal(&self, at: usize, text: &str) -> String {
        let mut text = text.to_owned();
        let (own, other) = (self.sides.get(at), self.sides.get(1 - at));
        for (side, folder, label) in [(own, "HERE", "OWN"), (other, "THERE", "OTHER")] {
            let Some(side) = side else { continue };
            text = text.replace(&side.folder.display().to_string(), folder);
            for end in ["/", "\"", " ", "\n", "\t", "-index"] {
                text = text.replace(&format!("{}{end}", side.label), &format!("{label}{end}"));
            }
        }
        without_random(&super::normal::text(&text, "\0"))
    }

    /// Compares a folder of both, such as the one with what they keep.
    fn compare(&mut self, folder: &str) -> Result<(), String> {
        let [one, other] = &self.sides;
        let one = tree::read(&one.folder.join(folder), &|text| self.normal(0, text))?;
        let other = tree::read(&other.folder.join(folder), &|text| self.normal(1, text))?;
        let found = tree::between(&one, &other);
        println!("{folder}: {} files compared", one.len());
        self.tell(&format!("files in {folder}"), found);
        Ok(())
    }

    /// Copies what one side has, a file or a folder, to both.
    fn share(&self, from: usize, path: &str, to: &str) -> Result<(), String> {
        let Some(from) = self.sides.get(from) else { return Ok(()) };
        for side in &self.sides {
            let target = side.folder.join(to);
            if target == from.folder.join(path) {
                continue;
            }
            if let Some(parent) = target.parent() {
                tools::private_folder(parent)?;
            }
            let mut copy = Command::new("cp");
            tools::output(copy.args(["-rpT"]).arg(from.folder.join(path)).arg(target))?;
        }
        Ok(())
    }

    fn end(self) -> Result<Outcome, String> {
        let [one, other] = self.times.map(|time| time.as_secs_f64());
        println!("Helm: {one:.1} s, Pintle: {other:.1} s");
        if self.wrong.is_empty() {
            return Ok(Outcome::Passed);
        }
        Err(format!("different in {} steps: {}", self.wrong.len(), self.wrong.join("; ")))
    }
}

/// A text without the numbers that Helm puts behind the names of files that it is writing.
fn without_random(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        [".tgz", "index.yaml"].iter().filter_map(|end| Some(rest.find(end)? + end.len())).min()
    {
        let (before, after) = rest.split_at(at);
        normal.push_str(before);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = if digits > 5 { after.get(digits..).unwrap_or_default() } else { after };
    }
    normal.push_str(rest);
    normal
}

/// What differs between two texts, line by line where they have as many.
fn differing(what: &str, texts: &[String; 2], any_order: bool) -> Vec<String> {
    let [one, other] = texts.each_ref().map(|text| {
        let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        if any_order {
            lines.sort_unstable();
        }
        lines
    });
    if one == other {
        return Vec::new();
    }
    let most = one.len().max(other.len());
    let at = |lines: &[&str], at: usize| lines.get(at).copied().unwrap_or("(ends)").to_owned();
    (0..most)
        .map(|n| (at(&one, n), at(&other, n)))
        .filter(|(one, other)| one != other)
        .take(6)
        .flat_map(|(one, other)| [format!("{what}: - {one}"), format!("{what}: + {other}")])
        .collect()
}

/// Runs a command that reads a text.
fn fed(command: &mut Command, text: &str) -> Result<Ended, String> {
    if text.is_empty() {
        return finish(command);
    }
    let shown = |error: std::io::Error| error.to_string();
    let file = std::env::temp_dir().join(format!("pintle-e2e-{}", std::process::id()));
    let mut input = std::fs::File::create(&file).map_err(shown)?;
    input.write_all(text.as_bytes()).map_err(shown)?;
    command.stdin(Stdio::from(std::fs::File::open(&file).map_err(shown)?));
    let ended = finish(command);
    let _ = std::fs::remove_file(&file);
    ended
}

/// Charts that lie as directories: those of the corpus, or this repository's own where it is not there.
fn charts(desk: &Desk) -> Result<Vec<PathBuf>, String> {
    let corpus = tools::root().join("../shared/corpus/charts");
    let own = tools::root().join("tests/e2e/charts");
    let folder = if corpus.is_dir() { corpus } else { own };
    let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let mut charts: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("Chart.yaml").is_file())
        .collect();
    charts.sort();
    if desk.quick && charts.len() > FEW {
        let every = charts.len() / FEW;
        charts = charts.into_iter().step_by(every).collect();
    }
    Ok(charts)
}

/// Packs all charts on both sides; what was packed, as file names.
fn pack(pair: &mut Pair<'_>) -> Result<Vec<String>, String> {
    for chart in charts(pair.desk)? {
        for side in &pair.sides {
            let name = chart.file_name().unwrap_or_default();
            let target = side.folder.join("charts").join(name);
            tools::private_folder(&side.folder.join("charts"))?;
            let mut copy = Command::new("cp");
            tools::output(copy.args(["-rT"]).arg(&chart).arg(target))?;
        }
        let name = chart.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let [one, _] = &pair.sides;
        let mut command = pair.desk.command(&one.folder.join("bin/helm"), &one.folder);
        command.args(["package", &format!("charts/{name}"), "-d", "trial"]);
        // Some charts of the corpus are broken on purpose; what they say is compared all the same.
        let status = finish(&mut command)?.status.unwrap_or(1);
        let line: &'static str = format!("package charts/{name} -d packed").leak();
        pair.step(&Step { status, ..steps::run(line) })?;
    }
    pair.compare("packed")?;
    let [one, _] = &pair.sides;
    names(&one.folder.join("packed"))
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// Makes the small charts on both sides and packs them into `tags`, Helm's on both.
fn pack_small(pair: &mut Pair<'_>) -> Result<(), String> {
    let paths = certain::small_charts(&pair.sides.each_ref().map(|side| &side.folder))?;
    pair.step(&steps::run(format!("package {} -d small-packed", paths.join(" ")).leak()))?;
    pair.compare("small-packed")?;
    pair.share(0, "small-packed", "tags")
}

/// Packages, indexes, repositories and dependencies.
pub(super) fn repositories(desk: &Desk) -> Result<Outcome, String> {
    let mut pair = Pair::new(desk, "repositories")?;
    pack(&mut pair)?;
    pack_small(&mut pair)?;
    pair.walk(steps::PACKAGE)?;
    pair.compare("versions")?;
    // Both index the same archives.
    for site in ["site", "site-two"] {
        pair.share(0, "packed", site)?;
        pair.share(0, "tags", &format!("{site}/small"))?;
    }
    pair.share(0, "versions", "versions")?;
    pair.walk(steps::INDEX)?;
    pair.compare("site")?;
    pair.compare("site-two")?;
    pair.compare("versions")?;

    let root = pair.desk.scratch.join("served");
    tools::private_folder(&root)?;
    for side in &pair.sides {
        let mut copy = Command::new("cp");
        let from = side.folder.join("site");
        let to = root.join(side.label.replace("side", "site"));
        tools::output(copy.arg("-rpT").arg(from).arg(to))?;
    }
    certain::broken_indexes(&root)?;
    certain::hubs(&root)?;
    let site = Site::start(&root)?;
    pair.name("files", site.url.clone());
    pair.name("user", USER);
    pair.name("password", PASSWORD);
    pair.walk(steps::REPOSITORIES)?;
    pair.walk(steps::HOLES)?;
    pair.walk(steps::HUB)?;
    pair.compare("config")?;
    pair.compare("cache/repository")?;
    pair.compare("pulled")?;
    certain::dependents(&pair.sides.each_ref().map(|side| &side.folder), &site.url)?;
    pair.walk(steps::DEPENDENCIES)?;
    pair.compare("dependents")?;
    // What one has locked the other builds.
    pair.share(1, "dependents", "built-one")?;
    pair.share(0, "dependents", "built-two")?;
    for side in &pair.sides {
        for built in ["built-one", "built-two"] {
            let charts = side.folder.join(built).join("mixed/charts");
            std::fs::remove_dir_all(charts).map_err(|error| error.to_string())?;
        }
    }
    pair.walk(steps::BUILD_OF_THE_OTHER)?;
    pair.compare("built-one")?;
    pair.compare("built-two")?;
    pair.walk(steps::FORGET)?;
    pair.compare("config")?;
    pair.compare("cache/repository")?;
    pair.end()
}

/// Pushing to and pulling from the reference registry.
pub(super) fn registry(desk: &Desk) -> Result<Outcome, String> {
    let mut pair = Pair::new(desk, "registry")?;
    let folder = desk.scratch.join("registries");
    let open = Distribution::start(&folder, "open", Guard::None)?;
    let guarded = Distribution::start(&folder, "guarded", Guard::Password)?;
    let certified = Distribution::start(&folder, "certified", Guard::Certificate)?;
    pair.name("open", open.address.clone());
    pair.name("guarded", guarded.address.clone());
    pair.name("certified", certified.address.clone());
    pair.name("user", USER);
    pair.name("password", PASSWORD);
    let file = |name: &str| folder.join(name).display().to_string();
    pair.name("ca", file("ca.crt"));
    pair.name("cert", file("client.crt"));
    pair.name("key", file("client.key"));

    let packed = pack(&mut pair)?;
    // The same archive, made at the same time, so that the manifests are the same.
    pair.share(0, "packed", "wares")?;
    for name in &packed {
        let push = format!("push wares/{name} oci://{{open}}/{{own}} --plain-http");
        pair.step(&steps::run(push.leak()))?;
        let (chart, version) = certain::name_and_version(&pair.sides, name)?;
        let reference =
            format!("oci://{{open}}/{{other}}/{chart} --version {version} --plain-http");
        pair.step(&steps::run(format!("pull {reference} -d pulled").leak()))?;
        pair.step(&steps::run(format!("pull {reference} -d unpacked --untar").leak()))?;
    }
    pair.compare("pulled")?;
    pair.compare("unpacked")?;
    let [one, _] = &pair.sides;
    let pulled = names(&one.folder.join("pulled"))?;
    let pulled: Vec<&String> = pulled.iter().filter(|name| name.ends_with(".tgz")).collect();
    if pulled.len() != packed.len() {
        pair.tell("pulled", vec![format!("{} of {}", pulled.len(), packed.len())]);
    }
    pack_small(&mut pair)?;
    let pushed =
        pair.step(&steps::run("push tags/web-1.0.0.tgz oci://{open}/{own} --plain-http"))?;
    let digest = pushed.lines().find_map(|line| line.strip_prefix("Digest: "));
    pair.name("digest", digest.unwrap_or_default());
    pair.walk(steps::TAGS)?;
    certain::dependents_on_registry(
        &pair.sides.each_ref().map(|side| &side.folder),
        &format!("{}/common", open.address),
    )?;
    pair.walk(steps::DEPENDENCIES_BY_REGISTRY)?;
    pair.compare("dependents")?;
    pair.compare("config")?;
    pair.compare("pulled")?;
    pair.walk(steps::LOGOUT)?;
    pair.compare("config")?;
    pair.end()
}
