//! A project in a temporary folder, and a cache beside it that tells its files' digests.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use xbuild_store::Store;

use crate::Digests;

/// A project's files.
pub(crate) struct Files {
    folder: TempDir,
    store: Store,
}

impl Files {
    /// An empty project.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Utf8Path::from_path(folder.path()).expect("UTF-8").join("cache");
        let files = Self { folder, store: Store::open(&cache).expect("a cache") };
        fs::create_dir(files.root()).expect("room");
        files
    }

    pub(crate) fn root(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).expect("UTF-8").join("project")
    }

    pub(crate) fn digests(&self) -> &dyn Digests {
        self.store.files()
    }
}

/// Writes a file, and the folders above it.
pub(crate) fn write(root: &Utf8Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("room");
    fs::write(path, text).expect("room");
}
