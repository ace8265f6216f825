//! From the arguments of a selection to the cells that are meant.

use miette::Diagnostic;
use xbuild_plan::matrix::Matrix;
use xbuild_plan::selection::{Selected, Selection, Shard};

use crate::args::Selecting;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::project::Loaded;

/// Arguments of a selection that do not read.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum BadSelection {
    #[error("`--axis {text}` does not say NAME=VALUE")]
    #[diagnostic(code("xbuild::bad-axis"), help("write `--axis edition=pro`"))]
    Axis { text: String },
    #[error("`--shard {text}` is not one of the parts 1/N to N/N")]
    #[diagnostic(code("xbuild::bad-shard"), help("write `--shard 1/4` for the first of four parts"))]
    Shard { text: String },
}

/// The selected cells; an empty selection is a failure that shows the nearest ids.
pub(crate) fn select<'m>(
    context: &Context,
    loaded: &Loaded,
    matrix: &'m Matrix<'m>,
    selecting: &Selecting,
) -> Result<Selected<'m>, Failure> {
    let selection = selection(context, selecting).map_err(|error| Failure::new(Exit::Usage, error))?;
    selection.apply(matrix).map_err(|error| Failure::new(Exit::Plan, error).about(&loaded.file.source))
}

fn selection(context: &Context, selecting: &Selecting) -> Result<Selection, BadSelection> {
    let axis = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| BadSelection::Axis { text: text.clone() })?;
        Ok((name.to_owned(), value.to_owned()))
    };
    Ok(Selection {
        profiles: selecting.profiles.clone(),
        targets: selecting.targets.clone(),
        platforms: selecting.platforms.clone(),
        axes: selecting.axes.iter().map(axis).collect::<Result<_, _>>()?,
        cells: selecting.cells.clone(),
        host: selecting.host.then_some(context.host),
        all: selecting.all,
        shard: selecting.shard.as_deref().map(shard).transpose()?,
    })
}

fn shard(text: &str) -> Result<Shard, BadSelection> {
    let bad = || BadSelection::Shard { text: text.to_owned() };
    let (index, count) = text.split_once('/').ok_or_else(bad)?;
    let number = |text: &str| text.parse::<u32>().ok();
    number(index).zip(number(count)).and_then(|(index, count)| Shard::new(index, count)).ok_or_else(bad)
}
