//! Stands in for the kernel's sandbox where there is none to use: it is never available, and says so.

use super::{IsolationError, Level, Process, Reason, RunError};

/// Always [`Reason::NotHere`].
pub(super) fn probe() -> Result<(), Reason> {
    Err(Reason::NotHere)
}

/// A confinement that cannot be applied.
#[derive(Debug)]
pub(super) struct Confinement;

impl Confinement {
    /// Nothing of `process` is needed to refuse it.
    pub(super) fn of(_process: &Process) -> Self {
        Self
    }

    /// Always refused.
    pub(super) fn apply(&self) -> Result<(), RunError> {
        Err(IsolationError { demanded: Level::Landlock, available: Level::Env, reason: Reason::NotHere }.into())
    }
}
