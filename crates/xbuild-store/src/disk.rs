//! The small file operations that everything else is made of, each naming its path when it fails.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{StoreError, at};

/// Makes a folder and those above it; one that is there already is fine.
pub(crate) fn make_folder(path: &Utf8Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(at("create", path))
}

/// The file's bytes; `None` where there is no file.
pub(crate) fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(StoreError::new("read", path, error)),
    }
}

/// What stands at a path, links not followed; `None` where nothing does.
pub(crate) fn look(path: &Utf8Path) -> Result<Option<fs::Metadata>, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(StoreError::new("stat", path, error)),
    }
}

/// Whether an error says that nothing stands there, be it for want of the folder.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Writes a new file; one that is there already is an error, and a half-written one is removed.
pub(crate) fn write_new(path: &Utf8Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = File::create_new(path).map_err(at("create", path))?;
    file.write_all(bytes).map_err(|error| {
        // The write's error is the one to tell.
        let _ = fs::remove_file(path);
        StoreError::new("write", path, error)
    })
}

/// Renames, making the folder it goes to if need be.
pub(crate) fn rename(from: &Utf8Path, to: &Utf8Path) -> Result<(), StoreError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folder(to.parent().unwrap_or(to))?;
            fs::rename(from, to).map_err(at("write", to))
        }
        done => done.map_err(at("write", to)),
    }
}

/// Puts bytes at a path in one step: written to a file in `tmp`, then renamed.
pub(crate) fn replace(tmp: &Utf8Path, path: &Utf8Path, bytes: &[u8]) -> Result<(), StoreError> {
    let fresh = tmp.join(random_name(tmp)?);
    write_new(&fresh, bytes)?;
    rename(&fresh, path).inspect_err(|_| {
        let _ = fs::remove_file(&fresh);
    })
}

/// Sets exactly these permission bits, whatever the umask.
pub(crate) fn set_mode(path: &Utf8Path, mode: u32) -> Result<(), StoreError> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(at("set the mode of", path))
}

/// Removes whatever stands at a path, also folders that deny writing to them, as Go's module cache does.
pub(crate) fn remove_tree(path: &Utf8Path) -> Result<(), StoreError> {
    match look(path)? {
        None => Ok(()),
        Some(metadata) if !metadata.is_dir() => fs::remove_file(path).map_err(at("remove", path)),
        Some(_) => remove_folder(path).map_err(at("remove", path)),
    }
}

fn remove_folder(path: &Utf8Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            unlock_folders(path.as_std_path())?;
            fs::remove_dir_all(path)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Gives the owner every right to a folder and those in it; links are not followed.
fn unlock_folders(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            unlock_folders(&entry.path())?;
        }
    }
    Ok(())
}

/// The names in a folder, sorted; none where there is no folder. One that is not UTF-8 is not ours and is left out.
pub(crate) fn names(folder: &Utf8Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::new("list", folder, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(at("list", folder))?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Random bytes of the system's generator; `path` is what they are for.
pub(crate) fn random<const N: usize>(path: &Utf8Path) -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::new("name", path, io::Error::other(error)))?;
    Ok(bytes)
}

/// A name that no one else picks.
pub(crate) fn random_name(folder: &Utf8Path) -> Result<String, StoreError> {
    Ok(format!("{:032x}", u128::from_le_bytes(random(folder)?)))
}

/// The path from the file system's root, by its text.
pub(crate) fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, StoreError> {
    camino::absolute_utf8(path).map_err(at("resolve", path))
}
