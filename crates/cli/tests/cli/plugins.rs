//! Plugins: installed from everywhere, run, and kept from doing what they should not.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use pintle_chart::{Member, MemberKind, write_members};

use super::program::{Directory, PINTLE, bad, good, run, text};
#[cfg(feature = "provenance")]
use super::provenance::{data, key};
use super::server::Server;

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .map(|entries| entries.flatten().map(|e| e.file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

const PLUGINS: &str = "home/.local/share/helm/plugins";

/// A plugin's directory with its files; those that begin as scripts do can be run.
fn plugin(directory: &Directory, path: &str, files: &[(&str, &str)]) {
    for (name, contents) in files {
        let path = directory.0.join(path).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        if contents.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

const ECHO: &str = "name: echo\nversion: 0.1.0\nusage: \"say\\twhat\"\ndescription: At length\n\
                    command: \"$HELM_PLUGIN_DIR/run.sh first\"\nhooks:\n  install: echo hooked in \
                    $HELM_PLUGIN_DIR\n  delete: echo gone\n";

const SCRIPT: &str = "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done\n\
                      echo \"$HELM_PLUGIN_NAME $HELM_NAMESPACE $HELM_DEBUG\"\n\
                      if [ \"$2\" = fail ]; then exit 7; fi\n";

#[test]
fn a_plugin_is_installed_run_listed_and_removed() {
    let directory = Directory::new();
    plugin(&directory, "src/echo", &[("plugin.yaml", ECHO), ("run.sh", SCRIPT)]);
    let said = good(&directory, &["plugin", "install", "src/echo"]);
    let place = directory.0.join(PLUGINS).join("echo");
    assert_eq!(
        said,
        format!(
            "Installing plugin from local directory (development mode)\nhooked in {}\nInstalled \
             plugin: echo\n",
            place.display()
        )
    );
    assert!(fs::symlink_metadata(&place).unwrap().file_type().is_symlink());
    let said = bad(&directory, &["plugin", "install", "src/echo"]);
    let place = place.display();
    assert_eq!(
        said,
        format!(
            "level=WARN msg=\"plugin already exists\" path={place} error=<nil>\nError: plugin \
             already exists\n"
        )
    );

    let said = good(&directory, &["--debug", "echo", "a b", "-n", "there", "--flag=x", "-h"]);
    assert_eq!(said, "<first>\n<a b>\n<--flag=x>\n<-h>\necho there true\n");
    let output = run(&directory, &["echo", "fail"]);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(text(&output.stderr), "Error: plugin \"echo\" exited with error\n");

    let output = run(&directory, &["echo", "fail", "--debug"]);
    assert_eq!(
        text(&output.stderr),
        format!(
            "level=DEBUG msg=\"executing plugin command\" pluginName=echo command=\"{place}/run.sh \
             first fail\"\nlevel=DEBUG msg=\"plugin execution failed\" pluginName=echo \
             error=\"exit status 7\" exitCode=7 stderr=\"\"\nError: plugin \"echo\" exited with \
             error\n"
        )
    );

    let said = good(&directory, &["plugin", "list"]);
    assert_eq!(
        said,
        "NAME\tVERSION\tTYPE  \tAPIVERSION\tPROVENANCE\tSOURCE \n\
         echo\t0.1.0  \tcli/v1\tlegacy    \tlocal dev \tunknown\n"
    );
    assert_eq!(good(&directory, &["plugin", "ls", "--type", "getter/v1"]).lines().count(), 1);
    assert!(good(&directory, &["--help"]).contains("\n  echo        say what\n"));
    assert!(good(&directory, &["help", "echo"]).starts_with("At length\n\nUsage:\n  pintle echo"));
    assert!(good(&directory, &["__complete", "ech"]).starts_with("echo\tsay what\n"));
    assert_eq!(good(&directory, &["__complete", "plugin", "rm", ""]), "echo\tsay what\n:4\n");
    let mut without = directory.command(PINTLE);
    let without = without.env("HELM_NO_PLUGINS", "1").args(["echo"]).output().unwrap();
    assert!(text(&without.stderr).contains("unknown command \"echo\""));

    // Where a plugin comes from is looked up by its name, not by its directory's.
    plugin(&directory, "src/folder", &[("plugin.yaml", "name: other\ncommand: true\n")]);
    good(&directory, &["plugin", "install", "src/folder"]);
    let said = good(&directory, &["plugin", "list"]);
    assert!(said.ends_with("other\t       \tcli/v1\tlegacy    \tunknown   \tunknown\n"), "{said}");
    good(&directory, &["plugin", "rm", "other"]);

    let said = bad(&directory, &["plugin", "update", "echo", "none"]);
    let warned = format!(
        "level=WARN msg=\"cannot get information about plugin source\" location={} \
         error=\"Cannot detect VCS\"\n",
        fs::canonicalize(directory.0.join("src/echo")).unwrap().display()
    );
    assert!(said.starts_with(&warned), "{said}");
    assert!(said.contains("cannot get information about plugin source"), "{said}");
    assert!(said.contains("plugin: none not found"), "{said}");
    assert_eq!(good(&directory, &["plugin", "remove", "echo"]), "gone\nUninstalled plugin: echo\n");
    assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0]);
    assert_eq!(names(&directory.0.join("src/echo")), ["plugin.yaml", "run.sh"]);
}

#[test]
fn exit_codes_and_input_pass_through() {
    let directory = Directory::new();
    let yaml = "apiVersion: v1\nname: cat\nversion: 0.1.0\ntype: cli/v1\nruntime: subprocess\n\
                config: {ignoreFlags: true}\nruntimeConfig:\n  platformCommand:\n  - {command: \
                sh, args: [-c, 'echo $HELM_BIN; cat; exit 200']}\n";
    plugin(&directory, &format!("{PLUGINS}/cat"), &[("plugin.yaml", yaml)]);
    fs::write(directory.0.join("in"), "input\n").unwrap();
    let mut command = directory.command(PINTLE);
    let input = fs::File::open(directory.0.join("in")).unwrap();
    let output = command.args(["cat", "a", "b"]).stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(200));
    assert_eq!(text(&output.stdout), format!("{PINTLE}\ninput\n"));
}

#[test]
fn a_plugin_goes_before_what_helm_does_not_have() {
    let directory = Directory::new();
    let yaml = |name: &str| format!("name: {name}\nversion: 0.1.0\ncommand: echo by plugin\n");
    for name in ["recover", "list"] {
        let path = format!("{PLUGINS}/{name}");
        plugin(&directory, &path, &[("plugin.yaml", &yaml(name))]);
    }
    symlink(PINTLE, directory.0.join("helm")).unwrap();
    let run =
        |program: &str, args: &[&str]| directory.command(program).args(args).output().unwrap();
    let helm = directory.0.join("helm").to_string_lossy().into_owned();
    assert_eq!(text(&run(&helm, &["recover", "x"]).stdout), "by plugin x\n");
    assert!(!text(&run(PINTLE, &["recover", "x"]).stdout).contains("by plugin"));
    for program in [helm.as_str(), PINTLE] {
        assert!(text(&run(program, &["list", "--help"]).stdout).contains("Usage:"), "{program}");
    }
}

fn member(name: &str, kind: MemberKind, mode: u32, data: &str) -> Member {
    Member { name: name.to_owned(), kind, mode, data: data.as_bytes().to_vec() }
}

fn file(name: &str, data: &str) -> Member {
    member(name, MemberKind::File, if data.starts_with("#!") { 0o755 } else { 0o644 }, data)
}

fn echo() -> Vec<u8> {
    let dir = member("echo", MemberKind::Directory, 0o755, "");
    write_members(&[dir, file("echo/plugin.yaml", ECHO), file("echo/run.sh", SCRIPT)], 0).unwrap()
}

#[cfg(feature = "provenance")]
#[test]
fn an_archive_is_packed_signed_and_installed() {
    let directory = Directory::new();
    plugin(&directory, "src", &[("plugin.yaml", ECHO), ("run.sh", SCRIPT), ("doc/a", "x")]);
    let secret = key("rsa-secret.asc");
    let args = ["plugin", "package", "src", "--key", "Pintle RSA", "--keyring", &secret];
    let said = good(&directory, &args);
    assert_eq!(
        said,
        "Successfully signed. Signature written to: echo-0.1.0.tgz.prov\nSuccessfully packaged \
         plugin and saved it to: echo-0.1.0.tgz\n"
    );
    let ring = key("ring.gpg");
    let said = good(&directory, &["plugin", "verify", "echo-0.1.0.tgz", "--keyring", &ring]);
    assert!(said.contains("Plugin Hash Verified: sha256:"), "{said}");

    let said = good(&directory, &["plugin", "install", "echo-0.1.0.tgz", "--keyring", &ring]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "Verifying plugin signature...");
    assert_eq!(lines[1], "Signed by: Pintle RSA <rsa@example.com>");
    assert_eq!(lines.last(), Some(&"Installed plugin: echo"));
    let plugins = directory.0.join(PLUGINS);
    assert_eq!(names(&plugins), ["echo", "echo-0.1.0.tgz", "echo-0.1.0.tgz.prov"]);
    assert_eq!(names(&plugins.join("echo")), ["doc", "plugin.yaml", "run.sh"]);
    assert!(good(&directory, &["plugin", "list"]).contains("\tsigned "));
    assert!(good(&directory, &["echo", "x"]).starts_with("<first>\n<x>\n"));
    fs::write(plugins.join("echo-0.1.0.tgz"), "other").unwrap();
    assert!(good(&directory, &["plugin", "list"]).contains("\tmismatched provenance\t"));
    good(&directory, &["plugin", "uninstall", "echo"]);
    assert_eq!(names(&plugins), [""; 0]);
}

#[test]
fn plugins_come_from_servers() {
    let directory = Directory::new();
    let server = Server::files(vec![("/p/echo-0.1.0.tgz", echo())]);
    let url = format!("{}/p/echo-0.1.0.tgz", server.url);
    let said = bad(&directory, &["plugin", "install", &url]);
    assert!(
        said.contains("plugin verification failed: no provenance file (.prov) found"),
        "{said}"
    );
    assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0]);
    let said = good(&directory, &["plugin", "install", &url, "--verify=false"]);
    assert!(said.starts_with("WARNING: Skipping plugin signature verification\n"), "{said}");
    assert!(good(&directory, &["plugin", "list"]).contains("\tunsigned "));
    let said = bad(&directory, &["--offline", "plugin", "install", &url, "--verify=false"]);
    assert!(said.contains("plugin already exists") || said.contains("--offline"), "{said}");
}

