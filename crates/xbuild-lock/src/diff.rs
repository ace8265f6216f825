//! A plan against the lock: which cells come and go, and which decision about a cell moved, down to the word of its command.
//!
//! [`drift`](crate::drift()) compares two locks field by field, what was verified included; a plan knows nothing of that yet,
//! so only decisions are compared here: builder, toolchains, command, environment. Every difference is also a [`Drift`], so
//! that a plan and a build tell it in the same words. Nothing here says whether a difference is acceptable.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use xbuild_content::words;

use crate::drift::{Drift, Subject};
use crate::model::{Artifact, ArtifactState, Lock, ToolchainId, ToolchainPin, Value};

/// What a plan has decided.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// The toolchains that were found on this host.
    pub toolchains: BTreeMap<ToolchainId, ToolchainPin>,
    /// What is planned for each selected cell; outputs are unknown and not looked at.
    pub artifacts: BTreeMap<String, Artifact>,
    /// What the bytes of a cell will be, by fact: its platform and `expect` promise it.
    pub promises: BTreeMap<String, BTreeMap<String, String>>,
}

/// Something that was decided about a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Which builder.
    Builder,
    /// Which version of a toolchain.
    Toolchain(String),
    /// Which toolchain exactly: the digest under the version.
    ToolchainDigest(String),
    /// A word of the command.
    Argv,
    /// A variable.
    Env(String),
    /// A variable whose value is secret.
    SecretEnv(String),
    /// The smoke run.
    Smoke,
    /// A fact of the platform, or one that `expect` promises.
    Fact(String),
}

impl Decision {
    /// The word in JSON.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Builder => "builder",
            Self::Toolchain(_) => "toolchain",
            Self::ToolchainDigest(_) => "toolchain_digest",
            Self::Argv => "argv",
            Self::Env(_) => "env",
            Self::SecretEnv(_) => "secret_env",
            Self::Smoke => "smoke",
            Self::Fact(_) => "fact",
        }
    }

    /// Which one of its kind.
    pub fn what(&self) -> Option<&str> {
        match self {
            Self::Builder | Self::Argv | Self::Smoke => None,
            Self::Toolchain(name)
            | Self::ToolchainDigest(name)
            | Self::Env(name)
            | Self::SecretEnv(name)
            | Self::Fact(name) => Some(name),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builder => f.write_str("builder"),
            Self::Toolchain(name) => write!(f, "toolchain {name}"),
            Self::ToolchainDigest(name) => write!(f, "digest of {name}"),
            Self::Argv => f.write_str("argv"),
            Self::Smoke => f.write_str("smoke"),
            Self::Env(name) => write!(f, "env {name}"),
            Self::SecretEnv(name) => write!(f, "secret-env {name}"),
            Self::Fact(name) => write!(f, "verified {name}"),
        }
    }
}

/// A decision that is another one than in the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which decision.
    pub decision: Decision,
    /// What the lock says; `None` where it says nothing.
    pub old: Option<String>,
    /// What is planned; `None` where it is gone.
    pub new: Option<String>,
}

/// What a build of the plan would change in the lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Cells that the lock does not know.
    pub added: Vec<String>,
    /// Cells of the lock that the project does not have any more.
    pub removed: Vec<String>,
    /// Planned cells of which the lock knows only that they were never built.
    pub pending: Vec<String>,
    /// Planned cells of which a decision moved.
    pub changed: BTreeMap<String, Vec<Moved>>,
    /// Pins of toolchains that are others, or none yet.
    pub toolchains: Vec<Drift>,
}

impl Diff {
    /// Whether the lock would stay as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every difference in the words of [`Drift`].
    pub fn drifts(&self) -> Vec<Drift> {
        let artifact = |id: &String| Subject::Artifact(id.clone());
        let field = |id: &String, moved: &Moved| Drift::Field {
            subject: artifact(id),
            field: moved.decision.to_string(),
            old: moved.old.clone(),
            new: moved.new.clone(),
        };
        let mut drifts = self.toolchains.clone();
        drifts.extend(self.added.iter().map(|id| Drift::Added(artifact(id))));
        drifts.extend(self.removed.iter().map(|id| Drift::Vanished(artifact(id))));
        drifts.extend(self.pending.iter().map(|id| Drift::Field {
            subject: artifact(id),
            field: "state".into(),
            old: Some("pending".into()),
            new: None,
        }));
        drifts.extend(self.changed.iter().flat_map(|(id, all)| all.iter().map(move |moved| field(id, moved))));
        drifts
    }
}

