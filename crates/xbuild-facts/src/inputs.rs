//! From an answer of `go list` to the input tree of one main: exactly the files that its build reads.

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobMatcher};
use xbuild_builder::go::{Listing, Package};
use xbuild_content::{RelPath, Tree, TreeEntry, TreeError};

use crate::Digests;
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
    /// A file cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// The system's words.
        #[source]
        source: xbuild_store::StoreError,
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
            for name in package.files() {
                self.add(&mut tree, &folder.join(name))?;
            }
        }
        Ok(tree)
    }

    /// Adds the files that globs match, paths from the project's root. A glob that matches nothing is an error: a misspelt one
    /// would leave a file out in silence.
    pub(crate) fn add_globs(&self, tree: &mut Tree, globs: &[String]) -> Result<(), InputError> {
        for glob in globs {
            let bad = |reason: String| InputError::Path { path: glob.clone(), reason };
            let matcher =
                GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| bad(error.to_string()))?;
            let mut found = Vec::new();
            walk(self.root, &static_part(glob), &matcher.compile_matcher(), &mut found);
            if found.is_empty() {
                return Err(bad("`inputs` names it, and it matches no file".into()));
            }
            for file in found {
                self.add(tree, &file)?;
            }
        }
        Ok(())
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

/// The folders of a glob before its first wildcard.
fn static_part(glob: &str) -> Utf8PathBuf {
    let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
    glob.split('/').take_while(is_plain).collect()
}

/// Every regular file at or below `path` that the glob matches; folders of Git and links are no ways.
fn walk(root: &Utf8Path, path: &Utf8Path, glob: &GlobMatcher, found: &mut Vec<Utf8PathBuf>) {
    let Ok(metadata) = root.join(path).symlink_metadata() else { return };
    if metadata.is_file() && glob.is_match(path) {
        found.push(path.to_owned());
    }
    if !metadata.is_dir() || path.file_name() == Some(".git") {
        return;
    }
    let Ok(entries) = root.join(path).read_dir_utf8() else { return };
    for entry in entries.flatten() {
        walk(root, &path.join(entry.file_name()), glob, found);
    }
}
