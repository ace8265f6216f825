//! Files that lie everywhere: no bytes may make the reader panic or run away, whatever they say.

use proptest::prelude::*;
use xbuild_verify::{Output, Promise, inspect, leaks, platform_of, verify};

use super::{Elf, Macho, ar, pe, universal, wasm};

/// One file of each shape, small enough to break at every byte.
fn shapes() -> Vec<Vec<u8>> {
    let mut dynamic = Elf::new(62, 64, false);
    dynamic.interpreter("/lib64/ld-linux-x86-64.so.2");
    dynamic.note("GNU", 5, &[2, 0x80, 0, 0xc0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
    let strings = dynamic.put(b"\0libc.so.6\0GLIBC_2.34\0");
    let needs = dynamic.put(&[1, 0, 1, 0, 1, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 11, 0, 0, 0]);
    dynamic.dynamic(&[(1, 1), (5, strings), (0x6fff_fffe, needs), (0x6fff_ffff, 1)]);
    let narrow = Elf::new(8, 32, true);
    let mac = Macho::new(Macho::ARM64).bytes();
    let mut plan9 = [0x8a97_u32, 8, 8, 0, 0, 1, 0, 0, 0, 0].map(u32::to_be_bytes).concat();
    plan9.resize(64, 0);
    vec![
        universal(&[(Macho::ARM64, mac.clone())]),
        ar(&[("a.o", dynamic.bytes()), ("b.o", narrow.bytes())]),
        dynamic.bytes(),
        narrow.bytes(),
        mac,
        pe(0x8664, 3, true),
        wasm(&["gojs", "env"]),
        plan9,
        xcoff(),
    ]
}

/// A 64-bit XCOFF file with a loader section that imports one library.
fn xcoff() -> Vec<u8> {
    let mut bytes = vec![1, 0xf7, 0, 1];
    bytes.resize(18, 0);
    bytes.extend([0, 2, 0, 0, 0, 0]);
    let mut section = b".loader\0".to_vec();
    section.extend([0_u64, 0, 96, 96, 0, 0].iter().flat_map(|word| word.to_be_bytes()));
    section.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0]);
    bytes.extend(section);
    let mut loader = [0_u32, 0, 0, 0, 2, 0, 0, 56].map(u32::to_be_bytes).concat();
    loader.resize(56, 0);
    loader.extend(b"/usr/lib\0\0\0\0libc.a\0shr_64.o\0");
    loader.resize(96, 0);
    bytes.extend(loader);
    bytes
}

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
    let _ = serde_json::to_string(&facts).unwrap();
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
    assert_eq!(inspect(&xcoff()).needed, ["libc.a(shr_64.o)"]);
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
        shape in 0_usize..9,
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
        shape in 0_usize..9,
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
