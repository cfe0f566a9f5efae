//! `plugin`: looks after plugins.

mod package;

use pintle_chart::go_text;

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::plugin::install::{self, Source};
use crate::plugin::signed::MAX_ARCHIVE;
use crate::plugin::{self, Event, Plugin};
use crate::provenance::{self, MAX_PROVENANCE, beside, read};
use crate::table::table;
use crate::{flags, log, output};

pub(crate) const PLUGIN: Command = Command {
    name: "plugin",
    short: "look after plugins",
    long: "
Look after plugins: programs that add commands, fetch charts and values from places of their own, or
change what was rendered. Helm and Pintle share them.
",
    children: &[INSTALL, LIST, package::PACKAGE, UNINSTALL, UPDATE, VERIFY],
    ..Command::NEW
};

const INSTALL: Command = Command {
    name: "install",
    aliases: &["add"],
    operands: "[options] <path|url>",
    short: "install a plugin",
    long: "
Install a plugin from a directory, which is linked to, from an archive here or on a server, from a
registry, or from a repository of git.

An archive must have been signed with a key of the keyring; its provenance file is beside it.
--verify=false installs what nobody has signed, and then its programs run with all your rights.

    {name} plugin install ./my-plugin
    {name} plugin install https://example.com/diff-3.0.0.tgz
    {name} plugin install https://github.com/databus23/helm-diff --version 3.9.x --verify=false
",
    flags: &[flags::PLUGIN_INSTALL],
    arity: Arity::Exactly(1),
    run: Some(install),
    candidates: |context, _| {
        if context.args().is_empty() { Candidates::nothing() } else { Candidates::no_more() }
    },
    ..Command::NEW
};

const LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list the plugins that are installed",
    long: "List the plugins that are installed, and whether they came signed.",
    flags: &[flags::PLUGIN_LIST],
    arity: Arity::Any,
    run: Some(list),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

const UNINSTALL: Command = Command {
    name: "uninstall",
    aliases: &["rm", "remove"],
    operands: "<plugin>...",
    short: "uninstall plugins",
    long: "Uninstall plugins, by their names.",
    arity: Arity::Any,
    run: Some(|context| {
        each(context, "uninstall", "Uninstalled", |context, plugin| {
            install::remove(context, plugin)?;
            plugin::hook(context, plugin, Event::Delete)
        })
    }),
    candidates: names,
    ..Command::NEW
};

const UPDATE: Command = Command {
    name: "update",
    aliases: &["up"],
    operands: "<plugin>...",
    short: "bring plugins up to date",
    long: "Bring plugins up to date that came from repositories of git, by their names.",
    arity: Arity::Any,
    run: Some(|context| {
        each(context, "update", "Updated", |context, plugin| {
            install::update(context, plugin)?;
            loading(context, plugin);
            let updated = plugin::load(&plugin.directory).map_err(Failure::new)?;
            plugin::hook(context, &updated, Event::Update)
        })
    }),
    candidates: names,
    ..Command::NEW
};

const VERIFY: Command = Command {
    name: "verify",
    operands: "[PATH]",
    short: "check the signature of a plugin",
    long: "
Check that a plugin's archive is the one that was signed, by a key of the keyring. The signature is in
the provenance file beside the archive, whose name is that of the archive and .prov.
",
    flags: &[flags::VERIFY],
    arity: Arity::Exactly(1),
    run: Some(verify),
    ..Command::NEW
};

fn install(context: &mut Context) -> Result<(), Failure> {
    let named = context.args().first().cloned().unwrap_or_default();
    let source = Source::of(context, &named)?;
    let mut verify = context.parsed.text("verify").is_none() || context.parsed.is("verify");
    if matches!(source, Source::Directory(_)) {
        verify = false;
        context.print("Installing plugin from local directory (development mode)\n");
    } else if !verify {
        context.print("WARNING: Skipping plugin signature verification\n");
    } else if source.can_be_signed() {
        context.print("Verifying plugin signature...\n");
    } else {
        return Err(Failure::new(
            "plugin source does not support verification. Use --verify=false to skip verification",
        ));
    }
    let installed = install::install(context, &source, verify)?;
    context.print(&installed.said);
    if let Some(verification) = &installed.verification {
        context.print(&provenance::said(verification, "Plugin"));
    }
    // What the hook prints comes behind what was said before.
    output::print(std::mem::take(context.out));
    loading(context, &installed.plugin);
    plugin::hook(context, &installed.plugin, Event::Install)?;
    context.print(&format!("Installed plugin: {}\n", installed.plugin.metadata.name));
    Ok(())
}

