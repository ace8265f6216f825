//! The closed table: operating systems, architectures, their levels, and which pairs exist.
//!
//! Pairs are `go tool dist list` of Go 1.26; levels are those of `cmd/go help environment` (`GOAMD64`, `GOARM`, …). Go
//! itself accepts values outside these lists, stamps them and builds the baseline, so the table is ours to keep.

use std::fmt;

use crate::words;

words! {
    /// An operating system.
    Os {
        /// IBM AIX.
        Aix = "aix",
        /// Android.
        Android = "android",
        /// macOS.
        Darwin = "darwin",
        /// DragonFly BSD.
        Dragonfly = "dragonfly",
        /// FreeBSD.
        Freebsd = "freebsd",
        /// illumos.
        Illumos = "illumos",
        /// iOS.
        Ios = "ios",
        /// A JavaScript host of WebAssembly.
        Js = "js",
        /// Linux.
        Linux = "linux",
        /// NetBSD.
        Netbsd = "netbsd",
        /// OpenBSD.
        Openbsd = "openbsd",
        /// Plan 9.
        Plan9 = "plan9",
        /// Solaris.
        Solaris = "solaris",
        /// WASI preview 1.
        Wasip1 = "wasip1",
        /// Windows.
        Windows = "windows",
    }
}

words! {
    /// An instruction set.
    Arch {
        /// 32-bit x86.
        I386 = "386",
        /// 64-bit x86.
        Amd64 = "amd64",
        /// 32-bit ARM.
        Arm = "arm",
        /// 64-bit ARM.
        Arm64 = "arm64",
        /// LoongArch, 64 bits.
        Loong64 = "loong64",
        /// MIPS, 32 bits, big endian.
        Mips = "mips",
        /// MIPS, 64 bits, big endian.
        Mips64 = "mips64",
        /// MIPS, 64 bits, little endian.
        Mips64le = "mips64le",
        /// MIPS, 32 bits, little endian.
        Mipsle = "mipsle",
        /// PowerPC, 64 bits, big endian.
        Ppc64 = "ppc64",
        /// PowerPC, 64 bits, little endian.
        Ppc64le = "ppc64le",
        /// RISC-V, 64 bits.
        Riscv64 = "riscv64",
        /// IBM Z.
        S390x = "s390x",
        /// WebAssembly.
        Wasm = "wasm",
    }
}

/// Byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Endian {
    /// `little` or `big`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Little => "little",
            Self::Big => "big",
        }
    }
}

impl fmt::Display for Endian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an architecture's baseline is called (never written by a user) and which levels may be written, in order.
struct Levels {
    baseline: Option<&'static str>,
    variants: &'static [&'static str],
}

const ARM64_LEVELS: &[&str] = &[
    "v8.1", "v8.2", "v8.3", "v8.4", "v8.5", "v8.6", "v8.7", "v8.8", "v8.9", "v9.0", "v9.1", "v9.2", "v9.3", "v9.4",
    "v9.5",
];

impl Arch {
    const fn levels(self) -> Levels {
        match self {
            Self::Amd64 => Levels { baseline: Some("v1"), variants: &["v2", "v3", "v4"] },
            Self::Arm => Levels { baseline: None, variants: &["v5", "v6", "v7"] },
            Self::Arm64 => Levels { baseline: Some("v8"), variants: ARM64_LEVELS },
            Self::I386 => Levels { baseline: Some("sse2"), variants: &["softfloat"] },
            Self::Mips | Self::Mipsle | Self::Mips64 | Self::Mips64le => {
                Levels { baseline: Some("hardfloat"), variants: &["softfloat"] }
            }
            Self::Ppc64 | Self::Ppc64le => Levels { baseline: Some("power8"), variants: &["power9", "power10"] },
            Self::Riscv64 => Levels { baseline: Some("rva20u64"), variants: &["rva22u64", "rva23u64"] },
            Self::Loong64 | Self::S390x | Self::Wasm => Levels { baseline: Some(""), variants: &[] },
        }
    }

    /// What the level without a written variant is called: `v1` for amd64. `None` for `arm`, which has no default;
    /// empty where the architecture knows no levels.
    pub const fn baseline(self) -> Option<&'static str> {
        self.levels().baseline
    }

    /// The levels that may be written, lowest first.
    pub fn variants(self) -> impl Iterator<Item = Variant> {
        (0..self.levels().variants.len()).map(move |index| Variant { arch: self, index: index as u8 })
    }

    /// The level with exactly this name; the baseline's name is not one.
    pub fn variant(self, name: &str) -> Option<Variant> {
        self.variants().find(|variant| variant.as_str() == name)
    }

    /// Pointer size in bits, as object files of this architecture have it.
    pub const fn bits(self) -> u8 {
        match self {
            Self::I386 | Self::Arm | Self::Mips | Self::Mipsle | Self::Wasm => 32,
            _ => 64,
        }
    }

    /// Byte order.
    pub const fn endian(self) -> Endian {
        match self {
            Self::Mips | Self::Mips64 | Self::Ppc64 | Self::S390x => Endian::Big,
            _ => Endian::Little,
        }
    }
}

/// A level of an architecture that is not its baseline: `v7` of arm, `v3` of amd64. Ordered lowest first within one
/// architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Variant {
    arch: Arch,
    index: u8,
}

impl Variant {
    /// The name as it is written.
    pub fn as_str(self) -> &'static str {
        self.arch.levels().variants[usize::from(self.index)]
    }

    /// The architecture whose level it is.
    pub const fn arch(self) -> Arch {
        self.arch
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Variant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The pairs that exist, sorted by name: what `go tool dist list` prints.
pub const PAIRS: &[(Os, Arch)] = {
    use Arch::{
        Amd64, Arm, Arm64, I386, Loong64, Mips, Mips64, Mips64le, Mipsle, Ppc64, Ppc64le, Riscv64, S390x, Wasm,
    };
    use Os::{
        Aix, Android, Darwin, Dragonfly, Freebsd, Illumos, Ios, Js, Linux, Netbsd, Openbsd, Plan9, Solaris, Wasip1,
        Windows,
    };
    &[
        (Aix, Ppc64),
        (Android, I386),
        (Android, Amd64),
        (Android, Arm),
        (Android, Arm64),
        (Darwin, Amd64),
        (Darwin, Arm64),
        (Dragonfly, Amd64),
        (Freebsd, I386),
        (Freebsd, Amd64),
        (Freebsd, Arm),
        (Freebsd, Arm64),
        (Illumos, Amd64),
        (Ios, Amd64),
        (Ios, Arm64),
        (Js, Wasm),
        (Linux, I386),
        (Linux, Amd64),
        (Linux, Arm),
        (Linux, Arm64),
        (Linux, Loong64),
        (Linux, Mips),
        (Linux, Mips64),
        (Linux, Mips64le),
        (Linux, Mipsle),
        (Linux, Ppc64),
        (Linux, Ppc64le),
        (Linux, Riscv64),
        (Linux, S390x),
        (Netbsd, I386),
        (Netbsd, Amd64),
        (Netbsd, Arm),
        (Netbsd, Arm64),
        (Openbsd, I386),
        (Openbsd, Amd64),
        (Openbsd, Arm),
        (Openbsd, Arm64),
        (Openbsd, Ppc64),
        (Openbsd, Riscv64),
        (Plan9, I386),
        (Plan9, Amd64),
        (Plan9, Arm),
        (Solaris, Amd64),
        (Wasip1, Wasm),
        (Windows, I386),
        (Windows, Amd64),
        (Windows, Arm64),
    ]
};
