//! Artifacts that claim one path, also where a file system does not tell large letters from small, and a file where
//! another artifact needs a folder.
//!
//! A million cells claim a million paths, and almost never two the same. So [`Outputs`] looks at numbers first: equal paths
//! have equal hashes, and a path below another one has that one among its folders. Only where numbers meet does [`Claims`]
//! write the paths down and compare them.

use std::collections::HashSet;

use xbuild_model::{BuilderKind, Origin, Target};
use xbuild_platform::Platform;

use super::super::artifact::{Artifact, artifacts};
use super::super::cell::CellRef;
use super::super::problem::MatrixProblem;
use super::super::resolved::Resolved;

/// A path has a profile, a platform and a name at least; one with fewer parts could be a folder above any other.
const FEWEST_PARTS: usize = 3;

/// Collects hashes of what every cell promises.
#[derive(Debug, Default)]
pub(super) struct Outputs<'m> {
    paths: Vec<u64>,
    folders: Vec<u64>,
    has_short: bool,
    last: Option<Stem<'m>>,
}

/// What the artifacts of a target have in common on one platform with the same settings: all but the axes' values.
#[derive(Debug)]
struct Stem<'m> {
    target: *const Target,
    pair: u32,
    resolved: *const Resolved<'m>,
    /// The hash of profile and platform.
    folder: Hash,
    /// The names, in small letters.
    names: Vec<String>,
}

impl<'m> Outputs<'m> {
    /// Adds a cell's artifacts.
    pub(super) fn add(&mut self, cell: CellRef<'m>, resolved: &Resolved<'m>) {
        if is_command(cell) || cell.platform().is_none() {
            artifacts(cell, resolved).iter().for_each(|artifact| self.add_path(&key(&artifact.path)));
            return;
        }
        let stem = match self.last.take() {
            Some(stem) if stem.is_of(cell, resolved) => stem,
            _ => Stem::of(cell, resolved),
        };
        let folder = cell.axes().fold(stem.folder, |hash, (_, value)| hash.add(b"_").add_small(value.as_str()));
        self.paths.extend(stem.names.iter().map(|name| folder.add(b"\0").add(name.as_bytes()).0));
        self.last = Some(stem);
    }

    fn add_path(&mut self, key: &[u8]) {
        let mut hash = Hash::default();
        let mut parts = 0;
        for part in key.split(|&byte| byte == 0) {
            if parts >= FEWEST_PARTS {
                self.folders.push(hash.0);
            }
            hash = if parts > 0 { hash.add(b"\0") } else { hash }.add(part);
            parts += 1;
        }
        self.has_short |= parts < FEWEST_PARTS;
        self.paths.push(hash.0);
    }

    /// Whether two paths may be the same, or one may be above another.
    pub(super) fn may_collide(mut self) -> bool {
        self.paths.sort_unstable();
        let is_path = |folder: &u64| self.paths.binary_search(folder).is_ok();
        self.has_short || self.paths.windows(2).any(|two| two[0] == two[1]) || self.folders.iter().any(is_path)
    }
}

impl<'m> Stem<'m> {
    fn of(cell: CellRef<'m>, resolved: &Resolved<'m>) -> Self {
        let profile = cell.profile().map_or("", |profile| profile.as_str());
        let platform = cell.platform().map(Platform::folder).unwrap_or_default();
        let folder = Hash::default().add_small(profile).add(b"\0").add_small(&platform);
        let names = artifacts(cell, resolved).iter().map(|artifact| artifact.name.to_lowercase()).collect();
        Self { target: cell.target(), pair: cell.row.pair, resolved, folder, names }
    }

    fn is_of(&self, cell: CellRef<'m>, resolved: &Resolved<'m>) -> bool {
        std::ptr::eq(self.target, cell.target()) && self.pair == cell.row.pair && std::ptr::eq(self.resolved, resolved)
    }
}

/// FNV-1a, which takes bytes as they come: in pieces or as one.
#[derive(Debug, Clone, Copy)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    /// Names and values are ASCII.
    fn add_small(self, text: &str) -> Self {
        text.bytes().fold(self, |hash, byte| hash.add(&[byte.to_ascii_lowercase()]))
    }
}

/// Collects the paths themselves.
#[derive(Debug, Default)]
pub(super) struct Claims<'m> {
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

impl<'m> Claims<'m> {
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
