//! The one place that decides what a file is, by its first bytes and nothing else.
//!
//! Each answer is a format's own `inspect`; a format whose magic number is weak may decline. Text and compressed files
//! are named and not looked into.

use crate::facts::{Facts, Kind};
use crate::{ar, coff, elf, macho, pe, plan9, wasm, xcoff};

/// How deep files may nest: a universal file of static libraries of objects.
const MOST_DEPTH: u8 = 3;

/// The longest `#!` line that Linux reads.
const MOST_SCRIPT_LINE: usize = 256;

/// What these bytes prove. It never fails: what cannot be read is a problem among the facts.
pub fn inspect(bytes: &[u8]) -> Facts {
    inspect_part(bytes, 0)
}

/// The same for a slice or a member, which may hold others only to a certain depth.
pub(crate) fn inspect_part(bytes: &[u8], depth: u8) -> Facts {
    if depth < MOST_DEPTH && ar::is_ar(bytes) {
        return ar::inspect(bytes, depth + 1);
    }
    if depth < MOST_DEPTH && macho::fat::is_universal(bytes) {
        return macho::fat::inspect(bytes, depth + 1);
    }
    compiled(bytes).unwrap_or_else(|| text_or_packed(bytes))
}

fn compiled(bytes: &[u8]) -> Option<Facts> {
    if bytes.starts_with(b"\x7fELF") {
        return Some(elf::inspect(bytes));
    }
    if macho::magic(bytes).is_some() {
        return Some(macho::inspect(bytes));
    }
    if wasm::is_wasm(bytes) {
        return Some(wasm::inspect(bytes));
    }
    if bytes.starts_with(b"MZ") {
        return pe::inspect(bytes);
    }
    if let Some(bits) = xcoff::magic(bytes) {
        return xcoff::inspect(bytes, bits);
    }
    if let Some((number, arch)) = plan9::magic(bytes) {
        return plan9::inspect(bytes, number, arch);
    }
    coff::inspect(bytes)
}

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
    let line = line[..line.len().min(MOST_SCRIPT_LINE)].split(|byte| *byte == b'\n').next()?.trim_ascii();
    (line.starts_with(b"/")).then(|| String::from_utf8_lossy(line).into_owned())
}

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
    let is_tar = bytes.get(257..262) == Some(b"ustar");
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
