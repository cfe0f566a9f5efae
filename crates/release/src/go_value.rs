//! A release under the names of Helm's Go fields: what `get all --template` gives a template.

use pintle_chart::File;
use pintle_yaml::Value;

use crate::{HookRun, RecordedHook, Release, Time};

impl Release {
    /// The release under the names of Helm's Go fields, what is empty included.
    ///
    /// ```
    /// use pintle_release::Release;
    ///
    /// let release = Release { name: "web".to_owned(), version: 3, ..Release::default() };
    /// let value = release.to_go_value();
    /// assert_eq!(value.get("Name").and_then(|name| name.as_str()), Some("web"));
    /// ```
    pub fn to_go_value(&self) -> Value {
        let info = &self.info;
        let info: Vec<(&str, Value)> = vec![
            ("Deleted", time(info.deleted)),
            ("Description", info.description.as_str().into()),
            ("FirstDeployed", time(info.first_deployed)),
            ("LastDeployed", time(info.last_deployed)),
            ("Notes", info.notes.as_str().into()),
            ("RollbackRevision", info.rollback_revision.into()),
            ("Status", info.status.name().into()),
        ];
        let chart = &self.chart;
        let chart: Vec<(&str, Value)> = vec![
            ("Files", files(&chart.files)),
            ("Metadata", chart.metadata.to_go_value()),
            // In Go it is a method, which a template calls in the same way.
            ("Name", chart.name().into()),
            ("Templates", files(&chart.templates)),
            ("Values", chart.values.clone()),
        ];
        let entries: Vec<(&str, Value)> = vec![
            ("ApplyMethod", self.apply_method.as_str().into()),
            ("Chart", chart.into_iter().collect()),
            ("Config", self.config.clone()),
            ("Hooks", self.hooks.iter().map(hook).collect::<Vec<_>>().into()),
            ("Info", info.into_iter().collect()),
            ("Labels", self.labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()),
            ("Manifest", self.manifest.as_str().into()),
            ("Name", self.name.as_str().into()),
            ("Namespace", self.namespace.as_str().into()),
            ("Version", self.version.into()),
        ];
        entries.into_iter().collect()
    }
}

/// As Go prints a time.
fn time(time: Option<Time>) -> Value {
    time.unwrap_or(Time::ZERO).go_string(None).into()
}

fn files(files: &[File]) -> Value {
    let file = |file: &File| {
        let text = String::from_utf8_lossy(&file.data);
        Value::from_iter([("Data", Value::from(&*text)), ("Name", file.name.as_str().into())])
    };
    files.iter().map(file).collect::<Vec<_>>().into()
}

fn hook(hook: &RecordedHook) -> Value {
    let HookRun { started_at, completed_at, phase } = &hook.last_run;
    let run: Vec<(&str, Value)> = vec![
        ("CompletedAt", time(*completed_at)),
        ("Phase", phase.as_str().into()),
        ("StartedAt", time(*started_at)),
    ];
    let texts = |texts: &mut dyn Iterator<Item = &str>| -> Value {
        texts.map(Value::from).collect::<Vec<_>>().into()
    };
    let entries: Vec<(&str, Value)> = vec![
        ("DeletePolicies", texts(&mut hook.delete_policies.iter().map(|policy| &*policy.0))),
        ("Events", texts(&mut hook.events.iter().map(|event| event.name()))),
        ("Kind", hook.kind.as_str().into()),
        ("LastRun", run.into_iter().collect()),
        ("Manifest", hook.manifest.as_str().into()),
        ("Name", hook.name.as_str().into()),
        ("OutputLogPolicies", texts(&mut hook.output_log_policies.iter().map(|one| &*one.0))),
        ("Path", hook.path.as_str().into()),
        ("Weight", hook.weight.into()),
    ];
    entries.into_iter().collect()
}
