//! A bounds-checked view of a file: every read names an offset and may fail, and none panics.
//!
//! Object formats lay their tables at offsets that the file itself states, so each of them can lie. The readers of this
//! crate go through this view instead of casting structures, because an `ar` member starts at any even offset and a
//! cast would refuse it for its alignment alone. Whether the bytes are in memory or come from a [`Pages`] is not seen above
//! this file. What the fields mean is the business of the module of each format.

use std::ops::Range;

use memchr::memmem;
use object::ReadRef;
use xbuild_platform::Endian;

use crate::source::{Pages, WINDOW};

/// Where a view's bytes are.
#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    Memory(&'a [u8]),
    /// A source, and what fetched ranges are multiples of.
    Pages(&'a Pages<'a>, u64),
}

/// A range of a file, with a byte order. Nothing of it is read before it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    place: Place<'a>,
    start: u64,
    size: u64,
    endian: Endian,
}

impl<'a> View<'a> {
    pub(crate) const fn new(data: &'a [u8], endian: Endian) -> Self {
        Self { place: Place::Memory(data), start: 0, size: data.len() as u64, endian }
    }

    pub(crate) const fn little(data: &'a [u8]) -> Self {
        Self::new(data, Endian::Little)
    }

    /// `size` bytes of a source from `start`.
    pub(crate) const fn paged(pages: &'a Pages<'a>, start: u64, size: u64) -> Self {
        Self { place: Place::Pages(pages, u64::MAX), start, size, endian: Endian::Little }
    }

    pub(crate) const fn with(self, endian: Endian) -> Self {
        Self { endian, ..self }
    }

    /// The same for small things that lie far apart: fetches no more than what is asked for, in steps of `grain`.
    pub(crate) const fn sparing(self, grain: u64) -> Self {
        match self.place {
            Place::Pages(pages, _) => Self { place: Place::Pages(pages, grain), ..self },
            Place::Memory(_) => self,
        }
    }

    /// The pages behind the view, if they are not in memory.
    pub(crate) const fn pages(self) -> Option<&'a Pages<'a>> {
        match self.place {
            Place::Pages(pages, _) => Some(pages),
            Place::Memory(_) => None,
        }
    }

    /// The same range of the same source, as other pages keep it.
    pub(crate) const fn over<'b>(self, pages: &'b Pages<'b>) -> View<'b> {
        View { place: Place::Pages(pages, u64::MAX), start: self.start, size: self.size, endian: self.endian }
    }

    pub(crate) const fn endian(self) -> Endian {
        self.endian
    }

    pub(crate) const fn len(self) -> u64 {
        self.size
    }

    /// The same byte order over `size` bytes from `offset`.
    pub(crate) fn part(self, offset: u64, size: u64) -> Option<Self> {
        (offset.checked_add(size)? <= self.size).then(|| Self { start: self.start + offset, size, ..self })
    }

    /// What is left of `size` bytes from `offset`, cut at the end of the file.
    pub(crate) fn cut(self, offset: u64, size: u64) -> Self {
        let offset = offset.min(self.size);
        Self { start: self.start + offset, size: size.min(self.size - offset), ..self }
    }

    /// [`View::cut`] with its bytes at hand, for a table of which every entry is read.
    pub(crate) fn table(self, offset: u64, size: u64) -> Self {
        let part = self.cut(offset, size);
        Self::new(part.slice(0, part.size).unwrap_or_default(), self.endian)
    }

