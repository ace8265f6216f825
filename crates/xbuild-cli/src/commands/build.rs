//! `xbuild build`: the plan, carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use miette::Diagnostic;
use xbuild_builder::{Action, Place};
use xbuild_exec::sandbox::{self, CancelToken, Level};
use xbuild_exec::scheduler::OnFailure;
use xbuild_exec::{Allowance, CachePlace, Class, Event, Outputs, Report, Workbench};
use xbuild_facts::{Gathered, GoFolders, Session};
use xbuild_plan::{PlannedCell, Reason, Verdict};

use crate::args::{BuildArguments, Format};
use crate::commands::lock::{Wish, Written, refuse, settle};
use crate::commands::plan::{relative_out, report_faults};
use crate::commands::smoke::{Smoked, smoke, tell_unrun};
use crate::context::{Context, Failure, Problem};
use crate::diagnostics::Note;
use crate::exit::Exit;
use crate::looking::look_inside;
use crate::present::borrowed::Borrowed;
use crate::present::build::{Ended, event_line};
use crate::present::cell::Places;
use crate::present::progress::Drawing;
use crate::present::trace::Trace;
use crate::project::Loaded;
use crate::selecting::select;
use crate::signals;
use crate::workspace::{LockFile, environment, open_store, session};

/// A level of isolation that does not exist, or a run that cannot be stopped.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum BuildError {
    #[error("cannot listen for signals")]
    #[diagnostic(code("xbuild::io"))]
    Signals(#[source] std::io::Error),
    #[error("cannot write to the output folder `{path}`")]
    #[diagnostic(code("xbuild::permission"), help("make it writable, or name another: `--out DIR`"))]
    Out {
        path: Utf8PathBuf,
        #[source]
        source: std::io::Error,
    },
}

pub(crate) fn run(context: &Context, arguments: &BuildArguments) -> Result<Exit, Failure> {
    let start = Instant::now();
    sandbox::prepare_process();
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let selected = select(context, &loaded, &matrix, &arguments.selecting)?;
    let lock = LockFile::read(&loaded)?;
    let isolation = isolation(context)?;
    let store = open_store(context)?;
    let cancel = CancelToken::new().map_err(|error| Failure::new(Exit::Environment, BuildError::Signals(error)))?;
    let stopped =
        signals::watch(&cancel).map_err(|error| Failure::new(Exit::Environment, BuildError::Signals(error)))?;
    let drawing = Drawing::new(context, Some(cancel.clone()));
    let progress = |step| drawing.step(&step);
    let mut session = session(context, &loaded, &store, lock.pins(context.host), &progress);
    session.settings.no_cache |= arguments.from_scratch;
    let mut gathered = session.plan(&matrix, &selected.cells);
    let cells: Vec<String> = matrix.cells().map(|cell| cell.id().to_string()).collect();
    if let Some(refused) = refuse(context, &loaded.project, &lock, &gathered, &cells) {
        drawing.clear();
        let exit = report_faults(context, &loaded, std::mem::take(&mut gathered.faults)).worse(refused.exit());
        let report = Report::refused(&gathered.plan, "`xbuild.lock` says otherwise");
        present(
            context,
            &loaded,
            &gathered,
            &report,
            &Ending { smoked: Smoked::default(), written: refused, elapsed: start.elapsed() },
        );
        return Ok(exit);
    }
    let trace = Trace::default();
    let run = Run {
        context,
        loaded: &loaded,
        session: &session,
        drawing: &drawing,
        trace: &trace,
        from_scratch: arguments.from_scratch,
    };
    let mut report = run.carry_out(&mut gathered, isolation, &cancel)?;
    gathered.plan.replace(std::mem::take(&mut report.planned));
    let smoked = match arguments.smoke {
        Some(_) => smoke(context, &loaded, &gathered, &mut report, &drawing, &cancel),
        None => Smoked::default(),
    };
    drawing.clear();
    trace.write(context)?;
    store.save().map_err(environment)?;

    let mut exit = report_faults(context, &loaded, std::mem::take(&mut gathered.faults));
    exit = exit.worse(report_failures(context, &loaded, &gathered, &report));
    if let Some(how) = arguments.smoke {
        if gathered.plan.cells.iter().all(|cell| cell.smoke.is_none()) {
            context.say("smoke: none of these cells has `smoke`");
        }
        exit = exit.worse(tell_unrun(context, &loaded, &gathered, &smoked, how));
    }
    let wish = Wish { release: arguments.release, smoked: smoked.passed() };
    let written = settle(context, &loaded.project, &lock, &gathered, &report, &cells, wish).unwrap_or_else(|failure| {
        exit = exit.worse(context.report(&failure));
        Written::default()
    });
    exit = exit.worse(written.exit());
    if let Some(by_signal) = stopped.exit() {
        exit = by_signal;
    }
    present(context, &loaded, &gathered, &report, &Ending { smoked, written, elapsed: start.elapsed() });
    Ok(exit)
}

