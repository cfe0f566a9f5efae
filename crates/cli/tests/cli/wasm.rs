//! Plugins in WebAssembly: run where the program has a runtime for them, and refused where not.
#![cfg(unix)]

use std::fs;

use super::program::{Directory, bad, good};

const PLUGINS: &str = "home/.local/share/helm/plugins";

/// A plugin that is installed, with a module that calls what it is told.
fn plugin(directory: &Directory, name: &str, kind: &str, more: &str, body: &str) {
    let module = format!(
        r#"(module
            (import "extism:host/env" "input_offset" (func $input (result i64)))
            (import "extism:host/env" "input_length" (func $length (result i64)))
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            (import "extism:host/env" "error_set" (func $error (param i64)))
            (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
            (import "extism:host/env" "length" (func $size (param i64) (result i64)))
            (import "wasi_snapshot_preview1" "fd_write"
                (func $write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\10\00\00\00\06\00\00\00")
            (data (i32.const 16) "hello\n")
            (data (i32.const 64) "{{\"data\":\"YTogYg==\"}}")
            (func $keep (param $from i32) (param $length i32) (result i64)
                (local $at i64) (local $index i32)
                (local.set $at (call $alloc (i64.extend_i32_u (local.get $length))))
                (loop $next
                    (call $store
                        (i64.add (local.get $at) (i64.extend_i32_u (local.get $index)))
                        (i32.load8_u (i32.add (local.get $from) (local.get $index))))
                    (local.set $index (i32.add (local.get $index) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $index) (local.get $length))))
                (local.get $at))
            (func (export "helm_plugin_main") (result i32) {body}))"#
    );
    let folder = directory.0.join(PLUGINS).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("plugin.wasm"), wat::parse_str(module).unwrap()).unwrap();
    let yaml = format!(
        "apiVersion: v1\nname: {name}\nversion: 1.0.0\ntype: {kind}\nruntime: extism/v1\n{more}"
    );
    fs::write(folder.join("plugin.yaml"), yaml).unwrap();
}

/// Prints, answers with nothing and ends well.
const HELLO: &str = "(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $output (call $input) (call $length)) (i32.const 0)";

#[cfg(feature = "wasm")]
#[test]
fn commands_run() {
    let directory = Directory::new();
    plugin(&directory, "hello", "cli/v1", "", HELLO);
    assert_eq!(good(&directory, &["hello", "a"]), "hello\n");
    let table = [
        ("error", "(call $error (call $keep (i32.const 16) (i32.const 5))) (i32.const 1)", "hello"),
        ("trap", "unreachable", "wasm error: unreachable"),
        ("silent", "(i32.const 0)", "unexpected end of JSON input"),
        ("endless", "(loop $again (br $again)) (i32.const 0)", "deadline exceeded"),
        ("greedy", "(drop (call $alloc (i64.const 1000000))) (i32.const 0)", "out of memory"),
        ("negative", "(drop (call $alloc (i64.const -1))) (i32.const 0)", "out of memory"),
    ];
    let more = "runtimeConfig: {timeout: 200, memory: {maxPages: 2}}\n";
    for (name, body, expected) in table {
        plugin(&directory, name, "cli/v1", more, body);
        let said = bad(&directory, &[name]);
        assert!(said.contains(expected), "{name}: {said}");
    }
    // There are no files, whatever it tries.
    let open = "(i32.sub (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 5)
        (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 32)) (i32.const 45))";
    plugin(&directory, "opens", "cli/v1", more, open);
    let said = super::program::run(&directory, &["opens"]);
    assert_eq!(said.status.code(), Some(7));
}

#[cfg(feature = "wasm")]
#[test]
fn getters_fetch() {
    let directory = Directory::new();
    fs::create_dir_all(directory.0.join("web/templates")).unwrap();
    fs::write(directory.0.join("web/Chart.yaml"), "apiVersion: v2\nname: w\nversion: 1.0.0\n")
        .unwrap();
    fs::write(directory.0.join("web/templates/a.yaml"), "v: {{ .Values.a }}\n").unwrap();
    let more = "config: {protocols: [odd]}\n";
    let body = "(call $output (call $keep (i32.const 64) (i32.const 19)) (i64.const 19))
        (i32.const 0)";
    plugin(&directory, "get", "getter/v1", more, body);
    let said = good(&directory, &["template", "t", "web", "-f", "odd://x"]);
    assert!(said.ends_with("v: b\n"), "{said}");
}

#[cfg(feature = "wasm")]
#[test]
fn what_is_not_given_is_refused() {
    let directory = Directory::new();
    for (name, wish) in [
        ("hosts", "allowedHosts: [a.example]"),
        ("files", "fileSystem: {createTempDir: true}"),
        ("functions", "hostFunctions: [f]"),
    ] {
        plugin(&directory, name, "cli/v1", &format!("runtimeConfig: {{{wish}}}\n"), HELLO);
        let said = bad(&directory, &[name]);
        assert!(said.contains("which WebAssembly does not get here"), "{name}: {said}");
    }
}

#[cfg(not(feature = "wasm"))]
#[test]
fn the_feature_is_named() {
    let directory = Directory::new();
    plugin(&directory, "hello", "cli/v1", "", HELLO);
    let said = bad(&directory, &["hello"]);
    assert!(said.contains("the feature for it is called wasm"), "{said}");
    assert!(good(&directory, &["plugin", "list"]).contains("hello"));
}

#[test]
fn a_module_must_be_there() {
    let directory = Directory::new();
    plugin(&directory, "hello", "cli/v1", "", HELLO);
    fs::remove_file(directory.0.join(PLUGINS).join("hello/plugin.wasm")).unwrap();
    let said = bad(&directory, &["hello"]);
    assert!(said.contains("wasm binary missing for extism/v1 plugin"), "{said}");
}
