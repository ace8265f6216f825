//! The tables of an ELF file: its header, its program headers and its sections, for both widths and byte orders.
//!
//! What does not lie inside the file is recorded as a problem and left out; nothing here says what the entries mean.
//! Layouts are those of the ELF gABI.

use object::elf;
use xbuild_platform::Endian;

use crate::bytes::View;
use crate::{Facts, Problem};

const IDENT: u64 = 16;

/// How much of what stands in front of the section headers is fetched with them: a page.
const BEFORE_SECTIONS: u64 = 4096;

/// The fields of an ELF header that matter here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) bits: u8,
    pub(crate) endian: Endian,
    pub(crate) os_abi: u8,
    pub(crate) file_type: u16,
    pub(crate) machine: u16,
    pub(crate) flags: u32,
    segments: Table,
    sections: Table,
    names_index: u16,
}

#[derive(Debug, Clone, Copy)]
struct Table {
    offset: u64,
    entry_size: u16,
    count: u16,
}

/// A program header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) kind: elf::ProgramType,
    pub(crate) flags: u32,
    pub(crate) offset: u64,
    pub(crate) address: u64,
    pub(crate) file_size: u64,
    pub(crate) memory_size: u64,
    pub(crate) align: u64,
}

/// The sections that say something by their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Comment,
    DebugInfo,
    GoBuildinfo,
    GoPclntab,
    ArmAttributes,
    MipsAbiflags,
    Other,
}

impl Name {
    /// Names that share their beginnings with these are in every file; the longest is 24 bytes long.
    const LONGEST: u64 = 32;

    fn of(name: &[u8]) -> Self {
        match name {
            b".comment" => Self::Comment,
            b".debug_info" | b".zdebug_info" => Self::DebugInfo,
            b".go.buildinfo" => Self::GoBuildinfo,
            b".gopclntab" | b".data.rel.ro.gopclntab" => Self::GoPclntab,
            b".ARM.attributes" => Self::ArmAttributes,
            b".MIPS.abiflags" => Self::MipsAbiflags,
            _ => Self::Other,
        }
    }
}

/// How many program headers and how many section headers are read; objects of large C++ files have the most.
const MOST_SEGMENTS: u64 = 65_536;
const MOST_SECTIONS: u64 = 65_536;

/// How far the names of sections reach.
const MOST_NAMES: u64 = 4 << 20;

/// A section header, with what its name says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    pub(crate) name: Name,
    name_at: u32,
    pub(crate) kind: elf::SectionType,
    pub(crate) address: u64,
    pub(crate) offset: u64,
    pub(crate) size: u64,
    pub(crate) align: u64,
    info: u32,
}

/// A file with its tables read.
#[derive(Debug)]
pub(crate) struct Elf<'a> {
    pub(crate) view: View<'a>,
    pub(crate) header: Header,
    pub(crate) segments: Vec<Segment>,
    /// `None` where the table is damaged; empty where there is none.
    pub(crate) sections: Option<Vec<Section>>,
    names: View<'a>,
}

impl Header {
    /// `Err` says what is wrong with the identification bytes; `Ok(None)` is a header that the file cuts.
    pub(crate) fn parse(view: View<'_>) -> Result<Option<Self>, String> {
        let class = view.u8(4);
        let bits = match class {
            None => return Ok(None),
            Some(1) => 32,
            Some(2) => 64,
            Some(other) => return Err(format!("EI_CLASS is {other}: neither 32 nor 64 bits")),
        };
        let endian = match view.u8(5) {
            None => return Ok(None),
            Some(1) => Endian::Little,
            Some(2) => Endian::Big,
            Some(other) => return Err(format!("EI_DATA is {other}: no byte order")),
        };
        Ok(Self::fields(view.with(endian).table(0, Self::size(bits)), bits))
    }

