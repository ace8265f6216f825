//! From an answer of `go list` to the input tree of one main: exactly the files that its build reads.

use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::go::{Listing, Package, PackageError};
use xbuild_content::{RelPath, Tree, TreeEntry, TreeError};
use xbuild_plan::Reason;
use xbuild_store::StoreError;

use crate::Digests;
use crate::borrowed::has_file;
use crate::fault::{Failed, unsupported};
use crate::module::GoModule;

/// Why inputs cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A package lies neither in the project nor in the module cache.
    #[error("package {package} is at `{folder}`, outside the project")]
    Outside {
        /// The package's import path.
        package: String,
        /// Where it is.
        folder: String,
    },
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// Which one.
        path: Utf8PathBuf,
        /// The system's words.
        #[source]
        source: StoreError,
    },
    /// Two files at one path, or a name that no tree can hold.
    #[error("the input tree has no place for `{path}`: {reason}")]
    Path {
        /// The path.
        path: String,
        /// Why.
        reason: String,
    },
}

/// Where the files of a project are.
pub(crate) struct Source<'a> {
    pub(crate) root: &'a Utf8Path,
    pub(crate) module_cache: &'a Utf8Path,
    pub(crate) digests: &'a dyn Digests,
    /// What dependencies bring: files that are listed and do not lie in the project.
    pub(crate) borrowed: &'a Tree,
}

impl Source<'_> {
    /// The tree of one main: the module's files, its package and all packages of the project that it needs. Third-party
    /// packages are fixed by `go.sum` and are no files of the tree.
    pub(crate) fn tree(&self, module: &GoModule, listing: &Listing, main: &Package) -> Result<Tree, InputError> {
        let mut tree = Tree::default();
        for file in &module.files {
            if self.root.join(file).is_file() {
                self.add(&mut tree, file)?;
            }
        }
        for package in listing.closure(main) {
            let Some(folder) = self.own(package)? else { continue };
            for file in package.files().map(|name| folder.join(name)) {
                if !has_file(self.borrowed, file.as_str()) {
                    self.add(&mut tree, &file)?;
                }
            }
        }
        match main.errors().find_map(refused) {
            Some((path, error)) => Err(unreadable("open", path, error)),
            None => Ok(tree),
        }
    }

    /// The package's folder below the root; `None` for a third-party package.
    fn own(&self, package: &Package) -> Result<Option<Utf8PathBuf>, InputError> {
        let folder = Utf8Path::new(&package.dir);
        if package.dir.is_empty() || folder.starts_with(self.module_cache) {
            return Ok(None);
        }
        let outside = || InputError::Outside { package: package.import_path.clone(), folder: package.dir.clone() };
        folder.strip_prefix(self.root).map(|folder| Some(folder.to_owned())).map_err(|_| outside())
    }

    fn add(&self, tree: &mut Tree, file: &Utf8Path) -> Result<(), InputError> {
        let path = self.root.join(file);
        let facts = self.digests.digest(&path).map_err(|source| InputError::Read { path, source })?;
        let bad = |reason: String| InputError::Path { path: file.to_string(), reason };
        let at = RelPath::new(file.as_str()).map_err(|error| bad(error.to_string()))?;
        let entry = TreeEntry::File { digest: facts.digest, executable: facts.executable };
        tree.insert(at, entry).map_err(|error: TreeError| bad(error.to_string()))
    }
}

/// A file that the system does not hand out is a fault of the machine; a file that no input tree can hold is not.
pub(crate) fn no_input(root: &Utf8Path, package: &str, error: InputError) -> Failed {
    let InputError::Read { path, source } = error else { return unsupported(package, error.to_string()) };
    let what = path.strip_prefix(root).unwrap_or(&path).to_string();
    Box::new((Reason::InputUnreadable { what, detail: source.to_string() }, Some(source.into())))
}

pub(crate) fn unreadable(doing: &'static str, path: Utf8PathBuf, error: io::Error) -> InputError {
    InputError::Read { source: StoreError::new(doing, &path, error), path }
}

