//! The one place that decides what a file is, by its first bytes and nothing else.
//!
//! Each answer is a format's own `inspect`; a format whose magic number is weak may decline. Text and compressed files
//! are named and not looked into.

use crate::bytes::View;
use crate::facts::{Facts, Kind};
use crate::source::{MOST_HELD, Pages, Source, SourceError, Tally};
use crate::{ar, coff, elf, macho, pe, plan9, wasm, xcoff};

/// How deep a static library may stand: a universal file may hold some, and none may hold another. A universal file stands
/// alone: one that names itself as its slice would be as many files as there are paths through it.
const MOST_DEPTH_OF_LIBRARY: u8 = 1;

/// The longest `#!` line that Linux reads.
const MOST_SCRIPT_LINE: u64 = 256;

/// What these bytes prove. It never fails: what cannot be read is a problem among the facts.
///
/// ```
/// use xbuild_verify::{Kind, inspect, platform_of};
///
/// let facts = inspect(b"\0asm\x01\0\0\0\x07\x01\0");
/// assert_eq!(facts.kind, Kind::Executable);
/// assert_eq!(platform_of(&facts).as_deref(), Some("wasm"));
///
/// // A file that was cut says so.
/// let facts = inspect(b"\x7fELF\x02\x01\x01");
/// assert_eq!(facts.problems[0].to_string(), "the ELF header ends at byte 64, the file at 7");
/// ```
pub fn inspect(bytes: &[u8]) -> Facts {
    inspect_part(View::little(bytes), 0)
}

/// What a source holds, and what reading it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What the bytes prove: what [`inspect`] says of them.
    pub facts: Facts,
    /// How many bytes were fetched; 0 where the source lends its own.
    pub read: u64,
}

/// What the bytes of a source prove, without fetching more than that takes.
///
/// At most [`MOST_HELD`] bytes are held for a file, and as much for each level of files in it, of which there are at most
/// three, however large they are. A file whose tables take more is malformed for it; [`inspect`] reads them.
///
/// # Errors
///
/// Where the source cannot be read, or ends before the size that it announced.
pub fn inspect_source<S: Source + ?Sized>(source: &S) -> Result<Inspection, SourceError> {
    if let Some(bytes) = source.lend() {
        return Ok(Inspection { facts: inspect(bytes), read: 0 });
    }
    let tally = Tally::default();
    let pages = Pages::new(&source, &tally);
    let facts = bounded(View::paged(&pages, 0, source.size()), &tally, 0);
    let read = tally.fetched();
    tally.into_failure().map_or(Ok(Inspection { facts, read }), Err)
}

/// A member that is no larger is read as a whole: a library has thousands, and each shares its pages with its neighbours.
const SMALL: u64 = 64 << 10;

/// The facts of a slice or a member, which may hold others only to a certain depth. What is fetched for it is forgotten
/// with it.
pub(crate) fn inspect_inside(view: View<'_>, depth: u8) -> Facts {
    let Some(outer) = view.pages() else { return inspect_part(view, depth) };
    if view.len() <= SMALL {
        let mut bytes = vec![0; view.len() as usize];
        return match view.fetch(&mut bytes) {
            Some(()) => inspect_part(View::new(&bytes, view.endian()), depth),
            None => Facts::of(Kind::Unknown, None),
        };
    }
    let pages = outer.afresh();
    bounded(view.over(&pages), outer.tally(), depth)
}

fn bounded(view: View<'_>, tally: &Tally, depth: u8) -> Facts {
    let mut facts = inspect_part(view, depth);
    if tally.take_exhausted() {
        facts.malformed(format!("its tables take more than {} MiB; the rest was not read", MOST_HELD >> 20));
    }
    facts
}

fn inspect_part(view: View<'_>, depth: u8) -> Facts {
    if depth <= MOST_DEPTH_OF_LIBRARY && ar::is_ar(view) {
        return ar::inspect(view, MOST_DEPTH_OF_LIBRARY + 1);
    }
    if depth == 0 && macho::fat::is_universal(view) {
        return macho::fat::inspect(view, depth + 1);
    }
    compiled(view).unwrap_or_else(|| text_or_packed(view.clamped(0, MOST_SCRIPT_LINE + 2 + TAR_MAGIC.len() as u64)))
}

fn compiled(view: View<'_>) -> Option<Facts> {
    if view.starts_with(b"\x7fELF") {
        return Some(elf::inspect(view));
    }
    if macho::magic(view).is_some() {
        return Some(macho::inspect(view));
    }
    if wasm::is_wasm(view) {
        return Some(wasm::inspect(view));
    }
    if view.starts_with(b"MZ") {
        return pe::inspect(view);
    }
    if let Some(bits) = xcoff::magic(view) {
        return xcoff::inspect(view, bits);
    }
    if let Some((number, arch)) = plan9::magic(view) {
        return plan9::inspect(view, number, arch);
    }
    coff::inspect(view)
}

/// What the first bytes name.
fn text_or_packed(bytes: &[u8]) -> Facts {
    if let Some(interpreter) = script(bytes) {
        let mut facts = Facts::of(Kind::Script, None);
        facts.interpreter = Some(interpreter);
        return facts;
    }
    Facts::of(if is_archive(bytes) { Kind::Archive } else { Kind::Unknown }, None)
}

/// The rest of a `#!` line that names a program by its path.
fn script(bytes: &[u8]) -> Option<String> {
    let line = bytes.strip_prefix(b"#!")?;
    let line = line[..line.len().min(MOST_SCRIPT_LINE as usize)].split(|byte| *byte == b'\n').next()?.trim_ascii();
    (line.starts_with(b"/")).then(|| String::from_utf8_lossy(line).into_owned())
}

/// What stands at byte 257 of a tar file.
const TAR_MAGIC: &[u8] = b"ustar";

const ARCHIVES: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"7z\xbc\xaf\x27\x1c",
    b"\x04\x22\x4d\x18",
];

fn is_archive(bytes: &[u8]) -> bool {
    let is_tar = bytes.get(257..262) == Some(TAR_MAGIC);
    is_tar || ARCHIVES.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    fn check(bytes: &[u8], kind: Kind, format: Option<Format>) {
        let facts = inspect(bytes);
        assert_eq!((facts.kind, facts.format), (kind, format), "{bytes:?}");
    }

    #[test]
    fn text_is_no_program() {
        check(b"", Kind::Unknown, None);
        check(b"hello\n", Kind::Unknown, None);
        check(b"#![allow(x)]\n", Kind::Unknown, None);
        check(b"#!/usr/bin/env bash\necho\n", Kind::Script, None);
        assert_eq!(inspect(b"#! /bin/sh -e\n").interpreter.as_deref(), Some("/bin/sh -e"));
    }

    #[test]
    fn archives_are_named_and_not_opened() {
        check(b"PK\x03\x04....", Kind::Archive, None);
        check(b"\x1f\x8b\x08", Kind::Archive, None);
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        check(&tar, Kind::Archive, None);
    }

    #[test]
    fn a_java_class_is_no_universal_program() {
        check(&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 1], Kind::Unknown, None);
        check(&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], Kind::Unknown, Some(Format::MachoUniversal));
    }

    #[test]
    fn a_dos_program_is_no_windows_program() {
        let mut bytes = b"MZ".to_vec();
        bytes.resize(0x80, 0);
        check(&bytes, Kind::Unknown, None);
    }
}
