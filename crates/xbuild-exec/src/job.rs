//! From a plan to jobs: what runs as one process, what is restored, what cannot be tried.

use std::collections::BTreeMap;

use xbuild_builder::{Action, ActionKey, go};
use xbuild_plan::{Plan, PlannedCell, Verdict};

/// One action and the cells that it is the action of: the same action is carried out once.
pub(crate) struct Unit<'p> {
    pub(crate) key: ActionKey,
    pub(crate) action: &'p Action,
    pub(crate) cells: Vec<&'p PlannedCell>,
}

impl<'p> Unit<'p> {
    /// The cell that messages about the action name.
    pub(crate) fn cell(&self) -> &'p PlannedCell {
        self.cells[0]
    }

    pub(crate) fn id(&self) -> &'p str {
        &self.cell().identity.id
    }
}

/// What one job does.
pub(crate) enum Work<'p> {
    /// Puts cached artifacts where they belong.
    Restore(Unit<'p>),
    /// Runs actions, by one process where the builder can.
    Run(Vec<Unit<'p>>),
}

/// The jobs of a plan, and the cells that have none.
pub(crate) struct Jobs<'p> {
    pub(crate) works: Vec<Work<'p>>,
    pub(crate) without: Vec<&'p PlannedCell>,
}

impl<'p> Jobs<'p> {
    pub(crate) fn of(plan: &'p Plan) -> Self {
        let mut units: Vec<(Unit<'p>, Verdict)> = Vec::new();
        let mut known: BTreeMap<ActionKey, usize> = BTreeMap::new();
        let mut without = Vec::new();
        for cell in &plan.cells {
            let (Some(action), Some(key)) = (&cell.action, cell.key) else {
                without.push(cell);
                continue;
            };
            let index = *known.entry(key).or_insert_with(|| {
                units.push((Unit { key, action, cells: Vec::new() }, cell.verdict));
                units.len() - 1
            });
            units[index].0.cells.push(cell);
        }
        Self { works: works(units), without }
    }
}

/// Units that one process can carry out go together; the rest go alone, in the plan's order.
fn works(units: Vec<(Unit<'_>, Verdict)>) -> Vec<Work<'_>> {
    let mut works: Vec<Work<'_>> = Vec::new();
    let mut batches: BTreeMap<String, usize> = BTreeMap::new();
    for (unit, verdict) in units {
        if verdict == Verdict::Cached {
            works.push(Work::Restore(unit));
            continue;
        }
        let signature = unit.cell().import_path.as_ref().and_then(|_| go::signature(unit.action));
        let joined = signature.as_ref().and_then(|signature| batches.get(signature));
        match joined.and_then(|index| works.get_mut(*index)) {
            Some(Work::Run(units)) => units.push(unit),
            _ => {
                batches.extend(signature.map(|signature| (signature, works.len())));
                works.push(Work::Run(vec![unit]));
            }
        }
    }
    works
}