    fn fields(view: View<'_>, bits: u8) -> Option<Self> {
        let word = u64::from(bits / 8);
        // Behind e_ident, e_type, e_machine, e_version stand three words, then e_flags and the small fields.
        let words = IDENT + 8;
        let small = words + 3 * word;
        let table = |offset_at: u64, at: u64| {
            Some(Table {
                offset: view.word(offset_at, bits)?,
                entry_size: view.u16(small + at)?,
                count: view.u16(small + at + 2)?,
            })
        };
        Some(Self {
            bits,
            endian: view.endian(),
            os_abi: view.u8(7)?,
            file_type: view.u16(IDENT)?,
            machine: view.u16(IDENT + 2)?,
            flags: view.u32(small)?,
            segments: table(words + word, 6)?,
            sections: table(words + 2 * word, 10)?,
            names_index: view.u16(small + 14)?,
        })
    }

    /// In front of the section headers are mostly their names, and before these the data that is asked for later.
    fn prefetch_sections(&self, view: View<'_>) {
        let Table { offset, entry_size, count } = self.sections;
        let end = offset.saturating_add(section_width(self.bits) * u64::from(count));
        if u64::from(entry_size) == section_width(self.bits) && end <= view.len() {
            view.prefetch(offset.saturating_sub(BEFORE_SECTIONS), end);
        }
    }

    /// How long the header is, in bytes.
    pub(crate) const fn size(bits: u8) -> u64 {
        if bits == 32 { 52 } else { 64 }
    }
}

impl<'a> Elf<'a> {
    pub(crate) fn read(view: View<'a>, header: Header, facts: &mut Facts) -> Self {
        let view = view.with(header.endian);
        header.prefetch_sections(view);
        let first = Section::parse(view, header.bits, header.sections.offset);
        let segments = read_segments(view, &header, first, facts);
        let read = read_sections(view, &header, first, facts);
        let (sections, names) = read.map_or((None, view.cut(0, 0)), |(sections, names)| (Some(sections), names));
        Self { view, header, segments, sections, names }
    }

    /// The first section with this name, if its bytes lie in the file.
    pub(crate) fn section(&self, name: Name) -> Option<(&Section, View<'a>)> {
        let section = self.sections.iter().flatten().find(|section| section.name == name)?;
        Some((section, self.section_part(section)?))
    }

    pub(crate) fn section_part(&self, section: &Section) -> Option<View<'a>> {
        if section.kind == elf::SHT_NOBITS {
            return None;
        }
        self.view.part(section.offset, section.size)
    }

    /// A section's name for people.
    pub(crate) fn name_of(&self, section: &Section) -> String {
        self.names.text(section.name_at.into(), 256).unwrap_or_default()
    }

    pub(crate) fn segment(&self, kind: elf::ProgramType) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.kind == kind)
    }

    pub(crate) fn loads(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| segment.kind == elf::PT_LOAD)
    }

    /// Where a loaded address stands in the file, and how many bytes of its segment follow there.
    pub(crate) fn file_offset(&self, address: u64) -> Option<(u64, u64)> {
        let segment =
            self.loads().find(|load| address.checked_sub(load.address).is_some_and(|at| at < load.file_size))?;
        let at = address - segment.address;
        Some((segment.offset.checked_add(at)?, segment.file_size - at))
    }

    /// The file's bytes from a loaded address to the end of its segment.
    pub(crate) fn memory(&self, address: u64) -> Option<View<'a>> {
        let (offset, size) = self.file_offset(address)?;
        Some(self.view.cut(offset, size)).filter(|part| part.len() != 0)
    }
}

fn read_segments(view: View<'_>, header: &Header, first: Option<Section>, facts: &mut Facts) -> Vec<Segment> {
    let table = header.segments;
    let width = if header.bits == 32 { 32 } else { 56 };
    if table.count == 0 || table.offset == 0 {
        return Vec::new();
    }
    if u64::from(table.entry_size) != width {
        facts.malformed(format!("e_phentsize is {}, not {width}", table.entry_size));
        return Vec::new();
    }
    // PN_XNUM: the count did not fit, section 0 has it.
    let count = match first {
        Some(section) if table.count == 0xffff => u64::from(section.info),
        _ => u64::from(table.count),
    };
    let end = table.offset.saturating_add(count * width);
    if end > view.len() {
        facts.truncated("the program header table", end, view.len());
    }
    if count > MOST_SEGMENTS {
        facts.problems.push(Problem::TooMany { what: "program headers".into(), most: MOST_SEGMENTS as usize });
    }
    let count = count.min(MOST_SEGMENTS);
    let entries = view.table(table.offset, count * width);
    (0..count).map_while(|index| Segment::parse(entries, header.bits, index * width)).collect()
}

