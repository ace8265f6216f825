//! From a cell of a `c` target to what the builder needs.

use xbuild_builder::c::{CSettings, Kind};
use xbuild_model::Slot;

use crate::fill::Fill;
use crate::matrix::{CellRef, Form, Resolved, form};
use crate::settings::{Head, Order, common, compiler, unsupported};
use crate::{Reason, Stamps};

/// The C build of one cell.
pub fn settings(order: &Order<'_>) -> Result<CSettings, Reason> {
    let Order { project, resolved, output, .. } = *order;
    let Head { fill, builder, platform } = order.head("C is compiled for one platform")?;
    let without = || unsupported("cc", format!("no C compiler is chosen for {platform}: add `cc TOOLCHAIN`"));
    let kind = match form(builder, resolved) {
        Form::Program => Kind::Program,
        Form::StaticLibrary => Kind::StaticLibrary,
        Form::SharedLibrary => Kind::SharedLibrary,
    };
    Ok(CSettings {
        compiler: compiler(project, resolved, platform).ok_or_else(without)?,
        kind,
        output: output.clone(),
        std: resolved.text(&Slot::CStd).map(|text| fill.text(text)).transpose()?,
        cflags: fill.words(resolved.list(&Slot::CCflags))?,
        ldflags: fill.words(resolved.list(&Slot::CLdflags))?,
        common: common(&fill, resolved)?,
    })
}

/// The globs of the sources.
pub fn sources(cell: CellRef<'_>, resolved: &Resolved<'_>, stamps: &Stamps) -> Result<Vec<String>, Reason> {
    let arguments = cell.target().builder.as_ref().map(|builder| builder.arguments.as_slice());
    Fill { cell, stamps, resolved }.texts(arguments.unwrap_or_default())
}
