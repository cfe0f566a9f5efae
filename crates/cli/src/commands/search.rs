//! `search`: charts found by words.

mod hub;
mod oci;
mod repo;

use crate::command::{Arity, Command};
use crate::complete::{Candidates, directive};
use crate::flags;

pub(crate) const SEARCH: Command = Command {
    name: "search",
    operands: "[oci://REGISTRY/CHART]",
    short: "search for charts",
    long: "
Search for charts: in the repositories that have a name, on a hub, or in a registry, whose versions of
one chart are listed.

    {name} search repo nginx
    {name} search hub nginx
    {name} search oci://ghcr.io/nginxinc/charts/nginx-ingress
",
    flags: &[flags::OUTPUT, flags::SEARCH_REGISTRY, flags::PUSH],
    children: &[hub::HUB, repo::REPO],
    arity: Arity::Any,
    run: Some(oci::run),
    candidates: |_, typed| {
        let children = [("hub", hub::HUB.short), ("repo", repo::REPO.short)];
        let mut words: Vec<String> = children
            .iter()
            .filter(|(name, _)| name.starts_with(typed))
            .map(|(name, short)| format!("{name}\t{short}"))
            .collect();
        let mut directive = directive::NO_FILES;
        if "oci://".starts_with(typed) && !typed.is_empty() {
            words.push("oci://".to_owned());
            directive |= directive::NO_SPACE;
        }
        Candidates { words, directive }
    },
    ..Command::NEW
};
