//! Finding Go's build info in the section where the linker puts it.
//!
//! The blob is 16-aligned: 14 bytes of magic, pointer size, flags. Since Go 1.18 two length-prefixed strings follow at
//! byte 32; before, two pointers to Go string headers. WebAssembly has no blob, but the framed module text lies whole in
//! the data section. Source of the layout: Go's `debug/buildinfo` and `cmd/link`.

use xbuild_platform::Endian;

use super::{GoInfo, modinfo};
use crate::bytes::View;

const MAGIC: &[u8; 14] = b"\xff Go buildinf:";
const ALIGN: u64 = 16;
const HEADER: u64 = 32;
const BIG_ENDIAN: u8 = 1;
const INLINE: u8 = 2;

/// How many bytes of a section that is not Go's own are searched: the linker puts the blob near the beginning.
const MOST_SEARCHED: u64 = 1 << 20;

/// How long the version and the text may be: the text of a program of a thousand modules is a tenth of it.
const MOST_VERSION: u64 = 4096;
const MOST_TEXT: u64 = 4 << 20;

/// Build info in `section`, which is loaded at `address`. `memory` reads the loaded program, for files before Go 1.18.
pub(crate) fn read<'a>(
    section: View<'a>,
    address: u64,
    memory: &dyn Fn(u64, u64) -> Option<View<'a>>,
) -> Option<GoInfo> {
    let blob = find(section, address)?;
    let flags = blob.u8(15)?;
    let (version, framed) = if flags & INLINE == 0 { pointed(blob, memory)? } else { inline(blob)? };
    let framed = framed.filter(|framed| framed.len() <= MOST_TEXT);
    let framed = framed.and_then(|framed| framed.slice(0, framed.len())).unwrap_or_default();
    info(version_text(version)?, modinfo::unframe(framed).unwrap_or_default())
}

fn version_text(version: View<'_>) -> Option<&[u8]> {
    if version.len() <= MOST_VERSION { version.slice(0, version.len()) } else { None }
}

/// Build info of a WebAssembly module's data section; the toolchain's version stands elsewhere.
pub(crate) fn read_wasm(data: View<'_>, version: &str) -> Option<GoInfo> {
    let text = modinfo::find(data, MOST_TEXT).unwrap_or_default();
    info(version.as_bytes(), text)
}

fn info(version: &[u8], text: &[u8]) -> Option<GoInfo> {
    let version = std::str::from_utf8(version).ok().filter(|version| !version.is_empty())?;
    let mut info = modinfo::parse(&String::from_utf8_lossy(text));
    version.clone_into(&mut info.version);
    Some(info)
}

fn find(section: View<'_>, address: u64) -> Option<View<'_>> {
    let aligned = |at: u64| address.wrapping_add(at).is_multiple_of(ALIGN);
    let at = section.cut(0, MOST_SEARCHED).find(MAGIC, 0, aligned)?;
    Some(section.cut(at, section.len())).filter(|blob| blob.len() >= HEADER)
}

/// A version, and a text if there is one.
type Strings<'a> = (View<'a>, Option<View<'a>>);

fn inline(blob: View<'_>) -> Option<Strings<'_>> {
    let (version, end) = counted(blob, HEADER)?;
    let (framed, _) = counted(blob, end)?;
    Some((version, Some(framed)))
}

/// The bytes behind their count, and where they end.
fn counted(data: View<'_>, at: u64) -> Option<(View<'_>, u64)> {
    let (length, start) = data.uvarint(at)?;
    Some((data.part(start, length)?, start + length))
}

fn pointed<'a>(blob: View<'a>, memory: &dyn Fn(u64, u64) -> Option<View<'a>>) -> Option<Strings<'a>> {
    let bits = match blob.u8(14)? {
        4 => 32,
        8 => 64,
        _ => return None,
    };
    let endian = if blob.u8(15)? & BIG_ENDIAN == 0 { Endian::Little } else { Endian::Big };
    let header = blob.with(endian);
    let pointer_size = u64::from(bits / 8);
    let string = |at: u64| {
        let record = memory(header.word(at, bits)?, 2 * pointer_size)?.with(endian);
        memory(record.word(0, bits)?, record.word(pointer_size, bits)?)
    };
    Some((string(16)?, string(16 + pointer_size)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn blob(version: &str, text: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([8, INLINE]);
        bytes.resize(HEADER as usize, 0);
        bytes.push(version.len() as u8);
        bytes.extend(version.as_bytes());
        bytes.push(text.len() as u8 + 32);
        bytes.extend([7; 16]);
        bytes.extend(text.as_bytes());
        bytes.extend([8; 16]);
        bytes
    }

    #[test]
    fn an_inline_blob_is_read() {
        let bytes = blob("go1.26.8", "path\tx\nbuild\tGOOS=linux\n");
        let info = read(View::little(&bytes), 0, &|_, _| None).unwrap();
        assert_eq!((info.version.as_str(), info.path.as_deref()), ("go1.26.8", Some("x")));
        assert_eq!(info.settings.get("GOOS"), Some("linux"));
    }

    #[test]
    fn a_blob_that_is_not_aligned_is_not_one() {
        let mut bytes = vec![0; 8];
        bytes.extend(blob("go1.26.8", "path\tx\n"));
        assert_eq!(read(View::little(&bytes), 0, &|_, _| None), None);
        assert!(read(View::little(&bytes), 8, &|_, _| None).is_some());
    }

    #[test]
    fn a_blob_of_go_1_13_points_at_its_strings() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([4, BIG_ENDIAN]);
        bytes.extend(32_u32.to_be_bytes());
        bytes.extend(40_u32.to_be_bytes());
        bytes.resize(32, 0);
        bytes.extend([48_u32.to_be_bytes(), 6_u32.to_be_bytes()].concat());
        bytes.extend([0_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat());
        bytes.extend(b"go1.17");
        let view = View::little(&bytes);
        let info = read(view, 0, &|at, size| view.part(at, size)).unwrap();
        assert_eq!(info.version, "go1.17");
        assert!(info.settings.is_empty());
    }

    #[test]
    fn a_cut_blob_is_none_at_every_length() {
        let bytes = blob("go1.26.8", "path\tx\n");
        for end in 0..bytes.len() {
            assert_eq!(read(View::little(&bytes[..end]), 0, &|_, _| None), None, "{end}");
        }
    }
}
