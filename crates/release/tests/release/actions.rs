//! What the actions do to objects and records.

use std::time::Duration;

use pintle_release::actions::{
    ActionError, Cause, DryRun, Install, Reuse, Rollback, TestFilters, Uninstall, Upgrade, Waiting,
};
use pintle_release::{Release, Status, WaitStrategy};
use pintle_yaml::Value;

use super::fake::{Bed, Templates, chart, values};

fn install() -> Install {
    Install { name: "web".into(), server_side: true, ..Install::default() }
}

fn upgrade() -> Upgrade {
    Upgrade { name: "web".into(), ..Upgrade::default() }
}

fn do_install(bed: &Bed, options: &Install, given: &str) -> Result<Release, ActionError> {
    bed.run(|on| on.install(chart(), values(given), options, &mut Templates, None))
}

fn do_upgrade(bed: &Bed, options: &Upgrade, given: &str) -> Result<Release, ActionError> {
    bed.run(|on| on.upgrade(chart(), values(given), options, &mut Templates, None))
}

fn do_rollback(bed: &Bed, revision: i64) -> Result<Release, ActionError> {
    let options = Rollback { name: "web".into(), revision, ..Rollback::default() };
    bed.run(|on| on.rollback(&options))
}

fn do_uninstall(bed: &Bed, options: &Uninstall) -> Result<String, ActionError> {
    bed.run(|on| on.uninstall("web", options)).map(|done| done.info)
}

fn installed() -> Bed {
    let bed = Bed::new();
    do_install(&bed, &install(), "{}").unwrap();
    bed.world.borrow_mut().calls.clear();
    bed
}

fn says<T: std::fmt::Debug>(result: Result<T, ActionError>) -> String {
    result.unwrap_err().message
}

fn phase(release: &Release, hook: &str) -> String {
    let hook = release.hooks.iter().find(|one| one.name == hook);
    hook.map(|hook| hook.last_run.phase.clone()).unwrap()
}

fn plain(bed: &Bed) -> Value {
    let world = bed.world.borrow();
    world.objects["ConfigMap/store/plain"].get("data").cloned().unwrap()
}

#[test]
fn install_records_before_it_acts() {
    let bed = Bed::new();
    let options = Install { labels: [("team".into(), "web".into())].into(), ..install() };
    let release = do_install(&bed, &options, "{a: 2}").unwrap();
    assert_eq!(release.info.notes, "Hello 1");
    assert_eq!(release.info.description, "Install complete");
    let calls = bed.world.borrow().calls.join("\n");
    let expected = "reachable\nlist\ncreate things.example\nwait Ready things.example\n\
                    get secret\nget first\nget kept\nget plain\n\
                    new v1 pending-install\n\
                    delete before\nrecord v1 pending-install\ncreate before\nwait Done before\n\
                    create secret\ncreate plain\ncreate kept\ncreate first\n\
                    delete after\nrecord v1 pending-install\ncreate after\nwait Done after\n\
                    delete after\nrecord v1 deployed";
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&calls), sorted(expected), "{calls}");
    assert!(calls.find("new v1").unwrap() < calls.find("create before").unwrap());
    assert!(calls.ends_with("record v1 deployed"));
    let recorded = bed.last();
    assert_eq!(recorded.holder, None);
    assert_eq!(recorded.labels, options.labels);
    assert_eq!(phase(&recorded, "before"), "Succeeded");
    assert_eq!(phase(&recorded, "ping"), "");
    assert!(!recorded.manifest.contains("managed-by"));
    let world = bed.world.borrow();
    let path = ["metadata", "annotations", "meta.helm.sh/release-name"];
    let object = &world.objects["ConfigMap/store/plain"];
    assert_eq!(object.get_path(path), Some(&Value::from("web")));
    let path = ["metadata", "labels", "app.kubernetes.io/managed-by"];
    assert_eq!(object.get_path(path), Some(&Value::from("Helm")));
    assert_eq!(world.log, ["log job-name=before"]);
}

