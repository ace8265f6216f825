//! A build's result into the lock that was there: only the blocks of what was built change.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Artifact, ArtifactState, Lock, Smoke, ToolchainId, ToolchainPin};

/// What one run found out.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The toolchains that were used on this host.
    pub toolchains: BTreeMap<ToolchainId, ToolchainPin>,
    /// The artifacts that were built and verified, by cell; each output's `release` holds today's bytes.
    pub artifacts: BTreeMap<String, Artifact>,
    /// The cells that passed their smoke run.
    pub smoked: BTreeSet<String>,
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
            (Some(artifact), _) => ArtifactState::Built(Artifact {
                smoke: proved(artifact, before, built.smoked.contains(cell)),
                ..promised(artifact, before, built.release)
            }),
            (None, Some(state)) => state.clone(),
            (None, None) => ArtifactState::Pending,
        };
        lock.artifacts.insert(cell.to_owned(), state);
    }
    lock.toolchains.retain(|id, _| may_be_used(&id.name, &lock.artifacts) || built.toolchains.contains_key(id));
    lock
}

/// Whether an artifact names the toolchain, or may come to: pins stay for the hosts of others as long as the version is used,
/// and every pin as long as a cell was never built. Its block does not say yet which toolchain it needs, and a build that could
/// not have that toolchain must not forget how to know it.
fn may_be_used(name: &str, artifacts: &BTreeMap<String, ArtifactState>) -> bool {
    artifacts.values().any(|state| match state {
        ArtifactState::Built(built) => built.toolchains.contains(name),
        ArtifactState::Pending => true,
    })
}

