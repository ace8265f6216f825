//! How Go spells a platform: the variables that decide what its compiler emits, always all of them.

use crate::{Arch, Platform};

/// Every variable that xbuild derives for a build and that `xbuild.kdl` therefore cannot set (rule 8 of the language).
pub const GO_DERIVED_ENV: &[&str] = &[
    "GOOS",
    "GOARCH",
    "GOARM",
    "GOARM64",
    "GOAMD64",
    "GO386",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "GOWASM",
    "CGO_ENABLED",
    "GOENV",
    "GOTOOLCHAIN",
    "GOROOT",
    "GOPATH",
    "GOCACHE",
    "GOMODCACHE",
    "GOPROXY",
    "GOSUMDB",
    "GOWORK",
];

impl Platform {
    /// `GOOS`, `GOARCH` and the architecture's level variable with its value written out, the baseline's too.
    pub fn go_env(self) -> Vec<(&'static str, String)> {
        let mut env = vec![("GOOS", self.os().to_string()), ("GOARCH", self.arch().to_string())];
        env.extend(self.go_level());
        env
    }

    /// The variable that sets the architecture's level for Go, and its value: `GOARM=7`, `GOAMD64=v1`.
    pub fn go_level(self) -> Option<(&'static str, String)> {
        let name = self.arch().go_level_variable()?;
        let level = self.variant().map_or(self.arch().baseline().unwrap_or_default(), |variant| variant.as_str());
        let value = match self.arch() {
            Arch::Arm => level.trim_start_matches('v').to_owned(),
            Arch::Arm64 if level == "v8" => "v8.0".to_owned(),
            _ => level.to_owned(),
        };
        Some((name, value))
    }
}

impl Arch {
    /// The variable that sets this architecture's level for Go; `None` where Go knows no levels.
    pub const fn go_level_variable(self) -> Option<&'static str> {
        Some(match self {
            Self::Amd64 => "GOAMD64",
            Self::Arm => "GOARM",
            Self::Arm64 => "GOARM64",
            Self::I386 => "GO386",
            Self::Mips | Self::Mipsle => "GOMIPS",
            Self::Mips64 | Self::Mips64le => "GOMIPS64",
            Self::Ppc64 | Self::Ppc64le => "GOPPC64",
            Self::Riscv64 => "GORISCV64",
            Self::Loong64 | Self::S390x | Self::Wasm => return None,
        })
    }
}
