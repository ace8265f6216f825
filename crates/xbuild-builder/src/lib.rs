//! What each kind of build needs and does: the questions to ask a toolchain, and the actions to run.
//!
//! A builder turns the settings of one cell into a [`Recipe`]: command, environment and outputs, written with names of
//! places (`{tool:go}`, `{src}`, `{out}`) where a machine has paths. It also says what to ask the toolchain first (argv
//! and a parser of the answer). It runs nothing and looks nothing up: the answers come back as values.
//!
//! Adding a language is adding one folder here.

mod action;
mod base;
pub mod c;
pub mod cargo;
pub mod command;
mod compiler;
pub mod go;
mod word;
pub mod zig;

pub use action::{Action, ActionKey, EnvEntry, EnvSource, ExecProperties, Recipe, SecretValue, Tool};
pub use base::Common;
pub use compiler::{Compiler, Driver};
pub use word::{Part, Place, Places, Word};
