//! One file that can be sought: an archive is walked through, anything else is inspected.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Read, SeekFrom};

use xbuild_archive::{Budget, Limits, PREFIX, Problem, Seekable, recognise, walk};
use xbuild_exec::read_at;
use xbuild_verify::{Facts, Inspection, Source, inspect, inspect_source};

use super::member::Members;
use super::{Inside, Seen, image};

/// What is kept in memory; a member beyond that goes to a temporary file without a name.
pub(super) const IN_MEMORY: u64 = 32 << 20;

/// How many bytes tell whether a large file is compiled code.
const TELLING: usize = 64 << 10;

/// How much of a file on disk is read at once: at its beginning is most of what is asked for.
const FIRST: u64 = 16 << 10;

/// What a file on disk is, which is at its beginning.
pub(super) fn on_disk(path: &str, mut file: &File, size: u64) -> io::Result<Seen> {
    let begun = Begun::new(file, size)?;
    if recognise(&begun.first[..begun.first.len().min(PREFIX)]).is_some() {
        return seen_within(path, &mut file, size, &Budget::new(Limits::default(), size));
    }
    let inspection = inspect_source(&begun)?;
    Ok(Seen::inspected(path, size, Inspection { read: begun.read.get(), ..inspection }))
}

/// A file on disk whose beginning was read.
struct Begun<'f> {
    file: &'f File,
    size: u64,
    first: Vec<u8>,
    /// How much was read in all.
    read: Cell<u64>,
}

impl<'f> Begun<'f> {
    /// The file is at its beginning.
    fn new(mut file: &'f File, size: u64) -> io::Result<Self> {
        let wanted = size.min(FIRST);
        let mut first = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
        (&mut file).take(wanted).read_to_end(&mut first)?;
        let read = Cell::new(first.len() as u64);
        Ok(Self { file, size, first, read })
    }
}

impl Source for Begun<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let known = usize::try_from(offset).ok().and_then(|offset| self.first.get(offset..)).unwrap_or_default();
        if !known.is_empty() {
            let count = known.len().min(buffer.len());
            buffer[..count].copy_from_slice(&known[..count]);
            return Ok(count);
        }
        let count = read_at(self.file, offset, buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

/// The same for a file in an archive, which shares the bounds of that.
pub(super) fn seen_within(path: &str, file: &mut dyn Seekable, size: u64, budget: &Budget) -> io::Result<Seen> {
    file.seek(SeekFrom::Start(0))?;
    let mut first = Vec::new();
    (&mut *file).take(PREFIX as u64).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(0))?;
    if recognise(&first).is_none() {
        return Ok(Seen::inspected(path, size, inspected(file)?));
    }
    if let Some(layout) = image::in_archive(path, file, size, budget)? {
        return Ok(layout);
    }
    let mut members = Members::default();
    let mut problems = walk(file, budget, &mut members)?;
    let is_layout = members.entries.iter().any(|entry| entry.path.as_str().trim_start_matches("./") == image::MARK);
    if is_layout {
        let why = "it is in no whole `tar` that begins with it, so digests and platforms were not compared".into();
        problems.push(Problem::NotLookedInto { what: "the image layout".into(), why });
    }
    Ok(Seen::archive(path, size, Inside { entries: members.entries, ..Inside::default() }, problems))
}

/// What the bytes prove: its tables are read, and no more, however large it is.
pub(super) fn inspected(file: &mut dyn Seekable) -> io::Result<Inspection> {
    let size = file.seek(SeekFrom::End(0))?;
    Ok(inspect_source(&Sought { file: RefCell::new(file), size })?)
}

/// Something that is sought before it is read.
struct Sought<'f> {
    file: RefCell<&'f mut dyn Seekable>,
    size: u64,
}

impl Source for Sought<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(offset))?;
        loop {
            match file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                answer => return answer,
            }
        }
    }
}

/// What the beginning of a large file looks like.
pub(super) fn begins_like(bytes: &[u8]) -> Facts {
    inspect(&bytes[..bytes.len().min(TELLING)])
}
