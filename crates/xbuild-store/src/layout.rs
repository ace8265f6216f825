//! Where everything lies below the cache folder. Pure: it names paths and touches none.
//!
//! The format's version is the folder's name (`v1`): another format is another folder, so nothing is ever migrated.

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Hash, Key};

/// The paths of one cache folder.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: Utf8PathBuf,
    v1: Utf8PathBuf,
}

/// The folders below `v1/`.
pub(crate) const FOLDERS: [&str; 8] = ["cas", "ac", "memo", "cells", "index", "lease", "tmp", "quarantine"];

impl Layout {
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self { root: root.to_owned(), v1: root.join("v1") }
    }

    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    pub(crate) fn folder(&self, name: &str) -> Utf8PathBuf {
        self.v1.join(name)
    }

    pub(crate) fn work(&self) -> Utf8PathBuf {
        self.root.join("work")
    }

    pub(crate) fn tag(&self) -> Utf8PathBuf {
        self.root.join("CACHEDIR.TAG")
    }

    pub(crate) fn secret(&self) -> Utf8PathBuf {
        self.v1.join("secret")
    }

    pub(crate) fn blob(&self, hash: Hash) -> Utf8PathBuf {
        self.fanned("cas", hash, "")
    }

    pub(crate) fn record(&self, key: Key) -> Utf8PathBuf {
        self.fanned("ac", key.hash(), "")
    }

    pub(crate) fn explanation(&self, key: Key) -> Utf8PathBuf {
        self.fanned("ac", key.hash(), ".why")
    }

    pub(crate) fn memo(&self, key: Key) -> Utf8PathBuf {
        self.fanned("memo", key.hash(), "")
    }

    pub(crate) fn index(&self, name: &str) -> Utf8PathBuf {
        self.v1.join("index").join(name)
    }

    pub(crate) fn lease(&self, name: &str) -> Utf8PathBuf {
        self.v1.join("lease").join(name)
    }

    pub(crate) fn tmp(&self) -> Utf8PathBuf {
        self.v1.join("tmp")
    }

    pub(crate) fn cell(&self, name: &str) -> Utf8PathBuf {
        self.v1.join("cells").join(name)
    }

    /// `FOLDER/HH/REST`: two digits of fan-out keep folders small on every file system.
    fn fanned(&self, folder: &str, hash: Hash, suffix: &str) -> Utf8PathBuf {
        let hex = hash.to_hex();
        let (fan, rest) = hex.split_at(2);
        self.v1.join(folder).join(fan).join(format!("{rest}{suffix}"))
    }
}

/// A name as a file may carry it on every system: letters, digits, `.`, `_` and `-`, at most 80 of them, no `.` first.
pub(crate) fn safe_name(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let safe: String = name.chars().take(80).map(kept).collect();
    if safe.is_empty() || safe.starts_with('.') { format!("_{safe}") } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_fan_out_by_two_digits() {
        let path = Layout::new(Utf8Path::new("/c")).blob(Hash::from_bytes([0xab; 32]));
        assert_eq!(path, Utf8PathBuf::from(format!("/c/v1/cas/ab/{}", "ab".repeat(31))));
    }

    #[test]
    fn a_safe_name_stays_in_its_folder() {
        assert_eq!(safe_name("edge/app@linux/arm64"), "edge-app-linux-arm64");
        assert_eq!(safe_name(".."), "_..");
        assert_eq!(safe_name(""), "_");
    }
}
