//! From a chart to hooks, a manifest and notes.

use pintle_chart::{Capabilities, Chart, ReleaseInfo, RenderedFile};
use pintle_yaml::Value;

use super::{ActionError, Actions, Cause, Done, LogLevel};
use crate::{
    Cluster, Hook, HookRun, Prepared, RecordedHook, append_source, documents, prepare, trim_space,
};

/// Why rendering failed; the program above knows more of it and may downcast it.
pub type RenderFailure = Box<dyn std::error::Error + Send + Sync>;

/// What is rendered.
#[derive(Clone, Copy, Debug)]
pub struct RenderJob<'a> {
    /// The chart, its dependencies processed.
    pub chart: &'a Chart,
    /// The user's values; they are not yet brought together with the chart's.
    pub values: &'a Value,
    /// What templates see as `.Release`.
    pub release: &'a ReleaseInfo,
    /// What templates see as `.Capabilities`.
    pub capabilities: &'a Capabilities,
}

/// Renders charts.
pub trait Render {
    /// Brings the values together, checks them against the chart's schemas, and renders all
    /// templates, notes included. `cluster` is for `lookup`; without one it finds nothing.
    ///
    /// # Errors
    ///
    /// The values do not fit, or a template fails.
    fn render(
        &mut self,
        job: &RenderJob<'_>,
        cluster: Option<&mut dyn Cluster>,
    ) -> Result<Vec<RenderedFile>, RenderFailure>;
}

/// Changes what was rendered.
pub trait PostRender {
    /// Makes other files of files. `group` is `hooks` or `manifests` when they come apart.
    ///
    /// # Errors
    ///
    /// It failed.
    fn run(
        &mut self,
        files: Vec<RenderedFile>,
        group: Option<&str>,
    ) -> Result<Vec<RenderedFile>, RenderFailure>;
}

/// What a post-renderer gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PostRenderStrategy {
    /// All in one.
    #[default]
    Combined,
    /// First the hooks, then the manifests.
    Separate,
    /// The manifests alone.
    NoHooks,
}

/// The ways of rendering of an action.
pub(super) struct Rendering<'r, 'p> {
    pub(super) render: &'r mut dyn Render,
    pub(super) post: Option<&'p mut dyn PostRender>,
    pub(super) strategy: PostRenderStrategy,
    pub(super) lookups: bool,
    pub(super) subchart_notes: bool,
    pub(super) hide_secrets: bool,
}

/// What a chart rendered to.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    pub(super) hooks: Vec<RecordedHook>,
    pub(super) manifest: String,
    pub(super) notes: String,
}

impl Actions<'_> {
    pub(super) fn render(
        &mut self,
        job: &RenderJob<'_>,
        how: &mut Rendering<'_, '_>,
    ) -> Done<Rendered> {
        let failed =
            |error: RenderFailure| ActionError::new(error.to_string(), Cause::Render(error));
        job.chart
            .check_kube_version(&job.capabilities.kube_version)
            .map_err(|error| ActionError::plain(error.to_string()))?;
        let cluster: Option<&mut dyn Cluster> =
            if how.lookups { Some(&mut *self.cluster) } else { None };
        let mut files = how.render.render(job, cluster).map_err(failed)?;
        let notes = take_notes(&mut files, job.chart.name(), how.subchart_notes);
        if let Some(post) = how.post.as_deref_mut() {
            files = post_render(post, how.strategy, files)?;
        }
        let borrowed = borrow(&files);
        let prepared = match prepare(&borrowed) {
            Ok(prepared) => prepared,
            Err(error) => {
                let message = error.invalid.first().map_or_else(String::new, |first| {
                    format!("YAML parse error on {}: {}", first.path, first.message)
                });
                return Err(ActionError::new(message, Cause::Prepare(error, files.clone())));
            }
        };
        for names in &prepared.unknown_hooks {
            self.host.log(LogLevel::Info, "skipping unknown hooks", &[("hookTypes", names)]);
        }
        Ok(Rendered {
            hooks: prepared.hooks.iter().map(record).collect(),
            manifest: manifest(&prepared, how.hide_secrets),
            notes,
        })
    }
}

