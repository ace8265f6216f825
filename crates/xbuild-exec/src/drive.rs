//! Joins the scheduler's decisions with a pool of threads.

use std::collections::BTreeMap;
use std::sync::mpsc;

use xbuild_plan::{Plan, PlannedCell, Reason};
use xbuild_store::ActionCache as _;

use crate::bench::Workbench;
use crate::event::Event;
use crate::failure::{Class, Failure};
use crate::job::{Jobs, Work};
use crate::later::Learned;
use crate::outcome::{CellReport, Outcome, Report};
use crate::perform::Performer;
use crate::scheduler::{self, Because, Budget, Command, Input, Scheduler};

/// Carries out a plan. `reads_cache` is off under `--no-cache`.
pub fn build(plan: &Plan, bench: &Workbench<'_>, reads_cache: bool) -> Report {
    let jobs = Jobs::of(plan);
    let mut reports: BTreeMap<String, CellReport> = BTreeMap::new();
    for cell in &jobs.without {
        take(bench, &mut reports, vec![unplanned(cell, false)]);
    }
    tell_begin(bench, &jobs.works);
    let runs = jobs.works.iter().filter(|work| !matches!(work, Work::Restore(_))).count();
    let at_once = u32::try_from(runs).unwrap_or(u32::MAX).clamp(1, bench.allowance.jobs);
    let inner_jobs = (bench.allowance.processors / at_once).max(1);
    let performer = Performer { bench, inner_jobs, reads_cache, learned: Learned::default() };
    drive(&jobs, &performer, &mut reports);
    let cells = plan.cells.iter().filter_map(|cell| reports.remove(&cell.identity.id)).collect();
    Report { cells, planned: performer.learned.into_cells(), interrupted: bench.cancel.is_cancelled() }
}

fn tell_begin(bench: &Workbench<'_>, works: &[Work<'_>]) {
    let is_restore = |work: &&Work<'_>| matches!(work, Work::Restore(_));
    let restore = works.iter().filter(is_restore).map(|work| work.cells().len()).sum();
    let build = works.iter().filter(|work| !is_restore(work)).map(|work| work.cells().len()).sum();
    (bench.tell)(Event::Began { build, restore });
}

fn take(bench: &Workbench<'_>, reports: &mut BTreeMap<String, CellReport>, new: Vec<CellReport>) {
    for report in new {
        (bench.tell)(Event::Finished { report: &report });
        reports.insert(report.id.clone(), report);
    }
}

/// The report on a cell without an action. Faults of the plan were told before it was carried out; those of a cell that
/// waited were not.
pub(crate) fn unplanned(cell: &PlannedCell, waited: bool) -> CellReport {
    let reasons: Vec<String> = cell.why.iter().map(Reason::sentence).collect();
    let class = if cell.why.is_empty() || cell.why.iter().any(Reason::is_impossible) {
        Some(Class::Plan)
    } else if !waited {
        None
    } else if cell.why.iter().any(|reason| matches!(reason, Reason::QuestionFailed { .. })) {
        Some(Class::Build)
    } else {
        Some(Class::Environment)
    };
    let failure = Failure::Unplanned { cell: cell.identity.id.clone(), reason: reasons.join("; "), class };
    CellReport::without_action(&cell.identity.id, Outcome::Skipped, Some(failure))
}

/// Starts what the scheduler says on a pool, until all is done.
fn drive(plan: &Jobs<'_>, performer: &Performer<'_>, reports: &mut BTreeMap<String, CellReport>) {
    let bench = performer.bench;
    let works = &plan.works;
    let job = |(id, work)| job(bench, id, work, plan.needs_of(work));
    let jobs: Vec<scheduler::Job> = works.iter().enumerate().map(job).collect();
    let budget = Budget { cpu: bench.allowance.jobs, memory: bench.allowance.memory };
    // The configuration refuses cycles of targets, so cells have none. Jobs stand after those that they need.
    let one_by_one = |reports: &mut BTreeMap<String, CellReport>| {
        works.iter().for_each(|work| take(bench, reports, performer.perform(work)));
    };
    let Ok(mut scheduler) = Scheduler::new(&jobs, budget, bench.allowance.on_failure) else {
        return one_by_one(reports);
    };
    let threads = usize::try_from(bench.allowance.jobs).unwrap_or(1);
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("action-{n}")).build()
    else {
        return one_by_one(reports);
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
                    Command::Skip { id, because } => take(bench, reports, skipped(bench, works, id, because)),
                }
            }
            if scheduler.is_done() {
                break;
            }
            let Ok((id, done)) = receive.recv() else { break };
            let failed = done.iter().any(|report| matches!(report.outcome, Outcome::Failed | Outcome::Skipped));
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

fn skipped(bench: &Workbench<'_>, works: &[Work<'_>], id: usize, because: Because) -> Vec<CellReport> {
    let because = match because {
        Because::NeedFailed(need) => format!("`{}` failed", works[need].cells()[0].identity.id),
        Because::FailFast(_) | Because::Cancelled => "another cell failed first".to_owned(),
    };
    let report = |cell: &PlannedCell| {
        let id = cell.identity.id.clone();
        let failure = if bench.cancel.is_cancelled() {
            Failure::Stopped { cell: id.clone() }
        } else {
            Failure::NotTried { cell: id.clone(), because: because.clone() }
        };
        CellReport::without_action(&id, Outcome::Skipped, Some(failure))
    };
    works[id].cells().into_iter().map(report).collect()
}

/// What a job is likely to take, by what its cells took the last time.
fn job(bench: &Workbench<'_>, id: usize, work: &Work<'_>, needs: Vec<usize>) -> scheduler::Job {
    let mut job = scheduler::Job { id, needs, cost: 0, cpu: 1, memory: 0 };
    if matches!(work, Work::Restore(_)) {
        return job;
    }
    for cell in work.cells() {
        let last = bench.store.last_key(bench.root.as_str(), &cell.identity.id);
        let Some(Ok(Some(record))) = last.map(|key| bench.store.record(key)) else { continue };
        let number = |name: &str| record.extra.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        job.cost = job.cost.max(number("elapsed_ms"));
        job.memory = job.memory.max(number("peak_rss_bytes"));
    }
    job
}
