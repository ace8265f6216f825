//! Go: from the settings of a cell to `go list` (what goes in) and `go build` (what comes out).
//!
//! Every variable that Go reads is stated: an unset one is looked up in the user's Go configuration, and a default is
//! baked into the toolchain. The compiler never reaches the network; modules are there before.

mod batch;
mod env;
mod header;
mod listing;
mod recipe;
mod settings;

pub use batch::{Batch, exec_name, signature};
pub use env::{Workspace, base_env};
pub use header::header;
pub use listing::{Listing, ListingError, Package, PackageError, Question, question};
pub(crate) use recipe::quoted;
pub use recipe::{limit_jobs, recipe};
pub use settings::{Cgo, GoSettings};
