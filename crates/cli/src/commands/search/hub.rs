//! `search hub`: charts on Artifact Hub, or on another server that answers as it does.

use pintle_chart::Object;
use pintle_repo::hub;
use pintle_yaml::{Emit, Sink, WriteError};

use crate::command::{Arity, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::format::{Format, List};
use crate::table::table;
use crate::{flags, log, net};

pub(super) const HUB: Command = Command {
    name: "hub",
    operands: "[KEYWORD]",
    short: "search Artifact Hub, or a hub of your own",
    long: "
Search Artifact Hub, or what --endpoint names. Several words are one text to look for; Artifact Hub
takes quotes, 'or' and '-word' in it.

    {name} search hub nginx --list-repo-url
",
    flags: &[flags::OUTPUT, flags::SEARCH_HUB],
    arity: Arity::Any,
    run: Some(run),
    ..Command::NEW
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let parsed = &context.parsed;
    let format = Format::of(parsed);
    let endpoint = parsed.text("endpoint").unwrap_or("https://hub.helm.sh");
    let quoted = pintle_strconv::quote(endpoint);
    hub::check(endpoint).map_err(|error| {
        Failure::new(format!("unable to create connection to {quoted}: {error}"))
    })?;
    net::allowed(context, endpoint)?;
    let words = context.args().join(" ");
    let found = hub::search(&net::client(context), endpoint, &words).map_err(|error| {
        log::debug(context.settings.debug, "search failed", &[("error", &error.to_string())]);
        Failure::new(format!("unable to perform search against {quoted}"))
            .with_details(format!("  = because: {error}"))
    })?;
    if found.is_empty() && parsed.is("fail-on-no-result") {
        return Err(Failure::new("no results found"));
    }
    let repositories = parsed.is("list-repo-url");
    let text = match format {
        Format::Table if found.is_empty() => "No results found\n".to_owned(),
        Format::Table => {
            let mut heads = vec!["URL", "CHART VERSION", "APP VERSION", "DESCRIPTION"];
            if repositories {
                heads.push("REPO URL");
            }
            let mut rows: Vec<Vec<String>> = vec![heads.into_iter().map(str::to_owned).collect()];
            rows.extend(found.into_iter().map(|chart| {
                let mut row = vec![chart.url, chart.version, chart.app_version, chart.description];
                if repositories {
                    row.push(chart.repository_url);
                }
                row
            }));
            let width = parsed.uint("max-col-width").unwrap_or(50);
            format!("{}\n", table(&rows, usize::try_from(width).unwrap_or(usize::MAX)))
        }
        format => format.data(&List(&found.into_iter().map(Row).collect::<Vec<_>>()))?,
    };
    context.print(&text);
    Ok(())
}

/// A chart that was found, with its fields in the order of Helm's struct.
struct Row(hub::Found);

impl Emit for Row {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let mut object = Object::begin(sink)?;
        object.always("url", &self.0.url)?;
        object.always("version", &self.0.version)?;
        object.always("app_version", &self.0.app_version)?;
        object.always("description", &self.0.description)?;
        let mut repository = Object::begin(object.key("repository")?)?;
        repository.always("url", &self.0.repository_url)?;
        repository.always("name", &self.0.repository_name)?;
        repository.end()?;
        object.end()
    }
}
