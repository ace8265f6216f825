//! Texts made to break a parser, through the whole program: it ends by itself, soon, and says what is wrong in plain text.

use std::fs::{self, File};
use std::path::Path;
use std::process::Output;

use crate::harness::{self, Project, Ran, go_version, program};
use crate::killers::{self, End, Killer, valid};

/// What the kernel allows a run: seconds of processor time, which an unoptimized program needs more of, and memory in kB, of
/// which stacks and reserves that are never touched take more than half.
const LIMITS: &str = "ulimit -t 30; ulimit -v 500000 2>/dev/null || true; exec \"$0\" \"$@\"";

/// Runs the program within the limits. One that the kernel ends has no exit code.
fn limited(project: &Project, arguments: &[&str]) -> Ran {
    let words = [&["-c", LIMITS, env!("CARGO_BIN_EXE_xbuild")], arguments].concat();
    let mut command = project.isolated(Path::new("sh"), &words);
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| project.home().join(name));
    command.stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
    let status = command.status().unwrap();
    Ran::of(Output { status, stdout: fs::read(stdout).unwrap(), stderr: fs::read(stderr).unwrap() })
}

/// Runs the program, which must end with that code and say nothing that acts on a terminal.
#[track_caller]
fn run(project: &Project, arguments: &[&str], code: i32) -> Ran {
    let ran = limited(project, arguments);
    assert_harmless(&ran);
    assert_eq!(ran.code(), Some(code), "{arguments:?}: {}", start(&ran.stderr));
    ran
}

fn start(text: &str) -> String {
    text.chars().take(2_000).collect()
}

/// Checks a text, for people and for programs.
#[track_caller]
fn check(text: impl AsRef<[u8]>, code: i32) -> Ran {
    let project = Project::text(text);
    run(&project, &["check"], code);
    run(&project, &["check", "--format", "json"], code)
}

#[track_caller]
fn check_all(killers: &[Killer]) {
    killers.iter().for_each(check_killer);
}

/// Every command that reads the file alone ends as it must.
#[track_caller]
fn check_killer(killer: &Killer) {
    let project = Project::text(&killer.bytes);
    let (expect, unread) = match killer.end {
        End::Clean => (None, false),
        End::Unread(slug) => (Some(slug), true),
        End::Wrong(slug) => (Some(slug), false),
    };
    let code = if expect.is_some() { 3 } else { 0 };
    assert_code(killer, expect, &run(&project, &["check", "--format", "json"], code));
    // Without a target there is no cell to show.
    let matrix = limited(&project, &["matrix"]);
    assert_harmless(&matrix);
    let empty = matrix.code() == Some(4) && matrix.stderr.contains("xbuild::empty-selection");
    assert!(matrix.code() == Some(code) || (code == 0 && empty), "{}: {}", killer.name, start(&matrix.stderr));
    if unread {
        assert_code(killer, expect, &run(&project, &["fmt", "--format", "json"], 3));
        assert_eq!(project.read("xbuild.kdl"), killer.bytes, "{}", killer.name);
    } else {
        run(&project, &["fmt"], 0);
        run(&project, &["fmt", "--check"], 0);
    }
}

#[track_caller]
fn assert_code(killer: &Killer, expect: Option<&str>, ran: &Ran) {
    let codes = ran.codes();
    let has = |slug: &str| codes.iter().any(|code| code.strip_prefix("xbuild::") == Some(slug));
    assert!(expect.is_none_or(has), "{}: {codes:?}", killer.name);
}

/// Checks that nothing of the output acts on a terminal.
#[track_caller]
fn assert_harmless(ran: &Ran) {
    for output in [&ran.stdout, &ran.stderr] {
        let control = output.chars().find(|c| (c.is_control() && *c != '\n') || is_bidi(*c));
        assert_eq!(control, None, "{:?}", start(output));
    }
}

/// The characters that reorder the text around them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn nests_neither_explode_nor_use_up_the_stack() {
    check_all(&killers::nests());
}

#[test]
fn floods_are_refused_or_read_within_bounds() {
    check_all(&killers::floods());
}

#[test]
fn few_words_cannot_stand_for_endless_work() {
    check_all(&killers::explosions());
}

#[test]
fn bytes_that_are_no_text_and_text_that_is_not_what_it_seems_are_told() {
    check_all(&killers::bytes());
}

#[test]
fn a_report_has_fifty_problems_and_a_count() {
    let codes = check("nonsense 1 b=2\n".repeat(10_000), 3).codes();
    assert_eq!((codes.len(), codes.last().map(String::as_str)), (51, Some("xbuild::too-many")));
}

#[test]
fn escape_sequences_never_reach_the_terminal() {
    let red = "\\u{1b}[31mred\\u{7}\\u{9b}2J";
    for text in [
        format!("profile prod \"{red}\"\n"),
        format!("target \"{red}\" {{\n    go \".\"\n}}\n"),
        format!("\"{red}\" 1\n"),
        format!("toolchain \"{red}\" \"{red}\"\n"),
        format!("project app version=1 \"{red}\"=\"{red}\"\n"),
        valid(&format!("defaults {{\n    env \"{red}\"=\"1\" GOOS=\"{red}\"\n}}\n")),
        valid(&format!("exclude \"{red}\"=\"{red}\"\n")),
    ] {
        let project = Project::text(text);
        for command in ["check", "matrix", "plan"] {
            run(&project, &[command], 3);
            run(&project, &[command, "--format", "json"], 3);
        }
        run(&project, &["fmt"], 0);
    }
}

