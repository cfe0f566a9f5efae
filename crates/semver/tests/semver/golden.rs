//! The tables of `tests/golden`.

use std::fs;

use pintle_strconv::unquote;

/// Runs `check` on each line of a table with `N` columns and fails if there was none.
pub(super) fn each_line<const N: usize>(table: &str, check: impl Fn([&str; N])) {
    let path = format!("{}/tests/golden/{table}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap();
    let mut count = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cells = <[&str; N]>::try_from(cells).unwrap_or_else(|_| panic!("{table}: {line}"));
        check(cells);
        count += 1;
    }
    assert!(count > 10, "{table} holds {count} cases");
}

/// The bytes of a cell that is a Go string literal.
pub(super) fn unquoted(cell: &str) -> Vec<u8> {
    unquote(cell).unwrap().into_owned()
}
