//! An action's work area: its inputs laid out, its own home and folders, gone when it is done.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::Action;
use xbuild_content::{Digest, RelPath, Tree, TreeEntry, TreeError};
use xbuild_store::{Scratch, Store, StoreError, clone_file};

use crate::bench::Workbench;

/// The folders of one run.
pub(crate) struct Stage {
    scratch: Scratch,
}

impl Stage {
    pub(crate) fn new(store: &Store, label: &str) -> Result<Self, StoreError> {
        Ok(Self { scratch: store.scratch(label)? })
    }

    pub(crate) fn top(&self) -> &Utf8Path {
        self.scratch.path()
    }

    pub(crate) fn src(&self) -> Utf8PathBuf {
        self.top().join("src")
    }

    pub(crate) fn home(&self) -> Utf8PathBuf {
        self.top().join("home")
    }

    pub(crate) fn tmp(&self) -> Utf8PathBuf {
        self.top().join("tmp")
    }

    /// An empty folder for outputs: a second attempt gets its own.
    pub(crate) fn out(&self, attempt: usize) -> io::Result<Utf8PathBuf> {
        let out = self.top().join(format!("out-{attempt}"));
        fs::create_dir_all(&out)?;
        Ok(out)
    }

    pub(crate) fn log(&self, attempt: usize) -> Utf8PathBuf {
        self.top().join(format!("log-{attempt}"))
    }

    /// Lays out the inputs and makes the folders.
    pub(crate) fn fill(&self, bench: &Workbench<'_>, inputs: &Staged) -> Result<(), (Utf8PathBuf, StageError)> {
        for folder in [self.src(), self.home(), self.tmp()] {
            fs::create_dir_all(&folder).map_err(|error| (folder, error.into()))?;
        }
        for (path, entry) in inputs.tree.iter() {
            let to = self.src().join(path.as_str());
            let laid = match entry {
                TreeEntry::File { digest, executable } if inputs.borrowed.contains(path) => {
                    bring(bench.store, digest, &to, *executable)
                }
                _ => lay(&bench.root.join(path.as_str()), &to, entry),
            };
            laid.map_err(|error| (to, error))?;
        }
        Ok(())
    }
}

/// Why an input could not be laid out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(Arc<StoreError>),
}

/// An output of a dependency, which lies in the cache alone.
fn bring(store: &Store, digest: &Digest, to: &Utf8Path, executable: bool) -> Result<(), StageError> {
    let staged = store.stage(digest, to, executable).map_err(|error| StageError::Store(Arc::new(error)))?;
    let gone = || io::Error::other("an output of a dependency is gone from the cache; run `xbuild build` again");
    if staged { Ok(()) } else { Err(gone().into()) }
}

fn lay(from: &Utf8Path, to: &Utf8Path, entry: &TreeEntry) -> Result<(), StageError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    match entry {
        TreeEntry::File { executable, .. } => {
            clone_file(from, to, *executable).map_err(|error| StageError::Store(Arc::new(error)))
        }
        TreeEntry::Symlink { target } => Ok(std::os::unix::fs::symlink(target, to)?),
    }
}

/// The inputs of one or several actions, and which of them are outputs of dependencies.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    tree: Tree,
    borrowed: BTreeSet<RelPath>,
}

impl Staged {
    /// The inputs of one action.
    pub(crate) fn of(action: &Action) -> Self {
        Self { tree: action.inputs.clone(), borrowed: action.borrowed.clone() }
    }

    /// The inputs of several actions as one tree; an error where they do not fit into one.
    pub(crate) fn union<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Result<Self, TreeError> {
        let mut all = Self::default();
        for action in actions {
            for (path, entry) in action.inputs.iter() {
                all.tree.insert(path.clone(), entry.clone())?;
            }
            all.borrowed.extend(action.borrowed.iter().cloned());
        }
        Ok(all)
    }
}

/// The first input that is no longer what the plan saw. What comes from the cache was checked when it was laid out.
pub(crate) fn changed(store: &Store, root: &Utf8Path, inputs: &Staged) -> Option<String> {
    let is_same = |path: &str, entry: &TreeEntry| match entry {
        TreeEntry::File { digest, executable } => {
            let now = store.files().digest(&root.join(path));
            now.is_ok_and(|now| now.digest == *digest && now.executable == *executable)
        }
        TreeEntry::Symlink { target } => root.join(path).read_link_utf8().is_ok_and(|now| now == *target),
    };
    let own = inputs.tree.iter().filter(|(path, _)| !inputs.borrowed.contains(*path));
    own.into_iter().find(|(path, entry)| !is_same(path.as_str(), entry)).map(|(path, _)| path.to_string())
}
