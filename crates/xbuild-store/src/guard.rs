//! Locks that die with their owner: one process runs an action, one process owns a scratch folder.
//!
//! A lock is `flock` on a file. The kernel lets go when the owner ends, however it ends, so there is no stale lock and
//! no take-over to get wrong. The file itself is removed by its owner, hence the second look after locking: whoever
//! locked a file that is no longer at its path has locked nothing and tries again.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::Key;

use crate::disk;
use crate::error::{StoreError, at};
use crate::store::Store;

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(crate) struct Lock {
    path: Utf8PathBuf,
    /// Open for as long as the lock is held, and closed after `drop` has removed the file.
    _file: File,
}

impl Lock {
    /// Takes the lock, waiting for whoever has it.
    pub(crate) fn acquire(path: &Utf8Path) -> Result<Self, StoreError> {
        loop {
            let file = open(path)?;
            wait(&file).map_err(at("lock", path))?;
            if is_at(&file, path)? {
                return Ok(Self { path: path.to_owned(), _file: file });
            }
        }
    }

    /// Takes the lock if nobody has it.
    pub(crate) fn try_acquire(path: &Utf8Path) -> Result<Option<Self>, StoreError> {
        loop {
            let file = open(path)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, path)? => return Ok(Some(Self { path: path.to_owned(), _file: file })),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(StoreError::new("lock", path, error)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty file that stays is found free by the next one who wants it.
        let _ = fs::remove_file(&self.path);
    }
}

fn open(path: &Utf8Path) -> Result<File, StoreError> {
    let open = || File::options().read(true).write(true).create(true).truncate(false).open(path);
    open().map_err(at("open the lock", path))
}

fn wait(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Whether an open file is still the one that stands at the path.
fn is_at(file: &File, path: &Utf8Path) -> Result<bool, StoreError> {
    let ours = file.metadata().map_err(at("stat", path))?;
    let there = disk::look(path)?;
    Ok(there.is_some_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())))
}

/// The right to run one action. While it lives no other process or thread has it for the same key.
#[derive(Debug)]
#[must_use = "the action is guarded only for as long as the guard lives"]
pub struct Guard {
    _lock: Lock,
}

impl Store {
    /// Waits until nobody else runs this action. Look for its record again afterwards: the other one has probably
    /// made it.
    ///
    /// The wait cannot be interrupted; a scheduler uses [`try_guard`](Self::try_guard) and does other work meanwhile.
    pub fn guard(&self, key: Key) -> Result<Guard, StoreError> {
        Ok(Guard { _lock: Lock::acquire(&self.guard_path(key))? })
    }

    /// Takes the guard if it is free; `None` while another process or thread runs this action.
    pub fn try_guard(&self, key: Key) -> Result<Option<Guard>, StoreError> {
        let lock = Lock::try_acquire(&self.guard_path(key))?;
        Ok(lock.map(|lock| Guard { _lock: lock }))
    }

    fn guard_path(&self, key: Key) -> Utf8PathBuf {
        self.layout().lease(&key.hash().to_hex())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::testing::{Cache, key};

    #[test]
    fn a_key_has_one_guard() {
        let cache = Cache::new();
        let held = cache.store.guard(key("a")).expect("free");
        assert!(cache.store.try_guard(key("a")).expect("no error").is_none());
        assert!(cache.store.try_guard(key("b")).expect("no error").is_some());
        drop(held);
        assert!(cache.store.try_guard(key("a")).expect("no error").is_some());
        assert_eq!(cache.files("v1/lease"), Vec::<String>::new());
    }

    #[test]
    fn threads_that_want_one_key_go_one_by_one() {
        let cache = Cache::new();
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _guard = cache.store.guard(key("a")).expect("a lock");
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
    }
}
