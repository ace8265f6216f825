//! Other people's formats: a GoReleaser configuration, a Go module, a Cargo workspace become an `xbuild.kdl`.
//!
//! [`goreleaser::import`] takes the text of a `.goreleaser.yaml`, [`init`](init::write) takes what a [`Folder`] holds; both
//! make a draft of the file (`draft`: profiles, targets, settings, comments) and print it. Whatever cannot be said in
//! xbuild's language stands as a comment at its place and is a [`Note`] too: nothing is lost silently. What is written
//! checks clean and is laid out as `xbuild fmt` does it.
//!
//! It opens no files and starts no process: `xbuild-cli` reads the folder and writes the file. It does not read `xbuild.kdl`.

mod cargo;
mod command;
mod draft;
mod folder;
pub mod go;
pub mod goreleaser;
pub mod init;
mod name;
mod note;
mod problem;
mod yaml;

pub use folder::{Folder, GIT_CONFIG, is_manifest, may_be_in};
pub use note::{Note, Place};
pub use problem::ImportProblem;

/// A file that was written, and what it could not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text of the `xbuild.kdl`.
    pub kdl: String,
    /// What was left out or says something else now, in the order of the text that was read.
    pub notes: Vec<Note>,
}
