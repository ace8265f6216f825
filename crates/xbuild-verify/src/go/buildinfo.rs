//! Finding Go's build info in the section where the linker puts it.
//!
//! The blob is 16-aligned: 14 bytes of magic, pointer size, flags. Since Go 1.18 two length-prefixed strings follow at
//! byte 32; before, two pointers to Go string headers. WebAssembly has no blob, but the framed module text lies whole in
//! the data section. Source of the layout: Go's `debug/buildinfo` and `cmd/link`.

use memchr::memmem;
use xbuild_platform::Endian;

use super::{GoInfo, modinfo};
use crate::bytes::{View, uvarint};

const MAGIC: &[u8; 14] = b"\xff Go buildinf:";
const ALIGN: u64 = 16;
const HEADER: usize = 32;
const BIG_ENDIAN: u8 = 1;
const INLINE: u8 = 2;

/// How many bytes of a section that is not Go's own are searched: the linker puts the blob near the beginning.
const MOST_SEARCHED: usize = 1 << 20;

/// Build info in `section`, which is loaded at `address`. `memory` reads the loaded program, for files before Go 1.18.
pub(crate) fn read<'a>(
    section: &'a [u8],
    address: u64,
    memory: &dyn Fn(u64, u64) -> Option<&'a [u8]>,
) -> Option<GoInfo> {
    let blob = find(section, address)?;
    let flags = blob[15];
    let (version, framed) = if flags & INLINE == 0 { pointed(blob, memory)? } else { inline(blob.get(HEADER..)?)? };
    info(version, modinfo::unframe(framed).unwrap_or_default())
}

/// Build info of a WebAssembly module's data section; the toolchain's version stands elsewhere.
pub(crate) fn read_wasm(data: &[u8], version: &str) -> Option<GoInfo> {
    let text = modinfo::find(data).unwrap_or_default();
    info(version.as_bytes(), text)
}

fn info(version: &[u8], text: &[u8]) -> Option<GoInfo> {
    let version = std::str::from_utf8(version).ok().filter(|version| !version.is_empty())?;
    let mut info = modinfo::parse(&String::from_utf8_lossy(text));
    version.clone_into(&mut info.version);
    Some(info)
}

fn find(section: &[u8], address: u64) -> Option<&[u8]> {
    let section = &section[..section.len().min(MOST_SEARCHED)];
    let aligned = |at: &usize| address.wrapping_add(*at as u64).is_multiple_of(ALIGN);
    memmem::find_iter(section, MAGIC).find(aligned).map(|at| &section[at..]).filter(|blob| blob.len() >= HEADER)
}

fn inline(strings: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, rest) = counted(strings)?;
    let (framed, _) = counted(rest)?;
    Some((version, framed))
}

fn counted(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, used) = uvarint(data)?;
    data[used..].split_at_checked(usize::try_from(length).ok()?)
}

fn pointed<'a>(blob: &[u8], memory: &dyn Fn(u64, u64) -> Option<&'a [u8]>) -> Option<(&'a [u8], &'a [u8])> {
    let bits = match blob[14] {
        4 => 32,
        8 => 64,
        _ => return None,
    };
    let endian = if blob[15] & BIG_ENDIAN == 0 { Endian::Little } else { Endian::Big };
    let header = View::new(blob, endian);
    let pointer_size = u64::from(bits / 8);
    let string = |at: u64| {
        let record = View::new(memory(header.word(at, bits)?, 2 * pointer_size)?, endian);
        memory(record.word(0, bits)?, record.word(pointer_size, bits)?)
    };
    Some((string(16)?, string(16 + pointer_size).unwrap_or_default()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn blob(version: &str, text: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([8, INLINE]);
        bytes.resize(HEADER, 0);
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
        let info = read(&bytes, 0, &|_, _| None).unwrap();
        assert_eq!((info.version.as_str(), info.path.as_deref()), ("go1.26.8", Some("x")));
        assert_eq!(info.settings.get("GOOS"), Some("linux"));
    }

    #[test]
    fn a_blob_that_is_not_aligned_is_not_one() {
        let mut bytes = vec![0; 8];
        bytes.extend(blob("go1.26.8", "path\tx\n"));
        assert_eq!(read(&bytes, 0, &|_, _| None), None);
        assert!(read(&bytes, 8, &|_, _| None).is_some());
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
        let info = read(&bytes, 0, &|at, size| view.slice(at, size)).unwrap();
        assert_eq!(info.version, "go1.17");
        assert!(info.settings.is_empty());
    }

    #[test]
    fn a_cut_blob_is_none_at_every_length() {
        let bytes = blob("go1.26.8", "path\tx\n");
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end], 0, &|_, _| None), None, "{end}");
        }
    }
}
