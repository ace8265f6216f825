//! What this machine has for running programs: its processor, and the runners on the search path.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_platform::{Arch, HostPlatform};

/// The runners that are looked for besides QEMU's.
const OTHERS: [&str; 5] = ["node", "wine64", "wine", "wineserver", "go"];

/// A machine, looked at once.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Its platform.
    pub host: HostPlatform,
    /// The highest level of amd64 that its processor has, from 1; `None` where that is not known.
    pub amd64_level: Option<u8>,
    programs: BTreeMap<String, Utf8PathBuf>,
}

impl Machine {
    /// Looks at this machine; `path` are the folders to search for runners, in order.
    pub fn look<'a>(host: HostPlatform, path: impl Iterator<Item = &'a Utf8Path>) -> Self {
        let folders: Vec<&Utf8Path> = path.collect();
        let emulators = Arch::ALL.iter().filter_map(|arch| arch.qemu());
        let emulators = emulators.flat_map(|name| [format!("qemu-{name}-static"), format!("qemu-{name}")]);
        let names = emulators.chain(OTHERS.map(str::to_owned));
        let find = |name: String| {
            let found = folders.iter().map(|folder| folder.join(&name)).find(|program| is_program(program))?;
            Some((name, found))
        };
        Self { host, amd64_level: amd64_level(), programs: names.filter_map(find).collect() }
    }

    /// The first of the named runners that is here.
    pub fn program(&self, names: &[&str]) -> Option<&Utf8Path> {
        names.iter().find_map(|name| self.programs.get(*name)).map(Utf8PathBuf::as_path)
    }

    /// The emulator of a processor.
    pub fn qemu(&self, name: &str) -> Option<&Utf8Path> {
        self.program(&[&format!("qemu-{name}-static"), &format!("qemu-{name}")])
    }

    /// The root of the Go on the search path.
    pub fn go_root(&self) -> Option<Utf8PathBuf> {
        let program = self.program(&["go"])?.canonicalize_utf8().ok()?;
        program.parent()?.parent().map(Utf8Path::to_owned)
    }
}

/// Whether a file is there that this user may start.
fn is_program(path: &Utf8Path) -> bool {
    path.is_file() && rustix::fs::access(path.as_std_path(), rustix::fs::Access::EXEC_OK).is_ok()
}

/// The level of this processor, by the features that the psABI lists for each.
#[cfg(target_arch = "x86_64")]
fn amd64_level() -> Option<u8> {
    use std::arch::is_x86_feature_detected as has;
    let v2 = has!("cmpxchg16b") && has!("popcnt") && has!("sse3") && has!("sse4.1") && has!("sse4.2") && has!("ssse3");
    let v3 = has!("avx") && has!("avx2") && has!("bmi1") && has!("bmi2") && has!("f16c") && has!("fma");
    let v3 = v2 && v3 && has!("lzcnt") && has!("movbe");
    let v4 = has!("avx512f") && has!("avx512bw") && has!("avx512cd") && has!("avx512dq") && has!("avx512vl");
    Some(1 + u8::from(v2) + u8::from(v3) + u8::from(v3 && v4))
}

#[cfg(not(target_arch = "x86_64"))]
fn amd64_level() -> Option<u8> {
    None
}

#[cfg(test)]
impl Machine {
    /// A machine that has these runners.
    pub(crate) fn with(host: &str, amd64_level: Option<u8>, programs: &[&str]) -> Self {
        let (os, arch) = host.split_once('/').expect("a host");
        let host = HostPlatform {
            os: xbuild_platform::Os::from_name(os).expect("a system"),
            arch: Arch::from_name(arch).expect("a processor"),
        };
        let programs = programs.iter().map(|name| ((*name).to_owned(), Utf8PathBuf::from(format!("/bin/{name}"))));
        Self { host, amd64_level, programs: programs.collect() }
    }
}
