//! The builders, their blocks of settings, and what stands in them.

use xbuild_model::BuilderKind;

use super::{many, one, property};
use crate::grammar::{ArgumentInfo, NodeInfo, Place, PropertyInfo, Type};

/// What `c` can make.
pub(crate) const OUTPUT_KINDS: [&str; 3] = ["exe", "static-lib", "shared-lib"];

/// Where a builder's block only sets.
const SETTING: &[Place] = &[Place::Layer, Place::LayerWhen, Place::TargetWhen];

/// What the builders of one language have in common.
const NAMED: &[PropertyInfo] = &[property("bin", Type::Text), property("toolchain", Type::Toolchain)];

/// What can be wrong with a builder.
const CODES: &[&str] = &["builder-needs-arg", "two-builders", "other-builder", "unknown-toolchain", "path-escapes"];

/// What can be wrong with a builder's block.
const BLOCK_CODES: &[&str] = &["builder-arg", "other-builder", "empty-list"];

pub(crate) static GO: NodeInfo = NodeInfo {
    name: "go",
    about: "builds a Go program; `bin` is the artifact's name",
    places: &[Place::Target],
    arguments: &[one("PACKAGE", Type::Text)],
    properties: NAMED,
    block: Some(Place::Builder(BuilderKind::Go)),
    default: Some("`bin` is the target's name, `toolchain` the only one of kind `go`"),
    codes: CODES,
    example: "go \"./cmd/app\" {\n    tags netgo\n}",
    ..NodeInfo::BARE
};

pub(crate) static CARGO: NodeInfo = NodeInfo {
    name: "cargo",
    about: "builds a Rust program; `bin` is the artifact's name",
    places: &[Place::Target],
    arguments: &[one("PACKAGE", Type::Text)],
    properties: NAMED,
    block: Some(Place::Builder(BuilderKind::Cargo)),
    default: Some("`bin` is the target's name, `toolchain` the only one of kind `rust`"),
    codes: CODES,
    example: "cargo app",
    ..NodeInfo::BARE
};

pub(crate) static ZIG: NodeInfo = NodeInfo {
    name: "zig",
    about: "builds a Zig program; `bin` is the artifact's name",
    places: &[Place::Target],
    arguments: &[one("SOURCE", Type::Text)],
    properties: NAMED,
    block: Some(Place::Builder(BuilderKind::Zig)),
    default: Some("`bin` is the target's name, `toolchain` the only one of kind `zig`"),
    codes: CODES,
    example: "zig \"src/main.zig\"",
    ..NodeInfo::BARE
};

pub(crate) static C: NodeInfo = NodeInfo {
    name: "c",
    about: "builds a C program or library with the cell's `cc`; `bin` is the artifact's name",
    places: &[Place::Target],
    arguments: &[many("GLOB", Type::Glob, 1)],
    properties: &[property("kind", Type::Word(output_kinds)), property("bin", Type::Text)],
    block: Some(Place::Builder(BuilderKind::C)),
    default: Some("`kind=exe`, `bin` is the target's name"),
    codes: &["builder-needs-arg", "two-builders", "other-builder", "path-escapes"],
    example: "c \"src/*.c\" kind=exe",
    ..NodeInfo::BARE
};

pub(crate) static COMMAND: NodeInfo = NodeInfo {
    name: "command",
    about: "runs a declared program; the target says what it reads and writes",
    places: &[Place::Target],
    arguments: &[one("PROGRAM", Type::Toolchain), many("ARGUMENT", Type::Template, 0)],
    codes: &[
        "builder-needs-arg",
        "command-undeclared",
        "unknown-tool",
        "command-block",
        "two-builders",
        "other-builder",
    ],
    example: "command sh \"build.sh\"",
    ..NodeInfo::BARE
};

pub(crate) static GO_BLOCK: NodeInfo = NodeInfo {
    name: "go",
    about: "settings of Go targets",
    places: SETTING,
    block: Some(Place::Builder(BuilderKind::Go)),
    codes: BLOCK_CODES,
    example: "go {\n    tags netgo\n}",
    ..NodeInfo::BARE
};

pub(crate) static CARGO_BLOCK: NodeInfo = NodeInfo {
    name: "cargo",
    about: "settings of Rust targets",
    places: SETTING,
    block: Some(Place::Builder(BuilderKind::Cargo)),
    codes: BLOCK_CODES,
    example: "cargo {\n    features tls\n}",
    ..NodeInfo::BARE
};

pub(crate) static ZIG_BLOCK: NodeInfo = NodeInfo {
    name: "zig",
    about: "settings of Zig targets",
    places: SETTING,
    block: Some(Place::Builder(BuilderKind::Zig)),
    codes: BLOCK_CODES,
    example: "zig {\n    optimize ReleaseSmall\n}",
    ..NodeInfo::BARE
};

pub(crate) static C_BLOCK: NodeInfo = NodeInfo {
    name: "c",
    about: "settings of C targets",
    places: SETTING,
    block: Some(Place::Builder(BuilderKind::C)),
    codes: BLOCK_CODES,
    example: "c {\n    std c17\n}",
    ..NodeInfo::BARE
};

