//! Real programs that are cut or changed: whatever becomes of them, an answer comes, and a cut program keeps no promise.
//!
//! Changes are drawn from a generator that begins with the same number in every run.

use std::cell::RefCell;
use std::io;

use xbuild_platform::Platform;
use xbuild_verify::{Output, Promise, Source, Verdict, inspect, inspect_source, verify};

use super::{Unlent, go_build, go_programs, platform};
use crate::forge::{Macho, ar, universal};

/// How many changed files are tried of each program.
const CHANGES: usize = 400;

/// A file, what it is promised to be, and where the last byte ends that it cannot do without.
struct Subject {
    name: String,
    bytes: Vec<u8>,
    promise: Promise,
    essential: usize,
}

fn subjects() -> Vec<Subject> {
    let subject = |(platform, bytes): &(Platform, Vec<u8>)| {
        let (name, promise, essential) = (platform.to_string(), Promise::new(*platform), essential(bytes));
        Subject { name, bytes: bytes.clone(), promise, essential }
    };
    let mut subjects: Vec<Subject> = go_programs().iter().map(subject).collect();
    let bytes_for = |text: &str| {
        let program = go_programs().iter().find(|(made_for, _)| *made_for == platform(text));
        program.map(|(_, bytes)| bytes.clone()).unwrap()
    };
    let intel = go_build(platform("darwin/amd64"), "intel", &["-trimpath"]);
    let bytes = universal(&[(Macho::X86_64, intel), (Macho::ARM64, bytes_for("darwin/arm64"))]);
    let essential = bytes.len() - 0x400;
    let promise = Promise::new(platform("darwin/arm64"));
    subjects.push(Subject { name: "universal".into(), bytes, promise, essential });
    let bytes = ar(&[("a", bytes_for("linux/s390x")), ("b", bytes_for("linux/s390x"))]);
    let promise = Promise::new(platform("linux/s390x")).of(Output::StaticLibrary);
    let essential = bytes.len() - 1;
    subjects.push(Subject { name: "library".into(), bytes, promise, essential });
    subjects
}

/// The end of the last part that is loaded. What follows (symbols, names) may be stripped, which is no damage.
fn essential(bytes: &[u8]) -> usize {
    let little = |at: u64, size: u64| number(bytes, at, size, false);
    match bytes {
        [0x7f, b'E', b'L', b'F', ..] => elf_tables(bytes).loaded as usize,
        [b'M', b'Z', ..] => {
            let start = little(0x3c, 4);
            let table = start + 24 + little(start + 20, 2);
            let sections = (0..little(start + 6, 2)).map(|index| table + index * 40);
            sections.map(|at| little(at + 20, 4) + little(at + 16, 4)).max().unwrap() as usize
        }
        [0x01, 0xf7, ..] => {
            let big = |at: u64, size: u64| number(bytes, at, size, true);
            let sections = (0..big(2, 2)).map(|index| 24 + big(16, 2) + index * 72);
            // BSS has no bytes.
            let loaded = sections.filter(|at| big(at + 64, 4) & 0x80 == 0);
            loaded.map(|at| big(at + 32, 8) + big(at + 24, 8)).max().unwrap() as usize
        }
        // The data section is followed by custom ones only.
        [0, b'a', b's', b'm', ..] => bytes.len() / 2,
        _ => bytes.len(),
    }
}

fn number(bytes: &[u8], at: u64, size: u64, big: bool) -> u64 {
    let field = &bytes[at as usize..(at + size) as usize];
    let digit = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    if big { field.iter().fold(0, digit) } else { field.iter().rev().fold(0, digit) }
}

struct ElfTables {
    loaded: u64,
    /// Where something begins or ends.
    edges: Vec<u64>,
}

