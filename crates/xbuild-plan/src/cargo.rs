//! From a cell of a `cargo` target to what the builder needs.

use xbuild_builder::cargo::CargoSettings;
use xbuild_content::RelPath;
use xbuild_model::{Project, Slot, ToolchainKind};

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::settings::{common, compiler, toolchain, unsupported};
use crate::{Reason, Stamps};

/// The cargo build of one cell. `output` is the artifact's file name.
pub fn settings(
    project: &Project,
    cell: CellRef<'_>,
    resolved: &Resolved<'_>,
    output: &RelPath,
    stamps: &Stamps,
) -> Result<CargoSettings, Reason> {
    let fill = Fill { cell, stamps, resolved };
    let builder = cell.target().builder.as_ref().ok_or_else(|| unsupported("target", "it has no builder"))?;
    let platform = cell.platform().ok_or_else(|| unsupported("noarch", "a Rust program runs on one platform"))?;
    let package = builder.arguments.first().ok_or_else(|| unsupported("cargo", "it names no package"))?;
    let compiler = compiler(project, resolved, platform);
    let musl = compiler.as_ref().is_some_and(|compiler| compiler.libc.as_deref() == Some("musl"));
    let nameless = || unsupported("cargo", format!("Rust has no name for {platform}"));
    let profile = resolved.text(&Slot::CargoProfile).map(|text| fill.text(text)).transpose()?;
    Ok(CargoSettings {
        toolchain: toolchain(project, builder, ToolchainKind::Rust)?,
        package: fill.text(package)?,
        bin: builder.bin.as_ref().map(ToString::to_string),
        output: output.clone(),
        platform,
        triple: platform.rust_triple(musl).ok_or_else(nameless)?,
        compiler,
        features: fill.texts(resolved.list(&Slot::CargoFeatures))?,
        default_features: resolved.flag(&Slot::CargoDefaultFeatures).unwrap_or(true),
        rustflags: fill.words(resolved.list(&Slot::CargoRustflags))?,
        flags: fill.words(resolved.list(&Slot::CargoFlags))?,
        profile: profile.unwrap_or_else(|| "release".to_owned()),
        common: common(&fill, resolved)?,
    })
}