const VALUES: &[ArgumentInfo] = &[many("VALUE", Type::Template, 1)];
const VALUE: &[ArgumentInfo] = &[one("VALUE", Type::Text)];
const BOOL: &[ArgumentInfo] = &[one("BOOL", Type::Bool)];

/// A list in a builder's block.
const fn list(place: &'static [Place], name: &'static str, about: &'static str, example: &'static str) -> NodeInfo {
    NodeInfo {
        name,
        about,
        places: place,
        arguments: VALUES,
        appends: true,
        clears: true,
        default: Some("none"),
        example,
        ..NodeInfo::BARE
    }
}

/// A single value in a builder's block.
const fn single(
    place: &'static [Place],
    name: &'static str,
    about: &'static str,
    default: &'static str,
    example: &'static str,
) -> NodeInfo {
    NodeInfo {
        name,
        about,
        places: place,
        arguments: VALUE,
        clears: true,
        default: Some(default),
        codes: &["one-value"],
        example,
        ..NodeInfo::BARE
    }
}

/// A switch in a builder's block.
const fn switch(
    place: &'static [Place],
    name: &'static str,
    about: &'static str,
    default: &'static str,
    example: &'static str,
) -> NodeInfo {
    NodeInfo { arguments: BOOL, ..single(place, name, about, default, example) }
}

const IN_GO: &[Place] = &[Place::Builder(BuilderKind::Go)];
const IN_CARGO: &[Place] = &[Place::Builder(BuilderKind::Cargo)];
const IN_ZIG: &[Place] = &[Place::Builder(BuilderKind::Zig)];
const IN_C: &[Place] = &[Place::Builder(BuilderKind::C)];

pub(crate) static GO_CGO: NodeInfo = switch(IN_GO, "cgo", "whether C code may be used", "`#false`", "cgo #false");
pub(crate) static GO_TAGS: NodeInfo = list(IN_GO, "tags", "build tags", "tags netgo osusergo");
pub(crate) static GO_LDFLAGS: NodeInfo = list(IN_GO, "ldflags", "flags of the linker", "ldflags \"-s\" \"-w\"");
pub(crate) static GO_GCFLAGS: NodeInfo = list(IN_GO, "gcflags", "flags of the compiler", "gcflags \"-l\"");
pub(crate) static GO_FLAGS: NodeInfo = list(IN_GO, "flags", "more flags of `go build`", "flags \"-race\"");
pub(crate) static GO_CGO_CFLAGS: NodeInfo =
    list(IN_GO, "cgo-cflags", "flags of the C compiler under cgo", "cgo-cflags \"-O2\"");
pub(crate) static GO_CGO_LDFLAGS: NodeInfo =
    list(IN_GO, "cgo-ldflags", "flags of the linker under cgo", "cgo-ldflags \"-lm\"");
pub(crate) static GO_TRIMPATH: NodeInfo =
    switch(IN_GO, "trimpath", "whether paths of this machine are kept out of the program", "`#true`", "trimpath #true");
pub(crate) static GO_BUILDMODE: NodeInfo =
    single(IN_GO, "buildmode", "what `go build` makes", "Go's own for the platform", "buildmode pie");

pub(crate) static CARGO_FEATURES: NodeInfo = list(IN_CARGO, "features", "features of the package", "features tls");
pub(crate) static CARGO_RUSTFLAGS: NodeInfo =
    list(IN_CARGO, "rustflags", "flags of the compiler", "rustflags \"-Ctarget-cpu=native\"");
pub(crate) static CARGO_FLAGS: NodeInfo = list(IN_CARGO, "flags", "more flags of `cargo build`", "flags \"--locked\"");
pub(crate) static CARGO_DEFAULT_FEATURES: NodeInfo = switch(
    IN_CARGO,
    "default-features",
    "whether the package's default features are on",
    "`#true`",
    "default-features #false",
);
pub(crate) static CARGO_PROFILE: NodeInfo =
    single(IN_CARGO, "cargo-profile", "Cargo's profile", "`release`", "cargo-profile release");

pub(crate) static ZIG_OPTIMIZE: NodeInfo =
    single(IN_ZIG, "optimize", "what is optimized for", "`ReleaseSafe`", "optimize ReleaseSmall");
pub(crate) static ZIG_FLAGS: NodeInfo = list(IN_ZIG, "flags", "more flags of `zig build-exe`", "flags \"-fstrip\"");

pub(crate) static C_CFLAGS: NodeInfo = list(IN_C, "cflags", "flags of the compiler", "cflags \"-O2\"");
pub(crate) static C_LDFLAGS: NodeInfo = list(IN_C, "ldflags", "flags of the linker", "ldflags \"-lm\"");
pub(crate) static C_STD: NodeInfo = single(IN_C, "std", "the C standard", "the compiler's own", "std c17");

fn output_kinds() -> Vec<&'static str> {
    OUTPUT_KINDS.to_vec()
}
