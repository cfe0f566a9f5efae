//! `search oci://…`: the versions of a chart in a registry.

use pintle_repo::oci::Reference;
use pintle_semver::{Constraint, Version};
use pintle_yaml::Value;

use crate::context::Context;
use crate::failure::Failure;
use crate::format::Format;
use crate::table::table;
use crate::{net, parse};

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let Some(name) = context.args().first().filter(|word| word.starts_with("oci://")).cloned()
    else {
        // What Helm does whatever follows.
        return parse::children(context);
    };
    let parsed = &context.parsed;
    let format = Format::of(parsed);
    let range = match parsed.text("version").unwrap_or_default() {
        "" if parsed.is("devel") => ">0.0.0-0",
        "" => "*",
        range => range,
    };
    let constraint = Constraint::parse(range)
        .map_err(|error| Failure::new(format!("an invalid version/constraint format: {error}")))?;
    net::allowed(context, &name)?;
    let fails = |error: pintle_repo::Error| Failure::new(error.to_string());
    let reference = Reference::parse(&name).map_err(fails)?;
    if !reference.tag.is_empty() || !reference.digest.is_empty() {
        return Err(Failure::new(format!(
            "{} names one version; leave it out to list all",
            pintle_strconv::quote(&name)
        )));
    }
    let client = net::client(context);
    let tags = net::registry(context, &client).tags(&reference).map_err(fails)?;
    let fits = |tag: &String| Version::parse(tag).is_ok_and(|tag| constraint.check(&tag));
    let tags: Vec<String> = tags.into_iter().filter(fits).collect();
    if tags.is_empty() && parsed.is("fail-on-no-result") {
        return Err(Failure::new("no results found"));
    }
    let name = format!("oci://{reference}");
    let text = match format {
        Format::Table if tags.is_empty() => "No results found\n".to_owned(),
        Format::Table => {
            let mut rows = vec![vec!["NAME".to_owned(), "CHART VERSION".to_owned()]];
            rows.extend(tags.into_iter().map(|tag| vec![name.clone(), tag]));
            format!("{}\n", table(&rows, 0))
        }
        format => {
            let row = |tag: &String| {
                vec![("name", Value::from(name.as_str())), ("version", Value::from(tag.as_str()))]
            };
            format.write(&tags.iter().map(row).collect::<Vec<_>>())?
        }
    };
    context.print(&text);
    Ok(())
}
