//! `values.yaml` is read as the files of `-f` are.

use pintle_chart::{DecodeError, Error, File, Loader};
use pintle_yaml::Value;

fn values(text: &str) -> Result<Value, Error> {
    let metadata = "{apiVersion: v2, name: x, version: 1.0.0}";
    let files = vec![File::new("Chart.yaml", metadata), File::new("values.yaml", text)];
    Loader::new().load_files(files).map(|chart| chart.values)
}

#[test]
fn a_last_line_without_an_end_gets_one() {
    assert_eq!(values("a: |\n  x").unwrap().get("a"), Some(&"x\n".into()));
}

#[test]
fn of_several_documents_the_later_wins() {
    let values = values("a: {b: 1}\n---\na: {c: 2}\n---\n---\na: {b: 3}\n").unwrap();
    assert_eq!(values.get_path(["a", "b"]), Some(&3.0.into()));
    assert_eq!(values.get_path(["a", "c"]), Some(&2.0.into()));
}

#[test]
fn names_what_is_wrong() {
    let error = values("a: 1\n---\n- b\n").unwrap_err();
    assert!(matches!(&error, Error::File { error: DecodeError::Values(_), .. }), "{error:?}");
    assert!(error.to_string().contains("values.yaml: cannot unmarshal yaml document: "), "{error}");
}
