//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |key: &str| std::env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    // At a fixed place, as Helm is: a program that can be loaded anywhere begins with thousands of
    // pointers to correct, a tenth of what `version` takes. With musl rustc itself decides, since it
    // brings the files that a program starts with.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
