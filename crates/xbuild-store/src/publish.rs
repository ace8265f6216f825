//! How anything enters the store: written aside, synced once, renamed; blobs first, the record last.
//!
//! A rename without a sync can outlive the bytes it names: after a power cut the file is there and empty. One `syncfs`
//! for a whole action costs a fraction of a sync for every file. Until [`Publication::commit`] nothing of a publication
//! can be found by anyone, and dropping it leaves nothing.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Digest, Field};

use crate::blobs::{Ingested, Taking};
use crate::disk;
use crate::error::{StoreError, at};
use crate::hashing::{hash_file_both, hash_open_both};
use crate::place::copy_bytes;
use crate::record::{Record, seal_explanation, seal_record};
use crate::scratch::Scratch;
use crate::stat::Stat;
use crate::store::Store;

/// Nobody writes to a blob.
const BLOB_MODE: u32 = 0o444;

/// Blobs, and perhaps a record, on their way into the store.
#[derive(Debug)]
#[must_use = "nothing is kept until it is committed"]
pub struct Publication<'store> {
    store: &'store Store,
    scratch: Scratch,
    staged: Vec<Staged>,
}

/// A file in the publication's folder and where it will go.
#[derive(Debug)]
struct Staged {
    from: Utf8PathBuf,
    to: Utf8PathBuf,
    /// What it holds, if it is a blob.
    blob: Option<Digest>,
}

impl Store {
    /// Begins a publication.
    pub fn publish(&self) -> Result<Publication<'_>, StoreError> {
        let tmp = self.layout().tmp();
        let scratch = Scratch::claim(self.layout(), &tmp, &disk::random_name(&tmp)?)?;
        Ok(Publication { store: self, scratch, staged: Vec::new() })
    }
}

impl Publication<'_> {
    /// Adds a file's bytes. They are hashed where they will stay, after their old path has let go of them.
    ///
    /// # Errors
    /// [`StoreError::NotRegular`] for anything but a regular file; links are not followed.
    pub fn add_file(&mut self, file: &Utf8Path, taking: Taking) -> Result<Ingested, StoreError> {
        let (from, executable) = self.take(file, taking)?;
        let (digest, sha256) = hash_file_both(&from)?;
        self.stage_blob(from, digest);
        Ok(Ingested { digest, sha256, executable })
    }

    /// The same for a file that somebody has to look into: `look` gets the very file that was hashed, open.
    ///
    /// # Errors
    /// Those of [`add_file`](Self::add_file), and that of `look`.
    pub fn add_file_and_look<T>(
        &mut self,
        file: &Utf8Path,
        taking: Taking,
        look: impl FnOnce(&File) -> io::Result<T>,
    ) -> Result<(Ingested, T), StoreError> {
        let (from, executable) = self.take(file, taking)?;
        let open = File::open(&from).map_err(at("open", &from))?;
        let (digest, sha256) = hash_open_both(&from, &open)?;
        let seen = look(&open).map_err(at("read", &from))?;
        self.stage_blob(from, digest);
        Ok((Ingested { digest, sha256, executable }, seen))
    }

    /// Brings a file into the publication's folder; whether it was executable.
    fn take(&self, file: &Utf8Path, taking: Taking) -> Result<(Utf8PathBuf, bool), StoreError> {
        let metadata = fs::symlink_metadata(file).map_err(at("stat", file))?;
        if !metadata.is_file() {
            return Err(StoreError::NotRegular { path: file.to_owned() });
        }
        let from = self.next_path();
        match taking {
            Taking::Copy => copy_bytes(file, &from)?,
            Taking::Move => move_aside(file, &metadata, &from)?,
        }
        disk::set_mode(&from, BLOB_MODE)?;
        Ok((from, Stat::of(&metadata).executable))
    }

    /// Adds bytes.
    pub fn add_bytes(&mut self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        let from = self.next_path();
        disk::write_new(&from, bytes)?;
        disk::set_mode(&from, BLOB_MODE)?;
        self.stage_blob(from, digest);
        Ok(digest)
    }

    /// Makes the blobs, and then the record that names them, findable. `explanation` is the walk of the record's key.
    ///
    /// # Errors
    /// Whatever the system refuses. Then there is no record; blobs that were already renamed stay, and are good.
    pub fn commit(mut self, record: &Record, explanation: &[Field]) -> Result<(), StoreError> {
        let layout = self.store.layout().clone();
        let key = record.key();
        self.stage_sealed(&seal_explanation(key, explanation), layout.explanation(key))?;
        self.stage_sealed(&seal_record(record), layout.record(key))?;
        self.commit_blobs()
    }

    /// Makes the blobs findable, without any record.
    pub fn commit_blobs(self) -> Result<(), StoreError> {
        sync(self.scratch.path(), &self.staged)?;
        self.staged.iter().try_for_each(|staged| install(self.store, staged))
    }

    fn next_path(&self) -> Utf8PathBuf {
        self.scratch.path().join(self.staged.len().to_string())
    }

    fn stage_blob(&mut self, from: Utf8PathBuf, digest: Digest) {
        let to = self.store.layout().blob(digest.hash());
        self.staged.push(Staged { from, to, blob: Some(digest) });
    }

    fn stage_sealed(&mut self, bytes: &[u8], to: Utf8PathBuf) -> Result<(), StoreError> {
        let from = self.next_path();
        disk::write_new(&from, bytes)?;
        self.staged.push(Staged { from, to, blob: None });
        Ok(())
    }
}

