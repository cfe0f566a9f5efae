//! The command `pintle`: Helm's commands for charts, many times faster.
//!
//! [`command`] is the tree of commands and [`flags`] the table of their flags; [`parse`] reads the
//! command line by them, [`help`], [`complete`] and `commands::docs` describe them. What a command
//! does is one file in [`commands`]. All output goes through [`output`], all failures through
//! [`failure`].

#![forbid(unsafe_code)]

mod action_host;
mod bounded;
mod command;
mod commands;
mod complete;
mod context;
mod csv;
mod deploy;
mod draw;
mod failure;
mod fetch;
mod flag;
mod flags;
mod format;
mod glob;
mod help;
mod host;
mod identity;
mod jsonpath;
mod locate;
mod log;
mod naming;
mod net;
mod output;
mod paint;
mod parse;
mod paths;
mod plugin;
mod postrender;
mod program;
mod progress;
mod provenance;
mod release_text;
mod session;
mod settings;
mod source;
mod stack;
mod suggest;
mod table;
mod templates;
mod terminal;
mod transfers;
mod user_values;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::ExitCode;

fn main() -> ExitCode {
    let (program, args) = match program::arguments(std::env::args_os()) {
        Ok(read) => read,
        Err(failure) => return ExitCode::from(failure.report()),
    };
    let mut out = Vec::new();
    let result = parse::run(program, args, &mut out);
    ExitCode::from(output::finish(result, &out))
}
