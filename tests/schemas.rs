//! What the program prints, against the schemas that the book publishes.
//!
//! A published schema allows fields that it does not know, because fields are added. Here the same schema is closed, so that
//! a field that the program prints and no schema describes fails the test. That every described field is printed follows
//! from the schemas themselves: each of their fields is required.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Map, Value, json};

use crate::harness::{AMD64, ARM64, FLEET, Project, Ran, SINGLE, go_version, program};
use crate::repository::{assert_none, files, text};

const FOLDER: &str = "book/src/reference/schemas";

/// Stands for where the schemas are, so that one can refer to another.
const BASE: &str = "xbuild:/schemas/";

/// What several schemas share; it describes no document.
const COMMON: &str = "common";

/// Keywords under which there are schemas by name.
const BY_NAME: [&str; 2] = ["properties", "$defs"];

/// Keywords under which there are schemas for the same value.
const SAME_VALUE: [&str; 6] = ["allOf", "anyOf", "oneOf", "if", "then", "else"];

/// Every schema as it is published, by name.
static PUBLISHED: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files(FOLDER, "json").iter().map(|path| (name(path), serde_json::from_str(&text(path)).unwrap())).collect()
});

static OPEN: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| validators(&PUBLISHED));

static CLOSED: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    validators(&PUBLISHED.iter().map(|(name, schema)| (name.clone(), closed(schema, name != COMMON))).collect())
});

fn validators(schemas: &BTreeMap<String, Value>) -> BTreeMap<String, Validator> {
    let common = schemas[COMMON].clone();
    let registry = Registry::new().add(format!("{BASE}{COMMON}.json"), common).unwrap().prepare().unwrap();
    let validator = |name: &String, schema: &Value| {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        let options = jsonschema::options().with_registry(&registry).with_base_uri(format!("{BASE}{name}.json"));
        options.offline().build(schema).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    schemas.iter().map(|(name, schema)| (name.clone(), validator(name, schema))).collect()
}

/// The schema with every value closed against fields that it does not describe. `whole` is false for a part of what describes a
/// value: the whole is closed then.
fn closed(schema: &Value, whole: bool) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    let keyword = |(keyword, value): (&String, &Value)| (keyword.clone(), closed_keyword(keyword, value));
    let mut closed: Map<String, Value> = schema.iter().map(keyword).collect();
    if whole {
        closed.insert("unevaluatedProperties".into(), json!(false));
    }
    Value::Object(closed)
}

fn closed_keyword(keyword: &str, value: &Value) -> Value {
    match value {
        Value::Object(by_name) if BY_NAME.contains(&keyword) => {
            let whole = keyword == "properties";
            by_name.iter().map(|(name, schema)| (name.clone(), closed(schema, whole))).collect()
        }
        Value::Array(parts) if SAME_VALUE.contains(&keyword) => parts.iter().map(|part| closed(part, false)).collect(),
        part if SAME_VALUE.contains(&keyword) => closed(part, false),
        schema if ["items", "additionalProperties"].contains(&keyword) => closed(schema, true),
        other => other.clone(),
    }
}

/// What is wrong with a document, a line each.
fn faults(validators: &BTreeMap<String, Validator>, schema: &str, document: &Value) -> Vec<String> {
    let errors = validators[schema].iter_errors(document);
    errors.map(|error| format!("{schema}.json: at `{}`: {error}", error.instance_path())).collect()
}

#[track_caller]
fn check(schema: &str, document: &Value) {
    let faults = [&*CLOSED, &*OPEN].map(|validators| faults(validators, schema, document)).concat();
    assert!(faults.is_empty(), "{}\n{document:#}", faults.join("\n"));
}

/// Standard output as one document of a schema.
#[track_caller]
pub(crate) fn check_output(schema: &str, ran: &Ran) -> Value {
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    check(schema, &document);
    document
}

/// Standard output as documents of a schema, one a line.
#[track_caller]
fn check_lines(schema: &str, ran: &Ran) -> Vec<Value> {
    let documents: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    documents.iter().for_each(|document| check(schema, document));
    documents
}

