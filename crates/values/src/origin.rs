//! Where a value comes from.

use std::fmt;

use pintle_yaml::{Location, Map, NodeKind, Nodes, Value, documents, nodes};

use crate::layers::{LayerFile, Layers, apply, offset_in};
use crate::set::SetKind;
use crate::{Source, SourceError};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A default of a chart.
    Default {
        /// The chart's name.
        chart: String,
        /// The file, as [`ChartDefaults`] named it.
        file: String,
        /// Where in the file.
        location: Location,
    },
    /// A file of `-f`.
    File {
        /// The file, as the user named it.
        name: String,
        /// Where in the file.
        location: Location,
    },
    /// A flag.
    Set {
        /// The flag.
        kind: SetKind,
        /// Which of the flags of this kind, from 1.
        number: usize,
        /// Its line.
        line: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default { chart, file, location } => {
                write!(f, "{file}:{}:{} of chart {chart}", location.line, location.column)
            }
            Origin::File { name, location } => {
                write!(f, "{name}:{}:{}", location.line, location.column)
            }
            Origin::Set { kind, number, line } => write!(f, "{kind} {line} (number {number})"),
        }
    }
}

/// The text of a chart's default values.
#[derive(Clone, Debug)]
pub struct ChartDefaults<'a> {
    /// The chart's name.
    pub chart: &'a str,
    /// The names under which its values stand in those of the topmost chart; empty for that one.
    pub path: Vec<&'a str>,
    /// How the file is named in answers.
    pub file: &'a str,
    /// What is in it.
    pub text: &'a [u8],
}

/// Answers where values come from, by looking through all layers once more.
///
/// Nothing is done before the first question; a text is parsed when a question comes to it, and
/// once.
///
/// ```
/// use pintle_values::{ChartDefaults, Layers, Origins};
///
/// let layers = Layers { set: vec!["image.tag=2".into()], ..Layers::default() };
/// let defaults = ChartDefaults {
///     chart: "web",
///     path: vec![],
///     file: "web/values.yaml",
///     text: b"image:\n  name: web\n  tag: 1\n",
/// };
/// let mut origins = Origins::new(&layers, &[], vec![defaults]);
/// let tag = origins.origin_of(&["image", "tag"]).unwrap();
/// assert_eq!(tag.to_string(), "--set image.tag=2 (number 1)");
/// let name = origins.origin_of(&["image", "name"]).unwrap();
/// assert_eq!(name.to_string(), "web/values.yaml:2:3 of chart web");
/// ```
#[derive(Debug)]
pub struct Origins<'a> {
    layers: &'a Layers,
    files: Vec<Parsed<'a>>,
    charts: Vec<(ChartDefaults<'a>, Parsed<'a>)>,
    /// What each line sets, with the line.
    lines: Option<Vec<(Origin, Value)>>,
}

impl<'a> Origins<'a> {
    /// Prepares to answer for these layers.
    ///
    /// `files` are the texts that [`Layers::merge`](crate::Layers::merge) has read, `charts` the
    /// defaults of the chart and of those below it, in any order.
    pub fn new(layers: &'a Layers, files: &'a [LayerFile], charts: Vec<ChartDefaults<'a>>) -> Self {
        let files = files.iter().map(|file| Parsed::new(&file.name, &file.text)).collect();
        let mut charts: Vec<_> = charts
            .into_iter()
            .map(|chart| {
                let parsed = Parsed::new(chart.file, chart.text);
                (chart, parsed)
            })
            .collect();
        // The higher chart wins.
        charts.sort_by_key(|(chart, _)| chart.path.len());
        Origins { layers, files, charts, lines: None }
    }

