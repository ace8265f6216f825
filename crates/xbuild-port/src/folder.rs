//! What a folder holds, as `xbuild-cli` gathered it: the paths, the manifests' texts, and the heads of Go's files.

use std::collections::BTreeMap;

use crate::go::GoFile;

/// A folder's content, paths with `/` and relative to it.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The folder's own name.
    pub name: String,
    /// Every file.
    pub files: Vec<String>,
    /// The texts of `go.mod`, `Cargo.toml`, `rust-toolchain` and the like.
    pub manifests: BTreeMap<String, String>,
    /// What the heads of the `.go` files say, tests left out.
    pub go: BTreeMap<String, GoFile>,
}

/// Where Git's settings of a clone are: its remote names the project.
pub const GIT_CONFIG: &str = ".git/config";

/// The repository that Git's `origin` is, without its owner.
pub(crate) fn repository(folder: &Folder) -> Option<String> {
    let text = folder.manifests.get(GIT_CONFIG)?;
    let section = text.split("[remote \"origin\"]").nth(1)?.split('[').next()?;
    let url = section.lines().find_map(|line| line.trim().strip_prefix("url")?.trim_start().strip_prefix('='))?;
    let path = url.trim().trim_end_matches('/').trim_end_matches(".git");
    let name = path.rsplit(['/', ':']).next().unwrap_or_default();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether a file's whole text is wanted.
pub fn is_manifest(path: &str) -> bool {
    matches!(last(path), "go.mod" | "Cargo.toml" | "rust-toolchain" | "rust-toolchain.toml")
}

/// Whether a folder of that name is looked into: hidden ones and those that hold other people's or generated files are not.
pub fn may_be_in(name: &str) -> bool {
    !name.starts_with(['.', '_']) && !matches!(name, "vendor" | "testdata" | "node_modules" | "target" | "dist")
}

/// The last part of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path; empty at the top.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path from a folder to what is in it; `None` where it is elsewhere.
pub(crate) fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// `folder/path`, without a `./` and with `..` resolved; `None` above the top.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
