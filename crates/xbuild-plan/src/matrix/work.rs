//! How much work a matrix is, counted before any of it is done.
//!
//! The problem: a file of 150,000 words can hold twenty thousand rules and twenty thousand cells, and each rule is compared
//! with each cell. So the limit on cells is one on their work too: a cell may cost a hundred steps on the average, where a
//! step is one value of a condition that it is compared with, or one value that it is given. What is counted here is what
//! `expand`, `resolve` and `check` do; how long a step takes is not.

use std::collections::BTreeSet;

use xbuild_model::{Condition, Layer, Op, Project, Setting, Slot, Value};

use super::cell::Block;

/// How many steps each cell of the limit may take.
pub(super) const STEPS_PER_CELL: u64 = 100;

/// What one layer costs.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    /// Values in conditions: every cell is compared with them.
    conditions: u64,
    /// Values that are set: once for all cells to which the same conditions apply.
    settings: u64,
    /// Paths that every cell promises and cells that it needs.
    promises: u64,
}

impl Load {
    fn of(layer: &Layer) -> Self {
        let mut load = Self::default();
        load.add(&layer.settings.entries);
        for when in &layer.whens {
            load.conditions += alternatives(&when.condition);
            load.promises += when.deps.len() as u64;
            load.add(&when.settings.entries);
        }
        load
    }

    fn add(&mut self, settings: &[Setting]) {
        for setting in settings {
            let values = match &setting.op {
                Op::Set(Value::List(list)) | Op::Append(Value::List(list)) => list.len() as u64,
                _ => 1,
            };
            self.settings += values;
            self.promises += if setting.slot == Slot::Outputs { values } else { 0 };
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            conditions: self.conditions.saturating_add(other.conditions),
            settings: self.settings.saturating_add(other.settings),
            promises: self.promises.saturating_add(other.promises),
        }
    }

    /// The steps of so many cells with so many profiles. Two `when` blocks are compared with each other too.
    fn steps(self, cells: u64, profiles: u64) -> u64 {
        let times = if self.conditions == 0 { profiles } else { cells };
        let compared = self.conditions.saturating_add(self.promises).saturating_mul(cells);
        let set = self.settings.saturating_mul(times);
        compared.saturating_add(set).saturating_add(self.conditions.saturating_mul(self.conditions))
    }
}

/// The values that a condition names, at least one.
fn alternatives(condition: &Condition) -> u64 {
    condition.terms.iter().map(|term| term.values.len() as u64).sum::<u64>().max(1)
}

/// The steps of a whole matrix; saturating.
pub(super) fn steps(project: &Project, blocks: &[Block<'_>]) -> u64 {
    let profiles: Vec<Load> = project.profiles.iter().map(|profile| Load::of(&profile.layer)).collect();
    let shared = Load::of(&project.defaults);
    let excludes: u64 = project.excludes.iter().map(|exclude| alternatives(&exclude.condition)).sum();
    let own = blocks.iter().map(|block| of_block(block, shared, &profiles, excludes)).fold(0, u64::saturating_add);
    own.saturating_add(of_profiles(&profiles, blocks))
}

fn of_block(block: &Block<'_>, shared: Load, profiles: &[Load], excludes: u64) -> u64 {
    let target = block.target;
    let combinations = block.axes.iter().fold(1, |size: u64, axis| size.saturating_mul(axis.values.len() as u64));
    let values: u64 = block.axes.iter().map(|axis| axis.values.len() as u64).sum();
    let pairs = block.pairs.len() as u64;
    // A matcher knows each pair and each value, also where an axis without values leaves no cell.
    let cells = pairs.saturating_mul(combinations).max(pairs + values);
    let used: BTreeSet<u32> = block.pairs.iter().map(|pair| pair.profile).collect();
    let own_excludes: u64 = target.excludes.iter().map(|exclude| alternatives(&exclude.condition)).sum();
    let conditions = excludes.saturating_add(own_excludes).saturating_mul(cells);
    let deps = (target.deps.len() as u64).saturating_mul(cells);
    let includes = (target.includes.len() as u64).saturating_mul(values);
    let layers = shared.and(Load::of(&target.layer)).steps(cells, used.len() as u64);
    let share = cells / (used.len() as u64).max(1);
    let of_profiles = used.iter().map(|profile| profiles[*profile as usize].steps(share, 1));
    [conditions, deps, includes, layers].into_iter().chain(of_profiles).fold(0, u64::saturating_add)
}

/// The `when` blocks of a profile are asked about every cell, and every profile about every target.
fn of_profiles(profiles: &[Load], blocks: &[Block<'_>]) -> u64 {
    let conditions: u64 = profiles.iter().map(|load| load.conditions).sum();
    let pairs: u64 = blocks.iter().map(|block| block.pairs.len() as u64).sum();
    let once = pairs.saturating_add((blocks.len() as u64).saturating_mul(profiles.len() as u64));
    conditions.saturating_mul(once)
}
