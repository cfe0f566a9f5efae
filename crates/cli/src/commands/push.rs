//! `push`: puts a chart into a registry.

use std::fs;

use pintle_chart::go_text;

use crate::command::{Arity, Command};
use crate::complete::{Candidates, directive};
use crate::context::Context;
use crate::failure::Failure;
use crate::{fetch, flags, net};

pub(crate) const PUSH: Command = Command {
    name: "push",
    operands: "[chart] [remote]",
    short: "put a chart into a registry",
    long: "
Put a chart, an archive, into a registry, with its provenance file if that lies beside it. Name and
tag are the chart's own name and version.

    {name} push web-1.2.3.tgz oci://example.com/charts
",
    flags: &[flags::PUSH],
    arity: Arity::AtLeast(2),
    run: Some(run),
    candidates: |context, _| match context.args().len() {
        0 => Candidates::nothing(),
        1 => Candidates {
            words: vec!["oci://".to_owned()],
            directive: directive::NO_FILES | directive::NO_SPACE,
        },
        _ => Candidates::no_more(),
    },
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let [path, remote, ..] = context.args() else { return Ok(()) };
    let Some((scheme, _)) = remote.split_once("://") else {
        // Go takes what is before a colon for a scheme, which cannot begin with a digit.
        let first = remote.split('/').next().unwrap_or_default();
        if first.contains(':') && first.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Failure::new(format!("invalid chart URL format: {remote}")));
        }
        return Err(Failure::new(format!(
            "scheme prefix missing from remote (e.g. \"oci://{remote}\")"
        )));
    };
    if scheme != "oci" {
        return Err(Failure::new(format!(
            "scheme {} not supported",
            pintle_strconv::quote(scheme)
        )));
    }
    let meta = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(format!("{path}: no such file")),
        _ => Failure::new(format!("stat {path}: {}", go_text(&error))),
    })?;
    if meta.is_dir() {
        return Err(Failure::new("cannot push directory, must provide chart archive (.tgz)"));
    }
    net::allowed(context, remote)?;
    let read = |path: &str| {
        fs::read(path).map_err(|error| Failure::new(format!("open {path}: {}", go_text(&error))))
    };
    let archive = read(path)?;
    let beside = format!("{path}.prov");
    let provenance = if fs::metadata(&beside).is_ok() { Some(read(&beside)?) } else { None };
    let created = net::rfc3339(meta.modified().ok());
    let client = net::client(context);
    let pushed = net::registry(context, &client)
        .push(&archive, provenance.as_deref(), remote, &created)
        .map_err(|error| Failure::new(error.to_string()))?;
    let reference = pushed.reference;
    let more = fetch::underscore(&reference);
    context.print(&format!("Pushed: {reference}\nDigest: {}\n{more}", pushed.digest));
    Ok(())
}
