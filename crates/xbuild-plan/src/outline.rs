//! What is known of cells before anything about the machine is: identity, artifacts, expectations.
//!
//! `plan` starts from this; `verify` needs no more.

use std::collections::BTreeSet;
use std::sync::Arc;

use xbuild_content::RelPath;
use xbuild_model::{BuilderKind, Expectation, Slot, Spanned, Template, Value};
use xbuild_platform::Os;

use crate::matrix::{CellRef, Matrix, Resolved, Resolver, artifacts, dependencies, form};
use crate::needs::needs;
use crate::planned::{Expected, Identity, PlannedArtifact, PlannedCell};
use crate::reason::Verdict;

/// A cell and its settings.
pub type Cell<'m> = (CellRef<'m>, Arc<Resolved<'m>>);

/// The selected cells and everything that they need, dependencies first, each once.
pub fn with_dependencies<'m>(
    matrix: &'m Matrix<'m>,
    resolver: &mut Resolver<'m>,
    selected: &[CellRef<'m>],
) -> Vec<Cell<'m>> {
    let mut cells = Vec::new();
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(CellRef<'m>, bool)> = selected.iter().rev().map(|cell| (*cell, false)).collect();
    while let Some((cell, ready)) = stack.pop() {
        // A cell whose settings conflict was reported by the check before; there is nothing to plan for it.
        let Ok(resolved) = resolver.resolve(cell) else { continue };
        if ready {
            cells.push((cell, resolved));
        } else if seen.insert(cell.index()) {
            stack.push((cell, true));
            let needs = dependencies(matrix, cell, &resolved).unwrap_or_default();
            stack.extend(needs.into_iter().rev().map(|need| (need.cell, false)));
        }
    }
    cells
}

/// What is known of a cell before any question is asked.
pub fn outline<'m>(matrix: &'m Matrix<'m>, cell: CellRef<'m>, resolved: &Resolved<'m>) -> PlannedCell {
    let artifacts = artifacts(cell, resolved).into_iter().filter_map(|artifact| {
        Some(PlannedArtifact { output: RelPath::new(&artifact.name).ok()?, path: RelPath::new(&artifact.path).ok()? })
    });
    let builder = cell.target().builder.as_ref();
    PlannedCell {
        identity: Identity {
            id: cell.id().to_string(),
            target: cell.target().name.to_string(),
            profile: cell.profile().map(ToString::to_string),
            platform: cell.platform(),
            axes: cell.axes().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            origin: cell.origin(),
            platform_origin: cell.platform_origin(),
        },
        builder: builder.map_or(BuilderKind::Command, |builder| builder.kind),
        form: builder.filter(|builder| builder.kind != BuilderKind::Command).map(|builder| form(builder, resolved)),
        artifacts: artifacts.collect(),
        expectations: expectations(cell, resolved),
        smoke: None,
        needs: needs(matrix, cell, resolved),
        places: xbuild_builder::Places::new(),
        recipe: None,
        action: None,
        key: None,
        verdict: Verdict::Unknown,
        why: Vec::new(),
        import_path: None,
    }
}

/// What `expect` says, and what xbuild expects by itself: a Go program without cgo is static on Linux.
fn expectations(cell: CellRef<'_>, resolved: &Resolved<'_>) -> Vec<Expected> {
    let stated = Expectation::ALL.into_iter().filter_map(|expectation| {
        let resolved = resolved.get(&Slot::Expect(expectation))?;
        Some(Expected { expectation, value: resolved.value()?.clone(), origin: resolved.origin() })
    });
    let mut expectations: Vec<Expected> = stated.collect();
    let is_go = cell.target().builder.as_ref().is_some_and(|builder| builder.kind == BuilderKind::Go);
    let pure = is_go && !resolved.flag_or_default(&Slot::GoCgo);
    let plain =
        resolved.get(&Slot::Expect(Expectation::Linkage)).is_none() && resolved.text(&Slot::GoBuildmode).is_none();
    if pure && plain && cell.platform().is_some_and(|platform| platform.os() == Os::Linux) {
        let word = Spanned::new(Template::literal("static"), cell.origin());
        expectations.push(Expected { expectation: Expectation::Linkage, value: Value::Text(word), origin: None });
    }
    expectations
}
