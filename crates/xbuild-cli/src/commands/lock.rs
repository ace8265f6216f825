//! `xbuild lock`, and what `build` does with the lock: pins, artifacts, drift.

use std::collections::{BTreeMap, BTreeSet};

use miette::Diagnostic;
use serde_json::{Value as Json, json};
use xbuild_exec::{Outcome, Report};
use xbuild_facts::{Gathered, Tools};
use xbuild_lock::{
    Artifact, ArtifactState, Built, Diff, Drift, Output, Planned, Release, Smoke, ToolchainId, ToolchainPin,
    broken_releases, drift, merge, verified,
};
use xbuild_model::{Expectation, Project, Value};
use xbuild_plan::matrix::Matrix;
use xbuild_plan::{PlannedCell, PlannedSmoke};

use crate::args::LockArguments;
use crate::commands::plan::report_faults;
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::present::progress::Drawing;
use crate::project::Loaded;
use crate::workspace::{LockFile, open_store, session};

/// The lock and the result differ.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`xbuild.lock` does not say {what}: {count} difference{}", if *count == 1 { "" } else { "s" })]
#[diagnostic(code("xbuild::drift"), help("{help}"))]
struct Drifted {
    what: &'static str,
    count: usize,
    help: String,
    #[related]
    drifts: Vec<OneDrift>,
}

/// One difference.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{0}")]
#[diagnostic(code("xbuild::drift"))]
struct OneDrift(Drift);

/// What to do about drift that `--locked` found.
const UNLOCK: &str = "run `xbuild build` without `--locked` and commit the new `xbuild.lock`, or undo the change";
/// What a lock that drifted does not say, after a build.
const BUILT: &str = "what was built";

/// How many differences are shown one by one.
const SHOWN: usize = 20;

/// What became of the lock; by default it is as it was.
#[derive(Default)]
pub(crate) struct Written {
    changed: bool,
    drifts: Vec<Drift>,
    refused: bool,
}

impl Written {
    pub(crate) fn exit(&self) -> Exit {
        if self.refused { Exit::Drift } else { Exit::Done }
    }

    pub(crate) fn sentence(&self) -> &'static str {
        match (self.refused, self.changed) {
            (true, _) => "xbuild.lock differs and was not written",
            (false, true) => "xbuild.lock written",
            (false, false) => "xbuild.lock unchanged",
        }
    }

    pub(crate) fn json(&self) -> Json {
        let drifts: Vec<String> = self.drifts.iter().map(ToString::to_string).collect();
        json!({ "path": "xbuild.lock", "written": self.changed && !self.refused, "drift": drifts })
    }
}

/// What a build is to put on record besides.
pub(crate) struct Wish {
    /// The digests.
    pub(crate) release: bool,
    /// The cells that passed their smoke run.
    pub(crate) smoked: BTreeSet<String>,
}

/// Brings the lock up to what a build found, or reports the drift where it may not change.
pub(crate) fn settle(
    context: &Context,
    project: &Project,
    lock: &LockFile,
    gathered: &Gathered,
    report: &Report,
    cells: &[String],
    wish: Wish,
) -> Result<Written, Failure> {
    let built = Built {
        toolchains: pins(context, &gathered.tools),
        artifacts: artifacts(project, gathered, report),
        // Under `--locked` nothing is promised anew; that a program passed where it was not tried before is no difference.
        smoked: if context.global.locked { BTreeSet::new() } else { wish.smoked },
        release: wish.release && !context.global.locked,
    };
    let broken = broken_releases(&lock.lock, &built);
    let new = merge(&lock.lock, &built, cells.iter().map(String::as_str));
    let mut drifts = drift(&lock.lock, &new);
    if context.global.locked {
        drifts.extend(broken);
        report_drift(context, &drifts, BUILT, UNLOCK);
        return Ok(Written { changed: false, refused: !drifts.is_empty(), drifts });
    }
    if !wish.release && !broken.is_empty() {
        report_drift(
            context,
            &broken,
            BUILT,
            "the same inputs gave other bytes than at the release; `xbuild build --release` promises these",
        );
        let changed = lock.write(&new)?;
        return Ok(Written { changed, drifts: broken, refused: true });
    }
    let changed = lock.write(&new)?;
    Ok(Written { changed, drifts, refused: false })
}