/// Says where a plugin is read, as Helm does with `--debug`.
fn loading(context: &Context, plugin: &Plugin) {
    let place = plugin.directory.to_string_lossy();
    log::debug(context.settings.debug, "loading plugin", &[("path", &place)]);
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let pairs = [("directory", context.settings.plugins.as_str())];
    log::debug(context.settings.debug, "pluginDirs", &pairs);
    let mut plugins = plugin::all(&context.settings).map_err(Failure::new)?;
    if let Some(kind) = context.parsed.text("type").filter(|kind| !kind.is_empty()) {
        plugins.retain(|plugin| plugin.metadata.kind == kind);
    }
    let heads = ["NAME", "VERSION", "TYPE", "APIVERSION", "PROVENANCE", "SOURCE"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for plugin in &plugins {
        let metadata = &plugin.metadata;
        let source = match metadata.source_url.as_str() {
            "" => "unknown",
            source => source,
        };
        let status = plugin::status(plugin);
        let cells = [
            metadata.name.as_str(),
            &metadata.version,
            &metadata.kind,
            &metadata.api_version,
            status,
            source,
        ];
        rows.push(cells.map(|cell| crate::draw::harmless(cell).into_owned()).to_vec());
    }
    context.print(&format!("{}\n", table(&rows, 0)));
    Ok(())
}

/// Does something to each plugin that is named. What fails does not keep the others.
fn each(
    context: &mut Context,
    what: &str,
    done: &str,
    work: impl Fn(&Context, &Plugin) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let named = context.args().to_vec();
    if named.is_empty() {
        return Err(Failure::new(format!("please provide plugin name to {what}")));
    }
    let (message, key) = match what {
        "update" => ("loading installed plugins", "path"),
        _ => ("loading installer plugins", "dir"),
    };
    let pairs = [(key, context.settings.plugins.as_str())];
    log::debug(context.settings.debug, message, &pairs);
    let plugins = plugin::all(&context.settings).map_err(Failure::new)?;
    let mut failures = Vec::new();
    let mut details = String::new();
    for name in &named {
        let Some(plugin) = plugins.iter().find(|plugin| plugin.metadata.name == *name) else {
            failures.push(format!("plugin: {name} not found"));
            continue;
        };
        output::print(std::mem::take(context.out));
        match work(context, plugin) {
            Ok(()) => context.print(&format!("{done} plugin: {name}\n")),
            Err(failure) => {
                let message = failure.message;
                failures.push(format!("failed to {what} plugin {name}, got error ({message})"));
                details.push_str(&failure.details);
            }
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(Failure::new(failures.join("\n")).with_details(details))
}

fn verify(context: &mut Context) -> Result<(), Failure> {
    let named = context.args().first().cloned().unwrap_or_default();
    let path = std::path::Path::new(&named);
    let meta = std::fs::metadata(path)
        .map_err(|error| Failure::new(format!("stat {named}: {}", go_text(&error))))?;
    if meta.is_dir() {
        return Err(Failure::new(
            "directory verification not supported - only plugin tarballs can be verified",
        ));
    }
    if !path.extension().is_some_and(|ending| ending == "gz" || ending == "tgz") {
        return Err(Failure::new("plugin file must be a gzipped tarball (.tar.gz or .tgz)"));
    }
    let beside = beside(path);
    if let Err(error) = std::fs::metadata(&beside) {
        let (beside, why) = (beside.display(), go_text(&error));
        return Err(Failure::new(format!(
            "could not find provenance file {beside}: stat {beside}: {why}"
        )));
    }
    let archive = read(path, MAX_ARCHIVE).map_err(|f| f.within("failed to read plugin file: "))?;
    let provenance = read(&beside, MAX_PROVENANCE)
        .map_err(|failure| failure.within("failed to read provenance file: "))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let verification = provenance::check_by(&context.parsed, &archive, &provenance, &name, "")?;
    context.print(&provenance::said(&verification, "Plugin"));
    Ok(())
}

/// The plugins that are not named yet.
fn names(context: &Context, typed: &str) -> Candidates {
    let plugins = plugin::cli(&context.settings);
    let free = plugins.iter().filter(|plugin| {
        let name = &plugin.metadata.name;
        name.starts_with(typed) && !context.args().contains(name)
    });
    Candidates::only(
        free.map(|plugin| format!("{}\t{}", plugin.metadata.name, plugin.short())).collect(),
    )
}
