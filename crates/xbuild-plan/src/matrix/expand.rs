//! Rule 1: a target's cells are its profiles × each profile's platforms × its axes, minus `exclude`, plus `include`.
//!
//! Order: targets as declared; within a target the profiles in the order of its own `profiles` list (of declaration where
//! it has none), each profile's platforms, then the axes in the order of its `axes` list; the first varies slowest, and
//! included cells come last. The size is computed before anything is allocated. No setting is looked at.

use std::collections::{HashMap, HashSet};

use xbuild_model::{Include, Name, Origin, Profile, Project, Spanned, Target};

use super::cell::{Block, BlockAxis, Matrix, NO_PAIR, PLAIN, Pair, Row, Stretch, Table};
use super::matcher::Matcher;
use super::{MatrixProblem, work};

/// How large a matrix may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most cells, counted before `exclude`.
    pub max_cells: u64,
}

impl Default for Limits {
    /// The command line's default: 100,000 cells.
    fn default() -> Self {
        Self { max_cells: 100_000 }
    }
}

/// A matrix and what went wrong while it was made.
#[derive(Debug, Clone)]
pub struct Expanded<'p> {
    /// The matrix; without cells where it would be too large.
    pub matrix: Matrix<'p>,
    /// `too-many-cells` (alone) or `include-existing`, in the file's order.
    pub problems: Vec<MatrixProblem>,
}

/// Expands a project. Takes what is there: of a poisoned part only what could be read.
pub fn expand(project: &Project, limits: Limits) -> Expanded<'_> {
    let profiles = indices(project.profiles.iter().map(|profile| profile.name.as_str()));
    let blocks: Vec<Block<'_>> = project.targets.iter().map(|target| block(project, &profiles, target)).collect();
    let targets = indices(project.targets.iter().map(|target| target.name.as_str()));
    let empty = Table::default();
    let mut matrix = Matrix { project, blocks, cells: empty.clone(), dropped: empty, targets, complete: true };
    if let Some(problem) = too_many(&matrix, limits).or_else(|| too_much(&matrix, limits)) {
        matrix.complete = false;
        return Expanded { matrix, problems: vec![problem] };
    }
    let mut problems = Vec::new();
    for index in 0..matrix.blocks.len() {
        fill(&mut matrix, index, &profiles, &mut problems);
    }
    problems.sort_by_key(MatrixProblem::primary);
    Expanded { matrix, problems }
}

/// Names to numbers; of equal names the first counts.
fn indices<'p>(names: impl Iterator<Item = &'p str>) -> HashMap<&'p str, u32> {
    let mut indices = HashMap::new();
    for (index, name) in names.enumerate() {
        indices.entry(name).or_insert(index as u32);
    }
    indices
}

fn block<'p>(project: &'p Project, profiles: &HashMap<&str, u32>, target: &'p Target) -> Block<'p> {
    let mut block = Block {
        target,
        pairs: Vec::new(),
        expanded_pairs: 0,
        pair_index: HashMap::new(),
        axes: Vec::new(),
        cells: Stretch::default(),
        dropped: Stretch::default(),
        included: Vec::new(),
    };
    if target.noarch.is_none() {
        for index in profiles_of(project, profiles, target) {
            add_profile(&mut block, index, &project.profiles[index as usize]);
        }
        block.expanded_pairs = block.pairs.len();
        block.axes = axes_of(project, &target.axes);
    }
    block
}

fn profiles_of(project: &Project, profiles: &HashMap<&str, u32>, target: &Target) -> Vec<u32> {
    match &target.profiles {
        None => (0..project.profiles.len() as u32).collect(),
        Some(names) => names.iter().filter_map(|name| profiles.get(name.as_str()).copied()).collect(),
    }
}

/// A pair that is there already is not added again, so ids are unique.
fn add_profile(block: &mut Block<'_>, index: u32, profile: &Profile) {
    for platform in &profile.platforms {
        pair_of(block, index, platform.value, platform.origin);
    }
}

fn pair_of(block: &mut Block<'_>, profile: u32, platform: xbuild_platform::Platform, origin: Origin) -> u32 {
    let next = block.pairs.len() as u32;
    let index = *block.pair_index.entry((profile, platform)).or_insert(next);
    if index == next {
        block.pairs.push(Pair { profile, platform, origin });
    }
    index
}

fn axes_of<'p>(project: &'p Project, names: &[Spanned<Name>]) -> Vec<BlockAxis<'p>> {
    let mut axes: Vec<BlockAxis<'p>> = Vec::new();
    for name in names {
        let declared = project.axes.iter().find(|axis| axis.name == *name);
        if let Some(axis) = declared.filter(|_| axes.iter().all(|known| known.axis.name != *name)) {
            let mut seen = HashSet::new();
            let values = axis.values.iter().map(|value| &value.value).filter(|value| seen.insert(value.as_str()));
            let values = values.collect();
            axes.push(BlockAxis { axis, values });
        }
    }
    axes
}

/// How many points a target has before any rule, plus its `include`s; saturating.
fn size(block: &Block<'_>) -> u64 {
    if block.target.noarch.is_some() {
        return 1;
    }
    let pairs = block.pairs.len() as u64;
    let product = block.axes.iter().fold(pairs, |size, axis| size.saturating_mul(axis.values.len() as u64));
    product.saturating_add(block.target.includes.len() as u64)
}

