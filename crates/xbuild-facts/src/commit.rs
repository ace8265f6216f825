//! The commit that is checked out, asked only where the file uses it.

use std::process::{Command, Stdio};

use camino::Utf8Path;
use xbuild_model::{Layer, Op, Placeholder, Project, Setting, Template, Value};
use xbuild_plan::Stamps;

/// The project's version, and the commit if the file uses it.
pub(crate) fn stamps(project: &Project, root: &Utf8Path, path: Option<&str>) -> Stamps {
    let version = project.version.as_ref().map(|version| version.value.clone());
    if !uses_commit(project) {
        return Stamps { version, ..Stamps::default() };
    }
    let line = |format: &str| git(root, path, format);
    Stamps { version, commit: line("%H"), commit_time: line("%cI") }
}

fn git(root: &Utf8Path, path: Option<&str>, format: &str) -> Option<String> {
    let mut command = Command::new("git");
    command.env_clear().envs(path.map(|path| ("PATH", path))).env("TZ", "UTC").env("GIT_CONFIG_NOSYSTEM", "1");
    // The commit is read, nothing is run: a repository of another user is no danger here.
    command.args(["-c", "safe.directory=*", "-C", root.as_str()]);
    let shown = ["show", "-s", "--no-show-signature", "--date=iso-strict-local", &format!("--format={format}")]
        .map(str::to_owned);
    let output = command.args(shown).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

fn uses_commit(project: &Project) -> bool {
    let layers = std::iter::once(&project.defaults)
        .chain(project.profiles.iter().map(|profile| &profile.layer))
        .chain(project.targets.iter().map(|target| &target.layer));
    let arguments =
        project.targets.iter().flat_map(|target| target.builder.iter().flat_map(|builder| &builder.arguments));
    layers.into_iter().any(layer_uses) || arguments.into_iter().any(|template| uses(template))
}

fn layer_uses(layer: &Layer) -> bool {
    let entries = layer.settings.entries.iter();
    entries.chain(layer.whens.iter().flat_map(|when| &when.settings.entries)).any(setting_uses)
}

fn setting_uses(setting: &Setting) -> bool {
    match &setting.op {
        Op::Set(Value::Text(text)) => uses(text),
        Op::Set(Value::List(list)) | Op::Append(Value::List(list)) => list.iter().any(|template| uses(template)),
        _ => false,
    }
}

fn uses(template: &Template) -> bool {
    template.placeholders().any(|placeholder| matches!(placeholder, Placeholder::Commit | Placeholder::CommitTime))
}
