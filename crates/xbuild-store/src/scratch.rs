//! Folders that exist for as long as someone works in them.
//!
//! A scratch folder is named after its work, so that a second run works at the same path as the first. Its owner
//! holds a lock in `lease/`; a folder whose lock is free was left by a process that died, and is cleared by the next
//! one who wants the name or by [`Store::sweep`]. What goes on inside is not this file's business (`xbuild-exec` lays
//! out its trees there).

use std::fs;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use crate::disk;
use crate::error::{StoreError, at};
use crate::guard::Lock;
use crate::layout::{Layout, safe_name};
use crate::store::Store;

/// How long a loose file in `tmp/` is given before it counts as left behind. Writing one takes milliseconds.
const LOOSE_FILE_AGE: Duration = Duration::from_secs(3600);

/// An empty folder of one's own, removed with everything in it when dropped.
#[derive(Debug)]
pub struct Scratch {
    path: Utf8PathBuf,
    _lock: Lock,
}

impl Scratch {
    /// Where it is.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Makes `folder/label`, or `folder/label-2` and so on while others hold the name.
    pub(crate) fn claim(layout: &Layout, folder: &Utf8Path, label: &str) -> Result<Self, StoreError> {
        let label = safe_name(label);
        let mut count = 1;
        loop {
            let name = if count == 1 { label.clone() } else { format!("{label}-{count}") };
            if let Some(lock) = Lock::try_acquire(&lease(layout, folder, &name))? {
                return Self::make(folder.join(name), lock);
            }
            count += 1;
        }
    }

    fn make(path: Utf8PathBuf, lock: Lock) -> Result<Self, StoreError> {
        disk::remove_tree(&path)?;
        fs::create_dir(&path).map_err(at("create", &path))?;
        Ok(Self { path, _lock: lock })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept later; the lock is let go after this.
        let _ = disk::remove_tree(&self.path);
    }
}

fn lease(layout: &Layout, folder: &Utf8Path, name: &str) -> Utf8PathBuf {
    layout.lease(&format!("{}-{name}", folder.file_name().unwrap_or_default()))
}

impl Store {
    /// An empty scratch folder at `work/LABEL`.
    pub fn scratch(&self, label: &str) -> Result<Scratch, StoreError> {
        Scratch::claim(self.layout(), &self.layout().work(), label)
    }

    /// Removes what processes that died left in `work/`, `tmp/` and `lease/`, and says how many folders and files that
    /// were, locks not counted. What is in use is left alone.
    pub fn sweep(&self) -> Result<usize, StoreError> {
        let swept = self.sweep_folder(&self.layout().work())? + self.sweep_folder(&self.layout().tmp())?;
        let leases = self.layout().folder("lease");
        for name in disk::names(&leases)? {
            // Taking a lock and letting it go removes its file.
            drop(Lock::try_acquire(&leases.join(name))?);
        }
        Ok(swept)
    }

    fn sweep_folder(&self, folder: &Utf8Path) -> Result<usize, StoreError> {
        let mut swept = 0;
        for name in disk::names(folder)? {
            let Some(metadata) = disk::look(&folder.join(&name))? else { continue };
            let gone = if metadata.is_dir() {
                self.sweep_scratch(folder, &name)?
            } else {
                sweep_loose(folder, &name, &metadata)
            };
            swept += usize::from(gone);
        }
        Ok(swept)
    }

    fn sweep_scratch(&self, folder: &Utf8Path, name: &str) -> Result<bool, StoreError> {
        let lock = Lock::try_acquire(&lease(self.layout(), folder, name))?;
        // One that cannot be removed hinders nobody until its name is wanted again.
        Ok(lock.is_some() && disk::remove_tree(&folder.join(name)).is_ok())
    }
}

/// Loose files carry no lock: their age decides.
fn sweep_loose(folder: &Utf8Path, name: &str, metadata: &fs::Metadata) -> bool {
    let age = metadata.modified().ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > LOOSE_FILE_AGE) && disk::remove_tree(&folder.join(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::SystemTime;

    use super::*;
    use crate::testing::Cache;

    #[test]
    fn a_scratch_folder_goes_with_its_owner_even_if_it_denies_writing() {
        let cache = Cache::new();
        let scratch = cache.store.scratch("app@linux/arm64").expect("a folder");
        assert_eq!(scratch.path(), cache.path("work/app-linux-arm64"));
        let inner = scratch.path().join("mod");
        fs::create_dir(&inner).expect("a folder");
        fs::write(inner.join("go.mod"), "").expect("a file");
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o555)).expect("ours");
        drop(scratch);
        assert_eq!(cache.files(""), cache.files_when_new());
    }

    #[test]
    fn two_with_one_label_do_not_meet() {
        let cache = Cache::new();
        let (first, second) =
            (cache.store.scratch("a").expect("a folder"), cache.store.scratch("a").expect("a folder"));
        assert_eq!(second.path(), cache.path("work/a-2"));
        assert_eq!(first.path(), cache.path("work/a"));
    }

    #[test]
    fn what_a_dead_process_left_is_swept_and_what_lives_is_not() {
        let cache = Cache::new();
        let alive = cache.store.scratch("alive").expect("a folder");
        cache.write("work/dead/out/app", b"half");
        cache.write("v1/tmp/fresh", b"being written");
        cache.write("v1/tmp/old", b"half");
        let old = fs::File::open(cache.path("v1/tmp/old")).expect("there");
        old.set_modified(SystemTime::now() - 2 * LOOSE_FILE_AGE).expect("ours");
        assert_eq!(cache.store.sweep().expect("no error"), 2);
        assert!(alive.path().exists());
        assert_eq!(cache.files("v1/tmp"), ["fresh"]);
        assert!(!cache.path("work/dead").exists());
    }

    #[test]
    fn a_name_left_by_a_dead_process_is_empty_again() {
        let cache = Cache::new();
        cache.write("work/a/out/app", b"half");
        let scratch = cache.store.scratch("a").expect("a folder");
        assert_eq!(disk::names(scratch.path()).expect("there"), Vec::<String>::new());
    }
}
