//! What was read from a file's bytes: the record that `inspect` fills, and the words it uses.
//!
//! `None` is "the bytes do not say", never a guess and never a default. The field order is that of the JSON contract;
//! the fields after `problems` are additions to it. Comparing with a promise is `compare`'s business.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xbuild_platform::{Arch, Endian, Os, Variant};

use crate::machine::Machine;
use crate::{GoInfo, Problem, Version};
use xbuild_platform::words;

words! {
    /// What a file is for.
    Kind {
        /// A program.
        Executable = "executable",
        /// A library that is loaded at run time.
        SharedLibrary = "shared-library",
        /// An archive of objects.
        StaticLibrary = "static-library",
        /// Compiled code that is not linked.
        Object = "object",
        /// The memory of a process that died.
        Core = "core",
        /// Packed or compressed files.
        Archive = "archive",
        /// Text that begins with `#!`.
        Script = "script",
        /// Nothing of the above.
        Unknown = "unknown",
    }
}

impl Kind {
    /// The kind as a noun: `program`, `shared library`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Executable => "program",
            Self::SharedLibrary => "shared library",
            Self::StaticLibrary => "static library",
            Self::Object => "object file",
            Self::Core => "core dump",
            Self::Archive => "archive",
            Self::Script => "script",
            Self::Unknown => "file",
        }
    }
}

words! {
    /// The container of compiled code.
    Format {
        /// ELF.
        Elf = "elf",
        /// Mach-O for one architecture.
        Macho = "macho",
        /// Mach-O for several architectures.
        MachoUniversal = "macho-universal",
        /// Windows' Portable Executable; its unlinked objects (COFF) too.
        Pe = "pe",
        /// WebAssembly, core module or component.
        Wasm = "wasm",
        /// A static library.
        Ar = "ar",
        /// AIX's XCOFF.
        Xcoff = "xcoff",
        /// Plan 9's a.out.
        Plan9 = "plan9",
    }
}

impl Format {
    /// The format as people write it: `ELF`, `Mach-O`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Elf => "ELF",
            Self::Macho => "Mach-O",
            Self::MachoUniversal => "universal Mach-O",
            Self::Pe => "PE",
            Self::Wasm => "WebAssembly",
            Self::Ar => "ar",
            Self::Xcoff => "XCOFF",
            Self::Plan9 => "Plan 9 a.out",
        }
    }
}

words! {
    /// How a program finds the code that it does not hold.
    Linkage {
        /// Everything is inside, at a fixed address.
        Static = "static",
        /// Everything is inside, at any address.
        StaticPie = "static-pie",
        /// Libraries, or a program that loads them, are needed at start.
        Dynamic = "dynamic",
    }
}

words! {
    /// What proved the architecture's level.
    VariantSource {
        /// Go's build info (`GOARM`, `GOAMD64`, …).
        GoBuildinfo = "go-buildinfo",
        /// The `.ARM.attributes` section.
        ArmAttributes = "arm-attributes",
        /// The `.MIPS.abiflags` section.
        MipsAbiflags = "mips-abiflags",
        /// The `.note.gnu.property` note.
        GnuProperty = "gnu-property",
    }
}

words! {
    /// What proved the operating system.
    OsSource {
        /// `GOOS` in Go's build info.
        GoBuildinfo = "go-buildinfo",
        /// `EI_OSABI` in the ELF header.
        OsAbi = "osabi",
        /// A note of the system's own.
        Note = "note",
        /// The path of the program interpreter.
        Interpreter = "interpreter",
        /// A load command of Mach-O.
        LoadCommand = "load-command",
        /// What a WebAssembly module imports.
        Imports = "imports",
        /// A format that one system has.
        Format = "format",
    }
}

words! {
    /// The C library that a program was linked against.
    Libc {
        /// glibc.
        Gnu = "gnu",
        /// musl.
        Musl = "musl",
        /// Android's.
        Bionic = "bionic",
    }
}

words! {
    /// How much of the relocated data is read-only when the program runs.
    Relro {
        /// All of it.
        Full = "full",
        /// Not the table of lazily bound functions.
        Partial = "partial",
        /// Nothing.
        None = "none",
    }
}

words! {
    /// A packer that hides the program it holds.
    Packer {
        /// UPX.
        Upx = "upx",
    }
}

/// A proven level of an architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level {
    /// The baseline: JSON has `null` for it, with a source beside it.
    Baseline,
    /// A level that a platform can name.
    Named(Variant),
    /// A level outside the platform table: `v4t` of arm, `v8.0,lse` of arm64.
    Other(String),
}

