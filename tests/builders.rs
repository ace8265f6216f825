//! Builders other than `go`, and dependencies: planned, carried out, and planned again, with small tools that are scripts.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::harness::{Project, by_id, skipped};

/// A generator, a target that packs what it makes, and one that packs that.
const CHAIN: &str = r#"
toolchain gen  "1.0" kind=tool path="tools/gen"
toolchain pack "1.0" kind=tool path="tools/pack"

profile prod "linux/amd64" "linux/arm64"

target proto {
    noarch
    command gen "{out}" "v1"
    inputs "proto/*.proto"
    outputs go list.txt
}

target bundle {
    command pack "{out}/bundle.txt" "{platform}" "{out:proto}/list.txt"
    deps proto
    inputs "README.md"
    outputs bundle.txt
}

target index {
    command pack "{out}/index.txt" "{arch}" "bundle-{arch}/bundle.txt"
    deps bundle at="bundle-arch"
    inputs "README.md"
    outputs index.txt
}
"#;

const GEN: &str =
    "#!/bin/sh\nset -e\nmkdir \"$1/go\"\ncat proto/*.proto > \"$1/go/gen.go\"\necho \"$2\" > \"$1/list.txt\"\n";
const PACK: &str = "#!/bin/sh\nset -e\n{ echo \"$2\"; cat \"$3\"; } > \"$1\"\n";

fn script(project: &Project, path: &str, text: &str) {
    project.write(path, text);
    fs::set_permissions(project.path(path), fs::Permissions::from_mode(0o755)).unwrap();
}

/// The project of `CHAIN`. Its inputs are its own, so no test finds what another one made.
fn chain() -> Project {
    let project = Project::empty();
    let unique = project.root().display().to_string();
    project.write("xbuild.kdl", &CHAIN.replace("bundle-{arch}/", "bundle-arch/"));
    project.write("proto/a.proto", &format!("// {unique}\n"));
    project.write("README.md", &unique);
    script(&project, "tools/gen", GEN);
    script(&project, "tools/pack", PACK);
    project
}

/// Verdict and reasons of each cell: `proto: build, never_built`.
fn plan(project: &Project, exit: i32) -> Vec<String> {
    let document = project.xbuild(&["plan", "--format", "json"]).exits(exit).json();
    let line = |cell: &Value| {
        let why = cell["why"].as_array().unwrap().iter().map(|reason| {
            let what = reason["what"].as_str().map(|what| format!(" {what}")).unwrap_or_default();
            format!(", {}{what}", reason["kind"].as_str().unwrap())
        });
        format!("{}: {}{}", cell["id"].as_str().unwrap(), cell["verdict"].as_str().unwrap(), why.collect::<String>())
    };
    document["cells"].as_array().unwrap().iter().map(line).collect()
}

fn outcomes(project: &Project) -> BTreeMap<String, String> {
    by_id(&project.xbuild(&["build", "--format", "json"]).exits(0).json(), "outcome")
}

#[test]
fn a_chain_of_commands_is_planned_as_far_as_it_is_known_and_built_in_order() {
    let project = chain();
    let waiting = [
        "proto: build, never_built",
        "prod/bundle@linux/amd64: unknown, waiting proto",
        "prod/bundle@linux/arm64: unknown, waiting proto",
        "prod/index@linux/amd64: unknown, waiting prod/bundle@linux/amd64",
        "prod/index@linux/arm64: unknown, waiting prod/bundle@linux/arm64",
    ];
    let mut planned = plan(&project, 0);
    planned.sort();
    let mut expected = waiting.map(str::to_owned);
    expected.sort();
    assert_eq!(planned, expected);

    assert!(outcomes(&project).values().all(|outcome| outcome == "built"));
    assert_eq!(project.read_text("dist/prod/linux_arm64/index/index.txt"), "arm64\nlinux/arm64\nv1\n");
    assert!(project.path("dist/noarch/proto/go/gen.go").is_file());
    assert!(project.verdicts().values().all(|verdict| verdict == "cached"));
    project.xbuild(&["verify"]).exits(0);
    project.xbuild(&["build", "--locked"]).exits(0);
    assert!(project.read_text("xbuild.lock").contains("\"{src}/.xbuild/deps/proto/list.txt\""));
}

#[test]
fn an_edit_rebuilds_what_depends_on_it_and_no_more() {
    let project = chain();
    outcomes(&project);
    project.write("proto/a.proto", &format!("// other text, {}\n", project.root().display()));
    let built = outcomes(&project);
    // The bundle reads all that the generator made, and that is other text; the list in it is what it was, and so is the bundle.
    assert_eq!(built["proto"], "built");
    assert_eq!(built["prod/bundle@linux/amd64"], "built");
    assert_eq!(built["prod/index@linux/amd64"], "cached");
}