impl Segment {
    fn parse(view: View<'_>, bits: u8, at: u64) -> Option<Self> {
        let word = u64::from(bits / 8);
        // 32-bit headers keep p_flags behind the sizes, 64-bit headers behind p_type.
        let (words, flags) = if bits == 32 {
            (at.checked_add(4)?, at.checked_add(24)?)
        } else {
            (at.checked_add(8)?, at.checked_add(4)?)
        };
        let field = |index: u64| view.word(words.checked_add(index * word)?, bits);
        Some(Self {
            kind: elf::ProgramType(view.u32(at)?),
            flags: view.u32(flags)?,
            offset: field(0)?,
            address: field(1)?,
            file_size: field(3)?,
            memory_size: field(4)?,
            align: if bits == 32 { field(6)? } else { field(5)? },
        })
    }

    pub(crate) const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }
}

/// How long a section header is.
const fn section_width(bits: u8) -> u64 {
    if bits == 32 { 40 } else { 64 }
}

/// The section headers with their names; `None` where the table or its names lie outside the file.
fn read_sections<'a>(
    view: View<'a>,
    header: &Header,
    first: Option<Section>,
    facts: &mut Facts,
) -> Option<(Vec<Section>, View<'a>)> {
    let table = header.sections;
    if table.offset == 0 {
        return Some((Vec::new(), view.cut(0, 0)));
    }
    let width = section_width(header.bits);
    if u64::from(table.entry_size) != width {
        return None;
    }
    let (count, names) = extended_counts(header, first?);
    let end = table.offset.checked_add(count.checked_mul(width)?)?;
    if end > view.len() {
        return None;
    }
    let at = |index: u64| table.offset + index * width;
    let names = if names == 0 { None } else { Section::parse(view, header.bits, at(names.min(count))) };
    let names = names.map_or(Some(view.cut(0, 0)), |names| view.part(names.offset, names.size))?.cut(0, MOST_NAMES);
    if count > MOST_SECTIONS {
        facts.problems.push(Problem::TooMany { what: "sections".into(), most: MOST_SECTIONS as usize });
    }
    let count = count.min(MOST_SECTIONS);
    let entries = view.table(table.offset, count * width);
    // The names of most files are short: then they are fetched as one.
    let near = names.table(0, if names.len() <= NEAR_NAMES { names.len() } else { 0 });
    let names_near = if near.len() == 0 { names } else { near };
    let section = |index: u64| Some(Section::parse(entries, header.bits, index * width)?.named(names_near));
    Some(((0..count).map(section).collect::<Option<_>>()?, names))
}

/// The number of sections and the index of their names: in section 0 where they do not fit the header.
fn extended_counts(header: &Header, first: Section) -> (u64, u64) {
    let count = if header.sections.count == 0 { first.size } else { u64::from(header.sections.count) };
    let names = if header.names_index == 0xffff { 0 } else { u64::from(header.names_index) };
    (count, names)
}

/// Up to here all names are fetched at once.
const NEAR_NAMES: u64 = 64 << 10;

impl Section {
    fn parse(view: View<'_>, bits: u8, at: u64) -> Option<Self> {
        let word = u64::from(bits / 8);
        let field = |index: u64| view.word(at.checked_add(8 + index * word)?, bits);
        let align_at = at.checked_add(8 + 4 * word + 8)?;
        Some(Self {
            name: Name::Other,
            name_at: view.u32(at)?,
            kind: elf::SectionType(view.u32(at.checked_add(4)?)?),
            address: field(1)?,
            offset: field(2)?,
            size: field(3)?,
            info: view.u32(align_at - 4)?,
            align: view.word(align_at, bits)?,
        })
    }

    fn named(mut self, names: View<'_>) -> Self {
        self.name = names.c_string(self.name_at.into(), Name::LONGEST).map_or(Name::Other, Name::of);
        self
    }
}
