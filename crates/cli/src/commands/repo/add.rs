//! `repo add`.

use std::path::Path;

use pintle_repo::repositories::{Entry, Repositories};
use pintle_repo::{Error, repository};

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::plugin::Getters;
use crate::{flags, net};

pub(super) const ADD: Command = Command {
    name: "add",
    operands: "[NAME] [URL]",
    short: "give a repository a name",
    long: "
Give the repository at a URL a name, and fetch its list of charts.
",
    flags: &[flags::REPO_ADD],
    arity: Arity::Exactly(2),
    run: Some(run),
    candidates: |context, _| {
        if context.args().len() > 1 { Candidates::no_more() } else { Candidates::only(Vec::new()) }
    },
    ..Command::NEW
};

/// Repositories that are no more, with what took their place.
const GONE: [(&str, &str); 2] = [
    ("//kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"),
    ("//kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"),
];

fn run(context: &mut Context) -> Result<(), Failure> {
    let [name, url] = context.args() else { return Ok(()) };
    let (name, url) = (name.clone(), url.clone());
    let parsed = &context.parsed;
    if !parsed.is("allow-deprecated-repos")
        && let Some((_, instead)) = GONE.iter().find(|(gone, _)| url.contains(gone))
    {
        return Err(Failure::new(format!(
            "repo {} is no longer available; try {} instead",
            pintle_strconv::quote(&url),
            pintle_strconv::quote(instead)
        )));
    }
    let access = net::access(parsed, &url);
    let mut entry = Entry {
        name: name.clone(),
        url: url.clone(),
        username: access.username,
        password: access.password,
        cert_file: access.tls.cert_file,
        key_file: access.tls.key_file,
        ca_file: access.tls.ca_file,
        insecure_skip_tls_verify: access.tls.insecure_skip_verify,
        pass_credentials_all: access.pass_credentials,
    };
    if !entry.username.is_empty() && entry.password.is_empty() {
        entry.password = match parsed.is("password-stdin") {
            true => net::secret()?,
            false => net::ask_secretly("Password: ")?.ok_or_else(|| {
                Failure::new("a user name needs a password")
                    .with_details("  = help: give it with --password-stdin or --password")
            })?,
        };
    }
    if name.contains('/') {
        return Err(Failure::new(format!(
            "repository name ({name}) contains '/', please specify a different name without '/'"
        )));
    }
    if let Some((scheme, _)) = url.split_once("://")
        && !known(scheme)
        && !Getters::new(context).know(scheme)
    {
        return Err(Failure::new(format!("could not find protocol handler for: {scheme}")));
    }
    net::allowed(context, &url)?;
    let force = parsed.is("force-update");
    let timeout = net::timeout(parsed);
    let cache = Path::new(&context.settings.repository_cache);
    let config = Path::new(&context.settings.repository_config);
    let quoted = pintle_strconv::quote(&name);
    let said = Repositories::update(config, |file| {
        if !force && let Some(known) = file.get(&name) {
            if *known != entry {
                return Err(Error::Other(format!(
                    "repository name ({name}) already exists, please specify a different name"
                )));
            }
            let text = format!("{quoted} already exists with the same configuration, skipping\n");
            return Ok((text, false));
        }
        let answers = repository::refresh(&net::client(context), &[&entry], cache, timeout);
        for answer in answers {
            let refreshed = answer.map_err(|error| Error::NotARepository {
                url: url.clone(),
                error: Box::new(error),
            })?;
            net::skipped(&refreshed.skipped, &url);
        }
        file.put(entry);
        Ok((format!("{quoted} has been added to your repositories\n"), true))
    })
    .map_err(|error| Failure::new(error.to_string()))?;
    context.print(&said);
    Ok(())
}

/// Whether something fetches URLs of that kind.
fn known(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "oci")
}
