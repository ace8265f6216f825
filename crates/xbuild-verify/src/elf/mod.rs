//! ELF: programs, libraries, objects and cores of Linux, the BSDs, Solaris and Android.
//!
//! A file is sound when every loaded segment lies inside it; the section table is a witness of second rank, since Linux
//! does not read it and stripping may remove it. Tables are read in [`table`]; this file turns them into facts.

pub(crate) mod attributes;
mod dynamic;
mod notes;
mod system;
mod table;

use memchr::memmem;
use object::elf;

use self::dynamic::Dynamic;
use self::notes::Notes;
use self::table::{Elf, Header, Name};
use crate::facts::{Facts, Format, Kind, Level, Linkage, Packer, Relro, VariantSource};
use crate::go::{self, GoInfo, buildinfo, pclntab};
use crate::machine::Machine;
use crate::{Problem, bytes::View};

/// How many producers are kept, and how long each may be.
const MOST_PRODUCERS: usize = 16;
const MOST_PRODUCER_LENGTH: usize = 200;

/// UPX leaves its mark behind the program headers.
const UPX_SEARCHED: u64 = 1024;

/// How much of `.comment` is read, and of a section of a processor's own.
const MOST_COMMENT: u64 = 64 << 10;
const MOST_ATTRIBUTES: u64 = 64 << 10;

/// Where Go's linker puts its blob in data without a name: first. Where sections have names and none is Go's, only the
/// beginning is looked at.
const UNNAMED_GO: u64 = 16 << 10;

pub(crate) fn inspect(view: View<'_>) -> Facts {
    let header = match Header::parse(view) {
        Ok(Some(header)) => header,
        Ok(None) => {
            return unreadable(|facts| facts.truncated("the ELF header", full_header(view), view.len()));
        }
        Err(what) => return unreadable(|facts| facts.malformed(what)),
    };
    let machine = Machine::elf(header.machine, header.bits, header.endian, system::is_n32(&header));
    let mut facts = Facts::of_machine(Kind::Unknown, Format::Elf, machine);
    facts.bits = Some(header.bits);
    facts.endian = Some(header.endian);
    facts.abi = system::abi(&header);
    let elf = Elf::read(view, header, &mut facts);
    describe(&elf, &mut facts);
    facts
}

fn unreadable(problem: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = Facts::of(Kind::Unknown, Some(Format::Elf));
    problem(&mut facts);
    facts
}

fn full_header(view: View<'_>) -> u64 {
    Header::size(if view.u8(4) == Some(1) { 32 } else { 64 })
}

fn describe(elf: &Elf<'_>, facts: &mut Facts) {
    let dynamic = Dynamic::read(elf, facts);
    let has_interpreter = elf.segment(elf::PT_INTERP).is_some();
    facts.kind = kind(elf, dynamic.as_ref(), has_interpreter);
    check_bounds(elf, facts);
    check_sections(elf, facts);
    facts.packed = packer(elf);
    facts.hardening.nx = elf.segment(elf::PT_GNU_STACK).map(|stack| !stack.has(elf::PF_X.0));
    if facts.packed.is_none() {
        facts.stripped = stripped(elf, facts.kind);
        facts.interpreter = has_interpreter.then(|| interpreter(elf)).flatten();
        if let Some(dynamic) = &dynamic {
            dynamic.record(elf, facts);
        }
        facts.linkage = linkage(facts.kind, dynamic.as_ref(), has_interpreter);
        facts.producers = producers(elf);
        facts.build_paths = build_paths(elf);
    }
    harden(elf, dynamic.as_ref(), facts);
    settle(elf, facts);
}

/// What the parts outside the tables say: level, system, library, Go.
fn settle(elf: &Elf<'_>, facts: &mut Facts) {
    let notes = Notes::read(elf);
    if let Some((level, source)) = level(elf, facts, &notes) {
        facts.set_level(level, source);
    }
    facts.foreign_os = notes.is_foreign.then(|| "hurd".to_owned());
    let evidence = system::evidence(&elf.header, &notes, facts);
    let info = if facts.packed.is_some() || facts.kind == Kind::Core { None } else { go_info(elf) };
    go::settle(facts, info, evidence);
    facts.libc = system::libc(facts);
    system::check_interpreter(facts);
}

/// A position-independent program and a shared library have one file type; flags and names tell them apart.
fn kind(elf: &Elf<'_>, dynamic: Option<&Dynamic>, has_interpreter: bool) -> Kind {
    match elf::FileType(elf.header.file_type) {
        elf::ET_REL => Kind::Object,
        elf::ET_EXEC => Kind::Executable,
        elf::ET_CORE => Kind::Core,
        elf::ET_DYN => {
            let named = dynamic.is_some_and(|dynamic| dynamic.has_soname);
            // Without a dynamic section nothing can load it but the kernel: a packed program is such a file.
            let is_program = dynamic.is_none_or(Dynamic::is_pie) || (has_interpreter && !named);
            if is_program { Kind::Executable } else { Kind::SharedLibrary }
        }
        _ => Kind::Unknown,
    }
}

/// Every loaded part must lie inside the file: the kernel maps it without looking, and the program dies on use.
fn check_bounds(elf: &Elf<'_>, facts: &mut Facts) {
    for (index, load) in elf.loads().enumerate() {
        let end = load.offset.saturating_add(load.file_size);
        if end > elf.view.len() {
            facts.truncated(format!("loaded segment {index}"), end, elf.view.len());
        }
        if load.file_size > load.memory_size {
            facts.malformed(format!("loaded segment {index} is larger in the file than in memory"));
        }
    }
    let is_loaded = matches!(facts.kind, Kind::Executable | Kind::SharedLibrary);
    if is_loaded && elf.loads().next().is_none() && facts.problems.is_empty() {
        facts.malformed("nothing is loaded: the file has no PT_LOAD");
    }
    if facts.kind == Kind::Unknown {
        facts.malformed(format!("e_type is {}: no kind of file", elf.header.file_type));
    }
}