#[test]
fn dry_runs_change_nothing() {
    for dry_run in [DryRun::Client, DryRun::Server] {
        let bed = Bed::new();
        let options = Install { dry_run, hide_secret: true, ..install() };
        let release = do_install(&bed, &options, "{}").unwrap();
        assert_eq!(release.info.description, "Dry run complete");
        assert!(release.manifest.contains("# HIDDEN: The Secret output has been suppressed\n"));
        assert!(bed.live().is_empty());
        assert_eq!(bed.states(), "");
        do_install(&bed, &install(), "{}").unwrap();
        let options = Upgrade { dry_run, ..upgrade() };
        assert_eq!(do_upgrade(&bed, &options, "{}").unwrap().version, 2);
        assert_eq!(bed.states(), "v1 deployed");
    }
    let options = Install { hide_secret: true, ..install() };
    assert_eq!(
        says(do_install(&Bed::new(), &options, "{}")),
        "hiding Kubernetes secrets requires a dry-run mode"
    );
}

#[test]
fn an_install_that_fails_says_so_in_the_record() {
    let bed = Bed::new();
    bed.world.borrow_mut().broken.push("plain".into());
    assert_eq!(says(do_install(&bed, &install(), "{}")), "plain is broken");
    assert_eq!(bed.states(), "v1 failed");
    assert_eq!(bed.last().info.description, "Release \"web\" failed: plain is broken");
    assert!(!bed.last().was_interrupted());
    bed.world.borrow_mut().broken.clear();
    assert_eq!(
        says(do_install(&bed, &install(), "{}")),
        "release name check failed: cannot reuse a name that is still in use"
    );
    do_install(&bed, &Install { replace: true, ..install() }, "{}").unwrap();
    assert_eq!(bed.states(), "v1 failed, v2 deployed");

    let bed = Bed::new();
    bed.world.borrow_mut().unready.push("before".into());
    assert_eq!(
        says(do_install(&bed, &install(), "{}")),
        "failed pre-install: context deadline exceeded"
    );
    assert_eq!(phase(&bed.last(), "before"), "Failed");

    let bed = Bed::new();
    bed.world.borrow_mut().unready.push("plain".into());
    let options = Install { rollback_on_failure: true, ..install() };
    assert_eq!(
        says(do_install(&bed, &options, "{}")),
        "release web failed, and has been uninstalled due to rollback-on-failure being set: \
         context deadline exceeded"
    );
    assert_eq!(bed.states(), "");
    assert_eq!(bed.live(), ["kept", "before"]);
}

#[test]
fn names_labels_and_objects_are_checked_first() {
    let bed = Bed::new();
    let bad = Install { name: "Web".into(), ..install() };
    assert!(says(do_install(&bed, &bad, "{}")).starts_with(
        "release name check failed: release name \"Web\": invalid release name, must match regex"
    ));
    let bad = Install { labels: [("owner".into(), "x".into())].into(), ..install() };
    assert_eq!(
        says(do_install(&bed, &bad, "{}")),
        "user supplied labels contains system reserved label name. System labels: [name owner \
         status version createdAt modifiedAt]"
    );
    let foreign = values("{metadata: {labels: {app.kubernetes.io/managed-by: me}}}");
    bed.world.borrow_mut().objects.insert("ConfigMap/store/plain".into(), foreign);
    assert_eq!(
        says(do_install(&bed, &install(), "{}")),
        "unable to continue with install: ConfigMap \"plain\" in namespace \"store\" exists and \
         cannot be imported into the current release: invalid ownership metadata; label validation \
         error: key \"app.kubernetes.io/managed-by\" must equal \"Helm\": current value is \"me\"; \
         annotation validation error: missing key \"meta.helm.sh/release-name\": must be set to \
         \"web\"; annotation validation error: missing key \"meta.helm.sh/release-namespace\": \
         must be set to \"store\""
    );
    assert_eq!(bed.states(), "");
    do_install(&bed, &Install { take_ownership: true, ..install() }, "{}").unwrap();
    assert_eq!(bed.states(), "v1 deployed");
}

#[test]
fn an_upgrade_changes_creates_and_deletes() {
    let bed = installed();
    let release = do_upgrade(&bed, &upgrade(), "{a: 5, extra: true, first: false}").unwrap();
    assert_eq!(release.info.notes, "Hello 2");
    assert_eq!(release.apply_method, "ssa");
    assert_eq!(bed.states(), "v1 superseded, v2 deployed");
    assert_eq!(bed.live(), ["extra", "kept", "plain", "before", "secret"]);
    let calls = bed.world.borrow().calls.clone();
    let records = calls.iter().filter(|call| call.starts_with("record"));
    let tail: Vec<&str> = records.rev().take(2).map(String::as_str).collect();
    assert_eq!(tail, ["record v1 superseded", "record v2 deployed"]);
}

