//! What the file says about inputs: the globs of `inputs`, and the sysroot of `cc`.

use xbuild_model::Slot;

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::settings::choice;
use crate::{Reason, Stamps};

/// The globs of `inputs`, for every builder.
pub fn inputs(cell: CellRef<'_>, resolved: &Resolved<'_>, stamps: &Stamps) -> Result<Vec<String>, Reason> {
    Fill { cell, stamps, resolved }.texts(resolved.list(&Slot::Inputs))
}

/// The toolchain of `cc` and the folder of its sysroot, where one is chosen.
pub fn sysroot(resolved: &Resolved<'_>) -> Option<(String, String)> {
    let choice = choice(resolved)?;
    Some((choice.toolchain.to_string(), choice.sysroot.as_ref()?.to_string()))
}
