//! Post-renderers: programs that change what was rendered before it is printed.
//!
//! As in Helm 4 a plugin of the type `postrenderer/v1` is named, and gets every document, hooks
//! among them, with an annotation that says which file it is of. As in Helm 3 the path of a program
//! can be named too; it gets the manifests as they would be printed, and its output is printed.

mod documents;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

pub(crate) use documents::{merge, split};

use pintle_chart::go_text;

use crate::commands::env;
use crate::context::Context;
use crate::failure::Failure;
use crate::plugin::{self, Plugin, kind};
use crate::program;

/// A post-renderer that is there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PostRenderer {
    /// As it was named.
    name: String,
    what: What,
    /// What `--post-renderer-args` says.
    args: Vec<String>,
    debug: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Plugin(Box<Plugin>, Vec<(&'static str, String)>),
    Program(String),
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
        let args = context.parsed.texts("post-renderer-args");
        let args = args.into_iter().map(str::to_owned).collect();
        let name_owned = name.to_owned();
        let debug = context.settings.debug;
        let found =
            plugin::find(&context.settings, kind::POST_RENDERER, name).map_err(Failure::new)?;
        if let Some(found) = found {
            let variables = env::variables(context.program, &context.settings);
            let what = What::Plugin(Box::new(found), variables);
            let renderer = Self { name: name_owned, what, args, debug };
            // Better now than when all is rendered.
            drop(renderer.command()?);
            return Ok(Some(renderer));
        }
        match executable(name) {
            Some(program) => {
                Ok(Some(Self { name: name_owned, what: What::Program(program), args, debug }))
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
        matches!(self.what, What::Plugin(..))
    }

    /// Lets it have `manifests`, and returns what it makes of them.
    pub(crate) fn run(&self, manifests: Vec<u8>) -> Result<Vec<u8>, Failure> {
        self.output(manifests).map_err(|error| {
            Failure::new(format!("error while running post render on files: {}", error.message))
                .with_details(error.details)
        })
    }

    fn failing(&self, what: &str) -> Failure {
        match &self.what {
            What::Plugin(..) => {
                let quoted = pintle_strconv::quote(&self.name);
                Failure::new(format!("failed to invoke post-renderer plugin {quoted}: {what}"))
            }
            What::Program(program) => {
                Failure::new(format!("error while running command {program}: {what}"))
            }
        }
    }

    fn command(&self) -> Result<Command, Failure> {
        match &self.what {
            What::Plugin(plugin, variables) => {
                let commands = &plugin.metadata.commands;
                plugin::prepare(plugin, commands, true, &self.args, variables).map_err(|error| {
                    match plugin.unusable() {
                        Some(why) => self.failing(&why),
                        None => self.failing(&format!("failed to prepare plugin command: {error}")),
                    }
                })
            }
            What::Program(program) => {
                let mut command = Command::new(program);
                command.args(&self.args);
                Ok(command)
            }
        }
    }

    fn output(&self, manifests: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let quoted = pintle_strconv::quote(&self.name);
        let invoking = |what: String| self.failing(&what);
        let mut command = self.command()?;
        if let What::Plugin(plugin, _) = &self.what {
            plugin::announce(self.debug, plugin, "command", &command);
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
            let what = match &self.what {
                What::Plugin(plugin, _) => {
                    plugin::announce_failure(self.debug, plugin, status);
                    format!("plugin {quoted} exited with error")
                }
                What::Program(_) => status.to_string(),
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
    program::found(name)
}
