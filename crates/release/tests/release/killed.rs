//! The program is killed, or the cluster gone, at every call in turn: the next command succeeds.

use pintle_release::actions::{ActionError, Install, Rollback, Uninstall, Upgrade};
use pintle_release::{Head, Release, documents};

use super::fake::{Bed, End, Templates, chart, values};

fn install(bed: &Bed) -> Result<Release, ActionError> {
    let options = Install { name: "web".into(), server_side: true, ..Install::default() };
    bed.run(|on| on.install(chart(), values("{}"), &options, &mut Templates, None))
}

fn upgrade(bed: &Bed, given: &str) -> Result<Release, ActionError> {
    let options = Upgrade { name: "web".into(), ..Upgrade::default() };
    bed.run(|on| on.upgrade(chart(), values(given), &options, &mut Templates, None))
}

fn rollback(bed: &Bed) -> Result<Release, ActionError> {
    let options = Rollback { name: "web".into(), revision: 1, ..Rollback::default() };
    bed.run(|on| on.rollback(&options))
}

fn uninstall(bed: &Bed) -> Result<(), ActionError> {
    let options = Uninstall { ignore_not_found: true, ..Uninstall::default() };
    bed.run(|on| on.uninstall("web", &options)).map(|_| ())
}

const NEW: &str = "{a: 5, extra: true, first: false}";

/// The names in all manifests and hooks of all records.
fn known(bed: &Bed) -> Vec<String> {
    let history = bed.storage().history("web").unwrap_or_default();
    let hooks = history.iter().flat_map(|one| one.hooks.iter().map(|hook| &hook.manifest));
    let texts = history.iter().map(|one| &one.manifest).chain(hooks);
    let names = texts.flat_map(|text| {
        let heads = documents(text.as_bytes()).map(|one| Head::read(one.text).unwrap());
        heads.map(|head| head.name.to_string()).collect::<Vec<_>>()
    });
    names.collect()
}

/// Cuts a command off at every call until it gets through; each time `check` goes on.
fn at_every_call(begin: impl Fn(&Bed), command: impl Fn(&Bed) -> bool, check: impl Fn(&Bed, &str)) {
    for end in [End::Kill, End::Fail] {
        for calls in 0.. {
            assert!(calls < 200, "it never gets through");
            let bed = Bed::new();
            begin(&bed);
            let done = bed.cut(calls, end, || command(&bed));
            let at = format!("{end:?} after {calls} calls: {}", bed.states());
            // While there are records, each object is in one of them.
            if !bed.states().is_empty() {
                let known = known(&bed);
                for name in bed.live() {
                    assert!(known.contains(&name), "{at}: nobody knows {name}");
                }
            }
            check(&bed, &at);
            if done {
                break;
            }
        }
    }
}

fn expect<T>(result: Result<T, ActionError>, at: &str) {
    if let Err(error) = result {
        panic!("{at}: {error}");
    }
}

/// What a whole install leaves.
const FIRST: [&str; 5] = ["first", "kept", "plain", "before", "secret"];
/// What a whole upgrade leaves.
const SECOND: [&str; 5] = ["extra", "kept", "plain", "before", "secret"];
/// What a whole uninstall leaves, as in Helm.
const NOTHING: [&str; 2] = ["kept", "before"];

#[test]
fn an_install_begins_again() {
    at_every_call(
        |_| {},
        |bed| install(bed).is_ok(),
        |bed, at| {
            let deployed = bed.states().ends_with("deployed");
            if !deployed {
                // Where the failure could be recorded, it is as after any that failed.
                let ended = bed.states().ends_with("failed") && bed.last().holder.is_none();
                if ended { expect(upgrade(bed, "{}"), at) } else { expect(install(bed), at) }
            }
            assert_eq!(bed.live(), FIRST, "{at}");
            expect(uninstall(bed), at);
            assert_eq!(bed.live(), NOTHING, "{at}");
        },
    );
}

#[test]
fn an_install_that_was_cut_off_is_uninstalled_or_upgraded() {
    at_every_call(
        |_| {},
        |bed| install(bed).is_ok(),
        |bed, at| {
            if !bed.states().is_empty() {
                expect(upgrade(bed, NEW), at);
                assert_eq!(bed.live(), SECOND, "{at}");
            }
        },
    );
    at_every_call(
        |_| {},
        |bed| install(bed).is_ok(),
        |bed, at| {
            expect(uninstall(bed), at);
            assert!(bed.live().iter().all(|name| NOTHING.contains(&name.as_str())), "{at}");
        },
    );
}

fn begin(bed: &Bed) {
    install(bed).unwrap();
}

#[test]
fn an_upgrade_begins_again_or_goes_back() {
    at_every_call(
        begin,
        |bed| upgrade(bed, NEW).is_ok(),
        |bed, at| {
            expect(upgrade(bed, NEW), at);
            assert_eq!(bed.live(), SECOND, "{at}");
            assert!(bed.states().ends_with("deployed"), "{at}");
            assert_eq!(bed.states().matches("deployed").count(), 1, "{at}: {}", bed.states());
        },
    );
    // Back to what was: what the other began to create is not left.
    at_every_call(
        begin,
        |bed| upgrade(bed, NEW).is_ok(),
        |bed, at| {
            expect(upgrade(bed, "{a: 1}"), at);
            assert_eq!(bed.live(), FIRST, "{at}");
        },
    );
    at_every_call(
        begin,
        |bed| upgrade(bed, NEW).is_ok(),
        |bed, at| {
            expect(rollback(bed), at);
            assert_eq!(bed.live(), FIRST, "{at}");
            expect(upgrade(bed, NEW), at);
            assert_eq!(bed.live(), SECOND, "{at}");
        },
    );
    at_every_call(
        begin,
        |bed| upgrade(bed, NEW).is_ok(),
        |bed, at| {
            expect(uninstall(bed), at);
            assert_eq!(bed.live(), NOTHING, "{at}");
        },
    );
}

#[test]
fn a_rollback_begins_again() {
    let begin = |bed: &Bed| {
        install(bed).unwrap();
        upgrade(bed, NEW).unwrap();
    };
    at_every_call(
        begin,
        |bed| rollback(bed).is_ok(),
        |bed, at| {
            expect(rollback(bed), at);
            assert_eq!(bed.live(), FIRST, "{at}");
            assert_eq!(bed.states().matches("deployed").count(), 1, "{at}: {}", bed.states());
        },
    );
    at_every_call(
        begin,
        |bed| rollback(bed).is_ok(),
        |bed, at| {
            expect(upgrade(bed, NEW), at);
            assert_eq!(bed.live(), SECOND, "{at}");
        },
    );
}

#[test]
fn an_uninstall_begins_again() {
    at_every_call(
        begin,
        |bed| uninstall(bed).is_ok(),
        |bed, at| {
            expect(uninstall(bed), at);
            assert_eq!(bed.live(), NOTHING, "{at}");
            expect(install(bed), at);
            assert_eq!(bed.live(), FIRST, "{at}");
        },
    );
}
