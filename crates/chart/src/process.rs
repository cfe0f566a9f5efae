//! Which dependencies a chart has with given values, and what it takes over from them.

mod enabled;
mod graph;
mod import;

use pintle_semver::{Constraint, Version};
use pintle_values::{ChartValues, CoalesceError};
use pintle_yaml::Value;

use crate::{Chart, Notice};

/// Processes the dependencies of a chart, as Helm does before it renders: those that `Chart.yaml`
/// does not name stay, aliases become charts of their own, tags and conditions disable some, and
/// `import-values` brings values of subcharts into the parent's.
///
/// Afterwards [`Chart::values`] of each chart with dependencies holds those of its subcharts too.
/// Returns what was worth saying.
///
/// ```
/// use pintle_chart::{File, Loader, process};
/// use pintle_yaml::Value;
///
/// let chart = "name: web\nversion: 1.0.0\napiVersion: v2\n\
///              dependencies: [{name: db, version: '*', condition: db.enabled}]\n";
/// let mut chart = Loader::new().load_files(vec![
///     File::new("Chart.yaml", chart),
///     File::new("charts/db/Chart.yaml", "name: db\nversion: 2.0.0\napiVersion: v2\n"),
/// ])?;
/// let values = Value::from_iter([("db", Value::from_iter([("enabled", false)]))]);
/// process(&mut chart, &values)?;
/// assert!(chart.dependencies.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The values of a chart and of the user do not fit together.
pub fn process(chart: &mut Chart, values: &Value) -> Result<Vec<Notice>, CoalesceError> {
    let mut notices = Vec::new();
    enabled::process(chart, values, "", &mut notices)?;
    import::process(chart, &mut notices)?;
    Ok(notices)
}

impl Chart {
    /// The chart as coalescing sees it: names and default values of it and of its subcharts.
    pub fn as_values(&self) -> ChartValues<'_> {
        ChartValues {
            name: self.name(),
            values: &self.values,
            dependencies: self.dependencies.iter().map(Chart::as_values).collect(),
        }
    }
}

/// Whether a version satisfies a constraint; a text that is no version or no constraint fits
/// nothing.
pub(crate) fn is_compatible(constraint: &str, version: &str) -> bool {
    let Ok(version) = Version::parse(version) else { return false };
    Constraint::parse(constraint).is_ok_and(|constraint| constraint.check(&version))
}
