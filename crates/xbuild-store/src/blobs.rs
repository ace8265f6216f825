//! Bytes by digest: what a content-addressed store can do, and the one on this machine.
//!
//! A blob is checked, length and BLAKE3, before anybody gets it. The check is spared where the store's own index says
//! that the blob's file has had the same stat since it was last checked. A bad blob goes to `quarantine/` and counts
//! as a miss. Writing is [`crate::publish`]'s business, putting blobs into folders [`crate::place`]'s.

use std::fs::{File, Metadata};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Digest, Sha256};

use crate::disk;
use crate::error::{StoreError, at};
use crate::hashing::{hash_file, hash_open_both};
use crate::place::{Materialized, Placement};
use crate::stat::Stat;
use crate::store::Store;

/// What becomes of a file that is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// It is a scratch file that nobody needs any more: it is moved where that is possible, and is gone afterwards.
    Move,
    /// It stays as it is.
    Copy,
}

/// A file that was added: everything that one read and one stat can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ingested {
    /// Its bytes.
    pub digest: Digest,
    /// The hash that others check.
    pub sha256: Sha256,
    /// Whether its owner could execute it.
    pub executable: bool,
}

/// Keeps bytes by their digest. What it gives out has been checked.
pub trait Cas: Send + Sync {
    /// Those of the digests whose bytes are not here, or not whole.
    fn missing(&self, digests: &[Digest]) -> Result<Vec<Digest>, StoreError>;

    /// Adds bytes.
    fn put_bytes(&self, bytes: &[u8]) -> Result<Digest, StoreError>;

    /// Adds a file's bytes.
    fn put_file(&self, file: &Utf8Path, taking: Taking) -> Result<Ingested, StoreError>;

    /// The bytes; `None` for a miss.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] where the digest's size is over `limit` bytes, before anything is read.
    fn read(&self, digest: &Digest, limit: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Puts blobs at paths, all or none of them as far as misses go: no old file is touched before every blob was
    /// found and checked.
    fn materialize(&self, placements: &[Placement]) -> Result<Materialized, StoreError>;

    /// Whether the bytes are here and whole.
    fn has(&self, digest: &Digest) -> Result<bool, StoreError> {
        Ok(self.missing(&[*digest])?.is_empty())
    }
}

impl Cas for Store {
    fn missing(&self, digests: &[Digest]) -> Result<Vec<Digest>, StoreError> {
        let mut missing = Vec::new();
        for digest in digests {
            if self.good_blob(digest)?.is_none() {
                missing.push(*digest);
            }
        }
        Ok(missing)
    }

    fn put_bytes(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let mut publication = self.publish()?;
        let digest = publication.add_bytes(bytes)?;
        publication.commit_blobs()?;
        Ok(digest)
    }

    fn put_file(&self, file: &Utf8Path, taking: Taking) -> Result<Ingested, StoreError> {
        let mut publication = self.publish()?;
        let ingested = publication.add_file(file, taking)?;
        publication.commit_blobs()?;
        Ok(ingested)
    }

    fn read(&self, digest: &Digest, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if digest.size() > limit {
            return Err(StoreError::TooLarge { digest: *digest, limit });
        }
        let path = self.layout().blob(digest.hash());
        let standing = self.standing(&path, digest)?;
        if standing == Standing::Absent {
            return Ok(None);
        }
        let Some(bytes) = self.unless_damaged(&path, disk::read(&path))?.flatten() else { return Ok(None) };
        let good = match standing {
            Standing::Doubtful(stat) => self.judge(&path, digest, stat, Digest::of(&bytes))?,
            // A file that was cut since the look at its stat.
            _ => bytes.len() as u64 == digest.size(),
        };
        Ok(good.then_some(bytes))
    }

    fn materialize(&self, placements: &[Placement]) -> Result<Materialized, StoreError> {
        self.place_all(placements)
    }
}

/// How much is known about a blob's file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Not here, or not any more: its length was wrong.
    Absent,
    /// Untouched since it was checked.
    Proven,
    /// Here, and to be checked.
    Doubtful(Stat),
}

impl Store {
    /// A blob's SHA-256, and what `look` sees in its open file, which is hashed before; `None` for a miss.
    ///
    /// # Errors
    /// The path and the system's words, where the blob cannot be read.
    pub fn look<T>(
        &self,
        digest: &Digest,
        look: impl FnOnce(&File) -> io::Result<T>,
    ) -> Result<Option<(Sha256, T)>, StoreError> {
        let path = self.layout().blob(digest.hash());
        let standing = self.standing(&path, digest)?;
        if standing == Standing::Absent {
            return Ok(None);
        }
        let read = || {
            let file = File::open(&path).map_err(at("open", &path))?;
            let (found, sha256) = hash_open_both(&path, &file)?;
            Ok((found, sha256, look(&file).map_err(at("read", &path))?))
        };
        let Some((found, sha256, seen)) = self.unless_damaged(&path, read())? else { return Ok(None) };
        let good = match standing {
            Standing::Doubtful(stat) => self.judge(&path, digest, stat, found)?,
            // What was proven and has other bytes now is asked about again, and then it is judged by them.
            _ => found == *digest,
        };
        Ok(good.then_some((sha256, seen)))
    }

