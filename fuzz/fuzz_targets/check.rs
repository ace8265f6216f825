//! Any bytes as an `xbuild.kdl`, up to the matrix: an answer comes, in file order, and not longer than a report may be.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xbuild_fuzz::check_problem;
use xbuild_plan::matrix::{self, Limits};

/// Fewer cells than the program allows: many short runs find more than a few long ones.
const LIMITS: Limits = Limits { max_cells: 1_000 };

fuzz_target!(|bytes: &[u8]| {
    let checked = xbuild_config::read(bytes);
    assert!(checked.problems.len() <= 51);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let places: Vec<usize> = checked.problems.iter().map(|problem| problem.primary().offset).collect();
    assert!(places[..places.len().min(50)].is_sorted(), "{places:?}");
    checked.problems.iter().for_each(|problem| check_problem(text, problem));
    let Some(project) = &checked.project else { return };
    let expanded = matrix::expand(project, LIMITS);
    let found = matrix::check(&expanded.matrix);
    expanded.problems.iter().chain(&found).for_each(|problem| check_problem(text, problem));
});
