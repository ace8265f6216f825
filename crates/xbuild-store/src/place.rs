//! Puts blobs where users and actions want them.
//!
//! Into a user's folder: every blob is found and checked first, then copied (by reflink where the file system can) to
//! a sibling folder named `.xbuild-…`, then renamed over the old file. An output that is still what was written is
//! left alone. A blob is never hard-linked: a user who edits an output must not edit the store. The siblings of a
//! process that died carry a free lock and are swept by the next build.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Digest, Sha256};

use crate::disk;
use crate::error::{StoreError, at};
use crate::guard::Lock;
use crate::stat::{Moment, Stat};
use crate::store::Store;

/// How the siblings are named: this and 32 hexadecimal digits.
const SIBLING: &str = ".xbuild-";
/// The lock inside of a sibling.
const LOCK: &str = "lock";

/// A blob, and where it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Its bytes.
    pub digest: Digest,
    /// Their SHA-256, where it is known: then nobody has to read the file for it.
    pub sha256: Option<Sha256>,
    /// The file's path; folders above it are made.
    pub dest: Utf8PathBuf,
    /// Mode 0755 instead of 0644.
    pub executable: bool,
}

/// What came of putting blobs at paths.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "blobs may be missing"]
pub enum Materialized {
    /// Every file is there.
    Done {
        /// How many were written.
        written: usize,
        /// How many were right already and left alone.
        kept: usize,
    },
    /// These blobs are missing or bad, and no file was touched.
    Missing(Vec<Digest>),
}

impl Store {
    /// Whether the file at a path is still these bytes, by the index; a file of the right size that the index does not
    /// know is read once. A link is not.
    pub fn is_current(&self, dest: &Utf8Path, digest: &Digest, executable: bool) -> Result<bool, StoreError> {
        let Some(metadata) = disk::look(dest)? else { return Ok(false) };
        if !metadata.is_file() || metadata.len() != digest.size() || Stat::of(&metadata).executable != executable {
            return Ok(false);
        }
        match self.files().digest(dest) {
            Err(error) if error.is_not_found() => Ok(false),
            Err(StoreError::Changing { .. }) => Ok(false),
            found => Ok(found?.digest == *digest),
        }
    }

    /// Copies a blob to a path where nothing stands yet, such as in an action's tree; false for a miss. Neither atomic
    /// nor remembered: for folders that nobody else looks at.
    pub fn stage(&self, digest: &Digest, dest: &Utf8Path, executable: bool) -> Result<bool, StoreError> {
        let Some(blob) = self.good_blob(digest)? else { return Ok(false) };
        disk::make_folder(dest.parent().unwrap_or(dest))?;
        clone_file(&blob, dest, executable)?;
        Ok(true)
    }

    pub(crate) fn place_all(&self, placements: &[Placement]) -> Result<Materialized, StoreError> {
        let mut wanted = Vec::new();
        for placement in placements {
            if !self.is_current(&placement.dest, &placement.digest, placement.executable)? {
                wanted.push(placement);
            }
        }
        let mut blobs = Vec::new();
        let mut missing = Vec::new();
        for placement in &wanted {
            match self.good_blob(&placement.digest)? {
                Some(blob) => blobs.push(blob),
                None => missing.push(placement.digest),
            }
        }
        if !missing.is_empty() {
            return Ok(Materialized::Missing(missing));
        }
        self.replace_all(&wanted, &blobs)?;
        Ok(Materialized::Done { written: wanted.len(), kept: placements.len() - wanted.len() })
    }

    /// Copies everything before it renames anything.
    fn replace_all(&self, placements: &[&Placement], blobs: &[Utf8PathBuf]) -> Result<(), StoreError> {
        let mut siblings: BTreeMap<&Utf8Path, Sibling> = BTreeMap::new();
        let mut fresh = Vec::new();
        for (count, (placement, blob)) in placements.iter().zip(blobs).enumerate() {
            let folder = placement.dest.parent().unwrap_or(Utf8Path::new("."));
            if !siblings.contains_key(folder) {
                siblings.insert(folder, Sibling::make(folder)?);
            }
            let path = siblings[folder].path.join(count.to_string());
            copy_fresh(blob, &path, placement.executable)?;
            fresh.push(path);
        }
        placements.iter().zip(&fresh).try_for_each(|(placement, fresh)| self.replace(placement, fresh))
    }