/// The file or folder that Go was not allowed to open, and what the system says of it now: Go's words only name it. Of a
/// folder that cannot be listed Go knows no files, so nothing else would miss them.
fn refused(error: &PackageError) -> Option<(Utf8PathBuf, io::Error)> {
    let (path, _) = error.err.strip_prefix("open ")?.rsplit_once(": ")?;
    let path = Utf8PathBuf::from(path);
    let error = path.is_absolute().then(|| File::open(&path).err())??;
    (error.kind() == io::ErrorKind::PermissionDenied).then_some((path, error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::testing::{Files, write};

    /// A main, a package that it needs, one that it does not need, and one of a third party in the module cache.
    fn answer(root: &Utf8Path, cache: &Utf8Path) -> String {
        format!(
            r#"{{"ImportPath": "m/cmd", "Dir": "{root}/cmd", "Match": ["./cmd"], "Deps": ["fmt", "m/lib", "n", "unsafe"],
                 "GoFiles": ["main.go"], "EmbedFiles": ["static/page.txt"], "IgnoredGoFiles": ["main_windows.go"]}}
               {{"ImportPath": "m/lib", "Dir": "{root}/lib", "GoFiles": ["lib.go"], "SFiles": ["lib_amd64.s"]}}
               {{"ImportPath": "m/other", "Dir": "{root}/other", "GoFiles": ["other.go"]}}
               {{"ImportPath": "n", "Dir": "{cache}/n@v1.0.0", "GoFiles": ["n.go"]}}"#
        )
    }

    fn project() -> Files {
        let project = Files::new();
        let paths =
            ["go.mod", "cmd/main.go", "cmd/static/page.txt", "cmd/main_windows.go", "lib/lib.go", "lib/lib_amd64.s"];
        for path in paths {
            write(&project.root(), path, path);
        }
        project
    }

    /// The input tree of `./cmd`, a line a file; or why there is none.
    fn tree(project: &Files, cache: &Utf8Path, answer: &str) -> String {
        let root = project.root();
        let source =
            Source { root: &root, module_cache: cache, digests: project.digests(), borrowed: &Tree::default() };
        let listing = Listing::parse(answer.as_bytes()).expect("good JSON");
        let main = listing.matching("./cmd").expect("the main");
        let line = |(path, entry): (&RelPath, &TreeEntry)| match entry {
            TreeEntry::File { executable: true, .. } => format!("{path} (executable)"),
            _ => path.to_string(),
        };
        match source.tree(&GoModule::find(&root, None), &listing, main) {
            Ok(tree) => tree.iter().map(line).collect::<Vec<_>>().join("\n"),
            Err(error) => error.to_string().replace(root.as_str(), "ROOT"),
        }
    }

    #[test]
    fn inputs_are_the_files_of_the_module_the_main_and_what_it_needs() {
        let project = project();
        let lines = tree(&project, "/cache".into(), &answer(&project.root(), "/cache".into()));
        let expect = ["cmd/main.go", "cmd/static/page.txt", "go.mod", "lib/lib.go", "lib/lib_amd64.s"];
        assert_eq!(lines.lines().collect::<Vec<_>>(), expect);
    }

    #[test]
    fn an_executable_source_is_one_in_the_tree() {
        let project = project();
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.root().join("lib/lib.go"), mode).expect("ours");
        let lines = tree(&project, "/cache".into(), &answer(&project.root(), "/cache".into()));
        assert!(lines.contains("lib/lib.go (executable)"), "{lines}");
    }

    #[test]
    fn a_module_cache_inside_the_project_is_no_part_of_it() {
        let project = project();
        let cache = project.root().join(".cache/mod");
        let lines = tree(&project, &cache, &answer(&project.root(), &cache));
        assert!(!lines.contains(".cache"), "{lines}");
    }

    #[test]
    fn a_vendored_package_is_an_input() {
        let project = project();
        write(&project.root(), "vendor/n/n.go", "package n\n");
        write(&project.root(), "vendor/modules.txt", "# n v1.0.0\n");
        let answer = answer(&project.root(), "/cache".into());
        let answer = answer.replace("/cache/n@v1.0.0", project.root().join("vendor/n").as_str());
        let lines = tree(&project, "/cache".into(), &answer);
        assert!(lines.contains("vendor/modules.txt") && lines.contains("vendor/n/n.go"), "{lines}");
    }

    #[test]
    fn what_cannot_be_an_input_is_named() {
        let project = project();
        let good = answer(&project.root(), "/cache".into());
        let check = |from: &str, to: &str, expect: &str| {
            let answer = good.replacen(from, to, 1);
            assert_ne!(answer, good);
            assert_eq!(tree(&project, "/cache".into(), &answer), expect);
        };
        check("/cache/n@v1.0.0", "/elsewhere/n", "package n is at `/elsewhere/n`, outside the project");
        check("\"lib.go\"", "\"gone.go\"", "cannot read `ROOT/lib/gone.go`");
        check("\"lib.go\"", "\"../../up.go\"", "cannot read `ROOT/lib/../../up.go`");
    }

    /// Digests of files of which one may not be read. Who runs the tests may read them all.
    struct Forbidding<'a> {
        inner: &'a dyn Digests,
        path: Utf8PathBuf,
    }

    impl Digests for Forbidding<'_> {
        fn digest(&self, path: &Utf8Path) -> Result<xbuild_store::FileDigest, StoreError> {
            if path == self.path {
                return Err(StoreError::new("open", path, io::ErrorKind::PermissionDenied.into()));
            }
            self.inner.digest(path)
        }
    }

    #[test]
    fn an_input_that_may_not_be_read_keeps_the_kind_of_the_systems_error() {
        let project = project();
        let root = project.root();
        let digests = Forbidding { inner: project.digests(), path: root.join("lib/lib.go") };
        let source =
            Source { root: &root, module_cache: "/cache".into(), digests: &digests, borrowed: &Tree::default() };
        let listing = Listing::parse(answer(&root, "/cache".into()).as_bytes()).expect("good JSON");
        let main = listing.matching("./cmd").expect("the main");
        let by_list = source.tree(&GoModule::find(&root, None), &listing, main);
        let error = by_list.expect_err("forbidden");
        let InputError::Read { path, source: StoreError::Permission { .. } } = &error else { panic!("{error:?}") };
        assert_eq!(*path, root.join("lib/lib.go"), "{error:?}");
    }

    #[test]
    fn what_go_could_not_open_is_looked_at_again() {
        let project = project();
        let error = |err: String| PackageError { err, ..PackageError::default() };
        // Go's words are no proof: this one can be opened.
        let open = project.root().join("lib");
        assert!(refused(&error(format!("open {open}: permission denied"))).is_none());
        assert!(refused(&error("open lib: permission denied".into())).is_none());
        assert!(refused(&error("no required module provides package n".into())).is_none());
    }
}
