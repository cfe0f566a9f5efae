//! Upgrading a release.

use std::collections::BTreeMap;
use std::sync::Arc;

use pintle_chart::{Chart, ReleaseInfo};
use pintle_yaml::{Map, Value};

use super::guard::unsettled;
use super::install::{check_hidden, check_labels, lost};
use super::ownership::{key, own};
use super::render::Rendering;
use super::{
    ActionError, Actions, Done, DryRun, PostRender, PostRenderStrategy, Render, RenderJob,
    Rollback, Waiting, applying, check_name, method,
};
use crate::{
    Apply, Cancel, Cascade, HookEvent, Info, Release, Resource, Status, StorageError, user_labels,
};

/// Which way of applying is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerSide {
    /// That of the revision before.
    #[default]
    Auto,
    /// By the server's apply.
    Yes,
    /// By patches that are made here.
    No,
}

impl ServerSide {
    /// The way that the flag's text stands for.
    ///
    /// # Errors
    ///
    /// It is none of `auto`, `true`, `false`.
    pub fn parse(text: &str) -> Result<ServerSide, ActionError> {
        match text {
            "auto" => Ok(ServerSide::Auto),
            "true" => Ok(ServerSide::Yes),
            "false" => Ok(ServerSide::No),
            other => Err(ActionError::plain(format!(
                "invalid/unknown release server-side apply method: {other}"
            ))),
        }
    }

    /// Whether the server applies, after a revision that was applied by `before`.
    pub(super) fn after(self, before: &str) -> bool {
        match self {
            ServerSide::Auto => before == "ssa",
            ServerSide::Yes => true,
            ServerSide::No => false,
        }
    }
}

/// What becomes of the values that the user gave before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// They are taken again when no others are given.
    #[default]
    IfNone,
    /// They are forgotten: `--reset-values`.
    Reset,
    /// They stay, with the old chart's: `--reuse-values`.
    All,
    /// They stay, with the new chart's: `--reset-then-reuse-values`.
    User,
}

/// How a release is upgraded: the flags of `helm upgrade`.
#[derive(Clone, Debug, Default)]
pub struct Upgrade {
    /// The name.
    pub name: String,
    /// Whether anything is changed.
    pub dry_run: DryRun,
    /// Leaves Secrets out of what a dry run shows.
    pub hide_secret: bool,
    /// Runs no hooks.
    pub disable_hooks: bool,
    /// Does not check objects against the server's schemas.
    pub disable_validation: bool,
    /// Takes objects that are not the release's.
    pub take_ownership: bool,
    /// Rolls back what failed.
    pub rollback_on_failure: bool,
    /// Deletes what a failed upgrade created.
    pub cleanup_on_fail: bool,
    /// How it is applied.
    pub server_side: ServerSide,
    /// Takes over fields that others manage.
    pub force_conflicts: bool,
    /// Replaces objects instead of patching them.
    pub force_replace: bool,
    /// How is waited.
    pub waiting: Waiting,
    /// What becomes of the values of before.
    pub reuse: Reuse,
    /// How many revisions are kept; 0 for all.
    pub max_history: usize,
    /// What the record says instead of `Upgrade complete`.
    pub description: String,
    /// Labels of the record, added to those of before; `null` takes one away.
    pub labels: BTreeMap<String, String>,
    /// Takes the notes of subcharts too.
    pub subchart_notes: bool,
    /// What the post-renderer gets.
    pub post_render: PostRenderStrategy,
}

/// What an upgrade begins with.
struct Prepared {
    /// What is live.
    current: Release,
    upgraded: Release,
    target: Vec<Resource>,
    server_side: bool,
    /// Manifests of interrupted revisions.
    interrupted: Vec<String>,
    /// Other revisions that say they are deployed.
    deployed: Vec<Release>,
}

