//! What dependencies bring, shown to `go list` as if it lay in the project: Go's own `-overlay`, so that nothing is written
//! there.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::Serialize;
use xbuild_builder::Word;
use xbuild_content::{Tree, TreeEntry};
use xbuild_store::Scratch;

use crate::session::Session;

/// Files laid out in a scratch folder, and the list that says what they stand for. Gone when it is dropped.
pub(crate) struct Overlay {
    scratch: Scratch,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    replace: BTreeMap<Utf8PathBuf, Utf8PathBuf>,
}

impl Overlay {
    /// The overlay of some files; `None` where there are none.
    pub(crate) fn new(session: &Session<'_>, borrowed: &Tree) -> std::io::Result<Option<Self>> {
        if borrowed.is_empty() {
            return Ok(None);
        }
        let scratch = session.store.scratch("overlay").map_err(std::io::Error::other)?;
        let mut list = List { replace: BTreeMap::new() };
        for (number, (path, entry)) in borrowed.iter().enumerate() {
            let TreeEntry::File { digest, executable } = entry else { continue };
            let at = scratch.path().join(number.to_string());
            let staged = session.store.stage(digest, &at, *executable).map_err(std::io::Error::other)?;
            if !staged {
                return Err(std::io::Error::other(format!("`{path}` is gone from the cache")));
            }
            list.replace.insert(session.root.join(path.as_str()), at);
        }
        let overlay = Self { scratch };
        std::fs::write(overlay.list(), serde_json::to_vec(&list)?)?;
        Ok(Some(overlay))
    }

    fn list(&self) -> Utf8PathBuf {
        self.scratch.path().join("overlay.json")
    }

    /// The flag for `go list`.
    pub(crate) fn flag(&self) -> Word {
        format!("-overlay={}", self.list()).into()
    }
}
