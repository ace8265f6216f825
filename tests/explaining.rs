//! The commands that explain: what a plan shows in each format, what would change in the lock, and why a cell is as it is.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{FLEET, Project, SINGLE, program};

/// A text with every kind of rule. Line 1 names the toolchain.
const RULES: &str = r#"
profile prod "linux/amd64"
profile edge "linux/arm64" "linux/arm/v7"

axis edition community pro

defaults {
    env GOFLAGS="-mod=readonly"
    go {
        tags netgo
        ldflags "-s"
    }
}

exclude platform="linux/arm/v7" edition=pro

target app {
    go "." {
        +ldflags "-w"
    }
    axes edition
    profiles edge
    when edition=pro {
        go {
            tags pro
        }
    }
    when edition=pro os=linux {
        go {
            tags pro linux
        }
    }
    exclude platform="linux/arm/v7" edition=pro profile=edge
    include profile=prod platform="linux/amd64" edition=community
}
"#;

const PRO: &str = "edge/app@linux/arm64,edition=pro";
const GONE: &str = "edge/app@linux/arm/v7,edition=pro";
const APP: &str = "prod/app@linux/amd64";

/// A project of which every cell can be planned, with an axis of many values.
fn many(values: usize) -> String {
    let values: String = (0..values).map(|number| format!(" v{number}")).collect();
    SINGLE.replace("    go \".\"\n", "    go \".\"\n    axes ed\n") + &format!("\naxis ed{values}\n")
}

/// `["line", …]` of the places of a list of objects.
fn lines(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().filter_map(|one| one["origin"]["line"].as_u64()).collect()
}

fn texts<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap()).collect()
}

fn setting<'v>(document: &'v Value, name: &str) -> &'v Value {
    let mut settings = document["settings"].as_array().unwrap().iter();
    settings.find(|setting| setting["name"] == name).unwrap_or_else(|| panic!("no {name}: {document}"))
}

#[test]
fn commands_about_the_text_start_no_process_and_open_no_socket() {
    let project = Project::text(format!("toolchain go \"1.26.3\"{RULES}"));
    for arguments in [&["matrix", "--all"][..], &["check"], &["fmt", "--check"], &["explain", "quote-me"]] {
        let kinds = "execve,execveat,clone,clone3,fork,vfork,%network";
        let Some(calls) = project.calls(kinds, arguments) else { return };
        let is_thread = |call: &String| call.contains("CLONE_THREAD") || call.contains("resumed>");
        let others: Vec<&String> = calls.iter().filter(|call| !is_thread(call)).collect();
        assert!(others.len() == 1 && others[0].contains("execve("), "{arguments:?}: {others:#?}");
    }
}

#[test]
fn why_names_each_rule_with_its_place() {
    let project = Project::go(RULES);
    let document = project.xbuild(&["why", PRO, "--format", "json"]).exits(0).json();
    assert_eq!((&document["id"], &document["exists"]), (&json!(PRO), &json!(true)));
    let rules = &document["rules"];
    assert_eq!(texts(rules, "kind"), ["target", "profiles", "profile", "platform", "axis", "when", "when"]);
    assert_eq!(lines(rules), [17, 22, 3, 3, 5, 23, 28]);
    assert_eq!(texts(rules, "effect")[4..], ["makes", "changes", "changes"]);
    assert_eq!(rules[6]["what"], "when edition=pro os=linux");
}

#[test]
fn why_shows_what_each_setting_replaced() {
    let project = Project::go(RULES);
    let document = project.xbuild(&["why", PRO, "--format", "json"]).exits(0).json();
    let tags = setting(&document, "tags");
    assert_eq!(tags["value"], json!(["pro", "linux"]));
    assert_eq!((lines(&tags["by"]), lines(&tags["lost"])), (vec![30], vec![10, 25]));
    assert_eq!(texts(&tags["lost"], "layer"), ["defaults", "target"]);
    assert_eq!(tags["lost"][1]["when"], "when edition=pro");
    let ldflags = setting(&document, "ldflags");
    assert_eq!(ldflags["value"], json!(["-s", "-w"]));
    assert_eq!(texts(&ldflags["by"], "op"), ["set", "append"]);
    let cgo = setting(&document, "cgo");
    assert_eq!((&cgo["value"], &cgo["by"][0]["layer"]), (&json!(false), &json!("builder")));
    assert_eq!(document["env_sources"]["GOFLAGS"]["origin"]["line"], 8);
}