    /// The path of a blob that was found whole; `None` for a miss.
    pub(crate) fn good_blob(&self, digest: &Digest) -> Result<Option<Utf8PathBuf>, StoreError> {
        let path = self.layout().blob(digest.hash());
        let good = match self.standing(&path, digest)? {
            Standing::Absent => false,
            Standing::Proven => true,
            Standing::Doubtful(stat) => match self.unless_damaged(&path, hash_file(&path))? {
                Some(found) => self.judge(&path, digest, stat, found)?,
                None => false,
            },
        };
        Ok(good.then_some(path))
    }

    /// Whether the index alone proves that the blob is here and whole.
    pub(crate) fn is_proven(&self, digest: &Digest) -> Result<bool, StoreError> {
        let path = self.layout().blob(digest.hash());
        Ok(self.standing(&path, digest)? == Standing::Proven)
    }

    fn standing(&self, path: &Utf8Path, digest: &Digest) -> Result<Standing, StoreError> {
        let Some(metadata) = disk::look(path)? else { return Ok(Standing::Absent) };
        if !has_shape(&metadata, digest) {
            self.quarantine(path)?;
            return Ok(Standing::Absent);
        }
        let stat = Stat::of(&metadata);
        let proven = self.blobs().find(path, &stat).is_some_and(|entry| entry.digest() == *digest);
        Ok(if proven { Standing::Proven } else { Standing::Doubtful(stat) })
    }

    /// Compares a blob's bytes with its name: remembers a good one, moves a bad one away.
    fn judge(&self, path: &Utf8Path, digest: &Digest, stat: Stat, found: Digest) -> Result<bool, StoreError> {
        if found == *digest {
            self.blobs().remember(path, stat, found);
            return Ok(true);
        }
        self.quarantine(path)?;
        Ok(false)
    }

    /// A file that the medium cannot give back is moved away like one with wrong bytes; one that is gone is a miss.
    fn unless_damaged<T>(&self, path: &Utf8Path, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Err(error) if error.is_damage() => self.quarantine(path).map(|()| None),
            Err(error) if error.is_not_found() => Ok(None),
            read => read.map(Some),
        }
    }
}

