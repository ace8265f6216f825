//! `xbuild.lock`: with exactly what each artifact was built, and what was proved of it.
//!
//! Committed next to `xbuild.kdl`, reviewed by people and merged by git, so it is canonical KDL: one printer, one field a
//! line, blocks sorted bytewise, no time and no fact of the host. This crate reads, prints, merges and compares locks; whether
//! a difference is acceptable is the caller's decision.

mod diff;
mod drift;
mod merge;
mod model;
mod print;
mod problem;
mod read;
#[cfg(test)]
mod testing;
mod verified;

pub use diff::{Decision, Diff, Moved, Planned, diff};
pub use drift::{Drift, Subject, broken_releases, drift};
pub use merge::{Built, merge};
pub use model::{Artifact, ArtifactState, Lock, Output, Release, Smoke, ToolchainId, ToolchainPin, Value, Verified};
pub use print::print;
pub use problem::LockProblem;
pub use read::read;
pub use verified::verified;

/// The format that this version reads and writes.
pub const FORMAT: i128 = 1;