fn too_many(matrix: &Matrix<'_>, limits: Limits) -> Option<MatrixProblem> {
    let total = matrix.blocks.iter().map(size).fold(0, u64::saturating_add);
    let largest = matrix.blocks.iter().rev().max_by_key(|block| size(block))?;
    (total > limits.max_cells)
        .then(|| MatrixProblem::too_many_cells(&largest.target.name, size(largest), total, limits.max_cells))
}

/// Fewer cells, but each with more rules and settings than a large matrix can carry.
fn too_much(matrix: &Matrix<'_>, limits: Limits) -> Option<MatrixProblem> {
    let steps = work::steps(matrix.project, &matrix.blocks);
    let largest = matrix.blocks.iter().rev().max_by_key(|block| size(block))?;
    let needed = steps.div_ceil(work::STEPS_PER_CELL);
    (needed > limits.max_cells).then(|| MatrixProblem::too_much_work(&largest.target.name, needed, limits.max_cells))
}

fn fill(matrix: &mut Matrix<'_>, index: usize, profiles: &HashMap<&str, u32>, problems: &mut Vec<MatrixProblem>) {
    let Matrix { project, blocks, cells, dropped, .. } = matrix;
    let block = &mut blocks[index];
    let (first_cell, first_dropped) = (cells.rows.len(), dropped.rows.len());
    block.cells = Stretch { rows: first_cell..first_cell, values: cells.values.len() };
    block.dropped = Stretch { rows: first_dropped..first_dropped, values: dropped.values.len() };
    fill_product(project, block, index as u32, cells, dropped);
    block.cells.rows.end = cells.rows.len();
    block.dropped.rows.end = dropped.rows.len();
    let target = block.target;
    for (number, include) in target.includes.iter().enumerate().filter(|(_, include)| !include.poisoned) {
        let place = include_point(block, profiles, include);
        if let Some((pair, values)) = place {
            let row = Row { target: index as u32, pair, how: number as u32 };
            problems.extend(add_included(project, block, (cells, dropped), row, &values));
        }
    }
}

fn fill_product(project: &Project, block: &Block<'_>, target: u32, cells: &mut Table, dropped: &mut Table) {
    let excludes = project.excludes.iter().chain(&block.target.excludes);
    let rules: Vec<Matcher> = excludes.map(|exclude| Matcher::new(&exclude.condition, project, block)).collect();
    let pairs = 0..block.pairs.len() as u32;
    for pair in pairs.chain(block.target.noarch.map(|_| NO_PAIR)) {
        let active: Vec<(u32, &Matcher)> =
            (0..).zip(&rules).filter(|(_, matcher)| matcher.holds_at_pair(pair)).collect();
        each_combination(&block.axes, |values| {
            let rule = active.iter().find(|(_, matcher)| matcher.holds_for_values(values));
            match rule {
                Some(&(rule, _)) => dropped.push(Row { target, pair, how: rule }, values),
                None => cells.push(Row { target, pair, how: PLAIN }, values),
            }
        });
    }
}

/// Counts through the axes' values, the last axis fastest.
fn each_combination(axes: &[BlockAxis<'_>], mut visit: impl FnMut(&[u32])) {
    if axes.iter().any(|axis| axis.values.is_empty()) {
        return;
    }
    let mut values = vec![0; axes.len()];
    loop {
        visit(&values);
        let next = (0..axes.len()).rev().find(|&axis| (values[axis] as usize) + 1 < axes[axis].values.len());
        let Some(axis) = next else { return };
        values[axis] += 1;
        values[axis + 1..].fill(0);
    }
}

/// The point that an `include` names; `None` where it does not name a whole one (reported by whoever read it).
fn include_point(block: &mut Block<'_>, profiles: &HashMap<&str, u32>, include: &Include) -> Option<(u32, Vec<u32>)> {
    if block.target.noarch.is_some() || include.axes.len() != block.axes.len() {
        return None;
    }
    let profile = *profiles.get(include.profile.as_ref()?.as_str())?;
    let platform = include.platform.as_ref()?;
    let value = |position: usize| {
        let named = include.axes.iter().find(|(axis, _)| axis.value == block.axes[position].axis.name.value);
        named.and_then(|(_, value)| block.value_index(position, value))
    };
    let values = (0..block.axes.len()).map(value).collect::<Option<Vec<u32>>>()?;
    Some((pair_of(block, profile, platform.value, platform.origin), values))
}

fn add_included(
    project: &Project,
    block: &mut Block<'_>,
    (cells, dropped): (&mut Table, &mut Table),
    row: Row,
    values: &[u32],
) -> Option<MatrixProblem> {
    let include = &block.target.includes[row.how as usize];
    if let Some(existing) = block.search(cells, row.pair, values) {
        let other = block.target.includes.get(cells.rows[existing].how as usize).map(|other| other.origin);
        let point = super::Point { project, block, pair: row.pair, values };
        return Some(MatrixProblem::include_existing(include.origin, &point, other));
    }
    if let Some(excluded) = dropped.search(&block.dropped, &block.dropped.rows, row.pair, values) {
        dropped.rows[excluded].how = PLAIN;
    }
    let index = cells.rows.len();
    cells.push(row, values);
    block.cells.rows.end = index + 1;
    let key = |row: usize| (cells.rows[row].pair, cells.values(&block.cells, row, values.len()));
    let at = block.included.partition_point(|&other| key(other) < (row.pair, values));
    block.included.insert(at, index);
    None
}