fn has_shape(metadata: &Metadata, digest: &Digest) -> bool {
    metadata.is_file() && metadata.len() == digest.size()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::testing::{self, Cache, mode};

    /// Puts `hello`, lets `damage` act on its file, and opens the cache again as the next process would.
    fn damaged(damage: impl Fn(&Utf8Path)) -> (Cache, Store, Digest) {
        let cache = Cache::new();
        let digest = cache.store.put_bytes(b"hello").expect("room");
        let path = cache.store.layout().blob(digest.hash());
        testing::set_mode(&path, 0o644);
        damage(&path);
        cache.store.save().expect("room");
        let store = cache.again();
        (cache, store, digest)
    }

    /// Damage is a miss for everyone who asks, the file goes to quarantine, and putting the bytes again heals.
    fn check_damage(quarantined: usize, damage: impl Fn(&Utf8Path) + Copy) {
        let (cache, store, digest) = damaged(damage);
        assert_eq!(store.read(&digest, 10).expect("a miss is no error"), None);
        assert_eq!(store.quarantined().len(), quarantined);
        assert_eq!(disk::names(&cache.path("v1/quarantine")).expect("there").len(), quarantined);
        assert!(!store.has(&digest).expect("a miss is no error"));
        store.put_bytes(b"hello").expect("room");
        assert_eq!(store.read(&digest, 10).expect("healed").as_deref(), Some(&b"hello"[..]));

        let (_cache, store, digest) = damaged(damage);
        assert_eq!(store.missing(&[digest]).expect("a miss is no error"), [digest]);
        assert_eq!(store.quarantined().len(), quarantined);

        let (_cache, store, digest) = damaged(damage);
        store.put_bytes(b"hello").expect("room");
        assert!(store.has(&digest).expect("putting over damage heals it"));
    }

    #[test]
    fn a_blob_with_other_bytes_is_a_miss() {
        check_damage(1, |path| fs::write(path, b"hellO").expect("ours"));
    }

    #[test]
    fn a_blob_of_another_length_is_a_miss() {
        check_damage(1, |path| fs::write(path, b"hell").expect("ours"));
        check_damage(1, |path| fs::write(path, b"").expect("ours"));
        check_damage(1, |path| fs::write(path, b"hello, world").expect("ours"));
    }

    #[test]
    fn a_blob_that_is_no_file_is_a_miss() {
        check_damage(1, |path| {
            fs::remove_file(path).expect("ours");
            fs::create_dir(path).expect("ours");
        });
        check_damage(1, |path| {
            fs::rename(path, path.with_extension("moved")).expect("ours");
            std::os::unix::fs::symlink(path.with_extension("moved"), path).expect("ours");
        });
    }

    #[test]
    fn a_blob_that_is_gone_is_a_miss() {
        check_damage(0, |path| fs::remove_file(path).expect("ours"));
    }

    #[test]
    fn a_touched_blob_with_its_bytes_is_checked_and_good() {
        let (_cache, store, digest) = damaged(|path| fs::write(path, b"hello").expect("ours"));
        assert!(!store.is_proven(&digest).expect("no error"));
        assert!(store.has(&digest).expect("no error"));
        assert!(store.is_proven(&digest).expect("no error"));
    }

    #[test]
    fn an_untouched_blob_is_not_read_again_by_the_next_process() {
        let cache = Cache::new();
        let digest = cache.store.put_bytes(b"hello").expect("room");
        assert!(cache.store.is_proven(&digest).expect("no error"));
        cache.store.save().expect("room");
        assert!(cache.again().is_proven(&digest).expect("no error"));
    }

    #[test]
    fn a_blob_is_read_only_and_its_file_is_taken() {
        let cache = Cache::new();
        let scratch = testing::write(&cache.outside("app"), b"app");
        testing::set_mode(&scratch, 0o755);
        let moved = cache.store.put_file(&scratch, Taking::Move).expect("room");
        assert_eq!(moved, Ingested { digest: Digest::of(b"app"), sha256: Sha256::of(b"app"), executable: true });
        assert!(!scratch.exists());
        assert_eq!(mode(&cache.store.layout().blob(moved.digest.hash())), 0o444);
    }

    #[test]
    fn a_copied_file_stays_as_it_is() {
        let cache = Cache::new();
        let source = testing::write(&cache.outside("lib"), b"lib");
        let copied = cache.store.put_file(&source, Taking::Copy).expect("room");
        assert!(!copied.executable);
        assert_eq!((fs::read(&source).expect("there"), mode(&source)), (b"lib".to_vec(), 0o644));
    }

    #[test]
    fn a_file_with_a_second_name_never_becomes_the_blob() {
        let cache = Cache::new();
        let source = testing::write(&cache.outside("a"), b"one");
        fs::hard_link(&source, cache.outside("b")).expect("the same file system");
        let digest = cache.store.put_file(&source, Taking::Move).expect("room").digest;
        fs::write(cache.outside("b"), b"two").expect("ours");
        assert_eq!(cache.store.read(&digest, 3).expect("no error").as_deref(), Some(&b"one"[..]));
        assert_eq!(cache.store.quarantined(), Vec::<Utf8PathBuf>::new());
    }

    #[test]
    fn only_regular_files_are_taken() {
        let cache = Cache::new();
        let file = testing::write(&cache.outside("a"), b"one");
        let link = cache.outside("link");
        std::os::unix::fs::symlink(&file, &link).expect("ours");
        let error = cache.store.put_file(&link, Taking::Move).expect_err("a link");
        assert_eq!(error.to_string(), format!("`{link}` is not a regular file"));
        let error = cache.store.put_file(&cache.outside("none"), Taking::Move).expect_err("nothing there");
        assert!(error.is_not_found());
    }

    #[test]
    fn a_blob_that_is_looked_into_is_checked_too() {
        let cache = Cache::new();
        let digest = cache.store.put_bytes(b"hello").expect("room");
        let size = |file: &File| file.metadata().map(|metadata| metadata.len());
        assert_eq!(cache.store.look(&digest, size).expect("no error"), Some((Sha256::of(b"hello"), 5)));
        assert_eq!(cache.store.look(&Digest::of(b"none"), size).expect("no error"), None);
        let (_cache, store, digest) = damaged(|path| fs::write(path, b"hellO").expect("ours"));
        assert_eq!(store.look(&digest, size).expect("a miss is no error"), None);
        assert_eq!(store.quarantined().len(), 1);
    }

    #[test]
    fn a_blob_over_the_limit_is_not_read() {
        let cache = Cache::new();
        let digest = cache.store.put_bytes(b"hello").expect("room");
        let error = cache.store.read(&digest, 4).expect_err("five bytes");
        assert_eq!(error.to_string(), format!("{digest} has 5 bytes, more than the 4 expected here"));
    }
}