#[test]
fn what_needs_a_cell_that_failed_is_not_tried() {
    let project = chain();
    script(&project, "tools/gen", "#!/bin/sh\necho broken >&2\nexit 3\n");
    let ran = project.xbuild(&["build", "--format", "json"]).exits(1);
    let outcome = by_id(&ran.json(), "outcome");
    assert_eq!(outcome["proto"], "failed");
    assert!(outcome.iter().all(|(id, outcome)| id == "proto" || outcome == "skipped"), "{outcome:?}");
    assert_eq!(ran.codes(), ["xbuild::action-failed"]);
}

#[test]
fn a_command_that_makes_other_files_than_it_says_fails() {
    let project = chain();
    script(&project, "tools/gen", "#!/bin/sh\nmkdir \"$1/go\"; echo > \"$1/go/gen.go\"\n");
    project.xbuild(&["build", "-t", "proto", "--format", "json"]).exits(1).diagnostic("xbuild::missing-output");
    script(
        &project,
        "tools/gen",
        "#!/bin/sh\nmkdir \"$1/go\"; echo > \"$1/go/gen.go\"; echo > \"$1/list.txt\"; echo > \"$1/more\"\n",
    );
    project.xbuild(&["build", "-t", "proto", "--format", "json"]).exits(1).diagnostic("xbuild::undeclared-output");
}

#[test]
fn a_command_sees_its_inputs_and_nothing_else_of_the_project() {
    let project = chain();
    project.write("secret.txt", "secret");
    script(
        &project,
        "tools/gen",
        "#!/bin/sh\nmkdir \"$1/go\"; find . -type f > \"$1/go/seen\"; env > \"$1/list.txt\"\n",
    );
    project.xbuild(&["build", "-t", "proto"]).exits(0);
    assert_eq!(project.read_text("dist/noarch/proto/go/seen"), "./proto/a.proto\n");
    let env = project.read_text("dist/noarch/proto/list.txt");
    let mut names: Vec<&str> = env.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.retain(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name));
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LC_ALL", "PATH", "SOURCE_DATE_EPOCH", "TMPDIR", "TZ"]);
}

#[test]
fn outputs_do_not_cover_files_of_the_project() {
    let project = chain();
    project.write("bundle-arch/bundle.txt", "mine");
    outcomes_of(&project, &["build", "-t", "bundle"], 0);
    let planned = plan(&project, 4);
    let taken: Vec<&String> = planned.iter().filter(|line| line.contains("path_taken")).collect();
    assert_eq!(taken.len(), 2, "{planned:?}");
    assert!(taken[0].ends_with("unknown, path_taken bundle-arch/bundle.txt"), "{planned:?}");
}

#[test]
fn a_folder_holds_what_was_made_last_and_no_more() {
    let project = chain();
    script(&project, "tools/gen", "#!/bin/sh\nmkdir \"$1/go\"; cp proto/* \"$1/go\"; echo > \"$1/list.txt\"\n");
    project.write("proto/b.proto", "b");
    outcomes_of(&project, &["build", "-t", "proto"], 0);
    assert!(project.path("dist/noarch/proto/go/b.proto").is_file());
    fs::remove_file(project.path("proto/b.proto")).unwrap();
    outcomes_of(&project, &["build", "-t", "proto"], 0);
    assert_eq!(project.outputs(), ["noarch/proto/go/a.proto", "noarch/proto/list.txt"]);
}

fn outcomes_of(project: &Project, arguments: &[&str], exit: i32) {
    project.xbuild(arguments).exits(exit);
}

#[test]
fn a_glob_that_matches_nothing_is_told() {
    let project = chain();
    fs::remove_file(project.path("proto/a.proto")).unwrap();
    assert_eq!(plan(&project, 4)[0], "proto: unknown, input_missing proto/*.proto");
    project.xbuild(&["build", "-t", "proto", "--format", "json"]).exits(4).diagnostic("xbuild::unplanned");
}

#[test]
fn a_tool_for_another_machine_is_told_before_it_runs() {
    let project = chain();
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(16, 0);
    elf.extend([2, 0, 243, 0, 1, 0, 0, 0]);
    elf.resize(64, 0);
    elf[52] = 64;
    fs::write(project.path("tools/gen"), elf).unwrap();
    let ran = project.xbuild(&["plan", "--format", "json"]).exits(5);
    let told = ran.diagnostic("xbuild::wrong-tool");
    assert!(told["message"].as_str().unwrap().contains("a program for riscv64"), "{told}");
    let planned = plan(&project, 5);
    assert_eq!(planned[0], "proto: unknown, tool_missing gen");
    fs::set_permissions(project.path("tools/gen"), fs::Permissions::from_mode(0o644)).unwrap();
    project.xbuild(&["plan", "--format", "json"]).exits(5).diagnostic("xbuild::wrong-tool");
}

