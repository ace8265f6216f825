//! A file as the inspection of bytes reads it: where it is asked for, so that a program of a gigabyte costs a few pages.
//!
//! A linker or a download may still be writing. What is told of a file holds for one state of it, so size and time are
//! compared before and after. What is read is [`xbuild_verify`]'s business.

use std::fs::{File, Metadata};
use std::io;

use camino::Utf8Path;
use xbuild_exec::OpenFile;
use xbuild_verify::{Inspection, SourceError};

/// Why a file could not be inspected.
#[derive(Debug)]
pub(crate) enum Unread {
    Error(io::Error),
    Changed,
}

/// What the file at a path is, and how large.
pub(crate) fn inspect_file(at: &Utf8Path) -> Result<(u64, Inspection), Unread> {
    let file = File::open(at).map_err(Unread::Error)?;
    let opened = OpenFile::new(&file).map_err(Unread::Error)?;
    let inspection = opened.inspect().map_err(|error| match error {
        SourceError::Read { error, .. } => Unread::Error(error),
        SourceError::Shrunk { .. } => Unread::Changed,
    })?;
    let after = file.metadata().map_err(Unread::Error)?;
    let state = |metadata: &Metadata| (metadata.len(), metadata.modified().ok());
    if state(opened.metadata()) != state(&after) {
        return Err(Unread::Changed);
    }
    Ok((opened.metadata().len(), inspection))
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
}
