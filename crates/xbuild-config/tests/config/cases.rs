//! The cases of the language: each invalid file raises exactly its code, each valid one nothing.

use std::fs;
use std::path::Path;

use xbuild_config::{Problem, read};

/// Raised by the planner: reading says nothing.
const OF_THE_PLAN: [&str; 4] = ["cgo-no-cc", "dep-ambiguous", "dep-missing-cell", "exclude-nothing"];

fn texts(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut texts: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .expect("the cases are part of the crate")
        .map(|entry| {
            let path = entry.expect("readable").path();
            (path.file_stem().expect("a file").to_string_lossy().into_owned(), fs::read(&path).expect("readable"))
        })
        .collect();
    texts.sort();
    texts
}

fn errors(text: &[u8]) -> Vec<String> {
    read(text).problems.iter().filter(|problem| problem.is_error()).map(Problem::slug).collect()
}

#[test]
fn each_invalid_case_raises_exactly_its_code() {
    let cases = texts("invalid");
    assert!(cases.len() > 30);
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(name, text)| (errors(&text), if OF_THE_PLAN.contains(&name.as_str()) { vec![] } else { vec![name] }))
        .filter(|(raised, expected)| raised != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn valid_cases_raise_nothing() {
    for (name, text) in texts("valid") {
        let raised: Vec<_> = read(&text).problems.iter().map(Problem::slug).collect();
        assert!(raised.is_empty(), "{name}: {raised:?}");
    }
}
