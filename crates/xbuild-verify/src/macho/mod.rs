//! Mach-O for one architecture: programs, libraries and objects of macOS and iOS.
//!
//! Several architectures in one file are [`fat`]'s. A program for macOS on arm64 that is not signed is killed at start, so
//! that is an error here; whether a signature is valid is not looked at.

mod commands;
pub(crate) mod fat;

use object::macho;
use xbuild_platform::{Arch, Os};

pub(crate) use self::commands::magic;
use self::commands::{Commands, Header};
use crate::bytes::View;
use crate::facts::{Facts, Format, Kind, Linkage, OsSource, Packer};
use crate::go::{self, GoInfo, buildinfo, pclntab};
use crate::machine::Machine;
use crate::{Hardening, Problem};

pub(crate) fn inspect(view: View<'_>) -> Facts {
    let Some(header) = Header::parse(view) else {
        let mut facts = Facts::of(Kind::Unknown, Some(Format::Macho));
        facts.truncated("the Mach-O header", Header::length(64), view.len());
        return facts;
    };
    let mut facts = Facts::of_machine(kind(header.file_type), Format::Macho, Machine::macho(header.cpu));
    facts.bits = Some(if header.cpu == macho::CPU_TYPE_ARM64_32.0 { 32 } else { header.bits });
    facts.endian = Some(header.endian);
    let view = view.with(header.endian);
    let commands = Commands::read(view, &header, &mut facts);
    check_bounds(&commands, view, &mut facts);
    describe(&header, commands, view, &mut facts);
    facts
}

fn kind(file_type: u32) -> Kind {
    match macho::FileType(file_type) {
        macho::MH_EXECUTE => Kind::Executable,
        macho::MH_DYLIB | macho::MH_BUNDLE | macho::MH_DYLINKER | macho::MH_KEXT_BUNDLE => Kind::SharedLibrary,
        macho::MH_OBJECT => Kind::Object,
        macho::MH_CORE => Kind::Core,
        _ => Kind::Unknown,
    }
}

fn check_bounds(commands: &Commands<'_>, view: View<'_>, facts: &mut Facts) {
    for segment in &commands.segments {
        let end = segment.offset.saturating_add(segment.file_size);
        if segment.file_size != 0 && end > view.len() {
            facts.truncated(format!("segment {}", String::from_utf8_lossy(segment.name)), end, view.len());
        }
    }
    if let Some((offset, size)) = commands.signature.filter(|(offset, size)| offset + size > view.len()) {
        facts.truncated("the code signature", offset + size, view.len());
    }
    if facts.kind == Kind::Executable && commands.segments.is_empty() && facts.problems.is_empty() {
        facts.malformed("nothing is loaded: the file has no segment");
    }
}

fn describe(header: &Header, commands: Commands<'_>, view: View<'_>, facts: &mut Facts) {
    let is_linked = matches!(facts.kind, Kind::Executable | Kind::SharedLibrary);
    facts.packed = memchr::memmem::find(view.clamped(0, 4096), b"UPX!").map(|_| Packer::Upx);
    facts.min_os = commands.min_os;
    let os = platform(commands.platform);
    facts.foreign_os = commands.platform.and_then(foreign_os).map(str::to_owned);
    facts.abi = simulator(commands.platform, facts.arch).or_else(|| subtype(header)).map(str::to_owned);
    facts.build_paths = commands.section(b"__gopclntab").map(|table| pclntab::folders(table.part)).unwrap_or_default();
    if is_linked {
        facts.signed = Some(commands.signature.is_some());
        facts.hardening = harden(header, facts.kind);
        if facts.packed.is_none() {
            let is_dynamic = commands.linker.is_some() || !commands.needed.is_empty();
            facts.linkage = match (is_dynamic, facts.kind) {
                (true, _) => Some(Linkage::Dynamic),
                (false, Kind::Executable) => Some(Linkage::Static),
                (false, _) => None,
            };
        }
    }
    facts.stripped =
        stripped(&commands, header, facts.kind, view).filter(|_| facts.packed.is_none() && facts.kind != Kind::Core);
    let info = if facts.packed.is_none() { go_info(&commands, view) } else { None };
    go::settle(facts, info, os.map(|os| (os, OsSource::LoadCommand)));
    check_start(&commands, facts);
    facts.needed = commands.needed;
    facts.interpreter = commands.linker;
}

