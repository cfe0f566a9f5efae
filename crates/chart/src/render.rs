//! Rendering a chart: its templates and those of its subcharts, with what they see.

mod capabilities;
mod files;
mod message;
mod scope;
mod values;

use std::collections::BTreeMap;
use std::fmt;

use pintle_template::{Engine, Error, Host, Limits, MissingKey, TemplateSet, Value};
use pintle_values::Coalesced;
use pintle_yaml::Str;

use crate::{Bytes, Capabilities, Chart};

pub use message::helm_message;

/// How many errors are collected before rendering ends.
const MAX_ERRORS: usize = 10;

/// What a template sees as `.Release`.
///
/// ```
/// use pintle_chart::ReleaseInfo;
///
/// let release = ReleaseInfo::new("web", "shop");
/// assert_eq!((release.revision, release.is_upgrade), (1, false));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseInfo {
    /// `.Release.Name`
    pub name: Str,
    /// `.Release.Namespace`
    pub namespace: Str,
    /// `.Release.Revision`
    pub revision: i64,
    /// `.Release.IsUpgrade`; `.Release.IsInstall` is the contrary.
    pub is_upgrade: bool,
}

impl ReleaseInfo {
    /// The first revision of a release.
    pub fn new(name: impl Into<Str>, namespace: impl Into<Str>) -> Self {
        ReleaseInfo {
            name: name.into(),
            namespace: namespace.into(),
            revision: 1,
            is_upgrade: false,
        }
    }
}

/// What rendering depends on besides the chart and the values.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// What a template sees as `.Release`.
    pub release: ReleaseInfo,
    /// What a template sees as `.Capabilities`.
    pub capabilities: Capabilities,
    /// Bounds on what templates may use.
    pub limits: Limits,
    /// Whether `required` and `fail` pass, as for `helm lint`.
    pub lenient: bool,
    /// Whether a key that is missing is an error, as for `helm lint --strict`.
    pub strict: bool,
    /// Whether `getHostByName` asks the host.
    pub enable_dns: bool,
}

impl RenderOptions {
    /// Options for a release, all else as Helm has it by default.
    pub fn new(release: ReleaseInfo) -> Self {
        RenderOptions {
            release,
            capabilities: Capabilities::default(),
            limits: Limits::default(),
            lenient: false,
            strict: false,
            enable_dns: false,
        }
    }
}

/// What a template rendered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// The template's path, such as `web/templates/service.yaml`.
    pub path: Str,
    /// The text.
    pub text: Vec<u8>,
}

/// Templates that cannot be parsed, or that failed: all that were found, at most ten.
#[derive(Debug)]
pub struct RenderErrors {
    /// At least one; the first is the one that Helm reports.
    pub errors: Vec<Error>,
}

impl fmt::Display for RenderErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&helm_message(error))?;
        }
        Ok(())
    }
}

impl std::error::Error for RenderErrors {}

/// A chart whose templates are parsed.
///
/// ```
/// use pintle_chart::{File, Loader, ReleaseInfo, RenderOptions, Renderer};
/// use pintle_template::NoHost;
/// use pintle_values::coalesce;
/// use pintle_yaml::Value;
///
/// let chart = Loader::new().load_files(vec![
///     File::new("Chart.yaml", "{apiVersion: v2, name: web, version: 1.0.0}"),
///     File::new("values.yaml", "port: 80\n"),
///     File::new("templates/a.yaml", "name: {{ .Release.Name }}\nport: {{ .Values.port }}\n"),
/// ])?;
/// let values = coalesce(&chart.as_values(), &Value::from_iter([("port", 8080)]))?;
/// let options = RenderOptions::new(ReleaseInfo::new("shop", "default"));
/// let files = Renderer::new(&chart, options)?.render(&values, &mut NoHost)?;
/// assert_eq!(files[0].path.as_str(), "web/templates/a.yaml");
/// assert_eq!(files[0].text, b"name: shop\nport: 8080\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Renderer<'c> {
    chart: &'c Chart,
    options: RenderOptions,
    set: TemplateSet,
    templates: Vec<Template>,
}

/// A template to render, in Helm's order.
struct Template {
    path: String,
    /// Which chart of [`Chart::walk`] it belongs to.
    chart: usize,
    partial: bool,
}

