//! Artifacts that claim one path, also where a file system does not tell large letters from small, and a file where
//! another artifact needs a folder.

use std::collections::HashSet;

use xbuild_model::{BuilderKind, Origin};

use super::super::artifact::{Artifact, artifacts};
use super::super::cell::CellRef;
use super::super::problem::MatrixProblem;
use super::super::resolved::Resolved;

/// Collects what every cell promises.
#[derive(Debug, Default)]
pub(super) struct Outputs<'m> {
    claims: Vec<Claim<'m>>,
}

#[derive(Debug)]
struct Claim<'m> {
    /// The path in small letters, with `/` as the smallest character: what is below a folder follows it at once.
    key: Vec<u8>,
    path: String,
    cell: CellRef<'m>,
    origin: Origin,
}

impl<'m> Outputs<'m> {
    pub(super) fn add(&mut self, cell: CellRef<'m>, resolved: &Resolved<'_>) {
        let claim =
            |artifact: Artifact| Claim { key: key(&artifact.path), path: artifact.path, cell, origin: artifact.origin };
        self.claims.extend(artifacts(cell, resolved).into_iter().map(claim));
    }

    /// One problem for each pair of places in the file whose artifacts collide.
    pub(super) fn collisions(mut self) -> Vec<MatrixProblem> {
        self.claims.sort_by(|one, other| (&one.key, one.cell.index()).cmp(&(&other.key, other.cell.index())));
        let mut said = HashSet::new();
        let mut problems = Vec::new();
        let mut outer: Option<&Claim<'_>> = None;
        for claim in &self.claims {
            match outer.filter(|outer| contains(&outer.key, &claim.key)) {
                Some(outer) if said.insert(ordered(outer.origin, claim.origin)) => problems.push(problem(outer, claim)),
                Some(_) => {}
                None => outer = Some(claim),
            }
        }
        problems
    }
}

fn key(path: &str) -> Vec<u8> {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("\0").to_lowercase().into_bytes()
}

/// Whether a path is another one, or a folder above it.
fn contains(outer: &[u8], inner: &[u8]) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.first().is_none_or(|&byte| byte == 0))
}

fn ordered(one: Origin, other: Origin) -> (Origin, Origin) {
    (one.min(other), one.max(other))
}

fn problem(outer: &Claim<'_>, inner: &Claim<'_>) -> MatrixProblem {
    let (earlier, later) = if outer.origin <= inner.origin { (outer, inner) } else { (inner, outer) };
    let label = if outer.key != inner.key {
        format!("`{}` is a file of `{}` and a folder of `{}`", outer.path, outer.cell.id(), inner.cell.id())
    } else if outer.cell == inner.cell {
        format!("both are outputs of `{}`", outer.cell.id())
    } else {
        format!("`{}` and `{}` both write it", outer.cell.id(), inner.cell.id())
    };
    let help =
        if is_command(later.cell) { "give one of the outputs another path" } else { "choose another name with `bin`" };
    let other = (earlier.origin != later.origin).then_some(earlier.origin);
    MatrixProblem::OverlappingOutputs { at: later.origin, other, path: inner.path.clone(), label, help }
}

fn is_command(cell: CellRef<'_>) -> bool {
    cell.target().builder.as_ref().is_some_and(|builder| builder.kind == BuilderKind::Command)
}
