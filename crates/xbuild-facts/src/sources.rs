//! Input files by their names: the globs of `inputs`, and what each builder reads where the file says nothing.
//!
//! | builder | without `inputs` |
//! | --- | --- |
//! | `command` | nothing: it must say |
//! | `c` | the sources, and the headers in their folders |
//! | `zig` | every file at and below the folder of the root source |
//! | `cargo` | manifests, `Cargo.lock`, cargo's configuration, Rust sources, all below each package's `src`, vendored packages |
//!
//! A superset costs a rebuild that was not needed; a file that is left out fails the build, for the sandbox has no other
//! files. Folders of Git, of the output and of caches are no sources.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;
use xbuild_content::{RelPath, Tree, TreeEntry};
use xbuild_plan::Reason;

use crate::fault::Failed;
use crate::inputs::{InputError, no_input, unreadable};
use crate::session::Session;

/// Which files a cell reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Globs that must each match something.
    globs: Vec<String>,
    /// What is taken besides.
    more: More,
}

/// What a builder reads by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
enum More {
    Nothing,
    /// Headers beside the files that the globs match.
    Headers,
    /// Everything below a folder; the project itself where there is none.
    Below(Option<RelPath>),
    /// The workspace of cargo.
    Workspace,
}

/// The endings of files that C sources include.
const HEADERS: [&str; 8] = ["h", "hh", "hpp", "hxx", "h++", "inc", "inl", "def"];

/// Folders that no builder takes sources from unless it is told to.
const NO_SOURCES: [&str; 5] = ["target", "node_modules", ".zig-cache", "zig-cache", "zig-out"];

impl Inputs {
    /// What `inputs` names.
    pub(crate) const fn named(globs: Vec<String>) -> Self {
        Self { globs, more: More::Nothing }
    }

    pub(crate) fn of_c(sources: Vec<String>, globs: Vec<String>) -> Self {
        let more = if globs.is_empty() { More::Headers } else { More::Nothing };
        Self { globs: sources.into_iter().chain(globs).collect(), more }
    }

    pub(crate) fn of_zig(source: &RelPath, globs: Vec<String>) -> Self {
        if globs.is_empty() {
            return Self { globs: vec![literal(source)], more: More::Below(source.parent()) };
        }
        Self { globs: std::iter::once(literal(source)).chain(globs).collect(), more: More::Nothing }
    }

    pub(crate) fn of_cargo(globs: Vec<String>) -> Self {
        if globs.is_empty() {
            return Self { globs: vec!["Cargo.toml".into(), "Cargo.lock".into()], more: More::Workspace };
        }
        Self { globs, more: More::Nothing }
    }
}

/// A path as a glob that matches it alone.
fn literal(path: &RelPath) -> String {
    globset::escape(path.as_str())
}