impl<'c> Renderer<'c> {
    /// Parses the templates of a chart and of its subcharts.
    ///
    /// # Errors
    ///
    /// Templates that cannot be parsed.
    pub fn new(chart: &'c Chart, options: RenderOptions) -> Result<Self, RenderErrors> {
        let mut sources: BTreeMap<String, (usize, &'c Bytes)> = BTreeMap::new();
        let mut number = 0;
        chart.walk(&mut |chart, path| {
            for file in &chart.templates {
                let base = file.name.rsplit('/').next().unwrap_or_default();
                if chart.metadata.is_library() && !base.starts_with('_') {
                    continue;
                }
                let name = crate::path::clean(&format!("{path}/{}", file.name));
                sources.insert(name, (number, &file.data));
            }
            number += 1;
        });
        let mut sources: Vec<_> = sources.into_iter().collect();
        // Templates of charts further up are parsed later, so that their definitions win.
        sources.sort_by(|(a, _), (b, _)| (slashes(b), b).cmp(&(slashes(a), a)));

        let mut engine = Engine::helm()
            .missing_key(if options.strict { MissingKey::Error } else { MissingKey::Zero })
            .limits(options.limits)
            .lenient(options.lenient);
        if !options.enable_dns {
            engine = engine.function(files::no_dns());
        }
        let mut builder = engine.builder();
        let mut templates = Vec::with_capacity(sources.len());
        for (path, (chart, data)) in sources {
            builder.add_shared(&path, data.clone());
            let partial = path.rsplit('/').next().is_some_and(|base| base.starts_with('_'));
            templates.push(Template { path, chart, partial });
        }
        let set = builder.build().map_err(|mut errors| {
            errors.truncate(MAX_ERRORS);
            RenderErrors { errors }
        })?;
        Ok(Renderer { chart, options, set, templates })
    }

    /// Renders all templates but partials, in Helm's order: the deepest first, and of those the
    /// last by name. The order matters to templates that change values for others.
    ///
    /// # Errors
    ///
    /// Templates that failed. After a limit was reached nothing more is rendered.
    pub fn render(
        &self,
        values: &Coalesced,
        host: &mut dyn Host,
    ) -> Result<Vec<RenderedFile>, RenderErrors> {
        let scopes = scope::scopes(self.chart, values, &self.options);
        let mut session = self.set.session(host);
        let mut files = Vec::with_capacity(self.templates.len());
        let mut errors = Vec::new();
        for template in self.templates.iter().filter(|template| !template.partial) {
            let Some(data) = scope::enter(&scopes, template.chart, &template.path) else {
                continue;
            };
            match session.render_bytes(&template.path, &data) {
                Ok(text) => files.push(RenderedFile { path: template.path.as_str().into(), text }),
                Err(error) => {
                    let limit = error.is_limit();
                    errors.push(error);
                    if limit || errors.len() == MAX_ERRORS {
                        break;
                    }
                }
            }
        }
        if errors.is_empty() { Ok(files) } else { Err(RenderErrors { errors }) }
    }

    /// What has made the text that the template at `path` renders to, part by part; to explain
    /// text that is wrong. All is rendered once more up to that template, since templates can
    /// change values for others.
    ///
    /// `None` when there is no such template, or when one fails.
    pub fn trace(
        &self,
        values: &Coalesced,
        host: &mut dyn Host,
        path: &str,
    ) -> Option<pintle_template::Trace> {
        let scopes = scope::scopes(self.chart, values, &self.options);
        let mut session = self.set.session(host);
        for template in self.templates.iter().filter(|template| !template.partial) {
            let data = scope::enter(&scopes, template.chart, &template.path)?;
            if template.path == path {
                return session.render_traced(path, &data).ok().map(|(_, trace)| trace);
            }
            session.render_bytes(&template.path, &data).ok()?;
        }
        None
    }

    /// The data that the templates of the top chart see, before any has run.
    pub fn data(&self, values: &Coalesced) -> Value {
        let scopes = scope::scopes(self.chart, values, &self.options);
        scopes.first().map(|scope| Value::Map(scope.data.clone())).unwrap_or_default()
    }
}

impl fmt::Debug for Renderer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer").field("options", &self.options).finish_non_exhaustive()
    }
}

fn slashes(path: &str) -> usize {
    path.bytes().filter(|byte| *byte == b'/').count()
}
