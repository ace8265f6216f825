//! Which cells a planned cell needs, by id: the arrows of a plan, for those who show it.

use std::collections::BTreeMap;

use crate::PlannedCell;
use crate::matrix::{Matrix, Resolver, dependencies};

/// The ids of what each cell needs, in the file's order.
pub fn needs(matrix: &Matrix<'_>, cells: &[PlannedCell]) -> BTreeMap<String, Vec<String>> {
    let mut resolver = Resolver::new(matrix);
    let of = |cell: &PlannedCell| {
        let found = matrix.find(&cell.identity.id)?;
        let resolved = resolver.resolve(found).ok()?;
        let needs = dependencies(matrix, found, &resolved).ok()?;
        Some((cell.identity.id.clone(), needs.into_iter().map(|need| need.cell.id().to_string()).collect()))
    };
    cells.iter().filter_map(of).collect()
}
