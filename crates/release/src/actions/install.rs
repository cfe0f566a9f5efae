//! Installing a release.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pintle_chart::{Chart, Level, Notice, ReleaseInfo};
use pintle_yaml::Value;

use super::guard::unsettled;
use super::ownership::{key, own};
use super::render::Rendering;
use super::{
    ActionError, Actions, Cause, Done, DryRun, LogLevel, PostRender, PostRenderStrategy, Render,
    RenderJob, Uninstall, Waiting, applying, check_name, method,
};
use crate::{
    Apply, ApplyError, ClusterErrorKind, HookEvent, Info, Release, Resource, SYSTEM_LABELS, Status,
    StorageError, WaitGoal, WaitStrategy, encode_record_within, is_system_label,
};

/// How a release is installed: the flags of `helm install`.
#[derive(Clone, Debug, Default)]
pub struct Install {
    /// The name.
    pub name: String,
    /// Whether anything is changed.
    pub dry_run: DryRun,
    /// Leaves Secrets out of what a dry run shows.
    pub hide_secret: bool,
    /// Takes a name whose last revision failed or was uninstalled.
    pub replace: bool,
    /// Creates the namespace.
    pub create_namespace: bool,
    /// Leaves the chart's `crds/` alone.
    pub skip_crds: bool,
    /// Runs no hooks.
    pub disable_hooks: bool,
    /// Does not check objects against the server's schemas.
    pub disable_validation: bool,
    /// Takes objects that are not the release's.
    pub take_ownership: bool,
    /// Uninstalls what failed.
    pub rollback_on_failure: bool,
    /// By the server's apply.
    pub server_side: bool,
    /// Takes over fields that others manage.
    pub force_conflicts: bool,
    /// Replaces objects instead of patching them.
    pub force_replace: bool,
    /// How is waited.
    pub waiting: Waiting,
    /// What the record says instead of `Install complete`.
    pub description: String,
    /// Labels of the record.
    pub labels: BTreeMap<String, String>,
    /// Takes the notes of subcharts too.
    pub subchart_notes: bool,
    /// What the post-renderer gets.
    pub post_render: PostRenderStrategy,
}

/// What is checked before an install.
#[derive(Clone, Copy, Debug)]
pub struct InstallCheck {
    /// Objects are not checked against the server's schemas.
    pub disable_validation: bool,
    /// Objects that are not the release's do not matter.
    pub take_ownership: bool,
    /// Whether is looked at what exists already.
    pub existing: bool,
}

/// What is said where a dry run cannot create the definitions that a chart brings along.
pub const CRDS_IN_DRY_RUN: &str = "This chart or one of its subcharts contains CRDs. Rendering may \
                                   fail or contain inaccuracies.";

/// # Errors
///
/// A label is one of the system's.
pub(super) fn check_labels(labels: &BTreeMap<String, String>) -> Done<()> {
    if labels.keys().any(|name| is_system_label(name)) {
        return Err(ActionError::plain(format!(
            "user supplied labels contains system reserved label name. System labels: [{}]",
            SYSTEM_LABELS.join(" ")
        )));
    }
    Ok(())
}

pub(super) fn check_hidden(hide: bool, dry_run: DryRun) -> Done<()> {
    if hide && !dry_run.is_dry() {
        return Err(ActionError::plain("hiding Kubernetes secrets requires a dry-run mode"));
    }
    Ok(())
}

/// What an install begins with besides the chart.
#[derive(Default)]
struct Before {
    /// The version of the latest revision; 0 for none.
    last: i64,
    /// The latest revision, where it has to be marked as superseded.
    superseded: Option<Release>,
    /// Manifests of interrupted revisions.
    interrupted: Vec<String>,
}

