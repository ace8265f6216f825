//! What there is below the names that a user gives: files, folders, archives, images, and what is in them.
//!
//! Nothing is opened before its kind is known: opening a pipe would wait forever. Links are named and not followed, so no
//! folder is in itself. This is the one place that gives `xbuild-archive` something to read; what bytes prove is
//! `xbuild-verify`'s, and how it is shown is `present`'s.

mod file;
mod folder;
mod image;
mod inside;
mod member;

use std::fs::{File, FileType, Metadata};
use std::io::{self, ErrorKind};
use std::iter;
use std::path::Path;
use std::time::SystemTime;

use camino::Utf8PathBuf;
use miette::Diagnostic;
use xbuild_archive::{Problem, Problems};
use xbuild_verify::{Facts, Inspection, SourceError, inspect};

use crate::exit::Exit;
use folder::Below;

pub(crate) use inside::{inside, look_inside};

/// How a folder is called where a file is wanted.
const FOLDER: &str = "a folder";

/// A file that cannot be looked at.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum Unreadable {
    #[error("cannot read `{path}`: {why}")]
    #[diagnostic(code("xbuild::unreadable"))]
    Read { path: Utf8PathBuf, why: String, kind: ErrorKind },
    #[error("`{path}` was changed while it was read")]
    #[diagnostic(code("xbuild::changed-while-read"), help("run it again when nothing writes the file any more"))]
    Changed { path: Utf8PathBuf },
    #[error("`{path}` is {what}, not a file")]
    #[diagnostic(code("xbuild::not-regular"), help("{}", instead(what)))]
    NotRegular { path: Utf8PathBuf, what: &'static str },
}

/// What to name in place of something that is no file.
fn instead(what: &str) -> &'static str {
    match what {
        FOLDER => "name the files in it",
        _ => "write what comes out of it to a file, and name that",
    }
}

impl Unreadable {
    fn read(path: &str, error: &io::Error) -> Self {
        let is_shrunk = |inner: &SourceError| matches!(inner, SourceError::Shrunk { .. });
        if error.get_ref().and_then(|inner| inner.downcast_ref()).is_some_and(is_shrunk) {
            return Self::Changed { path: path.into() };
        }
        Self::Read { path: path.into(), why: error.to_string(), kind: error.kind() }
    }

    /// What cannot be looked at.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Read { path, .. } | Self::Changed { path } | Self::NotRegular { path, .. } => path.as_str(),
        }
    }

    /// Whether nothing is there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Read { kind: ErrorKind::NotFound | ErrorKind::NotADirectory, .. })
    }

    /// How a check ends that it keeps from being made: a file that is there and may not be read says nothing of the file.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Read { kind: ErrorKind::PermissionDenied, .. } => Exit::Environment,
            Self::Read { .. } | Self::Changed { .. } | Self::NotRegular { .. } => Exit::Verify,
        }
    }
}

/// A file and what it is.
pub(crate) struct Seen {
    pub(crate) path: Utf8PathBuf,
    pub(crate) size: u64,
    /// How many of its bytes were read.
    pub(crate) read: u64,
    pub(crate) facts: Facts,
    pub(crate) what: What,
    /// What is wrong with it beside what its own bytes say.
    pub(crate) problems: Problems,
}

/// What stands at a path.
pub(crate) enum What {
    /// A file of bytes.
    File,
    /// A link, and where it points.
    Link(String),
    /// A pipe, a device, a socket: never opened.
    Special(&'static str),
    /// An archive, a layout, or an image in one.
    Archive(Inside),
}

/// What is in an archive.
#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) entries: Vec<Seen>,
    /// Files that are not listed, because they are no programs.
    pub(crate) others: u64,
    /// Where an image says that it runs.
    pub(crate) platform: Option<String>,
    /// The digest of an image's manifest.
    pub(crate) image: Option<String>,
}

