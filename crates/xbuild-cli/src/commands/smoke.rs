//! What `--smoke` adds to a build and to `inspect`: the runs, and what is said of those that could not be made.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Duration;

use camino::Utf8PathBuf;
use miette::{Diagnostic, LabeledSpan};
use serde_json::json;
use xbuild_builder::{Place, Places, Word};
use xbuild_exec::sandbox::CancelToken;
use xbuild_exec::{CellReport, Failure, Outcome, SmokeFailure};
use xbuild_facts::Gathered;
use xbuild_model::Origin;
use xbuild_plan::{PlannedCell, PlannedSmoke};
use xbuild_smoke::{Machine, NoRunner, Report, Request, Runner, Subject, Verdict, for_each, run};
use xbuild_verify::{Facts, Kind};

use crate::args::{Format, Smoking};
use crate::context::{Context, Problem};
use crate::exit::Exit;
use crate::present::progress::Drawing;
use crate::present::shell;
use crate::present::smoke::document;
use crate::project::Loaded;

/// The smoke runs of a build.
#[derive(Default)]
pub(crate) struct Smoked {
    reports: BTreeMap<String, Report>,
}

impl Smoked {
    /// The run of a cell.
    pub(crate) fn get(&self, cell: &str) -> Option<&Report> {
        self.reports.get(cell)
    }

    /// All of them, by cell.
    pub(crate) const fn reports(&self) -> &BTreeMap<String, Report> {
        &self.reports
    }

    /// The cells that passed.
    pub(crate) fn passed(&self) -> BTreeSet<String> {
        let passed = self.reports.iter().filter(|(_, report)| report.verdict == Verdict::Passed);
        passed.map(|(id, _)| id.clone()).collect()
    }
}

/// A run to make.
struct Job<'a> {
    cell: &'a PlannedCell,
    smoke: &'a PlannedSmoke,
    facts: &'a Facts,
    artifact: Utf8PathBuf,
    go_root: Option<Utf8PathBuf>,
}

/// Runs what the cells ask for, and makes failures of what did not pass.
pub(crate) fn smoke(
    context: &Context,
    loaded: &Loaded,
    gathered: &Gathered,
    report: &mut xbuild_exec::Report,
    drawing: &Drawing,
    cancel: &CancelToken,
) -> Smoked {
    let machine = machine(context);
    let jobs: Vec<Job<'_>> =
        report.cells.iter().filter_map(|done| job(context, loaded, gathered, done, &machine)).collect();
    let reports = for_each(&jobs, at_once(context), |job| {
        let id = &job.cell.identity.id;
        drawing.smoking(id);
        let report = job.run(&machine, cancel);
        drawing.smoked(id);
        if context.global.format == Format::Ndjson {
            context.print_json(&json!({ "format": 1, "event": "smoked", "id": id, "smoke": document(Some(&report)) }));
        }
        report
    });
    let failures: Vec<(String, Failure)> =
        jobs.iter().zip(&reports).filter_map(|(job, report)| Some((job.id(), job.failure(report)?))).collect();
    let reports = jobs.iter().map(Job::id).zip(reports).collect();
    drop(jobs);
    for (id, failure) in failures {
        if let Some(cell) = report.cells.iter_mut().find(|cell| cell.id == id) {
            cell.outcome = Outcome::Failed;
            cell.failure = Some(failure);
        }
    }
    Smoked { reports }
}

/// This machine, looked at.
pub(crate) fn machine(context: &Context) -> Machine {
    Machine::look(context.host, context.environment.path())
}

fn at_once(context: &Context) -> NonZeroUsize {
    let jobs = context.global.jobs.unwrap_or(context.processors());
    usize::try_from(jobs).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}

/// The smoke run of a cell that was built or restored; `None` where it asks for none.
fn job<'a>(
    context: &Context,
    loaded: &Loaded,
    gathered: &'a Gathered,
    done: &'a CellReport,
    machine: &Machine,
) -> Option<Job<'a>> {
    if !matches!(done.outcome, Outcome::Built | Outcome::Cached) {
        return None;
    }
    let cell = gathered.plan.cells.iter().find(|cell| cell.identity.id == done.id)?;
    let smoke = cell.smoke.as_ref()?;
    let is_program = |facts: &Facts| matches!(facts.kind, Kind::Executable | Kind::Script);
    let program = done.artifacts.iter().find(|made| is_program(&made.facts)).or(done.artifacts.first())?;
    let tools = cell.recipe.iter().flat_map(|recipe| &recipe.tools);
    let go = tools.filter_map(|name| gathered.tools.get(name).ok()?.go.as_ref()).next();
    let artifact = context.out(&loaded.file.root).join(program.path.as_str());
    let go_root = go.map(|go| go.root.clone()).or_else(|| machine.go_root());
    Some(Job { cell, smoke, facts: &program.facts, artifact, go_root })
}

