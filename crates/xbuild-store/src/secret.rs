//! This machine's own key, under which secrets are hashed.
//!
//! A plain hash of a short secret can be guessed; one under a key that never leaves the machine cannot. Losing the key
//! costs rebuilds of the actions that read secrets, nothing else.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use camino::Utf8Path;

use crate::disk;
use crate::error::{StoreError, at};
use crate::guard::Lock;
use crate::store::Store;

impl Store {
    /// The key, made at the first call on this machine. The file has mode 0600.
    pub fn secret_key(&self) -> Result<[u8; 32], StoreError> {
        let path = self.layout().secret();
        if let Some(key) = read_key(&path)? {
            return Ok(key);
        }
        let _lock = Lock::acquire(&self.layout().lease("secret"))?;
        match read_key(&path)? {
            Some(key) => Ok(key),
            None => make_key(&self.layout().tmp(), &path),
        }
    }
}

/// The key as it stands; `None` where there is none or it has another length.
fn read_key(path: &Utf8Path) -> Result<Option<[u8; 32]>, StoreError> {
    Ok(disk::read(path)?.and_then(|bytes| bytes.try_into().ok()))
}

fn make_key(tmp: &Utf8Path, path: &Utf8Path) -> Result<[u8; 32], StoreError> {
    let key = disk::random(path)?;
    let fresh = tmp.join(disk::random_name(tmp)?);
    write_private(&fresh, &key).and_then(|()| disk::rename(&fresh, path)).inspect_err(|_| {
        let _ = fs::remove_file(&fresh);
    })?;
    Ok(key)
}

/// Writes a file that nobody else can ever read, also not before its mode is set.
fn write_private(path: &Utf8Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path).map_err(at("create", path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at("write", path))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Cache, mode};

    #[test]
    fn the_key_is_made_once_and_is_private() {
        let cache = Cache::new();
        let key = cache.store.secret_key().expect("room");
        assert_eq!(cache.store.secret_key().expect("room"), key);
        assert_eq!(mode(&cache.path("v1/secret")), 0o600);
        assert_ne!(Cache::new().store.secret_key().expect("room"), key);
    }

    #[test]
    fn a_cut_key_is_replaced() {
        let cache = Cache::new();
        cache.write("v1/secret", b"short");
        let key = cache.store.secret_key().expect("room");
        assert_eq!(cache.store.secret_key().expect("room"), key);
    }

    #[test]
    fn threads_agree_on_the_key() {
        let cache = Cache::new();
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let ask = || cache.store.secret_key().expect("room");
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }
}
