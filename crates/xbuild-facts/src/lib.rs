//! Gathers what the planner must know of this machine and these files, as values, and has it make the plan.
//!
//! Toolchains are located, `go list` is asked (or its kept answer is still good), files are digested, the cache is looked
//! up; then `xbuild-plan` judges. `plan` and `build` both get their plan here, so the dry run cannot disagree with the
//! build. This crate runs no action and writes nothing outside the cache.

mod ask;
mod borrowed;
mod commit;
mod dirs;
mod draft;
mod embed;
mod fault;
mod go;
mod history;
mod inputs;
mod module;
mod overlay;
mod program;
mod search;
mod secrets;
mod session;
mod sources;
#[cfg(test)]
mod testing;
mod tools;
mod turn;
mod watch;

pub use borrowed::Outputs;
pub use dirs::GoFolders;
pub use fault::Fault;
pub use inputs::InputError;
pub use module::GoModule;
pub use session::{Gathered, Session, Settings};
pub use tools::{Tool, Tools};
pub use turn::Turn;

use camino::Utf8Path;
use xbuild_store::{FileDigest, FileIndex, StoreError};

/// What tells a file's digest, each file being read once.
pub trait Digests: Sync {
    /// The digest of the regular file at an absolute path.
    fn digest(&self, path: &Utf8Path) -> Result<FileDigest, StoreError>;
}

impl Digests for FileIndex {
    fn digest(&self, path: &Utf8Path) -> Result<FileDigest, StoreError> {
        Self::digest(self, path)
    }
}