impl Session<'_> {
    /// The tree of the files that a cell reads.
    pub(crate) fn tree(&self, inputs: &Inputs) -> Result<Tree, Failed> {
        let mut files = self.matching(&inputs.globs)?;
        files.extend(self.more(&inputs.more, &files)?);
        let mut tree = Tree::default();
        for file in files {
            self.add(&mut tree, &file)?;
        }
        Ok(tree)
    }

    /// The files that globs match, sorted, each once. A glob that matches nothing is an error: a misspelt one would leave a
    /// file out in silence. A folder that is named without a wildcard brings everything below it.
    pub(crate) fn matching(&self, globs: &[String]) -> Result<Vec<RelPath>, Failed> {
        let mut all = std::collections::BTreeSet::new();
        for glob in globs {
            let missing = |detail: String| missing(glob, detail);
            let matcher = GlobBuilder::new(glob.trim_start_matches("./")).literal_separator(true).build();
            let matcher = matcher.map_err(|error| missing(error.to_string()))?.compile_matcher();
            let start = static_part(glob);
            let whole = start.as_str() == glob.trim_start_matches("./").trim_end_matches('/');
            let mut found = Vec::new();
            let is_match = |path: &Utf8Path| whole || matcher.is_match(path);
            self.walk(&start, &is_match, &mut found)?;
            if found.is_empty() {
                return Err(missing("it matches no file".into()));
            }
            all.extend(found.iter().filter_map(|path| RelPath::new(path.as_str()).ok()));
        }
        Ok(all.into_iter().collect())
    }

    fn more(&self, more: &More, files: &[RelPath]) -> Result<Vec<RelPath>, Failed> {
        let mut found = Vec::new();
        match more {
            More::Nothing => {}
            More::Headers => {
                let folders: std::collections::BTreeSet<Option<RelPath>> = files.iter().map(RelPath::parent).collect();
                for folder in folders {
                    let names =
                        self.names(folder.as_ref().map_or(Utf8Path::new(""), |folder| Utf8Path::new(folder.as_str())));
                    found.extend(
                        names.into_iter().filter(|path| path.extension().is_some_and(|end| HEADERS.contains(&end))),
                    );
                }
            }
            More::Below(folder) => {
                let folder = folder.as_ref().map_or("", RelPath::as_str);
                self.walk(Utf8Path::new(folder), &|path| !is_elsewhere(path), &mut found)?;
            }
            More::Workspace => self.workspace(&mut found)?,
        }
        Ok(found.iter().filter_map(|path| RelPath::new(path.as_str()).ok()).collect())
    }

    /// The regular files right in a folder.
    fn names(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
        let entries = self.root.join(folder).read_dir_utf8().into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        files.map(|entry| folder.join(entry.file_name())).collect()
    }

    /// What cargo may read of a workspace.
    fn workspace(&self, found: &mut Vec<Utf8PathBuf>) -> Result<(), Failed> {
        let mut all = Vec::new();
        self.walk(Utf8Path::new(""), &|path| !is_elsewhere(path), &mut all)?;
        let with = |name: &str| -> Vec<Utf8PathBuf> {
            let named = all.iter().filter(|path| path.file_name() == Some(name));
            named.filter_map(|path| Some(path.parent()?.to_owned())).collect()
        };
        let mut whole: Vec<Utf8PathBuf> = with("Cargo.toml").into_iter().map(|folder| folder.join("src")).collect();
        whole.extend(with(".cargo-checksum.json"));
        let named = |path: &Utf8Path| {
            let name = path.file_name().unwrap_or_default();
            let configured = path.parent().is_some_and(|folder| folder.file_name() == Some(".cargo"));
            configured || path.extension() == Some("rs") || ["Cargo.toml", "Cargo.lock"].contains(&name)
        };
        let taken = |path: &Utf8PathBuf| named(path) || whole.iter().any(|folder| path.starts_with(folder));
        found.extend(all.iter().filter(|path| taken(path)).cloned());
        Ok(())
    }

    /// Every file and link at or below `path` that is wanted; links are no ways.
    fn walk(
        &self,
        path: &Utf8Path,
        wanted: &dyn Fn(&Utf8Path) -> bool,
        found: &mut Vec<Utf8PathBuf>,
    ) -> Result<(), Failed> {
        let at = self.root.join(path);
        let metadata = match at.symlink_metadata() {
            Ok(metadata) => metadata,
            // A glob that starts where nothing is matches nothing, and is told so.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(());
            }
            Err(error) => return Err(self.refused("stat", at, error)),
        };
        if !metadata.is_dir() {
            if wanted(path) {
                found.push(path.to_owned());
            }
            return Ok(());
        }
        if path.file_name() == Some(".git") || at == self.out || at == *self.store.root() {
            return Ok(());
        }
        // What cannot be listed could hold a match, so it is not passed over.
        for entry in at.read_dir_utf8().map_err(|error| self.refused("list", at.clone(), error))? {
            let entry = entry.map_err(|error| self.refused("list", at.clone(), error))?;
            self.walk(&path.join(entry.file_name()), wanted, found)?;
        }
        Ok(())
    }

    fn refused(&self, doing: &'static str, path: Utf8PathBuf, error: io::Error) -> Failed {
        no_input(self.root, "", unreadable(doing, path, error))
    }

    fn add(&self, tree: &mut Tree, file: &RelPath) -> Result<(), Failed> {
        let bad = |detail: String| missing(file.as_str(), detail);
        let path = self.root.join(file.as_str());
        let metadata = path.symlink_metadata().map_err(|error| bad(error.to_string()))?;
        let entry = if metadata.is_symlink() {
            TreeEntry::Symlink { target: path.read_link_utf8().map_err(|error| bad(error.to_string()))?.into_string() }
        } else {
            let read = |source| no_input(self.root, "", InputError::Read { path: path.clone(), source });
            let facts = self.store.files().digest(&path).map_err(read)?;
            TreeEntry::File { digest: facts.digest, executable: facts.executable }
        };
        tree.insert(file.clone(), entry).map_err(|error| bad(error.to_string()))
    }
}

fn missing(what: &str, detail: String) -> Failed {
    Box::new((Reason::InputMissing { what: what.to_owned(), detail }, None))
}

fn is_elsewhere(path: &Utf8Path) -> bool {
    path.components().any(|part| NO_SOURCES.contains(&part.as_str()))
}

/// The folders of a glob before its first wildcard.
fn static_part(glob: &str) -> Utf8PathBuf {
    let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
    glob.split('/').filter(|part| !part.is_empty() && *part != ".").take_while(is_plain).collect()
}
