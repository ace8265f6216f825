//! The traps that xbuild exists for, each one set up on the real toolchain.
//!
//! What a trap is and what xbuild does about it is told in the book's part about traps.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{
    AMD64, ARM_V7, ARM64, FLEET, Project, Ran, SINGLE, by_id, cache, go_root, go_version, host, program, run, skipped,
};

/// Variables that a shell, a CI step or a container image leaves set.
const LEFTOVERS: [(&str, &str); 14] = [
    ("GOOS", "windows"),
    ("GOARCH", "aarch64"),
    ("GOARM", "5"),
    ("GOARM64", "v9.0"),
    ("GOAMD64", "v3"),
    ("CGO_ENABLED", "1"),
    ("CC", "no-such-compiler"),
    ("GOFLAGS", "-tags=wrong -ldflags=-s"),
    ("GO_EXTLINK_ENABLED", "1"),
    ("GOEXPERIMENT", "nosuchexperiment"),
    ("GODEBUG", "gotypesalias=0"),
    ("GOWORK", "/nonexistent/go.work"),
    ("GOTOOLCHAIN", "go1.99.0"),
    ("GOPROXY", "off"),
];

/// A source that a leftover `-tags=wrong` would compile.
const WRONG: &str = "//go:build wrong\n\npackage main\n\nfunc init() {\n\tprintln(\"wrong\")\n}\n";

fn fleet_with_a_wrong_source() -> Project {
    let project = Project::go(FLEET);
    project.write("wrong.go", WRONG);
    project
}

fn programs(project: &Project) -> BTreeMap<&'static str, Vec<u8>> {
    [AMD64, ARM64, ARM_V7].map(|path| (path, project.read(path))).into()
}

/// The line that the only label of a diagnostic points at.
fn labelled_line(diagnostic: &Value) -> u64 {
    diagnostic["labels"][0]["line"].as_u64().unwrap_or_else(|| panic!("no label: {diagnostic}"))
}

#[test]
fn leftovers_in_the_environment_change_no_byte() {
    let project = fleet_with_a_wrong_source();
    let clean = project.build();
    let expected = programs(&project);
    fs::remove_dir_all(project.path("dist")).unwrap();
    let mut poisoned = project.command(&["build", "--no-cache", "--format", "json"]);
    poisoned.envs(LEFTOVERS);
    let poisoned = run(poisoned).exits(0).json();
    assert!(by_id(&poisoned, "outcome").values().all(|outcome| outcome == "built"), "{poisoned}");
    assert_eq!(by_id(&poisoned, "key"), by_id(&clean, "key"));
    assert!(programs(&project) == expected, "the bytes differ");
}

#[test]
fn what_go_env_wrote_changes_no_byte() {
    let project = fleet_with_a_wrong_source();
    let clean = project.build();
    let expected = programs(&project);
    fs::remove_dir_all(project.path("dist")).unwrap();
    let folder = project.home().join(".config/go");
    fs::create_dir_all(&folder).unwrap();
    let lines: String = LEFTOVERS.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    fs::write(folder.join("env"), lines).unwrap();
    let written = project.xbuild(&["build", "--no-cache", "--format", "json"]).exits(0).json();
    assert!(by_id(&written, "outcome").values().all(|outcome| outcome == "built"), "{written}");
    assert_eq!(by_id(&written, "key"), by_id(&clean, "key"));
    assert!(programs(&project) == expected, "the bytes differ");
}

#[test]
fn the_hosts_own_cell_is_built_like_every_other() {
    let project = Project::go(&SINGLE.replace("linux/amd64", &host()));
    let mut with_compiler = project.command(&["build", "--format", "json"]);
    with_compiler.env("CC", "gcc").env("CGO_ENABLED", "1");
    let built = run(with_compiler).exits(0).json();
    let settings = &built["cells"][0]["artifacts"][0]["facts"]["go"]["settings"];
    assert_eq!(settings["CGO_ENABLED"], "0", "{built}");
}

