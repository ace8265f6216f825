//! PE: programs and libraries of Windows.
//!
//! A file that begins with `MZ` and has no `PE` header is an MS-DOS program or not a program at all, and is not claimed
//! here. Unlinked objects are [`crate::coff`]'s. Layouts are those of Microsoft's "PE Format".

use object::pe;
use xbuild_platform::{Arch, Endian, Os};

use crate::bytes::{View, padded_name};
use crate::facts::{Facts, Format, Hardening, Kind, Linkage, OsSource, Packer};
use crate::go::{self, GoInfo, buildinfo, pclntab};
use crate::machine::Machine;
use crate::{Problem, Version};

const DOS_HEADER: u64 = 0x40;
const FILE_HEADER: u64 = 24;
const MOST_IMPORTS: u64 = 4096;
const MOST_NAME: u64 = 4096;
/// Where the load configuration of a 64-bit image points at its hybrid metadata.
const CHPE_POINTER: u64 = 200;

const IMPORTS: u64 = 1;
const SIGNATURES: u64 = 4;
const LOAD_CONFIG: u64 = 10;
const CLR: u64 = 14;

/// Where the flags of a CLI header are, and those that say which machines it is for.
const CLR_FLAGS: u64 = 16;
const IL_ONLY: u32 = 0x1;
const ONLY_32_BITS: u32 = 0x2;
const RATHER_32_BITS: u32 = 0x2_0000;

const CODE: u32 = 0x20;
const DATA_OF_GO: u32 = 0xc000_0040;
const ALIGN_32: u32 = 0x0060_0000;

struct Section<'a> {
    name: &'a [u8],
    address: u64,
    offset: u64,
    size: u64,
    flags: u32,
}

struct Image<'a> {
    view: View<'a>,
    machine: u16,
    flags: u16,
    symbols: u32,
    /// The optional header.
    optional: View<'a>,
    is_wide: bool,
    sections: Vec<Section<'a>>,
}

/// Facts about a PE file; `None` where the bytes after `MZ` are no PE file.
pub(crate) fn inspect(view: View<'_>) -> Option<Facts> {
    let view = view.with(Endian::Little);
    let Some(start) = view.u32(0x3c).map(u64::from) else { return Some(cut("the MS-DOS header", DOS_HEADER, view)) };
    if start + 4 > view.len() {
        return Some(cut("the PE header", start + FILE_HEADER, view));
    }
    if view.slice(start, 4)? != b"PE\0\0" {
        return None;
    }
    let Some(image) = Image::read(view, start) else {
        return Some(cut("the PE header", headers_end(view, start), view));
    };
    let mut facts = Facts::of_machine(image.kind(), Format::Pe, Machine::pe(image.machine));
    facts.bits = Some(if image.is_wide { 64 } else { 32 });
    facts.endian = Some(Endian::Little);
    image.check_bounds(start, &mut facts);
    image.describe(&mut facts);
    Some(facts)
}

fn cut(what: &str, end: u64, view: View<'_>) -> Facts {
    let mut facts = Facts::of(Kind::Unknown, Some(Format::Pe));
    facts.truncated(what, end.max(view.len() + 1), view.len());
    facts
}

/// Where the optional header would end.
fn headers_end(view: View<'_>, start: u64) -> u64 {
    start + FILE_HEADER + view.u16(start + 20).map_or(0, u64::from)
}

impl<'a> Image<'a> {
    fn read(view: View<'a>, start: u64) -> Option<Self> {
        let optional = view.part(start + FILE_HEADER, view.u16(start + 20)?.into())?;
        let count = u64::from(view.u16(start + 6)?);
        let table = view.table(start + FILE_HEADER + optional.len(), count * 40);
        Some(Self {
            view,
            machine: view.u16(start + 4)?,
            flags: view.u16(start + 22)?,
            symbols: view.u32(start + 16)?,
            optional,
            is_wide: optional.u16(0)? == 0x20b,
            sections: (0..count).map_while(|index| section(table.part(index * 40, 40)?)).collect(),
        })
    }

