//! Conditions, tags, aliases and `import-values`.

use pintle_chart::{Chart, File, Loader, process};
use pintle_yaml::{Value, read};

/// A chart of files; of each subchart only its name and values are given.
fn chart(parent: &str, values: &str, subcharts: &[(&str, &str)]) -> Chart {
    let head = "apiVersion: v2\nversion: 1.2.3\n";
    let mut files = vec![
        File::new("Chart.yaml", format!("{head}name: top\n{parent}")),
        File::new("values.yaml", values),
    ];
    for (name, values) in subcharts {
        let own = name.rsplit('/').next().unwrap();
        files.push(File::new(format!("charts/{name}/Chart.yaml"), format!("{head}name: {own}\n")));
        files.push(File::new(format!("charts/{name}/values.yaml"), *values));
    }
    Loader::new().load_files(files).unwrap()
}

fn names(chart: &Chart) -> Vec<&str> {
    chart.dependencies.iter().map(Chart::name).collect()
}

#[test]
fn what_is_enabled() {
    let parent = "dependencies:\n\
        - {name: a, version: '1.x', condition: 'a.use,top.a'}\n\
        - {name: b, version: '*', tags: [back, front]}\n\
        - {name: c, version: '*', tags: [back], condition: c.use}\n";
    for (values, want) in [
        ("{}", &["a", "b", "c"][..]),
        ("{a: {use: false}}", &["b", "c"]),
        ("{top: {a: false}}", &["b", "c"]),
        ("{a: {use: true}, top: {a: false}}", &["a", "b", "c"]),
        ("{a: {use: 'no'}, top: {a: false}}", &["b", "c"]),
        ("{a: {use: {}}}", &["a", "b", "c"]),
        ("{tags: {back: false}}", &["a"]),
        ("{tags: {back: false, front: true}}", &["a", "b"]),
        ("{tags: {back: false}, c: {use: true}}", &["a", "c"]),
        ("{tags: {back: 'x'}}", &["a", "b", "c"]),
    ] {
        let mut chart = chart(parent, "", &[("a", ""), ("b", ""), ("c", "")]);
        process(&mut chart, &read(values.as_bytes()).unwrap()).unwrap();
        assert_eq!(names(&chart), want, "{values}");
        let listed: Vec<_> = chart.metadata.dependencies().iter().map(|d| &*d.name).collect();
        assert_eq!(listed, want, "{values}");
    }
}

#[test]
fn notices() {
    let parent = "dependencies: [{name: a, version: '*', condition: a.use, tags: [t]}]\n";
    let mut chart = chart(parent, "{tags: {t: 1}, a: {use: x}}", &[("a", "")]);
    let notices = process(&mut chart, &Value::empty_map()).unwrap();
    let have: Vec<_> = notices.iter().map(|n| (n.message.as_str(), n.fields[0].clone())).collect();
    assert_eq!(
        have,
        [
            ("returned non-bool value", ("tag", "t".to_owned())),
            ("returned non-bool value", ("path", "a.use".to_owned())),
        ]
    );
}

#[test]
fn charts_without_an_entry_stay() {
    let mut some = chart(
        "dependencies: [{name: a, version: '2.x'}, {name: b, version: '*'}]\n",
        "",
        &[("a", ""), ("b", ""), ("z", "")],
    );
    process(&mut some, &Value::empty_map()).unwrap();
    // The entry's version does not fit, so it names nothing.
    assert_eq!(names(&some), ["a", "z", "b"]);
    let mut none = chart("", "", &[("z", ""), ("a", "")]);
    process(&mut none, &Value::empty_map()).unwrap();
    assert_eq!(names(&none), ["a", "z"]);
}

#[test]
fn aliases() {
    let parent = "dependencies:\n\
        - {name: a, version: '*', alias: one, condition: one.use}\n\
        - {name: a, version: '*', alias: two}\n\
        - {name: a, version: '*'}\n";
    let mut chart = chart(parent, "two: {x: 2}\n", &[("a", "x: 1\n")]);
    process(&mut chart, &Value::empty_map()).unwrap();
    assert_eq!(names(&chart), ["one", "two", "a"]);
    for (name, want) in [("one", 1.0), ("two", 2.0), ("a", 1.0)] {
        assert_eq!(chart.values.get_path([name, "x"]), Some(&want.into()), "{name}");
    }
}

