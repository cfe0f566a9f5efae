//! `create`.

use std::fs;

use pintle_chart::{Limits, create, create_from, load};

#[test]
fn a_new_chart() {
    let dir = tempfile::tempdir().unwrap();
    let created = create("my-app", dir.path()).unwrap();
    assert!(created.overwritten.is_empty());
    assert!(created.path.join("charts").is_dir());
    let chart = load(&created.path).unwrap();
    assert_eq!(chart.name(), "my-app");
    let names: Vec<_> = chart.raw.iter().map(|file| &*file.name).collect();
    // The files of `helm create`.
    assert_eq!(
        names,
        [
            ".helmignore",
            "Chart.yaml",
            "templates/NOTES.txt",
            "templates/_helpers.tpl",
            "templates/deployment.yaml",
            "templates/hpa.yaml",
            "templates/httproute.yaml",
            "templates/ingress.yaml",
            "templates/service.yaml",
            "templates/serviceaccount.yaml",
            "templates/tests/test-connection.yaml",
            "values.yaml",
        ]
    );
    for file in &chart.raw {
        assert!(!file.data.as_str().unwrap().contains("<CHARTNAME>"), "{}", file.name);
    }
    assert_eq!(create("my-app", dir.path()).unwrap().overwritten.len(), 12);
}

#[test]
fn the_values_are_helms() {
    let dir = tempfile::tempdir().unwrap();
    let chart = load(create("x", dir.path()).unwrap().path).unwrap();
    // What `helm show values` has, comments aside.
    let want = "{affinity: {}, autoscaling: {enabled: false, maxReplicas: 100, minReplicas: 1, \
        targetCPUUtilizationPercentage: 80}, fullnameOverride: '', httpRoute: {annotations: {}, \
        enabled: false, hostnames: [chart-example.local], parentRefs: [{name: gateway, \
        sectionName: http}], rules: [{matches: [{path: {type: PathPrefix, value: /headers}}]}]}, \
        image: {pullPolicy: IfNotPresent, repository: nginx, tag: ''}, imagePullSecrets: [], \
        ingress: {annotations: {}, className: '', enabled: false, hosts: [{host: \
        chart-example.local, paths: [{path: /, pathType: ImplementationSpecific}]}], tls: []}, \
        livenessProbe: {httpGet: {path: /, port: http}}, nameOverride: '', nodeSelector: {}, \
        podAnnotations: {}, podLabels: {}, podSecurityContext: {}, readinessProbe: {httpGet: \
        {path: /, port: http}}, replicaCount: 1, resources: {}, securityContext: {}, service: \
        {port: 80, type: ClusterIP}, serviceAccount: {annotations: {}, automount: true, create: \
        true, name: ''}, tolerations: [], volumeMounts: [], volumes: []}";
    assert_eq!(chart.values, pintle_yaml::read(want.as_bytes()).unwrap());
}

#[test]
fn names_and_places() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let pattern = "chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"";
    let length = "chart name must be between 1 and 250 characters";
    for (name, want) in
        [("", length), (&"a".repeat(251), length), ("a b", pattern), ("a/b", pattern)]
    {
        assert_eq!(create(name, dir.path()).unwrap_err().to_string(), want);
    }
    let error = create("file", dir.path()).unwrap_err().to_string();
    assert!(error.ends_with("file already exists and is not a directory"), "{error}");
    let error = create("a", &dir.path().join("none")).unwrap_err().to_string();
    assert!(error.ends_with("none: no such file or directory"), "{error}");
    let error = create("a", &dir.path().join("file")).unwrap_err().to_string();
    assert!(error.starts_with("no such directory "), "{error}");
}

#[test]
fn starters() {
    let dir = tempfile::tempdir().unwrap();
    let starter = dir.path().join("starter");
    for (name, text) in [
        ("Chart.yaml", "apiVersion: v2\nname: starter\nversion: 9.0.0\n"),
        ("values.yaml", "# of <CHARTNAME>\na: <CHARTNAME>\n"),
        ("templates/a.yaml", "name: <CHARTNAME>"),
        ("README.md", "<CHARTNAME>"),
        ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"),
    ] {
        let path = starter.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let path = create_from("v2", "web", dir.path(), &starter, Limits::default()).unwrap().path;
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    assert_eq!(
        read("Chart.yaml"),
        "apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\n\
         name: web\ntype: application\nversion: 0.1.0\n"
    );
    assert_eq!(read("values.yaml"), "# of web\na: web\n");
    assert_eq!(read("templates/a.yaml"), "name: web");
    assert_eq!(read("README.md"), "<CHARTNAME>");
    assert_eq!(load(&path).unwrap().dependencies[0].name(), "sub");
    let error = create_from("v2", "a/b", dir.path(), &starter, Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "\"a/b\" is not a valid chart name");
    let none = dir.path().join("none");
    let error =
        create_from("v2", "a", dir.path(), &none, Limits::default()).unwrap_err().to_string();
    assert!(error.starts_with("could not load "), "{error}");
}
