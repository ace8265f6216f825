//! From a plan to jobs: what runs as one process, what is restored, what cannot be tried.

use std::collections::BTreeMap;

use xbuild_builder::{Action, ActionKey, go};
use xbuild_plan::{Plan, PlannedCell, Reason, Verdict};

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
    /// Plans a cell that waits for others, and carries it out.
    Later(&'p PlannedCell),
}

impl<'p> Work<'p> {
    /// The cells that it is about.
    pub(crate) fn cells(&self) -> Vec<&'p PlannedCell> {
        match self {
            Self::Restore(unit) => unit.cells.clone(),
            Self::Run(units) => units.iter().flat_map(|unit| unit.cells.iter().copied()).collect(),
            Self::Later(cell) => vec![cell],
        }
    }
}

/// The jobs of a plan, and the cells that have none.
pub(crate) struct Jobs<'p> {
    pub(crate) works: Vec<Work<'p>>,
    pub(crate) without: Vec<&'p PlannedCell>,
    /// The job of each cell that has one, by the cell's id.
    of_cell: BTreeMap<&'p str, usize>,
}

impl<'p> Jobs<'p> {
    pub(crate) fn of(plan: &'p Plan) -> Self {
        let mut units: Vec<(Unit<'p>, Verdict)> = Vec::new();
        let mut known: BTreeMap<ActionKey, usize> = BTreeMap::new();
        let mut without = Vec::new();
        let mut later = Vec::new();
        for cell in &plan.cells {
            let (Some(action), Some(key)) = (&cell.action, cell.key) else {
                if waits(cell) {
                    later.push(cell);
                } else {
                    without.push(cell);
                }
                continue;
            };
            let index = *known.entry(key).or_insert_with(|| {
                units.push((Unit { key, action, cells: Vec::new() }, cell.verdict));
                units.len() - 1
            });
            units[index].0.cells.push(cell);
        }
        let mut jobs = Self { works: Vec::new(), without, of_cell: BTreeMap::new() };
        works(units).into_iter().for_each(|work| jobs.add(work));
        later.into_iter().for_each(|cell| jobs.add_later(cell));
        jobs
    }

    fn add(&mut self, work: Work<'p>) {
        self.of_cell.extend(work.cells().into_iter().map(|cell| (cell.identity.id.as_str(), self.works.len())));
        self.works.push(work);
    }

    /// A job for a cell that waits; none where what it waits for has none. Its needs stand before it in the plan.
    fn add_later(&mut self, cell: &'p PlannedCell) {
        match self.needs(cell) {
            Some(_) => self.add(Work::Later(cell)),
            None => self.without.push(cell),
        }
    }

    /// The jobs that make what a cell needs; `None` where one of them is no job.
    fn needs(&self, cell: &PlannedCell) -> Option<Vec<usize>> {
        cell.needs.iter().map(|need| self.of_cell.get(need.cell.as_str()).copied()).collect()
    }

    /// The jobs that must have succeeded before this one. What is cached or waits for nothing needs none.
    pub(crate) fn needs_of(&self, work: &Work<'_>) -> Vec<usize> {
        match work {
            Work::Later(cell) => self.needs(cell).unwrap_or_default(),
            Work::Restore(_) | Work::Run(_) => Vec::new(),
        }
    }
}

/// Whether a cell lacks nothing but outputs of others.
fn waits(cell: &PlannedCell) -> bool {
    !cell.why.is_empty() && cell.why.iter().all(|reason| matches!(reason, Reason::Waiting { .. }))
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

#[cfg(test)]
mod tests {
    use xbuild_builder::{EnvEntry, EnvSource, SecretValue, Word};

    use super::*;
    use crate::testing::{action, cell};

    /// The jobs of a plan of two mains for one platform, the second one changed: `run` or `restore` and the cells, a line a
    /// job; `-` before cells without one.
    fn check(change: impl FnOnce(&mut PlannedCell), expect: &str) {
        let mut second = cell("worker", "amd64");
        change(&mut second);
        assert_eq!(shown(vec![cell("gateway", "amd64"), second]), expect);
    }

    /// The same, where a change is one of the action.
    fn check_action(change: impl FnOnce(&mut Action), expect: &str) {
        let with = |cell: &mut PlannedCell| {
            let action = cell.action.as_mut().expect("an action");
            change(action);
            cell.key = Some(action.key());
        };
        check(with, expect);
    }

    fn shown(cells: Vec<PlannedCell>) -> String {
        let plan = Plan { cells };
        let jobs = Jobs::of(&plan);
        let ids =
            |unit: &Unit<'_>| unit.cells.iter().map(|cell| cell.identity.id.as_str()).collect::<Vec<_>>().join("=");
        let works = jobs.works.iter().map(|work| match work {
            Work::Restore(unit) => format!("restore {}", ids(unit)),
            Work::Run(units) => format!("run {}", units.iter().map(ids).collect::<Vec<_>>().join(" ")),
            Work::Later(cell) => format!("later {}, after {:?}", cell.identity.id, jobs.needs_of(work)),
        });
        let without = jobs.without.iter().map(|cell| format!("- {}", cell.identity.id));
        works.chain(without).collect::<Vec<_>>().join("\n")
    }

    const APART: &str = "run prod/gateway@linux/amd64\nrun prod/worker@linux/amd64";

    #[test]
    fn mains_of_one_platform_and_one_set_of_flags_share_a_process() {
        check(|_| {}, "run prod/gateway@linux/amd64 prod/worker@linux/amd64");
        check_action(|action| action.timeout_seconds = Some(9), "run prod/gateway@linux/amd64 prod/worker@linux/amd64");
    }

    #[test]
    fn what_differs_in_anything_but_the_package_goes_alone() {
        let entry = |value: &str| EnvEntry { value: Word::text(value), source: EnvSource::Policy };
        check_action(|action| drop(action.recipe.env.insert("GOARCH".into(), entry("arm64"))), APART);
        check_action(|action| drop(action.recipe.env.insert("MODE".into(), entry("x"))), APART);
        check_action(|action| action.recipe.argv.insert(2, "-tags=x".into()), APART);
        check_action(|action| action.recipe.network = true, APART);
        check_action(|action| action.recipe.cwd = Some(crate::testing::path("sub")), APART);
        check_action(|action| action.secrets.extend([("TOKEN".into(), SecretValue { keyed_hash: None })]), APART);
        check_action(|action| action.tools.values_mut().for_each(|tool| tool.version = "2".into()), APART);
    }

    #[test]
    fn what_one_process_cannot_build_goes_alone() {
        assert_eq!(shown(vec![library("gateway"), library("worker")]), APART);
        check(|cell| cell.import_path = None, APART);
        // A command with its words in another order is none that a batch knows.
        check_action(|action| action.recipe.argv.push("--".into()), APART);
    }

    fn library(target: &str) -> PlannedCell {
        let mut cell = cell(target, "amd64");
        let action = cell.action.as_mut().expect("an action");
        action.recipe.argv.insert(2, "-buildmode=c-archive".into());
        cell.key = Some(action.key());
        cell
    }

    #[test]
    fn cells_of_one_action_are_one_unit() {
        let mut twin = cell("gateway", "amd64");
        twin.identity.id = "edge/gateway@linux/amd64".into();
        let plan = vec![cell("gateway", "amd64"), cell("worker", "amd64"), twin];
        assert_eq!(shown(plan), "run prod/gateway@linux/amd64=edge/gateway@linux/amd64 prod/worker@linux/amd64");
    }

    #[test]
    fn what_is_cached_is_restored_and_what_is_not_known_has_no_job() {
        check(|cell| cell.verdict = Verdict::Cached, "run prod/gateway@linux/amd64\nrestore prod/worker@linux/amd64");
        let unknown = |cell: &mut PlannedCell| {
            (cell.action, cell.key, cell.verdict) = (None, None, Verdict::Unknown);
        };
        check(unknown, "run prod/gateway@linux/amd64\n- prod/worker@linux/amd64");
    }

    /// A cell that waits for another target of the same profile and platform.
    fn waiting(target: &str, needed: &str) -> PlannedCell {
        let mut cell = cell(target, "amd64");
        let what = format!("prod/{needed}@linux/amd64");
        cell.needs = vec![xbuild_plan::Need { cell: what.clone(), target: needed.into(), at: None }];
        (cell.action, cell.key, cell.verdict, cell.why) =
            (None, None, Verdict::Unknown, vec![Reason::Waiting { what }]);
        cell
    }

    #[test]
    fn a_cell_that_waits_has_a_job_after_those_that_it_needs() {
        let cells = vec![cell("proto", "amd64"), waiting("server", "proto"), waiting("bundle", "server")];
        let jobs = [
            "run prod/proto@linux/amd64",
            "later prod/server@linux/amd64, after [0]",
            "later prod/bundle@linux/amd64, after [1]",
        ];
        assert_eq!(shown(cells), jobs.join("\n"));
    }

    #[test]
    fn what_waits_for_a_cell_without_a_job_has_none() {
        let mut proto = cell("proto", "amd64");
        (proto.action, proto.key, proto.verdict) = (None, None, Verdict::Unknown);
        let cells = vec![proto, waiting("server", "proto")];
        assert_eq!(shown(cells), "- prod/proto@linux/amd64\n- prod/server@linux/amd64");
    }

    #[test]
    fn a_unit_speaks_by_its_first_cell() {
        let first = cell("gateway", "amd64");
        let action = action("gateway", "amd64");
        let unit = Unit { key: action.key(), action: &action, cells: vec![&first] };
        assert_eq!(unit.id(), "prod/gateway@linux/amd64");
    }
}
