//! XCOFF: programs, libraries and objects of AIX.
//!
//! The 64-bit form is AIX on ppc64; the 32-bit form is for an architecture outside the platform table. Layouts are those
//! of IBM's "XCOFF Object File Format".

use xbuild_platform::{Arch, Endian, Os};

use crate::bytes::{View, padded_name};
use crate::facts::{Facts, Format, Kind, Linkage, OsSource};
use crate::go::{self, GoInfo, buildinfo};
use crate::machine::Machine;

const EXECUTABLE: u16 = 0x0002;
const SHARED_OBJECT: u16 = 0x2000;
const DATA: u32 = 0x0040;
const BSS: u32 = 0x0080;
const LOADER: u32 = 0x1000;
const MOST_IMPORTS: u64 = 4096;
/// How many bytes of the imports' names are read.
const MOST_LOADER: u64 = 1 << 20;

struct Section<'a> {
    name: &'a [u8],
    address: u64,
    size: u64,
    offset: u64,
    flags: u32,
}

/// The width of an XCOFF file.
pub(crate) fn magic(view: View<'_>) -> Option<u8> {
    match view.slice(0, 2)? {
        [0x01, 0xdf] => Some(32),
        [0x01, 0xf7] => Some(64),
        _ => None,
    }
}

/// Facts about an XCOFF file of `bits`; `None` where the two bytes of magic are all that fits.
pub(crate) fn inspect(view: View<'_>, bits: u8) -> Option<Facts> {
    let view = view.with(Endian::Big);
    let header = if bits == 32 { 20 } else { 24 };
    let sections_at = header + u64::from(view.u16(16)?);
    let (count, flags) = (u64::from(view.u16(2)?), view.u16(18)?);
    let symbols = if bits == 32 { view.u32(12)? } else { view.u32(20)? };
    let sections: Vec<_> = (0..count).map_while(|index| section(view, sections_at, index, bits)).collect();
    if count == 0 || sections.first().is_none_or(|section| !section.name.starts_with(b".")) {
        return None;
    }
    let mut facts = described(bits, flags, symbols);
    check_bounds(&sections, count, view, &mut facts);
    facts.needed = needed(&sections, view, bits).unwrap_or_default();
    facts.linkage = linkage(&facts);
    go::settle(&mut facts, go_info(&sections, view), Some((Os::Aix, OsSource::Format)));
    Some(facts)
}

fn described(bits: u8, flags: u16, symbols: u32) -> Facts {
    let kind = match (flags & SHARED_OBJECT != 0, flags & EXECUTABLE != 0) {
        (true, _) => Kind::SharedLibrary,
        (false, true) => Kind::Executable,
        (false, false) => Kind::Object,
    };
    let machine = if bits == 64 { Machine::magic(0x01f7, Arch::Ppc64) } else { Machine::XCOFF_32 };
    let mut facts = Facts::of_machine(kind, Format::Xcoff, machine);
    facts.bits = Some(bits);
    facts.endian = Some(Endian::Big);
    facts.stripped = Some(symbols == 0);
    facts
}

fn section(view: View<'_>, table: u64, index: u64, bits: u8) -> Option<Section<'_>> {
    let (width, word) = if bits == 32 { (40, 4) } else { (72, 8) };
    let entry = view.part(table + index * width, width)?;
    Some(Section {
        name: padded_name(entry.slice(0, 8)?),
        address: entry.word(8 + word, bits)?,
        size: entry.word(8 + 2 * word, bits)?,
        offset: entry.word(8 + 3 * word, bits)?,
        flags: entry.u32(8 + 6 * word + if bits == 32 { 4 } else { 8 })? & 0xffff,
    })
}

fn check_bounds(sections: &[Section<'_>], count: u64, view: View<'_>, facts: &mut Facts) {
    if (sections.len() as u64) < count {
        facts.truncated("the section table", view.len() + 1, view.len());
    }
    for section in sections.iter().filter(|section| section.flags & BSS == 0 && section.offset != 0) {
        let end = section.offset.saturating_add(section.size);
        if end > view.len() {
            facts.truncated(format!("section {}", String::from_utf8_lossy(section.name)), end, view.len());
        }
    }
}

/// The libraries of the loader section: triples of path, file and member, after one that is the search path.
fn needed(sections: &[Section<'_>], view: View<'_>, bits: u8) -> Option<Vec<String>> {
    let section = sections.iter().find(|section| section.flags & LOADER != 0)?;
    let loader = view.part(section.offset, section.size)?;
    let count = u64::from(loader.u32(16)?).min(MOST_IMPORTS);
    let offset = if bits == 32 { loader.u32(20)?.into() } else { loader.u64(24)? };
    let mut texts = loader.clamped(offset, MOST_LOADER).split(|byte| *byte == 0);
    let mut names = Vec::new();
    for index in 0..count {
        let [_path, file, member] = [texts.next()?, texts.next()?, texts.next()?].map(String::from_utf8_lossy);
        if index > 0 && !file.is_empty() {
            names.push(if member.is_empty() { file.into_owned() } else { format!("{file}({member})") });
        }
    }
    Some(names)
}

fn linkage(facts: &Facts) -> Option<Linkage> {
    match (facts.needed.is_empty(), facts.kind) {
        (_, Kind::Object) => None,
        (false, _) => Some(Linkage::Dynamic),
        (true, Kind::Executable) => Some(Linkage::Static),
        (true, _) => None,
    }
}

fn go_info(sections: &[Section<'_>], view: View<'_>) -> Option<GoInfo> {
    let data = sections.iter().find(|section| section.flags & DATA != 0)?;
    // AIX came to Go with 1.12; files from before 1.18 point at their strings in the same section.
    let memory = |address: u64, size: u64| {
        let at = address.checked_sub(data.address).filter(|at| *at < data.size)?;
        view.part(data.offset.checked_add(at)?, size)
    };
    buildinfo::read(view.cut(data.offset, data.size), data.address, &memory)
}
