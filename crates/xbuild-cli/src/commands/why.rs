//! `xbuild why`: each rule that made or changed a cell, each setting with what it replaced, and why it was or would be built.
//!
//! Everything is asked of the functions that `plan` and `build` use, for this one cell.

use serde_json::Value;
use xbuild_plan::matrix::{Resolver, rules};
use xbuild_plan::selection;

use crate::args::WhyArguments;
use crate::commands::plan::{plan_exit, relative_out, report_faults};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::present::cell::Places;
use crate::present::plan::View;
use crate::present::progress::Drawing;
use crate::present::why::{Reasons, gone_json, gone_text};
use crate::project::Loaded;
use crate::workspace::{LockFile, open_store, session};

pub(crate) fn run(context: &Context, arguments: &WhyArguments) -> Result<Exit, Failure> {
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let places = Places::new(&loaded.file.source);
    if let Some(dropped) = matrix.find_dropped(&arguments.cell) {
        show(context, || gone_json(dropped, &places), || gone_text(dropped, &places));
        return Ok(Exit::Done);
    }
    let cell = selection::find_cell(&matrix, &arguments.cell)
        .map_err(|error| Failure::new(Exit::Plan, error).about(&loaded.file.source))?;
    let mut resolver = Resolver::new(&matrix);
    // The check before has found no conflict, so every cell has its settings.
    let resolved = resolver.resolve(cell).unwrap_or_default();
    let rules = rules(&mut resolver, cell);

    let lock = LockFile::read(&loaded)?;
    let store = open_store(context)?;
    let drawing = Drawing::new(context, None);
    let progress = |step| drawing.step(&step);
    let session = session(context, &loaded, &store, lock.pins(context.host), &progress);
    let gathered = session.plan(&matrix, &[cell]);
    drawing.clear();
    let _ = store.save();
    let Some(planned) = gathered.plan.cells.iter().find(|planned| planned.identity.id == arguments.cell) else {
        return Ok(report_faults(context, &loaded, gathered.faults));
    };
    let turn = session.last_turn(planned);
    let out = relative_out(context, &loaded);
    let view = View { tools: &gathered.tools, places: &places, out: &out };
    let reasons = Reasons { planned, rules: &rules, resolved: &resolved, turn: turn.as_ref(), view: &view };
    show(context, || reasons.json(), || reasons.text());
    Ok(report_faults(context, &loaded, gathered.faults).worse(plan_exit(&gathered.plan.cells)))
}

fn show(context: &Context, json: impl FnOnce() -> Value, text: impl FnOnce() -> String) {
    if context.is_json() {
        context.print_json(&json());
    } else {
        context.print(&text());
    }
}