    // Every field of every table is read through this one, mostly out of memory.
    #[inline]
    pub(crate) fn slice(self, offset: u64, size: u64) -> Option<&'a [u8]> {
        if offset.checked_add(size)? > self.size {
            return None;
        }
        let start = self.start + offset;
        match self.place {
            Place::Memory(data) => {
                let start = usize::try_from(start).ok()?;
                data.get(start..start + usize::try_from(size).ok()?)
            }
            Place::Pages(..) if size == 0 => Some(&[]),
            Place::Pages(pages, grain) => pages.lend(start, usize::try_from(size).ok()?, grain),
        }
    }

    /// Has the bytes from `from` to `to` fetched at once, as far as they lie in the view: what stands near one another need not be
    /// asked for piece by piece.
    pub(crate) fn prefetch(self, from: u64, to: u64) {
        if let (Place::Pages(..), true) = (self.place, from < to) {
            self.clamped(from, to - from);
        }
    }

    /// Fills a buffer of the view's length, and keeps nothing.
    pub(crate) fn fetch(self, buffer: &mut [u8]) -> Option<()> {
        match self.place {
            Place::Memory(_) => buffer.copy_from_slice(self.slice(0, buffer.len() as u64)?),
            Place::Pages(pages, _) => pages.fetch(self.start, buffer)?,
        }
        Some(())
    }

    /// The bytes of [`View::cut`].
    pub(crate) fn clamped(self, offset: u64, size: u64) -> &'a [u8] {
        let part = self.cut(offset, size);
        part.slice(0, part.size).unwrap_or_default()
    }

    pub(crate) fn starts_with(self, magic: &[u8]) -> bool {
        self.slice(0, magic.len() as u64) == Some(magic)
    }

    #[inline]
    fn array<const N: usize>(self, offset: u64) -> Option<[u8; N]> {
        self.slice(offset, N as u64)?.try_into().ok()
    }

    #[inline]
    pub(crate) fn u8(self, offset: u64) -> Option<u8> {
        self.array::<1>(offset).map(|[byte]| byte)
    }

    #[inline]
    pub(crate) fn u16(self, offset: u64) -> Option<u16> {
        let bytes = self.array(offset)?;
        Some(match self.endian {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        })
    }

    #[inline]
    pub(crate) fn u32(self, offset: u64) -> Option<u32> {
        let bytes = self.array(offset)?;
        Some(match self.endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        })
    }

    #[inline]
    pub(crate) fn u64(self, offset: u64) -> Option<u64> {
        let bytes = self.array(offset)?;
        Some(match self.endian {
            Endian::Little => u64::from_le_bytes(bytes),
            Endian::Big => u64::from_be_bytes(bytes),
        })
    }

    /// A pointer-sized number: 4 bytes where `bits` is 32, else 8.
    #[inline]
    pub(crate) fn word(self, offset: u64, bits: u8) -> Option<u64> {
        if bits == 32 { self.u32(offset).map(u64::from) } else { self.u64(offset) }
    }

    /// [`uvarint`] at `offset`, and where it ends.
    pub(crate) fn uvarint(self, offset: u64) -> Option<(u64, u64)> {
        let (value, used) = uvarint(self.clamped(offset, 10))?;
        Some((value, offset + used as u64))
    }

    /// The bytes from `offset` up to, without, the next NUL; `None` where there is none within `most` bytes.
    pub(crate) fn c_string(self, offset: u64, most: u64) -> Option<&'a [u8]> {
        // Most texts are short: the rest may be on another page.
        let near = self.clamped(offset, most.min(SHORT));
        if let Some(end) = memchr::memchr(0, near) {
            return Some(&near[..end]);
        }
        let far = if most > SHORT { self.clamped(offset, most) } else { return None };
        memchr::memchr(0, far).map(|end| &far[..end])
    }

    /// [`View::c_string`] as text, with replacement characters for what is not UTF-8.
    pub(crate) fn text(self, offset: u64, most: u64) -> Option<String> {
        self.c_string(offset, most).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// Where `needle` stands for the first time at or behind `from`, and `accept` agrees.
    pub(crate) fn find(self, needle: &[u8], from: u64, accept: impl Fn(u64) -> bool) -> Option<u64> {
        let mut found = None;
        let finder = memmem::Finder::new(needle);
        self.windows(from, needle.len() as u64, |at, window| {
            found = finder.find_iter(window).map(|index| at + index as u64).find(|at| accept(*at));
            found.is_none()
        });
        found
    }

    /// Passes the bytes from `from` on through a window, each with where it begins, until `go_on` says no. A window repeats
    /// the last `overlap - 1` bytes of the one before it. Nothing is kept.
    pub(crate) fn windows(self, from: u64, overlap: u64, mut go_on: impl FnMut(u64, &[u8]) -> bool) {
        let from = from.min(self.size);
        let pages = match self.place {
            Place::Memory(_) => {
                go_on(from, self.clamped(from, self.size));
                return;
            }
            Place::Pages(pages, _) => pages,
        };
        let overlap = overlap.max(1) - 1;
        let (mut at, mut length) = (from, FIRST_WINDOW.max(2 * overlap));
        let mut buffer = Vec::new();
        while at < self.size {
            let window = length.min(self.size - at);
            buffer.resize(window as usize, 0);
            if pages.fetch(self.start + at, &mut buffer).is_none() || !go_on(at, &buffer) || at + window >= self.size {
                return;
            }
            at += window - overlap;
            length = (length * 4).min(WINDOW as u64).max(2 * overlap);
        }
    }
}

/// How far a text is looked for before the whole of what it may be is fetched.
const SHORT: u64 = 64;

/// The first window of a search: what is searched for stands mostly at the beginning.
const FIRST_WINDOW: u64 = 4096;

impl<'a> ReadRef<'a> for View<'a> {
    fn len(self) -> Result<u64, ()> {
        Ok(self.size)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        self.slice(offset, size).ok_or(())
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        let bytes = self.slice(range.start, range.end.checked_sub(range.start).ok_or(())?).ok_or(())?;
        memchr::memchr(delimiter, bytes).map(|end| &bytes[..end]).ok_or(())
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
        assert_eq!(View::new(&[1, 2], Endian::Big).u16(0), Some(0x0102));
    }

    #[test]
    fn uvarints_are_bounded() {
        assert_eq!(uvarint(&[0x80, 1]), Some((128, 2)));
        assert_eq!(uvarint(&[0x80; 20]), None);
        assert_eq!(uvarint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), None);
        assert_eq!(uvarint(&[]), None);
    }
}
