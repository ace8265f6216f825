//! What the user asked for, as values that cannot be wrong, each with its [`Origin`]: where in the text it was written.
//!
//! `xbuild-config` lowers KDL text to a [`Project`]; `xbuild-plan` expands a project to cells. This crate does neither: it
//! knows no KDL, expands nothing and opens nothing.
//!
//! **Poison.** A project is handed on even where parts of it were wrong, so that every problem of a file shows in one
//! run. What was wrong is left out and its owner is marked `poisoned`: whoever reads it must not report anything that
//! could be a consequence of the part that is missing.

mod name;
mod origin;
mod project;
mod rule;
mod settings;
mod template;

pub use name::{AxisValue, EnvName, Name, NameError};
pub use origin::{Origin, Spanned};
pub use project::{
    Axis, Builder, BuilderKind, Dep, Include, Location, Profile, Project, Target, Toolchain, ToolchainKind,
};
pub use rule::{Condition, Dimension, Exclude, Term, When};
pub use settings::{
    Archive, ArchiveFormat, CcChoice, Expectation, Image, Layer, Libc, LibcFloor, Network, Op, Setting, Settings, Slot,
    Smoke, Value,
};
pub use template::{Placeholder, Template, TemplateError, TemplatePart};
