//! The user's wish to stop, seen by every running action at once.
//!
//! Each stage is a pipe that holds one byte from the moment it is reached and is never read: a waiting action polls it
//! beside its child, so that nobody polls in a loop and no list of running processes is kept.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// A shared switch: the first [`cancel`](Self::cancel) asks running processes to end (SIGTERM, after a grace SIGKILL), the
/// second ends them at once. Clones are the same switch.
#[derive(Debug, Clone)]
pub struct CancelToken(Arc<Stages>);

#[derive(Debug)]
struct Stages {
    calls: AtomicU8,
    asked: Gate,
    forced: Gate,
}

impl CancelToken {
    /// A switch that nobody has touched.
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(Stages { calls: AtomicU8::new(0), asked: Gate::new()?, forced: Gate::new()? })))
    }

    /// Asks once; from the second call on, forces.
    pub fn cancel(&self) {
        match self.0.calls.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |calls| Some(calls.saturating_add(1))) {
            Ok(0) => self.0.asked.open(),
            Ok(1) => self.0.forced.open(),
            Ok(_) | Err(_) => {}
        }
    }

    /// Whether [`cancel`](Self::cancel) has been called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.calls.load(Ordering::SeqCst) > 0
    }

    /// Readable from the first call on.
    pub(super) fn asked(&self) -> &PipeReader {
        &self.0.asked.reader
    }

    /// Readable from the second call on.
    pub(super) fn forced(&self) -> &PipeReader {
        &self.0.forced.reader
    }
}

/// A pipe as a door: closed while it is empty, open for good once it holds a byte.
#[derive(Debug)]
struct Gate {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Gate {
    fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, writer })
    }

    /// An empty pipe whose reader we hold takes one byte: the write can neither block nor fail.
    fn open(&self) {
        let _written = (&self.writer).write_all(&[1]);
    }
}
