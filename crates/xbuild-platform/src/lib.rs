//! What a machine is: operating system, architecture and variant, from one closed table.
//!
//! Every name that a user may write, every `GOOS`/`GOARCH` pair that Go can build and every level of an
//! architecture stands in one table; anything else is a [`PlatformError`] that names the right word. The baseline of an
//! architecture has one spelling only (the short one), so equal platforms are equal text.
//!
//! This crate does not ask what machine it runs on; the CLI hands the host's platform in as a value.

mod alias;
mod go;
mod host;
mod native;
mod parse;
mod qemu;
mod table;
mod words;

pub use alias::{ARCH_ALIASES, OS_ALIASES, right_arch, right_os};
pub use go::GO_DERIVED_ENV;
pub use host::HostPlatform;
pub use parse::PlatformError;
pub use qemu::CrossLibc;
pub use table::{Arch, Endian, Os, PAIRS, Variant};

use std::fmt;

use serde::{Serialize, Serializer};

/// Where an artifact runs: operating system, architecture, and a level above (or beside) the architecture's baseline.
///
/// Printed and parsed as `os/arch` or `os/arch/variant` in OCI's and Go's spelling. `variant` is `None` exactly for the
/// baseline; `linux/arm` has no baseline, so its variant is always present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Platform {
    os: Os,
    arch: Arch,
    variant: Option<Variant>,
}

impl Platform {
    /// The operating system.
    pub const fn os(self) -> Os {
        self.os
    }

    /// The architecture.
    pub const fn arch(self) -> Arch {
        self.arch
    }

    /// The level, or `None` for the architecture's baseline.
    pub const fn variant(self) -> Option<Variant> {
        self.variant
    }

    /// The platform's folder name under the output folder: `linux_arm_v7`.
    pub fn folder(self) -> String {
        self.to_string().replace('/', "_")
    }

    /// What an executable's name ends with: `.exe` on Windows, `.wasm` for WebAssembly, else nothing.
    pub const fn exe_suffix(self) -> &'static str {
        match (self.os, self.arch) {
            (Os::Windows, _) => ".exe",
            (_, Arch::Wasm) => ".wasm",
            _ => "",
        }
    }

    /// Every platform of the table at its baseline, and `arm` once for each level.
    pub fn all() -> impl Iterator<Item = Self> {
        PAIRS.iter().flat_map(|&(os, arch)| {
            let variants: Vec<Option<Variant>> =
                if arch.baseline().is_some() { vec![None] } else { arch.variants().map(Some).collect() };
            variants.into_iter().map(move |variant| Self { os, arch, variant })
        })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.arch)?;
        match self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

impl Serialize for Platform {
    /// A platform in JSON is an object `{os, arch, variant}`, as the contract has it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut object = serializer.serialize_struct("Platform", 3)?;
        object.serialize_field("os", self.os.as_str())?;
        object.serialize_field("arch", self.arch.as_str())?;
        object.serialize_field("variant", &self.variant.map(Variant::as_str))?;
        object.end()
    }
}
