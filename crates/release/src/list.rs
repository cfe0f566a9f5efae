//! The list of releases.

use std::collections::BTreeMap;
use std::fmt;

use pintle_yaml::{Emit, Sink, WriteError};

use crate::{Query, Release, Selector, Status, Storage, StorageError, Time};

/// Which releases are listed, and how: the flags of `helm list`.
#[derive(Clone, Copy, Default)]
pub struct ListOptions<'a> {
    /// Takes a name that is wanted.
    pub filter: Option<&'a dyn Fn(&str) -> bool>,
    /// The states that are wanted; all but `unknown` where there is none.
    pub states: &'a [Status],
    /// Which labels are wanted.
    pub selector: Option<&'a Selector>,
    /// In the order of their times instead of their names.
    pub by_date: bool,
    /// The other way round. Times begin with the oldest without it.
    pub reverse: bool,
    /// How many at most; 0 for all.
    pub max: usize,
    /// How many are left out first.
    pub offset: usize,
}

impl fmt::Debug for ListOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListOptions").field("states", &self.states).finish_non_exhaustive()
    }
}

/// The latest revisions of releases, as Helm lists them: of each its chart has only the metadata.
/// Records that could not be read are told by [`Storage::take_unreadable`].
///
/// # Errors
///
/// The store does not answer.
pub fn list(
    storage: &mut Storage,
    options: &ListOptions<'_>,
) -> Result<Vec<Release>, StorageError> {
    let mut releases = storage.list(&Query { brief: true, ..Query::default() })?;
    let total = releases.len();
    if let Some(filter) = options.filter {
        releases.retain(|release| filter(&release.name));
    }
    // What is superseded is never the latest.
    if options.states != [Status::Superseded] {
        let mut latest: BTreeMap<(String, String), Release> = BTreeMap::new();
        for release in releases {
            // They come in the order of their revisions.
            latest.insert((release.namespace.clone(), release.name.clone()), release);
        }
        releases = latest.into_values().collect();
    }
    releases.retain(|release| {
        let status = release.info.status;
        if options.states.is_empty() {
            status != Status::Unknown
        } else {
            options.states.contains(&status)
        }
    });
    if let Some(selector) = options.selector {
        releases.retain(|release| selector.matches(&release.labels));
    }
    sort(&mut releases, options);
    let limit = if options.max > 0 { options.max.min(total) } else { total };
    Ok(releases.into_iter().skip(options.offset).take(limit).collect())
}

fn sort(releases: &mut [Release], options: &ListOptions<'_>) {
    let seconds = |release: &Release| {
        release.info.last_deployed.map_or(Time::ZERO.seconds, |time| time.seconds)
    };
    releases.sort_by(|a, b| {
        let names = (&a.name, &a.namespace).cmp(&(&b.name, &b.namespace));
        let order = if options.by_date { seconds(a).cmp(&seconds(b)).then(names) } else { names };
        if options.reverse { order.reverse() } else { order }
    });
}

/// A row of the list, as all of Helm's forms of output have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The name.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// The revision; a text, in JSON too.
    pub revision: String,
    /// When it was deployed last, or `-`.
    pub updated: String,
    /// The status.
    pub status: Status,
    /// The chart with its version.
    pub chart: String,
    /// The version of what the chart installs.
    pub app_version: String,
}

impl ListRow {
    /// The row of a release; `time` writes the time, [`Time::go_string`] unless the user wants
    /// another form.
    pub fn new(release: &Release, time: &dyn Fn(&Time) -> String) -> ListRow {
        let (chart, app_version) = chart_names(release);
        ListRow {
            name: release.name.clone(),
            namespace: release.namespace.clone(),
            revision: release.version.to_string(),
            updated: release.info.last_deployed.as_ref().map_or_else(|| "-".to_owned(), time),
            status: release.info.status,
            chart,
            app_version,
        }
    }
}

/// The chart with its version, and the version of what it installs; `MISSING` where the record has
/// no chart.
pub(crate) fn chart_names(release: &Release) -> (String, String) {
    let metadata = &release.chart.metadata;
    if metadata.name.is_empty() && metadata.version.is_empty() {
        return ("MISSING".to_owned(), "MISSING".to_owned());
    }
    (format!("{}-{}", metadata.name, metadata.version), metadata.app_version.clone())
}

impl Emit for ListRow {
    fn emit(&self, sink: &mut dyn Sink) -> Result<(), WriteError> {
        let fields = [
            ("name", self.name.as_str()),
            ("namespace", &self.namespace),
            ("revision", &self.revision),
            ("updated", &self.updated),
            ("status", self.status.name()),
            ("chart", &self.chart),
            ("app_version", &self.app_version),
        ];
        sink.begin_map(fields.len())?;
        for (key, text) in fields {
            sink.key(key.as_bytes())?;
            sink.str(text.as_bytes())?;
        }
        sink.end()
    }
}
