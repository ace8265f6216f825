//! Ctrl-C and SIGTERM: the run stops, nothing half-written stays, and the next run is as if there had been none.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::harness::{FLEET, Project};

/// A build that is sent a signal as soon as its first action runs; its exit code.
fn interrupted(project: &Project, signal: &str) -> i32 {
    let mut command = project.command(&["build", "--no-cache", "--format", "ndjson", "--jobs", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let started = lines.by_ref().map_while(Result::ok).any(|line| line.contains(r#""event":"started""#));
    assert!(started, "no action was started");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    // What it still says must find a reader.
    lines.for_each(drop);
    child.wait().unwrap().code().expect("it ends by itself")
}

/// Three programs whose links take long enough to be interrupted.
fn slow() -> Project {
    let project = Project::go(FLEET);
    project.write("main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"slow\") }\n");
    project
}

fn check(signal: &str, code: i32) {
    let project = slow();
    assert_eq!(interrupted(&project, signal), code);
    let left = project.outputs();
    assert!(left.iter().all(|path| !path.contains(".xbuild-")), "{left:?}");
    let next = project.build();
    assert_eq!(next["totals"]["failed"], 0);
    project.xbuild(&["verify"]).exits(0);
}

#[test]
fn an_interrupt_ends_the_run_with_130_and_leaves_nothing_half_written() {
    check("INT", 130);
}

#[test]
fn a_termination_ends_the_run_with_143_and_leaves_nothing_half_written() {
    check("TERM", 143);
}
