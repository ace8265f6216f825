//! How compilers other than Go's spell a platform: Rust's triples, zig's targets, LLVM's, and the flags that choose a level.
//!
//! Sources: `rustc --print target-list` of Rust 1.95; `zig targets` of zig 0.15; LLVM's `Triple` as clang takes it; GCC's
//! manual for `-march`. A spelling that its tool does not know is none: the answer is `None` then.

use crate::{Arch, Os, Platform};

impl Platform {
    /// Rust's name of the platform; `musl` chooses between its two C libraries of Linux. On Windows it is the one that
    /// needs no files of Microsoft's.
    pub fn rust_triple(self, musl: bool) -> Option<String> {
        let level = self.level();
        let cpu = match (self.os(), self.arch()) {
            (_, Arch::Amd64) => "x86_64",
            (Os::Darwin | Os::Ios, Arch::Arm64) => "aarch64",
            (_, Arch::Arm64) => "aarch64",
            (_, Arch::I386) => "i686",
            (Os::Linux, Arch::Arm) => match level {
                "v5" => "armv5te",
                "v6" => "arm",
                _ => "armv7",
            },
            (_, Arch::Arm) if level == "v6" => "armv6",
            (_, Arch::Arm) => "armv7",
            (_, Arch::Loong64) => "loongarch64",
            (_, Arch::Mips) => "mips",
            (_, Arch::Mipsle) => "mipsel",
            (_, Arch::Mips64) => "mips64",
            (_, Arch::Mips64le) => "mips64el",
            (_, Arch::Ppc64) => "powerpc64",
            (_, Arch::Ppc64le) => "powerpc64le",
            (_, Arch::Riscv64) => "riscv64gc",
            (_, Arch::S390x) => "s390x",
            (_, Arch::Wasm) => "wasm32",
        };
        let rest = match self.os() {
            Os::Linux => format!("unknown-linux-{}{}", if musl { "musl" } else { "gnu" }, self.rust_linux_abi()),
            Os::Darwin => "apple-darwin".into(),
            Os::Ios => "apple-ios".into(),
            Os::Windows if self.arch() == Arch::Arm64 => "pc-windows-gnullvm".into(),
            Os::Windows => "pc-windows-gnu".into(),
            Os::Android if self.arch() == Arch::Arm => "linux-androideabi".into(),
            Os::Android => "linux-android".into(),
            Os::Netbsd if self.arch() == Arch::Arm => "unknown-netbsd-eabihf".into(),
            Os::Freebsd | Os::Netbsd | Os::Openbsd | Os::Dragonfly | Os::Illumos => format!("unknown-{}", self.os()),
            Os::Solaris => "pc-solaris".into(),
            Os::Aix => "ibm-aix".into(),
            Os::Wasip1 => return Some("wasm32-wasip1".into()),
            Os::Js | Os::Plan9 => return None,
        };
        Some(format!("{cpu}-{rest}"))
    }