/// Compares a plan with the lock. `cells` are all cells that the profiles expand to, whichever were planned.
pub fn diff<'a>(lock: &Lock, planned: &Planned, cells: impl IntoIterator<Item = &'a str>) -> Diff {
    let cells: BTreeSet<&str> = cells.into_iter().collect();
    let known = |id: &&&str| lock.artifacts.contains_key(**id);
    let mut diff = Diff {
        added: cells.iter().filter(|id| !known(id)).map(|id| (*id).to_owned()).collect(),
        removed: lock.artifacts.keys().filter(|id| !cells.contains(id.as_str())).cloned().collect(),
        toolchains: toolchains(lock, planned),
        ..Diff::default()
    };
    let digests = digests(lock, planned);
    for (id, artifact) in &planned.artifacts {
        match lock.artifacts.get(id) {
            None => {}
            Some(ArtifactState::Pending) => diff.pending.push(id.clone()),
            Some(ArtifactState::Built(built)) => {
                let mut moved = decisions(built, artifact);
                moved.extend(planned.promises.get(id).into_iter().flat_map(|promises| facts(built, promises)));
                moved.extend(artifact.toolchains.iter().filter_map(|name| digests.get(name.as_str()).cloned()));
                if !moved.is_empty() {
                    diff.changed.insert(id.clone(), moved);
                }
            }
        }
    }
    diff
}

/// Pins that are new or other ones. That a pin is no longer needed is seen only when everything was built.
fn toolchains(lock: &Lock, planned: &Planned) -> Vec<Drift> {
    let of = |(id, pin): (&ToolchainId, &ToolchainPin)| {
        let subject = Subject::Toolchain(id.to_string());
        match lock.toolchains.get(id) {
            None => Some(Drift::Added(subject)),
            Some(old) if old.tree == pin.tree => None,
            Some(old) => Some(Drift::Field {
                subject,
                field: "tree".into(),
                old: Some(old.tree.clone()),
                new: Some(pin.tree.clone()),
            }),
        }
    };
    planned.toolchains.iter().filter_map(of).collect()
}

/// The toolchains of a known version whose digest moved, by `NAME@VERSION`.
fn digests<'p>(lock: &Lock, planned: &'p Planned) -> BTreeMap<&'p str, Moved> {
    let of = |(id, pin): (&'p ToolchainId, &'p ToolchainPin)| {
        let old = lock.toolchains.get(id).filter(|old| old.tree != pin.tree)?;
        let decision = Decision::ToolchainDigest(id.name.clone());
        Some((id.name.as_str(), Moved { decision, old: Some(old.tree.clone()), new: Some(pin.tree.clone()) }))
    };
    planned.toolchains.iter().filter_map(of).collect()
}

/// The decisions about one cell that moved.
fn decisions(old: &Artifact, new: &Artifact) -> Vec<Moved> {
    let mut moved = Vec::new();
    if old.builder != new.builder {
        moved.push(Moved {
            decision: Decision::Builder,
            old: Some(old.builder.clone()),
            new: Some(new.builder.clone()),
        });
    }
    moved.extend(by_name(&versions(old), &versions(new), Decision::Toolchain));
    moved.extend(argv(old, new));
    moved.extend(by_name(&old.env, &new.env, Decision::Env));
    let set = |artifact: &Artifact| artifact.secret_env.iter().map(|name| (name.clone(), "set".to_owned())).collect();
    moved.extend(by_name(&set(old), &set(new), Decision::SecretEnv));
    moved.extend(smoke(old, new));
    moved
}

/// A smoke run on record that is not asked for any more. One that is not on record may yet be passed.
fn smoke(old: &Artifact, new: &Artifact) -> Option<Moved> {
    let recorded = old.smoke.as_ref().filter(|_| old.smoke != new.smoke)?;
    let new = new.smoke.as_ref().map(ToString::to_string);
    Some(Moved { decision: Decision::Smoke, old: Some(recorded.to_string()), new })
}

/// The facts of an artifact that are promised otherwise now; what was not verified says nothing.
fn facts(built: &Artifact, promises: &BTreeMap<String, String>) -> Vec<Moved> {
    let verified = built.outputs.values().filter_map(|output| output.verified.as_ref()).flat_map(|all| &all.facts);
    let moved = verified.filter_map(|(name, values)| {
        let promise = promises.get(name)?;
        let found = values.iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
        let decision = Decision::Fact(name.clone());
        (found != *promise).then(|| Moved { decision, old: Some(found), new: Some(promise.clone()) })
    });
    moved.collect()
}

/// The toolchains of an artifact, version by name.
fn versions(artifact: &Artifact) -> BTreeMap<String, String> {
    let split = |text: &String| text.split_once('@').map(|(name, version)| (name.to_owned(), version.to_owned()));
    artifact.toolchains.iter().filter_map(split).collect()
}

fn by_name(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    decision: impl Fn(String) -> Decision,
) -> Vec<Moved> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differing = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    let moved = differing.map(|name| Moved {
        decision: decision(name.clone()),
        old: old.get(name).cloned(),
        new: new.get(name).cloned(),
    });
    moved.collect()
}