#[cfg(feature = "provenance")]
#[test]
fn nothing_of_a_plugin_runs_that_is_not_what_was_signed() {
    let ring = key("ring.gpg");
    let cases = [
        ("empty", "no provenance file (.prov) found"),
        ("unsigned", "signature block not found"),
        ("other-file", "does not contain a SHA"),
        ("unknown-key", "signature made by unknown entity"),
        ("gpg-rsa", "does not contain a SHA"),
        ("tampered", "RSA verification failure"),
        ("trailing", "outside of what is signed"),
        ("revoked-key", "signature made by revoked key"),
    ];
    for (case, why) in cases {
        let directory = Directory::new();
        let signed = fs::read(data(&format!("{case}.prov"))).unwrap();
        fs::write(directory.0.join("echo-0.1.0.tgz"), echo()).unwrap();
        fs::write(directory.0.join("echo-0.1.0.tgz.prov"), &signed).unwrap();
        let server =
            Server::files(vec![("/echo-0.1.0.tgz", echo()), ("/echo-0.1.0.tgz.prov", signed)]);
        let url = format!("{}/echo-0.1.0.tgz", server.url);
        for source in ["echo-0.1.0.tgz", &url] {
            let output = run(&directory, &["plugin", "install", source, "--keyring", &ring]);
            assert_eq!(output.status.code(), Some(1), "{case}");
            assert!(text(&output.stderr).contains(why), "{case}: {}", text(&output.stderr));
            assert!(!text(&output.stdout).contains("hooked"), "{case}");
            assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0], "{case}");
        }
        let said = bad(&directory, &["plugin", "verify", "echo-0.1.0.tgz", "--keyring", &ring]);
        assert!(said.contains("Error: "), "{said}");
    }
}