impl Actions<'_> {
    /// Upgrades a release to a chart. With a dry run the release is what would be recorded.
    ///
    /// # Errors
    ///
    /// Something failed; the record says so too, if it came to one.
    pub fn upgrade(
        &mut self,
        chart: Chart,
        values: Value,
        options: &Upgrade,
        render: &mut dyn Render,
        post: Option<&mut dyn PostRender>,
    ) -> Done<Release> {
        self.reachable()?;
        let waiting = options.waiting.really(options.rollback_on_failure);
        if check_name(&options.name).is_err() {
            let message = format!("release name is invalid: {}", options.name);
            return Err(ActionError::plain(message));
        }
        let prepared = self.prepare_upgrade(chart, values, options, render, post)?;
        self.storage.max_history = options.max_history;
        let Prepared { mut current, mut upgraded, target, server_side, .. } = prepared;
        let (interrupted, others) = (prepared.interrupted, prepared.deployed);
        let mut live = self.build(&current.manifest, false).map_err(|error| {
            if error.message.contains("unable to recognize \"\": no matches for kind") {
                error.within(
                    "current release manifest contains removed kubernetes api(s) for this \
                     kubernetes version and it is therefore unable to build the kubernetes objects \
                     for performing the diff. error from kubernetes: ",
                )
            } else {
                error.within("unable to build kubernetes objects from current release manifest: ")
            }
        })?;
        let known: Vec<_> = live.iter().map(key).collect();
        let new: Vec<Resource> =
            target.iter().filter(|one| !known.contains(&key(one))).cloned().collect();
        let adopted = self
            .adoptable(&new, &upgraded.name, &upgraded.namespace, options.take_ownership)
            .map_err(|error| error.within("unable to continue with update: "))?;
        live.extend(adopted);
        if options.dry_run.is_dry() {
            let said = &options.description;
            let text = if said.is_empty() { "Dry run complete" } else { said };
            text.clone_into(&mut upgraded.info.description);
            return Ok(upgraded);
        }
        self.add_interrupted(&upgraded, &interrupted, &target, &mut live);
        self.go_on()?;
        self.hold(&mut upgraded);
        self.storage.create(&upgraded)?;
        let pulse = self.pulse(&upgraded);
        let migrate = current.apply_method != "ssa" && server_side;
        let apply = Apply {
            migrate_managed_fields: migrate,
            ..applying(server_side, options.force_conflicts, options.force_replace)
        };
        let mut created = Vec::new();
        let result = self.perform_upgrade(
            &mut upgraded,
            (&live, &target),
            &apply,
            waiting,
            options.disable_hooks,
            &mut created,
        );
        if self.is_lost(&upgraded, pulse.as_ref()) {
            return Err(lost(&upgraded.name));
        }
        drop(pulse);
        if let Err(error) = result {
            return Err(self.fail_upgrade(&mut upgraded, &created, error, waiting, options));
        }
        upgraded.info.status = Status::Deployed;
        let said = &options.description;
        let text = if said.is_empty() { "Upgrade complete" } else { said };
        text.clone_into(&mut upgraded.info.description);
        // The new one first: should this be the last thing that is written, nothing is lost.
        self.conclude_or_fail(&mut upgraded)?;
        current.info.status = Status::Superseded;
        current.holder = None;
        for mut old in others.into_iter().chain([current]) {
            old.info.status = Status::Superseded;
            self.note(&mut old);
        }
        Ok(upgraded)
    }

    fn prepare_upgrade(
        &mut self,
        mut chart: Chart,
        values: Value,
        options: &Upgrade,
        render: &mut dyn Render,
        post: Option<&mut dyn PostRender>,
    ) -> Done<Prepared> {
        let name = &options.name;
        check_hidden(options.hide_secret, options.dry_run)?;
        let mut history = match self.storage.history(name) {
            Ok(history) => history,
            Err(StorageError::NotFound) => return Err(ActionError::no_deployed(name)),
            Err(error) => return Err(error.into()),
        };
        if options.dry_run.is_dry() {
            let pending = history.last().is_some_and(|last| last.info.status.is_pending());
            if pending {
                let holder = history.last().and_then(|last| last.holder.clone());
                let message = "another operation (install/upgrade/rollback) is in progress";
                return Err(ActionError::new(message, super::Cause::Busy(holder)));
            }
        } else if history.last().is_some_and(|one| one.info.status.is_pending() || one.is_ending())
        {
            self.take_over(&mut history, false)?;
        }
        let interrupted: Vec<String> =
            unsettled(&history).iter().map(|one| one.manifest.clone()).collect();
        let Some(last) = history.last().cloned() else {
            return Err(ActionError::no_deployed(name));
        };
        let is_deployed = |release: &&Release| release.info.status == Status::Deployed;
        let current = match history.iter().rfind(is_deployed) {
            Some(deployed) => deployed.clone(),
            None if matches!(last.info.status, Status::Failed | Status::Superseded) => last.clone(),
            // What an interrupted uninstall has not deleted yet comes back with the rest.
            None if last.is_ending() => last.clone(),
            None => return Err(ActionError::no_deployed(name)),
        };
        let deployed = history.iter().filter(is_deployed);
        let deployed: Vec<Release> =
            deployed.filter(|one| one.version != current.version).cloned().collect();

        let values = reuse_values(&mut chart, &current, values, options.reuse)?;
        let notices = pintle_chart::process(&mut chart, &values)
            .map_err(|error| ActionError::plain(error.to_string()))?;
        self.report(&notices);
        let capabilities = self.cluster.capabilities()?;
        check_labels(&options.labels)?;
        let revision = last.version + 1;
        let info = ReleaseInfo {
            revision,
            is_upgrade: true,
            ..ReleaseInfo::new(name.as_str(), current.namespace.as_str())
        };
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
            values: &values,
            release: &info,
            capabilities: &capabilities,
        };
        let rendered = self.render(&job, &mut how)?;
        let server_side = options.server_side.after(&last.apply_method);
        let upgraded = Release {
            name: name.clone(),
            version: revision,
            namespace: current.namespace.clone(),
            info: Info {
                first_deployed: current.info.first_deployed,
                last_deployed: self.now(),
                status: Status::PendingUpgrade,
                description: "Preparing upgrade".to_owned(),
                notes: rendered.notes,
                ..Info::default()
            },
            chart: Arc::new(chart),
            config: values,
            manifest: rendered.manifest,
            hooks: rendered.hooks,
            labels: merge_labels(&last.labels, &options.labels),
            apply_method: method(server_side),
            holder: None,
        };
        let mut target = self.build(&upgraded.manifest, false)?;
        if !options.disable_validation {
            // What was applied once and is the same now needs no checking. Where the old manifest
            // cannot be read any more, that is told later.
            let known = self.cluster.build(&current.manifest).unwrap_or_default();
            let known: BTreeMap<_, _> = known.iter().map(|old| (key(old), &old.object)).collect();
            let changed = target.iter().filter(|one| known.get(&key(one)) != Some(&&one.object));
            let changed: Vec<Resource> = changed.cloned().collect();
            self.validate(&changed)?;
        }
        own(&mut target, &upgraded.name, &upgraded.namespace);
        Ok(Prepared { current, upgraded, target, server_side, interrupted, deployed })
    }

    fn perform_upgrade(
        &mut self,
        upgraded: &mut Release,
        (live, target): (&[Resource], &[Resource]),
        apply: &Apply,
        waiting: Waiting,
        disable_hooks: bool,
        created: &mut Vec<Resource>,
    ) -> Done<()> {
        if !disable_hooks {
            self.run_hooks(upgraded, HookEvent::PreUpgrade, waiting, apply.server_side)
                .map_err(|error| error.within("pre-upgrade hooks failed: "))?;
        }
        self.go_on()?;
        match self.cluster.update(live, target, apply, self.host) {
            Ok(changes) => *created = changes.created,
            Err(error) => {
                created.clone_from(&error.changes.created);
                return Err(error.into());
            }
        }
        self.go_on()?;
        self.wait_ready(target, waiting)?;
        if !disable_hooks {
            self.run_hooks(upgraded, HookEvent::PostUpgrade, waiting, apply.server_side)
                .map_err(|error| error.within("post-upgrade hooks failed: "))?;
        }
        self.go_on()
    }

    fn fail_upgrade(
        &mut self,
        upgraded: &mut Release,
        created: &[Resource],
        error: ActionError,
        waiting: Waiting,
        options: &Upgrade,
    ) -> ActionError {
        let name = upgraded.name.clone();
        let text = error.to_string();
        self.host.log(
            super::LogLevel::Warn,
            "upgrade failed",
            &[("name", &name), ("error", &text)],
        );
        upgraded.info.status = Status::Failed;
        upgraded.info.description =
            format!("Upgrade {} failed: {text}", pintle_strconv::quote(&name));
        if let Err(lost) = self.conclude(upgraded) {
            self.warn_record(upgraded, &lost);
        }
        let because = |message: &str, second: &dyn std::fmt::Display| ActionError {
            message: format!("{message} original upgrade error: {text}: {second}"),
            cause: super::Cause::Plain,
        };
        // Who broke off the upgrade does not mean the tidying up.
        self.cancel = Cancel::new();
        if options.cleanup_on_fail
            && let Err(second) = self.delete(created, Cascade::Background, ", ")
        {
            let second = second.within("unable to cleanup resources: ");
            return because("an error occurred while cleaning up resources.", &second);
        }
        if !options.rollback_on_failure {
            return error;
        }
        let history = match self.history(&name) {
            Ok(history) => history,
            Err(second) => {
                let message = "an error occurred while finding last successful release.";
                return because(message, &second);
            }
        };
        let good =
            |one: &&Release| matches!(one.info.status, Status::Superseded | Status::Deployed);
        let Some(target) = history.iter().rfind(good) else {
            return error.within(
                "unable to find a previously successful release when attempting to rollback. \
                 original upgrade error: ",
            );
        };
        let rollback = Rollback {
            name: name.clone(),
            revision: target.version,
            waiting,
            disable_hooks: options.disable_hooks,
            force_replace: options.force_replace,
            force_conflicts: options.force_conflicts,
            server_side: options.server_side,
            ..Rollback::default()
        };
        match self.rollback(&rollback) {
            Ok(_) => error.within(&format!(
                "release {name} failed, and has been rolled back due to rollback-on-failure being \
                 set: "
            )),
            Err(second) => because("an error occurred while rolling back the release.", &second),
        }
    }
}

