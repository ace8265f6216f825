//! Which action keys a cell had, the last and the one before it, so that `why` has something to compare with.
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
        self.keys(&Cell { project, id: cell }).map(|(last, _)| last)
    }

    /// The key that a cell had before it got its last one; `None` where it never had another.
    pub fn key_before(&self, project: &str, cell: &str) -> Option<Key> {
        self.keys(&Cell { project, id: cell })?.1
    }

    /// Remembers the key that a cell has now, and the one that it had before.
    pub fn set_last_key(&self, project: &str, cell: &str, key: Key) -> Result<(), StoreError> {
        let cell = Cell { project, id: cell };
        let before = match self.keys(&cell) {
            Some((last, _)) if last == key => return Ok(()),
            keys => keys.map(|(last, _)| last),
        };
        let keys: Vec<u8> =
            std::iter::once(key).chain(before).flat_map(|key| key.hash().as_bytes().to_owned()).collect();
        let bytes = seal(KIND, cell.key(), &keys);
        disk::replace(&self.layout().tmp(), &self.cell_path(&cell), &bytes)
    }

    /// The last key and the one before it.
    fn keys(&self, cell: &Cell<'_>) -> Option<(Key, Option<Key>)> {
        let bytes = disk::read(&self.cell_path(cell)).ok()??;
        let (keys, rest) = unseal(KIND, cell.key(), &bytes)?.as_chunks::<32>();
        let key = |bytes: &[u8; 32]| Key::from_hash(Hash::from_bytes(*bytes));
        match (keys, rest) {
            ([last], []) => Some((key(last), None)),
            ([last, before], []) => Some((key(last), Some(key(before)))),
            _ => None,
        }
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

    #[test]
    fn a_cell_remembers_the_key_before_its_last() {
        let cache = Cache::new();
        let check = |set: &str, expect: Option<&str>| {
            cache.store.set_last_key("/p", "app", key(set)).expect("room");
            assert_eq!(cache.store.last_key("/p", "app"), Some(key(set)));
            assert_eq!(cache.store.key_before("/p", "app"), expect.map(key));
        };
        check("a", None);
        check("a", None);
        check("b", Some("a"));
        check("b", Some("a"));
        check("a", Some("b"));
    }
}
