//! From rendered files to what is printed.

use pintle_chart::{Chart, RenderedFile};
use pintle_release::{HookEvent, append_source, prepare, trim_space};
use pintle_template::Trace;

use super::Checks;
use super::output_dir::OutputDir;
use crate::context::Context;
use crate::draw;
use crate::failure::Failure;
use crate::log;
use crate::postrender::{self, PostRenderer};

/// The manifests, and with a failure what is to be shown of them, if anything.
type Assembled = Result<Vec<u8>, (Option<Vec<u8>>, Failure)>;

/// Sorts the documents of rendered files, sets hooks behind them, and writes all one after the
/// other, or into files where `--output-dir` is set. Where a cluster is asked, `checks` has it look at
/// the manifests. `trace` tells what made a file, for errors.
pub(super) fn assemble(
    context: &mut Context,
    chart: &Chart,
    release: &str,
    mut files: Vec<RenderedFile>,
    post_renderer: Option<PostRenderer>,
    checks: Option<Checks<'_>>,
    trace: &dyn Fn(&str) -> Option<Trace>,
) -> Assembled {
    files.retain(|file| !file.path.ends_with("NOTES.txt"));
    let nothing = |failure| (Some(Vec::new()), failure);
    let mut trace = trace;
    if let Some(renderer) = post_renderer.as_ref().filter(|renderer| renderer.is_plugin()) {
        files = through_plugin(renderer, &files).map_err(nothing)?;
        // What comes out of it is no template's.
        trace = &|_| None;
    }
    let borrowed: Vec<_> = files
        .iter()
        .map(|file| pintle_release::RenderedFile { path: &file.path, text: &file.text })
        .collect();
    let prepared = prepare(&borrowed).map_err(|error| {
        let failure = draw::invalid_documents(&error, &files, chart, trace, &context.settings);
        (Some(all(&files)), failure)
    })?;
    for names in &prepared.unknown_hooks {
        log::info("skipping unknown hooks", &[("hookTypes", names)]);
    }

    let parsed = &context.parsed;
    let mut directory =
        parsed.text("output-dir").filter(|path| !path.is_empty()).map(OutputDir::new);
    let subdirectory = parsed.is("release-name").then_some(release);
    let (hooks, tests) = (!parsed.is("no-hooks"), !parsed.is("skip-tests"));
    let size = files.iter().map(|file| file.text.len() + file.path.len() + 32).sum();
    let mut manifests = Vec::with_capacity(size);
    let mut wrote = Vec::new();
    let mut put = |manifests: &mut Vec<u8>, below, path: &str, text: &[u8]| match &mut directory {
        Some(directory) => directory.write(below, path, text, &mut wrote).map_err(nothing),
        None => {
            append_source(manifests, path, text);
            Ok(())
        }
    };
    if parsed.is("include-crds") {
        for crd in chart.crds() {
            put(&mut manifests, None, &crd.path, &crd.file.data)?;
        }
    }
    for manifest in &prepared.manifests {
        put(&mut manifests, subdirectory, manifest.path, manifest.text)?;
    }
    if let Some(renderer) = post_renderer.filter(|renderer| !renderer.is_plugin()) {
        manifests = renderer.run(manifests).map_err(nothing)?;
    }
    if let Some(checks) = checks {
        checks.run(context, &manifests).map_err(|failure| (None, failure))?;
    }
    // Helm trims the manifests, but not the hooks behind them.
    trim(&mut manifests);
    manifests.push(b'\n');
    for hook in prepared.hooks.iter().filter(|_| hooks) {
        if tests || !hook.events.contains(&HookEvent::Test) {
            put(&mut manifests, subdirectory, hook.path, hook.manifest)?;
        }
    }
    context.out.append(&mut wrote);
    std::mem::forget(files);
    Ok(manifests)
}

/// Takes white space away on both ends.
fn trim(text: &mut Vec<u8>) {
    let trimmed = trim_space(text);
    let length = trimmed.len();
    let start = trimmed.as_ptr() as usize - text.as_ptr() as usize;
    text.truncate(start + length);
    text.drain(..start);
}

/// All files as they were rendered, for `--debug` to show.
fn all(files: &[RenderedFile]) -> Vec<u8> {
    let mut files: Vec<&RenderedFile> =
        files.iter().filter(|file| !trim_space(&file.text).is_empty()).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut text = Vec::new();
    for file in files {
        append_source(&mut text, &file.path, &file.text);
    }
    trim(&mut text);
    text.push(b'\n');
    text
}

fn through_plugin(
    renderer: &PostRenderer,
    files: &[RenderedFile],
) -> Result<Vec<RenderedFile>, Failure> {
    let stream = postrender::merge(files.iter().map(|file| (&*file.path, &*file.text)))?;
    let stream = renderer.run(stream)?;
    let files = postrender::split(&stream)?;
    Ok(files.into_iter().map(|(path, text)| RenderedFile { path: path.into(), text }).collect())
}