/// The labels of before with the new ones; `null` takes one away.
fn merge_labels(
    before: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut labels = user_labels(before);
    labels.extend(new.iter().map(|(name, value)| (name.clone(), value.clone())));
    labels.retain(|_, value| value != "null");
    labels
}

/// The values of the user for the new revision; the chart's defaults change too where the old
/// ones stay.
fn reuse_values(chart: &mut Chart, current: &Release, values: Value, reuse: Reuse) -> Done<Value> {
    let is_empty = |value: &Value| value.as_map().is_none_or(Map::is_empty);
    let over = |values: &Value| -> Done<Value> {
        let none = Map::new();
        let high = values.as_map().unwrap_or(&none);
        let low = current.config.as_map().unwrap_or(&none);
        let tables = pintle_values::coalesce_tables(high, low);
        Ok(tables.map_err(|error| ActionError::plain(error.to_string()))?.values)
    };
    match reuse {
        Reuse::Reset => Ok(values),
        Reuse::All => {
            let old = pintle_values::coalesce(&current.chart.as_values(), &current.config);
            let old = old.map_err(|error| {
                ActionError::plain(format!("failed to rebuild old values: {error}"))
            })?;
            let values = over(&values)?;
            chart.values = old.values;
            Ok(values)
        }
        Reuse::User => over(&values),
        Reuse::IfNone if is_empty(&values) && !is_empty(&current.config) => {
            Ok(current.config.clone())
        }
        Reuse::IfNone => Ok(values),
    }
}