#[test]
fn archives_write_nothing_outside() {
    let bad_members = [
        file("echo/../../../../outside", "x"),
        file("../outside", "x"),
        file("/tmp/outside", "x"),
        file("echo\\..\\..\\outside", "x"),
        file("c:/outside", "x"),
        file("echo/a:b", "x"),
    ];
    for (at, member) in bad_members.iter().enumerate() {
        let directory = Directory::new();
        let members = [file("echo/plugin.yaml", ECHO), member.clone()];
        fs::write(directory.0.join("echo-0.1.0.tgz"), write_members(&members, 0).unwrap()).unwrap();
        let args = ["plugin", "install", "echo-0.1.0.tgz", "--verify=false"];
        let said = bad(&directory, &args);
        assert!(said.contains("which is illegal"), "{at}: {said}");
        assert_eq!(names(&directory.0), ["echo-0.1.0.tgz", "home"], "{at}");
        assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0], "{at}");
    }
    // A version or a name that leads elsewhere.
    let yaml =
        ["name: echo\nversion: /../../x\n", "name: ../echo\nversion: 1.0.0\n", "", "null", "a: ["];
    for yaml in yaml {
        let directory = Directory::new();
        let archive = write_members(&[file("echo/plugin.yaml", yaml)], 0).unwrap();
        fs::write(directory.0.join("echo-0.1.0.tgz"), archive).unwrap();
        bad(&directory, &["plugin", "install", "echo-0.1.0.tgz", "--verify=false"]);
        assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0], "{yaml}");
    }
    for broken in [&b""[..], b"\x1f\x8b", b"no archive"] {
        let directory = Directory::new();
        fs::write(directory.0.join("echo-0.1.0.tgz"), broken).unwrap();
        bad(&directory, &["plugin", "install", "echo-0.1.0.tgz", "--verify=false"]);
        assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0]);
    }
}

