//! The same bytes out of a source: every forged file says what it says as a slice, whatever the source does.

use std::cell::Cell;
use std::io;

use proptest::prelude::*;
use xbuild_verify::{MOST_HELD, Problem, Source, SourceError, inspect, inspect_source, leaks, leaks_in};

use crate::forge::shapes::shapes;

/// Bytes that are not lent, given out at most `most` at a time.
struct Piecewise<'a> {
    bytes: &'a [u8],
    most: usize,
}

impl Source for Piecewise<'_> {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.most);
        self.bytes.read_at(offset, &mut buffer[..length])
    }
}

fn same(bytes: &[u8], most: usize) {
    let inspection = inspect_source(&Piecewise { bytes, most }).unwrap();
    assert_eq!(inspection.facts, inspect(bytes));
}

#[test]
fn a_source_says_what_a_slice_says() {
    for bytes in shapes() {
        same(&bytes, usize::MAX);
        same(&bytes, 7);
        assert_eq!(inspect_source(bytes.as_slice()).unwrap().facts, inspect(&bytes));
        for end in (0..bytes.len()).step_by(13) {
            same(&bytes[..end], usize::MAX);
        }
    }
}

/// A source that fails, or ends early, from its nth read on.
struct Failing<'a> {
    bytes: &'a [u8],
    good: Cell<u32>,
    ends: bool,
}

impl Source for Failing<'_> {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match (self.good.get(), self.ends) {
            (0, true) => Ok(0),
            (0, false) => Err(io::Error::other("the disk is gone")),
            (left, _) => {
                self.good.set(left - 1);
                self.bytes.read_at(offset, buffer)
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_place_and_never_a_fact() {
    for bytes in shapes() {
        for ends in [true, false] {
            for good in 0.. {
                match inspect_source(&Failing { bytes: &bytes, good: Cell::new(good), ends }) {
                    Ok(inspection) => {
                        assert_eq!(inspection.facts, inspect(&bytes));
                        assert!(good > 0);
                        break;
                    }
                    Err(SourceError::Shrunk { end, size }) => assert!(ends && end < size),
                    Err(SourceError::Read { offset, error }) => {
                        assert!(!ends && offset < bytes.len() as u64);
                        assert_eq!(error.to_string(), "the disk is gone");
                    }
                }
            }
        }
    }
}

/// A file of `size` bytes that begins with some and goes on with a pattern; counts what is asked of it.
struct Huge {
    head: Vec<u8>,
    size: u64,
    fill: fn(u64) -> u8,
}

impl Source for Huge {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        for (byte, at) in buffer.iter_mut().zip(offset..) {
            *byte =
                usize::try_from(at).ok().and_then(|at| self.head.get(at).copied()).unwrap_or_else(|| (self.fill)(at));
        }
        Ok(buffer.len())
    }
}

#[test]
fn a_terabyte_costs_what_its_tables_cost() {
    for head in shapes() {
        let inspection = inspect_source(&Huge { head, size: 1 << 40, fill: |_| 0 }).unwrap();
        assert!(inspection.facts.is_binary());
        // A search from end to end is bounded, and so are tables.
        assert!(inspection.read <= 3 << 20, "{} {:?}", inspection.read, inspection.facts);
    }
}

/// An ELF object of 65,000 sections, whose names and contents lie a megabyte apart.
#[test]
fn tables_that_reach_everywhere_are_not_held() {
    let mut head = b"\x7fELF\x02\x01\x01".to_vec();
    head.resize(16, 0);
    head.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    head.extend([0_u64, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
    head.extend([0, 0, 0, 0, 64, 0, 56, 0, 0xff, 0xff, 64, 0, 0, 0, 0, 0]);
    for index in 0..0xffff_u64 {
        // PT_LOAD for everything, PT_DYNAMIC once, then notes that are far apart.
        let kind: u32 = [1, 2, 4][index.min(2) as usize];
        let offset = if index == 0 { 0 } else { index << 24 };
        let size = if index == 0 { 1_u64 << 41 } else { 1 << 20 };
        head.extend([kind.to_le_bytes(), 6_u32.to_le_bytes()].concat());
        head.extend([offset, offset, offset, size, size, 8].iter().flat_map(|word| word.to_le_bytes()));
    }
    let inspection = inspect_source(&Huge { head, size: 1 << 41, fill: |at| (at % 251) as u8 | 1 }).unwrap();
    assert!(inspection.read <= MOST_HELD as u64 + (8 << 20), "{}", inspection.read);
}

#[test]
fn a_library_of_very_many_far_members_is_told_to_be_too_much() {
    let mut head = b"<bigaf>\n".to_vec();
    head.resize(128, b' ');
    let inspection = inspect_source(&Huge { head, size: 1 << 40, fill: |_| b' ' }).unwrap();
    assert!(inspection.facts.problems.iter().any(Problem::is_error));
    let ar = b"!<arch>\nnames/          0           0     0     644     999999999 `\n".to_vec();
    let inspection = inspect_source(&Huge { head: ar, size: 1 << 40, fill: |_| b'\n' }).unwrap();
    assert!(inspection.read <= 4 << 20);
    let names = b"!<arch>\n//                                              999999999 `\n".to_vec();
    let inspection = inspect_source(&Huge { head: names, size: 1 << 40, fill: |_| b'\n' }).unwrap();
    let told: Vec<String> = inspection.facts.problems.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|problem| problem.contains("more than 16 MiB")), "{told:?}");
    assert!(inspection.read <= 1 << 20);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_file_says_the_same_as_a_source(
        shape in 0_usize..10,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..16),
        most in 1_usize..5000,
    ) {
        let mut bytes = shapes().swap_remove(shape);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        same(&bytes, most);
    }

    #[test]
    fn a_path_is_found_wherever_a_window_ends(before in 4080_usize..4100, behind in "[a-z/ ]{0,3}", short in 0_usize..12) {
        let root = &b"/b/some/app"[..];
        let bytes = [vec![b'.'; before], root.to_vec(), behind.into_bytes(), vec![b'.'; 20_000]].concat();
        for bytes in [&bytes[..], &bytes[..before + short]] {
            let found = leaks_in(&Piecewise { bytes, most: 4096 }, root).unwrap();
            prop_assert_eq!(found, leaks(bytes, root));
        }
    }
}

#[test]
fn a_path_is_looked_for_in_a_source_that_fails() {
    let bytes = vec![0; 100_000];
    let failing = |good: u32| Failing { bytes: &bytes, good: Cell::new(good), ends: true };
    assert!(leaks_in(&failing(1), b"/b").is_err());
    assert!(!leaks_in(&failing(99), b"/b").unwrap());
    assert!(!leaks_in(&failing(99), b"").unwrap());
    assert!(!leaks_in(b"x".as_slice(), b"/b").unwrap());
}
