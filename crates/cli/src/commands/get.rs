//! `get`: what is recorded of a release.

use pintle_release::{Release, ReleaseMetadata, release_values};
use pintle_template::Value;

use crate::command::{Arity, Command};
use crate::complete;
use crate::context::Context;
use crate::failure::Failure;
use crate::format::{self, Format};
use crate::paint::Paint;
use crate::release_text::{Shown, computed};
use crate::session::Session;
use crate::{deploy, flags, templates};

pub(crate) const GET: Command = Command {
    name: "get",
    short: "download extended information of a named release",
    long: "
Print what is recorded of a release: its values, manifest, hooks, notes and metadata.
",
    children: &[ALL, HOOKS, MANIFEST, METADATA, NOTES, VALUES],
    ..Command::NEW
};

const ONE: Command = Command {
    operands: "RELEASE_NAME",
    arity: Arity::Exactly(1),
    candidates: complete::one_release,
    ..Command::NEW
};

const ALL: Command = Command {
    name: "all",
    short: "download all information for a named release",
    long: "
Print all that is recorded of a release for people to read, or what a template makes of it.
",
    flags: &[flags::GET_ALL, flags::REVISION],
    run: Some(all),
    ..ONE
};

const HOOKS: Command = Command {
    name: "hooks",
    short: "download all hooks for a named release",
    long: "
Print the hooks of a release as YAML, separated by '---'.
",
    flags: &[flags::REVISION],
    run: Some(hooks),
    ..ONE
};

const MANIFEST: Command = Command {
    name: "manifest",
    short: "download the manifest for a named release",
    long: "
Print the manifest of a release: what its chart and those that it depends on rendered to.
",
    flags: &[flags::REVISION],
    run: Some(manifest),
    ..ONE
};

const METADATA: Command = Command {
    name: "metadata",
    short: "fetch metadata of a release",
    long: "
Print what a release is: its chart, version, labels, namespace, state and time.
",
    flags: &[flags::OUTPUT, flags::REVISION],
    run: Some(metadata),
    ..ONE
};

const NOTES: Command = Command {
    name: "notes",
    short: "download the notes for a named release",
    long: "
Print the notes that the chart of a release gives.
",
    flags: &[flags::REVISION],
    run: Some(notes),
    ..ONE
};

const VALUES: Command = Command {
    name: "values",
    short: "download the values file for a named release",
    long: "
Print the values that were given for a release, or with --all those of its chart too.
",
    flags: &[flags::GET_VALUES, flags::OUTPUT, flags::REVISION],
    run: Some(values),
    ..ONE
};

/// The release that is named.
fn release(context: &Context) -> Result<Release, Failure> {
    let name = context.args().first().map_or("", String::as_str);
    let revision = context.parsed.int("revision").unwrap_or_default();
    let content = Session::open(context)?.actions().content(name, revision);
    content.map_err(|error| deploy::failure(error, None, context))
}

fn all(context: &mut Context) -> Result<(), Failure> {
    let release = release(context)?;
    if let Some(template) = context.parsed.text("template").filter(|text| !text.is_empty()) {
        let value = release.to_go_value();
        let engine = pintle_template::Engine::new();
        let data = || Value::from_data(&pintle_yaml::Value::from_iter([("Release", value)]));
        let text = templates::render("get", template, &engine, data, context)?;
        context.out.extend_from_slice(&text);
        return Ok(());
    }
    let computed = computed(&release)?;
    let paint = Paint::of(&context.settings);
    let computed = Some(&computed);
    let shown =
        Shown { release: &release, tables: &[], metadata: true, computed, notes: true, paint };
    let text = shown.text()?;
    context.print(&text);
    Ok(())
}

fn hooks(context: &mut Context) -> Result<(), Failure> {
    for hook in release(context)?.hooks {
        context.print(&format!("---\n# Source: {}\n{}\n", hook.path, hook.manifest));
    }
    Ok(())
}

fn manifest(context: &mut Context) -> Result<(), Failure> {
    let release = release(context)?;
    context.print(&release.manifest);
    context.print("\n");
    Ok(())
}

fn notes(context: &mut Context) -> Result<(), Failure> {
    let notes = release(context)?.info.notes;
    if !notes.is_empty() {
        context.print(&format!("NOTES:\n{notes}\n"));
    }
    Ok(())
}

fn values(context: &mut Context) -> Result<(), Failure> {
    let all = context.parsed.is("all");
    let values = release_values(&release(context)?, all);
    let values = values.map_err(|error| Failure::new(error.to_string()))?;
    let text = match Format::of(&context.parsed) {
        Format::Table => {
            let title = if all { "COMPUTED VALUES:" } else { "USER-SUPPLIED VALUES:" };
            format!("{title}\n{}", format::yaml(&values)?)
        }
        format => format.data(&values)?,
    };
    context.print(&text);
    Ok(())
}

fn metadata(context: &mut Context) -> Result<(), Failure> {
    let release = release(context)?;
    let shown = ReleaseMetadata(&release);
    let text = match Format::of(&context.parsed) {
        Format::Table => people(&shown),
        format => format.data(&shown)?,
    };
    context.print(&text);
    Ok(())
}

fn people(shown: &ReleaseMetadata<'_>) -> String {
    let release = shown.0;
    let metadata = &release.chart.metadata;
    let pairs = |pairs: &mut dyn Iterator<Item = (&String, &String)>| -> String {
        pairs.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
    };
    let annotations = pairs(&mut metadata.annotations.iter().flatten());
    let lines = [
        ("NAME", release.name.clone()),
        ("CHART", metadata.name.clone()),
        ("VERSION", metadata.version.clone()),
        ("APP_VERSION", metadata.app_version.clone()),
        ("ANNOTATIONS", annotations),
        ("LABELS", pairs(&mut release.labels.iter())),
        ("DEPENDENCIES", shown.dependency_names()),
        ("NAMESPACE", release.namespace.clone()),
        ("REVISION", release.version.to_string()),
        ("STATUS", release.info.status.name().to_owned()),
        ("DEPLOYED_AT", shown.deployed_at()),
        ("APPLY_METHOD", shown.apply_method()),
    ];
    lines.into_iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}
