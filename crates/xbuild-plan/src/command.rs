//! From a cell of a `command` target to what the builder needs.

use xbuild_builder::command::CommandSettings;
use xbuild_content::RelPath;

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::settings::{common, unsupported};
use crate::{PlannedArtifact, Reason, Stamps};

/// The command of one cell, which makes `artifacts`.
pub fn settings(
    cell: CellRef<'_>,
    resolved: &Resolved<'_>,
    artifacts: &[PlannedArtifact],
    stamps: &Stamps,
) -> Result<CommandSettings, Reason> {
    let fill = Fill { cell, stamps, resolved };
    let builder = cell.target().builder.as_ref();
    let words = builder.map(|builder| builder.arguments.as_slice()).unwrap_or_default();
    let [program, arguments @ ..] = words else { return Err(unsupported("command", "it names no program")) };
    let outputs: Vec<RelPath> = artifacts.iter().map(|artifact| artifact.output.clone()).collect();
    if outputs.is_empty() {
        return Err(unsupported("outputs", "this cell's command says nothing of what it makes"));
    }
    Ok(CommandSettings {
        program: fill.text(program)?,
        arguments: fill.words(arguments)?,
        outputs,
        common: common(&fill, resolved)?,
    })
}
