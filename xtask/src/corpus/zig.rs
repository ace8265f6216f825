//! C programs that zig makes for the targets it knows.
//!
//! Where no `zig` is on `PATH`, it comes as the wheel that PyPI has. A target says all that is true of the file: machine, system,
//! the lowest macOS, the glibc whose loader starts it. Objects, programs and libraries that need no C library are made for every
//! target, complete programs for some.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::c::Product::{self, Library, Object, Program};
use super::c::{Build, Compiler};
use super::facts::{Fact, Facts};
use super::specimen::Specimen;
use crate::Outcome;
use crate::step::{output, run};

/// It has the C libraries of all three BSDs, and what the book records was made with it.
const WHEEL: &str = "ziglang==0.17.1";

/// Nobody checks an addition: that would need a library. No debug information, no search for what to tune.
const FLAGS: [&str; 3] = ["-O1", "-g0", "-fno-sanitize=all"];

/// A target, and what is made for it.
struct Target {
    zig: &'static str,
    os: &'static str,
    arch: &'static str,
    bits: &'static str,
    endian: &'static str,
    products: &'static [Product],
}

const ALL: &[Product] = &[Object, Program, Library];
/// Where zig has no linker for the machine, or links the system's libraries all the same.
const OBJECT: &[Product] = &[Object];
const UNSTARTED: &[Product] = &[Object, Library];
const UNSHARED: &[Product] = &[Object, Program];

const TARGETS: [Target; 50] = [
    of("x86_64-linux-gnu", "linux", "amd64", "64", ALL),
    of("x86_64-linux-gnux32", "linux", "amd64", "32", ALL),
    of("x86-linux-gnu", "linux", "386", "32", ALL),
    of("aarch64-linux-gnu", "linux", "arm64", "64", ALL),
    of("aarch64_be-linux-gnu", "linux", "arm64", "64", ALL).big(),
    of("arm-linux-gnueabi", "linux", "arm", "32", ALL),
    of("arm-linux-gnueabihf", "linux", "arm", "32", ALL),
    of("thumb-linux-musleabihf", "linux", "arm", "32", ALL),
    of("armeb-linux-gnueabihf", "linux", "arm", "32", ALL).big(),
    of("riscv32-linux-gnu", "linux", "riscv32", "32", ALL),
    of("riscv64-linux-gnu", "linux", "riscv64", "64", ALL),
    of("powerpc-linux-musleabi", "linux", "ppc", "32", ALL).big(),
    of("powerpc64-linux-musl", "linux", "ppc64", "64", ALL).big(),
    of("powerpc64le-linux-gnu", "linux", "ppc64le", "64", ALL),
    of("mips-linux-gnueabihf", "linux", "mips", "32", ALL).big(),
    of("mipsel-linux-gnueabi", "linux", "mipsle", "32", ALL),
    of("mips64-linux-gnuabi64", "linux", "mips64", "64", ALL).big(),
    of("mips64el-linux-gnuabi64", "linux", "mips64le", "64", ALL),
    of("mips64el-linux-gnuabin32", "linux", "mips64le", "32", ALL),
    of("s390x-linux-gnu", "linux", "s390x", "64", ALL).big(),
    of("loongarch64-linux-gnu", "linux", "loong64", "64", ALL),
    of("sparc-linux-gnu", "linux", "sparc", "32", OBJECT).big(),
    of("sparc64-linux-gnu", "linux", "sparc64", "64", ALL).big(),
    of("hexagon-linux-musl", "linux", "hexagon", "32", ALL),
    of("x86_64-linux-android", "android", "amd64", "64", ALL),
    of("aarch64-linux-android", "android", "arm64", "64", ALL),
    of("x86_64-macos.12.0", "darwin", "amd64", "64", ALL),
    of("aarch64-macos.13.0", "darwin", "arm64", "64", ALL),
    of("aarch64-ios.15.0", "ios", "arm64", "64", ALL),
    of("x86_64-windows-gnu", "windows", "amd64", "64", ALL),
    of("x86-windows-gnu", "windows", "386", "32", ALL),
    of("aarch64-windows-gnu", "windows", "arm64", "64", ALL),
    of("thumb-windows-gnu", "windows", "arm", "32", ALL),
    of("x86_64-uefi", "efi", "amd64", "64", &[Program]),
    of("wasm32-wasi", "wasip1", "wasm", "32", ALL),
    of("wasm32-freestanding", "none", "wasm", "32", ALL),
    of("wasm64-freestanding", "none", "wasm", "64", ALL),
    of("x86_64-freebsd", "freebsd", "amd64", "64", UNSTARTED),
    of("aarch64-freebsd", "freebsd", "arm64", "64", UNSTARTED),
    of("powerpc64-freebsd", "freebsd", "ppc64", "64", UNSTARTED).big(),
    of("riscv64-freebsd", "freebsd", "riscv64", "64", UNSTARTED),
    of("x86_64-netbsd", "netbsd", "amd64", "64", UNSTARTED),
    of("aarch64-netbsd", "netbsd", "arm64", "64", UNSTARTED),
    of("sparc64-netbsd", "netbsd", "sparc64", "64", OBJECT).big(),
    of("x86_64-openbsd", "openbsd", "amd64", "64", UNSTARTED),
    of("aarch64-openbsd", "openbsd", "arm64", "64", UNSTARTED),
    of("x86_64-dragonfly", "dragonfly", "amd64", "64", OBJECT),
    of("x86_64-illumos", "illumos", "amd64", "64", OBJECT),
    of("avr-freestanding", "none", "avr", "32", UNSHARED),
    of("bpfel-freestanding", "none", "bpf", "64", OBJECT),
];

