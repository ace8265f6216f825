//! From a cell of a `cargo` target to what the builder needs.

use xbuild_builder::cargo::CargoSettings;
use xbuild_model::{Slot, ToolchainKind};

use crate::Reason;
use crate::settings::{Head, Order, argument, common, compiler, toolchain, unsupported};

/// The cargo build of one cell.
pub fn settings(order: &Order<'_>) -> Result<CargoSettings, Reason> {
    let Order { project, resolved, output, .. } = *order;
    let Head { fill, builder, platform } = order.head("a Rust program runs on one platform")?;
    let package = argument(builder, "package")?;
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
