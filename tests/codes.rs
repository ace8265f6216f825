//! One code, one page: every diagnostic that the sources can raise is explained in the book, and no page explains another.
//!
//! Codes stand in the sources in three forms: whole, as `xbuild::quote-me`; in the catalogue of `xbuild-config`; and in the
//! list of `xbuild-verify`. Comments and tests do not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::markdown;
use crate::repository::{assert_none, before_tests, files, sources, text};

/// A list of codes without the prefix: each stands on a line of its own.
struct List {
    path: &'static str,
    /// The line before the first.
    start: &'static str,
    /// What stands before a code.
    before: &'static str,
    /// What stands behind it.
    after: &'static str,
}

const LISTS: [List; 2] = [
    List { path: "crates/xbuild-config/src/code.rs", start: "\ncodes! {\n", before: " \"", after: "\" \"" },
    List { path: "crates/xbuild-verify/src/mismatch.rs", start: "    Code {\n", before: " = \"", after: "\"," },
];

/// Every code in the sources, with one file that has it.
fn raised() -> BTreeMap<String, String> {
    let mut codes = BTreeMap::new();
    for path in sources() {
        let source = text(&path);
        for code in before_tests(&source).lines().filter(|line| !is_comment(line)).flat_map(prefixed) {
            codes.entry(code).or_insert_with(|| path.display().to_string());
        }
    }
    codes.extend(LISTS.iter().flat_map(listed));
    codes
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// The codes of a line, `xbuild::SLUG`. A path of a module has no hyphen and more colons, or starts with a capital.
fn prefixed(line: &str) -> Vec<String> {
    let slug = |rest: &str| {
        let length =
            rest.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
        let (slug, after) = rest.split_at(length);
        let whole = !slug.is_empty() && !after.starts_with([':', '_', '{']);
        whole.then(|| slug.trim_end_matches('-').to_owned())
    };
    line.split("xbuild::").skip(1).filter_map(slug).collect()
}

fn listed(list: &List) -> Vec<(String, String)> {
    let source = text(list.path);
    let lines = source.split_once(list.start).map_or("", |(_, rest)| rest).split("\n}\n").next().unwrap_or_default();
    let code = |line: &str| {
        let (head, rest) = line.split_once('"')?;
        let (slug, _) = rest.split_once(list.after)?;
        format!("{head}\"").ends_with(list.before).then(|| (slug.to_owned(), list.path.to_owned()))
    };
    let codes: Vec<_> = lines.lines().filter(|line| !is_comment(line)).filter_map(code).collect();
    assert!(!codes.is_empty(), "{}: no codes found; does the list look different now?", list.path);
    codes
}

/// The codes that have a page.
pub(crate) fn pages() -> BTreeSet<String> {
    let slug = |path: &std::path::PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    files("book/src/errors", "md").iter().filter_map(slug).filter(|slug| slug != "index").collect()
}

#[test]
fn every_code_has_a_page() {
    let pages = pages();
    let raised = raised();
    let missing = raised.iter().filter(|(code, _)| !pages.contains(*code));
    let missing = missing.map(|(code, path)| format!("{path}: xbuild::{code} has no book/src/errors/{code}.md"));
    assert_none("a diagnostic is not explained", &missing.collect::<Vec<_>>());
}

#[test]
fn every_code_of_the_grammar_has_a_page_and_is_no_node() {
    let pages = pages();
    let nodes = xbuild_config::grammar::nodes();
    let codes = nodes.iter().flat_map(|node| node.all_codes());
    let missing: BTreeSet<&str> = codes.filter(|code| !pages.contains(*code)).collect();
    assert_none("the grammar names a code without a page", &missing.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let both = nodes.iter().map(|node| node.name.to_owned()).filter(|name| pages.contains(name));
    assert_none("`xbuild explain` cannot tell a node from a code", &both.collect::<Vec<_>>());
}

#[test]
fn every_page_has_a_code() {
    let raised = raised();
    let orphans = pages().into_iter().filter(|page| !raised.contains_key(page));
    let orphans = orphans.map(|page| format!("book/src/errors/{page}.md: no source raises xbuild::{page}"));
    assert_none("a page explains nothing", &orphans.collect::<Vec<_>>());
}

#[test]
fn every_page_is_in_the_summary_and_the_index() {
    for (list, prefix) in [("book/src/SUMMARY.md", "errors/"), ("book/src/errors/index.md", "")] {
        let links = markdown::links(&text(list));
        let listed = |page: &String| links.iter().any(|(_, target)| *target == format!("{prefix}{page}.md"));
        let missing = pages().into_iter().filter(|page| !listed(page)).collect::<Vec<_>>();
        assert_none(&format!("{list} does not list a page"), &missing);
    }
}

#[test]
fn every_page_is_titled_with_its_code() {
    let untitled = pages()
        .into_iter()
        .filter(|page| !text(format!("book/src/errors/{page}.md")).starts_with(&format!("# xbuild::{page}\n")));
    assert_none("a page has another title", &untitled.collect::<Vec<_>>());
}

#[test]
fn codes_are_told_from_paths() {
    assert_eq!(prefixed(r#"code("xbuild::quote-me"), code(xbuild::io)"#), ["quote-me", "io"]);
    assert_eq!(prefixed("use xbuild::cli::Main; xbuild::Thing; xbuild::a_b"), Vec::<String>::new());
}
