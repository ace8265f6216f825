//! What became of each cell.

use std::time::Duration;

use camino::Utf8PathBuf;
use xbuild_content::{Digest, RelPath, Sha256};
use xbuild_plan::{Plan, PlannedCell};
use xbuild_verify::{Facts, Mismatch};

use crate::failure::Failure;

/// How a cell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its action ran, and its artifacts are what was promised.
    Built,
    /// Its artifacts came from the cache, and are what was promised.
    Cached,
    /// It failed.
    Failed,
    /// It was not tried.
    Skipped,
}

impl Outcome {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Cached => "cached",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A file that was delivered, or refused.
#[derive(Debug)]
pub struct ArtifactReport {
    /// Its path below the action's output folder.
    pub output: RelPath,
    /// Its path below the output folder.
    pub path: RelPath,
    /// Its bytes.
    pub digest: Digest,
    /// The hash that others check.
    pub sha256: Sha256,
    /// What the bytes prove.
    pub facts: Facts,
    /// How that differs from what was promised.
    pub mismatches: Vec<Mismatch>,
}

/// What became of a cell.
#[derive(Debug)]
pub struct CellReport {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Its artifacts, as far as there are any.
    pub artifacts: Vec<ArtifactReport>,
    /// How long its action took; shared by cells that one process built.
    pub elapsed: Duration,
    /// The action's largest process, in bytes; 0 where none ran.
    pub peak_rss_bytes: u64,
    /// What the action printed.
    pub log: Option<Utf8PathBuf>,
    /// How the action was confined; `None` where none ran.
    pub isolation: Option<crate::sandbox::Level>,
    /// Why it failed or was not tried.
    pub failure: Option<Failure>,
}

impl CellReport {
    /// A cell that was not tried, or failed before its action ran.
    pub(crate) fn without_action(id: &str, outcome: Outcome, failure: Option<Failure>) -> Self {
        Self {
            id: id.to_owned(),
            outcome,
            artifacts: Vec::new(),
            elapsed: Duration::ZERO,
            peak_rss_bytes: 0,
            log: None,
            isolation: None,
            failure,
        }
    }
}

/// What became of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// Every cell of the plan, in its order.
    pub cells: Vec<CellReport>,
    /// The cells that waited for others, as they were planned when those were built.
    pub planned: Vec<PlannedCell>,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

impl Report {
    /// A run that was refused before it began.
    pub fn refused(plan: &Plan, because: &str) -> Self {
        let cells = plan.cells.iter().map(|cell| {
            let id = cell.identity.id.clone();
            let failure = Failure::NotTried { cell: id.clone(), because: because.to_owned() };
            CellReport::without_action(&id, Outcome::Skipped, Some(failure))
        });
        Self { cells: cells.collect(), ..Self::default() }
    }
}
