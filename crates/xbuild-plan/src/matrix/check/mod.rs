//! What is wrong with a matrix as a whole, every problem at once, in the file's order.
//!
//! One file for each family: rules that do nothing, what cells lack, platforms, outputs. What follows from a part that could
//! not be read is not reported: see *poison* in `xbuild-model`. Problems that show while the matrix is made come from
//! [`expand`](super::expand).

mod cells;
mod outputs;
mod platforms;
mod rules;

use xbuild_model::{Layer, Project, Slot};

use super::cell::{Block, Matrix};
use super::problem::MatrixProblem;

/// Every problem of a matrix, in the file's order. A matrix that was given up as too large has none but that.
pub fn check<'m>(matrix: &'m Matrix<'m>) -> Vec<MatrixProblem> {
    if !matrix.complete {
        return Vec::new();
    }
    let mut problems = rules::check(matrix);
    problems.extend(cells::check(matrix));
    problems.sort_by_key(MatrixProblem::primary);
    problems
}

/// Whether a target may have other cells or settings than those that are known: a part of it, of a profile or axis that it
/// uses, or something at the top could not be read.
fn is_uncertain(project: &Project, block: &Block<'_>) -> bool {
    let target = block.target;
    let listed =
        |name: &str| target.profiles.as_ref().is_none_or(|names| names.iter().any(|known| known.as_str() == name));
    project.poisoned
        || target.poisoned
        || project.profiles.iter().any(|profile| profile.poisoned && listed(&profile.name))
        || block.axes.iter().any(|axis| axis.axis.poisoned)
        || (target.noarch.is_none() && block.axes.len() < target.axes.len())
}

/// Whether a `when` that could not be read says something about one of these slots.
fn is_clouded(layers: &[&Layer], slots: &[Slot]) -> bool {
    let poisoned = layers.iter().flat_map(|layer| &layer.whens).filter(|when| when.condition.poisoned);
    poisoned.flat_map(|when| &when.settings.entries).any(|setting| slots.contains(&setting.slot))
}
