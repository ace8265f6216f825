//! The header and the load commands of one Mach-O image.
//!
//! Commands are read in order within the size that the header states; the first that does not fit ends the reading and
//! is a problem. Layouts are those of Apple's `mach-o/loader.h`.

use object::macho;
use xbuild_platform::Endian;

use crate::bytes::{View, padded_name};
use crate::{Facts, Version};

/// A Mach-O header; its size depends on the width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) bits: u8,
    pub(super) endian: Endian,
    pub(super) cpu: u32,
    pub(super) subtype: u32,
    pub(super) file_type: u32,
    count: u32,
    size: u32,
    pub(super) flags: u32,
}

impl Header {
    /// `None` where the bytes end before the header does.
    pub(super) fn parse(view: View<'_>) -> Option<Self> {
        let (bits, endian) = magic(view)?;
        let view = view.with(endian);
        view.slice(0, Self::length(bits))?;
        Some(Self {
            bits,
            endian,
            cpu: view.u32(4)?,
            subtype: view.u32(8)? & 0x00ff_ffff,
            file_type: view.u32(12)?,
            count: view.u32(16)?,
            size: view.u32(20)?,
            flags: view.u32(24)?,
        })
    }

    pub(super) const fn length(bits: u8) -> u64 {
        if bits == 32 { 28 } else { 32 }
    }
}

/// Width and byte order of a thin Mach-O file.
pub(crate) fn magic(view: View<'_>) -> Option<(u8, Endian)> {
    Some(match view.slice(0, 4)? {
        [0xfe, 0xed, 0xfa, 0xce] => (32, Endian::Big),
        [0xfe, 0xed, 0xfa, 0xcf] => (64, Endian::Big),
        [0xce, 0xfa, 0xed, 0xfe] => (32, Endian::Little),
        [0xcf, 0xfa, 0xed, 0xfe] => (64, Endian::Little),
        _ => return None,
    })
}

/// A section of a segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) name: &'a [u8],
    pub(super) address: u64,
    pub(super) part: View<'a>,
}

/// A part of the file that is mapped into memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) name: &'a [u8],
    pub(super) address: u64,
    pub(super) offset: u64,
    pub(super) file_size: u64,
}

/// What the load commands say.
#[derive(Debug, Default)]
pub(super) struct Commands<'a> {
    pub(super) segments: Vec<Segment<'a>>,
    pub(super) sections: Vec<Section<'a>>,
    pub(super) needed: Vec<String>,
    pub(super) linker: Option<String>,
    /// `PLATFORM_*` of `LC_BUILD_VERSION`, or what an older `LC_VERSION_MIN_*` stands for.
    pub(super) platform: Option<macho::Platform>,
    pub(super) min_os: Option<Version>,
    pub(super) has_uuid: bool,
    /// Offset and size of the code signature.
    pub(super) signature: Option<(u64, u64)>,
    /// Offset and count of the symbol table's entries.
    pub(super) symbols: Option<(u64, u64)>,
}

/// How many bytes of load commands are read: a large application has some ten thousand.
const MOST_SIZE: u64 = 4 << 20;
const MOST_SECTIONS: usize = 65_536;
const MOST_NEEDED: usize = 4096;

impl<'a> Commands<'a> {
    pub(super) fn read(view: View<'a>, header: &Header, facts: &mut Facts) -> Self {
        let mut commands = Self::default();
        let start = Header::length(header.bits);
        let end = start + u64::from(header.size);
        if end > view.len() {
            facts.truncated("the load commands", end, view.len());
        }
        // The whole size is not trusted: commands that are read are so one by one, and there are not very many.
        let table = view.table(0, end.min(MOST_SIZE));
        let mut at = start;
        for index in 0..header.count {
            let size = table.u32(at + 4).map_or(0, u64::from);
            let command = table.part(at, size).filter(|_| size >= 8 && at + size <= end);
            let Some(command) = command else {
                if end <= view.len() {
                    facts.malformed(format!("load command {index} does not fit the header's {} bytes", header.size));
                }
                break;
            };
            commands.take(command, view);
            at += size;
        }
        commands
    }