/// A little-endian target.
const fn of(
    zig: &'static str,
    os: &'static str,
    arch: &'static str,
    bits: &'static str,
    products: &'static [Product],
) -> Target {
    Target { zig, os, arch, bits, endian: "little", products }
}

/// A complete program: its target, which of the targets above has its machine and system, and how it is started.
struct Complete {
    zig: &'static str,
    like: &'static str,
    interpreter: &'static str,
    /// What glibc it asks for: where its target's is older than 2.34, the first one that had the architecture.
    floor: Option<&'static str>,
}

const COMPLETE: [Complete; 14] = [
    complete("x86_64-linux-gnu.2.17", "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2", Some("2.2.5")),
    complete("aarch64-linux-gnu.2.28", "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1", Some("2.17")),
    complete("arm-linux-gnueabihf.2.28", "arm-linux-gnueabihf", "/lib/ld-linux-armhf.so.3", Some("2.4")),
    complete("riscv64-linux-gnu.2.35", "riscv64-linux-gnu", "/lib/ld-linux-riscv64-lp64d.so.1", Some("2.34")),
    complete("powerpc64le-linux-gnu.2.34", "powerpc64le-linux-gnu", "/lib64/ld64.so.2", Some("2.34")),
    complete("s390x-linux-gnu.2.31", "s390x-linux-gnu", "/lib/ld64.so.1", Some("2.2")),
    complete("mips64el-linux-gnuabi64.2.28", "mips64el-linux-gnuabi64", "/lib64/ld.so.1", Some("2.0")),
    complete(
        "loongarch64-linux-gnu.2.38",
        "loongarch64-linux-gnu",
        "/lib64/ld-linux-loongarch-lp64d.so.1",
        Some("2.36"),
    ),
    complete("x86_64-linux-musl", "x86_64-linux-gnu", "none", Some("none")),
    complete("aarch64-macos.13.0", "aarch64-macos.13.0", "/usr/lib/dyld", None),
    complete("wasm32-wasi", "wasm32-wasi", "", None),
    complete("x86_64-freebsd", "x86_64-freebsd", "/libexec/ld-elf.so.1", Some("none")),
    complete("x86_64-netbsd", "x86_64-netbsd", "/libexec/ld.elf_so", Some("none")),
    complete("x86_64-openbsd", "x86_64-openbsd", "/usr/libexec/ld.so", Some("none")),
];

const fn complete(
    zig: &'static str,
    like: &'static str,
    interpreter: &'static str,
    floor: Option<&'static str>,
) -> Complete {
    Complete { zig, like, interpreter, floor }
}