pub(crate) fn report_drift(context: &Context, drifts: &[Drift], what: &'static str, help: &str) {
    if drifts.is_empty() {
        return;
    }
    let shown = drifts.iter().take(SHOWN).cloned().map(OneDrift).collect();
    let problem = Drifted { what, count: drifts.len(), help: help.to_owned(), drifts: shown };
    context.problems(&[Box::new(problem) as Problem], None);
}

/// The pins of the toolchains that were used.
fn pins(context: &Context, tools: &Tools) -> BTreeMap<ToolchainId, ToolchainPin> {
    let host = context.host.to_string();
    let pin = |(name, tool): (&str, &xbuild_facts::Tool)| {
        let id = ToolchainId { name: format!("{name}@{}", tool.version), host: host.clone() };
        let source = tool.go.as_ref().map(|go| format!("gomod:{}", go.module()));
        let h1 = tool.go.as_ref().and_then(|go| go.h1.clone());
        (id, ToolchainPin { source, h1, tree: format!("blake3:{}", tool.digest) })
    };
    tools.iter().map(pin).collect()
}

/// What a build of the plan would change in the lock.
pub(crate) fn diff(
    context: &Context,
    loaded: &Loaded,
    matrix: &Matrix<'_>,
    lock: &LockFile,
    gathered: &Gathered,
) -> Diff {
    let decided = |cell: &PlannedCell| {
        let artifact = decided(&loaded.project, cell)?;
        let known = lock.lock.artifacts.get(&cell.identity.id);
        Some((cell.identity.id.clone(), completed(artifact, cell, known)))
    };
    let planned = Planned {
        toolchains: pins(context, &gathered.tools),
        artifacts: gathered.plan.cells.iter().filter_map(decided).collect(),
        promises: gathered.plan.cells.iter().map(|cell| (cell.identity.id.clone(), promises(cell))).collect(),
    };
    let cells: Vec<String> = matrix.cells().map(|cell| cell.id().to_string()).collect();
    xbuild_lock::diff(&lock.lock, &planned, cells.iter().map(String::as_str))
}

/// What the bytes of a cell will be whatever its sources say.
fn promises(planned: &PlannedCell) -> BTreeMap<String, String> {
    let arch = planned.identity.platform.map(|platform| ("arch".to_owned(), platform.arch().to_string()));
    let linkage = planned.expectations.iter().find_map(|expected| match (expected.expectation, &expected.value) {
        (Expectation::Linkage, Value::Text(word)) => Some(("linkage".to_owned(), word.raw().to_owned())),
        _ => None,
    });
    arch.into_iter().chain(linkage).collect()
}

