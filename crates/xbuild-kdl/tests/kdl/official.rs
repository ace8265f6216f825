//! The test inputs of the KDL 2.0 specification, as the `kdl` crate's package carries them: what is KDL is laid out without
//! a change of meaning, and what is not is a problem.
//!
//! They are read where Cargo put that package, so there is no copy of them here. The `kdl` crate alone is the judge of the
//! meaning: it also reads what we refuse, such as type annotations.

use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

use cargo_metadata::MetadataCommand;
use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use xbuild_kdl::{SyntaxProblem, format, parse};

use crate::laws::STRICTER;

/// One input.
struct Case {
    name: String,
    bytes: Vec<u8>,
    /// The specification says that it is KDL.
    valid: bool,
}

/// Not printed by the specification's suite, and KDL all the same: a number that does not fit into 64 bits.
const LARGE_NUMBER: &str = "hex.kdl";

fn folder() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // Crates of other platforms were never fetched, and are not to be.
    let options = ["--offline", "--filter-platform", &host()].map(str::to_owned);
    let metadata = MetadataCommand::new().manifest_path(manifest).other_options(options).exec();
    let metadata = metadata.expect("cargo metadata");
    let package = metadata.packages.iter().find(|package| *package.name == "kdl").expect("the kdl package");
    package.manifest_path.parent().expect("a folder").join("tests/test_cases").into()
}

/// The platform that these tests are compiled for, as the compiler calls it.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().expect("the compiler");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("its host").to_owned()
}

fn cases() -> Vec<Case> {
    let folder = folder();
    let read = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.expect("an input");
        let name = entry.file_name().into_string().expect("a name");
        let valid = name == LARGE_NUMBER || folder.join("expected_kdl").join(&name).exists();
        Case { name, bytes: fs::read(entry.path()).expect("an input"), valid }
    };
    let mut cases: Vec<Case> = fs::read_dir(folder.join("input")).expect("the inputs").map(read).collect();
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

/// Everything that the text says, type annotations included, with each number as it is spelled.
fn meaning(text: &str) -> Option<String> {
    Some(nodes(KdlDocument::parse_v2(text).ok()?.nodes()))
}

fn nodes(all: &[KdlNode]) -> String {
    all.iter().map(node).collect::<Vec<_>>().join("; ")
}

fn node(node: &KdlNode) -> String {
    let entries: String = node.entries().iter().map(entry).collect();
    let block = node.children().map_or(String::new(), |block| format!(" {{{}}}", nodes(block.nodes())));
    format!("{}{:?}{entries}{block}", annotation(node.ty()), node.name().value())
}

fn entry(entry: &KdlEntry) -> String {
    let name = entry.name().map_or(String::new(), |name| format!("{:?}=", name.value()));
    let value = match entry.value() {
        KdlValue::String(text) => format!("{text:?}"),
        other => entry.format().map_or(other.to_string(), |format| format.value_repr.clone()),
    };
    format!(" {name}{}{value}", annotation(entry.ty()))
}

fn annotation(name: Option<&kdl::KdlIdentifier>) -> String {
    name.map_or(String::new(), |name| format!("({:?})", name.value()))
}

/// The text without blanks, line breaks and byte order mark: comments are in it.
fn shown(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{feff}').collect()
}

fn slugs(bytes: &[u8]) -> Vec<String> {
    parse(bytes).problems.iter().map(SyntaxProblem::slug).collect()
}

#[test]
fn there_are_inputs_of_both_kinds() {
    let (valid, invalid): (Vec<Case>, Vec<Case>) = cases().into_iter().partition(|case| case.valid);
    assert!(valid.len() > 200 && invalid.len() > 80, "{} and {}", valid.len(), invalid.len());
}

#[test]
fn what_is_kdl_is_laid_out_without_a_change_of_meaning() {
    for case in cases().iter().filter(|case| case.valid) {
        let text = std::str::from_utf8(&case.bytes).expect("KDL is UTF-8");
        let laid = format(text);
        assert_eq!(format(&laid), laid, "{}: laid out twice", case.name);
        assert_eq!(shown(&laid), shown(text), "{}: more than blanks changed", case.name);
        assert_eq!(meaning(&laid), meaning(text), "{}: {laid}", case.name);
        assert_eq!(slugs(laid.as_bytes()), slugs(&case.bytes), "{}: {laid}", case.name);
    }
}

#[test]
fn what_is_kdl_is_read_or_refused_for_a_rule_of_ours() {
    for case in cases().iter().filter(|case| case.valid) {
        let slugs = slugs(&case.bytes);
        assert!(slugs.iter().all(|slug| STRICTER.contains(&slug.as_str())), "{}: {slugs:?}", case.name);
    }
}

#[test]
fn what_is_no_kdl_is_a_problem() {
    let cases: Vec<Case> = cases().into_iter().filter(|case| !case.valid).collect();
    let read = cases.iter().filter(|case| slugs(&case.bytes).is_empty()).map(|case| case.name.as_str());
    assert_eq!(read.collect::<Vec<_>>(), [""; 0]);
    for case in &cases {
        if let Ok(text) = std::str::from_utf8(&case.bytes) {
            let laid = format(text);
            assert_eq!(format(&laid), laid, "{}: laid out twice", case.name);
        }
    }
}