    /// Renames a copy over the old file and remembers it.
    fn replace(&self, placement: &Placement, fresh: &Utf8Path) -> Result<(), StoreError> {
        let dest = &placement.dest;
        let before = Stat::of(&fs::symlink_metadata(fresh).map_err(at("stat", fresh))?);
        fs::rename(fresh, dest).map_err(at("write", dest))?;
        let looked = Moment::now();
        let Some(after) = disk::look(dest)?.map(|metadata| Stat::of(&metadata)) else { return Ok(()) };
        // Renaming changes the ctime; anything else means that another process was here.
        let ours = after == Stat { ctime: after.ctime, ..before } && after.size == placement.digest.size();
        if ours && after.is_settled_by_mtime(looked) {
            self.files().remember_both(&disk::absolute(dest)?, after, placement.digest, placement.sha256);
        }
        Ok(())
    }
}

/// Copies a file, by reflink where the file system can, to a path where nothing stands yet, with mode 0644 or 0755
/// whatever the umask. A copy that fails leaves nothing.
pub fn clone_file(from: &Utf8Path, to: &Utf8Path, executable: bool) -> Result<(), StoreError> {
    copy_bytes(from, to)?;
    disk::set_mode(to, if executable { 0o755 } else { 0o644 })
}

/// The bytes only; the mode is for the caller to set.
pub(crate) fn copy_bytes(from: &Utf8Path, to: &Utf8Path) -> Result<(), StoreError> {
    if disk::look(to)?.is_some() {
        return Err(StoreError::new("create", to, io::ErrorKind::AlreadyExists.into()));
    }
    reflink_copy::reflink_or_copy(from, to).map(drop).map_err(|error| {
        // The copy's error is the one to tell.
        let _ = fs::remove_file(to);
        StoreError::new("copy to", to, error)
    })
}

/// A copy whose mtime lies a blink back, so that the index can trust its stat at once.
fn copy_fresh(from: &Utf8Path, to: &Utf8Path, executable: bool) -> Result<(), StoreError> {
    clone_file(from, to, executable)?;
    let stamp = || File::open(to)?.set_modified(Moment::just_settled());
    stamp().map_err(at("set the time of", to))
}

/// A folder beside the files that are to be replaced, so that a rename moves no bytes.
struct Sibling {
    path: Utf8PathBuf,
    _lock: Lock,
}

