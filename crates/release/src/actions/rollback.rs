//! Bringing an earlier revision back.

use std::sync::Arc;

use super::guard::unsettled;
use super::install::lost;
use super::ownership::own;
use super::{
    ActionError, Actions, Done, DryRun, LogLevel, ServerSide, Waiting, applying, check_name, method,
};
use crate::{Apply, Cascade, HookEvent, Info, Release, Resource, Status, user_labels};

/// The longest description that a rollback may have, in characters.
const MAX_DESCRIPTION: usize = 256;

/// How a release is rolled back: the flags of `helm rollback`.
#[derive(Clone, Debug, Default)]
pub struct Rollback {
    /// The name.
    pub name: String,
    /// The revision that comes back; 0 for the one before the latest.
    pub revision: i64,
    /// Whether anything is changed.
    pub dry_run: DryRun,
    /// Runs no hooks.
    pub disable_hooks: bool,
    /// Deletes what a failed rollback created.
    pub cleanup_on_fail: bool,
    /// How it is applied.
    pub server_side: ServerSide,
    /// Takes over fields that others manage.
    pub force_conflicts: bool,
    /// Replaces objects instead of patching them.
    pub force_replace: bool,
    /// How is waited.
    pub waiting: Waiting,
    /// How many revisions are kept; 0 for all.
    pub max_history: usize,
    /// What the record says instead of `Rollback to N`.
    pub description: String,
}

impl Actions<'_> {
    /// Rolls a release back. With a dry run the release is what would be recorded.
    ///
    /// # Errors
    ///
    /// Something failed; the record says so too, if it came to one.
    pub fn rollback(&mut self, options: &Rollback) -> Done<Release> {
        let length = options.description.chars().count();
        if length > MAX_DESCRIPTION {
            return Err(ActionError::plain(format!(
                "description must be {MAX_DESCRIPTION} characters or less, got {length}"
            )));
        }
        self.reachable()?;
        self.storage.max_history = options.max_history;
        let name = &options.name;
        if check_name(name).is_err() {
            let message = format!("prepareRollback: Release name is invalid: {name}");
            return Err(ActionError::plain(message));
        }
        if options.revision < 0 {
            return Err(ActionError::plain("invalid release revision"));
        }
        let mut history = self.storage.history(name)?;
        // What Helm left behind is rolled back as Helm rolls it back: this is its way out.
        let held = history.last().is_some_and(|last| last.holder.is_some());
        if held && !options.dry_run.is_dry() {
            self.take_over(&mut history, false)?;
        }
        let interrupted: Vec<String> =
            unsettled(&history).iter().map(|one| one.manifest.clone()).collect();
        let Some(mut current) = history.last().cloned() else {
            return Err(crate::StorageError::NotFound.into());
        };
        let wanted = match options.revision {
            0 => current.version - 1,
            revision => revision,
        };
        let Some(previous) = history.iter().find(|release| release.version == wanted) else {
            return Err(ActionError::plain(format!("release has no {wanted} version")));
        };
        let server_side = options.server_side.after(&previous.apply_method);
        let description = match options.description.as_str() {
            "" => format!("Rollback to {wanted}"),
            said => said.to_owned(),
        };
        let mut target = Release {
            name: name.clone(),
            version: current.version + 1,
            namespace: current.namespace.clone(),
            info: Info {
                first_deployed: current.info.first_deployed,
                last_deployed: self.now(),
                status: Status::PendingRollback,
                notes: previous.info.notes.clone(),
                rollback_revision: wanted,
                description,
                ..Info::default()
            },
            chart: Arc::clone(&previous.chart),
            config: previous.config.clone(),
            labels: user_labels(&previous.labels),
            manifest: previous.manifest.clone(),
            hooks: previous.hooks.clone(),
            apply_method: method(server_side),
            holder: None,
        };
        if options.dry_run.is_dry() {
            return Ok(target);
        }
        self.go_on()?;
        self.hold(&mut target);
        self.storage.create(&target)?;
        let pulse = self.pulse(&target);
        let result =
            self.perform_rollback(&mut current, &mut target, &interrupted, server_side, options);
        if self.is_lost(&target, pulse.as_ref()) {
            return Err(lost(name));
        }
        drop(pulse);
        if let Err(error) = result {
            // Helm leaves a rollback whose hooks failed pending, and the release stuck.
            if target.info.status.is_pending() {
                target.info.status = Status::Failed;
                let quoted = pintle_strconv::quote(name);
                target.info.description = format!("Rollback {quoted} failed: {error}");
                if let Err(lost) = self.conclude(&mut target) {
                    self.warn_record(&target, &lost);
                }
            }
            return Err(error);
        }
        target.info.status = Status::Deployed;
        self.conclude_or_fail(&mut target)?;
        for mut old in history {
            if old.info.status == Status::Deployed {
                old.info.status = Status::Superseded;
                self.note(&mut old);
            }
        }
        Ok(target)
    }

    fn perform_rollback(
        &mut self,
        current: &mut Release,
        target: &mut Release,
        interrupted: &[String],
        server_side: bool,
        options: &Rollback,
    ) -> Done<()> {
        let waiting = options.waiting;
        let mut live = self.build(&current.manifest, false).map_err(|error| {
            error.within("unable to build kubernetes objects from current release manifest: ")
        })?;
        let mut wanted = self.build(&target.manifest, false).map_err(|error| {
            error.within("unable to build kubernetes objects from new release manifest: ")
        })?;
        if !options.disable_hooks {
            self.run_hooks(target, HookEvent::PreRollback, waiting, server_side)?;
        }
        self.go_on()?;
        own(&mut wanted, &target.name, &target.namespace);
        self.add_interrupted(target, interrupted, &wanted, &mut live);
        let apply = Apply {
            migrate_managed_fields: true,
            ..applying(server_side, options.force_conflicts, options.force_replace)
        };
        if let Err(error) = self.cluster.update(&live, &wanted, &apply, self.host) {
            let created = error.changes.created.clone();
            let error = ActionError::from(error);
            return Err(self.fail_rollback(current, target, &created, error, options));
        }
        self.go_on()?;
        if let Err(error) = self.wait_ready(&wanted, waiting) {
            let error = ActionError::from(error);
            let name = &target.name;
            target.info.status = Status::Failed;
            target.info.description =
                format!("Release {} failed: {error}", pintle_strconv::quote(name));
            let error = error.within(&format!("release {name} failed: "));
            if let Err(lost) = self.conclude(target) {
                self.warn_record(target, &lost);
            }
            return Err(error);
        }
        if !options.disable_hooks {
            self.run_hooks(target, HookEvent::PostRollback, waiting, server_side)?;
        }
        self.go_on()
    }

    fn fail_rollback(
        &mut self,
        current: &mut Release,
        target: &mut Release,
        created: &[Resource],
        error: ActionError,
        options: &Rollback,
    ) -> ActionError {
        let message = format!("Rollback {} failed: {error}", pintle_strconv::quote(&target.name));
        self.host.log(LogLevel::Warn, &message, &[]);
        current.info.status = Status::Superseded;
        current.holder = None;
        target.info.status = Status::Failed;
        target.info.description = message;
        self.note(current);
        if let Err(lost) = self.conclude(target) {
            self.warn_record(target, &lost);
        }
        if options.cleanup_on_fail
            && let Err(second) = self.delete(created, Cascade::Background, ", ")
        {
            return second.within(
                "an error occurred while cleaning up resources. original rollback error: unable to \
                 cleanup resources: ",
            );
        }
        error
    }
}
