//! Which bytes a file holds, without reading it again.
//!
//! The problem: a build with nothing changed has to know the digests of tens of thousands of files in milliseconds. An
//! entry holds a file's stat and digest; while the stat is the same, so is the digest (see [`crate::stat`] for the one
//! gap and how it is closed). An index is disposable: whatever is wrong with it costs time only. Hashing many files
//! at once is the caller's business; the index may be asked from any number of threads.
//!
//! On disk it is read in one go and appended to; it is written anew, by rename, when it was damaged or when more than
//! half of it is out of date. Of two processes that write anew the last one wins.

use std::fs::{self, File};
use std::io::{self, Write};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Digest, Sha256};

use crate::disk;
use crate::error::{StoreError, at};
use crate::hashing::{hash_open, hash_open_both};
use crate::index_format::Entry;
use crate::index_known::Known;
use crate::stat::{Moment, Stat};

/// How often a file that changes under the reader is read again.
const ATTEMPTS: usize = 3;

/// What a file is, as a tree entry needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDigest {
    /// Its bytes.
    pub digest: Digest,
    /// Whether its owner may execute it.
    pub executable: bool,
}

/// Digests of files by path and stat.
#[derive(Debug)]
pub struct FileIndex {
    path: Utf8PathBuf,
    tmp: Utf8PathBuf,
    known: OnceLock<RwLock<Known>>,
}

impl FileIndex {
    /// The index kept at `path`; it is read when it is first asked.
    pub(crate) fn new(path: Utf8PathBuf, tmp: Utf8PathBuf) -> Self {
        Self { path, tmp, known: OnceLock::new() }
    }

    /// The digest of the regular file at a path, links followed.
    ///
    /// # Errors
    /// [`StoreError::NotRegular`], [`StoreError::Changing`], or what the system says; see [`StoreError::is_not_found`].
    pub fn digest(&self, path: &Utf8Path) -> Result<FileDigest, StoreError> {
        let (path, stat) = look(path)?;
        if let Some(entry) = self.find(&path, &stat) {
            return Ok(file_digest(&entry));
        }
        let (stat, digest) = self.read_still(&path, hash_open, |digest| (*digest, None))?;
        Ok(FileDigest { digest, executable: stat.executable })
    }

    /// The same with the file's SHA-256, from the same read. An entry that lacks it is completed.
    pub fn digest_with_sha256(&self, path: &Utf8Path) -> Result<(FileDigest, Sha256), StoreError> {
        let (path, stat) = look(path)?;
        let known = self.find(&path, &stat).and_then(|entry| Some((file_digest(&entry), entry.sha256()?)));
        if let Some(known) = known {
            return Ok(known);
        }
        let (stat, (digest, sha256)) =
            self.read_still(&path, hash_open_both, |(digest, sha256)| (*digest, Some(*sha256)))?;
        Ok((FileDigest { digest, executable: stat.executable }, sha256))
    }

    /// Reads the file until its stat is the same before and after, and remembers what was read if that stat will show
    /// any later write.
    fn read_still<T>(
        &self,
        path: &Utf8Path,
        read: impl Fn(&Utf8Path, &File) -> Result<T, StoreError>,
        hashes: impl Fn(&T) -> (Digest, Option<Sha256>),
    ) -> Result<(Stat, T), StoreError> {
        for _ in 0..ATTEMPTS {
            let looked = Moment::now();
            let file = File::open(path).map_err(at("open", path))?;
            let before = stat_open(path, &file)?;
            let value = read(path, &file)?;
            let (digest, sha256) = hashes(&value);
            if stat_open(path, &file)? != before || digest.size() != before.size {
                continue;
            }
            if before.is_settled(looked) {
                self.insert(path, Entry::new(before, digest, sha256));
            }
            return Ok((before, value));
        }
        Err(StoreError::Changing { path: path.to_owned() })
    }

    /// What is known about the file at an absolute path, if it still has this stat.
    pub(crate) fn find(&self, path: &Utf8Path, stat: &Stat) -> Option<Entry> {
        self.read().get(path.as_str()).filter(|entry| entry.stat == *stat)
    }

    /// Remembers a file that this process wrote and whose bytes it knows. That its stat will show any later write is
    /// for the caller to know.
    pub(crate) fn remember(&self, path: &Utf8Path, stat: Stat, digest: Digest) {
        self.remember_both(path, stat, digest, None);
    }

    /// The same, with the SHA-256 where it is known too.
    pub(crate) fn remember_both(&self, path: &Utf8Path, stat: Stat, digest: Digest, sha256: Option<Sha256>) {
        self.insert(path, Entry::new(stat, digest, sha256));
    }

    fn insert(&self, path: &Utf8Path, entry: Entry) {
        self.write().insert(path.as_str(), entry);
    }

