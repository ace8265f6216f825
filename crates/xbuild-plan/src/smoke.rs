//! What a cell's smoke run is to be, with everything filled in that the plan knows.

use xbuild_builder::Word;
use xbuild_model::{Origin, Slot, Value};

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::{Reason, Stamps};

/// The smoke run that a file asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSmoke {
    /// The arguments; or what keeps them from being told.
    pub arguments: Result<Vec<Word>, Reason>,
    /// The exit code that the program is to end with.
    pub exit: u8,
    /// How long it may take, in seconds.
    pub timeout_seconds: u32,
    /// Where `smoke` was written.
    pub origin: Origin,
}

/// The smoke run of a cell; `None` where none is asked for.
pub fn smoke(cell: CellRef<'_>, resolved: &Resolved<'_>, stamps: &Stamps) -> Option<PlannedSmoke> {
    let said = resolved.get(&Slot::Smoke)?;
    let Value::Smoke(smoke) = said.value()? else { return None };
    Some(PlannedSmoke {
        arguments: Fill { cell, stamps, resolved }.words(&smoke.arguments),
        exit: smoke.exit,
        timeout_seconds: smoke.timeout_seconds,
        origin: said.origin()?,
    })
}