/// The smoke run that is on record from now on: one that was passed now, or before with the same arguments and exit code. A
/// build that runs none proves nothing and takes nothing back.
fn proved(artifact: &Artifact, before: Option<&ArtifactState>, passed: bool) -> Option<Smoke> {
    let recorded = match before {
        Some(ArtifactState::Built(built)) => built.smoke.as_ref(),
        _ => None,
    };
    artifact.smoke.clone().filter(|smoke| passed || recorded == Some(smoke))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Output;
    use crate::testing::{artifact, lock, pin, release};

    const A: &str = "edge/a@linux/amd64";
    const B: &str = "edge/b@linux/arm64";

    fn built(id: &str, artifact: Artifact) -> Built {
        Built { artifacts: BTreeMap::from([(id.to_owned(), artifact)]), ..Built::default() }
    }

    fn released(artifact: &Artifact) -> Option<&str> {
        artifact.outputs.get(&None)?.release.as_ref().map(|release| release.inputs.as_str())
    }

    fn with_release(inputs: &str) -> Artifact {
        let output = Output { verified: None, release: Some(release(inputs)) };
        Artifact { outputs: BTreeMap::from([(None, output)]), ..artifact("arm64") }
    }

    #[test]
    fn only_blocks_of_what_was_built_change() {
        let old = lock();
        let new = merge(&old, &built(B, artifact("arm64")), [A, B]);
        assert_eq!(new.artifacts[A], old.artifacts[A]);
        assert_eq!(new.toolchains, old.toolchains);
        assert!(matches!(&new.artifacts[B], ArtifactState::Built(built) if built.env["GOARCH"] == "arm64"));
        assert_eq!(merge(&old, &Built::default(), [A, B]), old);
    }

    #[test]
    fn a_cell_that_was_never_built_is_pending_and_one_that_is_no_cell_vanishes() {
        let new = merge(&lock(), &Built::default(), [A, "edge/new@linux/amd64"]);
        assert_eq!(new.artifacts.keys().collect::<Vec<_>>(), [A, "edge/new@linux/amd64"]);
        assert_eq!(new.artifacts["edge/new@linux/amd64"], ArtifactState::Pending);
        // What was built and is no cell of the project does not enter.
        let stray = merge(&lock(), &built("edge/stray@linux/amd64", artifact("amd64")), [A, B]);
        assert_eq!(stray, lock());
    }

    #[test]
    fn an_ordinary_build_keeps_the_release_and_a_release_moves_it() {
        let check = |id: &str, release: bool, expect: Option<&str>| {
            let built = Built { release, ..built(id, with_release("today")) };
            let new = merge(&lock(), &built, [A, B]);
            assert!(matches!(&new.artifacts[id], ArtifactState::Built(artifact) if released(artifact) == expect));
        };
        check(A, false, Some("inputs"));
        check(A, true, Some("today"));
        check(B, false, None);
        check(B, true, Some("today"));
    }

    #[test]
    fn a_release_is_that_of_the_same_output() {
        let mut two = with_release("today");
        let output = two.outputs.remove(&None).unwrap_or_default();
        two.outputs.insert(Some("other".into()), output);
        let new = merge(&lock(), &built(A, two), [A, B]);
        assert!(
            matches!(&new.artifacts[A], ArtifactState::Built(built) if built.outputs[&Some("other".into())].release.is_none())
        );
    }

    #[test]
    fn a_smoke_run_is_on_record_once_it_was_passed_and_while_it_is_asked_for() {
        let smoke = |exit| Some(Smoke { arguments: vec!["-v".into()], exit });
        let merged = |old: &Lock, smoke: Option<Smoke>, passed: bool| {
            let smoked = passed.then(|| A.to_owned()).into_iter().collect();
            let built = Built { smoked, ..built(A, Artifact { smoke, ..artifact("amd64") }) };
            merge(old, &built, [A, B])
        };
        let of = |lock: &Lock| match &lock.artifacts[A] {
            ArtifactState::Built(built) => built.smoke.clone(),
            ArtifactState::Pending => None,
        };
        assert_eq!(of(&merged(&lock(), smoke(0), false)), None);
        let passed = merged(&lock(), smoke(0), true);
        assert_eq!(of(&passed), smoke(0));
        assert_eq!(merged(&passed, smoke(0), false), passed);
        assert_eq!(of(&merged(&passed, smoke(3), false)), None);
        assert_eq!(of(&merged(&passed, None, false)), None);
    }

    #[test]
    fn a_pin_keeps_what_is_known_of_the_same_tree() {
        let id = ToolchainId { name: "go@1.26.8".into(), host: "linux/amd64".into() };
        let found = |tree: &str| {
            let pin = ToolchainPin { tree: tree.into(), ..ToolchainPin::default() };
            let built = Built { toolchains: BTreeMap::from([(id.clone(), pin)]), ..Built::default() };
            merge(&lock(), &built, [A, B]).toolchains[&id].clone()
        };
        assert_eq!(found("blake3:t"), pin("blake3:t"));
        assert_eq!(found("blake3:u"), ToolchainPin { source: None, h1: None, tree: "blake3:u".into() });
    }

    #[test]
    fn pins_of_other_hosts_stay_while_their_version_is_used() {
        let host = |host: &str| ToolchainId { name: "go@1.26.8".into(), host: host.into() };
        let mut old = lock();
        old.toolchains.insert(host("darwin/arm64"), pin("blake3:mac"));
        assert_eq!(merge(&old, &Built::default(), [A, B]).toolchains, old.toolchains);
        let newer = Artifact { toolchains: BTreeSet::from(["go@1.27.0".into()]), ..artifact("amd64") };
        assert_eq!(merge(&old, &built(A, newer), [A]).toolchains, BTreeMap::new());
    }

    #[test]
    fn every_pin_stays_while_a_cell_was_never_built() {
        let newer = Artifact { toolchains: BTreeSet::from(["go@1.27.0".into()]), ..artifact("amd64") };
        let new = merge(&lock(), &built(A, newer), [A, B]);
        assert_eq!((&new.artifacts[B], new.toolchains), (&ArtifactState::Pending, lock().toolchains));
    }
}