/// The document of diagnostics on standard error.
#[track_caller]
fn check_diagnostics(ran: &Ran) -> Vec<Value> {
    let document: Value = serde_json::from_str(&ran.stderr).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    check("diagnostics", &document);
    document["diagnostics"].as_array().unwrap().clone()
}

/// What needs no toolchain: an axis, a rule, a cell without a platform.
const MATRIX: &str = r#"toolchain go "1.26.3"
toolchain pager "1.0" kind=tool path="/opt/pager"

profile edge "linux/arm64" "linux/arm/v7"

axis edition community pro

target app {
    go "."
    axes edition
}

target page {
    noarch
    command "pager" "page"
    inputs "page/*"
    outputs "page.html"
}

exclude platform="linux/arm/v7" edition=pro
"#;

#[test]
fn the_matrix_in_each_form() {
    let project = Project::text(MATRIX);
    let document = check_output("matrix", &project.xbuild(&["matrix", "--format", "json"]).exits(0));
    assert_eq!((&document["cells"][3]["profile"], &document["cells"][3]["platform"]), (&Value::Null, &Value::Null));
    assert_eq!(document["dropped"].as_array().unwrap().len(), 1, "{document}");
    assert_eq!(check_lines("matrix-line", &project.xbuild(&["matrix", "--format", "ndjson"]).exits(0)).len(), 4);
    check_output("matrix-github", &project.xbuild(&["matrix", "--format", "github"]).exits(0));
}

#[test]
fn the_grammar() {
    let project = Project::text([0xff]);
    let grammar = check_output("schema", &project.xbuild(&["schema"]).exits(0));
    every_object_is_closed(
        "schema",
        &json!({ "format": 1, "nodes": [grammar["nodes"][0], grammar["nodes"][15]],
        "conditions": [], "layers": [], "placeholders": [grammar["placeholders"][0]], "derived_variables": [],
        "derived_goflags": [], "platforms": [], "systems": [grammar["systems"][0]],
        "architectures": [grammar["architectures"][0]],
        "aliases": { "os": [grammar["aliases"]["os"][0]], "arch": [grammar["aliases"]["arch"][0]] } }),
    );
    assert_eq!(check_output("schema", &project.xbuild(&["schema", "--format", "json"]).exits(0)), grammar);
    let words = |list: &Value| list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    let names: BTreeSet<String> =
        grammar["nodes"].as_array().unwrap().iter().map(|node| &node["name"]).map(Value::to_string).collect();
    for node in grammar["nodes"].as_array().unwrap() {
        let children: Vec<String> = if node["children"].is_null() { vec![] } else { words(&node["children"]) };
        assert!(children.iter().all(|child| names.contains(&format!("{child:?}"))), "{node:#}");
    }
    let platforms: Vec<String> = words(&grammar["platforms"]);
    assert!(platforms.iter().any(|one| one == "linux/arm/v7") && !platforms.iter().any(|one| one == "linux/arm"));
}

#[test]
fn a_plan_of_a_cell_whose_command_is_not_known() {
    let text = "toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\n\
                target app {\n    go \".\" {\n        ldflags \"-X main.commit={commit}\"\n    }\n}\n";
    let ran = Project::text(text).xbuild(&["plan", "--offline", "--format", "json"]).exits(4);
    let document = check_output("plan", &ran);
    assert_eq!((&document["cells"][0]["key"], &document["cells"][0]["argv"]), (&Value::Null, &Value::Null));
    assert_eq!(document["cells"][0]["why"][0]["what"], "{commit}");
}

#[test]
fn why_there_is_a_cell_and_why_there_is_none() {
    let project = Project::text(MATRIX);
    let why = |id: &str, code| project.xbuild(&["why", id, "--offline", "--format", "json"]).exits(code);
    let document = check_output("why", &why("edge/app@linux/arm64,edition=pro", 5));
    assert!(!document["settings"].as_array().unwrap().is_empty(), "{document:#}");
    let excluded = check_output("why-excluded", &why("edge/app@linux/arm/v7,edition=pro", 0));
    assert_eq!(excluded["rules"].as_array().unwrap().last().unwrap()["effect"], "removes", "{excluded:#}");
}