#[test]
fn why_a_setting_of_the_builder_lost_is_told_too() {
    let project = Project::go(&SINGLE.replace("go \".\"", "go \".\" {\n        trimpath #false\n    }"));
    let document = project.xbuild(&["why", APP, "--format", "json"]).exits(0).json();
    let trimpath = setting(&document, "trimpath");
    assert_eq!((&trimpath["value"], lines(&trimpath["by"])), (&json!(false), vec![6]));
    assert_eq!((texts(&trimpath["lost"], "layer"), &trimpath["lost"][0]["value"]), (vec!["builder"], &json!(true)));
    let text = project.xbuild(&["why", APP]).exits(0).stdout;
    for line in ["trimpath        #false", "not #true", "builder default", "xbuild.kdl:6:9"] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
}

#[test]
fn why_an_excluded_cell_is_none_names_every_rule_that_removes_it() {
    let project = Project::text(format!("toolchain go \"1.26.3\"{RULES}"));
    let document = project.xbuild(&["why", GONE, "--format", "json"]).exits(0).json();
    assert_eq!((&document["exists"], &document["by"]["line"]), (&json!(false), &json!(15)));
    let rules = document["rules"].as_array().unwrap();
    let removes: Vec<u64> = lines(&json!(rules.iter().filter(|rule| rule["effect"] == "removes").collect::<Vec<_>>()));
    assert_eq!(removes, [15, 33]);
    let text = project.xbuild(&["why", GONE]).exits(0).stdout;
    assert!(text.starts_with(&format!("{GONE} is no cell")) && text.contains("xbuild.kdl:15:1"), "{text}");
}

#[test]
fn why_of_an_id_that_no_rule_makes_shows_the_nearest() {
    let project = Project::text(format!("toolchain go \"1.26.3\"{RULES}"));
    let diagnostic = project
        .xbuild(&["why", "edge/app@linux/arm64,edition=por", "--format", "json"])
        .exits(4)
        .diagnostic("xbuild::unknown-cell");
    assert!(diagnostic["help"].as_str().unwrap().contains(PRO), "{diagnostic}");
    assert_eq!(diagnostic["labels"], json!([]));
}

#[test]
fn an_id_that_is_no_cell_points_at_what_the_file_says_against_it() {
    let project = Project::text(format!("toolchain go \"1.26.3\"{RULES}"));
    let check = |arguments: &[&str], line: u64, column: u64| {
        let ran = project.xbuild(&[arguments, &["--format", "json"]].concat()).exits(4);
        let label = &ran.diagnostic("xbuild::unknown-cell")["labels"][0];
        assert_eq!((&label["line"], &label["column"]), (&json!(line), &json!(column)), "{label}");
    };
    check(&["why", "prod/app@linux/amd64,edition=pro"], 22, 14);
    check(&["plan", "--cell", "prod/app@linux/amd64,edition=pro"], 22, 14);
    check(&["build", "--cell", GONE], 15, 1);
}

#[test]
fn why_an_included_cell_is_there_despite_the_target_s_profiles() {
    let project = Project::go(RULES);
    let id = "prod/app@linux/amd64,edition=community";
    let document = project.xbuild(&["why", id, "--format", "json"]).exits(0).json();
    assert_eq!(texts(&document["rules"], "kind"), ["target", "include"]);
    assert_eq!(document["rules"][1]["what"], "include profile=prod platform=\"linux/amd64\" edition=community");
}

#[test]
fn why_says_what_would_be_built_again_and_what_was() {
    let project = Project::go(SINGLE);
    let why = || project.xbuild(&["why", APP, "--format", "json"]).exits(0).json();
    assert_eq!((&why()["why"][0]["kind"], &why()["last_change"]), (&json!("never_built"), &Value::Null));
    project.build();
    let built = why();
    assert_eq!((&built["verdict"], &built["why"], &built["last_change"]), (&json!("cached"), &json!([]), &Value::Null));

    project.write("main.go", &program("changed"));
    project.edit("xbuild.kdl", "go \".\"", "go \".\" {\n        ldflags \"-s\"\n    }");
    let planned = project.xbuild(&["plan", "--format", "json"]).exits(0).json();
    let before = why();
    assert_eq!(before["why"], planned["cells"][0]["why"]);
    assert_eq!(texts(&before["why"], "kind"), ["argv_added", "input_changed"]);
    assert_eq!(before["why"][0]["new"], "-ldflags=-s");
    project.build();
    let after = why();
    assert_eq!((&after["verdict"], &after["last_change"]["why"]), (&json!("cached"), &before["why"]));
    assert_eq!(after["last_change"]["from"], built["key"]);
    project.build();
    assert_eq!(why()["last_change"], after["last_change"], "a build without work is no change");
}

#[test]
fn a_plan_of_a_few_cells_shows_each_by_target_and_sums_up() {
    let text = Project::go(FLEET).xbuild(&["plan"]).exits(0).stdout;
    let shown: Vec<&str> =
        text.lines().map(|line| line.split("  ").find(|part| !part.is_empty()).unwrap_or("")).collect();
    let cells = ["prod/app@linux/amd64", "edge/app@linux/arm64", "edge/app@linux/arm/v7"];
    assert_eq!(shown[..5], [&["cell", "app: 3 to build"], &cells[..]].concat());
    assert!(shown[6].contains("3 cells of") && shown[6].ends_with("3 to build"), "{text}");
}

