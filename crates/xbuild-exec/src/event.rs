//! What happens during a build, as data. The CLI draws it; nothing else does.

use xbuild_plan::PlannedCell;

use crate::outcome::CellReport;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The run begins: so many cells are to be built, so many to be restored.
    Began {
        /// Cells whose action runs.
        build: usize,
        /// Cells that come from the cache.
        restore: usize,
    },
    /// The action of some cells starts, in one process.
    Started {
        /// The cells.
        cells: &'a [&'a PlannedCell],
    },
    /// A cell is done.
    Finished {
        /// What became of it.
        report: &'a CellReport,
    },
}