impl Level {
    /// The level's name as a platform writes it; `None` for the baseline.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Baseline => None,
            Self::Named(variant) => Some(variant.as_str()),
            Self::Other(name) => Some(name),
        }
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(serializer)
    }
}

/// What makes an attack on a program harder; each `None` where the format does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardening {
    /// Loads at any address.
    pub pie: Option<bool>,
    /// The stack is not executable.
    pub nx: Option<bool>,
    /// Read-only relocations (ELF).
    pub relro: Option<Relro>,
}

/// One architecture's part of a universal Mach-O file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub size: u64,
    /// What it is.
    #[serde(flatten)]
    pub facts: Facts,
}

/// Everything that the bytes of one file prove.
///
/// Facts are written and read by serde. Fields that a later version adds are passed over, words that it adds are errors
/// that name them.
///
/// ```
/// use xbuild_verify::{Facts, inspect};
///
/// let facts = inspect(b"#!/bin/sh\n");
/// let text = serde_json::to_string(&facts)?;
/// assert!(text.starts_with(r#"{"kind":"script","format":null,"os":null"#));
/// assert_eq!(serde_json::from_str::<Facts>(&text)?, facts);
///
/// let error = serde_json::from_str::<Facts>(&text.replace("script", "poem")).unwrap_err();
/// assert!(error.to_string().starts_with("unknown variant `poem`"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Facts {
    /// What the file is for.
    pub kind: Kind,
    /// Its container; `None` for what is not compiled code.
    pub format: Option<Format>,
    /// The operating system it is made for.
    pub os: Option<Os>,
    /// The instruction set; `None` too for machines outside the platform table, which [`Facts::machine`] names.
    pub arch: Option<Arch>,
    /// The proven level of the instruction set.
    #[serde(default, deserialize_with = "written_level")]
    pub variant: Option<Level>,
    /// What proved the level.
    pub variant_source: Option<VariantSource>,
    /// Pointer size.
    pub bits: Option<u8>,
    /// Byte order.
    pub endian: Option<Endian>,
    /// How it finds the code that it does not hold.
    pub linkage: Option<Linkage>,
    /// The program that starts it: ELF's interpreter, Mach-O's `dyld`, a script's `#!` line.
    pub interpreter: Option<String>,
    /// The libraries that it asks for, in the file's order.
    #[serde(default)]
    pub needed: Vec<String>,
    /// The lowest glibc that has every symbol version it asks for.
    pub glibc_floor: Option<Version>,
    /// The lowest system that starts it: macOS's or iOS's version, Windows' subsystem version.
    pub min_os: Option<Version>,
    /// What Go's linker wrote about the build.
    pub go: Option<GoInfo>,
    /// The parts of a universal Mach-O file.
    #[serde(default)]
    pub slices: Vec<Slice>,
    /// Whether it carries a code signature; `None` where the format has none.
    pub signed: Option<bool>,
    /// Whether symbols and debug information are gone.
    pub stripped: Option<bool>,
    /// The packer that hides the program.
    pub packed: Option<Packer>,
    /// What makes an attack harder.
    #[serde(default)]
    pub hardening: Hardening,
    /// Absolute source paths that the file carries.
    #[serde(default)]
    pub build_paths: Vec<String>,
    /// What is wrong with the file, promise or no promise.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// What proved the operating system.
    pub os_source: Option<OsSource>,
    /// A system outside the platform table that the bytes name: `hurd`, `tvos`, `maccatalyst`, `efi`.
    pub foreign_os: Option<String>,
    /// The machine number of the header.
    pub machine: Option<Machine>,
    /// The calling convention, where the header names one: `eabi5`, `elfv2`, `x32`, `simulator`, `arm64ec`.
    pub abi: Option<String>,
    /// The C library.
    pub libc: Option<Libc>,
    /// The compilers and linkers that signed it (`.comment`, Wasm's `producers`).
    #[serde(default)]
    pub producers: Vec<String>,
    /// How many objects a static library holds; symbol tables and Go's own members do not count.
    pub members: Option<u64>,
}

/// How many truncated and malformed parts are told.
const MOST_PROBLEMS: usize = 64;

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Facts {
    /// A level and a machine are told by what stands beside them: a level's name belongs to an architecture, and no name
    /// beside a source is the baseline.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut facts = Self::deserialize(deserializer)?;
        let named = |name: &str| facts.arch.and_then(|arch| arch.variant(name));
        facts.variant = match (facts.variant, facts.variant_source) {
            (Some(Level::Other(name)), _) => Some(named(&name).map_or(Level::Other(name), Level::Named)),
            (None, Some(_)) => Some(Level::Baseline),
            (level, _) => level,
        };
        if facts.bits == Some(32) {
            facts.machine = facts.machine.map(Machine::narrow);
        }
        Ok(facts)
    }
}