#[test]
fn every_cell_of_a_large_project_is_shown_where_all_tools_are_missing() {
    let text =
        fs::read_to_string(crate::repository::root().join("crates/xbuild-config/tests/cases/valid/monorepo.kdl"))
            .unwrap();
    let project = Project::text(text);
    let mut command = project.command(&["plan", "--all", "--offline", "--format", "json"]);
    let cache = project.path("cache");
    let document = crate::harness::run({
        command.env("XBUILD_CACHE_DIR", cache).env("PATH", "/nowhere");
        command
    });
    let document = document.exits(5).json();
    let cells = document["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 36);
    for cell in cells {
        let id = &cell["id"];
        let full = |name: &str| !cell[name].as_array().unwrap_or(&Vec::new()).is_empty();
        assert!(full("argv") && full("argv_template") && full("outputs"), "{cell}");
        assert_eq!(cell["env"]["TZ"], "UTC", "{id}");
        assert_eq!(cell["verdict"], "unknown", "{id}");
        assert!(cell["why"].as_array().unwrap().iter().any(|why| why["kind"] == "tool_missing"), "{cell}");
    }
}

#[test]
fn generated_go_code_is_listed_and_compiled() {
    let project = Project::go(
        r#"
toolchain gen "1.0" kind=tool path="tools/gen"

profile prod "linux/amd64"

target code {
    noarch
    command gen "{out}/gen.go"
    inputs "number.txt"
    outputs gen.go
}

target app {
    go "."
    deps code at="gen"
}
"#,
    );
    let module = project.read_text("go.mod");
    let module = module.lines().next().unwrap().trim_start_matches("module ");
    let number = |number: u32| format!("{number} // {module}\n");
    project.write("number.txt", &number(7));
    script(&project, "tools/gen", "#!/bin/sh\n{ printf 'package gen\\n\\nconst N = '; cat number.txt; } > \"$1\"\n");
    project.write(
        "main.go",
        &format!("package main\n\nimport \"{module}/gen\"\n\nfunc main() {{\n\tprintln(gen.N)\n}}\n"),
    );
    assert_eq!(plan(&project, 0)[1], "prod/app@linux/amd64: unknown, waiting code");
    project.build();
    assert!(project.verdicts().values().all(|verdict| verdict == "cached"));
    let key = by_id(&project.xbuild(&["plan", "--format", "json"]).exits(0).json(), "key");
    project.write("number.txt", &number(8));
    project.build();
    assert_ne!(by_id(&project.xbuild(&["plan", "--format", "json"]).exits(0).json(), "key"), key);
    assert!(!project.path("gen").exists(), "nothing is written to the project");
}

#[test]
fn c_is_compiled_linked_and_packed() {
    let gcc = std::path::Path::new("/usr/bin/gcc");
    if !gcc.is_file() || crate::harness::host() != "linux/amd64" {
        return skipped("c", "there is no /usr/bin/gcc for linux/amd64");
    }
    let project = Project::text(
        r#"
toolchain gcc "1" kind=cc path="/usr/bin/gcc"

profile prod "linux/amd64"

defaults {
    cc gcc
}

target app {
    c "native/*.c"
}

target parts {
    c "native/add.c" "native/sub/*.c" kind=static-lib
}

target plug {
    c "native/add.c" kind=shared-lib
}
"#,
    );
    project.write("native/add.h", "int add(int a, int b);\n");
    project.write("native/add.c", "#include \"add.h\"\nint add(int a, int b) { return a + b; }\n");
    project.write("native/main.c", "#include \"add.h\"\nint main(void) { return add(1, 2) - 3; }\n");
    project.write("native/sub/add.c", "int sub(int a, int b) { return a - b; }\n");
    project.build();
    let built = crate::harness::run(std::process::Command::new(project.path("dist/prod/linux_amd64/app")));
    built.exits(0);
    assert!(project.read("dist/prod/linux_amd64/libparts.a").starts_with(b"!<arch>\n"));
    assert!(project.path("dist/prod/linux_amd64/libplug.so").is_file());
    project.edit("native/add.h", "int b);", "int b); // more");
    let planned = plan(&project, 0);
    assert_eq!(planned[0], "prod/app@linux/amd64: build, input_changed native/add.h");
}
