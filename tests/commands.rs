//! The commands on small projects: exit codes, documents, the lock, what is built again and what is not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{AMD64, ARM_V7, ARM64, FLEET, Project, Ran, SINGLE, by_id, host, program, run, skipped};

const CELLS: [&str; 3] = ["prod/app@linux/amd64", "edge/app@linux/arm64", "edge/app@linux/arm/v7"];

/// A text that `check`, `matrix` and `fmt` need no toolchain for.
const STATIC: &str = r#"project fleet version="1.2.3"
toolchain go "1.26.3"

profile prod "linux/amd64" default=#true
profile edge "linux/arm64" "linux/arm/v7"

axis edition community pro

target app {
    go "."
    axes edition
}

exclude platform="linux/arm/v7" edition=pro
"#;

fn ids(document: &Value) -> Vec<String> {
    document["cells"].as_array().unwrap().iter().map(|cell| cell["id"].as_str().unwrap().to_owned()).collect()
}

/// The cell of a document with this id.
#[track_caller]
fn cell<'d>(document: &'d Value, id: &str) -> &'d Value {
    let mut cells = document["cells"].as_array().unwrap().iter();
    cells.find(|cell| cell["id"] == id).unwrap_or_else(|| panic!("no {id}: {document}"))
}

fn of_each_cell(text: &str) -> BTreeMap<String, String> {
    CELLS.map(|id| (id.to_owned(), text.to_owned())).into()
}

/// Whether a text is a digest as documents write it.
fn is_digest(value: &Value, kind: &str) -> bool {
    let hex = value.as_str().and_then(|text| text.strip_prefix(kind)?.strip_prefix(':'));
    hex.is_some_and(|hex| hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()))
}

#[test]
fn check_says_that_a_file_is_good() {
    let ran = Project::text(STATIC).xbuild(&["check"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "xbuild.kdl: no problems\n"));
    let document = Project::text(STATIC).xbuild(&["check", "--format", "json"]).exits(0).json();
    assert_eq!(document, json!({ "format": 1, "diagnostics": [] }));
}

#[test]
fn a_text_that_was_checked_before_is_known_by_all_that_its_verdict_hangs_on() {
    let project = Project::text(STATIC);
    let check =
        |more: &[&str], code| drop(project.xbuild(&[&["check", "--cache-dir", "known"], more].concat()).exits(code));
    check(&[], 0);
    assert!(project.path("known/v1/index/clean").is_file());
    check(&[], 0);
    check(&["--max-cells", "2"], 3);
    project.edit("xbuild.kdl", "linux/arm64", "linux/aarch64");
    check(&[], 3);
    check(&[], 3);
    project.edit("xbuild.kdl", "linux/aarch64", "linux/arm64");
    check(&[], 0);
    fs::write(project.path("known/v1/index/clean"), "no keys").unwrap();
    check(&[], 0);
}

#[test]
fn check_reports_every_problem_with_its_place() {
    let text = STATIC.replace("\"linux/arm64\"", "\"linux/aarch64\"").replace("\"1.26.3\"", "1.26");
    let ran = Project::text(text).xbuild(&["check", "--format", "json"]).exits(3);
    assert_eq!(ran.codes(), ["xbuild::number-for-string", "xbuild::unknown-platform"]);
    let label = &ran.diagnostic("xbuild::unknown-platform")["labels"][0];
    assert_eq!((&label["line"], &label["column"], &label["primary"]), (&json!(5), &json!(14), &json!(true)));
    assert_eq!(label["length"], "\"linux/aarch64\"".len());
}

#[test]
fn a_warning_fails_only_where_it_is_denied() {
    let project = Project::text("");
    project.xbuild(&["check"]).exits(0);
    project.xbuild(&["check", "--deny-warnings"]).exits(3);
}

#[test]
fn the_file_is_found_upwards_or_named_or_read_from_standard_input() {
    let project = Project::text(STATIC);
    project.write("deep/er/file", "");
    project.xbuild(&["check", "-C", "deep/er"]).exits(0);
    fs::rename(project.path("xbuild.kdl"), project.path("other.kdl")).unwrap();
    project.xbuild(&["check"]).exits(3);
    project.xbuild(&["check", "--file", "other.kdl"]).exits(0);
    let mut piped = project.command(&["matrix", "--file", "-", "--format", "json"]);
    piped.stdin(fs::File::open(project.path("other.kdl")).unwrap());
    assert_eq!(run(piped).exits(0).json()["project"], "fleet");
}

#[test]
fn fmt_is_idempotent_and_check_tells_without_writing() {
    let project = Project::text(STATIC.replace("    go", "  go").replace("edge \"", "edge   \""));
    let before = project.read("xbuild.kdl");
    project.xbuild(&["fmt", "--check", "--format", "json"]).exits(7).diagnostic("xbuild::not-formatted");
    assert_eq!(project.read("xbuild.kdl"), before);
    project.xbuild(&["fmt"]).exits(0);
    let formatted = project.read("xbuild.kdl");
    assert_ne!(formatted, before);
    project.xbuild(&["fmt", "--check"]).exits(0);
    project.xbuild(&["fmt"]).exits(0);
    assert_eq!(project.read("xbuild.kdl"), formatted);
}