    fn rust_linux_abi(self) -> &'static str {
        match self.arch() {
            Arch::Arm if self.level() == "v5" => "eabi",
            Arch::Arm => "eabihf",
            Arch::Mips64 | Arch::Mips64le => "abi64",
            _ => "",
        }
    }

    /// The CPU to name to rustc for a level above the baseline; `None` where the triple says all.
    pub fn rust_cpu(self) -> Option<&'static str> {
        match (self.arch(), self.level()) {
            (Arch::Amd64, "v2") => Some("x86-64-v2"),
            (Arch::Amd64, "v3") => Some("x86-64-v3"),
            (Arch::Amd64, "v4") => Some("x86-64-v4"),
            (Arch::Ppc64 | Arch::Ppc64le, "power9") => Some("pwr9"),
            (Arch::Ppc64 | Arch::Ppc64le, "power10") => Some("pwr10"),
            _ => None,
        }
    }

    /// zig's name of the platform: `aarch64-linux-musl`, `arm-linux-gnueabihf.2.28`. `libc` is `musl`, `gnu` or `gnu.2.28`; on
    /// Linux, where none is chosen, it is `musl`, which runs everywhere.
    pub fn zig_target(self, libc: Option<&str>) -> String {
        let arch = self.llvm_arch();
        let arch = if arch == "i386" { "x86" } else { arch };
        match self.os() {
            Os::Linux => {
                let (name, floor) = libc.unwrap_or("musl").split_once('.').unwrap_or((libc.unwrap_or("musl"), ""));
                let dot = if floor.is_empty() { "" } else { "." };
                format!("{arch}-linux-{name}{}{dot}{floor}", self.float_abi())
            }
            Os::Windows => format!("{arch}-windows-gnu"),
            Os::Darwin => format!("{arch}-macos"),
            Os::Wasip1 => format!("{arch}-wasi"),
            other => format!("{arch}-{other}"),
        }
    }

    /// The target that clang is told: `aarch64-unknown-linux-gnu`, `x86_64-apple-macosx`.
    pub fn llvm_target(self, musl: bool) -> String {
        let arch = self.llvm_arch();
        match self.os() {
            Os::Linux => {
                format!("{arch}-unknown-linux-{}{}", if musl { "musl" } else { "gnu" }, self.float_abi())
            }
            Os::Darwin => format!("{}-apple-macosx", if self.arch() == Arch::Arm64 { "arm64" } else { arch }),
            Os::Ios => format!("{}-apple-ios", if self.arch() == Arch::Arm64 { "arm64" } else { arch }),
            Os::Windows => format!("{arch}-w64-windows-gnu"),
            Os::Android => {
                format!("{arch}-unknown-linux-android{}", if self.arch() == Arch::Arm { "eabi" } else { "" })
            }
            Os::Wasip1 => format!("{arch}-wasip1"),
            other => format!("{arch}-unknown-{other}"),
        }
    }

    /// The CPU that zig is told, so that it does not take the machine's own; `None` where its baseline is ours.
    pub fn zig_cpu(self) -> Option<&'static str> {
        match (self.arch(), self.level()) {
            (Arch::Amd64, "v1") => Some("x86_64"),
            (Arch::Amd64, "v2") => Some("x86_64_v2"),
            (Arch::Amd64, "v3") => Some("x86_64_v3"),
            (Arch::Amd64, "v4") => Some("x86_64_v4"),
            (Arch::Arm, "v5") => Some("arm926ej_s"),
            (Arch::Arm, "v6") => Some("arm1136jf_s"),
            (Arch::Ppc64 | Arch::Ppc64le, "power8") => Some("pwr8"),
            (Arch::Ppc64 | Arch::Ppc64le, "power9") => Some("pwr9"),
            (Arch::Ppc64 | Arch::Ppc64le, "power10") => Some("pwr10"),
            _ => None,
        }
    }

    /// The value of `-march` for a level above the baseline; the baseline is the compiler's own.
    pub fn gnu_march(self) -> Option<String> {
        let variant = self.variant()?.as_str();
        match self.arch() {
            Arch::Amd64 => Some(format!("x86-64-{variant}")),
            Arch::Arm64 => Some(format!("arm{}-a", variant.strip_suffix(".0").unwrap_or(variant))),
            _ => None,
        }
    }

    fn llvm_arch(self) -> &'static str {
        match self.arch() {
            Arch::Amd64 => "x86_64",
            Arch::Arm64 => "aarch64",
            Arch::I386 => "i386",
            Arch::Ppc64 => "powerpc64",
            Arch::Ppc64le => "powerpc64le",
            Arch::Mipsle => "mipsel",
            Arch::Mips64le => "mips64el",
            Arch::Loong64 => "loongarch64",
            Arch::Wasm => "wasm32",
            other => other.as_str(),
        }
    }

    /// What stands behind the C library's name: how floating-point numbers are passed.
    fn float_abi(self) -> &'static str {
        let soft = matches!(self.level(), "v5" | "softfloat");
        match self.arch() {
            Arch::Arm | Arch::Mips | Arch::Mipsle => {
                if soft {
                    "eabi"
                } else {
                    "eabihf"
                }
            }
            Arch::Mips64 | Arch::Mips64le => "abi64",
            _ => "",
        }
    }

    /// The level's name, the baseline's too.
    pub(crate) fn level(self) -> &'static str {
        self.variant().map_or_else(|| self.arch().baseline().unwrap_or_default(), |variant| variant.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        text.parse().expect("a platform")
    }

    fn check(text: &str, rust: &str, zig: &str, llvm: &str) {
        let platform = platform(text);
        assert_eq!(platform.rust_triple(false).unwrap_or_default(), rust, "{text}");
        assert_eq!(platform.zig_target(Some("gnu.2.28")), zig, "{text}");
        assert_eq!(platform.llvm_target(false), llvm, "{text}");
    }

    #[test]
    fn a_platform_is_spelled_for_each_compiler() {
        check("linux/amd64", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu.2.28", "x86_64-unknown-linux-gnu");
        check("linux/386", "i686-unknown-linux-gnu", "x86-linux-gnu.2.28", "i386-unknown-linux-gnu");
        check("linux/arm/v5", "armv5te-unknown-linux-gnueabi", "arm-linux-gnueabi.2.28", "arm-unknown-linux-gnueabi");
        check("linux/arm/v6", "arm-unknown-linux-gnueabihf", "arm-linux-gnueabihf.2.28", "arm-unknown-linux-gnueabihf");
        check(
            "linux/arm/v7",
            "armv7-unknown-linux-gnueabihf",
            "arm-linux-gnueabihf.2.28",
            "arm-unknown-linux-gnueabihf",
        );
        check("linux/riscv64", "riscv64gc-unknown-linux-gnu", "riscv64-linux-gnu.2.28", "riscv64-unknown-linux-gnu");
        check("darwin/arm64", "aarch64-apple-darwin", "aarch64-macos", "arm64-apple-macosx");
        check("windows/amd64", "x86_64-pc-windows-gnu", "x86_64-windows-gnu", "x86_64-w64-windows-gnu");
        check("wasip1/wasm", "wasm32-wasip1", "wasm32-wasi", "wasm32-wasip1");
        check("plan9/amd64", "", "x86_64-plan9", "x86_64-unknown-plan9");
    }

    #[test]
    fn a_c_library_is_part_of_the_target() {
        assert_eq!(platform("linux/arm64").zig_target(None), "aarch64-linux-musl");
        assert_eq!(platform("linux/arm64").zig_target(Some("gnu")), "aarch64-linux-gnu");
        assert_eq!(platform("linux/arm/v7").zig_target(Some("musl")), "arm-linux-musleabihf");
        assert_eq!(platform("linux/arm64").rust_triple(true).as_deref(), Some("aarch64-unknown-linux-musl"));
        assert_eq!(platform("linux/mips64").rust_triple(true).as_deref(), Some("mips64-unknown-linux-muslabi64"));
    }

    #[test]
    fn a_level_is_told_to_each_compiler() {
        let told = |text: &str| {
            let platform = platform(text);
            (platform.rust_cpu(), platform.zig_cpu(), platform.gnu_march())
        };
        assert_eq!(told("linux/amd64"), (None, Some("x86_64"), None));
        assert_eq!(told("linux/amd64/v3"), (Some("x86-64-v3"), Some("x86_64_v3"), Some("x86-64-v3".into())));
        assert_eq!(told("linux/arm/v6"), (None, Some("arm1136jf_s"), None));
        assert_eq!(told("linux/arm64/v8.2"), (None, None, Some("armv8.2-a".into())));
        assert_eq!(told("linux/arm64/v9.0"), (None, None, Some("armv9-a".into())));
    }
}