/// Makes everything.
pub(super) fn specimens(folder: &Path) -> Outcome<Vec<Specimen>> {
    fs::create_dir_all(folder)?;
    let zig = match find(folder) {
        Ok(zig) => zig,
        Err(error) => {
            println!("left out: zig ({error})");
            return Ok(Vec::new());
        }
    };
    let version = output(Command::new(&zig).arg("version"))?;
    let command = [&*zig.display().to_string(), "cc"];
    let caches = vec![
        ("ZIG_GLOBAL_CACHE_DIR", folder.join("cache")),
        ("ZIG_LOCAL_CACHE_DIR", folder.join("cache").join("local")),
    ];
    let compiler = Compiler::new(folder, &command, format!("zig {version} cc"))?.with_environment(caches);
    let alone = TARGETS.iter().flat_map(|target| target.products.iter().map(|product| target.alone(*product)));
    let builds = alone.chain(COMPLETE.iter().filter_map(Complete::build));
    let made: Vec<Option<Specimen>> = builds.map(|build| compiler.build(build)).collect::<Outcome<_>>()?;
    Ok(made.into_iter().flatten().collect())
}

/// The machine's own, or the wheel's.
fn find(folder: &Path) -> Outcome<PathBuf> {
    if Command::new("zig").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok() {
        return Ok(PathBuf::from("zig"));
    }
    let wheel = folder.join("wheel");
    let zig = wheel.join("ziglang").join(format!("zig{}", std::env::consts::EXE_SUFFIX));
    if !zig.exists() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target"]);
        run(pip.arg(&wheel).arg(WHEEL).stderr(Stdio::null()))?;
    }
    Ok(zig)
}

impl Target {
    const fn big(self) -> Self {
        Self { endian: "big", ..self }
    }

    fn truth(&self) -> Facts {
        let mut truth = Facts::default();
        truth.say(Fact::Arch, self.arch);
        truth.say(Fact::Bits, self.bits);
        truth.say(Fact::Endian, self.endian);
        truth.say(Fact::Os, self.os);
        if let Some((_, version)) = self.zig.split_once('.').filter(|_| matches!(self.os, "darwin" | "ios")) {
            truth.say(Fact::MinOs, version);
        }
        truth.say_if(Fact::Stripped, self.has_symbols().then_some("no"));
        truth
    }

    /// What zig writes without debug information: COFF's linker puts symbols nowhere else.
    fn has_symbols(&self) -> bool {
        !self.is_coff()
    }

    fn is_coff(&self) -> bool {
        self.os == "windows" || self.zig.ends_with("-uefi")
    }

    fn is_elf(&self) -> bool {
        !self.is_coff() && !matches!(self.os, "darwin" | "ios") && self.arch != "wasm"
    }

    /// Without a C library ELF and WebAssembly name no system, and NetBSD's own SPARC is the exception.
    fn unsaid(&self) -> Vec<Fact> {
        let names_system = matches!(self.os, "darwin" | "ios" | "windows") || self.zig == "sparc64-netbsd";
        if names_system { Vec::new() } else { vec![Fact::Os] }
    }

    fn alone(&self, product: Product) -> Build {
        let mut truth = self.truth();
        if self.is_elf() && product != Object {
            say_linked(&mut truth, product);
        }
        let suffix = match product {
            Object => "o",
            Program => "program",
            Library => "library",
        };
        let mut flags = vec!["-target", self.zig];
        flags.extend(FLAGS);
        flags.extend(["-ffreestanding", "-nostdlib"]);
        Build { name: format!("{}.{suffix}", self.zig), product, flags, truth, unsaid: self.unsaid() }
    }
}

/// What nobody told to be loaded anywhere is not, and what has no library to ask for asks for none.
fn say_linked(truth: &mut Facts, product: Product) {
    truth.say(Fact::Interpreter, "none");
    match product {
        Program => {
            truth.say(Fact::Linkage, "static");
            truth.say(Fact::Pie, "no");
        }
        Object | Library => truth.say(Fact::Linkage, "none"),
    }
}

impl Complete {
    fn build(&self) -> Option<Build> {
        let target = TARGETS.iter().find(|target| target.zig == self.like)?;
        let mut truth = target.truth();
        if target.is_elf() {
            truth.say(Fact::Interpreter, self.interpreter);
            truth.say(Fact::Linkage, if self.interpreter == "none" { "static" } else { "dynamic" });
        }
        truth.say_if(Fact::GlibcFloor, self.floor);
        let mut flags = vec!["-target", self.zig];
        flags.extend(FLAGS);
        flags.push("-DCOMPLETE");
        let unsaid = if self.interpreter == "none" { vec![Fact::Os] } else { Vec::new() };
        Some(Build { name: format!("{}.complete", self.zig), product: Program, flags, truth, unsaid })
    }
}
