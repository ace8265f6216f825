//! The one door through which xbuild starts the process of an action.
//!
//! An action may see only what it declared. [`run`] starts one process with a complete environment, in its own process
//! group, confined to the isolation [`Level`] that was asked for; writes what it prints to a log; enforces a timeout and
//! a [`CancelToken`]; and leaves no process of the group behind. There is no `unsafe` and no helper program: Landlock and
//! seccomp confine the *calling thread*, so a throw-away thread confines itself, starts the child and dies with it.
//!
//! It knows no actions, no keys and no trees: the driver stages inputs and judges outputs. It cannot follow a process
//! that leaves its process group (`setsid`); such a process stays confined, but outlives the action. Nor can it end
//! the group when xbuild itself is killed by SIGKILL.

mod base;
mod cancel;
#[cfg(all(target_os = "linux", target_endian = "little"))]
mod confinement;
#[cfg(not(all(target_os = "linux", target_endian = "little")))]
#[path = "unconfined.rs"]
mod confinement;
mod denied;
#[cfg(all(target_os = "linux", target_endian = "little"))]
mod filter;
mod level;
mod limits;
mod log;
#[cfg(all(target_os = "linux", target_endian = "little"))]
mod privileges;
mod process;
mod running;
mod supervise;

pub use cancel::CancelToken;
pub use denied::denied_path;
pub use level::{IsolationError, Level, Reason, UnknownLevel, demand, strongest};
pub use limits::{FILE_MODE_MASK, prepare_process};
pub use process::{Finished, Isolation, Process, RunError, Status};
pub use supervise::run;