    /// Writes what is new to disk. Nothing new: nothing is written.
    pub fn save(&self) -> Result<(), StoreError> {
        if self.known.get().is_none() {
            return Ok(());
        }
        let mut known = self.write();
        if known.is_saved() {
            return Ok(());
        }
        if known.is_tidy() {
            // Half an entry may stand at the end when an append fails.
            let appended = self.append(&known.news()).inspect_err(|_| known.distrust_file())?;
            if appended {
                known.saved();
                return Ok(());
            }
        }
        let bytes = known.anew(|path| fs::symlink_metadata(path).is_ok());
        disk::replace(&self.tmp, &self.path, &bytes)?;
        *known = Known::read(bytes);
        Ok(())
    }

    /// Appends in one write; false when the file is gone.
    fn append(&self, bytes: &[u8]) -> Result<bool, StoreError> {
        match File::options().append(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::new("open", &self.path, error)),
            Ok(mut file) => file.write_all(bytes).map(|()| true).map_err(at("write", &self.path)),
        }
    }

    /// Reads the file at the first call. One that cannot be read is an empty one.
    fn known(&self) -> &RwLock<Known> {
        let load = || Known::read(disk::read(&self.path).ok().flatten().unwrap_or_default());
        self.known.get_or_init(|| RwLock::new(load()))
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known().read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known().write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The absolute path and the stat of a regular file.
fn look(path: &Utf8Path) -> Result<(Utf8PathBuf, Stat), StoreError> {
    let metadata = fs::metadata(path).map_err(at("stat", path))?;
    if !metadata.is_file() {
        return Err(StoreError::NotRegular { path: path.to_owned() });
    }
    Ok((disk::absolute(path)?, Stat::of(&metadata)))
}

fn stat_open(path: &Utf8Path, file: &File) -> Result<Stat, StoreError> {
    Ok(Stat::of(&file.metadata().map_err(at("stat", path))?))
}

fn file_digest(entry: &Entry) -> FileDigest {
    FileDigest { digest: entry.digest(), executable: entry.stat.executable }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index_format::{Entries, HEADER};
    use crate::testing::{self, Cache};

    /// The paths in an index file, and whether the file is whole.
    fn load(path: &Utf8Path) -> (Vec<String>, bool) {
        let bytes = fs::read(path).expect("there");
        let mut entries = Entries::of(&bytes).expect("a header");
        let paths = entries.by_ref().map(|(path, _)| path.to_owned()).collect();
        (paths, entries.left() == 0)
    }

    /// A file that was written long before this test began, so that its stat is settled.
    fn old_file() -> Utf8PathBuf {
        Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
    }

    fn stat_of(path: &Utf8Path) -> Stat {
        Stat::of(&fs::metadata(path).expect("there"))
    }

    fn index(cache: &Cache) -> FileIndex {
        FileIndex::new(cache.path("v1/index/test"), cache.path("v1/tmp"))
    }

    /// The same index as the next process sees it.
    fn reopened(cache: &Cache) -> FileIndex {
        index(cache)
    }

    /// An index of files that exist, saved.
    fn saved(cache: &Cache, names: &[&str]) -> Vec<(Utf8PathBuf, Stat)> {
        let index = index(cache);
        let remember = |name: &&str| {
            let path = testing::write(&cache.outside(name), name.as_bytes());
            let stat = stat_of(&path);
            index.remember(&path, stat, Digest::of(name.as_bytes()));
            (path, stat)
        };
        let files = names.iter().map(remember).collect();
        index.save().expect("room");
        files
    }

    #[test]
    fn a_settled_file_is_read_once() {
        let cache = Cache::new();
        let (path, index) = (old_file(), index(&cache));
        let bytes = fs::read(&path).expect("there");
        let expect = FileDigest { digest: Digest::of(&bytes), executable: false };
        assert_eq!(index.digest(&path).expect("there"), expect);
        assert_eq!(index.find(&path, &stat_of(&path)).map(|entry| entry.sha256), Some(None));
        assert_eq!(index.digest_with_sha256(&path).expect("there"), (expect, Sha256::of(&bytes)));
        assert_eq!(index.find(&path, &stat_of(&path)).and_then(|entry| entry.sha256()), Some(Sha256::of(&bytes)));
        index.save().expect("room");

        let next = reopened(&cache);
        let wrong = Digest::of(b"what is remembered is not read again");
        next.remember(&path, stat_of(&path), Digest::new(wrong.hash(), expect.digest.size()));
        assert_eq!(next.digest(&path).expect("there").digest.hash(), wrong.hash());
    }

    #[test]
    fn the_next_process_knows_what_was_saved() {
        let cache = Cache::new();
        let files = saved(&cache, &["a", "b"]);
        let next = index(&cache);
        files.iter().for_each(|(path, stat)| assert!(next.find(path, stat).is_some()));
    }

    #[test]
    fn a_file_written_twice_in_one_tick_is_never_mistaken() {
        let cache = Cache::new();
        let index = index(&cache);
        for round in 0u32..300 {
            let bytes = round.to_le_bytes();
            let path = testing::write(&cache.outside("racy"), &bytes);
            assert_eq!(index.digest(&path).expect("there").digest, Digest::of(&bytes), "round {round}");
        }
    }

    #[test]
    fn any_change_of_the_stat_is_noticed() {
        let cache = Cache::new();
        let (path, index) = (testing::write(&cache.outside("a"), b"one"), index(&cache));
        let stat = stat_of(&path);
        let other = Moment(stat.mtime.0 - 1);
        let stale = [
            Stat { size: 4, ..stat },
            Stat { mtime: other, ..stat },
            Stat { ctime: other, ..stat },
            Stat { inode: stat.inode + 1, ..stat },
            Stat { executable: true, ..stat },
        ];
        for stale in stale {
            index.remember(&path, stale, Digest::of(b"old"));
            assert_eq!(index.digest(&path).expect("there").digest, Digest::of(b"one"), "{stale:?}");
        }
    }

    #[test]
    fn what_is_no_file_is_an_error_with_its_path() {
        let cache = Cache::new();
        let index = index(&cache);
        let error = index.digest(cache.store.root()).expect_err("a folder");
        assert_eq!(error.to_string(), format!("`{}` is not a regular file", cache.store.root()));
        assert!(index.digest(&cache.outside("none")).expect_err("nothing").is_not_found());
    }

    #[test]
    fn a_damaged_index_heals_at_the_next_save() {
        let cache = Cache::new();
        let files = saved(&cache, &["a", "b", "c"]);
        let path = cache.path("v1/index/test");
        let whole = fs::read(&path).expect("there");
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 0xff;
            for damaged in [&flipped[..], &whole[..place]] {
                fs::write(&path, damaged).expect("ours");
                let index = index(&cache);
                files
                    .iter()
                    .for_each(|(path, stat)| index.remember(path, *stat, Digest::new(index_hash(path), stat.size)));
                index.save().expect("room");
                let (mut paths, whole) = load(&path);
                paths.sort_unstable();
                paths.dedup();
                assert!(whole && paths.iter().eq(files.iter().map(|(path, _)| path)), "damaged at {place}");
            }
        }
    }

    fn index_hash(path: &Utf8Path) -> xbuild_content::Hash {
        xbuild_content::Hash::of(path.as_str().as_bytes())
    }

    #[test]
    fn little_news_is_appended_and_much_makes_the_file_anew() {
        let cache = Cache::new();
        let (path, stat) = saved(&cache, &["a"]).remove(0);
        let length = || fs::metadata(cache.path("v1/index/test")).expect("there").len();
        let one = length() - HEADER.len() as u64;
        let lengths: Vec<u64> = (1..=3u8)
            .map(|round| {
                let index = index(&cache);
                index.remember(&path, stat, Digest::new(xbuild_content::Hash::of(&[round]), stat.size));
                index.save().expect("room");
                (length() - HEADER.len() as u64) / one
            })
            .collect();
        assert_eq!(lengths, [1, 1, 1], "one file, half of whose entries would be out of date");

        let index = index(&cache);
        let fresh = testing::write(&cache.outside("fresh"), b"");
        index.remember(&fresh, stat_of(&fresh), Digest::of(b""));
        let before = fs::read(cache.path("v1/index/test")).expect("there");
        index.save().expect("room");
        let after = fs::read(cache.path("v1/index/test")).expect("there");
        assert!(after.starts_with(&before) && after.len() > before.len());
    }

    #[test]
    fn files_that_are_gone_are_forgotten_when_the_index_is_made_anew() {
        let cache = Cache::new();
        let files = saved(&cache, &["a", "b"]);
        fs::remove_file(&files[0].0).expect("ours");
        let path = cache.path("v1/index/test");
        let mut bytes = fs::read(&path).expect("there");
        bytes.push(0);
        fs::write(&path, bytes).expect("ours");
        let index = index(&cache);
        index.remember(&files[1].0, files[1].1, Digest::of(b"new"));
        index.save().expect("room");
        assert_eq!(load(&path), (vec![files[1].0.to_string()], true));
    }

    #[test]
    fn an_index_that_was_not_asked_is_not_written() {
        let cache = Cache::new();
        index(&cache).save().expect("nothing to do");
        assert_eq!(index(&cache).find(&old_file(), &stat_of(&old_file())), None);
        assert!(!cache.path("v1/index/test").exists());
    }
}
