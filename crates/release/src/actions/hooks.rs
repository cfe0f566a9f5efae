//! Running hooks.

use super::{ActionError, Actions, Done, LogLevel, Waiting, applying};
use crate::{
    Cascade, Head, HookEvent, HookRun, Pods, RecordedHook, Release, Resource, WaitGoal,
    WaitStrategy,
};

const BEFORE: &str = "before-hook-creation";
const SUCCEEDED: &str = "hook-succeeded";
const FAILED: &str = "hook-failed";

/// What is left to do after hooks ran.
#[derive(Debug, Default)]
pub(super) struct Shutdown {
    /// Those that succeeded, in the order in which they ran.
    succeeded: Vec<usize>,
    /// The one that failed and ended it.
    failed: Option<usize>,
}

impl Shutdown {
    /// Counts the hooks from further in front.
    pub(super) fn shift(&mut self, by: usize) {
        self.succeeded.iter_mut().chain(&mut self.failed).for_each(|index| *index += by);
    }
}

impl Actions<'_> {
    /// Runs the hooks of an event and tidies up after them.
    pub(super) fn run_hooks(
        &mut self,
        release: &mut Release,
        event: HookEvent,
        waiting: Waiting,
        server_side: bool,
    ) -> Done<()> {
        let (shutdown, result) = self.start_hooks(release, event, waiting, server_side);
        let tidied = self.shut_down_hooks(release, &shutdown, waiting);
        result.and(tidied)
    }

    /// Runs the hooks of an event; their objects stay until they are shut down.
    pub(super) fn start_hooks(
        &mut self,
        release: &mut Release,
        event: HookEvent,
        waiting: Waiting,
        server_side: bool,
    ) -> (Shutdown, Done<()>) {
        let mut order: Vec<usize> = Vec::new();
        for (index, hook) in release.hooks.iter().enumerate() {
            order.extend(hook.events.iter().filter(|of| **of == event).map(|_| index));
        }
        // They are sorted by kind already, and stay so.
        order.sort_by(|a, b| {
            let by =
                |index: &usize| release.hooks.get(*index).map(|hook| (hook.weight, &hook.name));
            by(a).cmp(&by(b))
        });
        let mut shutdown = Shutdown::default();
        for index in order {
            match self.run_hook(release, index, event, waiting, server_side) {
                Ok(()) => shutdown.succeeded.push(index),
                Err((waited, error)) => {
                    if waited {
                        shutdown.failed = Some(index);
                    } else {
                        // Helm leaves all others where they are then.
                        shutdown.succeeded.clear();
                    }
                    return (shutdown, Err(*error));
                }
            }
        }
        (shutdown, Ok(()))
    }

    /// Runs one; an error tells whether the hook itself failed.
    fn run_hook(
        &mut self,
        release: &mut Release,
        index: usize,
        event: HookEvent,
        waiting: Waiting,
        server_side: bool,
    ) -> Result<(), (bool, Box<ActionError>)> {
        let early = |error| (false, Box::new(error));
        self.go_on().map_err(early)?;
        let Some(hook) = release.hooks.get_mut(index) else { return Ok(()) };
        if hook.delete_policies.is_empty() {
            hook.delete_policies = vec![crate::HookDeletePolicy(BEFORE.to_owned())];
        }
        let hook = hook.clone();
        self.delete_hook(&hook, BEFORE, waiting).map_err(early)?;
        let resources = self.build(&hook.manifest, true).map_err(|error| {
            let context =
                format!("unable to build kubernetes object for {event} hook {}: ", hook.path);
            early(error.within(&context))
        })?;
        let started_at = self.now();
        let run = HookRun { started_at, completed_at: None, phase: "Running".to_owned() };
        set_run(release, index, run.clone());
        self.note(release);
        let apply = applying(server_side, false, false);
        if let Err(error) = self.cluster.create(&resources, &apply, self.host) {
            let completed_at = self.now();
            let phase = "Failed".to_owned();
            set_run(release, index, HookRun { completed_at, phase, ..run });
            let context = format!("warning: Hook {event} {} failed: ", hook.path);
            return Err(early(ActionError::from(error).within(&context)));
        }
        let strategy = match waiting.strategy {
            WaitStrategy::HookOnly => WaitStrategy::Watcher,
            strategy => strategy,
        };
        let result = self.wait(&resources, WaitGoal::Done, strategy, waiting.timeout);
        let completed_at = self.now();
        let phase = if result.is_ok() { "Succeeded" } else { "Failed" }.to_owned();
        set_run(release, index, HookRun { completed_at, phase, ..run });
        result.map_err(|error| {
            self.hook_logs(&hook, &release.namespace, FAILED);
            (true, Box::new(error.into()))
        })
    }

    /// Deletes what the policies of the hooks say, and shows the logs of those that succeeded.
    pub(super) fn shut_down_hooks(
        &mut self,
        release: &Release,
        shutdown: &Shutdown,
        waiting: Waiting,
    ) -> Done<()> {
        let hook = |index: &usize| release.hooks.get(*index);
        if let Some(failed) = shutdown.failed.as_ref().and_then(hook) {
            if let Err(error) = self.delete_hook(failed, FAILED, waiting) {
                let error = error.to_string();
                let message = "error deleting the hook resource on hook failure";
                self.host.log(LogLevel::Warn, message, &[("error", &error)]);
            }
            for hook in shutdown.succeeded.iter().filter_map(hook) {
                self.delete_hook(hook, SUCCEEDED, waiting)?;
            }
            return Ok(());
        }
        for hook in shutdown.succeeded.iter().rev().filter_map(hook) {
            self.hook_logs(hook, &release.namespace, SUCCEEDED);
            self.delete_hook(hook, SUCCEEDED, waiting)?;
        }
        Ok(())
    }

    fn delete_hook(&mut self, hook: &RecordedHook, policy: &str, waiting: Waiting) -> Done<()> {
        // What depends on a definition would be gone with it.
        if hook.kind == "CustomResourceDefinition"
            || !hook.delete_policies.iter().any(|of| of.0 == policy)
        {
            return Ok(());
        }
        let resources = self.cluster.build(&hook.manifest).map_err(|error| {
            let context =
                format!("unable to build kubernetes object for deleting hook {}: ", hook.path);
            ActionError::from(error).within(&context)
        })?;
        self.delete(&resources, Cascade::Background, "; ")?;
        Ok(self.wait_deleted(&resources, waiting)?)
    }

    /// Deletes objects; an error joins those of all.
    pub(super) fn delete(
        &mut self,
        resources: &[Resource],
        cascade: Cascade,
        between: &str,
    ) -> Done<()> {
        if resources.is_empty() {
            return Ok(());
        }
        let results = self.cluster.delete(resources, cascade, self.host);
        let mut errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        match errors.pop() {
            None => Ok(()),
            Some(last) => Err(ActionError { message: texts.join(between), ..last.into() }),
        }
    }

    fn hook_logs(&mut self, hook: &RecordedHook, namespace: &str, policy: &str) {
        if !hook.output_log_policies.iter().any(|of| of.0 == policy) {
            return;
        }
        let own = Head::read(hook.manifest.as_bytes()).map(|head| head.namespace.to_string());
        let own = own.unwrap_or_default();
        let namespace = if own.is_empty() { namespace } else { &own };
        let (labels, fields) = match hook.kind.as_str() {
            "Job" => (format!("job-name={}", hook.name), String::new()),
            "Pod" => (String::new(), format!("metadata.name={}", hook.name)),
            _ => return,
        };
        let pods = Pods { namespace, labels: &labels, fields: &fields };
        let host = &mut *self.host;
        let mut write = |namespace: &str, pod: &str, container: &str, text: &[u8]| {
            host.hook_log(namespace, pod, container, text);
        };
        if let Err(error) = self.cluster.logs(&pods, &mut write) {
            let error = error.to_string();
            let message = "error outputting logs for hook";
            self.host.log(LogLevel::Warn, message, &[("hook", &hook.path), ("error", &error)]);
        }
    }
}

fn set_run(release: &mut Release, index: usize, run: HookRun) {
    if let Some(hook) = release.hooks.get_mut(index) {
        hook.last_run = run;
    }
}
