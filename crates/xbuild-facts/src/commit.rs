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
    Stamps { version, commit: line("%H"), commit_time: line("%cd") }
}

fn git(root: &Utf8Path, path: Option<&str>, format: &str) -> Option<String> {
    let mut command = Command::new("git");
    command.env_clear().envs(path.map(|path| ("PATH", path))).env("TZ", "UTC").env("GIT_CONFIG_NOSYSTEM", "1");
    // The commit is read, nothing is run: a repository of another user is no danger here.
    command.args(["-c", "safe.directory=*", "-C", root.as_str()]);
    // Spelled out: `iso-strict` writes UTC as `+00:00` or as `Z`, depending on Git's version.
    let date = "--date=format-local:%Y-%m-%dT%H:%M:%SZ";
    let shown = ["show", "-s", "--no-show-signature", date, &format!("--format={format}")].map(str::to_owned);
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
        Op::Set(Value::Smoke(smoke)) => smoke.arguments.iter().any(|template| uses(template)),
        Op::Set(Value::List(list)) | Op::Append(Value::List(list)) => list.iter().any(|template| uses(template)),
        _ => false,
    }
}

fn uses(template: &Template) -> bool {
    template.placeholders().any(|placeholder| matches!(placeholder, Placeholder::Commit | Placeholder::CommitTime))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with one commit of another time zone.
    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let run = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.env_clear().env("PATH", path().unwrap_or_default()).current_dir(folder.path()).args(arguments);
            command.envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@b"), ("GIT_COMMITTER_NAME", "a")]);
            command.envs([("GIT_COMMITTER_EMAIL", "a@b"), ("GIT_COMMITTER_DATE", "2024-02-29T12:00:00+09:00")]);
            assert!(command.status().expect("git").success());
        };
        run(&["init", "--quiet"]);
        run(&["commit", "--quiet", "--allow-empty", "--message=one"]);
        folder
    }

    fn path() -> Option<String> {
        std::env::var("PATH").ok()
    }

    #[test]
    fn the_time_of_a_commit_is_told_in_utc_and_its_name_in_full() {
        let folder = repository();
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        assert_eq!(git(root, path().as_deref(), "%cd").as_deref(), Some("2024-02-29T03:00:00Z"));
        assert_eq!(git(root, path().as_deref(), "%H").map(|name| name.len()), Some(40));
    }

    #[test]
    fn without_a_commit_nothing_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        assert_eq!(git(root, path().as_deref(), "%H"), None);
        assert_eq!(git(root, Some("/nowhere"), "%H"), None);
    }
}
