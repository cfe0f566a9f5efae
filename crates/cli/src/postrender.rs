//! Post-renderers: programs that change what was rendered before it is printed.
//!
//! As in Helm 4 a plugin of the type `postrenderer/v1` is named, and gets every document, hooks
//! among them, with an annotation that says which file it is of. As in Helm 3 the path of a program
//! can be named too; it gets the manifests as they would be printed, and its output is printed.

mod documents;
mod plugin;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

pub(crate) use documents::{merge, split};

use pintle_chart::go_text;

use crate::context::Context;
use crate::failure::Failure;
use crate::paths::variable;
use crate::settings::Settings;

/// A post-renderer that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PostRenderer {
    /// As it was named.
    name: String,
    program: String,
    args: Vec<String>,
    /// The plugin's directory; `None` for a program that was named itself.
    plugin: Option<PathBuf>,
}

/// More than this no post-renderer may print.
const MAX_OUTPUT: u64 = 1 << 30;

impl PostRenderer {
    /// The one that the command line names, if it names one.
    ///
    /// # Errors
    ///
    /// There is no plugin and no program of that name.
    pub(crate) fn of(context: &Context) -> Result<Option<Self>, Failure> {
        let names = context.parsed.texts("post-renderer");
        let Some(name) = names.into_iter().find(|name| !name.is_empty()) else { return Ok(None) };
        let extra = context.parsed.texts("post-renderer-args");
        let extra = extra.into_iter().map(str::to_owned);
        if let Some(found) = plugin::find(&context.settings, name)? {
            let (program, mut args) = found.command(name)?;
            args.extend(extra);
            let plugin = Some(found.directory);
            return Ok(Some(Self { name: name.to_owned(), program, args, plugin }));
        }
        match executable(name) {
            Some(program) => {
                let args = extra.collect();
                Ok(Some(Self { name: name.to_owned(), program, args, plugin: None }))
            }
            None => Err(Failure::new(format!(
                "invalid argument {} for \"--post-renderer\" flag: plugin: {{Name:{name} \
                 Type:postrenderer/v1}} not found",
                pintle_strconv::quote(name)
            ))
            .with_details(format!("  = note: there is no program {name} either"))),
        }
    }

    /// Whether it gets hooks and annotations too.
    pub(crate) fn is_plugin(&self) -> bool {
        self.plugin.is_some()
    }

    /// Lets it have `manifests`, and returns what it makes of them.
    pub(crate) fn run(&self, manifests: Vec<u8>, settings: &Settings) -> Result<Vec<u8>, Failure> {
        self.output(manifests, settings).map_err(|error| {
            Failure::new(format!("error while running post render on files: {}", error.message))
                .with_details(error.details)
        })
    }

    fn output(&self, manifests: Vec<u8>, settings: &Settings) -> Result<Vec<u8>, Failure> {
        let quoted = pintle_strconv::quote(&self.name);
        let invoking = |what: String| match &self.plugin {
            Some(_) => {
                Failure::new(format!("failed to invoke post-renderer plugin {quoted}: {what}"))
            }
            None => Failure::new(format!("error while running command {}: {what}", self.program)),
        };
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        if let Some(directory) = &self.plugin {
            command
                .env("HELM_PLUGIN_NAME", &self.name)
                .env("HELM_PLUGIN_DIR", directory)
                .env("HELM_PLUGINS", &settings.plugins);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| invoking(go_text(&error)))?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // It may read, write and complain in any order.
        let (output, complaint) = thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(&manifests)));
            let complaint = scope.spawn(move || {
                let mut text = Vec::new();
                let read = stderr.map(|stderr| stderr.take(MAX_COMPLAINT).read_to_end(&mut text));
                drop(read);
                text
            });
            let mut output = Vec::new();
            let read =
                stdout.map_or(Ok(0), |stdout| stdout.take(MAX_OUTPUT + 1).read_to_end(&mut output));
            (read.map(|_| output), complaint.join().unwrap_or_default())
        });
        let status = child.wait().map_err(|error| invoking(go_text(&error)))?;
        let output = output.map_err(|error| invoking(go_text(&error)))?;
        if output.len() as u64 > MAX_OUTPUT {
            return Err(invoking(format!("it printed more than {MAX_OUTPUT} bytes")));
        }
        if !status.success() {
            let what = match &self.plugin {
                Some(_) => format!("plugin {quoted} exited with error"),
                None => status.to_string(),
            };
            let complaint = String::from_utf8_lossy(&complaint);
            let lines: String = complaint.lines().map(|line| format!("  | {line}\n")).collect();
            return Err(invoking(what).with_details(crate::draw::harmless(&lines)));
        }
        if output.trim_ascii().is_empty() {
            return Err(Failure::new(format!("post-renderer {quoted} produced empty output")));
        }
        Ok(output)
    }
}

/// So much of a failing program's complaints is shown.
const MAX_COMPLAINT: u64 = 64 << 10;

/// The program that a name or a path stands for.
fn executable(name: &str) -> Option<String> {
    let path = PathBuf::from(name);
    if path.components().count() > 1 {
        return path.is_file().then(|| {
            let path = std::path::absolute(&path).unwrap_or(path);
            path.to_string_lossy().into_owned()
        });
    }
    let paths = variable("PATH")?;
    let found = std::env::split_paths(&paths).map(|directory| directory.join(name));
    found.into_iter().find(|path| path.is_file()).map(|path| path.to_string_lossy().into_owned())
}
