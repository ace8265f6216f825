//! Smoke runs of a project and of any file: what is run, what is said, what the lock keeps.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{AMD64, Project, Ran, go_root, host, run, skipped};

/// Says its version, or ends as it is told.
const PROGRAM: &str = r#"package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) > 2 {
		code, _ := strconv.Atoi(os.Args[2])
		fmt.Println("leaving with", code)
		os.Exit(code)
	}
	fmt.Println("app 1.0")
}
"#;

/// A project whose program is built for these platforms, with this smoke run.
fn project(platforms: &str, smoke: &str) -> Project {
    let project =
        Project::go(&format!("\nprofile prod {platforms}\n\ntarget app {{\n    go \".\"\n    smoke {smoke}\n}}\n"));
    project.write("main.go", PROGRAM);
    project
}

/// Runs xbuild where the search path has these folders and Go alone.
fn with_path(project: &Project, folders: &[&Path], arguments: &[&str]) -> Ran {
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain([go_root().join("bin")]);
    let mut command = project.command(arguments);
    command.env("PATH", std::env::join_paths(all).unwrap());
    run(command)
}

/// The smoke run of each cell, by id.
fn smoked(ran: &Ran) -> Vec<(String, Value)> {
    let cells = ran.json()["cells"].as_array().unwrap().clone();
    cells.into_iter().map(|cell| (cell["id"].as_str().unwrap().to_owned(), cell["smoke"].clone())).collect()
}

fn is_amd64() -> bool {
    if host() == "linux/amd64" {
        return true;
    }
    skipped("smoke runs", "this machine is not linux/amd64");
    false
}

/// Whether a program is on the search path; what cannot be tried without it is said.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        skipped("smoke runs", &format!("`{program}` is not installed"));
    }
    found
}

#[test]
fn a_program_that_passes_is_told_and_recorded_and_nothing_runs_unasked() {
    if !is_amd64() {
        return;
    }
    let project = project("\"linux/amd64\"", "\"exit\" \"3\" exit=3");
    let plain = project.xbuild(&["build", "--format", "json"]).exits(0);
    assert_eq!(smoked(&plain), [("prod/app@linux/amd64".into(), Value::Null)]);
    assert!(!project.read_text("xbuild.lock").contains("smoke"));

    let ran = project.xbuild(&["build", "--smoke", "--format", "json"]).exits(0);
    let (_, mut run) = smoked(&ran).remove(0);
    let took = run.as_object_mut().unwrap().remove("elapsed_ms");
    assert!(took.is_some_and(|time| time.is_u64()));
    let argv = [project.path(AMD64).to_str().unwrap().to_owned(), "exit".into(), "3".into()];
    let expect = json!({
        "runner": "native", "argv": argv, "exit": 3, "signal": null, "verdict": "passed", "reason": null,
    });
    assert_eq!(run, expect);
    assert!(project.read_text("xbuild.lock").contains("\n    smoke \"exit\" \"3\" exit=3\n"));
}

#[test]
fn what_is_recorded_stays_while_it_is_asked_for_and_is_drift_when_it_is_not() {
    if !is_amd64() {
        return;
    }
    let project = project("\"linux/amd64\"", "\"exit\" \"3\" exit=3");
    project.xbuild(&["build", "--locked"]).exits(7);
    project.xbuild(&["build"]).exits(0);
    // What passes for the first time is no difference from the lock, and under `--locked` it is not written.
    project.xbuild(&["build", "--locked", "--smoke"]).exits(0);
    assert!(!project.read_text("xbuild.lock").contains("smoke"));
    project.xbuild(&["build", "--smoke"]).exits(0);
    let recorded = project.read_text("xbuild.lock");
    project.xbuild(&["build"]).exits(0);
    project.xbuild(&["build", "--locked"]).exits(0);
    project.xbuild(&["build", "--locked", "--smoke=require"]).exits(0);
    assert_eq!(project.read_text("xbuild.lock"), recorded);

    project.edit("xbuild.kdl", "\"3\" exit=3", "\"4\" exit=4");
    let drifted = project.xbuild(&["build", "--locked"]).exits(7);
    assert!(drifted.stderr.contains("smoke was `exit 3 exit=3`, is nothing"), "{}", drifted.stderr);
    let diff = project.xbuild(&["plan", "--diff", "--format", "json"]).exits(0).json();
    let change = json!({ "kind": "smoke", "what": null, "old": "exit 3 exit=3", "new": "exit 4 exit=4" });
    assert_eq!(diff["diff"]["changed"][0]["changes"], json!([change]));
}

