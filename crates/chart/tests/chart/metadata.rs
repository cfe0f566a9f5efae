//! `Chart.yaml`: fields, types and rules, against what Helm 4.3.1 says.

use pintle_chart::{read_lock, read_metadata, read_metadata_strict};

#[test]
fn scalars_become_texts() {
    for (yaml, want) in [
        ("x", "x"),
        ("1.10", "1.1"),
        ("1", "1"),
        ("0x10", "16"),
        ("1e3", "1000"),
        ("12345678901234567890", "12345678901234567890"),
        ("1234567.891", "1.2345679e+06"),
        ("yes", "true"),
        ("n", "false"),
        ("2024-01-01", "2024-01-01"),
        ("~", ""),
        ("\"1.10\"", "1.10"),
    ] {
        let metadata = read_metadata(format!("appVersion: {yaml}\n").as_bytes()).unwrap();
        assert_eq!(metadata.app_version, want, "{yaml}");
    }
}

#[test]
fn keys_match_whatever_their_case() {
    let metadata = read_metadata(b"Name: a\nAPIVERSION: v2\nno such key: 1\n").unwrap();
    assert_eq!((&*metadata.name, &*metadata.api_version), ("a", "v2"));
}

#[test]
fn wrong_types() {
    let step = "error unmarshaling JSON: while decoding JSON: ";
    for (yaml, want) in [
        ("[]", "json: cannot unmarshal array into Go value of type v2.Metadata"),
        ("x", "json: cannot unmarshal string into Go value of type v2.Metadata"),
        (
            "name: []",
            "json: cannot unmarshal array into Go struct field Metadata.name of type string",
        ),
        (
            "deprecated: \"true\"",
            "json: cannot unmarshal string into Go struct field Metadata.deprecated of type bool",
        ),
        (
            "dependencies: {}",
            "json: cannot unmarshal object into Go struct field Metadata.dependencies of type \
             []*v2.Dependency",
        ),
        (
            "maintainers: [x]",
            "json: cannot unmarshal string into Go struct field Metadata.maintainers of type \
             v2.Maintainer",
        ),
        (
            "annotations: [x]",
            "json: cannot unmarshal array into Go struct field Metadata.annotations of type \
             map[string]string",
        ),
    ] {
        let have = read_metadata(yaml.as_bytes()).unwrap_err().to_string();
        assert_eq!(have, format!("{step}{want}"), "{yaml}");
    }
    assert!(read_metadata(b"a: [").is_err());
}

#[test]
fn strictness() {
    let step = "error unmarshaling JSON: while decoding JSON: ";
    let unknown = read_metadata_strict(b"name: a\nfoo: 1\n").unwrap_err().to_string();
    assert_eq!(unknown, format!("{step}json: unknown field \"foo\""));
    let twice = read_metadata_strict(b"name: a\nname: b\n").unwrap_err().to_string();
    assert!(twice.contains("key \"name\" already set in map"), "{twice}");
    assert!(read_metadata_strict(b"name: a\nversion: 1.0.0\n").is_ok());
}

#[test]
fn rules() {
    let valid = "apiVersion: v2\nname: a\nversion: 1.0.0\n";
    let dependency = |text: &str| format!("{valid}dependencies:\n{text}");
    for (yaml, want) in [
        (valid.to_owned(), None),
        ("apiVersion: v2\nname: a\nversion: v1.2\n".to_owned(), None),
        ("name: a\n".to_owned(), Some("chart.metadata.apiVersion is required")),
        ("apiVersion: v2\n".to_owned(), Some("chart.metadata.name is required")),
        (
            "apiVersion: v2\nname: ..\n".to_owned(),
            Some("chart.metadata.name \"..\" is not allowed"),
        ),
        (
            "apiVersion: v2\nname: ../x\nversion: 1.0.0\n".to_owned(),
            Some("chart.metadata.name \"../x\" is invalid"),
        ),
        ("apiVersion: v2\nname: a\n".to_owned(), Some("chart.metadata.version is required")),
        (
            "apiVersion: v2\nname: a\nversion: x\n".to_owned(),
            Some("chart.metadata.version \"x\" is invalid"),
        ),
        (
            format!("{valid}type: other\n"),
            Some("chart.metadata.type must be application or library"),
        ),
        (
            format!("{valid}maintainers: [~]\n"),
            Some("maintainers must not contain empty or null nodes"),
        ),
        (dependency("- ~\n"), Some("dependencies must not contain empty or null nodes")),
        (
            dependency("- {name: b, alias: b.c}\n"),
            Some("dependency \"b\" has disallowed characters in the alias"),
        ),
        (
            dependency("- {name: b}\n- {name: c, alias: b}\n"),
            Some("more than one dependency with name or alias \"b\""),
        ),
        (dependency("- {name: b}\n- {name: b, alias: c}\n"), None),
    ] {
        let mut metadata = read_metadata(yaml.as_bytes()).unwrap();
        let have = metadata.validate().err().map(|error| error.to_string());
        assert_eq!(have, want.map(|want| format!("validation: {want}")), "{yaml}");
    }
}

#[test]
fn texts_are_cleaned() {
    let yaml = "apiVersion: v2\nversion: 1.0.0\nname: \"a\\u200bb\"\ndescription: \"x\\ty\\u00a0z\\nw\\u0007\"\n";
    let mut metadata = read_metadata(yaml.as_bytes()).unwrap();
    metadata.validate().unwrap();
    assert_eq!((&*metadata.name, &*metadata.description), ("ab", "x y z w"));
}

#[test]
fn locks() {
    let lock = read_lock(
        b"dependencies:\n- {name: a, version: 1.0.0, repository: r}\ndigest: sha256:x\n\
          generated: \"2021-02-02T02:02:02.123Z\"\n",
    )
    .unwrap()
    .unwrap();
    assert_eq!(lock.dependencies.unwrap()[0].name, "a");
    assert_eq!(lock.digest, "sha256:x");
    assert!(read_lock(b"~").unwrap().is_none());
    let error = read_lock(b"generated: yesterday\n").unwrap_err().to_string();
    assert!(error.contains("parsing time \"yesterday\""), "{error}");
}

#[test]
fn what_templates_see() {
    let metadata = read_metadata(
        b"name: a\ndependencies: [{name: b, tags: [t], import-values: [data, {child: c, parent: d}]}]\n\
          maintainers: [{name: m}]\n",
    )
    .unwrap();
    // What `toJson .Chart` prints, but for IsRoot.
    assert_eq!(
        pintle_yaml::to_json(&metadata.to_go_value()).unwrap(),
        r#"{"APIVersion":"","Annotations":null,"AppVersion":"","Condition":"","Dependencies":[{"Alias":"","Condition":"","Enabled":false,"ImportValues":["data",{"child":"c","parent":"d"}],"Name":"b","Repository":"","Tags":["t"],"Version":""}],"Deprecated":false,"Description":"","Home":"","Icon":"","Keywords":[],"KubeVersion":"","Maintainers":[{"Email":"","Name":"m","URL":""}],"Name":"a","Sources":[],"Tags":"","Type":"","Version":""}"#,
    );
}
