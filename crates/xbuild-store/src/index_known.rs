//! The entries of an index in memory: those of the file as the bytes they were read as, and those of this run beside
//! them.
//!
//! A run usually asks for every entry once and changes few, so loading must not cost an allocation for each: the file's
//! bytes are kept, and a table says where each path's last entry begins. Unaware of files; [`crate::index`] reads and
//! writes them.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use crate::index_format::{Entries, Entry, HEADER, write_entry};

/// Everything that is known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    bytes: Vec<u8>,
    /// Where the last entry of a path begins in `bytes`, by the path's hash. Of two paths with one hash the later
    /// wins, and the other's file is read again.
    places: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    fresh: HashMap<Box<str>, Entry>,
    /// The paths among the fresh whose entries are not in the file.
    unsaved: Vec<Box<str>>,
    /// How many entries of the file no longer count.
    outdated: usize,
    /// Whether the file was read to its end, so that it can be appended to.
    whole: bool,
}

impl Known {
    /// Takes a file's bytes as far as they are whole.
    pub(crate) fn read(bytes: Vec<u8>) -> Self {
        let mut known = Self::default();
        let Some(mut entries) = Entries::of(&bytes) else { return known };
        // An entry is seldom shorter than this many bytes.
        known.places.reserve(bytes.len() / 128);
        let mut place = bytes.len() - entries.left();
        while let Some((path, _)) = entries.next() {
            let old = known.places.insert(hash(path), place);
            known.outdated += usize::from(old.is_some());
            place = bytes.len() - entries.left();
        }
        known.whole = entries.left() == 0;
        known.bytes = bytes;
        known
    }

    /// What is known about the file at a path.
    pub(crate) fn get(&self, path: &str) -> Option<Entry> {
        self.fresh.get(path).copied().or_else(|| self.read_entry(path))
    }

    fn read_entry(&self, path: &str) -> Option<Entry> {
        let (found, entry) = self.entry_at(*self.places.get(&hash(path))?)?;
        (found == path).then_some(entry)
    }

    fn entry_at(&self, place: usize) -> Option<(&str, Entry)> {
        Entries::at(self.bytes.get(place..)?).next()
    }

    /// Learns about a file. What is known already is no news.
    pub(crate) fn insert(&mut self, path: &str, entry: Entry) {
        let old = self.get(path);
        if old == Some(entry) {
            return;
        }
        self.outdated += usize::from(old.is_some());
        self.fresh.insert(path.into(), entry);
        self.unsaved.push(path.into());
    }

    /// Whether the file on disk says all this.
    pub(crate) fn is_saved(&self) -> bool {
        self.unsaved.is_empty() && (self.whole || (self.places.is_empty() && self.fresh.is_empty()))
    }

    /// Whether appending is enough: the file is whole, and at least half of it counts.
    pub(crate) fn is_tidy(&self) -> bool {
        let new = self.fresh.keys().filter(|path| !self.places.contains_key(&hash(path))).count();
        self.whole && self.outdated * 2 <= self.places.len() + new
    }

    /// What has to be appended to the file.
    pub(crate) fn news(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for path in &self.unsaved {
            self.fresh.get(path).inspect(|entry| write_entry(&mut bytes, path, entry));
        }
        bytes
    }

    /// The news were appended.
    pub(crate) fn saved(&mut self) {
        self.unsaved.clear();
    }

    /// The file can no longer be appended to.
    pub(crate) fn distrust_file(&mut self) {
        self.whole = false;
    }

    /// A whole file: one entry for each path that is to be kept.
    pub(crate) fn anew(&self, keep: impl Fn(&str) -> bool) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        let old = self.places.values().filter_map(|place| self.entry_at(*place));
        let old = old.filter(|(path, _)| !self.fresh.contains_key(*path));
        let fresh = self.fresh.iter().map(|(path, entry)| (&**path, *entry));
        for (path, entry) in old.chain(fresh).filter(|(path, _)| keep(path)) {
            write_entry(&mut bytes, path, &entry);
        }
        bytes
    }
}

fn hash(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

/// A number that is a hash already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use xbuild_content::Digest;

    use super::*;
    use crate::stat::{Moment, Stat};

    fn entry(number: u8) -> Entry {
        let stat = Stat { size: 1, mtime: Moment(1), ctime: Moment(1), inode: 1, executable: false };
        Entry::new(stat, Digest::of(&[number]), None)
    }

    proptest! {
        #[test]
        fn however_it_is_saved_the_last_entry_of_a_path_counts(
            edits in prop::collection::vec((0u8..6, 0u8..4, 0u8..3), 0..40),
        ) {
            let (mut known, mut file) = (Known::default(), Vec::new());
            let mut expect = HashMap::new();
            for (path, number, save) in edits {
                known.insert(&path.to_string(), entry(number));
                expect.insert(path, entry(number));
                if save == 0 && known.is_tidy() {
                    file.extend(known.news());
                    known.saved();
                } else if save == 1 {
                    file = known.anew(|_| true);
                    known = Known::read(file.clone());
                }
            }
            file = if known.is_tidy() { [file, known.news()].concat() } else { known.anew(|_| true) };
            let read = Known::read(file);
            prop_assert!(read.is_saved());
            for path in 0..6u8 {
                prop_assert_eq!(read.get(&path.to_string()), expect.get(&path).copied());
                prop_assert_eq!(known.get(&path.to_string()), expect.get(&path).copied());
            }
        }
    }

    #[test]
    fn what_is_known_already_is_no_news() {
        let mut known = Known::default();
        known.insert("a", entry(1));
        let mut read = Known::read(known.anew(|_| true));
        read.insert("a", entry(1));
        assert!(read.is_saved());
        assert_eq!(read.news(), b"");
    }
}
