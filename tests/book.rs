//! The book against the program: every example is checked, every wrong example raises what its page says, and every link
//! leads somewhere.
//!
//! A block marked `kdl` is a whole file that checks clean. One marked `kdl-wrong CODE` raises that code and no other error;
//! on the page of a code the word can be left out. One marked `kdl-fragment` is part of a file, or needs a machine, and is
//! not run.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::markdown::{self, Block};
use crate::repository::{assert_none, files, root, text};

/// The documents outside the book.
const DOCUMENTS: [&str; 5] =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/fleet/README.md"];

/// Marks of blocks that are about KDL. Any other that starts with `kdl` is a typing error.
const MARKS: [&str; 3] = ["kdl", "kdl-wrong", "kdl-fragment"];

fn documents() -> Vec<PathBuf> {
    DOCUMENTS.iter().map(PathBuf::from).chain(files("book/src", "md")).collect()
}

/// Every block whose mark starts with `kdl`, with its document.
fn examples() -> Vec<(PathBuf, Block)> {
    let of = |path: PathBuf| markdown::blocks(&text(&path)).into_iter().map(move |block| (path.clone(), block));
    documents().into_iter().flat_map(of).filter(|(_, block)| block.info.starts_with("kdl")).collect()
}

fn mark(block: &Block) -> &str {
    block.info.split(' ').next().unwrap_or_default()
}

fn check(file: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_xbuild"))
        .args(["check", "--format", "json", "--file", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(file.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The codes that a check raised, without their prefix: those of errors, and those of everything else.
fn raised(output: &Output) -> (Vec<String>, Vec<String>) {
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let diagnostics = document["diagnostics"].as_array().cloned().unwrap_or_default();
    let (errors, others): (Vec<Value>, Vec<Value>) =
        diagnostics.into_iter().partition(|one| one["severity"] == "error");
    let codes = |list: Vec<Value>| {
        list.iter().filter_map(|one| Some(one["code"].as_str()?.trim_start_matches("xbuild::").to_owned())).collect()
    };
    (codes(errors), codes(others))
}

/// What is wrong with a file that should be clean.
fn not_clean(file: &str) -> Option<String> {
    let output = check(file);
    let code = output.status.code();
    let listed =
        serde_json::from_slice::<Value>(&output.stdout).is_ok_and(|document| document["diagnostics"].is_array());
    (code != Some(0) || !listed).then(|| format!("exit {code:?}, errors {:?}", raised(&output).0))
}

/// What is wrong with a file that should raise one code: an error alone, or a warning.
fn not_raised(file: &str, code: &str) -> Option<String> {
    let output = check(file);
    let (mut errors, others) = raised(&output);
    errors.dedup();
    let as_error = errors == [code] && output.status.code() == Some(3);
    let as_warning = errors.is_empty() && others.iter().any(|other| other == code);
    (!as_error && !as_warning)
        .then(|| format!("expected {code}; exit {:?}, errors {errors:?}, warnings {others:?}", output.status.code()))
}

/// The code that a wrong example is about.
fn code_of(path: &Path, block: &Block) -> String {
    let named = block.info.split(' ').nth(1).map(str::to_owned);
    let page = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    named.or_else(page).unwrap_or_default()
}

fn at(path: &Path, block: &Block, what: &str) -> String {
    format!("{}:{}: {what}", path.display(), block.line)
}

#[test]
fn examples_check_clean() {
    let clean = examples().into_iter().filter(|(_, block)| mark(block) == "kdl");
    let wrong = clean.filter_map(|(path, block)| Some(at(&path, &block, &not_clean(&block.text)?)));
    assert_none("an example does not check", &wrong.collect::<Vec<_>>());
}

#[test]
fn wrong_examples_raise_their_code_alone() {
    let wrong = examples().into_iter().filter(|(_, block)| mark(block) == "kdl-wrong");
    let other = wrong.filter_map(|(path, block)| {
        let code = code_of(&path, &block);
        Some(at(&path, &block, &not_raised(&block.text, &code)?))
    });
    assert_none("an example raises something else", &other.collect::<Vec<_>>());
}

#[test]
fn examples_have_a_known_mark() {
    let unknown = examples().into_iter().filter(|(_, block)| !MARKS.contains(&mark(block)));
    let unknown = unknown.map(|(path, block)| at(&path, &block, &block.info));
    assert_none("a block is marked with something else", &unknown.collect::<Vec<_>>());
}

#[test]
fn the_grammar_is_the_one_of_the_reader() {
    let page = text("book/src/reference/grammar.md");
    let filled = xbuild_config::grammar::filled(&page).unwrap();
    assert!(page == filled, "book/src/reference/grammar.md: the tables are old; run `cargo xtask grammar`");
    assert_eq!(page.matches("<!-- table: ").count(), 7, "a table is missing");
}

#[test]
fn the_file_of_this_repository_checks_clean() {
    assert_eq!(not_clean(&text("xbuild.kdl")), None);
}

#[test]
fn links_lead_somewhere() {
    let broken = documents().into_iter().flat_map(|path| broken_links(&path));
    assert_none("a link leads nowhere", &broken.collect::<Vec<_>>());
}

fn broken_links(path: &Path) -> Vec<String> {
    let links = markdown::links(&text(path));
    let inner = links.into_iter().filter(|(_, target)| !target.contains("://") && !target.starts_with("mailto:"));
    let broken = inner.filter(|(_, target)| !exists(path, target));
    broken.map(|(line, target)| format!("{}:{line}: {target}", path.display())).collect()
}

fn exists(from: &Path, target: &str) -> bool {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { from.to_owned() } else { from.parent().unwrap_or(Path::new("")).join(file) };
    let full = root().join(&file);
    full.exists() && (anchor.is_empty() || markdown::anchors(&text(&file)).iter().any(|found| found == anchor))
}

#[test]
fn every_page_is_in_the_summary() {
    let links = markdown::links(&text("book/src/SUMMARY.md"));
    let listed = |path: &PathBuf| links.iter().any(|(_, target)| Path::new("book/src").join(target) == *path);
    let lost = files("book/src", "md").into_iter().filter(|path| !path.ends_with("SUMMARY.md") && !listed(path));
    assert_none("SUMMARY.md does not list a page", &lost.map(|path| path.display().to_string()).collect::<Vec<_>>());
}
