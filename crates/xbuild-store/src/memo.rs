//! Small answers that were expensive to get: what `go list` said, a decoded project.
//!
//! The key is the caller's and must cover everything that the answer depends on. A memo is disposable: whatever is
//! wrong with it, it is a miss.

use xbuild_content::Key;

use crate::disk;
use crate::error::StoreError;
use crate::sealed::{seal, unseal};
use crate::store::Store;

const KIND: &str = "memo 1";

impl Store {
    /// The answer kept under a key; `None` where there is none, or none that can be read whole.
    pub fn memo_get(&self, key: Key) -> Option<Vec<u8>> {
        let bytes = disk::read(&self.layout().memo(key)).ok()??;
        unseal(KIND, key, &bytes).map(<[u8]>::to_vec)
    }

    /// Keeps an answer; a newer one replaces it.
    pub fn memo_put(&self, key: Key, answer: &[u8]) -> Result<(), StoreError> {
        disk::replace(&self.layout().tmp(), &self.layout().memo(key), &seal(KIND, key, answer))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Cache, key};

    #[test]
    fn an_answer_comes_back_until_its_file_is_touched() {
        let cache = Cache::new();
        assert_eq!(cache.store.memo_get(key("a")), None);
        cache.store.memo_put(key("a"), b"old").expect("room");
        cache.store.memo_put(key("a"), b"new").expect("room");
        assert_eq!(cache.store.memo_get(key("a")).as_deref(), Some(&b"new"[..]));

        let path = cache.store.layout().memo(key("a"));
        let bytes = std::fs::read(&path).expect("there");
        std::fs::write(&path, &bytes[..bytes.len() - 1]).expect("ours");
        assert_eq!(cache.store.memo_get(key("a")), None);
        assert_eq!(cache.files("v1/tmp"), Vec::<String>::new());
    }
}
