//! An `xbuild.kdl` that is being made: declarations and settings, each with the comments that stand before it.
//!
//! A target knows its own platforms here; which profiles that makes is found in `profiles`, what all targets share goes to
//! `defaults` in `shared`, and `print` writes the text. Nothing here knows whose format was read.

mod print;
mod profiles;
mod shared;

use xbuild_model::{ArchiveFormat, EnvName, Name};
use xbuild_platform::Platform;

/// A whole file.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// Comments at the top.
    pub(crate) head: Vec<String>,
    pub(crate) project: Option<Project>,
    pub(crate) toolchains: Vec<Toolchain>,
    /// Comments before the profiles.
    pub(crate) before_profiles: Vec<String>,
    pub(crate) targets: Vec<Target>,
    /// Comments at the end.
    pub(crate) foot: Vec<String>,
}

/// `project NAME version="…"`.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) comments: Vec<String>,
    pub(crate) name: Name,
    pub(crate) version: Option<String>,
}

/// `toolchain NAME "VERSION" …`.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    pub(crate) comments: Vec<String>,
    pub(crate) name: &'static str,
    pub(crate) version: String,
    /// `kind=tool path="…"`.
    pub(crate) program: Option<String>,
}

/// `target NAME { … }`.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) comments: Vec<String>,
    pub(crate) name: Name,
    pub(crate) builder: Builder,
    /// Empty for a target without a platform of its own (`noarch`).
    pub(crate) platforms: Vec<Platform>,
    pub(crate) settings: Settings,
    pub(crate) cwd: Option<String>,
    /// Declared inputs and outputs of a command.
    pub(crate) files: Option<Files>,
    pub(crate) archive: Option<Archive>,
    pub(crate) whens: Vec<When>,
    /// Comments at the end of its block.
    pub(crate) foot: Vec<String>,
}

/// What makes a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Builder {
    Go { package: String, bin: Option<String> },
    Cargo { package: String, bin: Option<String> },
    Command { words: Vec<String> },
}

/// What a command reads and writes.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) comments: Vec<String>,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
}

/// The settings of one block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Children of the builder's block, in the grammar's order.
    pub(crate) slots: Vec<Slot>,
    pub(crate) env: Vec<Variable>,
}

/// A child of a builder's block; without a value only its comments are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) word: &'static str,
    pub(crate) comments: Vec<String>,
    pub(crate) value: Option<Value>,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Text(String),
    List(Vec<String>),
    /// `#null`.
    Clear,
}

/// A variable; without a value only its comments are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) comments: Vec<String>,
    pub(crate) name: EnvName,
    pub(crate) value: Option<Given>,
}

/// Where a variable's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// `env NAME="…"`.
    Text(String),
    /// `env-pass NAME`.
    Pass,
}

/// `archive FORMAT… name="…" { add … }`; without formats `archive #null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Archive {
    pub(crate) comments: Vec<String>,
    pub(crate) formats: Vec<ArchiveFormat>,
    pub(crate) name: Option<String>,
    pub(crate) add: Vec<String>,
}

/// `when CONDITION { … }`.
#[derive(Debug)]
pub(crate) struct When {
    pub(crate) condition: Condition,
    pub(crate) settings: Settings,
    pub(crate) archive: Option<Archive>,
}

/// What a `when` asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Os(String),
    Platforms(Vec<Platform>),
}

impl Target {
    /// A target of nothing but its name, its builder and its platforms.
    pub(crate) fn new(name: Name, builder: Builder, platforms: Vec<Platform>) -> Self {
        Self {
            comments: Vec::new(),
            name,
            builder,
            platforms,
            settings: Settings::default(),
            cwd: None,
            files: None,
            archive: None,
            whens: Vec::new(),
            foot: Vec::new(),
        }
    }
}

impl Draft {
    /// The text of the file.
    pub(crate) fn print(mut self) -> String {
        let defaults = shared::hoist(&mut self.targets);
        let profiles = profiles::of(&self.targets);
        print::print(&self, &defaults, &profiles)
    }
}
