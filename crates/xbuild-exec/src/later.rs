//! Cells that wait for others: planned when the outputs that they need are there, and then carried out like any other.
//!
//! The plan cannot know their keys before. Nothing is decided here: the plan's own function is asked again, now that
//! the facts are known.

use std::sync::{Mutex, PoisonError};

use xbuild_plan::{PlannedCell, Verdict};
use xbuild_store::Record;

use crate::bench::Outputs;
use crate::drive::unplanned;
use crate::job::Unit;
use crate::outcome::CellReport;
use crate::perform::Performer;

/// What is learned while a plan is carried out.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    outputs: Mutex<Outputs>,
    cells: Mutex<Vec<PlannedCell>>,
}

impl Learned {
    /// A cell has these outputs.
    pub(crate) fn outputs_of(&self, cell: &PlannedCell, record: &Record) {
        let mut outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        outputs.insert(cell.identity.id.clone(), record.outputs.clone());
    }

    /// The outputs that a cell needs, as far as they are known.
    fn needs_of(&self, cell: &PlannedCell) -> Outputs {
        let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        let needs = cell.needs.iter().filter_map(|need| Some((need.cell.clone(), outputs.get(&need.cell)?.clone())));
        needs.collect()
    }

    /// The cells that were planned on the way.
    pub(crate) fn into_cells(self) -> Vec<PlannedCell> {
        self.cells.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Performer<'_> {
    /// Plans a cell whose needs are there, and carries it out.
    pub(crate) fn later(&self, cell: &PlannedCell) -> Vec<CellReport> {
        let cell = (self.bench.resume)(cell, &self.learned.needs_of(cell));
        let reports = match (&cell.action, cell.key) {
            (Some(action), Some(key)) => {
                let unit = Unit { key, action, cells: vec![&cell] };
                if cell.verdict == Verdict::Cached { self.restore(&unit) } else { self.run_units(&[unit]) }
            }
            _ => vec![unplanned(&cell, true)],
        };
        self.learned.cells.lock().unwrap_or_else(PoisonError::into_inner).push(cell);
        reports
    }
}