#[test]
fn a_program_that_fails_points_at_the_line_and_leaves_the_lock_alone() {
    if !is_amd64() {
        return;
    }
    let project = project("\"linux/amd64\"", "\"exit\" \"9\"");
    let ran = project.xbuild(&["build", "--smoke"]).exits(6);
    let expect = [
        "xbuild::smoke-failed",
        "`prod/app@linux/amd64` failed its smoke run: exit 9",
        "smoke \"exit\" \"9\"",
        "asked for here",
        "leaving with 9",
        "runner: native; exit 0 was expected",
    ];
    for words in expect {
        assert!(ran.stderr.contains(words), "{words:?} in {}", ran.stderr);
    }
    assert!(project.path(AMD64).exists(), "it stays to be looked at");
    assert!(!project.read_text("xbuild.lock").contains("smoke"));
    let cells = project.xbuild(&["build", "--smoke", "--format", "json"]).exits(6).json();
    let cell = &cells["cells"][0];
    assert_eq!((&cell["outcome"], &cell["smoke"]["verdict"]), (&json!("failed"), &json!("failed")));
    // Unasked it is no failure.
    project.xbuild(&["build"]).exits(0);
}

#[test]
fn a_missing_runner_is_said_once_and_fails_only_where_it_is_required() {
    if !is_amd64() {
        return;
    }
    let project = project("\"linux/amd64\" \"linux/arm64\" \"linux/arm/v7\"", "\"--version\"");
    let ran = with_path(&project, &[], &["build", "--smoke"]).exits(0);
    assert_eq!(ran.stderr.matches("apt-get install qemu-user-static").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("prod/app@linux/arm64, prod/app@linux/arm/v7"), "{}", ran.stderr);
    assert!(ran.stdout.contains("passed (native)") && ran.stdout.contains("not run"), "{}", ran.stdout);
    let lock = project.read_text("xbuild.lock");
    assert_eq!(lock.matches("    smoke \"--version\" exit=0\n").count(), 1, "{lock}");

    let ran = with_path(&project, &[], &["build", "--smoke=require", "--format", "json"]).exits(5);
    let cells = smoked(&ran);
    let verdicts: Vec<&str> = cells.iter().map(|(_, smoke)| smoke["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["passed", "not-run", "not-run"]);
    assert_eq!(cells[1].1["reason"], "`qemu-aarch64` is not installed");
    assert_eq!(ran.stderr.matches("xbuild::smoke-not-run").count(), 1, "{}", ran.stderr);
}

#[test]
fn an_emulator_that_refuses_says_nothing_of_the_program() {
    if !is_amd64() {
        return;
    }
    let project = project("\"linux/arm64\"", "\"--version\"");
    let tools: PathBuf = project.home().join("tools");
    fs::create_dir_all(&tools).unwrap();
    let emulator = tools.join("qemu-aarch64-static");
    let lines = "#!/bin/sh\necho 'qemu-aarch64-static: no room' >&2\nexit 255\n";
    fs::write(&emulator, lines).unwrap();
    fs::set_permissions(&emulator, fs::Permissions::from_mode(0o755)).unwrap();
    let ran = with_path(&project, &[&tools], &["build", "--smoke", "--format", "json"]).exits(0);
    let (_, smoke) = smoked(&ran).remove(0);
    assert_eq!(
        (&smoke["verdict"], &smoke["reason"], &smoke["exit"]),
        (&json!("refused"), &json!("no room"), &json!(255))
    );
    assert_eq!(smoke["runner"], "qemu-aarch64-static -cpu cortex-a53");
    with_path(&project, &[&tools], &["build", "--smoke=require"]).exits(5);
    assert!(!project.read_text("xbuild.lock").contains("smoke"));
}

#[test]
fn programs_for_other_processors_run_under_qemu() {
    if !is_amd64() || !has("qemu-aarch64-static") {
        return;
    }
    let project = project("\"linux/arm64\" \"linux/arm/v7\"", "\"exit\" \"7\" exit=7");
    let runs = smoked(&project.xbuild(&["build", "--smoke=require", "--format", "json"]).exits(0));
    let runners: Vec<&str> = runs.iter().map(|(_, smoke)| smoke["runner"].as_str().unwrap()).collect();
    assert_eq!(runners, ["qemu-aarch64-static -cpu cortex-a53", "qemu-arm-static -cpu cortex-a7"]);
}

#[test]
fn a_program_that_needs_more_than_was_promised_dies_of_an_illegal_instruction() {
    if !is_amd64() || !has("qemu-arm-static") {
        return;
    }
    // A division that ARMv7 processors may have and ARMv6 has not: no header and no build info tells of it.
    let project = project("\"linux/arm/v6\"", "\"--version\"");
    project.write("main.go", "package main\n\nfunc divide()\n\nfunc main() {\n\tdivide()\n}\n");
    project
        .write("divide_arm.s", "#include \"textflag.h\"\n\nTEXT ·divide(SB), NOSPLIT, $0\n\tWORD $0xe730f110\n\tRET\n");
    project.xbuild(&["build"]).exits(0);
    let ran = project.xbuild(&["build", "--smoke", "--format", "json"]).exits(6);
    let (_, smoke) = smoked(&ran).remove(0);
    // Go's runtime catches the signal and ends with 2.
    assert_eq!((&smoke["verdict"], &smoke["exit"]), (&json!("failed"), &json!(2)));
    assert!(ran.stderr.contains("SIGILL: illegal instruction"), "{}", ran.stderr);
    assert_eq!(smoke["runner"], "qemu-arm-static -cpu arm1176");
    assert!(ran.stderr.contains("an instruction that linux/arm/v6 (`-cpu arm1176`) has not"), "{}", ran.stderr);
}

#[test]
fn web_assembly_runs_in_node() {
    if !has("node") {
        return;
    }
    let project = project("\"wasip1/wasm\" \"js/wasm\"", "\"exit\" \"7\" exit=7");
    let runs = smoked(&project.xbuild(&["build", "--smoke=require", "--format", "json"]).exits(0));
    let runners: Vec<&str> = runs.iter().map(|(_, smoke)| smoke["runner"].as_str().unwrap()).collect();
    assert_eq!(runners, ["node with node:wasi", "node with Go's wasm_exec_node.js"]);
}

/// What Debian's `wine` does without its half for 32 bits: such a program is not started, and that is said by nothing but 0.
const WINE: &str = r#"#!/bin/sh
case "$1" in
wineboot) mkdir -p "$WINEPREFIX/drive_c/windows/system32" ;;
*) [ -d "$WINEPREFIX/drive_c" ] && echo "app 1.0" ;;
esac
"#;

