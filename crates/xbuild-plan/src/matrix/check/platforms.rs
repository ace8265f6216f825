//! What the platform of a cell makes impossible: a builder or cgo that does not exist there, an image without Linux.

use std::collections::{BTreeMap, HashSet};

use xbuild_model::{BuilderKind, Origin, Slot, ToolchainKind, Value};
use xbuild_platform::{Os, Platform};

use super::super::cell::CellRef;
use super::super::problem::MatrixProblem;
use super::super::resolved::{Resolved, ResolvedValue};
use super::super::support;
use super::cells::uses_cgo;

/// Finds pairs of builder and platform that cannot be, once for each target and platform.
#[derive(Debug, Default)]
pub(super) struct Pairs<'m> {
    said: HashSet<(&'m str, Platform)>,
}

impl<'m> Pairs<'m> {
    pub(super) fn check(&mut self, cell: CellRef<'m>, resolved: &Resolved<'_>) -> Option<MatrixProblem> {
        let platform = cell.platform()?;
        let (what, at) = unsupported(cell, resolved, platform)?;
        let target = cell.target().name.as_str();
        self.said.insert((target, platform)).then(|| MatrixProblem::UnsupportedPair {
            at,
            platform_at: cell.platform_origin(),
            what,
            platform: platform.to_string(),
            target: target.to_owned(),
        })
    }
}

/// What cannot be on this platform, and where it was asked for.
fn unsupported(cell: CellRef<'_>, resolved: &Resolved<'_>, platform: Platform) -> Option<(String, Origin)> {
    let builder = cell.target().builder.as_ref()?;
    let zig_cc = uses_zig(cell, resolved);
    if !support::builds(builder.kind, zig_cc, platform) {
        let tool = if builder.kind == BuilderKind::C { "zig" } else { builder.kind.as_str() };
        return Some((format!("`{tool}` cannot build `{}`", cell.target().name), builder.origin));
    }
    let no_cgo = uses_cgo(cell, resolved) && !support::has_cgo(platform);
    let cgo_at = resolved.get(&Slot::GoCgo).and_then(ResolvedValue::origin);
    no_cgo.then(|| (format!("Go cannot use cgo for `{}`", cell.target().name), cgo_at.unwrap_or(builder.origin)))
}

fn uses_zig(cell: CellRef<'_>, resolved: &Resolved<'_>) -> bool {
    let Some(Value::Cc(choice)) = resolved.value(&Slot::Cc) else { return false };
    let toolchains = &cell.project.toolchains;
    toolchains.iter().any(|toolchain| toolchain.name == choice.toolchain && toolchain.kind == ToolchainKind::Zig)
}

/// Collects to which platforms each `image` applies. On others than Linux an image is not made; one that applies to no
/// Linux cell at all is a mistake.
#[derive(Debug, Default)]
pub(super) struct Images<'m> {
    seen: BTreeMap<Origin, (&'m str, Vec<Option<Platform>>)>,
}

impl<'m> Images<'m> {
    pub(super) fn add(&mut self, cell: CellRef<'m>, resolved: &Resolved<'_>, is_certain: bool) {
        let origin = resolved.get(&Slot::Image).filter(|image| image.value().is_some()).and_then(ResolvedValue::origin);
        if let Some(origin) = origin.filter(|_| is_certain) {
            let (_, platforms) = self.seen.entry(origin).or_insert_with(|| (cell.target().name.as_str(), Vec::new()));
            if !platforms.contains(&cell.platform()) {
                platforms.push(cell.platform());
            }
        }
    }

    pub(super) fn without_linux(self) -> impl Iterator<Item = MatrixProblem> {
        let is_linux = |platform: &Option<Platform>| platform.is_some_and(|platform| platform.os() == Os::Linux);
        let without = self.seen.into_iter().filter(move |(_, (_, platforms))| !platforms.iter().any(is_linux));
        without.map(|(at, (target, platforms))| {
            let words = platforms.iter().map(|platform| platform.map_or("noarch".to_owned(), |one| one.to_string()));
            let platforms = words.collect::<Vec<_>>().join(", ");
            MatrixProblem::ImageNotLinux { at, target: target.to_owned(), platforms }
        })
    }
}
