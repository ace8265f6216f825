//! Any text laid out: laying it out again changes nothing, only blanks changed, and it means what it meant.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xbuild_fuzz::{meaning, shown};

fuzz_target!(|text: &str| {
    let laid = xbuild_kdl::format(text);
    assert_eq!(xbuild_kdl::format(&laid), laid, "laid out twice");
    assert_eq!(shown(&laid), shown(text), "more than blanks changed");
    let (before, after) = (xbuild_kdl::parse(text.as_bytes()), xbuild_kdl::parse(laid.as_bytes()));
    assert_eq!(before.fatal, after.fatal);
    if before.problems.is_empty() {
        assert!(after.problems.is_empty(), "{:?}", after.problems);
        assert_eq!(meaning(&after.document), meaning(&before.document));
    }
});
