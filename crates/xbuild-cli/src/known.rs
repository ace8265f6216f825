//! Whether this very text was checked before and found clean: what spares `check` reading it again.
//!
//! A check hangs on the text, on the program and on the limit of cells, and on nothing else; these are the key. The program
//! is told by its file's size and time, as an index of files tells any file. Only a text without a problem is remembered,
//! so there is nothing to show again. A cache that cannot be used is never an error here: the text is checked.

use std::time::UNIX_EPOCH;

use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Digest, Key};
use xbuild_store::{is_clean, remember_clean};

use crate::context::Context;

/// A text as one program sees it.
pub(crate) struct KnownText {
    text: Digest,
    program: String,
    max_cells: u64,
}

impl Canonical for KnownText {
    fn walk(&self, out: &mut Fields<'_>) {
        out.digest("text", &self.text);
        out.text("program", &self.program);
        out.text("max-cells", self.max_cells.to_string());
    }
}

impl KnownText {
    /// The text; `None` where the program's own file cannot be looked at.
    pub(crate) fn new(context: &Context, text: &[u8]) -> Option<Self> {
        let file = std::env::current_exe().ok()?.metadata().ok()?;
        let time = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        let program = format!("{} {} {time}", env!("CARGO_PKG_VERSION"), file.len());
        Some(Self { text: Digest::of(text), program, max_cells: context.global.max_cells })
    }

    fn key(&self) -> Key {
        canonical::key("clean text 1", self)
    }

    /// Whether nothing was found wrong with it before.
    pub(crate) fn is_clean(&self, context: &Context) -> bool {
        !context.global.no_cache && is_clean(&context.cache(), self.key())
    }

    /// Remembers that nothing is wrong with it. Without a cache folder of the user's own nothing is written: a check leaves no
    /// folder behind in the project.
    pub(crate) fn remember(&self, context: &Context) {
        if context.has_own_cache() {
            let _ = remember_clean(&context.cache(), self.key());
        }
    }
}
