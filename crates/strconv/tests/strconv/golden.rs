//! The tables of `tests/golden`.

use std::fs;

use pintle_strconv::{NumError, unquote};

/// Runs `check` on each line of a table with `N` columns and fails if there was none.
pub(super) fn each_line<const N: usize>(table: &str, check: impl Fn([&str; N])) {
    let path = format!("{}/tests/golden/{table}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap();
    let mut count = 0;
    for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cells = <[&str; N]>::try_from(cells).unwrap_or_else(|_| panic!("{table}: {line}"));
        check(cells);
        count += 1;
    }
    assert!(count > 10, "{table} holds {count} cases");
}

/// The bytes of a quoted cell.
pub(super) fn unquoted(cell: &str) -> Vec<u8> {
    unquote(cell).unwrap().into_owned()
}

/// The bytes of a hexadecimal cell.
pub(super) fn unhexed(cell: &str) -> Vec<u8> {
    let digits: Vec<u8> = cell.chars().map(|c| c.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The value and the error's text as Go returns them, a value beside an error too.
pub(super) fn both<T>(
    result: Result<T, NumError>,
    nearest: impl Fn(&NumError) -> T,
) -> (T, String) {
    match result {
        Ok(value) => (value, String::new()),
        Err(error) => (nearest(&error), error.to_string()),
    }
}
