//! Uninstalling a release.

use super::guard::unsettled;
use super::ownership::{Owned, key};
use super::render::recorded_documents;
use super::{ActionError, Actions, Cause, Done, LogLevel, Waiting, check_name};
use crate::kinds::rank;
use crate::{
    Cascade, Head, HookEvent, Release, Resource, Status, StorageError, UNINSTALL_ORDER, documents,
};

/// How a release is uninstalled: the flags of `helm uninstall`.
#[derive(Clone, Debug, Default)]
pub struct Uninstall {
    /// Changes nothing.
    pub dry_run: bool,
    /// Runs no hooks.
    pub disable_hooks: bool,
    /// A release that is not there counts as uninstalled.
    pub ignore_not_found: bool,
    /// Keeps the records.
    pub keep_history: bool,
    /// What happens to what the objects own.
    pub cascade: Cascade,
    /// How is waited.
    pub waiting: Waiting,
    /// What the record says instead of `Uninstallation complete`.
    pub description: String,
}

/// What was uninstalled.
#[derive(Clone, Debug, Default)]
pub struct Uninstalled {
    /// The latest revision; `None` when there was none and that is no error.
    pub release: Option<Release>,
    /// What was kept and why, in Helm's words; empty when all is gone.
    pub info: String,
}

/// The documents of a release, by what becomes of them.
#[derive(Default)]
struct Plan {
    /// Kind and name of those that the resource policy keeps.
    kept: Vec<(String, String)>,
    /// The manifest of those that go.
    deleted: String,
}

impl Plan {
    fn new(manifest: &str) -> Result<Plan, String> {
        let mut documents = Vec::new();
        for (number, text) in recorded_documents(manifest) {
            let head = Head::read(text.as_bytes()).map_err(|error| error.to_string())?;
            documents.push((number, text, head));
        }
        documents.sort_by(|a, b| a.0.cmp(&b.0));
        documents.sort_by(|a, b| {
            rank(&a.2.kind, UNINSTALL_ORDER).cmp(&rank(&b.2.kind, UNINSTALL_ORDER))
        });
        let mut plan = Plan::default();
        for (_, text, head) in documents {
            // Hooks are not in the manifest; Helm would leave them out here too.
            if head.annotation("helm.sh/hook").is_some() {
                continue;
            }
            match head.annotation("helm.sh/resource-policy") {
                None => {
                    plan.deleted.push_str("\n---\n");
                    plan.deleted.push_str(text);
                }
                // Any other policy leaves the object where it is too, and is not told.
                Some(policy) if policy.trim().to_lowercase() == "keep" => {
                    plan.kept.push((head.kind.to_string(), head.name.to_string()));
                }
                Some(_) => {}
            }
        }
        Ok(plan)
    }

    fn info(&self) -> String {
        let mut info = String::new();
        if !self.kept.is_empty() {
            info.push_str("These resources were kept due to the resource policy:\n");
            for (kind, name) in &self.kept {
                info.push_str(&format!("[{kind}] {name}\n"));
            }
        }
        info
    }
}

