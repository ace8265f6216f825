//! Decides which job starts next: a pure machine, input in, commands out, without threads, clocks or processes.
//!
//! A job is started when its needs have succeeded and the budget of processors and memory has room for it. The job with the
//! longest way to the end comes first, measured in what jobs cost the last time; where it does not fit, the next one that
//! does is started, so the machine is never idle while something could run. A job larger than the whole budget runs alone.
//! Equal inputs give equal commands.
//!
//! It does not know what a job is, nor does it learn costs: the driver gives both.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Something to be run once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The driver's number for it, unique.
    pub id: usize,
    /// The jobs that must have succeeded before.
    pub needs: Vec<usize>,
    /// How long it took the last time, in milliseconds; 0 if unknown.
    pub cost: u64,
    /// How many processors it keeps busy; 0 counts as 1.
    pub cpu: u32,
    /// Its peak memory the last time, in bytes; 0 if unknown.
    pub memory: u64,
}

/// What running jobs may take together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Processors.
    pub cpu: u32,
    /// Bytes of memory.
    pub memory: u64,
}

/// What a failure means for jobs that do not need the failed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// They run, so that all failures show.
    KeepGoing,
    /// Nothing more is started.
    FailFast,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Those who need it may run.
    Succeeded,
    /// They are skipped.
    Failed,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A started job has ended. One that is not running is ignored.
    Finished {
        /// The job.
        id: usize,
        /// How it ended.
        outcome: Outcome,
    },
    /// The user wants to stop: nothing more is started. Running jobs are still to be reported.
    Cancel,
}

/// What the driver is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Run this job, and report its end.
    Start(usize),
    /// This job will never be started.
    Skip {
        /// The job.
        id: usize,
        /// Why not.
        because: Because,
    },
}

/// Why a job is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// It needs this failed job, directly or through others.
    NeedFailed(usize),
    /// This job failed, and [`OnFailure::FailFast`] was asked for.
    FailFast(usize),
    /// The user cancelled.
    Cancelled,
}

/// Why jobs cannot be put in order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[diagnostic(code("xbuild::job-graph"))]
pub enum GraphError {
    /// Each job of the list needs the next one, and the last one the first.
    #[error("jobs need each other in a circle: {0:?}")]
    Cycle(Vec<usize>),
    /// A need that is no job.
    #[error("job {id} needs {need}, which does not exist")]
    UnknownNeed {
        /// The job.
        id: usize,
        /// What it needs.
        need: usize,
    },
    /// Two jobs with one number.
    #[error("there are two jobs {0}")]
    DuplicateId(usize),
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// This many of its needs have not succeeded yet.
    Waiting(usize),
    Running,
    /// Ended or skipped.
    Settled,
}

#[derive(Debug)]
struct Node {
    cpu: u32,
    memory: u64,
    /// Each once.
    dependants: Vec<usize>,
    /// The cost of the longest way from this job's start to the end of everything.
    path: u64,
    state: State,
}

/// Jobs on their way through. See the module's documentation.
#[derive(Debug)]
pub struct Scheduler {
    nodes: BTreeMap<usize, Node>,
    /// Waiting for the budget only, the first to start first.
    ready: BTreeSet<(Reverse<u64>, usize)>,
    budget: Budget,
    used: Used,
    on_failure: OnFailure,
    /// Set once nothing more may be started.
    stopped: bool,
    unsettled: usize,
}

/// What running jobs take together. A job alone may exceed the budget, thus wider than it.
#[derive(Debug, Default)]
struct Used {
    jobs: usize,
    cpu: u64,
    memory: u128,
}

impl Used {
    fn has_room(&self, node: &Node, budget: Budget) -> bool {
        let cpu = self.cpu + u64::from(node.cpu);
        let memory = self.memory + u128::from(node.memory);
        self.jobs == 0 || (cpu <= u64::from(budget.cpu) && memory <= u128::from(budget.memory))
    }