    fn kind(&self) -> Kind {
        match (self.flags & pe::IMAGE_FILE_DLL.0 != 0, self.flags & pe::IMAGE_FILE_EXECUTABLE_IMAGE.0 != 0) {
            (true, _) => Kind::SharedLibrary,
            (false, true) => Kind::Executable,
            (false, false) => Kind::Unknown,
        }
    }

    fn check_bounds(&self, start: u64, facts: &mut Facts) {
        let stated = self.view.u16(start + 6).map_or(0, u64::from);
        if stated > self.sections.len() as u64 {
            facts.truncated("the section table", headers_end(self.view, start) + stated * 40, self.view.len());
        }
        if !matches!(self.optional.u16(0), Some(0x10b | 0x20b)) {
            facts.malformed("the optional header is neither PE32 nor PE32+");
        }
        for section in &self.sections {
            let end = section.offset + section.size;
            if section.offset != 0 && end > self.view.len() {
                facts.truncated(format!("section {}", String::from_utf8_lossy(section.name)), end, self.view.len());
            }
        }
        // The signatures' address is an offset in the file, unlike every other directory's.
        if let Some((offset, size)) =
            self.directory(SIGNATURES).filter(|(offset, size)| offset + size > self.view.len())
        {
            facts.truncated("the signature", offset + size, self.view.len());
        }
    }

    fn describe(&self, facts: &mut Facts) {
        facts.packed = self.sections.iter().any(|section| section.name == b"UPX0").then_some(Packer::Upx);
        facts.hardening = self.hardening();
        facts.signed = Some(self.directory(SIGNATURES).is_some());
        self.hybrid(facts);
        if facts.packed.is_none() {
            facts.needed = self.imports(facts);
            facts.linkage = self.linkage(facts);
            facts.stripped = Some(self.symbols == 0 && !self.sections.iter().any(has_debug_name));
            facts.build_paths = self.build_paths();
        }
        let subsystem = self.optional.u16(68).map(pe::Subsystem);
        let is_windows = matches!(
            subsystem,
            Some(pe::IMAGE_SUBSYSTEM_NATIVE | pe::IMAGE_SUBSYSTEM_WINDOWS_GUI | pe::IMAGE_SUBSYSTEM_WINDOWS_CUI)
        );
        let is_efi = matches!(subsystem, Some(pe::Subsystem(10..=13)));
        facts.foreign_os = is_efi.then(|| "efi".to_owned());
        if let (Some(major), Some(minor)) = (self.optional.u16(48), self.optional.u16(50)) {
            facts.min_os = is_windows.then(|| Version::new(&[major.into(), minor.into()]));
        }
        let info = if facts.packed.is_none() { self.go_info() } else { None };
        go::settle(facts, info, is_windows.then_some((Os::Windows, OsSource::Format)));
    }

    /// A data directory that is not empty: address and size.
    fn directory(&self, index: u64) -> Option<(u64, u64)> {
        let count_at = if self.is_wide { 108 } else { 92 };
        let at = count_at + 4 + index * 8;
        let present = u64::from(self.optional.u32(count_at)?) > index;
        let (address, size) = (self.optional.u32(at)?, self.optional.u32(at + 4)?);
        (present && address != 0 && size != 0).then_some((address.into(), size.into()))
    }

    fn hardening(&self) -> Hardening {
        let flags = self.optional.u16(70);
        let has = |flag: u16| flags.map(|flags| flags & flag != 0);
        Hardening {
            pie: has(pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE.0).filter(|_| self.kind() == Kind::Executable),
            nx: has(pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT.0),
            relro: None,
        }
    }

    /// ARM64EC carries x86-64's machine number over ARM64 code, ARM64X both; .NET may run anywhere.
    fn hybrid(&self, facts: &mut Facts) {
        let has_metadata = self.is_wide && self.chpe_pointer().is_some_and(|pointer| pointer != 0);
        let abi = match (pe::Machine(self.machine), has_metadata) {
            (pe::IMAGE_FILE_MACHINE_AMD64, true) => "arm64ec",
            (pe::IMAGE_FILE_MACHINE_ARM64, true) => "arm64x",
            _ if self.directory(CLR).is_some() => "clr",
            _ => return,
        };
        facts.abi = Some(abi.to_owned());
        match abi {
            "arm64ec" => facts.arch = Some(Arch::Arm64),
            "clr" if facts.arch == Some(Arch::I386) && self.is_portable() => facts.arch = None,
            _ => {}
        }
    }

