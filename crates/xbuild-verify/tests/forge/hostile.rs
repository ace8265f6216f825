//! Files that lie everywhere: no bytes may make the reader panic or run away, whatever they say.

use proptest::prelude::*;
use xbuild_verify::{Facts, Output, Promise, inspect, leaks, platform_of, verify};

use crate::forge::shapes::shapes;

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