#[test]
fn a_new_project() {
    let project = Project::empty();
    project.write("go.mod", "module example.com/app\n\ngo 1.26.3\n");
    project.write("main.go", &program("new"));
    project.write(".goreleaser.yaml", "version: 2\nbefore:\n  hooks:\n    - go generate ./...\n");
    let document =
        check_output("init", &project.xbuild(&["init", "--from", "goreleaser", "--format", "json"]).exits(0));
    assert_eq!((&document["path"], &document["text"]), (&json!("xbuild.kdl"), &Value::Null));
    assert!(document["notes"].as_array().unwrap().iter().any(|note| note["line"].is_number()), "{document:#}");
}

#[test]
fn diagnostics_of_a_file() {
    let text = "target app {\n    go .\n}\ntarget app {\n    go \".\"\n}\nexclude platform=\"plan9/*\"\n";
    let ran = Project::text(text).xbuild(&["check", "--format", "json"]).exits(3);
    let document = check_output("diagnostics", &ran);
    let labels = document["diagnostics"].as_array().unwrap().iter().map(|one| one["labels"].as_array().unwrap().len());
    assert_eq!(labels.max(), Some(2), "{document:#}");
    let empty = Project::text("").xbuild(&["check", "--format", "json"]).exits(0);
    assert_eq!(check_output("diagnostics", &empty)["diagnostics"][0]["severity"], "warning");
}

#[test]
fn diagnostics_of_commands_that_fail() {
    let project = Project::empty();
    for (arguments, code) in [
        (&["nonsense", "--format", "json"][..], 2),
        (&["plan", "--format", "ndjson"], 3),
        (&["verify", "--expect", "linux", "file", "--format", "json"], 2),
        (&["explain", "nonsense", "--format", "json"], 2),
        (&["build", "-C", "nowhere", "--format", "json"], 2),
    ] {
        check_diagnostics(&project.xbuild(arguments).exits(code));
    }
}

/// A universal Mach-O file of one program without load commands.
fn universal() -> Vec<u8> {
    let (program, subtype, executable) = ([0xfe_ed_fa_cf_u32, 0x0100_000c], 0, 2);
    let fat = [0xca_fe_ba_be_u32, 1, program[1], subtype, 0x1000, 32, 12].map(u32::to_be_bytes).concat();
    let inner = [program[0], program[1], subtype, executable, 0, 0, 0, 0].map(u32::to_le_bytes).concat();
    [fat.clone(), vec![0; 0x1000 - fat.len()], inner].concat()
}

#[test]
fn files_of_several_kinds() {
    let project = Project::empty();
    project.write("script", "#!/bin/sh\n");
    project.write("nothing", "");
    project.write("archive.a", "!<arch>\n");
    fs::write(project.path("universal"), universal()).unwrap();
    let program = std::env::current_exe().unwrap();
    fs::copy("/bin/sh", project.path("shell")).or_else(|_| fs::copy(program, project.path("shell"))).unwrap();
    let names = ["script", "nothing", "archive.a", "universal", "shell", "missing"];
    let ran = project.xbuild(&[&["inspect", "--format", "json"], &names[..]].concat()).exits(5);
    let document = check_output("inspect", &ran);
    assert_eq!(document["files"][3]["slices"][0]["offset"], 0x1000, "{document:#}");
    check_diagnostics(&ran);
    let ran =
        project.xbuild(&[&["verify", "--expect", "linux/arm64", "--format", "json"], &names[..]].concat()).exits(6);
    let document = check_output("verify", &ran);
    assert_eq!((&document["files"][5]["path"], &document["files"][5]["size"]), (&json!("missing"), &Value::Null));
    assert!(check_diagnostics(&ran).iter().any(|one| one["note"].is_string()), "{ran:#?}");
}

