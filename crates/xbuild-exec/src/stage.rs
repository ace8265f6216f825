//! An action's work area: its inputs laid out, its own home and folders, gone when it is done.

use std::fs;
use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::Action;
use xbuild_content::{Tree, TreeEntry, TreeError};
use xbuild_store::{Scratch, Store, StoreError, clone_file};

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
    pub(crate) fn fill(&self, root: &Utf8Path, inputs: &Tree) -> Result<(), (Utf8PathBuf, StageError)> {
        for folder in [self.src(), self.home(), self.tmp()] {
            fs::create_dir_all(&folder).map_err(|error| (folder, error.into()))?;
        }
        for (path, entry) in inputs.iter() {
            let to = self.src().join(path.as_str());
            lay(&root.join(path.as_str()), &to, entry).map_err(|error| (to, error))?;
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

/// The inputs of several actions as one tree; an error where they do not fit into one.
pub(crate) fn union<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Result<Tree, TreeError> {
    let mut all = Tree::default();
    for action in actions {
        for (path, entry) in action.inputs.iter() {
            all.insert(path.clone(), entry.clone())?;
        }
    }
    Ok(all)
}

/// The first input that is no longer what the plan saw.
pub(crate) fn changed(store: &Store, root: &Utf8Path, inputs: &Tree) -> Option<String> {
    let is_same = |path: &str, entry: &TreeEntry| match entry {
        TreeEntry::File { digest, executable } => {
            let now = store.files().digest(&root.join(path));
            now.is_ok_and(|now| now.digest == *digest && now.executable == *executable)
        }
        TreeEntry::Symlink { target } => root.join(path).read_link_utf8().is_ok_and(|now| now == *target),
    };
    inputs.iter().find(|(path, entry)| !is_same(path.as_str(), entry)).map(|(path, _)| path.to_string())
}
