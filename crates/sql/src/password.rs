//! Passwords from a password file, as libpq and lib/pq find them.

use std::path::Path;

use crate::files;

/// What a password is for.
pub(crate) struct For<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) database: &'a str,
    pub(crate) user: &'a str,
}

/// The password that a file has. Without one that can be read, or when others can read it too, there
/// is none.
pub(crate) fn find(file: &Path, wanted: &For<'_>) -> Option<String> {
    if files::is_open_to_others(file, 0o700) {
        return None;
    }
    let text = files::read(file).ok()?;
    String::from_utf8_lossy(&text).lines().find_map(|line| of_line(line, wanted))
}

fn of_line(line: &str, wanted: &For<'_>) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let fields = fields(line);
    let [host, port, database, user, password] = fields.as_slice() else { return None };
    let socket = wanted.host.is_empty() || wanted.host.starts_with(['/', '@']);
    let is = |field: &str, value: &str| field == "*" || field == value;
    let hosts = is(host, wanted.host) || (host == "localhost" && socket);
    (hosts
        && is(port, &wanted.port.to_string())
        && is(database, wanted.database)
        && is(user, wanted.user))
    .then(|| password.clone())
}

/// Fields are divided by colons; a backslash takes the next character as it is.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![];
    let mut field = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => field.extend(chars.next()),
            ':' => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits() {
        let wanted = For { host: "db", port: 5432, database: "shop", user: "ann" };
        let socket = For { host: "/run/postgresql", ..wanted };
        for (line, wanted, password) in [
            ("db:5432:shop:ann:secret", &wanted, Some("secret")),
            ("*:*:*:*:any", &wanted, Some("any")),
            (r"db:*:*:ann:a\:b\\c", &wanted, Some(r"a:b\c")),
            ("db:5433:shop:ann:secret", &wanted, None),
            ("# db:5432:shop:ann:secret", &wanted, None),
            ("db:5432:shop:secret", &wanted, None),
            ("localhost:5432:shop:ann:local", &socket, Some("local")),
            ("localhost:5432:shop:ann:local", &wanted, None),
        ] {
            assert_eq!(of_line(line, wanted).as_deref(), password, "{line}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_not_taken() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pass");
        std::fs::write(&file, "other:*:*:*:x\ndb:*:*:*:secret\n").expect("written");
        let wanted = For { host: "db", port: 5432, database: "shop", user: "ann" };
        for (mode, password) in [(0o600, Some("secret")), (0o640, None), (0o604, None)] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&file, mode).expect("permissions");
            assert_eq!(find(&file, &wanted).as_deref(), password);
        }
    }
}