#[test]
fn matrix_lists_cells_and_what_was_dropped() {
    let project = Project::text(STATIC);
    let all = project.xbuild(&["matrix", "--all", "--format", "json"]).exits(0).json();
    assert_eq!(all["profiles"], json!(["prod", "edge"]));
    assert_eq!(
        ids(&all),
        [
            "prod/app@linux/amd64,edition=community",
            "prod/app@linux/amd64,edition=pro",
            "edge/app@linux/arm64,edition=community",
            "edge/app@linux/arm64,edition=pro",
            "edge/app@linux/arm/v7,edition=community",
        ]
    );
    assert_eq!(all["cells"][4]["platform"], json!({ "os": "linux", "arch": "arm", "variant": "v7" }));
    assert_eq!(all["cells"][4]["axes"], json!({ "edition": "community" }));
    let dropped = &all["dropped"][0];
    assert_eq!(dropped["id"], "edge/app@linux/arm/v7,edition=pro");
    assert_eq!((&dropped["reason"], &dropped["by"]["line"]), (&json!("excluded"), &json!(14)), "{dropped}");
}

#[test]
fn matrix_for_a_workflow_has_its_shape() {
    let document = Project::text(STATIC).xbuild(&["matrix", "edge", "--format", "github"]).exits(0);
    let document: Value = serde_json::from_str(&document.stdout).unwrap();
    let last = document["include"].as_array().unwrap().last().unwrap();
    let expected = json!({
        "id": "edge/app@linux/arm/v7,edition=community", "target": "app", "profile": "edge",
        "os": "linux", "arch": "arm", "variant": "v7", "axes": { "edition": "community" },
    });
    assert_eq!(last, &expected);
}

#[test]
fn a_workflow_matrix_of_more_than_256_jobs_names_the_way_out() {
    let values: String = (0..300).map(|number| format!(" v{number}")).collect();
    let text = format!(
        "toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\naxis edition{values}\n\
         target app {{\n    go \".\"\n    axes edition\n}}\n"
    );
    let ran = Project::text(text).xbuild(&["matrix", "--format", "github"]).exits(4);
    assert!(ran.stderr.contains("--shard"), "{ran:#?}");
}

#[track_caller]
fn check_selection(arguments: &[&str], expected: &[&str]) {
    let arguments = [&["matrix", "--format", "json"], arguments].concat();
    let document = Project::text(STATIC).xbuild(&arguments).exits(0).json();
    assert_eq!(ids(&document), expected);
}

#[test]
fn a_selection_combines_kinds_with_and_and_repeats_with_or() {
    check_selection(&[], &["prod/app@linux/amd64,edition=community", "prod/app@linux/amd64,edition=pro"]);
    check_selection(&["edge", "--axis", "edition=pro"], &["edge/app@linux/arm64,edition=pro"]);
    check_selection(
        &["--all", "-p", "linux/amd64", "-p", "linux/arm64", "--axis", "edition=pro", "-t", "app"],
        &["prod/app@linux/amd64,edition=pro", "edge/app@linux/arm64,edition=pro"],
    );
    check_selection(&["--cell", "edge/*arm/v7*"], &["edge/app@linux/arm/v7,edition=community"]);
    check_selection(&["edge", "--shard", "3/3"], &["edge/app@linux/arm/v7,edition=community"]);
}

#[test]
fn the_host_selection_is_what_this_machine_can_run() {
    let text =
        format!("toolchain go \"1.26.3\"\nprofile all \"{}\" \"plan9/386\"\ntarget app {{\n    go \".\"\n}}\n", host());
    let document = Project::text(text).xbuild(&["matrix", "--host", "--format", "json"]).exits(0).json();
    assert_eq!(ids(&document), [format!("all/app@{}", host())]);
}