#[test]
fn a_plan_of_a_thousand_cells_fits_on_one_screen() {
    let project = Project::go(&many(1000));
    let text = project.xbuild(&["plan"]).exits(0).stdout;
    assert!(text.lines().count() < 8 && text.contains("app: 1000 cells  build"), "{text}");
    // One of them is unlike the others.
    let unlike = "axes ed\n    when ed=v500 {\n        cc gcc\n        go {\n            cgo #true\n        }\n    }\n";
    project.edit("xbuild.kdl", "axes ed\n", unlike);
    project.edit("xbuild.kdl", "\naxis", "\ntoolchain gcc \"13.2.0\" kind=cc path=\"/nowhere/gcc\"\naxis");
    let text = project.xbuild(&["plan"]).exits(5).stdout;
    assert!(text.lines().count() < 24 && text.contains("app: 999 to build, 1 unknown"), "{text}");
    for run in [
        "… 499 more, to prod/app@linux/amd64,ed=v499  build",
        "ed=v500 ",
        "… 498 more, to prod/app@linux/amd64,ed=v999",
    ] {
        assert!(text.contains(run), "{run:?} in {text}");
    }
    let every = project.xbuild(&["plan", "--format", "ndjson"]).exits(5).stdout;
    assert_eq!(every.lines().count(), 1000);
    let last: Value = serde_json::from_str(every.lines().last().unwrap()).unwrap();
    assert_eq!((&last["format"], &last["id"]), (&json!(1), &json!("prod/app@linux/amd64,ed=v999")));
}