#[test]
fn an_upgrade_that_fails_leaves_the_old_one_deployed() {
    let bed = installed();
    bed.world.borrow_mut().broken.push("plain".into());
    assert_eq!(says(do_upgrade(&bed, &upgrade(), "{extra: true}")), "plain is broken");
    assert_eq!(bed.states(), "v1 deployed, v2 failed");
    assert_eq!(bed.last().info.description, "Upgrade \"web\" failed: plain is broken");
    bed.world.borrow_mut().broken.clear();
    bed.world.borrow_mut().unready.push("plain".into());
    let waiting = Waiting { strategy: WaitStrategy::Watcher, ..Waiting::default() };
    let options = Upgrade { cleanup_on_fail: true, waiting, ..upgrade() };
    bed.world.borrow_mut().objects.remove("ConfigMap/store/extra");
    assert_eq!(says(do_upgrade(&bed, &options, "{extra: true}")), "context deadline exceeded");
    assert!(!bed.live().contains(&"extra".to_owned()));
    bed.world.borrow_mut().unready = vec!["after".into()];
    let options = Upgrade { rollback_on_failure: true, disable_hooks: false, ..upgrade() };
    let message = says(do_upgrade(&bed, &options, "{a: 9}"));
    assert!(message.starts_with("an error occurred while rolling back the release."), "{message}");
    bed.world.borrow_mut().unready.clear();
    bed.world.borrow_mut().broken = vec!["extra".into()];
    let message = says(do_upgrade(&bed, &options, "{extra: true, a: 3}"));
    assert_eq!(
        message,
        "release web failed, and has been rolled back due to rollback-on-failure being set: extra \
         is broken"
    );
    assert_eq!(bed.last().info.description, "Rollback to 1");
    assert_eq!(bed.last().info.status, Status::Deployed);
    assert_eq!(plain(&bed).get("a"), Some(&Value::from("1")));
}

#[test]
fn values_are_reused_as_asked() {
    let table = [
        (Reuse::IfNone, "{}", "{a: '2', old: 'y'}", "2", "y"),
        (Reuse::IfNone, "{a: 3}", "{a: 3}", "3", "x"),
        (Reuse::Reset, "{}", "{}", "1", "x"),
        (Reuse::All, "{a: 3}", "{a: 3, old: 'y'}", "3", "y"),
        (Reuse::User, "{a: 3}", "{a: 3, old: 'y'}", "3", "y"),
    ];
    for (reuse, given, config, a, old) in table {
        let bed = Bed::new();
        do_install(&bed, &install(), "{a: '2', old: 'y'}").unwrap();
        let release = do_upgrade(&bed, &Upgrade { reuse, ..upgrade() }, given).unwrap();
        assert_eq!(release.config, values(config), "{reuse:?}");
        let data = plain(&bed);
        assert_eq!(data.get("a"), Some(&Value::from(a)), "{reuse:?}");
        assert_eq!(data.get("old"), Some(&Value::from(old)), "{reuse:?}");
    }
}

#[test]
fn labels_are_merged_and_history_is_bounded() {
    let bed = Bed::new();
    let labels = [("a".into(), "1".into()), ("b".into(), "2".into())].into();
    do_install(&bed, &Install { labels, ..install() }, "{}").unwrap();
    let labels = [("b".into(), "null".into()), ("c".into(), "3".into())].into();
    let release = do_upgrade(&bed, &Upgrade { labels, max_history: 2, ..upgrade() }, "{}").unwrap();
    let labels: Vec<_> = release.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(labels, ["a=1", "c=3"]);
    for _ in 0..3 {
        do_upgrade(&bed, &Upgrade { max_history: 2, ..upgrade() }, "{}").unwrap();
    }
    assert_eq!(bed.states(), "v4 superseded, v5 deployed");
    bed.world.borrow_mut().broken.push("plain".into());
    for _ in 0..3 {
        do_upgrade(&bed, &Upgrade { max_history: 2, ..upgrade() }, "{}").unwrap_err();
    }
    assert_eq!(bed.states(), "v5 deployed, v8 failed");
}

#[test]
fn an_upgrade_needs_something_to_begin_with() {
    let bed = Bed::new();
    assert_eq!(says(do_upgrade(&bed, &upgrade(), "{}")), "\"web\" has no deployed releases");
    let bad = Upgrade { name: "W".into(), ..upgrade() };
    assert_eq!(says(do_upgrade(&bed, &bad, "{}")), "release name is invalid: W");
}

