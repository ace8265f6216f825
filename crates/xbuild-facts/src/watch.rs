//! What an answer of `go list` depends on, so that the question is asked again only when the answer could differ.
//!
//! An edit inside a function changes a file but not what it imports: of `.go` files only the header counts. A new file in a
//! package's folder, a new match of an embed pattern, another `go.mod` or a nested one do count. Where a watch cannot be
//! made with certainty it watches more, never less.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use xbuild_builder::go::{self, Listing, Package};
use xbuild_content::Hash;

use crate::Digests;
use crate::embed;

/// One thing that an answer depends on, and what it was. Paths are relative to the project's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Watch {
    /// The names of the source files in a folder.
    Sources { folder: Utf8PathBuf, names: String },
    /// The files that embed patterns match below a folder.
    Embeds { folder: Utf8PathBuf, patterns: Vec<String>, names: String },
    /// A Go file: its bytes, and the digest of its header.
    Header { file: Utf8PathBuf, bytes: String, header: String },
    /// A file of which every byte counts; `None` where there is none.
    Whole { file: Utf8PathBuf, bytes: Option<String> },
}

/// The project's files as this run sees them: everything is looked at once.
pub(crate) struct Look<'a> {
    root: &'a Utf8Path,
    digests: &'a dyn Digests,
    sources: Mutex<BTreeMap<Utf8PathBuf, String>>,
}

impl<'a> Look<'a> {
    pub(crate) fn new(root: &'a Utf8Path, digests: &'a dyn Digests) -> Self {
        Self { root, digests, sources: Mutex::default() }
    }

    /// Whether everything is as it was.
    pub(crate) fn holds(&self, watches: &[Watch]) -> bool {
        watches.iter().all(|watch| self.one_holds(watch))
    }

    fn one_holds(&self, watch: &Watch) -> bool {
        match watch {
            Watch::Sources { folder, names } => self.source_names(folder) == *names,
            Watch::Embeds { folder, patterns, names } => self.embed_names(folder, patterns) == *names,
            Watch::Whole { file, bytes } => self.whole(file) == *bytes,
            Watch::Header { file, bytes, header } => match self.whole(file) {
                None => false,
                Some(now) => now == *bytes || self.header(file).as_ref() == Some(header),
            },
        }
    }

    /// What the answer `listing` depends on.
    pub(crate) fn watches(&self, listing: &Listing, module_files: &[Utf8PathBuf]) -> Vec<Watch> {
        let mut watches: Vec<Watch> =
            module_files.iter().map(|file| Watch::Whole { file: file.clone(), bytes: self.whole(file) }).collect();
        let mut folders = BTreeSet::new();
        for package in listing.packages() {
            let Ok(folder) = Utf8Path::new(&package.dir).strip_prefix(self.root) else { continue };
            self.watch_package(package, folder, &mut watches);
            folders.extend(folder.ancestors().map(Utf8Path::to_owned));
        }
        // A `go.mod` between a package and its module's root would take the package out of the module.
        let nested = folders.into_iter().map(|folder| folder.join("go.mod"));
        let nested = nested.filter(|file| !module_files.contains(file));
        watches.extend(nested.map(|file| Watch::Whole { bytes: self.whole(&file), file }));
        watches
    }

    fn watch_package(&self, package: &Package, folder: &Utf8Path, watches: &mut Vec<Watch>) {
        watches.push(Watch::Sources { folder: folder.to_owned(), names: self.source_names(folder) });
        for name in source_files(&self.root.join(folder)) {
            let file = folder.join(name);
            let Some(bytes) = self.whole(&file) else { continue };
            let header = file.as_str().ends_with(".go").then(|| self.header(&file)).flatten();
            watches.push(match header {
                Some(header) => Watch::Header { file, bytes, header },
                None => Watch::Whole { file, bytes: Some(bytes) },
            });
        }
        let patterns: Vec<String> = package.embed_patterns().map(str::to_owned).collect();
        if !patterns.is_empty() {
            let names = self.embed_names(folder, &patterns);
            watches.push(Watch::Embeds { folder: folder.to_owned(), patterns, names });
        }
    }

    fn source_names(&self, folder: &Utf8Path) -> String {
        let seen = |sources: &BTreeMap<Utf8PathBuf, String>| sources.get(folder).cloned();
        if let Some(names) = self.sources.lock().ok().as_deref().and_then(seen) {
            return names;
        }
        let names = hash_of(&source_files(&self.root.join(folder)));
        if let Ok(mut sources) = self.sources.lock() {
            sources.insert(folder.to_owned(), names.clone());
        }
        names
    }

    fn embed_names(&self, folder: &Utf8Path, patterns: &[String]) -> String {
        hash_of(&embed::matches(&self.root.join(folder), patterns))
    }

    fn whole(&self, file: &Utf8Path) -> Option<String> {
        self.digests.digest(&self.root.join(file)).ok().map(|digest| digest.digest.to_string())
    }

    fn header(&self, file: &Utf8Path) -> Option<String> {
        let source = fs::read(self.root.join(file)).ok()?;
        Some(go::header(&source).to_string())
    }
}

/// The endings of the files that Go takes into a package (`go/build`).
const SOURCES: [&str; 19] = [
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx", "swig",
    "swigcxx",
];

/// The names of the files in a folder that Go could take into a package, tests left out, sorted.
fn source_files(folder: &Utf8Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name().to_owned());
    let is_source = |name: &String| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        (SOURCES.contains(&ending) || ending == "syso") && !name.ends_with("_test.go")
    };
    let mut names: Vec<String> = names.filter(is_source).collect();
    names.sort_unstable();
    names
}

fn hash_of(names: &[String]) -> String {
    Hash::of(names.join("\0").as_bytes()).to_hex()
}