/// A folder that looks like a Go, put first on `PATH`.
fn with_fake_go(project: &Project, version_file: &str, reported: &str) -> Command {
    let root = project.path("mounted");
    let tool = format!("mounted/pkg/tool/{}/compile", host().replace('/', "_"));
    project.write("mounted/VERSION", &format!("go{version_file}\ntime 2024-01-01T00:00:00Z\n"));
    project.write("mounted/bin/go", &format!("#!/bin/sh\necho 'go version go{reported} {}'\n", host()));
    project.write(&tool, &format!("#!/bin/sh\necho 'compile version go{reported}'\n"));
    for program in ["mounted/bin/go", &tool] {
        fs::set_permissions(project.path(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = project.command(&["build", "--format", "json"]);
    let path = std::env::join_paths([root.join("bin"), go_root().join("bin"), "/usr/bin".into(), "/bin".into()]);
    command.env("PATH", path.unwrap());
    command
}

#[test]
fn a_go_whose_parts_are_of_different_releases_is_refused_with_both_versions() {
    for (version_file, reported) in [(go_version(), "1.2.3"), ("1.2.3", go_version())] {
        let project = Project::go(SINGLE);
        let ran = run(with_fake_go(&project, version_file, reported)).exits(5);
        let message = ran.diagnostic("xbuild::mixed-go")["message"].as_str().unwrap().to_owned();
        assert!(message.contains(go_version()) && message.contains("1.2.3"), "{message}");
        assert_eq!(project.outputs(), [""; 0]);
    }
}

#[test]
fn a_whole_go_of_another_release_is_passed_over() {
    let project = Project::go(SINGLE);
    run(with_fake_go(&project, "1.2.3", "1.2.3")).exits(0);
}

const UNKNOWN: &str = "xbuild::unknown-platform";

#[track_caller]
fn check_platform(platform: &str, code: &str, words: &[&str]) {
    let text = format!("toolchain go \"1.26.3\"\nprofile prod \"{platform}\"\ntarget app {{\n    go \".\"\n}}\n");
    let diagnostic = Project::text(text).xbuild(&["check", "--format", "json"]).exits(3).diagnostic(code);
    let text = format!("{} {} {}", diagnostic["message"], diagnostic["help"], diagnostic["labels"]);
    assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {text}");
    assert_eq!(labelled_line(&diagnostic), 2, "{diagnostic}");
}

#[test]
fn a_platform_by_another_name_is_an_error_with_the_right_one() {
    check_platform("linux/aarch64", UNKNOWN, &["linux/arm64"]);
    check_platform("linux/x86_64", UNKNOWN, &["linux/amd64"]);
    check_platform("macos/arm64", UNKNOWN, &["darwin/arm64"]);
}

#[test]
fn arm_without_a_version_is_an_error() {
    check_platform("linux/arm", UNKNOWN, &["say v5, v6 or v7"]);
}

#[test]
fn values_that_go_accepts_and_ignores_are_errors() {
    check_platform("linux/amd64/v9", "xbuild::unknown-variant", &["linux/amd64/v4"]);
    check_platform("linux/arm/v8", "xbuild::unknown-variant", &["linux/arm/v7"]);
}

#[test]
fn the_arm_version_is_read_from_the_build_info() {
    let project = Project::go("\nprofile edge \"linux/arm/v6\" \"linux/arm/v7\"\ntarget app {\n    go \".\"\n}\n");
    project.build();
    let (v6, v7) = ("dist/edge/linux_arm_v6/app", ARM_V7);
    let inspected = project.xbuild(&["inspect", v6, v7, "--format", "json"]).exits(0).json();
    for (file, variant) in inspected["files"].as_array().unwrap().iter().zip(["v6", "v7"]) {
        assert_eq!(file["arch"], "arm", "{file}");
        assert_eq!(file["variant"], variant, "{file}");
        assert_eq!(file["variant_source"], "go-buildinfo", "{file}");
    }
    // The header says the same of both.
    assert_eq!(project.read(v6)[..24], project.read(v7)[..24]);
    project.xbuild(&["verify", "--expect", "linux/arm/v7", v7]).exits(0);
    let wrong = project.xbuild(&["verify", "--expect", "linux/arm/v6", v7, "--format", "json"]).exits(6);
    wrong.diagnostic("xbuild::variant-mismatch");
}

#[test]
fn an_artifact_of_another_machine_is_found_and_replaced() {
    let project = Project::go(FLEET);
    project.build();
    let right = project.read(AMD64);
    fs::copy(project.path(ARM64), project.path(AMD64)).unwrap();
    let diagnostic = project.xbuild(&["verify", "--format", "json"]).exits(6).diagnostic("xbuild::machine-mismatch");
    let line = project.read_text("xbuild.kdl").lines().position(|line| line.starts_with("profile prod")).unwrap() + 1;
    assert_eq!(labelled_line(&diagnostic), line as u64, "{diagnostic}");
    let again = project.build();
    assert_eq!(again["totals"]["cached"], 3, "{again}");
    assert!(project.read(AMD64) == right, "the bytes differ");
    project.xbuild(&["verify"]).exits(0);
}

#[test]
fn a_truncated_artifact_is_found_and_healed() {
    let project = Project::go(FLEET);
    project.build();
    let right = project.read(ARM64);
    fs::write(project.path(ARM64), &right[..right.len() / 2]).unwrap();
    let ran = project.xbuild(&["verify", "--format", "json"]).exits(6);
    assert!(ran.codes().contains(&"xbuild::truncated".to_owned()), "{ran:#?}");
    project.build();
    assert!(project.read(ARM64) == right, "the bytes differ");
    project.xbuild(&["verify"]).exits(0);
}

#[test]
fn a_missing_artifact_is_no_passed_verification() {
    let project = Project::go(SINGLE);
    project.build();
    fs::remove_file(project.path(AMD64)).unwrap();
    project.xbuild(&["verify", "--format", "json"]).exits(6).diagnostic("xbuild::missing-artifact");
}

/// The file of the cache that holds an artifact.
fn blob(built: &Value) -> PathBuf {
    let digest = built["cells"][0]["artifacts"][0]["blake3"].as_str().unwrap().strip_prefix("blake3:").unwrap();
    cache().join("v1/cas").join(&digest[..2]).join(&digest[2..])
}

/// Changes some bytes and leaves size and time.
fn alter(path: &Path) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 16] {
        *byte ^= 0xff;
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(path, bytes).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

#[test]
fn an_altered_cache_is_never_delivered() {
    let project = Project::go(SINGLE);
    let built = project.build();
    let right = project.read(AMD64);
    alter(&blob(&built));
    fs::remove_dir_all(project.path("dist")).unwrap();
    assert_eq!(project.verdicts()["prod/app@linux/amd64"], "build");
    let again = project.build();
    assert_eq!(again["cells"][0]["outcome"], "built", "{again}");
    assert!(project.read(AMD64) == right, "the bytes differ");
}

#[test]
fn a_cache_that_lost_a_blob_builds_again() {
    let project = Project::go(SINGLE);
    let built = project.build();
    let right = project.read(AMD64);
    fs::remove_file(blob(&built)).unwrap();
    fs::remove_dir_all(project.path("dist")).unwrap();
    assert_eq!(project.verdicts()["prod/app@linux/amd64"], "build");
    project.build();
    assert!(project.read(AMD64) == right, "the bytes differ");
}

#[track_caller]
fn check_text(text: impl AsRef<[u8]>, code: i32, diagnostic: &str) {
    let ran = Project::text(text).xbuild(&["check", "--format", "json"]).exits(code);
    assert_eq!(ran.codes(), [diagnostic]);
}

#[test]
fn a_project_file_that_cannot_be_one_says_why() {
    check_text("", 0, "xbuild::no-targets");
    check_text(b"profile prod \xff", 3, "xbuild::not-utf8");
    check_text(format!("{}{}", "a {".repeat(10_000), "}".repeat(10_000)), 3, "xbuild::too-deep");
    let project = Project::empty();
    project.xbuild(&["check", "--format", "json"]).exits(3).diagnostic("xbuild::no-project");
    fs::create_dir(project.path("xbuild.kdl")).unwrap();
    project.xbuild(&["check", "--format", "json"]).exits(3).diagnostic("xbuild::no-project");
}

#[test]
fn an_empty_project_has_nothing_to_build() {
    let project = Project::text("");
    project.xbuild(&["build", "--format", "json"]).exits(4);
    assert_eq!(project.outputs(), [""; 0]);
}

#[test]
fn an_output_folder_that_cannot_be_made_is_told_with_its_path() {
    let project = Project::go(SINGLE);
    project.write("file", "");
    let ran = project.xbuild(&["build", "--out", "file/dist", "--format", "json"]).exits(5);
    assert!(ran.stderr.contains("file/dist"), "{ran:#?}");
    assert_eq!(project.read_text("file"), "");
}

#[test]
fn a_folder_where_an_artifact_goes_is_told_with_its_path() {
    let project = Project::go(SINGLE);
    project.write(&format!("{AMD64}/precious"), "kept");
    let ran = project.xbuild(&["build", "--format", "json"]).exits(5);
    assert!(ran.stderr.contains(AMD64), "{ran:#?}");
    assert_eq!(project.read_text(&format!("{AMD64}/precious")), "kept");
    assert_eq!(project.outputs(), ["prod/linux_amd64/app/precious"]);
}

#[test]
fn an_output_folder_without_permission_to_write_is_told_with_its_path() {
    let project = Project::go(SINGLE);
    let dist = project.path("dist");
    fs::create_dir(&dist).unwrap();
    fs::set_permissions(&dist, fs::Permissions::from_mode(0o555)).unwrap();
    let ran = project.xbuild(&["build", "--format", "json"]);
    fs::set_permissions(&dist, fs::Permissions::from_mode(0o755)).unwrap();
    if ran.code() == Some(0) {
        return skipped("no permission to write", "this user may write everywhere");
    }
    let ran = ran.exits(5);
    let diagnostic = ran.diagnostic("xbuild::permission");
    assert!(diagnostic["message"].as_str().unwrap().contains("dist"), "{diagnostic}");
}

/// Runs a script in which file systems can be mounted; `None`, with a printed reason, where this user may not.
fn with_mounts(project: &Project, script: &str) -> Option<Ran> {
    let shell = |script: &str| {
        let arguments = ["--user", "--map-root-user", "--mount", "sh", "-euc", script];
        let mut command = project.isolated(Path::new("unshare"), &arguments);
        command.env("XBUILD", env!("CARGO_BIN_EXE_xbuild"));
        command
    };
    let probe = shell("mount -t tmpfs -o size=1M none \"$HOME\"").output();
    if probe.as_ref().is_ok_and(|output| output.status.success()) {
        return Some(run(shell(script)));
    }
    skipped("a full disk", &format!("no file system can be mounted here: {probe:?}"));
    None
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let project = Project::go(FLEET);
    fs::create_dir(project.path("dist")).unwrap();
    // The second program of three does not fit. What is left in `dist` is told on standard output.
    let script = "mount -t tmpfs -o size=3M none dist\n\
                  \"$XBUILD\" build -j 1 --format json >document && exit 99 || code=$?\n\
                  find dist -type f\n\
                  exit $code";
    let Some(ran) = with_mounts(&project, script) else { return };
    let ran = ran.exits(5);
    let diagnostics = ran.diagnostics();
    assert!(diagnostics.iter().any(|one| one["code"] == "xbuild::disk-full"), "{ran:#?}");
    assert!(diagnostics.iter().all(|one| one["message"].as_str().unwrap().contains("dist")), "{ran:#?}");
    let document: Value = serde_json::from_str(&project.read_text("document")).unwrap();
    let delivered: Vec<&Value> =
        document["cells"].as_array().unwrap().iter().filter(|cell| cell["outcome"] != "failed").collect();
    assert_eq!(ran.stdout.lines().count(), delivered.len(), "{ran:#?}");
    assert!(!ran.stdout.contains(".xbuild-"), "{ran:#?}");
    let room = project.build();
    assert_eq!(room["totals"]["failed"], 0, "{room}");
    project.xbuild(&["verify"]).exits(0);
}

#[test]
fn a_full_cache_leaves_nothing_half_written() {
    let project = Project::go(SINGLE);
    // The standard library as the warm cache has it, and little room beside it.
    let script = "mkdir small\n\
                  mount -t tmpfs -o size=1G none small\n\
                  mkdir -p small/cache/v1\n\
                  cp -a \"$XBUILD_CACHE_DIR/v1/go\" small/cache/v1/go\n\
                  export XBUILD_CACHE_DIR=\"$PWD/small/cache\"\n\
                  used=$(df -k --output=used small | tail -n 1)\n\
                  mount -o remount,size=$((used + 1200))k small\n\
                  \"$XBUILD\" build --format json && exit 99 || code=$?\n\
                  find dist -type f >left 2>/dev/null || true\n\
                  mount -o remount,size=1G small\n\
                  \"$XBUILD\" build --format json >document\n\
                  exit $code";
    let Some(ran) = with_mounts(&project, script) else { return };
    let ran = ran.exits(5);
    let diagnostic = ran.diagnostic("xbuild::disk-full");
    assert!(diagnostic["message"].as_str().unwrap().contains("small/cache"), "{diagnostic}");
    assert_eq!(project.read_text("left"), "");
    let document: Value = serde_json::from_str(&project.read_text("document")).unwrap();
    assert_eq!(document["totals"]["built"], 1, "{document}");
}

#[test]
fn a_file_that_cannot_be_written_whole_is_not_left() {
    let project = Project::go(SINGLE);
    project.build();
    let right = project.read(AMD64);
    fs::remove_dir_all(project.path("dist")).unwrap();
    // The shell's unit is 512 or 1024 bytes; a program has more than a megabyte.
    let script = "trap '' XFSZ; ulimit -f 500; exec \"$0\" build --format json";
    let ran = run(project.isolated(Path::new("sh"), &["-c", script, env!("CARGO_BIN_EXE_xbuild")])).exits(5);
    assert!(ran.stderr.contains("dist/prod/linux_amd64"), "{ran:#?}");
    assert_eq!(project.outputs(), [""; 0]);
    project.build();
    assert!(project.read(AMD64) == right, "the bytes differ");
}

/// A target that compiles and one that does not.
const ONE_OF_TWO: &str = r#"
profile prod "linux/amd64"

target bad {
    go "./cmd/bad"
}

target good {
    go "./cmd/good"
}
"#;

fn one_of_two() -> Project {
    let project = Project::go(ONE_OF_TWO);
    project.write("cmd/good/main.go", &program("good"));
    project.write("cmd/bad/main.go", "package main\n\nfunc main() {\n\tnonsense()\n}\n");
    project
}

#[test]
fn a_target_that_does_not_compile_does_not_stop_another() {
    let project = one_of_two();
    let ran = project.xbuild(&["build", "--format", "json"]).exits(1);
    let document = ran.json();
    let outcomes = by_id(&document, "outcome");
    assert_eq!(outcomes["prod/bad@linux/amd64"], "failed", "{document}");
    assert_eq!(outcomes["prod/good@linux/amd64"], "built", "{document}");
    assert_eq!(ran.codes(), ["xbuild::action-failed"]);
    assert_eq!(project.outputs(), ["prod/linux_amd64/good"]);
    let lock = project.read_text("xbuild.lock");
    assert!(lock.contains("artifact \"prod/bad@linux/amd64\" {\n    pending\n}"), "{lock}");
    assert!(lock.contains("artifact \"prod/good@linux/amd64\" {\n    builder \"go\""), "{lock}");
}

#[test]
fn the_compilers_words_are_shown_untouched() {
    let ran = one_of_two().xbuild(&["build"]).exits(1);
    assert!(ran.stderr.contains("cmd/bad/main.go:4:2: undefined: nonsense"), "{ran:#?}");
}

#[test]
fn fail_fast_starts_nothing_after_a_failure() {
    let project = Project::go(FLEET);
    project.write("main.go", "package main\n\nfunc main() {\n\tnonsense()\n}\n");
    let ran = project.xbuild(&["build", "--fail-fast", "-j", "1", "--format", "json"]).exits(1);
    let totals = &ran.json()["totals"];
    assert_eq!((&totals["failed"], &totals["skipped"]), (&1.into(), &2.into()), "{totals}");
    let all = project.xbuild(&["build", "-j", "1", "--format", "json"]).exits(1).json();
    assert_eq!(all["totals"]["failed"], 3, "{all}");
}

#[test]
fn an_artifact_that_is_not_what_was_promised_is_not_delivered() {
    let kdl = SINGLE.replace("go \".\"\n", "go \".\"\n    expect linkage=dynamic\n");
    let project = Project::go(&kdl);
    let ran = project.xbuild(&["build", "--format", "json"]).exits(6);
    let diagnostic = ran.diagnostic("xbuild::linkage-mismatch");
    let line = project.read_text("xbuild.kdl").lines().position(|line| line.contains("expect")).unwrap() + 1;
    assert_eq!(labelled_line(&diagnostic), line as u64, "{diagnostic}");
    assert_eq!(ran.json()["cells"][0]["outcome"], "failed");
    assert_eq!(project.outputs(), [""; 0]);
    assert_eq!(project.verdicts()["prod/app@linux/amd64"], "build");
}

#[test]
fn a_broken_pipe_is_no_crash() {
    let project = Project::go(FLEET);
    let mut child = project.command(&["plan", "--format", "json"]);
    let mut child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(ran.stderr, "");
}
