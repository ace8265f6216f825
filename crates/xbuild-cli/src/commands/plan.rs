//! `xbuild plan`: the dry run.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use xbuild_builder::{Recipe, Word};
use xbuild_facts::{Gathered, Tools};
use xbuild_plan::{PlannedCell, Reason, Verdict};

use crate::args::{Format, Selecting};
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::present::cell::{Places, identity};
use crate::present::harmless::harmless;
use crate::present::progress::Drawing;
use crate::present::table::Table;
use crate::project::Loaded;
use crate::selecting::select;
use crate::workspace::{LockFile, open_store, session};

/// How many reasons a cell shows before it says how many more there are.
const REASONS: usize = 3;

pub(crate) fn run(context: &Context, selecting: &Selecting) -> Result<Exit, Failure> {
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let selected = select(context, &matrix, selecting)?;
    let lock = LockFile::read(&loaded)?;
    let store = open_store(context)?;
    let drawing = Drawing::new(context, None);
    let progress = |step| drawing.step(&step);
    let session = session(context, &loaded, &store, lock.pins(context.host), &progress);
    let gathered = session.plan(&matrix, &selected.cells);
    drawing.clear();
    // What was looked up is kept for the next run where that is possible.
    let _ = store.save();
    present(context, &loaded, &gathered);
    let unsupported =
        gathered.plan.cells.iter().any(|cell| cell.why.iter().any(|why| matches!(why, Reason::Unsupported { .. })));
    let exit = report_faults(context, &loaded, gathered.faults);
    Ok(if unsupported { exit.worse(Exit::Plan) } else { exit })
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

fn present(context: &Context, loaded: &Loaded, gathered: &Gathered) {
    let places = Places::new(&loaded.file.source);
    let out = relative_out(context, loaded);
    let cells = || gathered.plan.cells.iter().map(|cell| document(cell, &gathered.tools, &places, &out));
    match context.global.format {
        Format::Json => {
            let cells: Vec<Value> = cells().map(Value::Object).collect();
            let document = json!({ "format": 1, "project": loaded.name(), "cells": cells });
            context.print(&format!("{document}\n"));
        }
        Format::Ndjson => {
            for mut cell in cells() {
                cell.shift_insert(0, "format".into(), json!(1));
                context.print(&format!("{}\n", Value::Object(cell)));
            }
        }
        _ => context.print(&table(context, loaded, gathered, &places)),
    }
}

/// The output folder as results name it: below the project where it is there.
pub(crate) fn relative_out(context: &Context, loaded: &Loaded) -> String {
    let out = context.out(&loaded.file.root);
    out.strip_prefix(&loaded.file.root).map_or_else(|_| out.to_string(), ToString::to_string)
}

fn document(cell: &PlannedCell, tools: &Tools, places: &Places<'_>, out: &str) -> Map<String, Value> {
    let mut fields = identity(&cell.identity, places);
    let recipe = cell.recipe.as_ref();
    let shown = tools.places();
    let outputs: Vec<String> = cell.artifacts.iter().map(|artifact| format!("{out}/{}", artifact.path)).collect();
    let inputs = cell.action.as_ref().map(|action| {
        json!({ "digest": action.inputs.key().to_string(), "files": action.inputs.len(), "bytes": action.inputs.bytes() })
    });
    let more = [
        ("builder", json!(cell.builder.as_str())),
        ("key", json!(cell.key.map(|key| key.to_string()))),
        ("env", json!(recipe.map(|recipe| environment(recipe, &shown)))),
        ("env_sources", json!(recipe.map(|recipe| sources(recipe, places)))),
        ("argv", json!(recipe.map(|recipe| words(&recipe.argv, |word| word.expand(&shown))))),
        ("argv_template", json!(recipe.map(|recipe| words(&recipe.argv, Word::template)))),
        ("toolchain", toolchains(cell, tools)),
        ("inputs", json!(inputs)),
        ("outputs", json!(outputs)),
        ("verdict", json!(cell.verdict.as_str())),
        ("why", json!(cell.why.iter().map(reason).collect::<Vec<Value>>())),
    ];
    fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
    fields
}

fn words(argv: &[Word], text: impl Fn(&Word) -> String) -> Vec<String> {
    argv.iter().map(text).collect()
}

fn environment(recipe: &Recipe, places: &xbuild_builder::Places) -> BTreeMap<String, String> {
    recipe.env.iter().map(|(name, entry)| (name.clone(), entry.value.expand(places))).collect()
}

/// Who decided each variable, and where the file says it.
fn sources(recipe: &Recipe, places: &Places<'_>) -> Map<String, Value> {
    use xbuild_builder::EnvSource;
    let source = |source: &EnvSource| match source {
        EnvSource::File(origin) | EnvSource::Passed(origin) => {
            json!({ "by": source.as_str(), "origin": places.json(*origin) })
        }
        EnvSource::Policy | EnvSource::Platform | EnvSource::Builder => {
            json!({ "by": source.as_str(), "origin": null })
        }
    };
    recipe.env.iter().map(|(name, entry)| (name.clone(), source(&entry.source))).collect()
}

fn toolchains(cell: &PlannedCell, tools: &Tools) -> Value {
    let names = cell.recipe.iter().flat_map(|recipe| &recipe.tools);
    let tool = |name: &String| {
        let tool = tools.get(name).ok()?;
        let digest = format!("blake3:{}", tool.digest);
        Some((name.clone(), json!({ "version": tool.version, "digest": digest, "path": tool.program })))
    };
    Value::Object(names.filter_map(tool).collect())
}

/// A reason in JSON.
pub(crate) fn reason(reason: &Reason) -> Value {
    let (old, new) = reason.values();
    json!({ "kind": reason.kind(), "what": reason.what(), "old": old, "new": new })
}

fn table(context: &Context, loaded: &Loaded, gathered: &Gathered, places: &Places<'_>) -> String {
    let mut table = Table::new(&["cell", "verdict", "inputs", "key", "why"]);
    for cell in &gathered.plan.cells {
        let inputs = cell.action.as_ref().map(|action| format!("{} files", action.inputs.len())).unwrap_or_default();
        let key = cell.key.map(|key| key.hash().short()).unwrap_or_default();
        table.row(vec![cell.identity.id.clone(), cell.verdict.as_str().into(), inputs, key, sentence(&cell.why)]);
    }
    let mut text = format!("{}: {}\n\n{}", harmless(&loaded.name()), summary(&gathered.plan.cells), table.render());
    if context.global.verbose {
        for cell in &gathered.plan.cells {
            text.push_str(&details(cell, &gathered.tools, places));
        }
    }
    text
}

fn summary(cells: &[PlannedCell]) -> String {
    let count = |verdict| cells.iter().filter(|cell| cell.verdict == verdict).count();
    let parts = [(Verdict::Build, "to build"), (Verdict::Cached, "cached"), (Verdict::Unknown, "unknown")];
    let parts = parts.into_iter().map(|(verdict, words)| (count(verdict), words)).filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, words)| format!("{number} {words}")).collect();
    format!("{} cells, {}", cells.len(), parts.join(", "))
}

fn sentence(why: &[Reason]) -> String {
    let shown: Vec<String> = why.iter().take(REASONS).map(Reason::sentence).collect();
    let more = why.len().saturating_sub(REASONS);
    if more > 0 { format!("{}, and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn details(cell: &PlannedCell, tools: &Tools, places: &Places<'_>) -> String {
    let Some(recipe) = &cell.recipe else { return String::new() };
    let shown = tools.places();
    let argv = words(&recipe.argv, |word| word.expand(&shown)).join(" ");
    let mut table = Table::new(&["  variable", "value", "from"]);
    for (name, entry) in &recipe.env {
        use xbuild_builder::EnvSource;
        let from = match &entry.source {
            EnvSource::File(origin) | EnvSource::Passed(origin) => places.text(*origin),
            source => source.as_str().to_owned(),
        };
        table.row(vec![format!("  {name}"), entry.value.expand(&shown), from]);
    }
    format!("\n{}\n  {argv}\n{}", cell.identity.id, table.render())
}
