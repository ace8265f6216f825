//! From a cell of a `go` target to what the Go builder needs, with the file's settings resolved and filled in.

use xbuild_builder::go::{Cgo, GoSettings};
use xbuild_model::{Project, Slot, ToolchainKind};
use xbuild_platform::Platform;

use crate::Reason;
use crate::fill::Fill;
use crate::matrix::Resolved;
use crate::settings::{Head, Order, argument, common, compiler, toolchain};

/// The Go build of one cell.
pub fn settings(order: &Order<'_>) -> Result<GoSettings, Reason> {
    let Order { project, resolved, output, .. } = *order;
    let Head { fill, builder, platform } = order.head("a Go program runs on one platform")?;
    let common = common(&fill, resolved)?;
    let package = argument(builder, "package")?;
    Ok(GoSettings {
        toolchain: toolchain(project, builder, ToolchainKind::Go)?,
        package: fill.text(package)?,
        output: output.clone(),
        platform,
        cwd: common.cwd,
        cgo: cgo(&fill, project, resolved, platform)?,
        tags: fill.texts(resolved.list(&Slot::GoTags))?,
        ldflags: fill.words(resolved.list(&Slot::GoLdflags))?,
        gcflags: fill.words(resolved.list(&Slot::GoGcflags))?,
        flags: fill.words(resolved.list(&Slot::GoFlags))?,
        trimpath: resolved.flag_or_default(&Slot::GoTrimpath),
        buildmode: resolved.text(&Slot::GoBuildmode).map(|text| fill.text(text)).transpose()?,
        env: common.env,
        secrets: names(resolved, |slot| if let Slot::EnvSecret(name) = slot { Some(name.to_string()) } else { None }),
        tools: common.tools,
        network: common.network,
    })
}

fn names(resolved: &Resolved<'_>, name: impl Fn(&Slot) -> Option<String>) -> Vec<String> {
    let set = resolved.iter().filter(|(_, value)| value.value().is_some());
    set.filter_map(|(slot, _)| name(slot)).collect()
}

fn cgo(
    fill: &Fill<'_>,
    project: &Project,
    resolved: &Resolved<'_>,
    platform: Platform,
) -> Result<Option<Option<Cgo>>, Reason> {
    if !resolved.flag_or_default(&Slot::GoCgo) {
        return Ok(None);
    }
    let Some(compiler) = compiler(project, resolved, platform) else { return Ok(Some(None)) };
    Ok(Some(Some(Cgo {
        compiler,
        cflags: fill.words(resolved.list(&Slot::GoCgoCflags))?,
        ldflags: fill.words(resolved.list(&Slot::GoCgoLdflags))?,
    })))
}