/// A cell whose action is not known (a tool is missing) may pass on variables that nobody has looked up: of what the lock
/// knows besides, nothing is said to be gone.
fn completed(mut artifact: Artifact, planned: &PlannedCell, known: Option<&ArtifactState>) -> Artifact {
    if let (None, Some(ArtifactState::Built(known))) = (&planned.action, known) {
        artifact.secret_env = known.secret_env.clone();
        for (name, value) in &known.env {
            artifact.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    artifact
}

/// What was decided about a cell, as the lock writes it, without outputs.
fn decided(project: &Project, planned: &PlannedCell) -> Option<Artifact> {
    let recipe = planned.recipe.as_ref()?;
    let declared = |name: &String| project.toolchains.iter().find(|toolchain| toolchain.name.as_str() == name);
    let tool = |name: &String| Some(format!("{name}@{}", declared(name)?.version.value));
    Some(Artifact {
        builder: planned.builder.as_str().to_owned(),
        toolchains: recipe.tools.iter().filter_map(tool).collect(),
        argv: recipe.argv.iter().map(xbuild_builder::Word::template).collect(),
        env: recipe.env.iter().map(|(name, entry)| (name.clone(), entry.value.template())).collect(),
        secret_env: planned.action.iter().flat_map(|action| action.secrets.keys().cloned()).collect(),
        smoke: planned.smoke.as_ref().and_then(smoke),
        outputs: BTreeMap::new(),
    })
}

/// The smoke run that is asked for; `None` where its arguments cannot be told.
fn smoke(planned: &PlannedSmoke) -> Option<Smoke> {
    let words = planned.arguments.as_ref().ok()?;
    Some(Smoke { arguments: words.iter().map(xbuild_builder::Word::template).collect(), exit: planned.exit })
}

/// What was built and verified, cell by cell.
fn artifacts(project: &Project, gathered: &Gathered, report: &Report) -> BTreeMap<String, Artifact> {
    let good = report.cells.iter().filter(|cell| matches!(cell.outcome, Outcome::Built | Outcome::Cached));
    let artifact = |cell: &xbuild_exec::CellReport| {
        let planned = gathered.plan.cells.iter().find(|planned| planned.identity.id == cell.id)?;
        Some((cell.id.clone(), artifact(project, planned, cell)?))
    };
    good.filter_map(artifact).collect()
}

fn artifact(project: &Project, planned: &PlannedCell, report: &xbuild_exec::CellReport) -> Option<Artifact> {
    let single = report.artifacts.len() == 1;
    let outputs = report.artifacts.iter().map(|made| {
        let release = Release {
            inputs: planned.key.map(|key| key.to_string()).unwrap_or_default(),
            blake3: made.digest.hash().to_hex(),
            sha256: made.sha256.to_hex(),
            size: made.digest.size(),
        };
        let facts = made.facts.is_binary().then(|| verified(&made.facts));
        ((!single).then(|| made.output.to_string()), Output { verified: facts, release: Some(release) })
    });
    Some(Artifact { outputs: outputs.collect(), ..decided(project, planned)? })
}

/// Before anything is built under `--locked`: reports where the plan already differs from the lock; `None` where it does
/// not.
pub(crate) fn refuse(
    context: &Context,
    project: &Project,
    lock: &LockFile,
    gathered: &Gathered,
    cells: &[String],
) -> Option<Written> {
    if !context.global.locked {
        return None;
    }
    let planned = gathered.plan.cells.iter().filter_map(|cell| {
        let known = lock.lock.artifacts.get(&cell.identity.id);
        let artifact = completed(decided(project, cell)?, cell, known);
        let outputs = match known {
            Some(ArtifactState::Built(built)) => built.outputs.clone(),
            _ => BTreeMap::new(),
        };
        Some((cell.identity.id.clone(), Artifact { outputs, ..artifact }))
    });
    let built = Built { toolchains: pins(context, &gathered.tools), artifacts: planned.collect(), ..Built::default() };
    let drifts = drift(&lock.lock, &merge(&lock.lock, &built, cells.iter().map(String::as_str)));
    report_drift(context, &drifts, "what would be built", UNLOCK);
    (!drifts.is_empty()).then_some(Written { changed: false, drifts, refused: true })
}

/// `xbuild lock`: resolves the toolchains and writes their pins.
pub(crate) fn run(context: &Context, arguments: &LockArguments) -> Result<Exit, Failure> {
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let lock = LockFile::read(&loaded)?;
    let store = open_store(context)?;
    let drawing = Drawing::new(context, None);
    let progress = |step| drawing.step(&step);
    let mut pinned = lock.pins(context.host);
    pinned.retain(|id, _| !arguments.update.iter().any(|name| id == name || id.starts_with(&format!("{name}@"))));
    let session = session(context, &loaded, &store, pinned, &progress);
    let mut faults = Vec::new();
    let mut tools = session.toolchains(&mut faults);
    if !arguments.check && !context.global.locked {
        session.learn_h1(&mut tools, &mut faults);
    }
    drawing.clear();
    let _ = store.save();
    let exit = report_faults(context, &loaded, faults);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let cells: Vec<String> = matrix.cells().map(|cell| cell.id().to_string()).collect();
    let built = Built { toolchains: pins(context, &tools), ..Built::default() };
    let mut new = merge(&lock.lock, &built, cells.iter().map(String::as_str));
    let used: BTreeSet<String> = built.toolchains.keys().map(|id| id.name.clone()).collect();
    new.toolchains.retain(|id, _| used.contains(&id.name));
    finish(context, arguments, &lock, &new)
}

fn finish(
    context: &Context,
    arguments: &LockArguments,
    lock: &LockFile,
    new: &xbuild_lock::Lock,
) -> Result<Exit, Failure> {
    let drifts = drift(&lock.lock, new);
    let refused = (arguments.check || context.global.locked) && !drifts.is_empty();
    if refused {
        report_drift(context, &drifts, "what is there", "run `xbuild lock` and commit `xbuild.lock`");
    }
    let changed = if arguments.check || context.global.locked { false } else { lock.write(new)? };
    let written = Written { changed, drifts, refused };
    if context.is_json() {
        context.print_json(&json!({ "format": 1, "lock": written.json() }));
    } else {
        context.print(&format!("{}\n", written.sentence()));
    }
    Ok(written.exit())
}
