//! What differs between two locks, field by field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::merge::Built;
use crate::model::{Artifact, ArtifactState, Lock, Output, ToolchainPin, Value};

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A toolchain on a host.
    Toolchain(String),
    /// The artifact of a cell, by its id.
    Artifact(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Toolchain(name) => write!(f, "toolchain {name}"),
            Self::Artifact(id) => f.write_str(id),
        }
    }
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// Not in the committed lock.
    Added(Subject),
    /// In the committed lock, and nowhere else any more.
    Vanished(Subject),
    /// A field with another value.
    Field {
        /// Whose field.
        subject: Subject,
        /// Its name: `env GOARM`, `verified arch`.
        field: String,
        /// The value in the committed lock; `None` where it is not there.
        old: Option<String>,
        /// The value now; `None` where it is gone.
        new: Option<String>,
    },
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted =
            |value: &Option<String>| value.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"));
        match self {
            Self::Added(subject) => write!(f, "{subject}: not in the lock"),
            Self::Vanished(subject) => write!(f, "{subject}: in the lock, but no longer built"),
            Self::Field { subject, field, old, new } => {
                write!(f, "{subject}: {field} was {}, is {}", quoted(old), quoted(new))
            }
        }
    }
}

/// Everything that differs, toolchains first, each sorted by name.
pub fn drift(old: &Lock, new: &Lock) -> Vec<Drift> {
    let toolchains = |lock: &Lock| {
        let fields =
            lock.toolchains.iter().map(|(id, pin)| (Subject::Toolchain(id.to_string()), toolchain_fields(pin)));
        fields.collect::<BTreeMap<_, _>>()
    };
    let artifacts = |lock: &Lock| {
        let fields = lock.artifacts.iter().map(|(id, state)| (Subject::Artifact(id.clone()), artifact_fields(state)));
        fields.collect::<BTreeMap<_, _>>()
    };
    let mut all = compare(&toolchains(old), &toolchains(new));
    all.extend(compare(&artifacts(old), &artifacts(new)));
    all
}

/// Releases that were not kept: the inputs are those of the release again, and the bytes are others.
pub fn broken_releases(old: &Lock, built: &Built) -> Vec<Drift> {
    let mut all = Vec::new();
    for (id, artifact) in &built.artifacts {
        let Some(ArtifactState::Built(before)) = old.artifacts.get(id) else { continue };
        for (path, output) in &artifact.outputs {
            let promised = before.outputs.get(path).and_then(|output| output.release.as_ref());
            if let (Some(now), Some(promised)) = (&output.release, promised)
                && now.inputs == promised.inputs
            {
                let (mut old, mut new) = (Fields::new(), Fields::new());
                output_fields(&mut old, path.as_deref(), &Output { verified: None, release: Some(promised.clone()) });
                output_fields(&mut new, path.as_deref(), &Output { verified: None, release: Some(now.clone()) });
                all.extend(compare_fields(&Subject::Artifact(id.clone()), &old, &new));
            }
        }
    }
    all
}

type Fields = BTreeMap<String, String>;

fn compare(old: &BTreeMap<Subject, Fields>, new: &BTreeMap<Subject, Fields>) -> Vec<Drift> {
    let subjects: BTreeSet<&Subject> = old.keys().chain(new.keys()).collect();
    let of = |subject: &Subject| match (old.get(subject), new.get(subject)) {
        (None, _) => vec![Drift::Added(subject.clone())],
        (_, None) => vec![Drift::Vanished(subject.clone())],
        (Some(old), Some(new)) => compare_fields(subject, old, new),
    };
    subjects.into_iter().flat_map(of).collect()
}

fn compare_fields(subject: &Subject, old: &Fields, new: &Fields) -> Vec<Drift> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differing = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    let drift = differing.map(|name| Drift::Field {
        subject: subject.clone(),
        field: name.clone(),
        old: old.get(name).cloned(),
        new: new.get(name).cloned(),
    });
    drift.collect()
}

fn toolchain_fields(pin: &ToolchainPin) -> Fields {
    let optional = [("source", &pin.source), ("h1", &pin.h1)];
    let mut fields: Fields =
        optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
    fields.insert("tree".into(), pin.tree.clone());
    fields
}

fn artifact_fields(state: &ArtifactState) -> Fields {
    let ArtifactState::Built(built) = state else { return Fields::from([("state".into(), "pending".into())]) };
    let mut fields = decision_fields(built);
    for (path, output) in &built.outputs {
        output_fields(&mut fields, path.as_deref(), output);
    }
    fields
}

fn decision_fields(built: &Artifact) -> Fields {
    let list = |items: &BTreeSet<String>| items.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut fields = Fields::from([
        ("builder".into(), built.builder.clone()),
        ("toolchain".into(), list(&built.toolchains)),
        ("argv".into(), built.argv.join(" ")),
    ]);
    fields.extend(built.env.iter().map(|(name, value)| (format!("env {name}"), value.clone())));
    fields.extend(built.smoke.iter().map(|smoke| ("smoke".to_owned(), smoke.to_string())));
    fields.extend(built.secret_env.iter().map(|name| (format!("secret-env {name}"), "set".into())));
    fields
}