    fn add(&mut self, node: &Node) {
        self.jobs += 1;
        self.cpu += u64::from(node.cpu);
        self.memory += u128::from(node.memory);
    }

    fn remove(&mut self, node: &Node) {
        self.jobs -= 1;
        self.cpu -= u64::from(node.cpu);
        self.memory -= u128::from(node.memory);
    }
}

impl Scheduler {
    /// Puts `jobs` in order.
    ///
    /// # Errors
    /// When they need each other in a circle, need what is not there, or share a number.
    pub fn new(jobs: &[Job], budget: Budget, on_failure: OnFailure) -> Result<Self, GraphError> {
        let mut nodes = nodes(jobs)?;
        measure(&mut nodes, jobs)?;
        let ready = nodes.iter().filter(|(_, node)| node.state == State::Waiting(0));
        let ready = ready.map(|(id, node)| (Reverse(node.path), *id)).collect();
        let unsettled = nodes.len();
        Ok(Self { nodes, ready, budget, used: Used::default(), on_failure, stopped: false, unsettled })
    }

    /// The first commands.
    pub fn start(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        self.fill(&mut commands);
        commands
    }

    /// What follows from `input`.
    pub fn on(&mut self, input: Input) -> Vec<Command> {
        let mut commands = Vec::new();
        match input {
            Input::Finished { id, outcome } => {
                if !self.settle_running(id) {
                    return commands;
                }
                self.finished(id, outcome, &mut commands);
            }
            Input::Cancel => self.stop(Because::Cancelled, &mut commands),
        }
        self.fill(&mut commands);
        commands
    }

    /// Whether every job has ended or was skipped.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.unsettled == 0
    }

    /// Frees what a running job took; `false` if it does not run.
    fn settle_running(&mut self, id: usize) -> bool {
        let Some(node) = self.nodes.get_mut(&id).filter(|node| node.state == State::Running) else { return false };
        node.state = State::Settled;
        self.used.remove(node);
        self.unsettled -= 1;
        true
    }

    fn finished(&mut self, id: usize, outcome: Outcome, commands: &mut Vec<Command>) {
        match (outcome, self.on_failure) {
            (Outcome::Succeeded, _) => self.release_dependants(id),
            (Outcome::Failed, OnFailure::KeepGoing) => self.skip_dependants(id, commands),
            (Outcome::Failed, OnFailure::FailFast) => {
                self.skip_dependants(id, commands);
                self.stop(Because::FailFast(id), commands);
            }
        }
    }

    fn release_dependants(&mut self, id: usize) {
        for dependant in self.dependants(id) {
            let Some(node) = self.nodes.get_mut(&dependant) else { continue };
            let State::Waiting(needs) = node.state else { continue };
            node.state = State::Waiting(needs - 1);
            if needs == 1 {
                self.ready.insert((Reverse(node.path), dependant));
            }
        }
    }

    /// Skips everything that needs the failed job `id`, in order of id.
    fn skip_dependants(&mut self, id: usize, commands: &mut Vec<Command>) {
        let mut found = BTreeSet::new();
        let mut open = self.dependants(id);
        while let Some(next) = open.pop() {
            if found.insert(next) {
                open.extend(self.dependants(next));
            }
        }
        self.skip(found, Because::NeedFailed(id), commands);
    }

    /// Skips all that has not been started.
    fn stop(&mut self, because: Because, commands: &mut Vec<Command>) {
        self.stopped = true;
        let all: Vec<_> = self.nodes.keys().copied().collect();
        self.skip(all, because, commands);
    }

    /// Skips those of `ids` that wait.
    fn skip(&mut self, ids: impl IntoIterator<Item = usize>, because: Because, commands: &mut Vec<Command>) {
        for id in ids {
            let Some(node) = self.nodes.get_mut(&id) else { continue };
            if matches!(node.state, State::Waiting(_)) {
                node.state = State::Settled;
                self.ready.remove(&(Reverse(node.path), id));
                self.unsettled -= 1;
                commands.push(Command::Skip { id, because });
            }
        }
    }

    /// Starts what there is room for.
    fn fill(&mut self, commands: &mut Vec<Command>) {
        if self.stopped {
            return;
        }
        for (path, id) in self.ready.clone() {
            let Some(node) = self.nodes.get_mut(&id) else { continue };
            if self.used.has_room(node, self.budget) {
                node.state = State::Running;
                self.used.add(node);
                self.ready.remove(&(path, id));
                commands.push(Command::Start(id));
            }
        }
    }

    fn dependants(&self, id: usize) -> Vec<usize> {
        self.nodes.get(&id).map(|node| node.dependants.clone()).unwrap_or_default()
    }
}

