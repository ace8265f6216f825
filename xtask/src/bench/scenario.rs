//! What happened before the build that is timed.

use crate::Outcome;

use super::contender::Contender;
use super::lab::Lab;
use super::platform::Platform;

/// A state of the caches and the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Everything was compiled once; no finished program is kept. xbuild runs with `--no-cache`.
    Fresh,
    /// One platform alone, of which nothing was ever compiled. xbuild runs with `--no-cache`.
    ColdPlatform,
    /// The same build has just been done.
    Unchanged,
    /// One source file of one program was edited since.
    Leaf,
}

impl Scenario {
    /// Every scenario, in the order of the table.
    pub(crate) const ALL: [Self; 4] = [Self::Fresh, Self::ColdPlatform, Self::Unchanged, Self::Leaf];

    /// The word on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::ColdPlatform => "cold-platform",
            Self::Unchanged => "unchanged",
            Self::Leaf => "leaf",
        }
    }

    /// What the table calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Fresh => "warm compile cache, no action cache",
            Self::ColdPlatform => "one platform cold",
            Self::Unchanged => "nothing changed",
            Self::Leaf => "one leaf file changed",
        }
    }

    /// The scenario of that name.
    pub(crate) fn named(name: &str) -> Outcome<Self> {
        let found = Self::ALL.into_iter().find(|scenario| scenario.name() == name);
        found.ok_or_else(|| format!("`{name}` is no scenario").into())
    }

    /// What is built.
    pub(crate) fn platforms(self, lab: &Lab) -> &[Platform] {
        if self == Self::ColdPlatform { &lab.platforms()[..1] } else { lab.platforms() }
    }

    /// Whether xbuild must not use finished results.
    pub(crate) const fn is_without_results(self) -> bool {
        matches!(self, Self::Fresh | Self::ColdPlatform)
    }

    /// Once before all rounds, not timed.
    pub(crate) fn warm_up(self, lab: &Lab, contender: Contender) -> Outcome {
        lab.restore_sources(contender, self.platforms(lab))?;
        if self == Self::ColdPlatform {
            return Ok(());
        }
        lab.seed(contender)?;
        lab.build(contender)
    }

    /// Before each round, not timed.
    pub(crate) fn set_up(self, lab: &Lab, contender: Contender, round: usize) -> Outcome {
        match self {
            Self::Fresh => lab.remove_outputs(contender),
            Self::ColdPlatform => {
                lab.remove_outputs(contender)?;
                lab.forget_compiled(contender)
            }
            Self::Unchanged => Ok(()),
            Self::Leaf => lab.edit_leaf(contender, round),
        }
    }
}
