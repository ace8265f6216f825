//! How QEMU and Debian's cross packages spell a platform: the emulator's name, the processor that is no more than a level, and
//! where a C library for it is.
//!
//! Sources: `qemu-ARCH -cpu help` of QEMU 7.2, each model tried with programs of Go 1.26 at the level and above it; the names
//! of Debian's `libc6-ARCH-cross` and of the folders below `/usr` that they fill. A level for which QEMU has no model that
//! stops at it has none here: the emulator's own default then runs it, and the run proves less.

use crate::{Arch, Platform};

/// A C library for programs of another architecture, as Debian packages it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrossLibc {
    /// The folder below `/usr`.
    pub triplet: &'static str,
    /// The package that fills it.
    pub package: &'static str,
}

impl Arch {
    /// QEMU's name of the architecture: the emulator is `qemu-NAME`, or `qemu-NAME-static`. `None` for what is no processor.
    pub const fn qemu(self) -> Option<&'static str> {
        Some(match self {
            Self::I386 => "i386",
            Self::Amd64 => "x86_64",
            Self::Arm64 => "aarch64",
            Self::Loong64 => "loongarch64",
            Self::Mips64le => "mips64el",
            Self::Mipsle => "mipsel",
            Self::Arm => "arm",
            Self::Mips => "mips",
            Self::Mips64 => "mips64",
            Self::Ppc64 => "ppc64",
            Self::Ppc64le => "ppc64le",
            Self::Riscv64 => "riscv64",
            Self::S390x => "s390x",
            Self::Wasm => return None,
        })
    }

    /// Debian's C library for the architecture; `soft` where floating-point numbers are passed as ARM's `gnueabi` does.
    pub const fn cross_libc(self, soft: bool) -> Option<CrossLibc> {
        let (triplet, package) = match self {
            Self::I386 => ("i686-linux-gnu", "libc6-i386-cross"),
            Self::Amd64 => ("x86_64-linux-gnu", "libc6-amd64-cross"),
            Self::Arm if soft => ("arm-linux-gnueabi", "libc6-armel-cross"),
            Self::Arm => ("arm-linux-gnueabihf", "libc6-armhf-cross"),
            Self::Arm64 => ("aarch64-linux-gnu", "libc6-arm64-cross"),
            Self::Loong64 => ("loongarch64-linux-gnu", "libc6-loong64-cross"),
            Self::Mips => ("mips-linux-gnu", "libc6-mips-cross"),
            Self::Mipsle => ("mipsel-linux-gnu", "libc6-mipsel-cross"),
            Self::Mips64 => ("mips64-linux-gnuabi64", "libc6-mips64-cross"),
            Self::Mips64le => ("mips64el-linux-gnuabi64", "libc6-mips64el-cross"),
            Self::Ppc64 => ("powerpc64-linux-gnu", "libc6-ppc64-cross"),
            Self::Ppc64le => ("powerpc64le-linux-gnu", "libc6-ppc64el-cross"),
            Self::Riscv64 => ("riscv64-linux-gnu", "libc6-riscv64-cross"),
            Self::S390x => ("s390x-linux-gnu", "libc6-s390x-cross"),
            Self::Wasm => return None,
        };
        Some(CrossLibc { triplet, package })
    }
}

impl Platform {
    /// The processor to name with `-cpu`, so that a program that needs more than the platform promises does not run.
    pub fn qemu_cpu(self) -> Option<&'static str> {
        match (self.arch(), self.level()) {
            (Arch::Amd64, "v1") => Some("qemu64"),
            (Arch::Amd64, "v2") => Some("Nehalem"),
            (Arch::Amd64, "v3") => Some("Haswell"),
            (Arch::Arm, "v5") => Some("arm926"),
            (Arch::Arm, "v6") => Some("arm1176"),
            (Arch::Arm, "v7") => Some("cortex-a7"),
            (Arch::Arm64, "v8") => Some("cortex-a53"),
            (Arch::Arm64, "v8.2") => Some("cortex-a76"),
            (Arch::Mips | Arch::Mipsle, "hardfloat") => Some("24Kf"),
            (Arch::Mips | Arch::Mipsle, "softfloat") => Some("24Kc"),
            (Arch::Ppc64 | Arch::Ppc64le, level @ ("power8" | "power9" | "power10")) => Some(level),
            (Arch::Riscv64, "rva20u64") => Some("rv64,zba=false,zbb=false,zbc=false,zbs=false"),
            (Arch::Riscv64, "rva23u64") => Some("rv64,v=true,vext_spec=v1.0"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Os;

    #[test]
    fn every_processor_has_an_emulator_and_a_c_library() {
        for arch in Arch::ALL {
            let has = (arch.qemu().is_some(), arch.cross_libc(false).is_some());
            assert_eq!(has, (*arch != Arch::Wasm, *arch != Arch::Wasm), "{arch}");
        }
        assert_eq!(Arch::Mips64le.qemu(), Some("mips64el"));
        assert_eq!(Arch::Arm.cross_libc(true).map(|libc| libc.package), Some("libc6-armel-cross"));
        assert_eq!(Arch::Arm.cross_libc(false).map(|libc| libc.triplet), Some("arm-linux-gnueabihf"));
    }

    #[test]
    fn a_level_has_the_processor_that_stops_there() {
        let check = |text: &str, expect: Option<&str>| {
            let platform: Platform = text.parse().expect("a platform");
            assert_eq!(platform.qemu_cpu(), expect, "{text}");
        };
        check("linux/arm/v5", Some("arm926"));
        check("linux/arm/v6", Some("arm1176"));
        check("linux/arm/v7", Some("cortex-a7"));
        check("linux/amd64", Some("qemu64"));
        check("linux/arm64", Some("cortex-a53"));
        check("linux/arm64/v9.0", None);
        check("linux/ppc64le/power9", Some("power9"));
        check("linux/s390x", None);
    }

    #[test]
    fn an_arm_platform_always_has_a_processor() {
        let arms = Platform::all().filter(|platform| (platform.os(), platform.arch()) == (Os::Linux, Arch::Arm));
        assert!(arms.map(Platform::qemu_cpu).all(|cpu| cpu.is_some()));
    }
}
