//! Rules for `Chart.yaml`.

use pintle_semver::{Constraint, Version};
use pintle_strconv::quote;
use pintle_yaml::{ReadOptions, Value};

use super::place::{Kind, Place};
use super::{LintReport, Severity, address};
use crate::error::go_text;
use crate::metadata::{Metadata, read_metadata, read_metadata_strict};
use crate::path;

const NAME: &str = "Chart.yaml";

type Rule = Result<(), String>;

pub(super) fn check(place: &Place, report: &mut LintReport) {
    let directory = matches!(place.kind(NAME), Ok(Kind::Directory));
    let rule = if directory { Err("should be a file, not a directory") } else { Ok(()) };
    report.check(Severity::Error, NAME, rule);
    let read = place.read(NAME).map_err(|error| go_text(&error)).and_then(|text| {
        let metadata = read_metadata(&text).map_err(|error| error.to_string())?;
        Ok((text, metadata))
    });
    let (text, metadata) = match read {
        Ok(read) => read,
        Err(error) => {
            let rule = Err(format!("unable to parse YAML\n\t{error}"));
            report.check(Severity::Error, NAME, rule);
            return;
        }
    };
    let text = &*text;
    let strict = read_metadata_strict(text)
        .map(|_| ())
        .map_err(|error| format!("failed to strictly parse chart metadata file\n\t{error}"));
    report.check(Severity::Warning, NAME, strict);
    let untyped = ReadOptions::new().read(text).unwrap_or_default();
    let rules: [(Severity, Rule); 12] = [
        (Severity::Error, name(&metadata)),
        (Severity::Error, api_version(&metadata)),
        (Severity::Error, is_text(&untyped, "version")),
        (Severity::Error, version(&metadata)),
        (Severity::Error, is_text(&untyped, "appVersion")),
        (Severity::Error, maintainers(&metadata)),
        (Severity::Error, sources(&metadata)),
        (Severity::Info, icon_is_there(&metadata)),
        (Severity::Error, icon(&metadata)),
        (Severity::Error, kind(&metadata)),
        (Severity::Error, dependencies(&metadata)),
        (Severity::Warning, strict_version(&metadata)),
    ];
    for (severity, rule) in rules {
        report.check(severity, NAME, rule);
    }
}

fn when(wrong: bool, message: impl FnOnce() -> String) -> Rule {
    if wrong { Err(message()) } else { Ok(()) }
}

fn name(metadata: &Metadata) -> Rule {
    when(metadata.name.is_empty(), || "name is required".to_owned())?;
    when(path::base(&metadata.name) != metadata.name, || {
        format!("chart name {} is invalid", quote(metadata.name.as_bytes()))
    })
}

fn api_version(metadata: &Metadata) -> Rule {
    const VALUES: &str = "The value must be either \"v1\" or \"v2\"";
    match metadata.api_version.as_str() {
        "" => Err(format!("apiVersion is required. {VALUES}")),
        "v1" | "v2" => Ok(()),
        version => Err(format!("apiVersion '{version}' is not valid. {VALUES}")),
    }
}

/// The type of a value as Go names it.
fn is_text(untyped: &Value, key: &str) -> Rule {
    let found = match untyped.get(key) {
        None | Some(Value::String(_)) => return Ok(()),
        Some(Value::Null) => "<nil>",
        Some(Value::Bool(_)) => "bool",
        Some(Value::Number(_)) => "float64",
        Some(Value::Seq(_)) => "[]interface {}",
        Some(Value::Map(_)) => "map[string]interface {}",
    };
    Err(format!("{key} should be of type string but it's of type {found}"))
}

fn version(metadata: &Metadata) -> Rule {
    let text = &metadata.version;
    when(text.is_empty(), || "version is required".to_owned())?;
    let Ok(version) = Version::parse(text) else {
        return Err(format!("version '{text}' is not a valid SemVer"));
    };
    let Ok(constraint) = Constraint::parse(">0.0.0-0") else { return Ok(()) };
    match constraint.validate(&version) {
        Err(reasons) => match reasons.first() {
            Some(reason) => Err(format!("version {reason}")),
            None => Ok(()),
        },
        Ok(()) => Ok(()),
    }
}

fn strict_version(metadata: &Metadata) -> Rule {
    let text = &metadata.version;
    when(Version::parse_strict(text).is_err(), || {
        format!("version '{text}' is not a valid SemVerV2")
    })
}

fn maintainers(metadata: &Metadata) -> Rule {
    when(metadata.has_null_maintainer(), || "a maintainer entry is empty".to_owned())?;
    for maintainer in &metadata.maintainers {
        let (name, email, url) = (&maintainer.name, &maintainer.email, &maintainer.url);
        when(name.is_empty(), || "each maintainer requires a name".to_owned())?;
        when(!email.is_empty() && !address::is_email(email), || {
            format!("invalid email '{email}' for maintainer '{name}'")
        })?;
        when(!url.is_empty() && !address::is_url(url), || {
            format!("invalid url '{url}' for maintainer '{name}'")
        })?;
    }
    Ok(())
}

fn sources(metadata: &Metadata) -> Rule {
    for source in &metadata.sources {
        when(!address::is_request_url(source), || format!("invalid source URL '{source}'"))?;
    }
    Ok(())
}

fn icon_is_there(metadata: &Metadata) -> Rule {
    when(metadata.icon.is_empty(), || "icon is recommended".to_owned())
}

fn icon(metadata: &Metadata) -> Rule {
    let icon = &metadata.icon;
    when(!icon.is_empty() && !address::is_request_url(icon), || {
        format!("invalid icon URL '{icon}'")
    })
}

fn kind(metadata: &Metadata) -> Rule {
    let version = &metadata.api_version;
    when(!metadata.kind.is_empty() && version != "v2", || {
        format!("chart type is not valid in apiVersion '{version}'. It is valid in apiVersion 'v2'")
    })
}

fn dependencies(metadata: &Metadata) -> Rule {
    let version = &metadata.api_version;
    when(!metadata.dependencies().is_empty() && version != "v2", || {
        format!(
            "dependencies are not valid in the Chart file with apiVersion '{version}'. They are \
             valid in apiVersion 'v2'"
        )
    })
}