/// The jobs by id, with who needs them; their paths not yet measured.
fn nodes(jobs: &[Job]) -> Result<BTreeMap<usize, Node>, GraphError> {
    let mut nodes = BTreeMap::new();
    for job in jobs {
        let needs = distinct_needs(job).len();
        let node =
            Node { cpu: job.cpu.max(1), memory: job.memory, dependants: vec![], path: 0, state: State::Waiting(needs) };
        if nodes.insert(job.id, node).is_some() {
            return Err(GraphError::DuplicateId(job.id));
        }
    }
    for job in jobs {
        for need in distinct_needs(job) {
            let node = nodes.get_mut(&need).ok_or(GraphError::UnknownNeed { id: job.id, need })?;
            node.dependants.push(job.id);
        }
    }
    Ok(nodes)
}

fn distinct_needs(job: &Job) -> BTreeSet<usize> {
    job.needs.iter().copied().collect()
}

/// Sets every node's path, from the last jobs to the first. An unknown cost counts as one millisecond, so that depth counts.
fn measure(nodes: &mut BTreeMap<usize, Node>, jobs: &[Job]) -> Result<(), GraphError> {
    let jobs: BTreeMap<usize, &Job> = jobs.iter().map(|job| (job.id, job)).collect();
    let mut unmeasured: BTreeMap<usize, usize> = nodes.iter().map(|(id, node)| (*id, node.dependants.len())).collect();
    let mut open: Vec<usize> = unmeasured.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    while let Some(id) = open.pop() {
        unmeasured.remove(&id);
        let (Some(job), Some(node)) = (jobs.get(&id), nodes.get_mut(&id)) else { continue };
        node.path = node.path.saturating_add(job.cost.max(1));
        let path = node.path;
        for need in distinct_needs(job) {
            lengthen(nodes, need, path);
            open.extend(unmeasured.get_mut(&need).and_then(|count| {
                *count -= 1;
                (*count == 0).then_some(need)
            }));
        }
    }
    unmeasured.keys().next().map_or(Ok(()), |first| Err(GraphError::Cycle(cycle(*first, &unmeasured, nodes))))
}

/// The way behind the job `id` is at least `path` long.
fn lengthen(nodes: &mut BTreeMap<usize, Node>, id: usize, path: u64) {
    if let Some(node) = nodes.get_mut(&id) {
        node.path = node.path.max(path);
    }
}

