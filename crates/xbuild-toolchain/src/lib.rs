//! Finds, fetches and identifies tools on this machine.
//!
//! A Go is more than a `go` on `PATH`: it is a `VERSION` file, a program, a compiler and a standard library that must be
//! of one release. [`locate_go`] finds the release that a project names, proves by its tree digest which bytes it
//! consists of, and fetches it into xbuild's own cache where the machine does not have it. [`fetch_modules`] brings the
//! modules of a Go project, checked against its `go.sum`, so that the build itself needs no network.
//!
//! This crate does not read its own process's environment ([`Environment`] is a value), does not decide what is built,
//! does not write the lock, and prints nothing ([`Progress`] is a value too).

mod answers;
mod candidate;
mod environment;
mod error;
mod fetch;
mod fetch_by_go;
mod fetch_by_proxy;
mod go_environment;
mod goroot;
mod http;
mod locate;
mod memo;
mod module_path;
mod module_zip;
mod modules;
mod process;
mod progress;
mod seed;
mod stat;
mod tree;
mod version;
mod workshop;

pub use candidate::{Candidate, Place, Verdict, find_installed};
pub use environment::Environment;
pub use error::ToolchainError;
pub use fetch::fetch_go;
pub use go_environment::module_fetch_environment;
pub use goroot::Mixture;
pub use locate::{GoRequest, GoToolchain, Pin, Source, locate_go};
pub use memo::{Memo, NoMemo};
pub use module_path::ModuleVersion;
pub use modules::{Fetched, ModuleRequest, fetch_modules};
pub use progress::Progress;
pub use tree::go_tree_digest;
pub use version::{GoVersion, VersionError};
