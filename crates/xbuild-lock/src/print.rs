//! The one way a lock is written.

use xbuild_kdl::{Item, Printer, Scalar};

use crate::model::{Artifact, ArtifactState, Lock, Release, ToolchainPin, Value, Verified};

/// The text of a lock. Equal locks are equal text.
pub fn print(lock: &Lock) -> String {
    let mut out = Printer::new();
    out.comment("written by xbuild; `xbuild lock` rewrites it");
    out.field("xbuild-lock", [Item::Argument(Scalar::Integer(crate::FORMAT))]);
    for (id, pin) in &lock.toolchains {
        let items = [text(&id.name), Item::Property("host", Scalar::String(&id.host))];
        out.block("toolchain", items, |out| toolchain(out, pin));
    }
    for (id, state) in &lock.artifacts {
        out.block("artifact", [text(id)], |out| match state {
            ArtifactState::Pending => out.field("pending", []),
            ArtifactState::Built(built) => artifact(out, built),
        });
    }
    out.finish()
}

fn text(value: &str) -> Item<'_> {
    Item::Argument(Scalar::String(value))
}

fn toolchain(out: &mut Printer, pin: &ToolchainPin) {
    if let Some(source) = &pin.source {
        out.field("source", [text(source)]);
    }
    if let Some(h1) = &pin.h1 {
        out.field("h1", [text(h1)]);
    }
    out.field("tree", [text(&pin.tree)]);
}

fn artifact(out: &mut Printer, built: &Artifact) {
    out.field("builder", [text(&built.builder)]);
    for toolchain in &built.toolchains {
        out.field("toolchain", [text(toolchain)]);
    }
    out.field("argv", built.argv.iter().map(|word| text(word)));
    for (name, value) in &built.env {
        out.field("env", [text(name), text(value)]);
    }
    for name in &built.secret_env {
        out.field("secret-env", [text(name)]);
    }
    if let Some(smoke) = &built.smoke {
        let exit = Item::Property("exit", Scalar::Integer(smoke.exit.into()));
        out.field("smoke", smoke.arguments.iter().map(|word| text(word)).chain([exit]));
    }
    for (path, output) in &built.outputs {
        let name = || path.as_deref().map(text);
        if let Some(facts) = &output.verified {
            out.block("verified", name(), |out| verified(out, facts));
        }
        if let Some(facts) = &output.release {
            out.block("release", name(), |out| release(out, facts));
        }
    }
}

fn verified(out: &mut Printer, facts: &Verified) {
    for (name, values) in &facts.facts {
        let scalar = |value| match value {
            &Value::Number(number) => Scalar::Integer(number),
            &Value::Bool(value) => Scalar::Bool(value),
            Value::Text(text) => Scalar::String(text),
        };
        out.field(name, values.iter().map(|value| Item::Argument(scalar(value))));
    }
}

