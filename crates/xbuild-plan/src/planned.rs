//! The plan: every selected cell with its exact action, and what would happen to it.

use xbuild_builder::{Action, ActionKey, Places, Recipe};
use xbuild_content::RelPath;
use xbuild_model::{BuilderKind, Expectation, Origin, Value};
use xbuild_platform::Platform;

use crate::matrix::Form;
use crate::needs::Need;
use crate::reason::{Reason, Verdict};
use crate::smoke::PlannedSmoke;

/// What a run would do, cell by cell, in the matrix's order with dependencies before dependants.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The cells.
    pub cells: Vec<PlannedCell>,
}

impl Plan {
    /// Puts cells that were planned anew in the places of those with their ids.
    pub fn replace(&mut self, planned: Vec<PlannedCell>) {
        for new in planned {
            if let Some(cell) = self.cells.iter_mut().find(|cell| cell.identity.id == new.identity.id) {
                *cell = new;
            }
        }
    }
}

/// One cell of a plan.
#[derive(Debug, Clone)]
pub struct PlannedCell {
    /// Which cell it is.
    pub identity: Identity,
    /// What builds it.
    pub builder: BuilderKind,
    /// What kind of file the builder makes; `None` for a `command`, which may make anything.
    pub form: Option<Form>,
    /// The files that it makes.
    pub artifacts: Vec<PlannedArtifact>,
    /// What `expect` demands beyond the platform.
    pub expectations: Vec<Expected>,
    /// How it is tried out after it was verified; `None` where the file asks for nothing.
    pub smoke: Option<PlannedSmoke>,
    /// The cells whose outputs it needs.
    pub needs: Vec<Need>,
    /// Places that only this cell has on this machine: its sysroot.
    pub places: Places,
    /// The command and its environment; `None` where not even that can be told (the reasons say why).
    pub recipe: Option<Recipe>,
    /// The complete action; `None` where a fact is missing.
    pub action: Option<Action>,
    /// The action's key.
    pub key: Option<ActionKey>,
    /// What would happen.
    pub verdict: Verdict,
    /// Why.
    pub why: Vec<Reason>,
    /// The import path of the main package, for builds that share a process.
    pub import_path: Option<String>,
}

/// Which cell it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The cell's id.
    pub id: String,
    /// The target's name.
    pub target: String,
    /// The profile's name; `None` for `noarch`.
    pub profile: Option<String>,
    /// Where its artifacts run; `None` for `noarch`.
    pub platform: Option<Platform>,
    /// Its axis values, in the target's order.
    pub axes: Vec<(String, String)>,
    /// Where the target (or the `include`) was written.
    pub origin: Origin,
    /// Where the platform was written.
    pub platform_origin: Option<Origin>,
}

/// A file that a cell makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedArtifact {
    /// Its path below the action's `{out}`.
    pub output: RelPath,
    /// Its path below the output folder.
    pub path: RelPath,
}

/// A property of `expect` for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Which property.
    pub expectation: Expectation,
    /// What it must be.
    pub value: Value,
    /// Where it was written; `None` where xbuild expects it by itself (`cgo #false` on Linux is static).
    pub origin: Option<Origin>,
}
