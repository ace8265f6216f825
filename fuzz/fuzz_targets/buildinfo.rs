//! Any bytes as the data of a Go program, which is loaded where it is in the file: the blob, what it points at, and its text.
//!
//! The header in front of them is sound, so that every execution reaches the reader of build info.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xbuild_verify::{Facts, inspect, platform_of};

/// A 64-bit Linux program whose one segment is writable and holds everything behind its headers.
fn program(data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    bytes.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    bytes.extend([0x80_u64, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
    bytes.extend([0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
    bytes.extend([1, 0, 0, 0, 6, 0, 0, 0]);
    let size = 0x80 + data.len() as u64;
    bytes.extend([0, 0, 0, size, size, 16].iter().flat_map(|word| word.to_le_bytes()));
    bytes.resize(0x80, 0);
    bytes.extend(data);
    bytes
}

fuzz_target!(|data: &[u8]| {
    let facts = inspect(&program(data));
    let _ = platform_of(&facts);
    let text = serde_json::to_string(&facts).expect("facts are JSON");
    assert_eq!(serde_json::from_str::<Facts>(&text).expect("JSON is facts"), facts);
    let Some(go) = facts.go else { return };
    assert!(!go.version.is_empty());
    let _ = (go.os(), go.arch(), go.keeps_paths());
});
