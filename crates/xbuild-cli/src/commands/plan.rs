//! `xbuild plan`: the dry run, and what it would change in the lock.

use serde_json::{Value, json};
use xbuild_facts::Gathered;
use xbuild_lock::Diff;
use xbuild_plan::{PlannedCell, Reason};

use crate::args::{Format, PlanArguments};
use crate::commands::lock::{diff, report_drift};
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::present::cell::Places;
use crate::present::plan::{View, totals};
use crate::present::progress::Drawing;
use crate::present::{diff as diff_view, graph, plan_table};
use crate::project::Loaded;
use crate::selecting::select;
use crate::workspace::{LockFile, open_store, session};

/// What viewers of Mermaid draw unless they are told otherwise, in characters.
const MERMAID_DRAWS: usize = 50_000;

pub(crate) fn run(context: &Context, arguments: &PlanArguments) -> Result<Exit, Failure> {
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let selected = select(context, &loaded, &matrix, &arguments.selecting)?;
    let lock = LockFile::read(&loaded)?;
    let store = open_store(context)?;
    let drawing = Drawing::new(context, None);
    let progress = |step| drawing.step(&step);
    let session = session(context, &loaded, &store, lock.pins(context.host), &progress);
    let gathered = session.plan(&matrix, &selected.cells);
    drawing.clear();
    // What was looked up is kept for the next run where that is possible.
    let _ = store.save();
    let diff = arguments.diff.then(|| diff(context, &loaded, &matrix, &lock, &gathered));
    Shown { context, loaded: &loaded, gathered: &gathered, diff: diff.as_ref() }.present();
    let exit = plan_exit(&gathered.plan.cells).worse(drift_exit(context, diff.as_ref()));
    Ok(report_faults(context, &loaded, gathered.faults).worse(exit))
}

/// A cell that this xbuild cannot carry out is an impossible one.
pub(crate) fn plan_exit(cells: &[PlannedCell]) -> Exit {
    let impossible = cells.iter().any(|cell| cell.why.iter().any(Reason::is_impossible));
    if impossible { Exit::Plan } else { Exit::Done }
}

/// A difference is a failure only where none is allowed.
fn drift_exit(context: &Context, diff: Option<&Diff>) -> Exit {
    match diff {
        Some(diff) if context.global.locked && !diff.is_empty() => {
            report_drift(
                context,
                &diff.drifts(),
                "what is planned",
                "run `xbuild build` and commit the new `xbuild.lock`, or undo the change",
            );
            Exit::Drift
        }
        _ => Exit::Done,
    }
}

/// Reports what could not be had, and says with which exit code.
pub(crate) fn report_faults(context: &Context, loaded: &Loaded, faults: Vec<xbuild_facts::Fault>) -> Exit {
    let exit = faults.iter().fold(Exit::Done, |exit, fault| {
        exit.worse(if fault.is_environment() { Exit::Environment } else { Exit::Build })
    });
    let problems: Vec<Problem> = faults.into_iter().map(|fault| Box::new(fault) as Problem).collect();
    context.problems(&problems, Some(&loaded.file.source));
    exit
}

/// The output folder as results name it: below the project where it is there.
pub(crate) fn relative_out(context: &Context, loaded: &Loaded) -> String {
    let out = context.out(&loaded.file.root);
    out.strip_prefix(&loaded.file.root).map_or_else(|_| out.to_string(), ToString::to_string)
}

/// What is shown, in whichever format.
struct Shown<'a> {
    context: &'a Context,
    loaded: &'a Loaded,
    gathered: &'a Gathered,
    diff: Option<&'a Diff>,
}

impl Shown<'_> {
    fn present(&self) {
        let cells = &self.gathered.plan.cells;
        match self.context.global.format {
            Format::Json => self.context.print_json(&self.document()),
            Format::Ndjson => self.lines(),
            Format::Dot => self.context.print(&graph::dot(&self.loaded.name(), cells)),
            Format::Mermaid => self.mermaid(&graph::mermaid(cells)),
            _ => self.table(),
        }
    }

    fn with_view<T>(&self, show: impl FnOnce(&View<'_>) -> T) -> T {
        let places = Places::new(&self.loaded.file.source);
        let out = relative_out(self.context, self.loaded);
        show(&View { tools: &self.gathered.tools, places: &places, out: &out })
    }

    fn document(&self) -> Value {
        let cells = &self.gathered.plan.cells;
        let shown: Vec<Value> =
            self.with_view(|view| cells.iter().map(|cell| Value::Object(view.document(cell))).collect());
        let mut document =
            json!({ "format": 1, "project": self.loaded.name(), "cells": shown, "totals": totals(cells) });
        if let Some(diff) = self.diff {
            document["diff"] = diff_view::json(diff);
        }
        document
    }

    /// One cell a line, and at last the differences where they were asked for.
    fn lines(&self) {
        let cells = &self.gathered.plan.cells;
        self.with_view(|view| {
            for cell in cells {
                let mut fields = view.document(cell);
                fields.shift_insert(0, "format".into(), json!(1));
                self.context.print_json(&Value::Object(fields));
            }
        });
        if let Some(diff) = self.diff {
            self.context.print_json(&json!({ "format": 1, "diff": diff_view::json(diff) }));
        }
    }

    fn mermaid(&self, text: &str) {
        if text.len() > MERMAID_DRAWS {
            self.context.say("most viewers of Mermaid draw no more than 50,000 characters: select fewer cells");
        }
        self.context.print(text);
    }

    fn table(&self) {
        let verbose = self.context.global.verbose;
        let cells = &self.gathered.plan.cells;
        let mut text = self.with_view(|view| plan_table::table(&self.loaded.name(), cells, view, verbose));
        if let Some(diff) = self.diff {
            text.push_str(&format!("\n{}", diff_view::text(diff)));
        }
        self.context.print(&text);
    }
}