#[test]
fn a_rollback_brings_a_revision_back() {
    let bed = installed();
    do_upgrade(&bed, &upgrade(), "{a: 5, extra: true, first: false}").unwrap();
    let release = do_rollback(&bed, 0).unwrap();
    assert_eq!(release.info.description, "Rollback to 1");
    assert_eq!(release.info.rollback_revision, 1);
    assert_eq!(bed.states(), "v1 superseded, v2 superseded, v3 deployed");
    assert_eq!(bed.live(), ["first", "kept", "plain", "before", "secret"]);
    assert_eq!(says(do_rollback(&bed, 9)), "release has no 9 version");
    assert_eq!(says(do_rollback(&bed, -1)), "invalid release revision");
    let long = Rollback { description: "ä".repeat(257), ..Rollback::default() };
    assert_eq!(
        says(bed.run(|on| on.rollback(&long))),
        "description must be 256 characters or less, got 257"
    );
    bed.world.borrow_mut().broken.push("extra".into());
    assert_eq!(says(do_rollback(&bed, 2)), "extra is broken");
    assert_eq!(bed.states(), "v1 superseded, v2 superseded, v3 superseded, v4 failed");
    bed.world.borrow_mut().broken.clear();
    bed.world.borrow_mut().unready.push("before".into());
    assert_eq!(says(do_rollback(&bed, 1)), "context deadline exceeded");
    assert_eq!(bed.last().info.status, Status::Failed);
    bed.world.borrow_mut().unready.clear();
    do_upgrade(&bed, &upgrade(), "{}").unwrap();
}

#[test]
fn an_uninstall_deletes_what_is_the_releases() {
    let bed = installed();
    do_upgrade(&bed, &upgrade(), "{}").unwrap();
    let foreign = values("{metadata: {name: secret}}");
    bed.world.borrow_mut().objects.insert("Secret/store/secret".into(), foreign);
    let info = do_uninstall(&bed, &Uninstall { dry_run: true, ..Uninstall::default() }).unwrap();
    assert_eq!(info, "These resources were kept due to the resource policy:\n[ConfigMap] kept\n");
    assert_eq!(bed.states(), "v1 superseded, v2 deployed");
    let info = do_uninstall(&bed, &Uninstall::default()).unwrap();
    assert_eq!(
        info,
        "These resources were kept due to the resource policy:\n[ConfigMap] kept\n\n1 resource(s) \
         were not deleted because they are not owned by this release:\n[Secret] secret\n"
    );
    assert_eq!(bed.states(), "");
    assert_eq!(bed.live(), ["kept", "before", "secret"]);
    assert_eq!(
        says(do_uninstall(&bed, &Uninstall::default())),
        "uninstall: Release not loaded: web: release: not found"
    );
    do_uninstall(&bed, &Uninstall { ignore_not_found: true, ..Uninstall::default() }).unwrap();
}

#[test]
fn an_uninstall_can_keep_the_history() {
    let bed = installed();
    do_upgrade(&bed, &upgrade(), "{}").unwrap();
    let keep = Uninstall { keep_history: true, ..Uninstall::default() };
    do_uninstall(&bed, &keep).unwrap();
    assert_eq!(bed.states(), "v1 superseded, v2 uninstalled");
    assert_eq!(bed.last().info.description, "Uninstallation complete");
    assert!(bed.last().info.deleted.is_some());
    assert_eq!(says(do_uninstall(&bed, &keep)), "the release named \"web\" is already deleted");
    do_install(&bed, &Install { replace: true, ..install() }, "{}").unwrap();
    assert_eq!(bed.states(), "v1 superseded, v2 superseded, v3 deployed");
    do_uninstall(&bed, &keep).unwrap();
    do_uninstall(&bed, &Uninstall::default()).unwrap();
    assert_eq!(bed.states(), "");
}

