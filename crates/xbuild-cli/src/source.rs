//! A file as the inspection of bytes reads it: where it is asked for, so that a program of a gigabyte costs a few pages.
//!
//! A linker or a download may still be writing. What is told of a file holds for one state of it, so size and time are
//! compared before and after. What is read is [`xbuild_verify`]'s business.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::FileExt as _;

use camino::Utf8Path;
use xbuild_verify::{Inspection, Source, SourceError, inspect_source};

/// An open file, and what was known of it when it was opened.
struct Opened {
    file: File,
    before: Metadata,
}

impl Source for Opened {
    fn size(&self) -> u64 {
        self.before.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read_at(buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                answer => return answer,
            }
        }
    }
}

/// Why a file could not be inspected.
#[derive(Debug)]
pub(crate) enum Unread {
    Error(io::Error),
    Changed,
}

/// What the file at a path is, and how large.
pub(crate) fn inspect_file(at: &Utf8Path) -> Result<(u64, Inspection), Unread> {
    let file = File::open(at).map_err(Unread::Error)?;
    let before = file.metadata().map_err(Unread::Error)?;
    let opened = Opened { file, before };
    let inspection = inspect_source(&opened).map_err(|error| match error {
        SourceError::Read { error, .. } => Unread::Error(error),
        SourceError::Shrunk { .. } => Unread::Changed,
    })?;
    let after = opened.file.metadata().map_err(Unread::Error)?;
    let state = |metadata: &Metadata| (metadata.len(), metadata.modified().ok());
    if state(&opened.before) != state(&after) {
        return Err(Unread::Changed);
    }
    Ok((opened.size(), inspection))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_its_bytes_say() {
        let path = std::env::current_exe().unwrap();
        let (size, inspection) = inspect_file(Utf8Path::from_path(&path).unwrap()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(size, bytes.len() as u64);
        assert_eq!(inspection.facts, xbuild_verify::inspect(&bytes));
        assert!(inspection.read > 0 && inspection.read < size / 2, "{} of {size}", inspection.read);
    }

    #[test]
    fn a_file_that_became_shorter_was_changed() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(1 << 20).unwrap();
        file.write_all_at(b"\x7fELF\x02\x01\x01", 0).unwrap();
        let before = file.metadata().unwrap();
        file.set_len(8).unwrap();
        let answer = inspect_source(&Opened { file, before });
        assert!(matches!(answer, Err(SourceError::Shrunk { end: 8, size: 1_048_576 })), "{answer:?}");
    }
}