/// Follows dependants that were never measured from `first` on until one comes again: a job is left over only if it is in
/// a circle or needed by one, so there is always a next.
fn cycle(first: usize, left: &BTreeMap<usize, usize>, nodes: &BTreeMap<usize, Node>) -> Vec<usize> {
    let mut way = vec![first];
    loop {
        let last = way.last().and_then(|id| nodes.get(id));
        let next = last.and_then(|node| node.dependants.iter().find(|id| left.contains_key(id)));
        let Some(next) = next else { return way };
        if let Some(start) = way.iter().position(|id| id == next) {
            way.drain(..start);
            way.reverse();
            return way;
        }
        way.push(*next);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const WIDE: Budget = Budget { cpu: 64, memory: u64::MAX };

    fn job(id: usize, needs: &[usize], cost: u64) -> Job {
        Job { id, needs: needs.to_vec(), cost, cpu: 1, memory: 0 }
    }

    fn scheduler(jobs: &[Job], cpu: u32, on_failure: OnFailure) -> Scheduler {
        Scheduler::new(jobs, Budget { cpu, ..WIDE }, on_failure).expect("an order")
    }

    fn finish(scheduler: &mut Scheduler, id: usize, outcome: Outcome) -> Vec<Command> {
        scheduler.on(Input::Finished { id, outcome })
    }

    use Command::Start;

    fn skip(id: usize, because: Because) -> Command {
        Command::Skip { id, because }
    }

    #[test]
    fn the_longest_way_to_the_end_comes_first() {
        let jobs = vec![job(0, &[], 50), job(1, &[], 1), job(2, &[1], 100), job(3, &[], 60)];
        let mut scheduler = scheduler(&jobs, 1, OnFailure::KeepGoing);
        assert_eq!(scheduler.start(), [Start(1)]);
        assert_eq!(finish(&mut scheduler, 1, Outcome::Succeeded), [Start(2)]);
        assert_eq!(finish(&mut scheduler, 2, Outcome::Succeeded), [Start(3)]);
        assert_eq!(finish(&mut scheduler, 3, Outcome::Succeeded), [Start(0)]);
    }

    #[test]
    fn unknown_costs_put_the_deepest_first_then_the_lowest_id() {
        let jobs = vec![job(0, &[], 0), job(1, &[], 0), job(2, &[], 0), job(3, &[2], 0)];
        assert_eq!(scheduler(&jobs, 2, OnFailure::KeepGoing).start(), [Start(2), Start(0)]);
    }

    #[test]
    fn a_smaller_job_overtakes_one_that_does_not_fit() {
        let jobs = vec![Job { cpu: 2, ..job(0, &[], 9) }, Job { cpu: 2, ..job(1, &[], 8) }, job(2, &[], 1)];
        assert_eq!(scheduler(&jobs, 3, OnFailure::KeepGoing).start(), [Start(0), Start(2)]);
    }

    #[test]
    fn a_job_beyond_the_budget_runs_alone() {
        let jobs = vec![Job { memory: 10, ..job(0, &[], 9) }, Job { memory: 1, ..job(1, &[], 1) }, job(2, &[], 1)];
        let budget = Budget { cpu: 8, memory: 4 };
        let mut scheduler = Scheduler::new(&jobs, budget, OnFailure::KeepGoing).expect("an order");
        assert_eq!(scheduler.start(), [Start(0)]);
        assert_eq!(finish(&mut scheduler, 0, Outcome::Succeeded), [Start(1), Start(2)]);
    }

    #[test]
    fn keep_going_skips_dependants_only_and_names_the_failed_job() {
        let jobs = vec![job(0, &[], 9), job(1, &[0], 1), job(2, &[1], 1), job(3, &[], 1), job(4, &[3], 1)];
        let mut scheduler = scheduler(&jobs, 1, OnFailure::KeepGoing);
        assert_eq!(scheduler.start(), [Start(0)]);
        let because = Because::NeedFailed(0);
        let commands = finish(&mut scheduler, 0, Outcome::Failed);
        assert_eq!(commands, [skip(1, because), skip(2, because), Start(3)]);
        assert_eq!(finish(&mut scheduler, 3, Outcome::Succeeded), [Start(4)]);
    }

    #[test]
    fn fail_fast_skips_all_that_has_not_started_and_waits_for_the_rest() {
        let jobs = vec![job(0, &[], 9), job(1, &[], 8), job(2, &[0], 1), job(3, &[], 1)];
        let mut scheduler = scheduler(&jobs, 2, OnFailure::FailFast);
        assert_eq!(scheduler.start(), [Start(0), Start(1)]);
        let commands = finish(&mut scheduler, 0, Outcome::Failed);
        assert_eq!(commands, [skip(2, Because::NeedFailed(0)), skip(3, Because::FailFast(0))]);
        assert!(!scheduler.is_done());
        assert_eq!(finish(&mut scheduler, 1, Outcome::Succeeded), []);
        assert!(scheduler.is_done());
    }

    #[test]
    fn a_cancel_skips_all_that_has_not_started_once() {
        let mut scheduler = scheduler(&[job(0, &[], 9), job(1, &[], 8)], 1, OnFailure::KeepGoing);
        assert_eq!(scheduler.start(), [Start(0)]);
        assert_eq!(scheduler.on(Input::Cancel), [skip(1, Because::Cancelled)]);
        assert_eq!(scheduler.on(Input::Cancel), []);
        assert_eq!(finish(&mut scheduler, 0, Outcome::Failed), []);
        assert!(scheduler.is_done());
    }

    #[test]
    fn an_end_that_was_never_started_is_ignored() {
        let mut scheduler = scheduler(&[job(0, &[], 1), job(1, &[0], 1)], 1, OnFailure::KeepGoing);
        assert_eq!(finish(&mut scheduler, 1, Outcome::Succeeded), []);
        assert_eq!(finish(&mut scheduler, 7, Outcome::Succeeded), []);
        scheduler.start();
        assert_eq!(finish(&mut scheduler, 0, Outcome::Succeeded), [Start(1)]);
        assert_eq!(finish(&mut scheduler, 0, Outcome::Succeeded), []);
    }

    #[test]
    fn jobs_that_cannot_be_ordered_are_refused() {
        let refuse = |jobs: &[Job]| Scheduler::new(jobs, WIDE, OnFailure::KeepGoing).expect_err("no order");
        let circle = vec![job(0, &[3], 1), job(1, &[3], 1), job(2, &[1], 1), job(3, &[2], 1), job(4, &[], 1)];
        assert_eq!(refuse(&circle), GraphError::Cycle(vec![3, 2, 1]));
        assert_eq!(refuse(&[job(5, &[5], 1)]), GraphError::Cycle(vec![5]));
        assert_eq!(refuse(&[job(0, &[1], 1)]), GraphError::UnknownNeed { id: 0, need: 1 });
        assert_eq!(refuse(&[job(0, &[], 1), job(0, &[], 1)]), GraphError::DuplicateId(0));
    }

    #[test]
    fn nothing_to_do_is_done() {
        let mut scheduler = scheduler(&[], 1, OnFailure::KeepGoing);
        assert_eq!(scheduler.start(), []);
        assert!(scheduler.is_done());
    }

    /// Jobs that need only earlier ones, under ids that are not their positions.
    fn graphs() -> impl Strategy<Value = Vec<Job>> {
        let one = (prop::collection::vec(any::<prop::sample::Index>(), 0..4), 0..50_u64, 0..5_u32, 0..9_u64);
        prop::collection::vec(one, 0..20).prop_map(|jobs| {
            let id = |position: usize| (position * 7 + 3) % 31;
            let needs = |position, needs: Vec<prop::sample::Index>| match position {
                0 => vec![],
                _ => needs.iter().map(|need| id(need.index(position))).collect(),
            };
            let numbered = jobs.into_iter().enumerate();
            numbered
                .map(|(at, (raw, cost, cpu, memory))| Job { id: id(at), needs: needs(at, raw), cost, cpu, memory })
                .collect()
        })
    }

    /// Which running job ends next and how, or a cancel.
    fn choices() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
        prop::collection::vec((any::<prop::sample::Index>(), 0..40_u8), 64)
    }

    #[derive(Default, PartialEq, Debug)]
    struct Trace {
        commands: Vec<Command>,
        running: BTreeSet<usize>,
        succeeded: BTreeSet<usize>,
    }

    impl Trace {
        /// Takes `commands` on, checking what must hold at each of them.
        fn take(&mut self, commands: Vec<Command>, jobs: &[Job], budget: Budget) {
            for command in commands {
                if let Start(id) = command {
                    let job = jobs.iter().find(|job| job.id == id).expect("a job of the graph");
                    assert!(job.needs.iter().all(|need| self.succeeded.contains(need)), "{id} before its needs");
                    assert!(self.running.insert(id));
                }
                self.commands.push(command);
            }
            let running: Vec<_> = jobs.iter().filter(|job| self.running.contains(&job.id)).collect();
            let cpu: u32 = running.iter().map(|job| job.cpu.max(1)).sum();
            let memory: u64 = running.iter().map(|job| job.memory).sum();
            assert!(running.len() <= 1 || (cpu <= budget.cpu && memory <= budget.memory), "beyond the budget");
        }
    }

    /// Drives a scheduler to the end as `choices` say.
    fn drive(jobs: &[Job], budget: Budget, on_failure: OnFailure, choices: &[(prop::sample::Index, u8)]) -> Trace {
        let mut scheduler = Scheduler::new(jobs, budget, on_failure).expect("an order");
        let mut trace = Trace::default();
        trace.take(scheduler.start(), jobs, budget);
        for (which, what) in choices.iter().cycle() {
            if scheduler.is_done() {
                break;
            }
            assert!(!trace.running.is_empty(), "nothing runs and not done");
            let input = if *what == 0 { Input::Cancel } else { next_end(&mut trace, which, *what) };
            trace.take(scheduler.on(input), jobs, budget);
        }
        assert!(trace.running.is_empty(), "done while something runs");
        trace
    }

    fn next_end(trace: &mut Trace, which: &prop::sample::Index, what: u8) -> Input {
        let id = *trace.running.iter().nth(which.index(trace.running.len())).expect("a running job");
        trace.running.remove(&id);
        let outcome = if what < 6 { Outcome::Failed } else { Outcome::Succeeded };
        if outcome == Outcome::Succeeded {
            trace.succeeded.insert(id);
        }
        Input::Finished { id, outcome }
    }

    proptest! {
        #[test]
        fn every_job_is_started_or_skipped_once_in_order_and_within_the_budget(
            jobs in graphs(), cpu in 0..6_u32, memory in 0..16_u64, fail_fast: bool, choices in choices(),
        ) {
            let on_failure = if fail_fast { OnFailure::FailFast } else { OnFailure::KeepGoing };
            let budget = Budget { cpu, memory };
            let trace = drive(&jobs, budget, on_failure, &choices);
            let mut seen: Vec<_> = trace.commands.iter().map(|command| match command {
                Start(id) | Command::Skip { id, .. } => *id,
            }).collect();
            let mut all: Vec<_> = jobs.iter().map(|job| job.id).collect();
            seen.sort_unstable();
            all.sort_unstable();
            prop_assert_eq!(seen, all);
        }

        #[test]
        fn the_order_in_which_jobs_are_given_changes_nothing(
            jobs in graphs(), cpu in 0..6_u32, choices in choices(),
        ) {
            let budget = Budget { cpu, memory: 8 };
            let reversed: Vec<_> = jobs.iter().rev().cloned().collect();
            let drive = |jobs: &[Job]| drive(jobs, budget, OnFailure::KeepGoing, &choices);
            prop_assert_eq!(drive(&jobs), drive(&reversed));
        }

        #[test]
        fn without_failures_everything_is_started(jobs in graphs(), cpu in 0..6_u32) {
            let mut scheduler = Scheduler::new(&jobs, Budget { cpu, memory: 8 }, OnFailure::FailFast).expect("an order");
            let mut open = scheduler.start();
            let mut started = 0;
            while let Some(command) = open.pop() {
                let Start(id) = command else { return Err(TestCaseError::fail("skipped")) };
                started += 1;
                open.extend(scheduler.on(Input::Finished { id, outcome: Outcome::Succeeded }));
            }
            prop_assert_eq!(started, jobs.len());
            prop_assert!(scheduler.is_done());
        }
    }
}