    /// Whether a .NET file is compiled when it is started, for the machine that starts it: it is IL only and does not ask for
    /// 32 bits (the flags of the CLI header, ECMA-335 II.25.3.3.1). So it may be where they cannot be read.
    fn is_portable(&self) -> bool {
        let header = self.directory(CLR).and_then(|(address, _)| self.memory(address));
        let Some(flags) = header.and_then(|header| header.u32(CLR_FLAGS)) else { return true };
        flags & IL_ONLY != 0 && (flags & ONLY_32_BITS == 0 || flags & RATHER_32_BITS != 0)
    }

    fn chpe_pointer(&self) -> Option<u64> {
        let config = self.memory(self.directory(LOAD_CONFIG)?.0)?;
        (u64::from(config.u32(0)?) >= CHPE_POINTER + 8).then(|| config.u64(CHPE_POINTER)).flatten()
    }

    /// The file's bytes from an address relative to the image to the end of its section.
    fn memory(&self, address: u64) -> Option<View<'a>> {
        let inside = |section: &&Section<'_>| address.checked_sub(section.address).is_some_and(|at| at < section.size);
        let section = self.sections.iter().find(inside)?;
        let at = address - section.address;
        Some(self.view.cut(section.offset + at, section.size - at))
    }

    fn imports(&self, facts: &mut Facts) -> Vec<String> {
        let Some((address, _)) = self.directory(IMPORTS) else { return Vec::new() };
        let Some(table) = self.memory(address) else {
            facts.malformed("the import table is in no section of the file");
            return Vec::new();
        };
        let mut names = Vec::new();
        for index in 0..MOST_IMPORTS {
            match table.u32(index * 20 + 12).filter(|name| *name != 0) {
                None => return names,
                Some(name) => names.extend(self.memory(name.into()).and_then(|name| name.text(0, MOST_NAME))),
            }
        }
        facts.problems.push(Problem::TooMany { what: "needed libraries".into(), most: MOST_IMPORTS as usize });
        names
    }

    fn linkage(&self, facts: &Facts) -> Option<Linkage> {
        match (facts.needed.is_empty(), facts.kind) {
            (false, _) => Some(Linkage::Dynamic),
            (true, Kind::Executable) if self.directory(IMPORTS).is_none() => Some(Linkage::Static),
            (true, _) => None,
        }
    }

    fn part(&self, section: &Section<'a>) -> View<'a> {
        self.view.cut(section.offset, section.size)
    }

    fn image_base(&self) -> u64 {
        let base = if self.is_wide { self.optional.u64(24) } else { self.optional.u32(28).map(u64::from) };
        base.unwrap_or(0)
    }

    fn go_info(&self) -> Option<GoInfo> {
        let is_data = |section: &&Section<'_>| section.flags & !ALIGN_32 == DATA_OF_GO && section.size != 0;
        let section = self.sections.iter().find(is_data)?;
        let base = self.image_base();
        let memory = |address: u64, size: u64| self.memory(address.checked_sub(base)?)?.part(0, size);
        buildinfo::read(self.part(section), section.address, &memory)
    }

    fn build_paths(&self) -> Vec<String> {
        let read_only = |section: &&Section<'_>| section.name == b".rdata" && section.flags & CODE == 0;
        let section = self.sections.iter().find(read_only);
        section.map(|section| pclntab::search(self.part(section))).unwrap_or_default()
    }
}

fn section(entry: View<'_>) -> Option<Section<'_>> {
    Some(Section {
        name: padded_name(entry.slice(0, 8)?),
        address: entry.u32(12)?.into(),
        size: entry.u32(16)?.into(),
        offset: entry.u32(20)?.into(),
        flags: entry.u32(36)?,
    })
}

/// Names longer than eight bytes stand in the symbol table's strings as `/4`: GNU tools name debug sections so.
fn has_debug_name(section: &Section<'_>) -> bool {
    section.name.starts_with(b".debug_") || matches!(section.name, [b'/', digit, ..] if digit.is_ascii_digit())
}