fn borrow(files: &[RenderedFile]) -> Vec<crate::RenderedFile<'_>> {
    files.iter().map(|file| crate::RenderedFile { path: &file.path, text: &file.text }).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Takes the notes out of the files: the top chart's, or all. Helm puts those of subcharts in a
/// random order.
fn take_notes(files: &mut Vec<RenderedFile>, chart: &str, subcharts: bool) -> String {
    let own = format!("{chart}/templates/NOTES.txt");
    let mut all: Vec<RenderedFile> = Vec::new();
    files.retain(|file| {
        let notes = file.path.ends_with("NOTES.txt");
        if notes && (subcharts || *file.path == *own) {
            all.push(file.clone());
        }
        !notes
    });
    all.sort_by(|a, b| (*a.path != *own, &a.path).cmp(&(*b.path != *own, &b.path)));
    let mut notes = String::new();
    for file in all {
        if !notes.is_empty() {
            notes.push('\n');
        }
        notes.push_str(&text(&file.text));
    }
    notes
}

fn post_render(
    post: &mut dyn PostRender,
    strategy: PostRenderStrategy,
    files: Vec<RenderedFile>,
) -> Done<Vec<RenderedFile>> {
    let failed = |error: RenderFailure| ActionError::new(error.to_string(), Cause::Render(error));
    if strategy == PostRenderStrategy::Combined {
        return post.run(files, None).map_err(failed);
    }
    let borrowed = borrow(&files);
    let prepared = match prepare(&borrowed) {
        Ok(prepared) => prepared,
        Err(error) => {
            let message = error.to_string();
            return Err(ActionError::new(message, Cause::Prepare(error, files.clone())));
        }
    };
    let mut hooks = Vec::new();
    for hook in &prepared.hooks {
        join(&mut hooks, hook.path, hook.manifest);
    }
    let mut manifests = Vec::new();
    for manifest in &prepared.manifests {
        join(&mut manifests, manifest.path, manifest.text);
    }
    if strategy == PostRenderStrategy::Separate && !hooks.is_empty() {
        hooks = post.run(hooks, Some("hooks")).map_err(failed)?;
    }
    if !manifests.is_empty() {
        manifests = post.run(manifests, Some("manifests")).map_err(failed)?;
    }
    for file in manifests {
        join(&mut hooks, &file.path, &file.text);
    }
    Ok(hooks)
}

/// Adds a document to the file of its path.
fn join(files: &mut Vec<RenderedFile>, path: &str, text: &[u8]) {
    match files.iter_mut().find(|file| *file.path == *path) {
        Some(file) => {
            file.text.extend_from_slice(b"\n---\n");
            file.text.extend_from_slice(text);
        }
        None => files.push(RenderedFile { path: path.into(), text: text.to_vec() }),
    }
}

fn record(hook: &Hook<'_>) -> RecordedHook {
    RecordedHook {
        name: hook.head.name.to_string(),
        kind: hook.head.kind.to_string(),
        path: hook.path.to_owned(),
        manifest: text(hook.manifest),
        events: hook.events.clone(),
        last_run: HookRun::default(),
        weight: hook.weight,
        delete_policies: hook.delete_policies.clone(),
        output_log_policies: hook.output_log_policies.clone(),
    }
}

fn manifest(prepared: &Prepared<'_>, hide_secrets: bool) -> String {
    let size = prepared.manifests.iter().map(|one| one.text.len() + one.path.len() + 20).sum();
    let mut out = Vec::with_capacity(size);
    for one in &prepared.manifests {
        if hide_secrets && one.head.kind == "Secret" && one.head.api_version == "v1" {
            let hidden = b"# HIDDEN: The Secret output has been suppressed";
            append_source(&mut out, one.path, hidden);
        } else {
            append_source(&mut out, one.path, one.text);
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| text(error.as_bytes()))
}

/// The documents of a record's manifest, each with what Helm sorts it by: it numbers them and
/// compares the numbers as texts.
pub(super) fn recorded_documents(manifest: &str) -> Vec<(String, &str)> {
    documents(manifest.as_bytes())
        .enumerate()
        .filter_map(|(number, document)| {
            let start = document.offset;
            let text = manifest.get(start..start + document.text.len())?;
            Some((format!("manifest-{number}"), text))
        })
        .filter(|(_, text)| !trim_space(text.as_bytes()).is_empty())
        .collect()
}