/// Renames where that gives the store the only name of the file; else copies and removes.
fn move_aside(file: &Utf8Path, metadata: &fs::Metadata, to: &Utf8Path) -> Result<(), StoreError> {
    if metadata.nlink() == 1 {
        match fs::rename(file, to) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
            done => return done.map_err(at("move", file)),
        }
    }
    copy_bytes(file, to)?;
    fs::remove_file(file).map_err(at("remove", file))
}

/// Renames one file to its place. A blob that is there and known to be whole is left alone; any other is replaced, so
/// that publishing also heals.
fn install(store: &Store, staged: &Staged) -> Result<(), StoreError> {
    let Some(digest) = staged.blob else { return disk::rename(&staged.from, &staged.to) };
    if store.is_proven(&digest)? {
        return Ok(());
    }
    let before = stat(&staged.from)?;
    disk::rename(&staged.from, &staged.to)?;
    let after = stat(&staged.to)?;
    // Renaming changes the ctime. Another inode is another process's copy, which is checked when it is used.
    if (before.inode, before.mtime, before.size) == (after.inode, after.mtime, after.size) {
        store.blobs().remember(&staged.to, after, digest);
    }
    Ok(())
}

fn stat(path: &Utf8Path) -> Result<Stat, StoreError> {
    fs::symlink_metadata(path).map(|metadata| Stat::of(&metadata)).map_err(at("stat", path))
}

/// Brings everything staged to the medium: one call for the whole file system.
#[cfg(target_os = "linux")]
fn sync(folder: &Utf8Path, _: &[Staged]) -> Result<(), StoreError> {
    let open = File::open(folder).map_err(at("open", folder))?;
    rustix::fs::syncfs(&open).map_err(|errno| StoreError::new("sync", folder, errno.into()))
}