/// An object lives by its sections; a program runs without them.
fn check_sections(elf: &Elf<'_>, facts: &mut Facts) {
    let is_object = facts.kind == Kind::Object;
    let Some(sections) = &elf.sections else {
        let what = "the section table does not lie inside the file";
        facts.problems.push(if is_object {
            Problem::Malformed { what: what.into() }
        } else {
            Problem::DamagedSections { what: what.into() }
        });
        return;
    };
    for section in sections.iter().filter(|section| is_object && section.kind != elf::SHT_NOBITS) {
        let end = section.offset.saturating_add(section.size);
        if section.kind != elf::SHT_NULL && end > elf.view.len() {
            facts.truncated(format!("section {}", elf.name_of(section)), end, elf.view.len());
        }
    }
}

fn packer(elf: &Elf<'_>) -> Option<Packer> {
    let no_sections = elf.sections.as_ref().is_none_or(Vec::is_empty);
    (no_sections && memmem::find(elf.view.clamped(0, UPX_SEARCHED), b"UPX!").is_some()).then_some(Packer::Upx)
}

fn interpreter(elf: &Elf<'_>) -> Option<String> {
    let segment = elf.segment(elf::PT_INTERP)?;
    elf.view.cut(segment.offset, segment.file_size).text(0, 4096).filter(|path| !path.is_empty())
}

fn linkage(kind: Kind, dynamic: Option<&Dynamic>, has_interpreter: bool) -> Option<Linkage> {
    if !matches!(kind, Kind::Executable | Kind::SharedLibrary) {
        return None;
    }
    if has_interpreter || dynamic.is_some_and(Dynamic::needs_libraries) {
        return Some(Linkage::Dynamic);
    }
    match (kind, dynamic) {
        (Kind::Executable, Some(dynamic)) if dynamic.is_pie() => Some(Linkage::StaticPie),
        (Kind::Executable, None) => Some(Linkage::Static),
        _ => None,
    }
}

fn stripped(elf: &Elf<'_>, kind: Kind) -> Option<bool> {
    if kind == Kind::Core {
        return None;
    }
    let sections = elf.sections.as_ref()?;
    Some(!sections.iter().any(|section| section.kind == elf::SHT_SYMTAB || section.name == Name::DebugInfo))
}

fn harden(elf: &Elf<'_>, dynamic: Option<&Dynamic>, facts: &mut Facts) {
    if !matches!(facts.kind, Kind::Executable | Kind::SharedLibrary) {
        facts.hardening.nx = None;
        return;
    }
    if facts.kind == Kind::Executable {
        facts.hardening.pie = Some(elf::FileType(elf.header.file_type) == elf::ET_DYN);
    }
    if facts.packed.is_none() {
        let protected = elf.segment(elf::PT_GNU_RELRO).is_some();
        facts.hardening.relro = Some(match (protected, dynamic.is_some_and(Dynamic::binds_now)) {
            (false, _) => Relro::None,
            (true, true) => Relro::Full,
            (true, false) => Relro::Partial,
        });
    }
}

fn level(elf: &Elf<'_>, facts: &Facts, notes: &Notes) -> Option<(Level, VariantSource)> {
    let section = |name: Name| elf.section(name).map(|(_, part)| part.clamped(0, MOST_ATTRIBUTES));
    match elf::Machine(elf.header.machine) {
        elf::EM_X86_64 => Some((Level::Named(notes.level?), VariantSource::GnuProperty)),
        elf::EM_ARM => {
            let level = attributes::arm(section(Name::ArmAttributes)?, elf.header.endian)?;
            Some((level, VariantSource::ArmAttributes))
        }
        elf::EM_MIPS => {
            let level = attributes::mips(section(Name::MipsAbiflags)?, facts.arch?)?;
            Some((level, VariantSource::MipsAbiflags))
        }
        _ => None,
    }
}

fn go_info(elf: &Elf<'_>) -> Option<GoInfo> {
    let memory = |address: u64, size: u64| elf.memory(address)?.part(0, size);
    if let Some((section, part)) = elf.section(Name::GoBuildinfo) {
        return buildinfo::read(part, section.address, &memory);
    }
    // A stripped section table: the linker still puts the blob first in the data.
    let data = elf.loads().find(|load| load.has(elf::PF_W.0) && !load.has(elf::PF_X.0))?;
    let named = elf.sections.as_ref().is_some_and(|sections| !sections.is_empty());
    let most = if named { UNNAMED_GO } else { u64::MAX };
    buildinfo::read(elf.view.cut(data.offset, data.file_size.min(most)), data.address, &memory)
}

fn build_paths(elf: &Elf<'_>) -> Vec<String> {
    elf.section(Name::GoPclntab).map(|(_, part)| pclntab::folders(part)).unwrap_or_default()
}

/// The texts of `.comment`, each once.
fn producers(elf: &Elf<'_>) -> Vec<String> {
    let Some((_, part)) = elf.section(Name::Comment) else { return Vec::new() };
    let bytes = part.clamped(0, MOST_COMMENT);
    let mut producers: Vec<String> = Vec::new();
    for text in bytes.split(|byte| *byte == 0).filter(|text| !text.is_empty() && text.len() <= MOST_PRODUCER_LENGTH) {
        let text = String::from_utf8_lossy(text).into_owned();
        if producers.len() < MOST_PRODUCERS && !producers.contains(&text) {
            producers.push(text);
        }
    }
    producers
}