#[test]
fn values_with_escape_sequences_are_shown_in_escapes() {
    let red = "\\u{1b}[31mred\\u{1b}]8;;http://x\\u{1b}\\\\\\u{7}\\u{7f}\\u{9b}2J\\u{202e}";
    let project = Project::empty();
    let head =
        format!("toolchain go \"{}\"\nprofile prod \"linux/amd64\"\nproject app version=\"{red}\"\n", go_version());
    let target =
        format!("target app {{\n    go \".\" {{\n        ldflags \"{red}\"\n    }}\n    env RED=\"{red}\"\n}}\n");
    project.write("xbuild.kdl", &(head + &target));
    project.write("go.mod", "module example.com/app\n\ngo 1.21\n");
    project.write("main.go", &program("hello"));
    for arguments in [
        ["check", "--format", "human"],
        ["check", "--format", "json"],
        ["matrix", "--format", "human"],
        ["matrix", "--format", "json"],
        ["matrix", "--format", "ndjson"],
        ["plan", "--format", "human"],
        ["plan", "--format", "json"],
        ["plan", "--format", "ndjson"],
    ] {
        assert_harmless(&project.xbuild(&arguments).exits(0));
    }
}

#[test]
fn a_text_that_layout_would_make_too_large_stays_as_it_is() {
    let text = "/**/".repeat(1 << 20);
    let project = Project::text(&text);
    run(&project, &["check"], 0);
    for arguments in [&["fmt", "--format", "json"][..], &["fmt", "--check", "--format", "json"]] {
        assert_eq!(run(&project, arguments, 3).codes(), ["xbuild::too-large"]);
    }
    assert_eq!(project.read_text("xbuild.kdl"), text);
}

#[test]
fn what_fmt_prints_acts_on_no_terminal() {
    let red = "\\u{1b}[31m\\u{9b}2J\\u{202e}";
    let project = Project::text(valid(&format!("/* a\rb */ target \"{red}\" \"x \\\r y\"\r// {red}\r\n")));
    let mut command = project.command(&["fmt", "--file", "-"]);
    command.stdin(File::open(project.path("xbuild.kdl")).unwrap());
    let ran = harness::run(command).exits(0);
    assert_harmless(&ran);
    assert_eq!(ran.stdout, valid(&format!("/* a\nb */ target \"{red}\" \"x \\\n y\"\n// {red}\n")));
}

#[test]
fn escape_sequences_of_arguments_never_reach_the_terminal() {
    let project = Project::text(valid(""));
    let red = "\u{1b}[31mred\u{7}\u{202e}";
    project.write(red, "#!/bin/sh\n");
    let file = format!("{red}.kdl");
    project.write(&file, &format!("\n{}", valid("")));
    for (arguments, code) in [
        (&["matrix", red][..], 4),
        (&["matrix", "-t", red], 4),
        (&["matrix", "-p", red], 4),
        (&["matrix", "--cell", red], 4),
        (&["matrix", "--axis", red], 2),
        (&["matrix", "--shard", red], 2),
        (&["matrix", "-C", red], 2),
        (&["why", red], 4),
        (&["check", "--file", red], 3),
        (&["check", "--file", "missing/\u{1b}[31m"], 3),
        (&["build", "--isolation", red], 2),
        (&["fmt", "--file", &file, "--check"], 7),
        (&["fmt", "--file", &file], 0),
        (&["check", "--file", &file], 0),
        (&["matrix", "--file", &file], 0),
        (&["explain", red], 2),
        (&["inspect", red], 0),
        (&["inspect", red, "xbuild.kdl"], 0),
        (&["inspect", "missing\u{1b}[31m"], 5),
        (&["verify", "--expect", red, "xbuild.kdl"], 2),
        (&["verify", "--expect", "linux/amd64", red], 6),
        (&[red], 2),
        (&["build", "--out"], 2),
        (&["check", "-f", red, "--color", red], 2),
    ] {
        run(&project, arguments, code);
        run(&project, &[&["--format", "json"], arguments].concat(), code);
    }
}

#[test]
fn escape_sequences_of_a_lock_never_reach_the_terminal() {
    for lock in [
        "\u{1b}[31m\n",
        "xbuild-lock 1\n\"\\u{1b}[31m\" 1\n",
        "xbuild-lock 1\nartifact \"\u{202e}\" {\n    pending\n}\n",
    ] {
        let project = Project::text(valid(""));
        project.write("xbuild.lock", lock);
        let ran = project.xbuild(&["verify"]);
        assert!(matches!(ran.code(), Some(3 | 6)), "{lock:?}: {ran:#?}");
        assert_harmless(&ran);
    }
}
