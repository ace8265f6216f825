//! From a cell of a `zig` target to what the builder needs.

use xbuild_builder::zig::ZigSettings;
use xbuild_content::RelPath;
use xbuild_model::{Project, Slot, ToolchainKind};

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::settings::{choice, common, libc, toolchain, unsupported};
use crate::{Reason, Stamps};

/// The zig build of one cell. `output` is the artifact's file name.
pub fn settings(
    project: &Project,
    cell: CellRef<'_>,
    resolved: &Resolved<'_>,
    output: &RelPath,
    stamps: &Stamps,
) -> Result<ZigSettings, Reason> {
    let fill = Fill { cell, stamps, resolved };
    let builder = cell.target().builder.as_ref().ok_or_else(|| unsupported("target", "it has no builder"))?;
    let platform = cell.platform().ok_or_else(|| unsupported("noarch", "a zig program runs on one platform"))?;
    let source = builder.arguments.first().ok_or_else(|| unsupported("zig", "it names no source"))?;
    let source = fill.text(source)?;
    let optimize = resolved.text(&Slot::ZigOptimize).map(|text| fill.text(text)).transpose()?;
    Ok(ZigSettings {
        toolchain: toolchain(project, builder, ToolchainKind::Zig)?,
        source: RelPath::new(&source).map_err(|error| unsupported("zig", error.to_string()))?,
        output: output.clone(),
        platform,
        libc: choice(resolved).and_then(libc),
        optimize: optimize.unwrap_or_else(|| "ReleaseSafe".to_owned()),
        flags: fill.words(resolved.list(&Slot::ZigFlags))?,
        common: common(&fill, resolved)?,
    })
}
