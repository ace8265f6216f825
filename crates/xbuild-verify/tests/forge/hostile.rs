//! Files that lie everywhere: no bytes may make the reader panic or run away, whatever they say.

use proptest::prelude::*;
use xbuild_verify::{Facts, Output, Promise, inspect, leaks, platform_of, verify};

use crate::forge::shapes::{go_blobs, shapes};
use crate::forge::{Elf, ar};

/// Everything that can be asked of some bytes.
fn ask(bytes: &[u8]) {
    let facts = inspect(bytes);
    let _ = platform_of(&facts);
    assert!(facts.needed.len() <= 4096);
    for output in Output::ALL {
        let promise = Promise::new("linux/amd64".parse().unwrap()).of(*output);
        let verification = verify(&facts, &promise);
        assert_eq!(verification.mismatches().is_empty(), verification.verdict().as_str() == "match");
    }
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts, "{text}");
}

#[test]
fn the_shapes_are_sound_before_they_are_broken() {
    for bytes in shapes() {
        let facts = inspect(&bytes);
        assert!(
            facts.is_binary()
                && facts
                    .problems
                    .iter()
                    .all(|problem| !matches!(problem.code(), "xbuild::malformed" | "xbuild::truncated")),
            "{facts:?}"
        );
    }
    assert_eq!(inspect(&shapes()[8]).needed, ["libc.a(shr_64.o)"]);
    assert!(inspect(&shapes()[9]).go.is_some());
}

#[test]
fn no_cut_makes_the_reader_panic() {
    for bytes in shapes() {
        (0..bytes.len()).for_each(|end| ask(&bytes[..end]));
    }
}

#[test]
fn no_single_byte_makes_the_reader_panic() {
    for bytes in shapes() {
        for at in 0..bytes.len().min(0x500) {
            for value in [0x80, 0xff] {
                let mut broken = bytes.clone();
                broken[at] = value;
                ask(&broken);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_set_of_changes_makes_the_reader_panic(
        shape in 0_usize..10,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
    ) {
        let mut bytes = shapes().swap_remove(shape);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        ask(&bytes);
    }

    #[test]
    fn no_bytes_behind_a_magic_number_make_the_reader_panic(
        shape in 0_usize..10,
        rest in proptest::collection::vec(any::<u8>(), 0..2048),
    ) {
        let magic: Vec<u8> = shapes().swap_remove(shape).into_iter().take(8).collect();
        ask(&[magic, rest].concat());
    }

    #[test]
    fn a_path_leaks_where_it_stands_whole(before in "[a-z ]{0,20}", after in "[/ \0]{0,20}") {
        let bytes = [before.as_str(), "/b/app", after.as_str()].concat();
        prop_assert!(leaks(bytes.as_bytes(), b"/b/app"));
    }
}

/// A number written over some bytes.
fn with(mut bytes: Vec<u8>, at: usize, value: &[u8]) -> Vec<u8> {
    bytes[at..at + value.len()].copy_from_slice(value);
    bytes
}

/// Counts that are as large as their fields: little is read, and nothing runs away.
#[test]
fn counts_that_lie_are_told_and_not_followed() {
    let shapes = shapes();
    let elf = || shapes[2].clone();
    let lies = [
        // e_phnum, e_shnum with a table; e_shnum 0 with a section 0 of all bits.
        with(elf(), 56, &[0xff, 0xff]),
        with(with(elf(), 40, &64_u64.to_le_bytes()), 60, &[0xff, 0xff]),
        with(with(elf(), 40, &64_u64.to_le_bytes()), 64, &[0xff; 64]),
        // Mach-O's count and size of commands.
        with(shapes[4].clone(), 16, &[0xff; 8]),
        // A universal file's count.
        with(shapes[0].clone(), 4, &44_u32.to_be_bytes()),
        // PE's sections and directories.
        with(shapes[5].clone(), 0x46, &[0xff, 0xff]),
        // XCOFF's sections.
        with(shapes[8].clone(), 2, &[0xff, 0xff]),
        // A WebAssembly section of 4 GiB.
        [b"\0asm\x01\0\0\0\x02".as_slice(), &[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff; 64]].concat(),
    ];
    for bytes in lies {
        ask(&bytes);
        let facts = inspect(&bytes);
        assert!(!facts.problems.is_empty() && facts.problems.len() <= 65, "{:?}", facts.problems);
    }
}

#[test]
fn a_universal_file_of_itself_is_looked_into_once() {
    let size = 0x1000_u32;
    let mut bytes = [0xcafe_babe_u32, 44].map(u32::to_be_bytes).concat();
    for _ in 0..44 {
        bytes.extend([0x0100_000c, 0, 0, size, 0].map(u32::to_be_bytes).concat());
    }
    bytes.resize(size as usize, 0);
    ask(&bytes);
    let facts = inspect(&bytes);
    assert_eq!((facts.slices.len(), facts.slices[0].facts.slices.len()), (1, 0));
    assert!(facts.problems.iter().any(|problem| problem.to_string() == "slice 1 overlaps another"));
}

#[test]
fn a_library_in_a_library_is_not_opened() {
    let mut bytes = shapes()[2].clone();
    for _ in 0..40 {
        bytes = ar(&[("a.o", bytes)]);
    }
    ask(&bytes);
    assert_eq!(inspect(&bytes).members, Some(0));
}

/// Needed symbol versions: 65,535 files that are all the same one, each with 65,535 versions that are one.
#[test]
fn a_table_of_versions_that_names_itself_ends() {
    let mut elf = Elf::new(62, 64, false);
    let strings = elf.put(b"\0libc.so.6\0GLIBC_2.34\0");
    let mut needs = vec![1, 0, 0xff, 0xff, 1, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0];
    needs.extend([0, 0, 0, 0, 0, 0, 2, 0, 11, 0, 0, 0, 1, 0, 0, 0]);
    needs.extend([1; 1 << 16]);
    let needs = elf.put(&needs);
    elf.dynamic(&[(1, 1), (5, strings), (0x6fff_fffe, needs), (0x6fff_ffff, u64::MAX)]);
    let facts = inspect(&elf.bytes());
    assert_eq!(facts.glibc_floor.map(|version| version.to_string()).as_deref(), Some("2.34"));
}

#[test]
fn build_info_is_read_as_each_go_wrote_it() {
    let versions = go_blobs(0x440).into_iter().map(|blob| {
        let mut elf = Elf::new(62, 64, false);
        elf.part(1, &blob);
        let data = elf.segments.last_mut().unwrap();
        assert_eq!(data.address, 0x440);
        data.flags = 6;
        let go = inspect(&elf.bytes()).go.unwrap();
        (go.version, go.path)
    });
    let expect = [("go1.26.8", "example.com/a"), ("go1.26.8", "example.com/a"), ("go1.17", "x")];
    let expect = expect.map(|(version, path)| (version.to_owned(), Some(path.to_owned())));
    assert_eq!(versions.collect::<Vec<_>>(), expect);
}

#[test]
fn notes_without_end_are_counted() {
    let mut elf = Elf::new(62, 64, false);
    for _ in 0..8 {
        elf.part(4, &[0; 12 * 5000]);
    }
    elf.note("GNU", 1, &[0; 16]);
    let facts = inspect(&elf.bytes());
    assert_eq!((facts.os, facts.problems.len()), (None, 0));
}