impl Seen {
    fn new(path: &str, size: u64, facts: Facts, what: What) -> Self {
        Self { path: path.into(), size, read: size, facts, what, problems: Problems::default() }
    }

    fn archive(path: &str, size: u64, inside: Inside, problems: Problems) -> Self {
        Self { problems, ..Self::new(path, size, archive_facts(), What::Archive(inside)) }
    }

    /// What is in it; nothing for a file.
    pub(crate) fn entries(&self) -> &[Self] {
        match &self.what {
            What::Archive(inside) => &inside.entries,
            What::File | What::Link(_) | What::Special(_) => &[],
        }
    }

    /// Every problem, as code and sentence.
    pub(crate) fn problems(&self) -> Vec<(&'static str, String)> {
        let own = self.facts.problems.iter().map(|problem| (problem.code(), problem.to_string()));
        own.chain(self.problems_beside()).collect()
    }

    /// Those that are not in its facts.
    pub(crate) fn problems_beside(&self) -> Vec<(&'static str, String)> {
        let special = match self.what {
            What::Special(what) => Some(("xbuild::not-regular", format!("{what}, not opened"))),
            What::File | What::Link(_) | What::Archive(_) => None,
        };
        special.into_iter().chain(self.problems.iter().map(|problem| (problem.code(), problem.to_string()))).collect()
    }

    /// A file of which its tables were read and the rest was not.
    fn inspected(path: &str, size: u64, inspection: Inspection) -> Self {
        Self { read: inspection.read, ..Self::new(path, size, inspection.facts, What::File) }
    }

    /// The same with a problem more.
    fn with(mut self, problem: Option<Problem>) -> Self {
        self.problems.extend(problem);
        self
    }
}

/// What is known of something that holds other files.
fn archive_facts() -> Facts {
    inspect(b"PK\x05\x06")
}

/// What is known of something that has no bytes.
fn no_facts() -> Facts {
    inspect(b"")
}

/// What a thing is that is no file and no folder.
fn special(kind: FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    match () {
        () if kind.is_fifo() => Some("a pipe"),
        () if kind.is_socket() => Some("a socket"),
        () if kind.is_block_device() || kind.is_char_device() => Some("a device"),
        () => None,
    }
}

/// Looks at one file that was named; archives are looked into.
pub(crate) fn look(path: &str, at: &Path) -> Result<Seen, Unreadable> {
    let metadata = at.metadata().map_err(|error| Unreadable::read(path, &error))?;
    look_known(path, at, &metadata)
}

fn look_known(path: &str, at: &Path, before: &Metadata) -> Result<Seen, Unreadable> {
    let unreadable = |error: io::Error| Unreadable::read(path, &error);
    let kind = before.file_type();
    let what = if kind.is_dir() { Some(FOLDER) } else { special(kind) };
    if let Some(what) = what {
        return Err(Unreadable::NotRegular { path: path.into(), what });
    }
    let file = File::open(at).map_err(unreadable)?;
    let seen = file::on_disk(path, &file, before.len()).map_err(unreadable)?;
    let after = file.metadata().map_err(unreadable)?;
    if state(before) == state(&after) { Ok(seen) } else { Err(Unreadable::Changed { path: path.into() }) }
}

/// What differs when somebody has written to a file: what is told of a file holds for one state of it, and a linker or a
/// download may still be at work.
fn state(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

/// Looks at whatever was named: one file, or everything below a folder. Nothing is looked at before it is asked for.
pub(crate) fn look_at(path: &str, at: &Path) -> Box<dyn Iterator<Item = Result<Seen, Unreadable>>> {
    match at.metadata() {
        Ok(metadata) if metadata.is_dir() => Box::new(Below::new(path, at)),
        Ok(metadata) => Box::new(iter::once(look_known(path, at, &metadata))),
        Err(error) => Box::new(iter::once(Err(Unreadable::read(path, &error)))),
    }
}
