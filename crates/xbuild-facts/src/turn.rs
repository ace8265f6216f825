//! When a cell last became another one, and what changed then: the answer to "why was it rebuilt" after it was.
//!
//! The cache keeps the last two keys of a cell and the explanation of each. The comparison is that of the planner.

use xbuild_builder::ActionKey;
use xbuild_plan::{PlannedCell, Reason, changes};

use crate::session::Session;

/// The step from one key of a cell to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The key that it had before.
    pub from: ActionKey,
    /// What is different since; empty where the cache no longer knows what the key was made of.
    pub why: Vec<Reason>,
}

impl Session<'_> {
    /// The last change of a planned cell: against the key of its last build, or where that is today's, against the one before
    /// it. `None` where it never had another key on this machine.
    pub fn last_turn(&self, cell: &PlannedCell) -> Option<Turn> {
        let (action, key) = (cell.action.as_ref()?, cell.key?);
        let (root, id) = (self.root.as_str(), cell.identity.id.as_str());
        let last = self.store.last_key(root, id)?;
        let from = if last == key { self.store.key_before(root, id)? } else { last };
        let why = self.store.explanation(from).map(|explanation| changes(&explanation, action)).unwrap_or_default();
        Some(Turn { from, why })
    }
}
