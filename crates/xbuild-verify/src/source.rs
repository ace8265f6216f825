//! Where bytes come from: a slice that is in memory, or anything that can be read at a place.
//!
//! A program of a gigabyte is described by a few kilobytes of tables, so readers ask for ranges and this file fetches them by
//! the page. Pages are kept until the file is done, because facts borrow from them; what must be searched from end to end
//! passes through a window and is not kept. Neither grows with the file: [`MOST_HELD`] bounds the one, [`WINDOW`] the other.
//!
//! It opens nothing: who has a file implements [`Source`] for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;

use elsa::FrozenVec;

/// How many bytes of one file's tables are held at once. What lies beyond is not read, and a problem says so.
pub const MOST_HELD: usize = 16 << 20;

/// How many bytes of a part that is searched from end to end are held at once.
pub(crate) const WINDOW: usize = 64 << 10;

/// What is fetched around a byte that is asked for.
const PAGE: u64 = 4096;

/// Bytes that can be read at a place.
///
/// ```
/// use std::io;
/// use xbuild_verify::{Source, inspect_source};
///
/// /// A file that is not there: a header, then nothing but zeros.
/// struct Sparse;
///
/// impl Source for Sparse {
///     fn size(&self) -> u64 {
///         1 << 40
///     }
///
///     fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
///         buffer.fill(0);
///         if offset == 0 {
///             buffer[..4].copy_from_slice(b"\0asm");
///         }
///         Ok(buffer.len())
///     }
/// }
///
/// let inspection = inspect_source(&Sparse)?;
/// assert_eq!(inspection.facts.format.map(|format| format.as_str()), Some("wasm"));
/// assert!(inspection.read <= 8192);
/// # Ok::<(), xbuild_verify::SourceError>(())
/// ```
pub trait Source {
    /// How many bytes there are; always the same answer.
    fn size(&self) -> u64;

    /// Fills the beginning of `buffer` with the bytes from `offset`, and answers how many they are: 0 only at the end.
    ///
    /// # Errors
    ///
    /// Whatever keeps the bytes from being read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// All bytes, where they are in memory anyway: then nothing is copied.
    fn lend(&self) -> Option<&[u8]> {
        None
    }
}

impl Source for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn lend(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn size(&self) -> u64 {
        S::size(self)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        S::read_at(self, offset, buffer)
    }

    fn lend(&self) -> Option<&[u8]> {
        S::lend(self)
    }
}

/// Why a source could not be read to the end of its inspection.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The source answered with an error.
    #[error("byte {offset} cannot be read: {error}")]
    Read {
        /// Where was read.
        offset: u64,
        /// What the source said.
        error: io::Error,
    },
    /// The source ended before the size that it had announced: it was changed meanwhile.
    #[error("the file ended at byte {end}, though it had {size} bytes when the reading began")]
    Shrunk {
        /// Where it ended.
        end: u64,
        /// What [`Source::size`] said.
        size: u64,
    },
}

impl From<SourceError> for io::Error {
    /// A source that could not be read is its own error; one that ended is an unexpected end, with the whole story inside.
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Read { error, .. } => error,
            shrunk @ SourceError::Shrunk { .. } => Self::new(io::ErrorKind::UnexpectedEof, shrunk),
        }
    }
}

/// What was spent on a source, and what kept it from being read.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    fetched: Cell<u64>,
    failure: RefCell<Option<SourceError>>,
    is_exhausted: Cell<bool>,
}

impl Tally {
    pub(crate) fn fetched(&self) -> u64 {
        self.fetched.get()
    }

    /// Whether a part's tables reached over more than may be held; forgets it.
    pub(crate) fn take_exhausted(&self) -> bool {
        self.is_exhausted.replace(false)
    }

    pub(crate) fn into_failure(self) -> Option<SourceError> {
        self.failure.into_inner()
    }

    fn fail(&self, error: SourceError) {
        self.failure.borrow_mut().get_or_insert(error);
    }
}

/// The pages of a source that were asked for, kept as long as this is.
pub(crate) struct Pages<'s> {
    source: &'s dyn Source,
    tally: &'s Tally,
    kept: FrozenVec<Box<[u8]>>,
    /// Where each begins, where it ends, and its number among the kept.
    index: RefCell<BTreeMap<u64, (u64, usize)>>,
    held: Cell<usize>,
}

impl<'s> Pages<'s> {
    pub(crate) fn new(source: &'s dyn Source, tally: &'s Tally) -> Self {
        Self { source, tally, kept: FrozenVec::new(), index: RefCell::default(), held: Cell::new(0) }
    }

    /// The same source with nothing kept.
    pub(crate) fn afresh(&self) -> Self {
        Self::new(self.source, self.tally)
    }

    pub(crate) const fn tally(&self) -> &'s Tally {
        self.tally
    }

    /// The bytes from `offset`, which must lie inside the source. What is fetched for them is a multiple of `grain`.
    pub(crate) fn lend(&self, offset: u64, size: usize, grain: u64) -> Option<&[u8]> {
        let end = offset.checked_add(size as u64)?;
        if let Some(kept) = self.kept(offset, end) {
            return Some(kept);
        }
        let grain = grain.clamp(1, PAGE);
        let start = offset - offset % grain;
        let stop = end.checked_next_multiple_of(grain).unwrap_or(end).min(self.source.size()).max(end);
        let length = usize::try_from(stop - start).ok()?;
        if self.held.get().saturating_add(length) > MOST_HELD {
            self.tally.is_exhausted.set(true);
            return None;
        }
        let mut bytes = vec![0; length].into_boxed_slice();
        self.fetch(start, &mut bytes)?;
        self.held.set(self.held.get() + length);
        self.index.borrow_mut().insert(start, (stop, self.kept.len()));
        let at = (offset - start) as usize;
        self.kept.push_get(bytes).get(at..at + size)
    }

    fn kept(&self, offset: u64, end: u64) -> Option<&[u8]> {
        // The nearest beginnings: a longer range may begin before a shorter one that does not reach.
        let index = self.index.borrow();
        let (start, (_, number)) = index.range(..=offset).rev().take(4).find(|(_, (stop, _))| *stop >= end)?;
        self.kept.get(*number)?.get((offset - start) as usize..(end - start) as usize)
    }

    /// Fills `buffer` with the bytes from `offset`, and keeps nothing.
    pub(crate) fn fetch(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        if self.tally.failure.borrow().is_some() {
            return None;
        }
        if let Some(kept) = offset.checked_add(buffer.len() as u64).and_then(|end| self.kept(offset, end)) {
            buffer.copy_from_slice(kept);
            return Some(());
        }
        let mut done = 0;
        while done < buffer.len() {
            let at = offset + done as u64;
            match self.source.read_at(at, &mut buffer[done..]) {
                Ok(0) => {
                    self.tally.fail(SourceError::Shrunk { end: at, size: self.source.size() });
                    return None;
                }
                Ok(count) => done += count.min(buffer.len() - done),
                Err(error) => {
                    self.tally.fail(SourceError::Read { offset: at, error });
                    return None;
                }
            }
        }
        self.tally.fetched.set(self.tally.fetched.get() + buffer.len() as u64);
        Some(())
    }
}

impl std::fmt::Debug for Pages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").field("held", &self.held.get()).finish_non_exhaustive()
    }
}
