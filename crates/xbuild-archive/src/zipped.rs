//! `zip`: members by the directory at the end, each with its checksum.
//!
//! The `zip` crate reads the directory, one entry at a time, and unpacks. Its iterator is marked unstable; its stable reader keeps
//! the whole directory in memory and hides the first of two members with one name. Names stand as their bytes where those are
//! UTF-8.

use std::io::{self, Read, Seek, SeekFrom};

use zip::read::{Config, ZipFileEntry, ZipReadOptions};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use crate::fault::{Charged, Medium};
use crate::names::{LONGEST_PATH, Names, short};
use crate::walk::{Seekable, Step, Walking};
use crate::{Kind, Member, Problem};

/// The end of the directory, and how far from the end of the file it can stand.
const END: &[u8] = b"PK\x05\x06";
const FARTHEST: u64 = (64 << 10) + 22;

pub(crate) fn walk(source: &mut dyn Seekable, walking: &mut Walking<'_>) -> io::Result<()> {
    if !has_end(source)? {
        walking
            .problems
            .push(Problem::Truncated { what: "the archive (its directory is at its end, and missing)".into() });
        return Ok(());
    }
    let mut archive = match ZipIterable::try_new(Medium(source), Config::default()) {
        Ok(archive) => archive,
        Err(error) => return failed(error, "the directory", walking),
    };
    let files = match archive.files() {
        Ok(files) => files,
        Err(error) => return failed(error, "the directory", walking),
    };
    let mut names = Names::default();
    while let Some(entry) = files.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return failed(error, "the directory", walking),
        };
        if walking.count() == Step::Stop {
            return Ok(());
        }
        if one(entry, files.reader_mut(), &mut names, walking)? == Step::Stop {
            return Ok(());
        }
    }
    Ok(())
}

fn has_end(source: &mut dyn Seekable) -> io::Result<bool> {
    let size = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(size.saturating_sub(FARTHEST)))?;
    let mut tail = Vec::new();
    source.take(FARTHEST).read_to_end(&mut tail)?;
    Ok(tail.windows(END.len()).any(|window| window == END))
}

fn failed(error: ZipError, what: &str, walking: &mut Walking<'_>) -> io::Result<()> {
    let what = what.to_owned();
    let problem = match error {
        ZipError::Io(error) => return walking.failed(&error, &what),
        ZipError::UnsupportedArchive(why) => Problem::NotLookedInto { what, why: why.to_owned() },
        ZipError::CompressionMethodNotSupported(number) => {
            Problem::NotLookedInto { what, why: format!("compression method {number} is not unpacked") }
        }
        other => Problem::Malformed { what, why: other.to_string() },
    };
    walking.problems.push(problem);
    Ok(())
}

fn one(
    entry: ZipFileEntry<'static>,
    reader: &mut (impl Read + Seek),
    names: &mut Names,
    walking: &mut Walking<'_>,
) -> io::Result<Step> {
    if entry.name_raw().len() > LONGEST_PATH {
        let why = "a name of more than 4096 bytes".into();
        walking.problems.push(Problem::Malformed { what: "the directory".into(), why });
        return Ok(Step::On);
    }
    let path = name(&entry);
    let what = format!("`{}`", short(&path));
    names.look(&path, entry.is_dir(), walking.problems);
    let (is_symlink, is_folder, encrypted) = (entry.is_symlink(), entry.is_dir(), entry.encrypted());
    let (mode, size) = (entry.unix_mode(), Some(entry.size()));
    if encrypted {
        walking.problems.push(Problem::Encrypted { name: short(&path) });
        return Ok(Step::On);
    }
    if is_folder {
        return walking.visit(&Member { path, kind: Kind::Folder, mode, size }, &mut io::empty());
    }
    let budget = walking.budget;
    let content = match entry.with_reader(reader, ZipReadOptions::new()) {
        Ok(inner) => inner,
        Err(error) => return failed(error, &what, walking).map(|()| Step::On),
    };
    let mut content = Charged { inner: content, budget };
    let kind = if is_symlink { Kind::Symlink(target(&mut content)) } else { Kind::File };
    let step = walking.visit(&Member { path, kind, mode, size }, &mut content)?;
    // Members stand apart: behind a broken one the others can be read, unless a bound is reached.
    let bound = walking.problems.iter().any(|problem| matches!(problem, Problem::TooMuch { .. }));
    Ok(if bound { step } else { Step::On })
}

fn name(entry: &ZipFileEntry<'_>) -> String {
    match std::str::from_utf8(entry.name_raw()) {
        Ok(name) => name.to_owned(),
        Err(_) => {
            let lossy = || String::from_utf8_lossy(entry.name_raw()).into_owned();
            entry.name().map_or_else(|_| lossy(), std::borrow::Cow::into_owned)
        }
    }
}

fn target(content: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = content.take(LONGEST_PATH as u64).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
