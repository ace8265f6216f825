//! The log of one process: a pipe that it writes to, and the file that xbuild copies it into.
//!
//! A pipe and not the file itself, so that `> /dev/stderr` in a script cannot truncate the log, and so that a process that
//! survives cannot write to it afterwards. Order is kept because both streams are one pipe.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};

use super::RunError;

/// Bytes copied at a time.
const CHUNK: usize = 64 * 1024;
/// Chunks copied at one call: the largest pipe that Linux gives (1 MiB), so a process that never stops printing cannot
/// keep its own timeout from being seen.
const CHUNKS: usize = 16;

/// The reading end, and the file.
#[derive(Debug)]
pub(super) struct Log {
    path: Utf8PathBuf,
    file: File,
    /// `None` once no writer is left.
    output: Option<PipeReader>,
    chunk: Vec<u8>,
    /// How many more bytes are kept; the rest is read and dropped.
    room: u64,
}

impl Log {
    /// Replaces the file at `path`; also gives the end that the process writes to.
    pub(super) fn create(path: &Utf8Path, limit: Option<u64>) -> Result<(Self, PipeWriter), RunError> {
        open(path, limit).map_err(|source| RunError::Log { path: path.to_owned(), source })
    }

    /// What to poll for more to copy.
    pub(super) fn output(&self) -> Option<&PipeReader> {
        self.output.as_ref()
    }

    /// Copies what is there, without waiting for more.
    pub(super) fn copy(&mut self) -> Result<(), RunError> {
        self.copy_chunks().map_err(|source| RunError::Log { path: self.path.clone(), source })
    }

    fn copy_chunks(&mut self) -> io::Result<()> {
        for _ in 0..CHUNKS {
            let Some(output) = &mut self.output else { break };
            match output.read(&mut self.chunk) {
                Ok(0) => self.output = None,
                Ok(read) => {
                    let kept = usize::try_from(self.room).map_or(read, |room| room.min(read));
                    self.file.write_all(&self.chunk[..kept])?;
                    self.room -= kept as u64;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn open(path: &Utf8Path, limit: Option<u64>) -> io::Result<(Log, PipeWriter)> {
    let file = File::create(path)?;
    let (output, writer) = io::pipe()?;
    rustix::io::ioctl_fionbio(&output, true)?;
    Ok((
        Log {
            path: path.to_owned(),
            file,
            output: Some(output),
            chunk: vec![0; CHUNK],
            room: limit.unwrap_or(u64::MAX),
        },
        writer,
    ))
}
