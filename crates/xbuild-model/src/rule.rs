//! Rules: edits of the matrix and the conditions under which they apply.

use xbuild_platform::Platform;

use crate::{Dep, Name, Origin, Settings};

/// What a condition can ask about a cell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// The profile's name.
    Profile,
    /// The whole platform.
    Platform,
    /// The operating system.
    Os,
    /// The architecture.
    Arch,
    /// The variant.
    Variant,
    /// The value of an axis.
    Axis(Name),
}

impl Dimension {
    /// The word in the file.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Profile => "profile",
            Self::Platform => "platform",
            Self::Os => "os",
            Self::Arch => "arch",
            Self::Variant => "variant",
            Self::Axis(name) => name,
        }
    }

    /// What a cell has in this dimension; `None` where it has nothing there (no variant, another target's axis).
    pub fn of(&self, profile: &str, platform: Platform, axis: impl FnOnce(&str) -> Option<String>) -> Option<String> {
        match self {
            Self::Profile => Some(profile.to_owned()),
            Self::Platform => Some(platform.to_string()),
            Self::Os => Some(platform.os().to_string()),
            Self::Arch => Some(platform.arch().to_string()),
            Self::Variant => platform.variant().map(|variant| variant.to_string()),
            Self::Axis(name) => axis(name),
        }
    }
}

/// `os=linux|darwin`: holds where the cell has one of the values.
#[derive(Debug, Clone)]
pub struct Term {
    /// What is asked.
    pub dimension: Dimension,
    /// The values, at least one, each known in its dimension (checked by name, not by whether a cell has it).
    pub values: Vec<String>,
    /// The whole property in the text.
    pub origin: Origin,
}

/// One term for each dimension at the most; holds where all of them do.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// The terms, in the file's order.
    pub terms: Vec<Term>,
    /// A term could not be read: the condition matches nothing, and nothing that touches it is reported.
    pub poisoned: bool,
}

/// `exclude CONDITION`.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// Which cells it removes.
    pub condition: Condition,
    /// The node's name in the text.
    pub origin: Origin,
}

/// `when CONDITION { … }`.
#[derive(Debug, Clone)]
pub struct When {
    /// Which cells it applies to.
    pub condition: Condition,
    /// What it sets.
    pub settings: Settings,
    /// What it needs more (targets only).
    pub deps: Vec<Dep>,
    /// The node's name in the text.
    pub origin: Origin,
}