/// Brings everything staged to the medium, file by file.
#[cfg(not(target_os = "linux"))]
fn sync(_: &Utf8Path, staged: &[Staged]) -> Result<(), StoreError> {
    let sync_one = |path: &Utf8Path| File::open(path)?.sync_all();
    staged.iter().try_for_each(|staged| sync_one(&staged.from).map_err(at("sync", &staged.from)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt as _;

    use xbuild_content::Sha256;

    use super::*;
    use crate::blobs::Cas;
    use crate::cache::ActionCache;
    use crate::testing::{self, Cache, key};

    #[test]
    fn a_dropped_publication_leaves_nothing() {
        let cache = Cache::new();
        let output = testing::write(&cache.outside("app"), b"app");
        let mut publication = cache.store.publish().expect("room");
        publication.add_file(&output, Taking::Move).expect("room");
        publication.add_bytes(b"log").expect("room");
        assert_eq!(cache.store.missing(&[Digest::of(b"app")]).expect("no error").len(), 1);
        drop(publication);
        assert_eq!(cache.files(""), cache.files_when_new());
    }

    #[test]
    fn who_looks_at_a_file_sees_the_file_that_was_hashed() {
        let cache = Cache::new();
        let output = testing::write(&cache.outside("app"), b"app");
        let mut publication = cache.store.publish().expect("room");
        let look = |file: &File| {
            let mut bytes = [0; 3];
            file.read_exact_at(&mut bytes, 0).map(|()| bytes)
        };
        let (ingested, seen) = publication.add_file_and_look(&output, Taking::Move, look).expect("a file");
        assert_eq!((&seen, output.exists()), (b"app", false));
        assert_eq!(ingested, Ingested { digest: Digest::of(b"app"), sha256: Sha256::of(b"app"), executable: false });
        publication.commit(&Record::new(key("a")), &[]).expect("room");
        assert!(cache.store.has(&ingested.digest).expect("no error"));
    }

    #[test]
    fn a_publication_that_fails_makes_no_record_and_leaves_nothing_aside() {
        let cache = Cache::new();
        // A file stands where the blob's folder has to be.
        let blob = cache.store.layout().blob(Digest::of(b"app").hash());
        let folder = blob.parent().expect("a folder");
        testing::write(folder, b"");
        let mut publication = cache.store.publish().expect("room");
        publication.add_bytes(b"app").expect("room");
        let error = publication.commit(&Record::new(key("a")), &[]).expect_err("no folder");
        assert_eq!(error.to_string(), format!("cannot write `{blob}`"));
        assert_eq!(cache.store.record(key("a")).expect("no error"), None);
        assert_eq!(cache.files("v1/tmp"), Vec::<String>::new());
        assert_eq!(cache.files("v1/lease"), Vec::<String>::new());
    }

    #[test]
    fn one_publication_may_hold_the_same_bytes_twice() {
        let cache = Cache::new();
        let mut publication = cache.store.publish().expect("room");
        let first = publication.add_bytes(b"same").expect("room");
        assert_eq!(publication.add_bytes(b"same").expect("room"), first);
        publication.commit(&Record::new(key("a")), &[]).expect("room");
        assert!(cache.store.has(&first).expect("no error"));
        assert_eq!(cache.store.stats().expect("no error").blobs.count, 1);
    }

    #[test]
    fn a_proven_blob_is_not_written_again() {
        let cache = Cache::new();
        let digest = cache.store.put_bytes(b"same").expect("room");
        let before = stat(&cache.store.layout().blob(digest.hash())).expect("there");
        cache.store.put_bytes(b"same").expect("room");
        assert_eq!(stat(&cache.store.layout().blob(digest.hash())).expect("there"), before);
    }

    #[test]
    fn threads_may_publish_one_key_at_once() {
        let cache = Cache::new();
        let publish = |store: &Store| {
            let mut publication = store.publish().expect("room");
            publication.add_bytes(b"app").expect("room");
            publication.commit(&Record::new(key("a")), &[]).expect("room");
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| publish(&cache.again()));
                scope.spawn(|| publish(&cache.store));
            }
        });
        assert!(cache.store.record(key("a")).expect("no error").is_some());
        assert_eq!(cache.store.read(&Digest::of(b"app"), 3).expect("no error").as_deref(), Some(&b"app"[..]));
        assert_eq!(cache.files("v1/quarantine"), Vec::<String>::new());
        assert_eq!(cache.files("v1/tmp"), Vec::<String>::new());
    }
}