#[test]
fn a_project_from_the_first_plan_to_drift() {
    let project = Project::go(FLEET);
    let plan = check_output("plan", &project.xbuild(&["plan", "--format", "json"]).exits(0));
    assert_eq!(plan["cells"][0]["why"][0]["kind"], "never_built");
    every_object_is_closed("plan", &plan);
    let built = check_output("build", &project.xbuild(&["build", "--format", "json"]).exits(0));
    every_object_is_closed("build", &built);
    check_output("build", &project.xbuild(&["build", "--format", "json"]).exits(0));
    check_output("verify", &project.xbuild(&["verify", "--format", "json"]).exits(0));
    check_output("inspect", &project.xbuild(&["inspect", AMD64, ARM64, "--format", "json"]).exits(0));
    check_output("lock", &project.xbuild(&["lock", "--check", "--offline", "--format", "json"]).exits(0));

    check_output("plan-diff", &project.xbuild(&["plan", "--diff", "--format", "json"]).exits(0));
    let why = project.xbuild(&["why", "prod/app@linux/amd64", "--format", "json"]).exits(0);
    assert_eq!(check_output("why", &why)["verdict"], "cached");

    project.write("main.go", &program("changed"));
    let lines = check_lines("plan-line", &project.xbuild(&["plan", "--format", "ndjson"]).exits(0));
    assert_eq!(lines[0]["why"][0]["kind"], "input_changed");

    fs::copy(project.path(ARM64), project.path(AMD64)).unwrap();
    fs::remove_file(project.path(ARM64)).unwrap();
    let ran = project.xbuild(&["verify", "--format", "json"]).exits(6);
    let verified = check_output("verify", &ran);
    every_object_is_closed("verify", &verified);
    assert!(verified["files"][0]["mismatches"][0]["evidence"].is_string(), "{verified:#}");
    assert_eq!((&verified["files"][1]["path"], &verified["files"][1]["size"]), (&json!(ARM64), &Value::Null));
    assert!(check_diagnostics(&ran).iter().any(|one| one["labels"][0]["text"] == "promised here"), "{ran:#?}");

    project.edit("xbuild.kdl", "\"linux/arm64\"", "\"linux/riscv64\"");
    let ran = project.xbuild(&["plan", "--diff", "--offline", "--format", "json"]).exits(0);
    assert!(!check_output("plan-diff", &ran)["diff"]["added"].as_array().unwrap().is_empty(), "{ran:#?}");
    let ran = project.xbuild(&["lock", "--check", "--offline", "--format", "json"]).exits(7);
    assert!(!check_output("lock", &ran)["lock"]["drift"].as_array().unwrap().is_empty());
    assert!(check_diagnostics(&ran)[0]["related"][0]["message"].is_string(), "{ran:#?}");
}

#[test]
fn smoke_runs_in_a_build_in_its_events_and_in_inspect() {
    let project = Project::go(&SINGLE.replace("go \".\"", "go \".\"\n    smoke"));
    let built = check_output("build", &project.xbuild(&["build", "--smoke", "--format", "json"]).exits(0));
    assert!(built["cells"][0]["smoke"]["verdict"].is_string(), "{built:#}");
    let events = check_lines("build-event", &project.xbuild(&["build", "--smoke", "--format", "ndjson"]).exits(0));
    let names: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(names, ["began", "finished", "smoked", "ended"]);
    let inspected = project.xbuild(&["inspect", "--format", "json", AMD64, "xbuild.kdl", "--smoke"]).exits(0);
    let inspected = check_output("inspect", &inspected);
    assert!(inspected["files"][1]["smoke"]["reason"].is_string(), "{inspected:#}");
}

#[test]
fn a_build_that_streams_fails_and_misses_its_toolchain() {
    let project = Project::go(SINGLE);
    let events = check_lines("build-event", &project.xbuild(&["build", "--format", "ndjson"]).exits(0));
    let names: Vec<&Value> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(names, ["began", "started", "finished", "ended"]);

    project.write("main.go", "package main\n\nfunc main() {\n\tnonsense()\n}\n");
    let ran = project.xbuild(&["build", "--format", "json"]).exits(1);
    assert!(check_output("build", &ran)["cells"][0]["failure"].is_string());
    assert!(check_diagnostics(&ran)[0]["output"].as_str().unwrap().contains("nonsense"), "{ran:#?}");
    let ran = project.xbuild(&["build", "--format", "ndjson"]).exits(1);
    check_lines("build-event", &ran);
    check_diagnostics(&ran);

    project.edit("xbuild.kdl", go_version(), "1.21.99");
    for (command, schema) in [("plan", "plan"), ("build", "build")] {
        let ran = project.xbuild(&[command, "--offline", "--format", "json"]).exits(5);
        check_output(schema, &ran);
        check_diagnostics(&ran);
    }
}

