//! Rule 7: which cell a dependency means.
//!
//! The same profile and platform and the same value of every axis that both have; for an axis that only the dependency has
//! (or that the file chooses anew) the value of `deps TARGET AXIS=VALUE`. A `noarch` target has one cell for everybody.
//! Which dependencies apply to a cell is part of its settings; see `resolve`.

use xbuild_model::{AxisValue, Dep, Name};

use super::cell::{Block, CellRef, Matrix, NO_PAIR, Point};
use super::problem::MatrixProblem;
use super::resolved::Resolved;

/// A dependency and the cell that it means.
#[derive(Debug, Clone, Copy)]
pub struct DepCell<'m> {
    /// What the file says.
    pub dep: &'m Dep,
    /// The cell.
    pub cell: CellRef<'m>,
}

/// Why a dependency means no cell.
#[derive(Debug, Clone)]
pub(super) enum Fault<'m> {
    /// An axis of the dependency is neither shared nor chosen.
    Ambiguous { axis: &'m Name, values: Vec<&'m AxisValue> },
    /// An axis is chosen that the dependency does not have.
    NoSuchAxis { axis: &'m Name },
    /// The point is known, but it is no cell.
    Missing { id: String },
    /// The dependant is `noarch` and the dependency is not (`noarch-dep`), or the target is unknown: the reader's to report.
    NotOurs,
}

/// The cells that a cell needs, given its settings.
///
/// # Errors
///
/// `dep-ambiguous` and `dep-missing-cell`, one for each dependency that means no cell.
pub fn dependencies<'m>(
    matrix: &'m Matrix<'m>,
    cell: CellRef<'m>,
    resolved: &Resolved<'m>,
) -> Result<Vec<DepCell<'m>>, Vec<MatrixProblem>> {
    let mut cells = Vec::new();
    let mut problems = Vec::new();
    for dep in resolved.deps() {
        match find(matrix, cell, dep) {
            Ok(cell) => cells.push(DepCell { dep, cell }),
            Err(fault) => problems.extend(MatrixProblem::dependency(matrix, cell, dep, &fault)),
        }
    }
    if problems.is_empty() { Ok(cells) } else { Err(problems) }
}

pub(super) fn find<'m>(matrix: &'m Matrix<'m>, cell: CellRef<'m>, dep: &'m Dep) -> Result<CellRef<'m>, Fault<'m>> {
    let block = matrix.block(&dep.target).ok_or(Fault::NotOurs)?;
    if let Some((axis, _)) = dep.axes.iter().find(|(axis, _)| block.axis_position(axis).is_none()) {
        return Err(Fault::NoSuchAxis { axis: &axis.value });
    }
    let values = (0..block.axes.len()).map(|axis| value_for(block, axis, cell, dep)).collect::<Result<Vec<_>, _>>()?;
    let pair = pair_for(block, cell)?;
    let found = pair.and_then(|pair| values_found(block, matrix, pair, &values));
    found.map(|index| matrix.cell_at(index)).ok_or_else(|| Fault::Missing { id: wanted(block, cell, &values) })
}

fn values_found(block: &Block<'_>, matrix: &Matrix<'_>, pair: u32, values: &[Choice<'_>]) -> Option<usize> {
    let numbers = values.iter().map(|choice| choice.number).collect::<Option<Vec<u32>>>()?;
    block.search(&matrix.cells, pair, &numbers)
}

/// A value of an axis of the dependency, and its number if the axis has it.
struct Choice<'m> {
    value: &'m AxisValue,
    number: Option<u32>,
}

fn value_for<'m>(block: &'m Block<'m>, axis: usize, cell: CellRef<'m>, dep: &'m Dep) -> Result<Choice<'m>, Fault<'m>> {
    let name = &block.axes[axis].axis.name.value;
    let chosen = dep.axes.iter().find(|(chosen, _)| chosen.value == *name).map(|(_, value)| &value.value);
    let value = chosen.or_else(|| cell.axis(name));
    let ambiguous = || Fault::Ambiguous { axis: name, values: block.axes[axis].values.clone() };
    value.map(|value| Choice { value, number: block.value_index(axis, value) }).ok_or_else(ambiguous)
}

/// The dependency's pair for the cell's profile and platform; `None` where it is not built for them.
fn pair_for(block: &Block<'_>, cell: CellRef<'_>) -> Result<Option<u32>, Fault<'static>> {
    if block.target.noarch.is_some() {
        return Ok(Some(NO_PAIR));
    }
    let place = cell.place_key().ok_or(Fault::NotOurs)?;
    Ok(block.pair_index.get(&place).copied())
}

/// The id of the cell that is missing.
fn wanted(block: &Block<'_>, cell: CellRef<'_>, values: &[Choice<'_>]) -> String {
    let target = &block.target.name;
    let (Some(profile), Some(platform)) = (cell.profile(), cell.platform()) else {
        return target.to_string();
    };
    let axes = block.axes.iter().zip(values);
    let axes: String = axes.map(|(axis, choice)| format!(",{}={}", axis.axis.name, choice.value)).collect();
    format!("{profile}/{target}@{platform}{axes}")
}

impl Point<'_> {
    /// The profile's number and the platform; `None` for a `noarch` cell.
    pub(super) fn place_key(self) -> Option<(u32, xbuild_platform::Platform)> {
        (self.pair != NO_PAIR).then(|| &self.block.pairs[self.pair as usize]).map(|pair| (pair.profile, pair.platform))
    }
}