fn release(out: &mut Printer, release: &Release) {
    out.field("inputs", [text(&release.inputs)]);
    out.field("blake3", [text(&release.blake3)]);
    out.field("sha256", [text(&release.sha256)]);
    out.field("size", [Item::Argument(release.size.into())]);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Lock;
    use crate::testing::{artifact, lock, locks, release};

    proptest! {
        #[test]
        fn what_is_printed_reads_as_the_same_lock(lock in locks()) {
            let text = print(&lock);
            let back = crate::read(text.as_bytes());
            prop_assert_eq!(back.map_err(|problem| format!("{problem:?} in {text}")), Ok(lock));
        }

        #[test]
        fn equal_locks_and_only_they_are_equal_text(one in locks(), other in locks()) {
            prop_assert_eq!(one == other, print(&one) == print(&other));
        }
    }

    #[test]
    fn a_lock_is_one_field_a_line_with_blank_lines_between_blocks() {
        insta::assert_snapshot!(print(&lock()), @r#"
        // written by xbuild; `xbuild lock` rewrites it
        xbuild-lock 1

        toolchain "go@1.26.8" host="linux/amd64" {
            source "gomod:go"
            h1 "h1:x"
            tree "blake3:t"
        }

        artifact "edge/a@linux/amd64" {
            builder "go"
            toolchain "go@1.26.8"
            argv "{tool:go}" "build" "./a"
            env "GOARCH" "amd64"
            secret-env "TOKEN"
            verified {
                arch "amd64"
                bits 64
                signed #false
            }
            release {
                inputs "inputs"
                blake3 "b"
                sha256 "s"
                size 3
            }
        }

        artifact "edge/b@linux/arm64" {
            pending
        }
        "#);
    }

    #[test]
    fn a_smoke_run_that_was_passed_is_a_line_of_its_block() {
        let smoke = Some(crate::Smoke { arguments: vec!["serve".into(), "{version}".into()], exit: 2 });
        let state = ArtifactState::Built(Artifact { smoke, ..artifact("amd64") });
        let lock = Lock { artifacts: [("a".to_owned(), state)].into(), ..Lock::default() };
        assert!(print(&lock).contains("\n    smoke \"serve\" \"{version}\" exit=2\n    verified {\n"));
    }

    /// Two locks that came from one, merged by git: the text, or `None` where git found a conflict.
    fn merged(base: &Lock, ours: &Lock, theirs: &Lock) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, lock: &Lock| {
            fs::write(folder.path().join(name), print(lock)).expect("room");
            Path::new(name).to_owned()
        };
        let files = [file("ours", ours), file("base", base), file("theirs", theirs)];
        let mut command = Command::new("git");
        command.args(["merge-file", "-p"]).args(files).current_dir(folder.path());
        let output = command.output().expect("git");
        output.status.success().then(|| String::from_utf8(output.stdout).expect("UTF-8"))
    }

    /// Three neighbours, each built.
    fn neighbours() -> Lock {
        let ids = ["edge/a@linux/amd64", "edge/b@linux/amd64", "edge/c@linux/amd64"];
        let state = || ArtifactState::Built(artifact("amd64"));
        Lock { artifacts: ids.map(|id| (id.to_owned(), state())).into(), ..Lock::default() }
    }

    fn edited(lock: &Lock, id: &str, edit: fn(&mut Artifact)) -> Lock {
        let mut lock = lock.clone();
        match lock.artifacts.get_mut(id) {
            Some(ArtifactState::Built(built)) => edit(built),
            other => panic!("{id}: {other:?}"),
        }
        lock
    }

    #[test]
    fn branches_that_change_neighbouring_artifacts_merge_cleanly() {
        // The last line of one block and the first of the next: nothing lies nearer.
        let last = |built: &mut Artifact| {
            built.outputs.values_mut().for_each(|output| output.release = Some(Release { size: 4, ..release("i") }));
        };
        let first = |built: &mut Artifact| built.builder = "cargo".into();
        let base = neighbours();
        let ours = edited(&base, "edge/a@linux/amd64", last);
        let theirs = edited(&base, "edge/b@linux/amd64", first);
        let both = edited(&ours, "edge/b@linux/amd64", first);
        assert_eq!(merged(&base, &ours, &theirs), Some(print(&both)));
    }

    #[test]
    fn branches_that_add_and_remove_distant_artifacts_merge_cleanly() {
        let base = neighbours();
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        ours.artifacts.remove("edge/a@linux/amd64");
        theirs.artifacts.insert("edge/d@linux/amd64".into(), ArtifactState::Pending);
        let mut both = ours.clone();
        both.artifacts.extend(theirs.artifacts.last_key_value().map(|(id, state)| (id.clone(), state.clone())));
        assert_eq!(merged(&base, &ours, &theirs), Some(print(&both)));
    }

    #[test]
    fn branches_that_change_one_artifact_differently_conflict() {
        let base = neighbours();
        let ours = edited(&base, "edge/b@linux/amd64", |built| built.builder = "cargo".into());
        let theirs = edited(&base, "edge/b@linux/amd64", |built| built.builder = "zig".into());
        assert_eq!(merged(&base, &ours, &theirs), None);
    }
}