/// A level as it is written: by its name alone.
fn written_level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Level>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Level::Other))
}

impl Facts {
    /// Facts about something of which only its purpose is known.
    pub(crate) const fn of(kind: Kind, format: Option<Format>) -> Self {
        Self {
            kind,
            format,
            os: None,
            arch: None,
            variant: None,
            variant_source: None,
            bits: None,
            endian: None,
            linkage: None,
            interpreter: None,
            needed: Vec::new(),
            glibc_floor: None,
            min_os: None,
            go: None,
            slices: Vec::new(),
            signed: None,
            stripped: None,
            packed: None,
            hardening: Hardening { pie: None, nx: None, relro: None },
            build_paths: Vec::new(),
            problems: Vec::new(),
            os_source: None,
            foreign_os: None,
            machine: None,
            abi: None,
            libc: None,
            producers: Vec::new(),
            members: None,
        }
    }

    /// Facts about a file whose header names a machine.
    pub(crate) fn of_machine(kind: Kind, format: Format, machine: Machine) -> Self {
        let mut facts = Self::of(kind, Some(format));
        facts.arch = machine.arch();
        facts.machine = Some(machine);
        facts
    }

    pub(crate) fn set_os(&mut self, os: Option<Os>, source: OsSource) {
        if self.os.is_none() && os.is_some() {
            self.os = os;
            self.os_source = Some(source);
        }
    }

    pub(crate) fn set_level(&mut self, level: Level, source: VariantSource) {
        self.variant = Some(level);
        self.variant_source = Some(source);
    }

    /// Records that `what` ends behind the end of a file of `size` bytes.
    pub(crate) fn truncated(&mut self, what: impl Into<String>, end: u64, size: u64) {
        self.problem(Problem::Truncated { what: what.into(), end, size });
    }

    pub(crate) fn malformed(&mut self, what: impl Into<String>) {
        self.problem(Problem::Malformed { what: what.into() });
    }

    /// A file that lies everywhere would have as many problems as entries.
    fn problem(&mut self, problem: Problem) {
        match self.problems.len() {
            ..MOST_PROBLEMS => self.problems.push(problem),
            MOST_PROBLEMS => self.problems.push(Problem::TooMany { what: "problems".into(), most: MOST_PROBLEMS }),
            _ => {}
        }
    }

    /// Whether cgo was on and the program really needs a C library at start: the setting alone proves nothing.
    pub fn links_libc_by_cgo(&self) -> bool {
        let cgo = self.go.as_ref().is_some_and(|go| go.settings.get("CGO_ENABLED") == Some("1"));
        cgo && self.linkage == Some(Linkage::Dynamic) && self.needed.iter().any(|name| is_libc(name))
    }

    /// Whether the file is compiled code or an archive of it.
    pub const fn is_binary(&self) -> bool {
        self.format.is_some()
    }

    /// Whether it is .NET code that is compiled for the machine that starts it.
    pub fn is_portable(&self) -> bool {
        self.abi.as_deref() == Some("clr") && self.arch.is_none()
    }
}

/// Whether a library's name is a C library's.
pub(crate) fn is_libc(name: &str) -> bool {
    name == "libc.so" || name.starts_with("libc.so.") || name.starts_with("libc.musl-")
}

/// How a person would name what the file runs on: `linux/arm64`, `linux/arm/v7`, `darwin/(amd64, arm64)`, or the
/// architecture alone where the bytes name no system. `None` where they name no architecture.
pub fn platform_of(facts: &Facts) -> Option<String> {
    let arch = match facts.arch {
        Some(arch) => arch.to_string(),
        None if facts.slices.is_empty() => return None,
        None => slice_arches(&facts.slices),
    };
    let os = facts.os.map(|os| format!("{os}/")).unwrap_or_default();
    let level = facts.variant.as_ref().and_then(Level::name).map(|name| format!("/{name}")).unwrap_or_default();
    Some(format!("{os}{arch}{level}"))
}

fn slice_arches(slices: &[Slice]) -> String {
    let name = |slice: &Slice| slice.facts.arch.map_or("unknown", Arch::as_str);
    format!("({})", slices.iter().map(name).collect::<Vec<_>>().join(", "))
}
