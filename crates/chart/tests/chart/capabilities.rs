//! Versions of Kubernetes, against what Helm 4.3.1 says.

use pintle_chart::{Capabilities, KubeVersion};

#[test]
fn versions() {
    for (text, version, normalized, major, minor) in [
        ("1.30", "v1.30", "v1.30", "1", "30"),
        ("v1.30.2-eks-abc", "v1.30.2-eks-abc", "v1.30.2", "1", "30"),
        ("1.30.2.7+x y", "v1.30.2.7+x y", "v1.30.2.7", "1", "30"),
        (" 1.030", "v 1.030", "v1.30", "1", "30"),
        ("0.1", "v0.1", "v0.1", "0", "1"),
    ] {
        let have = KubeVersion::parse(text).unwrap();
        let parts = (have.version(), have.normalized(), have.major(), have.minor());
        assert_eq!(parts, (version, normalized, major, minor), "{text}");
    }
}

#[test]
fn texts_that_are_none() {
    for (text, want) in [
        ("", r#"could not parse "" as version"#),
        ("abc", r#"could not parse "abc" as version"#),
        ("1.2\n", r#"could not parse "1.2\n" as version"#),
        ("vv1.2", r#"could not parse "vv1.2" as version"#),
        ("1", r#"illegal version string "1""#),
        ("1.", r#"illegal version string "1.""#),
        ("01.2", r#"illegal zero-prefixed version component "01" in "01.2""#),
        (
            "1.99999999999999999999",
            "illegal non-numeric version component \"99999999999999999999\" in \
             \"1.99999999999999999999\": value out of range",
        ),
    ] {
        assert_eq!(KubeVersion::parse(text).unwrap_err().to_string(), want);
    }
}

#[test]
fn constraints() {
    let version = KubeVersion::parse("v1.33.4-gke.1245000").unwrap();
    for (constraint, want) in [
        (">=1.25", true),
        (">= 1.25.0-0", true),
        ("<1.33", false),
        ("nonsense", false),
        ("*", true),
    ] {
        assert_eq!(version.satisfies(constraint), want, "{constraint}");
    }
}

#[test]
fn defaults() {
    let capabilities = Capabilities::default();
    assert_eq!(capabilities.api_versions.len(), 57);
    assert!(capabilities.has("apiextensions.k8s.io/v1"));
    assert!(!capabilities.has("apps/v1/Deployment"));
    assert_eq!(capabilities.kube_version.to_string(), "v1.37.0");
}
