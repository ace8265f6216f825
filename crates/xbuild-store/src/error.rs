//! Why the store could not do what it was asked, always with the path.
//!
//! A blob or record that is missing or bad is no error: it is a miss, and the caller does the work again.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::io::Errno;
use xbuild_content::Digest;

/// What the file system refused.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum StoreError {
    /// The file system, or the user's quota on it, is full (`ENOSPC`, `EDQUOT`).
    #[error("there is no room left to {doing} `{path}`")]
    #[diagnostic(code("xbuild::disk-full"), help("free some space there, or set another cache folder"))]
    DiskFull {
        /// What was tried: a verb.
        doing: &'static str,
        /// On what.
        path: Utf8PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Not allowed, or the file system is read-only (`EACCES`, `EPERM`, `EROFS`).
    #[error("no permission to {doing} `{path}`")]
    #[diagnostic(code("xbuild::permission"))]
    Permission {
        /// What was tried: a verb.
        doing: &'static str,
        /// On what.
        path: Utf8PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Anything else that the system said.
    #[error("cannot {doing} `{path}`")]
    #[diagnostic(code("xbuild::io"))]
    Io {
        /// What was tried: a verb.
        doing: &'static str,
        /// On what.
        path: Utf8PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A folder, link, pipe or device where a file's bytes were asked for.
    #[error("`{path}` is not a regular file")]
    #[diagnostic(code("xbuild::not-regular"))]
    NotRegular {
        /// Where it stands.
        path: Utf8PathBuf,
    },
    /// The file did not hold still for as long as it took to read it.
    #[error("`{path}` changed while it was read")]
    #[diagnostic(code("xbuild::file-changing"), help("wait until whatever writes it has ended, and build again"))]
    Changing {
        /// Which file.
        path: Utf8PathBuf,
    },
    /// The caller set a limit for what it takes into memory.
    #[error("{digest} has {} bytes, more than the {limit} expected here", digest.size())]
    #[diagnostic(code("xbuild::blob-too-large"))]
    TooLarge {
        /// Which blob.
        digest: Digest,
        /// The limit in bytes.
        limit: u64,
    },
}

impl StoreError {
    /// Sorts a system error by what the user can do about it.
    pub fn new(doing: &'static str, path: &Utf8Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { doing, path, source },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Permission { doing, path, source }
            }
            _ => Self::Io { doing, path, source },
        }
    }

    /// Whether nothing stands at the path.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Whether the medium or the file itself is broken, so that reading it again will not help: bad sectors, a
    /// corrupt file system, or permissions that the store never sets.
    pub(crate) fn is_damage(&self) -> bool {
        let (Self::Permission { source, .. } | Self::Io { source, .. }) = self else { return false };
        let damage = [Errno::IO, Errno::BADMSG, Errno::ACCESS].map(|errno| Some(errno.raw_os_error()));
        damage.contains(&source.raw_os_error())
    }
}

/// Adds what was tried and where to a system error.
pub(crate) fn at(doing: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> StoreError {
    move |source| StoreError::new(doing, path, source)
}

#[cfg(test)]
mod tests {
    use miette::Diagnostic;

    use super::*;

    fn check(errno: Errno, expect: &str) {
        let error = StoreError::new("write", Utf8Path::new("/c/a"), errno.into());
        let code = error.code().map(|code| code.to_string()).unwrap_or_default();
        assert_eq!(format!("{code}: {error}"), expect);
    }

    #[test]
    fn an_error_is_sorted_by_what_the_user_can_do() {
        check(Errno::NOSPC, "xbuild::disk-full: there is no room left to write `/c/a`");
        check(Errno::DQUOT, "xbuild::disk-full: there is no room left to write `/c/a`");
        check(Errno::ACCESS, "xbuild::permission: no permission to write `/c/a`");
        check(Errno::PERM, "xbuild::permission: no permission to write `/c/a`");
        check(Errno::ROFS, "xbuild::permission: no permission to write `/c/a`");
        check(Errno::NOTDIR, "xbuild::io: cannot write `/c/a`");
    }

    #[test]
    fn only_a_broken_file_is_damage() {
        let error = |errno: Errno| StoreError::new("read", Utf8Path::new("a"), errno.into());
        assert!(error(Errno::IO).is_damage());
        assert!(!error(Errno::MFILE).is_damage());
        assert!(!error(Errno::NOSPC).is_damage());
    }
}
