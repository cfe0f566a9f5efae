//! `registry`: logins to registries.

use pintle_repo::credentials::{Credentials, Login};

use crate::command::{Arity, Command};
use crate::complete::Candidates;
use crate::context::Context;
use crate::failure::Failure;
use crate::{flags, log, net};

pub(crate) const REGISTRY: Command = Command {
    name: "registry",
    short: "log in to registries and out of them",
    long: "Log in to registries and out of them.",
    children: &[LOGIN, LOGOUT],
    ..Command::NEW
};

const LOGIN: Command = Command {
    name: "login",
    operands: "[host]",
    short: "log in to a registry",
    long: "
Log in to a registry and keep the login where Helm keeps it.

    echo \"$TOKEN\" | {name} registry login ghcr.io -u $USER --password-stdin
",
    flags: &[flags::REGISTRY_LOGIN],
    arity: Arity::AtLeast(1),
    run: Some(login),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

const LOGOUT: Command = Command {
    name: "logout",
    operands: "[host]",
    short: "log out of a registry",
    long: "Forget the login to a registry.",
    arity: Arity::AtLeast(1),
    run: Some(logout),
    candidates: |_, _| Candidates::no_more(),
    ..Command::NEW
};

fn login(context: &mut Context) -> Result<(), Failure> {
    let host = context.args().first().cloned().unwrap_or_default();
    let parsed = &context.parsed;
    let mut username = parsed.text("username").unwrap_or_default().to_owned();
    let given = parsed.text("password").unwrap_or_default().to_owned();
    let secret = if parsed.is("password-stdin") {
        net::secret()?
    } else if given.is_empty() {
        if username.is_empty() {
            username = net::ask("Username: ")?.unwrap_or_default().trim().to_owned();
        }
        let what = if username.is_empty() { "Token" } else { "Password" };
        let secret = net::ask_secretly(&format!("{what}: "))?.unwrap_or_default();
        if secret.is_empty() {
            let what = what.to_lowercase();
            return Err(Failure::new(format!("{what} required"))
                .with_details("  = help: give it with --password-stdin"));
        }
        secret
    } else {
        log::warn("using --password via the CLI is insecure. Use --password-stdin", &[]);
        given
    };
    if let Some((registry, _)) = host.split_once('/') {
        log::warn(
            "registry login currently only supports registry hostname, not a repository path",
            &[("host", &host), ("suggested", registry)],
        );
        let quoted = pintle_strconv::quote(&host);
        return Err(Failure::new(format!("invalid reference: invalid registry {quoted}")));
    }
    net::allowed(context, &host)?;
    if username.is_empty() {
        return Err(
            Failure::new("username required").with_details("  = help: give it with --username")
        );
    }
    let login = Login { username, secret };
    let client = net::client(context);
    let mut registry = net::registry(context, &client);
    registry.access.tls.insecure_skip_verify |= context.parsed.is("insecure");
    let quoted = pintle_strconv::quote(&host);
    registry
        .log_in(&host, &login)
        .map_err(|error| Failure::new(format!("authenticating to {quoted}: {error}")))?;
    registry.credentials.put(&host, &login).map_err(|error| Failure::new(error.to_string()))?;
    context.print("Login Succeeded\n");
    Ok(())
}

fn logout(context: &mut Context) -> Result<(), Failure> {
    let host = context.args().first().cloned().unwrap_or_default();
    Credentials::new(&context.settings.registry_config)
        .remove(&host)
        .map_err(|error| Failure::new(error.to_string()))?;
    context.print(&format!("Removing login credentials for {host}\n"));
    Ok(())
}
