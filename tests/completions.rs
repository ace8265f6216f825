//! What the shells are told: by the program that they ask, and through bash itself, which splits words in its own way.

use std::path::Path;

use crate::harness::{Project, Ran, run, skipped};

const FLEET: &str = r#"toolchain go "1.26.3"

axis edition community pro

profile prod "linux/amd64"
profile edge "linux/arm64" "linux/arm/v7"

target server {
    go "./server"
    axes edition
}

target site {
    go "./site"
}
"#;

/// Asks as fish does, and answers the words without what is said about them.
fn ask(project: &Project, words: &[&str]) -> Ran {
    let mut command = project.command(&[&["--", "xbuild"], words].concat());
    command.env("XBUILD_COMPLETE", "fish");
    run(command)
}

#[track_caller]
fn check(words: &[&str], expect: &[&str]) {
    check_in(&Project::text(FLEET), words, expect);
}

#[track_caller]
fn check_in(project: &Project, words: &[&str], expect: &[&str]) {
    let ran = ask(project, words).exits(0);
    let offered: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split('\t').next()).collect();
    let values: Vec<&str> = offered.into_iter().filter(|word| !word.starts_with('-')).collect();
    assert_eq!((values.as_slice(), ran.stderr.as_str()), (expect, ""), "{words:?}");
}

#[test]
fn names_of_the_project_are_offered() {
    check(&["build", ""], &["prod", "edge"]);
    check(&["plan", "prod", "e"], &["edge"]);
    check(&["build", "-t", ""], &["server", "site"]);
    check(&["matrix", "--platform", "linux/arm"], &["linux/arm64", "linux/arm/v7"]);
    check(&["matrix", "--axis", "edition=p"], &["edition=pro"]);
    check(&["verify", "--cell", "edge/si"], &["edge/site@linux/arm64", "edge/site@linux/arm/v7"]);
    check(&["build", "--cell", "prod/server@linux/amd64,edition=c"], &["prod/server@linux/amd64,edition=community"]);
    check(&["lock", "--update", ""], &["go"]);
}

#[test]
fn words_of_the_program_are_offered() {
    check(&["b"], &["build"]);
    check(&["completions", "z"], &["zsh"]);
    check(&["explain", "quo"], &["quote-me"]);
    check(&["explain", "env-s"], &["env-secret"]);
    check(&["man", "insp"], &["inspect"]);
    check(&["build", "--isolation", "l"], &["landlock"]);
    check(&["verify", "--expect", "linux/riscv"], &["linux/riscv64"]);
    check(&["verify", "--expect", "linux/riscv64", "xb"], &["xbuild.kdl"]);
}

#[test]
fn the_project_is_the_one_that_the_words_name() {
    let project = Project::text("profile here \"linux/amd64\"\n");
    project.write("other/xbuild.kdl", "profile there \"linux/amd64\"\n");
    check_in(&project, &["build", ""], &["here"]);
    check_in(&project, &["-C", "other", "build", ""], &["there"]);
    check_in(&project, &["build", "--file=other/xbuild.kdl", ""], &["there"]);
    check_in(&project, &["build", "--file", "-", ""], &[]);
    check_in(&project, &["-C", "nowhere", "build", ""], &[]);
}

#[test]
fn a_project_that_does_not_read_offers_nothing_and_says_nothing() {
    for text in ["target {", "profile prod\n", "profile prod \"linux/amd64\"\nnonsense\n", "\"\\xff"] {
        check_in(&Project::text(text), &["build", ""], &[]);
    }
    check_in(&Project::text([0xff, 0xfe]), &["build", "--cell", ""], &[]);
    check_in(&Project::empty(), &["build", ""], &[]);
    let many = format!("profile prod \"linux/amd64\"\naxis a {0}\naxis b {0}\n", "v w x y z ".repeat(40));
    check_in(&Project::text(many), &["build", "--cell", ""], &[]);
}

#[test]
fn a_shell_that_is_not_known_or_asks_for_nothing_gets_no_answer() {
    let project = Project::text(FLEET);
    for (shell, arguments) in [("tcsh", &["--", "xbuild", ""][..]), ("fish", &["build"]), ("zsh", &["--"])] {
        let mut command = project.command(arguments);
        command.env("XBUILD_COMPLETE", shell);
        let ran = run(command).exits(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "{shell}");
    }
}

#[test]
fn every_shell_has_a_script_that_starts_this_program() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = project.xbuild(&["completions", shell]).exits(0).stdout;
        assert!(script.contains(env!("CARGO_BIN_EXE_xbuild")) && script.contains("XBUILD_COMPLETE"), "{script}");
    }
    project.xbuild(&["completions", "tcsh"]).exits(2);
}

/// The replies of bash. `parts` are the words so far as bash splits them, and the last is what it wants completed.
#[track_caller]
fn check_bash(line: &str, parts: &[&str], expect: &[&str]) {
    if !Path::new("/bin/bash").exists() {
        return skipped("completions in bash", "there is no /bin/bash");
    }
    let project = Project::text(FLEET);
    let program = env!("CARGO_BIN_EXE_xbuild");
    let script = format!(
        "source <('{program}' completions bash)\n\
         COMP_LINE=\"$1\" COMP_POINT=${{#1}}; shift; COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))\n\
         last=\"${{*: -1}}\"; [[ \"$last\" == [=:] ]] && last=\n\
         _xbuild xbuild \"$last\" \"\" && printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let mut command = project.isolated(Path::new("/bin/bash"), &["--norc", "--noprofile", "-c", &script, "bash", line]);
    command.args(parts);
    let ran = run(command).exits(0);
    let replies: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!((replies.as_slice(), ran.stderr.as_str()), (expect, ""), "{line}");
}

#[test]
fn bash_gets_whole_words_and_replaces_only_the_part_that_it_asked_for() {
    check_bash("xbuild build ed", &["xbuild", "build", "ed"], &["edge"]);
    check_bash("xbuild build --cell prod/si", &["xbuild", "build", "--cell", "prod/si"], &["prod/site@linux/amd64"]);
    let parts = ["xbuild", "build", "--cell", "edge/site", "@linux/arm/"];
    check_bash("xbuild build --cell edge/site@linux/arm/", &parts, &["@linux/arm/v7"]);
    let parts = ["xbuild", "build", "--axis", "edition", "="];
    check_bash("xbuild build --axis edition=", &parts, &["community", "pro"]);
    check_bash("xbuild plan --target=se", &["xbuild", "plan", "--target", "=", "se"], &["server"]);
    check_bash("xbuild  plan   prod  -t ser", &["xbuild", "plan", "prod", "-t", "ser"], &["server"]);
    check_bash("xbuild plan -t ", &["xbuild", "plan", "-t", ""], &["server", "site"]);
}

#[test]
fn every_command_has_a_manual_page() {
    let project = Project::empty();
    let whole = project.xbuild(&["man"]).exits(0).stdout;
    let help = project.xbuild(&["--help"]).exits(0).stdout;
    let commands = help.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).unwrap();
    let commands: Vec<&str> = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let commands: Vec<&str> = commands.into_iter().filter(|command| !command.is_empty()).collect();
    assert!(commands.len() > 10, "{help}");
    for command in commands {
        let page = project.xbuild(&["man", command]).exits(0).stdout;
        assert!(page.contains(&format!(".TH xbuild-{command} 1")), "{page}");
        assert!(whole.contains(&format!("xbuild\\-{command}(1)")), "{command} in {whole}");
    }
    let ran = project.xbuild(&["man", "nonsense", "--format", "json"]).exits(2);
    assert_eq!(ran.codes(), ["xbuild::usage"]);
}