impl Job<'_> {
    fn id(&self) -> String {
        self.cell.identity.id.clone()
    }

    fn run(&self, machine: &Machine, cancel: &CancelToken) -> Report {
        let subject =
            Subject { facts: self.facts, promised: self.cell.identity.platform, go_root: self.go_root.as_deref() };
        match self.arguments() {
            Ok(arguments) => {
                let timeout = Duration::from_secs(self.smoke.timeout_seconds.into());
                let artifact = self.artifact.clone();
                run(&Request { subject, artifact, arguments, exit: self.smoke.exit, timeout }, machine, cancel)
            }
            Err(why) => Report::not_run(&self.artifact, NoRunner::Prevented { why }),
        }
    }

    /// The arguments; `{out}` is the folder of the artifact, and other places of the build are gone by now.
    fn arguments(&self) -> Result<Vec<String>, String> {
        let words = self.smoke.arguments.as_ref().map_err(xbuild_plan::Reason::sentence)?;
        let folder = self.artifact.parent().map(ToString::to_string).unwrap_or_default();
        let places = Places::from([(Place::Out, folder)]);
        if words.iter().any(|word| word.names(&Place::Src)) {
            return Err("its arguments name the output of another cell, which is there only while it is built".into());
        }
        Ok(words.iter().map(|word: &Word| word.expand(&places)).collect())
    }

    /// The failure that a run shows.
    fn failure(&self, report: &Report) -> Option<Failure> {
        let runner = report.runner.as_ref().filter(|_| report.verdict.is_failure())?;
        let command = shell::command(&report.argv);
        Some(Failure::Smoke(Box::new(SmokeFailure {
            cell: self.id(),
            how: report.verdict.to_string(),
            command: format!("{command}\nrunner: {runner}; exit {} was expected", self.smoke.exit),
            output: report.output.clone(),
            help: self.help(report, runner),
            asked: self.smoke.origin,
        })))
    }

    fn help(&self, report: &Report, runner: &Runner) -> Option<String> {
        match (&report.verdict, runner, self.cell.identity.platform) {
            (Verdict::TimedOut, ..) => {
                Some(format!("`timeout-seconds={}` of `smoke` gives it more time", self.smoke.timeout_seconds * 2))
            }
            (Verdict::Failed(_), Runner::Qemu { cpu: Some(cpu), .. }, Some(platform))
                if report.is_illegal_instruction() =>
            {
                Some(format!("it has an instruction that {platform} (`-cpu {cpu}`) has not: build it for that level"))
            }
            _ => None,
        }
    }
}

/// Programs that could not be run, by what would change it.
struct Group<'a> {
    reasons: BTreeSet<String>,
    remedy: Option<String>,
    cells: Vec<&'a str>,
    asked: Option<Origin>,
}

/// Says once for each remedy which cells were not run, and why; under `=require` that is the run's failure.
pub(crate) fn tell_unrun(
    context: &Context,
    loaded: &Loaded,
    gathered: &Gathered,
    smoked: &Smoked,
    how: Smoking,
) -> Exit {
    let groups = groups(gathered, smoked);
    match how {
        Smoking::Try => {
            for group in &groups {
                let remedy = group.remedy.as_ref().map(|remedy| format!("; `{remedy}` brings it")).unwrap_or_default();
                context.say(&format!("smoke: not run: {}: {}{remedy}", group.cells.join(", "), group.why()));
            }
            Exit::Done
        }
        Smoking::Require => {
            let problems: Vec<Problem> = groups.iter().map(|group| Box::new(Unrun::of(group)) as Problem).collect();
            context.problems(&problems, Some(&loaded.file.source));
            if problems.is_empty() { Exit::Done } else { Exit::Environment }
        }
    }
}

fn groups<'a>(gathered: &'a Gathered, smoked: &'a Smoked) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<String, Group<'a>> = BTreeMap::new();
    for cell in &gathered.plan.cells {
        let id = cell.identity.id.as_str();
        let Some(verdict) = smoked.get(id).map(|report| &report.verdict) else { continue };
        let Some(reason) = verdict.reason() else { continue };
        let remedy = match verdict {
            Verdict::NotRun(reason) => reason.remedy(),
            _ => None,
        };
        let asked = cell.smoke.as_ref().map(|smoke| smoke.origin);
        let group = groups.entry(remedy.clone().unwrap_or_else(|| reason.clone()));
        let group = group.or_insert_with(|| Group { reasons: BTreeSet::new(), remedy, cells: Vec::new(), asked });
        group.reasons.insert(reason);
        group.cells.push(id);
    }
    groups.into_values().collect()
}

impl Group<'_> {
    fn why(&self) -> String {
        self.reasons.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Cells whose smoke run was demanded and could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{count} smoke run{} could not be made: {why}", if *count == 1 { "" } else { "s" })]
struct Unrun {
    count: usize,
    why: String,
    help: String,
    asked: Option<Origin>,
}

impl Unrun {
    fn of(group: &Group<'_>) -> Self {
        let cells = group.cells.join(", ");
        let help = match &group.remedy {
            Some(remedy) => format!("`{remedy}`, or `--smoke` without `=require` goes on without: {cells}"),
            None => format!("`--smoke` without `=require` goes on without: {cells}"),
        };
        Self { count: group.cells.len(), why: group.why(), help, asked: group.asked }
    }
}

impl Diagnostic for Unrun {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new("xbuild::smoke-not-run"))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = |origin| LabeledSpan::new_primary_with_span(Some("asked for here".into()), origin);
        Some(Box::new(self.asked.map(label).into_iter()))
    }
}