#[test]
fn imports() {
    let parent = "dependencies:\n\
        - name: a\n  version: '*'\n  import-values:\n\
        \x20   - data\n\
        \x20   - {child: conf, parent: mine.conf}\n\
        \x20   - {child: none, parent: x}\n\
        - {name: gone, version: '*', condition: gone.use, import-values: [data]}\n";
    let mut chart = chart(
        parent,
        "own: 1\nmine: {conf: {p: parent}}\ngone: {use: false}\n",
        &[
            ("a", "exports: {data: {own: 2, new: 3}}\nconf: {p: child, q: child}\n"),
            ("gone", "exports: {data: {never: 1}}\n"),
        ],
    );
    let notices = process(&mut chart, &Value::empty_map()).unwrap();
    assert_eq!(notices[0].fields[1].1, "\"none\" is not a table");
    for (path, want) in [
        (&["own"][..], Some(Value::from(1.0))),
        (&["new"], Some(Value::from(3.0))),
        (&["mine", "conf", "p"], Some(Value::from("parent"))),
        (&["mine", "conf", "q"], Some(Value::from("child"))),
        (&["never"], None),
    ] {
        assert_eq!(chart.values.get_path(path.iter().copied()), want.as_ref(), "{path:?}");
    }
}

#[test]
fn conditions_below() {
    // A subchart's own condition is looked up below its name.
    let sub = "apiVersion: v2\nname: sub\nversion: 1.0.0\n\
               dependencies: [{name: leaf, version: '*', condition: leaf.use}]\n";
    let files = vec![
        File::new(
            "Chart.yaml",
            "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies: [{name: sub, version: '*'}]\n",
        ),
        File::new("charts/sub/Chart.yaml", sub),
        File::new("charts/sub/values.yaml", "leaf: {use: true}\n"),
        File::new(
            "charts/sub/charts/leaf/Chart.yaml",
            "apiVersion: v2\nname: leaf\nversion: 1.0.0\n",
        ),
    ];
    for (values, want) in
        [("{}", 1), ("{sub: {leaf: {use: false}}}", 0), ("{leaf: {use: false}}", 1)]
    {
        let mut chart = Loader::new().load_files(files.clone()).unwrap();
        process(&mut chart, &read(values.as_bytes()).unwrap()).unwrap();
        assert_eq!(chart.dependencies[0].dependencies.len(), want, "{values}");
    }
}

#[test]
fn imported_tables_stay_the_same() {
    // As Helm does it: the second import into `both` changes all that the first one gave.
    let parent = "dependencies:\n\
        - name: a\n  version: '*'\n  import-values:\n\
        \x20   - {child: data, parent: one}\n\
        \x20   - {child: data, parent: both}\n\
        - name: b\n  version: '*'\n  import-values: [{child: data, parent: both}]\n";
    let mut chart =
        chart(parent, "", &[("a", "data: {x: {}}\n"), ("b", "data: {w: 2, x: {z: 3}}\n")]);
    process(&mut chart, &Value::empty_map()).unwrap();
    let want = read(b"{w: 2, x: {z: 3}}").unwrap();
    for path in [&["one"][..], &["both"], &["a", "data"]] {
        assert_eq!(chart.values.get_path(path.iter().copied()), Some(&want), "{path:?}");
    }
}

#[test]
fn imports_into_themselves_end() {
    let parent = "dependencies:\n- name: a\n  version: '*'\n  import-values:\n\
        \x20   - {child: p.q, parent: x}\n\
        \x20   - {child: p, parent: x}\n";
    let mut chart = chart(parent, "", &[("a", "p: {q: {r: 1}}\n")]);
    let error = process(&mut chart, &Value::empty_map()).unwrap_err();
    assert_eq!(error, pintle_values::CoalesceError::TooDeep);
}
