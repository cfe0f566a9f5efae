use pintle_release::{HookEvent, RenderedFile, prepare};

fn file<'t>(path: &'t str, text: &'t str) -> RenderedFile<'t> {
    RenderedFile { path, text: text.as_bytes() }
}

#[test]
fn kinds_come_in_the_order_of_installation_and_files_by_name() {
    let files = [
        file("c/templates/b.yaml", "kind: Service\n---\nkind: Widget\n---\nkind: Apple\n"),
        file("c/templates/a.yaml", "kind: Service\nmetadata: {name: first}\n---\nkind: Secret\n"),
        file("c/templates/_p.tpl", "kind: Namespace\n"),
        file("c/templates/empty.yaml", " \n---\n"),
    ];
    let prepared = prepare(&files).unwrap();
    let found: Vec<_> = prepared
        .manifests
        .iter()
        .map(|m| format!("{} {} {}", m.path, m.head.kind, m.head.name))
        .collect();
    assert_eq!(
        found,
        [
            "c/templates/a.yaml Secret ",
            "c/templates/a.yaml Service first",
            "c/templates/b.yaml Service ",
            "c/templates/b.yaml Apple ",
            "c/templates/b.yaml Widget ",
        ]
    );
}

#[test]
fn hooks_are_set_aside() {
    let text = "kind: Job\nmetadata:\n  name: j\n  annotations:\n    helm.sh/hook: pre-install, POST-upgrade\n    helm.sh/hook-weight: -5\n    helm.sh/hook-delete-policy: hook-succeeded,Other\n---\nkind: Pod\nmetadata:\n  annotations:\n    helm.sh/hook: crd-install\n";
    let files = [file("c/templates/j.yaml", text)];
    let prepared = prepare(&files).unwrap();
    assert!(prepared.manifests.is_empty());
    let [hook] = &prepared.hooks[..] else { panic!("{:?}", prepared.hooks) };
    assert_eq!(hook.events, [HookEvent::PreInstall, HookEvent::PostUpgrade]);
    assert_eq!(hook.weight, -5);
    assert_eq!(
        hook.delete_policies.iter().map(|p| p.0.as_str()).collect::<Vec<_>>(),
        ["hook-succeeded", "other"]
    );
    assert_eq!(prepared.unknown_hooks, ["crd-install"]);
}

#[test]
fn all_that_is_wrong_is_said() {
    let files = [
        file("c/templates/b.yaml", "a: b: c\n"),
        file("c/templates/a.yaml", "kind: Pod\n---\n- x\n---\nmetadata: 1\n"),
    ];
    let error = prepare(&files).unwrap_err();
    let paths: Vec<_> = error.invalid.iter().map(|i| (i.path.as_str(), i.offset)).collect();
    assert_eq!(
        paths,
        [("c/templates/a.yaml", 14), ("c/templates/a.yaml", 22), ("c/templates/b.yaml", 0)]
    );
    assert_eq!(
        error.to_string().lines().next(),
        Some(
            "YAML parse error on c/templates/a.yaml: error unmarshaling JSON: while decoding \
             JSON: json: cannot unmarshal array into Go value of type util.SimpleHead"
        )
    );
}
