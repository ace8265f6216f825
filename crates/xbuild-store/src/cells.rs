//! Which action key a cell had last, so that `why` has something to compare with.
//!
//! Not part of any result: a lost pointer costs an explanation, never a build.

use camino::Utf8PathBuf;
use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Hash, Key};

use crate::disk;
use crate::error::StoreError;
use crate::layout::safe_name;
use crate::sealed::{seal, unseal};
use crate::store::Store;

const KIND: &str = "cell 1";

/// One cell of one project.
struct Cell<'a> {
    project: &'a str,
    id: &'a str,
}

impl Canonical for Cell<'_> {
    fn walk(&self, out: &mut Fields<'_>) {
        out.text("project", self.project);
        out.text("id", self.id);
    }
}

impl Cell<'_> {
    fn key(&self) -> Key {
        canonical::key("xbuild cell 1", self)
    }
}

impl Store {
    /// The key that a cell had when [`set_last_key`](Self::set_last_key) was last called. `project` tells projects that
    /// share a cache apart, such as by their folder.
    pub fn last_key(&self, project: &str, cell: &str) -> Option<Key> {
        let cell = Cell { project, id: cell };
        let bytes = disk::read(&self.cell_path(&cell)).ok()??;
        let hash: [u8; 32] = unseal(KIND, cell.key(), &bytes)?.try_into().ok()?;
        Some(Key::from_hash(Hash::from_bytes(hash)))
    }

    /// Remembers the key that a cell has now.
    pub fn set_last_key(&self, project: &str, cell: &str, key: Key) -> Result<(), StoreError> {
        let cell = Cell { project, id: cell };
        let bytes = seal(KIND, cell.key(), key.hash().as_bytes());
        disk::replace(&self.layout().tmp(), &self.cell_path(&cell), &bytes)
    }

    /// The id for people, the hash so that no two cells meet.
    fn cell_path(&self, cell: &Cell<'_>) -> Utf8PathBuf {
        let hash: String = cell.key().hash().to_hex().chars().take(32).collect();
        self.layout().cell(&format!("{}-{hash}", safe_name(cell.id)))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Cache, key};

    #[test]
    fn a_cell_remembers_its_last_key_per_project() {
        let cache = Cache::new();
        let store = &cache.store;
        assert_eq!(store.last_key("/p", "app@linux/arm64"), None);
        store.set_last_key("/p", "app@linux/arm64", key("a")).expect("room");
        store.set_last_key("/p", "app@linux/arm64", key("b")).expect("room");
        store.set_last_key("/p", "app@linux-arm64", key("c")).expect("room");
        assert_eq!(store.last_key("/p", "app@linux/arm64"), Some(key("b")));
        assert_eq!(store.last_key("/p", "app@linux-arm64"), Some(key("c")));
        assert_eq!(store.last_key("/q", "app@linux/arm64"), None);
    }
}
