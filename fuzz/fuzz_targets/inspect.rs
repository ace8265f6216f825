//! Any bytes as an artifact: facts come, a few thousand at the most, they are read as they are written, and every promise can be
//! compared with them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xbuild_verify::{Facts, Output, Promise, inspect, leaks, platform_of, verify};

/// What is promised; each asks other questions.
const PLATFORMS: [&str; 4] = ["linux/arm/v7", "darwin/arm64", "windows/amd64", "wasip1/wasm"];

fuzz_target!(|bytes: &[u8]| {
    let facts = inspect(bytes);
    assert!(facts.needed.len() <= 4096);
    let text = serde_json::to_string(&facts).expect("facts are JSON");
    assert_eq!(serde_json::from_str::<Facts>(&text).expect("JSON is facts"), facts);
    let _ = platform_of(&facts);
    let _ = leaks(bytes, b"/home/user/project");
    for platform in PLATFORMS {
        let promise = Promise::new(platform.parse().expect("a platform"));
        for output in Output::ALL {
            let verification = verify(&facts, &promise.clone().of(*output));
            assert_eq!(verification.mismatches().is_empty(), verification.verdict().as_str() == "match");
        }
    }
});
