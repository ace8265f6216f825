//! Any bytes as KDL: an answer comes, its problems lie in the text, and its document does.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xbuild_fuzz::{check_places, check_problem};

fuzz_target!(|bytes: &[u8]| {
    let parsed = xbuild_kdl::parse(bytes);
    assert!(!parsed.fatal || !parsed.problems.is_empty());
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    parsed.problems.iter().for_each(|problem| check_problem(text, problem));
    check_places(text, &parsed.document.nodes);
});