#[test]
fn tests_run_by_weight_and_filter() {
    let bed = installed();
    let run = |filters: &TestFilters| {
        bed.world.borrow_mut().calls.clear();
        let outcome = bed.run(|on| {
            let outcome = on.test("web", Duration::from_secs(1), filters).unwrap();
            on.finish_test(&outcome).unwrap();
            outcome
        });
        let calls = bed.world.borrow().calls.clone();
        let created = calls.iter().filter_map(|call| call.strip_prefix("create "));
        let created: Vec<String> = created.map(str::to_owned).collect();
        (outcome, created)
    };
    let (outcome, created) = run(&TestFilters::default());
    assert!(outcome.error.is_none());
    assert_eq!(created, ["pong", "ping"]);
    assert_eq!(outcome.release.hooks.len(), 4);
    let filters = TestFilters { exclude: vec!["pong".into()], ..TestFilters::default() };
    assert_eq!(run(&filters).1, ["ping"]);
    let filters = TestFilters { include: vec!["pong".into()], ..TestFilters::default() };
    bed.world.borrow_mut().unready.push("pong".into());
    let (outcome, created) = run(&filters);
    assert_eq!(created, ["pong"]);
    assert_eq!(outcome.error.unwrap().message, "context deadline exceeded");
    let phases: Vec<_> = bed.last().hooks.iter().map(|hook| hook.last_run.phase.clone()).collect();
    assert!(phases.contains(&"Failed".to_owned()));
    assert_eq!(bed.states(), "v1 deployed");
}

#[test]
fn who_breaks_off_leaves_a_correct_record() {
    let bed = installed();
    bed.cancel.cancel();
    let error = do_upgrade(&bed, &upgrade(), "{}").unwrap_err();
    assert_eq!(error.message, "context canceled");
    assert!(matches!(error.cause, Cause::Cancelled));
    assert_eq!(bed.states(), "v1 deployed");
}

#[test]
fn a_record_that_is_lost_is_told() {
    let bed = Bed::new();
    bed.world.borrow_mut().lost_status = Some("deployed");
    let error = do_install(&bed, &install(), "{}").unwrap_err();
    assert!(matches!(error.cause, Cause::RecordLost(_)), "{error}");
    assert_eq!(
        error.message,
        "release web is deployed, but its record could not be written: connection refused"
    );
    assert_eq!(bed.states(), "v1 pending-install");
    bed.world.borrow_mut().lost_status = None;
    do_install(&bed, &install(), "{}").unwrap();
    assert_eq!(bed.states(), "v1 failed, v2 deployed");
}

#[test]
fn a_release_that_is_held_is_left_alone() {
    let bed = installed();
    let mut pending = bed.last();
    pending.version = 2;
    pending.info.status = Status::PendingUpgrade;
    bed.storage().create(&pending).unwrap();
    // Helm's: nobody can know whether it still works.
    let message = "another operation (install/upgrade/rollback) is in progress";
    assert_eq!(says(do_upgrade(&bed, &upgrade(), "{}")), message);
    assert_eq!(bed.states(), "v1 deployed, v2 pending-upgrade");
    let (recovered, done) = bed.run(|on| on.recover("web")).unwrap();
    assert!(done && recovered.was_interrupted());
    assert_eq!(bed.states(), "v1 deployed, v2 failed");
    assert!(!bed.run(|on| on.recover("web")).unwrap().1);
    do_upgrade(&bed, &upgrade(), "{}").unwrap();

    // One of ours that lives.
    let mut pending = bed.last();
    pending.version = 4;
    pending.info.status = Status::PendingUpgrade;
    pending.holder =
        Some(pintle_release::Holder { name: "bob@desk:1".into(), ..Default::default() });
    bed.storage().create(&pending).unwrap();
    bed.world.borrow_mut().alive = Some(true);
    for error in [
        do_upgrade(&bed, &upgrade(), "{}").unwrap_err(),
        do_rollback(&bed, 1).unwrap_err(),
        do_uninstall(&bed, &Uninstall::default()).unwrap_err(),
        bed.run(|on| on.recover("web")).unwrap_err(),
    ] {
        assert_eq!(error.message, message);
        let Cause::Busy(Some(holder)) = error.cause else { panic!("{:?}", error.cause) };
        assert_eq!(holder.name, "bob@desk:1");
    }
    // On another machine, and never heard of.
    bed.world.borrow_mut().alive = None;
    do_upgrade(&bed, &upgrade(), "{}").unwrap();
    assert_eq!(bed.last().version, 5);
    // On another machine, and its beat is fresh but does not change.
    let mut pending = bed.last();
    pending.version = 6;
    pending.info.status = Status::PendingUpgrade;
    let beat =
        Some(pintle_release::Time { seconds: bed.world.borrow().clock, nanoseconds: 0, offset: 0 });
    pending.holder = Some(pintle_release::Holder { name: "bob@desk:2".into(), since: beat, beat });
    bed.storage().create(&pending).unwrap();
    let before = bed.world.borrow().clock;
    do_upgrade(&bed, &upgrade(), "{}").unwrap();
    assert!(bed.world.borrow().clock - before > 30);
}
