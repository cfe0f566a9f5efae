//! Makes the golden files anew by running the real Helm.

use std::process::Command;

use crate::tools;

/// Runs each case of `tests/goldens/cases.txt` with Helm 4.3.1 and keeps what it prints, and its
/// exit code where that is not 0. The program is `$HELM`, or `helm` on the path, or what
/// `go install` left in Go's folder.
pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let helm = tools::helm()?;
    let tests = tools::root().join("tests");
    let goldens = tests.join("goldens");
    let cases = tools::read(&goldens.join("cases.txt"))?;
    let mut count = 0;
    for line in cases.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (name, arguments) = line.split_once(": ").ok_or(format!("no case: {line}"))?;
        let mut command = Command::new(&helm);
        command.args(arguments.split(' ')).current_dir(&tests);
        let output = command.output().map_err(|error| format!("{}: {error}", helm.display()))?;
        tools::write(&goldens.join(format!("{name}.out")), &output.stdout)?;
        let exit = goldens.join(format!("{name}.exit"));
        match output.status.code() {
            Some(0) if exit.exists() => {
                std::fs::remove_file(&exit).map_err(|error| error.to_string())?;
            }
            Some(0) => {}
            Some(code) => tools::write(&exit, format!("{code}\n").as_bytes())?,
            None => return Err(format!("{name}: ended by a signal")),
        }
        count += 1;
    }
    println!("goldens: {count} cases written with {}", helm.display());
    Ok(())
}