/// The level that was demanded, or the strongest that there is below `namespace`.
fn isolation(context: &Context) -> Result<Level, Failure> {
    let failed = |problem: Problem| Failure { exit: Exit::Environment, problems: vec![problem], source: None };
    if let Some(wanted) = &context.global.isolation {
        let level: Level = wanted.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
        return sandbox::demand(level).map_err(|error| failed(Box::new(error)));
    }
    let (level, reason) = sandbox::strongest();
    if let (true, Some(reason)) = (level < Level::Landlock, reason) {
        context.say(&format!("isolation: {level} ({reason})"));
    }
    Ok(level)
}

/// What carrying out needs.
struct Run<'a> {
    context: &'a Context,
    loaded: &'a Loaded,
    session: &'a Session<'a>,
    drawing: &'a Drawing,
    trace: &'a Trace,
    from_scratch: bool,
}

impl Run<'_> {
    fn carry_out(&self, gathered: &mut Gathered, isolation: Level, cancel: &CancelToken) -> Result<Report, Failure> {
        let out = self.context.out(&self.loaded.file.root);
        self.prepare(&out, gathered)?;
        let places = gathered.tools.places();
        let tools = gathered.tools.readable();
        let secrets = self.secrets(gathered);
        let fresh = tempfile::tempdir().map_err(|source| self.no_scratch(source))?;
        let fresh = self.from_scratch.then(|| fresh.path().to_string_lossy().into_owned());
        let caches = |action: &Action| self.caches(action, fresh.as_deref());
        let tell = |event: Event<'_>| self.tell(&event);
        let gathered: &Gathered = gathered;
        let resume = |cell: &PlannedCell, outputs: &Outputs| self.session.resume(gathered, cell, outputs);
        let jobs = self.context.global.jobs.unwrap_or(self.context.processors());
        let bench = Workbench {
            store: self.session.store,
            root: &self.loaded.file.root,
            out: &out,
            places: &places,
            tools: &tools,
            resume: &resume,
            secrets: &secrets,
            caches: &caches,
            home: &GoFolders::prepare_home,
            look_inside: &look_inside,
            allowance: Allowance {
                jobs,
                processors: self.context.processors(),
                memory: memory(),
                on_failure: if self.context.global.fail_fast { OnFailure::FailFast } else { OnFailure::KeepGoing },
                isolation,
            },
            cancel,
            tell: &tell,
        };
        Ok(xbuild_exec::build(&gathered.plan, &bench, !self.session.settings.no_cache))
    }

    /// The output folder, swept; and the modules that the actions need.
    fn prepare(&self, out: &Utf8PathBuf, gathered: &mut Gathered) -> Result<(), Failure> {
        let failed = |source| Failure::new(Exit::Environment, BuildError::Out { path: out.clone(), source });
        std::fs::create_dir_all(out).map_err(failed)?;
        for cell in &gathered.plan.cells {
            for folder in cell.artifacts.iter().filter_map(|artifact| artifact.path.parent()) {
                // What cannot be swept is in nobody's way.
                let _ = xbuild_store::sweep_siblings(&out.join(folder.as_str()));
            }
        }
        let waits = |cell: &PlannedCell| cell.why.iter().any(|why| matches!(why, Reason::Waiting { .. }));
        let runs = gathered.plan.cells.iter().filter(|cell| cell.verdict == Verdict::Build || waits(cell));
        let runs: BTreeSet<String> = runs.map(|cell| cell.identity.id.clone()).collect();
        let runs: BTreeSet<&str> = runs.iter().map(String::as_str).collect();
        let faults = self.session.bring_modules(gathered, &runs);
        gathered.faults.extend(faults);
        self.drawing.fetched();
        Ok(())
    }

    fn no_scratch(&self, source: std::io::Error) -> Failure {
        let path = Utf8PathBuf::from(self.context.environment.get("TMPDIR").unwrap_or("/tmp"));
        Failure::new(Exit::Environment, BuildError::Out { path, source })
    }

    /// The values of the variables that are secret, for the actions alone.
    fn secrets(&self, gathered: &Gathered) -> BTreeMap<String, String> {
        let names = gathered.secrets();
        let all = self.context.environment.iter().filter(|(name, _)| names.contains(name));
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Where Go keeps what outlives an action.
    fn caches(&self, action: &Action, fresh: Option<&str>) -> std::io::Result<Vec<CachePlace>> {
        let folders = self.session.go_folders();
        let Some(tree) = go_of(action) else { return Ok(Vec::new()) };
        let build = fresh.map_or_else(|| folders.build(tree, &action.recipe.env), Utf8PathBuf::from);
        let modules = folders.modules();
        for folder in [&build, &modules] {
            std::fs::create_dir_all(folder)?;
        }
        Ok(vec![(Place::Cache("go-build".into()), build, true), (Place::Cache("go-mod".into()), modules, false)])
    }

    fn tell(&self, event: &Event<'_>) {
        if self.context.global.format == Format::Ndjson {
            let out = relative_out(self.context, self.loaded);
            self.context.print_json(&event_line(event, &out));
        }
        self.drawing.event(event);
        self.trace.event(event);
    }
}

