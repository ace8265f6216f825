//! A part of something that can be sought, as if it were the whole.

use std::io::{self, Read, Seek, SeekFrom};

/// The bytes from `start`, `size` of them.
#[derive(Debug)]
pub struct Window<R> {
    inner: R,
    start: u64,
    size: u64,
    at: u64,
}

impl<R: Read + Seek> Window<R> {
    /// The part of `inner`, read from its beginning.
    pub fn new(inner: R, start: u64, size: u64) -> Self {
        Self { inner, start, size, at: 0 }
    }
}

impl<R: Read + Seek> Read for Window<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.at);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let at = self.start.checked_add(self.at).ok_or(io::ErrorKind::InvalidInput)?;
        self.inner.seek(SeekFrom::Start(at))?;
        let count = self.inner.read(&mut buffer[..wanted])?;
        self.at += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Window<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
