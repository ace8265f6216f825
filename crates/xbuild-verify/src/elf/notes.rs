//! Notes of an ELF file: which system it is for, and the x86 level that its linker recorded.
//!
//! `PT_NOTE` segments are read; in objects, which have none, the note sections. A note proves a level only above the
//! baseline: compilers write the baseline whatever they were asked for.

use object::elf;
use xbuild_platform::{Arch, Os, Variant};

use super::table::Elf;
use crate::bytes::View;

const MOST_NOTES: usize = 4096;
const MOST_BLOCKS: usize = 1024;
/// How far one block of notes is read; a core file's are the longest, and say nothing here.
const MOST_BLOCK: u64 = 1 << 20;
/// How long a name and a content are that say something.
const MOST_NAME: u64 = 64;
const MOST_CONTENT: u64 = 64 << 10;
const ISA_1_NEEDED: u32 = 0xc000_8002;

/// What the notes say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) os: Option<Os>,
    pub(crate) level: Option<Variant>,
    /// A GNU ABI tag that names a system outside the platform table (the Hurd).
    pub(crate) is_foreign: bool,
}

impl Notes {
    pub(crate) fn read(elf: &Elf<'_>) -> Self {
        let mut notes = Self::default();
        let mut left = MOST_NOTES;
        for (block, align) in blocks(elf) {
            notes.scan(block, align, elf.header.bits, &mut left);
        }
        notes
    }

    fn scan(&mut self, block: View<'_>, align: u64, bits: u8, left: &mut usize) {
        let mut at = 0;
        while let Some((note, next)) = note(block, at, align) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            at = next;
            self.take(note, bits);
        }
    }

    fn take(&mut self, note: Note<'_>, bits: u8) {
        match (note.name, note.kind) {
            (b"GNU", 1) => self.abi_tag(note.content.u32(0)),
            (b"GNU", 5) => self.level = self.level.max(isa_needed(note.content, bits)),
            // Android's binaries may carry Linux's tag too.
            (b"Android", 1) => self.os = Some(Os::Android),
            (name, 1) => self.os = self.os.or_else(|| system(name)),
            _ => {}
        }
    }

    fn abi_tag(&mut self, number: Option<u32>) {
        let os = match number {
            Some(0) => Some(Os::Linux),
            Some(2) => Some(Os::Solaris),
            Some(3) => Some(Os::Freebsd),
            _ => None,
        };
        self.is_foreign |= number == Some(1);
        self.os = self.os.or(os);
    }
}

/// A system that names itself in a note of type 1.
fn system(name: &[u8]) -> Option<Os> {
    Some(match name {
        b"FreeBSD" => Os::Freebsd,
        b"NetBSD" => Os::Netbsd,
        b"OpenBSD" => Os::Openbsd,
        b"DragonFly" => Os::Dragonfly,
        _ => return None,
    })
}

fn blocks<'a>(elf: &Elf<'a>) -> Vec<(View<'a>, u64)> {
    let segments = elf.segments.iter().filter(|segment| segment.kind == elf::PT_NOTE).take(MOST_BLOCKS);
    let block = |offset: u64, size: u64| elf.view.cut(offset, size.min(MOST_BLOCK));
    let blocks: Vec<_> = segments.map(|segment| (block(segment.offset, segment.file_size), segment.align)).collect();
    if !blocks.is_empty() {
        return blocks;
    }
    let sections = elf.sections.iter().flatten().filter(|section| section.kind == elf::SHT_NOTE);
    let parts = sections.filter_map(|section| Some((elf.section_part(section)?.cut(0, MOST_BLOCK), section.align)));
    parts.take(MOST_BLOCKS).collect()
}

#[derive(Clone, Copy)]
struct Note<'a> {
    name: &'a [u8],
    kind: u32,
    content: View<'a>,
}

/// The note at `at`, and where the next one begins.
fn note(block: View<'_>, at: u64, align: u64) -> Option<(Note<'_>, u64)> {
    let align = if align == 8 { 8 } else { 4 };
    let name_size = u64::from(block.u32(at)?);
    let size = u64::from(block.u32(at + 4)?);
    let kind = block.u32(at + 8)?;
    let name = block.part(at + 12, name_size)?;
    let start = (at + 12 + name_size).next_multiple_of(align);
    let content = block.part(start, size)?;
    let name = if name_size <= MOST_NAME { name.slice(0, name_size)? } else { &[] };
    let name = name.strip_suffix(&[0]).unwrap_or(name);
    let content = content.cut(0, MOST_CONTENT);
    Some((Note { name, kind, content }, (start + size).next_multiple_of(align)))
}

/// The level in `GNU_PROPERTY_X86_ISA_1_NEEDED`, if it is above the baseline. Properties are padded to the word.
fn isa_needed(properties: View<'_>, bits: u8) -> Option<Variant> {
    let mut at = 0;
    while let (Some(kind), Some(size)) = (properties.u32(at), properties.u32(at + 4)) {
        if kind == ISA_1_NEEDED {
            return level(properties.u32(at + 8)?);
        }
        at = (at + 8 + u64::from(size)).next_multiple_of(u64::from(bits / 8));
    }
    None
}

fn level(bits: u32) -> Option<Variant> {
    let name = [(8, "v4"), (4, "v3"), (2, "v2")].into_iter().find(|(bit, _)| bits & bit != 0)?.1;
    Arch::Amd64.variant(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(name: &[u8], kind: u32, content: &[u8]) -> Vec<u8> {
        let mut bytes = [name.len() as u32, content.len() as u32, kind].map(u32::to_le_bytes).concat();
        bytes.extend(name);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(content);
        bytes
    }

    fn check(notes: &[Vec<u8>], os: Option<Os>, level: Option<&str>) {
        let mut answer = Notes::default();
        answer.scan(View::little(&notes.concat()), 4, 64, &mut 99);
        assert_eq!((answer.os, answer.level.map(Variant::as_str)), (os, level));
    }

    #[test]
    fn systems_name_themselves() {
        check(&[bytes_of(b"GNU\0", 1, &[0; 16])], Some(Os::Linux), None);
        check(&[bytes_of(b"GNU\0", 3, &[1; 20]), bytes_of(b"OpenBSD\0", 1, &[0; 4])], Some(Os::Openbsd), None);
        check(&[bytes_of(b"GNU\0", 1, &[1, 0, 0, 0])], None, None);
        check(&[bytes_of(b"stapsdt\0", 3, &[0; 4])], None, None);
    }

    #[test]
    fn a_level_counts_above_the_baseline_only() {
        let needed = |bits: u32| {
            bytes_of(
                b"GNU\0",
                5,
                &[ISA_1_NEEDED.to_le_bytes(), 4_u32.to_le_bytes(), bits.to_le_bytes(), [0; 4]].concat(),
            )
        };
        check(&[needed(1)], None, None);
        check(&[needed(1 | 4)], None, Some("v3"));
        check(&[needed(2), needed(15)], None, Some("v4"));
    }

    #[test]
    fn sizes_that_lie_end_the_scan() {
        check(&[[u32::MAX; 3].map(u32::to_le_bytes).concat()], None, None);
    }
}
