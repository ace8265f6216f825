//! An open file as `xbuild-verify` reads it: at the places that it asks for, so that a program of a gigabyte costs a few pages.
//!
//! What the bytes mean is `xbuild-verify`'s business; whether they are still those that were hashed, the caller's.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use xbuild_verify::{Facts, Inspection, Source, SourceError, inspect_source};

/// An open file, and how large it was when it was looked at.
#[derive(Debug)]
struct OpenFile<'f> {
    file: &'f File,
    size: u64,
}

impl<'f> OpenFile<'f> {
    /// Looks at an open file.
    ///
    /// # Errors
    /// Where the system does not say how large it is.
    fn new(file: &'f File) -> io::Result<Self> {
        Ok(Self { file, size: file.metadata()?.len() })
    }

    /// What it is.
    ///
    /// # Errors
    /// Where it cannot be read, or became shorter meanwhile.
    fn inspect(&self) -> Result<Inspection, SourceError> {
        inspect_source(self)
    }
}

impl Source for OpenFile<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        read_at(self.file, offset, buffer)
    }
}

/// What an open file is that nobody writes to.
pub(crate) fn facts_of(file: &File) -> io::Result<Facts> {
    Ok(OpenFile::new(file)?.inspect()?.facts)
}

/// Reads an open file at a place, whatever signals come.
///
/// # Errors
/// Where the system cannot read it there.
pub fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say_and_hardly_read() {
        let path = std::env::current_exe().expect("this test");
        let file = File::open(&path).expect("there");
        let inspection = OpenFile::new(&file).expect("open").inspect().expect("readable");
        let bytes = std::fs::read(&path).expect("there");
        assert_eq!(inspection.facts, xbuild_verify::inspect(&bytes));
        assert!(inspection.read < bytes.len() as u64 / 2, "{} of {}", inspection.read, bytes.len());
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error() {
        let file = tempfile::tempfile().expect("room");
        file.set_len(1 << 20).expect("room");
        file.write_all_at(b"\x7fELF\x02\x01\x01", 0).expect("room");
        let open = OpenFile::new(&file).expect("open");
        file.set_len(8).expect("ours");
        let answer = open.inspect();
        assert!(matches!(answer, Err(SourceError::Shrunk { end: 8, size: 1_048_576 })), "{answer:?}");
    }
}