/// Objects whose fields have names of the user's, and values of one type.
const MAPS: [&str; 5] = ["/axes", "/env", "/env_sources", "/settings", "/toolchain"];

/// Adds a field that nobody described to each object of a document in turn: the closed schema must refuse every one, and the
/// published one only those in a map, whose values are no numbers.
#[track_caller]
fn every_object_is_closed(schema: &str, document: &Value) {
    let mut paths = Vec::new();
    objects(document, String::new(), &mut paths);
    assert!(paths.len() > 10, "{document:#}");
    for path in paths {
        let mut changed = document.clone();
        changed.pointer_mut(&path).unwrap().as_object_mut().unwrap().insert("undescribed".into(), json!(1));
        assert!(!faults(&CLOSED, schema, &changed).is_empty(), "a field in `{path}` is not noticed");
        let is_map = MAPS.iter().any(|map| path.ends_with(map));
        assert_eq!(faults(&OPEN, schema, &changed).is_empty(), !is_map, "{path}");
    }
}

fn objects(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| objects(value, format!("{path}/{name}"), found));
            found.push(path);
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| objects(value, format!("{path}/{at}"), found));
        }
        _ => {}
    }
}

#[test]
fn every_field_of_a_schema_is_required_and_described() {
    let mut wrong = Vec::new();
    for (name, schema) in &*PUBLISHED {
        objects_of(schema, name, &mut wrong);
    }
    assert_none("a schema is not complete", &wrong);
}

/// What is wrong with the schemas of objects in a schema.
fn objects_of(schema: &Value, place: &str, wrong: &mut Vec<String>) {
    let Value::Object(keywords) = schema else { return };
    if let (Some(Value::Object(fields)), Some(Value::Array(required))) =
        (keywords.get("properties"), keywords.get("required"))
    {
        let required: BTreeSet<&str> = required.iter().filter_map(Value::as_str).collect();
        let optional = fields.keys().filter(|field| !required.contains(field.as_str()));
        wrong.extend(optional.map(|field| format!("{place}: `{field}` is not required")));
    } else if keywords.contains_key("properties") && !place.ends_with("/if") {
        wrong.push(format!("{place}: no field is required"));
    }
    for (keyword, value) in keywords {
        let place = format!("{place}/{keyword}");
        match value {
            Value::Object(by_name) if BY_NAME.contains(&keyword.as_str()) => {
                by_name.iter().for_each(|(name, schema)| objects_of(schema, &format!("{place}/{name}"), wrong));
            }
            Value::Array(parts) if SAME_VALUE.contains(&keyword.as_str()) => {
                parts.iter().for_each(|part| objects_of(part, &place, wrong));
            }
            other => objects_of(other, &place, wrong),
        }
    }
}

#[test]
fn every_schema_and_every_field_is_explained() {
    let page = text("book/src/reference/json.md");
    let mut wrong = Vec::new();
    for (name, schema) in &*PUBLISHED {
        let described = ["$schema", "title", "description"].iter().all(|keyword| schema[keyword].is_string());
        let linked = page.contains(&format!("(schemas/{name}.json)"));
        wrong.extend((!described || !linked).then(|| format!("{name}.json has no title, or json.md no link to it")));
        let mut fields = BTreeSet::new();
        names(schema, &mut fields);
        let lost = fields.into_iter().filter(|field| !page.contains(&format!("`{field}`")));
        wrong.extend(lost.map(|field| format!("json.md does not explain `{field}` of {name}.json")));
    }
    assert_none("a document is not explained", &wrong);
}

/// The names of all fields that a schema describes.
fn names(schema: &Value, fields: &mut BTreeSet<String>) {
    match schema {
        Value::Object(keywords) => keywords.iter().for_each(|(keyword, value)| match value {
            Value::Object(by_name) if BY_NAME.contains(&keyword.as_str()) => {
                fields.extend(by_name.keys().filter(|_| keyword == "properties").cloned());
                by_name.values().for_each(|schema| names(schema, fields));
            }
            other => names(other, fields),
        }),
        Value::Array(parts) => parts.iter().for_each(|part| names(part, fields)),
        _ => {}
    }
}
