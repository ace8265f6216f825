//! A plan for people: cells by target, readable at ten and at a thousand.
//!
//! Few cells are shown one by one. From [`FEW`] on, neighbours of one target with the same verdict for the same reason are one
//! line, and a target whose cells are all alike is one line too. With `-v` every cell is shown, and each again in full.

use xbuild_plan::PlannedCell;

use crate::present::cell::by_target;
use crate::present::harmless::harmless;
use crate::present::plan::{View, sentence, summary};
use crate::present::shell::command;
use crate::present::table::{Table, bytes};

/// How many cells are shown one by one.
const FEW: usize = 40;

/// How many neighbours that are alike are shown as one line.
const RUN: usize = 4;

/// How many input files of a cell are named.
const FILES: usize = 20;

/// The whole plan.
pub(crate) fn table(name: &str, cells: &[PlannedCell], view: &View<'_>, verbose: bool) -> String {
    let targets = by_target(cells);
    let folds = cells.len() > FEW && !verbose;
    let mut table = Table::new(&["cell", "verdict", "inputs", "key", "why"]);
    for (target, cells) in &targets {
        let runs = runs(cells, folds);
        match runs.as_slice() {
            [run] if folds && run.len() >= RUN => {
                table.row(folded(format!("{target}: {} cells", run.len()), run));
            }
            _ => {
                table.row(vec![format!("{target}: {}", summary(cells.iter().copied()))]);
                runs.iter().flat_map(|run| rows(run)).for_each(|row| table.row(row));
            }
        }
    }
    let of = if targets.len() == 1 { "1 target".to_owned() } else { format!("{} targets", targets.len()) };
    let count = if cells.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", cells.len()) };
    let mut text = format!("{}\n{count} of {} in {of}: {}\n", table.render(), harmless(name), summary(cells.iter()));
    if verbose {
        cells.iter().for_each(|cell| text.push_str(&details(cell, view)));
    }
    text
}

/// Neighbours with the same verdict for the same reason; every cell alone where nothing is folded.
fn runs<'s, 'c>(cells: &'s [&'c PlannedCell], folds: bool) -> Vec<&'s [&'c PlannedCell]> {
    cells.chunk_by(|one, other| folds && one.verdict == other.verdict && one.why == other.why).collect()
}

fn rows(run: &[&PlannedCell]) -> Vec<Vec<String>> {
    match run {
        [first, .., last] if run.len() >= RUN => {
            vec![row(first), folded(format!("  … {} more, to {}", run.len() - 1, last.identity.id), &run[1..])]
        }
        _ => run.iter().map(|cell| row(cell)).collect(),
    }
}

fn row(cell: &PlannedCell) -> Vec<String> {
    let inputs = cell.action.as_ref().map(|action| files(action.inputs.len(), action.inputs.len())).unwrap_or_default();
    let key = cell.key.map(|key| key.hash().short()).unwrap_or_default();
    vec![format!("  {}", cell.identity.id), cell.verdict.as_str().into(), inputs, key, sentence(&cell.why)]
}

/// Cells that are alike, as one line.
fn folded(label: String, cells: &[&PlannedCell]) -> Vec<String> {
    let sizes = || cells.iter().filter_map(|cell| Some(cell.action.as_ref()?.inputs.len()));
    let inputs = sizes().min().zip(sizes().max()).map(|(least, most)| files(least, most)).unwrap_or_default();
    let Some(first) = cells.first() else { return Vec::new() };
    vec![label, first.verdict.as_str().into(), inputs, String::new(), sentence(&first.why)]
}

fn files(least: usize, most: usize) -> String {
    match (least, most) {
        (1, 1) => "1 file".into(),
        _ if least == most => format!("{least} files"),
        _ => format!("{least}–{most} files"),
    }
}

/// Everything about one cell.
pub(crate) fn details(cell: &PlannedCell, view: &View<'_>) -> String {
    let Some(recipe) = &cell.recipe else { return format!("\n{}\n", harmless(&cell.identity.id)) };
    let mut facts = Table::new(&[]);
    let mut fact = |name: &str, values: Vec<String>| {
        for (index, value) in values.into_iter().enumerate() {
            facts.row(vec![format!("  {}", if index == 0 { name } else { "" }), value]);
        }
    };
    fact("command", vec![command(&view.argv(cell, recipe))]);
    fact("folder", recipe.cwd.iter().map(ToString::to_string).collect());
    fact("toolchain", toolchains(&recipe.tools, view));
    fact("inputs", inputs(cell));
    fact("outputs", view.outputs(cell));
    fact("key", cell.key.iter().map(ToString::to_string).collect());
    let mut variables = Table::new(&["  variable", "value", "from"]);
    for [name, value, from] in view.variables(cell) {
        variables.row(vec![format!("  {name}"), value, from]);
    }
    format!("\n{}\n{}{}", harmless(&cell.identity.id), facts.render().trim_start_matches('\n'), variables.render())
}

fn toolchains(names: &[String], view: &View<'_>) -> Vec<String> {
    let line = |name: &String| match view.tools.get(name) {
        Ok(tool) => format!("{name} {}, {}, blake3:{}", tool.version, tool.program, tool.digest.short()),
        Err(detail) => format!("{name}: {detail}"),
    };
    names.iter().map(line).collect()
}

/// How much goes in, and the first files of it.
fn inputs(cell: &PlannedCell) -> Vec<String> {
    let Some(action) = &cell.action else { return Vec::new() };
    let tree = &action.inputs;
    let mut lines = vec![format!("{}, {}, {}", files(tree.len(), tree.len()), bytes(tree.bytes()), tree.key())];
    lines.extend(tree.iter().take(FILES).map(|(path, _)| path.to_string()));
    if tree.len() > FILES {
        lines.push(format!("… and {} more", tree.len() - FILES));
    }
    lines
}