impl Actions<'_> {
    /// Uninstalls a release.
    ///
    /// # Errors
    ///
    /// Something failed. What could be deleted is deleted, and the record says how far it came.
    pub fn uninstall(&mut self, name: &str, options: &Uninstall) -> Done<Uninstalled> {
        self.reachable()?;
        if options.dry_run {
            return self.dry_uninstall(name, options);
        }
        if check_name(name).is_err() {
            let message = format!("uninstall: Release name is invalid: {name}");
            return Err(ActionError::plain(message));
        }
        let mut history = match self.storage.history(name) {
            Ok(history) => history,
            Err(StorageError::NotFound) if options.ignore_not_found => {
                return Ok(Uninstalled::default());
            }
            Err(error) => {
                let context = format!("uninstall: Release not loaded: {name}: ");
                return Err(ActionError::from(error).within(&context));
            }
        };
        // What Helm left behind is uninstalled as Helm uninstalls it: this is its way out.
        if history.last().is_some_and(|last| last.holder.is_some()) {
            self.take_over(&mut history, false)?;
        }
        let Some(mut release) = history.last().cloned() else {
            return Err(ActionError::plain("no release provided"));
        };
        if release.info.status == Status::Uninstalled {
            if options.keep_history {
                return Err(ActionError::plain(format!(
                    "the release named {} is already deleted",
                    pintle_strconv::quote(name)
                )));
            }
            self.purge(&history)
                .map_err(|error| error.within("uninstall: Failed to purge the release: "))?;
            return Ok(Uninstalled { release: Some(release), info: String::new() });
        }
        let others = unsettled(&history).into_iter().filter(|one| one.version != release.version);
        let others: Vec<String> = others.map(|one| one.manifest.clone()).collect();
        release.info.status = Status::Uninstalling;
        release.info.deleted = self.now();
        "Deletion in progress (or silently failed)".clone_into(&mut release.info.description);
        self.hold(&mut release);
        let mut result = Uninstalled::default();
        // Unlike Helm it is recorded before any hook runs, so that nobody else begins meanwhile.
        if let Err(error) = self.storage.update(&release) {
            self.warn_record(&release, &error);
        }
        let pulse = self.pulse(&release);
        let outcome = self.perform_uninstall(&mut release, &history, &others, options, &mut result);
        drop(pulse);
        if outcome.is_err() && release.holder.is_some() {
            // It ended, if not well: the next command need not ask whether it goes on.
            if let Err(error) = self.conclude(&mut release)
                && error != StorageError::NotFound
            {
                self.warn_record(&release, &error);
            }
        }
        outcome?;
        result.release = Some(release);
        Ok(result)
    }

    fn perform_uninstall(
        &mut self,
        release: &mut Release,
        history: &[Release],
        others: &[String],
        options: &Uninstall,
        result: &mut Uninstalled,
    ) -> Done<()> {
        let waiting = options.waiting;
        if !options.disable_hooks {
            self.run_hooks(release, HookEvent::PreDelete, waiting, true)?;
        }
        self.go_on()?;
        let failed = |why: ActionError| ActionError {
            message: format!("failed to delete release: {}", release.name),
            cause: match why.cause {
                Cause::Plain => Cause::Render(why.message.into()),
                cause => cause,
            },
        };
        let (deleted, info) =
            self.delete_objects(release, others, options.cascade).map_err(failed)?;
        result.info = info;
        let mut errors: Vec<ActionError> = Vec::new();
        if let Err(error) = self.wait_deleted(&deleted, waiting) {
            errors.push(error.into());
        }
        if !options.disable_hooks
            && let Err(error) = self.run_hooks(release, HookEvent::PostDelete, waiting, true)
        {
            errors.push(error);
        }
        release.info.status = Status::Uninstalled;
        let said = &options.description;
        let text = if said.is_empty() { "Uninstallation complete" } else { said };
        text.clone_into(&mut release.info.description);
        if options.keep_history {
            self.conclude_or_fail(release)?;
            for old in history.iter().filter(|one| one.version != release.version) {
                if old.info.status == Status::Deployed {
                    let mut old = old.clone();
                    old.info.status = Status::Superseded;
                    self.note(&mut old);
                }
            }
        } else if let Err(error) = self.purge(history) {
            errors.push(error.within("uninstall: Failed to purge the release: "));
        } else {
            release.holder = None;
            self.name_definitions(release);
        }
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        match errors.pop() {
            None => Ok(()),
            Some(last) => Err(ActionError {
                message: format!(
                    "uninstallation completed with {} error(s): {}",
                    texts.len(),
                    texts.join("; ")
                ),
                cause: last.cause,
            }),
        }
    }

    /// Names the custom resource definitions of the chart, which stay: nobody knows them any more.
    fn name_definitions(&mut self, release: &Release) {
        for crd in release.chart.crds() {
            for document in documents(&crd.file.data) {
                let Ok(head) = Head::read(document.text) else { continue };
                if head.name.is_empty() {
                    continue;
                }
                self.host.log(
                    LogLevel::Info,
                    "it stays; no release's record knows it any more, and none removes it",
                    &[("kind", &head.kind), ("name", &head.name)],
                );
            }
        }
    }

    /// Takes all records away, the latest last: while one is there, so is what it knows.
    fn purge(&mut self, history: &[Release]) -> Done<()> {
        for release in history {
            match self.storage.delete(&release.key()) {
                // Somebody else took it away.
                Ok(()) | Err(StorageError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn owned(&mut self, release: &Release, manifests: &[&str]) -> Done<Owned> {
        let mut all: Vec<Resource> = Vec::new();
        for manifest in manifests {
            let resources = self.cluster.build(manifest).map_err(|error| {
                let context = "unable to build kubernetes objects for delete: ";
                ActionError::from(error).within(context)
            })?;
            for resource in resources {
                if !all.iter().any(|known| key(known) == key(&resource)) {
                    all.push(resource);
                }
            }
        }
        Ok(self.sort_by_owner(all, &release.name, &release.namespace))
    }

    /// Deletes the objects of a release; returns them, and what is to be said of the others.
    fn delete_objects(
        &mut self,
        release: &Release,
        others: &[String],
        cascade: Cascade,
    ) -> Done<(Vec<Resource>, String)> {
        let corrupted = |why: String| {
            ActionError::plain(format!(
                "corrupted release record. You must manually delete the resources: {why}"
            ))
        };
        let plan = Plan::new(&release.manifest).map_err(corrupted)?;
        let mut manifests = vec![plan.deleted.clone()];
        for manifest in others {
            manifests.push(Plan::new(manifest).map_err(corrupted)?.deleted);
        }
        let manifests: Vec<&str> = manifests.iter().map(String::as_str).collect();
        let found = self.owned(release, &manifests)?;
        let mut info = plan.info();
        let mut tell = |count: usize, why: &str, lines: Vec<String>| {
            if count > 0 {
                if !info.is_empty() {
                    info.push('\n');
                }
                info.push_str(&format!("{count} resource(s) were not deleted because {why}:\n"));
                info.push_str(&lines.concat());
            }
        };
        let lines = found.unowned.iter().map(|one| format!("[{}] {}\n", one.kind, one.name));
        tell(found.unowned.len(), "they are not owned by this release", lines.collect());
        let lines = found.unverifiable.iter();
        let lines = lines.map(|(one, why)| format!("[{}] {}: {why}\n", one.kind, one.name));
        tell(found.unverifiable.len(), "their ownership could not be verified", lines.collect());
        self.warn_skipped(release, &found, "skipping delete of");
        self.delete(&found.owned, cascade, "; ")?;
        Ok((found.owned, info))
    }

    fn warn_skipped(&mut self, release: &Release, found: &Owned, what: &str) {
        let unowned = found.unowned.iter().map(|one| (one, " not owned by this release", ""));
        let doubtful = found.unverifiable.iter();
        let doubtful = doubtful
            .map(|(one, why)| (one, " because ownership could not be verified", why.as_str()));
        for (resource, because, error) in unowned.chain(doubtful) {
            let namespace = resource.namespace.as_deref().unwrap_or_default();
            let mut fields = vec![
                ("kind", resource.kind.as_str()),
                ("name", &resource.name),
                ("namespace", namespace),
                ("release", &release.name),
            ];
            if !error.is_empty() {
                fields.push(("error", error));
            }
            self.host.log(LogLevel::Warn, &format!("{what} resource{because}"), &fields);
        }
    }

    fn dry_uninstall(&mut self, name: &str, options: &Uninstall) -> Done<Uninstalled> {
        let release = match self.content(name, 0) {
            Ok(release) => release,
            Err(error) if options.ignore_not_found && matches!(error.cause, Cause::NotFound) => {
                return Ok(Uninstalled::default());
            }
            Err(error) => return Err(error),
        };
        let mut info = String::new();
        if let Ok(plan) = Plan::new(&release.manifest) {
            if let Ok(found) = self.owned(&release, &[&plan.deleted]) {
                self.warn_skipped(&release, &found, "dry-run: would skip");
            }
            info = plan.info();
        }
        Ok(Uninstalled { release: Some(release), info })
    }
}
