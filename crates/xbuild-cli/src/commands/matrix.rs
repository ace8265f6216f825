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
use crate::present::json::write_line;
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
        Format::Json => context.print_json(&document(&loaded, &matrix, &selected, &places)),
        Format::Ndjson => lines(&selected.cells, &places, std::io::stdout().lock()),
        Format::Github => context.print_json(&github(&selected)?),
        _ => context.print(&table(&loaded, &matrix, &selected, &places)),
    }
    Ok(Exit::Done)
}

/// The whole expansion, whose lists are made while it is written: a million cells never stand in memory as JSON.
#[derive(Serialize)]
struct Document<'a, C, D> {
    format: u8,
    project: String,
    profiles: Vec<&'a str>,
    cells: C,
    dropped: D,
}

/// A list, one element after the other.
struct List<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A cell, serialized as it stands: there may be a million, and a tree of values for each would cost ten times as much.
#[derive(Serialize)]
struct Line<'a> {
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
    fn of(cell: CellRef<'a>, places: &Places<'a>) -> Self {
        Self {
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

fn document<'m>(
    loaded: &Loaded,
    matrix: &'m Matrix<'m>,
    selected: &'m Selected<'m>,
    places: &'m Places<'m>,
) -> impl Serialize + use<'m> {
    let gone = |point: Dropped<'m>| Gone { id: *point, reason: Dropped::REASON, by: places.place(point.by().origin) };
    Document {
        format: 1,
        project: loaded.name(),
        profiles: selected.profiles.iter().map(|profile| profile.as_str()).collect::<Vec<&'m str>>(),
        cells: List(move || selected.cells.iter().map(|cell| Line::of(*cell, places))),
        dropped: List(move || dropped(matrix, selected).map(gone)),
    }
}

/// The points that rules removed from the selected profiles.
fn dropped<'m>(matrix: &'m Matrix<'m>, selected: &'m Selected<'m>) -> impl Iterator<Item = Dropped<'m>> {
    matrix.dropped().filter(|point| point.profile().is_none_or(|profile| selected.profiles.contains(&profile)))
}

/// One cell a line, written while it goes. A reader that went away ends it.
fn lines(cells: &[CellRef<'_>], places: &Places<'_>, out: impl Write) {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let mut frame: Option<Frame<'_>> = None;
    for cell in cells {
        let known = frame.take().filter(|frame| frame.fits(*cell));
        let Some(fitting) = known.or_else(|| Frame::of(*cell, places)) else { return };
        if fitting.write(*cell, &mut out).is_err() {
            return;
        }
        frame = Some(fitting);
    }
    let _ = out.flush();
}

/// What the lines of neighbours have in common, serialized once: all but the values of the axes. Names and values of axes
/// are words of the language, of which none holds a character that JSON escapes.
struct Frame<'a> {
    cell: CellRef<'a>,
    /// From the brace to the id's axes.
    head: String,
    /// From the id's end to the first axis.
    middle: String,
    /// From the last axis to the line's end.
    tail: String,
}

impl<'a> Frame<'a> {
    fn of(cell: CellRef<'a>, places: &Places<'a>) -> Option<Self> {
        let mut line = Vec::new();
        write_line(&mut line, &Line::of(cell, places)).ok()?;
        let line = String::from_utf8(line).ok()?;
        let mut id = cell.id().to_string();
        let axes: String = cell.axes().map(|(name, value)| format!(",{name}={value}")).collect();
        id.truncate(id.len() - axes.len());
        let objects: Vec<String> = cell.axes().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        let rest = line.strip_prefix(&format!("{{\"id\":\"{id}{axes}"))?;
        let (middle, tail) = rest.split_once("\"axes\":{")?;
        let head = format!("{{\"format\":1,\"id\":\"{id}");
        let middle = format!("{middle}\"axes\":{{");
        Some(Self { cell, head, middle, tail: tail.strip_prefix(&objects.join(","))?.to_owned() })
    }

    fn fits(&self, cell: CellRef<'_>) -> bool {
        std::ptr::eq(self.cell.target(), cell.target())
            && self.cell.platform_origin() == cell.platform_origin()
            && self.cell.profile() == cell.profile()
            && self.cell.origin() == cell.origin()
    }

    fn write(&self, cell: CellRef<'_>, out: &mut impl Write) -> std::io::Result<()> {
        out.write_all(self.head.as_bytes())?;
        for (name, value) in cell.axes() {
            for text in [",", name.as_str(), "=", value.as_str()] {
                out.write_all(text.as_bytes())?;
            }
        }
        out.write_all(self.middle.as_bytes())?;
        let mut quote = "\"";
        for (name, value) in cell.axes() {
            for text in [quote, name.as_str(), "\":\"", value.as_str(), "\""] {
                out.write_all(text.as_bytes())?;
            }
            quote = ",\"";
        }
        out.write_all(self.tail.as_bytes())
    }
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

#[cfg(test)]
mod tests {
    use xbuild_plan::matrix::{Limits, expand};

    use super::*;
    use crate::diagnostics::Source;

    /// That each line is the cell of the document, with the format before it.
    fn check(text: &str) {
        let project = xbuild_config::read(text.as_bytes()).project.expect("a project");
        let matrix = expand(&project, Limits::default()).matrix;
        let source = Source { name: "a \"b\".kdl".into(), text: text.into() };
        let (places, cells) = (Places::new(&source), matrix.cells().collect::<Vec<_>>());
        let mut written = Vec::new();
        lines(&cells, &places, &mut written);
        let expect: String = cells
            .iter()
            .map(|cell| format!("{{\"format\":1,{}\n", &json!(Line::of(*cell, &places)).to_string()[1..]))
            .collect();
        assert_eq!(String::from_utf8(written).expect("UTF-8"), expect);
        assert!(!cells.is_empty());
    }

    #[test]
    fn a_line_is_the_cell_of_the_document() {
        check("toolchain go \"1.26.3\"\nprofile a \"linux/amd64\"\ntarget t {\n    go \".\"\n}\n");
        check(
            "toolchain go \"1.26.3\"\ntoolchain sh \"1\" kind=tool path=\"/bin/sh\"\n\
             profile a \"linux/amd64\" \"linux/arm/v7\"\nprofile b \"linux/amd64\" \"darwin/arm64\"\n\
             axis e x y \"1.5\"\naxis f p q\nexclude e=x f=q\n\
             target t {\n    go \".\"\n    axes e f\n    include profile=a platform=\"windows/386\" e=x f=p\n}\n\
             target n {\n    noarch\n    command sh\n    inputs \"i\"\n    outputs \"o\"\n}\n",
        );
    }
}
