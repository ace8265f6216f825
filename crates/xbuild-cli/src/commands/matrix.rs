//! `xbuild matrix`: the expansion alone. Reads nothing but the file.

use std::io::{BufWriter, Write};

use miette::Diagnostic;
use serde_json::{Map, Value, json};
use xbuild_model::Name;
use xbuild_plan::matrix::{Dropped, Matrix, Point};
use xbuild_plan::selection::Selected;
use xbuild_platform::{Platform, Variant};

use crate::args::{Format, Selecting};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::present::cell::Places;
use crate::present::harmless::harmless;
use crate::present::table::Table;
use crate::project::Loaded;
use crate::selecting::select;

/// A workflow's matrix has a limit.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{cells} cells are more than the {MOST_JOBS} jobs that one workflow matrix can have")]
#[diagnostic(code("xbuild::too-many-jobs"), help("select fewer cells, or split them: `--shard 1/{shards}`"))]
struct TooManyJobs {
    cells: usize,
    shards: usize,
}

const MOST_JOBS: usize = 256;

pub(crate) fn run(context: &Context, selecting: &Selecting) -> Result<Exit, Failure> {
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let selected = select(context, &matrix, selecting)?;
    let places = Places::new(&loaded.file.source);
    match context.global.format {
        Format::Json => context.print(&format!("{}\n", document(&loaded, &matrix, &selected, &places))),
        Format::Ndjson => lines(&selected, &places),
        Format::Github => context.print(&format!("{}\n", github(&selected)?)),
        Format::Human | Format::Table => context.print(&table(&loaded, &matrix, &selected, &places)),
    }
    Ok(Exit::Done)
}

fn document(loaded: &Loaded, matrix: &Matrix<'_>, selected: &Selected<'_>, places: &Places<'_>) -> Value {
    let cells: Vec<Value> =
        selected.cells.iter().map(|cell| Value::Object(point(**cell, places, cell.origin()))).collect();
    let dropped: Vec<Value> = dropped(matrix, selected)
        .map(|point| json!({ "id": point.id().to_string(), "reason": Dropped::REASON, "by": places.json(point.by().origin) }))
        .collect();
    let profiles: Vec<String> = selected.profiles.iter().map(ToString::to_string).collect();
    json!({ "format": 1, "project": loaded.name(), "profiles": profiles, "cells": cells, "dropped": dropped })
}

/// The points that rules removed from the selected profiles.
fn dropped<'m>(matrix: &'m Matrix<'m>, selected: &'m Selected<'m>) -> impl Iterator<Item = Dropped<'m>> {
    matrix.dropped().filter(|point| point.profile().is_none_or(|profile| selected.profiles.contains(&profile)))
}

fn point(point: Point<'_>, places: &Places<'_>, origin: xbuild_model::Origin) -> Map<String, Value> {
    let axes: Map<String, Value> =
        point.axes().map(|(name, value)| (name.to_string(), json!(value.as_str()))).collect();
    let fields = [
        ("id", json!(point.id().to_string())),
        ("target", json!(point.target().name.as_str())),
        ("profile", json!(point.profile().map(Name::as_str))),
        ("platform", json!(point.platform())),
        ("axes", Value::Object(axes)),
        ("origin", places.json(origin)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// One cell a line, written while it goes.
fn lines(selected: &Selected<'_>, places: &Places<'_>) {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    for cell in &selected.cells {
        let mut fields = point(**cell, places, cell.origin());
        fields.shift_insert(0, "format".to_owned(), json!(1));
        // A reader that went away ends it.
        if serde_json::to_writer(&mut out, &fields).is_err() || out.write_all(b"\n").is_err() {
            return;
        }
    }
    let _ = out.flush();
}

fn github(selected: &Selected<'_>) -> Result<Value, Failure> {
    let cells = selected.cells.len();
    if cells > MOST_JOBS {
        return Err(Failure::new(Exit::Plan, TooManyJobs { cells, shards: cells.div_ceil(MOST_JOBS) }));
    }
    let include: Vec<Value> = selected
        .cells
        .iter()
        .map(|cell| {
            let axes: Map<String, Value> =
                cell.axes().map(|(name, value)| (name.to_string(), json!(value.as_str()))).collect();
            json!({
                "id": cell.id().to_string(),
                "target": cell.target().name.as_str(),
                "profile": cell.profile().map(Name::as_str),
                "os": cell.platform().map(|platform| platform.os().as_str()),
                "arch": cell.platform().map(|platform| platform.arch().as_str()),
                "variant": cell.platform().and_then(Platform::variant).map(Variant::as_str),
                "axes": axes,
            })
        })
        .collect();
    Ok(json!({ "include": include }))
}

fn table(loaded: &Loaded, matrix: &Matrix<'_>, selected: &Selected<'_>, places: &Places<'_>) -> String {
    let mut table = Table::new(&["cell", "target", "platform", "from"]);
    for cell in &selected.cells {
        let platform = cell.platform().map_or_else(|| "any".to_owned(), |platform| platform.to_string());
        table.row(vec![cell.id().to_string(), cell.target().name.to_string(), platform, places.text(cell.origin())]);
    }
    let mut text = format!("{}: {}\n\n{}", harmless(&loaded.name()), count(selected.cells.len()), table.render());
    let mut gone = Table::new(&["dropped", "by"]);
    let mut any = false;
    for point in dropped(matrix, selected) {
        any = true;
        gone.row(vec![point.id().to_string(), format!("`exclude` at {}", places.text(point.by().origin))]);
    }
    if any {
        text.push_str(&format!("\n{}", gone.render()));
    }
    text
}

fn count(cells: usize) -> String {
    format!("{cells} cell{}", if cells == 1 { "" } else { "s" })
}