#[cfg(not(feature = "wasm"))]
#[test]
fn a_plugin_of_webassembly_is_named_and_refused() {
    let directory = Directory::new();
    let yaml = "apiVersion: v1\nname: wasm\nversion: 0.1.0\ntype: cli/v1\nruntime: extism/v1\n";
    let files = [("plugin.yaml", yaml), ("plugin.wasm", "")];
    plugin(&directory, "wasm", &files);
    let why = "plugin \"wasm\" needs the runtime \"extism/v1\" (WebAssembly), which this program was \
               built without; the feature for it is called wasm";
    assert!(bad(&directory, &["plugin", "install", "wasm"]).contains(why));
    assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0]);
    // Helm may have installed it.
    plugin(&directory, &format!("{PLUGINS}/wasm"), &files);
    assert!(bad(&directory, &["wasm"]).contains(why));
    assert!(good(&directory, &["plugin", "list"]).contains("wasm"));
}

#[test]
fn what_is_no_plugin_is_left_out() {
    let directory = Directory::new();
    plugin(&directory, &format!("{PLUGINS}/a"), &[("plugin.yaml", "name: a b\n")]);
    plugin(&directory, &format!("{PLUGINS}/b"), &[("plugin.yaml", ECHO), ("run.sh", SCRIPT)]);
    let output = run(&directory, &["echo"]);
    assert!(text(&output.stdout).starts_with("<first>\n"));
    assert!(text(&output.stderr).contains("failed to load plugin (ignoring)"));
    plugin(&directory, &format!("{PLUGINS}/c"), &[("plugin.yaml", ECHO)]);
    let said = bad(&directory, &["plugin", "list"]);
    assert!(said.contains("two plugins claim the name \"echo\""), "{said}");
}

#[test]
fn getters_fetch_values_charts_and_repositories() {
    let directory = Directory::new();
    let yaml = "name: get\nversion: 0.1.0\ndownloaders:\n- command: bin/get.sh\n  protocols: [near, \
                near+x]\n";
    let script = "#!/bin/sh\nif [ $# != 4 ]; then exit 3; fi\necho \"$4 user=$HELM_PLUGIN_USERNAME\" \
                  >> asked\ncat \"served/${4#*://}\"\n";
    plugin(&directory, &format!("{PLUGINS}/get"), &[("plugin.yaml", yaml), ("bin/get.sh", script)]);
    let served = directory.0.join("served");
    fs::create_dir(&served).unwrap();
    fs::write(served.join("values.yaml"), "a: by-plugin\n").unwrap();
    let chart = super::repositories::archive("web", "1.0.0");
    fs::create_dir(served.join("charts")).unwrap();
    fs::write(served.join("charts/web-1.0.0.tgz"), chart).unwrap();
    good(&directory, &["repo", "index", "served/charts"]);
    let local = "served/charts/web-1.0.0.tgz";
    let said = good(&directory, &["template", local, "-f", "near+x://values.yaml"]);
    assert!(said.contains("a: by-plugin"), "{said}");
    good(
        &directory,
        &["repo", "add", "mine", "near://charts", "--username", "u", "--password", "p"],
    );
    good(&directory, &["repo", "update"]);
    good(&directory, &["pull", "mine/web"]);
    assert!(directory.0.join("web-1.0.0.tgz").is_file());
    good(&directory, &["template", "near://charts/web-1.0.0.tgz"]);
    let said = bad(&directory, &["template", local, "-f", "near://none.yaml"]);
    assert!(said.contains("plugin \"get\" failed to invoke"), "{said}");
    let said = bad(&directory, &["template", local, "-f", "far://none.yaml"]);
    assert!(said.contains("open far://none.yaml"), "{said}");
    let said = bad(&directory, &["template", "far://none.tgz"]);
    assert!(said.contains("scheme \"far\" not supported"), "{said}");
    let asked = fs::read_to_string(directory.0.join("asked")).unwrap();
    assert!(asked.contains("near+x://values.yaml user=\n"), "{asked}");
    assert!(asked.contains("near://charts/index.yaml user=u\n"), "{asked}");
    assert!(asked.contains("near://charts/web-1.0.0.tgz user=u\n"), "{asked}");
}

