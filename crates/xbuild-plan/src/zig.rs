//! From a cell of a `zig` target to what the builder needs.

use xbuild_builder::zig::ZigSettings;
use xbuild_content::RelPath;
use xbuild_model::{Slot, ToolchainKind};

use crate::Reason;
use crate::settings::{Head, Order, argument, choice, common, libc, toolchain, unsupported};

/// The zig build of one cell.
pub fn settings(order: &Order<'_>) -> Result<ZigSettings, Reason> {
    let Order { project, resolved, output, .. } = *order;
    let Head { fill, builder, platform } = order.head("a zig program runs on one platform")?;
    let source = argument(builder, "source")?;
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
