//! What a run has at hand: the store, the places of tools, the limits. Values, gathered before anything starts.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::{Action, Places};
use xbuild_content::Tree;
use xbuild_plan::PlannedCell;
use xbuild_store::Store;

use crate::event::Event;
use crate::inside::LookInside;
use crate::sandbox::{CancelToken, Level};
use crate::scheduler::OnFailure;

/// How much a run may take.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Actions at once.
    pub jobs: u32,
    /// Processors.
    pub processors: u32,
    /// Bytes of memory for all actions together.
    pub memory: u64,
    /// What a failure means for the rest.
    pub on_failure: OnFailure,
    /// How actions are confined.
    pub isolation: Level,
}

/// Everything that carrying out a plan needs besides the plan.
pub struct Workbench<'a> {
    /// The cache.
    pub store: &'a Store,
    /// The project's folder, which names it in the cache.
    pub root: &'a Utf8Path,
    /// Where artifacts go.
    pub out: &'a Utf8Path,
    /// Where the toolchains are.
    pub places: &'a Places,
    /// What each toolchain may have an action read, by its name.
    pub tools: &'a BTreeMap<String, Vec<Utf8PathBuf>>,
    /// Plans a cell again that waited for outputs, now that they are known.
    pub resume: &'a (dyn Fn(&PlannedCell, &Outputs) -> PlannedCell + Sync),
    /// The values of secret variables.
    pub secrets: &'a BTreeMap<String, String>,
    /// The folders of the cache that an action's tools keep things in: places, and whether it may write there.
    pub caches: &'a (dyn Fn(&Action) -> std::io::Result<Vec<CachePlace>> + Sync),
    /// Makes an action's home ready.
    pub home: &'a (dyn Fn(&Utf8Path) -> std::io::Result<()> + Sync),
    /// Looks into an artifact that is an archive.
    pub look_inside: &'a LookInside<'a>,
    /// The limits.
    pub allowance: Allowance,
    /// The switch that ends the run early.
    pub cancel: &'a CancelToken,
    /// Where events are told; called from several threads.
    pub tell: &'a (dyn Fn(Event<'_>) + Sync),
}

/// The outputs of cells by the cells' ids.
pub type Outputs = BTreeMap<String, Tree>;

/// A folder that outlives actions.
pub type CachePlace = (xbuild_builder::Place, Utf8PathBuf, bool);

impl std::fmt::Debug for Workbench<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbench")
            .field("root", &self.root)
            .field("allowance", &self.allowance)
            .finish_non_exhaustive()
    }
}
