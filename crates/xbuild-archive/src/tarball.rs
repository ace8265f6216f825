//! `tar`: members one after another, with the long names and sizes that GNU and POSIX put before a member.
//!
//! The `tar` crate reads the headers. Records that name a member are read here, because they can be of any length.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};

use tar::{Archive, EntryType, Header, PaxExtensions};

use crate::fault::Medium;
use crate::names::{LONGEST_PATH, Names};
use crate::walk::{Seekable, Step, Walking};
use crate::{Kind, Member, Problem};

/// The longest record before a member that is read.
const MOST_RECORD: u64 = 64 << 10;

/// What stands before a member, about it.
#[derive(Default)]
struct Before {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

/// Bytes of the archive, and whether they came to their end.
struct Tail<'a> {
    inner: &'a mut dyn Read,
    ended: &'a Cell<bool>,
}

impl Read for Tail<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.ended.set(count == 0 && !buffer.is_empty());
        Ok(count)
    }
}

pub(crate) fn walk(stream: &mut dyn Read, what: &str, walking: &mut Walking<'_>) -> io::Result<()> {
    let ended = Cell::new(false);
    let mut tail = Tail { inner: stream, ended: &ended };
    match members(&mut tail, walking) {
        Ok(Step::Stop) => return Ok(()),
        Ok(Step::On) if ended.get() => walking.problems.push(Problem::Truncated { what: what.to_owned() }),
        Ok(Step::On) => {}
        Err(Stopped::Archive(_)) if ended.get() => {
            walking.problems.push(Problem::Truncated { what: what.to_owned() });
            return Ok(());
        }
        Err(Stopped::Archive(error)) => return walking.failed(&error, what),
        Err(Stopped::Caller(error)) => return Err(error),
    }
    // Behind the last member: the padding, and the checksum of what it is compressed with.
    match io::copy(&mut tail, &mut io::sink()) {
        Ok(_) => Ok(()),
        Err(error) => walking.failed(&error, what),
    }
}

/// Whose error it is.
enum Stopped {
    Archive(io::Error),
    Caller(io::Error),
}

fn members(stream: &mut dyn Read, walking: &mut Walking<'_>) -> Result<Step, Stopped> {
    let mut archive = Archive::new(stream);
    let mut names = Names::default();
    let mut before = Before::default();
    for entry in archive.entries().map_err(Stopped::Archive)?.raw(true) {
        let mut entry = entry.map_err(Stopped::Archive)?;
        if walking.count() == Step::Stop {
            return Ok(Step::Stop);
        }
        let header = entry.header().clone();
        if note(&header, &mut entry, &mut before).map_err(Stopped::Archive)? {
            continue;
        }
        let about = std::mem::take(&mut before);
        let member = member(&header, &about).map_err(Stopped::Archive)?;
        names.look(&member.path, member.kind == Kind::Folder, walking.problems);
        if about.is_sparse || header.entry_type() == EntryType::GNUSparse {
            let what = format!("`{}`", crate::names::short(&member.path));
            walking.problems.push(Problem::NotLookedInto { what, why: "it is stored with holes".into() });
            continue;
        }
        // A size of more than eight gigabytes stands before the member, and the next header is behind so many bytes.
        if about.size.is_some() && about.size != member.size {
            let why = "its size stands there twice, and differs".into();
            walking.problems.push(Problem::Malformed { what: format!("`{}`", member.path), why });
            return Ok(Step::Stop);
        }
        if walking.visit(&member, &mut entry).map_err(Stopped::Caller)? == Step::Stop {
            return Ok(Step::Stop);
        }
    }
    Ok(Step::On)
}

/// Reads a record that is about the next member; false where it is a member itself.
fn note(header: &Header, entry: &mut impl Read, before: &mut Before) -> io::Result<bool> {
    match header.entry_type() {
        EntryType::GNULongName => before.path = Some(text(record(entry)?)),
        EntryType::GNULongLink => before.link = Some(text(record(entry)?)),
        EntryType::XHeader => extended(&record(entry)?, before)?,
        EntryType::XGlobalHeader => drop(record(entry)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn record(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(MOST_RECORD + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_RECORD {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a name of more than 64 KiB"));
    }
    Ok(bytes)
}

/// Without the zero byte at its end.
fn text(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes
}

fn extended(bytes: &[u8], before: &mut Before) -> io::Result<()> {
    for extension in PaxExtensions::new(bytes) {
        let extension = extension?;
        match extension.key_bytes() {
            b"path" => before.path = Some(extension.value_bytes().to_vec()),
            b"linkpath" => before.link = Some(extension.value_bytes().to_vec()),
            b"size" => before.size = extension.value().ok().and_then(|value| value.parse().ok()),
            key if key.starts_with(b"GNU.sparse.") => before.is_sparse = true,
            _ => {}
        }
    }
    Ok(())
}

fn member(header: &Header, before: &Before) -> io::Result<Member> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let is_long = |name: &Option<Vec<u8>>| name.as_ref().is_some_and(|name| name.len() > LONGEST_PATH);
    if is_long(&before.path) || is_long(&before.link) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a name of more than 4096 bytes"));
    }
    let path = before.path.as_deref().map_or_else(|| lossy(&header.path_bytes()), lossy);
    let link = || match &before.link {
        Some(link) => lossy(link),
        None => header.link_name_bytes().map(|link| lossy(&link)).unwrap_or_default(),
    };
    let kind = match header.entry_type() {
        EntryType::Directory => Kind::Folder,
        EntryType::Symlink => Kind::Symlink(link()),
        EntryType::Link => Kind::Hardlink(link()),
        EntryType::Char | EntryType::Block => Kind::Special("a device"),
        EntryType::Fifo => Kind::Special("a pipe"),
        // A folder of before POSIX is a file whose name says so.
        EntryType::Regular if header.as_ustar().is_none() && header.as_gnu().is_none() && path.ends_with('/') => {
            Kind::Folder
        }
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
        _ => Kind::Special("of an unknown kind"),
    };
    Ok(Member { path, kind, mode: header.mode().ok(), size: Some(header.entry_size()?) })
}

/// Where the files of a plain `tar` stand in it, by name: start and size.
pub type TarIndex = BTreeMap<String, (u64, u64)>;

/// How many files an index holds.
const MOST_INDEXED: usize = 65_536;

/// Finds the files of a plain `tar` without reading them. What is wrong with it is for [`crate::walk`] to tell: the index holds
/// what came before.
pub fn index(source: &mut dyn Seekable) -> io::Result<TarIndex> {
    source.seek(io::SeekFrom::Start(0))?;
    let mut archive = Archive::new(Medium(source));
    let mut index = TarIndex::new();
    let mut before = Before::default();
    let Ok(entries) = archive.entries_with_seek() else { return Ok(index) };
    for entry in entries.raw(true).take(MOST_INDEXED) {
        let Ok(mut entry) = entry else { break };
        let header = entry.header().clone();
        match note(&header, &mut entry, &mut before) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => break,
        }
        let Ok(member) = member(&header, &std::mem::take(&mut before)) else { break };
        if let (Kind::File, Some(size)) = (member.kind, member.size) {
            index.insert(member.path.trim_start_matches("./").to_owned(), (entry.raw_file_position(), size));
        }
    }
    Ok(index)
}
