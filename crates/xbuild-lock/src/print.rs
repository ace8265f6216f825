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