/// The words of the command that came, went or were replaced.
fn argv(old: &Artifact, new: &Artifact) -> Vec<Moved> {
    let [old, new] = [old, new].map(|artifact| artifact.argv.iter().map(String::as_str).collect::<Vec<&str>>());
    let owned = |word: Option<&str>| word.map(str::to_owned);
    words::moved(&old, &new)
        .into_iter()
        .map(|(old, new)| Moved { decision: Decision::Argv, old: owned(old), new: owned(new) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{artifact, lock, pin};

    const A: &str = "edge/a@linux/amd64";
    const B: &str = "edge/b@linux/arm64";

    /// What is said of a plan that decides about `A` what the lock says, but for one change.
    fn check(change: impl FnOnce(&mut Planned), cells: &[&str], expect: &[&str]) {
        let mut planned = Planned { artifacts: BTreeMap::from([(A.into(), artifact("amd64"))]), ..Planned::default() };
        change(&mut planned);
        let diff = diff(&lock(), &planned, cells.iter().copied());
        let said: Vec<String> = diff.drifts().iter().map(ToString::to_string).collect();
        assert_eq!(said, expect);
        assert_eq!(diff.is_empty(), expect.is_empty());
    }

    fn with(change: impl FnOnce(&mut Artifact), expect: &[&str]) {
        check(|planned| change(planned.artifacts.get_mut(A).expect("planned")), &[A, B], expect);
    }

    #[test]
    fn the_same_decisions_do_not_differ_whatever_the_outputs_are() {
        with(|artifact| artifact.outputs.clear(), &[]);
    }

    #[test]
    fn cells_come_and_go_whether_or_not_they_are_planned() {
        check(
            |_| {},
            &[A, "edge/c@linux/amd64"],
            &["edge/c@linux/amd64: not in the lock", "edge/b@linux/arm64: in the lock, but no longer built"],
        );
    }

    #[test]
    fn a_planned_cell_that_was_never_built_is_told_and_an_unplanned_one_is_not() {
        check(
            |planned| drop(planned.artifacts.insert(B.into(), artifact("arm64"))),
            &[A, B],
            &["edge/b@linux/arm64: state was `pending`, is nothing"],
        );
        check(|_| {}, &[A, B], &[]);
    }

    #[test]
    fn a_decision_that_moved_is_named() {
        with(
            |artifact| {
                artifact.builder = "zig".into();
                artifact.toolchains = BTreeSet::from(["go@1.27.0".into()]);
                artifact.env.insert("GOARM".into(), "7".into());
                artifact.secret_env.clear();
            },
            &[
                "edge/a@linux/amd64: builder was `go`, is `zig`",
                "edge/a@linux/amd64: toolchain go was `1.26.8`, is `1.27.0`",
                "edge/a@linux/amd64: env GOARM was nothing, is `7`",
                "edge/a@linux/amd64: secret-env TOKEN was `set`, is nothing",
            ],
        );
    }

    #[test]
    fn a_smoke_run_on_record_moves_and_one_that_is_not_may_yet_be_passed() {
        let smoke = |exit| Some(crate::Smoke { arguments: vec!["-v".into()], exit });
        let told = |recorded, asked| {
            let old = Artifact { smoke: recorded, ..artifact("amd64") };
            let new = Artifact { smoke: asked, ..artifact("amd64") };
            decisions(&old, &new).into_iter().map(|moved| (moved.decision.to_string(), moved.old, moved.new)).collect()
        };
        let moved =
            |new: Option<&str>| vec![("smoke".to_owned(), Some("-v exit=0".to_owned()), new.map(str::to_owned))];
        let told: [Vec<_>; 4] =
            [told(None, smoke(0)), told(smoke(0), smoke(0)), told(smoke(0), smoke(1)), told(smoke(0), None)];
        assert_eq!(told, [vec![], vec![], moved(Some("-v exit=1")), moved(None)]);
    }

    #[test]
    fn a_command_differs_by_the_words_that_moved() {
        with(
            |artifact| artifact.argv = ["{tool:go}", "build", "-s", "./b"].map(str::to_owned).into(),
            &["edge/a@linux/amd64: argv was nothing, is `-s`", "edge/a@linux/amd64: argv was `./a`, is `./b`"],
        );
    }

    #[test]
    fn a_fact_that_is_promised_otherwise_is_told() {
        let promise = |name: &str, value: &str| {
            let promises = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            move |planned: &mut Planned| drop(planned.promises.insert(A.into(), promises))
        };
        check(promise("arch", "amd64"), &[A, B], &[]);
        check(promise("linkage", "static"), &[A, B], &[]);
        check(promise("arch", "arm64"), &[A, B], &["edge/a@linux/amd64: verified arch was `amd64`, is `arm64`"]);
    }

    #[test]
    fn another_digest_of_the_same_version_is_told_for_the_toolchain_and_for_its_cells() {
        let found = |name: &str, tree: &str| {
            let id = ToolchainId { name: name.into(), host: "linux/amd64".into() };
            let pin = pin(tree);
            move |planned: &mut Planned| drop(planned.toolchains.insert(id, pin))
        };
        check(found("go@1.26.8", "blake3:t"), &[A, B], &[]);
        check(
            found("go@1.26.8", "blake3:u"),
            &[A, B],
            &[
                "toolchain go@1.26.8 on linux/amd64: tree was `blake3:t`, is `blake3:u`",
                "edge/a@linux/amd64: digest of go@1.26.8 was `blake3:t`, is `blake3:u`",
            ],
        );
        check(found("go@1.27.0", "blake3:u"), &[A, B], &["toolchain go@1.27.0 on linux/amd64: not in the lock"]);
    }
}
