//! Smoke runs: a program is started once, here or under an emulator, and how that ended is said without guessing.
//!
//! What can be proved from bytes is proved before (`xbuild-verify`); this is for the rest: an instruction that the promised
//! processor does not have, a file that the program wants, a crash at start. [`choose`] decides by the program's facts and
//! by what this machine has who runs it, or why nobody can; [`run`] starts it (directly, never through a shell) and tells an
//! emulator that refused from a program that failed. Whether a result is acceptable is the caller's decision.

mod choose;
mod gauge;
mod machine;
mod many;
mod no_runner;
mod report;
mod run;
mod runner;
mod wine;

pub use choose::{Subject, choose};
pub use machine::Machine;
pub use many::for_each;
pub use no_runner::NoRunner;
pub use report::{Ended, Report, Verdict};
pub use run::{Request, run};
pub use runner::Runner;
