//! Names of releases and their revisions, as far as the cluster tells them.

use pintle_release::ListOptions;

use super::Candidates;
use crate::context::Context;
use crate::session::Session;

/// The releases of the namespace, without those of `typed`.
pub(crate) fn releases(context: &Context, typed: &[String]) -> Candidates {
    let Ok(mut session) = Session::open(context) else { return Candidates::nothing() };
    let Ok(releases) = session.list(&ListOptions::default()) else {
        return Candidates::nothing();
    };
    let words = releases.iter().filter(|release| !typed.contains(&release.name)).map(|release| {
        let chart = &release.chart.metadata;
        let status = release.info.status;
        format!("{}\t{}-{} -> {status}", release.name, chart.name, chart.version)
    });
    Candidates::only(words.collect())
}

/// The operand of a command that wants one release.
pub(crate) fn one_release(context: &Context, _: &str) -> Candidates {
    if context.args().is_empty() { releases(context, &[]) } else { Candidates::no_more() }
}

/// The revisions of a release, the latest first.
pub(crate) fn revisions(context: &Context, name: &str) -> Candidates {
    let Ok(mut session) = Session::open(context) else { return Candidates::nothing() };
    let Ok(history) = session.actions().history(name) else { return Candidates::nothing() };
    let words = history.iter().rev().map(|release| {
        let chart = &release.chart.metadata;
        format!(
            "{}\tApp: {}, Chart: {}-{}",
            release.version, chart.app_version, chart.name, chart.version
        )
    });
    Candidates::only(words.collect())
}
