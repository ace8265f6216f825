//! Why a stream of unpacked bytes ended: the archive's fault, the bound's, or the medium's.
//!
//! Decoders of four libraries speak `io::Error`. What they mean is decided here, once.

use std::error::Error;
use std::io::{self, ErrorKind, Read};

use crate::{Budget, Problem};

/// What travels inside an `io::Error` through a decoder that knows nothing of it.
#[derive(Debug, thiserror::Error)]
enum Carried {
    #[error("the bound is reached")]
    Bound,
    #[error("{0}")]
    Medium(io::Error),
}

/// The bytes of the archive itself. An error of the medium stays one, whatever the decoder above makes of it.
pub(crate) struct Medium<R>(pub(crate) R);

impl<R: Read> Read for Medium<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::Interrupted => error,
            _ => io::Error::other(Carried::Medium(error)),
        })
    }
}

impl<R: io::Seek> io::Seek for Medium<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Unpacked bytes, each charged.
pub(crate) struct Charged<'a, R> {
    pub(crate) inner: R,
    pub(crate) budget: &'a Budget,
}

impl<R: Read> Read for Charged<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if self.budget.charge(count as u64) { Ok(count) } else { Err(io::Error::other(Carried::Bound)) }
    }
}

/// A problem of the archive, or an error of the medium, which is the caller's.
pub(crate) fn problem(error: &io::Error, what: &str, budget: &Budget) -> io::Result<Problem> {
    if let Some(carried) = chain(error).find_map(|error| error.downcast_ref::<Carried>()) {
        return match carried {
            Carried::Bound => Ok(Problem::TooMuch { most: budget.most() }),
            Carried::Medium(medium) => Err(io::Error::new(medium.kind(), medium.to_string())),
        };
    }
    let ends_early = error.kind() == ErrorKind::UnexpectedEof
        || chain(error).any(|error| error.downcast_ref::<io::Error>().is_some_and(is_end));
    Ok(if ends_early {
        Problem::Truncated { what: what.to_owned() }
    } else if matches!(error.kind(), ErrorKind::OutOfMemory | ErrorKind::Unsupported) {
        Problem::NotLookedInto { what: what.to_owned(), why: error.to_string() }
    } else {
        Problem::Malformed { what: what.to_owned(), why: error.to_string() }
    })
}

fn is_end(error: &io::Error) -> bool {
    error.kind() == ErrorKind::UnexpectedEof
}

/// The error inside and those behind it.
fn chain(error: &io::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first = error.get_ref().map(|error| error as &(dyn Error + 'static));
    std::iter::successors(first, |error| {
        let error: &'_ (dyn Error + 'static) = *error;
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
    .take(16)
}

/// The content of a member as a visitor reads it. It remembers why it ended, so that an error of the visitor's own is told
/// from one of the archive.
pub(crate) struct Content<'a> {
    inner: &'a mut dyn Read,
    pub(crate) read: u64,
    pub(crate) failed: Option<io::Error>,
}

impl<'a> Content<'a> {
    pub(crate) fn new(inner: &'a mut dyn Read) -> Self {
        Self { inner, read: 0, failed: None }
    }

    /// Reads what the visitor left, so that checksums are looked at.
    pub(crate) fn drain(&mut self) {
        if self.failed.is_none() {
            let _ = io::copy(self, &mut io::sink());
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed.is_some() {
            return Err(ErrorKind::InvalidData.into());
        }
        match self.inner.read(buffer) {
            Ok(count) => {
                self.read += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failed = Some(error);
                Err(ErrorKind::InvalidData.into())
            }
        }
    }
}
