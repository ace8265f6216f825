//! What long work says while it is at it. The CLI draws it; a caller that wants the work to stop answers `Break`.

use std::ops::ControlFlow;

use camino::Utf8PathBuf;

use crate::ModuleVersion;

/// A step of finding or fetching something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The files of a Go are being read for its tree digest.
    Identifying {
        /// Its folder.
        root: Utf8PathBuf,
    },
    /// Another process is fetching the same thing; this one waits for it.
    Waiting {
        /// What is being fetched.
        what: String,
    },
    /// Bytes are arriving.
    Downloading {
        /// What is being fetched.
        module: ModuleVersion,
        /// Bytes that are here.
        bytes: u64,
        /// Bytes that there will be, where the sender said so.
        total: Option<u64>,
    },
    /// The archive is here and is being checked and unpacked.
    Unpacking {
        /// What was fetched.
        module: ModuleVersion,
    },
    /// A project's module was taken from the user's own module cache.
    Copied {
        /// Which module.
        module: ModuleVersion,
    },
}

/// Where steps are told. `Break` stops the work as soon as nothing half-written can stay.
pub(crate) type Listener<'a> = &'a dyn Fn(Progress) -> ControlFlow<()>;
