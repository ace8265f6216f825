//! A file of the corpus, and what is known of it without looking at its bytes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use xbuild_verify::{Facts, Level};

/// What can be asked about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// Go's name of the architecture.
    Arch,
    /// Pointer size.
    Bits,
    /// `little` or `big`.
    Endian,
    /// Go's name of the system.
    Os,
    /// The architecture's level; `baseline` for the lowest.
    Variant,
    /// `static` or `dynamic`.
    Linkage,
    /// Go's version.
    Go,
}

impl Fact {
    /// All of them, as the table has them.
    pub(crate) const ALL: [Self; 7] =
        [Self::Arch, Self::Bits, Self::Endian, Self::Os, Self::Variant, Self::Linkage, Self::Go];

    /// The word in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Arch => "architecture",
            Self::Bits => "pointer size",
            Self::Endian => "byte order",
            Self::Os => "operating system",
            Self::Variant => "level",
            Self::Linkage => "linkage",
            Self::Go => "Go version",
        }
    }
}

/// Facts by name; what is not known is not there.
pub(crate) type Known = BTreeMap<Fact, String>;

/// A file whose nature is known from where it comes from.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) path: PathBuf,
    /// Where it comes from: a platform and flags, or a package and its version.
    pub(crate) origin: String,
    pub(crate) truth: Known,
}

/// An architecture by Go's name, with its pointer size and byte order.
pub(crate) fn machine(arch: &str) -> Option<[(Fact, String); 3]> {
    let (bits, endian) = match arch {
        "386" | "arm" | "mipsle" => (32, "little"),
        "mips" => (32, "big"),
        "mips64" | "ppc64" | "s390x" => (64, "big"),
        "amd64" | "arm64" | "loong64" | "mips64le" | "ppc64le" | "riscv64" => (64, "little"),
        "wasm" => (32, "little"),
        _ => return None,
    };
    Some([(Fact::Arch, arch.to_owned()), (Fact::Bits, bits.to_string()), (Fact::Endian, endian.to_owned())])
}

/// What `xbuild-verify` says.
pub(crate) fn said(facts: &Facts) -> Known {
    let variant = facts.variant.as_ref().map(|level| match level {
        Level::Baseline => "baseline".to_owned(),
        level => level.name().unwrap_or_default().to_owned(),
    });
    let all = [
        (Fact::Arch, facts.arch.map(|arch| arch.to_string())),
        (Fact::Bits, facts.bits.map(|bits| bits.to_string())),
        (Fact::Endian, facts.endian.map(|endian| endian.to_string())),
        (Fact::Os, facts.os.map(|os| os.to_string())),
        (Fact::Variant, variant),
        (Fact::Linkage, facts.linkage.map(|linkage| linkage.to_string())),
        (Fact::Go, facts.go.as_ref().map(|go| go.version.clone())),
    ];
    all.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect()
}
