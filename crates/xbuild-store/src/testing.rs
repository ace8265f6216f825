//! A cache in a temporary folder, and questions about what lies in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Hash, Key};

use crate::store::Store;

/// A store and the folder it lives in.
pub(crate) struct Cache {
    pub(crate) store: Store,
    folder: tempfile::TempDir,
}

impl Cache {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8").join("cache");
        Self { store: Store::open(&root).expect("a writable folder"), folder }
    }

    /// The same folder, opened as another process would.
    pub(crate) fn again(&self) -> Store {
        Store::open(self.store.root()).expect("a writable folder")
    }

    /// A path in the cache.
    pub(crate) fn path(&self, relative: &str) -> Utf8PathBuf {
        self.store.root().join(relative)
    }

    /// A path outside of the cache, on the same file system.
    pub(crate) fn outside(&self, relative: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).expect("UTF-8").join("outside").join(relative)
    }

    /// Writes a file in the cache.
    pub(crate) fn write(&self, relative: &str, bytes: &[u8]) -> Utf8PathBuf {
        write(&self.path(relative), bytes)
    }

    /// The files below a folder of the cache, sorted.
    pub(crate) fn files(&self, relative: &str) -> Vec<String> {
        files(&self.path(relative))
    }

    /// The files of a cache that nothing happened to.
    pub(crate) fn files_when_new(&self) -> Vec<String> {
        vec!["CACHEDIR.TAG".to_owned()]
    }
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Utf8Path, bytes: &[u8]) -> Utf8PathBuf {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
    fs::write(path, bytes).expect("room");
    path.to_owned()
}

/// The files below a folder, sorted.
pub(crate) fn files(folder: &Utf8Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = next.read_dir_utf8() else { continue };
        for entry in entries.map(|entry| entry.expect("UTF-8")) {
            if entry.file_type().expect("there").is_dir() {
                folders.push(entry.path().to_owned());
            } else {
                found.push(entry.path().strip_prefix(folder).expect("below").to_string());
            }
        }
    }
    found.sort_unstable();
    found
}

/// The permission bits of a file.
pub(crate) fn mode(path: &Utf8Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o7777
}

/// A key that stands for a name.
pub(crate) fn key(name: &str) -> Key {
    Key::from_hash(Hash::of(name.as_bytes()))
}

/// Sets the permission bits of a file.
pub(crate) fn set_mode(path: &Utf8Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
}
