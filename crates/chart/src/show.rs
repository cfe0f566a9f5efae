//! What `show` prints of a chart.

use pintle_yaml::to_yaml;

use crate::Chart;

/// What to show of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All of what follows, in this order.
    All,
    /// The metadata, as YAML.
    Chart,
    /// `values.yaml` as it is.
    Values,
    /// The README as it is.
    Readme,
    /// The custom resource definitions, subcharts' included.
    Crds,
}

/// What Helm's `show` prints of a chart; bytes, because the chart's files may be any.
///
/// ```
/// use pintle_chart::{File, Loader, Show, show};
///
/// let files = vec![
///     File::new("Chart.yaml", "version: 1.0.0\nname: web\napiVersion: v2\n"),
///     File::new("values.yaml", "replicas: 1 # one\n"),
/// ];
/// let chart = Loader::new().load_files(files)?;
/// assert_eq!(show(&chart, Show::Chart), b"apiVersion: v2\nname: web\nversion: 1.0.0\n\n");
/// assert_eq!(show(&chart, Show::Values), b"replicas: 1 # one\n\n");
/// # Ok::<(), pintle_chart::Error>(())
/// ```
pub fn show(chart: &Chart, what: Show) -> Vec<u8> {
    let mut out = Vec::new();
    let all = what == Show::All;
    if all || what == Show::Chart {
        // Texts and booleans can always be written; import-values come from a reader.
        line(&mut out, to_yaml(&chart.metadata.to_value()).unwrap_or_default().as_bytes());
    }
    if all || what == Show::Values {
        let mut files = chart.raw.iter().filter(|file| file.name == *"values.yaml").peekable();
        if all && files.peek().is_some() {
            line(&mut out, b"---");
        }
        files.for_each(|file| line(&mut out, &file.data));
    }
    if (all || what == Show::Readme)
        && let Some(readme) = chart.readme()
    {
        if all {
            line(&mut out, b"---");
        }
        line(&mut out, &readme.data);
    }
    if all || what == Show::Crds {
        for crd in chart.crds() {
            if !crd.file.data.starts_with(b"---") {
                line(&mut out, b"---");
            }
            line(&mut out, &crd.file.data);
        }
    }
    out
}

fn line(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(text);
    out.push(b'\n');
}
