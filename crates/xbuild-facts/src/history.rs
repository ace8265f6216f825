//! What the cache knows of a cell's action: the one look-up that `plan` shows and `build` acts on.

use xbuild_builder::ActionKey;
use xbuild_content::{Field, TreeEntry};
use xbuild_plan::{History, Lookup};
use xbuild_store::{ActionCache, Cas};

use crate::session::Session;

impl Session<'_> {
    pub(crate) fn history(&self, cell: &str, key: ActionKey) -> History {
        let lookup = if self.settings.no_cache { Lookup::Off } else { self.lookup(key) };
        let last = match lookup {
            Lookup::Missing => self.last(cell),
            _ => None,
        };
        History { lookup, last }
    }

    fn lookup(&self, key: ActionKey) -> Lookup {
        let Ok(Some(record)) = self.store.record(key) else { return Lookup::Missing };
        let missing = self.store.missing(&record.digests());
        let Ok(missing) = missing else { return Lookup::Damaged("output".into()) };
        let is_missing =
            |entry: &TreeEntry| matches!(entry, TreeEntry::File { digest, .. } if missing.contains(digest));
        if let Some((path, _)) = record.outputs.iter().find(|(_, entry)| is_missing(entry)) {
            return Lookup::Damaged(path.to_string());
        }
        Lookup::Hit
    }

    fn last(&self, cell: &str) -> Option<(ActionKey, Vec<Field>)> {
        let key = self.store.last_key(self.root.as_str(), cell)?;
        Some((key, self.store.explanation(key)?))
    }
}
