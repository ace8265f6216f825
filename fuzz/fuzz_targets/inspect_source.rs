//! Any bytes out of a source that gives them in pieces, fails or ends early: what it says is what the slice says, or an error.
//!
//! The first two bytes are the source's behaviour.

#![no_main]

use std::cell::Cell;
use std::io;

use libfuzzer_sys::fuzz_target;
use xbuild_verify::{Source, SourceError, inspect, inspect_source, leaks, leaks_in};

struct Whimsical<'a> {
    bytes: &'a [u8],
    /// The longest answer.
    most: usize,
    /// How many answers come before the source fails.
    good: Cell<usize>,
    ends: bool,
}

impl Source for Whimsical<'_> {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.good.get().checked_sub(1) else {
            return if self.ends { Ok(0) } else { Err(io::Error::other("gone")) };
        };
        self.good.set(left);
        let most = buffer.len().min(self.most);
        self.bytes.read_at(offset, &mut buffer[..most])
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [piece, good, bytes @ ..] = bytes else { return };
    // Most sources are sound: with one that fails at once there is little to find.
    let good = if *good < 128 { usize::MAX } else { usize::from(*good - 128) };
    let source = || Whimsical { bytes, most: 64 << (piece % 8), good: Cell::new(good), ends: piece & 128 != 0 };
    match inspect_source(&source()) {
        Ok(inspection) => assert_eq!(inspection.facts, inspect(bytes)),
        Err(SourceError::Read { offset, .. }) => assert!(offset < bytes.len() as u64),
        Err(SourceError::Shrunk { end, size }) => assert!(end < size),
    }
    if let Ok(leaked) = leaks_in(&source(), b"/b/app") {
        assert_eq!(leaked, leaks(bytes, b"/b/app"));
    }
});
