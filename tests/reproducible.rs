//! The same commit gives the same bytes, wherever, whenever and by whomever it is built.
//!
//! Two clones differ in everything that should not matter: folder, home, file creation mask, time zone, language, file
//! times, what the user's Go configuration and the environment say, and the second at which they run. Actions get an
//! environment of their own, so a library that fakes the clock (`faketime`) would not reach a compiler: the real clock
//! moves on between the builds instead, by at least a second.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::harness::{Project, Ran, host, run};

/// The commit and its time are in the program, so both clones must read them alike.
const STAMPED: &str = r#"
profile prod "linux/amd64"
profile edge "linux/arm64"

defaults {
    go {
        ldflags "-X=main.commit={commit}" "-X=main.time={commit-time}"
    }
}

target app {
    go "."
}
"#;

const PROGRAM: &str = "package main\n\nimport (\n\t_ \"embed\"\n\t\"os\"\n)\n\nvar commit, time string\n\n//go:embed page.txt\nvar page string\n\nfunc main() {\n\tos.Stdout.WriteString(commit + \" \" + time + \" \" + page)\n}\n";

const OUTPUTS: [&str; 2] = ["dist/prod/linux_amd64/app", "dist/edge/linux_arm64/app"];

/// A project with one commit.
fn committed(kdl: &str) -> Project {
    let project = Project::go(kdl);
    project.write("main.go", PROGRAM);
    project.write("page.txt", "a page\n");
    project.write(".gitignore", "/dist/\n");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    git(&project, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=one"]);
    project
}

fn git(project: &Project, arguments: &[&str]) {
    let mut command = project.isolated(Path::new("git"), arguments);
    command.env("GIT_AUTHOR_DATE", "2024-02-29T12:00:00+09:00").env("GIT_COMMITTER_DATE", "2024-02-29T12:00:00+09:00");
    run(command).exits(0);
}

/// A clone of the project somewhere else, with the cache and the environment of another user.
struct Elsewhere {
    project: Project,
    root: PathBuf,
}

impl Elsewhere {
    fn clone_of(original: &Project) -> Self {
        let project = Project::empty();
        let root = project.path("a folder/with spaces/größer");
        fs::create_dir_all(root.parent().unwrap()).unwrap();
        let (from, to) = (original.root(), root.clone());
        git(&project, &["clone", "--quiet", from.to_str().unwrap(), to.to_str().unwrap()]);
        Self { project, root }
    }

    /// Runs the program here, under a mask that shuts everybody else out.
    fn xbuild(&self, arguments: &[&str]) -> Ran {
        let mut command = self.project.isolated(Path::new("/bin/sh"), &["-c", "umask 077; exec \"$0\" \"$@\""]);
        command.arg(env!("CARGO_BIN_EXE_xbuild")).args(arguments).current_dir(&self.root);
        command.envs([("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "ja_JP.UTF-8"), ("USER", "other")]);
        command.envs([("GOFLAGS", "-race"), ("GOOS", "plan9"), ("CGO_ENABLED", "1"), ("GOAMD64", "v4")]);
        command.envs([("SOURCE_DATE_EPOCH", "1"), ("GOEXPERIMENT", "nodwarf5"), ("GODEBUG", "http2client=0")]);
        run(command)
    }

    /// What `go env -w` would have left in this home.
    fn configure_go(&self) {
        let folder = self.project.home().join(".config/go");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("env"), "GOFLAGS=-tags=other\nGOARM64=v9.0\n").unwrap();
    }

    fn outputs(&self) -> [Vec<u8>; 2] {
        OUTPUTS.map(|path| fs::read(self.root.join(path)).unwrap())
    }
}

/// Moves the times of all sources far away.
fn set_times(root: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    for name in ["main.go", "page.txt", "go.mod", "xbuild.kdl"] {
        fs::File::options().write(true).open(root.join(name)).unwrap().set_modified(time).unwrap();
    }
}

/// Waits for the second to change, which is what a time in a file would be made of.
fn next_second() {
    let second = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let start = second();
    while second() == start {
        std::thread::yield_now();
    }
}

fn all_built(ran: Ran) -> Value {
    let document = ran.exits(0).json();
    let cells = document["cells"].as_array().unwrap();
    assert!(cells.iter().all(|cell| cell["outcome"] == "built"), "{document}");
    document
}

#[test]
fn one_commit_gives_the_same_bytes_in_other_circumstances() {
    let here = committed(STAMPED);
    set_times(&here.root(), 1_000_000_000);
    all_built(here.xbuild(&["build", "--release", "--no-cache", "--format", "json"]));

    let there = Elsewhere::clone_of(&here);
    there.configure_go();
    set_times(&there.root, 2_000_000_000);
    next_second();
    // With the lock of the release, `--locked` demands the same decisions, facts and bytes.
    fs::copy(here.path("xbuild.lock"), there.root.join("xbuild.lock")).unwrap();
    all_built(there.xbuild(&["build", "--locked", "--no-cache", "--format", "json"]));

    for (path, bytes) in OUTPUTS.iter().zip(there.outputs()) {
        assert!(here.read(path) == bytes, "{path} differs");
        let mode = fs::metadata(there.root.join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o755, "{path}");
    }
    let other = there.xbuild(&["build", "--release", "--format", "json"]).exits(0).json();
    assert_eq!(other["totals"]["cached"], 2, "{other}");
    assert_eq!(fs::read_to_string(there.root.join("xbuild.lock")).unwrap(), here.read_text("xbuild.lock"));
}

#[test]
fn the_commit_and_its_time_are_told_in_the_same_words_everywhere() {
    if host() != "linux/amd64" {
        return crate::harness::skipped("running what was built", "it is for linux/amd64");
    }
    let here = committed(STAMPED);
    here.xbuild(&["build", "prod"]).exits(0);
    let program = |path: &Path| run(Command::new(path)).exits(0).stdout;
    let says = program(&here.path(OUTPUTS[0]));
    let (commit, rest) = says.split_once(' ').unwrap();
    assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{says}");
    assert_eq!(rest, "2024-02-29T03:00:00Z a page\n");
    let there = Elsewhere::clone_of(&here);
    there.xbuild(&["build", "prod"]).exits(0);
    assert_eq!(program(&there.root.join(OUTPUTS[0])), says);
}

#[test]
fn a_build_from_scratch_gives_the_same_bytes_as_one_with_everything_compiled_before() {
    let here = committed("\nprofile prod \"linux/amd64\"\n\ntarget app {\n    go \"./tiny\"\n}\n");
    // Without imports only the runtime is compiled anew.
    here.write("tiny/main.go", "package main\n\nfunc main() {\n\tprintln(1)\n}\n");
    all_built(here.xbuild(&["build", "--format", "json"]));
    let warm = here.read(OUTPUTS[0]);
    fs::remove_dir_all(here.path("dist")).unwrap();
    all_built(here.xbuild(&["build", "--from-scratch", "--format", "json"]));
    assert!(here.read(OUTPUTS[0]) == warm, "the bytes differ");
}
