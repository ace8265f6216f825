//! What a cell needs of other cells, and where their outputs appear in its tree.

use xbuild_content::RelPath;
use xbuild_model::Dep;

use crate::matrix::{CellRef, Matrix, Resolved, dependencies};

/// A dependency of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The cell's id.
    pub cell: String,
    /// Its target's name.
    pub target: String,
    /// Where its outputs appear in the dependant's tree; `None` is the top.
    pub at: Option<RelPath>,
}

/// The needs of a cell, in the file's order. What means no cell was reported by the check before.
pub(crate) fn needs<'m>(matrix: &'m Matrix<'m>, cell: CellRef<'m>, resolved: &Resolved<'m>) -> Vec<Need> {
    let needs = dependencies(matrix, cell, resolved).unwrap_or_default().into_iter();
    let need = needs.map(|need| Need {
        cell: need.cell.id().to_string(),
        target: need.dep.target.to_string(),
        at: place(need.dep),
    });
    need.collect()
}

/// `at`, or `.xbuild/deps/TARGET`.
pub(crate) fn place(dep: &Dep) -> Option<RelPath> {
    let at = dep.at.as_ref().map_or_else(|| format!(".xbuild/deps/{}", dep.target), ToString::to_string);
    // The configuration has checked it: what is no path below the root is the root itself.
    RelPath::new(&at).ok()
}
