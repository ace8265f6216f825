//! The platform that xbuild itself runs on, as a value that the CLI hands to whoever needs it.

use std::fmt;

use crate::{Arch, Os, Platform};

/// An operating system and architecture without a level: what a toolchain is made for and where an action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostPlatform {
    /// The operating system.
    pub os: Os,
    /// The architecture.
    pub arch: Arch,
}

impl HostPlatform {
    /// From the names that Rust's `std::env::consts` uses; `None` for a machine that Go does not know.
    pub fn from_rust_names(os: &str, arch: &str) -> Option<Self> {
        let os = match os {
            "macos" => Os::Darwin,
            name => Os::from_name(name)?,
        };
        let arch = match arch {
            "x86_64" => Arch::Amd64,
            "aarch64" => Arch::Arm64,
            "x86" => Arch::I386,
            "powerpc64" if cfg!(target_endian = "little") => Arch::Ppc64le,
            "powerpc64" => Arch::Ppc64,
            "loongarch64" => Arch::Loong64,
            name => Arch::from_name(name)?,
        };
        Some(Self { os, arch })
    }

    /// Whether a program for `platform` starts here without an emulator (386 on amd64 included). Levels above the
    /// baseline are not known to run.
    pub fn runs(self, platform: Platform) -> bool {
        self.os == platform.os()
            && platform.variant().is_none()
            && (self.arch == platform.arch()
                || (self.os == Os::Linux && self.arch == Arch::Amd64 && platform.arch() == Arch::I386))
    }
}

impl fmt::Display for HostPlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.arch)
    }
}
