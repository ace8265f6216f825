//! A bounds-checked view of a file: every read names an offset and may fail, none panics, none allocates.
//!
//! Object formats lay their tables at offsets that the file itself states, so each of them can lie. The readers of this
//! crate go through this view instead of casting structures, because an `ar` member starts at any even offset and a
//! cast would refuse it for its alignment alone. What the fields mean is the business of the module of each format.

use xbuild_platform::Endian;

/// Bytes with a byte order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    data: &'a [u8],
    endian: Endian,
}

impl<'a> View<'a> {
    pub(crate) const fn new(data: &'a [u8], endian: Endian) -> Self {
        Self { data, endian }
    }

    pub(crate) const fn little(data: &'a [u8]) -> Self {
        Self::new(data, Endian::Little)
    }

    pub(crate) const fn big(data: &'a [u8]) -> Self {
        Self::new(data, Endian::Big)
    }

    pub(crate) const fn endian(self) -> Endian {
        self.endian
    }

    pub(crate) const fn len(self) -> u64 {
        self.data.len() as u64
    }

    /// The same byte order over `size` bytes from `offset`.
    pub(crate) fn part(self, offset: u64, size: u64) -> Option<Self> {
        Some(Self { data: self.slice(offset, size)?, endian: self.endian })
    }

    pub(crate) fn slice(self, offset: u64, size: u64) -> Option<&'a [u8]> {
        let end = offset.checked_add(size)?;
        self.data.get(usize::try_from(offset).ok()?..usize::try_from(end).ok()?)
    }

    /// What is left of `size` bytes from `offset`, cut at the end of the file.
    pub(crate) fn clamped(self, offset: u64, size: u64) -> &'a [u8] {
        let start = offset.min(self.len());
        let size = size.min(self.len() - start);
        self.slice(start, size).unwrap_or_default()
    }

    fn array<const N: usize>(self, offset: u64) -> Option<[u8; N]> {
        self.slice(offset, N as u64)?.try_into().ok()
    }

    pub(crate) fn u8(self, offset: u64) -> Option<u8> {
        self.array::<1>(offset).map(|[byte]| byte)
    }

    pub(crate) fn u16(self, offset: u64) -> Option<u16> {
        let bytes = self.array(offset)?;
        Some(match self.endian {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        })
    }

    pub(crate) fn u32(self, offset: u64) -> Option<u32> {
        let bytes = self.array(offset)?;
        Some(match self.endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        })
    }

    pub(crate) fn u64(self, offset: u64) -> Option<u64> {
        let bytes = self.array(offset)?;
        Some(match self.endian {
            Endian::Little => u64::from_le_bytes(bytes),
            Endian::Big => u64::from_be_bytes(bytes),
        })
    }

    /// A pointer-sized number: 4 bytes where `bits` is 32, else 8.
    pub(crate) fn word(self, offset: u64, bits: u8) -> Option<u64> {
        if bits == 32 { self.u32(offset).map(u64::from) } else { self.u64(offset) }
    }

    /// The bytes from `offset` up to, without, the next NUL; `None` where there is none within `most` bytes.
    pub(crate) fn c_string(self, offset: u64, most: usize) -> Option<&'a [u8]> {
        let rest = self.data.get(usize::try_from(offset).ok()?..)?;
        let rest = &rest[..rest.len().min(most)];
        memchr::memchr(0, rest).map(|end| &rest[..end])
    }

    /// [`View::c_string`] as text, with replacement characters for what is not UTF-8.
    pub(crate) fn text(self, offset: u64, most: usize) -> Option<String> {
        self.c_string(offset, most).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

/// A LEB128 number (Go calls it uvarint, Wasm `u32`), and how many bytes it took; at most ten bytes are read.
pub(crate) fn uvarint(data: &[u8]) -> Option<(u64, usize)> {
    let mut value: u64 = 0;
    for (index, byte) in data.iter().take(10).enumerate() {
        let part = u64::from(byte & 0x7f);
        let shift = 7 * index as u32;
        if shift == 63 && part > 1 {
            return None;
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// A fixed-width name field, padded with NULs.
pub(crate) fn padded_name(field: &[u8]) -> &[u8] {
    memchr::memchr(0, field).map_or(field, |end| &field[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_past_the_end_fail_quietly() {
        let view = View::little(&[1, 2, 3]);
        assert_eq!(view.u16(1), Some(0x0302));
        assert_eq!(view.u16(2), None);
        assert_eq!(view.u32(u64::MAX), None);
        assert_eq!(view.slice(1, u64::MAX), None);
        assert_eq!(view.clamped(1, u64::MAX), &[2, 3]);
        assert_eq!(view.clamped(9, 1), &[] as &[u8]);
        assert_eq!(view.c_string(0, 9), None);
        assert_eq!(View::big(&[1, 2]).u16(0), Some(0x0102));
    }

    #[test]
    fn uvarints_are_bounded() {
        assert_eq!(uvarint(&[0x80, 1]), Some((128, 2)));
        assert_eq!(uvarint(&[0x80; 20]), None);
        assert_eq!(uvarint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), None);
        assert_eq!(uvarint(&[]), None);
    }
}
