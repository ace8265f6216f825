//! Which platforms a builder can build for at all.
//!
//! Refuses only what is certain: a pair for which the tool has no target of any tier, whatever is installed. `go` builds
//! every pair of the table. `cargo`: the targets of `rustc --print target-list` of Rust 1.95. `zig`, also as the C compiler of
//! `c`: systems that its standard library starts programs on and whose C library it carries or does not need. `c` with a
//! compiler of the user's own and `command` are not asked: xbuild cannot know.

use xbuild_model::BuilderKind;
use xbuild_platform::{Arch, Os, Platform};

/// Whether a builder can build for a platform. `zig_cc`: the C compiler of a `c` target is zig.
pub(super) fn builds(builder: BuilderKind, zig_cc: bool, platform: Platform) -> bool {
    match builder {
        BuilderKind::Go | BuilderKind::Command => true,
        BuilderKind::Cargo => rustc_knows(platform),
        BuilderKind::Zig => zig_knows(platform),
        BuilderKind::C => !zig_cc || zig_knows(platform),
    }
}

/// Whether Go has cgo there: `CgoSupported` of `go tool dist list -json` is false for all of these systems.
pub(super) const fn has_cgo(platform: Platform) -> bool {
    !matches!(platform.os(), Os::Js | Os::Wasip1 | Os::Plan9)
}

fn rustc_knows(platform: Platform) -> bool {
    let level = platform.variant().map_or("", |variant| variant.as_str());
    match (platform.os(), platform.arch()) {
        (Os::Js | Os::Plan9, _) | (Os::Openbsd, Arch::Arm) => false,
        (os, Arch::Arm) => os == Os::Linux || level != "v5",
        _ => level != "softfloat",
    }
}

const fn zig_knows(platform: Platform) -> bool {
    matches!(platform.os(), Os::Linux | Os::Darwin | Os::Windows | Os::Freebsd | Os::Netbsd | Os::Openbsd | Os::Wasip1)
}