#[test]
fn words_of_plugins_are_completed() {
    let directory = Directory::new();
    let words = "commands:\n- name: upgrade\n  flags: [q, context, set]\n- name: release\n  \
                 commands:\n  - {name: now, validArgs: [one, two]}\n";
    let ask = "#!/bin/sh\necho \"$* $HELM_PLUGIN_NAME\"\necho :4\n";
    let path = format!("{PLUGINS}/echo");
    let files = [("plugin.yaml", ECHO), ("completion.yaml", words), ("plugin.complete", ask)];
    plugin(&directory, &path, &files);
    let table: [(&[&str], &str); 5] = [
        (&["echo", ""], "upgrade\nrelease\n:4\n"),
        (&["echo", "re"], "release\n:4\n"),
        (&["echo", "release", "now", "t"], "two\n:4\n"),
        (&["echo", "upgrade", "--c"], "--context\n:4\n"),
        (&["echo", "-n", "x", "upgrade", "a", "b"], "upgrade a b echo\n:4\n"),
    ];
    for (typed, offered) in table {
        let args = [&["__complete"], typed].concat();
        assert_eq!(good(&directory, &args), offered, "{typed:?}");
    }
}

fn git(path: &Path, args: &[&str]) -> bool {
    let mut command = std::process::Command::new("git");
    command.current_dir(path).args([
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@y",
        "-c",
        "init.defaultBranch=main",
    ]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.args(args).output().is_ok_and(|output| output.status.success())
}

#[test]
fn plugins_come_from_git() {
    let directory = Directory::new();
    plugin(&directory, "repo/echo", &[("plugin.yaml", ECHO), ("run.sh", SCRIPT)]);
    let repo = directory.0.join("repo/echo");
    if !git(&repo, &["init"]) {
        println!("skipped: there is no git");
        return;
    }
    let commit = |version: &str| {
        fs::write(repo.join("plugin.yaml"), ECHO.replace("0.1.0", version)).unwrap();
        assert!(git(&repo, &["add", "."]) && git(&repo, &["commit", "-m", version]));
        assert!(git(&repo, &["tag", &format!("v{version}")]));
    };
    commit("0.1.0");
    commit("0.2.0");
    let url = format!("file://{}", repo.display());
    let said = bad(&directory, &["plugin", "install", &url]);
    assert!(said.contains("plugin source does not support verification"), "{said}");
    let versioned = ["plugin", "install", &url, "--verify=false", "--version", "~0.1"];
    good(&directory, &versioned);
    assert!(good(&directory, &["plugin", "list"]).contains("echo\t0.1.0"));
    good(&directory, &["plugin", "uninstall", "echo"]);
    let said = bad(&directory, &["plugin", "install", &url, "--verify=false", "--version", ">9"]);
    assert!(said.contains("requested version \">9\" does not exist"), "{said}");
    assert_eq!(names(&directory.0.join(PLUGINS)), [""; 0]);
    good(&directory, &["plugin", "install", &url, "--verify=false"]);
    commit("0.3.0");
    assert_eq!(good(&directory, &["plugin", "update", "echo"]), "Updated plugin: echo\n");
    assert!(good(&directory, &["plugin", "list"]).contains("echo\t0.3.0"));
    fs::write(directory.0.join(PLUGINS).join("echo/run.sh"), "changed").unwrap();
    let said = bad(&directory, &["plugin", "update", "echo"]);
    assert!(said.contains("plugin repo was modified"), "{said}");
}