/// Ends what runs in the prefix: here it leaves a mark beside itself.
const WINESERVER: &str = "#!/bin/sh\necho \"$1\" >> \"${0%/*}/told\"\n";

#[test]
fn wine_that_starts_no_32_bit_program_has_not_run_it() {
    if !is_amd64() {
        return;
    }
    let project = project("\"windows/amd64\" \"windows/386\"", "\"--version\"");
    for (name, text) in [("wine", WINE), ("wineserver", WINESERVER)] {
        project.write(&format!("bin/{name}"), text);
        fs::set_permissions(project.path(&format!("bin/{name}")), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let ran = with_path(&project, &[&project.path("bin")], &["build", "--smoke", "--format", "json"]).exits(0);
    let runs: Vec<[Value; 3]> = smoked(&ran)
        .into_iter()
        .map(|(_, smoke)| ["verdict", "runner", "reason"].map(|name| smoke[name].clone()))
        .collect();
    let not_run = [json!("not-run"), Value::Null, json!("`wine32` is not installed")];
    assert_eq!(runs, [[json!("passed"), json!("wine"), Value::Null], not_run]);
    // The runs may be at once.
    let told = fs::read_to_string(project.path("bin/told")).unwrap();
    let mut told: Vec<&str> = told.lines().collect();
    told.sort_unstable();
    assert_eq!(told, ["--kill", "--kill", "--wait", "--wait"]);
}

#[test]
fn inspect_starts_what_it_is_given_with_all_that_follows() {
    if !is_amd64() {
        return;
    }
    let project = project("\"linux/amd64\"", "\"--version\"");
    project.xbuild(&["build"]).exits(0);
    let card = project.xbuild(&["inspect", AMD64, "--smoke"]).exits(0);
    assert!(card.stdout.contains("  smoke run     passed (native)\n"), "{}", card.stdout);
    let failed = project.xbuild(&["inspect", "--format", "json", AMD64, "--smoke", "--format", "9"]).exits(6).json();
    let smoke = &failed["files"][0]["smoke"];
    assert_eq!((&smoke["verdict"], &smoke["exit"]), (&json!("failed"), &json!(9)));
    assert_eq!(smoke["argv"][1], "--format");
    // Where no file stands before it, the first word is one.
    project.xbuild(&["inspect", "--smoke", AMD64, "--version"]).exits(0);
    let none = project.xbuild(&["inspect", "--smoke"]).exits(2);
    assert!(none.stderr.contains("no file is named"), "{}", none.stderr);
    let text = project.xbuild(&["inspect", "--format", "json", "xbuild.kdl", "--smoke"]).exits(0).json();
    assert_eq!(text["files"][0]["smoke"]["verdict"], "not-run");
}
