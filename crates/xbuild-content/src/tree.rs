//! A set of files by relative path: an action's inputs, or what it left behind.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::canonical::{self, Canonical, Fields, Key};
use crate::{Digest, RelPath};

/// What stands at one path of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeEntry {
    /// A regular file.
    File {
        /// Its bytes.
        digest: Digest,
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// A symbolic link, by its text.
    Symlink {
        /// What it points at, as stored.
        target: String,
    },
}

/// Files by path, sorted bytewise. A path cannot be both a file and a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    entries: BTreeMap<RelPath, TreeEntry>,
}

/// Why an entry does not fit into a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The same path stands there with other bytes.
    #[error("`{0}` stands in the tree already, with other bytes")]
    Taken(RelPath),
    /// One of the two is a folder because of the other.
    #[error("`{0}` is a file and `{1}` needs it to be a folder")]
    FileIsFolder(RelPath, RelPath),
}

impl Tree {
    /// Adds a file; the same entry twice is one entry.
    pub fn insert(&mut self, path: RelPath, entry: TreeEntry) -> Result<(), TreeError> {
        if let Some(old) = self.entries.get(&path) {
            return if *old == entry { Ok(()) } else { Err(TreeError::Taken(path)) };
        }
        let mut above = path.parent();
        while let Some(folder) = above {
            if self.entries.contains_key(&folder) {
                return Err(TreeError::FileIsFolder(folder, path));
            }
            above = folder.parent();
        }
        let inside = format!("{path}/");
        let next = self.entries.range::<str, _>((Bound::Included(inside.as_str()), Bound::Unbounded)).next();
        if let Some((below, _)) = next.filter(|(below, _)| below.starts_with(&inside)) {
            return Err(TreeError::FileIsFolder(path, below.clone()));
        }
        self.entries.insert(path, entry);
        Ok(())
    }

    /// What stands at a path.
    pub fn get(&self, path: &RelPath) -> Option<&TreeEntry> {
        self.entries.get(path)
    }

    /// Every entry, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&RelPath, &TreeEntry)> {
        self.entries.iter()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of all its files together.
    pub fn bytes(&self) -> u64 {
        self.entries
            .values()
            .map(|entry| if let TreeEntry::File { digest, .. } = entry { digest.size() } else { 0 })
            .sum()
    }

    /// The key of the whole tree.
    pub fn key(&self) -> Key {
        canonical::key("xbuild tree 1", self)
    }
}

impl Canonical for Tree {
    /// Each entry as `PATH = HASH:SIZE` (`:x` for executables) or `PATH = -> TARGET`.
    fn walk(&self, out: &mut Fields<'_>) {
        for (path, entry) in &self.entries {
            match entry {
                TreeEntry::File { digest, executable } => {
                    let mark = if *executable { ":x" } else { "" };
                    out.text(path, format!("{}:{}{mark}", digest.hash(), digest.size()));
                }
                TreeEntry::Symlink { target } => out.text(path, format!("-> {target}")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).expect("a good path")
    }

    fn file(bytes: &[u8]) -> TreeEntry {
        TreeEntry::File { digest: Digest::of(bytes), executable: false }
    }

    #[test]
    fn a_path_is_a_file_or_a_folder() {
        let mut tree = Tree::default();
        tree.insert(path("a/b"), file(b"1")).expect("new");
        tree.insert(path("a/b"), file(b"1")).expect("the same again");
        assert_eq!(tree.insert(path("a/b"), file(b"2")), Err(TreeError::Taken(path("a/b"))));
        assert_eq!(tree.insert(path("a/b/c"), file(b"")), Err(TreeError::FileIsFolder(path("a/b"), path("a/b/c"))));
        assert_eq!(tree.insert(path("a"), file(b"")), Err(TreeError::FileIsFolder(path("a"), path("a/b"))));
        tree.insert(path("a-b"), file(b"")).expect("a sibling");
        assert_eq!(tree.insert(path("a"), file(b"")), Err(TreeError::FileIsFolder(path("a"), path("a/b"))));
    }

    #[test]
    fn the_key_depends_on_paths_bytes_and_modes_only() {
        let tree = |entries: &[(&str, TreeEntry)]| {
            let mut tree = Tree::default();
            for (at, entry) in entries {
                tree.insert(path(at), entry.clone()).expect("no clash");
            }
            tree.key()
        };
        let both = tree(&[("a", file(b"1")), ("b", file(b"2"))]);
        assert_eq!(both, tree(&[("b", file(b"2")), ("a", file(b"1"))]));
        assert_ne!(both, tree(&[("a", file(b"2")), ("b", file(b"1"))]));
        let executable = TreeEntry::File { digest: Digest::of(b"1"), executable: true };
        assert_ne!(both, tree(&[("a", executable), ("b", file(b"2"))]));
    }
}
