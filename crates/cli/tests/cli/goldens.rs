//! The project's own charts against what Helm prints for them: `tests/goldens/cases.txt`.

use std::fs;

use super::program::{Directory, PINTLE, root};

#[test]
fn our_charts_come_out_as_helm_prints_them() {
    let tests = root().join("tests");
    let goldens = tests.join("goldens");
    let cases = fs::read_to_string(goldens.join("cases.txt")).unwrap();
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in cases.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (name, arguments) = line.split_once(": ").unwrap();
        let directory = Directory::new();
        let mut command = directory.command(PINTLE);
        command.current_dir(&tests).args(arguments.split(' '));
        let output = command.output().unwrap();
        let expected = fs::read(goldens.join(format!("{name}.out"))).unwrap();
        let exit = fs::read_to_string(goldens.join(format!("{name}.exit")))
            .map_or(0, |code| code.trim().parse().unwrap());
        if output.stdout != expected || output.status.code() != Some(exit) {
            let (found, wanted) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&expected));
            let differs = found.lines().zip(wanted.lines()).find(|(a, b)| a != b);
            wrong.push(format!(
                "{name}: exit {:?}, wanted {exit}; first difference {differs:?}; stderr {}",
                output.status.code(),
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 10, "only {count} cases");
}
