//! The rules of the house, as tests: which crate may see which, who owns a heavy dependency, how long a file may be.
//!
//! What a crate is, pure or with effects, is read from the table in `ARCHITECTURE.md`, so the table cannot be wrong
//! without a test that fails. Arrows are those that a user's build has: dev-dependencies do not count.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::repository::{assert_none, before_tests, root, sources, text};

/// The longest that a source may be before its tests, in lines.
const LONGEST: usize = 450;

/// Heavy dependencies and the one crate that may name each. A feature stands behind a slash.
const OWNERS: [(&str, &str); 10] = [
    ("kdl", "xbuild-kdl"),
    ("blake3", "xbuild-content"),
    ("object", "xbuild-verify"),
    ("rayon", "xbuild-exec"),
    ("clap", "xbuild-cli"),
    ("miette/fancy", "xbuild-cli"),
    ("tokio", "xbuild-remote"),
    ("tonic", "xbuild-remote"),
    ("prost", "xbuild-remote"),
    ("bazel-remote-apis", "xbuild-remote"),
];

/// Crates that must not meet, even through others, for a reason of their own.
const APART: [(&str, &str); 1] = [("xbuild-plan", "xbuild-config")];

/// A row of the crate table.
struct Row {
    name: String,
    pure: bool,
    planned: bool,
}

/// Who depends on whom, inside the workspace.
type Arrows = BTreeMap<String, BTreeSet<String>>;

fn workspace() -> Metadata {
    let manifest = root().join("Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata")
}

fn is_ours(package: &&Package) -> bool {
    package.name.starts_with("xbuild-")
}

fn arrows(workspace: &Metadata) -> Arrows {
    let names: BTreeSet<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let targets = |package: &Package| {
        let shipped = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        shipped.filter(|dependency| names.contains(dependency.name.as_str())).map(|one| one.name.clone()).collect()
    };
    workspace.packages.iter().map(|package| (package.name.to_string(), targets(package))).collect()
}

/// The shortest way from one crate to another along the arrows.
fn path(arrows: &Arrows, from: &str, to: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::from([from.to_owned()]);
    while !ways.is_empty() {
        if let Some(way) = ways.iter().find(|way| way.last().is_some_and(|last| last == to)) {
            return Some(way.clone());
        }
        ways = ways.iter().flat_map(|way| longer(arrows, way, &mut seen)).collect();
    }
    None
}

fn longer(arrows: &Arrows, way: &[String], seen: &mut BTreeSet<String>) -> Vec<Vec<String>> {
    let next = way.last().and_then(|last| arrows.get(last)).into_iter().flatten();
    next.filter(|next| seen.insert((*next).clone())).map(|next| [way, std::slice::from_ref(next)].concat()).collect()
}

/// The rows of the table in `ARCHITECTURE.md`: `| xbuild-NAME | P | …`.
fn table() -> Vec<Row> {
    let text = text("ARCHITECTURE.md");
    let rows: Vec<Row> = text.lines().filter_map(row).collect();
    assert!(!rows.is_empty(), "ARCHITECTURE.md has no crate table");
    rows
}

fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.strip_prefix("| `xbuild-")?.split('|').map(str::trim).collect();
    let name = format!("xbuild-{}", cells.first()?.trim_end_matches('`'));
    let pure = match *cells.get(1)? {
        "P" => true,
        "E" => false,
        other => panic!("ARCHITECTURE.md: {name} is neither P nor E but {other:?}"),
    };
    Some(Row { name, pure, planned: line.contains("*planned*") })
}

#[test]
fn no_pure_crate_reaches_a_crate_with_effects() {
    let arrows = arrows(&workspace());
    let (pure, effects): (Vec<Row>, Vec<Row>) = table().into_iter().partition(|row| row.pure);
    let pairs = pure.iter().flat_map(|from| effects.iter().map(move |to| (from, to)));
    let ways = pairs.filter_map(|(from, to)| path(&arrows, &from.name, &to.name));
    assert_none("a pure crate depends on effects", &ways.map(|way| way.join(" → ")).collect::<Vec<_>>());
}

#[test]
fn crates_that_must_not_meet_do_not() {
    let arrows = arrows(&workspace());
    let ways = APART.iter().filter_map(|(from, to)| path(&arrows, from, to));
    assert_none("an arrow is wrong", &ways.map(|way| way.join(" → ")).collect::<Vec<_>>());
}

#[test]
fn the_search_for_arrows_finds_indirect_ones() {
    let to = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let arrows = Arrows::from([("a".into(), to(&["b", "c"])), ("b".into(), to(&["d"])), ("d".into(), to(&["e", "a"]))]);
    assert_eq!(path(&arrows, "a", "e").map(|way| way.join(" → ")).as_deref(), Some("a → b → d → e"));
    assert_eq!(path(&arrows, "c", "a"), None);
}

#[test]
fn heavy_dependencies_have_one_owner() {
    let workspace = workspace();
    let wrong: Vec<String> = workspace.packages.iter().flat_map(foreign).collect();
    assert_none("a dependency belongs to another crate", &wrong);
}

/// What a package depends on that another one owns.
fn foreign(package: &Package) -> Vec<String> {
    let shipped = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    let names = shipped.flat_map(|one| {
        let features = one.features.iter().map(|feature| format!("{}/{feature}", one.name));
        std::iter::once(one.name.clone()).chain(features).collect::<Vec<_>>()
    });
    let owner = |name: &str| OWNERS.iter().find(|(owned, _)| *owned == name).map(|(_, owner)| *owner);
    let is_foreign = |name: &String| owner(name).filter(|owner| **owner != **package.name).map(|_| name.clone());
    names.filter_map(|name| is_foreign(&name)).map(|name| format!("{} → {name}", package.name)).collect()
}

#[test]
fn the_crate_table_lists_the_workspace() {
    let workspace = workspace();
    let real: BTreeSet<&str> = workspace.packages.iter().filter(is_ours).map(|package| package.name.as_str()).collect();
    let rows = table();
    let listed: BTreeSet<&str> = rows.iter().filter(|row| !row.planned).map(|row| row.name.as_str()).collect();
    let planned: BTreeSet<&str> = rows.iter().filter(|row| row.planned).map(|row| row.name.as_str()).collect();
    assert_eq!(listed, real, "the table in ARCHITECTURE.md and the folders in crates/ differ");
    assert_eq!(listed.len() + planned.len(), rows.len(), "ARCHITECTURE.md lists a crate twice");
    assert!(planned.is_disjoint(&real), "ARCHITECTURE.md calls a crate planned that exists");
}

#[test]
fn every_crate_is_named_after_its_folder() {
    let named_otherwise = |package: &&Package| {
        let folder = package.manifest_path.parent().and_then(|folder| folder.file_name());
        folder != Some(package.name.as_str())
    };
    let workspace = workspace();
    let wrong = workspace.packages.iter().filter(is_ours).filter(named_otherwise).map(|one| one.name.to_string());
    assert_none("package and folder have different names", &wrong.collect::<Vec<_>>());
}

#[test]
fn sources_are_short() {
    let long = sources().into_iter().filter_map(|path| {
        let lines = before_tests(&text(&path)).lines().count();
        (lines > LONGEST).then(|| format!("{}: {lines} lines before its tests", path.display()))
    });
    assert_none(&format!("more than {LONGEST} lines"), &long.collect::<Vec<_>>());
}

#[test]
fn every_source_begins_with_what_it_is() {
    let silent = sources().into_iter().filter(|path| !text(path).starts_with("//! "));
    assert_none("no `//!` at the top", &silent.map(|path| path.display().to_string()).collect::<Vec<_>>());
}
