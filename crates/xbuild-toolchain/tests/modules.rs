//! Modules of a project, brought by the Go on this machine from a proxy that is a folder.

mod world;

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use camino::Utf8Path;
use sha2::{Digest as _, Sha256};
use world::{World, go_on, host, shown, write};
use xbuild_toolchain::{
    Environment, Fetched, GoRequest, GoToolchain, ModuleRequest, NoMemo, Pin, fetch_modules, locate_go,
};
use zip::write::SimpleFileOptions;

/// The Go on this machine's `PATH`; the tests of this file need one from 1.21 on.
fn go() -> GoToolchain {
    let environment = Environment::new(std::env::vars().collect());
    let program =
        environment.path().find_map(|folder| folder.join("go").canonicalize_utf8().ok()).expect("a Go on PATH");
    let root = program.parent().and_then(|bin| bin.parent()).expect("a GOROOT").to_owned();
    let text = fs::read_to_string(root.join("VERSION")).expect("a VERSION file");
    let version = text.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a release");
    let request = GoRequest { version, host: host(), location: Some(root), pin: Pin::default(), offline: true };
    locate_go(&request, &environment, "/nonexistent".into(), &NoMemo, &go_on).expect("a Go")
}

const GO_MOD: &str = "module example.com/Dep\n";

fn h1(lines: &[(&str, &str)]) -> String {
    let hex = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text: String = lines.iter().map(|(name, text)| format!("{}  {name}\n", hex(text))).collect();
    format!("h1:{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

fn go_sum() -> String {
    let zip = h1(&[("example.com/Dep@v1.0.0/dep.go", "package dep\n"), ("example.com/Dep@v1.0.0/go.mod", GO_MOD)]);
    format!("example.com/Dep v1.0.0 {zip}\nexample.com/Dep v1.0.0/go.mod {}\n", h1(&[("go.mod", GO_MOD)]))
}

/// The module as a proxy or a module cache has it.
fn publish(world: &World, folder: &str) {
    let at = |extension: &str| world.at(&format!("{folder}/example.com/!dep/@v/v1.0.0.{extension}"));
    write(&at("info"), "{\"Version\":\"v1.0.0\",\"Time\":\"2026-01-01T00:00:00Z\"}");
    write(&at("mod"), GO_MOD);
    let mut zip = zip::ZipWriter::new(fs::File::create(at("zip")).expect("a file"));
    for (name, text) in [("dep.go", "package dep\n"), ("go.mod", GO_MOD)] {
        zip.start_file(format!("example.com/Dep@v1.0.0/{name}"), SimpleFileOptions::default()).expect("started");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("finished");
}

/// A project that needs the module, and a user whose configuration would lead Go astray.
fn project(go_sum: &str) -> World {
    let world = World::new();
    write(&world.at("project/go.mod"), "module example.com/app\n\ngo 1.21\n\nrequire example.com/Dep v1.0.0\n");
    write(&world.at("project/go.sum"), go_sum);
    write(&world.at("project/main.go"), "package main\n\nimport _ \"example.com/Dep\"\n\nfunc main() {}\n");
    write(&world.at("goenv"), "GOFLAGS=-mod=vendor\nGO111MODULE=off\nGOTOOLCHAIN=go1.99.0\nGOSUMDB=off\n");
    let (goenv, proxy) = (world.at("goenv"), format!("file://{}", world.at("proxy")));
    world.with("GOENV", goenv.as_str()).with("GOPROXY", &proxy).with("GOWORK", "/nonexistent/go.work")
}

fn fetch(world: &World, offline: bool) -> String {
    let request = ModuleRequest { root: world.at("project"), module_cache: world.at("cache/mod"), offline };
    match fetch_modules(&go(), &request, &world.environment(), &go_on) {
        Ok(fetched) => format!("{fetched:?}"),
        Err(error) => shown(&error).replace(world.at("").as_str(), "WORLD/"),
    }
}

fn files(folder: &Utf8Path) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = folder
        .read_dir_utf8()
        .expect("a folder")
        .flatten()
        .map(|file| (file.file_name().to_owned(), fs::read_to_string(file.path()).expect("text")))
        .collect();
    all.sort();
    all
}

#[test]
fn modules_come_once_and_the_project_is_only_read() {
    let world = project(&go_sum());
    publish(&world, "proxy");
    let before = files(&world.at("project"));
    assert_eq!(fetch(&world, false), "Checked { copied: 0 }");
    assert!(world.at("cache/mod/example.com/!dep@v1.0.0/dep.go").exists());
    assert_eq!(files(&world.at("project")), before);
    assert_eq!(fetch(&world, false), "Already");
    fs::remove_dir_all(world.at("cache/mod/example.com")).expect("removed");
    assert_eq!(fetch(&world, false), "Checked { copied: 0 }", "a module that is gone is brought again");
}

#[test]
fn a_project_without_requirements_starts_nothing() {
    let world = World::new();
    write(&world.at("project/go.mod"), "module example.com/app\n\ngo 1.21\n");
    assert_eq!(fetch(&world, false), "NoneNeeded");
    assert!(!world.at("cache").exists());
}

#[test]
fn another_checksum_is_an_error_of_its_own() {
    let world = project(&go_sum().replacen("h1:", "h1:AAAA", 1));
    publish(&world, "proxy");
    let error = fetch(&world, false);
    assert!(error.starts_with("xbuild::module-checksum: a module of `WORLD/project` is not the one"), "{error}");
    assert!(error.contains("checksum mismatch") && error.contains("example.com/Dep@v1.0.0"), "{error}");
}

#[test]
fn a_module_that_nobody_has_is_named_in_gos_words() {
    let error = fetch(&project(&go_sum()), false);
    assert!(error.starts_with("xbuild::module-fetch: the modules of `WORLD/project` could not be fetched"), "{error}");
    assert!(error.contains("example.com/Dep@v1.0.0") && error.contains("`--offline`"), "{error}");
}

#[test]
fn offline_copies_what_the_user_has_and_go_takes_it() {
    let world = project(&go_sum());
    publish(&world, "home/go/pkg/mod/cache/download");
    assert_eq!(fetch(&world, true), "Copied(1)");
    assert_eq!(fetch(&world, true), "Copied(0)");
    let world = world.with("GOPROXY", "off");
    assert_eq!(fetch(&world, false), "Checked { copied: 0 }", "go mod download needs nothing more");
}

#[test]
fn a_damaged_user_cache_costs_a_download_and_nothing_else() {
    let world = project(&go_sum());
    publish(&world, "proxy");
    publish(&world, "home/go/pkg/mod/cache/download");
    fs::write(world.at("home/go/pkg/mod/cache/download/example.com/!dep/@v/v1.0.0.zip"), "PK").expect("written");
    assert_eq!(fetch(&world, false), "Checked { copied: 0 }");
}

#[test]
fn a_listener_can_stop_it() {
    let world = project(&go_sum());
    publish(&world, "home/go/pkg/mod/cache/download");
    let request = ModuleRequest { root: world.at("project"), module_cache: world.at("cache/mod"), offline: false };
    let stopped = fetch_modules(&go(), &request, &world.environment(), &|_| ControlFlow::Break(()));
    assert!(
        matches!(stopped, Err(xbuild_toolchain::ToolchainError::Interrupted)),
        "{:?}",
        stopped.map(|_: Fetched| ())
    );
    assert!(!world.at("cache/mod/cache/xbuild/.modules.tmp").exists());
}
