//! A folder to fetch into, that one process at a time owns and that a killed one does not leave behind for ever.
//!
//! ```text
//! SHELF/NAME            what was fetched, visible by one rename
//! SHELF/.NAME.tmp/      what is being fetched
//! SHELF/.NAME.guard     locked while it is
//! ```
//!
//! Whoever holds the guard's lock owns the `.tmp` folder. The system frees the lock when the owner and the children that
//! have the guard open are gone, so a free guard beside a `.tmp` folder means rubbish, which the next fetch sweeps; and two
//! processes that need the same thing fetch it once.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use crate::ToolchainError;
use crate::progress::{Listener, Progress};

/// The right to fetch one thing, and the folder to do it in. Leaving it removes the folder.
#[derive(Debug)]
pub(crate) struct Workshop {
    guard: File,
    scratch: Utf8PathBuf,
}

impl Workshop {
    /// Waits until nobody else fetches the same thing, then sweeps what killed processes left. `what` is told while waiting.
    pub(crate) fn enter(
        shelf: &Utf8Path,
        name: &str,
        what: &str,
        progress: Listener<'_>,
    ) -> Result<Self, ToolchainError> {
        let failed = |error| ToolchainError::file(shelf, error);
        fs::create_dir_all(shelf).map_err(failed)?;
        let guard = open_guard(shelf, name).map_err(failed)?;
        while !try_lock(&guard).map_err(failed)? {
            if progress(Progress::Waiting { what: what.to_owned() }).is_break() {
                return Err(ToolchainError::Interrupted);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        sweep(shelf, name).map_err(failed)?;
        let workshop = Self { guard, scratch: shelf.join(format!(".{name}.tmp")) };
        remove(&workshop.scratch).and_then(|()| fs::create_dir(&workshop.scratch)).map_err(failed)?;
        Ok(workshop)
    }

    /// The open guard; who holds it open holds it locked.
    pub(crate) fn guard(&self) -> &File {
        &self.guard
    }

    /// An empty folder on the cache's own file system.
    pub(crate) fn scratch(&self) -> &Utf8Path {
        &self.scratch
    }

    /// Moves a folder of the workshop to where it is looked for. Another one that stands there did not fit.
    pub(crate) fn publish(&self, folder: &Utf8Path, entry: &Utf8Path) -> Result<Utf8PathBuf, ToolchainError> {
        let failed = |error| ToolchainError::file(entry, error);
        write_through(folder).map_err(failed)?;
        if entry.exists() {
            fs::rename(entry, self.scratch.join("replaced")).map_err(failed)?;
        }
        fs::rename(folder, entry).map_err(failed)?;
        Ok(entry.to_owned())
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next fetch.
        let _ = remove(&self.scratch);
    }
}

fn open_guard(shelf: &Utf8Path, name: &str) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(shelf.join(format!(".{name}.guard")))
}

fn try_lock(guard: &File) -> io::Result<bool> {
    match guard.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes what other fetches left whose process is gone.
fn sweep(shelf: &Utf8Path, own: &str) -> io::Result<()> {
    for entry in shelf.read_dir_utf8()? {
        let entry = entry?;
        let name = entry.file_name().strip_prefix('.').and_then(|name| name.strip_suffix(".tmp"));
        if let Some(name) = name.filter(|name| *name != own)
            && let Ok(guard) = open_guard(shelf, name)
            && try_lock(&guard)?
        {
            remove(entry.path())?;
        }
    }
    Ok(())
}

/// Removes a folder that need not be there. A module cache has read-only folders; they are made writable first.
fn remove(folder: &Utf8Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            make_writable(folder)?;
            fs::remove_dir_all(folder)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn make_writable(folder: &Utf8Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            make_writable(entry.path())?;
        }
    }
    Ok(())
}

/// Has the kernel write everything below to the disk, so that a power cut after the rename finds whole files.
fn write_through(folder: &Utf8Path) -> io::Result<()> {
    let folder = File::open(folder)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    #[cfg(not(target_os = "linux"))]
    {
        drop(folder);
        rustix::fs::sync();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::ops::ControlFlow;

    use super::*;

    fn enter(shelf: &Utf8Path, name: &str) -> Workshop {
        Workshop::enter(shelf, name, "it", &|_| ControlFlow::Continue(())).expect("a workshop")
    }

    fn names(shelf: &Utf8Path) -> Vec<String> {
        let mut names: Vec<String> =
            shelf.read_dir_utf8().expect("a folder").flatten().map(|entry| entry.file_name().to_owned()).collect();
        names.sort();
        names.retain(|name| !name.ends_with(".guard"));
        names
    }

    #[test]
    fn what_a_killed_process_left_is_swept_and_what_a_living_one_has_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Utf8Path::from_path(folder.path()).expect("UTF-8");
        let living = enter(shelf, "living");
        fs::create_dir_all(shelf.join(".killed.tmp/mod/read-only")).expect("a folder");
        fs::write(shelf.join(".killed.tmp/mod/read-only/file"), "").expect("a file");
        fs::set_permissions(shelf.join(".killed.tmp/mod/read-only"), fs::Permissions::from_mode(0o555))
            .expect("a mode");
        let own = enter(shelf, "own");
        assert_eq!(names(shelf), [".living.tmp", ".own.tmp"]);
        drop((own, living));
        assert!(names(shelf).is_empty());
    }

    #[test]
    fn a_second_owner_waits_and_can_give_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Utf8Path::from_path(folder.path()).expect("UTF-8");
        let first = Cell::new(Some(enter(shelf, "go")));
        let stopped = Workshop::enter(shelf, "go", "it", &|_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(ToolchainError::Interrupted)));
        let second = Workshop::enter(shelf, "go", "it", &|_| {
            drop(first.take());
            ControlFlow::Continue(())
        });
        assert!(second.is_ok_and(|second| second.scratch().exists()));
    }

    #[test]
    fn publishing_replaces_what_did_not_fit() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Utf8Path::from_path(folder.path()).expect("UTF-8");
        fs::create_dir(shelf.join("go")).expect("a folder");
        fs::write(shelf.join("go/old"), "").expect("a file");
        let workshop = enter(shelf, "go");
        fs::create_dir(workshop.scratch().join("new")).expect("a folder");
        workshop.publish(&workshop.scratch().join("new"), &shelf.join("go")).expect("published");
        drop(workshop);
        assert_eq!(names(shelf), ["go"]);
        assert!(names(&shelf.join("go")).is_empty());
    }
}
