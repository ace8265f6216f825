//! One file that can be sought: an archive is walked through, anything else is inspected.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

use xbuild_archive::{Budget, Limits, PREFIX, Problem, Seekable, recognise, walk};
use xbuild_verify::{Facts, Inspection, Source, SourceError, inspect, inspect_source};

use super::member::Members;
use super::{Inside, Seen, image};

/// What is kept in memory; a member beyond that goes to a temporary file without a name.
pub(super) const IN_MEMORY: u64 = 32 << 20;

/// How many bytes tell whether a large file is compiled code.
const TELLING: usize = 64 << 10;

/// What a file is.
pub(super) fn seen(path: &str, file: &mut (impl Read + Seek)) -> io::Result<Seen> {
    let size = file.seek(SeekFrom::End(0))?;
    seen_within(path, file, size, &Budget::new(Limits::default(), size))
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
        let why = "it is compressed or incomplete, so digests and platforms were not compared".into();
        problems.push(Problem::NotLookedInto { what: "the image layout".into(), why });
    }
    Ok(Seen::archive(path, size, Inside { entries: members.entries, ..Inside::default() }, problems))
}

/// What the bytes prove: its tables are read, and no more, however large it is.
pub(super) fn inspected(file: &mut dyn Seekable) -> io::Result<Inspection> {
    let size = file.seek(SeekFrom::End(0))?;
    inspect_source(&Sought { file: RefCell::new(file), size }).map_err(|error| match error {
        SourceError::Read { error, .. } => error,
        shrunk @ SourceError::Shrunk { .. } => io::Error::new(io::ErrorKind::UnexpectedEof, shrunk),
    })
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
