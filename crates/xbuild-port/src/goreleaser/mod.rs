//! A `.goreleaser.yaml` (of version 1 or 2) as an `xbuild.kdl` for the same cells.
//!
//! `matrix` computes the targets by GoReleaser's rules, `build` makes a target of each build, `details`, `settings`, `flags`,
//! `env`, `template` and `words` translate what a build says, `archive` how it is shipped, `rust` what `builder: rust` means, and
//! `rest` says why the other keys stay where they are. What has no counterpart is a comment at its place, and a note.

mod archive;
mod build;
mod details;
mod env;
mod flags;
mod matrix;
mod rest;
mod rust;
mod settings;
mod shape;
mod template;
mod words;

use crate::draft::{Draft, Project, Toolchain};
use crate::note::Notes;
use crate::yaml::{self, Node};
use crate::{Folder, ImportProblem, Written, cargo, go, name};

/// The names that GoReleaser looks for, in its order.
pub const FILES: [&str; 6] = [
    ".config/goreleaser.yml",
    ".config/goreleaser.yaml",
    ".goreleaser.yml",
    ".goreleaser.yaml",
    "goreleaser.yml",
    "goreleaser.yaml",
];

/// What every build of an import is read with.
struct Context<'a> {
    folder: &'a Folder,
    modules: &'a [go::GoModule],
    root: &'a Node,
    project: String,
}

/// Writes the `xbuild.kdl` of a configuration. `file` is its name, for the comments.
pub fn import(text: &str, file: &str, folder: &Folder) -> Result<Written, ImportProblem> {
    let root = yaml::read(text)?;
    shape::check(&root)?;
    let modules = go::modules(folder);
    let context = Context { folder, modules: &modules, root: &root, project: project(&root, folder, &modules) };
    let mut notes = Notes::default();
    let mut draft = Draft { head: head(file), ..Draft::default() };
    let ids = build::targets(&context, &mut draft, &mut notes);
    archive::archives(&context, &mut draft.targets, &ids, &mut notes);
    let rest = rest::comments(&root, &mut notes);
    if !rest.is_empty() {
        draft.foot.push(format!("What else {file} holds, and is not carried over:"));
        draft.foot.extend(rest);
    }
    draft.project = Some(identity(&context, &draft, &mut notes));
    draft.toolchains = toolchains(&context, &draft);
    Ok(Written { kdl: draft.print(), notes: notes.finish() })
}

fn head(file: &str) -> Vec<String> {
    vec![
        format!("What {file} builds, written by `xbuild init --from goreleaser`."),
        "What could not be carried over is said at its place.".to_owned(),
    ]
}

/// GoReleaser's way to a name: the configuration, Cargo's package, the release's repository, which is Git's `origin` where
/// nothing is said, the module, the folder.
fn project(root: &Node, folder: &Folder, modules: &[go::GoModule]) -> String {
    let text = |node: Option<&Node>| node.and_then(Node::text).map(str::to_owned);
    let release = |forge: &str| text(root.get("release").and_then(|release| release.get(forge)?.get("name")));
    let module = modules.iter().find(|module| module.folder.is_empty());
    let candidates = [
        text(root.get("project_name")),
        cargo::package(folder, "").map(|package| package.name),
        release("github"),
        release("gitlab"),
        release("gitea"),
        crate::folder::repository(folder),
        module.map(go::GoModule::program),
        Some(folder.name.clone()),
    ];
    candidates.into_iter().flatten().find(|name| !name.is_empty() && !name.contains("{{")).unwrap_or_default()
}

/// `project`: GoReleaser takes the version from the tag, xbuild from here.
fn identity(context: &Context<'_>, draft: &Draft, notes: &mut Notes) -> Project {
    let name = name::spelled(&context.project, "project");
    let comment = notes.add(
        None,
        "version",
        "is that of the Git tag there; here it is written in `project`: set it before a release",
    );
    if draft.targets.is_empty() {
        return Project { comments: Vec::new(), name, version: None };
    }
    Project { comments: vec![comment], name, version: Some("0.0.0".to_owned()) }
}

fn toolchains(context: &Context<'_>, draft: &Draft) -> Vec<Toolchain> {
    use crate::draft::Builder;
    let has = |kind: fn(&Builder) -> bool| draft.targets.iter().any(|target| kind(&target.builder));
    let mut list = Vec::new();
    if has(|builder| matches!(builder, Builder::Go { .. })) {
        list.push(crate::init::go_toolchain(context.modules));
    }
    if has(|builder| matches!(builder, Builder::Cargo { .. })) {
        list.push(crate::init::rust_toolchain(context.folder));
    }
    list
}
