//! A build's result into the lock that was there: only the blocks of what was built change.

use std::collections::BTreeMap;

use crate::model::{Artifact, ArtifactState, Lock, ToolchainId, ToolchainPin};

/// What one run found out.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The toolchains that were used on this host.
    pub toolchains: BTreeMap<ToolchainId, ToolchainPin>,
    /// The artifacts that were built and verified, by cell; each output's `release` holds today's bytes.
    pub artifacts: BTreeMap<String, Artifact>,
    /// Whether today's bytes are to be promised from now on (`build --release`).
    pub release: bool,
}

/// The lock after a run. `cells` are all cells that the profiles expand to: others vanish, and those without a block are
/// pending. A pin that names no source or hash keeps what the old one knew of the same tree.
pub fn merge<'a>(old: &Lock, built: &Built, cells: impl IntoIterator<Item = &'a str>) -> Lock {
    let mut lock = Lock { toolchains: old.toolchains.clone(), artifacts: BTreeMap::new() };
    for (id, pin) in &built.toolchains {
        let kept = old.toolchains.get(id).filter(|kept| kept.tree == pin.tree);
        let source = pin.source.clone().or_else(|| kept?.source.clone());
        let h1 = pin.h1.clone().or_else(|| kept?.h1.clone());
        lock.toolchains.insert(id.clone(), ToolchainPin { source, h1, tree: pin.tree.clone() });
    }
    for cell in cells {
        let before = old.artifacts.get(cell);
        let state = match (built.artifacts.get(cell), before) {
            (Some(artifact), _) => ArtifactState::Built(promised(artifact, before, built.release)),
            (None, Some(state)) => state.clone(),
            (None, None) => ArtifactState::Pending,
        };
        lock.artifacts.insert(cell.to_owned(), state);
    }
    lock.toolchains.retain(|id, _| is_used(&id.name, &lock.artifacts) || built.toolchains.contains_key(id));
    lock
}

/// Whether an artifact names the toolchain; pins stay for the hosts of others as long as the version is used.
fn is_used(name: &str, artifacts: &BTreeMap<String, ArtifactState>) -> bool {
    artifacts.values().any(|state| matches!(state, ArtifactState::Built(built) if built.toolchains.contains(name)))
}

/// An artifact with the release that is to be written: today's with `--release`, else the old one. An ordinary build
/// never moves a promise; [`crate::broken_releases`] says where it was not kept.
fn promised(artifact: &Artifact, before: Option<&ArtifactState>, release: bool) -> Artifact {
    let mut artifact = artifact.clone();
    if release {
        return artifact;
    }
    for (path, output) in &mut artifact.outputs {
        output.release = match before {
            Some(ArtifactState::Built(built)) => built.outputs.get(path).and_then(|output| output.release.clone()),
            _ => None,
        };
    }
    artifact
}