/// What macOS refuses to start.
fn check_start(commands: &Commands<'_>, facts: &mut Facts) {
    if facts.kind != Kind::Executable || facts.os != Some(Os::Darwin) {
        return;
    }
    if facts.arch == Some(Arch::Arm64) && commands.signature.is_none() {
        facts.problems.push(Problem::Unsigned);
    }
    if !commands.has_uuid {
        facts.problems.push(Problem::NoUuid);
    }
}

fn platform(platform: Option<macho::Platform>) -> Option<Os> {
    match platform? {
        macho::PLATFORM_MACOS => Some(Os::Darwin),
        macho::PLATFORM_IOS | macho::PLATFORM_IOSSIMULATOR => Some(Os::Ios),
        _ => None,
    }
}

/// Apple's systems outside the platform table.
fn foreign_os(platform: macho::Platform) -> Option<&'static str> {
    Some(match platform {
        macho::PLATFORM_TVOS | macho::PLATFORM_TVOSSIMULATOR => "tvos",
        macho::PLATFORM_WATCHOS | macho::PLATFORM_WATCHOSSIMULATOR => "watchos",
        macho::PLATFORM_VISIONOS | macho::PLATFORM_VISIONOSSIMULATOR => "visionos",
        macho::PLATFORM_BRIDGEOS => "bridgeos",
        macho::PLATFORM_MACCATALYST => "maccatalyst",
        macho::PLATFORM_DRIVERKIT => "driverkit",
        _ => return None,
    })
}

/// Old load commands do not tell a device from a simulator; no iOS device is an x86.
fn simulator(platform: Option<macho::Platform>, arch: Option<Arch>) -> Option<&'static str> {
    let is_simulator = match platform? {
        macho::PLATFORM_IOS => arch == Some(Arch::Amd64),
        platform => matches!(platform, macho::PLATFORM_IOSSIMULATOR | macho::PLATFORM_TVOSSIMULATOR),
    };
    is_simulator.then_some("simulator")
}

fn subtype(header: &Header) -> Option<&'static str> {
    match (macho::CpuType(header.cpu), header.subtype) {
        (macho::CPU_TYPE_ARM64, 2) => Some("arm64e"),
        (macho::CPU_TYPE_ARM64_32, _) => Some("ilp32"),
        (macho::CPU_TYPE_X86_64, 8) => Some("x86_64h"),
        _ => None,
    }
}

fn harden(header: &Header, kind: Kind) -> Hardening {
    let has = |flag: u32| header.flags & flag != 0;
    let is_program = kind == Kind::Executable;
    Hardening {
        pie: is_program.then(|| has(macho::MH_PIE.0)),
        nx: is_program.then(|| !has(macho::MH_ALLOW_STACK_EXECUTION.0)),
        relro: None,
    }
}

/// `strip` keeps what the dynamic linker needs: undefined symbols and exported ones. A local symbol, or a debugger's, is
/// proof that nothing was stripped. An object is made to be linked: it may have nothing but such symbols and be whole.
fn stripped(commands: &Commands<'_>, header: &Header, kind: Kind, view: View<'_>) -> Option<bool> {
    if commands.segments.iter().any(|segment| segment.name == b"__DWARF") {
        return Some(false);
    }
    let Some((offset, count)) = commands.symbols else { return Some(true) };
    let width = if header.bits == 32 { 12 } else { 16 };
    let entries = view.part(offset, count.checked_mul(width)?)?;
    if kind == Kind::Object {
        return Some(count == 0);
    }
    let mut is_stripped = true;
    entries.windows(0, width, |at, window| {
        // A window may begin within an entry: the first whole one follows.
        let skip = (at.next_multiple_of(width) - at) as usize;
        let mut whole = window.get(skip..).unwrap_or_default().chunks_exact(width as usize);
        is_stripped = !whole.any(|entry| is_local(entry[4]));
        is_stripped
    });
    Some(is_stripped)
}

const fn is_local(kind: u8) -> bool {
    let is_debugger = kind & 0xe0 != 0;
    let is_defined = kind & 0x0e == 0x0e;
    let is_exported = kind & 0x01 != 0;
    is_debugger || (is_defined && !is_exported)
}

fn go_info(commands: &Commands<'_>, view: View<'_>) -> Option<GoInfo> {
    let section = commands.section(b"__go_buildinfo")?;
    let memory = |address: u64, size: u64| {
        let inside = |start: u64, length: u64| address.checked_sub(start).is_some_and(|at| at < length);
        let segment = commands.segments.iter().find(|segment| inside(segment.address, segment.file_size))?;
        view.part(segment.offset.checked_add(address - segment.address)?, size)
    };
    buildinfo::read(section.part, section.address, &memory)
}