fn elf_tables(bytes: &[u8]) -> ElfTables {
    let (word, big) = (u64::from(bytes[4]) * 4, bytes[5] == 2);
    let read = |at: u64, size: u64| number(bytes, at, size, big);
    let (small, is_wide) = (24 + 3 * word, word == 8);
    let (segments, sections) = (read(24 + word, word), read(24 + 2 * word, word));
    let mut tables = ElfTables { loaded: 0, edges: vec![segments, sections] };
    for index in 0..read(small + 8, 2) {
        let at = segments + index * if is_wide { 56 } else { 32 };
        let fields = at + if is_wide { 8 } else { 4 };
        let (offset, end) = (read(fields, word), read(fields, word) + read(fields + 3 * word, word));
        tables.edges.extend([at, offset, end]);
        if read(at, 4) == 1 {
            tables.loaded = tables.loaded.max(end);
        }
    }
    for index in 0..read(small + 12, 2) {
        let at = sections + index * if is_wide { 64 } else { 40 };
        let fields = at + 8 + 2 * word;
        tables.edges.extend([at, read(fields, word), read(fields, word) + read(fields + word, word)]);
    }
    tables
}

/// Notes which ranges were read.
struct Noted<'a> {
    bytes: &'a [u8],
    ranges: RefCell<Vec<(u64, u64)>>,
}

impl Source for Noted<'_> {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.ranges.borrow_mut().push((offset, buffer.len() as u64));
        self.bytes.read_at(offset, buffer)
    }
}

fn ranges(bytes: &[u8]) -> Vec<(u64, u64)> {
    let noted = Noted { bytes, ranges: RefCell::default() };
    inspect_source(&noted).unwrap();
    noted.ranges.into_inner()
}

/// Asks, and checks what holds for any bytes.
fn ask(name: &str, bytes: &[u8], promise: &Promise) -> Verdict {
    let inspection = inspect_source(&Unlent(bytes)).unwrap();
    assert!(inspection.read <= 4 * bytes.len() as u64 + 4096, "{name}: {} of {}", inspection.read, bytes.len());
    assert!(inspection.facts.problems.len() <= 128, "{name}: {} problems", inspection.facts.problems.len());
    verify(&inspection.facts, promise).verdict()
}

#[test]
fn a_program_cut_at_any_edge_keeps_no_promise() {
    for Subject { name, bytes, promise, essential } in subjects() {
        assert_eq!(ask(&name, &bytes, &promise), Verdict::Match, "{name} is whole");
        let mut edges: Vec<u64> = (0..4096).collect();
        edges.extend(ranges(&bytes).iter().flat_map(|(at, size)| [*at, at + size]));
        if bytes.starts_with(b"\x7fELF") {
            edges.extend(elf_tables(&bytes).edges);
        }
        edges.push(essential as u64);
        let ends = edges.iter().flat_map(|edge| [edge.saturating_sub(1), *edge, edge + 1]);
        let mut ends: Vec<usize> = ends.map(|end| end as usize).filter(|end| *end < bytes.len()).collect();
        ends.sort_unstable();
        ends.dedup();
        for end in ends {
            let verdict = ask(&name, &bytes[..end], &promise);
            assert!(end >= essential || verdict != Verdict::Match, "{name} cut at {end}, needs {essential}");
        }
    }
}

/// A generator of numbers that look random: xorshift.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn a_program_with_changed_tables_gets_an_answer() {
    for Subject { name, mut bytes, promise, .. } in subjects() {
        let ranges = ranges(&bytes);
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        for round in 0..CHANGES {
            // Half of the changes hit the header.
            let (at, size) = if round % 2 == 0 { (0, 256) } else { ranges[numbers.next(ranges.len())] };
            let changed: Vec<(usize, u8)> = (0..=numbers.next(4))
                .map(|_| (at as usize + numbers.next(size as usize), [0, 0xff, 0x80, 0x7f, 1][numbers.next(5)]))
                .collect();
            let before: Vec<u8> =
                changed.iter().map(|(at, value)| std::mem::replace(&mut bytes[*at], *value)).collect();
            ask(&name, &bytes, &promise);
            if round % 16 == 0 {
                assert_eq!(inspect_source(&Unlent(&bytes)).unwrap().facts, inspect(&bytes), "{name}: {changed:?}");
            }
            for ((at, _), value) in changed.iter().zip(before).rev() {
                bytes[*at] = value;
            }
        }
    }
}
