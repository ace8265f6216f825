//! The `tar` in a compressed stream, for a reader that needs its members in another order than they stand in it.
//!
//! [`crate::walk`] needs no such thing and is what tells what is wrong with a stream. Where the unpacked bytes are put is the
//! caller's business.

use std::io::{self, ErrorKind, Read, SeekFrom, Write};

use crate::container::is_tar;
use crate::decode::decoded;
use crate::fault::{self, Charged, Medium};
use crate::walk::{Seekable, prefix};
use crate::{Budget, Problem, recognise};

/// How far into the unpacked stream its first file is looked for.
const FIRST_FILE_WITHIN: u64 = 64 << 10;

/// The name of the first member that is no folder; `None` where this is no compressed `tar`, or does not read so far.
pub fn first_packed_file(source: &mut dyn Seekable) -> io::Result<Option<String>> {
    let Some(unpacked) = opened(source)? else { return Ok(None) };
    let mut first = Vec::new();
    // What is wrong further on is for the walk to tell.
    let _ = unpacked.take(FIRST_FILE_WITHIN).read_to_end(&mut first);
    if !is_tar(&first) {
        return Ok(None);
    }
    let mut archive = tar::Archive::new(&first[..]);
    let Ok(entries) = archive.entries() else { return Ok(None) };
    let mut files = entries.map_while(Result::ok).filter(|entry| !entry.header().entry_type().is_dir());
    Ok(files.next().map(|entry| String::from_utf8_lossy(&entry.path_bytes()).into_owned()))
}

/// Unpacks a whole compressed stream, with the checks of its checksums, or says why it cannot be. An error is one of the medium
/// or of what is written to.
pub fn unpack(source: &mut dyn Seekable, budget: &Budget, to: &mut dyn Write) -> io::Result<Result<(), Problem>> {
    let Some(inner) = opened(source)? else {
        let why = "it is no compressed stream".into();
        return Ok(Err(Problem::NotLookedInto { what: "it".into(), why }));
    };
    let mut unpacked = Charged { inner, budget };
    let mut buffer = vec![0; 64 << 10];
    loop {
        match unpacked.read(&mut buffer) {
            Ok(0) => return Ok(Ok(())),
            Ok(count) => to.write_all(&buffer[..count])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return fault::problem(&error, "the compressed stream", budget).map(Err),
        }
    }
}

/// The unpacked bytes; `None` where nothing is compressed.
fn opened(source: &mut dyn Seekable) -> io::Result<Option<Box<dyn Read + '_>>> {
    source.seek(SeekFrom::Start(0))?;
    let first = prefix(source)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(recognise(&first).and_then(|container| decoded(container, Medium(source))))
}