impl Actions<'_> {
    /// Installs a chart. With a dry run the release is what would be recorded.
    ///
    /// # Errors
    ///
    /// Something failed; the record says so too, if it came to one.
    pub fn install(
        &mut self,
        mut chart: Chart,
        values: Value,
        options: &Install,
        render: &mut dyn Render,
        post: Option<&mut dyn PostRender>,
    ) -> Done<Release> {
        let dry = options.dry_run.is_dry();
        if options.dry_run.interacts() {
            self.reachable().map_err(|error| {
                ActionError::from(error).within("cluster reachability check failed: ")
            })?;
        }
        check_hidden(options.hide_secret, options.dry_run)?;
        let before =
            self.available(options).map_err(|error| error.within("release name check failed: "))?;
        let notices = pintle_chart::process(&mut chart, &values).map_err(|error| {
            ActionError::plain(format!("chart dependencies processing failed: {error}"))
        })?;
        self.report(&notices);
        let chart = Arc::new(chart);
        let now = self.now();
        let mut release = Release {
            name: options.name.clone(),
            version: before.last + 1,
            namespace: self.namespace.clone(),
            info: Info { first_deployed: now, last_deployed: now, ..Info::default() },
            chart: Arc::clone(&chart),
            config: values,
            labels: options.labels.clone(),
            apply_method: method(options.server_side),
            ..Release::default()
        };
        if !dry {
            self.fits(&release)?;
        }
        if options.dry_run.interacts() && !options.skip_crds {
            self.install_crds(&chart, options)?;
        }
        let waiting = options.waiting.really(options.rollback_on_failure);
        check_labels(&options.labels)?;
        let capabilities = if options.dry_run.interacts() {
            self.cluster.capabilities()?
        } else {
            pintle_chart::Capabilities::default()
        };
        let info = ReleaseInfo::new(options.name.as_str(), self.namespace.as_str());
        let mut how = Rendering {
            render,
            post,
            strategy: options.post_render,
            lookups: options.dry_run.interacts(),
            subchart_notes: options.subchart_notes,
            hide_secrets: options.hide_secret,
        };
        let job = RenderJob {
            chart: &chart,
            values: &release.config,
            release: &info,
            capabilities: &capabilities,
        };
        let rendered = self.render(&job, &mut how)?;
        release.hooks = rendered.hooks;
        release.manifest = rendered.manifest;
        release.info.notes = rendered.notes;
        release.info.status = Status::PendingInstall;
        "Initial install underway".clone_into(&mut release.info.description);

        let mut resources = Vec::new();
        let mut adopted = Vec::new();
        if options.dry_run.interacts() {
            let check = InstallCheck {
                disable_validation: options.disable_validation,
                take_ownership: options.take_ownership,
                existing: true,
            };
            (resources, adopted) = self.check_install(&release.name, &release.manifest, check)?;
        }
        if dry {
            "Dry run complete".clone_into(&mut release.info.description);
            return Ok(release);
        }
        self.go_on()?;
        if options.create_namespace {
            self.create_namespace(options.server_side)?;
        }
        self.add_interrupted(&release, &before.interrupted, &resources, &mut adopted);
        if let Some(mut last) = before.superseded {
            last.info.status = Status::Superseded;
            "superseded by new release".clone_into(&mut last.info.description);
            self.storage.update(&last)?;
        }
        self.hold(&mut release);
        self.storage.create(&release)?;
        let pulse = self.pulse(&release);
        let mut result = self.perform_install(&mut release, &adopted, &resources, waiting, options);
        if self.is_lost(&release, pulse.as_ref()) {
            return Err(lost(&release.name));
        }
        drop(pulse);
        if result.is_ok() {
            release.info.status = Status::Deployed;
            let said = &options.description;
            let text = if said.is_empty() { "Install complete" } else { said };
            text.clone_into(&mut release.info.description);
            self.conclude_or_fail(&mut release)?;
            return Ok(release);
        }
        if let Err(error) = result {
            result = Err(self.fail_install(&mut release, error, waiting, options));
        }
        result.map(|()| release)
    }

    /// Checks the objects of a manifest as before an install, and changes nothing. Gives them as the
    /// release would own them, and those of them that exist already.
    ///
    /// # Errors
    ///
    /// The server does not know a kind or would not take an object, or one is not the release's.
    pub fn check_install(
        &mut self,
        name: &str,
        manifest: &str,
        check: InstallCheck,
    ) -> Done<(Vec<Resource>, Vec<Resource>)> {
        let mut resources = self.build(manifest, !check.disable_validation).map_err(|error| {
            error.within("unable to build kubernetes objects from release manifest: ")
        })?;
        let namespace = self.namespace.clone();
        own(&mut resources, name, &namespace);
        if !check.existing {
            return Ok((resources, Vec::new()));
        }
        let existing = self
            .adoptable(&resources, name, &namespace, check.take_ownership)
            .map_err(|error| error.within("unable to continue with install: "))?;
        Ok((resources, existing))
    }

    /// Whether the name can be taken, and what was there before.
    fn available(&mut self, options: &Install) -> Done<Before> {
        let name = &options.name;
        check_name(name).map_err(|error| {
            error.within(&format!("release name {}: ", pintle_strconv::quote(name)))
        })?;
        if options.dry_run.is_dry() {
            return Ok(Before::default());
        }
        let mut history = match self.storage.history(name) {
            Ok(history) => history,
            Err(StorageError::NotFound) => return Ok(Before::default()),
            Err(error) => return Err(error.into()),
        };
        let in_use = || ActionError::plain("cannot reuse a name that is still in use");
        let never_deployed = !history.iter().any(|release| {
            matches!(
                release.info.status,
                Status::Deployed | Status::Superseded | Status::Uninstalled
            )
        });
        let held = history.last().is_some_and(|last| last.holder.is_some());
        if held && never_deployed {
            // What was interrupted before it was ever there may be begun again.
            self.take_over(&mut history, false)?;
        }
        let Some(last) = history.last() else { return Ok(Before::default()) };
        let replaceable = matches!(last.info.status, Status::Uninstalled | Status::Failed);
        let again = never_deployed && last.was_interrupted();
        if !(again || (options.replace && replaceable)) {
            return Err(in_use());
        }
        let interrupted = unsettled(&history).iter().map(|one| one.manifest.clone()).collect();
        // A failed one stays failed.
        let superseded = (last.info.status != Status::Failed).then(|| last.clone());
        Ok(Before { last: last.version, superseded, interrupted })
    }

    /// Whether the record can be kept, as far as that can be known before anything is rendered.
    fn fits(&mut self, release: &Release) -> Done<()> {
        let Some(limit) = self.storage.driver().limit() else { return Ok(()) };
        let files = release.chart.templates.iter().chain(&release.chart.files);
        // Nothing that is smaller than this becomes too large.
        if files.map(|file| file.data.len()).sum::<usize>() < limit / 2 {
            return Ok(());
        }
        encode_record_within(release, limit)?;
        Ok(())
    }

    pub(super) fn report(&mut self, notices: &[Notice]) {
        for notice in notices {
            let level = match notice.level {
                Level::Info => LogLevel::Info,
                Level::Warn => LogLevel::Warn,
            };
            let fields = notice.fields.iter().map(|(name, value)| (*name, value.as_str()));
            let fields: Vec<(&str, &str)> = fields.collect();
            self.host.log(level, &notice.message, &fields);
        }
    }

    fn install_crds(&mut self, chart: &Chart, options: &Install) -> Done<()> {
        let crds = chart.crds();
        if crds.is_empty() {
            return Ok(());
        }
        if options.dry_run.is_dry() {
            self.host.log(LogLevel::Warn, CRDS_IN_DRY_RUN, &[]);
            return Ok(());
        }
        let mut files = Vec::new();
        let mut all: Vec<Resource> = Vec::new();
        for crd in crds {
            let name = &crd.file.name;
            let text = String::from_utf8_lossy(&crd.file.data);
            let resources =
                self.cluster.build(&text).map_err(|error| of_crd(name, error.into()))?;
            if resources.is_empty() {
                return Err(of_crd(name, ActionError::plain("resources are empty")));
            }
            files.extend(resources.iter().map(|_| name));
            all.extend(resources);
        }
        let apply = applying(options.server_side, options.force_conflicts, false);
        // They are large, and the server takes long for each: what is there already and the same is
        // only looked at, and the others are written side by side.
        let done = match options.server_side {
            true => self.cluster.update(&all, &all, &apply, self.host),
            false => self.cluster.create(&all, &apply, self.host),
        };
        let made = match done {
            Ok(changes) => {
                self.name_unrecorded(&changes.updated);
                all
            }
            Err(error) => {
                let there =
                    |error: &crate::ClusterError| error.kind == ClusterErrorKind::AlreadyExists;
                if let Some((index, error)) = error.errors.iter().find(|(_, error)| !there(error)) {
                    let name = index.and_then(|index| files.get(index));
                    let name = name.map_or("", |name| name.as_ref());
                    let message = error.message.trim_start_matches("failed to create resource: ");
                    let error = crate::ClusterError::new(error.kind, message);
                    return Err(of_crd(name, error.into()));
                }
                let present = |(index, _): &(Option<usize>, _)| all.get((*index)?).cloned();
                let present: Vec<Resource> = error.errors.iter().filter_map(present).collect();
                self.debug("CRDs are already present. Skipping", &[]);
                self.name_unrecorded(&present);
                error.changes.created
            }
        };
        if made.is_empty() {
            return Ok(());
        }
        let strategy = match options.waiting.strategy {
            WaitStrategy::HookOnly => WaitStrategy::Watcher,
            strategy => strategy,
        };
        self.wait(&made, WaitGoal::Ready, strategy, Duration::from_secs(60))?;
        Ok(self.cluster.learn_kinds(&made)?)
    }

    fn create_namespace(&mut self, server_side: bool) -> Done<()> {
        let name = pintle_strconv::quote(&self.namespace);
        let manifest = format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  labels:\n    name: {name}\n  name: {name}\n\
             spec: {{}}\nstatus: {{}}\n"
        );
        let resources = self.cluster.build(&manifest)?;
        match self.cluster.create(&resources, &applying(server_side, false, false), self.host) {
            Err(error) if !is_there(&error) => Err(error.into()),
            Err(_) => {
                self.name_unrecorded(&resources);
                Ok(())
            }
            Ok(changes) => {
                self.name_unrecorded(&changes.updated);
                Ok(())
            }
        }
    }

    /// Names what is of no release and was there before: an install that was interrupted may have
    /// left it.
    fn name_unrecorded(&mut self, resources: &[Resource]) {
        for resource in resources {
            self.host.log(
                LogLevel::Info,
                "it was there before; no release's record knows it, and none removes it",
                &[("kind", &resource.kind), ("name", &resource.name)],
            );
        }
    }

    /// Adds what interrupted revisions may have left to what there is already, so that it is changed
    /// or deleted with the rest. What cannot be had stays where it is, and is told.
    pub(super) fn add_interrupted(
        &mut self,
        release: &Release,
        manifests: &[String],
        target: &[Resource],
        current: &mut Vec<Resource>,
    ) {
        for manifest in manifests {
            let resources = match self.cluster.build(manifest) {
                Ok(resources) => resources,
                Err(error) => {
                    let message = "what an interrupted revision left cannot be told";
                    let error = error.to_string();
                    self.host.log(LogLevel::Warn, message, &[("error", &error)]);
                    continue;
                }
            };
            let known: Vec<_> = target.iter().chain(current.iter()).map(key).collect();
            let unknown = resources.into_iter().filter(|one| !known.contains(&key(one))).collect();
            let found = self.sort_by_owner(unknown, &release.name, &release.namespace);
            current.extend(found.owned);
        }
    }

    fn perform_install(
        &mut self,
        release: &mut Release,
        adopted: &[Resource],
        resources: &[Resource],
        waiting: Waiting,
        options: &Install,
    ) -> Done<()> {
        let server_side = options.server_side;
        if !options.disable_hooks {
            self.run_hooks(release, HookEvent::PreInstall, waiting, server_side)
                .map_err(|error| error.within("failed pre-install: "))?;
        }
        self.go_on()?;
        if adopted.is_empty() {
            if !resources.is_empty() {
                let apply = applying(server_side, false, false);
                self.cluster.create(resources, &apply, self.host)?;
            }
        } else {
            let apply = Apply {
                three_way_for_unstructured: options.take_ownership && !server_side,
                migrate_managed_fields: true,
                ..applying(server_side, options.force_conflicts, options.force_replace)
            };
            self.cluster.update(adopted, resources, &apply, self.host)?;
        }
        self.go_on()?;
        self.wait_ready(resources, waiting)?;
        if !options.disable_hooks {
            self.run_hooks(release, HookEvent::PostInstall, waiting, server_side)
                .map_err(|error| error.within("failed post-install: "))?;
        }
        self.go_on()
    }

    fn fail_install(
        &mut self,
        release: &mut Release,
        error: ActionError,
        waiting: Waiting,
        options: &Install,
    ) -> ActionError {
        let name = release.name.clone();
        release.info.status = Status::Failed;
        release.info.description =
            format!("Release {} failed: {error}", pintle_strconv::quote(&name));
        if let Err(lost) = self.conclude(release) {
            self.warn_record(release, &lost);
        }
        if !options.rollback_on_failure {
            return error;
        }
        // Who broke off the install does not mean the tidying up.
        self.cancel = crate::Cancel::new();
        let uninstall =
            Uninstall { disable_hooks: options.disable_hooks, waiting, ..Uninstall::default() };
        match self.uninstall(&name, &uninstall) {
            Ok(_) => error.within(&format!(
                "release {name} failed, and has been uninstalled due to rollback-on-failure being \
                 set: "
            )),
            Err(second) => {
                let message = format!(
                    "an error occurred while uninstalling the release. original install error: \
                     {error}: {second}"
                );
                ActionError { message, ..error }
            }
        }
    }
}

/// What Helm says before an error of a definition in `crds/`.
fn of_crd(file: &str, error: ActionError) -> ActionError {
    error.within(&format!("failed to install CRD {file}: "))
}

/// Another run has taken the release over meanwhile.
pub(super) fn lost(name: &str) -> ActionError {
    let message = format!("release {name} was taken over by another operation");
    ActionError::new(message, Cause::Busy(None))
}

fn is_there(error: &ApplyError) -> bool {
    !error.errors.is_empty()
        && error.errors.iter().all(|(_, error)| error.kind == ClusterErrorKind::AlreadyExists)
}
