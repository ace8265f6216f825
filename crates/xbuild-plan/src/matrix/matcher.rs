//! A condition, prepared for the points of one target: one look-up for profile and platform, one for each axis it names.
//!
//! Which of two conditions is narrower is another question; see `narrow`.

use xbuild_model::{Condition, Dimension, Project, Term};

use super::cell::{Block, NO_PAIR, Pair};

#[derive(Debug, Clone)]
pub(super) struct Matcher {
    /// For each pair of the block, whether the terms about profile and platform hold.
    pairs: Box<[bool]>,
    /// For each term about an axis: the axis' position and, for each of its values, whether the term holds.
    axes: Vec<(usize, Box<[bool]>)>,
    /// There is no term at all: it holds in a `noarch` cell too.
    everywhere: bool,
}

impl Matcher {
    pub(super) fn new(condition: &Condition, project: &Project, block: &Block<'_>) -> Self {
        let mut possible = !condition.poisoned;
        let mut axes = Vec::new();
        for term in &condition.terms {
            if let Dimension::Axis(name) = &term.dimension {
                match block.axis_position(name) {
                    Some(position) => axes.push((position, values_that_hold(term, block, position))),
                    None => possible = false,
                }
            }
        }
        let holds = |pair: &Pair| possible && condition.terms.iter().all(|term| holds_at(term, project, pair));
        let pairs = block.pairs.iter().map(holds).collect();
        Self { pairs, axes, everywhere: possible && condition.terms.is_empty() }
    }

    /// Whether it says anything about an axis.
    pub(super) fn asks_for_axes(&self) -> bool {
        !self.axes.is_empty()
    }

    pub(super) fn holds_at_pair(&self, pair: u32) -> bool {
        if pair == NO_PAIR { self.everywhere } else { self.pairs[pair as usize] }
    }

    pub(super) fn holds_for_values(&self, values: &[u32]) -> bool {
        self.axes.iter().all(|(position, holds)| holds[values[*position] as usize])
    }

    pub(super) fn holds(&self, pair: u32, values: &[u32]) -> bool {
        self.holds_at_pair(pair) && self.holds_for_values(values)
    }

    /// Whether it holds at some point of the product of the first `pairs` pairs and the axes, before any rule.
    pub(super) fn holds_somewhere(&self, pairs: usize) -> bool {
        self.everywhere
            || (self.pairs[..pairs].contains(&true) && self.axes.iter().all(|(_, holds)| holds.contains(&true)))
    }
}

fn values_that_hold(term: &Term, block: &Block<'_>, position: usize) -> Box<[bool]> {
    let named = |value: &str| term.values.iter().any(|known| known == value);
    block.axes[position].values.iter().map(|value| named(value)).collect()
}

/// Whether a term holds for a profile and platform; one about an axis does not ask them.
fn holds_at(term: &Term, project: &Project, pair: &Pair) -> bool {
    let profile = &project.profiles[pair.profile as usize].name;
    match &term.dimension {
        Dimension::Axis(_) => true,
        dimension => {
            let value = dimension.of(profile, pair.platform, |_| None);
            value.is_some_and(|value| term.values.contains(&value))
        }
    }
}
