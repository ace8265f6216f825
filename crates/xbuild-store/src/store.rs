//! The store itself: a folder, and the two indexes that spare it reading files again.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::Access;

use crate::disk;
use crate::error::{StoreError, at};
use crate::index::FileIndex;
use crate::layout::{FOLDERS, Layout};

/// The first line is what backup tools look for: <https://bford.info/cachedir/>.
const CACHEDIR_TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n\
# This folder is a cache of xbuild. Everything in it can be made again.\n";

/// A cache folder. Any number of processes and threads may use one at the same time.
#[derive(Debug)]
pub struct Store {
    layout: Layout,
    files: FileIndex,
    blobs: FileIndex,
    quarantined: Mutex<Vec<Utf8PathBuf>>,
}

impl Store {
    /// Opens the cache folder `root`, making it if need be.
    ///
    /// # Errors
    /// The path and the system's words, where a folder cannot be made or written to.
    pub fn open(root: &Utf8Path) -> Result<Self, StoreError> {
        let layout = Layout::new(&disk::absolute(root)?);
        for folder in FOLDERS {
            make_writable(&layout.folder(folder))?;
        }
        make_writable(&layout.work())?;
        write_tag(&layout.tag())?;
        let index = |name| FileIndex::new(layout.index(name), layout.tmp());
        let (files, blobs) = (index("files"), index("blobs"));
        Ok(Self { layout, files, blobs, quarantined: Mutex::default() })
    }

    /// The cache folder.
    pub fn root(&self) -> &Utf8Path {
        self.layout.root()
    }

    /// The index of the user's files: sources and outputs.
    pub fn files(&self) -> &FileIndex {
        &self.files
    }

    /// Writes both indexes to disk. Dropping the store does it too, but can tell nobody that it failed.
    pub fn save(&self) -> Result<(), StoreError> {
        self.files.save()?;
        self.blobs.save()
    }

    /// Where the bad blobs and records now lie that this process found, so that the user can be told once.
    pub fn quarantined(&self) -> Vec<Utf8PathBuf> {
        self.quarantined.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The index of the store's own blobs.
    pub(crate) fn blobs(&self) -> &FileIndex {
        &self.blobs
    }

    /// Moves a bad file out of the way. That another process was quicker is fine.
    pub(crate) fn quarantine(&self, path: &Utf8Path) -> Result<(), StoreError> {
        let folder = self.layout.folder("quarantine");
        let name = format!("{}-{}", path.file_name().unwrap_or_default(), disk::random_name(&folder)?);
        let to = folder.join(name);
        match disk::rename(path, &to) {
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
            Ok(()) => {
                self.quarantined.lock().unwrap_or_else(PoisonError::into_inner).push(to);
                Ok(())
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // The indexes are disposable; whoever wants to know calls `save`.
        let _ = self.save();
    }
}

fn make_writable(folder: &Utf8Path) -> Result<(), StoreError> {
    disk::make_folder(folder)?;
    let allowed = rustix::fs::access(folder.as_std_path(), Access::WRITE_OK | Access::EXEC_OK);
    allowed.map_err(|errno| StoreError::new("write in", folder, errno.into()))
}

/// Written once and never read: without it the cache works as well.
fn write_tag(path: &Utf8Path) -> Result<(), StoreError> {
    match File::create_new(path) {
        Ok(mut file) => file.write_all(CACHEDIR_TAG).map_err(at("write", path)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::new("create", path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, Cache};

    #[test]
    fn an_opened_cache_is_tagged_and_may_be_opened_again() {
        let cache = Cache::new();
        let tag = std::fs::read(cache.path("CACHEDIR.TAG")).expect("there");
        assert!(tag.starts_with(b"Signature: 8a477f597d28d172789f06886806bc55"));
        cache.again();
        assert_eq!(cache.files(""), cache.files_when_new());
    }

    #[test]
    fn a_cache_that_cannot_be_made_is_named_with_the_reason() {
        let cache = Cache::new();
        let file = testing::write(&cache.outside("file"), b"");
        let error = Store::open(&file.join("cache")).expect_err("a file is no folder");
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert_eq!(error.to_string(), format!("cannot create `{file}/cache/v1/cas`"));
        assert!(source.contains("Not a directory"), "{source}");
    }
}
