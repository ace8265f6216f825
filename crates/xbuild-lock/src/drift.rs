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
