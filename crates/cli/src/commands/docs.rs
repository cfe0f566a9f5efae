//! `docs`: the help of all commands as Markdown or man pages. Hidden, as it is in Helm.

mod man;
mod markdown;

use std::fs;
use std::path::Path;

use pintle_chart::go_text;

use crate::command::{Command, ROOT};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::flags;
use crate::parse::path_text;

pub(crate) const DOCS: Command = Command {
    name: "docs",
    short: "write the documentation of all commands",
    long: "
Write the help of all commands to files: as Markdown, as man pages, or as the completion script
for bash.
",
    flags: &[flags::DOCS],
    hidden: true,
    run: Some(run),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

/// A way to write the help of a command.
type Writer = fn(&Context, &[&'static Command]) -> String;

fn run(context: &mut Context) -> Result<(), Failure> {
    let directory = context.parsed.text("dir").unwrap_or("./").to_owned();
    let headers = context.parsed.is("generate-headers");
    match context.parsed.text("type").unwrap_or("markdown") {
        "markdown" | "mdown" | "md" => {
            let page: Writer = if headers { markdown::titled_page } else { markdown::page };
            tree(context, &mut vec![&ROOT], Path::new(&directory), ("_", "md"), page)
        }
        "man" => tree(context, &mut vec![&ROOT], Path::new(&directory), ("-", "1"), man::page),
        "bash" => {
            let script = include_str!("../complete/bash.sh");
            let text =
                script.replace("NAME", context.program.name).replace("REQUEST", "__complete");
            write(&Path::new(&directory).join("completions.bash"), &text)
        }
        other => Err(Failure::new(format!(
            "unknown doc type {}. Try 'markdown' or 'man'",
            pintle_strconv::quote(other)
        ))),
    }
}

/// Writes a command and all below it, one file each.
fn tree(
    context: &Context,
    path: &mut Vec<&'static Command>,
    directory: &Path,
    (separator, extension): (&str, &str),
    page: Writer,
) -> Result<(), Failure> {
    let name = path_text(context.program, path).replace(' ', separator);
    write(&directory.join(format!("{name}.{extension}")), &page(context, path))?;
    for child in crate::parse::called(path).shown() {
        path.push(child);
        tree(context, path, directory, (separator, extension), page)?;
        path.pop();
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::new(format!("open {}: {}", path.display(), go_text(&error))))
}
