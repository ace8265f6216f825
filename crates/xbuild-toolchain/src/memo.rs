//! What was learned once and need not be asked again: the door to whatever keeps it.

use xbuild_content::Key;
use xbuild_store::Store;

/// Keeps small answers under the key of everything they depend on. Losing one costs time, never correctness.
pub trait Memo: Sync {
    /// The answer that was kept under this key.
    fn get(&self, key: &Key) -> Option<Vec<u8>>;

    /// Keeps an answer. A store that cannot is silent about it.
    fn put(&self, key: &Key, answer: &[u8]);
}

/// Remembers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMemo;

impl Memo for NoMemo {
    fn get(&self, _: &Key) -> Option<Vec<u8>> {
        None
    }

    fn put(&self, _: &Key, _: &[u8]) {}
}

impl Memo for Store {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        self.memo_get(*key)
    }

    fn put(&self, key: &Key, answer: &[u8]) {
        // An answer that is not kept is asked for again.
        let _ = self.memo_put(*key, answer);
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A memo that lives as long as a test.

    use std::collections::HashMap;
    use std::sync::Mutex;

    use super::*;

    /// Keeps everything in memory.
    #[derive(Debug, Default)]
    pub(crate) struct MapMemo(Mutex<HashMap<Key, Vec<u8>>>);

    impl Memo for MapMemo {
        fn get(&self, key: &Key) -> Option<Vec<u8>> {
            self.0.lock().expect("no panic elsewhere").get(key).cloned()
        }

        fn put(&self, key: &Key, answer: &[u8]) {
            self.0.lock().expect("no panic elsewhere").insert(*key, answer.to_vec());
        }
    }
}
