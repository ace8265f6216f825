//! The Go module that a target's folder belongs to, and the files that say which code it is made of.

use std::collections::BTreeSet;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::go::Workspace;
use xbuild_content::RelPath;

/// A module, or a workspace of several. Paths are relative to the project's root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GoModule {
    /// The folder of the `go.mod` that is in force; empty for the root.
    pub folder: Utf8PathBuf,
    /// The `go.work` in force.
    pub workspace: Option<Utf8PathBuf>,
    /// `go.mod`, `go.sum`, `go.work`, `vendor/modules.txt` and those of local modules, present or not.
    pub files: BTreeSet<Utf8PathBuf>,
    /// The folders of all modules whose requirements are needed.
    pub modules: BTreeSet<Utf8PathBuf>,
}

impl GoModule {
    /// The module of a folder below `root`; a project without `go.mod` has its top as the module's folder.
    pub fn find(root: &Utf8Path, cwd: Option<&RelPath>) -> Self {
        let start = Utf8PathBuf::from(cwd.map_or("", RelPath::as_str));
        let above = |name: &str| {
            start.ancestors().find(|folder| root.join(folder).join(name).is_file()).map(Utf8Path::to_owned)
        };
        let folder = above("go.mod").unwrap_or_default();
        let work_folder = above("go.work");
        let mut module = Self {
            workspace: work_folder.as_ref().map(|folder| folder.join("go.work")),
            files: BTreeSet::new(),
            modules: BTreeSet::new(),
            folder: folder.clone(),
        };
        module.add(root, &folder);
        module.files.insert(folder.join("vendor/modules.txt"));
        if let Some(work_folder) = work_folder {
            module.add_workspace(root, &work_folder);
        }
        module
    }

    /// The workspace as the builder takes it.
    pub fn workspace(&self) -> Workspace {
        let path = self.workspace.as_ref().and_then(|path| RelPath::new(path.as_str()).ok());
        path.map_or(Workspace::Off, Workspace::File)
    }

    /// Whether the module's dependencies are committed with it.
    pub fn is_vendored(&self, root: &Utf8Path) -> bool {
        root.join(&self.folder).join("vendor/modules.txt").is_file()
    }

    fn add_workspace(&mut self, root: &Utf8Path, folder: &Utf8Path) {
        self.files.extend(["go.work", "go.work.sum", "vendor/modules.txt"].map(|name| folder.join(name)));
        let text = fs::read_to_string(root.join(folder).join("go.work")).unwrap_or_default();
        for path in local_paths(&text, "use").into_iter().chain(local_paths(&text, "replace")) {
            self.add(root, &join(folder, &path));
        }
    }

    /// A module's own files, and those of the local modules that it replaces others with.
    fn add(&mut self, root: &Utf8Path, folder: &Utf8Path) {
        if !self.modules.insert(folder.to_owned()) {
            return;
        }
        self.files.extend(["go.mod", "go.sum"].map(|name| folder.join(name)));
        let text = fs::read_to_string(root.join(folder).join("go.mod")).unwrap_or_default();
        for path in local_paths(&text, "replace") {
            let replaced = join(folder, &path);
            self.files.insert(replaced.join("go.mod"));
        }
    }
}

/// `folder/path` with `.` and `..` resolved by their text.
fn join(folder: &Utf8Path, path: &str) -> Utf8PathBuf {
    let mut out = folder.to_owned();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if out.file_name().is_some_and(|name| name != "..") => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// The local paths (`./…`, `../…`) that a directive of a `go.mod` or `go.work` names, in a block or alone.
fn local_paths(text: &str, directive: &str) -> Vec<String> {
    let mut inside = false;
    let mut paths = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let own = line.strip_prefix(directive).filter(|rest| rest.starts_with([' ', '\t', '(']));
        let rest = match own {
            Some(rest) if rest.trim() == "(" => {
                inside = true;
                continue;
            }
            Some(rest) => rest,
            None if line == ")" => {
                inside = false;
                continue;
            }
            None if inside => line,
            None => continue,
        };
        let target = rest.rsplit("=>").next().unwrap_or(rest).trim().trim_matches(['"', '`']);
        let is_local = target == "." || target.starts_with("./") || target.starts_with("../");
        if is_local && (directive == "use" || rest.contains("=>")) {
            paths.push(target.to_owned());
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_modules_are_found_in_blocks_and_alone() {
        let text = "go 1.24\nuse ./a // the first\nuse (\n\t./b\n\t\"../c\"\n)\nreplace (\n\tx => ./d\n\ty v1 => z v2\n)\nreplace w v1 => ../e\n";
        assert_eq!(local_paths(text, "use"), ["./a", "./b", "../c"]);
        assert_eq!(local_paths(text, "replace"), ["./d", "../e"]);
    }

    #[test]
    fn the_nearest_module_counts_and_brings_its_local_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        fs::create_dir_all(root.join("a/b/cmd")).expect("folders");
        fs::write(root.join("a/b/go.mod"), "module m\nreplace x => ../lib\n").expect("go.mod");
        let cwd = RelPath::new("a/b/cmd").expect("a path");
        let module = GoModule::find(root, Some(&cwd));
        assert_eq!(module.folder, "a/b");
        let files: Vec<&str> = module.files.iter().map(|file| file.as_str()).collect();
        assert_eq!(files, ["a/b/go.mod", "a/b/go.sum", "a/b/vendor/modules.txt", "a/lib/go.mod"]);
        assert_eq!(module.workspace(), Workspace::Off);
    }
}
