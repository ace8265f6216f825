//! A written file, read back by the rest of xbuild.

use std::collections::BTreeMap;

use miette::Diagnostic as _;
use xbuild_plan::matrix::{self, Limits};
use xbuild_port::{Folder, Written, go::GoFile, goreleaser};

/// A folder of files with these texts.
pub(crate) fn folder(files: &[(&str, &str)]) -> Folder {
    let mut folder = Folder { name: "project".to_owned(), ..Folder::default() };
    for (path, text) in files {
        folder.files.push((*path).to_owned());
        if xbuild_port::is_manifest(path) || *path == xbuild_port::GIT_CONFIG {
            folder.manifests.insert((*path).to_owned(), (*text).to_owned());
        }
        let name = path.rsplit('/').next().unwrap();
        if let Some(file) = name.ends_with(".go").then(|| GoFile::read(name, text)).flatten() {
            folder.go.insert((*path).to_owned(), file);
        }
    }
    folder
}

/// An import into a Go module `example.com/fleet`.
pub(crate) fn import(yaml: &str) -> Written {
    let folder = folder(&[("go.mod", "module example.com/fleet\n\ngo 1.24.2\n"), ("LICENSE", ""), ("README.md", "")]);
    goreleaser::import(yaml, ".goreleaser.yaml", &folder).unwrap_or_else(|problem| panic!("{problem:?}\n{yaml}"))
}

/// The platforms of each target, sorted; fails where the file does not check clean or is laid out otherwise.
pub(crate) fn cells(kdl: &str) -> BTreeMap<String, Vec<String>> {
    let checked = xbuild_config::read(kdl.as_bytes());
    let said: Vec<String> = checked.problems.iter().map(|one| format!("{} {one}", one.slug())).collect();
    let only_empty = said.iter().all(|one| one.starts_with("no-targets"));
    assert!(only_empty, "{said:#?}\n{kdl}");
    assert_eq!(xbuild_kdl::format(kdl), kdl, "`xbuild fmt` would change it");
    let project = checked.project.unwrap();
    let expanded = matrix::expand(&project, Limits { max_cells: 100_000 });
    let found = matrix::check(&expanded.matrix);
    let found = expanded.problems.iter().chain(&found);
    let found: Vec<String> = found.map(|one| format!("{} {one}", one.code().unwrap())).collect();
    assert!(found.is_empty(), "{found:#?}\n{kdl}");
    let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for cell in expanded.matrix.cells() {
        let platform = cell.platform().map_or_else(|| "any".to_owned(), |platform| platform.to_string());
        cells.entry(cell.target().name.to_string()).or_default().push(platform);
    }
    cells.values_mut().for_each(|list| list.sort());
    cells
}
