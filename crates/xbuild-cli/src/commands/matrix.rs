//! `xbuild matrix`: the expansion alone. Reads nothing but the file.

use std::io::{BufWriter, Write};

use miette::Diagnostic;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use xbuild_model::Name;
use xbuild_plan::matrix::{CellRef, Dropped, Matrix, Point};
use xbuild_plan::selection::Selected;
use xbuild_platform::{Platform, Variant};

use crate::args::{Format, Selecting};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::present::cell::{Place, Places, axes_of};
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
    let selected = select(context, &loaded, &matrix, selecting)?;
    let places = Places::new(&loaded.file.source);
    match context.global.format {
        Format::Json => print(std::iter::once(document(&loaded, &matrix, &selected, &places))),
        Format::Ndjson => print(selected.cells.iter().map(|cell| Line::of(*cell, &places, Some(1)))),
        Format::Github => context.print(&format!("{}\n", github(&selected)?)),
        _ => context.print(&table(&loaded, &matrix, &selected, &places)),
    }
    Ok(Exit::Done)
}

/// The whole expansion.
#[derive(Serialize)]
struct Document<'a> {
    format: u8,
    project: String,
    profiles: Vec<&'a str>,
    cells: Vec<Line<'a>>,
    dropped: Vec<Gone<'a>>,
}

/// A cell, serialized as it stands: there may be a million, and a tree of values for each would cost ten times as much.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<u8>,
    #[serde(serialize_with = "id")]
    id: Point<'a>,
    target: &'a str,
    profile: Option<&'a str>,
    platform: Option<Platform>,
    #[serde(serialize_with = "axes")]
    axes: Point<'a>,
    origin: Place<'a>,
}

/// A point that a rule removed.
#[derive(Serialize)]
struct Gone<'a> {
    #[serde(serialize_with = "id")]
    id: Point<'a>,
    reason: &'static str,
    by: Place<'a>,
}

impl<'a> Line<'a> {
    fn of(cell: CellRef<'a>, places: &Places<'a>, format: Option<u8>) -> Self {
        Self {
            format,
            id: *cell,
            target: cell.target().name.as_str(),
            profile: cell.profile().map(Name::as_str),
            platform: cell.platform(),
            axes: *cell,
            origin: places.place(cell.origin()),
        }
    }
}

fn id<S: Serializer>(point: &Point<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&point.id())
}

fn axes<S: Serializer>(point: &Point<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(point.axes().map(|(name, value)| (name.as_str(), value.as_str())))
}

fn document<'a>(
    loaded: &Loaded,
    matrix: &'a Matrix<'a>,
    selected: &'a Selected<'a>,
    places: &Places<'a>,
) -> Document<'a> {
    let gone = |point: Dropped<'a>| Gone { id: *point, reason: Dropped::REASON, by: places.place(point.by().origin) };
    Document {
        format: 1,
        project: loaded.name(),
        profiles: selected.profiles.iter().map(|profile| profile.as_str()).collect(),
        cells: selected.cells.iter().map(|cell| Line::of(*cell, places, None)).collect(),
        dropped: dropped(matrix, selected).map(gone).collect(),
    }
}

/// The points that rules removed from the selected profiles.
fn dropped<'m>(matrix: &'m Matrix<'m>, selected: &'m Selected<'m>) -> impl Iterator<Item = Dropped<'m>> {
    matrix.dropped().filter(|point| point.profile().is_none_or(|profile| selected.profiles.contains(&profile)))
}

/// Documents on standard output, one a line, written while it goes. A reader that went away ends it.
fn print(documents: impl Iterator<Item = impl Serialize>) {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    for document in documents {
        if serde_json::to_writer(&mut out, &document).is_err() || out.write_all(b"\n").is_err() {
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
            json!({
                "id": cell.id().to_string(),
                "target": cell.target().name.as_str(),
                "profile": cell.profile().map(Name::as_str),
                "os": cell.platform().map(|platform| platform.os().as_str()),
                "arch": cell.platform().map(|platform| platform.arch().as_str()),
                "variant": cell.platform().and_then(Platform::variant).map(Variant::as_str),
                "axes": axes_of(**cell),
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
