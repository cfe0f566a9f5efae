//! What holds for any input.

use pintle_chart::{Glob, Ignore, KubeVersion, Limits, Loader, read_lock, read_metadata};
use proptest::collection::vec;
use proptest::prelude::*;

use super::support::{CHART, gzip, tar};

fn limits() -> Limits {
    Limits { chart_bytes: 1 << 20, total_bytes: 2 << 20, entries: 1_000, depth: 4 }
}

proptest! {
    #[test]
    fn changed_archives_end(changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let inner = gzip(&tar(&[("y/Chart.yaml", b"apiVersion: v2\nname: y\nversion: 1.0.0\n")]));
        let mut archive = tar(&[CHART, ("x/values.yaml", b"a: 1\n"), ("x/charts/y.tgz", &inner)]);
        for (at, byte) in changes {
            let at = at.index(archive.len());
            archive[at] = byte;
        }
        let _ = Loader::new().limits(limits()).load_reader(&*gzip(&archive));
        let _ = Loader::new().limits(limits()).load_reader(&*archive);
    }

    #[test]
    fn changed_gzip_ends(at in any::<prop::sample::Index>(), byte: u8) {
        let mut archive = gzip(&tar(&[CHART, ("x/values.yaml", b"a: 1\n")]));
        let at = at.index(archive.len());
        archive[at] = byte;
        let _ = Loader::new().limits(limits()).load_reader(&*archive);
    }

    #[test]
    fn any_text_is_read(text in "\\PC*", bytes in vec(any::<u8>(), 0..64)) {
        let _ = KubeVersion::parse(&text);
        let _ = Ignore::parse(&bytes).map(|rules| rules.ignores(&text, false));
        let _ = Ignore::parse(text.as_bytes()).map(|rules| rules.ignores(&text, true));
        let _ = read_lock(&bytes);
        if let Ok(mut metadata) = read_metadata(text.as_bytes()) {
            let _ = metadata.validate();
            let _ = metadata.to_go_value();
        }
    }

    #[test]
    fn a_glob_matches_its_own_text(name in "[a-z./é-]{0,20}", other in "[a-c*?{},\\[\\]!\\\\-]{0,12}") {
        prop_assert!(Glob::parse(&name).unwrap().matches(&name));
        prop_assert!(Glob::parse("**").unwrap().matches(&name));
        let _ = Glob::parse(&other).map(|glob| glob.matches(&name));
    }

    #[test]
    fn kube_versions_keep_their_numbers(major in 0u32..99, minor in 0u32..999, rest in "(-[a-z0-9.]{0,9})?") {
        let version = KubeVersion::parse(&format!("{major}.{minor}{rest}")).unwrap();
        prop_assert_eq!(version.normalized(), format!("v{major}.{minor}"));
        prop_assert_eq!(version.version(), format!("v{major}.{minor}{rest}"));
    }
}