    /// Where the value at a path of keys, and of numbers in lists, comes from; the path starts at
    /// the values of the topmost chart. Of a map, the highest layer that has a part of it.
    ///
    /// A null takes a value away, so the answer for a value that is not there can be where its null
    /// stands. `None` if no layer has anything to do with it.
    pub fn origin_of<S: AsRef<str>>(&mut self, path: &[S]) -> Option<Origin> {
        let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
        // `global` is handed down, and what stands higher wins.
        let global = path.iter().position(|key| *key == "global");
        if let Some(at) = global.filter(|at| self.is_chart(path.get(..*at).unwrap_or_default())) {
            let (above, rest) = path.split_at_checked(at).unwrap_or_default();
            return (0..=at).find_map(|depth| {
                let mut path = above.get(..depth).unwrap_or_default().to_vec();
                path.extend(rest);
                self.find(&path)
            });
        }
        self.find(&path)
    }

    /// Whether a chart's values stand at this path.
    fn is_chart(&self, path: &[&str]) -> bool {
        self.charts.iter().any(|(chart, _)| chart.path == path)
    }

    fn find(&mut self, path: &[&str]) -> Option<Origin> {
        let layers = self.layers;
        let lines = self.lines.get_or_insert_with(|| replay(layers));
        let line = lines.iter().rev().find(|(_, values)| sets(values, path));
        if let Some((origin, _)) = line {
            return Some(origin.clone());
        }
        for file in self.files.iter_mut().rev() {
            if let Some(location) = file.find(path) {
                return Some(Origin::File { name: file.name.to_owned(), location });
            }
        }
        for (chart, file) in &mut self.charts {
            let Some(path) = path.strip_prefix(chart.path.as_slice()) else { continue };
            if let Some(location) = file.find(path) {
                return Some(Origin::Default {
                    chart: chart.chart.to_owned(),
                    file: chart.file.to_owned(),
                    location,
                });
            }
        }
        None
    }
}

/// What each line of a flag sets alone.
fn replay(layers: &Layers) -> Vec<(Origin, Value)> {
    let replayed = layers.lines().map(|(kind, number, line)| {
        let mut values = Map::new();
        // A line that is wrong has been told of when it was applied.
        let _ = apply(&mut values, kind, line, &mut Empty);
        (Origin::Set { kind, number, line: line.to_owned() }, values.into())
    });
    replayed.collect()
}

/// For `--set-file`: what the files have does not matter here.
struct Empty;

impl Source for Empty {
    fn read(&mut self, _location: &str, _limit: u64) -> Result<Vec<u8>, SourceError> {
        Ok(Vec::new())
    }
}

/// Whether values have something at a path, or something on the way that leaves no room for it.
fn sets(values: &Value, path: &[&str]) -> bool {
    let mut value = values;
    for step in path {
        value = match value {
            Value::Map(map) => match map.get(step) {
                Some(next) => next,
                None => return false,
            },
            Value::Seq(items) => match step.parse::<usize>().ok().and_then(|i| items.get(i)) {
                // Items in front of the one that is set are made up.
                None | Some(Value::Null) => return false,
                Some(next) => next,
            },
            _ => return true,
        };
    }
    !path.is_empty()
}

/// A text whose places are asked for.
#[derive(Debug)]
struct Parsed<'a> {
    name: &'a str,
    text: &'a [u8],
    /// The documents, the last first, each with where it begins.
    documents: Option<Vec<(usize, Nodes)>>,
}

impl<'a> Parsed<'a> {
    fn new(name: &'a str, text: &'a [u8]) -> Self {
        Parsed { name, text, documents: None }
    }

    fn find(&mut self, path: &[&str]) -> Option<Location> {
        let text = self.text;
        let all = self.documents.get_or_insert_with(|| {
            let parts = documents(text).filter_map(Result::ok);
            let parsed = parts.filter_map(|part| Some((offset_in(text, part), nodes(part).ok()?)));
            let mut parsed: Vec<_> = parsed.collect();
            parsed.reverse();
            parsed
        });
        all.iter().find_map(|(offset, nodes)| {
            let mut node = nodes.root()?;
            for step in path {
                match node.get(step) {
                    Some(next) => node = next,
                    // A scalar leaves no room for what is below.
                    None if node.kind() == NodeKind::Scalar => break,
                    None => return None,
                }
            }
            let place = node.place();
            let start = place.key.unwrap_or(place.value).start;
            Some(Location::of(text, offset + start))
        })
    }
}