#[track_caller]
fn check_empty_selection(arguments: &[&str], code: &str, named: &str) {
    for command in ["matrix", "plan", "build", "verify"] {
        let ran = Project::text(STATIC).xbuild(&[&[command, "--format", "json"], arguments].concat()).exits(4);
        let diagnostic = ran.diagnostic(code);
        assert!(diagnostic["help"].as_str().unwrap_or_default().contains(named), "{named} in {diagnostic}");
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn a_selection_of_nothing_shows_the_nearest() {
    check_empty_selection(&["prd"], "xbuild::unknown-profile", "prod");
    check_empty_selection(&["-t", "ap"], "xbuild::unknown-target", "app");
    check_empty_selection(
        &["--cell", "edge/app@linux/arm64"],
        "xbuild::unknown-cell",
        "edge/app@linux/arm64,edition=community",
    );
}

#[test]
fn arguments_that_do_not_read_are_usage_errors() {
    let project = Project::text(STATIC);
    for arguments in [
        &["build", "--no-such-flag"][..],
        &["nonsense"],
        &["build", "--shard", "0/3"],
        &["build", "--shard", "4/3"],
        &["build", "--axis", "edition"],
        &["build", "--fail-fast", "--keep-going"],
        &["build", "-j", "0"],
        &["build", "--isolation", "nonsense"],
        &["verify", "--expect", "linux/arm", "file"],
        &["verify", "--expect", "linux/arm64"],
        &["explain", "no-such-code"],
        &["inspect"],
        &[],
    ] {
        let ran = project.xbuild(arguments).exits(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{arguments:?}: {ran:#?}");
    }
}

#[track_caller]
fn check_usage(arguments: &[&str], message: &str, help: &str) {
    for format in [&["--format", "json"][..], &["--format=ndjson"]] {
        let ran = Project::empty().xbuild(&[arguments, format].concat()).exits(2);
        let document: Value = serde_json::from_str(&ran.stderr).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
        let expected = json!({
            "code": "xbuild::usage", "severity": "error", "message": message, "help": help, "url": null, "file": null,
            "labels": [], "note": null, "output": null, "related": [],
        });
        assert_eq!((document, ran.stdout.as_str()), (json!({ "format": 1, "diagnostics": [expected] }), ""));
    }
}

#[test]
fn arguments_that_do_not_read_are_a_document_for_programs() {
    check_usage(&["biuld"], "unrecognized subcommand 'biuld'", "try `build`");
    check_usage(&["build", "--no-cahce"], "unexpected argument '--no-cahce' found", "try `--no-cache`");
    check_usage(
        &["build", "--color", "sometimes"],
        "invalid value 'sometimes' for '--color <WHEN>'",
        "use one of `auto`, `always`, `never`",
    );
    check_usage(
        &["inspect"],
        "the following required arguments were not provided: <FILE>...",
        "run `xbuild inspect --help`",
    );
}

#[test]
fn a_folder_that_is_not_there_is_a_document_for_programs() {
    let ran = Project::empty().xbuild(&["check", "-C", "nowhere", "--format", "json"]).exits(2);
    ran.diagnostic("xbuild::bad-dir");
}

#[test]
fn help_and_version_go_to_standard_output() {
    for arguments in [&["--help"][..], &["--version"], &["build", "--help", "--format", "json"]] {
        let ran = Project::empty().xbuild(arguments).exits(0);
        assert!(ran.stdout.contains("xbuild") && ran.stderr.is_empty(), "{ran:#?}");
    }
}

#[test]
fn explain_prints_the_page_with_and_without_the_prefix() {
    let project = Project::empty();
    let page = project.xbuild(&["explain", "quote-me"]).exits(0).stdout;
    assert!(page.starts_with("# xbuild::quote-me"), "{page}");
    assert_eq!(project.xbuild(&["explain", "xbuild::quote-me"]).exits(0).stdout, page);
    let near = project.xbuild(&["explain", "quote-my", "--format", "json"]).exits(2).diagnostic("xbuild::unknown-code");
    assert!(near["help"].as_str().unwrap().contains("quote-me"), "{near}");
}

#[test]
fn explain_tells_what_a_node_is() {
    let project = Project::empty();
    for node in xbuild_config::grammar::nodes() {
        let entry = project.xbuild(&["explain", node.name]).exits(0).stdout;
        let parts = [node.example, node.codes.first().copied().unwrap_or_default(), node.default.unwrap_or_default()];
        assert!(parts.iter().all(|part| entry.contains(part)), "{}: {entry}", node.name);
    }
    let near = project.xbuild(&["explain", "profil", "--format", "json"]).exits(2).diagnostic("xbuild::unknown-code");
    assert!(near["help"].as_str().unwrap().contains("`xbuild explain profile`"), "{near}");
}

#[test]
fn inspect_tells_what_any_file_is() {
    let project = Project::empty();
    project.write("script", "#!/bin/sh\n");
    project.write("text", "hello");
    let document = project.xbuild(&["inspect", "script", "text", "--format", "json"]).exits(0).json();
    let kinds: Vec<&Value> = document["files"].as_array().unwrap().iter().map(|file| &file["kind"]).collect();
    assert_eq!(kinds, ["script", "unknown"]);
    assert_eq!((&document["files"][1]["format"], &document["files"][1]["size"]), (&Value::Null, &json!(5)));
    let ran = project.xbuild(&["inspect", "text", "missing", "--format", "json"]).exits(5);
    assert_eq!(ran.json()["files"].as_array().unwrap().len(), 1);
    let below = project.xbuild(&["inspect", ".", "--format", "json"]).exits(0).json();
    assert_eq!((&below["files"][0]["path"], &below["files"][1]["path"]), (&json!("./script"), &json!("./text")));
}

#[test]
fn a_plan_says_build_before_and_cached_after() {
    let project = Project::go(FLEET);
    let before = project.xbuild(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!(by_id(&before, "verdict"), of_each_cell("build"));
    assert_eq!(before["cells"][0]["why"], json!([{ "kind": "never_built", "what": null, "old": null, "new": null }]));
    assert!(project.outputs().is_empty() && !project.path("xbuild.lock").exists());
    let built = project.build();
    let after = project.xbuild(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!(by_id(&after, "verdict"), of_each_cell("cached"));
    assert_eq!(after["cells"][0]["why"], json!([]));
    assert_eq!(by_id(&before, "key"), by_id(&built, "key"));
    assert_eq!(by_id(&before, "key"), by_id(&after, "key"));
}

#[test]
fn a_plan_has_every_field_of_the_contract() {
    let project = Project::go(FLEET);
    let document = project.xbuild(&["plan", "edge", "--format", "json"]).exits(0).json();
    assert_eq!(ids(&document), CELLS[1..]);
    let plan = cell(&document, CELLS[2]);
    assert_eq!((&plan["builder"], &plan["target"], &plan["profile"]), (&json!("go"), &json!("app"), &json!("edge")));
    assert_eq!(plan["platform"], json!({ "os": "linux", "arch": "arm", "variant": "v7" }));
    assert_eq!(plan["origin"]["file"], "xbuild.kdl");
    assert!(is_digest(&plan["key"], "blake3") && is_digest(&plan["inputs"]["digest"], "blake3"), "{plan}");
    assert_eq!(plan["inputs"]["files"], 2);
    let bytes = project.read("main.go").len() + project.read("go.mod").len();
    assert_eq!(plan["inputs"]["bytes"], bytes);
    assert_eq!(plan["outputs"], json!([ARM_V7]));
    let env = |name: &str| plan["env"][name].as_str().unwrap().to_owned();
    let stated = ["CGO_ENABLED", "GOARCH", "GOARM", "GOENV", "GOOS", "GOTOOLCHAIN"].map(env);
    assert_eq!(stated, ["0", "arm", "7", "off", "linux", "local"]);
    assert_eq!(plan["argv_template"][0], "{tool:go}");
    assert_eq!(plan["argv"][0], plan["toolchain"]["go"]["path"]);
    assert_eq!(plan["toolchain"]["go"]["version"], crate::harness::go_version());
    assert!(is_digest(&plan["toolchain"]["go"]["digest"], "blake3"), "{plan}");
}

#[test]
fn a_missing_toolchain_leaves_every_cell_in_the_plan() {
    let project = Project::go(FLEET);
    project.edit("xbuild.kdl", crate::harness::go_version(), "1.21.99");
    let ran = project.xbuild(&["plan", "--offline", "--format", "json"]).exits(5);
    let document = ran.json();
    assert_eq!(by_id(&document, "verdict"), of_each_cell("unknown"));
    assert_eq!(document["cells"][0]["why"][0]["kind"], "tool_missing", "{document}");
}

#[test]
fn a_build_has_every_field_of_the_contract() {
    let project = Project::go(FLEET);
    let document = project.build();
    assert_eq!(ids(&document), CELLS);
    assert_eq!(by_id(&document, "outcome"), of_each_cell("built"));
    let totals = &document["totals"];
    let counts = ["cells", "built", "cached", "failed", "skipped"].map(|name| totals[name].as_u64().unwrap());
    assert_eq!(counts, [3, 3, 0, 0, 0]);
    assert!(totals["elapsed_ms"].is_u64());
    let one = cell(&document, CELLS[1]);
    assert!(one["elapsed_ms"].is_u64() && one["peak_rss_bytes"].as_u64().unwrap() > 0, "{one}");
    assert!(Path::new(one["log"].as_str().unwrap()).is_file(), "{one}");
    let artifact = &one["artifacts"][0];
    assert_eq!((&artifact["path"], &artifact["mismatches"]), (&json!(ARM64), &json!([])));
    assert_eq!(artifact["size"], project.read(ARM64).len());
    assert!(is_digest(&artifact["blake3"], "blake3") && is_digest(&artifact["sha256"], "sha256"), "{artifact}");
    let facts = &artifact["facts"];
    let told = ["format", "os", "arch", "variant", "linkage"].map(|name| facts[name].as_str());
    assert_eq!(told, [Some("elf"), Some("linux"), Some("arm64"), None, Some("static")], "{facts}");
}

#[test]
fn a_build_streams_one_event_a_line() {
    let project = Project::go(SINGLE);
    let ran = project.xbuild(&["build", "--format", "ndjson"]).exits(0);
    let events: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().all(|event| event["format"] == 1), "{events:#?}");
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["began", "started", "finished", "ended"]);
    assert_eq!(events[2]["outcome"], "built");
    assert_eq!(events[2]["artifacts"][0]["path"], AMD64, "as the document of the whole has it");
}

#[test]
fn a_second_build_touches_nothing() {
    let project = Project::go(FLEET);
    project.build();
    let state = || {
        [AMD64, ARM64, ARM_V7, "xbuild.lock"].map(|path| {
            let metadata = fs::metadata(project.path(path)).unwrap();
            (path, metadata.ino(), metadata.modified().unwrap(), metadata.ctime_nsec())
        })
    };
    let before = state();
    let second = project.build();
    assert_eq!(by_id(&second, "outcome"), of_each_cell("cached"));
    assert_eq!(second["lock"]["written"], false);
    assert_eq!(state(), before);
}

#[test]
fn a_second_build_starts_no_process() {
    let project = Project::go(FLEET);
    project.build();
    let Some(calls) = project.calls("execve,execveat", &["build"]) else { return };
    let started: Vec<&String> = calls.iter().filter(|call| call.ends_with("= 0")).collect();
    assert_eq!(started.len(), 1, "xbuild itself and nothing else: {started:#?}");
}

#[test]
fn outputs_that_were_removed_come_back_without_compiling() {
    let project = Project::go(FLEET);
    project.build();
    let before = [AMD64, ARM64, ARM_V7].map(|path| project.read(path));
    fs::remove_dir_all(project.path("dist")).unwrap();
    let again = project.xbuild(&["build", "--offline", "--format", "json"]).exits(0).json();
    assert_eq!(by_id(&again, "outcome"), of_each_cell("cached"));
    assert!([AMD64, ARM64, ARM_V7].map(|path| project.read(path)) == before, "the bytes differ");
}

#[test]
fn an_output_folder_can_be_named() {
    let project = Project::go(SINGLE);
    let document = project.xbuild(&["build", "--out", "elsewhere/out", "--format", "json"]).exits(0).json();
    assert_eq!(document["cells"][0]["artifacts"][0]["path"], "elsewhere/out/prod/linux_amd64/app");
    assert!(project.path("elsewhere/out/prod/linux_amd64/app").is_file());
    assert!(!project.path("dist").exists());
    project.xbuild(&["verify", "--out", "elsewhere/out"]).exits(0);
}

#[test]
fn a_file_of_one_platform_rebuilds_that_platform_only() {
    let project = Project::go(FLEET);
    project.write("x_arm64.go", "package main\n\nvar told = \"one\"\n\nfunc init() {\n\tprintln(told)\n}\n");
    project.write("notes.txt", "one");
    project.write("main_test.go", "package main\n");
    project.build();
    project.edit("x_arm64.go", "one", "two");
    project.write("notes.txt", "two");
    project.write("main_test.go", "package main\n\n// two\n");
    let plan = project.xbuild(&["plan", "--format", "json"]).exits(0).json();
    let why = &cell(&plan, CELLS[1])["why"][0];
    assert_eq!((&why["kind"], &why["what"]), (&json!("input_changed"), &json!("x_arm64.go")), "{why}");
    let mut expected = of_each_cell("cached");
    expected.insert(CELLS[1].to_owned(), "built".to_owned());
    assert_eq!(by_id(&project.build(), "outcome"), expected);
}

#[test]
fn a_new_file_of_a_package_is_an_input() {
    let project = Project::go(SINGLE);
    project.build();
    project.write("more.go", "package main\n\nfunc init() {\n\tprintln(\"more\")\n}\n");
    assert_eq!(project.build()["cells"][0]["outcome"], "built");
    fs::remove_file(project.path("more.go")).unwrap();
    assert_eq!(project.build()["cells"][0]["outcome"], "cached");
}

#[test]
fn an_embedded_file_is_an_input() {
    let project = Project::go(SINGLE);
    project.write("embedded.go", "package main\n\nimport _ \"embed\"\n\n//go:embed text/*.txt\nvar text string\n");
    project.write("text/a.txt", "one");
    project.build();
    project.write("text/a.txt", "two");
    assert_eq!(project.verdicts()[CELLS[0]], "build");
}

/// The program without the right of an administrator to read what nobody may read; `None` where that cannot be taken away.
fn without_override(project: &Project, forbidden: &str, arguments: &[&str]) -> Option<Command> {
    if fs::read(project.path(forbidden)).is_err() {
        return Some(project.command(arguments));
    }
    let drop = "--bounding-set=-dac_override,-dac_read_search";
    let usable = Command::new("setpriv").args([drop, "true"]).status().is_ok_and(|status| status.success());
    let words = [&[drop, env!("CARGO_BIN_EXE_xbuild")], arguments].concat();
    usable.then(|| project.isolated(Path::new("setpriv"), &words))
}

#[test]
fn an_input_that_may_not_be_read_is_named_as_a_fault_of_the_machine() {
    let project = Project::go(FLEET);
    project.edit("xbuild.kdl", "go \".\"", "go \".\"\n    inputs \"data/*\"");
    project.write("data/table", "");
    for forbidden in ["main.go", "go.mod", "data/table"] {
        let path = project.path(forbidden);
        let mode = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        for command in ["plan", "build"] {
            let Some(command) = without_override(&project, forbidden, &[command, "--format", "json"]) else {
                return skipped("a file that may not be read", "this user reads every file, and there is no setpriv");
            };
            let ran = run(command).exits(5);
            assert_eq!(ran.codes(), ["xbuild::permission"], "said once for three cells: {ran:#?}");
            let message = ran.diagnostics()[0]["message"].to_string();
            assert!(message.contains(path.to_str().unwrap()), "{message}");
        }
        fs::set_permissions(&path, mode).unwrap();
    }
    project.build();
}

#[test]
fn an_artifact_or_a_lock_that_may_not_be_read_is_a_fault_of_the_machine() {
    let project = Project::go(SINGLE);
    project.build();
    for (forbidden, code) in [(AMD64, "xbuild::unreadable"), ("xbuild.lock", "xbuild::permission")] {
        fs::set_permissions(project.path(forbidden), fs::Permissions::from_mode(0o000)).unwrap();
        let Some(command) = without_override(&project, forbidden, &["verify", "--format", "json"]) else {
            return skipped("a file that may not be read", "this user reads every file, and there is no setpriv");
        };
        assert_eq!(run(command).exits(5).codes(), [code]);
    }
}

#[test]
fn what_was_touched_but_not_changed_is_not_rebuilt() {
    let project = Project::go(SINGLE);
    project.build();
    project.write("main.go", &program("hello"));
    assert_eq!(project.build()["cells"][0]["outcome"], "cached");
}

#[test]
fn two_copies_of_a_project_share_results() {
    let project = Project::go(SINGLE);
    project.build();
    let copy = Project::empty();
    for file in ["xbuild.kdl", "go.mod", "main.go"] {
        copy.write(file, &project.read_text(file));
    }
    assert_eq!(copy.build()["cells"][0]["outcome"], "cached");
    assert!(copy.read(AMD64) == project.read(AMD64), "the bytes differ");
}

#[test]
fn two_builds_at_once_agree() {
    let project = Project::go(FLEET);
    let spawn = || {
        let mut command = project.command(&["build", "--format", "json"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let children = [spawn(), spawn(), spawn()];
    let documents = children.map(|child| Ran::of(child.wait_with_output().unwrap()).exits(0).json());
    let built: u64 = documents.iter().map(|document| document["totals"]["built"].as_u64().unwrap()).sum();
    assert_eq!(built, 3, "each cell is built once: {documents:#?}");
    project.xbuild(&["verify"]).exits(0);
    assert_eq!(project.build()["lock"]["written"], false);
}

#[test]
fn verify_agrees_with_what_was_built() {
    let project = Project::go(FLEET);
    project.build();
    let document = project.xbuild(&["verify", "--format", "json"]).exits(0).json();
    assert_eq!((&document["ok"], &document["checked"]), (&json!(true), &json!(3)), "{document}");
    project.xbuild(&["verify", "--expect", "linux/arm64", ARM64]).exits(0);
    project
        .xbuild(&["verify", "--expect", "linux/amd64", ARM64, "--format", "json"])
        .exits(6)
        .diagnostic("xbuild::machine-mismatch");
}

#[test]
fn an_artifact_that_is_missing_is_listed_with_its_path() {
    let text = "toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\ntarget app {\n    go \".\"\n}\n";
    let ran = Project::text(text).xbuild(&["verify", "--format", "json"]).exits(6);
    let expected = json!({
        "path": AMD64, "size": null, "bytes_read": null, "name": CELLS[0], "verdict": "not-regular", "mismatches": [],
    });
    assert_eq!(ran.json()["files"], json!([expected]));
}

#[test]
fn what_a_diagnostic_consists_of_has_the_same_fields() {
    let keys = |one: &Value| one.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let project = Project::go(SINGLE);
    project.build();
    project.edit("xbuild.kdl", "\"linux/amd64\"", "\"linux/arm64\"");
    let drift =
        project.xbuild(&["lock", "--check", "--offline", "--format", "json"]).exits(7).diagnostic("xbuild::drift");
    assert_eq!(keys(&drift["related"][0]), keys(&drift));
}

/// The lines of an artifact's block in the lock.
#[track_caller]
fn block(lock: &str, id: &str) -> String {
    let start = lock.find(&format!("artifact \"{id}\" {{\n")).unwrap_or_else(|| panic!("{id} in {lock}"));
    lock[start..].split_inclusive("\n}\n").next().unwrap().to_owned()
}

#[test]
fn the_lock_is_canonical() {
    let project = Project::go(FLEET);
    project.build();
    let lock = project.read_text("xbuild.lock");
    assert!(
        lock.starts_with("// written by xbuild; `xbuild lock` rewrites it\nxbuild-lock 1\n\ntoolchain \"go@"),
        "{lock}"
    );
    let artifacts: Vec<&str> = lock.lines().filter(|line| line.starts_with("artifact ")).collect();
    assert!(artifacts.len() == 3 && artifacts.is_sorted(), "{artifacts:?}");
    let block = block(&lock, CELLS[2]);
    let env: Vec<&str> = block.lines().filter(|line| line.starts_with("    env ")).collect();
    assert!(env.is_sorted() && env.contains(&"    env \"GOARM\" \"7\""), "{env:?}");
    let verified = block.split_once("    verified {\n").unwrap().1;
    let go = format!("        go \"go{}\"\n", crate::harness::go_version());
    let expected = "        format \"elf\"\n        os \"linux\"\n        arch \"arm\"\n        variant \"v7\"\n        \
                    bits 32\n        endian \"little\"\n        machine 40\n        linkage \"static\"\n";
    assert_eq!(verified, format!("{expected}{go}    }}\n}}\n"));
    let secrets = [project.root(), project.home()].map(|path| path.to_str().unwrap().to_owned());
    assert!(!lock.contains("release") && !secrets.iter().any(|path| lock.contains(path)), "{lock}");
}

#[test]
fn a_build_of_one_cell_rewrites_only_its_block() {
    let project = Project::go(FLEET);
    project.xbuild(&["build", "prod"]).exits(0);
    let first = project.read_text("xbuild.lock");
    for id in &CELLS[1..] {
        assert_eq!(block(&first, id), format!("artifact \"{id}\" {{\n    pending\n}}\n"));
    }
    project.xbuild(&["build", "--cell", CELLS[1]]).exits(0);
    let second = project.read_text("xbuild.lock");
    assert_eq!(block(&second, CELLS[0]), block(&first, CELLS[0]));
    assert_eq!(block(&second, CELLS[2]), block(&first, CELLS[2]));
    assert!(block(&second, CELLS[1]).contains("verified"), "{second}");
}

#[test]
fn a_source_edit_does_not_touch_the_lock() {
    let project = Project::go(SINGLE);
    project.build();
    let lock = project.read_text("xbuild.lock");
    project.write("main.go", &program("something else"));
    project.xbuild(&["build", "--locked"]).exits(0);
    assert_eq!(project.read_text("xbuild.lock"), lock);
}

#[test]
fn a_locked_build_of_an_unchanged_project_writes_nothing() {
    let project = Project::go(FLEET);
    project.build();
    let inode = fs::metadata(project.path("xbuild.lock")).unwrap().ino();
    project.xbuild(&["build", "--locked"]).exits(0);
    project.xbuild(&["lock", "--check", "--offline"]).exits(0);
    assert_eq!(fs::metadata(project.path("xbuild.lock")).unwrap().ino(), inode);
}

#[test]
fn a_locked_build_names_what_changed() {
    let project = Project::go(SINGLE);
    project.build();
    let lock = project.read_text("xbuild.lock");
    project.edit("xbuild.kdl", "    go \".\"\n", "    go \".\" {\n        ldflags \"-s\"\n    }\n");
    let ran = project.xbuild(&["build", "--locked"]).exits(7);
    let named = ran.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    for words in ["xbuild::drift", CELLS[0], "argv was `{tool:go} build", "is `{tool:go} build", "-ldflags=-s"] {
        assert!(named.contains(words), "{words:?} in {named}");
    }
    assert_eq!(project.read_text("xbuild.lock"), lock);
    fs::remove_dir_all(project.path("dist")).unwrap();
    let document = project.xbuild(&["build", "--locked", "--format", "json"]).exits(7);
    assert!(!project.path("dist").exists(), "what the lock does not say is not built");
    assert_eq!(document.json()["cells"][0]["outcome"], "skipped");
    document.diagnostic("xbuild::drift");
    let drift = document.json()["lock"]["drift"][0].to_string();
    assert!(drift.contains("argv was") && drift.contains("-ldflags=-s"), "{drift}");
    project.xbuild(&["build"]).exits(0);
    project.xbuild(&["build", "--locked"]).exits(0);
}

#[test]
fn a_cell_that_vanishes_or_appears_is_drift() {
    let project = Project::go(FLEET);
    project.build();
    project.edit("xbuild.kdl", " \"linux/arm/v7\"", "");
    let ran = project.xbuild(&["build", "--locked", "--format", "json"]).exits(7);
    let drift = ran.json()["lock"]["drift"].to_string();
    assert!(drift.contains(CELLS[2]) && drift.contains("no longer built"), "{drift}");
    assert!(project.read_text("xbuild.lock").contains(CELLS[2]));
    project.xbuild(&["lock", "--check", "--offline"]).exits(7);
    project.xbuild(&["lock", "--offline"]).exits(0);
    assert!(!project.read_text("xbuild.lock").contains(CELLS[2]));
    project.edit("xbuild.kdl", "\"linux/arm64\"", "\"linux/arm64\" \"linux/arm/v7\"");
    let ran = project.xbuild(&["build", "--locked", "--format", "json"]).exits(7);
    assert!(ran.json()["lock"]["drift"].to_string().contains("not in the lock"), "{ran:#?}");
}

#[test]
fn a_release_promises_its_bytes_for_its_inputs() {
    let project = Project::go(SINGLE);
    project.xbuild(&["build", "--release"]).exits(0);
    let lock = project.read_text("xbuild.lock");
    let release = block(&lock, CELLS[0]).split_once("    release {\n").unwrap().1.to_owned();
    let size = format!("        size {}", project.read(AMD64).len());
    assert!(
        release.contains("inputs \"blake3:") && release.contains("sha256 ") && release.contains(&size),
        "{release}"
    );
    project.xbuild(&["build", "--locked", "--no-cache"]).exits(0);
    // Other inputs say nothing about it.
    project.write("main.go", &program("something else"));
    project.xbuild(&["build", "--locked"]).exits(0);
    project.xbuild(&["build"]).exits(0);
    assert_eq!(project.read_text("xbuild.lock"), lock);
}

#[test]
fn other_bytes_from_the_inputs_of_a_release_are_drift() {
    let project = Project::go(SINGLE);
    project.xbuild(&["build", "--release"]).exits(0);
    let size = project.read(AMD64).len();
    project.edit("xbuild.lock", &format!("size {size}"), &format!("size {}", size + 1));
    let lock = project.read_text("xbuild.lock");
    project.xbuild(&["build", "--locked"]).exits(7);
    let ran = project.xbuild(&["build"]).exits(7);
    assert!(ran.stderr.contains("release size"), "{ran:#?}");
    assert_eq!(project.read_text("xbuild.lock"), lock);
}

#[test]
fn the_lock_pins_the_tree_of_the_toolchain() {
    let project = Project::go(SINGLE);
    project.xbuild(&["lock", "--offline"]).exits(0);
    let lock = project.read_text("xbuild.lock");
    assert_eq!(block(&lock, CELLS[0]), format!("artifact \"{}\" {{\n    pending\n}}\n", CELLS[0]));
    let start = lock.find("tree \"blake3:").unwrap() + "tree \"blake3:".len();
    let other = format!("{}{}{}", &lock[..start], "0".repeat(64), &lock[start + 64..]);
    project.write("xbuild.lock", &other);
    let ran = project.xbuild(&["build", "--offline", "--format", "json"]).exits(5);
    assert!(!ran.diagnostics().is_empty(), "{ran:#?}");
    assert_eq!(project.read_text("xbuild.lock"), other);
    project.xbuild(&["lock", "--update", "go", "--offline"]).exits(0);
    assert_eq!(project.read_text("xbuild.lock"), lock);
}

#[test]
fn a_build_of_some_cells_keeps_the_pins_of_all() {
    let project = Project::go(FLEET);
    project.xbuild(&["lock", "--offline"]).exits(0);
    project.write("main.go", "package main\n\nfunc main() {\n\tnonsense()\n}\n");
    let lock = project.read_text("xbuild.lock");
    project.xbuild(&["build", "prod"]).exits(1);
    assert_eq!(project.read_text("xbuild.lock"), lock);
}

#[test]
fn a_lock_that_was_broken_is_not_guessed_at() {
    let project = Project::go(SINGLE);
    for text in ["xbuild-lock 2\n", "nonsense", "xbuild-lock 1\n\nunknown \"x\"\n", "<<<<<<< ours\n"] {
        project.write("xbuild.lock", text);
        let ran = project.xbuild(&["build", "--format", "json"]);
        assert!(matches!(ran.code(), Some(3)), "{text:?}: {ran:#?}");
        assert_eq!(ran.diagnostics()[0]["file"], "xbuild.lock", "{ran:#?}");
        assert_eq!(project.read_text("xbuild.lock"), text);
    }
}

#[test]
fn a_stopped_build_leaves_nothing_half_written() {
    let project = Project::go(FLEET);
    let mut child = project.command(&["build", "--format", "ndjson", "--no-cache"]);
    let mut child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut events = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"started\"") {
        line.clear();
        assert_ne!(std::io::BufRead::read_line(&mut events, &mut line).unwrap(), 0, "it ended before it started");
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    std::io::Read::read_to_end(&mut events, &mut Vec::new()).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap()).exits(130);
    let outputs = project.outputs();
    assert!(outputs.iter().all(|path| !path.contains(".xbuild-")), "{outputs:?} {ran:#?}");
    project.build();
    project.xbuild(&["verify"]).exits(0);
}
