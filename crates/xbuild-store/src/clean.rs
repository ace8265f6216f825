//! The texts in which nothing was found wrong, by key: what spares `check` reading the same text again.
//!
//! A key says everything that the verdict hangs on, so its presence is the answer and there is nothing else to store.
//! The file holds the newest few and is replaced as a whole. It can be lost or damaged without harm: a key that is not
//! found is a text that is read again. Two processes that write at once lose one key between them.
//!
//! What the keys are made of is the caller's business.

use camino::Utf8Path;
use xbuild_content::Key;

use crate::disk;
use crate::error::StoreError;
use crate::layout::Layout;
use crate::store::Store;

/// How many texts are remembered: 2 KiB, less than a page.
const MOST: usize = 64;

/// The length of a key in the file.
const WIDTH: usize = 32;

/// Whether the text of that key was found to be clean. Whatever keeps the cache from being read is a no.
pub fn is_clean(root: &Utf8Path, key: Key) -> bool {
    let file = Layout::new(root).index("clean");
    disk::read(&file)
        .ok()
        .flatten()
        .is_some_and(|bytes| bytes.chunks_exact(WIDTH).any(|known| known == key.hash().as_bytes()))
}

/// Remembers that the text of that key is clean, and makes the cache folder if need be.
///
/// # Errors
/// The path and the system's words, where the cache cannot be written.
pub fn remember_clean(root: &Utf8Path, key: Key) -> Result<(), StoreError> {
    let store = Store::open(root)?;
    let file = store.layout().index("clean");
    let known = disk::read(&file)?.unwrap_or_default();
    let newest = known.chunks_exact(WIDTH).filter(|known| *known != key.hash().as_bytes()).take(MOST - 1);
    let bytes: Vec<u8> = key.hash().as_bytes().iter().chain(newest.flatten()).copied().collect();
    disk::replace(&store.layout().tmp(), &file, &bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use xbuild_content::Digest;

    use super::*;
    use crate::testing::Cache;

    fn key(text: &str) -> Key {
        Key::from_hash(Digest::of(text.as_bytes()).hash())
    }

    #[test]
    fn only_what_was_remembered_is_clean() {
        let cache = Cache::new();
        assert!(!is_clean(cache.store.root(), key("a")));
        remember_clean(cache.store.root(), key("a")).expect("room");
        assert!(is_clean(cache.store.root(), key("a")));
        assert!(!is_clean(cache.store.root(), key("b")));
    }

    #[test]
    fn the_newest_texts_stay() {
        let cache = Cache::new();
        for number in 0..=MOST {
            remember_clean(cache.store.root(), key(&number.to_string())).expect("room");
        }
        assert!(!is_clean(cache.store.root(), key("0")));
        assert!((1..=MOST).all(|number| is_clean(cache.store.root(), key(&number.to_string()))));
        assert_eq!(fs::read(cache.path("v1/index/clean")).expect("there").len(), MOST * WIDTH);
    }

    #[test]
    fn damage_is_forgetting() {
        let cache = Cache::new();
        remember_clean(cache.store.root(), key("a")).expect("room");
        fs::write(cache.path("v1/index/clean"), "short").expect("ours");
        assert!(!is_clean(cache.store.root(), key("a")));
        remember_clean(cache.store.root(), key("a")).expect("room");
        assert!(is_clean(cache.store.root(), key("a")));
    }
}
