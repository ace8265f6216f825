//! What actions print, kept by key.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::ActionKey;
use xbuild_store::Store;

/// The most of a log that is shown with a failure: its end, which is where compilers stop.
const SHOWN: usize = 64 * 1024;

/// Where the log of an action is kept.
pub(crate) fn place(store: &Store, key: ActionKey) -> Utf8PathBuf {
    store.root().join("v1/log").join(format!("{}.log", key.hash()))
}

/// Keeps a log; a disk that cannot is no reason to fail a build that succeeded.
pub(crate) fn keep(store: &Store, key: ActionKey, log: &Utf8Path) -> Option<Utf8PathBuf> {
    let place = place(store, key);
    fs::create_dir_all(place.parent()?).ok()?;
    let beside = place.with_extension(format!("{}.new", std::process::id()));
    fs::copy(log, &beside).ok()?;
    fs::rename(&beside, &place).ok()?;
    Some(place)
}

/// The end of a log as text, with the work area's own paths taken out of it: they are gone when it is read.
pub(crate) fn shown(log: &Utf8Path, src: &Utf8Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let tail = &bytes[bytes.len().saturating_sub(SHOWN)..];
    let text = String::from_utf8_lossy(tail).replace(&format!("{src}/"), "");
    text.trim_end().to_owned()
}
