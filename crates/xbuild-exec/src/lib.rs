//! Drives a plan to completion: stages inputs, runs actions in a sandbox, publishes, verifies and delivers.
//!
//! [`scheduler`] decides what starts (a pure machine), [`sandbox`] starts it (the one door for action processes),
//! [`build`] joins the two on a pool of threads and tells [`Event`]s. Nothing here prints, and nothing here re-plans: the
//! plan that `xbuild plan` shows is the one that is carried out.

mod bench;
mod deliver;
mod drive;
mod event;
mod failure;
mod inside;
mod job;
mod later;
mod log;
mod outcome;
mod outputs;
mod perform;
mod promise;
pub mod sandbox;
pub mod scheduler;
mod source;
mod stage;
#[cfg(test)]
mod testing;

pub use bench::{Allowance, CachePlace, Outputs, Workbench};
pub use drive::build;
pub use event::Event;
pub use failure::{Class, Failure, SmokeFailure, named};
pub use inside::{Inside, LookInside, hold};
pub use outcome::{ArtifactReport, CellReport, Outcome, Report};
pub use promise::{origin as promise_origin, promise};
pub use source::read_at;
