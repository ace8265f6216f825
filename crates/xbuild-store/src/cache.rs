//! Results by action key: what an action cache can do, and the one on this machine.

use xbuild_content::{Field, Key};

use crate::disk;
use crate::error::StoreError;
use crate::record::{Record, unseal_explanation, unseal_record};
use crate::store::Store;

/// Keeps the record of an action under the action's key. A record is a claim: the blobs that it names may be missing
/// or bad, which the [`Cas`](crate::Cas) finds out.
pub trait ActionCache: Send + Sync {
    /// The record; `None` for a miss.
    fn record(&self, key: Key) -> Result<Option<Record>, StoreError>;

    /// Keeps a record under its key, replacing an older one. Its blobs must be in the CAS already.
    fn put_record(&self, record: &Record) -> Result<(), StoreError>;
}

impl ActionCache for Store {
    /// A record that cannot be read whole is moved to `quarantine/` and is a miss.
    fn record(&self, key: Key) -> Result<Option<Record>, StoreError> {
        let path = self.layout().record(key);
        let Some(bytes) = disk::read(&path)? else { return Ok(None) };
        let record = unseal_record(key, &bytes);
        if record.is_none() {
            self.quarantine(&path)?;
        }
        Ok(record)
    }

    /// Without an explanation. [`Publication::commit`](crate::Publication::commit) is for actions that ran here.
    fn put_record(&self, record: &Record) -> Result<(), StoreError> {
        self.publish()?.commit(record, &[])
    }
}

impl Store {
    /// What the key of a record was made of, for "why was it rebuilt"; `None` where it was not kept or is damaged.
    pub fn explanation(&self, key: Key) -> Option<Vec<Field>> {
        let bytes = disk::read(&self.layout().explanation(key)).ok()??;
        unseal_explanation(key, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use xbuild_content::{RelPath, TreeEntry};

    use super::*;
    use crate::testing::{Cache, key};

    fn record() -> Record {
        let mut record = Record::new(key("a"));
        let link = TreeEntry::Symlink { target: "app".to_owned() };
        record.outputs.insert(RelPath::new("bin/link").expect("a path"), link).expect("the first");
        record.extra.insert("elapsed_ms".to_owned(), "12".to_owned());
        record
    }

    #[test]
    fn a_record_comes_back_as_it_was_put() {
        let cache = Cache::new();
        assert_eq!(cache.store.record(key("a")).expect("no error"), None);
        cache.store.put_record(&record()).expect("room");
        assert_eq!(cache.again().record(key("a")).expect("no error"), Some(record()));
        assert_eq!(cache.store.record(key("b")).expect("no error"), None);
    }

    #[test]
    fn an_explanation_is_kept_beside_the_record() {
        let cache = Cache::new();
        let field = Field { path: "env/GOARM".to_owned(), value: "6\n".to_owned() };
        cache.store.publish().expect("room").commit(&record(), std::slice::from_ref(&field)).expect("room");
        assert_eq!(cache.store.explanation(key("a")), Some(vec![field]));
        assert_eq!(cache.store.explanation(key("b")), None);
    }

    #[test]
    fn a_damaged_record_is_a_miss_and_lies_in_quarantine() {
        let cache = Cache::new();
        cache.store.put_record(&record()).expect("room");
        let path = cache.store.layout().record(key("a"));
        let mut bytes = std::fs::read(&path).expect("there");
        bytes[70] ^= 1;
        std::fs::write(&path, bytes).expect("ours");
        assert_eq!(cache.store.record(key("a")).expect("a miss is no error"), None);
        assert_eq!(cache.store.quarantined().len(), 1);
        assert!(!path.exists());
    }

    #[test]
    fn a_record_under_another_key_is_no_answer() {
        let cache = Cache::new();
        cache.store.put_record(&record()).expect("room");
        let other = cache.store.layout().record(key("b"));
        std::fs::create_dir_all(other.parent().expect("a folder")).expect("ours");
        std::fs::copy(cache.store.layout().record(key("a")), other).expect("ours");
        assert_eq!(cache.store.record(key("b")).expect("a miss is no error"), None);
    }
}