    fn take(&mut self, command: View<'a>, file: View<'a>) {
        let Some(kind) = command.u32(0).map(macho::LoadCommandType) else { return };
        match kind {
            macho::LC_SEGMENT => self.segment(command, file, 32),
            macho::LC_SEGMENT_64 => self.segment(command, file, 64),
            macho::LC_LOAD_DYLIB
            | macho::LC_LOAD_WEAK_DYLIB
            | macho::LC_REEXPORT_DYLIB
            | macho::LC_LAZY_LOAD_DYLIB
            | macho::LC_LOAD_UPWARD_DYLIB => {
                let name = text_at(command).filter(|_| self.needed.len() < MOST_NEEDED);
                self.needed.extend(name);
            }
            macho::LC_LOAD_DYLINKER => self.linker = text_at(command),
            macho::LC_UUID => self.has_uuid = true,
            macho::LC_CODE_SIGNATURE => self.signature = pair(command),
            macho::LC_SYMTAB => self.symbols = pair(command),
            macho::LC_BUILD_VERSION => self.version(command.u32(8).map(macho::Platform), command.u32(12)),
            macho::LC_VERSION_MIN_MACOSX => self.version(Some(macho::PLATFORM_MACOS), command.u32(8)),
            macho::LC_VERSION_MIN_IPHONEOS => self.version(Some(macho::PLATFORM_IOS), command.u32(8)),
            macho::LC_VERSION_MIN_TVOS => self.version(Some(macho::PLATFORM_TVOS), command.u32(8)),
            macho::LC_VERSION_MIN_WATCHOS => self.version(Some(macho::PLATFORM_WATCHOS), command.u32(8)),
            _ => {}
        }
    }

    /// The first platform counts: a file for macOS and Catalyst names macOS first.
    fn version(&mut self, platform: Option<macho::Platform>, packed: Option<u32>) {
        if self.platform.is_none() {
            self.platform = platform;
            self.min_os = packed.map(|packed| Version::short(packed >> 16, packed >> 8 & 0xff, packed & 0xff));
        }
    }

    fn segment(&mut self, command: View<'a>, file: View<'a>, bits: u8) {
        let word = u64::from(bits / 8);
        let numbers = |index: u64| command.word(24 + index * word, bits);
        let fields = (command.slice(8, 16), numbers(0), numbers(2), numbers(3));
        let (Some(name), Some(address), Some(offset), Some(file_size)) = fields else { return };
        self.segments.push(Segment { name: padded_name(name), address, offset, file_size });
        let count_at = 24 + 4 * word + 8;
        let count = command.u32(count_at).unwrap_or(0);
        let width = if bits == 32 { 68 } else { 80 };
        for index in 0..u64::from(count) {
            let section =
                command.part(count_at + 8 + index * width, width).and_then(|entry| section(entry, file, bits));
            match section {
                Some(section) if self.sections.len() < MOST_SECTIONS => self.sections.push(section),
                _ => break,
            }
        }
    }

    pub(super) fn section(&self, name: &[u8]) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| section.name == name)
    }
}

fn section<'a>(entry: View<'a>, file: View<'a>, bits: u8) -> Option<Section<'a>> {
    let word = u64::from(bits / 8);
    let size = entry.word(32 + word, bits)?;
    let offset = u64::from(entry.u32(32 + 2 * word)?);
    let part = file.cut(offset, size);
    Some(Section { name: padded_name(entry.slice(0, 16)?), address: entry.word(32, bits)?, part })
}

/// The text whose offset within the command stands at byte 8.
fn text_at(command: View<'_>) -> Option<String> {
    let offset = u64::from(command.u32(8)?);
    let rest = command.clamped(offset, command.len());
    Some(String::from_utf8_lossy(padded_name(rest)).into_owned()).filter(|text| !text.is_empty())
}

fn pair(command: View<'_>) -> Option<(u64, u64)> {
    Some((command.u32(8)?.into(), command.u32(12)?.into()))
}
