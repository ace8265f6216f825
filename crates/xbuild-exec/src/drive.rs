//! Joins the scheduler's decisions with a pool of threads.

use std::collections::BTreeMap;
use std::sync::mpsc;

use xbuild_plan::{Plan, PlannedCell, Reason};
use xbuild_store::ActionCache as _;

use crate::bench::Workbench;
use crate::event::Event;
use crate::failure::Failure;
use crate::job::{Jobs, Work};
use crate::outcome::{CellReport, Outcome, Report};
use crate::perform::Performer;
use crate::scheduler::{self, Budget, Command, Input, Scheduler};

/// Carries out a plan. `reads_cache` is off under `--no-cache`.
pub fn build(plan: &Plan, bench: &Workbench<'_>, reads_cache: bool) -> Report {
    let jobs = Jobs::of(plan);
    let mut reports: BTreeMap<String, CellReport> = BTreeMap::new();
    for cell in &jobs.without {
        take(bench, &mut reports, vec![unplanned(cell)]);
    }
    tell_begin(bench, &jobs.works);
    let runs = jobs.works.iter().filter(|work| matches!(work, Work::Run(_))).count();
    let at_once = u32::try_from(runs).unwrap_or(u32::MAX).clamp(1, bench.allowance.jobs);
    let inner_jobs = (bench.allowance.processors / at_once).max(1);
    let performer = Performer { bench, inner_jobs, reads_cache };
    drive(&jobs.works, &performer, &mut reports);
    let cells = plan.cells.iter().filter_map(|cell| reports.remove(&cell.identity.id)).collect();
    Report { cells, interrupted: bench.cancel.is_cancelled() }
}

fn tell_begin(bench: &Workbench<'_>, works: &[Work<'_>]) {
    let count = |of: fn(&Work<'_>) -> usize| works.iter().map(of).sum();
    let build =
        count(|work| if let Work::Run(units) = work { units.iter().map(|unit| unit.cells.len()).sum() } else { 0 });
    let restore = count(|work| if let Work::Restore(unit) = work { unit.cells.len() } else { 0 });
    (bench.tell)(Event::Began { build, restore });
}

fn take(bench: &Workbench<'_>, reports: &mut BTreeMap<String, CellReport>, new: Vec<CellReport>) {
    for report in new {
        (bench.tell)(Event::Finished { report: &report });
        reports.insert(report.id.clone(), report);
    }
}

fn unplanned(cell: &PlannedCell) -> CellReport {
    let reasons: Vec<String> = cell.why.iter().map(Reason::sentence).collect();
    let told = cell.why.iter().any(|reason| {
        matches!(reason, Reason::ToolMissing { .. } | Reason::QuestionFailed { .. } | Reason::InputUnreadable { .. })
    });
    let failure = Failure::Unplanned { cell: cell.identity.id.clone(), reason: reasons.join("; "), told };
    CellReport::without_action(&cell.identity.id, Outcome::Skipped, Some(failure))
}

/// Starts what the scheduler says on a pool, until all is done.
fn drive(works: &[Work<'_>], performer: &Performer<'_>, reports: &mut BTreeMap<String, CellReport>) {
    let bench = performer.bench;
    let jobs: Vec<scheduler::Job> = works.iter().enumerate().map(|(id, work)| job(bench, id, work)).collect();
    let budget = Budget { cpu: bench.allowance.jobs, memory: bench.allowance.memory };
    // A plan of cells without dependencies has no cycle, and the configuration refuses cycles of targets.
    let Ok(mut scheduler) = Scheduler::new(&jobs, budget, bench.allowance.on_failure) else { return };
    let threads = usize::try_from(bench.allowance.jobs).unwrap_or(1);
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("action-{n}")).build()
    else {
        return works.iter().for_each(|work| take(bench, reports, performer.perform(work)));
    };
    pool.in_place_scope(|scope| {
        let (send, receive) = mpsc::channel::<(usize, Vec<CellReport>)>();
        let mut commands = scheduler.start();
        let mut cancelled = false;
        loop {
            for command in commands.drain(..) {
                match command {
                    Command::Start(id) => {
                        let send = send.clone();
                        scope.spawn(move |_| {
                            // The receiver lives until every job has answered.
                            let _ = send.send((id, performer.perform(&works[id])));
                        });
                    }
                    Command::Skip { id, .. } => take(bench, reports, skipped(bench, &works[id])),
                }
            }
            if scheduler.is_done() {
                break;
            }
            let Ok((id, done)) = receive.recv() else { break };
            let failed = done.iter().any(|report| report.outcome == Outcome::Failed);
            take(bench, reports, done);
            let outcome = if failed { scheduler::Outcome::Failed } else { scheduler::Outcome::Succeeded };
            commands = scheduler.on(Input::Finished { id, outcome });
            if bench.cancel.is_cancelled() && !cancelled {
                cancelled = true;
                commands.extend(scheduler.on(Input::Cancel));
            }
        }
    });
}

fn skipped(bench: &Workbench<'_>, work: &Work<'_>) -> Vec<CellReport> {
    let units = match work {
        Work::Restore(unit) => std::slice::from_ref(unit),
        Work::Run(units) => units,
    };
    let report = |cell: &&PlannedCell| {
        let id = cell.identity.id.clone();
        let failure = if bench.cancel.is_cancelled() {
            Failure::Stopped { cell: id.clone() }
        } else {
            Failure::NotTried { cell: id.clone(), because: "another cell failed first".into() }
        };
        CellReport::without_action(&id, Outcome::Skipped, Some(failure))
    };
    units.iter().flat_map(|unit| &unit.cells).map(report).collect()
}

/// What a job is likely to take, by what its cells took the last time.
fn job(bench: &Workbench<'_>, id: usize, work: &Work<'_>) -> scheduler::Job {
    let mut job = scheduler::Job { id, needs: Vec::new(), cost: 0, cpu: 1, memory: 0 };
    let Work::Run(units) = work else { return job };
    for cell in units.iter().flat_map(|unit| &unit.cells) {
        let last = bench.store.last_key(bench.root.as_str(), &cell.identity.id);
        let Some(Ok(Some(record))) = last.map(|key| bench.store.record(key)) else { continue };
        let number = |name: &str| record.extra.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        job.cost = job.cost.max(number("elapsed_ms"));
        job.memory = job.memory.max(number("peak_rss_bytes"));
    }
    job
}
