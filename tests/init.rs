//! `xbuild init`, as a user runs it: what it writes checks clean and lists the cells that it should, and nothing is overwritten.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::Project;
use crate::repository::root;

/// The example fleet, without what is built of it.
fn fleet() -> Project {
    let project = Project::empty();
    copy(&root().join("examples/fleet"), &project.root());
    project
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The cells of the file that is there now, which must be clean and laid out.
fn cells(project: &Project) -> Vec<Value> {
    let checked = project.xbuild(&["check", "--format", "json"]).exits(0).json();
    assert_eq!(checked["diagnostics"], Value::Array(Vec::new()), "{}", project.read_text("xbuild.kdl"));
    let _laid_out = project.xbuild(&["fmt", "--check"]).exits(0);
    project.xbuild(&["matrix", "--format", "json"]).exits(0).json()["cells"].as_array().unwrap().clone()
}

fn targets(cells: &[Value]) -> BTreeSet<&str> {
    cells.iter().map(|cell| cell["target"].as_str().unwrap()).collect()
}

#[test]
fn init_writes_a_file_for_the_main_packages_of_a_module() {
    let project = fleet();
    let written = project.xbuild(&["init", "--format", "json"]).exits(0).json();
    assert_eq!(written["path"], "xbuild.kdl");
    assert_eq!(written["notes"], Value::Array(Vec::new()));
    assert_eq!(targets(&cells(&project)), BTreeSet::from(["fleetctl", "gateway", "worker"]));
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::text("// mine\n");
    for arguments in [&["init"][..], &["init", "--from", "command"], &["init", "--from", "goreleaser"]] {
        let ran = project.xbuild(&[arguments, &["--format", "json"]].concat()).exits(5);
        let problem = ran.diagnostic("xbuild::already-there");
        assert!(problem["message"].as_str().unwrap().contains("xbuild.kdl"), "{problem}");
    }
    assert_eq!(project.read_text("xbuild.kdl"), "// mine\n");
    assert_eq!(fs::read_dir(project.root()).unwrap().count(), 1);
}

#[test]
fn init_takes_over_a_goreleaser_configuration() {
    let project = fleet();
    let yaml = "
before:
  hooks: [go generate ./...]
builds:
  - {id: gateway, main: ./cmd/gateway, goos: [linux], goarch: [amd64, arm], goarm: [7]}
  - {id: worker, main: ./cmd/worker, goos: [linux, darwin], goarch: [arm64]}
";
    project.write(".goreleaser.yaml", yaml);
    let ran = project.xbuild(&["init", "--from", "goreleaser"]).exits(0);
    let said = ".goreleaser.yaml:3:11: `before.hooks` was not carried over: run `go generate ./...` before";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(project.read_text("xbuild.kdl").contains("`before.hooks` was not carried over"));
    let found = cells(&project);
    let ids: BTreeSet<&str> = found.iter().map(|cell| cell["id"].as_str().unwrap()).collect();
    let expected = [
        "linux/gateway@linux/amd64",
        "linux/gateway@linux/arm/v7",
        "release/worker@linux/arm64",
        "release/worker@darwin/arm64",
    ];
    assert_eq!(ids, BTreeSet::from(expected));
}

#[test]
fn init_says_where_a_configuration_is_wrong() {
    let project = Project::empty();
    project.write(".goreleaser.yml", "builds:\n  - goos: [linux\n    goarch: x\n");
    let ran = project.xbuild(&["init", "--from", "goreleaser", "--format", "json"]).exits(3);
    let problem = ran.diagnostic("xbuild::not-yaml");
    assert_eq!(problem["file"], ".goreleaser.yml");
    assert_eq!(problem["labels"][0]["line"], 3, "{problem}");
    assert_eq!(fs::read_dir(project.root()).unwrap().count(), 1, "nothing is written");
}

#[test]
fn init_prints_where_it_is_asked_to() {
    let project = Project::empty();
    let printed = project.xbuild(&["init", "--from", "command", "--file", "-"]).exits(0).stdout;
    assert!(printed.contains("command sh"), "{printed}");
    assert_eq!(fs::read_dir(project.root()).unwrap().count(), 0);
    let _none = project.xbuild(&["init", "--from", "cargo"]).exits(5);
    let _there = project.xbuild(&["init", "--file", "other.kdl"]).exits(0);
    assert!(project.path("other.kdl").exists());
}
