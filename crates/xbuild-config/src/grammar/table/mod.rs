//! Every node of the language, one static each, and the list of them all.

mod builders;
mod settings;
mod target;
mod top;

pub(crate) use builders::*;
pub(crate) use settings::*;
pub(crate) use target::*;
pub(crate) use top::*;

use xbuild_platform::{Arch, Os, Variant};

use super::{ArgumentInfo, NodeInfo, PropertyInfo, Type};

/// Every node. Words are suggested in this order.
pub(super) static ALL: [&NodeInfo; 57] = [
    &PROJECT,
    &TOOLCHAIN,
    &PROFILE,
    &AXIS,
    &DEFAULTS,
    &TARGET,
    &GO,
    &CARGO,
    &ZIG,
    &C,
    &COMMAND,
    &NOARCH,
    &PROFILES,
    &AXES,
    &EXCLUDE,
    &XBUILD,
    &INCLUDE,
    &DEPS,
    &ARCHIVE,
    &IMAGE,
    &ADD,
    &ENV,
    &ENV_PASS,
    &ENV_SECRET,
    &CC,
    &CWD,
    &INPUTS,
    &OUTPUTS,
    &TOOLS,
    &EXPECT,
    &SMOKE,
    &NETWORK,
    &GO_BLOCK,
    &CARGO_BLOCK,
    &ZIG_BLOCK,
    &C_BLOCK,
    &WHEN,
    &TARGET_WHEN,
    &GO_CGO,
    &GO_TAGS,
    &GO_LDFLAGS,
    &GO_GCFLAGS,
    &GO_FLAGS,
    &GO_CGO_CFLAGS,
    &GO_CGO_LDFLAGS,
    &GO_TRIMPATH,
    &GO_BUILDMODE,
    &CARGO_FEATURES,
    &CARGO_RUSTFLAGS,
    &CARGO_FLAGS,
    &CARGO_DEFAULT_FEATURES,
    &CARGO_PROFILE,
    &ZIG_OPTIMIZE,
    &ZIG_FLAGS,
    &C_CFLAGS,
    &C_LDFLAGS,
    &C_STD,
];

/// Exactly one argument.
const fn one(name: &'static str, of: Type) -> ArgumentInfo {
    ArgumentInfo { name, of, least: 1, many: false }
}

/// So many arguments or more.
const fn many(name: &'static str, of: Type, least: usize) -> ArgumentInfo {
    ArgumentInfo { name, of, least, many: true }
}

/// A property that may be there.
const fn property(name: &'static str, of: Type) -> PropertyInfo {
    PropertyInfo { name, of, required: false }
}

/// What a condition can ask for.
const ASKED: &[PropertyInfo] = &[
    property("profile", Type::Profile),
    property("platform", Type::Platform),
    property("os", Type::Word(systems)),
    property("arch", Type::Word(architectures)),
    property("variant", Type::Word(variants)),
];

fn systems() -> Vec<&'static str> {
    Os::ALL.iter().map(|os| os.as_str()).collect()
}

fn architectures() -> Vec<&'static str> {
    Arch::ALL.iter().map(|arch| arch.as_str()).collect()
}

fn variants() -> Vec<&'static str> {
    let mut words: Vec<&str> = Arch::ALL.iter().flat_map(|arch| arch.variants()).map(Variant::as_str).collect();
    words.sort_unstable();
    words.dedup();
    words
}
