//! A member of an archive: what it is called and what it is.

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file: the one kind with content.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, and what it points at.
    Symlink(String),
    /// Another name of a member, and that member's.
    Hardlink(String),
    /// A device, a pipe, or something else that is not of bytes.
    Special(&'static str),
}

/// A member of an archive. Its content is not here: it goes by as a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, with bytes that are not UTF-8 replaced. It may hold anything: a caller that shows it escapes it.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Its permissions, where the archive has them.
    pub mode: Option<u32>,
    /// How many bytes the archive says it has; `None` for a single compressed file, which does not say.
    pub size: Option<u64>,
}