impl Sibling {
    fn make(folder: &Utf8Path) -> Result<Self, StoreError> {
        disk::make_folder(folder)?;
        loop {
            let path = folder.join(format!("{SIBLING}{}", disk::random_name(folder)?));
            fs::create_dir(&path).map_err(at("create", &path))?;
            match Lock::try_acquire(&path.join(LOCK)) {
                Ok(Some(lock)) => return Ok(Self { path, _lock: lock }),
                // A sweep came between the folder and its lock.
                Ok(None) => {}
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Sibling {
    fn drop(&mut self) {
        // What stays is swept by the next build.
        let _ = disk::remove_tree(&self.path);
    }
}

/// Removes what processes that died left beside the files in a folder, and says how many such siblings that were.
/// Those of living processes, and anything that is named otherwise, are left alone.
pub fn sweep_siblings(folder: &Utf8Path) -> Result<usize, StoreError> {
    let mut swept = 0;
    for name in disk::names(folder)?.iter().filter(|name| is_sibling(name)) {
        let path = folder.join(name);
        let lock = Lock::try_acquire(&path.join(LOCK));
        let stale = matches!(lock, Ok(Some(_)));
        // One that cannot be removed hinders nobody.
        swept += usize::from(stale && disk::remove_tree(&path).is_ok());
    }
    Ok(swept)
}

fn is_sibling(name: &str) -> bool {
    name.strip_prefix(SIBLING).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::blobs::Cas;
    use crate::testing::{self, Cache, mode};

    fn placement(cache: &Cache, bytes: &[u8], dest: &str, executable: bool) -> Placement {
        let digest = cache.store.put_bytes(bytes).expect("room");
        Placement { digest, sha256: None, dest: cache.outside(dest), executable }
    }

    fn done(written: usize, kept: usize) -> Materialized {
        Materialized::Done { written, kept }
    }

    #[test]
    fn outputs_have_their_bytes_and_modes() {
        let cache = Cache::new();
        let app = placement(&cache, b"app", "dist/linux/app", true);
        let text = placement(&cache, b"text", "dist/README", false);
        let all = [app.clone(), text.clone()];
        assert_eq!(cache.store.materialize(&all).expect("room"), done(2, 0));
        assert_eq!((fs::read(&app.dest).expect("there"), mode(&app.dest)), (b"app".to_vec(), 0o755));
        assert_eq!((fs::read(&text.dest).expect("there"), mode(&text.dest)), (b"text".to_vec(), 0o644));
        assert_eq!(testing::files(&cache.outside("dist")), ["README", "linux/app"]);
    }

    #[test]
    fn an_output_is_no_second_name_of_its_blob() {
        let cache = Cache::new();
        let app = placement(&cache, b"app", "app", true);
        assert_eq!(cache.store.materialize(std::slice::from_ref(&app)).expect("room"), done(1, 0));
        assert_eq!(fs::metadata(&app.dest).expect("there").nlink(), 1);
        fs::write(&app.dest, b"APP").expect("the user may write it");
        assert!(cache.store.has(&app.digest).expect("no error"));
    }

    #[test]
    fn the_sha256_that_came_with_an_output_is_remembered() {
        let cache = Cache::new();
        let app = Placement { sha256: Some(Sha256::of(b"app")), ..placement(&cache, b"app", "app", true) };
        assert_eq!(cache.store.materialize(std::slice::from_ref(&app)).expect("room"), done(1, 0));
        let stat = Stat::of(&fs::metadata(&app.dest).expect("there"));
        let entry = cache.store.files().find(&app.dest, &stat).expect("known");
        assert_eq!((entry.digest(), entry.sha256()), (app.digest, app.sha256));
    }

    #[test]
    fn an_output_that_is_right_is_left_alone_also_by_the_next_process() {
        let cache = Cache::new();
        let all = [placement(&cache, b"app", "app", true)];
        assert_eq!(cache.store.materialize(&all).expect("room"), done(1, 0));
        let before = fs::metadata(&all[0].dest).expect("there");
        cache.store.save().expect("room");
        let next = cache.again();
        let stat = Stat::of(&before);
        assert!(next.files().find(&all[0].dest, &stat).is_some(), "known without reading it");
        assert_eq!(next.materialize(&all).expect("room"), done(0, 1));
        assert_eq!(Stat::of(&fs::metadata(&all[0].dest).expect("there")), stat);
    }

    /// Changes an output behind our back and asks for it again.
    fn check_changed(change: impl Fn(&Utf8Path)) {
        let cache = Cache::new();
        let all = [placement(&cache, b"app", "app", true)];
        assert_eq!(cache.store.materialize(&all).expect("room"), done(1, 0));
        change(&all[0].dest);
        assert!(!cache.store.is_current(&all[0].dest, &all[0].digest, true).expect("no error"));
        assert_eq!(cache.store.materialize(&all).expect("room"), done(1, 0));
        let metadata = fs::symlink_metadata(&all[0].dest).expect("there");
        assert!(metadata.is_file());
        assert_eq!((fs::read(&all[0].dest).expect("there"), mode(&all[0].dest)), (b"app".to_vec(), 0o755));
    }

    #[test]
    fn a_changed_output_is_replaced() {
        check_changed(|dest| fs::write(dest, b"APP").expect("ours"));
        check_changed(|dest| fs::write(dest, b"").expect("ours"));
        check_changed(|dest| testing::set_mode(dest, 0o644));
        check_changed(|dest| fs::remove_file(dest).expect("ours"));
        check_changed(|dest| {
            fs::rename(dest, dest.with_extension("real")).expect("ours");
            std::os::unix::fs::symlink(dest.with_extension("real"), dest).expect("ours");
        });
    }

    #[test]
    fn an_output_that_the_index_does_not_know_is_read_and_kept() {
        let cache = Cache::new();
        let all = [placement(&cache, b"app", "app", false)];
        testing::write(&all[0].dest, b"app");
        assert_eq!(cache.store.materialize(&all).expect("room"), done(0, 1));
    }

    #[test]
    fn no_old_output_is_touched_when_a_blob_is_missing() {
        let cache = Cache::new();
        let good = placement(&cache, b"new", "dist/good", false);
        let gone = Placement { digest: Digest::of(b"gone"), ..placement(&cache, b"", "dist/gone", false) };
        let bad = placement(&cache, b"bad", "dist/bad", false);
        let blob = cache.store.layout().blob(bad.digest.hash());
        testing::set_mode(&blob, 0o644);
        fs::write(&blob, b"BAD").expect("ours");
        let old = [&good, &gone, &bad].map(|placement| testing::write(&placement.dest, b"old"));
        let missing = Materialized::Missing(vec![gone.digest, bad.digest]);
        assert_eq!(cache.store.materialize(&[good, gone, bad]).expect("a miss is no error"), missing);
        old.iter().for_each(|path| assert_eq!(fs::read(path).expect("there"), b"old"));
        assert_eq!(testing::files(&cache.outside("dist")), ["bad", "gone", "good"]);
    }

    #[test]
    fn a_folder_in_the_way_is_an_error_that_names_it_and_leaves_no_sibling() {
        let cache = Cache::new();
        let app = placement(&cache, b"app", "dist/app", true);
        testing::write(&app.dest.join("inside"), b"");
        let error = cache.store.materialize(std::slice::from_ref(&app)).expect_err("a folder");
        assert_eq!(error.to_string(), format!("cannot write `{}`", app.dest));
        assert_eq!(testing::files(&cache.outside("dist")), ["app/inside"]);
    }

    #[test]
    fn staging_fills_a_fresh_path_only() {
        let cache = Cache::new();
        let digest = cache.store.put_bytes(b"dep").expect("room");
        let dest = cache.outside("tree/gen/dep");
        assert!(cache.store.stage(&digest, &dest, false).expect("room"));
        assert_eq!(fs::read(&dest).expect("there"), b"dep");
        assert!(!cache.store.stage(&Digest::of(b"gone"), &cache.outside("tree/gone"), false).expect("a miss"));
        let error = cache.store.stage(&digest, &dest, false).expect_err("taken");
        assert_eq!(error.to_string(), format!("cannot create `{dest}`"));
    }

    #[test]
    fn only_the_siblings_of_the_dead_are_swept() {
        let cache = Cache::new();
        let folder = cache.outside("dist");
        let alive = Sibling::make(&folder).expect("room");
        testing::write(&folder.join(format!("{SIBLING}{}/0", "0".repeat(32))), b"half");
        testing::write(&folder.join(format!("{SIBLING}{}/lock", "1".repeat(32))), b"");
        testing::write(&folder.join(".xbuild-notes/mine"), b"the user's");
        assert_eq!(sweep_siblings(&folder).expect("no error"), 2);
        assert!(alive.path.exists());
        drop(alive);
        assert_eq!(testing::files(&folder), [".xbuild-notes/mine"]);
        assert_eq!(sweep_siblings(&cache.outside("none")).expect("no error"), 0);
    }
}