/// The digest of the Go that an action runs; `None` for the actions of other builders.
fn go_of(action: &Action) -> Option<xbuild_content::Hash> {
    let root = &action.recipe.env.get("GOROOT")?.value;
    let tool = action.tools.iter().find(|(name, _)| root.names(&Place::Root((*name).clone())));
    tool.map(|(_, tool)| tool.digest)
}

/// The memory that is free now, in bytes; without an answer there is no limit.
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = available.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.map_or(u64::MAX, |kilobytes| kilobytes * 1024)
}

/// Reports every failure that is not a mere consequence, and says with which exit code.
fn report_failures(context: &Context, loaded: &Loaded, gathered: &Gathered, report: &Report) -> Exit {
    let mut exit = Exit::Done;
    let mut shown: Vec<(Problem, Note)> = Vec::new();
    let failures = report.cells.iter().filter_map(|cell| Some((cell.id.as_str(), cell.failure.as_ref()?)));
    for (id, failure) in failures {
        exit = exit.worse(match failure.class() {
            Some(Class::Verify) => Exit::Verify,
            Some(Class::Build) => Exit::Build,
            Some(Class::Environment) => Exit::Environment,
            Some(Class::Plan) => Exit::Plan,
            Some(Class::Interrupted) => Exit::Interrupted,
            None => Exit::Done,
        });
        if matches!(failure.class(), Some(Class::Verify | Class::Build | Class::Environment | Class::Plan)) {
            let smoked = matches!(failure, xbuild_exec::Failure::Smoke(_));
            let older = (!smoked).then(|| older(context, loaded, gathered, id)).flatten();
            let notes = [failure.note(), older];
            let notes: Vec<String> = notes.into_iter().flatten().collect();
            let note = (!notes.is_empty()).then(|| notes.join("\n"));
            let note = Note { note, output: failure.output().map(str::to_owned) };
            shown.push((Box::new(Borrowed::of(failure)), note));
        }
    }
    let shown: Vec<(&Problem, Note)> = shown.iter().map(|(problem, note)| (problem, note.clone())).collect();
    context.problems_with_notes(&shown, Some(&loaded.file.source));
    exit
}

/// That an artifact of a failed cell still stands where the new one would be: nobody shall ship it unawares.
fn older(context: &Context, loaded: &Loaded, gathered: &Gathered, id: &str) -> Option<String> {
    let out = context.out(&loaded.file.root);
    let cell = gathered.plan.cells.iter().find(|cell| cell.identity.id == id)?;
    let left = cell.artifacts.iter().find(|artifact| out.join(artifact.path.as_str()).is_file())?;
    Some(format!("{}/{} is of an earlier build", relative_out(context, loaded), left.path))
}

/// How a build ended, besides what became of its cells.
struct Ending {
    smoked: Smoked,
    written: Written,
    elapsed: Duration,
}

fn present(context: &Context, loaded: &Loaded, gathered: &Gathered, report: &Report, ending: &Ending) {
    let Ending { smoked, written, elapsed } = ending;
    let ended = Ended {
        project: &loaded.name(),
        out: &relative_out(context, loaded),
        plan: &gathered.plan,
        report,
        smoked: smoked.reports(),
        lock: written.json(),
        lock_sentence: written.sentence(),
        elapsed: *elapsed,
    };
    match context.global.format {
        Format::Json => context.print_json(&ended.document(&Places::new(&loaded.file.source))),
        Format::Ndjson => context.print_json(&ended.last_line()),
        _ => context.print(&ended.table()),
    }
}