fn output_fields(fields: &mut Fields, path: Option<&str>, output: &Output) {
    let at = path.map(|path| format!(" of {path}")).unwrap_or_default();
    for (name, values) in output.verified.iter().flat_map(|verified| &verified.facts) {
        let text = values.iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
        fields.insert(format!("verified {name}{at}"), text);
    }
    if let Some(release) = &output.release {
        let parts = [
            ("inputs", release.inputs.clone()),
            ("blake3", release.blake3.clone()),
            ("sha256", release.sha256.clone()),
            ("size", release.size.to_string()),
        ];
        fields.extend(parts.map(|(name, value)| (format!("release {name}{at}"), value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Release;
    use crate::testing::{artifact, lock, pin, release};

    const A: &str = "edge/a@linux/amd64";

    fn sentences(drifts: &[Drift]) -> Vec<String> {
        drifts.iter().map(ToString::to_string).collect()
    }

    /// What is said when the artifact, or a whole lock, is changed.
    fn check(change: impl FnOnce(&mut Lock), expect: &[&str]) {
        let old = lock();
        let mut new = lock();
        change(&mut new);
        assert_eq!(sentences(&drift(&old, &new)), expect);
    }

    fn built(lock: &mut Lock) -> &mut Artifact {
        match lock.artifacts.get_mut(A) {
            Some(ArtifactState::Built(built)) => built,
            other => panic!("{other:?}"),
        }
    }

    fn output(lock: &mut Lock) -> &mut Output {
        built(lock).outputs.get_mut(&None).expect("the output")
    }

    #[test]
    fn equal_locks_do_not_differ() {
        check(|_| {}, &[]);
    }

    #[test]
    fn a_field_is_named_with_its_old_and_its_new_value() {
        let arm = |lock: &mut Lock| drop(built(lock).env.insert("GOARCH".into(), "arm64".into()));
        check(arm, &["edge/a@linux/amd64: env GOARCH was `amd64`, is `arm64`"]);
        check(
            |lock| drop(built(lock).env.insert("GOARM".into(), "7".into())),
            &["edge/a@linux/amd64: env GOARM was nothing, is `7`"],
        );
        check(|lock| built(lock).env.clear(), &["edge/a@linux/amd64: env GOARCH was `amd64`, is nothing"]);
        check(
            |lock| built(lock).argv[2] = "./b".into(),
            &["edge/a@linux/amd64: argv was `{tool:go} build ./a`, is `{tool:go} build ./b`"],
        );
        check(|lock| built(lock).secret_env.clear(), &["edge/a@linux/amd64: secret-env TOKEN was `set`, is nothing"]);
        check(|lock| built(lock).builder = "zig".into(), &["edge/a@linux/amd64: builder was `go`, is `zig`"]);
    }

    #[test]
    fn a_smoke_run_is_one_field() {
        let smoke = |exit| Some(crate::Smoke { arguments: vec!["-v".into(), "a".into()], exit });
        check(|lock| built(lock).smoke = smoke(3), &["edge/a@linux/amd64: smoke was nothing, is `-v a exit=3`"]);
    }

    #[test]
    fn what_was_verified_and_released_is_named_too() {
        check(
            |lock| output(lock).verified = artifact("arm").outputs[&None].verified.clone(),
            &["edge/a@linux/amd64: verified arch was `amd64`, is `arm`"],
        );
        check(
            |lock| output(lock).release = Some(Release { size: 4, ..release("inputs") }),
            &["edge/a@linux/amd64: release size was `3`, is `4`"],
        );
        let moved = |lock: &mut Lock| {
            let output = built(lock).outputs.remove(&None).unwrap_or_default();
            built(lock).outputs.insert(Some("lib.so".into()), Output { release: None, ..output });
        };
        let mut new = lock();
        moved(&mut new);
        let named = "edge/a@linux/amd64: verified arch of lib.so was nothing, is `amd64`";
        assert!(sentences(&drift(&lock(), &new)).iter().any(|sentence| sentence == named));
    }

    #[test]
    fn what_comes_and_goes_is_named_toolchains_first() {
        let change = |lock: &mut Lock| {
            let state = lock.artifacts.remove(A).unwrap_or(ArtifactState::Pending);
            lock.artifacts.insert("edge/z@linux/amd64".into(), state);
            lock.toolchains.values_mut().for_each(|known| *known = pin("blake3:u"));
        };
        check(
            change,
            &[
                "toolchain go@1.26.8 on linux/amd64: tree was `blake3:t`, is `blake3:u`",
                "edge/a@linux/amd64: in the lock, but no longer built",
                "edge/z@linux/amd64: not in the lock",
            ],
        );
    }

    #[test]
    fn a_first_build_is_drift_of_a_pending_cell() {
        let change = |lock: &mut Lock| {
            drop(lock.artifacts.insert("edge/b@linux/arm64".into(), ArtifactState::Built(Artifact::default())));
        };
        check(
            change,
            &[
                "edge/b@linux/arm64: argv was nothing, is ``",
                "edge/b@linux/arm64: builder was nothing, is ``",
                "edge/b@linux/arm64: state was `pending`, is nothing",
                "edge/b@linux/arm64: toolchain was nothing, is ``",
            ],
        );
    }

    #[test]
    fn a_release_is_broken_by_other_bytes_of_the_same_inputs_only() {
        let check = |release: Release, expect: &[&str]| {
            let mut artifact = artifact("amd64");
            artifact.outputs.values_mut().for_each(|output| output.release = Some(release.clone()));
            let built = Built { artifacts: BTreeMap::from([(A.into(), artifact)]), ..Built::default() };
            assert_eq!(sentences(&broken_releases(&lock(), &built)), expect);
        };
        check(release("inputs"), &[]);
        check(Release { blake3: "c".into(), size: 4, ..release("others") }, &[]);
        check(
            Release { blake3: "c".into(), size: 4, ..release("inputs") },
            &["edge/a@linux/amd64: release blake3 was `b`, is `c`", "edge/a@linux/amd64: release size was `3`, is `4`"],
        );
    }
}
