//! `model` + request + facts to cells, then to actions with keys, and why each exists or does not.
//!
//! [`matrix`] expands a project; [`selection`] chooses cells; the rest turns a cell into an action and judges it. What the
//! machine knows (toolchains, file digests, cache look-ups) comes in as values, so `plan` and `build` predict with the same
//! function. Nothing here runs, stats or looks anything up.

pub mod c;
pub mod cargo;
pub mod command;
mod fill;
pub mod go;
mod inputs;
pub mod matrix;
mod needs;
mod outline;
mod planned;
mod reason;
pub mod selection;
mod settings;
mod smoke;
mod stamps;
pub mod zig;

pub use inputs::{inputs, sysroot};
pub use needs::Need;
pub use outline::{Cell, outline, with_dependencies};
pub use planned::{Expected, Identity, Plan, PlannedArtifact, PlannedCell};
pub use reason::{History, Lookup, Part, Reason, Verdict, changes, judge};
pub use settings::Order;
pub use smoke::{PlannedSmoke, smoke};
pub use stamps::Stamps;
