//! Locks to test with: a small one with everything in it, and random ones.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::model::{Artifact, ArtifactState, Lock, Output, Release, Smoke, ToolchainId, ToolchainPin, Value, Verified};

/// A toolchain, an artifact that was built and released, and one that was not built.
pub(crate) fn lock() -> Lock {
    let id = ToolchainId { name: "go@1.26.8".into(), host: "linux/amd64".into() };
    let built = ArtifactState::Built(artifact("amd64"));
    Lock {
        toolchains: BTreeMap::from([(id, pin("blake3:t"))]),
        artifacts: BTreeMap::from([
            ("edge/a@linux/amd64".into(), built),
            ("edge/b@linux/arm64".into(), ArtifactState::Pending),
        ]),
    }
}

pub(crate) fn pin(tree: &str) -> ToolchainPin {
    ToolchainPin { source: Some("gomod:go".into()), h1: Some("h1:x".into()), tree: tree.into() }
}

/// An artifact for an architecture, with one output.
pub(crate) fn artifact(arch: &str) -> Artifact {
    let facts = [("arch", Value::Text(arch.into())), ("bits", Value::Number(64)), ("signed", Value::Bool(false))];
    let facts = facts.map(|(name, value)| (name.to_owned(), vec![value]));
    let output = Output { verified: Some(Verified { facts: facts.into() }), release: Some(release("inputs")) };
    Artifact {
        builder: "go".into(),
        toolchains: BTreeSet::from(["go@1.26.8".into()]),
        argv: ["{tool:go}", "build", "./a"].map(str::to_owned).into(),
        env: BTreeMap::from([("GOARCH".into(), arch.into())]),
        secret_env: BTreeSet::from(["TOKEN".into()]),
        smoke: None,
        outputs: BTreeMap::from([(None, output)]),
    }
}

pub(crate) fn release(inputs: &str) -> Release {
    Release { inputs: inputs.into(), blake3: "b".into(), sha256: "s".into(), size: 3 }
}

/// Any lock; an output of which nothing is known is not written, so there is none.
pub(crate) fn locks() -> impl Strategy<Value = Lock> {
    let id = (text(), text()).prop_map(|(name, host)| ToolchainId { name, host });
    let pin = (prop::option::of(text()), prop::option::of(text()), text());
    let pin = pin.prop_map(|(source, h1, tree)| ToolchainPin { source, h1, tree });
    let state = prop_oneof![Just(ArtifactState::Pending), artifacts().prop_map(ArtifactState::Built)];
    let all = (prop::collection::btree_map(id, pin, 0..3), prop::collection::btree_map(text(), state, 0..4));
    all.prop_map(|(toolchains, artifacts)| Lock { toolchains, artifacts })
}

/// Short texts, with everything that a printer may trip over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z/@,=.{}]{0,6}", "[\"\\\\\n\t #/*-]{0,4}", any::<[char; 2]>().prop_map(String::from_iter)]
}

fn artifacts() -> impl Strategy<Value = Artifact> {
    let sets = || prop::collection::btree_set(text(), 0..3);
    let env = prop::collection::btree_map(text(), text(), 0..3);
    let outputs = prop::collection::btree_map(prop::option::of(text()), outputs(), 0..3);
    let smoke = (prop::collection::vec(text(), 0..3), any::<u8>());
    let smoke = prop::option::of(smoke.prop_map(|(arguments, exit)| Smoke { arguments, exit }));
    let all = (text(), sets(), prop::collection::vec(text(), 0..4), env, sets(), smoke, outputs);
    all.prop_map(|(builder, toolchains, argv, env, secret_env, smoke, outputs)| Artifact {
        builder,
        toolchains,
        argv,
        env,
        secret_env,
        smoke,
        outputs,
    })
}

fn outputs() -> impl Strategy<Value = Output> {
    let release = (text(), text(), text(), any::<u64>());
    let release = release.prop_map(|(inputs, blake3, sha256, size)| Release { inputs, blake3, sha256, size });
    let both = (prop::option::of(facts()), prop::option::of(release));
    let both = both.prop_map(|(verified, release)| Output { verified, release });
    both.prop_filter("something is known", |output| output.verified.is_some() || output.release.is_some())
}

fn facts() -> impl Strategy<Value = Verified> {
    let value = prop_oneof![
        text().prop_map(Value::Text),
        any::<i128>().prop_map(Value::Number),
        any::<bool>().prop_map(Value::Bool),
    ];
    // Each name once; the order of printing is kept, whatever it is.
    let facts = prop::collection::hash_map(text(), prop::collection::vec(value, 0..3), 0..4);
    facts.prop_map(|facts| Verified { facts: facts.into_iter().collect() })
}