#[test]
fn a_verbose_plan_tells_everything_about_a_cell() {
    let project = Project::go(SINGLE);
    project.edit("xbuild.kdl", "go \".\"", "go \".\" {\n        ldflags \"-s\" \"-w\"\n    }\n    env GREETING=\"hi\"");
    let text = project.xbuild(&["plan", "-v"]).exits(0).stdout;
    for part in [
        "'-ldflags=-s -w' -o '{out}/app' .",
        "toolchain  go ",
        "inputs     2 files, ",
        "main.go",
        "outputs    dist/prod/linux_amd64/app",
        "GREETING           hi",
        "file, xbuild.kdl:8:9",
        "GOARCH             amd64",
        "platform, xbuild.kdl:2:14",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}

/// Three targets, of which one needs the others.
const GRAPH: &str = r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target proto {
    noarch
    command sh "-c" "x"
    inputs "x"
    outputs "y"
}
target app {
    go "."
    deps proto
}
toolchain sh "1.0.0" kind=tool path="/bin/sh"
"#;

#[test]
fn why_names_the_dependency_that_a_condition_replaced() {
    let text = GRAPH
        .replace("    deps proto\n", "    deps proto\n    when os=linux {\n        deps proto at=\"gen\"\n    }\n");
    let project = Project::text(text);
    let why = |format| ["why", "prod/app@linux/amd64", "--offline", "--format", format];
    let text = project.xbuild(&why("human")).exits(5).stdout;
    let deps: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("  deps")).take(2).map(str::trim).collect();
    let [holds, lost] = deps[..] else { panic!("{text}") };
    assert!(holds.starts_with("deps") && holds.contains(r#"proto at="gen""#), "{text}");
    assert!(holds.contains("target, when os=linux") && holds.ends_with("xbuild.kdl:13:14"), "{text}");
    assert!(lost.starts_with("not proto ") && lost.ends_with("xbuild.kdl:11:10"), "{text}");
    let document = project.xbuild(&why("json")).exits(5).json();
    let [dep] = document["deps"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!((&dep["target"], &dep["by"]["when"]), (&json!("proto"), &json!("when os=linux")));
    assert_eq!((&dep["lost"][0]["value"], &dep["lost"][0]["when"]), (&json!("proto"), &Value::Null));
}

#[test]
fn a_plan_is_a_graph_that_graphviz_draws() {
    let graph = Project::text(GRAPH).xbuild(&["plan", "--offline", "--format", "dot"]).exits(5).stdout;
    for line in ["subgraph \"cluster_app\" {", "\"proto\" -> \"prod/app@linux/amd64\";", "label=\"proto (command)\";"] {
        assert!(graph.contains(line), "{line:?} in {graph}");
    }
    let drawn = Command::new("dot").arg("-Tsvg").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = drawn else {
        return crate::harness::skipped("the graph is drawn", "Graphviz is not installed here");
    };
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), graph.as_bytes()).unwrap();
    let drawn = child.wait_with_output().unwrap();
    let text = String::from_utf8(drawn.stdout).unwrap();
    assert!(drawn.status.success() && text.contains("prod linux/amd64") && text.contains("unknown: "), "{text}");
}

#[test]
fn a_plan_is_a_flowchart_for_mermaid() {
    let text = Project::text(GRAPH).xbuild(&["plan", "--offline", "--format", "mermaid"]).exits(5).stdout;
    assert!(
        text.starts_with("flowchart LR\n    subgraph t0[\"proto (command)\"]\n        c0[\"any platform<br/>"),
        "{text}"
    );
    assert!(text.contains("\n    c0 --> c1\n") && text.contains("\n    classDef unknown fill:"), "{text}");
    let labels = text.lines().filter(|line| line.contains("[\""));
    assert!(labels.clone().count() == 4 && labels.into_iter().all(|line| line.matches('"').count() == 2), "{text}");
}

#[test]
fn a_difference_needs_a_format_that_can_say_it() {
    let project = Project::text(GRAPH);
    for format in ["dot", "mermaid", "github"] {
        project.xbuild(&["plan", "--diff", "--format", format]).exits(2);
    }
}

/// The object `diff` of a plan that ends with a code.
#[track_caller]
fn diff(project: &Project, arguments: &[&str], code: i32) -> Value {
    let arguments = [&["plan", "--diff", "--offline", "--format", "json"], arguments].concat();
    project.xbuild(&arguments).exits(code).json()["diff"].clone()
}

#[test]
fn a_plan_is_compared_with_the_lock_before_anything_was_built() {
    let project = Project::go(FLEET);
    let none = diff(&project, &[], 0);
    assert_eq!(none["added"].as_array().unwrap().len(), 3);
    assert_eq!(none["toolchains"][0]["kind"], "added");
    diff(&project, &["--locked"], 7);
    assert!(!project.path("xbuild.lock").exists());
    project.xbuild(&["lock", "--offline"]).exits(0);
    let pending = diff(&project, &["prod"], 0);
    assert_eq!((&pending["pending"], &pending["added"]), (&json!([APP]), &json!([])));
    assert_eq!(pending["toolchains"], json!([]));
}

#[test]
fn a_plan_names_the_decision_that_moved() {
    let project = Project::go(FLEET);
    project.build();
    let same = json!({ "added": [], "removed": [], "pending": [], "changed": [], "toolchains": [] });
    assert_eq!(diff(&project, &["--locked"], 0), same);
    project.edit("xbuild.kdl", "go \".\"", "go \".\" {\n        tags netgo\n    }\n    env GREETING=\"hi\"");
    project.edit("xbuild.kdl", "\"linux/arm/v7\"", "\"linux/arm/v6\"");
    let found = diff(&project, &[], 0);
    assert_eq!(found["added"], json!(["edge/app@linux/arm/v6"]));
    assert_eq!(found["removed"], json!(["edge/app@linux/arm/v7"]));
    let changes = json!([
        { "kind": "argv", "what": null, "old": null, "new": "-tags=netgo" },
        { "kind": "env", "what": "GREETING", "old": null, "new": "hi" },
    ]);
    let cells = ["edge/app@linux/arm64", APP].map(|id| json!({ "id": id, "changes": changes }));
    assert_eq!(found["changed"], json!(cells));
    let ran = project.xbuild(&["plan", "--diff", "--locked", "--format", "json"]).exits(7);
    ran.diagnostic("xbuild::drift");
    let text = project.xbuild(&["plan", "--diff"]).exits(0).stdout;
    for part in
        ["~ prod/app@linux/amd64", "nothing      -tags=netgo", "- edge/app@linux/arm/v7", "+ edge/app@linux/arm/v6"]
    {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}

#[test]
fn a_version_that_is_not_here_is_still_a_difference_with_a_name() {
    let project = Project::go(SINGLE);
    project.build();
    project.edit("xbuild.kdl", crate::harness::go_version(), "1.21.99");
    let found = diff(&project, &[], 5);
    let change = &found["changed"][0]["changes"][0];
    assert_eq!(
        (&change["kind"], &change["what"], &change["new"]),
        (&json!("toolchain"), &json!("go"), &json!("1.21.99"))
    );
    assert_eq!(found["changed"][0]["changes"].as_array().unwrap().len(), 1, "{found}");
}

#[test]
fn the_lock_and_the_plan_agree_on_what_a_locked_build_refuses() {
    let project = Project::go(SINGLE);
    project.build();
    project.xbuild(&["plan", "--diff", "--locked"]).exits(0);
    project.xbuild(&["build", "--locked"]).exits(0);
    project.edit("xbuild.kdl", "go \".\"", "go \".\" {\n        ldflags \"-s\"\n    }");
    project.xbuild(&["plan", "--diff", "--locked"]).exits(7);
    project.xbuild(&["build", "--locked"]).exits(7);
}
