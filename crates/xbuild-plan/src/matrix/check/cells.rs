//! What single cells lack: settings that agree, a C compiler for cgo, the cells they depend on. Also the walk over all cells
//! that the other files' checks of resolved settings take part in.

use std::collections::HashSet;
use std::sync::Arc;

use xbuild_model::{BuilderKind, Layer, Origin, Project, Slot, ToolchainKind};
use xbuild_platform::{Os, Platform};

use super::super::cell::{CellRef, Matrix};
use super::super::deps;
use super::super::problem::MatrixProblem;
use super::super::resolved::{Resolved, ResolvedValue};
use super::super::resolver::Resolver;
use super::super::support;
use super::outputs::{Claims, Outputs};
use super::platforms::{Images, Pairs};
use super::{is_clouded, is_uncertain};

pub(super) fn check<'m>(matrix: &'m Matrix<'m>) -> Vec<MatrixProblem> {
    let mut walk = Walk { matrix, problems: Vec::new(), said: HashSet::new(), no_cc: HashSet::new() };
    let mut resolver = Resolver::new(matrix);
    let mut last = None;
    let (mut outputs, mut images, mut pairs) = (Outputs::default(), Images::default(), Pairs::default());
    for (target, block) in matrix.blocks.iter().enumerate() {
        let certain = !is_uncertain(matrix.project, block);
        for cell in block.cells.rows.clone().map(|row| matrix.cell_at(row)) {
            let Some(resolved) = walk.resolved(&mut resolver, cell) else { continue };
            outputs.add(cell, &resolved);
            if certain {
                walk.deps(cell, &resolved);
            }
            // What follows asks for the platform and the settings alone, and neighbours mostly share both.
            let seen = (cell.row.target, cell.row.pair, Arc::as_ptr(&resolved));
            if last.replace(seen) == Some(seen) {
                continue;
            }
            images.add(cell, &resolved, certain);
            walk.problems.extend(pairs.check(cell, &resolved));
            if certain {
                walk.cgo(cell, &resolved);
            }
        }
        resolver.forget(target);
    }
    if outputs.may_collide() {
        walk.problems.extend(collisions(matrix, &mut resolver));
    }
    walk.problems.extend(images.without_linux());
    walk.problems
}

fn collisions<'m>(matrix: &'m Matrix<'m>, resolver: &mut Resolver<'m>) -> Vec<MatrixProblem> {
    let mut claims = Claims::default();
    for cell in matrix.cells() {
        if let Ok(resolved) = resolver.outcome(cell) {
            claims.add(cell, &resolved);
        }
    }
    claims.collisions()
}

/// A walk over all cells; each thing that is wrong is said once.
struct Walk<'m> {
    matrix: &'m Matrix<'m>,
    problems: Vec<MatrixProblem>,
    said: HashSet<(Origin, Origin)>,
    no_cc: HashSet<(&'m str, Platform)>,
}

impl<'m> Walk<'m> {
    fn resolved(&mut self, resolver: &mut Resolver<'m>, cell: CellRef<'m>) -> Option<Arc<Resolved<'m>>> {
        let conflicts = match resolver.outcome(cell) {
            Ok(resolved) => return Some(resolved),
            Err(conflicts) => conflicts,
        };
        for conflict in conflicts.iter() {
            if self.said.insert((conflict.first, conflict.second)) {
                self.problems.push(MatrixProblem::when_conflict(conflict, cell));
            }
        }
        None
    }

    /// `cgo-no-cc`, each target and platform once.
    fn cgo(&mut self, cell: CellRef<'m>, resolved: &Resolved<'m>) {
        let Some(platform) = cell.platform() else { return };
        let project = self.matrix.project;
        let is_missing = uses_cgo(cell, resolved)
            && support::has_cgo(platform)
            && resolved.value(&Slot::Cc).is_none()
            && !is_clouded(&layers(project, cell), &[Slot::Cc, Slot::GoCgo]);
        let target = cell.target().name.as_str();
        if !is_missing || !self.no_cc.insert((target, platform)) {
            return;
        }
        let at = resolved.get(&Slot::GoCgo).and_then(ResolvedValue::origin).unwrap_or(cell.origin());
        let cc = compiler_for(project, platform);
        self.lacks_cc(target, platform.to_string(), at, &cc);
    }

    /// One problem for each setting that turned cgo on, whatever the number of platforms.
    fn lacks_cc(&mut self, name: &str, platform: String, turned_on: Origin, cc: &str) {
        let when = format!("`when platform=\"{platform}\" {{ {cc} }}`");
        for problem in &mut self.problems {
            if let MatrixProblem::CgoNoCc { at, target, platforms, help } = problem
                && *at == turned_on
                && target == name
            {
                platforms.push(platform);
                if platforms.len() <= MOST_SHOWN {
                    help.push_str(&format!(" and {when}"));
                }
                return;
            }
        }
        let (target, platforms) = (name.to_owned(), vec![platform]);
        self.problems.push(MatrixProblem::CgoNoCc { at: turned_on, target, platforms, help: format!("add {when}") });
    }

    /// `dep-ambiguous` and `dep-missing-cell`, once for each dependency as written.
    fn deps(&mut self, cell: CellRef<'m>, resolved: &Resolved<'m>) {
        for dep in resolved.deps() {
            let is_known =
                self.matrix.block(&dep.target).is_some_and(|block| !is_uncertain(self.matrix.project, block));
            let place = dep.target.origin;
            if !is_known || self.said.contains(&(place, place)) {
                continue;
            }
            if let Err(fault) = deps::find(self.matrix, cell, dep) {
                self.said.insert((place, place));
                self.problems.extend(MatrixProblem::dependency(self.matrix, cell, dep, &fault));
            }
        }
    }
}

/// How many conditions a help shows.
const MOST_SHOWN: usize = 3;

pub(super) fn uses_cgo(cell: CellRef<'_>, resolved: &Resolved<'_>) -> bool {
    let is_go = cell.target().builder.as_ref().is_some_and(|builder| builder.kind == BuilderKind::Go);
    is_go && resolved.flag(&Slot::GoCgo) == Some(true)
}

/// The layers that a cell's settings come from.
pub(super) fn layers<'m>(project: &'m Project, cell: CellRef<'m>) -> Vec<&'m Layer> {
    let profile = cell.profile_declaration().map(|profile| &profile.layer);
    [Some(&project.defaults), profile, Some(&cell.target().layer)].into_iter().flatten().collect()
}

/// The `cc` line to write: the project's zig, or else its C compiler, or else a zig that is still to be declared.
fn compiler_for(project: &Project, platform: Platform) -> String {
    let first = |kind| project.toolchains.iter().find(|toolchain| toolchain.kind == kind);
    let zig = first(ToolchainKind::Zig);
    match (zig, first(ToolchainKind::Cc)) {
        (None, Some(cc)) => format!("cc {}", cc.name),
        _ => {
            let libc = if platform.os() == Os::Linux { " libc=musl" } else { "" };
            format!("cc {}{libc}", zig.map_or("zig", |zig| zig.name.as_str()))
        }
    }
}
